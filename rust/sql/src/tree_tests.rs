use super::*;

fn tree(sql: &str) -> Tree {
    let parsed = pg_query::parse(sql, 0).expect("valid");
    Tree::of(&parsed.protobuf.stmts[0].stmt).expect("a tree")
}

#[test]
fn nodes_keep_their_types_and_fields() {
    let select = tree("SELECT a.b, 0, NULL FROM s.t AS x");
    assert_eq!(select.kind(), "SelectStmt");
    let targets = select.get("target_list").items();
    assert_eq!(targets[0].get("val").get("fields").names(), ["a", "b"]);
    assert_eq!(targets[1].get("val").get("val").kind(), "Integer");
    assert_eq!(targets[2].get("val").get("isnull").int(), 1);
    let table = &select.get("from_clause").items()[0];
    assert_eq!(table.get("schemaname").text(), "s");
    assert_eq!(table.get("alias").get("aliasname").text(), "x");
}

#[test]
fn what_is_absent_is_empty() {
    let select = tree("SELECT 1");
    assert!(select.get("where_clause").is_empty());
    assert!(select.get("no such field").is_empty());
    assert_eq!(select.get("where_clause").items().len(), 0);
    assert_eq!(select.text(), "");
    assert_eq!(select.int(), 0);
}
