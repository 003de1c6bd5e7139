//! A street address, with a town, state and postal code where the raw one has them.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::prf::Stream;
use crate::words::{push_family, CITIES, STATES, STREET_KINDS};

const DRAWS: usize = 8;
const NUMBER_MAX: usize = 989;
const DIGITS: &[u8] = b"0123456789";

/// Postal codes in front of a town have so many digits.
const POSTAL_MIN: usize = 4;
const POSTAL_MAX: usize = 6;

/// What stands behind the street.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Nothing,
    Town,
    /// `, TX 78901` at the end, with four more digits or without.
    State {
        plus_four: bool,
    },
    /// `, 10115 Berlin` at the end, with so many digits.
    Postal(usize),
}

/// Writes number, street and kind; a comma or a line break in the raw address adds a town, with the
/// state and postal code that it lies in where the raw address ends in them.
pub(crate) fn write(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let tail = tail(raw.bytes());
    let mut stream = raw.stream(place.key, purpose::ADDRESS);
    for draw in 0..DRAWS {
        push_number(10 + stream.below(NUMBER_MAX), out);
        out.push(b' ');
        push_family(&mut stream, out);
        out.push(b' ');
        stream.pick(&STREET_KINDS).push(out);
        let city = stream.below(CITIES.len());
        // Where the whole does not fit, the town is the first to go.
        if draw < DRAWS / 2 {
            push_tail(tail, city, &mut stream, out);
        }
        if out.len() - start <= place.room {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// What the raw address ends in.
fn tail(raw: &[u8]) -> Tail {
    let Some(comma) = memchr::memrchr2(b',', b'\n', raw) else {
        return Tail::Nothing;
    };
    let last = raw[comma + 1..].trim_ascii();
    let blank = last.iter().position(u8::is_ascii_whitespace);
    let (first, rest) = last.split_at(blank.unwrap_or(last.len()));
    let rest = rest.trim_ascii();
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let state = || {
        STATES
            .iter()
            .any(|state| first.eq_ignore_ascii_case(state.0.as_bytes()))
    };
    let plus_four = rest.len() == 10 && rest[5] == b'-' && digits(&rest[6..]);
    let zip = digits(rest.get(..5).unwrap_or(b"")) && (rest.len() == 5 || plus_four);
    if zip && state() {
        Tail::State { plus_four }
    } else if digits(first) && (POSTAL_MIN..=POSTAL_MAX).contains(&first.len()) && !rest.is_empty()
    {
        Tail::Postal(first.len())
    } else {
        Tail::Town
    }
}

/// Writes a town and what belongs to it: each lies in one state, and its postal codes too.
fn push_tail(tail: Tail, city: usize, stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    match tail {
        Tail::Nothing => {}
        Tail::Town => {
            out.extend_from_slice(b", ");
            CITIES[city].push(out);
        }
        Tail::State { plus_four } => {
            let (code, _, postal) = STATES[city % STATES.len()];
            out.extend_from_slice(b", ");
            CITIES[city].push(out);
            out.extend_from_slice(b", ");
            out.extend_from_slice(code.as_bytes());
            out.push(b' ');
            out.extend_from_slice(postal.as_bytes());
            stream.letters(DIGITS, 2, out);
            if plus_four {
                out.push(b'-');
                stream.letters(DIGITS, 4, out);
            }
        }
        Tail::Postal(count) => {
            out.extend_from_slice(b", ");
            // No country has postal codes that begin with a zero throughout.
            stream.letters(&DIGITS[1..], 1, out);
            stream.letters(DIGITS, count - 1, out);
            out.push(b' ');
            CITIES[city].push(out);
        }
    }
}

/// Writes a number of two or three digits.
fn push_number(number: usize, out: &mut Vec<u8>) {
    let [hundreds, tens, ones] = [100, 10, 1].map(|divisor| b'0' + (number / divisor % 10) as u8);
    if hundreds > b'0' {
        out.push(hundreds);
    }
    out.extend_from_slice(&[tens, ones]);
}

#[cfg(test)]
mod tests {
    use super::STATES;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn address(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Address {}, max_chars, text)
    }

    #[test]
    fn an_address_has_number_street_and_kind() {
        let masked = address(None, "12 Main St");
        let words: Vec<&str> = masked.split(' ').collect();
        assert!(
            words.len() == 3 && words[0].parse::<u32>().is_ok(),
            "{masked}"
        );
    }

    #[test]
    fn further_parts_add_a_town() {
        assert!(address(None, "12 Main St, Springfield").contains(", "));
    }

    #[test]
    fn town_state_and_postal_code_belong_together() {
        let mut states = std::collections::HashMap::new();
        for number in 0..400 {
            let masked = address(
                None,
                &format!("{number} Main St, Springfield, il 62701-1234"),
            );
            let [_, town, rest] = masked.split(", ").collect::<Vec<_>>()[..] else {
                panic!("{masked}");
            };
            let (state, postal) = rest.split_once(' ').unwrap();
            let known = STATES.iter().find(|known| known.0 == state).unwrap();
            assert!(
                postal.starts_with(known.2) && postal.len() == 10,
                "{masked}"
            );
            assert_eq!(
                *states.entry(town.to_owned()).or_insert(state.to_owned()),
                state
            );
        }
        assert!(states.len() > 60);
    }

    #[test]
    fn a_postal_code_stays_in_front_of_its_town() {
        let masked = address(None, "Hauptstr. 5\n10115 Berlin");
        let (_, tail) = masked.split_once(", ").unwrap();
        let (postal, town) = tail.split_once(' ').unwrap();
        assert!(
            postal.len() == 5 && postal.parse::<u32>().is_ok(),
            "{masked}"
        );
        assert!(!town.contains(' ') && town != "Berlin", "{masked}");
        assert!(address(None, "5 Rue X, 75 Paris").split(' ').count() == 4);
    }

    #[test]
    fn the_town_goes_where_it_does_not_fit() {
        let all: Vec<String> = (0..100)
            .map(|number| address(Some(28), &format!("{number} Main St, Springfield")))
            .collect();
        assert!(all.iter().all(|masked| masked.len() <= 28));
        assert!(all.iter().any(|masked| masked.contains(", ")));
        assert!(all.iter().any(|masked| !masked.contains(", ")));
    }
}
