//! Statements that were prepared before the policies or the catalog changed.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;
use std::sync::Mutex;

/// A session with a statement that was decided once, and then moved to other shapes.
fn moved(raw: bool, until: &[Vec<u8>], answer: &[Vec<u8>]) -> Bench {
    let mut bench = Bench::with(raw, Limits::default());
    bench.client(&until.concat(), 1000, |_| decision(raw, None));
    bench.server(&answer.concat(), 1000);
    let other = Arc::new(Mutex::new(Shapes::new(100)));
    bench.relay.set_shapes(other, false);
    bench
}

fn prepared(raw: bool) -> Bench {
    moved(
        raw,
        &[parse("s", "select id, email from t"), sync()],
        &[message(b'1', b""), ready('I')],
    )
}

fn result() -> Vec<u8> {
    [
        message(b'2', b""),
        fields(),
        row(&[Some("1"), Some(SECRET)]),
        complete("SELECT 1"),
        ready('I'),
    ]
    .concat()
}

#[test]
fn a_statement_that_was_prepared_with_raw_access_is_masked_without_it() {
    in_pieces(|piece| {
        let mut bench = prepared(true);
        let pipeline = [bind("", "s"), execute(""), sync()].concat();
        let sent = bench.client(&pipeline, piece, |sql| {
            assert_eq!(sql, b"select id, email from t");
            decision(false, None)
        });
        let expected = [bind("", "s"), describe('P', ""), execute(""), sync()].concat();
        assert_eq!(sent, expected);
        let seen = bench.server(&result(), piece);
        assert!(contains(&seen, "[redacted]") && !contains(&seen, SECRET));
    });
}

#[test]
fn a_prepared_statement_that_is_forbidden_by_now_is_refused_and_recorded() {
    let mut bench = prepared(false);
    for _ in 0..2 {
        let pipeline = [bind("", "s"), execute(""), sync()].concat();
        let sent = bench.client(&pipeline, 1000, |_| decision(false, Some("not any more")));
        assert!(!sent.windows(1).any(|kind| kind == b"B"));
        let seen = bench.server(&[error(), ready('I')].concat(), 1000);
        assert!(contains(&seen, "not any more"));
    }
    assert_eq!(bench.log().matches(r#""phase":"parse""#).count(), 3);
}

#[test]
fn a_portal_that_is_open_is_decided_anew_too() {
    let mut bench = moved(
        true,
        &[
            parse("s", "select id, email from t"),
            bind("p", "s"),
            message(b'H', b""),
        ],
        &[message(b'1', b""), message(b'2', b"")],
    );
    let sent = bench.client(&[execute("p"), sync()].concat(), 1000, |_| {
        decision(false, None)
    });
    assert_eq!(sent, [describe('P', "p"), execute("p"), sync()].concat());
    let answer = [
        fields(),
        row(&[Some("1"), Some(SECRET)]),
        complete("SELECT 1"),
        ready('I'),
    ];
    let seen = bench.server(&answer.concat(), 1000);
    assert!(contains(&seen, "[redacted]") && !contains(&seen, SECRET));
}

#[test]
fn what_is_under_way_is_waited_for() {
    let mut bench = moved(false, &[parse("", "select id, email from t")], &[]);
    let rest = [bind("", ""), execute(""), sync()].concat();
    let sent = bench.client(&rest, 1000, |_| decision(false, None));
    assert_eq!(sent, message(b'H', b""));
    bench.server(&message(b'1', b""), 1000);
    assert!(bench.resume().is_empty());
    assert!(matches!(
        bench.relay.client_need(),
        Some(ClientNeed::Statement { .. })
    ));
    bench.relay.decide(decision(false, None), false);
    let expected = [bind("", ""), describe('P', ""), execute(""), sync()].concat();
    assert_eq!(bench.resume(), expected);
    let seen = bench.server(&result(), 1000);
    assert!(contains(&seen, "[redacted]") && !contains(&seen, SECRET));
}
