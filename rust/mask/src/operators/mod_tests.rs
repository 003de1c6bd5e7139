use super::*;
use crate::keys::{Keyring, TenantKey};
use crate::spec::{CategoryList, CharClass, Distribution, HashEncoding, PlacePart};

/// Masks one text with a key that is the same in every test.
pub(crate) fn mask(spec: &OperatorSpec, max_chars: Option<u32>, text: &str) -> String {
    let key = Keyring::new(TenantKey::new([7; 32]), 1)
        .domain("test")
        .unwrap();
    let mut out = Vec::new();
    TextMask::new(spec, Arc::new(key), max_chars)
        .unwrap()
        .apply(text, &mut out);
    String::from_utf8(out).unwrap()
}

/// The same in a row in which something stands beside.
pub(crate) fn mask_beside(
    spec: &OperatorSpec,
    max_chars: Option<u32>,
    text: &str,
    beside: Option<&[u8]>,
) -> String {
    let key = Keyring::new(TenantKey::new([7; 32]), 1)
        .domain("test")
        .unwrap();
    let mut out = Vec::new();
    TextMask::new(spec, Arc::new(key), max_chars)
        .unwrap()
        .apply_row(text, Row::new(beside), &mut out);
    String::from_utf8(out).unwrap()
}

#[expect(clippy::too_many_lines, reason = "an entry for each operator")]
pub(crate) fn all() -> Vec<OperatorSpec> {
    vec![
        OperatorSpec::Redact {},
        OperatorSpec::Partial {
            keep_first: 1,
            keep_last: 2,
            mask_char: '*',
        },
        OperatorSpec::Token {
            prefix: "tok_".into(),
            exact: false,
        },
        OperatorSpec::Name {
            part: NamePart::Full,
            of: Vec::new(),
        },
        OperatorSpec::Name {
            part: NamePart::Given,
            of: Vec::new(),
        },
        OperatorSpec::Name {
            part: NamePart::Family,
            of: Vec::new(),
        },
        OperatorSpec::Classes {
            keep: vec![CharClass::Upper, CharClass::Punctuation],
            mask_char: '*',
        },
        OperatorSpec::Category {
            list: CategoryList::Country,
        },
        OperatorSpec::Category {
            list: CategoryList::Job,
        },
        OperatorSpec::Company {},
        OperatorSpec::Coordinates {},
        OperatorSpec::Email { keep_domain: false },
        OperatorSpec::Email { keep_domain: true },
        OperatorSpec::Hash {
            length: 20,
            encoding: HashEncoding::Hex,
            exact: false,
        },
        OperatorSpec::Mac {},
        OperatorSpec::NationalId {
            form: Some("es.nif".into()),
        },
        OperatorSpec::Place {
            part: PlacePart::City,
            of: Vec::new(),
        },
        OperatorSpec::Place {
            part: PlacePart::State,
            of: Vec::new(),
        },
        OperatorSpec::Place {
            part: PlacePart::PostalCode,
            of: Vec::new(),
        },
        OperatorSpec::Plate {},
        OperatorSpec::Tag {},
        OperatorSpec::Template {
            template: "({first1}..{last2})".into(),
        },
        OperatorSpec::Url {},
        OperatorSpec::Username {},
        OperatorSpec::Uuid {},
        OperatorSpec::Vin {},
        OperatorSpec::FictionalPhone { country: None },
        OperatorSpec::Phone {},
        OperatorSpec::Address {},
        OperatorSpec::Digits {},
        OperatorSpec::Card {},
        OperatorSpec::Iban {},
        OperatorSpec::Ssn {},
        OperatorSpec::Ip {},
        OperatorSpec::Secret {},
        OperatorSpec::Text {},
        OperatorSpec::Auto {},
        OperatorSpec::DateJitter {
            days: 30,
            day_first: false,
        },
        OperatorSpec::DateShift {
            subject: Vec::new(),
            max_days: 30,
            day_first: false,
        },
        OperatorSpec::ByRow {
            column: Vec::new(),
            cases: std::collections::BTreeMap::new(),
            otherwise: Box::new(OperatorSpec::Digits {}),
        },
        OperatorSpec::Noise {
            amount: Some("5".into()),
            percent: None,
            distribution: Distribution::Uniform,
        },
    ]
}

