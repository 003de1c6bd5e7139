//! Walks the expressions of a query for columns that are compared with values of the statement, or are
//! given them. See [`crate::places`] for what counts.

use crate::facts::{ColumnName, Compared, Flow, Query};
use crate::fate::Fate;
use crate::places::{column_of, raw_place, uncast};
use crate::query::Builder;
use crate::tree::Tree;
use crate::walk::{name_of, push_new};
use std::collections::HashMap;

/// `A_Expr_Kind`: operators, and what is an equality by another name.
const OPERATOR: i64 = 1;
const ANY: i64 = 2;
const ALL: i64 = 3;
const NULLIF: i64 = 6;
const IN: i64 = 7;
/// Expressions that are told apart of all that one column is compared with.
const MAX_AGAINST: usize = 64;

/// What a column is compared with, or gets, in one query; each column once.
#[derive(Default)]
struct Level {
    compared: Vec<Compared>,
    known: HashMap<(ColumnName, &'static str, usize), usize>,
    conditions: Vec<Query>,
}

impl Builder {
    /// Fills in what is compared and written in a query, but for what is inside its sources, table
    /// expressions and branches.
    pub(crate) fn compare(&mut self, tree: &Tree, query: &mut Query) {
        if self.places.is_none() {
            return;
        }
        let mut level = Level::default();
        match tree.kind() {
            "SelectStmt" => {
                self.joins(tree.get("from_clause"), &mut level);
                self.fields(
                    tree,
                    &["with_clause", "from_clause", "larg", "rarg", "into_clause"],
                    &mut level,
                );
            }
            "InsertStmt" => self.insertion(tree, &mut level),
            "UpdateStmt" | "DeleteStmt" => {
                self.joins(tree.get("from_clause"), &mut level);
                self.joins(tree.get("using_clause"), &mut level);
                self.assignments(tree.get("target_list"), &mut level);
                self.expressions(tree.get("where_clause"), &mut level);
                self.expressions(tree.get("returning_clause"), &mut level);
            }
            "MergeStmt" => self.merging(tree, &mut level),
            _ => {}
        }
        query.compared = level.compared;
        query.conditions = level.conditions;
        self.ask(tree, query);
    }

    fn fields(&mut self, tree: &Tree, done: &[&str], level: &mut Level) {
        if let Tree::Node(_, fields) = tree {
            for (name, value) in fields {
                if !done.contains(name) {
                    self.expressions(value, level);
                }
            }
        }
    }

    /// Conditions of joins, and arguments of functions in `FROM`; subqueries there are sources.
    fn joins(&mut self, from: &Tree, level: &mut Level) {
        match from.kind() {
            "JoinExpr" => {
                self.joins(from.get("larg"), level);
                self.joins(from.get("rarg"), level);
                self.expressions(from.get("quals"), level);
                let mut names = from.get("using_clause").names();
                if from.get("is_natural").int() != 0 {
                    names.push("*".to_owned());
                }
                for name in names {
                    let qualifier = Vec::new();
                    self.entry(&ColumnName { qualifier, name }, "merged", 0, level);
                }
            }
            "RangeFunction" => self.expressions(from.get("functions"), level),
            "RangeTableSample" => self.expressions(from.get("args"), level),
            _ => {
                if let Tree::List(items) = from {
                    for item in items {
                        self.joins(item, level);
                    }
                }
            }
        }
    }

    fn insertion(&mut self, tree: &Tree, level: &mut Level) {
        let columns = tree.get("cols").items();
        let source = tree.get("select_stmt");
        let rows = source.get("values_lists").items();
        let plain = source.kind() == "SelectStmt" && source.get("with_clause").is_empty();
        if plain && !rows.is_empty() {
            for row in rows {
                for (place, value) in row.items().iter().enumerate() {
                    self.inserted_value(columns, place, value, level);
                    self.expressions(value, level);
                }
            }
        } else if !source.is_empty() {
            // A query whose columns are constants writes these.
            for (place, target) in source.get("target_list").items().iter().enumerate() {
                self.inserted_value(columns, place, target.get("val"), level);
            }
            self.condition(source, level);
        }
        let conflict = tree.get("on_conflict_clause");
        self.assignments(conflict.get("target_list"), level);
        self.expressions(conflict.get("where_clause"), level);
        self.expressions(tree.get("returning_clause"), level);
    }

