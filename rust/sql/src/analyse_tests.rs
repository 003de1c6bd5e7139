use super::*;
use serde_json::{json, Value};

fn all(sql: &str) -> Vec<Value> {
    analyse(sql)
        .expect(sql)
        .iter()
        .map(|facts| serde_json::to_value(facts).expect("facts serialise"))
        .collect()
}

fn one(sql: &str) -> Value {
    let mut statements = all(sql);
    assert_eq!(statements.len(), 1, "{sql}");
    statements.remove(0)
}

fn relations(sql: &str) -> Vec<String> {
    analyse(sql).expect(sql)[0]
        .relations
        .iter()
        .map(|relation| {
            let schema = relation
                .schema
                .as_ref()
                .map_or(String::new(), |s| format!("{s}."));
            format!(
                "{schema}{} {} {}",
                relation.name, relation.role, relation.verb
            )
        })
        .collect()
}

#[test]
fn every_statement_of_a_string_has_its_place() {
    let sql = "SELECT 1; INSERT INTO t VALUES (1) ;\n COMMIT";
    let statements = all(sql);
    let places: Vec<(u64, u64)> = statements
        .iter()
        .map(|facts| {
            (
                facts["start"].as_u64().unwrap(),
                facts["end"].as_u64().unwrap(),
            )
        })
        .collect();
    let texts: Vec<&str> = places
        .iter()
        .map(|&(start, end)| {
            sql[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()].trim()
        })
        .collect();
    assert_eq!(texts, ["SELECT 1", "INSERT INTO t VALUES (1)", "COMMIT"]);
    assert_eq!(statements[2]["index"], 2);
    assert!(all("").is_empty());
    assert!(all(" ; /* nothing */ ;").is_empty());
}

#[test]
fn operations_are_named() {
    for (sql, operation) in [
        ("SELECT 1", "select"),
        ("TABLE t", "select"),
        ("VALUES (1)", "select"),
        ("SELECT 1 INTO t", "create_table_as"),
        (
            "SELECT 1 INTO t UNION SELECT 2 EXCEPT SELECT 3",
            "create_table_as",
        ),
        ("INSERT INTO t DEFAULT VALUES", "insert"),
        ("UPDATE t SET a = 1", "update"),
        ("DELETE FROM t", "delete"),
        (
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "merge",
        ),
        ("COPY t TO STDOUT", "copy_out"),
        ("COPY t FROM STDIN", "copy_in"),
        ("CREATE TABLE t (a int)", "ddl"),
        ("COMMENT ON TABLE t IS 'x'", "ddl"),
        ("CREATE VIEW v AS SELECT 1", "create_view"),
        ("CREATE MATERIALIZED VIEW v AS SELECT 1", "create_table_as"),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "create_function",
        ),
        ("GRANT SELECT ON t TO r", "admin"),
        ("CREATE ROLE r", "admin"),
        ("VACUUM t", "admin"),
        ("VACUUM ANALYZE t", "admin"),
        ("ANALYZE t", "ddl"),
        ("ANALYZE VERBOSE t", "admin"),
        ("CREATE EXTENSION dblink", "admin"),
        ("ALTER SYSTEM SET a = 1", "admin"),
        ("CALL p()", "call"),
        ("DO 'x'", "do"),
        ("EXPLAIN SELECT 1", "explain"),
        ("SET a = 1", "set"),
        ("RESET a", "reset"),
        ("SHOW a", "show"),
        ("BEGIN", "transaction"),
        ("PREPARE p AS SELECT 1", "prepare"),
        ("EXECUTE p(1)", "execute"),
        ("DEALLOCATE ALL", "deallocate"),
        ("DECLARE c CURSOR FOR SELECT 1", "declare"),
        ("FETCH 1 FROM c", "fetch"),
        ("CLOSE c", "close"),
        ("LISTEN x", "listen"),
        ("UNLISTEN x", "unlisten"),
        ("NOTIFY x, 'y'", "notify"),
        ("LOCK TABLE t", "lock"),
        ("TRUNCATE t", "truncate"),
        ("REFRESH MATERIALIZED VIEW v", "refresh"),
        ("DISCARD ALL", "discard"),
    ] {
        assert_eq!(one(sql)["operation"], operation, "{sql}");
    }
}

