//! COPY in both directions.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

#[test]
fn copy_out_without_a_decision_ends_the_session() {
    let mut bench = Bench::new();
    bench.client(&query("copy t to stdout"), 1000, |_| decision(false, None));
    let seen = bench.server(
        &[
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            message(b'd', SECRET.as_bytes()),
        ]
        .concat(),
        1000,
    );
    assert!(!contains(&seen, SECRET) && contains(&seen, "FATAL"));
}

#[test]
fn copy_out_is_masked_also_where_rows_span_messages() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("copy t to stdout"), piece, |_| {
            Arc::new(Decision::new(DecisionSpec {
                intent: b"{\"a\":1".to_vec(),
                copies: vec![(0, CopyOptions::default(), masking_plan())],
                ..DecisionSpec::default()
            }))
        });
        let answer = [
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            message(b'd', b"1\tada@exa"),
            message(b'd', b"mple.org\n2\t\\N\n3"),
            message(b'd', b"\tlast@example.org"),
            message(b'c', b""),
            complete("COPY 3"),
            ready('I'),
        ]
        .concat();
        let seen = bench.server(&answer, piece);
        let expected = [
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            message(b'd', b"1\t[redacted]\n2\t\\N\n"),
            message(b'd', b"3\t[redacted]"),
            message(b'c', b""),
            complete("COPY 3"),
            ready('I'),
        ]
        .concat();
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_sync_sent_before_copy_data_is_not_waited_for() {
    let mut bench = Bench::with(true, Limits::default());
    let pipeline = [
        parse("", "copy t from stdin"),
        bind("", ""),
        execute(""),
        sync(),
    ]
    .concat();
    bench.client(&pipeline, 1000, |_| decision(true, None));
    bench.server(
        &[
            message(b'1', b""),
            message(b'2', b""),
            message(b'G', &[0, 0, 1, 0, 0]),
        ]
        .concat(),
        1000,
    );
    bench.client(
        &[message(b'd', b"1\n"), message(b'c', b""), sync()].concat(),
        1000,
        |_| decision(true, None),
    );
    bench.server(&[complete("COPY 1"), ready('I')].concat(), 1000);
    assert!(bench.relay.quiet());
}
