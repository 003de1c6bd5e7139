//! Seed phrases of wallets (BIP 39): words of the English list, whose last one is a checksum.

use std::collections::HashMap;
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256};

use super::{Candidate, Scan, Shape};
use crate::bytes::{run_end, run_start, word_at, word_before};

/// The English list, from <https://github.com/trezor/python-mnemonic> (MIT).
const LIST: &str = include_str!("bip39_english.txt");
const MIN_WORD: usize = 3;
const MAX_WORD: usize = 8;
/// Numbers of words that a phrase can have, the largest first.
const COUNTS: [usize; 5] = [24, 21, 18, 15, 12];
/// Shortest phrase: twelve words of three letters.
pub(crate) const MIN_LEN: usize = 12 * MIN_WORD + 11;
/// One word in this distance is looked at; a phrase has at least two of them.
const STRIDE: usize = MIN_LEN - MAX_WORD;
/// Most bytes between two words, as in `\n12. `.
const MAX_GAP: usize = 8;

/// Words that are looked at together, so that memory stays bounded.
const MAX_RUN: usize = 4096;

/// A word of the list: where it is, and its number.
#[derive(Clone, Copy)]
struct Word {
    start: usize,
    end: usize,
    number: u16,
}

fn numbers() -> &'static HashMap<&'static [u8], u16> {
    static NUMBERS: OnceLock<HashMap<&'static [u8], u16>> = OnceLock::new();
    NUMBERS.get_or_init(|| LIST.lines().map(str::as_bytes).zip(0..).collect())
}

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let mut floor = 0;
    let mut at = STRIDE - 1;
    while at < text.len() {
        let Some(first) = word_around(text, at, floor) else {
            at += STRIDE;
            continue;
        };
        let mut words = vec![first];
        while let Some(word) = previous(text, words[words.len() - 1].start, floor) {
            words.push(word);
        }
        words.reverse();
        while let Some(word) = next(text, words[words.len() - 1].end) {
            words.push(word);
            if words.len() == MAX_RUN {
                break;
            }
        }
        // Where a run is cut, a phrase may lie across.
        let last = words.len() - if words.len() < MAX_RUN { 1 } else { COUNTS[0] };
        floor = words[last].end;
        at = floor + STRIDE;
        phrases(scan, &words);
    }
}

/// Whether the word is one of the English list, in any case.
pub(crate) fn is_listed(text: &[u8]) -> bool {
    word(text, 0, text.len()).is_some()
}

fn word(text: &[u8], start: usize, end: usize) -> Option<Word> {
    if !(MIN_WORD..=MAX_WORD).contains(&(end - start)) {
        return None;
    }
    let mut lower = [0; MAX_WORD];
    let lower = &mut lower[..end - start];
    lower.copy_from_slice(&text[start..end]);
    lower.make_ascii_lowercase();
    let number = *numbers().get(&*lower)?;
    (!word_before(text, start) && !word_at(text, end)).then_some(Word { start, end, number })
}

/// The word that `at` lies in, or that follows closely.
fn word_around(text: &[u8], at: usize, floor: usize) -> Option<Word> {
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    let reach = &text[..text.len().min(at + MAX_GAP + MAX_WORD + 2)];
    let at = run_end(reach, at, |byte| !letter(byte));
    let start = run_start(reach, at, (at - floor).min(MAX_WORD + 1), letter);
    let end = run_end(reach, at, letter);
    word(text, start, end)
}

/// Whether the bytes can stand between two words: blanks, commas, and numbers as in a list.
fn is_gap(gap: &[u8]) -> bool {
    !gap.is_empty()
        && gap.len() <= MAX_GAP
        && gap.iter().all(|byte| {
            byte.is_ascii_digit() || byte.is_ascii_whitespace() || b",.;:|-\"')(".contains(byte)
        })
}

fn next(text: &[u8], end: usize) -> Option<Word> {
    let reach = &text[..text.len().min(end + MAX_GAP + MAX_WORD + 2)];
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    let start = run_end(reach, end, |byte| !letter(byte));
    let stop = run_end(reach, start, letter);
    is_gap(&text[end..start]).then(|| word(text, start, stop))?
}

