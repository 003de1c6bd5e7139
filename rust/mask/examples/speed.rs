//! Prints nanoseconds a value for each operator and for the common types, there and back.
//!
//! `cargo run --release -p scrim-mask --example speed`; with `--json` one JSON object.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)] // Printing figures is what it is for.

use std::hint::black_box;
use std::time::{Duration, Instant};

use scrim_mask::{
    Alphabet, CellMask, CellReveal, Encoding, Format, Keyring, NamePart, OperatorSpec, TenantKey,
    TypeSpec,
};

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

/// Median nanoseconds a value over some rounds of work on all of them.
fn measure(cells: &[Vec<u8>], mut work: impl FnMut(&[Vec<u8>])) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let before = processor_time(start);
            let mut count = 0;
            while start.elapsed() < ROUND {
                work(cells);
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

fn reversible() -> Vec<Case> {
    let email = |i: usize| format!("person.family{i}@corp.test").into_bytes();
    vec![
        (
            "ff1_16",
            text(),
            OperatorSpec::Ff1 {
                alphabet: Alphabet::Digits,
            },
            |i| format!("41111111{:08}", i * 7919).into_bytes(),
        ),
        (
            "ff1_alnum",
            text(),
            OperatorSpec::Ff1 {
                alphabet: Alphabet::Alnum,
            },
            |i| format!("Zelda{i:07}").into_bytes(),
        ),
        (
            "siv",
            text(),
            OperatorSpec::Siv {
                prefix: "siv_".into(),
                encoding: Encoding::Base32,
            },
            email,
        ),
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
    for (name, type_, operator, cell) in operators().into_iter().chain(reversible()).chain(types())
    {
        let Ok(mask) = CellMask::compile(&type_, &operator, "speed", &keys) else {
            continue;
        };
        let cells: Vec<Vec<u8>> = (0..DISTINCT).map(cell).collect();
        let mut out = Vec::with_capacity(1 << 20);
        let mut print = |kind: &str, nanoseconds: f64| {
            if !json {
                let label = format!("{kind} {name}");
                let rate = 1e9 / nanoseconds;
                println!("{label:20} {nanoseconds:8.0} ns  {rate:10.0} values/s");
            }
            figures.push(format!("\"{kind}_{name}_ns\": {nanoseconds:.1}"));
        };
        let nanoseconds = measure(&cells, |cells| {
            out.clear();
            for cell in cells {
                black_box(mask.mask(Format::Text, black_box(cell), &mut out));
            }
        });
        print("mask", nanoseconds);
        let Ok(reveal) = CellReveal::compile(&type_, &operator, "speed", &keys) else {
            continue;
        };
        let masked: Vec<Vec<u8>> = cells
            .iter()
            .map(|cell| {
                let mut out = Vec::new();
                mask.mask(Format::Text, cell, &mut out);
                out
            })
            .collect();
        let nanoseconds = measure(&masked, |cells| {
            for cell in cells {
                black_box(reveal.reveal(Format::Text, black_box(cell)));
            }
        });
        print("reveal", nanoseconds);
    }
    if json {
        println!("{{{}}}", figures.join(", "));
    }
}
