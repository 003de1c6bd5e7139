//! The extended protocol: statements, portals, errors in pipelines.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

#[test]
fn a_statement_that_the_client_does_not_describe_is_described_by_the_relay() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let pipeline = [
            parse("s", "select id, email from t"),
            bind("", "s"),
            execute(""),
            sync(),
        ]
        .concat();
        let sent = bench.client(&pipeline, piece, |_| decision(false, None));
        let expected = [
            parse("s", "select id, email from t"),
            bind("", "s"),
            describe('P', ""),
            execute(""),
            sync(),
        ]
        .concat();
        assert_eq!(sent, expected);
        let answer = [
            message(b'1', b""),
            message(b'2', b""),
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            complete("SELECT 1"),
            ready('I'),
        ]
        .concat();
        let seen = bench.server(&answer, piece);
        let expected = [
            message(b'1', b""),
            message(b'2', b""),
            row(&[Some("1"), Some("[redacted]")]),
            complete("SELECT 1"),
            ready('I'),
        ]
        .concat();
        assert_eq!(seen, expected);
    });
}

#[test]
fn an_error_in_a_pipeline_skips_to_sync_and_undoes_what_was_skipped() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let pipeline = [
            parse("a", "select bad"),
            bind("", "a"),
            execute(""),
            parse("b", "select 1"),
            sync(),
        ]
        .concat();
        bench.client(&pipeline, piece, |_| decision(false, None));
        bench.server(&[error(), ready('I')].concat(), piece);
        assert!(bench.relay.quiet());
        // Neither statement exists: a Bind of either is refused without asking the server.
        for name in ["a", "b"] {
            let sent = bench.client(&[bind("", name), sync()].concat(), piece, |_| {
                decision(false, None)
            });
            assert!(!contains(&sent, "B\0"), "{name}");
            let seen = bench.server(&[error(), ready('I')].concat(), piece);
            assert!(contains(&seen, "26000"), "{name}");
        }
    });
}

#[test]
fn a_decision_never_serves_another_statement_than_the_one_it_was_made_for() {
    let mut bench = Bench::new();
    let asked = |bench: &Bench| match bench.relay.client_need() {
        Some(ClientNeed::Statement { sql, .. }) => sql.clone(),
        _ => Vec::new(),
    };
    bench.client(
        &[parse("", "select bad"), bind("", "")].concat(),
        1000,
        |_| decision(false, None),
    );
    // The second one waits for its decision while the server refuses the first, so it is skipped.
    let rest = [parse("", "select 1"), sync(), query("select secret")].concat();
    let mut sent = Vec::new();
    collect(&mut sent, bench.relay.client(&rest), &rest);
    assert_eq!(asked(&bench), b"select 1");
    bench.server(&error(), 1000);
    bench.relay.decide(decision(true, None), false);
    collect(&mut sent, bench.relay.client(b""), b"");
    assert_eq!(asked(&bench), b"select secret");
    assert!(!contains(&sent, "secret"));
}

#[test]
fn a_statement_is_not_replaced_by_one_of_the_same_name_that_the_server_refuses() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&[parse("s", "select 1"), sync()].concat(), piece, |_| {
            decision(false, None)
        });
        bench.server(&[message(b'1', b""), ready('I')].concat(), piece);
        let sent = bench.client(
            &[parse("s", "select 2"), bind("", "s"), sync()].concat(),
            piece,
            |_| decision(true, None),
        );
        // What follows waits for the server's answer.
        assert!(!contains(&sent, "B\0"));
        bench.server(&error(), piece);
        assert_eq!(bench.relay.client_need(), Some(&ClientNeed::Resume));
        // The server skips to Sync, and so does the relay.
        let rest = bench.client(b"", 1, |_| decision(true, None));
        let rest = [rest, bench.resume()].concat();
        assert_eq!(rest, sync());
    });
}

#[test]
fn portals_end_with_their_transaction() {
    let mut bench = Bench::new();
    bench.client(
        &[parse("s", "select 1"), bind("p", "s"), sync()].concat(),
        1000,
        |_| decision(false, None),
    );
    bench.server(
        &[message(b'1', b""), message(b'2', b""), ready('I')].concat(),
        1000,
    );
    let sent = bench.client(&[execute("p"), sync()].concat(), 1000, |_| {
        decision(false, None)
    });
    assert!(!contains(&sent, "E\0\0\0\x0ap"));
}

#[test]
fn closed_statements_can_be_prepared_again_in_one_pipeline() {
    let mut bench = Bench::new();
    bench.client(&[parse("s", "select 1"), sync()].concat(), 1000, |_| {
        decision(false, None)
    });
    bench.server(&[message(b'1', b""), ready('I')].concat(), 1000);
    let pipeline = [close('S', "s"), parse("s", "select 2"), sync()].concat();
    assert_eq!(
        bench.client(&pipeline, 1000, |_| decision(false, None)),
        pipeline
    );
    bench.server(
        &[message(b'3', b""), message(b'1', b""), ready('I')].concat(),
        1000,
    );
    assert!(bench.relay.quiet());
}

#[test]
fn the_probe_is_swallowed_and_answers_the_columns() {
    let mut bench = Bench::new();
    let asked = bench.relay.probe(b"select id, email from t");
    assert_eq!(asked[0], b'P');
    let answer = [
        message(b'1', b""),
        message(b't', &[0, 0]),
        fields(),
        message(b'3', b""),
        ready('I'),
    ]
    .concat();
    let seen = bench.server(&answer, 1000);
    assert!(seen.is_empty());
    assert!(matches!(
        bench.relay.server_need(),
        Some(ServerNeed::Probed { kind: b'T', .. })
    ));
    bench.relay.message(Vec::new());
    assert!(bench.relay.quiet());
}

#[test]
fn two_prepared_statements_of_one_description_keep_their_own_plans() {
    let mut bench = Bench::new();
    let first = [
        parse("a", "select id, email from t"),
        describe('S', "a"),
        sync(),
    ]
    .concat();
    bench.client(&first, 1000, |_| decision(false, None));
    let described = [
        message(b'1', b""),
        message(b't', &[0, 0]),
        fields(),
        ready('I'),
    ]
    .concat();
    bench.server(&described, 1000);
    let second = [
        parse("b", "select id, email from u"),
        describe('S', "b"),
        sync(),
    ]
    .concat();
    bench.client(&second, 1000, |_| decision(false, None));
    bench.server(&described, 1000);
    let run = [
        bind("", "a"),
        execute(""),
        bind("", "b"),
        execute(""),
        sync(),
    ]
    .concat();
    assert_eq!(bench.client(&run, 1000, |_| decision(false, None)), run);
    let rows = [
        message(b'2', b""),
        row(&[Some("1"), Some(SECRET)]),
        complete("SELECT 1"),
        message(b'2', b""),
        row(&[Some("1"), Some(SECRET)]),
        complete("SELECT 1"),
        ready('I'),
    ]
    .concat();
    assert!(!contains(&bench.server(&rows, 1000), SECRET));
}
