//! A town, or a state of the same country.

use crate::operators::fold::Folded;
use crate::operators::{postal, purpose, tweak, Place};
use crate::permutation::derange;
use crate::spec::PlacePart;
use crate::words::{push_family, PROVINCES, STATES};

/// Draws until a town fits that is not the raw one.
const DRAWS: usize = 12;

/// Writes a town that does not exist, or another state of the raw one's list.
pub(crate) fn write(
    part: PlacePart,
    place: Place<'_>,
    raw: &Folded<'_>,
    out: &mut Vec<u8>,
) -> bool {
    if let Some(code) = place.row.beside() {
        return postal::write_place(part, place, raw.bytes(), code, out);
    }
    let start = out.len();
    if part == PlacePart::State {
        if let Some(state) = state(place, raw) {
            out.extend_from_slice(state.as_bytes());
            return state.chars().count() <= place.room;
        }
    }
    let mut stream = raw.stream(place.key, purpose::PLACE);
    for _ in 0..DRAWS {
        // Family names are made of the parts of place names.
        push_family(&mut stream, out);
        let fits = out.len() - start <= place.room;
        if fits && !raw.bytes().eq_ignore_ascii_case(&out[start..]) {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// Another state of the list that the raw one stands in: lists are permuted, so none meet.
///
/// A code and a name of one state in one column become code and name of one other.
fn state(place: Place<'_>, raw: &Folded<'_>) -> Option<&'static str> {
    let raw = raw.bytes();
    let same = |known: &str| match std::str::from_utf8(raw) {
        Ok(raw) if !raw.is_ascii() => known.to_lowercase() == raw,
        _ => known.as_bytes().eq_ignore_ascii_case(raw),
    };
    let arrange = |list: usize, at: usize, size: usize| {
        derange(
            place.key,
            tweak::PLACE | list as u64,
            size as u128,
            at as u128,
        ) as usize
    };
    if let Some(at) = STATES.iter().position(|(code, ..)| same(code)) {
        return Some(STATES[arrange(0, at, STATES.len())].0);
    }
    if let Some(at) = STATES.iter().position(|(_, name, _)| same(name)) {
        return Some(STATES[arrange(0, at, STATES.len())].1);
    }
    PROVINCES.iter().zip(1..).find_map(|(names, list)| {
        let at = names.iter().position(|name| same(name))?;
        Some(names[arrange(list, at, names.len())])
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn masked(part: PlacePart, text: &str) -> String {
        let of = Vec::new();
        mask(&OperatorSpec::Place { part, of }, None, text)
    }

    #[test]
    fn a_town_becomes_one_that_looks_like_it() {
        let town = masked(PlacePart::City, "Springfield");
        assert!(
            town.bytes().all(|byte| byte.is_ascii_alphabetic()),
            "{town}"
        );
        assert_eq!(town, masked(PlacePart::City, "SPRINGFIELD"));
    }

    #[test]
    fn states_are_permuted_as_codes_and_as_names() {
        let codes: HashSet<String> = STATES
            .iter()
            .map(|(code, ..)| masked(PlacePart::State, code))
            .collect();
        assert_eq!(codes.len(), STATES.len());
        for (code, name, _) in STATES {
            let [code, name] = [code, name].map(|text| masked(PlacePart::State, text));
            assert!(STATES
                .iter()
                .any(|state| state.0 == code && state.1 == name));
        }
    }

    #[test]
    fn provinces_stay_in_their_country() {
        for names in PROVINCES {
            let all: HashSet<String> = names
                .iter()
                .map(|name| masked(PlacePart::State, name))
                .collect();
            assert_eq!(all.len(), names.len());
            assert!(
                all.iter().all(|name| names.contains(&name.as_str())),
                "{all:?}"
            );
        }
        assert_eq!(
            masked(PlacePart::State, "th\u{fc}ringen"),
            masked(PlacePart::State, "THU\u{308}RINGEN")
        );
    }

    #[test]
    fn a_state_that_is_not_known_becomes_a_place() {
        let state = masked(PlacePart::State, "Zelda");
        assert!(
            state.bytes().all(|byte| byte.is_ascii_alphabetic()),
            "{state}"
        );
    }
}
