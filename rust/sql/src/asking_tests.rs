use super::*;
use crate::analyse::analyse;
use crate::held::{influencing, Held};

/// Form, columns and values of everything that influences a statement and its subqueries, but for what
/// is made of one column.
fn found(sql: &str) -> Vec<String> {
    let mut all = everything(sql);
    all.retain(|text| !(text.starts_with("derived") || text.starts_with("cast")));
    all
}

fn everything(sql: &str) -> Vec<String> {
    let facts = analyse(sql).unwrap().remove(0);
    let mut out = Vec::new();
    let level = facts.inner.as_deref().unwrap_or(&facts);
    collect(level.query.as_ref().unwrap(), &level.influencing, &mut out);
    out
}

fn collect(query: &Query, values: &[Values], out: &mut Vec<String>) {
    for influence in &query.asks {
        let flow = &influence.flow;
        let columns = flow.columns.iter().chain(&flow.counted_columns);
        let names: Vec<&str> = columns.map(|column| column.name.as_str()).collect();
        let held: Vec<String> = values[influence.number]
            .held
            .iter()
            .map(|held| match held {
                Held::Literal(text, array) => format!("{text}{}", if *array { "[]" } else { "" }),
                Held::Parameter(number, array) => {
                    format!("${number}{}", if *array { "[]" } else { "" })
                }
            })
            .collect();
        let mark = if influence.unstable { "!" } else { "" };
        let optional = if influence.optional { "?" } else { "" };
        out.push(format!(
            "{}{mark} {}{optional} {}",
            influence.form,
            names.join(","),
            held.join(",")
        ));
    }
    let sources = query
        .sources
        .iter()
        .filter_map(|source| source.query.as_ref());
    let below = query.ctes.iter().map(|cte| &cte.query);
    for inner in below
        .chain(&query.branches)
        .chain(sources)
        .chain(&query.conditions)
    {
        collect(inner, values, out);
    }
}

#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let found: Vec<String> = found(sql)
        .iter()
        .map(|text| text.trim().to_owned())
        .collect();
    assert_eq!(found, expected, "{sql}");
}

#[test]
fn comparisons_with_values_are_told_one_by_one() {
    check(
        "SELECT 1 FROM t WHERE a = 5 AND NOT b <> 'x'",
        &["equal a 5", "equal b x"],
    );
    check(
        "SELECT 1 FROM t WHERE 5 < a OR b BETWEEN 1 AND $2",
        &["compare a 5", "compare b 1,$2"],
    );
    check("SELECT 1 FROM t WHERE a IN (1, 2, $3)", &["equal a 1,2,$3"]);
    check("SELECT 1 FROM t WHERE a = ANY ($1)", &["equal a $1[]"]);
    check(
        "SELECT 1 FROM t WHERE a <> ALL ('{1,2}')",
        &["equal a {1,2}[]"],
    );
    check(
        "SELECT 1 FROM t WHERE a = ANY (ARRAY[1, 2])",
        &["equal a 1,2"],
    );
    check(
        "SELECT 1 FROM t WHERE a LIKE 'x%' AND b ~ 'y'",
        &["compare a x%", "compare b y"],
    );
    check("SELECT 1 FROM t WHERE a IS NULL AND b IS NOT NULL", &[]);
    check("SELECT CASE a WHEN 1 THEN 2 END FROM t", &["equal a 1"]);
}

#[test]
fn columns_that_are_joined_have_no_values() {
    check(
        "SELECT 1 FROM t JOIN u ON t.a = u.a AND t.b < u.b",
        &["columns a,a", "sort b,b"],
    );
    check(
        "SELECT 1 FROM t JOIN u USING (a) NATURAL JOIN v",
        &["merged a", "merged *"],
    );
}

#[test]
fn other_expressions_are_told_with_all_their_values() {
    check(
        "SELECT 1 FROM t WHERE a / 2 > 100 + $1",
        &["expression a 2,100,$1"],
    );
    check("SELECT 1 FROM t WHERE length(a) = 3", &["expression a 3"]);
    check("SELECT 1 FROM t WHERE active", &["expression active"]);
    check("SELECT 1 / (a - 5) FROM t", &["expression a 1,5"]);
    check("SELECT upper(a), array_agg(b) FROM t", &[]);
    check("SELECT upper(a), sum(b) FROM t", &["group b"]);
    check("SELECT stddev_pop(b) FROM t", &["group b"]);
    check(
        "SELECT jsonb_object_agg_unique(a, b) FROM t",
        &["group a,b", "combined a,b"],
    );
    check("SELECT max(nullif(a, 3)) FROM t", &["expression a 3"]);
    check(
        "SELECT sum(CASE WHEN a > 9 THEN 1 ELSE 0 END) FROM t",
        &["compare a 9"],
    );
    check(
        "SELECT count(*) FILTER (WHERE a > 9) FROM t",
        &["compare a 9"],
    );
    check(
        "SELECT 1 FROM t GROUP BY b HAVING avg(a) > 7",
        &["expression a 7", "group a", "group b"],
    );
    check("SELECT a SIMILAR TO 'x' FROM t", &["expression a x"]);
}

