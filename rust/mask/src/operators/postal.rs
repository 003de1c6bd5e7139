//! A postal code, and the town and the state that lie where it does.
//!
//! ZIP codes of the United States are permuted among those of the fifty states. Town and state
//! follow from the new code, so that whoever has equal codes has the same town and state, and both
//! lie there. Codes of other layouts have their digits and letters permuted; their town follows from
//! the raw code.

use crate::layout::permute_text;
use crate::operators::{purpose, tweak, Input, Place};
use crate::permutation::derange;
use crate::prf::{DomainKey, Stream};
use crate::spec::PlacePart;
use crate::words::{push_family, zones, PROVINCES, STATES};

/// Draws until a town fits.
const DRAWS: usize = 12;
const ZIP: usize = 5;
const PLUS_FOUR: usize = 4;
/// ZIP codes that share a town.
const TOWN: u32 = 10;
/// Letters of a state's code.
const CODE: usize = 2;
/// Longer codes do not exist; what is longer is told apart by its beginning.
const CODE_MAX: usize = 64;

/// What the choices for one postal code are made from.
enum Seed {
    /// A ZIP code that is already another one, and its state.
    Zip(u32, &'static str),
    /// Letters and digits of any other.
    Other(Vec<u8>),
}

impl Seed {
    fn of(key: &DomainKey, postal: &[u8]) -> Self {
        if let Some((zip, _)) = read_zip(postal) {
            if let Some((zip, state)) = masked_zip(key, zip) {
                return Self::Zip(zip, state);
            }
        }
        let kept = postal.iter().filter(|byte| !b" -".contains(byte));
        Self::Other(kept.take(CODE_MAX).map(u8::to_ascii_lowercase).collect())
    }

    fn stream<'k>(&self, key: &'k DomainKey, part: u8) -> Stream<'k> {
        let mut value = vec![0, part];
        match (self, part) {
            // A town has several codes, and a state many.
            (Self::Zip(zip, _), b't') => value.extend_from_slice(&(zip / TOWN).to_be_bytes()),
            (Self::Zip(zip, _), _) => value.extend_from_slice(&zip.to_be_bytes()),
            (Self::Other(code), _) => {
                value.push(0);
                value.extend_from_slice(code);
            }
        }
        key.stream(purpose::PLACE, &value)
    }
}

/// Writes the town or the state that lies where the postal code beside does.
///
/// What is written depends on that code alone: the raw value tells only how a state is written, and
/// of which country.
pub(crate) fn write_place(
    part: PlacePart,
    place: Place<'_>,
    raw: &[u8],
    postal: &[u8],
    out: &mut Vec<u8>,
) -> bool {
    let seed = Seed::of(place.key, postal);
    if part == PlacePart::State {
        if let Some(state) = state(&seed, place.key, raw, place.room) {
            out.extend_from_slice(state.as_bytes());
            return state.chars().count() <= place.room;
        }
    }
    let start = out.len();
    let mut stream = seed.stream(place.key, b't');
    for _ in 0..DRAWS {
        push_family(&mut stream, out);
        if out.len() - start <= place.room {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// The state, in the way in which the raw one is written.
fn state(seed: &Seed, key: &DomainKey, raw: &[u8], room: usize) -> Option<&'static str> {
    let raw = std::str::from_utf8(raw).ok()?;
    let same = |known: &str| {
        known.eq_ignore_ascii_case(raw) || (!raw.is_ascii() && known.to_lowercase() == raw)
    };
    let ours = STATES
        .iter()
        .any(|(code, name, _)| same(code) || same(name));
    let foreign = PROVINCES
        .iter()
        .find(|names| names.iter().any(|name| same(name)))
        .filter(|_| !ours);
    if let Some(names) = foreign {
        let mut stream = seed.stream(key, b's');
        return names.get(stream.below(names.len())).copied();
    }
    let (code, name, _) = match seed {
        Seed::Zip(_, state) => STATES.iter().find(|known| known.0 == *state)?,
        Seed::Other(_) if ours => STATES.get(seed.stream(key, b's').below(STATES.len()))?,
        Seed::Other(_) => return None,
    };
    let short = raw.len() <= CODE || name.len() > room;
    Some(if short { code } else { name })
}

/// Writes another postal code of the same layout.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let masked = read_zip(input.text.as_bytes()).and_then(|(zip, plus_four)| {
        let (masked, _) = masked_zip(input.key, zip)?;
        Some((masked, plus_four))
    });
    let Some((zip, plus_four)) = masked else {
        return permute_text(input.key, tweak::PLACE | OTHER, input.text, out);
    };
    push_digits(zip, ZIP, out);
    if let Some(last) = plus_four {
        if input.text.len() > ZIP + PLUS_FOUR {
            out.push(b'-');
        }
        let class = tweak::PLACE | LAST_FOUR | u64::from(zip) << 16;
        let last = derange(input.key, class, 10_000, last.into());
        push_digits(last as u32, PLUS_FOUR, out);
    }
    true
}

/// Classes of permutations beside those of the lists of states.
const ZIPS: u64 = 0x100;
const LAST_FOUR: u64 = 0x200;
const OTHER: u64 = 0x300;

