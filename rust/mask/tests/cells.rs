//! What holds for every type and operator, over random and hostile cells.

use std::sync::Arc;

use proptest::prelude::*;
use scrim_mask::{
    CellMask, CellScan, CharClass, ColumnRule, Distribution, Format, HashEncoding, Keyring,
    NamePart, OperatorSpec, Outcome, PlacePart, TenantKey, TextScrubber, TypeSpec,
};

fn keys() -> Keyring {
    Keyring::new(TenantKey::new([7; 32]), 1)
}

fn text() -> TypeSpec {
    TypeSpec::Text {
        max_chars: None,
        pad: false,
    }
}

fn scalars() -> Vec<TypeSpec> {
    let kinds = "name char1 bool int2 int4 int8 float4 float8 money date time timetz timestamp \
        timestamptz interval uuid inet cidr macaddr macaddr8 json jsonb jsonpath hstore xml bytea \
        bit varbit tsvector tsquery vector halfvec sparsevec unknown text numeric";
    kinds
        .split_whitespace()
        .map(|kind| serde_json::from_value(serde_json::json!({ "kind": kind })).unwrap())
        .collect()
}

fn types() -> Vec<TypeSpec> {
    let mut types = scalars();
    let composite = TypeSpec::Composite {
        fields: vec![
            ColumnRule::Pass {
                type_: Some(TypeSpec::Int4 {}),
            },
            ColumnRule::Scan { type_: text() },
        ],
    };
    for element in [
        text(),
        TypeSpec::Int4 {},
        TypeSpec::Jsonb { mask_keys: true },
        composite,
    ] {
        types.push(element.clone());
        types.push(TypeSpec::Array {
            element: Box::new(element),
            element_oid: 0,
            delimiter: ',',
        });
    }
    for subtype in [TypeSpec::Int4 {}, TypeSpec::Date {}] {
        types.push(TypeSpec::Range {
            subtype: Box::new(subtype.clone()),
        });
        types.push(TypeSpec::Multirange {
            subtype: Box::new(subtype),
        });
    }
    types.push(TypeSpec::Text {
        max_chars: Some(5),
        pad: true,
    });
    types.push(TypeSpec::Enum {
        labels: vec!["a".into(), "b".into(), "c".into()],
    });
    types
}

fn operators() -> Vec<OperatorSpec> {
    vec![
        OperatorSpec::Null {},
        OperatorSpec::Redact {},
        OperatorSpec::Partial {
            keep_first: 1,
            keep_last: 1,
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
        OperatorSpec::Classes {
            keep: vec![CharClass::Upper],
            mask_char: '*',
        },
        OperatorSpec::Company {},
        OperatorSpec::Email { keep_domain: false },
        OperatorSpec::Email { keep_domain: true },
        OperatorSpec::Hash {
            length: 64,
            encoding: HashEncoding::Base32,
            exact: true,
        },
        OperatorSpec::Mac {},
        OperatorSpec::NationalId {
            form: Some("it.codice_fiscale".into()),
        },
        OperatorSpec::Place {
            part: PlacePart::City,
            of: Vec::new(),
        },
        OperatorSpec::Place {
            part: PlacePart::State,
            of: Vec::new(),
        },
        OperatorSpec::FictionalPhone { country: None },
        OperatorSpec::Plate {},
        OperatorSpec::Tag {},
        OperatorSpec::Template {
            template: "{first1}***{last3}".into(),
        },
        OperatorSpec::Url {},
        OperatorSpec::Username {},
        OperatorSpec::Uuid {},
        OperatorSpec::Vin {},
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
        OperatorSpec::Noise {
            amount: None,
            percent: Some("5".into()),
            distribution: Distribution::Triangular,
        },
    ]
}

/// Those whose answer stands for a class, and may equal the value.
fn generalising() -> Vec<OperatorSpec> {
    let json = r#"[{"name":"age_bin"},{"name":"bin","width":"0.5","answer":"centre"},
        {"name":"date_trunc","part":"quarter"},{"name":"geo_round"},{"name":"coordinates"},{"name":"category","list":"country"},{"name":"ip_prefix"},
        {"name":"hierarchy","parents":{"a":"b"}},{"name":"zip3"},
        {"name":"top_bottom","top":"99"}]"#;
    serde_json::from_str(json).unwrap()
}

fn run(mask: &CellMask, format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    let mut out = b"kept".to_vec();
    let outcome = mask.mask(format, cell, &mut out);
    assert_eq!(out[..4], *b"kept");
    let masked = out.split_off(4);
    assert!(outcome != Outcome::Unchanged && (outcome == Outcome::Value || masked.is_empty()));
    (outcome == Outcome::Value).then_some(masked)
}

/// Whether a run of eight letters or more of the cell stands in the output.
fn echoes(cell: &[u8], masked: &[u8]) -> bool {
    cell.windows(8)
        .filter(|window| window.iter().all(u8::is_ascii_alphabetic))
        .any(|window| masked.windows(8).any(|other| other == window))
}

