//! Statements of new shapes that do the same as one that was decided.

use std::fs::OpenOptions;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

#[allow(clippy::wildcard_imports)]
use crate::bench::*;
use scrim_relay::{ColumnsRecord, Planned, Ruling, RulingScope};
use scrim_sql::ShapeHasher;

struct Store {
    shapes: Arc<Mutex<Shapes>>,
    epoch: Arc<AtomicU64>,
}

impl Store {
    fn new() -> Self {
        let epoch = Arc::new(AtomicU64::new(0));
        let shapes = Shapes::within(100, Arc::clone(&epoch));
        Self {
            shapes: Arc::new(Mutex::new(shapes)),
            epoch,
        }
    }

    fn bench(&self) -> Bench {
        let mut bench = Bench::new();
        bench.relay.set_shapes(Arc::clone(&self.shapes), false);
        bench
    }

    fn now(&self) -> u64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Sends a statement; whether it had to be decided, by a ruling for all that do the same.
    fn asks(&self, bench: &mut Bench, sql: &str) -> bool {
        collect(&mut Vec::new(), bench.relay.client(&query(sql)), b"");
        let Some(ClientNeed::Statement { sql, .. }) = bench.relay.client_need().cloned() else {
            return false;
        };
        let scope = RulingScope {
            essence: scrim_sql::essence_json(&sql).unwrap().into(),
            epoch: self.now(),
        };
        let spec = DecisionSpec {
            intent: br#"{"record":"intent""#.to_vec(),
            ..DecisionSpec::default()
        };
        let ruling = Ruling::new(spec, br#""raw":false"#.to_vec(), Some(scope));
        bench.relay.rule(&Arc::new(ruling), true);
        collect(&mut Vec::new(), bench.relay.client(b""), b"");
        true
    }

    /// Answers a statement with a masked column; what the client sees, and whether it was planned.
    fn answer(&self, bench: &mut Bench, name: &str) -> (Vec<u8>, bool) {
        let chunk = [
            described(name, 25),
            row(&[Some("1"), Some(SECRET)]),
            complete("SELECT 1"),
            ready('I'),
        ]
        .concat();
        let mut seen = Vec::new();
        collect(&mut seen, bench.relay.server(&chunk), &chunk);
        let asked = matches!(bench.relay.server_need(), Some(ServerNeed::Fields { .. }));
        if asked {
            let record = ColumnsRecord {
                head: br#"{"record":"columns""#.to_vec(),
                columns: vec![br#""treatment":"any"}"#.to_vec(); 2],
            };
            bench.relay.plan(Planned {
                plan: masking_plan(),
                record: Some(Arc::new(record)),
                epoch: Some(self.now()),
            });
            collect(&mut seen, bench.relay.server(b""), b"");
        }
        assert!(bench.relay.quiet());
        (seen, asked)
    }
}

/// A description of two columns, of which the second has that name and type.
fn described(name: &str, type_id: u8) -> Vec<u8> {
    let mut body = vec![0, 2];
    for (name, type_id) in [("id", 25), (name, type_id)] {
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(&[0, 0, 0, 64, 0, 0, 1, 0, 0, 0, type_id]);
        body.extend_from_slice(&[255, 255, 255, 255, 255, 255, 0, 0]);
    }
    message(b'T', &body)
}

#[test]
fn another_name_for_a_column_is_decided_by_what_was_decided() {
    let store = Store::new();
    let mut bench = store.bench();
    assert!(store.asks(&mut bench, "select id, email as a from t where id = 1"));
    let (first, planned) = store.answer(&mut bench, "a");
    assert!(planned && contains(&first, "[redacted]"));
    assert!(!store.asks(&mut bench, "select id, email as b from t where id = 'x'"));
    let (seen, planned) = store.answer(&mut bench, "b");
    assert!(!planned);
    assert!(contains(&seen, "[redacted]") && !contains(&seen, SECRET));
    assert!(contains(&seen, "b\0"));
    let log = bench.log();
    assert!(log.contains(r#""statement":"select id, email as a from t where id = ?""#));
    assert!(log.contains(r#""statement":"select id, email as b from t where id = ?""#));
    assert!(log.contains(r#"[{"name":"id","treatment":"any"},{"name":"b","treatment":"any"}]"#));
    let shapes: Vec<&str> = log.split(r#""shape":""#).skip(1).collect();
    assert_eq!(shapes.len(), 4, "{log}");
    assert_eq!(shapes[0][..32], shapes[1][..32]);
    assert_eq!(shapes[2][..32], shapes[3][..32]);
    assert_ne!(shapes[0][..32], shapes[2][..32]);
}

#[test]
fn a_statement_that_does_something_else_is_asked_about() {
    let store = Store::new();
    let mut bench = store.bench();
    assert!(store.asks(&mut bench, "select id, email as a from t"));
    store.answer(&mut bench, "a");
    for other in [
        "select id, phone as a from t",
        "select id, email as a from u",
        "select id, lower(email) as a from t",
        "select id, email as a from t where id > 1",
    ] {
        assert!(store.asks(&mut bench, other), "{other}");
        store.answer(&mut bench, "a");
    }
}

#[test]
fn a_result_of_another_type_is_planned_by_itself() {
    let store = Store::new();
    let mut bench = store.bench();
    store.asks(&mut bench, "select id, email as a from t");
    store.answer(&mut bench, "a");
    assert!(!store.asks(&mut bench, "select id, email as b from t"));
    bench.relay.server(&described("b", 26));
    assert!(matches!(
        bench.relay.server_need(),
        Some(ServerNeed::Fields { .. })
    ));
}

#[test]
fn nothing_holds_longer_than_its_epoch() {
    let store = Store::new();
    let mut bench = store.bench();
    store.asks(&mut bench, "select id, email as a from t");
    store.answer(&mut bench, "a");
    assert!(!store.asks(&mut bench, "select id, email as b from t"));
    store.epoch.fetch_add(1, Ordering::Relaxed);
    assert!(store.answer(&mut bench, "b").1);
    assert!(store.asks(&mut bench, "select id, email as c from t"));
    assert!(store.answer(&mut bench, "c").1);
    assert!(!store.asks(&mut bench, "select id, email as d from t"));
    assert!(!store.answer(&mut bench, "d").1);
}

#[test]
fn a_shape_is_decided_anew_in_another_epoch() {
    let store = Store::new();
    let mut bench = store.bench();
    let sql = "insert into t select id, email from u";
    assert!(store.asks(&mut bench, sql));
    let answer = [complete("INSERT 0 1"), ready('I')].concat();
    bench.relay.server(&answer);
    assert!(!store.asks(&mut bench, sql));
    bench.relay.server(&answer);
    store.epoch.fetch_add(1, Ordering::Relaxed);
    assert!(store.asks(&mut bench, sql));
    bench.relay.server(&answer);
    assert!(!store.asks(&mut bench, sql));
}

#[test]
fn nothing_of_it_goes_along_to_other_answers() {
    let (store, other) = (Store::new(), Store::new());
    let mut bench = store.bench();
    store.asks(&mut bench, "select id, email as a from t");
    store.answer(&mut bench, "a");
    assert!(!store.asks(&mut bench, "select id, email as b from t"));
    bench.relay.set_shapes(Arc::clone(&other.shapes), false);
    assert!(other.answer(&mut bench, "b").1);
    assert!(other.asks(&mut bench, "select id, email as c from t"));
}

#[test]
fn what_is_kept_is_bounded() {
    let store = Store::new();
    let mut bench = store.bench();
    for number in 0..5_000 {
        let sql = format!("select id, c{number} as a from t");
        assert!(store.asks(&mut bench, &sql));
        bench
            .relay
            .server(&[complete("SELECT 0"), ready('I')].concat());
    }
    assert!(store.shapes.lock().unwrap().rulings() <= 4_096);
    let long = format!("select id, email as a from {}", "t, ".repeat(2_000) + "t");
    store.shapes.lock().unwrap().clear();
    assert!(store.asks(&mut bench, &long));
    assert_eq!(store.shapes.lock().unwrap().rulings(), 0);
}

#[test]
fn no_row_passes_when_the_record_of_its_columns_cannot_be_written() {
    let store = Store::new();
    let mut bench = store.bench();
    let working = OpenOptions::new().append(true).open("/dev/null").unwrap();
    let audit = Arc::new(Mutex::new(AuditLog::new(working, false)));
    bench.relay = Relay::new(
        "session-1".into(),
        false,
        Limits::default(),
        Arc::clone(&store.shapes),
        Arc::clone(&audit),
        Arc::new(Mutex::new(ShapeHasher::new([7; 16]))),
    );
    store.asks(&mut bench, "select id, email as a from t");
    store.answer(&mut bench, "a");
    store.asks(&mut bench, "select id, email as b from t");
    audit.lock().unwrap().rotate(full_disk()).unwrap();
    let chunk = [described("b", 25), row(&[Some("1"), Some(SECRET)])].concat();
    let mut seen = Vec::new();
    collect(&mut seen, bench.relay.server(&chunk), &chunk);
    assert!(contains(&seen, "58030") && !contains(&seen, "redacted"));
    assert!(matches!(bench.relay.server_need(), Some(ServerNeed::Close)));
}
