//! What a query made of a hidden value: keyed characters and numbers of one size.
//!
//! Operators keep something of a whole value on purpose: its last digits, its bin, its layout, how
//! many digits it has. Of a value that a query made, whoever wrote the query chose what that shows:
//! `salary * 1000` is in a bin of a thousandth of the width, `translate(phone, '5', '-')` has a
//! layout that tells where the fives are. So nothing is kept of these but equality, and not that where
//! the key takes turns.

use crate::number::{Grid, Number};
use crate::operators::change::Moment;
use crate::operators::fold::Folded;
use crate::operators::{purpose, text, Input};
use crate::prf::{DomainKey, Stream};
use crate::types::calendar::{days, DAY, SECOND};

/// Sixteen syllables hold 106 bits.
const LENGTH: usize = 32;
/// Numbers have eight digits where their type has room for them.
const NUMBERS: u64 = 100_000_000;
/// Days are those of a hundred years from 1950 on.
const YEAR: i64 = 1950;
const YEARS: i64 = 100;

/// Writes as many characters as fit.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let key = input.key;
    let equal = || Folded::new(input.text).stream(key, purpose::MADE);
    let mut stream = turned(key).unwrap_or_else(equal);
    let end = out.len() + LENGTH.min(input.room);
    while out.len() < end {
        text::push_syllable(&mut stream, out);
    }
    out.truncate(end);
    true
}

/// A whole number that the type has.
pub(crate) fn number(key: &DomainKey, raw: Number, grid: &Grid) -> Number {
    let raw = raw.trimmed();
    let mut value = raw.units.to_be_bytes().to_vec();
    value.extend(raw.scale.to_be_bytes());
    let greatest = grid.range.and_then(|(_, greatest)| greatest.at(0));
    let most = greatest
        .and_then(|greatest| u64::try_from(greatest).ok())
        .map_or(NUMBERS, |greatest| greatest.clamp(1, NUMBERS));
    let chosen = stream(key, &value).next_u64() % most;
    Number::new(chosen.into(), 0)
}

/// A day, and a second of it where the value has a time.
pub(crate) fn moment(key: &DomainKey, raw: Moment) -> Moment {
    let mut value = raw.day.to_be_bytes().to_vec();
    value.extend(raw.time.unwrap_or(0).to_be_bytes());
    let mut stream = stream(key, &value);
    let first = days(YEAR, 1, 1);
    let span = (days(YEAR + YEARS, 1, 1) - first).unsigned_abs();
    let day = first + (stream.next_u64() % span) as i64;
    Moment {
        day,
        time: raw.time.map(|_| second(&mut stream)),
    }
}

/// The time of a day, in whole seconds.
pub(crate) fn time(key: &DomainKey, raw: i64) -> i64 {
    second(&mut stream(key, &raw.to_be_bytes()))
}

fn stream<'k>(key: &'k DomainKey, value: &[u8]) -> Stream<'k> {
    turned(key).unwrap_or_else(|| key.stream(purpose::MADE, value))
}

/// The choices of the next turn, where the key takes turns.
fn turned(key: &DomainKey) -> Option<Stream<'_>> {
    let turn = key.turn()?;
    Some(key.stream(purpose::MADE, &turn.to_be_bytes()))
}

