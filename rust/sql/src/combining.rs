//! Expressions that a statement makes of columns alone, without values of its own.

use crate::asking::mark_joining;
use crate::facts::Asking;
use crate::held::values_of;
use crate::query::Builder;
use crate::standing::{holds_value, is_to_text, is_unstable, values_in, VALUES};
use crate::tree::Tree;

/// Functions that never fail, and give NULL only for NULL: they tell nothing but what is in their
/// result. The rest may fail, or give nothing, where two of their arguments do not fit.
const TOTAL: [&str; 34] = [
    "any_value",
    "array_agg",
    "btrim",
    "char_length",
    "concat",
    "concat_ws",
    "count",
    "first_value",
    "initcap",
    "json_agg",
    "json_agg_strict",
    "json_build_array",
    "json_build_object",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_build_array",
    "last_value",
    "length",
    "lower",
    "ltrim",
    "max",
    "md5",
    "min",
    "octet_length",
    "quote_ident",
    "quote_literal",
    "reverse",
    "row_to_json",
    "rtrim",
    "string_agg",
    "to_json",
    "to_jsonb",
    "upper",
    "xmlagg",
];

/// Expressions by the grammar's names that may fail, or give nothing, where two parts do not fit.
const PARTIAL: [&str; 11] = [
    "AExpr",
    "AIndirection",
    "FuncCall",
    "JsonFuncExpr",
    "JsonIsPredicate",
    "JsonObjectConstructor",
    "JsonParseExpr",
    "JsonSerializeExpr",
    "TypeCast",
    "XmlExpr",
    "XmlSerialize",
];

impl Builder {
    /// An expression without constants. It may still fail, or give nothing, where the columns in it do
    /// not fit: `a / (a - b)` asks whether they are equal. What is made of one column tells so only
    /// where that is made of several, or where a type of the database's users has a say in it.
    pub(crate) fn combining(&mut self, parts: &Tree, counted: bool, found: &mut Vec<Asking>) {
        if counted || self.deriving || is_total(parts) {
            return;
        }
        // The name after a dot may be that of a type, which it is a cast to.
        if is_to_text(parts) || parts.kind() == "AIndirection" {
            if holds_value(parts, &VALUES) {
                self.atom("cast", parts, found);
            }
            return;
        }
        let count = values_in(parts);
        if count == 0 {
            return;
        }
        let before = found.len();
        if count > 1 && !is_joining(parts) {
            self.atom("combined", parts, found);
        } else {
            let flow = self.influence_of(parts);
            self.push_asking("derived", flow, values_of(parts), is_unstable(parts), found);
        }
        mark_joining(parts, &mut found[before..]);
        // What is joined may be made of something that fails.
        self.deriving = !is_joining(parts);
    }
}

/// Whether an expression never fails, and gives NULL only for NULL, by itself.
fn is_total(expression: &Tree) -> bool {
    let name = expression.get("funcname").items().last();
    !PARTIAL.contains(&expression.kind()) || TOTAL.contains(&name.map_or("", Tree::text))
}

/// Whether an operator puts texts, arrays or documents together. It never fails; of documents it may
/// tell whether they have a key in common.
fn is_joining(expression: &Tree) -> bool {
    let operator = expression.get("name").items().last();
    expression.kind() == "AExpr" && operator.map_or("", Tree::text) == "||"
}

#[cfg(test)]
#[path = "combining_tests.rs"]
mod tests;