/// Another ZIP code of the states, and the code of its state.
///
/// Codes of the states are permuted among themselves; others, such as those of territories, may
/// meet them.
fn masked_zip(key: &DomainKey, zip: u32) -> Option<(u32, &'static str)> {
    let count = zones::count();
    let place = match zones::rank(zip) {
        Some(rank) => derange(key, tweak::PLACE | ZIPS, count.into(), rank.into()) as u32,
        None => key
            .stream(purpose::PLACE, &zip.to_be_bytes())
            .below(count as usize) as u32,
    };
    zones::at(place)
}

/// Five digits, with four more or without; a hyphen may stand between them.
fn read_zip(text: &[u8]) -> Option<(u32, Option<u32>)> {
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0u32, |sum, byte| {
            byte.is_ascii_digit()
                .then(|| sum * 10 + u32::from(byte - b'0'))
        })
    };
    let (zip, rest) = text.split_at_checked(ZIP)?;
    let rest = match rest {
        [] => return Some((number(zip)?, None)),
        [b'-', rest @ ..] | rest => rest,
    };
    if rest.len() != PLUS_FOUR {
        return None;
    }
    Some((number(zip)?, Some(number(rest)?)))
}

fn push_digits(number: u32, count: usize, out: &mut Vec<u8>) {
    let start = out.len();
    let mut rest = number;
    for _ in 0..count {
        out.push(b'0' + (rest % 10) as u8);
        rest /= 10;
    }
    out[start..].reverse();
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;
    use crate::operators::tests::{mask, mask_beside};
    use crate::spec::OperatorSpec;

    fn place(part: PlacePart) -> OperatorSpec {
        OperatorSpec::Place {
            part,
            of: vec!["postal_code".into()],
        }
    }

    /// Town, state and postal code of one row.
    fn row(town: &str, state: &str, postal: &str) -> [String; 3] {
        let beside = Some(postal.as_bytes());
        [
            mask_beside(&place(PlacePart::City), None, town, beside),
            mask_beside(&place(PlacePart::State), None, state, beside),
            mask(&place(PlacePart::PostalCode), None, postal),
        ]
    }

    #[test]
    fn town_state_and_postal_code_lie_together() {
        let mut towns = HashMap::new();
        let mut codes = HashSet::new();
        for number in 0..2_000 {
            let postal = format!("{:05}", 10_000 + number * 37 % 80_000);
            let [town, state, masked] = row("Springfield", "IL", &postal);
            let zip: u32 = masked.parse().unwrap();
            let (_, lies_in) = zones::at(zones::rank(zip).unwrap()).unwrap();
            assert_eq!(state, lies_in);
            assert_eq!(*towns.entry(zip / TOWN).or_insert(town.clone()), town);
            assert_ne!(masked, postal);
            codes.insert(masked);
        }
        assert!(codes.len() > 1_900, "{}", codes.len());
    }

    #[test]
    fn rows_of_one_postal_code_have_one_town() {
        let first = row("Springfield", "IL", "62701");
        assert_eq!(first, row("SPRNGFLD", "il", "62701"));
        let [town, state, long] = row("Springfield", "Illinois", "62701-1234");
        assert_eq!(town, first[0]);
        assert!(state.len() > 2 && long.starts_with(&first[2]) && long.len() == 10);
        assert_eq!(row("x", "IL", "627011234")[2].len(), 9);
    }

    #[test]
    fn all_zip_codes_of_the_states_stay_distinct() {
        let codes: HashSet<String> = (0..zones::count())
            .step_by(7)
            .map(|rank| {
                let (zip, _) = zones::at(rank).unwrap();
                mask(&place(PlacePart::PostalCode), None, &format!("{zip:05}"))
            })
            .collect();
        assert_eq!(codes.len(), zones::count().div_ceil(7) as usize);
        let last: HashSet<String> = (0..10_000)
            .map(|last| format!("62701-{last:04}"))
            .map(|zip| mask(&place(PlacePart::PostalCode), None, &zip))
            .collect();
        assert_eq!(last.len(), 10_000);
    }

    #[test]
    fn other_layouts_keep_theirs() {
        let [town, state, postal] = row("Berlin", "Bayern", "SW1A 1AA");
        assert!(postal.len() == 8 && postal.as_bytes()[4] == b' ' && postal != "SW1A 1AA");
        assert!(PROVINCES
            .iter()
            .any(|names| names.contains(&state.as_str())));
        assert_eq!(row("London", "", "sw1a1aa")[0], town);
        assert!(!town.contains(' '));
        for odd in [
            "1",
            "7",
            "0000",
            "999999999999",
            "\u{7f8e}\u{56fd}",
            "-",
            "12345-",
        ] {
            let [town, _, postal] = row("x", "y", odd);
            assert!(!town.is_empty() && postal != odd, "{odd}");
        }
    }

    #[test]
    fn without_a_postal_code_a_town_is_masked_by_itself() {
        let spec = place(PlacePart::City);
        let alone = mask_beside(&spec, None, "Springfield", None);
        assert_ne!(alone, mask_beside(&spec, None, "Shelbyville", None));
        assert_ne!(alone, "Springfield");
    }

    #[test]
    fn what_is_written_fits() {
        let postal = Some(&b"62701"[..]);
        let state = mask_beside(&place(PlacePart::State), Some(2), "Illinois", postal);
        assert_eq!(state.len(), 2);
        let town = mask_beside(&place(PlacePart::City), Some(6), "Springfield", postal);
        assert!((1..=6).contains(&town.len()), "{town}");
    }
}