#[test]
fn relations_are_found_wherever_they_stand() {
    for sql in [
        "SELECT (SELECT a FROM s.t)",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM s.t)",
        "SELECT 1 ORDER BY (SELECT a FROM s.t)",
        "SELECT 1 GROUP BY (SELECT a FROM s.t)",
        "SELECT 1 LIMIT (SELECT a FROM s.t)",
        "SELECT count(*) FILTER (WHERE 1 IN (SELECT a FROM s.t))",
        "SELECT sum(1) OVER (ORDER BY (SELECT a FROM s.t))",
        "SELECT sum(1) OVER w WINDOW w AS (PARTITION BY (SELECT a FROM s.t))",
        "SELECT * FROM f((SELECT a FROM s.t))",
        "SELECT * FROM ROWS FROM (f((SELECT a FROM s.t))) AS x",
        "SELECT * FROM LATERAL (SELECT a FROM s.t) x",
        "SELECT * FROM s.t TABLESAMPLE system (10)",
        "SELECT * FROM XMLTABLE('/a' PASSING (SELECT a FROM s.t) COLUMNS b int)",
        "SELECT * FROM JSON_TABLE((SELECT a FROM s.t), '$' COLUMNS (b int PATH '$'))",
        "SELECT JSON_VALUE((SELECT a FROM s.t), '$')",
        "SELECT JSON_OBJECT('a': (SELECT a FROM s.t))",
        "SELECT XMLELEMENT(NAME a, (SELECT a FROM s.t))",
        "SELECT ARRAY(SELECT a FROM s.t)",
        "SELECT ARRAY[(SELECT a FROM s.t)]",
        "SELECT ROW((SELECT a FROM s.t))",
        "SELECT CASE WHEN 1 = ANY (SELECT a FROM s.t) THEN 1 END",
        "SELECT COALESCE((SELECT a FROM s.t), 1)",
        "SELECT ((SELECT t FROM s.t)).a",
        "SELECT (ARRAY[1])[(SELECT a FROM s.t)]",
        "SELECT 1 UNION SELECT a FROM s.t",
        "WITH x AS (SELECT a FROM s.t) SELECT 1",
        "WITH x AS MATERIALIZED (TABLE s.t) TABLE x",
        "WITH RECURSIVE x AS (SELECT 1 UNION SELECT a FROM s.t, x) SELECT * FROM x",
        "VALUES ((SELECT a FROM s.t))",
        "PREPARE p AS SELECT a FROM s.t",
        "EXECUTE p((SELECT a FROM s.t))",
        "DECLARE c CURSOR FOR SELECT a FROM s.t",
        "EXPLAIN ANALYZE SELECT a FROM s.t",
        "COPY (SELECT a FROM s.t) TO STDOUT",
        "COPY s.t TO STDOUT",
        "CREATE TABLE u AS SELECT a FROM s.t",
        "CREATE VIEW v AS SELECT a FROM s.t",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT a FROM s.t; END",
        "CALL p((SELECT a FROM s.t))",
        "UPDATE u SET a = (SELECT a FROM s.t)",
        "UPDATE u SET (a, b) = (SELECT a, b FROM s.t)",
        "UPDATE u SET a = 1 FROM s.t",
        "DELETE FROM u USING s.t",
        "INSERT INTO u SELECT a FROM s.t",
        "INSERT INTO u VALUES ((SELECT a FROM s.t))",
        "INSERT INTO u VALUES (1) ON CONFLICT (a) DO UPDATE SET a = (SELECT a FROM s.t)",
        "INSERT INTO u VALUES (1) RETURNING (SELECT a FROM s.t)",
        "MERGE INTO u USING s.t ON true WHEN MATCHED THEN DO NOTHING",
    ] {
        assert!(
            relations(sql).contains(&"s.t read select".to_owned()),
            "{sql}: {:?}",
            relations(sql)
        );
    }
}

#[test]
fn writes_and_definitions_have_their_roles() {
    for (sql, expected) in [
        ("INSERT INTO s.t VALUES (1)", "s.t write insert"),
        (
            "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2",
            "t write update",
        ),
        ("UPDATE t SET a = 1", "t write update"),
        ("DELETE FROM t", "t write delete"),
        (
            "MERGE INTO t USING u ON true WHEN NOT MATCHED THEN INSERT VALUES (1)",
            "t write insert",
        ),
        (
            "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
            "t write delete",
        ),
        ("EXPLAIN ANALYZE DELETE FROM t", "t write delete"),
        ("COPY t FROM STDIN", "t write copy"),
        ("TRUNCATE t", "t write truncate"),
        ("SELECT 1 INTO t", "t write create"),
        ("CREATE TABLE t (a int)", "t ddl create"),
        ("CREATE TABLE t AS SELECT 1", "t ddl create"),
        ("CREATE VIEW t AS SELECT 1", "t ddl create"),
        ("CREATE TABLE u (a int REFERENCES t)", "t read reference"),
        (
            "ALTER TABLE u ADD FOREIGN KEY (a) REFERENCES t (b)",
            "t read reference",
        ),
        ("CREATE TABLE u (LIKE t)", "t read select"),
        ("CREATE TABLE u () INHERITS (t)", "t ddl ddl"),
        ("CREATE TABLE u PARTITION OF t DEFAULT", "t ddl ddl"),
        ("ALTER TABLE t ADD b int", "t ddl ddl"),
        ("LOCK TABLE t", "t read lock"),
    ] {
        assert!(
            relations(sql).contains(&expected.to_owned()),
            "{sql}: {:?}",
            relations(sql)
        );
    }
}

