//! COPY data of the client, whose values are turned back on their way to the server.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;
use scrim_mask::{CellMask, Format, OperatorSpec, Outcome, TypeSpec};
use scrim_relay::{Fill, Role, Turning};

const RAW: &str = "A-12345";
const RULE: &str =
    r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"digits"},"domain":"d"}"#;
const TEXT: &str = r#"{"format":"text","delimiter":9,"null":"\\N","default":null,"quote":34,
    "escape":34,"header":false,"columns":[
    {"name":"id","force_not_null":false,"force_null":false},
    {"name":"phone","force_not_null":false,"force_null":false}]}"#;

fn shown() -> String {
    let type_: TypeSpec = serde_json::from_str(r#"{"kind":"text"}"#).unwrap();
    let mask = CellMask::compile(&type_, &OperatorSpec::Digits {}, "d", masker().keys()).unwrap();
    let mut out = Vec::new();
    assert_eq!(
        mask.mask(Format::Text, RAW.as_bytes(), &mut out),
        Outcome::Value
    );
    String::from_utf8(out).unwrap()
}

/// A COPY of two columns, of which the second is turned back; others are left alone.
fn filling(sql: &[u8]) -> Arc<Decision> {
    let turning = Turning::compile(RULE, 25, Role::Inserted, masker().keys())
        .unwrap()
        .unwrap();
    let options = serde_json::from_str(TEXT).unwrap();
    let fill = Arc::new(Fill::new(options, vec![None, Some(Arc::new(turning))]).unwrap());
    let fills = match sql {
        b"copy t from stdin" => vec![(0, fill)],
        b"begin; copy t from stdin" => vec![(1, fill)],
        _ => vec![],
    };
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        fills,
        ..DecisionSpec::default()
    }))
}

/// What the server answers when it wants the data of two columns as text.
fn wanted() -> Vec<u8> {
    message(b'G', &[0, 0, 2, 0, 0, 0, 0])
}

fn cancelled() -> Vec<u8> {
    message(b'E', b"SERROR\0C57014\0MCOPY from stdin failed\0\0")
}

fn data(text: &str) -> Vec<u8> {
    message(b'd', text.as_bytes())
}

/// The payloads of all CopyData messages, and the types of all messages.
fn sent(mut bytes: &[u8]) -> (String, String) {
    let (mut payload, mut kinds) = (Vec::new(), String::new());
    while let Some((&kind, rest)) = bytes.split_first() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        if kind == b'd' {
            payload.extend_from_slice(&rest[4..length]);
        } else {
            kinds.push(char::from(kind));
        }
        bytes = &rest[length..];
    }
    (String::from_utf8(payload).unwrap(), kinds)
}

fn started(piece: usize) -> Bench {
    let mut bench = Bench::new();
    bench.client(&query("copy t from stdin"), piece, filling);
    assert_eq!(bench.server(&wanted(), piece), wanted());
    bench
}

#[test]
fn values_are_turned_back_also_where_they_span_messages() {
    in_pieces(|piece| {
        let mut bench = started(piece);
        let shown = shown();
        let (head, tail) = shown.split_at(3);
        let given = [
            data(&format!("1\t{shown}\n2\t{head}")),
            data(""),
            data(&format!("{tail}\n3\t\\N\n4\t{shown}")),
            message(b'c', b""),
            query("select 1"),
        ]
        .concat();
        let found = bench.client(&given, piece, filling);
        let expected = format!("1\t{RAW}\n2\t{RAW}\n3\t\\N\n4\t{RAW}\n");
        assert_eq!(sent(&found), (expected, "cQ".to_owned()));
        let answer = [
            complete("COPY 4"),
            ready('I'),
            complete("SELECT 1"),
            ready('I'),
        ]
        .concat();
        assert_eq!(bench.server(&answer, piece), answer);
        assert!(bench.relay.quiet());
        assert!(!contains(bench.log().as_bytes(), RAW));
    });
}

#[test]
fn data_waits_until_the_server_has_said_what_it_is_for() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let given = [
            query("begin; copy t from stdin"),
            data(&format!("1\t{}\n", shown())),
            message(b'c', b""),
        ]
        .concat();
        let mut found = bench.client(&given, piece, filling);
        assert_eq!(sent(&found), (String::new(), "QH".to_owned()));
        bench.server(&[complete("BEGIN"), wanted()].concat(), piece);
        found = bench.resume();
        assert_eq!(sent(&found), (format!("1\t{RAW}\n"), "c".to_owned()));
        bench.server(&[complete("COPY 1"), ready('T')].concat(), piece);
        assert!(bench.relay.quiet());
    });
}

#[test]
fn data_for_a_copy_that_failed_goes_on_and_is_nobodys() {
    let mut bench = Bench::new();
    let given = [query("copy t from stdin"), data("1\tx\n")].concat();
    bench.client(&given, 1000, filling);
    bench.server(&[error(), ready('I')].concat(), 1000);
    assert_eq!(sent(&bench.resume()).0, "1\tx\n");
    assert!(bench.relay.quiet());
}

