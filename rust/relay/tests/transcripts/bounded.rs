//! Results of which a client may get only so many rows.

use scrim_relay::{Naming, RowLimit};

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

fn spec(rows: u64, naming: Vec<(usize, Naming)>) -> DecisionSpec {
    DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        limit: (rows > 0).then(|| RowLimit {
            rows,
            policy: "few".into(),
        }),
        naming,
        ..DecisionSpec::default()
    }
}

fn limited(rows: u64) -> Arc<Decision> {
    Arc::new(Decision::new(spec(rows, Vec::new())))
}

fn named(rows: u64, naming: Naming) -> Arc<Decision> {
    Arc::new(Decision::new(spec(rows, vec![(0, naming)])))
}

fn execute_of(portal: &str, rows: u32) -> Vec<u8> {
    let body = [portal.as_bytes(), &[0], &rows.to_be_bytes()].concat();
    message(b'E', &body)
}

fn expanded(sql: &str, rows: u32) -> Vec<u8> {
    [
        parse("", sql),
        bind("", ""),
        describe('P', ""),
        execute_of("", rows),
    ]
    .concat()
}

fn poison() -> Vec<u8> {
    parse("\x01scrim", "scrim: refused by the gateway")
}

fn flush() -> Vec<u8> {
    message(b'H', b"")
}

fn rows(count: usize) -> Vec<u8> {
    row(&[Some("1"), Some(SECRET)]).repeat(count)
}

fn masked(count: usize) -> Vec<u8> {
    row(&[Some("1"), Some("[redacted]")]).repeat(count)
}

fn answer(count: usize, end: &[u8]) -> Vec<u8> {
    [
        &message(b'1', b""),
        &message(b'2', b""),
        &fields(),
        &rows(count),
        end,
    ]
    .concat()
}

const REFUSED: &str = "the policy \"few\" lets at most 2 rows of a result through";

#[test]
fn a_simple_query_within_its_limit_is_answered_as_without_one() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let sql = "select id, email from t";
        let sent = bench.client(&query(sql), piece, |_| limited(2));
        assert_eq!(sent, [expanded(sql, 3), flush()].concat());
        let seen = bench.server(&answer(2, &complete("SELECT 2")), piece);
        assert_eq!(seen, [fields(), masked(2), complete("SELECT 2")].concat());
        assert_eq!(bench.resume(), [sync(), flush()].concat());
        assert_eq!(bench.server(&ready('I'), piece), ready('I'));
        assert!(bench.relay.quiet());
    });
}

#[test]
fn the_row_after_the_last_one_is_an_error_and_the_server_fails_too() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("update t set a = 1 returning *"), piece, |_| {
            limited(2)
        });
        let seen = bench.server(&answer(3, &message(b's', b"")), piece);
        let good = [fields(), masked(2)].concat();
        assert!(seen.starts_with(&good));
        assert!(contains(&seen, REFUSED) && contains(&seen, "C54000"));
        assert_eq!(seen[good.len()], b'E');
        assert!(!bench.relay.quiet(), "the server has not failed yet");
        assert_eq!(bench.resume(), [poison(), sync(), flush()].concat());
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert_eq!(seen, ready('I'));
        assert!(bench.relay.quiet());
        let operations = bench.relay.take_statistics().operations;
        assert_eq!(
            operations
                .iter()
                .map(|(_, tally)| tally.failed)
                .sum::<u64>(),
            1
        );
    });
}

#[test]
fn what_follows_in_a_pipeline_is_skipped() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let pipeline = [
            parse("", "select * from t"),
            bind("", ""),
            execute(""),
            parse("", "insert into t values (1)"),
            bind("", ""),
            execute(""),
            sync(),
        ]
        .concat();
        let sent = bench.client(&pipeline, piece, |sql| {
            limited(if sql.starts_with(b"select") { 2 } else { 0 })
        });
        assert!(!contains(&sent, "insert"));
        let seen = bench.server(&answer(9, &complete("SELECT 9")), piece);
        assert!(contains(&seen, REFUSED) && !contains(&seen, "SELECT 9"));
        let mut rest = bench.resume();
        rest.extend(bench.client(b"", 1, |_| limited(0)));
        assert_eq!(rest, [poison(), sync()].concat());
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert_eq!(seen, ready('I'));
    });
}

#[test]
fn an_error_of_the_server_after_too_many_rows_is_not_told_twice() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("select * from t"), piece, |_| limited(2));
        let seen = bench.server(&answer(3, &error()), piece);
        assert!(contains(&seen, REFUSED) && !contains(&seen, "scrubbed"));
        assert_eq!(bench.resume(), [sync(), flush()].concat());
        assert_eq!(bench.server(&ready('E'), piece), ready('E'));
    });
}

#[test]
fn a_portal_counts_all_its_parts() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let begin = [parse("", "select * from t"), bind("p", "")].concat();
        bench.client(&[begin, execute_of("p", 1)].concat(), piece, |_| limited(2));
        bench.server(&answer(1, &message(b's', b"")), piece);
        bench.resume();
        let sent = bench.client(&execute_of("p", 50), piece, |_| limited(2));
        assert_eq!(sent, [execute_of("p", 2), flush()].concat());
        let seen = bench.server(&[rows(2), message(b's', b"")].concat(), piece);
        assert!(seen.starts_with(&masked(1)) && contains(&seen, REFUSED));
    });
}

