//! Own word lists of the pseudonyms.
//!
//! Names are believable but not the most common ones, so that a pseudonym seldom equals the name of
//! somebody else in the same data.

pub(crate) mod categories;
mod countries;
mod family;
mod given;
mod jobs;
mod known;
mod persons;
mod places;
mod states;
mod word;
pub(crate) mod zones;

use crate::prf::Stream;
pub(crate) use known::alike;
pub(crate) use states::{PROVINCES, STATES};
pub(crate) use word::Word;

/// Given names of several languages.
pub(crate) static GIVEN: [Word; given::GIVEN.len()] = word::all(given::GIVEN);
/// Invented towns.
pub(crate) static CITIES: [Word; places::CITIES.len()] = word::all(places::CITIES);
/// What a street is called.
pub(crate) static STREET_KINDS: [Word; places::STREET_KINDS.len()] =
    word::all(places::STREET_KINDS);
/// What a company does.
pub(crate) static TRADES: [Word; places::TRADES.len()] = word::all(places::TRADES);
static STEMS: [Word; family::STEMS.len()] = word::all(family::STEMS);
static ENDINGS: [Word; family::ENDINGS.len()] = word::all(family::ENDINGS);

/// The two parts of a family name; together there are some nine thousand names.
#[inline]
pub(crate) fn family(stream: &mut Stream<'_>) -> [&'static Word; 2] {
    [stream.pick(&STEMS), stream.pick(&ENDINGS)]
}

/// Writes a family name.
#[inline]
pub(crate) fn push_family(stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    for part in family(stream) {
        part.push(out);
    }
}

#[cfg(test)]
mod tests {
    use super::family::{ENDINGS, STEMS};
    use super::given::GIVEN;
    use super::places::{CITIES, STREET_KINDS, TRADES};

    #[test]
    fn lists_are_capitalised_ascii_without_repetition() {
        for list in [GIVEN, STEMS, CITIES, STREET_KINDS, TRADES] {
            let unique: std::collections::HashSet<_> = list.iter().collect();
            assert_eq!(unique.len(), list.len());
            assert!(list.iter().all(|word| word.is_ascii()
                && word.as_bytes()[0].is_ascii_uppercase()
                && word.len() <= 16));
        }
        assert!(ENDINGS
            .iter()
            .all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn there_are_thousands_of_family_names() {
        let names: std::collections::HashSet<String> = STEMS
            .iter()
            .flat_map(|stem| ENDINGS.iter().map(move |ending| format!("{stem}{ending}")))
            .collect();
        assert!(names.len() > 5000, "{}", names.len());
        assert!(GIVEN.len() >= 240, "{}", GIVEN.len());
    }
}
