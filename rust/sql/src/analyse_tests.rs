use super::*;

fn json(sql: &str) -> serde_json::Value {
    serde_json::to_value(analyse(sql).expect(sql)).expect("facts serialise")
}

#[test]
#[ignore = "prints"]
#[allow(clippy::print_stdout)]
fn show() {
    let sql = std::env::var("SQL").unwrap();
    println!("{}", serde_json::to_string_pretty(&json(&sql)).unwrap());
}

#[test]
#[ignore = "measures; run in release"]
#[allow(clippy::print_stdout)]
fn timing() {
    let sql = "SELECT abalance FROM pgbench_accounts WHERE aid = 12345;";
    let start = std::time::Instant::now();
    for _ in 0..20_000 {
        let facts = analyse(sql).unwrap();
        assert!(!serde_json::to_string(&facts).unwrap().is_empty());
    }
    println!("analyse {:?}", start.elapsed() / 20_000);
    let mut hasher = crate::ShapeHasher::new([7; 16]);
    let start = std::time::Instant::now();
    let mut sum = 0;
    for _ in 0..1_000_000 {
        sum ^= crate::shape(sql.as_bytes(), &mut hasher).key;
    }
    println!("shape {:?} {sum}", start.elapsed() / 1_000_000);
}
