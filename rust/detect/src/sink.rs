//! Where the findings of one text go.

use crate::finding::{Evidence, Finding};

/// Findings of one text that are kept apart; a text with more is sensitive as a whole anyway.
pub(crate) const MAX_FINDINGS: usize = 1 << 18;

/// What stands in the way of a recogniser that runs after others.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) start: usize,
    /// Where it ends, or one before it that contains its end.
    pub(crate) end: usize,
    /// Whether more than its shape speaks for it: check digits, or what it is called.
    pub(crate) proven: bool,
}

impl Known {
    fn of(finding: &Finding) -> Self {
        let says = |evidence| finding.evidence.contains(evidence);
        Self {
            start: finding.start,
            end: finding.end,
            proven: says(Evidence::CHECKSUM) || says(Evidence::CONTEXT),
        }
    }
}

/// The findings of one text, behind those of earlier texts.
pub(crate) struct Sink<'a> {
    out: &'a mut Vec<Finding>,
    base: usize,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(out: &'a mut Vec<Finding>) -> Self {
        let base = out.len();
        Self { out, base }
    }

    /// The same sink for the time of a call.
    pub(crate) fn reborrow(&mut self) -> Sink<'_> {
        Sink {
            out: self.out,
            base: self.base,
        }
    }

    /// This text's findings up to now, in the order of their spans.
    ///
    /// Ends rise as starts do, so that a search by either finds the first span in the way.
    pub(crate) fn known(&self) -> Vec<Known> {
        let found = self.out[self.base..].iter();
        let mut known: Vec<_> = found.map(Known::of).collect();
        known.sort_unstable_by_key(|one| (one.start, one.end));
        let mut reached = 0;
        for one in &mut known {
            reached = reached.max(one.end);
            one.end = reached;
        }
        known
    }

    /// Adds a finding. Beyond the limit, the last one grows until it covers all that follow, so
    /// that memory stays bounded and nothing that was found is left out.
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.out.len() - self.base < MAX_FINDINGS {
            self.out.push(finding);
        } else if let Some(last) = self.out.last_mut() {
            last.start = last.start.min(finding.start);
            last.end = last.end.max(finding.end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sink, MAX_FINDINGS};
    use crate::testing::spec;
    use crate::Detector;

    #[test]
    fn a_text_full_of_values_is_covered_with_bounded_memory() {
        let detector = Detector::new(&[spec("e", "email")]).unwrap();
        let text = "a@b.co ".repeat(MAX_FINDINGS + 1000);
        let mut findings = Vec::new();
        detector.scan(b"a@b.co", None, &mut findings);
        detector.scan(text.as_bytes(), None, &mut findings);
        assert_eq!(findings.len(), MAX_FINDINGS + 1);
        assert_eq!(findings.last().unwrap().end, text.len() - 1);
    }

    #[test]
    fn earlier_texts_do_not_count() {
        let detector = Detector::new(&[spec("e", "email")]).unwrap();
        let mut findings = Vec::new();
        detector.scan(b"a@b.co", None, &mut findings);
        let finding = findings[0];
        let mut sink = Sink::new(&mut findings);
        sink.push(finding);
        assert_eq!(findings.len(), 2);
    }
}
