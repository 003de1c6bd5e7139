//! Prints how fast texts are walked and decoded: `cargo run --release --example structure`.

// A program that prints figures: casts lose nothing that is printed.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

#[path = "../src/structure/costly.rs"]
mod costly;

use std::hint::black_box;
use std::time::{Duration, Instant};

use costly::UNITS;
use scrim_detect::{decoded, walk, walk_structured, DEPTH};

/// Processor time of this thread where the system tells it, else the time of day.
fn clock(start: Instant) -> Duration {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn measure(what: &str, cells: &[String], mut look: impl FnMut(&[u8]) -> usize) {
    let zero = Instant::now();
    let start = clock(zero);
    let (mut rounds, mut found) = (0, 0);
    let used = loop {
        found = cells
            .iter()
            .map(|cell| look(black_box(cell.as_bytes())))
            .sum::<usize>()
            .max(found);
        rounds += 1;
        let used = clock(zero).saturating_sub(start);
        if used > Duration::from_millis(200) {
            break (used / rounds).as_secs_f64();
        }
    };
    let bytes: usize = cells.iter().map(String::len).sum();
    println!(
        "  {what:<8} {:>8.0} MB/s {:>7.2} M cells/s {:>9.1} ns/cell {found:>9} found",
        bytes as f64 / used / 1e6,
        cells.len() as f64 / used / 1e6,
        used * 1e9 / cells.len() as f64,
    );
}

fn report(name: &str, cells: &[String]) {
    println!("{name}");
    measure("walk", cells, |text| {
        let mut pairs = 0;
        walk(text, &mut |_| pairs += 1);
        pairs
    });
    measure("gated", cells, |text| {
        let mut pairs = 0;
        walk_structured(text, &mut |_| pairs += 1);
        pairs
    });
    measure("decode", cells, |text| {
        let mut views = 0;
        decoded(text, DEPTH, &mut |_| views += 1);
        views
    });
}

/// One row of a table as a data store sends it.
fn row(n: usize) -> Vec<String> {
    vec![
        n.to_string(),
        format!("Customer {}", n * 7919 % 100_000),
        format!(
            "2024-0{}-1{} 0{}:1{}:2{}+00",
            n % 9 + 1,
            n % 9,
            n % 9,
            n % 6,
            n % 6
        ),
        format!("{}.{:02}", n * 31 % 10_000, n % 100),
        "shipped".to_owned(),
        format!(
            "{:08x}-1a2b-4c3d-8e4f-{:012x}",
            n * 2_654_435_761 % 4_294_967_296,
            n * 97
        ),
        "Left with the neighbour on the second floor, please ring twice next time.".to_owned(),
        format!("SKU-{:05}-{}", n * 13 % 100_000, n % 7),
        format!("{:016x}{:016x}", n * 2_654_435_761, n * 40_503),
        format!("user{n}@example.com"),
        "https://shop.example.com/products/blue-widget?ref=mail&campaign=spring".to_owned(),
    ]
}

fn document(n: usize) -> String {
    format!(
        "{{\"id\": {n}, \"user\": {{\"name\": \"Jane Roe\", \"email\": \"jane{n}@example.com\", \
         \"phones\": [\"+1 212 555 0100\", \"+44 20 7123 4567\"]}}, \"note\": \"left with the \
         neighbour, please ring\", \"paid\": true, \"total\": {}.50}}",
        n % 1000
    )
}

fn line(n: usize) -> String {
    format!(
        "2024-01-10T01:02:03.123Z INFO [http-{}] request handled method=GET path=/api/v1/users/{n} \
         status=200 user=jane ip=10.0.3.{} duration=12ms msg=\"order shipped to customer\"",
        n % 8,
        n % 256
    )
}

fn base64(text: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[(bits & 63) as usize]);
    let three = |part: &[u8]| {
        let held = part
            .iter()
            .fold(0, |held, &byte| held << 8 | u32::from(byte));
        [held >> 18, held >> 12, held >> 6, held].map(letter)
    };
    text.as_bytes().chunks_exact(3).flat_map(three).collect()
}

fn main() {
    let rows: Vec<Vec<String>> = (0..10_000).map(row).collect();
    report("plain cells", &rows.concat());
    for column in 0..rows[0].len() {
        let cells: Vec<String> = rows.iter().map(|row| row[column].clone()).collect();
        report(&format!("  {:.30}", cells[123]), &cells);
    }
    let documents: Vec<String> = (0..10_000).map(document).collect();
    report("JSON documents", &documents);
    report("JSON documents, as one text", &[documents.join("\n")]);
    let lines: Vec<String> = (0..10_000).map(line).collect();
    report("log lines", &lines);
    report("log lines, as one text", &[lines.join("\n")]);
    let blobs: Vec<String> = documents.iter().map(|text| base64(text)).collect();
    report("base64 blobs", &blobs);
    report("base64, as one text", &[base64(&documents.join("\n"))]);
    let xml: Vec<String> = (0..10_000)
        .map(|n| {
            format!("<user id=\"{n}\"><name>Jane Roe</name><mail>a{n}@example.com</mail></user>")
        })
        .collect();
    report("XML documents", &xml);
    println!("adversarial texts, walked and decoded: MB/s of 1 MB and of 8 MB");
    for unit in UNITS {
        let rates = [1 << 20, 1 << 23].map(|length: usize| rate(&unit.repeat(length / unit.len())));
        println!("  {unit:<20?} {:>8.0} {:>8.0}", rates[0], rates[1]);
    }
}

fn rate(text: &str) -> f64 {
    let start = Instant::now();
    let zero = clock(start);
    let mut found = 0;
    walk(text.as_bytes(), &mut |_| found += 1);
    decoded(text.as_bytes(), DEPTH, &mut |_| found += 1);
    black_box(found);
    text.len() as f64 / clock(start).saturating_sub(zero).as_secs_f64() / 1e6
}