#[test]
fn a_cursor_counts_over_all_that_is_fetched_of_it() {
    let decide = |sql: &[u8]| {
        if sql.starts_with(b"fetch") {
            named(0, Naming::Fetches(b"c"[..].into()))
        } else {
            named(2, Naming::Declares(b"c"[..].into()))
        }
    };
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("declare c cursor for select 1"), piece, decide);
        let done = [message(b'1', b""), message(b'2', b""), message(b'n', b"")].concat();
        let seen = bench.server(&[done, complete("DECLARE CURSOR")].concat(), piece);
        assert_eq!(seen, complete("DECLARE CURSOR"));
        bench.resume();
        bench.server(&ready('T'), piece);
        let mut refused = Vec::new();
        for _ in 0..3 {
            bench.client(&query("fetch 1 from c"), piece, decide);
            let seen = bench.server(&answer(1, &complete("FETCH 1")), piece);
            refused.push(contains(&seen, REFUSED));
            let sent = bench.resume();
            let failed = if contains(&sent, "refused") {
                error()
            } else {
                Vec::new()
            };
            bench.server(&[failed, ready('T')].concat(), piece);
        }
        assert_eq!(refused, [false, false, true]);
    });
}

#[test]
fn a_cursor_of_unknown_origin_has_the_smallest_limit() {
    let mut bench = Bench::new();
    bench.client(&query("select * from t"), 1000, |_| limited(2));
    bench.server(&answer(0, &complete("SELECT 0")), 1000);
    bench.resume();
    bench.server(&ready('I'), 1000);
    bench.client(&query("fetch all from x"), 1000, |_| {
        named(0, Naming::Fetches(b"x"[..].into()))
    });
    let seen = bench.server(&answer(3, &complete("FETCH 3")), 1000);
    assert!(contains(&seen, REFUSED));
}

#[test]
fn a_prepared_statement_has_its_limit_at_each_execution() {
    let mut bench = Bench::new();
    let decide = |sql: &[u8]| {
        if sql.starts_with(b"execute") {
            named(0, Naming::Executes(b"p"[..].into()))
        } else {
            named(2, Naming::Prepares(b"p"[..].into()))
        }
    };
    bench.client(&query("prepare p as select 1"), 1000, decide);
    let done = [message(b'1', b""), message(b'2', b""), message(b'n', b"")].concat();
    bench.server(&[done, complete("PREPARE")].concat(), 1000);
    bench.resume();
    bench.server(&ready('I'), 1000);
    for count in [2, 2, 3] {
        bench.client(&query("execute p"), 1000, decide);
        let seen = bench.server(&answer(count, &complete("SELECT")), 1000);
        assert_eq!(contains(&seen, REFUSED), count == 3);
        bench.resume();
        bench.server(&ready('I'), 1000);
    }
}

#[test]
fn statements_of_one_string_are_sent_one_by_one() {
    let mut bench = Bench::new();
    let sql = "insert into t values (1); select * from t; commit";
    let decide = |sql: &[u8]| limited(if contains(sql, "select") { 2 } else { 0 });
    let sent = bench.client(&query(sql), 1000, decide);
    let insert = expanded("insert into t values (1)", 0);
    assert_eq!(
        sent,
        [insert, expanded("select * from t", 3), flush()].concat()
    );
    let done = [message(b'1', b""), message(b'2', b""), message(b'n', b"")].concat();
    let seen = bench.server(
        &[done, complete("INSERT 0 1"), answer(3, &message(b's', b""))].concat(),
        1000,
    );
    assert!(seen.starts_with(&complete("INSERT 0 1")) && contains(&seen, REFUSED));
    assert_eq!(bench.resume(), [poison(), sync(), flush()].concat());
}

#[test]
fn a_copy_beside_limited_statements_is_refused_and_recorded() {
    let mut bench = Bench::new();
    let sent = bench.client(&query("select * from t; copy t to stdout"), 1000, |_| {
        limited(2)
    });
    assert!(!contains(&sent, "copy t"));
    assert!(bench.log().contains("intent"));
    let seen = bench.server(&[error(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "COPY stands beside"));
    assert!(bench.relay.quiet());
}

#[test]
fn what_is_not_committed_is_not_quiet() {
    let mut bench = Bench::new();
    let pipeline = [parse("", "select * from t"), bind("", ""), execute("")].concat();
    bench.client(&pipeline, 1000, |_| limited(2));
    bench.server(&answer(1, &complete("SELECT 1")), 1000);
    bench.resume();
    assert!(!bench.relay.quiet() && !bench.relay.settles());
    bench.client(&sync(), 1000, |_| limited(2));
    bench.server(&ready('I'), 1000);
    assert!(bench.relay.quiet() && bench.relay.settles());
}

#[test]
fn copy_out_ends_after_its_limit() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("copy t to stdout"), piece, |_| {
            Arc::new(Decision::new(DecisionSpec {
                copies: vec![(0, CopyOptions::default(), masking_plan())],
                ..spec(2, Vec::new())
            }))
        });
        let head = [message(b'1', b""), message(b'2', b""), message(b'n', b"")].concat();
        let line = message(b'd', b"1\tada@example.org\n");
        let body = [
            head,
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            line.repeat(4),
            message(b'c', b""),
            complete("COPY 4"),
        ]
        .concat();
        let seen = bench.server(&body, piece);
        let good = [
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            message(b'd', b"1\t[redacted]\n").repeat(2),
        ]
        .concat();
        assert!(seen.starts_with(&good) && contains(&seen, REFUSED));
        assert!(!contains(&seen, "COPY 4"));
        assert_eq!(bench.resume(), [poison(), sync(), flush()].concat());
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert_eq!(seen, ready('I'));
    });
}