fn previous(text: &[u8], start: usize, floor: usize) -> Option<Word> {
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    let end = run_start(text, start, (start - floor).min(MAX_GAP + 1), |byte| {
        !letter(byte)
    });
    if !is_gap(&text[end..start]) {
        return None;
    }
    let begin = run_start(text, end, (end - floor).min(MAX_WORD + 1), letter);
    word(text, begin, end)
}

/// Reports every part of a run of words whose checksum agrees.
fn phrases(scan: &mut Scan<'_>, words: &[Word]) {
    let mut from = 0;
    while from + COUNTS[COUNTS.len() - 1] <= words.len() {
        let agreeing = COUNTS
            .iter()
            .find(|&&count| words.get(from..from + count).is_some_and(is_phrase));
        let Some(&count) = agreeing else {
            from += 1;
            continue;
        };
        // Twelve words in a row are hardly chance; in a longer run one in sixteen places agrees.
        let confidence = if count == words.len() { 0.97 } else { 0.75 };
        let (start, end) = (words[from].start, words[from + count - 1].end);
        scan.propose(
            Shape::SeedPhrase,
            Candidate::checked(start, end, confidence),
        );
        from += count;
    }
}

/// Whether the last bits are the first ones of the hash of all others.
fn is_phrase(words: &[Word]) -> bool {
    let mut bits = [0_u8; 33];
    for (place, word) in words.iter().enumerate() {
        for bit in 0..11 {
            if word.number >> (10 - bit) & 1 == 1 {
                let at = place * 11 + bit;
                bits[at / 8] |= 0x80 >> (at % 8);
            }
        }
    }
    let entropy = words.len() / 3 * 4;
    let mask = 0xff_u8 << (8 - words.len() / 3);
    let hash = Sha256::digest(&bits[..entropy]);
    (hash[0] ^ bits[entropy]) & mask == 0 && words.iter().any(|one| one.number != words[0].number)
}

#[cfg(test)]
mod tests {
    use super::{numbers, LIST};
    use crate::testing::found;

    fn phrase(entropy: &str) -> String {
        let words: &[&str] = match entropy {
            "7f" => &[
                "legal", "winner", "thank", "year", "wave", "sausage", "worth", "useful", "legal",
                "winner", "thank", "yellow",
            ],
            "9e" => &[
                "ozone", "drill", "grab", "fiber", "curtain", "grace", "pudding", "thank",
                "cruise", "elder", "eight", "picnic",
            ],
            _ => &[
                "panda", "eyebrow", "bullet", "gorilla", "call", "smoke", "muffin", "taste",
                "mesh", "discover", "soft", "ostrich", "alcohol", "speed", "nation", "flash",
                "devote", "level", "hobby", "quick", "inner", "drive", "ghost", "inside",
            ],
        };
        words.join(" ")
    }

    #[test]
    fn the_list_is_whole() {
        assert_eq!(numbers().len(), 2048);
        assert_eq!(LIST.lines().next_back(), Some("zoo"));
    }

    #[test]
    fn the_test_vectors_are_found_in_every_layout() {
        for entropy in ["7f", "9e", "68"] {
            let phrase = phrase(entropy);
            for filler in 0..45 {
                let text = format!("{} {phrase}.", "#".repeat(filler));
                assert_eq!(found("seed_phrase", &text), [phrase.as_str()]);
            }
            let listed = phrase.replace(' ', "\n2. ");
            assert_eq!(found("seed_phrase", &listed), [listed.as_str()]);
            let quoted = phrase.replace(' ', "\", \"");
            assert_eq!(found("seed_phrase", &quoted), [quoted.as_str()]);
            let capital = phrase.to_uppercase();
            assert_eq!(found("seed_phrase", &capital), [capital.as_str()]);
        }
    }

    #[test]
    fn words_of_the_list_before_a_phrase_do_not_hide_it() {
        let phrase = phrase("9e");
        let text = format!("my wallet secret phrase {phrase}");
        assert!(found("seed_phrase", &text)
            .iter()
            .any(|found| phrase.contains(found) || found.contains(&phrase)));
    }

    #[test]
    fn other_words_are_left() {
        let wrong = phrase("9e").replace("picnic", "zoo");
        assert!(found("seed_phrase", &wrong).is_empty());
        assert!(found("seed_phrase", &"zoo ".repeat(12)).is_empty());
        assert!(found(
            "seed_phrase",
            &"the quick brown fox jumps over the lazy dog ".repeat(5)
        )
        .is_empty());
    }
}
