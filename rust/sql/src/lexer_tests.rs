use super::*;
use pg_query::protobuf::Token as Real;
use proptest::prelude::*;

fn kinds(sql: &str) -> Vec<Kind> {
    Lexer::new(sql.as_bytes()).map(|token| token.kind).collect()
}

fn texts(sql: &str) -> Vec<&str> {
    Lexer::new(sql.as_bytes())
        .map(|token| &sql[token.start..token.end])
        .collect()
}

#[test]
fn strings_of_every_quoting_are_one_token() {
    for literal in [
        "'a'",
        "'it''s'",
        "''",
        r"E'a\'b'",
        r"e'\\'",
        "$$a'b$$",
        "$tag$ $$ $ta$ $tag$",
        "'a'\n'b'",
        "'a' -- comment\n  'b'",
        r"'back\'",
    ] {
        assert_eq!(kinds(literal), [Kind::String], "{literal}");
    }
    assert_eq!(kinds("U&'d\\0061'"), [Kind::UnicodeString]);
    assert_eq!(kinds("N'a'"), [Kind::NationalString]);
    assert_eq!(kinds("B'01'"), [Kind::BitString]);
    assert_eq!(kinds("x'ff'"), [Kind::HexString]);
}

#[test]
fn strings_on_one_line_do_not_continue() {
    assert_eq!(kinds("'a' 'b'"), [Kind::String, Kind::String]);
    assert_eq!(kinds("'a' /* \n */ 'b'"), [Kind::String, Kind::String]);
}

#[test]
fn numbers_are_classed_by_the_type_that_the_grammar_gives_them() {
    for (text, kind) in [
        ("0", Kind::Int4),
        ("2147483647", Kind::Int4),
        ("2147483648", Kind::Int8),
        ("9223372036854775808", Kind::Numeric),
        ("1.5", Kind::Numeric),
        (".5", Kind::Numeric),
        ("1e10", Kind::Numeric),
        ("1.e-3", Kind::Numeric),
        ("0x1F", Kind::Int4),
        ("0b101", Kind::Int4),
        ("0o17", Kind::Int4),
        ("1_000", Kind::Int4),
        ("0xFFFFFFFF", Kind::Int8),
    ] {
        assert_eq!(kinds(text), [kind], "{text}");
    }
}

#[test]
fn signs_and_ranges_are_not_part_of_numbers() {
    assert_eq!(texts("-1"), ["-", "1"]);
    assert_eq!(texts("1..2"), ["1", "..", "2"]);
    assert_eq!(texts("1.5.5"), ["1.5", ".5"]);
}

#[test]
fn operators_end_where_the_scanner_ends_them() {
    assert_eq!(texts("a<-1"), ["a", "<", "-", "1"]);
    assert_eq!(texts("a@-1"), ["a", "@-", "1"]);
    assert_eq!(texts("a*-- x\n1"), ["a", "*", "1"]);
    assert_eq!(texts("a+/* x */1"), ["a", "+", "1"]);
    assert_eq!(texts("a::b:=c=>d"), ["a", "::", "b", ":=", "c", "=>", "d"]);
}

#[test]
fn nested_comments_are_skipped() {
    assert_eq!(texts("a /* b /* c */ d */ e -- f"), ["a", "e"]);
}

#[test]
fn what_the_scanner_refuses_is_broken_to_the_end() {
    for text in [
        "'a", "\"a", "\"\"", "/* a", "$a$ b", "1a", "0x", "1e", "$1a", "$", "\0", "E'\\'",
    ] {
        assert_eq!(kinds(text), [Kind::Broken], "{text:?}");
    }
    assert_eq!(kinds("a 'b"), [Kind::Word, Kind::Broken]);
}

/// The tokens of PostgreSQL's own scanner, or `None` when it refuses.
fn real(sql: &str) -> Option<Vec<(usize, usize)>> {
    let scanned = pg_query::scan(sql).ok()?;
    let place = |position: i32| usize::try_from(position).expect("a position");
    Some(
        scanned
            .tokens
            .iter()
            .filter(|token| {
                token.token != Real::SqlComment as i32 && token.token != Real::CComment as i32
            })
            .map(|token| (place(token.start), place(token.end)))
            .collect(),
    )
}

fn fragment() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "'", "''", "E'", "U&'", "U&\"", "\"", "B'", "X'", "N'", "$$", "$a$", "$1", "1", "1.5",
        ".5", "1e5", "0x1F", "1_0", "a", "Ab", "é", "_", " ", "\n", "\t", "--", "/*", "*/", "\\",
        "\\'", "+", "-", "*", "/", "<", ">", "=", "~", "!", "@", "#", "%", "^", "&", "|", "?", "`",
        "::", ":=", ".", "..", ",", ";", "(", ")", "[", "]", ":", "select", "'x'", "'y'\n",
    ])
}

/// Whether letters follow a parameter's number, as in `$1e5`: `libpg_query` lets that pass, PostgreSQL
/// from version 15 on does not.
fn has_junk_after_parameter(sql: &str) -> bool {
    sql.split('$').skip(1).any(|rest| {
        let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        after.len() < rest.len()
            && after.starts_with(|letter: char| letter == '_' || letter.is_alphabetic())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn tokens_are_those_of_the_real_scanner(parts in prop::collection::vec(fragment(), 0..14)) {
        let sql = parts.concat();
        let ours: Vec<Token> = Lexer::new(sql.as_bytes()).collect();
        let broken = ours.iter().any(|token| token.kind == Kind::Broken);
        if let Some(theirs) = real(&sql) {
            // The real scanner checks less than the parser does; where ours stops, it must not have
            // found more tokens before that place.
            let ours: Vec<(usize, usize)> = ours
                .iter()
                .filter(|token| token.kind != Kind::Broken)
                .flat_map(|token| match token.kind {
                    // The real scanner makes the prefix a keyword of its own.
                    Kind::NationalString => {
                        vec![(token.start, token.start + 1), (token.start + 1, token.end)]
                    }
                    _ => vec![(token.start, token.end)],
                })
                .collect();
            if broken {
                let refused = pg_query::parse(&sql, 0).is_err() || has_junk_after_parameter(&sql);
                prop_assert!(refused, "{sql:?}");
            } else {
                prop_assert_eq!(ours, theirs, "{:?}", sql);
            }
        }
    }
}
