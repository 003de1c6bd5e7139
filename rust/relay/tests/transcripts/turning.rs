//! Masked values in statements and parameters, on their way to the server.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;
use scrim_mask::{CellMask, Format, OperatorSpec, Outcome, TypeSpec};
use scrim_relay::{Role, Ruling, TurnSpec, Turning};
use std::sync::Mutex;

const RAW: &str = "A-12345";
const RULE: &str =
    r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"digits"},"domain":"d"}"#;

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

fn spec() -> DecisionSpec {
    DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        ..DecisionSpec::default()
    }
}

/// A ruling for statements whose first comparison is with a masked column.
fn ruling() -> Arc<Ruling> {
    let turning = Turning::compile(RULE, 25, Role::Compared, masker().keys())
        .unwrap()
        .unwrap();
    let spec = DecisionSpec {
        turns: vec![TurnSpec {
            statement: 0,
            depth: 0,
            number: 0,
            turning: Arc::new(turning),
        }],
        ..spec()
    };
    Arc::new(Ruling::new(spec, br#""raw":false"#.to_vec(), None))
}

fn plain() -> Arc<Ruling> {
    Arc::new(Ruling::new(spec(), br#""raw":false"#.to_vec(), None))
}

/// Feeds the client's bytes in pieces; every statement gets the ruling.
fn client(bench: &mut Bench, data: &[u8], piece: usize, ruling: &Arc<Ruling>) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in data.chunks(piece) {
        collect(&mut out, bench.relay.client(chunk), chunk);
        while let Some(ClientNeed::Statement { .. }) = bench.relay.client_need() {
            bench.relay.rule(ruling, true);
            collect(&mut out, bench.relay.client(b""), b"");
        }
    }
    out
}

fn bound(value: &str) -> Vec<u8> {
    let mut body = b"\0s\0\0\0\0\x01".to_vec();
    body.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
    body.extend_from_slice(value.as_bytes());
    body.extend_from_slice(b"\0\x01\0\x01");
    message(b'B', &body)
}

fn sql(value: &str) -> String {
    format!("select 'a' from t where a in ('{value}') and b > 1")
}

#[test]
fn a_query_is_sent_with_what_its_values_stand_for() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        for _ in 0..2 {
            let sent = client(&mut bench, &query(&sql(&shown())), piece, &ruling());
            assert_eq!(sent, query(&sql(RAW)));
            bench.server(&[complete("SELECT 0"), ready('I')].concat(), piece);
        }
        assert!(!contains(bench.log().as_bytes(), RAW));
    });
}

#[test]
fn a_prepared_statement_is_sent_with_what_its_values_and_parameters_stand_for() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let given = [parse("s", &sql(&shown())), sync()].concat();
        let sent = client(&mut bench, &given, piece, &ruling());
        assert_eq!(sent, [parse("s", &sql(RAW)), sync()].concat());
    });
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let prepared = parse("s", "select 1 from t where a = $1");
        let given = [prepared.clone(), bound(&shown()), sync()].concat();
        let sent = client(&mut bench, &given, piece, &ruling());
        assert_eq!(sent, [prepared, bound(RAW), sync()].concat());
    });
}

#[test]
fn what_has_nothing_to_be_turned_back_is_not_copied() {
    let mut bench = Bench::new();
    let given = [parse("s", &sql("x")), bound("x"), sync()].concat();
    client(&mut bench, &given, given.len(), &plain());
    bench.server(
        &[message(b'1', b""), message(b'2', b""), ready('I')].concat(),
        1000,
    );
    let again = [bound("x"), sync()].concat();
    assert_eq!(bench.relay.client(&again), Output::Same);
}

#[test]
fn a_value_that_cannot_be_read_refuses_the_statement_and_nothing_else() {
    let mut bench = Bench::new();
    let strange = query("select from t where a = U&'x'");
    let sent = client(&mut bench, &strange, 1000, &ruling());
    assert!(contains(&sent, "refused by the gateway") && !contains(&sent, "U&"));
    let seen = bench.server(&[error(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "cannot be read"));
    let sent = client(&mut bench, &query("select 1"), 1000, &plain());
    assert_eq!(sent, query("select 1"));
}

#[test]
fn a_statement_that_was_prepared_with_other_values_is_to_be_prepared_again() {
    let mut bench = Bench::new();
    let given = [parse("s", &sql(RAW)), sync()].concat();
    assert_eq!(client(&mut bench, &given, 1000, &plain()), given);
    bench.server(&[message(b'1', b""), ready('I')].concat(), 1000);
    bench
        .relay
        .set_shapes(Arc::new(Mutex::new(Shapes::new(100))), false);
    let given = [bind("", "s"), execute(""), sync()].concat();
    let sent = client(&mut bench, &given, 1000, &ruling());
    assert!(!contains(&sent, "s\0\0\0"));
    let seen = bench.server(&[error(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "under other policies"));
}
