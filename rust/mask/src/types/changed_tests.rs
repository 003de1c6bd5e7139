use super::*;
use crate::spec::{BinAnswer, DatePart, Distribution, Otherwise};
use crate::types::tests::{masked_text, masked_with, run};

const NUMERIC: TypeSpec = TypeSpec::Numeric {
    precision: None,
    scale: None,
};

fn declared(precision: u32, scale: i32) -> TypeSpec {
    TypeSpec::Numeric {
        precision: Some(precision),
        scale: Some(scale),
    }
}

pub(crate) fn bin(width: &str, origin: &str, answer: BinAnswer) -> OperatorSpec {
    OperatorSpec::Bin {
        width: width.into(),
        origin: origin.into(),
        answer,
    }
}

pub(crate) fn lower(width: &str) -> OperatorSpec {
    bin(width, "0", BinAnswer::Lower)
}

pub(crate) fn noise(amount: &str) -> OperatorSpec {
    OperatorSpec::Noise {
        amount: Some(amount.into()),
        percent: None,
        distribution: Distribution::Uniform,
    }
}

pub(crate) fn percent(percent: &str) -> OperatorSpec {
    OperatorSpec::Noise {
        amount: None,
        percent: Some(percent.into()),
        distribution: Distribution::Triangular,
    }
}

pub(crate) fn clamp(bottom: &str, top: &str) -> OperatorSpec {
    OperatorSpec::TopBottom {
        bottom: Some(bottom.into()),
        top: Some(top.into()),
    }
}

pub(crate) fn trunc(part: DatePart) -> OperatorSpec {
    OperatorSpec::DateTrunc {
        part,
        day_first: false,
        otherwise: Otherwise::Keyed,
    }
}

pub(crate) fn jitter(days: u32) -> OperatorSpec {
    OperatorSpec::DateJitter {
        days,
        day_first: false,
    }
}

pub(crate) fn age(width: u32) -> OperatorSpec {
    OperatorSpec::AgeBin {
        width,
        reference: Some("2024-06-30".into()),
        otherwise: Otherwise::Keyed,
    }
}

fn numeric_cell(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    Decimal::parse(text.as_bytes())
        .unwrap()
        .write(Format::Binary, &mut out);
    out
}

/// Masks a value in both formats, checks that they agree, and gives the text.
pub(crate) fn both(
    op: &OperatorSpec,
    type_: &TypeSpec,
    text: &str,
    encode: &dyn Fn(&str) -> Vec<u8>,
) -> Option<String> {
    let masked = masked_with(op, type_, text);
    let binary = run(op, type_, Format::Binary, &encode(text));
    assert_eq!(
        binary,
        masked.as_deref().map(encode),
        "{op:?} {text} {masked:?}"
    );
    masked
}

pub(crate) fn number(op: &OperatorSpec, text: &str) -> Option<String> {
    both(op, &NUMERIC, text, &numeric_cell)
}

/// What becomes of each number of an int2, where both formats agree.
fn smalls(op: &OperatorSpec) -> impl Iterator<Item = (i16, i16)> {
    let key = Arc::new(crate::types::tests::key());
    let changed = Changed::compile(&TypeSpec::Int2 {}, op, &key)
        .unwrap()
        .unwrap();
    (i16::MIN..=i16::MAX).map(move |value| {
        let (mut text, mut binary) = (Vec::new(), Vec::new());
        changed.apply(
            Format::Text,
            value.to_string().as_bytes(),
            Row::NONE,
            &mut text,
        );
        changed.apply(Format::Binary, &value.to_be_bytes(), Row::NONE, &mut binary);
        let masked = i16::from_be_bytes(binary.try_into().unwrap());
        assert_eq!(masked.to_string().as_bytes(), text);
        (value, masked)
    })
}

pub(crate) fn double(op: &OperatorSpec, value: f64) -> Option<f64> {
    let encode = |text: &str| text.parse::<f64>().unwrap().to_be_bytes().to_vec();
    let mut text = Vec::new();
    float::write(Format::Text, value, true, &mut text);
    let text = String::from_utf8(text).unwrap();
    both(op, &TypeSpec::Float8 {}, &text, &encode)?.parse().ok()
}

#[test]
fn all_of_int2_lands_in_its_bin_in_both_formats() {
    for (value, bin) in smalls(&lower("100")) {
        let expected = i32::from(value).div_euclid(100) * 100;
        assert_eq!(i32::from(bin), expected.max(-32_768));
    }
    // The centre 10.5 of the bin from 7 on is cut to a whole number.
    let centre = smalls(&bin("7", "0", BinAnswer::Centre)).find(|(value, _)| *value == 8);
    assert_eq!(centre, Some((8, 10)));
}

