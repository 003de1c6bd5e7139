//! What decides which rows a query gives, how they are put together, and in which order they stand.
//!
//! None of it is in a value of the result, but the answer tells of it: whoever asks for the rows where
//! a column equals something learns which rows these are.

use crate::facts::{ColumnName, Flow, Query, RowInfluence};
use crate::fate::Fate;
use crate::flow::WINDOW_PARTS;
use crate::query::Builder;
use crate::tree::Tree;

/// `SetOperation`.
const UNION: i64 = 2;
const INTERSECT: i64 = 3;
/// Influences of one query that are told apart.
const MAX_INFLUENCES: usize = 1024;
/// Among how many of the latest ones an equal one is looked for.
const NEAR: usize = 32;

impl Builder {
    /// Collects the influences of a query's clauses; those in its targets and sources are there already.
    pub(crate) fn row_influence(&mut self, tree: &Tree) {
        if self.row_influences.is_none() {
            return;
        }
        match tree.kind() {
            "SelectStmt" => self.of_select(tree),
            "InsertStmt" => {
                let source = tree.get("select_stmt");
                if !source.is_empty() {
                    let query = self.apart(source);
                    self.note_inside(query);
                }
                let conflict = tree.get("on_conflict_clause");
                self.note_tree("filter", conflict.get("where_clause"));
                self.note_tree("inside", conflict.get("target_list"));
            }
            "UpdateStmt" | "DeleteStmt" => {
                self.of_joins(tree.get("from_clause"));
                self.of_joins(tree.get("using_clause"));
                self.note_tree("filter", tree.get("where_clause"));
                self.note_tree("inside", tree.get("target_list"));
            }
            "MergeStmt" => {
                self.of_joins(tree.get("source_relation"));
                self.note_tree("join", tree.get("join_condition"));
                for clause in tree.get("merge_when_clauses").items() {
                    self.note_tree("filter", clause.get("condition"));
                    self.note_tree("inside", clause.get("target_list"));
                    self.note_tree("inside", clause.get("values"));
                }
            }
            _ => {}
        }
    }

    /// Notes what an expression is made of.
    pub(crate) fn note(&mut self, kind: &'static str, flow: Flow) {
        let made_of_nothing = flow.columns.is_empty()
            && flow.counted_columns.is_empty()
            && flow.functions.is_empty()
            && flow.rows.is_empty()
            && flow.subqueries.is_empty()
            && !flow.opaque;
        if !made_of_nothing {
            self.push(RowInfluence {
                kind,
                flow,
                ..RowInfluence::default()
            });
        }
    }

    fn push(&mut self, influence: RowInfluence) {
        let Some(row_influences) = self.row_influences.as_mut() else {
            return;
        };
        let recent = row_influences.len().saturating_sub(NEAR);
        if row_influences.len() >= MAX_INFLUENCES {
            row_influences[0].kind = "filter";
            row_influences[0].flow.opaque = true;
        } else if !row_influences[recent..].contains(&influence) {
            row_influences.push(influence);
        }
    }

    /// Notes a query of which only the influences in it count.
    pub(crate) fn note_inside(&mut self, query: Query) {
        let subqueries = vec![query];
        self.note(
            "inside",
            Flow {
                subqueries,
                ..Flow::default()
            },
        );
    }

    fn note_tree(&mut self, kind: &'static str, tree: &Tree) {
        if !tree.is_empty() {
            let flow = self.flow_apart(tree);
            self.note(kind, flow);
        }
    }

    fn note_output(&mut self, kind: &'static str, position: usize, output: &str) {
        let output = output.to_owned();
        self.push(RowInfluence {
            kind,
            position,
            output,
            ..RowInfluence::default()
        });
    }

    /// What is compared in an expression is collected elsewhere.
    fn flow_apart(&mut self, tree: &Tree) -> Flow {
        let mut flow = Flow::default();
        let places = self.places.take();
        self.flow(tree, Fate::Whole, &mut flow);
        self.places = places;
        flow
    }

    fn apart(&mut self, tree: &Tree) -> Query {
        let places = self.places.take();
        let query = self.query(tree);
        self.places = places;
        query
    }

