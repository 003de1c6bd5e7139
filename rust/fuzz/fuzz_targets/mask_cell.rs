//! Masks and scans over any bytes, as any type in either format: no panic, the same answer twice,
//! an answer that is valid for the type again, and nothing revealed but what masks to it.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use scrim_mask::{
    CellMask, CellReveal, CellScan, Format, Keyring, OperatorSpec, Outcome, TenantKey,
    TextScrubber, TypeSpec,
};

const TYPES: &str = r#"[
    {"kind": "text"}, {"kind": "text", "max_chars": 7, "pad": true}, {"kind": "name"},
    {"kind": "char1"}, {"kind": "bool"}, {"kind": "int2"}, {"kind": "int4"}, {"kind": "int8"},
    {"kind": "numeric"}, {"kind": "numeric", "precision": 3, "scale": 3}, {"kind": "float4"},
    {"kind": "float8"}, {"kind": "money"}, {"kind": "date"}, {"kind": "time"}, {"kind": "timetz"},
    {"kind": "timestamp"}, {"kind": "timestamptz"}, {"kind": "interval"}, {"kind": "uuid"},
    {"kind": "inet"}, {"kind": "cidr"}, {"kind": "macaddr"}, {"kind": "macaddr8"},
    {"kind": "json"}, {"kind": "jsonb", "mask_keys": true}, {"kind": "hstore"}, {"kind": "xml"},
    {"kind": "xml", "mask_keys": true}, {"kind": "bytea"}, {"kind": "varbit"},
    {"kind": "tsvector"}, {"kind": "vector"}, {"kind": "halfvec"}, {"kind": "sparsevec"},
    {"kind": "enum", "labels": ["a", "b", "c"]}, {"kind": "unknown"},
    {"kind": "array", "element": {"kind": "text"}}, {"kind": "array", "element": {"kind": "int4"}},
    {"kind": "array", "element": {"kind": "jsonb"}},
    {"kind": "range", "subtype": {"kind": "int4"}},
    {"kind": "range", "subtype": {"kind": "timestamp"}},
    {"kind": "multirange", "subtype": {"kind": "numeric"}},
    {"kind": "composite", "fields": [
        {"action": "scan", "type": {"kind": "text"}},
        {"action": "mask", "type": {"kind": "int8"}, "operator": {"name": "card"}, "domain": "d"},
        {"action": "scan", "type": {"kind": "array", "element": {"kind": "text"}}}]}
]"#;

const OPERATORS: &str = r#"[
    {"name": "auto"}, {"name": "redact"}, {"name": "partial", "keep_first": 1, "keep_last": 2},
    {"name": "token"}, {"name": "name"}, {"name": "email"}, {"name": "phone"}, {"name": "address"},
    {"name": "digits"}, {"name": "card"}, {"name": "iban"}, {"name": "ssn"}, {"name": "ip"},
    {"name": "secret"}, {"name": "text"}, {"name": "age_bin", "reference": "2026-12-31"},
    {"name": "bin", "width": "0.3", "origin": "7", "answer": "centre"}, {"name": "date_jitter"},
    {"name": "date_shift", "subject": ["id"]}, {"name": "place", "of": ["zip"]},
    {"name": "place", "part": "postal_code"},
    {"name": "by_row", "column": ["kind"], "cases": {"a": {"name": "name"}},
     "otherwise": {"name": "digits"}},
    {"name": "date_trunc", "part": "week"}, {"name": "geo_round"}, {"name": "coordinates"}, {"name": "category", "list": "country"}, {"name": "ip_prefix"},
    {"name": "hierarchy", "parents": {"a": "b"}, "top": "c"}, {"name": "noise", "percent": "5"},
    {"name": "top_bottom", "bottom": "-9.5", "top": "99"}, {"name": "zip3"},
    {"name": "siv"}, {"name": "ff1"},
    {"name": "ff1", "alphabet": "alnum"}, {"name": "ff1", "alphabet": "hex"}
]"#;

struct Finder;

impl TextScrubber for Finder {
    fn scrub(&self, text: &str, out: &mut String) -> bool {
        let found = text.contains('!');
        if found {
            out.push_str(&text.replace('!', "\"<&>'\\"));
        }
        found
    }
}

struct Rules {
    masks: Vec<Vec<(CellMask, Option<CellReveal>)>>,
    scans: Vec<CellScan>,
}

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let types: Vec<TypeSpec> = serde_json::from_str(TYPES).expect("the types are valid");
    let operators: Vec<OperatorSpec> = serde_json::from_str(OPERATORS).expect("so are these");
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let mask = |type_, operator| CellMask::compile(type_, operator, "fuzz", &keys);
    let reveal = |type_, operator| CellReveal::compile(type_, operator, "fuzz", &keys).ok();
    let scan = |type_| CellScan::compile(type_, Arc::new(Finder), &keys);
    Rules {
        masks: types
            .iter()
            .map(|type_| {
                operators
                    .iter()
                    .map(|op| (mask(type_, op).expect("compiles"), reveal(type_, op)))
                    .collect()
            })
            .collect(),
        scans: types
            .iter()
            .map(|type_| scan(type_).expect("compiles"))
            .collect(),
    }
});

fn run(mask: &CellMask, format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match mask.mask(format, cell, &mut out) {
        Outcome::Value => Some(out),
        Outcome::Null => {
            assert!(out.is_empty());
            None
        }
        Outcome::Unchanged => panic!("a mask never leaves a cell as it is"),
    }
}

fuzz_target!(|input: (u8, u8, bool, &[u8])| {
    let (type_, operator, binary, cell) = input;
    let format = if binary { Format::Binary } else { Format::Text };
    let type_ = usize::from(type_) % RULES.masks.len();
    let masks = &RULES.masks[type_];
    let (mask, reveal) = &masks[usize::from(operator) % masks.len()];
    if let Some(raw) = reveal
        .as_ref()
        .and_then(|reveal| reveal.reveal(format, cell))
    {
        let again = run(mask, format, &raw).expect("what was revealed can be masked");
        assert!(again.trim_ascii().eq_ignore_ascii_case(cell.trim_ascii()));
    }
    if let Some(masked) = run(mask, format, cell) {
        assert_eq!(
            run(mask, format, cell).as_ref(),
            Some(&masked),
            "the same answer twice"
        );
        assert!(
            run(mask, format, &masked).is_some(),
            "valid for the type again"
        );
        assert!(
            std::str::from_utf8(cell).is_err() || binary || std::str::from_utf8(&masked).is_ok()
        );
    }
    let mut out = Vec::new();
    let outcome = RULES.scans[type_].mask(format, cell, &mut out);
    assert!(outcome == Outcome::Value || out.is_empty());
});
