//! What stands in an expression.

use crate::fate::MEMBERS;
use crate::held::held;
use crate::places::{column_of, uncast};
use crate::tree::Tree;

/// `A_Expr_Kind` of an operator between two values.
const OPERATOR: i64 = 1;
/// `SubLinkType`.
const ARRAY: i64 = 7;
/// Functions that put texts together or spell one in another way. They never fail, and what is NULL
/// says nothing but that a text is.
const TEXTUAL: [&str; 8] = [
    "btrim",
    "concat",
    "concat_ws",
    "initcap",
    "lower",
    "ltrim",
    "rtrim",
    "upper",
];
/// Types that any value of another can be cast to.
const TEXTS: [&str; 3] = ["bpchar", "text", "varchar"];
/// What has another value for each row.
pub(crate) const VALUES: [&str; 2] = ["ColumnRef", "SubLink"];

/// Types whose texts may mean another moment each time, as `now` does.
const MOMENTS: [&str; 6] = [
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "abstime",
];

/// Whether values of the statement stand in an expression, or are its parameters.
pub(crate) fn has_constants(tree: &Tree) -> bool {
    match tree.kind() {
        "AConst" | "ParamRef" => true,
        // What decides inside of these is told by itself.
        "SubLink" | "CaseExpr" => false,
        // The length of a type cuts a value, or has it fail.
        "TypeName" => !tree.get("typmods").items().is_empty(),
        "FuncCall" => has_constants(tree.get("args")),
        _ => tree.children().any(has_constants),
    }
}

/// Whether the value of an expression may be that of a node of one of these kinds in it.
pub(crate) fn holds_value(tree: &Tree, kinds: &[&str]) -> bool {
    if tree.kind() == "CaseExpr" {
        let results = tree
            .get("args")
            .items()
            .iter()
            .map(|when| when.get("result"));
        let mut results = results.chain([tree.get("defresult")]);
        return results.any(|result| holds_value(result, kinds));
    }
    kinds.contains(&tree.kind()) || tree.children().any(|child| holds_value(child, kinds))
}

/// Whether an array is what a query gives, or a list that is as long for every row.
pub(crate) fn is_listed(array: &Tree) -> bool {
    match array.kind() {
        "SubLink" => array.get("sub_link_type").int() == ARRAY,
        "AArrayExpr" => true,
        _ => false,
    }
}

/// Whether an expression is a column, or a member of the document in it under a constant name.
pub(crate) fn is_stored(document: &Tree) -> bool {
    let (document, _) = uncast(document);
    if document.kind() != "AExpr" {
        return column_of(document).is_some();
    }
    let name = document.get("name").items().last().map_or("", Tree::text);
    MEMBERS.contains(&name)
        && document.get("kind").int() == OPERATOR
        && held(document.get("rexpr"), false).is_some()
        && is_stored(document.get("lexpr"))
}

/// Whether an operator gives a member of a document, which its right side names.
pub(crate) fn is_member(expression: &Tree) -> bool {
    let operator = expression.get("name").items().last().map_or("", Tree::text);
    expression.get("kind").int() == OPERATOR && MEMBERS.contains(&operator)
}

/// Whether an expression may have another value each time, by other means than functions.
pub(crate) fn is_unstable(tree: &Tree) -> bool {
    match tree.kind() {
        "SubLink" | "SqlValueFunction" => return true,
        "TypeCast" => {
            let names = tree.get("type_name").get("names");
            let last = names.items().last().map_or("", Tree::text);
            if MOMENTS.contains(&last) && uncast(tree).0.kind() != "AConst" {
                return true;
            }
        }
        _ => {}
    }
    tree.children().any(is_unstable)
}

/// How many values that differ by row stand in an expression, up to two.
pub(crate) fn values_in(tree: &Tree) -> usize {
    if VALUES.contains(&tree.kind()) {
        return 1;
    }
    let mut found = 0;
    for child in tree.children() {
        found += values_in(child);
        if found > 1 {
            return 2;
        }
    }
    found
}

/// Whether an expression is a cast to a text, which takes any value.
pub(crate) fn is_to_text(cast: &Tree) -> bool {
    let names = cast.get("type_name").get("names");
    let last = names.items().last().map_or("", Tree::text);
    cast.kind() == "TypeCast" && TEXTS.contains(&last)
}

/// Whether an expression does nothing but put values together to a text, if what it names are texts,
/// numbers and the like: of documents, `||` tells whether they have a key in common.
pub(crate) fn joins_texts(tree: &Tree) -> bool {
    let all = |list: &'static str| tree.get(list).items().iter().all(joins_texts);
    let last = |list: &'static str| tree.get(list).items().last().map_or("", Tree::text);
    match tree.kind() {
        "ColumnRef" | "AConst" | "ParamRef" => true,
        "AExpr" => {
            let plain = tree.get("kind").int() == OPERATOR && last("name") == "||";
            plain && joins_texts(tree.get("lexpr")) && joins_texts(tree.get("rexpr"))
        }
        "FuncCall" => TEXTUAL.contains(&last("funcname")) && all("args"),
        "TypeCast" => is_to_text(tree) && joins_texts(tree.get("arg")),
        "CollateClause" => joins_texts(tree.get("arg")),
        "CoalesceExpr" => all("args"),
        _ => false,
    }
}
