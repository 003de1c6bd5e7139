use super::*;

/// What is selected.
fn selected(expression: &str) -> Tree {
    let parsed = pg_query::parse(&format!("SELECT {expression} FROM t"), 0).expect("valid");
    let select = Tree::of(&parsed.protobuf.stmts[0].stmt).expect("a tree");
    select.get("target_list").items()[0].get("val").clone()
}

#[test]
fn what_may_fail_by_its_values_is_known() {
    for expression in [
        "a / b",
        "a - b",
        "a @@ b",
        "nullif(a, b)",
        "sqrt(a)",
        "lower(a)",
        "a::int",
        "a::varchar(3)",
        "json_value(a, b)",
        "json_object(a: b, c: d WITH UNIQUE)",
        "json(a)",
        "xmlelement(name x, a)",
        "xmlserialize(content a AS text)",
    ] {
        assert!(may_fail(&selected(expression)), "{expression}");
    }
}

#[test]
fn what_joins_keeps_or_compares_does_not_fail() {
    for expression in [
        "a",
        "a || b",
        "a = b",
        "a ~~ b",
        "concat(a, b)",
        "coalesce(a, b)",
        "a::text",
        "sum(a)",
        "lag(a) OVER (ORDER BY b)",
        "array_agg(a)",
        "jsonb_build_object(a, b)",
        "json_object(a: b)",
        "ARRAY[a, b]",
        "row(a, b)",
    ] {
        assert!(!may_fail(&selected(expression)), "{expression}");
    }
}

#[test]
fn values_of_several_origins_are_put_together() {
    for expression in [
        "a / b",
        "a / (SELECT 5)",
        "sqrt(a - a)",
        "a - generate_series(1, 5)",
        "a - row_number() OVER ()",
        "a - count(b) OVER ()",
        "a * random()",
        "sum(a) OVER (ORDER BY b)",
    ] {
        assert!(mixes(&selected(expression)), "{expression}");
    }
    for expression in [
        "a",
        "sum(a) OVER ()",
        "sqrt(abs(a))",
        "a::int",
        "5 / 3",
        "random() * 5",
    ] {
        assert!(!mixes(&selected(expression)), "{expression}");
    }
}
