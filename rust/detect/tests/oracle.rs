//! The scanner against slow, obvious oracles: regular expressions and definitions of the formats.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use regex::Regex;
use scrim_detect::{Detector, EntitySpec, Finding};

fn detector(shapes: &[&str]) -> Detector {
    let specs: Vec<EntitySpec> = shapes
        .iter()
        .map(|shape| EntitySpec::of_shape(shape, &["key"]))
        .collect();
    Detector::new(&specs).unwrap()
}

static EVERYTHING: LazyLock<Detector> = LazyLock::new(|| detector(&EntitySpec::SHAPES));

fn findings(detector: &Detector, text: &[u8], hint: Option<u16>) -> Vec<Finding> {
    let mut out = Vec::new();
    detector.scan(text, hint, &mut out);
    out
}

fn spans(shape: &str, text: &str) -> Vec<String> {
    let found = findings(&detector(&[shape]), text.as_bytes(), None);
    found
        .iter()
        .map(|finding| text[finding.start..finding.end].to_owned())
        .collect()
}

/// Luhn by the textbook: double every second digit from the right, add the digits of all.
fn luhn(number: &str) -> bool {
    let digits = number.chars().rev().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits
        .enumerate()
        .map(|(index, digit)| if index % 2 == 1 { digit * 2 } else { digit })
        .map(|digit| digit / 10 + digit % 10)
        .sum();
    sum.is_multiple_of(10)
}

