//! Built-in functions that tell of values by more than their result, by what it is that tells; and
//! the names that results have.

use crate::tree::Tree;

/// Functions that make rows: how many, their arguments decide.
pub(crate) const ROW_FUNCTIONS: [&str; 20] = [
    "generate_series",
    "generate_subscripts",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "jsonb_path_query",
    "jsonb_path_query_tz",
    "regexp_matches",
    "regexp_split_to_table",
    "string_to_table",
    "ts_debug",
    "ts_parse",
    "unnest",
];

/// Aggregates that put values beside each other without comparing them; `WITHIN GROUP` is told as what
/// sorts.
pub(crate) const COLLECTING: [&str; 15] = [
    "any_value",
    "array_agg",
    "json_agg",
    "json_agg_strict",
    "json_object_agg",
    "json_object_agg_strict",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "mode",
    "percentile_cont",
    "percentile_disc",
    "string_agg",
    "xmlagg",
];

/// Functions that give NULL where one of their arguments does not fit the others.
pub(crate) const FITTING: [&str; 11] = [
    "array_position",
    "json_extract_path",
    "json_extract_path_text",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "lag",
    "lead",
    "nth_value",
    "regexp_match",
    "regexp_substr",
    "substring",
];

/// `SubLinkType` of a subquery that is a value.
const VALUE: i64 = 5;

/// The name of a result column: its alias, or what PostgreSQL calls it (`FigureColname`). Empty for the
/// expressions whose names are not worked out here, which are no names of functions or columns.
pub(crate) fn result_name(target: &Tree) -> &str {
    match target.get("name").text() {
        "" => implied_name(target.get("val")),
        alias => alias,
    }
}

fn implied_name(value: &Tree) -> &str {
    let last = |list: &'static str| value.get(list).items().last().map_or("", Tree::text);
    match value.kind() {
        "ColumnRef" => last("fields"),
        "FuncCall" => last("funcname"),
        "TypeCast" | "CollateClause" => implied_name(value.get("arg")),
        "CoalesceExpr" => "coalesce",
        "CaseExpr" => match implied_name(value.get("defresult")) {
            "" => "case",
            name => name,
        },
        "SubLink" if value.get("sub_link_type").int() == VALUE => {
            let targets = value.get("subselect").get("target_list").items();
            targets.first().map_or("", result_name)
        }
        _ => "",
    }
}
