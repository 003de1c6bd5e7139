//! Results of which columns and rows are left out.

use scrim_rows::Plan;

#[allow(clippy::wildcard_imports)]
use crate::bench::*;

/// The second column is left out.
fn dropping() -> Arc<Plan> {
    let rules = r#"{"columns":[{"action":"pass"},{"action":"null"}],"dropped":[1]}"#;
    Arc::new(Plan::compile(rules, &masker()).unwrap())
}

/// Rows with a value in the second column are left out.
fn dropping_rows() -> Arc<Plan> {
    let rules = r#"{"columns":[{"action":"pass"},{"action":"null"}],"dropping_rows":[1]}"#;
    Arc::new(Plan::compile(rules, &masker()).unwrap())
}

fn reshaping() -> Arc<Decision> {
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        reshapes: true,
        ..DecisionSpec::default()
    }))
}

fn answer(bench: &mut Bench, data: &[u8], piece: usize, plan: &Arc<Plan>) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in data.chunks(piece) {
        collect(&mut out, bench.relay.server(chunk), chunk);
        while let Some(ServerNeed::Fields { .. }) = bench.relay.server_need() {
            bench.relay.plan(Arc::clone(plan));
            collect(&mut out, bench.relay.server(b""), b"");
        }
    }
    out
}

fn one_field() -> Vec<u8> {
    let facts = [
        0, 0, 64, 0, 0, 1, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0,
    ];
    message(b'T', &[&[0, 1][..], b"id\0", &facts].concat())
}

fn bind_with(codes: &[u8]) -> Vec<u8> {
    let count = u8::try_from(codes.len()).unwrap();
    let codes: Vec<u8> = codes.iter().flat_map(|&code| [0, code]).collect();
    message(b'B', &[&b"\0s\0\0\0\0\0\0"[..], &[count], &codes].concat())
}

fn execute_of(rows: u8) -> Vec<u8> {
    message(b'E', &[0, 0, 0, 0, rows])
}

#[test]
fn a_simple_query_loses_a_column() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("select * from t"), piece, |_| reshaping());
        let body = [
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            row(&[None, None]),
            complete("SELECT 2"),
            ready('I'),
        ]
        .concat();
        let seen = answer(&mut bench, &body, piece, &dropping());
        let expected = [
            one_field(),
            row(&[Some("1")]),
            row(&[None]),
            complete("SELECT 2"),
            ready('I'),
        ]
        .concat();
        assert_eq!(seen, expected);
    });
}

#[test]
fn format_codes_are_about_the_columns_that_the_client_sees() {
    let rules =
        r#"{"columns":[{"action":"null"},{"action":"pass"},{"action":"pass"}],"dropped":[0]}"#;
    let plan = Arc::new(Plan::compile(rules, &masker()).unwrap());
    let mut three = fields();
    three[6] = 3;
    let facts = [
        0, 0, 64, 0, 0, 1, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0,
    ];
    let three = message(b'T', &[&three[5..], b"x\0", &facts].concat());
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let sent = bench.client(
            &[
                parse("s", "select * from t"),
                bind_with(&[1, 0]),
                execute(""),
                sync(),
            ]
            .concat(),
            piece,
            |_| reshaping(),
        );
        // The relay asks which columns there are before it says which formats they have.
        assert!(!contains(&sent, "B\0"));
        let mut rest = Vec::new();
        for part in [message(b'1', b""), message(b't', &[0, 0]), three.clone()] {
            answer(&mut bench, &part, piece, &plan);
            rest.extend(bench.resume());
        }
        let body = [&b"\0s\0\0\0\0\0"[..], &[0, 3, 0, 0, 0, 1, 0, 0]].concat();
        let expected = message(b'B', &body);
        assert!(
            rest.windows(expected.len())
                .any(|window| window == expected),
            "{rest:?}"
        );
    });
}

