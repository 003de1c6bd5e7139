//! Words that say nothing, remembered, so that a note of them need not be searched again.
//!
//! Most cells of words repeat the words of others. A word is looked at by itself once: whether
//! anything is found in it, whether the model of free text could take it for a name, and whether it
//! is one of those that seed phrases are made of. A text of such words, with nothing else but
//! spaces, and commas and full stops before them, has nothing more that any recogniser begins at: no
//! digit, no sign, and no encoded text or token but within a word and its mark, except for tokens
//! with white space in them, and words that those begin with are never silent.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};

use super::Detector;
use crate::decode;
use crate::shapes::seed;
use crate::survey::Survey;

/// Longest word, so that one byte is left for what is known of it.
const MAX_WORD: usize = 15;
/// Words of seed phrases in a row that are fewer than the shortest phrase has.
const MAX_LISTED: usize = 11;
/// Longest text that is read word by word.
const MAX_TEXT: usize = 1 << 16;
/// Words that a thread remembers, of one detector; each has one place where it can be.
const SLOT_BITS: u32 = 12;
/// Sixteen bytes at a time: those of the word, and what is known of it in the last one.
const STEP: usize = 16;
const ONES: u128 = u128::from_le_bytes([1; STEP]);
const HIGHS: u128 = ONES << 7;

/// The word was looked at, it says nothing, it is one of a seed phrase.
const KNOWN: u8 = 1;
const SILENT: u8 = 2;
const LISTED: u8 = 4;

/// The words of one detector.
struct Words {
    owner: u32,
    slots: Vec<u128>,
}

thread_local! {
    static WORDS: RefCell<Words> = const { RefCell::new(Words { owner: 0, slots: Vec::new() }) };
}

/// Tells the words of a detector from those of another, which looks for something else.
#[derive(Debug)]
pub(super) struct Owner(u32);

impl Default for Owner {
    fn default() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1))
    }
}

impl Detector {
    /// Whether a text has nothing but words that say nothing.
    ///
    /// It never says so of a text in which a search would find something.
    pub(super) fn is_small_talk(&self, text: &[u8], survey: &Survey) -> bool {
        let signs = survey.digits
            + survey.ats
            + survey.colons
            + survey.dashes
            + survey.equals
            + survey.highs;
        // Expressions and lists of one's own can begin at anything.
        if signs > 0
            || survey.uppers > 1
            || survey.len > MAX_TEXT
            || !self.patterns.is_empty()
            || !self.words.is_empty()
        {
            return false;
        }
        WORDS.with(|words| {
            words
                .try_borrow_mut()
                .is_ok_and(|mut words| self.all_are_silent(text, &mut words))
        })
    }

    fn all_are_silent(&self, text: &[u8], words: &mut Words) -> bool {
        if words.owner != self.owner.0 {
            words.slots.clear();
            words.slots.resize(1 << SLOT_BITS, 0);
            words.owner = self.owner.0;
        }
        let (mut at, mut listed) = (0, 0);
        while at < text.len() {
            let (word, length) = word_at(text, at);
            if length > MAX_WORD {
                return false;
            }
            let end = at + length;
            if length > 0 {
                let slot = &mut words.slots[place(word)];
                if *slot << 8 != word << 8 {
                    *slot = word | u128::from(self.learn(&text[at..end])) << (8 * (STEP - 1));
                }
                let known = slot.to_le_bytes()[STEP - 1];
                // A capital is nothing unusual where a text begins.
                if known & SILENT == 0 || at > 0 && text[at].is_ascii_uppercase() {
                    return false;
                }
                listed += usize::from(known & LISTED != 0);
            }
            match text.get(end) {
                None | Some(b' ') => {}
                Some(b',' | b'.') if matches!(text.get(end + 1), None | Some(b' ')) => {}
                Some(_) => return false,
            }
            at = end + 1;
        }
        listed <= MAX_LISTED
    }

    /// What is to be remembered of a word.
    fn learn(&self, word: &[u8]) -> u8 {
        let mut found = Vec::new();
        for mark in [&b""[..], b".", b","] {
            let text = [word, mark].concat();
            // Nothing else begins at so few letters.
            if word.len() >= decode::MIN_ENCODED || self.anchors.may_hold_token(&text) {
                self.search(&text, &Survey::of(&text), None, &mut found);
            }
        }
        let mut known = KNOWN;
        if found.is_empty() && !self.anchors.may_announce(word) && self.prose.is_ordinary(word) {
            known |= SILENT;
        }
        if seed::is_listed(word) {
            known |= LISTED;
        }
        known
    }
}

