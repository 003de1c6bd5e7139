//! What decides about the rows of a query without being in its result: conditions, the order and the
//! groups of rows, limits, and expressions that may fail.
//!
//! Whoever may not see a column can still ask about it. For each such use it is told which columns it
//! is of, how it uses them, and, apart from the facts that decisions are made of, which values of the
//! statement it puts them against: those are counted when the statement is run. What is not understood
//! is an `expression` of all that stands in it.

use crate::asking_functions::{result_name, COLLECTING, FITTING, ROW_FUNCTIONS};
use crate::combining::is_bounding;
use crate::compared::{compared, is_of_rows, row_pairs};
use crate::facts::{Asking, ColumnName, Flow, Query};
use crate::fate::{Fate, AGGREGATES};
use crate::held::{held, values_of, Values};
use crate::places::{column_of, uncast};
use crate::query::Builder;
use crate::standing::{
    has_constants, holds_value, is_listed, is_member, is_stored, is_unstable, joins_texts, VALUES,
};
use crate::tree::Tree;
use crate::walk::column_name;

/// `SubLinkType`.
const EXISTS: i64 = 1;
/// `SetOperation`: 2 is `UNION`.
const UNION: i64 = 2;

impl Builder {
    /// Fills in what influences a query, but for what is inside its sources, table expressions,
    /// branches and other subqueries.
    pub(crate) fn ask(&mut self, tree: &Tree, query: &mut Query) {
        let mut found = Vec::new();
        let deriving = std::mem::take(&mut self.deriving);
        match tree.kind() {
            "SelectStmt" => self.selection(tree, &mut found),
            "UpdateStmt" | "DeleteStmt" | "InsertStmt" | "MergeStmt" => {
                for joined in ["from_clause", "using_clause", "source_relation"] {
                    self.joined(tree.get(joined), &mut found);
                }
                for condition in ["where_clause", "join_condition"] {
                    self.condition_in(tree.get(condition), &mut found);
                }
                for clause in tree.get("merge_when_clauses").items() {
                    self.condition_in(clause.get("condition"), &mut found);
                    self.value_in(clause.get("target_list"), false, &mut found);
                    self.value_in(clause.get("values"), false, &mut found);
                }
                let conflict = tree.get("on_conflict_clause");
                self.condition_in(conflict.get("where_clause"), &mut found);
                self.value_in(conflict.get("target_list"), false, &mut found);
                self.value_in(tree.get("target_list"), false, &mut found);
                self.value_in(tree.get("returning_clause"), false, &mut found);
            }
            _ => {}
        }
        self.deriving = deriving;
        query.asks = found;
    }

    fn selection(&mut self, tree: &Tree, found: &mut Vec<Asking>) {
        let operation = tree.get("op").int();
        if operation > 1 {
            if operation != UNION || tree.get("all").int() == 0 {
                self.push_asking("set", Flow::default(), Values::default(), false, found);
            }
            for item in tree.get("sort_clause").items() {
                self.sorted_set(item.get("node"), found);
            }
        } else {
            self.joined(tree.get("from_clause"), found);
            self.condition_in(tree.get("where_clause"), found);
            self.condition_in(tree.get("having_clause"), found);
            let targets = tree.get("target_list");
            self.value_in(targets, false, found);
            self.rows_beside(tree.get("values_lists"), found);
            self.value_in(tree.get("values_lists"), false, found);
            self.ordered("group", tree.get("group_clause"), targets, found);
            self.ordered("sort", tree.get("sort_clause"), targets, found);
            for item in tree.get("distinct_clause").items() {
                match item.kind() {
                    // Without expressions it is of all targets; and statements that differ in the
                    // position in `DISTINCT ON` share what is decided about them.
                    "" | "AConst" => {
                        for target in targets.items() {
                            self.whole("group", target.get("val"), found);
                        }
                    }
                    _ => self.ordered_by("group", item, targets, found),
                }
            }
            for window in tree.get("window_clause").items() {
                self.ask_window(window, found);
            }
        }
        for limit in ["limit_count", "limit_offset"] {
            self.whole("limit", tree.get(limit), found);
        }
    }

