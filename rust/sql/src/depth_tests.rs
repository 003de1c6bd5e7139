use super::*;
use crate::tree::Tree;
use proptest::prelude::*;

fn depth(sql: &str) -> usize {
    measure(sql.as_bytes()).depth
}

#[test]
fn brackets_and_chains_count() {
    assert!(depth(&format!("SELECT {}1{}", "(".repeat(600), ")".repeat(600))) >= 600);
    for link in [
        " || 1",
        " + 1",
        "::int",
        " IS NULL",
        "[1]",
        " COLLATE x",
        " AT TIME ZONE 'x'",
    ] {
        assert!(
            depth(&format!("SELECT a{}", link.repeat(600))) >= 600,
            "{link}"
        );
    }
    assert!(depth(&format!("SELECT {} a", "NOT ".repeat(600))) >= 600);
    assert!(depth(&format!("SELECT {}", "CASE WHEN t.end THEN ".repeat(600))) >= 600);
    assert!(depth(&"SELECT 1 UNION ".repeat(600)) >= 600);
    assert!(depth(&format!("SELECT * FROM a{}", " CROSS JOIN b".repeat(600))) >= 600);
}

#[test]
fn a_keyword_used_as_a_name_does_not_end_a_chain() {
    assert!(depth(&format!("SELECT 1{}", " + t.or + t.and".repeat(300))) >= 600);
}

#[test]
fn a_chain_through_case_is_not_ended_by_its_conditions() {
    assert!(
        depth(&format!(
            "SELECT 1{}",
            " + CASE WHEN a AND b THEN 1 END".repeat(300)
        )) >= 300
    );
}

#[test]
fn what_stands_side_by_side_does_not_add_up() {
    assert!(depth(&format!("SELECT {} 1", "f(a + b), ".repeat(1000))) < 10);
    assert!(
        depth(&format!(
            "SELECT 1 WHERE {} true",
            "a = 1 OR b = 2 AND ".repeat(1000)
        )) < 10
    );
    assert!(
        depth(&format!(
            "INSERT INTO t VALUES {} (1)",
            "(1, -2), ".repeat(1000)
        )) < 10
    );
    assert!(depth(&"SELECT 1 + 1; ".repeat(1000)) < 10);
    // As PostgreSQL's JDBC driver writes it.
    assert!(
        depth(&format!(
            "SELECT CASE {} ELSE -1 END",
            "WHEN a = 1 THEN -2 ".repeat(1000)
        )) < 10
    );
    assert!(depth(&"SELECT CASE WHEN ".repeat(300)) >= 300);
}

#[test]
fn tokens_are_counted() {
    assert_eq!(measure(b"SELECT a , b").tokens, 4);
}

fn height(tree: &Tree) -> usize {
    1 + tree.children().map(height).max().unwrap_or(0)
}

fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["a", "t.or", "1", "'x'", "t.b", "NULL"]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(12, 60, 4, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                two.clone().prop_map(|(a, b)| format!("{a} + {b}")),
                two.clone().prop_map(|(a, b)| format!("{a} OR {b}")),
                two.clone().prop_map(|(a, b)| format!("{a} AND {b}")),
                two.clone()
                    .prop_map(|(a, b)| format!("CASE WHEN {a} THEN {b} END")),
                two.clone().prop_map(|(a, b)| format!("f({a}, {b})")),
                two.prop_map(|(a, b)| format!("(SELECT {a} FROM x JOIN y ON {b})")),
                inner.clone().prop_map(|a| format!("NOT {a}")),
                inner.clone().prop_map(|a| format!("({a})::text")),
                inner.clone().prop_map(|a| format!("- {a}")),
                inner.prop_map(|a| format!("ARRAY[{a}]")),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_tree_is_higher_than_measured(expression in expression()) {
        let sql = format!("SELECT {expression}");
        if let Ok(parsed) = pg_query::parse(&sql, 0) {
            let tree = Tree::of(&parsed.protobuf.stmts).expect("a tree");
            // A bracket or link takes at most ten nodes and lists, the statement around it sixteen.
            prop_assert!(height(&tree) <= 10 * depth(&sql) + 16, "{}", sql);
        }
    }
}
