//! Counts the replacements that meet, for each operator that keeps values apart.
//!
//! `cargo run --release -p scrim-mask --example collisions [values]`; ten million values by default.

#![allow(clippy::print_stdout)] // Printing figures is what it is for.

use std::hash::{BuildHasher as _, RandomState};

use scrim_mask::{CellMask, Format, HashEncoding, Keyring, OperatorSpec, TenantKey, TypeSpec};

const VALUES: usize = 10_000_000;

type Case = (&'static str, OperatorSpec, fn(usize) -> String);

/// The body with the check digits that make it pass; empty where none do.
fn valid(checksum: &str, body: &str, checks: u32) -> String {
    let passes = scrim_checksum::by_name(checksum);
    let number = (0..10usize.pow(checks))
        .map(|check| format!("{body}{check:0width$}", width = checks as usize))
        .find(|number| passes.is_some_and(|passes| passes(number.as_bytes())));
    number.unwrap_or_default()
}

fn form(name: &str) -> OperatorSpec {
    OperatorSpec::NationalId {
        form: Some(name.into()),
    }
}

fn cases() -> Vec<Case> {
    vec![
        ("email", OperatorSpec::Email { keep_domain: false }, |i| {
            format!("user{i}@corp.test")
        }),
        (
            "email_of_one_name",
            OperatorSpec::Email { keep_domain: false },
            |i| format!("ada.lovelace@host{i}.test"),
        ),
        (
            "email_of_names",
            OperatorSpec::Email { keep_domain: false },
            |i| {
                let letter = |i: usize| char::from(b"abcdefghij"[i % 10]);
                let family = (0..7).map(|at| letter(i / 10usize.pow(at)));
                format!("susan.{}@corp.test", family.collect::<String>())
            },
        ),
        (
            "hash",
            OperatorSpec::Hash {
                length: 24,
                encoding: HashEncoding::Hex,
                exact: false,
            },
            |i| format!("user{i}"),
        ),
        ("mac", OperatorSpec::Mac {}, |i| format!("001b{i:08x}")),
        ("username", OperatorSpec::Username {}, |i| {
            format!("user{i}")
        }),
        ("uuid", OperatorSpec::Uuid {}, |i| {
            format!("00112233-4455-4677-8899-{i:012}")
        }),
        ("url", OperatorSpec::Url {}, |i| {
            format!("https://corp.test/orders/{i}")
        }),
        ("vin", OperatorSpec::Vin {}, |i| format!("WVWZZZ1J{i:09}")),
        ("plate", OperatorSpec::Plate {}, |i| {
            let letter = |i: usize| char::from(b"BCDFGHJKLMNPRSTVWXYZ"[i % 20]);
            let serial = i / 10_000;
            let letters = [serial / 400, serial / 20, serial].map(letter);
            format!("{:04}{}", i % 10_000, String::from_iter(letters))
        }),
        ("br.cpf", form("br.cpf"), |i| {
            valid("br_cpf", &format!("{:09}", i + 1), 2)
        }),
        ("health.gb_nhs", form("health.gb_nhs"), |i| {
            valid("gb_nhs", &format!("4{i:08}"), 1)
        }),
        ("in.aadhaar", form("in.aadhaar"), |i| {
            valid("in_aadhaar", &format!("2{i:010}"), 1)
        }),
    ]
}

fn main() {
    let values = std::env::args().nth(1).and_then(|count| count.parse().ok());
    let values = values.unwrap_or(VALUES);
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let text = TypeSpec::Text {
        max_chars: None,
        pad: false,
    };
    let hasher = RandomState::new();
    for (name, operator, value) in cases() {
        let Ok(mask) = CellMask::compile(&text, &operator, name, &keys) else {
            continue;
        };
        let mut out = Vec::new();
        let mut seen: Vec<u64> = (0..values)
            .map(value)
            .filter(|raw| !raw.is_empty())
            .map(|raw| {
                out.clear();
                mask.mask(Format::Text, raw.as_bytes(), &mut out);
                // Two of ten million hashes meet with a chance of one in 370,000.
                hasher.hash_one(&out)
            })
            .collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        println!("{name:14} {count:9} values  {} meet", count - seen.len());
    }
}