#[test]
fn all_of_int2_moves_within_the_bound() {
    for (value, moved) in smalls(&noise("25")) {
        let change = (i32::from(moved) - i32::from(value)).abs();
        assert!((1..=25).contains(&change), "{value} {moved}");
        assert!(i32::from(moved) * i32::from(value) >= 0);
    }
}

#[test]
fn a_bin_of_one_integer_gives_way_to_the_types_own_operator() {
    assert_eq!(
        masked_with(&lower("1"), &TypeSpec::Int4 {}, "4711"),
        masked_text(&TypeSpec::Int4 {}, "4711")
    );
    assert_eq!(
        masked_with(&lower("0.01"), &declared(8, 2), "47.11"),
        masked_text(&declared(8, 2), "47.11")
    );
    assert_eq!(
        masked_with(&lower("0.05"), &declared(8, 2), "47.11").as_deref(),
        Some("47.10")
    );
}

#[test]
fn numerics_of_every_length_have_their_answer() {
    for (op, raw, expected) in [
        (lower("10"), "12.345", "10"),
        (lower("10"), "-0.5", "-10"),
        (lower("0.5"), "12", "12.0"),
        (bin("5", "0", BinAnswer::Centre), "12", "12.5"),
        (bin("10", "5", BinAnswer::Lower), "3", "-5"),
        (
            lower("1000"),
            "123456789012345678901234567890.5",
            "123456789012345678901234567000",
        ),
        (
            clamp("0", "100"),
            "123456789012345678901234567890123456789012345678901234567890",
            "100",
        ),
        (clamp("0", "100"), "-7.5", "0"),
        (clamp("0", "100"), "7.50", "7.50"),
        (age(10), "47", "40"),
        (age(10), "1234", "90"),
        (OperatorSpec::GeoRound { digits: 2 }, "-13.404954", "-13.40"),
        (
            OperatorSpec::Zip3 {
                otherwise: Otherwise::Keyed,
            },
            "2139",
            "21",
        ),
        (
            OperatorSpec::Zip3 {
                otherwise: Otherwise::Keyed,
            },
            "3601",
            "0",
        ),
    ] {
        assert_eq!(number(&op, raw).as_deref(), Some(expected), "{op:?} {raw}");
    }
    assert_eq!(
        number(&lower("10"), &"9".repeat(60)),
        None,
        "no digit of its bin is known"
    );
    let long = number(&percent("10"), &format!("{}.25", "9".repeat(60))).unwrap();
    assert!(
        long.len() >= 60 && !long.starts_with("99999999999999"),
        "{long}"
    );
}

#[test]
fn equal_numerics_have_equal_answers() {
    assert_eq!(number(&lower("10"), "12"), number(&lower("10"), "12.000"));
    let moved = number(&noise("10"), "42").unwrap();
    assert_eq!(number(&noise("10"), "42.00"), Some(format!("{moved}.00")));
    assert_eq!(
        masked_with(&noise("10"), &TypeSpec::Int4 {}, "42"),
        Some(moved.clone())
    );
    assert_eq!(double(&noise("10"), 42.0), moved.parse().ok());
}

#[test]
fn declared_numerics_keep_precision_and_scale() {
    for (op, type_, raw, expected) in [
        (lower("10"), declared(6, 2), "1234.56", "1230.00"),
        (lower("1000"), declared(3, 0), "-999", "-999"),
        (bin("5", "0", BinAnswer::Centre), declared(4, 0), "12", "12"),
        (lower("5000"), declared(3, -3), "123000", "120000"),
        (lower("0.3"), declared(2, 2), "0.99", "0.90"),
        (clamp("0.005", "0.5"), declared(2, 2), "0.00", "0.01"),
    ] {
        assert_eq!(
            both(&op, &type_, raw, &numeric_cell).as_deref(),
            Some(expected),
            "{raw}"
        );
    }
    for value in 0..1000 {
        let raw = format!("{}.{}", value / 10, value % 10);
        let moved = both(&noise("5"), &declared(3, 1), &raw, &numeric_cell).unwrap();
        assert!(moved.len() <= 4 && moved != raw, "{raw} {moved}");
    }
}