    fn of_select(&mut self, tree: &Tree) {
        self.of_joins(tree.get("from_clause"));
        self.note_tree("filter", tree.get("where_clause"));
        self.note_tree("filter", tree.get("having_clause"));
        self.note_tree("filter", tree.get("limit_count"));
        self.note_tree("filter", tree.get("limit_offset"));
        for item in tree.get("group_clause").items() {
            self.of_item("group", item, tree);
        }
        for item in tree.get("distinct_clause").items() {
            // Statements that differ in a position there share what is decided about them.
            if item.is_empty() || item.kind() == "AConst" {
                self.note_output("group", 0, "*");
            } else {
                self.of_item("group", item, tree);
            }
        }
        for item in tree.get("sort_clause").items() {
            self.of_item("order", item.get("node"), tree);
        }
        for window in tree.get("window_clause").items() {
            for (field, kind) in WINDOW_PARTS {
                self.note_tree(kind, window.get(field));
            }
        }
        match tree.get("op").int() {
            UNION if tree.get("all").int() == 0 => self.note_output("group", 0, "*"),
            operation if operation >= INTERSECT => self.note_output("filter", 0, "*"),
            _ => {}
        }
    }

    /// An item of `GROUP BY`, `DISTINCT ON` or `ORDER BY`: an expression, or a result column by its
    /// place or name.
    fn of_item(&mut self, kind: &'static str, item: &Tree, select: &Tree) {
        match item.kind() {
            "GroupingSet" => {
                for inner in item.get("content").items() {
                    self.of_item(kind, inner, select);
                }
            }
            "AConst" => {
                // The column itself is not followed again: what is inside of it would be twice.
                match usize::try_from(item.get("val").get("ival").int()) {
                    Ok(position) if position > 0 => self.note_output(kind, position, ""),
                    _ => {}
                }
            }
            "ColumnRef" if item.get("fields").items().len() == 1 => {
                let name = item.get("fields").items()[0].text();
                self.of_name(kind, name, item, select);
            }
            _ => self.note_tree(kind, item),
        }
    }

    fn of_name(&mut self, kind: &'static str, name: &str, item: &Tree, select: &Tree) {
        // The names of a set operation's columns are those of its first query.
        let mut first = select;
        while !first.get("larg").is_empty() {
            first = first.get("larg");
        }
        let targets = first.get("target_list").items();
        let named = |target: &Tree| target.get("name").text() == name;
        match targets.iter().position(named) {
            Some(place) if !targets[..place].iter().any(expands) => {
                self.note_output(kind, place + 1, "");
            }
            None if std::ptr::eq(first, select) => return self.note_tree(kind, item),
            _ => self.note_output(kind, 0, name),
        }
        if kind == "group" {
            // A column of that name in a source goes before the result's.
            let flow = self.flow_apart(item);
            self.push(RowInfluence {
                kind,
                flow,
                optional: true,
                ..RowInfluence::default()
            });
        }
    }

    /// What joins both sides, and what each side has in itself.
    pub(crate) fn of_join(&mut self, from: &Tree) {
        self.of_joins(from.get("larg"));
        self.of_joins(from.get("rarg"));
        self.note_tree("join", from.get("quals"));
        let name = |name| ColumnName {
            qualifier: Vec::new(),
            name,
        };
        let names = from.get("using_clause").names();
        let columns: Vec<ColumnName> = names.into_iter().map(name).collect();
        self.note(
            "join",
            Flow {
                columns,
                ..Flow::default()
            },
        );
        if from.get("is_natural").int() != 0 {
            self.push(RowInfluence {
                kind: "join",
                natural: true,
                ..RowInfluence::default()
            });
        }
    }

    /// Conditions of joins; subqueries and functions there are sources.
    fn of_joins(&mut self, from: &Tree) {
        match from.kind() {
            // With an alias it is a source of its own, with its influences.
            "JoinExpr" if !from.get("alias").is_empty() => {}
            "JoinExpr" => self.of_join(from),
            // What functions make rows of is known from the sources.
            "RangeVar" | "RangeSubselect" | "RangeFunction" | "RangeTableFunc" | "JsonTable" => {}
            "RangeTableSample" => {
                self.of_joins(from.get("relation"));
                self.note_tree("filter", from.get("args"));
                self.note_tree("filter", from.get("repeatable"));
            }
            "" => {
                for item in from.items() {
                    self.of_joins(item);
                }
            }
            _ => self.note_tree("filter", from),
        }
    }
}

/// Whether a target gives any number of columns.
fn expands(target: &Tree) -> bool {
    let value = target.get("val");
    ["fields", "indirection"].iter().any(|list| {
        let last = value.get(list).items().last();
        last.is_some_and(|item| item.kind() == "AStar")
    })
}

#[cfg(test)]
#[path = "row_influence_tests.rs"]
mod tests;