#[test]
fn names_of_common_table_expressions_are_left_out_only_where_they_are_visible() {
    let none: [&str; 0] = [];
    assert_eq!(relations("WITH x AS (SELECT 1) SELECT * FROM x"), none);
    assert_eq!(
        relations("WITH RECURSIVE x AS (SELECT 1 UNION SELECT * FROM x) TABLE x"),
        none
    );
    let read = ["x read select"];
    assert_eq!(
        relations("WITH x AS (SELECT * FROM x) SELECT * FROM x"),
        read
    );
    assert_eq!(
        relations("SELECT (WITH x AS (SELECT 1) SELECT 1) FROM x"),
        read
    );
    assert_eq!(
        relations("WITH x AS (SELECT 1) SELECT * FROM public.x"),
        ["public.x read select"]
    );
    assert_eq!(
        relations("WITH y AS (SELECT * FROM x), x AS (SELECT 1) SELECT * FROM y"),
        read
    );
    assert_eq!(
        relations("WITH x AS (SELECT 1) DELETE FROM x"),
        ["x write delete"]
    );
}

#[test]
fn verbs_include_those_of_nested_changes() {
    let facts = one("WITH a AS (DELETE FROM t RETURNING *) INSERT INTO u SELECT * FROM a");
    assert_eq!(facts["verbs"], json!(["delete", "insert", "select"]));
}

