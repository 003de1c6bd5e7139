//! Prints nanoseconds a value for each operator and for the common types.
//!
//! `cargo run --release -p scrim-mask --example speed`; with `--json` one JSON object.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)] // Printing figures is what it is for.

use std::hint::black_box;
use std::time::{Duration, Instant};

use scrim_mask::{CellMask, Format, Keyring, NamePart, OperatorSpec, TenantKey, TypeSpec};

const DISTINCT: usize = 4096;
const ROUND: Duration = Duration::from_millis(60);
const ROUNDS: usize = 5;

fn text() -> TypeSpec {
    TypeSpec::Text {
        max_chars: None,
        pad: false,
    }
}

/// Nanoseconds that this thread has had a processor, where the kernel says so; a busy machine then
/// changes the figures less.
fn processor_time(start: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = spent
        .as_deref()
        .and_then(|text| text.split(' ').next()?.parse().ok());
    spent.unwrap_or_else(|| start.elapsed().as_nanos() as f64)
}

/// Median nanoseconds a value over some rounds.
fn measure(mask: &CellMask, format: Format, cells: &[Vec<u8>]) -> f64 {
    let mut out = Vec::with_capacity(1 << 20);
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let before = processor_time(start);
            let mut count = 0;
            while start.elapsed() < ROUND {
                out.clear();
                for cell in cells {
                    black_box(mask.mask(format, black_box(cell), &mut out));
                }
                count += cells.len();
            }
            (processor_time(start) - before) / count as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

type Case = (&'static str, TypeSpec, OperatorSpec, fn(usize) -> Vec<u8>);

fn operators() -> Vec<Case> {
    let person = |i: usize| format!("Person{} Family{}", i % 97, i).into_bytes();
    let email = |i: usize| format!("person.family{i}@corp.test").into_bytes();
    vec![
        ("redact", text(), OperatorSpec::Redact {}, person),
        (
            "partial",
            text(),
            OperatorSpec::Partial {
                keep_first: 1,
                keep_last: 2,
                mask_char: '*',
            },
            person,
        ),
        (
            "token",
            text(),
            OperatorSpec::Token {
                prefix: "tok_".into(),
            },
            email,
        ),
        (
            "name",
            text(),
            OperatorSpec::Name {
                part: NamePart::Full,
            },
            person,
        ),
        ("email", text(), OperatorSpec::Email {}, email),
        ("phone", text(), OperatorSpec::Phone {}, |i| {
            format!("+1 415 55{:05}", 10_000 + i).into_bytes()
        }),
        ("address", text(), OperatorSpec::Address {}, |i| {
            format!("{i} Main St").into_bytes()
        }),
        ("digits_16", text(), OperatorSpec::Digits {}, |i| {
            format!("41111111{:08}", i * 7919).into_bytes()
        }),
        ("card", text(), OperatorSpec::Card {}, |i| {
            format!("41111111{:08}", i * 7919).into_bytes()
        }),
        ("iban", text(), OperatorSpec::Iban {}, |i| {
            format!("DE8937040044{:010}", i * 7919).into_bytes()
        }),
        ("ssn", text(), OperatorSpec::Ssn {}, |i| {
            format!("078-05-{i:04}").into_bytes()
        }),
        ("ip", text(), OperatorSpec::Ip {}, |i| {
            format!("10.1.{}.{}", i / 256, i % 256).into_bytes()
        }),
        ("secret", text(), OperatorSpec::Secret {}, |i| {
            format!("secret-value-{i}").into_bytes()
        }),
        ("text", text(), OperatorSpec::Text {}, person),
        ("auto", text(), OperatorSpec::Auto {}, |i| {
            format!("INV-{i:06}").into_bytes()
        }),
    ]
}

/// Operators that generalise or perturb, on the types that they are mostly for.
fn changes() -> Vec<Case> {
    let spec = |json: &str| serde_json::from_str(json).unwrap_or(OperatorSpec::Auto {});
    let numeric = || TypeSpec::Numeric {
        precision: Some(12),
        scale: Some(2),
    };
    let number = |i: usize| (i * 7919).to_string().into_bytes();
    let amount = |i: usize| format!("{i}.50").into_bytes();
    let written = |i: usize| format!("${},{:03}.50", i % 900 + 1, i % 1000).into_bytes();
    let date =
        |i: usize| format!("19{:02}-{:02}-{:02}", i % 100, i % 12 + 1, i % 28 + 1).into_bytes();
    let stamp =
        |i: usize| format!("2024-02-{:02} 10:{:02}:33.25+00", i % 28 + 1, i % 60).into_bytes();
    let (bin, noise) = (r#"{"name":"bin"}"#, r#"{"name":"noise"}"#);
    let (trunc, jitter) = (r#"{"name":"date_trunc"}"#, r#"{"name":"date_jitter"}"#);
    let age = r#"{"name":"age_bin","reference":"2026-12-31"}"#;
    let table = r#"{"name":"hierarchy","parents":{"city 1":"land","city 2":"land"}}"#;
    vec![
        ("bin_int4", TypeSpec::Int4 {}, spec(bin), number),
        ("bin_numeric", numeric(), spec(bin), amount),
        ("bin_float8", TypeSpec::Float8 {}, spec(bin), amount),
        ("bin_text", text(), spec(bin), written),
        ("noise_int4", TypeSpec::Int4 {}, spec(noise), number),
        ("noise_numeric", numeric(), spec(noise), amount),
        ("noise_text", text(), spec(noise), written),
        (
            "clamp_int4",
            TypeSpec::Int4 {},
            spec(r#"{"name":"top_bottom","top":"999"}"#),
            number,
        ),
        ("age_int4", TypeSpec::Int4 {}, spec(age), |i| {
            (i % 100).to_string().into_bytes()
        }),
        ("age_date", TypeSpec::Date {}, spec(age), date),
        ("trunc_date", TypeSpec::Date {}, spec(trunc), date),
        ("trunc_stamp", TypeSpec::Timestamptz {}, spec(trunc), stamp),
        ("trunc_text", text(), spec(trunc), date),
        ("jitter_date", TypeSpec::Date {}, spec(jitter), date),
        (
            "jitter_stamp",
            TypeSpec::Timestamptz {},
            spec(jitter),
            stamp,
        ),
        ("zip3", text(), spec(r#"{"name":"zip3"}"#), |i| {
            format!("{:05}", i * 23).into_bytes()
        }),
        (
            "ip_prefix",
            TypeSpec::Inet {},
            spec(r#"{"name":"ip_prefix"}"#),
            |i| format!("10.1.{}.{}", i / 256, i % 256).into_bytes(),
        ),
        ("geo_pair", text(), spec(r#"{"name":"geo_round"}"#), |i| {
            format!("52.{:06}, 13.{:06}", i * 97, i * 89).into_bytes()
        }),
        ("hierarchy", text(), spec(table), |i| {
            format!("city {}", i % 9).into_bytes()
        }),
    ]
}

fn types() -> Vec<Case> {
    let auto = || OperatorSpec::Auto {};
    let number = |i: usize| (i * 7919).to_string().into_bytes();
    vec![
        ("int4", TypeSpec::Int4 {}, auto(), number),
        ("int8", TypeSpec::Int8 {}, auto(), |i| {
            (1_000_000_000 + i).to_string().into_bytes()
        }),
        (
            "numeric",
            TypeSpec::Numeric {
                precision: None,
                scale: None,
            },
            auto(),
            |i| format!("{i}.50").into_bytes(),
        ),
        ("float8", TypeSpec::Float8 {}, auto(), |i| {
            format!("{i}.25").into_bytes()
        }),
        ("date", TypeSpec::Date {}, auto(), |i| {
            format!("19{:02}-{:02}-{:02}", i % 100, i % 12 + 1, i % 28 + 1).into_bytes()
        }),
        ("timestamptz", TypeSpec::Timestamptz {}, auto(), |i| {
            format!("2024-02-{:02} 10:{:02}:33.25+00", i % 28 + 1, i % 60).into_bytes()
        }),
        ("uuid", TypeSpec::Uuid {}, auto(), |i| {
            format!("00112233-4455-4677-8899-{i:012}").into_bytes()
        }),
        ("jsonb", TypeSpec::Jsonb { mask_keys: false }, auto(), |i| {
            format!(
                r#"{{"name": "Person{i}", "age": {}, "tags": ["a", null]}}"#,
                i % 90
            )
            .into_bytes()
        }),
        (
            "text_array",
            TypeSpec::Array {
                element: Box::new(text()),
                element_oid: 25,
                delimiter: ',',
            },
            auto(),
            |i| format!("{{a{i},\"b {i}\",NULL}}").into_bytes(),
        ),
    ]
}

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let mut figures = Vec::new();
    for (name, type_, operator, cell) in operators().into_iter().chain(changes()).chain(types()) {
        let Ok(mask) = CellMask::compile(&type_, &operator, "speed", &keys) else {
            continue;
        };
        let cells: Vec<Vec<u8>> = (0..DISTINCT).map(cell).collect();
        let nanoseconds = measure(&mask, Format::Text, &cells);
        if !json {
            println!(
                "{name:13} {nanoseconds:8.0} ns  {:10.0} values/s",
                1e9 / nanoseconds
            );
        }
        figures.push(format!("\"mask_{name}_ns\": {nanoseconds:.1}"));
    }
    if json {
        println!("{{{}}}", figures.join(", "));
    }
}