#[test]
fn a_row_that_does_not_fit_ends_the_copy_and_nothing_else() {
    in_pieces(|piece| {
        let mut bench = started(piece);
        let given = [
            data("1\tx\n2\tsecret\textra\n3\ty\n"),
            data("4\tz\n"),
            message(b'c', b""),
            query("copy t from stdin"),
            data(&format!("1\t{}\n", shown())),
            message(b'c', b""),
        ]
        .concat();
        let found = bench.client(&given, piece, filling);
        let (_, kinds) = sent(&found);
        assert_eq!(kinds, "fQH");
        let seen = bench.server(&[cancelled(), ready('I')].concat(), piece);
        assert!(contains(
            &seen,
            "row 2 of the COPY data: it has more values"
        ));
        assert!(contains(&seen, "C22P04") && !contains(&seen, "secret"));
        bench.server(&wanted(), piece);
        let found = bench.resume();
        assert_eq!(sent(&found), (format!("1\t{RAW}\n"), "c".to_owned()));
        bench.server(&[complete("COPY 1"), ready('I')].concat(), piece);
        assert!(bench.relay.quiet());
        // Outcomes are written with what follows them.
        bench.client(&query("select 1"), piece, filling);
        let log = bench.log();
        assert!(log.contains("22P04") && !log.contains("secret"));
    });
}

#[test]
fn a_failed_copy_of_the_extended_protocol_is_skipped_to_its_sync() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let given = [
            parse("", "copy t from stdin"),
            bind("", ""),
            execute(""),
            message(b'H', b""),
        ]
        .concat();
        bench.client(&given, piece, filling);
        let answer = [
            message(b'1', b""),
            message(b'2', b""),
            message(b'n', b""),
            wanted(),
        ]
        .concat();
        bench.server(&answer, piece);
        let given = [data("1\n2\tx\n"), message(b'c', b""), sync()].concat();
        let (_, kinds) = sent(&bench.client(&given, piece, filling));
        assert_eq!(kinds, "fS");
        let seen = bench.server(&[cancelled(), ready('I')].concat(), piece);
        assert!(contains(
            &seen,
            "row 1 of the COPY data has no value for column \"phone\""
        ));
        assert!(bench.relay.quiet());
        let given = query("select 1");
        assert_eq!(bench.client(&given, piece, filling), given);
    });
}

#[test]
fn an_error_of_the_server_is_its_own() {
    in_pieces(|piece| {
        let mut bench = started(piece);
        let (payload, _) = sent(&bench.client(&data("1\t\\N\n"), piece, filling));
        assert_eq!(payload, "1\t\\N\n");
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert!(contains(&seen, "scrubbed") && !contains(&seen, "COPY data"));
        // The client has not noticed yet.
        let late = [data("2\ty"), message(b'c', b"")].concat();
        assert_eq!(bench.client(&late, piece, filling), late);
        assert!(bench.relay.quiet());
    });
}

#[test]
fn an_error_in_the_middle_of_a_message_loses_nothing_that_follows() {
    let mut bench = started(1000);
    let given = [data("1\t\\N\n2\ty\n"), query("select 1")].concat();
    let (head, tail) = given.split_at(11);
    assert_eq!(sent(&bench.client(head, 1000, filling)).0, "1\t\\N\n");
    bench.server(&[error(), ready('I')].concat(), 1000);
    assert_eq!(bench.client(tail, 1000, filling), query("select 1"));
}

#[test]
fn a_client_that_gives_up_is_believed() {
    let mut bench = started(1000);
    let given = [data("1\tx"), message(b'f', b"no\0")].concat();
    assert_eq!(
        sent(&bench.client(&given, 1000, filling)),
        (String::new(), "f".to_owned())
    );
    let seen = bench.server(&[cancelled(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "scrubbed"));
    assert!(bench.relay.quiet());
}

#[test]
fn a_table_that_has_another_column_now_gets_nothing() {
    let mut bench = Bench::new();
    bench.client(&query("copy t from stdin"), 1000, filling);
    bench.server(&message(b'G', &[0, 0, 3, 0, 0, 0, 0, 0, 0]), 1000);
    let (payload, kinds) = sent(&bench.client(&data("1\tx\ty\n"), 1000, filling));
    assert_eq!((payload.as_str(), kinds.as_str()), ("", "f"));
    let seen = bench.server(&[cancelled(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "the table has changed"));
}

#[test]
fn rows_are_bounded() {
    let limits = Limits {
        row_bytes: 100,
        ..Limits::default()
    };
    let mut bench = Bench::with(false, limits);
    bench.client(&query("copy t from stdin"), 1000, filling);
    bench.server(&wanted(), 1000);
    let (_, kinds) = sent(&bench.client(&data(&"x".repeat(101)), 1000, filling));
    assert_eq!(kinds, "f");
    let seen = bench.server(&[cancelled(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "C54000") && contains(&seen, "row 1"));
}

#[test]
fn data_of_other_copies_is_not_looked_at() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("copy u from stdin"), piece, filling);
        bench.server(&wanted(), piece);
        let given = [data(&shown()), message(b'c', b"")].concat();
        assert_eq!(bench.client(&given, piece, filling), given);
    });
}
