use crate::analyse::analyse;

/// Form and columns of what a statement asks.
fn told(sql: &str) -> Vec<String> {
    let query = analyse(sql).unwrap().remove(0).query.unwrap();
    let asks = query.asks.iter().map(|one| {
        let names: Vec<&str> = one
            .flow
            .columns
            .iter()
            .map(|name| name.name.as_str())
            .collect();
        let mark = if one.unstable { "!" } else { "" };
        format!("{}{mark} {} ", one.form, names.join(","))
    });
    asks.collect()
}

#[test]
fn what_is_made_of_columns_without_values_is_told_once() {
    for (sql, expected) in [
        ("SELECT a / (a - b) FROM t", "combined a,b "),
        ("SELECT id, nullif(a, b) FROM t", "columns a,b "),
        ("SELECT (a - b)::int2 FROM t", "combined a,b "),
        (
            "SELECT nullif(lower(a), upper(b)) IS NULL FROM t",
            "combined a,b ",
        ),
        ("SELECT jsonb_build_object(a, b) FROM t", "combined a,b "),
        ("SELECT a - (SELECT b FROM u) FROM t", "combined! a "),
        ("SELECT a - row_number() OVER () FROM t", "derived a "),
        ("SELECT lower(int8range(a, b)) FROM t", "combined a,b "),
        (
            "SELECT json_object(a: b, c: d WITH UNIQUE) FROM t",
            "combined a,b,c,d ",
        ),
        (
            "SELECT xmlserialize(content a AS text) FROM t",
            "derived a ",
        ),
        ("SELECT sqrt(ln(a)) FROM t", "combined a "),
        ("SELECT sqrt(ln(coalesce(a, a))) FROM t", "combined a "),
        ("SELECT round(abs(a))::int8 FROM t", "derived a "),
        ("SELECT a::bit(3)::bit(1)::int FROM t", "expression a "),
        ("SELECT ln(a::varchar(3)::int) FROM t", "expression a "),
        ("SELECT a IN (SELECT b FROM u) FROM t", "combined! a "),
        ("SELECT a || b FROM t", "derived a,b "),
        ("SELECT (lower(a)).b FROM t", "cast a "),
        ("SELECT a::int2 FROM t", "derived a "),
        ("SELECT concat(a::text, b) FROM t", "cast a "),
    ] {
        let told: Vec<String> = told(sql);
        assert_eq!(told, [expected], "{sql}");
    }
    for sql in [
        "SELECT a, ROW(a, b), ARRAY[a, b], a IS NULL, coalesce(a, b) FROM t",
        "SELECT concat(a, b), jsonb_build_array(a, b), count(a) FROM t",
        "SELECT now(), current_date, (SELECT a FROM t)",
    ] {
        let told = told(sql);
        assert!(told.is_empty(), "{sql}: {told:?}");
    }
}

#[test]
fn types_that_values_are_read_as_are_told() {
    let types = |sql: &str| {
        let facts = analyse(sql).unwrap().remove(0);
        let asks = facts.query.unwrap().asks;
        let named = asks.into_iter().flat_map(|one| one.flow.types);
        named.map(|name| name.name).collect::<Vec<_>>()
    };
    assert_eq!(types("SELECT a::mood, 'x'::other FROM t"), ["mood"]);
    assert_eq!(types("SELECT a::text FROM t"), ["text"]);
    assert_eq!(
        types("SELECT upper(a::mood::text) FROM t"),
        ["mood", "text", "mood"]
    );
    assert_eq!(
        types("SELECT * FROM t, jsonb_to_record(t.doc) AS x (k mood)"),
        ["mood"]
    );
}

#[test]
fn texts_that_are_put_together_are_told_from_what_may_fail() {
    let joining = |sql: &str| {
        let query = analyse(sql).unwrap().remove(0).query.unwrap();
        query.asks.iter().all(|one| one.joining)
    };
    for expression in [
        "a || ' ' || b",
        "a || b",
        "concat(a, ': ', b)",
        "upper(a || $1) || coalesce(b, 'none')",
        "(a || ' ')::text || b",
        "a COLLATE \"C\" || 'x' || b",
    ] {
        assert!(
            joining(&format!("SELECT {expression} FROM t")),
            "{expression}"
        );
    }
    for expression in [
        "a || left(b, 3)",
        "a || ' ' || b = 'x'",
        "(a || b)::int",
        "a || b / 2",
        "a || (SELECT 'x' FROM u)",
        "jsonb_build_object('k', a) || b",
    ] {
        assert!(
            !joining(&format!("SELECT {expression} FROM t")),
            "{expression}"
        );
    }
}

#[test]
fn keys_that_may_not_meet_are_told() {
    let keys = "SELECT json_objectagg(a: b WITH UNIQUE) FROM t";
    assert_eq!(told(keys), ["group a "]);
    assert!(told("SELECT json_objectagg(a: b) FROM t").is_empty());
}
