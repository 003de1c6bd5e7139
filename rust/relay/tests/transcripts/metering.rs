//! Statements whose values are counted before they are run.

#[allow(clippy::wildcard_imports)]
use crate::bench::*;
use std::sync::Mutex;

const SQL: &str = "select id, email from t where salary > $1";

fn metered() -> Arc<Decision> {
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        metered: true,
        ..DecisionSpec::default()
    }))
}

/// Feeds the client's bytes in pieces; every statement is counted, and the answers follow one another.
fn client(
    bench: &mut Bench,
    data: &[u8],
    piece: usize,
    answers: &mut Vec<Result<u64, Refusal>>,
) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in data.chunks(piece) {
        collect(&mut out, bench.relay.client(chunk), chunk);
        loop {
            match bench.relay.client_need() {
                Some(ClientNeed::Statement { .. }) => bench.relay.decide(metered(), false),
                Some(ClientNeed::Meter) => bench.relay.metered(answers.remove(0)),
                _ => break,
            }
            collect(&mut out, bench.relay.client(b""), b"");
        }
    }
    out
}

fn bound(value: &str) -> Vec<u8> {
    let mut body = b"\0s\0\0\x01\0\x01\0\x01".to_vec();
    body.extend_from_slice(&u32::try_from(value.len()).unwrap().to_be_bytes());
    body.extend_from_slice(value.as_bytes());
    body.extend_from_slice(b"\0\0");
    message(b'B', &body)
}

fn result(rows: usize) -> Vec<u8> {
    let rows = vec![row(&[Some("1"), Some(SECRET)]); rows];
    let tag = format!("SELECT {}", rows.len());
    [fields(), rows.concat(), complete(&tag)].concat()
}

fn over() -> Result<u64, Refusal> {
    Err(Refusal::new("53400", "one too many", ""))
}

#[test]
fn a_query_is_asked_about_whenever_it_is_run() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let mut answers = vec![Ok(1), Ok(2), over()];
        for rows in [1, 2] {
            let sent = client(&mut bench, &query("select 1"), piece, &mut answers);
            assert_eq!(sent, query("select 1"));
            bench.server(&[result(rows), ready('I')].concat(), piece);
        }
        // The second gave several rows.
        assert_eq!(bench.relay.take_several(), [2]);
        let sent = client(&mut bench, &query("select 1"), piece, &mut answers);
        assert!(!contains(&sent, "select 1"));
        let seen = bench.server(&[error(), ready('I')].concat(), piece);
        assert!(contains(&seen, "one too many") && contains(&seen, "53400"));
        assert!(bench.relay.take_several().is_empty());
    });
}

#[test]
fn each_statement_of_a_string_has_to_give_several_rows() {
    let mut bench = Bench::new();
    for (number, parts) in [(1, [2, 1]), (2, [1, 2]), (3, [2, 2])] {
        client(
            &mut bench,
            &query("select 1; select 2"),
            1000,
            &mut vec![Ok(number)],
        );
        let parts = parts.map(result).concat();
        bench.server(&[parts, ready('I')].concat(), 1000);
    }
    assert_eq!(bench.relay.take_several(), [3]);
}

#[test]
fn a_prepared_statement_is_asked_about_with_its_parameters() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let given = [parse("s", SQL), bound("70000"), execute(""), sync()].concat();
        let mut asked = Vec::new();
        let mut out = Vec::new();
        for chunk in given.chunks(piece) {
            collect(&mut out, bench.relay.client(chunk), chunk);
            loop {
                match bench.relay.client_need() {
                    Some(ClientNeed::Statement { .. }) => bench.relay.decide(metered(), false),
                    Some(ClientNeed::Meter) => {
                        asked.push(bench.relay.metering().unwrap().clone());
                        bench.relay.metered(Ok(7));
                    }
                    _ => break,
                }
                collect(&mut out, bench.relay.client(b""), b"");
            }
        }
        let [only] = asked.as_slice() else {
            panic!("asked {} times", asked.len());
        };
        assert_eq!(only.sql.as_ref(), SQL.as_bytes());
        assert_eq!(only.parameters, [(true, 0, Some(b"70000".to_vec()))]);
        let answer = [
            message(b'1', b""),
            message(b'2', b""),
            result(2),
            ready('I'),
        ];
        bench.server(&answer.concat(), piece);
        assert_eq!(bench.relay.take_several(), [7]);
    });
}

#[test]
fn a_pipeline_is_refused_from_the_one_that_is_too_many() {
    in_pieces(|piece| {
        let mut bench = Bench::new();
        let one = |value| [bound(value), execute("")].concat();
        let given = [parse("s", SQL), one("1"), one("2"), one("3"), sync()].concat();
        let mut answers = vec![Ok(1), over(), over()];
        let sent = client(&mut bench, &given, piece, &mut answers);
        assert!(contains(&sent, "refused by the gateway"));
        let answer = [
            message(b'1', b""),
            message(b'2', b""),
            result(1),
            error(),
            ready('I'),
        ];
        let seen = bench.server(&answer.concat(), piece);
        assert!(contains(&seen, "one too many"));
        assert!(bench.relay.take_several().is_empty());
    });
}

#[test]
fn a_portal_that_was_bound_before_its_values_were_counted_is_not_run() {
    let mut bench = Bench::new();
    let until = [parse("s", SQL), bound("1"), message(b'H', b"")].concat();
    bench.client(&until, 1000, |_| decision(true, None));
    bench.server(&[message(b'1', b""), message(b'2', b"")].concat(), 1000);
    let other = Arc::new(Mutex::new(Shapes::new(100)));
    bench.relay.set_shapes(other, false);
    let sent = client(
        &mut bench,
        &[execute(""), sync()].concat(),
        1000,
        &mut vec![],
    );
    assert!(!contains(&sent, "E\0\0\0\t"));
    let seen = bench.server(&[error(), ready('I')].concat(), 1000);
    assert!(contains(&seen, "under other policies"));
}
