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

/// Types whose casts leave a value what it is, or fail at bounds of their own.
const PLAIN: [&str; 15] = [
    "bool",
    "bpchar",
    "date",
    "float4",
    "float8",
    "int2",
    "int4",
    "int8",
    "json",
    "jsonb",
    "numeric",
    "text",
    "timestamp",
    "timestamptz",
    "varchar",
];

/// Functions whose results have the size, or the letters, of what they are given.
const STEADY: [&str; 26] = [
    "abs",
    "any_value",
    "array_agg",
    "avg",
    "btrim",
    "ceil",
    "ceiling",
    "count",
    "first_value",
    "floor",
    "initcap",
    "json_agg",
    "jsonb_agg",
    "last_value",
    "lower",
    "ltrim",
    "max",
    "min",
    "round",
    "row_to_json",
    "rtrim",
    "sum",
    "to_json",
    "to_jsonb",
    "trunc",
    "upper",
];

impl Builder {
    /// An expression without constants. It may still fail, or give nothing, where the columns in it do
    /// not fit: `a / (a - b)` asks whether they are equal. What is made of one column tells so only
    /// where that is made of several, or where a type of the database's users has a say in it.
    pub(crate) fn combining(&mut self, parts: &Tree, counted: bool, found: &mut Vec<Asking>) {
        if !self.may_combine(parts, counted) {
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
        if (count > 1 || steps(parts) > 1) && !is_joining(parts) {
            self.atom("combined", parts, found);
        } else {
            let flow = self.influence_of(parts);
            self.push_asking("derived", flow, values_of(parts), is_unstable(parts), found);
        }
        mark_joining(parts, &mut found[before..]);
        // What is joined may be made of something that fails.
        self.deriving = !is_joining(parts);
    }

    /// Whether an expression is not told with what is around it, and may fail.
    pub(crate) fn may_combine(&self, parts: &Tree, counted: bool) -> bool {
        !(counted || self.deriving || is_total(parts))
    }
}

/// Whether an expression never fails, and gives NULL only for NULL, by itself.
fn is_total(expression: &Tree) -> bool {
    let name = expression.get("funcname").items().last();
    !PARTIAL.contains(&expression.kind()) || TOTAL.contains(&name.map_or("", Tree::text))
}

/// How many functions, operators and casts make something else of a value, one after the other or not.
fn steps(tree: &Tree) -> usize {
    let last = |list: &Tree| list.items().last().map_or("", Tree::text).to_owned();
    let own = match tree.kind() {
        "SubLink" => return 0,
        _ if values_in(tree) == 0 => return 0,
        "FuncCall" => !STEADY.contains(&last(tree.get("funcname")).as_str()),
        "TypeCast" => !PLAIN.contains(&last(tree.get("type_name").get("names")).as_str()),
        kind => PARTIAL.contains(&kind),
    };
    usize::from(own) + tree.children().map(steps).sum::<usize>()
}

/// Whether a cast, or one that it casts, is to a type with a length, which has it fail or give a part.
pub(crate) fn is_bounding(cast: &Tree) -> bool {
    let mut inner = cast;
    let mut bounded = false;
    while inner.kind() == "TypeCast" {
        bounded |= !inner.get("type_name").get("typmods").items().is_empty();
        inner = inner.get("arg");
    }
    bounded && !is_to_text(cast) && holds_value(inner, &VALUES)
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
