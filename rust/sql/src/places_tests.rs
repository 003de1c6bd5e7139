use super::*;
use serde_json::{json, Value};

/// What is compared in a statement, as `column role places`, in the order of their numbers.
fn compared(sql: &str) -> Vec<String> {
    let facts = analyse(sql).unwrap();
    let placed = places(sql.as_bytes()).unwrap();
    let mut found = Vec::new();
    for one in &facts {
        let (mut level, mut depth) = (Some(one), 0);
        while let Some(here) = level {
            let mut all = Vec::new();
            if let Some(query) = &here.query {
                collect(query, &mut all);
            }
            all.sort_by_key(|compared| compared.number);
            all.retain(|compared| !here.places[compared.number].is_empty());
            for compared in all {
                let at: Vec<String> = placed
                    .iter()
                    .filter(|placed| {
                        (placed.statement, placed.depth, placed.number)
                            == (one.index, depth, compared.number)
                    })
                    .map(|placed| show(&placed.place))
                    .collect();
                let name = if compared.column.name.is_empty() {
                    format!("#{}", compared.position)
                } else {
                    let mut parts = compared.column.qualifier.clone();
                    parts.push(compared.column.name.clone());
                    parts.join(".")
                };
                found.push(format!("{name} {} {}", compared.role, at.join(" ")));
            }
            level = here.inner.as_deref();
            depth += 1;
        }
    }
    found
}

fn show(place: &Place) -> String {
    let mut text = match place.at {
        At::Literal { ordinal, negated } => {
            format!("{}{ordinal}", if negated { "-" } else { "" })
        }
        At::Parameter(number) => format!("${number}"),
        At::Unreadable => "?".to_owned(),
    };
    if place.array {
        text.push_str("[]");
    }
    if !place.cast.is_empty() {
        text = format!("{text}::{}", place.cast);
    }
    text
}

fn collect<'a>(query: &'a Query, out: &mut Vec<&'a Compared>) {
    out.extend(&query.compared);
    for inner in query
        .ctes
        .iter()
        .map(|cte| &cte.query)
        .chain(&query.branches)
        .chain(&query.conditions)
        .chain(query.sources.iter().filter_map(|s| s.query.as_ref()))
    {
        collect(inner, out);
    }
}

#[test]
fn comparisons_are_found_in_every_form_of_equality() {
    for (sql, expected) in [
        ("SELECT 1 FROM t WHERE a = 'x'", vec!["a compared 1"]),
        ("SELECT FROM t WHERE 'x' <> t.a", vec!["t.a compared 0"]),
        ("SELECT FROM t WHERE a != $1", vec!["a compared $1"]),
        (
            "SELECT FROM t WHERE a IN ('x', $2, b, 'y')",
            vec!["a compared 0 $2 1"],
        ),
        (
            "SELECT FROM t WHERE a NOT IN (-5, 6)",
            vec!["a compared -0 1"],
        ),
        ("SELECT FROM t WHERE a = ANY($1)", vec!["a compared $1[]"]),
        (
            "SELECT FROM t WHERE a <> ALL('{x}'::text[])",
            vec!["a compared 0[]::text"],
        ),
        (
            "SELECT FROM t WHERE a = ANY(ARRAY['x', $1]::text[])",
            vec!["a compared 0 $1"],
        ),
        (
            "SELECT FROM t WHERE a IS NOT DISTINCT FROM 'x'",
            vec!["a compared 0"],
        ),
        ("SELECT NULLIF(a, 'x') FROM t", vec!["a compared 0"]),
        (
            "SELECT CASE a WHEN 'x' THEN 1 WHEN 'y' THEN 2 END FROM t",
            vec!["a compared 0 2"],
        ),
        (
            "SELECT FROM t WHERE (a, b) = ('x', 'y')",
            vec!["a compared 0", "b compared 1"],
        ),
        (
            "SELECT FROM t WHERE (a, b) IN (('x', 'y'), ('v', 'w'))",
            vec!["a compared 0 2", "b compared 1 3"],
        ),
        (
            "SELECT FROM t WHERE a::text = $1::varchar",
            vec!["a compared $1::varchar"],
        ),
        (
            "SELECT FROM t WHERE a COLLATE \"C\" = 'x'",
            vec!["a compared 0"],
        ),
        (
            "SELECT FROM t WHERE a = date 'x'",
            vec!["a compared 0::date"],
        ),
        ("SELECT FROM t WHERE a = -(5)", vec!["a compared ?"]),
    ] {
        assert_eq!(compared(sql), expected, "{sql}");
    }
}