fn second(stream: &mut Stream<'_>) -> i64 {
    (stream.next_u64() % (DAY / SECOND).unsigned_abs()) as i64 * SECOND
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::cell::Format;
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::{masked_with, run};

    const NUMERIC: TypeSpec = TypeSpec::Numeric {
        precision: None,
        scale: None,
    };

    fn made(type_: &TypeSpec, raw: &str) -> Option<String> {
        masked_with(&OperatorSpec::Made { text: None }, type_, raw)
    }

    fn text(max_chars: Option<u32>) -> TypeSpec {
        TypeSpec::Text {
            max_chars,
            pad: false,
        }
    }

    #[test]
    fn texts_have_one_length_whatever_theirs() {
        for raw in ["5", "55-5", "+1 415 555 0132", &"x".repeat(5000)] {
            let masked = made(&text(None), raw).unwrap();
            assert!(masked.len() == 32 && masked.bytes().all(|b| b.is_ascii_alphanumeric()));
        }
        assert_eq!(made(&text(None), "Zelda"), made(&text(None), " zELDA"));
        assert_eq!(made(&text(Some(7)), "Zelda").unwrap().len(), 7);
    }

    #[test]
    fn numbers_have_one_size_in_every_type() {
        let numbers = ["0", "7", "-3", "54321", "2000000000"];
        for type_ in [
            TypeSpec::Int4 {},
            TypeSpec::Int8 {},
            NUMERIC,
            TypeSpec::Float8 {},
        ] {
            let masked: HashSet<i64> = numbers
                .iter()
                .map(|raw| made(&type_, raw).unwrap().parse().unwrap())
                .collect();
            assert!(
                masked.len() == 5 && masked.iter().all(|value| (0..100_000_000).contains(value))
            );
        }
        assert!(
            made(&TypeSpec::Int2 {}, "7")
                .unwrap()
                .parse::<i16>()
                .unwrap()
                >= 0
        );
        assert_eq!(made(&NUMERIC, "1.50"), made(&NUMERIC, "1.5"));
        assert_eq!(made(&NUMERIC, "7"), made(&TypeSpec::Int8 {}, "7"));
        let long = made(&NUMERIC, &"9".repeat(200));
        assert!(long.is_none_or(|masked| masked.len() <= 8));
        let priced = TypeSpec::Numeric {
            precision: Some(5),
            scale: Some(2),
        };
        assert!(made(&priced, "120.50").unwrap().parse::<f64>().unwrap() < 1000.0);
    }

    #[test]
    fn dates_and_times_tell_nothing_of_when() {
        for (type_, raw) in [
            (TypeSpec::Date {}, "0099-01-01"),
            (TypeSpec::Date {}, "9999-12-31"),
            (TypeSpec::Timestamp {}, "2024-05-05 12:00:00.25"),
        ] {
            let year: i32 = made(&type_, raw).unwrap()[..4].parse().unwrap();
            assert!((1950..2050).contains(&year));
        }
        assert_eq!(made(&TypeSpec::Date {}, "infinity"), None);
        assert!(made(&TypeSpec::Timestamptz {}, "2024-05-05 12:00:00+05:30")
            .unwrap()
            .ends_with("+00"));
        let interval = made(&TypeSpec::Interval {}, "27661 days").unwrap();
        assert!(
            !interval.contains("day") && interval != "00:00:00",
            "{interval}"
        );
        assert_eq!(made(&TypeSpec::Time {}, "12:00:00.25").unwrap().len(), 8);
    }

    #[test]
    fn both_formats_agree() {
        let operator = OperatorSpec::Made { text: None };
        let binary = run(
            &operator,
            &TypeSpec::Int4 {},
            Format::Binary,
            &7i32.to_be_bytes(),
        );
        let binary = i32::from_be_bytes(binary.unwrap().try_into().unwrap());
        assert_eq!(made(&TypeSpec::Int4 {}, "7"), Some(binary.to_string()));
    }

    #[test]
    fn what_has_a_size_that_stays_is_left_out() {
        for (type_, raw) in [
            (TypeSpec::Bytea {}, "\\x0011"),
            (TypeSpec::Bit { length: None }, "101"),
            (
                TypeSpec::Array {
                    element: Box::new(TypeSpec::Int4 {}),
                    element_oid: 23,
                    delimiter: ',',
                },
                "{1,2}",
            ),
        ] {
            assert_eq!(made(&type_, raw), None, "{raw}");
        }
    }

    #[test]
    fn texts_of_a_kind_become_others_of_it_and_the_rest_has_no_length() {
        let inner = Some(Box::new(OperatorSpec::Email { keep_domain: false }));
        let operator = OperatorSpec::Made { text: inner };
        let email = |raw| masked_with(&operator, &text(None), raw).unwrap();
        assert!(email("zelda@corp.test").contains('@'));
        assert!(email("no address").len() < 64 && email(&"no address".repeat(90)).len() < 64);
    }
}
