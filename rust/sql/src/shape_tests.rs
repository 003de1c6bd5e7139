use super::*;
use crate::tree::Tree;
use proptest::prelude::*;

fn key(sql: &str) -> u128 {
    shape(sql.as_bytes(), &mut ShapeHasher::new([1; 16])).key
}

#[test]
fn literals_white_space_comments_and_case_do_not_matter() {
    let one = key("SELECT a FROM t WHERE id = 1 AND name = 'x'");
    assert_eq!(one, key("select  A from T where ID=2 and NAME = $$y$$"));
    assert_eq!(
        one,
        key("/* why */ SELECT a FROM t -- note\n WHERE id = 3 AND name = E'\\n'")
    );
    assert_eq!(
        one,
        key("SELECT a FROM t WHERE id = 1 AND name = 'x'\n 'y'")
    );
}

#[test]
fn statements_that_can_mean_something_else_differ() {
    for (left, right) in [
        (
            "SELECT a FROM t WHERE id = 1",
            "SELECT b FROM t WHERE id = 1",
        ),
        (
            "SELECT a FROM t WHERE id = 1",
            "SELECT a FROM t WHERE id = -1",
        ),
        ("SELECT 1", "SELECT 1.5"),
        ("SELECT 1", "SELECT 3000000000"),
        ("SELECT 1", "SELECT '1'"),
        ("SELECT 'x'", "SELECT B'1'"),
        ("SELECT N'x'", "SELECT 'x'"),
        ("SELECT X'1'", "SELECT B'1'"),
        ("SELECT U&'a' UESCAPE '!'", "SELECT 'a' UESCAPE '!'"),
        ("SELECT a FROM t", "SELECT \"A\" FROM t"),
        ("SELECT a b", "SELECT ab"),
        ("SELECT $1", "SELECT $2"),
        ("SELECT 1", "SELECT 1; SELECT 1"),
        ("SELECT a FROM t ORDER BY 1", "SELECT a FROM t ORDER BY 2"),
        (
            "SELECT a, b FROM t GROUP BY f(a), 1",
            "SELECT a, b FROM t GROUP BY f(a), 2",
        ),
        ("SELECT a::float(10)", "SELECT a::float(30)"),
        ("SELECT f('a')", "SELECT f('a', 'a')"),
        ("SELECT (a), b", "SELECT (a, b)"),
    ] {
        assert_ne!(key(left), key(right), "{left} / {right}");
    }
}

#[test]
fn literals_count_outside_of_queries_and_changes() {
    for (left, right) in [
        ("SET a = 1", "SET a = 2"),
        ("SELECT 1; SET a = 1", "SELECT 2; SET a = 1"),
        (
            "SELECT set_config('a', 'b', false)",
            "SELECT set_config('a', 'c', false)",
        ),
        (
            "SELECT \"set_config\"('a', 'b', false)",
            "SELECT \"set_config\"('a', 'c', false)",
        ),
        ("COPY t TO 'a'", "COPY t TO 'b'"),
        (
            "SELECT U&\"!0061\" UESCAPE '!'",
            "SELECT U&\"!0061\" UESCAPE '#'",
        ),
        ("EXPLAIN SELECT 1", "EXPLAIN SELECT 2"),
        ("SELECT 'a", "SELECT 'b"),
    ] {
        assert_ne!(key(left), key(right), "{left} / {right}");
    }
    assert_eq!(
        key("(SELECT 1) UNION SELECT 2"),
        key("(SELECT 3) UNION SELECT 4")
    );
    assert_eq!(
        key("SELECT a FROM t ORDER BY a LIMIT 1"),
        key("SELECT a FROM t ORDER BY a LIMIT 2")
    );
}

#[test]
fn another_secret_gives_other_shapes() {
    let mut other = ShapeHasher::new([2; 16]);
    assert_ne!(key("SELECT 1"), shape(b"SELECT 1", &mut other).key);
}

#[test]
fn a_huge_statement_does_not_keep_its_memory() {
    let mut hasher = ShapeHasher::new([1; 16]);
    let _ = shape("SELECT a ".repeat(50_000).as_bytes(), &mut hasher);
    assert!(hasher.tokens.capacity() <= SCRATCH_BYTES);
}

