//! Which statements have one essence, and which must not.

use super::essence;

fn same(one: &str, other: &str) -> bool {
    essence(one).unwrap() == essence(other).unwrap()
}

#[test]
fn names_of_result_columns_do_not_matter() {
    assert!(same("SELECT a AS x FROM t", "SELECT a AS y FROM t"));
    assert!(same("SELECT a AS x FROM t", "SELECT a FROM t"));
    assert!(same(
        "SELECT a AS x FROM t UNION SELECT b FROM u",
        "SELECT a AS y FROM t UNION SELECT b AS z FROM u"
    ));
    assert!(same(
        "UPDATE t SET a = b RETURNING a AS x",
        "UPDATE t SET a = b RETURNING a AS y"
    ));
}

#[test]
fn layout_literals_and_lengths_of_lists_do_not_matter() {
    assert!(same(
        "SELECT a FROM t WHERE b IN (1, 2)",
        "/* why */ SELECT  a FROM t WHERE b IN ($1, $2, 'x');"
    ));
    assert!(same(
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (1), (2), (3)"
    ));
}

#[test]
fn what_a_statement_touches_matters() {
    for (one, other) in [
        ("SELECT a FROM t", "SELECT b FROM t"),
        ("SELECT a FROM t", "SELECT a FROM u"),
        ("SELECT a FROM t", "SELECT a FROM s.t"),
        ("SELECT a FROM t", "SELECT a, a FROM t"),
        ("SELECT a FROM t", "SELECT f(a) FROM t"),
        ("SELECT a, b FROM t", "SELECT b, a FROM t"),
        ("SELECT a FROM t", "SELECT a FROM t; SELECT a FROM t"),
        ("SELECT a FROM t", "SELECT a FROM t WHERE b = 1"),
        (
            "SELECT a FROM t WHERE a = 1",
            "SELECT a FROM t WHERE a ~ '1'",
        ),
        (
            "SELECT a FROM t",
            "SELECT a FROM t FOR UPDATE; DELETE FROM t",
        ),
        ("SELECT 1", "SELECT '1'::x"),
        ("SET a = 1", "SET a = 2"),
        (
            "SELECT set_config('a', 'b', true)",
            "SELECT set_config('c', 'b', true)",
        ),
    ] {
        assert!(!same(one, other), "{one} and {other}");
    }
}

#[test]
fn names_that_something_refers_to_matter() {
    for (one, other) in [
        (
            "WITH w AS (SELECT a AS x, b AS y FROM t) SELECT x FROM w",
            "WITH w AS (SELECT a AS y, b AS x FROM t) SELECT x FROM w",
        ),
        (
            "SELECT x FROM (SELECT a AS x, b AS y FROM t) q",
            "SELECT x FROM (SELECT a AS y, b AS x FROM t) q",
        ),
        ("SELECT a AS x INTO n FROM t", "SELECT a AS y INTO n FROM t"),
        (
            "CREATE TABLE n AS SELECT a AS x FROM t",
            "CREATE TABLE n AS SELECT a AS y FROM t",
        ),
        ("UPDATE t SET a = b", "UPDATE t SET c = b"),
        (
            "SELECT a AS x FROM t ORDER BY x",
            "SELECT a AS y FROM t ORDER BY y",
        ),
        ("SELECT q.a FROM t q, u", "SELECT q.a FROM t, u q"),
    ] {
        assert!(!same(one, other), "{one} and {other}");
    }
}

#[test]
fn what_the_grammar_refuses_has_none() {
    assert_eq!(essence("SELECT FROM WHERE").unwrap_err().code, "42601");
}
