//! What breaks the protocol or a bound ends the session.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

#[test]
fn rows_without_a_description_end_the_session() {
    let mut bench = Bench::new();
    bench.client(&query("select 1"), 1000, |_| decision(false, None));
    let seen = bench.server(&row(&[Some("1"), Some(SECRET)]), 1000);
    assert!(!contains(&seen, SECRET) && contains(&seen, "FATAL"));
    assert!(bench.relay.closed());
}

#[test]
fn rows_with_another_number_of_columns_end_the_session() {
    let mut bench = Bench::new();
    bench.client(&query("select 1"), 1000, |_| decision(false, None));
    let seen = bench.server(
        &[fields(), row(&[Some("1"), Some("2"), Some(SECRET)])].concat(),
        1000,
    );
    assert!(!contains(&seen, SECRET) && contains(&seen, "FATAL"));
}

#[test]
fn a_function_call_is_refused() {
    let mut bench = Bench::new();
    let sent = bench.client(&message(b'F', &[0; 10]), 1000, |_| decision(false, None));
    assert_eq!(sent[0], b'Q');
    let seen = bench.server(&[error(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "0A000"));
}

#[test]
fn rows_longer_than_the_bound_end_the_session_when_they_would_be_masked() {
    let limits = Limits {
        row_bytes: 64,
        ..Limits::default()
    };
    let long = "x".repeat(100);
    let answer = [fields(), row(&[Some("1"), Some(&long)])].concat();
    in_pieces(|piece| {
        let mut bench = Bench::with(false, limits);
        bench.client(&query("select 1"), 1000, |_| decision(false, None));
        let seen = bench.server(&answer, piece);
        assert!(contains(&seen, "54000") && !contains(&seen, "xxx"));
        let mut raw = Bench::with(true, limits);
        raw.client(&query("select 1"), 1000, |_| decision(true, None));
        assert_eq!(raw.server(&answer, piece), answer);
    });
}

#[test]
fn impossible_lengths_end_the_session() {
    for length in [-1_i32, 0, 3, i32::MIN] {
        let mut bench = Bench::new();
        let data = [&b"Q"[..], &length.to_be_bytes()].concat();
        bench.client(&data, 1000, |_| decision(false, None));
        assert!(bench.relay.closed());
        assert!(contains(&bench.relay.take_farewell(), "08P01"));
    }
}

#[test]
fn statements_longer_than_the_bound_are_refused_and_the_session_goes_on() {
    let limits = Limits {
        statement_bytes: 64,
        ..Limits::default()
    };
    let long = "x".repeat(5000);
    in_pieces(|piece| {
        let mut bench = Bench::with(false, limits);
        let sent = bench.client(&[query(&long), query("select 1")].concat(), piece, |_| {
            decision(false, None)
        });
        assert!(!contains(&sent, "xxx") && contains(&sent, "select 1"));
        let answers = [
            error(),
            ready('I'),
            fields(),
            complete("SELECT 1"),
            ready('I'),
        ]
        .concat();
        let seen = bench.server(&answers, piece);
        assert!(contains(&seen, "54000") && !contains(&seen, "FATAL"));
        assert!(!bench.relay.closed());
    });
}
