//! Values that a document gives a name: what the name says of them.

use super::Detector;
use crate::decode::unescaped;
use crate::finding::{EntityId, Evidence, Finding};
use crate::keys::MAX_KEY;
use crate::sink::Sink;
use crate::structure::Pair;
use crate::survey::Survey;

/// Longest value without quotes that its name alone makes one, and how sure that is.
const MAX_NAMED: usize = 96;
const NAMED_CONFIDENCE: f32 = 0.75;
/// Bytes that one byte of a name is written with at most, as `\u0061`.
const MAX_ESCAPE: usize = 6;

impl Detector {
    /// As [`Self::scan`], for a value that a document gives a name, in something named `parent`.
    ///
    /// If the name says what the value is, and it looks like nothing else, the whole is reported.
    /// Names may be given as they are written, with the escapes of JSON.
    pub fn scan_named(&self, key: &[u8], parent: &[u8], value: &[u8], out: &mut Vec<Finding>) {
        let base = out.len();
        let entity = if says_nothing(value) {
            None
        } else {
            let most = MAX_ESCAPE * MAX_KEY;
            self.keys
                .entity(&unescaped(key, most), &unescaped(parent, most))
        };
        self.scan(value, entity, out);
        let Some(entity) = entity else { return };
        if !self.anchors.may_be(entity, value) {
            return;
        }
        if out[base..].iter().all(|finding| finding.entity != entity) {
            out.truncate(base);
            out.push(named(entity, 0, value.len()));
        }
    }

    /// Looks in the value for what its key says that it is.
    ///
    /// What stands in quotes under such a key is reported even if it looks like nothing, as a whole
    /// column is masked by its name.
    pub(super) fn scan_pair(&self, text: &[u8], pair: &Pair, out: &mut Sink<'_>) {
        let key = if pair.key.is_empty() {
            &pair.parent
        } else {
            &pair.key
        };
        let value = &text[pair.value.clone()];
        if says_nothing(value) {
            return;
        }
        let Some(entity) = self
            .keys
            .entity(&text[key.clone()], &text[pair.parent.clone()])
        else {
            return;
        };
        let mut found = Vec::new();
        if !self.named.contains(&entity) {
            let survey = Survey::of(value);
            self.scan_plain(value, &survey, Some(entity), Sink::new(&mut found));
        }
        let known = found.iter().any(|finding| finding.entity == entity);
        for finding in found {
            out.push(Finding {
                start: pair.value.start + finding.start,
                end: pair.value.start + finding.end,
                ..finding
            });
        }
        let short = value.len() <= MAX_NAMED && !value.contains(&b'\n');
        let by_name = self.named.contains(&entity);
        let possible = !known && self.anchors.may_be(entity, value);
        if possible && ((pair.quoted && (by_name || is_token(value))) || (short && by_name)) {
            out.push(named(entity, pair.value.start, pair.value.end));
        }
    }
}

/// A value that its name alone makes one.
const fn named(entity: EntityId, start: usize, end: usize) -> Finding {
    Finding {
        start,
        end,
        entity,
        confidence: NAMED_CONFIDENCE,
        evidence: Evidence::COLUMN,
    }
}

/// Whether a value is one or two words with a digit, as identifiers are, and not a sentence.
fn is_token(value: &[u8]) -> bool {
    let gaps = value.iter().filter(|byte| byte.is_ascii_whitespace());
    value.len() <= MAX_NAMED && gaps.count() <= 4 && value.iter().any(u8::is_ascii_digit)
}

/// Whether the value under a name is none.
fn says_nothing(value: &[u8]) -> bool {
    const NONE: [&[u8]; 10] = [
        b"null",
        b"none",
        b"nil",
        b"true",
        b"false",
        b"undefined",
        b"n/a",
        b"nan",
        b"yes",
        b"no",
    ];
    let trimmed = value.trim_ascii();
    !trimmed
        .iter()
        .any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
        || NONE.iter().any(|none| trimmed.eq_ignore_ascii_case(none))
        || matches!(trimmed, [b'{' | b'[' | b'<', ..])
}

#[cfg(test)]
mod tests {
    use super::{is_token, says_nothing, Detector};
    use crate::EntitySpec;

    #[test]
    fn names_are_known_however_their_letters_are_escaped() {
        let owned = |word: &str| vec![word.to_owned()];
        let spec = EntitySpec {
            columns: owned("nickname"),
            weak_columns: owned("name"),
            tables: owned("customer"),
            ..EntitySpec::of_shape("column", &[])
        };
        let detector = Detector::new(&[spec]).unwrap();
        for (key, parent, found) in [
            ("nickname", "", 1),
            (r"nickn\u0061me", "", 1),
            (r"\u006e\u0069\u0063\u006b\u006e\u0061\u006d\u0065", "", 1),
            (r"n\u0061me", r"\u0063ustomer", 1),
            (r"n\u0061me", "product", 0),
            (r"nickn\u006me", "", 0),
            ("nickname\\", "", 1),
        ] {
            let mut out = Vec::new();
            detector.scan_named(key.as_bytes(), parent.as_bytes(), b"Zed", &mut out);
            assert_eq!(out.len(), found, "{key} {parent}");
        }
    }

    #[test]
    fn identifiers_are_told_from_sentences() {
        assert!(is_token(b"AB 12 34 56") && is_token(b"4405-1401"));
        assert!(!is_token(b"none at all") && !is_token(b"call me at 8 about that one"));
    }

    #[test]
    fn what_stands_for_no_value_says_nothing() {
        for none in ["", " - ", "NULL", "n/a", "{\"a\": 1}"] {
            assert!(says_nothing(none.as_bytes()), "{none}");
        }
        assert!(!says_nothing(b"Ada") && !says_nothing("김".as_bytes()));
    }
}
