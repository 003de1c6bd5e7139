use super::tests::{age, both, jitter, trunc};
use super::*;
use crate::spec::{DatePart, Otherwise};
use crate::types::calendar::SECOND;
use crate::types::tests::{masked_text, masked_with, run};

pub(crate) fn date_cell(text: &str) -> Vec<u8> {
    let day = date::read_date(Format::Text, text.as_bytes()).unwrap();
    (day as i32).to_be_bytes().to_vec()
}

#[test]
fn dates_are_cut_back_and_moved_in_both_formats() {
    let check = |op: &OperatorSpec, raw: &str| both(op, &TypeSpec::Date {}, raw, &date_cell);
    for (op, raw, expected) in [
        (trunc(DatePart::Year), "2024-02-29", "2024-01-01"),
        (trunc(DatePart::Quarter), "2024-12-31", "2024-10-01"),
        (trunc(DatePart::Month), "0044-03-15 BC", "0044-03-01 BC"),
        (trunc(DatePart::Week), "2000-01-01", "1999-12-27"),
        (trunc(DatePart::Year), "4714-11-24 BC", "4714-11-24 BC"),
        (trunc(DatePart::Year), "5874897-12-31", "5874897-01-01"),
        (age(5), "1985-03-09", "1985-01-01"),
        (age(5), "1921-03-09", "1934-01-01"),
        (age(5), "0044-03-15 BC", "1934-01-01"),
    ] {
        assert_eq!(check(&op, raw).as_deref(), Some(expected));
    }
    for raw in [
        "4714-11-24 BC",
        "0001-12-31 BC",
        "2024-02-29",
        "5874897-12-31",
    ] {
        let moved = check(&jitter(10), raw).unwrap();
        let day = |text: &str| date::read_date(Format::Text, text.as_bytes()).unwrap();
        assert!(
            (1..=10).contains(&(day(&moved) - day(raw)).abs()),
            "{raw} {moved}"
        );
    }
    assert_eq!(
        masked_with(&trunc(DatePart::Day), &TypeSpec::Date {}, "2024-02-29"),
        masked_text(&TypeSpec::Date {}, "2024-02-29"),
        "a date has nothing below the day"
    );
    let unknown = OperatorSpec::AgeBin {
        width: 5,
        reference: None,
        otherwise: Otherwise::Keyed,
    };
    assert_eq!(
        masked_with(&unknown, &TypeSpec::Date {}, "1985-03-09"),
        None
    );
    for op in [trunc(DatePart::Year), jitter(3), age(5)] {
        for raw in ["infinity", "-infinity", "2024-02-30", "", "02/29/2024"] {
            assert_eq!(masked_with(&op, &TypeSpec::Date {}, raw), None);
        }
        for cell in [i32::MAX, i32::MIN, FIRST_DAY as i32 - 1] {
            assert_eq!(
                run(&op, &TypeSpec::Date {}, Format::Binary, &cell.to_be_bytes()),
                None
            );
        }
    }
}

#[test]
fn timestamps_are_cut_back_in_utc() {
    let cell = |zoned| {
        move |text: &str| {
            let value = date::read_timestamp(Format::Text, text.as_bytes(), zoned)
                .unwrap()
                .0;
            value.to_be_bytes().to_vec()
        }
    };
    let plain = |op: &OperatorSpec, raw: &str| both(op, &TypeSpec::Timestamp {}, raw, &cell(false));
    let zoned =
        |op: &OperatorSpec, raw: &str| both(op, &TypeSpec::Timestamptz {}, raw, &cell(true));
    assert_eq!(
        plain(&trunc(DatePart::Hour), "2024-02-29 12:34:56.5").as_deref(),
        Some("2024-02-29 12:00:00")
    );
    assert_eq!(
        plain(&trunc(DatePart::Week), "0044-03-15 01:02:03 BC").as_deref(),
        Some("0044-03-11 00:00:00 BC")
    );
    assert_eq!(
        zoned(&trunc(DatePart::Month), "2024-09-01 01:00:00+02").as_deref(),
        Some("2024-08-01 00:00:00+00")
    );
    assert_eq!(
        zoned(&age(5), "1921-09-01 01:00:00+02").as_deref(),
        Some("1934-01-01 00:00:00+00")
    );
    let moved = zoned(&jitter(2), "2024-02-29 12:34:56+05:30").unwrap();
    assert!(moved.ends_with("+05:30") && moved != "2024-02-29 12:34:56+05:30");
    let date = masked_with(&jitter(2), &TypeSpec::Date {}, "2024-02-29").unwrap();
    assert_eq!(
        plain(&jitter(2), "2024-02-29 12:34:56").unwrap()[..10],
        date
    );
    for value in [i64::MIN, i64::MAX, i64::MIN + 1, (FIRST_DAY - 1) * DAY] {
        for op in [trunc(DatePart::Year), jitter(3)] {
            assert_eq!(
                run(
                    &op,
                    &TypeSpec::Timestamp {},
                    Format::Binary,
                    &value.to_be_bytes()
                ),
                None
            );
        }
    }
}

#[test]
fn clock_times_intervals_and_addresses() {
    let time = |op: &OperatorSpec, raw| masked_with(op, &TypeSpec::Time {}, raw);
    assert_eq!(
        time(&trunc(DatePart::Hour), "12:34:56").as_deref(),
        Some("12:00:00")
    );
    assert_eq!(
        time(&trunc(DatePart::Hour), "24:00:00").as_deref(),
        Some("23:00:00")
    );
    assert_eq!(
        time(&trunc(DatePart::Year), "12:34:56").as_deref(),
        Some("00:00:00")
    );
    let clock = (45_296 * SECOND).to_be_bytes();
    let cell = run(
        &trunc(DatePart::Hour),
        &TypeSpec::Time {},
        Format::Binary,
        &clock,
    );
    assert_eq!(cell, Some((43_200 * SECOND).to_be_bytes().to_vec()));
    let span = |raw| masked_with(&age(10), &TypeSpec::Interval {}, raw);
    assert_eq!(span("34 years 7 mons 3 days").as_deref(), Some("30 years"));
    assert_eq!(span("103 years").as_deref(), Some("90 years"));
    assert_eq!(span("3 mons").as_deref(), Some("00:00:00"));
    assert_eq!(span("-1 years"), None);
    let prefix = OperatorSpec::IpPrefix { v4: 24, v6: 48 };
    let inet = |type_: &TypeSpec, raw| masked_with(&prefix, type_, raw);
    assert_eq!(
        inet(&TypeSpec::Inet {}, "203.0.113.77").as_deref(),
        Some("203.0.113.0")
    );
    assert_eq!(
        inet(&TypeSpec::Inet {}, "203.0.113.77/28").as_deref(),
        Some("203.0.113.0/24")
    );
    assert_eq!(
        inet(&TypeSpec::Cidr {}, "203.0.113.77/32").as_deref(),
        Some("203.0.113.0/24")
    );
    assert_eq!(
        inet(&TypeSpec::Inet {}, "2001:db8:1:2::3").as_deref(),
        Some("2001:db8:1::")
    );
    let cell = run(
        &prefix,
        &TypeSpec::Cidr {},
        Format::Binary,
        &[2, 32, 1, 4, 203, 0, 113, 77],
    );
    assert_eq!(cell, Some(vec![2, 24, 1, 4, 203, 0, 113, 0]));
}
