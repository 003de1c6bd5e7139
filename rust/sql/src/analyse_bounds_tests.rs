use super::*;

#[test]
fn refusals_say_what_and_where() {
    for (sql, position) in [
        ("SELEC 1", 1),
        ("SELECT 1 FROM", 14),
        ("SELECT é FROM WHERE a WHERE b", 15),
        ("SELECT a b c", 12),
        ("SELECT (1 + ) , (2 + 3)", 13),
    ] {
        let error = analyse(sql).unwrap_err();
        assert_eq!(
            (error.code, error.position),
            ("42601", position),
            "{sql}: {}",
            error.message
        );
    }
    assert_eq!(analyse("SELECT '\0'").unwrap_err().code, "42601");
}

#[test]
fn every_deep_statement_is_refused_or_analysed_and_none_crashes() {
    let shapes: [fn(usize) -> String; 8] = [
        |n| format!("SELECT {}1{}", "(".repeat(n), ")".repeat(n)),
        |n| format!("SELECT {}1{}", "f(".repeat(n), ")".repeat(n)),
        |n| format!("{}SELECT 1{}", "SELECT (".repeat(n), ")".repeat(n)),
        |n| {
            format!(
                "SELECT * FROM {}t{}",
                "(SELECT * FROM ".repeat(n),
                ") x".repeat(n)
            )
        },
        |n| format!("SELECT a{}", " || b".repeat(n)),
        |n| format!("SELECT {} a", "NOT ".repeat(n)),
        |n| format!("SELECT 1{}", " UNION SELECT 1".repeat(n)),
        |n| {
            format!(
                "SELECT {}1{}",
                "CASE WHEN true THEN ".repeat(n),
                " END".repeat(n)
            )
        },
    ];
    for shape in shapes {
        for levels in [8, 20, 200] {
            let result = analyse(&shape(levels));
            assert!(result.is_ok(), "{levels} of {}: {result:?}", shape(2));
        }
        // The parser may refuse these itself, with the same code.
        for levels in [300, 450] {
            let result = analyse(&shape(levels));
            let code = result.as_ref().map_or_else(|error| error.code, |_| "54001");
            assert_eq!(
                code,
                "54001",
                "{levels} of {}: {:?}",
                shape(2),
                result.err()
            );
        }
        for levels in [600, 100_000] {
            assert_eq!(
                analyse(&shape(levels)).unwrap_err().code,
                "54001",
                "{}",
                shape(3)
            );
        }
    }
}

#[test]
fn wide_statements_are_analysed_within_bounds() {
    let list = format!("SELECT a FROM t WHERE id IN ({}1)", "1, ".repeat(20_000));
    assert!(analyse(&list).is_ok());
    let small = Limits {
        bytes: 100,
        tokens: 10,
        depth: 5,
    };
    assert_eq!(analyse_within(&list, &small).unwrap_err().code, "54000");
    assert_eq!(
        analyse_within("SELECT a,b,c,d,e,f", &small)
            .unwrap_err()
            .code,
        "54000"
    );
    assert_eq!(
        analyse_within("SELECT ((((((1", &small).unwrap_err().code,
        "54001"
    );
}

#[test]
fn operator_characters_in_a_row_are_refused_before_they_take_time() {
    let start = std::time::Instant::now();
    for sql in [
        format!("SELECT {}{} 1", "/*".repeat(100_000), "*/".repeat(100_000)),
        format!("SELECT {} 1", "/**/".repeat(100_000)),
        format!("SELECT {}1", "+-".repeat(100_000)),
        format!("SELECT {}1", "+-".repeat(100)),
        format!("SELECT {}", "+/**/".repeat(100_000)),
        "/*".repeat(100_000),
    ] {
        assert_eq!(analyse(&sql).unwrap_err().code, "54000", "{}", &sql[..20]);
    }
    for sql in [
        format!("SELECT /*{}*/ 1", "*=".repeat(50_000)),
        format!("SELECT 1 --{}", "-+".repeat(50_000)),
        format!("SELECT '{}'", "+-/*".repeat(50_000)),
        format!("SELECT {} 1", "/* */ ".repeat(50_000)),
        format!("SELECT {}1", "- ".repeat(100)),
    ] {
        assert!(analyse(&sql).is_ok(), "{}", &sql[..20]);
    }
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
#[ignore = "measures; run in release"]
#[allow(clippy::print_stdout)]
fn timing() {
    let sql = "SELECT abalance FROM pgbench_accounts WHERE aid = 12345;";
    let start = std::time::Instant::now();
    for _ in 0..20_000 {
        let facts = analyse(sql).unwrap();
        assert!(!serde_json::to_string(&facts).unwrap().is_empty());
    }
    println!("analyse {:?}", start.elapsed() / 20_000);
    let mut hasher = crate::ShapeHasher::new([7; 16]);
    let start = std::time::Instant::now();
    let mut sum = 0;
    for _ in 0..1_000_000 {
        sum ^= crate::shape(sql.as_bytes(), &mut hasher).key;
    }
    println!("shape {:?} {sum}", start.elapsed() / 1_000_000);
}

/// A statement in which something is repeated inside itself.
fn nested(around: impl Fn(&str) -> String, depth: usize, innermost: &str) -> String {
    let inner = (0..depth).fold(innermost.to_owned(), |inner, _| around(&inner));
    format!("SELECT {inner} FROM t")
}

#[test]
fn what_influences_rows_is_followed_once_however_deep_it_nests() {
    let statements = [
        nested(|x| format!("(SELECT {x} FROM t ORDER BY 1)"), 38, "1"),
        nested(
            |x| format!("(SELECT {x} AS q FROM t GROUP BY q ORDER BY q)"),
            38,
            "1",
        ),
        nested(
            |x| format!("EXISTS (SELECT 1 FROM t WHERE {x})"),
            38,
            "a = 1",
        ),
        nested(|x| format!("count((SELECT {x} FROM t))"), 38, "1"),
        nested(|x| format!("(SELECT g FROM f({x}) g)"), 38, "1"),
        nested(|x| format!("(SELECT DISTINCT ON (1) {x} FROM t)"), 38, "1"),
        nested(
            |x| format!("(SELECT a FROM XMLTABLE('/a' PASSING {x} COLUMNS a text, b text))"),
            38,
            "'<a/>'",
        ),
    ];
    for sql in &statements {
        let length = serde_json::to_string(&analyse(sql).unwrap()).unwrap().len();
        assert!(length < 2_000_000, "{length} bytes for {sql}");
    }
}
