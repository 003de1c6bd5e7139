use crate::analyse::analyse;
use crate::facts::Facts;

fn facts(sql: &str) -> Facts {
    analyse(sql).unwrap().remove(0)
}

#[test]
fn columns_and_defaults_are_additive_and_nothing_else_is() {
    for sql in [
        "ADD COLUMN a int",
        "ADD a int NOT NULL DEFAULT 5, ADD b text UNIQUE",
        "ADD a bigint GENERATED ALWAYS AS IDENTITY",
        "ADD a int REFERENCES u (id)",
        "DROP COLUMN IF EXISTS a CASCADE",
        "ALTER a SET DEFAULT now()",
        "ALTER a DROP DEFAULT, ALTER a DROP NOT NULL",
        "ALTER a SET NOT NULL",
        "ALTER a SET STATISTICS 100",
    ] {
        assert!(facts(&format!("ALTER TABLE t {sql}")).additive, "{sql}");
    }
    for sql in [
        "ADD a text GENERATED ALWAYS AS (b) STORED",
        "ADD a int CHECK (b > 5)",
        "ADD CHECK (b > 5)",
        "ADD a int, ADD CONSTRAINT c CHECK (b > 5)",
        "ALTER a TYPE text",
        "ALTER a TYPE text USING b",
        "ADD PRIMARY KEY (a)",
        "ATTACH PARTITION u DEFAULT",
        "INHERIT u",
        "DISABLE TRIGGER ALL",
        "DISABLE ROW LEVEL SECURITY",
    ] {
        assert!(!facts(&format!("ALTER TABLE t {sql}")).additive, "{sql}");
    }
    assert!(!facts("ALTER TABLE ONLY t DROP COLUMN a").additive);
    assert!(!facts("ALTER TABLE t RENAME a TO b").additive);
    assert!(!facts("CREATE TABLE t (a int)").additive);
}

#[test]
fn foreign_keys_say_what_they_refer_to() {
    let found =
        facts("CREATE TABLE t (a int REFERENCES s.u, b int, FOREIGN KEY (b) REFERENCES v (c, d))");
    let text: Vec<String> = found
        .references
        .iter()
        .map(|one| {
            format!(
                "{:?} {} {:?}",
                one.relation.schema, one.relation.name, one.columns
            )
        })
        .collect();
    assert_eq!(text, ["Some(\"s\") u []", "None v [\"c\", \"d\"]"]);
}

#[test]
fn calls_are_selected_where_they_stand_alone() {
    for (sql, expected) in [
        (
            "SELECT setval('s', (SELECT max(a) FROM t)), 1",
            &["setval"][..],
        ),
        ("SELECT max(a) FROM t", &["max"]),
        ("SELECT setval('s', max(a)) FROM t", &["setval"]),
        ("SELECT setval('s', a) + 1 FROM t", &[]),
        (
            "SELECT setval('s', a), setval('r', setval('s', a)) FROM t",
            &[],
        ),
        ("SELECT setval('s', 1) FROM t WHERE setval('s', a) > 1", &[]),
        ("SELECT 1 FROM (SELECT setval('s', a) FROM t) x", &[]),
        ("SELECT setval('s', a) FROM t UNION SELECT 1", &[]),
        ("SELECT setval('s', a) INTO u FROM t", &[]),
        ("EXPLAIN ANALYZE SELECT setval('s', a) FROM t", &[]),
        ("INSERT INTO u SELECT setval('s', a) FROM t", &[]),
    ] {
        assert_eq!(facts(sql).selected, expected, "{sql}");
    }
}