#[test]
fn order_groups_and_windows_are_told() {
    check(
        "SELECT a AS x, b FROM t ORDER BY x, 2",
        &["sort a", "sort b"],
    );
    check(
        "SELECT a AS x, b FROM t GROUP BY x ORDER BY b",
        &["group a", "group x?", "sort b", "sort b?"],
    );
    check(
        "SELECT max(a), coalesce(b, c), d::text FROM t ORDER BY max, coalesce, d, e, t.max",
        &[
            "group a",
            "sort a",
            "sort max?",
            "sort b,c",
            "sort coalesce?",
            "sort d",
            "sort d?",
            "sort e",
            "sort max",
        ],
    );
    check(
        "SELECT (SELECT a FROM u), CASE WHEN true THEN b END FROM t ORDER BY a, \"case\"",
        &["sort!", "sort a?", "sort b", "sort case?"],
    );
    check("SELECT DISTINCT a, b FROM t", &["group a", "group b"]);
    check(
        "SELECT DISTINCT ON (2) a, b FROM t",
        &["group a", "group b"],
    );
    check(
        "SELECT rank() OVER (PARTITION BY b ORDER BY a) FROM t",
        &["group b", "sort a"],
    );
    check(
        "SELECT count(*) OVER (ORDER BY a RANGE 5 PRECEDING) FROM t",
        &["expression a 5", "sort a"],
    );
    check("SELECT array_agg(b ORDER BY a) FROM t", &["sort a"]);
    check(
        "SELECT 1 FROM t GROUP BY ROLLUP (a, b)",
        &["group a", "group b"],
    );
    check("SELECT a FROM t UNION SELECT 1", &["set"]);
    check("SELECT a FROM t UNION ALL SELECT 1", &[]);
    check("SELECT a FROM t UNION ALL SELECT 1 ORDER BY 1", &["set"]);
    check("SELECT a FROM t UNION ALL SELECT 1 ORDER BY a", &["set a"]);
}

#[test]
fn numbers_of_rows_are_told() {
    check("SELECT 1 FROM t LIMIT (SELECT a FROM u)", &["limit!"]);
    check("SELECT 1 FROM t, generate_series(1, t.a)", &["rows a"]);
    check("SELECT 1 FROM t, unnest(t.a)", &[]);
    check(
        "SELECT generate_series(1, a) FROM t",
        &["rows a", "expression a 1"],
    );
    check("SELECT 1 FROM t LIMIT 10 OFFSET $1", &[]);
}

#[test]
fn rows_of_stored_documents_are_counted_and_of_made_ones_told() {
    check("SELECT 1 FROM t, unnest(ARRAY[a, b])", &[]);
    check("SELECT unnest(ARRAY(SELECT a FROM u)) FROM t", &[]);
    check("SELECT 1 FROM t, jsonb_array_elements(t.a)", &[]);
    check(
        "SELECT 1 FROM t, jsonb_array_elements(a::jsonb -> 'x' #> '{y,0}')",
        &["expression a x,{y,0}"],
    );
    check(
        "SELECT jsonb_path_query(a, '$.x[*]') FROM t",
        &["expression a $.x[*]", "expression a $.x[*]"],
    );
    for made in [
        "SELECT 1 FROM t, jsonb_array_elements(a || jsonb_build_array(b))",
        "SELECT 1 FROM t, jsonb_path_query(a, b::jsonpath)",
        "SELECT 1 FROM t, jsonb_path_query(a, '$[0 to $n]', jsonb_build_object('n', b))",
    ] {
        check(made, &["rows a,b"]);
    }
    check(
        "SELECT 1 FROM t, jsonb_array_elements(a -> b)",
        &["rows a,b", "rows a,b"],
    );
    check(
        "SELECT 1 FROM t, JSON_TABLE(a, '$.x[*]' COLUMNS (y int))",
        &["expression a $.x[*]"],
    );
    check(
        "SELECT 1 FROM t, JSON_TABLE(a, '$[0 to $n]' PASSING b AS n COLUMNS (y int))",
        &["rows a,b"],
    );
    check(
        "SELECT 1 FROM t, XMLTABLE('/x' PASSING a COLUMNS y int)",
        &["expression a /x"],
    );
}

#[test]
fn whether_a_value_is_found_by_another_is_told() {
    check(
        "SELECT a[1], a[2:3], a -> 'x', lag(a) OVER () FROM t",
        &["expression a 1", "expression a 2,3", "compare a x"],
    );
    check(
        "SELECT substring(a FROM 1 FOR 3) FROM t",
        &["expression a 1,3"],
    );
    check("SELECT (ARRAY[a])[b] FROM t", &["rows b"]);
    for found in [
        "SELECT a -> b FROM t",
        "SELECT lag(a, b) OVER () FROM t",
        "SELECT substring(a FROM b) FROM t",
        "SELECT jsonb_extract_path(a, b) FROM t",
    ] {
        let last = if found.contains("->") {
            "sort a,b"
        } else {
            "combined a,b"
        };
        check(found, &["rows a,b", last]);
    }
}

