//! Comparisons of one column, and the values that they put it against.

use crate::held::{held, Held, Values};
use crate::places::{column_of, uncast};
use crate::tree::Tree;

/// `A_Expr_Kind`.
const OPERATOR: i64 = 1;
const ANY: i64 = 2;
const ALL: i64 = 3;
const NULLIF: i64 = 6;
const IN: i64 = 7;
const SIMILAR: i64 = 10;
const BETWEEN: i64 = 11;

/// A column that is compared with values of the statement, or with another column.
pub(crate) fn compared(tree: &Tree) -> Option<(&'static str, Values)> {
    if tree.kind() != "AExpr" {
        return None;
    }
    let (left, right) = (tree.get("lexpr"), tree.get("rexpr"));
    let name = tree.get("name").items().last().map_or("", Tree::text);
    let kind = tree.get("kind").int();
    let held: Option<Vec<Held>> = match kind {
        IN | BETWEEN.. => right.items().iter().map(|item| held(item, false)).collect(),
        ANY | ALL => {
            let (array, _) = uncast(right);
            if array.kind() == "AArrayExpr" {
                let items = array.get("elements").items().iter();
                items.map(|item| held(item, false)).collect()
            } else {
                held(right, true).map(|held| vec![held])
            }
        }
        SIMILAR => None,
        OPERATOR..=NULLIF if column_of(left).is_some() => {
            if column_of(right).is_some() {
                let form = if form(name) == "equal" {
                    "columns"
                } else {
                    "sort"
                };
                return Some((form, Values::default()));
            }
            held(right, false).map(|held| vec![held])
        }
        OPERATOR..=NULLIF => {
            column_of(right)?;
            let held = held(left, false)?;
            return Some((form(name), values(name, vec![held])));
        }
        // `LIKE` and `ILIKE`.
        _ => held(right, false).map(|held| vec![held]),
    };
    column_of(left)?;
    let form = if kind >= BETWEEN {
        "compare"
    } else {
        form(name)
    };
    Some((form, values(name, held?)))
}

fn form(operator: &str) -> &'static str {
    if matches!(operator, "=" | "<>") {
        "equal"
    } else {
        "compare"
    }
}

fn values(operator: &str, held: Vec<Held>) -> Values {
    // Which side of a value a column is on asks about the same value.
    let plain = ["=", "<>", "<", ">", "<=", ">="].contains(&operator)
        || operator.ends_with("BETWEEN")
        || operator.ends_with("SYMMETRIC");
    Values {
        structure: if plain { "=" } else { operator }.to_owned(),
        each: true,
        held,
    }
}