struct Finder;

impl TextScrubber for Finder {
    fn scrub(&self, text: &str, out: &mut String) -> bool {
        let found = text.contains("SECRET");
        if found {
            out.push_str(&text.replace("SECRET", "***"));
        }
        found
    }
}

/// Text that is likely to get past the first byte of some parser.
fn cell_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,40}",
        "[{}\\[\\](),\"\\\\a-z0-9:=>NUL ]{0,40}",
        "-?[0-9]{1,25}(\\.[0-9]{1,12})?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9]:[0-5][0-9])?(\\+[0-9]{2})?",
        "\\PC{0,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn hostile_bytes_never_panic_nor_show(cell in prop::collection::vec(any::<u8>(), 0..80)) {
        for type_ in types() {
            let mask = CellMask::compile(&type_, &OperatorSpec::Auto {}, "d", &keys()).unwrap();
            for format in [Format::Text, Format::Binary] {
                let first = run(&mask, format, &cell);
                prop_assert_eq!(&first, &run(&mask, format, &cell));
                prop_assert!(!first.is_some_and(|masked| echoes(&cell, &masked)));
            }
        }
    }

    #[test]
    fn a_masked_text_is_valid_again(cell in cell_text()) {
        for type_ in types() {
            let mask = CellMask::compile(&type_, &OperatorSpec::Auto {}, "d", &keys()).unwrap();
            let Some(masked) = run(&mask, Format::Text, cell.as_bytes()) else { continue };
            prop_assert!(!echoes(cell.as_bytes(), &masked), "{:?}", type_);
            // NULLs of elements apart, what was valid stays valid for the same parser.
            prop_assert!(run(&mask, Format::Text, &masked).is_some(), "{:?} {:?}", type_, cell);
        }
    }

    #[test]
    fn every_operator_answers_with_text(cell in cell_text(), room in 1u32..40) {
        for operator in operators().into_iter().chain(generalising()) {
            for max_chars in [None, Some(room)] {
                let type_ = TypeSpec::Text { max_chars, pad: false };
                let mask = CellMask::compile(&type_, &operator, "d", &keys()).unwrap();
                let Some(masked) = run(&mask, Format::Text, cell.as_bytes()) else { continue };
                let binary = run(&mask, Format::Binary, cell.as_bytes());
                prop_assert_eq!(Some(&masked), binary.as_ref());
                let masked = String::from_utf8(masked).unwrap();
                let fits = max_chars.is_none_or(|max| masked.chars().count() <= max as usize);
                prop_assert!(fits);
                let trivial = cell.trim().is_empty()
                    || matches!(operator, OperatorSpec::Redact {} | OperatorSpec::Tag {})
                    || generalising().contains(&operator);
                prop_assert!(trivial || masked != cell, "{:?}", operator);
            }
        }
    }

    #[test]
    fn a_scan_leaves_nothing_that_can_be_found(cell in cell_text()) {
        let cell = cell.replace('a', "SECRET");
        for type_ in types() {
            let scan = CellScan::compile(&type_, Arc::new(Finder), &keys()).unwrap();
            let mut out = Vec::new();
            let plain = [text(), TypeSpec::Unknown {}].contains(&type_);
            match scan.mask(Format::Text, cell.as_bytes(), &mut out) {
                Outcome::Value => {
                    let masked = String::from_utf8(out).unwrap();
                    prop_assert!(!masked.contains("SECRET"), "{:?} {:?}", type_, cell);
                }
                Outcome::Unchanged => prop_assert!(!plain || !cell.contains("SECRET")),
                Outcome::Null => {}
            }
        }
    }
}

#[test]
fn every_operator_compiles_for_every_type() {
    for type_ in types() {
        for operator in operators().into_iter().chain(generalising()) {
            let mask = CellMask::compile(&type_, &operator, "d", &keys()).unwrap();
            let masked = run(&mask, Format::Text, b"Zeldafitzgerald");
            assert!(!masked.is_some_and(|masked| echoes(b"Zeldafitzgerald", &masked)));
        }
    }
}

#[test]
fn types_nest_only_so_deep() {
    let mut type_ = text();
    for _ in 0..40 {
        type_ = TypeSpec::Array {
            element: Box::new(type_),
            element_oid: 0,
            delimiter: ',',
        };
    }
    assert!(CellMask::compile(&type_, &OperatorSpec::Auto {}, "d", &keys()).is_err());
}

#[test]
fn a_type_that_cannot_be_masked_is_null() {
    for type_ in [
        TypeSpec::Unknown {},
        TypeSpec::Jsonpath {},
        TypeSpec::Tsquery {},
    ] {
        let mask = CellMask::compile(&type_, &OperatorSpec::Auto {}, "d", &keys()).unwrap();
        assert_eq!(run(&mask, Format::Text, b"'zelda'"), None);
    }
}
