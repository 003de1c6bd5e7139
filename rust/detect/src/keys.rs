//! Names that values are given to in documents: they count as the names of columns.

use std::collections::{HashMap, HashSet};
use std::sync::RwLock;

use crate::finding::EntityId;
use crate::spec::EntitySpec;

/// Longest name that is looked at, and most words of a phrase.
pub(crate) const MAX_KEY: usize = 96;
const MAX_WORDS: usize = 6;
/// Names whose meaning is remembered; documents of one kind have the same ones.
const MAX_REMEMBERED: usize = 4096;

/// The column names of all entities.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    phrases: HashMap<String, Vec<EntityId>>,
    whole: HashMap<String, Vec<EntityId>>,
    weak: HashMap<String, Vec<EntityId>>,
    tables: HashMap<EntityId, HashSet<String>>,
    counter_words: HashMap<EntityId, HashSet<String>>,
    remembered: RwLock<HashMap<Box<[u8]>, Option<EntityId>>>,
}

impl Keys {
    pub(crate) fn add(&mut self, entity: EntityId, spec: &EntitySpec) {
        for (phrases, columns) in [
            (&mut self.phrases, &spec.columns),
            (&mut self.whole, &spec.whole_columns),
            (&mut self.weak, &spec.weak_columns),
        ] {
            for phrase in columns {
                let entities = phrases.entry(words_of(phrase).concat()).or_default();
                if !entities.contains(&entity) {
                    entities.push(entity);
                }
            }
        }
        for (words, listed) in [
            (&mut self.tables, &spec.tables),
            (&mut self.counter_words, &spec.counter_words),
        ] {
            if !listed.is_empty() {
                let listed = listed.iter().map(|word| words_of(word).concat());
                words.insert(entity, listed.collect());
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty() && self.whole.is_empty()
    }

    /// The entity that a name says, if nothing beside it says something else.
    ///
    /// The longest phrase in the name decides: `billing_card_number` is a card number. A name that
    /// says little by itself counts below a parent that has such columns: the `name` of a
    /// `customer`.
    pub(crate) fn entity(&self, key: &[u8], parent: &[u8]) -> Option<EntityId> {
        if key.is_empty() || key.len() > MAX_KEY {
            return None;
        }
        self.remember(key, |name| self.judge(name))
            .or_else(|| self.supported(key, parent))
    }

    /// What was made of the name before, or else is made of it now.
    fn remember(
        &self,
        key: &[u8],
        judge: impl FnOnce(&str) -> Option<EntityId>,
    ) -> Option<EntityId> {
        // A lock that another thread holds is not waited for: judging anew costs a microsecond.
        if let Ok(remembered) = self.remembered.try_read() {
            if let Some(entity) = remembered.get(key) {
                return *entity;
            }
        }
        let entity = std::str::from_utf8(key).ok().and_then(judge);
        if let Ok(mut remembered) = self.remembered.try_write() {
            if remembered.len() < MAX_REMEMBERED {
                remembered.insert(key.into(), entity);
            }
        }
        entity
    }

    fn supported(&self, key: &[u8], parent: &[u8]) -> Option<EntityId> {
        if parent.is_empty() || parent.len() > MAX_KEY {
            return None;
        }
        let key = words_of(std::str::from_utf8(key).ok()?).concat();
        let entities = self.weak.get(&key)?;
        let above = words_of(std::str::from_utf8(parent).ok()?);
        entities.iter().copied().find(|entity| {
            let tables = self.tables.get(entity);
            tables.is_some_and(|tables| above.iter().any(|word| holds(tables, word)))
                && !above.iter().any(|word| self.counters(*entity, word))
        })
    }

    fn judge(&self, name: &str) -> Option<EntityId> {
        let words = words_of(name);
        if let Some(entities) = self.whole.get(&words.concat()) {
            return entities.first().copied();
        }
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
            .is_some_and(|words| holds(words, word))
    }
}

fn holds(words: &HashSet<String>, word: &str) -> bool {
    words.contains(word) || words.contains(singular(word))
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
    use crate::EntitySpec;

    fn keys() -> Keys {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let spec =
            |columns: &[&str], weak: &[&str], tables: &[&str], counter: &[&str]| EntitySpec {
                columns: owned(columns),
                weak_columns: owned(weak),
                tables: owned(tables),
                counter_words: owned(counter),
                ..EntitySpec::of_shape("column", &[])
            };
        let mut keys = Keys::default();
        keys.add(
            0,
            &spec(&["email", "e_mail"], &[], &[], &["verified", "count"]),
        );
        keys.add(1, &spec(&["card_number"], &[], &[], &[]));
        keys.add(2, &spec(&["card"], &[], &[], &[]));
        keys.add(3, &spec(&["prénom", "имя"], &[], &[], &[]));
        let whole = EntitySpec {
            whole_columns: owned(&["physician"]),
            ..spec(&[], &[], &[], &[])
        };
        keys.add(5, &whole);
        keys.add(4, &spec(&[], &["name"], &["customer"], &["company"]));
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
    fn some_words_are_names_only_by_themselves() {
        let keys = keys();
        assert_eq!(keys.entity(b"Physician", b""), Some(5));
        assert_eq!(keys.entity(b"physician_fee", b""), None);
    }

    #[test]
    fn the_longest_phrase_names_the_entity() {
        let keys = keys();
        let entity = |name: &str| keys.entity(name.as_bytes(), b"");
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
        assert_eq!(keys().entity(b"email_verified", b""), None);
        assert_eq!(keys().entity(b"email_counts", b""), None);
        assert_eq!(keys().entity(&[b'a'; 97], b""), None);
        assert_eq!(keys().entity(b"email\xff", b""), None);
    }

    #[test]
    fn a_weak_name_needs_a_parent_that_has_such_columns() {
        let keys = keys();
        assert_eq!(keys.entity(b"name", b"customers"), Some(4));
        assert_eq!(keys.entity(b"Name", b"billing_customer"), Some(4));
        assert_eq!(keys.entity(b"name", b"customer_company"), None);
        assert_eq!(keys.entity(b"name", b"product"), None);
        assert_eq!(keys.entity(b"name", b""), None);
    }
}
