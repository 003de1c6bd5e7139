use super::*;
use proptest::prelude::*;

#[test]
fn literals_become_question_marks_and_comments_go() {
    for (sql, expected) in [
        (
            "SELECT a FROM t WHERE id = 42 -- secret",
            "SELECT a FROM t WHERE id = ?",
        ),
        (
            "INSERT INTO t VALUES (1,'x''y',$$z$$, -2.5)",
            "INSERT INTO t VALUES (?,?,?, -?)",
        ),
        ("SELECT/* x */E'\\'' , $1", "SELECT ? , $1"),
        ("ALTER ROLE r PASSWORD 'p'", "ALTER ROLE r PASSWORD ?"),
        ("SELECT \"Mixed Case\"", "SELECT \"Mixed Case\""),
        ("SELECT 'never closed", "SELECT ?"),
        ("SELECT 12abc, 'x'", "SELECT ?"),
        ("", ""),
    ] {
        assert_eq!(normalise(sql.as_bytes(), 1000), expected, "{sql}");
    }
}

#[test]
fn long_statements_are_cut_between_tokens() {
    assert_eq!(normalise(b"SELECT aaa, bbb, ccc", 16), "SELECT aaa, ...");
    let name = "x".repeat(100);
    assert_eq!(
        normalise(format!("SELECT {name}").as_bytes(), 20),
        "SELECT ..."
    );
    assert_eq!(normalise(b"SELECT aaa", 2), " .");
}

proptest! {
    #[test]
    fn the_length_is_bounded_for_any_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        max in 0_usize..200,
    ) {
        prop_assert!(normalise(&bytes, max).len() <= max);
    }

    #[test]
    fn no_string_survives(value in "[a-z]{6,12}", quote in prop::sample::select(vec!["'", "$q$"])) {
        let sql = format!("SELECT * FROM t WHERE a = {quote}{value}{quote} OR b LIKE {quote}{value}");
        prop_assert!(!normalise(sql.as_bytes(), 1000).contains(&value));
    }
}