/// Pieces of which the texts are put together, so that values and near misses are frequent.
fn soup() -> impl Strategy<Value = String> {
    let pieces = [
        "4",
        "1",
        "41111111",
        "11111111",
        "4111 1111 ",
        "1111 1111",
        "-",
        " ",
        ".",
        ":",
        "::",
        "/",
        "@",
        "example",
        "com",
        "key",
        "536-22-",
        "8137",
        "+1 ",
        "212",
        "555",
        "0100",
        "(",
        ")",
        "10.",
        "20.",
        "255",
        "fe80",
        "2001:",
        "DE89",
        "3704 0044 0532 0130 00",
        "eyJhbGciOiJub25lIn0",
        "://",
        "é",
        "４",
        "\u{200b}",
        "\u{a0}",
        "x",
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "password=",
        "host=",
        "\n",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|list| list.concat())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn findings_are_sorted_disjoint_and_in_bounds(text in soup(), hint in prop::option::of(0_u16..14)) {
        let found = findings(&EVERYTHING, text.as_bytes(), hint);
        let mut last = 0;
        for finding in found {
            prop_assert!(finding.start >= last && finding.start < finding.end);
            prop_assert!(finding.end <= text.len());
            prop_assert!((0.5..=1.0).contains(&finding.confidence));
            prop_assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
            last = finding.end;
        }
    }

    #[test]
    fn any_bytes_are_scanned_without_panic(text in prop::collection::vec(any::<u8>(), 0..300)) {
        let found = findings(&EVERYTHING, &text, Some(2));
        prop_assert!(found.iter().all(|finding| finding.end <= text.len()));
    }

    #[test]
    fn what_each_recogniser_finds_alone_is_covered_by_all_together(text in soup()) {
        let together = findings(&EVERYTHING, text.as_bytes(), None);
        // Recognisers of digits ask each other first, so only the others can be compared.
        for shape in ["email", "ipv6", "jwt", "pem_private_key", "connection_string"] {
            for alone in findings(&detector(&[shape]), text.as_bytes(), None) {
                let covered = (alone.start..alone.end)
                    .all(|at| together.iter().any(|all| all.start <= at && at < all.end));
                prop_assert!(covered, "{shape} {alone:?} {together:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_are_cards_exactly_if_issuer_and_luhn_agree(number in "(4|5[1-5]|9)[0-9]{14,15}") {
        let known = Regex::new("^(4[0-9]{15}|5[1-5][0-9]{14})$").unwrap();
        let expected = known.is_match(&number) && luhn(&number);
        prop_assert_eq!(!spans("card", &format!("n {number}.")).is_empty(), expected);
    }

    #[test]
    fn dashed_numbers_are_social_security_numbers_by_their_ranges(number in "[0-9]{3}-[0-9]{2}-[0-9]{4}") {
        let never = Regex::new("^(000|666|9..)|-00-|-0000$").unwrap();
        prop_assert_eq!(!spans("ssn", &number).is_empty(), !never.is_match(&number));
    }

    #[test]
    fn quads_are_addresses_by_their_ranges(text in "[a-z=]{0,2} ?[0-9]{1,3}(\\.[0-9]{1,3}){2,4} ?[a-z:]{0,2}") {
        let octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        let token = Regex::new(&format!(r"^{octet}(\.{octet}){{3}}$")).unwrap();
        let expected: Vec<String> = text
            .split([' ', ':', '='])
            .filter(|word| token.is_match(word))
            .map(str::to_owned)
            .collect();
        // What stands behind `v` is a version.
        prop_assume!(!Regex::new("\\bv[ =]").unwrap().is_match(&text));
        prop_assert_eq!(spans("ipv4", &text), expected);
    }

    #[test]
    fn plain_addresses_are_found_as_the_expression_finds_them(
        text in "[a-z ]{0,4}[a-z0-9._+-]{1,8}@[a-z0-9.-]{1,10}[ ,;]?[a-z]{0,3}"
    ) {
        let simple = Regex::new(
            r"[a-z0-9_+]+([.+-]?[a-z0-9_+]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}\b",
        ).unwrap();
        let files = Regex::new(r"\.(png|jpe?g|gif|svg|webp|ico|css|js|ts|html|pdf)$").unwrap();
        let ends = |m: &regex::Match<'_>| !text[m.end()..].starts_with(['-', '.']);
        for expected in simple.find_iter(&text).filter(|m| !files.is_match(m.as_str())).filter(ends) {
            let found = spans("email", &text);
            prop_assert!(found.iter().any(|span| span.contains(expected.as_str())), "{found:?}");
        }
    }

    #[test]
    fn formatted_social_security_numbers_survive_any_invisible_characters(
        gaps in prop::collection::vec(prop::sample::select(vec!["", "\u{200b}", "\u{ad}", "\u{2060}"]), 11)
    ) {
        let value = ["536", "22", "8137"].join("-");
        let text: String = value.chars().zip(&gaps).flat_map(|(c, gap)| [c.to_string(), (*gap).to_owned()]).collect();
        let visible = text.trim_end_matches(['\u{200b}', '\u{ad}', '\u{2060}']);
        prop_assert_eq!(spans("ssn", &text), [visible]);
    }
}

/// With quadratic time, each of these would take minutes; linear, it takes milliseconds. The limit
/// lies between, far from both, since the machine may be busy with something else.
#[test]
fn adversarial_texts_take_linear_time() {
    let units = [
        "1",
        "1 ",
        "1.",
        "1-",
        "+1 ",
        "(1",
        "@",
        "a@",
        "a@a.",
        ":",
        "::1",
        "a:b@",
        "://a:",
        "eyJ.",
        "-----BEGIN PRIVATE KEY-----",
        "password=x host=",
        "password=y",
        "４",
        "\u{200b}",
        "DE89",
        "x://a:b@",
        "AKIA",
    ];
    for unit in units {
        let text = unit.repeat((1 << 18) / unit.len());
        let start = Instant::now();
        std::hint::black_box(findings(&EVERYTHING, text.as_bytes(), None).len());
        assert!(start.elapsed() < Duration::from_secs(10), "{unit:?}");
    }
}

#[test]
fn values_at_the_begin_of_a_line_are_found_in_json_as_text() {
    let card = ["4111", "1111", "1111", "1111"].concat();
    let iban = ["DE8937040044", "0532013000"].concat();
    let key = ["AKIA", "QX7ZVT2R", "BW5MHC3K"].concat();
    for (shape, value) in [
        ("card", card.as_str()),
        ("iban", iban.as_str()),
        ("ssn", "536-22-8137"),
        ("ipv4", "192.168.44.12"),
        ("ipv6", "2001:db8:85a3::8a2e:370:7334"),
        ("aws_access_key", key.as_str()),
        ("phone", "+44 20 7123 4567"),
    ] {
        for escape in [r"\n", r"\t", r"\r", r"\b", r"\f"] {
            let text = format!(r#"{{"note": "see:{escape}{value}{escape}"}}"#);
            assert_eq!(spans(shape, &text), [value], "{text}");
        }
    }
}
