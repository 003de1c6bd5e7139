//! Names that values are given to in documents: they count as the names of columns.

use std::collections::{HashMap, HashSet};
use std::sync::RwLock;

use crate::finding::EntityId;

/// Longest name that is looked at, and most words of a phrase.
const MAX_KEY: usize = 96;
const MAX_WORDS: usize = 6;
/// Names whose meaning is remembered; documents of one kind have the same ones.
const MAX_REMEMBERED: usize = 4096;

/// The column names of all entities.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    phrases: HashMap<String, Vec<EntityId>>,
    counter_words: HashMap<EntityId, HashSet<String>>,
    remembered: RwLock<HashMap<Box<[u8]>, Option<EntityId>>>,
}

impl Keys {
    pub(crate) fn add(&mut self, entity: EntityId, columns: &[String], counter_words: &[String]) {
        for phrase in columns {
            let joined = words_of(phrase).concat();
            let entities = self.phrases.entry(joined).or_default();
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        if !counter_words.is_empty() {
            let words = counter_words.iter().map(|word| words_of(word).concat());
            self.counter_words.insert(entity, words.collect());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The entity that a name says, if nothing beside it says something else.
    ///
    /// The longest phrase in the name decides: `billing_card_number` is a card number.
    pub(crate) fn entity(&self, key: &[u8]) -> Option<EntityId> {
        if key.is_empty() || key.len() > MAX_KEY {
            return None;
        }
        // A lock that another thread holds is not waited for: judging anew costs a microsecond.
        if let Ok(remembered) = self.remembered.try_read() {
            if let Some(entity) = remembered.get(key) {
                return *entity;
            }
        }
        let entity = self.judge(key);
        if let Ok(mut remembered) = self.remembered.try_write() {
            if remembered.len() < MAX_REMEMBERED {
                remembered.insert(key.into(), entity);
            }
        }
        entity
    }

    fn judge(&self, key: &[u8]) -> Option<EntityId> {
        let words = words_of(std::str::from_utf8(key).ok()?);
        for length in (1..=words.len().min(MAX_WORDS)).rev() {
            for start in 0..=words.len() - length {
                let span = &words[start..start + length];
                let Some(entities) = self.known(&span.concat()) else {
                    continue;
                };
                let outside = || words[..start].iter().chain(&words[start + length..]);
                return entities
                    .iter()
                    .copied()
                    .find(|entity| !outside().any(|word| self.counters(*entity, word)));
            }
        }
        None
    }

    fn known(&self, phrase: &str) -> Option<&Vec<EntityId>> {
        self.phrases
            .get(phrase)
            .or_else(|| self.phrases.get(singular(phrase)))
    }

    fn counters(&self, entity: EntityId, word: &str) -> bool {
        self.counter_words
            .get(&entity)
            .is_some_and(|words| words.contains(word) || words.contains(singular(word)))
    }
}

/// The word without an English plural ending.
fn singular(word: &str) -> &str {
    match word.strip_suffix('s') {
        Some(rest) if rest.len() > 2 && !rest.ends_with('s') => rest,
        _ => word,
    }
}

/// Splits a name at what is no letter or digit, between letters and digits, and before the capitals
/// of camel case; in small letters.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    let mut characters = name.chars().peekable();
    while let Some(character) = characters.next() {
        if !character.is_alphanumeric() {
            last = None;
            continue;
        }
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let starts = last.is_none_or(|last: char| {
            last.is_numeric() != character.is_numeric()
                || (character.is_uppercase() && (last.is_lowercase() || next_is_lower))
        });
        if starts {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase().map(plain));
        }
        last = Some(character);
    }
    words
}

/// The letter without its accent, for the Latin letters of the west.
fn plain(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{words_of, Keys};

    fn keys() -> Keys {
        let mut keys = Keys::default();
        let owned = |words: &[&str]| {
            words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Vec<_>>()
        };
        keys.add(
            0,
            &owned(&["email", "e_mail"]),
            &owned(&["verified", "count"]),
        );
        keys.add(1, &owned(&["card_number"]), &[]);
        keys.add(2, &owned(&["card"]), &[]);
        keys.add(3, &owned(&["prénom", "имя"]), &[]);
        keys
    }

    #[test]
    fn names_are_split_into_words() {
        for (name, words) in [
            ("homePhone_2", &["home", "phone", "2"][..]),
            ("HTTPServer", &["http", "server"]),
            ("x-api.key", &["x", "api", "key"]),
            ("Prénom", &["prenom"]),
            ("", &[]),
        ] {
            assert_eq!(words_of(name), words, "{name}");
        }
    }

    #[test]
    fn the_longest_phrase_names_the_entity() {
        let keys = keys();
        let entity = |name: &str| keys.entity(name.as_bytes());
        assert_eq!(entity("userEmail"), Some(0));
        assert_eq!(entity("E-Mail"), Some(0));
        assert_eq!(entity("emails"), Some(0));
        assert_eq!(entity("billing_card_number"), Some(1));
        assert_eq!(entity("card"), Some(2));
        assert_eq!(entity("prenom"), Some(3));
        assert_eq!(entity("Имя"), Some(3));
        assert_eq!(entity("name"), None);
        assert_eq!(entity(""), None);
    }

    #[test]
    fn a_word_beside_it_can_say_something_else() {
        assert_eq!(keys().entity(b"email_verified"), None);
        assert_eq!(keys().entity(b"email_counts"), None);
        assert_eq!(keys().entity(&[b'a'; 97]), None);
        assert_eq!(keys().entity(b"email\xff"), None);
    }
}
