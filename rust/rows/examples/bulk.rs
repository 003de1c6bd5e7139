//! Prints nanoseconds a row for whole tables: `cargo run --release -p scrim-rows --example bulk`.
//!
//! The rows are those of `benchmarks/bulk.py`: ten columns, five of them masked; then the same rows
//! with the other five searched. An argument restricts the run to the ways whose name contains it,
//! a second one gives the rounds, which is what a profiler wants.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)] // Printing figures is what it is for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use scrim_detect::{Detector, EntitySpec};
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::copy::{CopyFormat, CopyOptions, CopyRewriter};
use scrim_rows::data_row::{self, Formats};
use scrim_rows::{Batch, Counters, Format, Masker, Plan};

const ROWS: usize = 1000;
const ROUNDS: usize = 200;
const MAX_ROW_BYTES: usize = 1 << 20;
/// As many bytes as the gateway reads at a time.
const CHUNK: usize = 64 << 10;

/// Entities with the shape that finds each and the operator that masks it.
const ENTITIES: [(&str, &str, &str); 8] = [
    ("contact.email", "email", r#""name":"email""#),
    ("contact.phone", "phone", r#""name":"phone""#),
    ("financial.card", "card", r#""name":"card""#),
    ("financial.iban", "iban", r#""name":"iban""#),
    ("us.ssn", "ssn", r#""name":"ssn""#),
    ("network.ipv4", "ipv4", r#""name":"ip""#),
    ("person.full", "column", r#""name":"name""#),
    ("contact.street_address", "column", r#""name":"address""#),
];
const MASKED: [&str; 5] = [
    "person.full",
    "contact.email",
    "contact.phone",
    "contact.street_address",
    "financial.card",
];

fn operator(entity: &str) -> &'static str {
    ENTITIES
        .iter()
        .find(|(name, ..)| *name == entity)
        .map_or(r#""name":"auto""#, |(.., operator)| operator)
}

fn masker() -> Masker {
    let specs: Vec<EntitySpec> = match std::env::var("SCRIM_ENTITIES") {
        Ok(path) => {
            let json = std::fs::read_to_string(path).expect("a file of entities");
            serde_json::from_str(&json).expect("entities in JSON")
        }
        Err(_) => ENTITIES
            .iter()
            .map(|(name, shape, _)| EntitySpec {
                name: (*name).to_owned(),
                ..EntitySpec::of_shape(shape, &["phone", "call", "card", "iban", "mail", "ssn"])
            })
            .collect(),
    };
    let detector = Arc::new(Detector::new(&specs).expect("the shapes are known"));
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let operators: Vec<String> = ENTITIES
        .iter()
        .map(|(name, _, operator)| format!(r#""{name}":{{{operator}}}"#))
        .collect();
    let config = format!(
        r#"{{"operators":{{{}}},"default":{{"name":"auto"}}}}"#,
        operators.join(",")
    );
    Masker::new(keys, detector, &config).expect("the operators are known")
}

fn plan(rest: &str, masker: &Masker) -> Plan {
    let mut columns = vec![rest.to_owned()];
    columns.extend(MASKED.iter().map(|entity| {
        format!(
            r#"{{"action":"mask","type":{{"kind":"text"}},"operator":{{{}}},"domain":"{entity}"}}"#,
            operator(entity)
        )
    }));
    columns.extend((0..4).map(|_| rest.to_owned()));
    let json = format!(r#"{{"columns":[{}]}}"#, columns.join(","));
    Plan::compile(&json, masker).expect("the rules are known")
}

fn row(number: usize) -> [String; 10] {
    let letter = char::from(b'a' + u8::try_from(number % 26).unwrap_or(0));
    let card = format!("4539{number:7>11}3");
    [
        number.to_string(),
        format!("Adelheid Qzxvkjm{letter} Winterbottom"),
        format!("adelheid.qzxvkjm{number}@mail.example.org"),
        format!("+1 555 {:03} {:04}", number % 1000, number * 7 % 10_000),
        format!("{} Qzxvkjm Meadow Boulevard", number % 9999 + 1),
        card,
        "Springfield Falls".to_owned(),
        format!(
            "2025-01-{:02} {:02}:{:02}:00+00",
            number / 1440 % 28 + 1,
            number / 60 % 24,
            number % 60
        ),
        format!("{}.{:02}", number % 100_000 / 7, number % 100),
        "The parcel was handed over at the counter in good order and the receipt was kept for \
         the books by the evening shift"
            .to_owned(),
    ]
}

fn data_row(cells: &[String]) -> Vec<u8> {
    let mut body = u16::try_from(cells.len())
        .unwrap_or(0)
        .to_be_bytes()
        .to_vec();
    for cell in cells {
        body.extend(u32::try_from(cell.len()).unwrap_or(0).to_be_bytes());
        body.extend(cell.as_bytes());
    }
    body
}

/// The bytes written; the row's plan must fit.
fn rewrite(plan: &Plan, bodies: &[Vec<u8>], out: &mut Vec<u8>) -> usize {
    let formats = Formats::All(Format::Text);
    let mut counters = Counters::default();
    let mut batch = Batch::default();
    let mut total = 0;
    for body in bodies {
        if out.len() > CHUNK {
            batch.flush(out);
            total += out.len();
            out.clear();
        }
        data_row::rewrite_batched(plan, formats, body, out, &mut batch, &mut counters)
            .expect("the row fits the plan");
    }
    batch.flush(out);
    total + out.len()
}

fn copy(plan: &Plan, lines: &[Vec<u8>], options: &CopyOptions, out: &mut Vec<u8>) -> usize {
    let mut rewriter = CopyRewriter::new(options.clone(), MAX_ROW_BYTES);
    let mut counters = Counters::default();
    let mut batch = Batch::default();
    let mut total = 0;
    for line in lines {
        if out.len() > CHUNK {
            batch.flush(out);
            total += out.len();
            out.clear();
        }
        rewriter
            .payload_batched(plan, line, out, &mut batch, &mut counters)
            .expect("the row fits the plan");
    }
    batch.flush(out);
    total + out.len()
}

/// Prints the least time of the rounds, which other load on the machine disturbs least.
fn report(name: &str, rounds: usize, work: &mut dyn FnMut() -> usize) {
    let mut bytes = 0;
    let mut least = Duration::MAX;
    for _ in 0..rounds {
        let start = Instant::now();
        bytes = work();
        least = least.min(start.elapsed());
    }
    println!(
        "{name:18} {:8.0} ns/row  {:6} bytes/row",
        least.as_nanos() as f64 / ROWS as f64,
        bytes / ROWS
    );
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    let rounds = arguments
        .next()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(ROUNDS);
    let masker = masker();
    let pass = plan(r#"{"action":"pass"}"#, &masker);
    let scan = plan(r#"{"action":"scan","type":{"kind":"text"}}"#, &masker);
    let rows: Vec<[String; 10]> = (1..=ROWS).map(row).collect();
    let bodies: Vec<Vec<u8>> = rows.iter().map(|row| data_row(row)).collect();
    let joined = |separator: &str| -> Vec<Vec<u8>> {
        let line = |row: &[String; 10]| (row.join(separator) + "\n").into_bytes();
        rows.iter().map(line).collect()
    };
    let text = CopyOptions::default();
    let csv = CopyOptions {
        format: CopyFormat::Csv,
        delimiter: b',',
        null: String::new(),
        ..CopyOptions::default()
    };
    let (lines, records) = (joined("\t"), joined(","));
    for (kind, plan) in [("masked", &pass), ("scanned", &scan)] {
        let mut out = Vec::new();
        let mut run = |way: &str, work: &mut dyn FnMut(&mut Vec<u8>) -> usize| {
            let name = format!("{kind}_{way}");
            if name.contains(&wanted) {
                report(&name, rounds, &mut || {
                    out.clear();
                    work(&mut out)
                });
            }
        };
        run("rows", &mut |out| rewrite(plan, &bodies, out));
        run("copy_text", &mut |out| copy(plan, &lines, &text, out));
        run("copy_csv", &mut |out| copy(plan, &records, &csv, out));
    }
}
