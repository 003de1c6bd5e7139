//! Values that wait for others in a batch become what they become alone.

use std::sync::Arc;

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::copy::{CopyFormat, CopyOptions, CopyRewriter};
use scrim_rows::data_row::{rewrite, rewrite_batched, Formats};
use scrim_rows::{Batch, Counters, Format, Masker, Plan};

const ALL: Formats<'_> = Formats::All(Format::Text);
/// A phone number, a card number in `char(22)` and one that has little room.
const RULES: &str = r#"{"columns":[
    {"action":"mask","type":{"kind":"text"},"domain":"p","operator":{"name":"phone"}},
    {"action":"mask","type":{"kind":"text","max_chars":22,"pad":true},"domain":"c",
     "operator":{"name":"card"}},
    {"action":"mask","type":{"kind":"text","max_chars":12},"domain":"p","operator":{"name":"phone"}}
]}"#;

fn plan() -> Plan {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    Plan::compile(RULES, &Masker::new(keys, detector, config).unwrap()).unwrap()
}

fn phone(number: usize) -> String {
    match number % 9 {
        0 => format!("+1 415 555 {number:04}"),
        1 => format!("(212) 555-{number:04}"),
        2 => format!("0171 {:07}", number * 7919),
        3 => format!("+44 20 {:08}", number * 7919),
        4 => format!("110{:07}", number * 7919),
        5 => format!("  {:011}\n", number * 7919),
        6 => format!("000{number}"),
        7 => format!("{}", number % 97),
        _ => format!("call {number}"),
    }
}

fn card(number: usize) -> String {
    match number % 4 {
        0 => format!(
            "4111-1111-1{:03}-{:04}",
            number % 1000,
            number * 31 % 10_000
        ),
        1 => format!("37828224{:07}", number * 7919),
        2 => format!("{number}"),
        _ => format!("41111111{:08} ", number * 7919),
    }
}

fn rows() -> Vec<[String; 3]> {
    (0..300)
        .map(|number| [phone(number), card(number), phone(number / 2)])
        .collect()
}

fn body(row: &[String]) -> Vec<u8> {
    let count = u16::try_from(row.len()).unwrap().to_be_bytes();
    let cells = row.iter().flat_map(|cell| {
        let length = u32::try_from(cell.len()).unwrap().to_be_bytes();
        [&length[..], cell.as_bytes()].concat()
    });
    count.into_iter().chain(cells).collect()
}

#[test]
fn rows_become_the_same_one_by_one_and_together() {
    let plan = plan();
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    let mut batch = Batch::default();
    let [mut one, mut all] = [Counters::default(); 2];
    for row in rows() {
        rewrite(&plan, ALL, &body(&row), &mut alone, &mut one).unwrap();
        rewrite_batched(&plan, ALL, &body(&row), &mut together, &mut batch, &mut all).unwrap();
    }
    assert_ne!(together, alone, "nothing waited");
    batch.flush(&mut together);
    assert!(together == alone);
    assert_eq!(one, all);
}

#[test]
fn a_row_that_fails_leaves_nothing_behind() {
    let plan = plan();
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    let mut batch = Batch::default();
    let mut counters = Counters::default();
    for row in rows() {
        let mut cut = body(&row);
        rewrite(&plan, ALL, &cut, &mut alone, &mut counters).unwrap();
        rewrite_batched(&plan, ALL, &cut, &mut together, &mut batch, &mut counters).unwrap();
        cut.pop();
        let mark = together.len();
        let failed = rewrite_batched(&plan, ALL, &cut, &mut together, &mut batch, &mut counters);
        assert!(failed.is_err());
        together.truncate(mark);
        together.extend_from_slice(b"0000 0000");
        alone.extend_from_slice(b"0000 0000");
    }
    batch.flush(&mut together);
    assert!(together == alone);
}

#[test]
fn copied_rows_become_the_same_one_by_one_and_together() {
    let csv = |delimiter: u8, null: &str| CopyOptions {
        format: CopyFormat::Csv,
        delimiter,
        null: null.to_owned(),
        ..CopyOptions::default()
    };
    for options in [
        CopyOptions::default(),
        csv(b',', ""),
        csv(b'-', "00000"),
        csv(b'0', "0"),
    ] {
        let plan = plan();
        let (mut alone, mut together) = (Vec::new(), Vec::new());
        let mut batch = Batch::default();
        let mut counters = Counters::default();
        let [mut one, mut all] = [(); 2].map(|()| CopyRewriter::new(options.clone(), 1 << 16));
        for row in rows() {
            let separator = char::from(options.delimiter).to_string();
            let written = row.map(|cell| match options.format {
                CopyFormat::Text => cell.replace('\n', "\\n"),
                _ => format!("\"{cell}\""),
            });
            let line = written.join(&separator) + "\n";
            let line = line.as_bytes();
            one.payload(&plan, line, &mut alone, &mut counters).unwrap();
            all.payload_batched(&plan, line, &mut together, &mut batch, &mut counters)
                .unwrap();
        }
        batch.flush(&mut together);
        assert!(together == alone, "{options:?}");
    }
}