    fn inserted_value(&mut self, columns: &[Tree], place: usize, value: &Tree, level: &mut Level) {
        let column = columns.get(place);
        if column.is_some_and(|column| !column.get("indirection").is_empty())
            || (column.is_none() && !columns.is_empty())
        {
            return;
        }
        let name = column.map_or("", |column| column.get("name").text());
        self.written_value(name, "inserted", place, value, level);
    }

    fn assignments(&mut self, targets: &Tree, level: &mut Level) {
        for target in targets.items() {
            let mut value = target.get("val");
            if value.kind() == "MultiAssignRef" {
                let values = value.get("source").get("args").items();
                let number = usize::try_from(value.get("colno").int()).unwrap_or(0);
                if number == 1 {
                    self.expressions(value.get("source"), level);
                }
                match values.get(number.wrapping_sub(1)) {
                    Some(own) => value = own,
                    None => continue,
                }
            } else {
                self.expressions(value, level);
            }
            if target.get("indirection").is_empty() {
                self.written_value(target.get("name").text(), "updated", 0, value, level);
            }
        }
    }

    fn merging(&mut self, tree: &Tree, level: &mut Level) {
        self.joins(tree.get("source_relation"), level);
        self.expressions(tree.get("join_condition"), level);
        for clause in tree.get("merge_when_clauses").items() {
            self.expressions(clause.get("condition"), level);
            let values = clause.get("values").items();
            if values.is_empty() {
                self.assignments(clause.get("target_list"), level);
            }
            for (place, value) in values.iter().enumerate() {
                self.inserted_value(clause.get("target_list").items(), place, value, level);
                self.expressions(value, level);
            }
        }
        self.expressions(tree.get("returning_clause"), level);
    }

    fn written_value(
        &mut self,
        column: &str,
        role: &'static str,
        position: usize,
        value: &Tree,
        level: &mut Level,
    ) {
        let name = ColumnName {
            qualifier: Vec::new(),
            name: column.to_owned(),
        };
        // Without a name the place is all that is known of the column.
        let position = if column.is_empty() { position } else { 0 };
        self.value(&name, role, position, value, false, level);
    }

    /// Everything compared in an expression, and its subqueries.
    fn expressions(&mut self, tree: &Tree, level: &mut Level) {
        match tree.kind() {
            "SelectStmt" => return self.condition(tree, level),
            "AExpr" => self.comparison(tree, level),
            "SubLink" => self.comparison_with_query(tree, level),
            "CaseExpr" => {
                for when in tree.get("args").items() {
                    self.pair(tree.get("arg"), when.get("expr"), level);
                }
            }
            _ => {}
        }
        for child in tree.children() {
            self.expressions(child, level);
        }
    }

    /// A subquery from which no value flows, kept if anything is compared in it or influences it.
    fn condition(&mut self, tree: &Tree, level: &mut Level) {
        let query = self.query(tree);
        if compares(&query) {
            level.conditions.push(query);
        }
    }

    fn comparison(&mut self, tree: &Tree, level: &mut Level) {
        let name = tree.get("name").items().last().map_or("", Tree::text);
        if !matches!(name, "=" | "<>") {
            return;
        }
        let (left, right) = (tree.get("lexpr"), tree.get("rexpr"));
        match tree.get("kind").int() {
            IN => {
                for item in right.items() {
                    self.pair(left, item, level);
                }
            }
            ANY | ALL => {
                let column = column_of(left);
                let (array, _) = uncast(right);
                if array.kind() == "AArrayExpr" {
                    for item in array.get("elements").items() {
                        self.pair(left, item, level);
                    }
                    if let Some(column) = column {
                        self.cast(&column, "compared", 0, right, level);
                    }
                } else if let Some(column) = column {
                    if !self.value(&column, "compared", 0, right, true, level) {
                        self.expression(&column, right, level);
                    }
                }
            }
            OPERATOR..=NULLIF => self.pair(left, right, level),
            _ => {}
        }
    }

