//! Copies a value but for the parts that are replaced.

/// The largest structured value that is walked; larger ones become NULL.
pub(crate) const VALUE_MAX: usize = 64 << 20;

/// Writes the raw bytes up to each replacement only when there is one.
pub(crate) struct Splice<'a, 'o> {
    raw: &'a [u8],
    copied: usize,
    changed: bool,
    pub(crate) out: &'o mut Vec<u8>,
}

impl<'a, 'o> Splice<'a, 'o> {
    pub(crate) fn new(raw: &'a [u8], out: &'o mut Vec<u8>) -> Self {
        Self {
            raw,
            copied: 0,
            changed: false,
            out,
        }
    }

    /// Copies what stands before `start` and goes on behind `end`; the caller writes the
    /// replacement to `out` afterwards.
    pub(crate) fn replace(&mut self, start: usize, end: usize) -> &mut Vec<u8> {
        self.out.extend_from_slice(&self.raw[self.copied..start]);
        self.copied = end;
        self.changed = true;
        self.out
    }

    /// Copies the rest; false where nothing was replaced and nothing was written.
    pub(crate) fn finish(self) -> bool {
        if self.changed {
            self.out.extend_from_slice(&self.raw[self.copied..]);
        }
        self.changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_replaced_differs() {
        let mut out = Vec::new();
        let mut splice = Splice::new(b"abcdef", &mut out);
        splice.replace(1, 3).extend_from_slice(b"--");
        splice.replace(5, 6).extend_from_slice(b"!");
        assert!(splice.finish());
        assert_eq!(out, b"a--de!");
        assert!(!Splice::new(b"abc", &mut out).finish());
        assert_eq!(out, b"a--de!");
    }
}