#[test]
fn other_numbers_of_format_codes_than_of_columns_are_refused() {
    let mut bench = Bench::new();
    bench.client(
        &[parse("s", "select * from t"), describe('S', "s"), sync()].concat(),
        1000,
        |_| reshaping(),
    );
    let body = [
        message(b'1', b""),
        message(b't', &[0, 0]),
        fields(),
        ready('I'),
    ]
    .concat();
    let seen = answer(&mut bench, &body, 1000, &dropping());
    assert!(contains(&seen, "id") && !contains(&seen, "email"));
    let sent = bench.client(&[bind_with(&[0, 1]), sync()].concat(), 1000, |_| {
        reshaping()
    });
    assert!(!contains(&sent, "B\0"));
}

#[test]
fn rows_are_left_out_and_the_tag_says_how_many_were_sent() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("select * from t"), piece, |_| reshaping());
        let body = [
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            row(&[Some("2"), None]),
            row(&[Some("3"), Some("")]),
            complete("SELECT 3"),
            fields(),
            row(&[Some("4"), Some("x")]),
            complete("UPDATE 1"),
            ready('I'),
        ]
        .concat();
        let seen = answer(&mut bench, &body, piece, &dropping_rows());
        let expected = [
            fields(),
            row(&[Some("2"), None]),
            complete("SELECT 1"),
            fields(),
            complete("UPDATE 1"),
            ready('I'),
        ]
        .concat();
        assert_eq!(seen, expected);
    });
}

#[test]
fn a_part_of_a_portal_has_as_many_rows_as_were_asked_for_while_there_are_any() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let pipeline = [
            parse("", "select * from t"),
            bind("", ""),
            execute_of(2),
            sync(),
        ]
        .concat();
        bench.client(&pipeline, piece, |_| reshaping());
        let body = [
            message(b'1', b""),
            message(b'2', b""),
            fields(),
            row(&[Some("1"), Some(SECRET)]),
            row(&[Some("2"), None]),
            message(b's', b""),
        ]
        .concat();
        let seen = answer(&mut bench, &body, piece, &dropping_rows());
        assert!(seen.ends_with(&row(&[Some("2"), None])));
        assert_eq!(bench.resume(), [execute_of(1), message(b'H', b"")].concat());
        let body = [row(&[Some("3"), None]), message(b's', b"")].concat();
        let seen = answer(&mut bench, &body, piece, &dropping_rows());
        assert_eq!(seen, body);
        assert_eq!(bench.resume(), sync());
    });
}

#[test]
fn a_portal_that_ends_while_rows_are_made_up_for_says_how_many_were_sent() {
    let mut bench = Bench::new();
    let pipeline = [
        parse("", "select * from t"),
        bind("", ""),
        execute_of(3),
        sync(),
    ]
    .concat();
    bench.client(&pipeline, 1000, |_| reshaping());
    let body = [
        message(b'1', b""),
        message(b'2', b""),
        fields(),
        row(&[Some("1"), Some(SECRET)]),
        row(&[Some("2"), None]),
        row(&[Some("3"), None]),
        message(b's', b""),
    ]
    .concat();
    answer(&mut bench, &body, 1000, &dropping_rows());
    assert_eq!(bench.resume(), [execute_of(1), message(b'H', b"")].concat());
    let seen = answer(&mut bench, &complete("SELECT 0"), 1000, &dropping_rows());
    assert_eq!(seen, complete("SELECT 2"));
    assert_eq!(bench.resume(), sync());
    assert_eq!(
        answer(&mut bench, &ready('I'), 1000, &dropping_rows()),
        ready('I')
    );
}

#[test]
fn copy_out_loses_columns_in_its_announcement_too() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        bench.client(&query("copy t to stdout"), piece, |_| {
            Arc::new(Decision::new(DecisionSpec {
                intent: b"{\"a\":1".to_vec(),
                copies: vec![(0, CopyOptions::default(), dropping())],
                ..DecisionSpec::default()
            }))
        });
        let body = [
            message(b'H', &[0, 0, 2, 0, 0, 0, 0]),
            message(b'd', b"1\tada@example.org\n"),
            message(b'c', b""),
            complete("COPY 1"),
            ready('I'),
        ]
        .concat();
        let expected = [
            message(b'H', &[0, 0, 1, 0, 0]),
            message(b'd', b"1\n"),
            message(b'c', b""),
            complete("COPY 1"),
            ready('I'),
        ]
        .concat();
        assert_eq!(bench.server(&body, piece), expected);
    });
}
