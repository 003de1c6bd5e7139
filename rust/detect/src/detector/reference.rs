//! References without anything in them: part numbers, paths, names of files and columns, short
//! codes and digests. Tables are full of them, and most recognisers have to look at them closely.
//!
//! A text without white space, with few digits and marks, is too short of them for most kinds of
//! values. What is left is asked for in the order of its cost: strings that tokens, telling names
//! and words of ages begin with, keywords beside a number, a key, and a decoded view.

use memchr::memchr;

use super::Detector;
use crate::decode;
use crate::shapes::{anchors, personal, runs};
use crate::sink::Sink;
use crate::survey::Survey;

/// Most digits: fewer than a phone number has, and any other number that is known by itself.
const MAX_DIGITS: usize = 6;
/// Most hyphens and full stops: fewer than those of UUIDs and hardware addresses; coordinates and
/// addresses of computers.
const MAX_DASHES: usize = 3;
const MAX_DOTS: usize = 1;
/// Fewer capitals than codes of letters alone have.
const MAX_CAPITALS: usize = 5;
const MAX_LEN: usize = 128;

const PARTS: u8 = 1;
const MARKS: u8 = 2;
const OTHERS: u8 = 4;
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [OTHERS; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = PARTS;
        } else if matches!(byte, b'-' | b'.' | b'/' | b'_' | b'?' | b'=' | b'#') {
            table[byte as usize] = MARKS;
        }
        byte += 1;
    }
    table
}

impl Detector {
    /// Whether a text is a reference in which a search would find nothing.
    pub(super) fn is_plain_reference(&self, text: &[u8], survey: &Survey) -> bool {
        survey.ats + survey.colons + survey.highs == 0
            && survey.dashes <= MAX_DASHES
            && survey.dots <= MAX_DOTS
            && survey.equals <= 1
            && (survey.digits > 0 || survey.uppers <= MAX_CAPITALS)
            && survey.len <= MAX_LEN
            && survey.len > survey.digits + survey.dots + survey.dashes
            && self.patterns.is_empty()
            && self.words.is_empty()
            && self.has_a_plain_layout(text, survey)
            && !self.anchors.may_hold_token(text)
            && !(anchors::may_bind(text, survey) && self.anchors.may_hold_name(text))
            && !(survey.digits > 0 && personal::may_be_in(text))
            && self.has_no_code(text, survey)
            && self.key_says_nothing(text, survey)
            && !reads_otherwise(text, survey)
    }

    /// Whether the text is laid out as a reference, and has no word that speaks for a code in it.
    fn has_a_plain_layout(&self, text: &[u8], survey: &Survey) -> bool {
        if is_reference(text, survey) {
            survey.digits == 0 || !self.context.may_be_in(text)
        } else {
            // Beside the one code that it could be, there is nothing.
            is_digest(text)
        }
    }

    /// Whether no code is known by itself, where no keyword is near.
    fn has_no_code(&self, text: &[u8], survey: &Survey) -> bool {
        let mut found = Vec::new();
        if self.codes.possible(survey) {
            let mut near = self.context.nothing_near(text);
            self.codes
                .scan(text, None, &mut near, &mut Sink::new(&mut found));
        }
        found.is_empty()
    }

    /// Whether what a `=` gives a value to is a plain word, alone or behind a `?`, that no entity
    /// has for a name.
    fn key_says_nothing(&self, text: &[u8], survey: &Survey) -> bool {
        if survey.equals == 0 {
            return true;
        }
        let Some(at) = memchr(b'=', text) else {
            return false;
        };
        let start = memchr(b'?', &text[..at]).map_or(0, |mark| mark + 1);
        let key = &text[start..at];
        !key.is_empty()
            && key.iter().all(u8::is_ascii_alphabetic)
            && self.keys.entity(key, b"").is_none()
    }
}

/// Whether a text has nothing but short runs of letters and digits, marks between them, and few
/// digits.
fn is_reference(text: &[u8], survey: &Survey) -> bool {
    let (mut seen, mut run, mut longest) = (0, 0_usize, 0);
    for &byte in text {
        let class = CLASSES[usize::from(byte)];
        seen |= class;
        run = (run + 1) * usize::from(class == PARTS);
        longest = longest.max(run);
    }
    survey.digits <= MAX_DIGITS && seen & OTHERS == 0 && longest < runs::STRIDE
}