#[test]
fn targets_show_what_flows_into_them() {
    let facts = one(
        "SELECT t.a AS x, t.*, 1, count(DISTINCT b), lower(c) || $1, (SELECT d FROM u), \
         rank() OVER (ORDER BY e), string_agg(f, ',' ORDER BY g), EXISTS (SELECT h FROM u) FROM t",
    );
    let targets = facts["query"]["targets"].as_array().unwrap();
    let kinds: Vec<&str> = targets
        .iter()
        .map(|target| target["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds[..4], ["column", "star", "constant", "expression"]);
    assert_eq!(targets[0]["alias"], "x");
    assert_eq!(
        targets[0]["columns"],
        json!([{"qualifier": ["t"], "name": "a"}])
    );
    assert_eq!(
        targets[1]["columns"],
        json!([{"qualifier": ["t"], "name": "*"}])
    );
    assert_eq!(targets[3]["columns"], Value::Null);
    assert_eq!(targets[3]["counted_columns"], json!([{"name": "b"}]));
    assert_eq!(targets[4]["columns"], json!([{"name": "c"}]));
    assert_eq!(targets[4]["functions"], json!([{"name": "lower"}]));
    assert_eq!(
        targets[5]["subqueries"][0]["targets"][0]["columns"],
        json!([{"name": "d"}])
    );
    assert_eq!(targets[6]["counted_columns"], json!([{"name": "e"}]));
    assert_eq!(targets[7]["columns"], json!([{"name": "f"}]));
    assert_eq!(targets[8]["subqueries"], Value::Null);
    assert_eq!(facts["parameters"], 1);
}

#[test]
fn a_count_of_another_schema_is_no_count() {
    let facts = one("SELECT evil.count(a), pg_catalog.count(b) FROM t");
    assert_eq!(
        facts["query"]["targets"][0]["columns"],
        json!([{"name": "a"}])
    );
    assert_eq!(
        facts["query"]["targets"][1]["counted_columns"],
        json!([{"name": "b"}])
    );
}

#[test]
fn sources_keep_aliases_and_what_is_inside() {
    let facts = one(
        "WITH c AS (SELECT 1) SELECT * FROM s.t AS x (p, q) JOIN c ON true \
         CROSS JOIN (VALUES (1, a), (2, b)) v (m, n), generate_series(1, x.p) g, (t JOIN u ON true) j",
    );
    let sources = facts["query"]["sources"].as_array().unwrap();
    let kinds: Vec<&str> = sources
        .iter()
        .map(|source| source["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["relation", "cte", "query", "function", "query"]);
    assert_eq!(sources[0]["columns"], json!(["p", "q"]));
    assert_eq!(sources[2]["query"]["targets"][0]["kind"], "constant");
    assert_eq!(
        sources[2]["query"]["targets"][1]["columns"],
        json!([{"name": "a"}, {"name": "b"}])
    );
    assert_eq!(sources[3]["name"], "generate_series");
    assert_eq!(
        sources[3]["functions"][0]["columns"],
        json!([{"qualifier": ["x"], "name": "p"}])
    );
}

#[test]
fn columns_that_choose_rows_are_told_from_those_that_order_them() {
    let facts = one(
        "SELECT a AS n, b FROM t JOIN u USING (k) JOIN w ON w.i = t.j WHERE c = 1 GROUP BY a, b \
         HAVING max(d) > 1 ORDER BY n, 2",
    );
    let names = |list: &Value| -> Vec<String> {
        let columns = list.as_array().unwrap().iter();
        columns
            .map(|column| column["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&facts["predicate_columns"]),
        ["c", "d", "i", "j", "k"]
    );
    assert_eq!(names(&facts["ordering_columns"]), ["a", "b", "n"]);
}

#[test]
fn writes_show_the_query_that_feeds_them() {
    let none = &Value::Null;
    assert_eq!(&one("INSERT INTO t VALUES (1, $1)")["writes"], none);
    assert_eq!(
        &one("UPDATE t SET a = 1, b = $1 WHERE c = 2")["writes"],
        none
    );
    let facts = one("UPDATE t SET a = b FROM u WHERE true");
    assert_eq!(facts["writes"][0]["query"]["targets"][0]["alias"], "a");
    assert_eq!(facts["writes"][0]["query"]["sources"][1]["name"], "u");
    let facts = one("INSERT INTO t (x) SELECT y FROM u");
    assert_eq!(facts["writes"][0]["relation"], json!({"name": "t"}));
    assert_eq!(facts["writes"][0]["query"]["targets"][0]["alias"], "x");
    for sql in [
        "INSERT INTO t VALUES (1) ON CONFLICT (a) DO UPDATE SET a = excluded.b",
        "MERGE INTO t USING u ON true WHEN NOT MATCHED THEN INSERT (a) VALUES (u.b)",
        "MERGE INTO t USING u ON true WHEN MATCHED THEN UPDATE SET a = u.b",
        "SELECT a INTO t FROM u",
        "CREATE TABLE t AS SELECT a FROM u",
        "CREATE TABLE t AS EXECUTE p",
        "CREATE VIEW t AS SELECT a FROM u",
        "WITH x AS (INSERT INTO t SELECT a FROM u RETURNING 1) SELECT 1",
        "EXPLAIN ANALYZE INSERT INTO t SELECT a FROM u",
    ] {
        let facts = one(sql);
        assert_eq!(facts["writes"].as_array().map(Vec::len), Some(1), "{sql}");
        assert_eq!(facts["writes"][0]["relation"]["name"], "t", "{sql}");
    }
}

#[test]
fn a_list_of_columns_says_where_each_value_of_a_new_row_goes() {
    for (sql, listed) in [
        ("INSERT INTO t (a, b) SELECT x, lower(y) FROM u", true),
        ("INSERT INTO t (a) VALUES ((SELECT x FROM u)), (1)", true),
        ("INSERT INTO t SELECT x, y FROM u", false),
        ("INSERT INTO t (a, b) SELECT u.* FROM u", false),
        ("INSERT INTO t (a, b) SELECT x, (u.y).* FROM u", false),
        ("INSERT INTO t (a, b) TABLE u", false),
        ("INSERT INTO t (a, b) SELECT x FROM u", false),
        ("INSERT INTO t (a.part) SELECT x FROM u", false),
        (
            "INSERT INTO t (a) SELECT x FROM u UNION SELECT y FROM u",
            false,
        ),
        ("UPDATE t SET a = b", false),
    ] {
        let facts = one(sql);
        let said = facts["writes"][0].get("listed").is_some();
        assert_eq!(said, listed, "{sql}");
    }
}

#[test]
fn returning_is_a_query_over_the_relation_and_its_old_and_new_rows() {
    let facts = one("UPDATE s.t SET a = 1 FROM u RETURNING WITH (OLD AS o) o.b, u.c");
    let sources = facts["query"]["sources"].as_array().unwrap();
    let names: Vec<&Value> = sources.iter().map(|source| &source["alias"]).collect();
    assert_eq!(json!(names), json!([null, null, "old", "new", "o"]));
    assert_eq!(facts["query"]["targets"].as_array().map(Vec::len), Some(2));
}

#[test]
fn copy_shows_format_destination_and_query() {
    let sql = "COPY (SELECT ')' FROM t) TO STDOUT WITH (FORMAT csv, HEADER, DELIMITER ';', \
               FORCE_QUOTE (a, b))";
    let facts = one(sql);
    let copy = &facts["copy"];
    assert_eq!(copy["destination"], "stdout");
    assert_eq!(
        copy["options"],
        json!([
            ["format", "csv"],
            ["header", true],
            ["delimiter", ";"],
            ["force_quote", ["a", "b"]]
        ])
    );
    let start = usize::try_from(copy["query_span"][0].as_u64().unwrap()).unwrap();
    let end = usize::try_from(copy["query_span"][1].as_u64().unwrap()).unwrap();
    assert_eq!(&sql[start..end], "SELECT ')' FROM t");
    assert_eq!(facts["inner"]["operation"], "select");
    let old = one("COPY s.t (a, b) FROM '/x' CSV FORCE NOT NULL a NULL 'n'");
    assert_eq!(old["copy"]["destination"], "file");
    assert_eq!(old["copy"]["columns"], json!(["a", "b"]));
    assert_eq!(old["copy"]["relation"], json!({"schema": "s", "name": "t"}));
    assert_eq!(
        one("COPY t TO PROGRAM 'x'")["copy"]["destination"],
        "program"
    );
    assert_eq!(
        one("COPY t TO STDOUT CSV FORCE QUOTE *")["copy"]["options"],
        json!([["format", "csv"], ["force_quote", ["*"]]])
    );
}

#[test]
fn settings_show_name_and_value() {
    for (sql, name, value) in [
        (
            "SET client_encoding = 'UTF8'",
            "client_encoding",
            json!("UTF8"),
        ),
        ("SET NAMES 'LATIN1'", "client_encoding", json!("LATIN1")),
        (
            "SET LOCAL search_path TO a, b",
            "search_path",
            json!("a, b"),
        ),
        ("SET ROLE x", "role", json!("x")),
        (
            "SET SESSION AUTHORIZATION x",
            "session_authorization",
            json!("x"),
        ),
        ("SET statement_timeout = 5", "statement_timeout", json!("5")),
        (
            "SET Standard_Conforming_Strings = off",
            "standard_conforming_strings",
            json!("off"),
        ),
        ("RESET a", "a", Value::Null),
        ("SET a TO DEFAULT", "a", Value::Null),
        ("RESET ALL", "", Value::Null),
        ("SHOW a", "a", Value::Null),
    ] {
        let facts = one(sql);
        assert_eq!(facts["setting"]["name"], name, "{sql}");
        assert_eq!(facts["setting"]["value"], value, "{sql}");
    }
    assert_eq!(
        one("SELECT set_config('a', 'b', true)")["functions"][0]["constants"][1],
        "b"
    );
    assert_eq!(
        one("SELECT set_config('a', b, true)")["functions"][0]["constant_args"],
        Value::Null
    );
}

#[test]
fn names_and_inner_statements_are_kept() {
    assert_eq!(
        one("PREPARE p AS SELECT a FROM t")["inner"]["relations"][0]["name"],
        "t"
    );
    assert_eq!(one("EXECUTE p")["name"], "p");
    assert_eq!(one("FETCH ALL FROM c")["name"], "c");
    assert_eq!(one("DEALLOCATE ALL")["name"], Value::Null);
    assert_eq!(one("NOTIFY x")["name"], "x");
    assert_eq!(one("ROLLBACK TO s")["transaction"], "rollback_to");
    let explain = one("EXPLAIN (ANALYZE, FORMAT json) EXECUTE p");
    assert_eq!(
        explain["options"],
        json!([["analyze", true], ["format", "json"]])
    );
    assert_eq!(explain["inner"]["name"], "p");
}

#[test]
fn attribute_notation_names_what_may_be_a_function() {
    let facts = one("SELECT (a).f, t.g, b, t.* FROM t");
    let attributes: Vec<&Value> = facts["functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|function| {
            assert_eq!(function["attribute"], true);
            &function["name"]
        })
        .collect();
    assert_eq!(json!(attributes), json!(["f", "g"]));
    assert_eq!(
        facts["query"]["targets"][0]["rows"],
        json!([{"row": "a", "field": "f"}])
    );
}
