//! The records that are put together here are JSON in ASCII, whatever is in them.

use super::{push_quoted, ColumnsRecord, Ruling};
use crate::decision::DecisionSpec;

#[test]
fn texts_are_quoted_in_ascii() {
    let mut out = Vec::new();
    push_quoted(&mut out, "a\"b\\c\n\u{1}\u{7f}é\u{1f600}");
    assert_eq!(
        String::from_utf8(out).unwrap(),
        "\"a\\\"b\\\\c\\u000a\\u0001\u{7f}\\u00e9\\ud83d\\ude00\""
    );
}

#[test]
fn an_intent_has_the_text_and_the_shape_of_its_own_statement() {
    let spec = DecisionSpec {
        intent: b"{\"record\":\"intent\"".to_vec(),
        ..DecisionSpec::default()
    };
    let ruling = Ruling::new(spec, b"\"raw\":false".to_vec(), None);
    let decision = ruling.apply(b"SELECT a AS \"x\" FROM t WHERE b = 'secret'", 255, None);
    let mut record = Vec::new();
    decision.intent.append_to(&mut record);
    assert_eq!(
        String::from_utf8(record).unwrap(),
        "{\"record\":\"intent\",\"statement\":\"SELECT a AS \\\"x\\\" FROM t WHERE b = ?\",\
         \"shape\":\"000000000000000000000000000000ff\",\"raw\":false"
    );
    assert_eq!(&*decision.statement, "SELECT a AS \"x\" FROM t WHERE b = ?");
}

#[test]
fn a_record_of_columns_names_those_that_are_listed() {
    let record = ColumnsRecord {
        head: b"{\"record\":\"columns\"".to_vec(),
        columns: vec![b"\"treatment\":\"mask\"}".to_vec(); 2],
    };
    let long = "é".repeat(600);
    let names: [&[u8]; 3] = [b"a\xff", long.as_bytes(), b"not listed"];
    let line = String::from_utf8(record.render("s-1", 1, &names)).unwrap();
    let cut = "\\u00e9".repeat(512);
    assert!(line.starts_with("{\"record\":\"columns\",\"session\":\"s-1\",\"shape\":\"0000"));
    assert!(line.ends_with(&format!(
        "\"columns\":[{{\"name\":\"a\\ufffd\",\"treatment\":\"mask\"}},\
         {{\"name\":\"{cut}\",\"treatment\":\"mask\"}}]"
    )));
}