const RAW: &[&str] = &[
    "a",
    "9",
    "-",
    "é",
    "日本語",
    "M",
    "US",
    "x y",
    "Zelda Fitzgerald",
    "zelda.f@corp.test",
    "+1 415 555 0132",
    "4111 1111 1111 1111",
    "GB82 WEST 1234 5698 7654 32",
    "078-05-1120",
    "10.1.2.3",
    "fe80::1",
    "12 Main St",
    "اسم",
    "e\u{301}",
    "\u{1f600}\u{1f600}",
    "****",
    "A very long sentence about nothing in particular, with names such as Zelda in it.",
];

#[test]
fn every_operator_fits_every_length_and_never_shows_the_value() {
    for spec in all() {
        for raw in RAW {
            for room in [
                None,
                Some(1),
                Some(2),
                Some(5),
                Some(9),
                Some(16),
                Some(30),
                Some(60),
            ] {
                let fits = room.is_none_or(|room| raw.chars().count() <= room as usize);
                let masked = mask(&spec, room, raw);
                assert!(!masked.eq_ignore_ascii_case(raw), "{spec:?} {raw} {masked}");
                assert!(!masked.is_empty(), "{spec:?} {raw} {room:?}");
                assert!(
                    !fits || raw.len() < 4 || !masked.contains(raw),
                    "{spec:?} {raw}"
                );
                let room = room.unwrap_or(u32::MAX) as usize;
                assert!(masked.chars().count() <= room, "{spec:?} {raw} {masked}");
                assert_eq!(masked, mask(&spec, Some(room.min(1 << 30) as u32), raw));
            }
        }
    }
}

#[test]
fn surrounding_white_space_does_not_matter() {
    for spec in all() {
        assert_eq!(
            mask(&spec, None, "  Zelda 12 \n"),
            mask(&spec, None, "Zelda 12")
        );
        assert_eq!(mask(&spec, None, " \t"), "");
    }
}

#[test]
fn equal_after_normalisation_is_equal_after_masking() {
    for spec in all() {
        let same = |raw, other| mask(&spec, None, raw) == mask(&spec, None, other);
        let exact = matches!(spec, OperatorSpec::Siv { .. });
        for [raw, other] in [
            ["12-34 567", "\u{ff11}\u{ff12}-34\u{a0}567"],
            ["Ren\u{e9}e", "Rene\u{301}e\n"],
            ["+1 415 555 0132", "+1 415\u{a0}555\u{a0}0132"],
            ["4111 1111 1111 1111", "4111\u{a0}1111 1111 111\u{ff11}"],
            ["https://corp.test/A", "https://corp.test/\u{ff21}"],
        ] {
            assert_eq!(same(raw, other), !exact, "{spec:?} {raw}");
        }
        // What keeps the layout keeps the case of each letter; in secrets case counts.
        let case_counts = matches!(
            spec,
            OperatorSpec::Siv { .. } | OperatorSpec::Secret {} | OperatorSpec::Classes { .. }
        );
        for [raw, other] in [
            ["Zelda Fitzgerald", " zELDA fITZGERALD\n"],
            ["Ren\u{e9}e Roux", "RENE\u{301}E ROUX"],
            ["\u{ff3a}elda", "zelda"],
            ["zelda@corp.test", "Zelda@Corp.Test"],
            ["GB82WEST12345698765432", "gb82west12345698765432"],
        ] {
            let (one, two) = (mask(&spec, None, raw), mask(&spec, None, other));
            assert!(
                case_counts || one.eq_ignore_ascii_case(&two),
                "{spec:?} {raw} {one} {two}"
            );
        }
    }
    for spec in [
        OperatorSpec::Text {},
        OperatorSpec::Address {},
        OperatorSpec::Name {
            part: NamePart::Full,
            of: Vec::new(),
        },
    ] {
        assert_eq!(
            mask(&spec, None, "Lange Stra\u{df}e"),
            mask(&spec, None, "LANGE STRASSE")
        );
    }
}