    /// Two expressions that are compared, or rows of them.
    fn pair(&mut self, left: &Tree, right: &Tree, level: &mut Level) {
        let rows = (left.kind(), right.kind());
        if rows == ("RowExpr", "RowExpr") {
            let (left, right) = (left.get("args").items(), right.get("args").items());
            for (left, right) in left.iter().zip(right) {
                self.pair(left, right, level);
            }
            return;
        }
        for (column, value) in [(left, right), (right, left)] {
            if let Some(column) = column_of(column) {
                if !self.value(&column, "compared", 0, value, false, level) {
                    self.expression(&column, value, level);
                }
            }
        }
    }

    /// `IN (SELECT ...)`, `= ANY (SELECT ...)` and the like.
    fn comparison_with_query(&mut self, tree: &Tree, level: &mut Level) {
        let name = tree.get("oper_name").items().last().map_or("=", Tree::text);
        let test = tree.get("testexpr");
        if test.is_empty() || !matches!(name, "=" | "<>") {
            return;
        }
        let columns = match test.kind() {
            "RowExpr" => test.get("args").items(),
            _ => std::slice::from_ref(test),
        };
        for column in columns.iter().filter_map(column_of) {
            let flow = self.flow_of(tree.get("subselect"));
            self.against(&column, flow, level);
        }
    }

    /// A column that is compared with something else than a value of the statement.
    fn expression(&mut self, column: &ColumnName, other: &Tree, level: &mut Level) {
        // NULL and truth values are nobody's.
        if uncast(other).0.kind() != "AConst" {
            let flow = self.flow_of(other);
            self.against(column, flow, level);
        }
    }

    fn flow_of(&mut self, tree: &Tree) -> Flow {
        let mut flow = Flow::default();
        let places = self.places.take();
        if tree.kind() == "SelectStmt" {
            flow.subqueries.push(self.query(tree));
        } else {
            self.flow(tree, Fate::Whole, &mut flow);
        }
        self.places = places;
        flow
    }

    fn against(&mut self, column: &ColumnName, flow: Flow, level: &mut Level) {
        let Some(at) = self.entry(column, "compared", 0, level) else {
            return;
        };
        let against = &mut level.compared[at].against;
        if against.len() >= MAX_AGAINST {
            // As good as a constant.
            against[0] = Flow::default();
        } else {
            push_new(against, flow);
        }
    }

    /// The place among what is compared of a column; none where that is not collected.
    fn entry(
        &mut self,
        column: &ColumnName,
        role: &'static str,
        position: usize,
        level: &mut Level,
    ) -> Option<usize> {
        let places = self.places.as_mut()?;
        let key = (column.clone(), role, position);
        Some(*level.known.entry(key).or_insert_with(|| {
            level.compared.push(Compared {
                column: column.clone(),
                number: places.len(),
                role,
                position,
                ..Compared::default()
            });
            places.push(Vec::new());
            level.compared.len() - 1
        }))
    }

    /// Notes a value; false where it is no literal or parameter.
    fn value(
        &mut self,
        column: &ColumnName,
        role: &'static str,
        position: usize,
        value: &Tree,
        array: bool,
        level: &mut Level,
    ) -> bool {
        let Some(place) = raw_place(value, array) else {
            return false;
        };
        if let Some(at) = self.entry(column, role, position, level) {
            let number = level.compared[at].number;
            if let Some(places) = self.places.as_mut() {
                places[number].push(place);
            }
        }
        self.cast(column, role, position, value, level);
        true
    }

    /// Notes the types that a value is cast to.
    fn cast(
        &mut self,
        column: &ColumnName,
        role: &'static str,
        position: usize,
        mut value: &Tree,
        level: &mut Level,
    ) {
        while matches!(value.kind(), "TypeCast" | "CollateClause") {
            let name = name_of(&value.get("type_name").get("names").names());
            value = value.get("arg");
            if name.name.is_empty() {
                continue;
            }
            if let Some(at) = self.entry(column, role, position, level) {
                push_new(&mut level.compared[at].types, name);
            }
        }
    }
}

/// Whether anything is compared or written in a query, or influences it.
fn compares(query: &Query) -> bool {
    !query.compared.is_empty()
        || !query.asks.is_empty()
        || !query.conditions.is_empty()
        || query.ctes.iter().any(|cte| compares(&cte.query))
        || query.branches.iter().any(compares)
        || query
            .sources
            .iter()
            .any(|source| source.query.as_ref().is_some_and(compares))
}