/// The letters from `at` on and their number; more than [`MAX_WORD`] stands for any larger one.
fn word_at(text: &[u8], at: usize) -> (u128, usize) {
    let bytes = if let Some(bytes) = text[at..].first_chunk::<STEP>() {
        u128::from_le_bytes(*bytes)
    } else {
        let mut bytes = [0; STEP];
        bytes[..text.len() - at].copy_from_slice(&text[at..]);
        u128::from_le_bytes(bytes)
    };
    // Each byte is below 128, so that no sum reaches into the next one. The high bit of a sum says
    // that the byte is at least `a`, or behind `z`; capitals are made small before.
    let small = bytes | (ONES * 0x20);
    let (from_a, behind_z) = (small + ONES * (128 - 97), small + ONES * (128 - 123));
    let others = (!from_a | behind_z) & HIGHS;
    let length = (others.trailing_zeros() / 8) as usize;
    let word = if length < STEP {
        bytes & ((1 << (8 * length)) - 1)
    } else {
        bytes
    };
    (word, length)
}

fn place(word: u128) -> usize {
    // The halves overlap in nothing that matters; both casts drop what the other half has.
    #[allow(clippy::cast_possible_truncation)]
    let mixed = (word as u64) ^ ((word >> 64) as u64).rotate_left(23);
    (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - SLOT_BITS)) as usize
}

#[cfg(test)]
mod tests {
    use super::word_at;
    use crate::survey::Survey;
    use crate::testing::spec;
    use crate::{Detector, EntitySpec};

    #[test]
    fn words_end_before_what_is_no_letter() {
        for (text, length) in [
            ("", 0),
            (" ab", 0),
            ("ab", 2),
            ("abz yz", 3),
            ("AZ[", 2),
            ("a`b", 1),
            ("a{b", 1),
            ("z@", 1),
            ("abcdefghijklmnop", 16),
            ("abcdefghijklmnopq", 16),
            ("a\0b", 1),
        ] {
            assert_eq!(word_at(text.as_bytes(), 0).1, length, "{text}");
        }
        assert_eq!(
            word_at(b"xab c", 1),
            (u128::from(b'a') | u128::from(b'b') << 8, 2)
        );
    }

    fn detector() -> Detector {
        let person = EntitySpec {
            label: Some("PERSON".to_owned()),
            ..spec("p", "column")
        };
        let assigned = EntitySpec {
            keys: vec!["password".to_owned()],
            pattern: Some("[!-~]{4,60}".to_owned()),
            ..spec("secret.password", "assigned")
        };
        Detector::new(&[
            person,
            assigned,
            spec("s", "seed_phrase"),
            spec("e", "email"),
        ])
        .unwrap()
    }

    fn small_talk(detector: &Detector, text: &str) -> bool {
        detector.is_small_talk(text.as_bytes(), &Survey::of(text.as_bytes()))
    }

    #[test]
    fn notes_of_ordinary_words_are_small_talk() {
        let detector = detector();
        for _ in 0..2 {
            assert!(small_talk(
                &detector,
                "Left at the door, please ring twice."
            ));
            assert!(small_talk(&detector, "small round rug"));
        }
        for text in [
            "ask kowalski about it",
            "the key (old) is lost",
            "see page 3",
            "the Door",
            "a.b",
            "naïve",
            "internationalisation",
        ] {
            assert!(!small_talk(&detector, text), "{text}");
        }
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        assert!(!small_talk(&detector, phrase));
    }

    #[test]
    fn one_detector_does_not_trust_the_words_of_another() {
        let plain = Detector::new(&[spec("e", "email")]).unwrap();
        assert!(small_talk(&plain, "ask kowalski about it"));
        assert!(!small_talk(&detector(), "ask kowalski about it"));
        assert!(small_talk(&plain, "ask kowalski about it"));
    }

    #[test]
    fn small_talk_has_nothing_that_a_search_finds() {
        let detector = detector();
        let words = [
            "the", "a", "order", "legal", "winner", "kowalski", "smith", "paris", "Password", "is",
            "secret", "abandon", "will", "mark", "may", "rose", ",", ".", "Anna", "x", "goods",
        ];
        let mut state = 1_u32;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..(state >> 20) % 15 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let word = words[(state >> 16) as usize % words.len()];
                if !text.is_empty() && word.len() > 1 {
                    text.push(' ');
                }
                text.push_str(word);
            }
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if small_talk(&detector, &text) {
                let mut found = Vec::new();
                detector.search(
                    text.as_bytes(),
                    &Survey::of(text.as_bytes()),
                    None,
                    &mut found,
                );
                assert!(found.is_empty(), "{text}");
            }
        }
    }
}
