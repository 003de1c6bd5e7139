//! Statements that define relations: which one they make, what they refer to, and which changes leave
//! all that a relation holds where it is, under its name.

use crate::tree::{Tree, EMPTY};
use pg_query::protobuf::{AlterTableType, ConstrType};
use std::collections::HashMap;

/// The relation that a statement makes; empty for one that makes none.
pub(crate) fn created(tree: &Tree) -> &Tree {
    match tree.kind() {
        "CreateStmt" => tree.get("relation"),
        "CreateTableAsStmt" => tree.get("into").get("rel"),
        "IntoClause" => tree.get("rel"),
        "ViewStmt" => tree.get("view"),
        _ => &EMPTY,
    }
}

/// Whether a statement only adds or drops columns, or changes what new rows get and may leave out. What
/// a new column holds in the rows that are there is its default, which no column can be in.
pub(crate) fn is_additive(tree: &Tree) -> bool {
    let commands = tree.get("cmds").items();
    // What `ONLY` leaves in the relations below would be known by nothing but the column above.
    let whole = tree.get("relation").get("inh").int() != 0;
    tree.kind() == "AlterTableStmt" && whole && !commands.is_empty() && commands.iter().all(adds)
}

fn adds(command: &Tree) -> bool {
    match variant(command.get("subtype")) {
        Some(AlterTableType::AtAddColumn) => {
            let constraints = command.get("def").get("constraints").items();
            constraints.iter().all(is_of_itself)
        }
        Some(
            AlterTableType::AtDropColumn
            | AlterTableType::AtColumnDefault
            | AlterTableType::AtDropNotNull
            | AlterTableType::AtSetNotNull
            | AlterTableType::AtSetStatistics,
        ) => true,
        _ => false,
    }
}

/// Whether a constraint of a new column can read no other column: `CHECK` and `GENERATED` can.
fn is_of_itself(constraint: &Tree) -> bool {
    matches!(
        variant(constraint.get("contype")),
        Some(
            ConstrType::ConstrNull
                | ConstrType::ConstrNotnull
                | ConstrType::ConstrDefault
                | ConstrType::ConstrIdentity
                | ConstrType::ConstrUnique
                | ConstrType::ConstrForeign
        )
    )
}

/// What a number stands for in the grammar.
fn variant<T: TryFrom<i32>>(number: &Tree) -> Option<T> {
    T::try_from(i32::try_from(number.int()).ok()?).ok()
}

/// Names of the functions whose results a query selects as they are, and that it calls nowhere else.
pub(crate) fn selected(tree: &Tree) -> Vec<String> {
    if tree.kind() != "SelectStmt" || !tree.get("into_clause").is_empty() {
        return Vec::new();
    }
    let targets = tree.get("target_list").items().iter();
    let mut selected: Vec<String> = targets.filter_map(|one| called(one.get("val"))).collect();
    if selected.is_empty() {
        return selected;
    }
    let mut all: HashMap<String, usize> = HashMap::new();
    note_calls(tree, &mut all);
    for name in &selected {
        all.entry(name.clone()).and_modify(|times| *times -= 1);
    }
    selected.retain(|name| all.get(name) == Some(&0));
    selected.sort_unstable();
    selected.dedup();
    selected
}

fn called(value: &Tree) -> Option<String> {
    if value.kind() != "FuncCall" {
        return None;
    }
    value.get("funcname").names().pop()
}

fn note_calls(tree: &Tree, out: &mut HashMap<String, usize>) {
    if let Some(name) = called(tree) {
        *out.entry(name).or_default() += 1;
    }
    for child in tree.children() {
        note_calls(child, out);
    }
}

#[cfg(test)]
#[path = "defining_tests.rs"]
mod tests;