#[test]
fn comparisons_are_found_wherever_conditions_stand() {
    for (sql, expected) in [
        (
            "DELETE FROM t WHERE a = 'x' RETURNING b = 'y'",
            vec!["a compared 0", "b compared 1"],
        ),
        (
            "SELECT FROM t JOIN u ON t.a = u.a AND u.b = 'x'",
            vec!["u.b compared 0"],
        ),
        (
            "SELECT FROM t HAVING bool_or(a = 'x')",
            vec!["a compared 0"],
        ),
        (
            "SELECT count(*) FILTER (WHERE a = 'x') FROM t",
            vec!["a compared 0"],
        ),
        ("EXPLAIN SELECT FROM t WHERE a = 'x'", vec!["a compared 0"]),
        (
            "SELECT 'a'; SELECT FROM t WHERE a = 'x'",
            vec!["a compared 1"],
        ),
    ] {
        assert_eq!(compared(sql), expected, "{sql}");
    }
}

#[test]
fn other_comparisons_are_none_of_them() {
    for sql in [
        "SELECT FROM t WHERE a > 'x'",
        "SELECT FROM t WHERE lower(a) = 'x'",
        "SELECT FROM t WHERE a LIKE 'x'",
        "SELECT FROM t WHERE a::int = '1'",
        "SELECT FROM t WHERE a = NULL OR b = true",
        "SELECT FROM t WHERE a = b",
        "SELECT FROM t WHERE a BETWEEN 'x' AND 'y'",
    ] {
        assert_eq!(compared(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn what_else_a_column_is_compared_with_is_known_by_what_is_in_it() {
    let against = |sql: &str| -> Vec<Value> {
        let facts = analyse(sql).unwrap();
        let mut all = Vec::new();
        collect(facts[0].query.as_ref().unwrap(), &mut all);
        let named = all.iter().filter(|compared| compared.column.name == "a");
        named
            .flat_map(|compared| &compared.against)
            .map(|flow| serde_json::to_value(flow).unwrap())
            .collect()
    };
    for (sql, expected) in [
        (
            "SELECT FROM t WHERE a = b",
            json!([{"columns": [{"name": "b"}]}]),
        ),
        ("SELECT FROM t WHERE a = 'x' || 'y'", json!([{}])),
        (
            "SELECT FROM t WHERE a IN (upper('x'), upper($1))",
            json!([{"functions": [{"name": "upper"}]}]),
        ),
        ("SELECT FROM t WHERE a = NULL", json!([])),
        ("SELECT FROM t WHERE a = 'x'", json!([])),
        (
            "SELECT FROM t WHERE a = ANY(string_to_array('x', 'y'))",
            json!([{"functions": [{"name": "string_to_array"}]}]),
        ),
        (
            "SELECT FROM t WHERE a IN (SELECT 'x')",
            json!([{"subqueries": [{"targets": [{"kind": "constant"}]}]}]),
        ),
        (
            "SELECT FROM t WHERE (b, a) IN (VALUES ('x', 'y'))",
            json!([{"subqueries": [{"targets": [{"kind": "constant"}, {"kind": "constant"}]}]}]),
        ),
    ] {
        assert_eq!(json!(against(sql)), expected, "{sql}");
    }
}

#[test]
fn subqueries_are_looked_into_once() {
    for (sql, expected) in [
        ("SELECT FROM t WHERE EXISTS (SELECT FROM u WHERE a = 'x')", vec!["a compared 0"]),
        ("SELECT (SELECT max(b) FROM u WHERE a = 'x')", vec!["a compared 0"]),
        ("SELECT FROM (SELECT * FROM u WHERE a = 'x') v", vec!["a compared 0"]),
        ("WITH v AS (SELECT FROM u WHERE a = 'x') SELECT FROM v", vec!["a compared 0"]),
        (
            "SELECT FROM t WHERE a = 'x' UNION SELECT FROM t WHERE a = 'y'",
            vec!["a compared 0", "a compared 1"],
        ),
        (
            "SELECT FROM t WHERE b IN (SELECT b FROM u WHERE a = 'x' AND c IN (SELECT c FROM v WHERE d = 'y'))",
            vec!["a compared 0", "d compared 1"],
        ),
        ("SELECT FROM f((SELECT a FROM t WHERE a = 'x')) g", vec!["a compared 0"]),
    ] {
        let mut found = compared(sql);
        found.sort();
        assert_eq!(found, expected, "{sql}");
    }
}

#[test]
fn written_values_are_found_by_column_or_position() {
    for (sql, expected) in [
        (
            "INSERT INTO t (a, b) VALUES ('x', $1), ('y', 2)",
            vec!["a inserted 0 1", "b inserted $1 2"],
        ),
        (
            "INSERT INTO t VALUES ('x', now(), DEFAULT, 'y')",
            vec!["#0 inserted 0", "#3 inserted 1"],
        ),
        (
            "INSERT INTO t (b, a) SELECT c, 'x' FROM u",
            vec!["a inserted 0"],
        ),
        (
            "INSERT INTO t (a) VALUES ('x') ON CONFLICT (a) DO UPDATE SET a = 'y' WHERE t.b = 'z'",
            vec!["a inserted 0", "a updated 1", "t.b compared 2"],
        ),
        (
            "UPDATE t SET a = 'x', b = b + 1, c = $1 WHERE a = 'y'",
            vec!["a updated 0", "c updated $1", "a compared 2"],
        ),
        (
            "UPDATE t SET (a, b) = ('x', 'y')",
            vec!["a updated 0", "b updated 1"],
        ),
        ("UPDATE t SET a[1] = 'x'", vec![]),
        (
            "MERGE INTO t USING u ON t.a = 'x' WHEN MATCHED THEN UPDATE SET b = 'y' \
             WHEN NOT MATCHED THEN INSERT (c) VALUES ('z')",
            vec!["t.a compared 0", "b updated 1", "c inserted 2"],
        ),
    ] {
        assert_eq!(compared(sql), expected, "{sql}");
    }
}

#[test]
fn a_parameter_with_two_meanings_is_known_as_such() {
    let facts = |sql: &str| -> Value {
        let facts = analyse(sql).unwrap();
        serde_json::to_value(&facts[0].query.as_ref().unwrap().compared).unwrap()
    };
    let found = facts("SELECT FROM t WHERE ($1::text IS NULL OR a = $1) AND b = $2 AND c > $2");
    assert_eq!(found[0]["elsewhere"], Value::Null);
    assert_eq!(found[1]["elsewhere"], json!(true));
    let found = facts("SELECT FROM t WHERE a = $1 OR b = $1");
    assert_eq!(found[0]["shared"], json!([1]));
    assert_eq!(found[1]["shared"], json!([0]));
    let found = facts("UPDATE t SET (a, b) = ($1, $2)");
    assert_eq!(found[1]["elsewhere"], Value::Null);
}

#[test]
fn the_essence_knows_no_places() {
    let essence = |sql: &str| crate::essence_json(sql.as_bytes()).unwrap();
    assert_eq!(
        essence("SELECT FROM t WHERE a IN ('x')"),
        essence("SELECT FROM t WHERE a IN ('x', 'y', 'z')"),
    );
    assert_ne!(
        essence("SELECT FROM t WHERE a = 'x'"),
        essence("SELECT FROM t WHERE b = 'x'"),
    );
}