#[test]
fn what_changes_by_itself_is_told() {
    check(
        "SELECT 1 FROM t WHERE a > (SELECT avg(a) FROM t)",
        &["expression! a", "group a"],
    );
    check(
        "SELECT 1 FROM t WHERE a + 1 < current_date",
        &["expression! a 1"],
    );
    check("SELECT 1 FROM t WHERE a < b::date", &["expression! a,b"]);
    check(
        "SELECT 1 FROM t WHERE a < '2024-01-01'::date",
        &["compare a 2024-01-01"],
    );
}

#[test]
fn subqueries_have_their_own() {
    check(
        "SELECT 1 FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND u.b > 5)",
        &["columns a,a", "compare b 5"],
    );
    check(
        "WITH w AS (SELECT 1 FROM t WHERE a = 1) SELECT * FROM w",
        &["equal a 1"],
    );
    check(
        "DELETE FROM t USING u WHERE t.a = u.b AND t.c = 4",
        &["columns a,b", "equal c 4"],
    );
    check(
        "UPDATE t SET x = 1 WHERE a > 3 RETURNING id",
        &["compare a 3"],
    );
    check("EXPLAIN SELECT 1 FROM t WHERE a = 5", &["equal a 5"]);
    check("INSERT INTO x SELECT 1 FROM t WHERE a = 5", &["equal a 5"]);
}

#[test]
fn values_stand_by_number() {
    let sql = b"SELECT 1 FROM t WHERE a = 5; EXPLAIN SELECT 1 FROM t WHERE b + 1 > $1";
    let found = influencing(sql).unwrap();
    let at: Vec<_> = found
        .iter()
        .map(|one| (one.statement, one.depth, one.number, one.values.each))
        .collect();
    assert_eq!(at, [(0, 0, 0, true), (1, 1, 0, false)]);
    assert_eq!(found[1].values.held.len(), 2);
}

#[test]
fn structures_are_equal_where_only_values_differ() {
    let of = |sql: &str| {
        influencing(sql.as_bytes())
            .unwrap()
            .remove(0)
            .values
            .structure
    };
    let one = of("SELECT 1 FROM t WHERE a / 2 > 100");
    assert_eq!(one, of("SELECT  1 FROM t WHERE (a / 3) > 5"));
    assert_ne!(one, of("SELECT 1 FROM t WHERE a * 2 > 100"));
    assert_ne!(one, of("SELECT 1 FROM t WHERE b / 2 > 100"));
}

#[test]
fn statements_of_one_shape_have_the_same_influences() {
    for (shape, fillings) in [
        ("SELECT DISTINCT ON ({}) a, b FROM t", ["1", "2"]),
        ("SELECT a FROM t WHERE b > {}", ["1", "-1"]),
        ("SELECT a FROM t WHERE b = {}", ["'x'", "U&'x'"]),
        ("SELECT a FROM t WHERE b IN ({})", ["1", "1, 2"]),
        ("SELECT f(a, {}) FROM t", ["1", "'now'"]),
    ] {
        let query = |filling| {
            let sql = shape.replace("{}", filling);
            analyse(&sql).unwrap().remove(0).query
        };
        let [one, other] = fillings.map(query);
        assert_eq!(one, other, "{shape}");
    }
}

#[test]
fn constants_beside_columns_are_asked_about() {
    check(
        "SELECT x FROM t, LATERAL (VALUES (a, 1), ('guess', 2)) v (x, n)",
        &["expression a guess"],
    );
    check(
        "SELECT CASE WHEN b THEN a ELSE 'guess' END FROM t",
        &["expression a guess", "expression b"],
    );
    check(
        "SELECT CASE WHEN b THEN a ELSE NULL END FROM t",
        &["expression b"],
    );
    check(
        "SELECT CASE WHEN b THEN 'x' ELSE 'y' END FROM t",
        &["expression b"],
    );
}

#[test]
fn rows_are_compared_column_by_column() {
    check(
        "SELECT 1 FROM t WHERE (a, b) = ('x', 2)",
        &["equal a x", "equal b 2"],
    );
    check(
        "SELECT 1 FROM t WHERE (a, b) IN (('x', 2), ('y', 3))",
        &["equal a x,y", "equal b 2,3"],
    );
    check("SELECT 1 FROM t WHERE (a = 'x') IS TRUE", &["equal a x"]);
    check(
        "SELECT 1 FROM t WHERE (a, b) < ('x', 2)",
        &["expression a,b x,2"],
    );
}

#[test]
fn functions_are_asked_in_conditions_and_not_by_a_mere_call() {
    check("SELECT f('x')", &[]);
    check("SELECT 1 WHERE f('x')", &["expression  x"]);
    check("SELECT 1 / f('x')", &["expression  1,x"]);
    check("SELECT 1 LIMIT f('x')", &["limit"]);
}
