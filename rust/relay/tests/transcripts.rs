//! Sessions as transcripts: what goes in, what comes out, and what is asked in between.
//!
//! Each transcript runs three times: whole, byte by byte, and in pieces of seven bytes.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_relay::{
    AuditLog, ClientNeed, Decision, DecisionSpec, Limits, Output, Refusal, Relay, ServerNeed,
    Shapes,
};
use scrim_rows::copy::CopyOptions;
use scrim_rows::{Masker, Plan};
use scrim_sql::ShapeHasher;

static FILES: AtomicU32 = AtomicU32::new(0);

struct Bench {
    relay: Relay,
    path: PathBuf,
}

impl Bench {
    fn new() -> Self {
        Self::with(false, Limits::default())
    }

    fn with(raw: bool, limits: Limits) -> Self {
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("scrim-relay-{}-{number}", std::process::id()));
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        Self {
            relay: relay(raw, limits, file),
            path,
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// Feeds the client's bytes in pieces and answers every question by `decide`.
    fn client(
        &mut self,
        data: &[u8],
        piece: usize,
        decide: impl Fn(&[u8]) -> Arc<Decision>,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in data.chunks(piece) {
            collect(&mut out, self.relay.client(chunk), chunk);
            while let Some(ClientNeed::Statement { sql, .. }) = self.relay.client_need().cloned() {
                self.relay.decide(decide(&sql), false);
                collect(&mut out, self.relay.client(b""), b"");
            }
        }
        out
    }

    /// Continues after a barrier.
    fn resume(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        collect(&mut out, self.relay.client(b""), b"");
        out
    }

    /// Feeds the server's bytes in pieces, masking the second column of every result.
    fn server(&mut self, data: &[u8], piece: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in data.chunks(piece) {
            collect(&mut out, self.relay.server(chunk), chunk);
            loop {
                match self.relay.server_need().cloned() {
                    Some(ServerNeed::Fields { .. }) => self.relay.plan(masking_plan()),
                    Some(ServerNeed::Message { kind, .. }) => {
                        self.relay.message(message(kind, b"Mscrubbed\0\0"));
                    }
                    _ => break,
                }
                collect(&mut out, self.relay.server(b""), b"");
            }
        }
        out
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

fn relay(raw: bool, limits: Limits, file: File) -> Relay {
    Relay::new(
        "session-1".into(),
        raw,
        limits,
        Arc::new(Mutex::new(Shapes::new(100))),
        Arc::new(Mutex::new(AuditLog::new(file, false))),
        Arc::new(Mutex::new(ShapeHasher::new([7; 16]))),
    )
}

fn collect(out: &mut Vec<u8>, output: Output, chunk: &[u8]) {
    match output {
        Output::Nothing => {}
        Output::Same => out.extend_from_slice(chunk),
        Output::Bytes(bytes) => out.extend_from_slice(&bytes),
    }
}

fn masker() -> Masker {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let keys = Keyring::new(
        TenantKey::new(core::array::from_fn(|i| u8::try_from(i * 7 + 3).unwrap())),
        1,
    );
    Masker::new(
        keys,
        detector,
        r#"{"operators":{},"default":{"name":"redact"}}"#,
    )
    .unwrap()
}

fn masking_plan() -> Arc<Plan> {
    let rules = r#"{"columns":[{"action":"pass"},{"action":"mask","type":{"kind":"text"},
        "operator":{"name":"redact"},"domain":"contact.email"}]}"#;
    Arc::new(Plan::compile(rules, &masker()).unwrap())
}

fn decision(raw: bool, refusal: Option<&str>) -> Arc<Decision> {
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        raw,
        refusal: refusal.map(|text| Refusal::new("42501", text, "")),
        ..DecisionSpec::default()
    }))
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn query(sql: &str) -> Vec<u8> {
    message(b'Q', format!("{sql}\0").as_bytes())
}

fn parse(name: &str, sql: &str) -> Vec<u8> {
    message(b'P', format!("{name}\0{sql}\0\0\0").as_bytes())
}

fn bind(portal: &str, statement: &str) -> Vec<u8> {
    message(
        b'B',
        format!("{portal}\0{statement}\0\0\0\0\0\0\0").as_bytes(),
    )
}

fn describe(kind: char, name: &str) -> Vec<u8> {
    message(b'D', format!("{kind}{name}\0").as_bytes())
}

fn execute(portal: &str) -> Vec<u8> {
    message(b'E', format!("{portal}\0\0\0\0\0").as_bytes())
}

fn close(kind: char, name: &str) -> Vec<u8> {
    message(b'C', format!("{kind}{name}\0").as_bytes())
}

fn sync() -> Vec<u8> {
    message(b'S', b"")
}

fn fields() -> Vec<u8> {
    let mut body = vec![0, 2];
    for name in ["id", "email"] {
        body.extend_from_slice(name.as_bytes());
        body.push(0);
        body.extend_from_slice(&[
            0, 0, 64, 0, 0, 1, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0,
        ]);
    }
    message(b'T', &body)
}

fn row(cells: &[Option<&str>]) -> Vec<u8> {
    let mut body = u16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
    for cell in cells {
        match cell {
            None => body.extend_from_slice(&(-1_i32).to_be_bytes()),
            Some(text) => {
                body.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
                body.extend_from_slice(text.as_bytes());
            }
        }
    }
    message(b'D', &body)
}

fn complete(tag: &str) -> Vec<u8> {
    message(b'C', format!("{tag}\0").as_bytes())
}

fn ready(status: char) -> Vec<u8> {
    message(b'Z', &[u8::try_from(status).unwrap()])
}

fn error() -> Vec<u8> {
    message(
        b'E',
        b"SERROR\0C42601\0Msyntax error at or near \"raw@secret\"\0\0",
    )
}

const SECRET: &str = "ada@example.org";

fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

fn in_pieces(run: impl Fn(usize)) {
    for piece in [usize::MAX / 2, 1, 7] {
        run(piece);
    }
}

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

fn full_disk() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
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
