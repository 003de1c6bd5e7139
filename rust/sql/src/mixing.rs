//! Expressions that put several values together, and may fail or give NULL by what these are.
//!
//! Rows arrive until one of them makes an expression fail, and what is NULL shows. So whoever has a
//! hidden value divided by its difference from every number in turn reads it from the number of rows.
//! With constants such an expression is told as a question; without any it has to be told, too.

use crate::asking_functions::{COLLECTING, FITTING};
use crate::fate::{keeps_text, AGGREGATES, COMPARING, MEMBERS};
use crate::tree::Tree;

/// `A_Expr_Kind` of an operator between two values.
const OPERATOR: i64 = 1;
/// `A_Expr_Kind` of `NULLIF`.
const NULLIF: i64 = 6;

/// Functions that neither fail nor give NULL by what their arguments are, NULL apart.
const TOTAL: [&str; 22] = [
    "array_append",
    "array_prepend",
    "array_to_json",
    "concat",
    "concat_ws",
    "cume_dist",
    "dense_rank",
    "first_value",
    "json_build_array",
    "json_build_object",
    "jsonb_build_array",
    "jsonb_build_object",
    "last_value",
    "num_nonnulls",
    "num_nulls",
    "percent_rank",
    "quote_nullable",
    "rank",
    "row_number",
    "row_to_json",
    "to_json",
    "to_jsonb",
];

/// Whether an expression itself may fail, or be NULL, by what is put together in it. Comparisons,
/// aggregates and what finds a value by another are told otherwise.
pub(crate) fn may_fail(tree: &Tree) -> bool {
    match tree.kind() {
        "AExpr" => {
            let names = tree.get("name").names();
            let operator = names.last().map_or("", String::as_str);
            match tree.get("kind").int() {
                NULLIF => true,
                // `@@` gives NULL for a path that leads to no truth value.
                OPERATOR => {
                    let told = COMPARING.contains(&operator) || MEMBERS.contains(&operator);
                    operator == "@@" || operator != "||" && !told
                }
                _ => false,
            }
        }
        "FuncCall" => {
            let names = tree.get("funcname").names();
            let name = names.last().map_or("", String::as_str);
            let told = FITTING.contains(&name) || AGGREGATES.contains(&name);
            !(told || TOTAL.contains(&name) || COLLECTING.contains(&name))
        }
        "TypeCast" => !keeps_text(tree.get("type_name")),
        // Its keys may have to differ.
        "JsonObjectConstructor" => tree.get("unique").int() != 0,
        "JsonFuncExpr" | "JsonParseExpr" | "XmlExpr" | "XmlSerialize" => true,
        _ => false,
    }
}

/// Whether values of more than one origin are put together in an expression.
pub(crate) fn mixes(tree: &Tree) -> bool {
    let mut found = Found::default();
    found.look(tree);
    found.values > 1 || found.values == 1 && found.made
}

#[derive(Default)]
struct Found {
    values: usize,
    /// Whether a function makes something that no column holds.
    made: bool,
}

impl Found {
    fn look(&mut self, tree: &Tree) {
        if self.values > 1 {
            return;
        }
        match tree.kind() {
            "ColumnRef" | "SubLink" => self.values += 1,
            "FuncCall" => {
                let names = tree.get("funcname").names();
                let name = names.last().map_or("", String::as_str);
                let before = self.values;
                tree.children().for_each(|child| self.look(child));
                self.made |= before == self.values || name.starts_with("generate_");
            }
            _ => tree.children().for_each(|child| self.look(child)),
        }
    }
}

#[cfg(test)]
#[path = "mixing_tests.rs"]
mod tests;