/// Whether a text is one run of letters and digits, as identifiers and digests in hexadecimal are:
/// with few digits in a row, and no bank account's number.
fn is_digest(text: &[u8]) -> bool {
    let (mut seen, mut row, mut longest) = (0, 0_usize, 0);
    for &byte in text {
        seen |= CLASSES[usize::from(byte)];
        row = (row + 1) * usize::from(byte.is_ascii_digit());
        longest = longest.max(row);
    }
    let account = matches!(text, [a, b, c, d, ..] if a.is_ascii_alphabetic()
        && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit());
    seen == PARTS && longest <= MAX_DIGITS && text.len() < runs::STRIDE && !account
}

/// Whether any part of the text is an escape, or encodes other text.
fn reads_otherwise(text: &[u8], survey: &Survey) -> bool {
    let mut seen = false;
    decode::views(text, survey, 1, &mut |_| seen = true);
    seen
}

#[cfg(test)]
mod tests {
    use crate::survey::Survey;
    use crate::testing::spec;
    use crate::{Detector, EntitySpec};

    fn detector() -> Detector {
        let code = |name: &str, format: &str, bare: f32| EntitySpec {
            formats: vec![format.to_owned()],
            keywords: vec!["badge".to_owned()],
            columns: vec!["badge".to_owned()],
            confidence: Some(bare),
            bare_confidence: Some(bare),
            ..spec(name, "code")
        };
        let token = EntitySpec {
            prefixes: vec!["tok_".to_owned()],
            pattern: Some("tok_[a-z]{6}[0-9]".to_owned()),
            ..spec("secret.tok", "token")
        };
        let assigned = EntitySpec {
            keys: vec!["password".to_owned()],
            pattern: Some("[!-~]{4,60}".to_owned()),
            ..spec("secret.password", "assigned")
        };
        let shapes = [
            "age",
            "birth_date",
            "email",
            "phone",
            "url",
            "uuid",
            "mac",
            "vin",
        ];
        let mut specs: Vec<EntitySpec> = shapes.iter().map(|shape| spec(shape, shape)).collect();
        specs.extend([
            code("few", "####", 0.3),
            code("pure", "@@@@@@@@-######-@@@@", 0.8),
            code("glued", "@@##@@##@@##@@", 0.8),
            token,
            assigned,
        ]);
        Detector::new(&specs).unwrap()
    }

    fn plain(detector: &Detector, text: &str) -> bool {
        detector.is_plain_reference(text.as_bytes(), &Survey::of(text.as_bytes()))
    }

    #[test]
    fn part_numbers_and_paths_are_plain() {
        let detector = detector();
        for text in [
            "SKU-3622-A",
            "/shop/lamp/970?page=3",
            "report_v2.pdf",
            "A1",
            "blue-widget",
        ] {
            assert!(plain(&detector, text), "{text}");
        }
    }

    #[test]
    fn whatever_could_be_something_is_not() {
        let detector = detector();
        for text in [
            "",
            "a b1",
            "36yo",
            "/badge/1234",
            "?badge=1234",
            "tok_abcdef7",
            "x/tok_abcdef7",
            "password=abc1",
            "--password=abc1",
            "ABCDEFGH-123456-ABCD",
            "AB12AB12AB12AB",
            "1234567",
            "a@b1",
            "1.2.3",
            "QWxpY2VAZXhh4",
            "?id=40x=1",
            "ab?cd/ef=1",
            "1HGCMaaaaaaaaaaaaaa",
            "de12ab34cd56ef78",
            "ab1234567cd",
        ] {
            assert!(!plain(&detector, text), "{text}");
        }
    }

    #[test]
    fn a_plain_reference_has_nothing_that_a_search_finds() {
        let detector = detector();
        let pieces = [
            "a", "AB", "badge", "tok_", "abcdef", "password", "yo", "age", "born", "12", "3",
            "4567", "-", "/", "=", "?", ".", "_", "#", "www", "x", "QUJD", "=40", "ABCDEFGH",
            "%41",
        ];
        let mut state = 7_u32;
        let mut next = |count: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize % count
        };
        let mut seen = 0;
        for _ in 0..100_000 {
            let text: String = (0..next(9)).map(|_| pieces[next(pieces.len())]).collect();
            if plain(&detector, &text) {
                let mut found = Vec::new();
                let survey = Survey::of(text.as_bytes());
                detector.search(text.as_bytes(), &survey, None, &mut found);
                assert!(found.is_empty(), "{text}");
                seen += 1;
            }
        }
        assert!(seen > 1000, "{seen}");
    }
}
