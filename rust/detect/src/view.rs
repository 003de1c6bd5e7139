//! A text as it reads after decoding, with the way back to the bytes that it came from.

use std::ops::Range;

/// Long texts are decoded in windows of so many bytes, so that memory stays bounded.
pub(crate) const WINDOW: usize = 1 << 16;
/// Longest value, in bytes as decoded, that is certain to be found across windows: more than any
/// private key in PEM has.
pub(crate) const OVERLAP: usize = 1 << 13;
/// A value of so many bytes is reported even if it may be cut; no other window need have all of it.
const MAX_CUT: usize = OVERLAP / 2;

/// Decoded bytes; for each of them the span of the original text that it stands for.
///
/// A view is never longer than what it was made from. Spans are kept relative to `base`.
#[derive(Debug, Default)]
pub struct View {
    bytes: Vec<u8>,
    starts: Vec<u32>,
    ends: Vec<u32>,
    base: usize,
    changed: bool,
    cut_left: bool,
    cut_right: bool,
}

impl View {
    /// The text as decoded.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The smallest span of the original text that covers a span of the view, which is not empty.
    #[must_use]
    pub fn original(&self, span: &Range<usize>) -> Range<usize> {
        let last = span.end.saturating_sub(1);
        let start = self.starts.get(span.start).map_or(0, |&at| at as usize);
        let end = self.ends.get(last).map_or(0, |&at| at as usize);
        self.base + start..self.base + end
    }

    /// Whether a value at this span has all of its bytes in this view: one that touches the edge
    /// of a window may be cut, and the view before or behind has all of it. If it is so long that
    /// this is not certain, each window reports its part.
    #[must_use]
    pub fn is_whole(&self, span: &Range<usize>) -> bool {
        span.len() >= MAX_CUT
            || !(self.cut_left && span.start == 0 || self.cut_right && span.end == self.bytes.len())
    }

    /// Whether any byte of the view differs from the original.
    pub(crate) fn changed(&self) -> bool {
        self.changed
    }

    /// Whether bytes at this span stand for themselves.
    pub(crate) fn is_unchanged(&self, span: &Range<usize>) -> bool {
        self.original(span).len() == span.len()
    }

    /// Forgets everything; what is added from now on lies behind `base`.
    pub(crate) fn restart(&mut self, base: usize) {
        self.bytes.clear();
        self.starts.clear();
        self.ends.clear();
        self.base = base;
        self.changed = false;
        self.cut_left = false;
        self.cut_right = false;
    }

    /// Says at which sides the text goes on behind the edge of the view.
    pub(crate) fn set_cuts(&mut self, left: bool, right: bool) {
        self.cut_left = left;
        self.cut_right = right;
    }

    /// Adds bytes that stand for themselves; `at` is where they begin, from the base.
    pub(crate) fn keep(&mut self, bytes: &[u8], at: usize) {
        let (start, end) = (offset(at), offset(at + bytes.len()));
        self.bytes.extend_from_slice(bytes);
        self.starts.extend(start..end);
        self.ends.extend((start + 1)..=end);
    }

    /// Adds bytes that together stand for a span, counted from the base.
    pub(crate) fn replace(&mut self, bytes: &[u8], span: &Range<usize>) {
        self.bytes.extend_from_slice(bytes);
        let length = self.bytes.len();
        self.starts.resize(length, offset(span.start));
        self.ends.resize(length, offset(span.end));
        self.changed = true;
    }

    /// As [`Self::replace`], for one byte.
    pub(crate) fn put(&mut self, byte: u8, start: usize, end: usize) {
        self.bytes.push(byte);
        self.starts.push(offset(start));
        self.ends.push(offset(end));
        self.changed = true;
    }

    /// Leaves something out.
    pub(crate) fn skip(&mut self) {
        self.changed = true;
    }

    /// Turns a view of the bytes of `outer` into one of the text that `outer` is of.
    pub(crate) fn rebase(&mut self, outer: &Self) {
        let first = self.starts.first().map(|&start| self.base + start as usize);
        let last = self.ends.last().map(|&end| self.base + end as usize);
        self.cut_left |= outer.cut_left && first == Some(0);
        self.cut_right |= outer.cut_right && last == Some(outer.bytes.len());
        for (start, end) in self.starts.iter_mut().zip(&mut self.ends) {
            let span = self.base + *start as usize..self.base + *end as usize;
            let original = outer.original(&span);
            *start = offset(original.start - outer.base);
            *end = offset(original.end - outer.base);
        }
        self.base = outer.base;
    }
}

/// A window is far shorter than 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::View;

    #[test]
    fn spans_lead_back_through_two_views() {
        // "a%2540b" reads "a%40b" and then "a@b".
        let mut outer = View::default();
        outer.restart(100);
        outer.keep(b"a", 0);
        outer.replace(b"%", &(1..4));
        outer.keep(b"40b", 4);
        let mut inner = View::default();
        inner.restart(0);
        inner.keep(b"a", 0);
        inner.replace(b"@", &(1..4));
        inner.keep(b"b", 4);
        inner.rebase(&outer);
        assert_eq!(inner.bytes(), b"a@b");
        assert_eq!(inner.original(&(1..2)), 101..106);
        assert_eq!(inner.original(&(0..3)), 100..107);
        assert!(inner.is_unchanged(&(0..1)) && !inner.is_unchanged(&(0..2)));
    }

    #[test]
    fn a_value_at_the_edge_of_a_window_is_not_whole() {
        let mut view = View::default();
        view.restart(0);
        view.keep(b"abc", 0);
        assert!(view.is_whole(&(0..3)));
        view.set_cuts(true, false);
        assert!(!view.is_whole(&(0..2)) && view.is_whole(&(1..3)));
        view.set_cuts(false, true);
        assert!(view.is_whole(&(0..2)) && !view.is_whole(&(1..3)));
    }
}
