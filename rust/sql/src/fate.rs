//! What becomes of a value on its way through an expression.
//!
//! A value that arrives as it is can be searched for what it holds. Parts of one, or another spelling,
//! cannot. So only what is listed here counts as leaving values whole or as telling only of their
//! size; whatever else an expression does to a value alters it.
//!
//! Statements of one shape share a decision whatever their literals, so no literal can be relied on.
//! That is why joining texts alters them: what stands between could be a digit.

use crate::facts::Name;
use crate::tree::Tree;

/// What becomes of a value on its way through an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives as it is, alone or beside others that it cannot be taken for a part of.
    Whole,
    /// It arrives in another spelling, or joined with others, from which nothing is missing: two of
    /// them are equal where the values mean the same.
    Spelled,
    /// Something made of it arrives: a part, another spelling, a number.
    Altered,
    /// Which of several others arrives says what it is.
    Chosen,
    /// What arrives says how long it is, how it compares, or whether there is one.
    Measured,
    /// Something made of such a measure arrives, or is chosen by it.
    Gauged,
    /// What arrives says how many values there are, or in which order, and nothing of any.
    Counted,
}

/// Functions that spell a text in another way, or join it with others.
const SPELLING: [&str; 8] = [
    "casefold",
    "concat",
    "concat_ws",
    "format",
    "initcap",
    "lower",
    "string_agg",
    "upper",
];

/// Functions whose result says how many or in which place, and nothing of a value.
const COUNTING: [&str; 6] = [
    "count",
    "row_number",
    "rank",
    "dense_rank",
    "percent_rank",
    "cume_dist",
];

/// Functions that say how much there is in a value, and nothing of what.
const MEASURING: [&str; 18] = [
    "array_length",
    "array_lower",
    "array_ndims",
    "array_upper",
    "bit_length",
    "cardinality",
    "char_length",
    "character_length",
    "json_array_length",
    "json_typeof",
    "jsonb_array_length",
    "jsonb_typeof",
    "length",
    "num_nonnulls",
    "num_nulls",
    "octet_length",
    "pg_column_size",
    "pg_typeof",
];

/// Functions that give one of their arguments, a member of one, or a structure that holds them.
const KEEPING: [&str; 54] = [
    "any_value",
    "array_agg",
    "array_append",
    "array_cat",
    "array_prepend",
    "array_remove",
    "array_reverse",
    "array_sort",
    "array_to_json",
    "first_value",
    "json_agg",
    "json_agg_strict",
    "json_array_elements",
    "json_array_elements_text",
    "json_build_array",
    "json_build_object",
    "json_each",
    "json_each_text",
    "json_extract_path",
    "json_extract_path_text",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "json_object_keys",
    "json_strip_nulls",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_keys",
    "jsonb_pretty",
    "jsonb_set",
    "jsonb_strip_nulls",
    "lag",
    "last_value",
    "lead",
    "max",
    "min",
    "mode",
    "nth_value",
    "percentile_disc",
    "row_to_json",
    "to_json",
    "to_jsonb",
    "unnest",
];

/// Functions that take the one value or the other by the rest of their arguments: which is taken tells
/// what those are. The default of `lag` and `lead` is a value like the first.
const SELECTING: [&str; 9] = [
    "json_extract_path",
    "json_extract_path_text",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "jsonb_set",
    "lag",
    "lead",
    "nth_value",
    "percentile_disc",
];

/// Functions that make one value of those of many rows.
pub(crate) const AGGREGATES: [&str; 49] = [
    "any_value",
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bit_xor",
    "bool_and",
    "bool_or",
    "corr",
    "covar_pop",
    "covar_samp",
    "every",
    "json_agg",
    "json_agg_strict",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_agg_unique",
    "jsonb_object_agg_unique_strict",
    "max",
    "min",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "range_agg",
    "range_intersect_agg",
    "regr_avgx",
    "regr_avgy",
    "regr_count",
    "regr_intercept",
    "regr_r2",
    "regr_slope",
    "regr_sxx",
    "regr_sxy",
    "regr_syy",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "xmlagg",
];

/// Functions that take away blanks around a value when they are not told what else.
const TRIMMING: [&str; 3] = ["btrim", "ltrim", "rtrim"];

/// Operators that give a member of a document as it is.
pub(crate) const MEMBERS: [&str; 4] = ["->", "->>", "#>", "#>>"];

/// Operators that say how values compare.
const COMPARING: [&str; 25] = [
    "=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "~~", "~~*", "!~~", "!~~*",
    "@>", "<@", "?", "?|", "?&", "&&", "@@", "^@", "<<=", ">>=",
];

/// Types whose text form is the value as it is. All others cut, round or spell anew.
const TEXT_TYPES: [&str; 5] = ["text", "varchar", "citext", "json", "jsonb"];

