use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::operators::tests::mask;
use crate::operators::TextMask;
use crate::spec::{OperatorSpec, TypeSpec};
use crate::types::tests::{key, masked_text};

fn auto(text: &str) -> String {
    mask(&OperatorSpec::Auto {}, None, text)
}

/// The raw text of a masked one.
fn back(masked: &str) -> String {
    let home = Arc::new(key().turned_round());
    let mask = TextMask::new(&OperatorSpec::Auto {}, home, None).unwrap();
    let mut out = Vec::new();
    assert!(mask.restore(masked, &mut out), "{masked}");
    String::from_utf8(out).unwrap()
}

fn layout(text: &str) -> String {
    text.replace(|c: char| c.is_ascii_digit(), "0")
}

const LAYOUTS: &[&str] = &[
    "2024-02-29",
    "2024/02/29",
    "2024.02.29",
    "29.02.2024",
    "29/02/2024",
    "29-02-2024",
    "02/29/2024",
    "03/04/2024",
    "03-04-2024",
    "9/15/2024",
    "15/9/2024",
    "3/4/2024",
    "1.2.2024",
    "1.12.2024",
    "2024-2-9",
    "0001-01-01",
    "9999-12-31",
    "12/31/9999",
    "2024-02-29 12:34",
    "2024-02-29 12:34:56",
    "2024-02-29T12:34:56",
    "2024-02-29t12:34:56z",
    "2024-02-29T12:34:56Z",
    "2024-02-29T12:34:56.7Z",
    "2024-02-29T12:34:56.789+05:30",
    "2024-02-29T12:34:56.1234567Z",
    "2024-02-29T12:34:56.123456789+00:00",
    "2024-02-29T12:34:56-00:00",
    "2024-02-29 12:34:56,789",
    "2024-02-29 23:34:56-08",
    "2024-02-29 23:34:56 +0100",
    "2024-02-29 23:34:56 UTC",
    "29.02.2024 10:30",
    "03/04/2024 10:30:00",
    "03/04/2024 23:30:00-08:00",
];

#[test]
fn a_date_becomes_another_date_of_its_layout_and_comes_back() {
    for raw in LAYOUTS {
        let masked = auto(raw);
        assert_ne!(masked, *raw);
        assert_eq!(layout(&masked), layout(raw), "{raw} {masked}");
        assert!(
            Stamp::parse_any(masked.as_bytes()).is_some(),
            "{raw} {masked}"
        );
        assert_eq!(back(&masked), *raw);
    }
}

#[test]
fn a_text_becomes_the_day_and_the_time_that_its_type_would_give() {
    for (type_, texts) in [
        (
            TypeSpec::Date {},
            &["1980-01-02", "0001-01-01", "9999-12-31"][..],
        ),
        (
            TypeSpec::Timestamp {},
            &["2024-02-29 12:34:56.789", "2024-02-29 00:00:00"][..],
        ),
        (
            TypeSpec::Timestamptz {},
            &["2024-02-29 23:34:56-08", "2024-02-29 23:34:56.5+05:30"][..],
        ),
    ] {
        for text in texts {
            assert_eq!(Some(auto(text)), masked_text(&type_, text));
        }
    }
    let iso = auto("1980-01-02");
    let (year, month, day) = (&iso[..4], &iso[5..7], &iso[8..]);
    assert_eq!(auto("02.01.1980"), format!("{day}.{month}.{year}"));
    assert_eq!(auto("1980/01/02"), iso.replace('-', "/"));
}

#[test]
fn what_may_be_read_in_two_ways_may_be_so_still() {
    let figures = |text: &str| [&text[..2], &text[3..5]].map(|two| two.parse::<i64>().unwrap());
    let mut seen = HashSet::new();
    let mut count = 0;
    for year in [1996, 1997, 1998, 2000] {
        for first in 1..=31 {
            for second in 1..=31 {
                let raw = format!("{first:02}/{second:02}/{year}");
                if Stamp::parse_any(raw.as_bytes()).is_none() {
                    continue;
                }
                let masked = auto(&raw);
                let kind = [first, second].map(|figure| figure > 12);
                assert_eq!(
                    figures(&masked).map(|figure| figure > 12),
                    kind,
                    "{raw} {masked}"
                );
                assert!(Stamp::parse_any(masked.as_bytes()).is_some());
                assert_eq!(back(&masked), raw);
                count += 1;
                assert!(seen.insert(masked), "{raw}");
            }
        }
    }
    // Every day in both orders, but for those that are the same text in both.
    assert_eq!(count, 4 * (2 * 365 - 144) + 2 * 2);
}

#[test]
fn every_text_of_a_short_layout_keeps_apart_and_comes_back() {
    let mut seen = HashSet::new();
    for year in [1999, 2000, 2023, 2024, 2025] {
        for first in 0..10 {
            for second in 0..10 {
                let raw = format!("{first}/{second}/{year}");
                let masked = auto(&raw);
                assert_ne!(masked, raw);
                let is_date = |text: &str| Stamp::parse_any(text.as_bytes()).is_some();
                assert_eq!(is_date(&raw), is_date(&masked), "{raw} {masked}");
                assert_eq!(back(&masked), raw);
                assert!(seen.insert(masked));
            }
        }
    }
}

#[test]
fn what_is_no_date_becomes_none() {
    for raw in [
        "2024-02-30",
        "0000-00-00",
        "9999-99-99",
        "2023-13-01",
        "31.04.2024",
        "0/0/2024",
    ] {
        let masked = auto(raw);
        assert_eq!(layout(&masked), layout(raw));
        assert!(Stamp::parse_any(masked.as_bytes()).is_none(), "{masked}");
        assert_eq!(back(&masked), raw);
    }
}

#[test]
fn minutes_and_parts_of_a_microsecond_are_permuted_too() {
    let minutes: HashSet<String> = (0..1440)
        .map(|at| auto(&format!("2024-02-29 {:02}:{:02}", at / 60, at % 60)))
        .collect();
    assert_eq!(minutes.len(), 1440);
    assert!(auto("2024-02-29 00:00").ends_with(" 00:00"));
    let finer: HashSet<String> = (0..100)
        .map(|at| auto(&format!("2024-02-29T12:34:56.000000{at:02}Z")))
        .collect();
    assert_eq!(finer.len(), 100);
}

#[test]
fn moments_at_the_ends_of_the_years_are_words_or_dates_but_never_raw() {
    for raw in ["0001-01-01T00:30:00+05:00", "9999-12-31T23:30:00-05:00"] {
        let masked = auto(raw);
        assert!(!masked.contains(&raw[..10]), "{masked}");
    }
}

#[test]
fn a_person_who_chooses_digits_gets_digits() {
    let digits = |text: &str| mask(&OperatorSpec::Digits {}, None, text);
    let distinct = (1..=28)
        .map(|day| digits(&format!("1980-01-{day:02}")))
        .filter(|text| Stamp::parse_any(text.as_bytes()).is_none());
    assert!(distinct.count() > 20);
}
