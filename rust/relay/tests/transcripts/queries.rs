//! Simple queries, and the record of a statement.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

#[test]
fn a_simple_query_is_forwarded_unchanged_and_its_rows_are_masked() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let sent = bench.client(&query("select id, email from t"), piece, |_| {
            decision(false, None)
        });
        assert_eq!(sent, query("select id, email from t"));
        let answer = [
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            row(&[Some("2"), None]),
            complete("SELECT 2"),
            ready('I'),
        ]
        .concat();
        let seen = bench.server(&answer, piece);
        let expected = [
            fields(),
            row(&[Some("1"), Some("[redacted]")]),
            row(&[Some("2"), None]),
            complete("SELECT 2"),
            ready('I'),
        ]
        .concat();
        assert_eq!(seen, expected);
        assert!(bench.relay.quiet());
    });
}

#[test]
fn the_record_is_written_before_the_statement_goes_on() {
    let mut bench = Bench::new();
    bench.client(&query("select 1"), 1000, |_| decision(false, None));
    let log = bench.log();
    assert!(
        log.starts_with(r#"{"record":"intent","phase":"query","session":"session-1""#),
        "{log}"
    );
    bench.server(&[complete("SELECT 0"), ready('I')].concat(), 1000);
    drop(std::mem::replace(
        &mut bench.relay,
        relay(false, Limits::default(), full_disk()),
    ));
}

#[test]
fn a_statement_whose_record_cannot_be_written_is_refused() {
    let mut relay = relay(false, Limits::default(), full_disk());
    relay.client(&query("select 1"));
    relay.decide(decision(false, None), false);
    let sent = match relay.client(b"") {
        Output::Bytes(bytes) => bytes,
        other => panic!("{other:?}"),
    };
    assert!(!contains(&sent, "select 1"));
}

#[test]
fn a_refused_query_never_reaches_the_server_and_gets_our_error() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let sent = bench.client(&query("do $$ x $$"), piece, |_| {
            decision(false, Some("refused here"))
        });
        assert!(!contains(&sent, "do $$"));
        assert_eq!(sent[0], b'Q');
        let seen = bench.server(&[error(), ready('E')].concat(), piece);
        assert!(contains(&seen, "refused here") && contains(&seen, "42501"));
        assert!(!contains(&seen, "syntax error"));
        assert_eq!(bench.relay.status(), b'E');
    });
}

#[test]
fn errors_are_replaced_by_their_scrubbed_text() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("select x"), piece, |_| decision(false, None));
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert!(contains(&seen, "scrubbed") && !contains(&seen, "raw@secret"));
    });
}

#[test]
fn raw_sessions_get_every_byte_unchanged() {
    in_pieces(|piece| {
        let mut bench = Bench::with(true, Limits::default());
        bench.client(&query("select id, email from t"), piece, |_| {
            decision(true, None)
        });
        let answer = [
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            error(),
            ready('I'),
        ]
        .concat();
        assert_eq!(bench.server(&answer, piece), answer);
    });
}