/// The tree without positions and without the values of constants.
fn blanked(tree: &Tree) -> Tree {
    match tree {
        Tree::List(items) => Tree::List(items.iter().map(blanked).collect()),
        Tree::Node(kind @ ("Integer" | "Float" | "BitString"), _) => Tree::Node(kind, Vec::new()),
        Tree::Node("AConst", fields) => Tree::Node(
            "AConst",
            fields
                .iter()
                .filter(|(name, _)| *name != "location")
                .map(|(name, value)| match value {
                    Tree::Node("String", _) => (*name, Tree::Node("String", Vec::new())),
                    other => (*name, blanked(other)),
                })
                .collect(),
        ),
        Tree::Node(kind, fields) => Tree::Node(
            kind,
            fields
                .iter()
                .filter(|(name, _)| {
                    !name.ends_with("location")
                        && !matches!(
                            *name,
                            "rexpr_list_start"
                                | "rexpr_list_end"
                                | "list_start"
                                | "list_end"
                                | "stmt_len"
                        )
                })
                .map(|(name, value)| (*name, blanked(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

fn meaning(sql: &str) -> Option<Tree> {
    let parsed = pg_query::parse(sql, 0).ok()?;
    Some(blanked(&Tree::of(&parsed.protobuf.stmts).expect("a tree")))
}

fn literal() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "1",
        "0",
        "77",
        "3000000000",
        "1.5",
        "1e3",
        "'a'",
        "''",
        "'it''s'",
        "$$b$$",
        "E'\\n'",
        "B'1'",
        "X'f'",
        "N'z'",
        "'a'\n'b'",
        "9223372036854775808",
        "0x1f",
        "U&'\\0061'",
    ])
}

fn piece() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "t.b",
        "\"A\"",
        "f(",
        ")",
        "(",
        ",",
        "+",
        "-",
        "||",
        "=",
        "<",
        "::text",
        "::float(",
        "AND",
        "OR",
        "NOT",
        "CASE WHEN",
        "THEN",
        "ELSE",
        "END",
        "FROM t",
        "WHERE",
        "ORDER BY",
        "GROUP BY",
        "LIMIT",
        "SELECT",
        "UNION",
        "VALUES (",
        "IS NULL",
        "IN (",
        "[",
        "]",
        "AS x",
        ";",
        "SET a =",
        "interval",
        "date",
        "set_config(",
        "UESCAPE",
        "BETWEEN",
        "LIKE",
        "array[",
        "$1",
        "count(*)",
    ])
}

/// Pieces of a statement; those that are `None` are to be filled with literals.
fn template() -> impl Strategy<Value = Vec<Option<&'static str>>> {
    prop::collection::vec(
        prop_oneof![2 => piece().prop_map(Some), 1 => Just(None)],
        1..12,
    )
}

fn fill(template: &[Option<&str>], literals: &[&str], space: &str) -> String {
    let mut next = literals.iter().cycle();
    let parts: Vec<&str> = template
        .iter()
        .map(|part| part.unwrap_or_else(|| next.next().expect("cycles")))
        .collect();
    format!("SELECT {}", parts.join(space))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn equal_shapes_have_equal_trees(
        template in template(),
        left in prop::collection::vec(literal(), 4),
        right in prop::collection::vec(literal(), 4),
        space in prop::sample::select(vec![" ", "\n", " /* x */ ", " -- y\n"]),
    ) {
        let first = fill(&template, &left, " ");
        let second = fill(&template, &right, space);
        if key(&first) == key(&second) {
            prop_assert_eq!(meaning(&first), meaning(&second), "{} / {}", first, second);
        }
    }

    #[test]
    fn pieces_in_another_order_share_a_shape_only_with_an_equal_tree(
        left in prop::collection::vec(piece(), 1..6),
        right in prop::collection::vec(piece(), 1..6),
    ) {
        let first = format!("SELECT {}", left.join(" "));
        let second = format!("SELECT {}", right.join(" "));
        if key(&first) == key(&second) {
            prop_assert_eq!(meaning(&first), meaning(&second));
        }
    }

    #[test]
    fn any_bytes_have_a_shape(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut hasher = ShapeHasher::new([3; 16]);
        prop_assert_eq!(shape(&bytes, &mut hasher), shape(&bytes, &mut hasher));
    }
}