/// `A_Expr_Kind` of an operator between two values.
const OPERATOR: i64 = 1;
/// `A_Expr_Kind` of `NULLIF`.
const NULLIF: i64 = 6;

/// Whether a function makes one value of those of many rows.
pub(crate) fn is_aggregate(function: &Name) -> bool {
    AGGREGATES.contains(&function.name.as_str())
}

impl Fate {
    /// The fate of what is inside a construct that does this to it; what is only counted stays so.
    fn inside(self, does: Fate) -> Fate {
        match (self, does) {
            (Self::Counted, _)
            | (Self::Altered | Self::Chosen | Self::Measured | Self::Gauged, Self::Spelled)
            | (Self::Gauged, Self::Chosen) => self,
            (Self::Altered | Self::Chosen | Self::Gauged, Self::Measured)
            | (Self::Measured, Self::Chosen) => Self::Gauged,
            _ => does,
        }
    }

    /// Whether a part of the value can be told from what arrives.
    pub(crate) fn cuts(self) -> bool {
        matches!(self, Self::Altered | Self::Chosen | Self::Gauged)
    }

    /// Whether nothing of the value itself arrives.
    pub(crate) fn measures(self) -> bool {
        matches!(self, Self::Measured | Self::Gauged)
    }

    /// Whether something else than the value arrives that it could be told from.
    pub(crate) fn alters(self) -> bool {
        matches!(self, Self::Spelled | Self::Altered)
    }

    /// The fate of the children of a node that is neither a call nor a `CASE`.
    pub(crate) fn below(self, node: &Tree) -> Fate {
        match node.kind() {
            // Lists and names; and what picks a value, or puts it beside others.
            "" | "AArrayExpr" | "AIndirection" | "CoalesceExpr" | "CollateClause"
            | "JsonAggConstructor" | "JsonArrayAgg" | "JsonKeyValue" | "JsonObjectAgg"
            | "JsonValueExpr" | "List" | "MinMaxExpr" | "MultiAssignRef" | "NamedArgExpr"
            | "RowExpr" | "SortBy" => self,
            "JsonArrayConstructor" | "JsonArrayQueryConstructor" | "JsonObjectConstructor"
                if node.get("output").is_empty() =>
            {
                self
            }
            "AIndices" => self.choosing(),
            "BoolExpr" | "BooleanTest" | "NullTest" => self.inside(Self::Measured),
            "TypeCast" if keeps_text(node.get("type_name")) => self,
            "AExpr" => self.operand(node),
            _ => self.inside(Self::Altered),
        }
    }

    fn operand(self, expression: &Tree) -> Fate {
        let names = expression.get("name").names();
        let operator = names.last().map_or("", String::as_str);
        match expression.get("kind").int() {
            NULLIF => self,
            OPERATOR if operator == "||" => self.inside(Self::Spelled),
            OPERATOR if !COMPARING.contains(&operator) => self.inside(Self::Altered),
            _ => self.inside(Self::Measured),
        }
    }

    /// The fate of a function's arguments.
    pub(crate) fn argument(self, function: &Name, arguments: &[Tree]) -> Fate {
        let name = function.name.as_str();
        let built_in = function
            .schema
            .as_deref()
            .is_none_or(|schema| schema == "pg_catalog");
        if self == Self::Counted || (built_in && COUNTING.contains(&name)) {
            return Self::Counted;
        }
        if !built_in {
            return Self::Altered;
        }
        if KEEPING.contains(&name) || (TRIMMING.contains(&name) && arguments.len() == 1) {
            self
        } else if SPELLING.contains(&name) {
            self.inside(Self::Spelled)
        } else if MEASURING.contains(&name) {
            self.inside(Self::Measured)
        } else {
            Self::Altered
        }
    }

    /// The fate of one of a function's arguments, given that of all.
    pub(crate) fn at(self, function: &Name, place: usize) -> Fate {
        let name = function.name.as_str();
        let selects = match name {
            "percentile_disc" => true,
            "jsonb_set" | "lag" | "lead" => place == 1,
            _ => place > 0,
        };
        if selects && SELECTING.contains(&name) {
            self.choosing()
        } else {
            self
        }
    }

    /// The fate of what says which of several values is taken: the one that is tells what it is.
    pub(crate) fn choosing(self) -> Fate {
        self.inside(Self::Chosen)
    }

    /// The fate of what a `CASE` only compares.
    pub(crate) fn compared(self) -> Fate {
        self.inside(Self::Measured)
    }
}

/// Whether a cast to this type leaves a text as it is.
fn keeps_text(type_name: &Tree) -> bool {
    let names = type_name.get("names").names();
    let last = names.last().map_or("", String::as_str);
    // In other schemas a domain of the name may cut.
    let own = names.len() == 1 || names[0] == "pg_catalog";
    own && TEXT_TYPES.contains(&last)
        && type_name.get("typmods").is_empty()
        && type_name.get("array_bounds").is_empty()
}
