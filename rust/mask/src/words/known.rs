//! Tells the gender and the language of a given name.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use crate::words::persons::LANGUAGES;
use crate::words::Word;

/// The most letters of a name that is known.
const LETTERS_MAX: usize = 15;

struct Known {
    /// Names of one gender in one language.
    groups: Vec<Vec<Word>>,
    by_name: HashMap<u128, usize, BuildHasherDefault<Folding>>,
}

/// Hashes the letters of a word by one multiplication. The table holds nothing but the lists here, so
/// nobody can fill it with words that meet.
#[derive(Default)]
struct Folding(u64);

impl Hasher for Folding {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u128((*byte).into());
        }
    }

    fn write_u128(&mut self, letters: u128) {
        // An odd number without a pattern: the fractional part of the golden ratio.
        const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15;
        let low = u128::from(letters as u64 ^ self.0);
        let product = (low + 1) * (FACTOR ^ letters >> 64);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

/// Names of the same gender and language as a given name in any case; none where it is not known.
///
/// Accents do not count if the caller leaves them out.
pub(crate) fn alike(name: &[u8]) -> Option<&'static [Word]> {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let mut known = Known {
            groups: Vec::new(),
            by_name: HashMap::default(),
        };
        for names in LANGUAGES.iter().flatten() {
            let group = known.groups.len();
            known.groups.push(names.split(' ').map(Word::new).collect());
            for packed in names.split(' ').filter_map(|name| pack(name.as_bytes())) {
                known.by_name.entry(packed).or_insert(group);
            }
        }
        known
    });
    let group = known.by_name.get(&pack(name)?)?;
    known.groups.get(*group).map(Vec::as_slice)
}

/// The letters of a short word as one number.
fn pack(word: &[u8]) -> Option<u128> {
    if word.len() > LETTERS_MAX || !word.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let letters = word.iter().map(|byte| u128::from(byte | 0x20));
    Some(letters.fold(0, |packed, letter| packed << 8 | letter))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn group(name: &str) -> Option<Vec<String>> {
        let words = alike(name.as_bytes())?.iter().map(|word| {
            let mut out = Vec::new();
            word.push(&mut out);
            String::from_utf8(out).unwrap()
        });
        Some(words.collect())
    }

    #[test]
    fn names_are_with_their_like() {
        assert!(group("susan").unwrap().contains(&"Margaret".to_owned()));
        assert!(group("GIUSEPPE").unwrap().contains(&"Vincenzo".to_owned()));
        assert!(!group("Giuseppina")
            .unwrap()
            .contains(&"Vincenzo".to_owned()));
        assert_eq!(group("Zelda"), None);
        assert_eq!(group(""), None);
        assert_eq!(group("Maria Jose"), None);
    }

    #[test]
    fn no_name_is_of_both_genders() {
        let all = |gender: usize| -> HashSet<&str> {
            LANGUAGES
                .iter()
                .flat_map(|language| language[gender].split(' '))
                .collect()
        };
        let both: Vec<_> = all(0).intersection(&all(1)).copied().collect();
        assert!(both.is_empty(), "{both:?}");
        assert!(all(0).len() + all(1).len() > 1200);
    }

    #[test]
    fn lists_are_long_enough_to_hide_in() {
        for names in LANGUAGES.iter().flatten() {
            let names: Vec<&str> = names.split(' ').collect();
            assert!(names.len() >= 36, "{names:?}");
            assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
        }
    }
}