    /// What sorts the rows of a set operation: a column of its result by name or position.
    fn sorted_set(&mut self, item: &Tree, found: &mut Vec<Asking>) {
        let flow = self.influence_of(item);
        self.push_asking("set", flow, Values::default(), false, found);
        let position = usize::try_from(item.get("val").get("ival").int()).unwrap_or(0);
        if let Some(influence) = found.last_mut() {
            influence.position = position;
        }
    }

    /// Conditions of joins, and functions in `FROM`.
    fn joined(&mut self, from: &Tree, found: &mut Vec<Asking>) {
        match from.kind() {
            "JoinExpr" => {
                self.joined(from.get("larg"), found);
                self.joined(from.get("rarg"), found);
                self.condition_in(from.get("quals"), found);
                let mut names = from.get("using_clause").names();
                if from.get("is_natural").int() != 0 {
                    names.push("*".to_owned());
                }
                for name in names {
                    let column = ColumnName {
                        qualifier: Vec::new(),
                        name,
                    };
                    let flow = Flow {
                        columns: vec![column],
                        ..Flow::default()
                    };
                    self.push_asking("merged", flow, Values::default(), false, found);
                }
            }
            "RangeFunction" => {
                let calls = from.get("functions").items().iter();
                let calls: Vec<&Tree> = calls.filter_map(|call| call.items().first()).collect();
                for call in &calls {
                    self.value_in(call.get("args"), true, found);
                    self.rows_of(call, found);
                }
                let defined = from.get("functions").items().iter();
                let defined = defined.filter_map(|call| call.items().get(1));
                for columns in defined.chain([from.get("coldeflist")]) {
                    if !columns.items().is_empty() {
                        let read = calls.iter().map(|call| (*call).clone());
                        let read = read.chain([columns.clone()]).collect();
                        self.atom("derived", &Tree::List(read), found);
                    }
                }
            }
            "RangeTableFunc" => {
                self.rows_in(from, from.get("docexpr"), &[from.get("rowexpr")], found);
            }
            "JsonTable" => {
                let passed = from.get("context_item").get("raw_expr");
                let values: Vec<&Tree> = from.get("passing").items().iter().collect();
                self.rows_in(from, passed, &values, found);
            }
            "RangeTableSample" => self.whole("rows", from, found),
            _ => {
                if let Tree::List(items) = from {
                    for item in items {
                        self.joined(item, found);
                    }
                }
            }
        }
    }

    /// What groups, sorts or makes distinct: expressions, or targets by position or name.
    fn ordered(
        &mut self,
        form: &'static str,
        clause: &Tree,
        targets: &Tree,
        found: &mut Vec<Asking>,
    ) {
        for item in clause.items() {
            match item.kind() {
                "SortBy" => self.ordered_by(form, item.get("node"), targets, found),
                "GroupingSet" => self.ordered(form, item.get("content"), targets, found),
                _ => self.ordered_by(form, item, targets, found),
            }
        }
    }

    fn ordered_by(
        &mut self,
        form: &'static str,
        item: &Tree,
        targets: &Tree,
        found: &mut Vec<Asking>,
    ) {
        let targets = targets.items();
        let target = match item.kind() {
            "AConst" => usize::try_from(item.get("val").get("ival").int())
                .ok()
                .and_then(|position| targets.get(position.wrapping_sub(1))),
            "ColumnRef" => {
                let column = column_name(item);
                targets.iter().find(|target| {
                    column.qualifier.is_empty() && result_name(target) == column.name
                })
            }
            _ => None,
        };
        if let Some(target) = target {
            self.whole(form, target.get("val"), found);
        }
        // What sorts by an alias sorts by the result column; what groups by its name may mean a column
        // of a source.
        let alias = target.is_some_and(|target| !target.get("name").text().is_empty());
        if item.kind() != "AConst" && !(alias && form == "sort") {
            let before = found.len();
            self.whole(form, item, found);
            for own in &mut found[before..] {
                own.optional = target.is_some();
            }
            self.value_in(item, false, found);
        }
    }

