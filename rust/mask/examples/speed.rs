//! Prints nanoseconds a value for each operator and for the common types, there and back.
//!
//! `cargo run --release -p scrim-mask --example speed`; with `--json` one JSON object.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)] // Printing figures is what it is for.

use std::hint::black_box;
use std::time::{Duration, Instant};

use scrim_mask::{
    Alphabet, CellMask, CellReveal, CharClass, Encoding, Format, HashEncoding, Keyring, NamePart,
    OperatorSpec, PlacePart, TenantKey, TypeSpec,
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
                exact: false,
            },
            email,
        ),
        (
            "name",
            text(),
            OperatorSpec::Name {
                part: NamePart::Full,
                of: Vec::new(),
            },
            person,
        ),
        (
            "email",
            text(),
            OperatorSpec::Email { keep_domain: false },
            email,
        ),
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

/// The first number from `body` on that passes, with its check digits at the end.
fn valid(checksum: &str, body: &str, checks: u32) -> Vec<u8> {
    let passes = scrim_checksum::by_name(checksum);
    let number = (0..10usize.pow(checks))
        .map(|check| format!("{body}{check:0width$}", width = checks as usize))
        .find(|number| passes.is_some_and(|passes| passes(number.as_bytes())));
    number.unwrap_or_default().into_bytes()
}

fn national_id(form: &str) -> OperatorSpec {
    OperatorSpec::NationalId {
        form: Some(form.into()),
    }
}

fn numbers() -> Vec<Case> {
    vec![
        ("br_cpf", text(), national_id("br.cpf"), |i| {
            valid("br_cpf", &format!("{:09}", i * 7919 + 1), 2)
        }),
        ("za_id", text(), national_id("za.id"), |i| {
            valid(
                "za_id",
                &format!("75{:02}{:02}{i:04}08", i % 12 + 1, i % 28 + 1),
                1,
            )
        }),
        ("gb_nhs", text(), national_id("health.gb_nhs"), |i| {
            valid("gb_nhs", &format!("{:09}", i * 7919 + 400_000_000), 1)
        }),
        ("in_aadhaar", text(), national_id("in.aadhaar"), |i| {
            valid(
                "in_aadhaar",
                &format!("{:011}", i * 7919 + 23_412_341_234),
                1,
            )
        }),
        ("pl_pesel", text(), national_id("pl.pesel"), |i| {
            valid(
                "pl_pesel",
                &format!("75{:02}{:02}{i:04}", i % 12 + 1, i % 28 + 1),
                1,
            )
        }),
        ("us_npi", text(), national_id("health.us_npi"), |i| {
            valid("us_npi", &format!("1{:08}", i * 7919), 1)
        }),
        ("de_steuer_id", text(), national_id("de.steuer_id"), |_| {
            b"47036892816".to_vec()
        }),
        ("fi_hetu", text(), national_id("fi.hetu"), |_| {
            b"131052-308T".to_vec()
        }),
        (
            "it_fiscale",
            text(),
            national_id("it.codice_fiscale"),
            |_| b"MRTMTT91D08F205J".to_vec(),
        ),
        ("vin", text(), OperatorSpec::Vin {}, |i| {
            format!("WVWZZZ1JZ3W38{i:04}").into_bytes()
        }),
        ("plate", text(), OperatorSpec::Plate {}, |i| {
            format!("{i:04} BCD").into_bytes()
        }),
    ]
}

fn parts() -> Vec<Case> {
    let person = |i: usize| format!("Susan{} Family{}", i % 97, i).into_bytes();
    vec![
        (
            "classes",
            text(),
            OperatorSpec::Classes {
                keep: vec![CharClass::Upper],
                mask_char: '*',
            },
            person,
        ),
        (
            "template",
            text(),
            OperatorSpec::Template {
                template: "{first1}***".into(),
            },
            person,
        ),
        (
            "constant",
            text(),
            OperatorSpec::Constant {
                value: "hidden".into(),
            },
            person,
        ),
        ("tag", text(), OperatorSpec::Tag {}, person),
    ]
}

fn pseudonyms() -> Vec<Case> {
    vec![
        (
            "name_gender",
            text(),
            OperatorSpec::Name {
                part: NamePart::Full,
                of: Vec::new(),
            },
            |i| format!("Susan Family{i}").into_bytes(),
        ),
        ("company", text(), OperatorSpec::Company {}, |i| {
            format!("Company {i} GmbH").into_bytes()
        }),
        ("address_us", text(), OperatorSpec::Address {}, |i| {
            format!("{i} Main St, Springfield, IL 62701").into_bytes()
        }),
        (
            "place",
            text(),
            OperatorSpec::Place {
                part: PlacePart::State,
                of: Vec::new(),
            },
            |i| {
                if i % 2 == 0 {
                    b"TX".to_vec()
                } else {
                    b"Wyoming".to_vec()
                }
            },
        ),
        (
            "hash",
            text(),
            OperatorSpec::Hash {
                length: 32,
                encoding: HashEncoding::Hex,
                exact: false,
            },
            |i| format!("person.family{i}@corp.test").into_bytes(),
        ),
        (
            "email_domain",
            text(),
            OperatorSpec::Email { keep_domain: true },
            |i| format!("person.family{i}@corp.test").into_bytes(),
        ),
        ("mac", text(), OperatorSpec::Mac {}, |i| {
            format!("00:1b:44:11:{:02x}:{:02x}", i / 256, i % 256).into_bytes()
        }),
        ("url", text(), OperatorSpec::Url {}, |i| {
            format!("https://shop.corp.test/orders/{i}?page=2").into_bytes()
        }),
        ("username", text(), OperatorSpec::Username {}, |i| {
            format!("user{i}").into_bytes()
        }),
        ("uuid_text", text(), OperatorSpec::Uuid {}, |i| {
            format!("00112233-4455-4677-8899-{i:012}").into_bytes()
        }),
    ]
}

/// Operators that are made to be turned back.
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
    for (name, type_, operator, cell) in operators()
        .into_iter()
        .chain(parts())
        .chain(pseudonyms())
        .chain(numbers())
        .chain(changes())
        .chain(reversible())
        .chain(types())
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
