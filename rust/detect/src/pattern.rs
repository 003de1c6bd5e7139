//! Entities that bring a regular expression of their own.

use regex::bytes::{Regex, RegexBuilder};

use crate::checksum::{self, Checksum};
use crate::shapes::{weigh, Candidate, Slot};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};

/// Memory that one compiled expression may take.
const MAX_COMPILED: usize = 1 << 20;
const MAX_PATTERN: usize = 4096;
/// Long texts are searched in windows, since finding all matches of some expressions takes time
/// quadratic in the length of what is searched.
const WINDOW: usize = 1 << 14;
/// Longest match that is certain to be found across windows.
const OVERLAP: usize = 1 << 10;

/// A compiled expression with its entity.
#[derive(Debug)]
pub(crate) struct Pattern {
    regex: Regex,
    checksum: Option<Checksum>,
    confidence: Option<f32>,
    slot: Slot,
}

impl Pattern {
    pub(crate) fn compile(spec: &EntitySpec, slot: Slot) -> Result<Self, Error> {
        let refuse = |reason: String| Error::new(&spec.name, reason);
        let pattern = spec.pattern.as_deref().unwrap_or_default();
        if pattern.is_empty() || pattern.len() > MAX_PATTERN {
            return Err(refuse(format!(
                "`pattern` must have 1 to {MAX_PATTERN} bytes"
            )));
        }
        let regex = RegexBuilder::new(pattern)
            .size_limit(MAX_COMPILED)
            .dfa_size_limit(MAX_COMPILED)
            .build()
            .map_err(|error| refuse(format!("`pattern`: {error}")))?;
        if regex.is_match(b"") {
            return Err(refuse("`pattern` matches the empty text".to_owned()));
        }
        let checksum = match spec.checksum.as_deref() {
            None => None,
            Some(name) => Some(
                checksum::by_name(name).ok_or_else(|| refuse(format!("no checksum `{name}`")))?,
            ),
        };
        Ok(Self {
            regex,
            checksum,
            confidence: spec.confidence,
            slot,
        })
    }

    pub(crate) fn scan(&self, text: &[u8], hint: Option<u16>, out: &mut Sink<'_>) {
        let mut from = 0;
        let mut reported = 0;
        loop {
            let to = text.len().min(from + WINDOW);
            for found in self.regex.find_iter(&text[from..to]) {
                let (start, end) = (from + found.start(), from + found.end());
                // A match at the edge may go on; the next window has all of it.
                let cut = end == to && to < text.len() && start > to - OVERLAP;
                if found.is_empty() || start < reported || cut {
                    continue;
                }
                reported = end;
                self.propose(text, start, end, hint, out);
            }
            if to == text.len() {
                return;
            }
            from = to - OVERLAP;
        }
    }

    fn propose(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) {
        let candidate = match self.checksum {
            Some(checksum) if !checksum(&text[start..end]) => return,
            Some(_) => Candidate::checked(start, end, self.confidence.unwrap_or(0.8)),
            None => Candidate::pattern(start, end, self.confidence.unwrap_or(0.6)),
        };
        weigh(&self.slot, text, hint, candidate, out);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::spec;
    use crate::{Detector, EntitySpec, Evidence};

    fn pattern(pattern: &str) -> EntitySpec {
        EntitySpec {
            pattern: Some(pattern.to_owned()),
            ..spec("x.loyalty", "pattern")
        }
    }

    #[test]
    fn matches_are_found_across_windows() {
        let detector = Detector::new(&[pattern(r"LC-[0-9]{6}")]).unwrap();
        for at in [0, 16_380, 16_384, 40_000] {
            let text = format!("{}LC-123456 ", " ".repeat(at));
            let mut findings = Vec::new();
            detector.scan(text.as_bytes(), None, &mut findings);
            let spans: Vec<_> = findings
                .iter()
                .map(|finding| (finding.start, finding.end))
                .collect();
            assert_eq!(spans, [(at, at + 9)]);
        }
    }

    #[test]
    fn a_checksum_must_agree() {
        let spec = EntitySpec {
            checksum: Some("luhn".to_owned()),
            ..pattern("[0-9]{11}")
        };
        let detector = Detector::new(&[spec]).unwrap();
        let mut findings = Vec::new();
        detector.scan(b"79927398713 79927398714", None, &mut findings);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].evidence.contains(Evidence::CHECKSUM));
    }

    #[test]
    fn bad_declarations_say_what_is_wrong() {
        for (bad, reason) in [
            ("(", "unclosed"),
            ("a*", "empty"),
            ("", "bytes"),
            (r"\w{1000}{1000}", "size"),
        ] {
            let error = Detector::new(&[pattern(bad)]).unwrap_err();
            assert_eq!(error.entity, "x.loyalty");
            assert!(error.reason.contains(reason), "{error}");
        }
        let spec = EntitySpec {
            checksum: Some("none".to_owned()),
            ..pattern("a")
        };
        assert!(Detector::new(&[spec])
            .unwrap_err()
            .reason
            .contains("checksum"));
    }
}