    fn ask_window(&mut self, window: &Tree, found: &mut Vec<Asking>) {
        let framed =
            !(window.get("start_offset").is_empty() && window.get("end_offset").is_empty());
        if framed {
            self.atom("expression", window, found);
        }
        for (clause, form) in [("partition_clause", "group"), ("order_clause", "sort")] {
            self.ordered(form, window.get(clause), &Tree::Empty, found);
        }
    }

    /// A truth value that decides about rows.
    fn condition_in(&mut self, tree: &Tree, found: &mut Vec<Asking>) {
        match tree.kind() {
            "" if tree.items().is_empty() => {}
            "BoolExpr" => {
                for part in tree.get("args").items() {
                    self.condition_in(part, found);
                }
            }
            "NullTest" if column_of(tree.get("arg")).is_some() => {}
            "SubLink" if tree.get("sub_link_type").int() == EXISTS => {}
            "BooleanTest" => self.condition_in(tree.get("arg"), found),
            "AExpr" if is_of_rows(tree) => {
                for pair in row_pairs(tree) {
                    self.condition_in(&pair, found);
                }
            }
            "CaseExpr" => self.value_in(tree, false, found),
            _ => {
                self.atom("expression", tree, found);
                self.value_in(tree, true, found);
            }
        }
    }

    /// A value, and what decides about it; `counted` says that its constants are those of something
    /// around it.
    fn value_in(&mut self, tree: &Tree, counted: bool, found: &mut Vec<Asking>) {
        match tree.kind() {
            // What a subquery is influenced by is its own.
            "ColumnRef" | "AConst" | "ParamRef" | "SelectStmt" => return,
            "BoolExpr" if !counted => return self.condition_in(tree, found),
            "CaseExpr" => {
                if !counted {
                    let whens = tree.get("args").items().iter();
                    let results = whens.map(|when| when.get("result"));
                    self.beside(results.chain([tree.get("defresult")]), found);
                }
                let tested = tree.get("arg");
                for when in tree.get("args").items() {
                    if tested.is_empty() {
                        self.condition_in(when.get("expr"), found);
                    } else {
                        self.tested(tested, when.get("expr"), found);
                    }
                    self.value_in(when.get("result"), counted, found);
                }
                return self.value_in(tree.get("defresult"), counted, found);
            }
            "FuncCall" => return self.call_in(tree, counted, found),
            "MinMaxExpr" => {
                let counted = self.meeting(tree.get("args"), found) || counted;
                return self.value_in(tree.get("args"), counted, found);
            }
            "JsonObjectAgg" if tree.get("unique").int() != 0 => {
                self.meeting(tree.get("arg").get("key"), found);
            }
            "AIndices" if holds_value(tree, &VALUES) => self.whole("rows", tree, found),
            "AExpr" if is_member(tree) => {
                self.fitting(
                    &[tree.get("lexpr").clone(), tree.get("rexpr").clone()],
                    found,
                );
            }
            _ => {}
        }
        let own = match tree.kind() {
            "TypeCast" if is_bounding(tree) => self.with_constants(tree, tree, counted, found),
            // Whether a list of another query's values has a NULL in it is not in the values alone.
            "SubLink" if !counted && !tree.get("testexpr").is_empty() => {
                self.atom("combined", tree, found);
                true
            }
            // Lists, casts and names of targets do nothing by themselves.
            "" | "List" | "ResTarget" | "TypeCast" | "CollateClause" | "RowExpr" | "AArrayExpr"
            | "MultiAssignRef" | "ReturningClause" => counted,
            _ => self.with_constants(tree, tree, counted, found),
        };
        let around = self.deriving;
        self.combining(tree, own, found);
        for child in tree.children() {
            self.value_in(child, own, found);
        }
        self.deriving = around;
    }

