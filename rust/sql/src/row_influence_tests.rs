use crate::analyse::analyse;
use serde_json::{json, Value};

fn query(sql: &str) -> Value {
    let facts = analyse(sql).unwrap();
    serde_json::to_value(&facts[0]).unwrap()["query"].take()
}

fn kinds(sql: &str) -> Vec<String> {
    let row_influences = query(sql)["row_influences"].take();
    let list = row_influences.as_array().cloned().unwrap_or_default();
    list.iter()
        .map(|influence| influence["kind"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn each_clause_influences_in_its_way() {
    for (sql, expected) in [
        ("SELECT a FROM t", vec![]),
        ("SELECT a FROM t LIMIT 5", vec![]),
        ("SELECT a FROM t WHERE b = 1", vec!["filter"]),
        (
            "SELECT a FROM t LIMIT (SELECT max(b) FROM u)",
            vec!["filter"],
        ),
        ("SELECT a FROM t JOIN u ON b = c", vec!["join"]),
        ("SELECT a FROM t JOIN u USING (b)", vec!["join"]),
        ("SELECT a FROM t NATURAL JOIN u", vec!["join"]),
        (
            "SELECT a FROM t GROUP BY ROLLUP (a, b)",
            vec!["group", "group"],
        ),
        ("SELECT DISTINCT a FROM t", vec!["group"]),
        ("SELECT a FROM t ORDER BY b", vec!["order"]),
        ("SELECT a FROM t UNION SELECT 1", vec!["group"]),
        ("SELECT a FROM t EXCEPT SELECT 1", vec!["filter"]),
        ("SELECT count(a) FROM t", vec![]),
        ("SELECT count(DISTINCT a) FROM t", vec!["group"]),
        ("SELECT count(nullif(a, 1)) FROM t", vec!["filter"]),
        ("SELECT sum(a) FILTER (WHERE b = 1) FROM t", vec!["filter"]),
        (
            "SELECT sum(a) OVER (PARTITION BY b ORDER BY c) FROM t",
            vec!["group", "order"],
        ),
        ("SELECT EXISTS (SELECT 1 FROM t)", vec!["inside"]),
        ("DELETE FROM t USING u WHERE a = b", vec!["filter"]),
        (
            "MERGE INTO t USING u ON a = b WHEN MATCHED AND c = 1 THEN DELETE",
            vec!["join", "filter"],
        ),
    ] {
        assert_eq!(kinds(sql), expected, "{sql}");
    }
}

#[test]
fn a_result_column_is_named_by_its_place() {
    let row_influences =
        query("SELECT upper(a) AS x, b FROM t ORDER BY x, 2, c")["row_influences"].take();
    assert_eq!(
        row_influences,
        json!([
            {"kind": "order", "position": 1},
            {"kind": "order", "position": 2},
            {"kind": "order", "columns": [{"name": "c"}]},
        ])
    );
}

#[test]
fn a_join_with_an_alias_keeps_its_influences() {
    let found = query("SELECT j.a FROM (t JOIN u ON b = c) AS j (a)");
    assert_eq!(found["row_influences"], Value::Null);
    let inside = &found["sources"][0]["query"];
    assert_eq!(inside["row_influences"][0]["kind"], "join");
    assert_eq!(inside["targets"][0]["kind"], "star");
}

#[test]
fn joins_are_kept_where_they_merge_columns() {
    assert_eq!(
        query("SELECT * FROM t JOIN u ON true")["joined"],
        Value::Null
    );
    assert_eq!(
        query("SELECT * FROM a, t LEFT JOIN u USING (k)")["joined"],
        json!([
            {},
            {"sides": [{"source": 1}, {"source": 2}], "using": ["k"], "kind": "left"},
        ])
    );
}

#[test]
fn bodies_of_functions_are_read_where_they_are_one_statement() {
    let inner = |sql: &str| {
        let facts = analyse(sql).unwrap();
        serde_json::to_value(&facts[0]).unwrap()["inner"].take()
    };
    let header = "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql";
    let one = inner(&format!("{header} BEGIN ATOMIC SELECT b FROM t; END"));
    assert_eq!(one["relations"][0]["name"], "t");
    let returned = inner(&format!("{header} RETURN abs(a)"));
    assert_eq!(
        returned["query"]["targets"][0]["columns"],
        json!([{"name": "a"}])
    );
    assert_eq!(returned["functions"][0]["name"], "abs");
    assert_eq!(
        inner(&format!("{header} BEGIN ATOMIC SELECT 1; SELECT 2; END")),
        Value::Null
    );
    assert_eq!(inner(&format!("{header} AS 'SELECT 1'")), Value::Null);
}

#[test]
fn statements_of_one_shape_have_the_same_influences() {
    for (shape, fillings) in [
        ("SELECT DISTINCT ON ({}) a, b FROM t", ["1", "2"]),
        ("SELECT a FROM t WHERE b > {}", ["1", "-1"]),
        ("SELECT a FROM t WHERE b IN ({})", ["1", "1, 2"]),
        ("SELECT a FROM t LIMIT {}", ["1", "2"]),
    ] {
        let [one, other] = fillings.map(|filling| query(&shape.replace("{}", filling)));
        assert_eq!(one["row_influences"], other["row_influences"], "{shape}");
    }
}
