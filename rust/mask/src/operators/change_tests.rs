use super::*;
use crate::operators::tests::mask;
use crate::spec::{BinAnswer, DatePart, Distribution, Otherwise};

/// One operator of each kind that has a text for its domain, with a value of the domain.
pub(crate) fn samples() -> Vec<(OperatorSpec, &'static str)> {
    let reference = Some("2024-06-30".to_owned());
    vec![
        (
            OperatorSpec::AgeBin {
                width: 5,
                reference,
                otherwise: Otherwise::Keyed,
            },
            "47",
        ),
        (bin("10"), "1,234.50"),
        (
            OperatorSpec::DateJitter {
                days: 3,
                day_first: false,
            },
            "2024-02-29",
        ),
        (
            OperatorSpec::DateTrunc {
                part: DatePart::Month,
                day_first: false,
                otherwise: Otherwise::Keyed,
            },
            "2024-02-29",
        ),
        (OperatorSpec::GeoRound { digits: 2 }, "52.520008, 13.404954"),
        (
            OperatorSpec::Hierarchy {
                parents: [("Berlin".to_owned(), "Germany".to_owned())].into(),
                level: 1,
                top: "*".into(),
            },
            "Berlin",
        ),
        (OperatorSpec::IpPrefix { v4: 24, v6: 48 }, "203.0.113.77"),
        (
            OperatorSpec::Noise {
                amount: None,
                percent: Some("10".into()),
                distribution: Distribution::Uniform,
            },
            "1,234.50",
        ),
        (
            OperatorSpec::TopBottom {
                bottom: Some("10".into()),
                top: Some("90".into()),
            },
            "1,234.50",
        ),
        (
            OperatorSpec::Zip3 {
                otherwise: Otherwise::Keyed,
            },
            "02139-4307",
        ),
    ]
}

fn bin(width: &str) -> OperatorSpec {
    OperatorSpec::Bin {
        width: width.into(),
        origin: "0".into(),
        answer: BinAnswer::Lower,
    }
}

#[test]
fn every_value_of_a_domain_becomes_another() {
    for (spec, raw) in samples() {
        let masked = mask(&spec, None, raw);
        assert_ne!(masked, raw, "{spec:?}");
        assert_eq!(masked, mask(&spec, None, &format!("  {raw} ")), "{spec:?}");
    }
}

#[test]
fn an_answer_may_equal_the_value_only_where_it_stands_for_a_class() {
    let month = OperatorSpec::DateTrunc {
        part: DatePart::Month,
        day_first: false,
        otherwise: Otherwise::Keyed,
    };
    assert_eq!(mask(&bin("10"), None, "1230"), "1230");
    assert_eq!(mask(&bin("10"), None, "1239"), "1230");
    assert_eq!(mask(&month, None, "2024-02-01"), "2024-02-01");
    let noise = OperatorSpec::Noise {
        amount: Some("1".into()),
        percent: None,
        distribution: Distribution::Triangular,
    };
    for value in 0..2000 {
        let raw = value.to_string();
        assert_ne!(mask(&noise, None, &raw), raw);
    }
}

/// Texts outside a domain are hidden as any text is, whatever length the column has.
#[test]
fn texts_of_no_domain_become_keyed_texts() {
    for (spec, _) in samples() {
        for raw in [
            "Zelda Fitzgerald",
            "zelda.f@corp.test",
            "اسم الشخص",
            "e\u{301}\u{301}\u{301}",
        ] {
            for room in [None, Some(3), Some(24)] {
                let masked = mask(&spec, room, raw);
                assert!(
                    !masked.is_empty() && !masked.contains(raw),
                    "{spec:?} {raw} {masked}"
                );
                let room = room.unwrap_or(u32::MAX) as usize;
                assert!(masked.chars().count() <= room, "{spec:?} {raw} {masked}");
            }
        }
        assert_eq!(mask(&spec, None, " \t"), "", "an empty text stays empty");
    }
}

#[test]
fn an_answer_that_does_not_fit_gives_way_to_a_keyed_text() {
    let lower = mask(&bin("100"), Some(2), "-5");
    assert!(lower.len() <= 2 && lower != "-5", "{lower}");
}

#[test]
fn what_is_not_of_the_kind_becomes_a_constant_where_that_is_chosen() {
    let specs = [
        OperatorSpec::AgeBin {
            width: 1,
            reference: None,
            otherwise: Otherwise::Redact,
        },
        OperatorSpec::DateTrunc {
            part: DatePart::Year,
            day_first: false,
            otherwise: Otherwise::Redact,
        },
    ];
    for spec in &specs {
        for raw in ["about forty", "born in spring 1985", "x"] {
            assert_eq!(mask(spec, None, raw), "[redacted]", "{spec:?}");
        }
        assert_eq!(mask(spec, Some(4), "about forty"), "###");
    }
    assert_eq!(mask(&specs[0], None, "1985-03-09"), "[redacted]");
    assert_eq!(mask(&specs[0], None, "41"), "41");
    assert_eq!(mask(&specs[1], None, "1985-03-09"), "1985-01-01");
}