    /// A call: its arguments, what it makes of several rows, and how many rows it makes.
    fn call_in(&mut self, tree: &Tree, counted: bool, found: &mut Vec<Asking>) {
        self.condition_in(tree.get("agg_filter"), found);
        self.ordered("sort", tree.get("agg_order"), &Tree::Empty, found);
        if !tree.get("over").is_empty() {
            self.ask_window(tree.get("over"), found);
        }
        let name = tree.get("funcname").items().last().map_or("", Tree::text);
        if ROW_FUNCTIONS.contains(&name) {
            self.rows_of(tree, found);
        }
        if FITTING.contains(&name) {
            self.fitting(tree.get("args").items(), found);
        }
        let meets = is_comparing(name) || tree.get("agg_distinct").int() != 0;
        let counted = counted | (meets && self.meeting(tree.get("args"), found));
        let own = self.with_constants(tree.get("args"), tree, counted, found);
        let around = self.deriving;
        if self.may_combine(tree, own) {
            // Without its window, filter and order, which are told by themselves.
            let call = ["funcname", "args"].map(|field| (field, tree.get(field).clone()));
            self.combining(&Tree::Node("FuncCall", call.to_vec()), own, found);
        }
        self.value_in(tree.get("args"), own, found);
        self.deriving = around;
    }

    /// Rows that a statement writes out: what stands in one column of them.
    fn rows_beside(&mut self, rows: &Tree, found: &mut Vec<Asking>) {
        let rows: Vec<&[Tree]> = rows.items().iter().map(Tree::items).collect();
        let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        for place in 0..width {
            self.beside(rows.iter().filter_map(|row| row.get(place)), found);
        }
    }