#[test]
fn what_is_not_a_number_is_null_and_infinity_has_a_bound() {
    let nan = [0, 0, 0, 0, 0xc0, 0, 0, 0];
    let infinity = [0, 0, 0, 0, 0xd0, 0, 0, 0x20];
    let minus = [0, 0, 0, 0, 0xf0, 0, 0, 0x20];
    for op in [
        lower("10"),
        noise("10"),
        clamp("0", "9"),
        age(5),
        percent("5"),
    ] {
        assert_eq!(masked_with(&op, &NUMERIC, "NaN"), None);
        assert_eq!(run(&op, &NUMERIC, Format::Binary, &nan), None);
        assert_eq!(masked_with(&op, &TypeSpec::Float8 {}, "NaN"), None);
        assert_eq!(
            run(
                &op,
                &TypeSpec::Float8 {},
                Format::Binary,
                &f64::NAN.to_be_bytes()
            ),
            None
        );
    }
    let bounds = clamp("0", "9");
    for (text, cell, value, expected) in [
        ("Infinity", infinity, f64::INFINITY, "9"),
        ("-Infinity", minus, f64::NEG_INFINITY, "0"),
    ] {
        for op in [lower("10"), noise("10")] {
            assert_eq!(masked_with(&op, &NUMERIC, text), None);
            assert_eq!(run(&op, &NUMERIC, Format::Binary, &cell), None);
            assert_eq!(
                run(
                    &op,
                    &TypeSpec::Float8 {},
                    Format::Binary,
                    &value.to_be_bytes()
                ),
                None
            );
        }
        assert_eq!(
            masked_with(&bounds, &NUMERIC, text).as_deref(),
            Some(expected)
        );
        assert_eq!(
            run(&bounds, &NUMERIC, Format::Binary, &cell),
            Some(numeric_cell(expected))
        );
        assert_eq!(
            masked_with(&bounds, &TypeSpec::Float8 {}, text).as_deref(),
            Some(expected)
        );
        let cell = run(
            &bounds,
            &TypeSpec::Float8 {},
            Format::Binary,
            &value.to_be_bytes(),
        );
        let bound: f64 = expected.parse().unwrap();
        assert_eq!(cell, Some(bound.to_be_bytes().to_vec()));
    }
}

#[test]
fn floats_of_every_size_have_their_answer() {
    assert_eq!(double(&lower("10"), 12.75), Some(10.0));
    assert_eq!(double(&lower("0.1"), 0.3), Some(0.3));
    assert_eq!(double(&lower("10"), -1e-300), Some(-10.0));
    assert_eq!(double(&lower("10"), 1e300), None);
    assert_eq!(double(&clamp("0", "9"), 1e300), Some(9.0));
    assert_eq!(
        double(&OperatorSpec::GeoRound { digits: 1 }, 13.404_954),
        Some(13.4)
    );
    assert!(double(&percent("10"), f64::MAX).is_some_and(|moved| moved < f64::MAX));
    let edge = both(
        &noise("1000"),
        &declared(40, 2),
        &"9".repeat(38),
        &numeric_cell,
    );
    assert!(edge.is_some_and(|moved| moved.len() == 41));
    for value in [5e-324, 1e-300, 0.1, 1.0, 12.5, 1e15, 1e300, f64::MAX] {
        let moved = double(&percent("10"), value);
        assert!(moved.is_none_or(|moved| moved != value && moved.is_finite()));
        assert!(
            moved.is_none_or(|moved| (moved / value - 1.0).abs() <= 0.100_000_1 || value < 1e-320)
        );
    }
    let single = |op: &OperatorSpec, value: f32| {
        let encode = |text: &str| text.parse::<f32>().unwrap().to_be_bytes().to_vec();
        both(op, &TypeSpec::Float4 {}, &value.to_string(), &encode)
    };
    assert_eq!(single(&lower("0.25"), 0.3).as_deref(), Some("0.25"));
    assert_eq!(
        single(&noise("10"), 42.0),
        masked_with(&noise("10"), &TypeSpec::Int2 {}, "42")
    );
}

#[test]
fn money_counts_two_digits_in_every_notation() {
    let check = |op: &OperatorSpec, raw: &str, units: i64, expected: &str, answer: i64| {
        assert_eq!(
            masked_with(op, &TypeSpec::Money {}, raw).as_deref(),
            Some(expected)
        );
        let cell = run(
            op,
            &TypeSpec::Money {},
            Format::Binary,
            &units.to_be_bytes(),
        );
        assert_eq!(cell, Some(answer.to_be_bytes().to_vec()));
    };
    check(&lower("100"), "$1,234.56", 123_456, "$1,200.00", 120_000);
    check(&lower("100"), "-$0.05", -5, "-$100.00", -10_000);
    check(&lower("100"), "1.234,56 €", 123_456, "1.200,00 €", 120_000);
    check(&clamp("0", "50"), "($12.00)", -1200, "$0.00", 0);
    check(
        &clamp("0", "5000"),
        "₹1,23,456.78",
        12_345_678,
        "₹5,000.00",
        500_000,
    );
    check(&lower("10"), "¥1,235", 1235, "¥1,000", 1000);
}
