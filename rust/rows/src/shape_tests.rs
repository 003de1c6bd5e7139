//! What is left out of rows, in every format.

use std::sync::Arc;

use scrim_detect::Detector;
use scrim_mask::{Format, Keyring, TenantKey};

use crate::copy::{CopyFormat, CopyOptions, CopyRewriter};
use crate::data_row::{self, Formats, Rewritten};
use crate::{Counters, Masker, Plan, RowError};

fn masker() -> Masker {
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    Masker::new(keys, Arc::new(Detector::new(&[]).unwrap()), config).unwrap()
}

/// Four columns: one that stays, one that is left out, one whose values drop rows, one that is masked.
fn plan() -> Plan {
    let rules = r#"{"columns":[{"action":"pass"},{"action":"null"},{"action":"null"},
        {"action":"mask","type":{"kind":"text"},"operator":{"name":"redact"},"domain":"a.b"}],
        "dropped":[1],"dropping_rows":[2]}"#;
    Plan::compile(rules, &masker()).unwrap()
}

fn body(cells: &[Option<&[u8]>]) -> Vec<u8> {
    let mut out = u16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
    for cell in cells {
        let length = cell.map_or(-1, |cell| i32::try_from(cell.len()).unwrap());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(cell.unwrap_or_default());
    }
    out
}

fn message(cells: &[Option<&[u8]>]) -> Vec<u8> {
    let body = body(cells);
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    [&b"D"[..], &length, &body].concat()
}

fn rewrite(plan: &Plan, formats: Formats<'_>, cells: &[Option<&[u8]>]) -> (Rewritten, Vec<u8>) {
    let mut out = Vec::new();
    let mut counters = Counters::default();
    let rewritten = data_row::rewrite(plan, formats, &body(cells), &mut out, &mut counters);
    (rewritten.unwrap(), out)
}

const TEXT: Formats<'_> = Formats::All(Format::Text);

#[test]
fn a_column_is_left_out_of_rows_and_the_others_are_masked() {
    let (done, out) = rewrite(
        &plan(),
        TEXT,
        &[Some(b"1"), Some(b"secret"), None, Some(b"raw")],
    );
    assert_eq!(done, Rewritten::Changed);
    assert_eq!(out, message(&[Some(b"1"), None, Some(b"[redacted]")]));
    let (_, out) = rewrite(&plan(), TEXT, &[None, None, None, None]);
    assert_eq!(out, message(&[None, None, None]));
}

#[test]
fn a_value_leaves_its_row_out() {
    let (done, out) = rewrite(
        &plan(),
        TEXT,
        &[Some(b"1"), Some(b"secret"), Some(b""), Some(b"raw")],
    );
    assert_eq!((done, out), (Rewritten::Dropped, Vec::new()));
}

#[test]
fn format_codes_stay_with_their_columns() {
    let rules = r#"{"columns":[{"action":"null"},
        {"action":"mask","type":{"kind":"int4"},"operator":{"name":"auto"},"domain":"a.b"}],
        "dropped":[0]}"#;
    let plan = Plan::compile(rules, &masker()).unwrap();
    let (_, text) = rewrite(&plan, Formats::Each(&[1, 0]), &[Some(b"xx"), Some(b"7")]);
    let (_, binary) = rewrite(
        &plan,
        Formats::Each(&[0, 1]),
        &[Some(b"xx"), Some(&[0, 0, 0, 7])],
    );
    let number: i32 = std::str::from_utf8(&text[11..]).unwrap().parse().unwrap();
    assert_eq!(number.to_be_bytes(), binary[11..]);
}

#[test]
fn a_result_can_lose_all_its_columns() {
    let rules = r#"{"columns":[{"action":"null"}],"dropped":[0]}"#;
    let plan = Plan::compile(rules, &masker()).unwrap();
    assert!(!plan.passes());
    assert_eq!(rewrite(&plan, TEXT, &[Some(b"x")]).1, message(&[]));
}

#[test]
fn a_row_of_another_width_is_an_error() {
    for cells in [&[None; 3][..], &[None; 5][..]] {
        let mut out = Vec::new();
        let result = data_row::rewrite(
            &plan(),
            TEXT,
            &body(cells),
            &mut out,
            &mut Counters::default(),
        );
        assert!(matches!(
            result,
            Err(RowError::ColumnCount { expected: 4, .. })
        ));
    }
    let mut cut = body(&[None, Some(b"ab"), None, None]);
    cut.truncate(12);
    let mut out = Vec::new();
    assert!(data_row::rewrite(&plan(), TEXT, &cut, &mut out, &mut Counters::default()).is_err());
}

#[test]
fn a_column_that_is_not_there_is_refused() {
    for list in ["dropped", "dropping_rows"] {
        let rules = format!(r#"{{"columns":[{{"action":"pass"}}],"{list}":[1]}}"#);
        assert!(Plan::compile(&rules, &masker()).is_err());
    }
}

fn copied(options: CopyOptions, stream: &[u8], piece: usize) -> (Vec<u8>, u64) {
    let mut rewriter = CopyRewriter::new(options, 1000);
    let (mut out, mut counters) = (Vec::new(), Counters::default());
    for payload in stream.chunks(piece) {
        rewriter
            .payload(&plan(), payload, &mut out, &mut counters)
            .unwrap();
    }
    rewriter.finish(&plan(), &mut out, &mut counters).unwrap();
    (out, rewriter.take_dropped())
}

#[test]
fn text_and_csv_lose_fields_headers_and_lines() {
    let text = CopyOptions {
        header: true,
        ..CopyOptions::default()
    };
    let csv = CopyOptions {
        format: CopyFormat::Csv,
        delimiter: b',',
        null: String::new(),
        header: true,
        ..CopyOptions::default()
    };
    for piece in [1, 7, 1000] {
        let stream = b"id\tsecret\tnote\tname\n1\ta\\tb\t\\N\traw\n2\tc\t\tx\n3\t\\N\t\\N\t\\N\n";
        let (out, dropped) = copied(text.clone(), stream, piece);
        assert_eq!(out, b"id\tnote\tname\n1\t\\N\t[redacted]\n3\t\\N\t\\N\n");
        assert_eq!(dropped, 1);
        let stream = b"id,secret,note,name\n1,\"a,\"\"b\n\",,raw\n2,c,\"\",x\n\"3\",,,\n";
        let (out, dropped) = copied(csv.clone(), stream, piece);
        assert_eq!(out, b"id,note,name\n1,,[redacted]\n\"3\",,\n");
        assert_eq!(dropped, 1);
    }
}

#[test]
fn binary_streams_lose_fields_and_tuples() {
    let header = [&b"PGCOPY\n\xff\r\n\0"[..], &[0; 8]].concat();
    let options = CopyOptions {
        format: CopyFormat::Binary,
        ..CopyOptions::default()
    };
    let stream = [
        &header[..],
        &body(&[Some(b"1"), Some(b"secret"), None, Some(b"raw")]),
        &body(&[Some(b"2"), None, Some(b"x"), None]),
        &[0xff, 0xff],
    ]
    .concat();
    let expected = [
        &header[..],
        &body(&[Some(b"1"), None, Some(b"[redacted]")]),
        &[0xff, 0xff],
    ]
    .concat();
    for piece in [1, 7, 1000] {
        assert_eq!(
            copied(options.clone(), &stream, piece),
            (expected.clone(), 1)
        );
    }
}
