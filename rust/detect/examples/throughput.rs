//! Prints how fast the scanner is: `cargo run --release --example throughput`, of the native
//! recognisers; or `... throughput ENTITIES.json CELLS.txt`, of a catalogue over the lines of a file.

// A program that prints figures: casts lose nothing that is printed.
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use scrim_detect::{Detector, EntitySpec};

fn spec(shape: &str) -> EntitySpec {
    let keywords = [
        "phone", "call", "tel", "ssn", "card", "iban", "ip", "aws", "secret", "key",
    ];
    EntitySpec::of_shape(shape, &keywords)
}

/// One row of a table as a data store sends it.
fn row(number: usize) -> Vec<String> {
    let card = ["4111", "1111", "1111", "1111"].concat();
    let mut row = vec![
        format!("{number}"),
        format!("Customer {}", number * 7919 % 100_000),
        format!(
            "2024-0{}-1{} 0{}:1{}:2{}.{:06}+00",
            number % 9 + 1,
            number % 9,
            number % 9,
            number % 6,
            number % 6,
            number % 1_000_000
        ),
        format!("{}.{:02}", number * 31 % 10_000, number % 100),
        "shipped".to_owned(),
        format!(
            "{:08x}-1a2b-4c3d-8e4f-{:012x}",
            number * 2_654_435_761 % 4_294_967_296,
            number * 97
        ),
        "Left with the neighbour on the second floor, please ring twice next time.".to_owned(),
        "t".to_owned(),
        format!("SKU-{:05}-{}", number * 13 % 100_000, number % 7),
        "https://shop.example.com/products/blue-widget?ref=mail&campaign=spring".to_owned(),
    ];
    match number % 5 {
        0 => row.push(format!("user{number}@example.com")),
        1 => row.push(format!("+1 212 555 {:04}", number % 10_000)),
        2 => row.push(card),
        3 => row.push(format!("10.20.{}.{}", number % 256, number / 256 % 256)),
        _ => row.push("\\N".to_owned()),
    }
    row
}

/// Processor time of this thread where the system tells it, so that other load on the machine
/// disturbs less; else the time of day.
fn clock(start: Instant) -> Duration {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = used.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Time for one round over the cells, from as many rounds as the clock's ticks ask for.
fn measure(detector: &Detector, cells: &[String]) -> (Duration, usize) {
    let mut findings = Vec::new();
    let zero = Instant::now();
    let start = clock(zero);
    let mut rounds = 0;
    loop {
        let mut found = 0;
        for cell in cells {
            detector.scan(black_box(cell.as_bytes()), None, &mut findings);
            found += findings.len();
            findings.clear();
        }
        rounds += 1;
        let used = clock(zero).saturating_sub(start);
        if used > Duration::from_millis(200) {
            return (used / rounds, found);
        }
    }
}

fn report(name: &str, detector: &Detector, cells: &[String]) {
    let bytes: usize = cells.iter().map(String::len).sum();
    let (time, found) = measure(detector, cells);
    let seconds = time.as_secs_f64();
    println!(
        "{name:<28} {:>8.0} MB/s {:>8.1} M cells/s {:>7.1} ns/cell {found:>8} findings",
        bytes as f64 / seconds / 1e6,
        cells.len() as f64 / seconds / 1e6,
        seconds * 1e9 / cells.len() as f64,
    );
}

/// A catalogue, as `Catalogue.kernel_json` gives it, over the lines of a file.
fn report_file(entities: &str, cells: &str) {
    let entities = std::fs::read_to_string(entities).expect("a file of entities");
    let specs: Vec<EntitySpec> = serde_json::from_str(&entities).expect("entities in JSON");
    let started = Instant::now();
    let detector = Detector::new(&specs).expect("entities that compile");
    println!("{} entities in {:?}", specs.len(), started.elapsed());
    let text = std::fs::read_to_string(cells).expect("a file of cells");
    let cells: Vec<String> = text.lines().map(str::to_owned).collect();
    report("lines", &detector, &cells);
    let kept = |test: fn(&str) -> bool| cells.iter().filter(|cell| test(cell)).cloned().collect();
    let kinds: [(&str, Vec<String>); 4] = [
        (
            "  numbers",
            kept(|cell| cell.bytes().all(|byte| byte.is_ascii_digit())),
        ),
        (
            "  letters",
            kept(|cell| cell.bytes().all(|byte| byte.is_ascii_alphabetic())),
        ),
        (
            "  words",
            kept(|cell| cell.contains(' ') && !cell.bytes().any(|byte| byte.is_ascii_digit())),
        ),
        (
            "  mixed",
            kept(|cell| {
                let digits = cell.bytes().filter(u8::is_ascii_digit).count();
                digits > 0 && digits < cell.len()
            }),
        ),
    ];
    for (name, cells) in &kinds {
        if !cells.is_empty() {
            report(name, &detector, cells);
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [entities, cells] = arguments.as_slice() {
        return report_file(entities, cells);
    }
    let all: Vec<EntitySpec> = EntitySpec::SHAPES.iter().map(|shape| spec(shape)).collect();
    let detector = Detector::new(&all).expect("the shapes are known");
    let rows: Vec<Vec<String>> = (0..20_000).map(row).collect();
    let cells = rows.concat();
    report("rows, cell by cell", &detector, &cells);
    let lines: Vec<String> = rows.iter().map(|row| row.join("\t")).collect();
    report("rows, line by line", &detector, &lines);
    report("rows, as one text", &detector, &[lines.join("\n")]);
    for column in 0..rows[0].len() {
        let cells: Vec<String> = rows.iter().map(|row| row[column].clone()).collect();
        let sample: String = cells[12_345].chars().take(20).collect();
        report(&format!("  {sample}"), &detector, &cells);
    }
    let accented: Vec<String> = (0..20_000)
        .map(|n| format!("Größere Straße {n}, Café \u{a0}à côté"))
        .collect();
    report("accented text", &detector, &accented);
    println!("adversarial texts of 1 MB:");
    for unit in [
        "1",
        "1 ",
        "+1 ",
        "a@a.",
        "::1",
        "://a:",
        "x://a:b@",
        "password=x host=",
        "４",
        "eyJ.",
    ] {
        report(
            &format!("  {unit}"),
            &detector,
            &[unit.repeat(1_000_000 / unit.len())],
        );
    }
    println!("one recogniser on its own, over the cells of the rows:");
    for shape in EntitySpec::SHAPES {
        let detector = Detector::new(&[spec(shape)]).expect("the shape is known");
        report(&format!("  {shape}"), &detector, &cells);
    }
}