    /// Values of which one or the other is taken. Constants among them come to stand beside columns,
    /// and what is made of the whole may tell whether they are equal.
    fn beside<'t>(&mut self, values: impl Iterator<Item = &'t Tree>, found: &mut Vec<Asking>) {
        let is_made = |value: &&Tree| {
            let plain = uncast(value).0;
            plain.kind() == "ParamRef" || plain.kind() == "AConst" && plain.get("isnull").int() == 0
        };
        let (made, others): (Vec<&Tree>, Vec<&Tree>) = values.partition(is_made);
        let holds = |other: &&&Tree| holds_value(other, &VALUES);
        if !made.is_empty() && others.iter().any(|other| holds(&other)) {
            let all = others.into_iter().chain(made).cloned().collect();
            self.atom("expression", &Tree::List(all), found);
        }
    }

    /// How many rows a function makes.
    fn rows_of(&mut self, call: &Tree, found: &mut Vec<Asking>) {
        let name = call.get("funcname").items().last().map_or("", Tree::text);
        let arguments = call.get("args").items();
        match arguments {
            [only] if column_of(only).is_some() => {}
            [only] if name == "unnest" && is_listed(only) => {
                self.beside(only.get("elements").items().iter(), found);
            }
            [document, path @ ..] if name.starts_with("json") => {
                let path: Vec<&Tree> = path.iter().collect();
                self.rows_in(call, document, &path, found);
            }
            _ => self.whole("rows", call, found),
        }
    }

    /// How many parts a document has where a path leads: like a condition with that path, where the
    /// document is nothing but what is stored. What is put together beside a value can have as
    /// many parts as the value says.
    fn rows_in(&mut self, source: &Tree, document: &Tree, path: &[&Tree], found: &mut Vec<Asking>) {
        if is_stored(document) && path.iter().all(|part| held(part, false).is_some()) {
            self.atom("expression", source, found);
        } else {
            self.whole("rows", source, found);
        }
    }

    /// Values of which one chooses among the others, or finds a place in them: whether there is one
    /// shows, for every row and value at once.
    fn fitting(&mut self, values: &[Tree], found: &mut Vec<Asking>) {
        let varying = values.iter().filter(|value| holds_value(value, &VALUES));
        if varying.count() > 1 {
            self.whole("rows", &Tree::List(values.to_vec()), found);
        }
    }

    /// Values that are compared with each other, of which the result tells how. Says whether their
    /// constants are told with them.
    fn meeting(&mut self, values: &Tree, found: &mut Vec<Asking>) -> bool {
        if !holds_value(values, &VALUES) {
            return false;
        }
        let constants = holds_value(values, &["AConst", "ParamRef"]);
        if constants {
            self.atom("expression", values, found);
        } else {
            self.whole("group", values, found);
        }
        constants
    }

    /// Takes an expression for one influence where constants stand right in it.
    fn with_constants(
        &mut self,
        operands: &Tree,
        tree: &Tree,
        counted: bool,
        found: &mut Vec<Asking>,
    ) -> bool {
        if counted || !has_constants(operands) {
            return counted;
        }
        let before = found.len();
        self.atom("expression", tree, found);
        mark_joining(tree, &mut found[before..]);
        // A call by itself decides about nothing, whatever it is given.
        if tree.kind() == "FuncCall" && found.last().is_some_and(|one| !reads(&one.flow)) {
            found.truncate(before);
        }
        true
    }

    /// `CASE tested WHEN value`.
    fn tested(&mut self, tested: &Tree, value: &Tree, found: &mut Vec<Asking>) {
        if let (Some(_), Some(held)) = (column_of(tested), held(value, false)) {
            let values = Values {
                structure: "=".to_owned(),
                each: true,
                held: vec![held],
            };
            let flow = self.influence_of(tested);
            self.push_asking("equal", flow, values, false, found);
            return;
        }
        let pair = Tree::List(vec![tested.clone(), value.clone()]);
        self.atom("expression", &pair, found);
    }

    /// Something as a whole, with its values.
    fn whole(&mut self, form: &'static str, tree: &Tree, found: &mut Vec<Asking>) {
        if !tree.is_empty() {
            let flow = self.influence_of(tree);
            self.push_asking(form, flow, Values::default(), is_unstable(tree), found);
        }
    }

    /// One comparison, or whatever else it is.
    pub(crate) fn atom(&mut self, form: &'static str, tree: &Tree, found: &mut Vec<Asking>) {
        let flow = self.influence_of(tree);
        let (form, values, unstable) = match compared(tree) {
            Some((form, values)) => (form, values, false),
            None => (form, values_of(tree), is_unstable(tree)),
        };
        self.push_asking(form, flow, values, unstable, found);
    }

    pub(crate) fn push_asking(
        &mut self,
        form: &'static str,
        flow: Flow,
        values: Values,
        unstable: bool,
        found: &mut Vec<Asking>,
    ) {
        // Functions may read what nobody sees them read.
        if !(form == "set" || reads(&flow) || calls_in_condition(form, &flow)) {
            return;
        }
        found.push(Asking {
            number: self.influencing.len(),
            form,
            flow,
            unstable,
            ..Asking::default()
        });
        self.influencing.push(values);
    }

    /// The columns of an expression, those of its subqueries' results among them.
    pub(crate) fn influence_of(&mut self, tree: &Tree) -> Flow {
        let mut flow = Flow::default();
        let (places, influences) = (self.places.take(), self.row_influences.take());
        self.flow(tree, Fate::Whole, &mut flow);
        (self.places, self.row_influences) = (places, influences);
        flow
    }
}

/// Says of what was found of an expression whether it puts texts together.
pub(crate) fn mark_joining(tree: &Tree, found: &mut [Asking]) {
    for one in found {
        one.joining = joins_texts(tree);
    }
}

/// Whether columns are in an expression, or may be.
fn reads(flow: &Flow) -> bool {
    flow.opaque
        || !(flow.columns.is_empty()
            && flow.counted_columns.is_empty()
            && flow.rows.is_empty()
            && flow.subqueries.is_empty())
}

/// Whether a condition or a number of rows is made of functions.
fn calls_in_condition(form: &str, flow: &Flow) -> bool {
    matches!(form, "expression" | "limit") && !flow.functions.is_empty()
}

/// Whether an aggregate's result tells how the values of several rows compare, or whether they meet.
fn is_comparing(name: &str) -> bool {
    AGGREGATES.contains(&name) && !COLLECTING.contains(&name)
}

#[cfg(test)]
#[path = "asking_tests.rs"]
mod tests;
