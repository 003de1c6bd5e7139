//! What an expression is made of.

use crate::facts::{ColumnName, Flow, RowField};
use crate::fate::{is_aggregate, Fate};
use crate::query::Builder;
use crate::standing::{holds_value, is_member, VALUES};
use crate::tree::Tree;
use crate::walk::{attribute_names, column_name, name_of, push_new};

/// Expressions of more columns than this are opaque.
const MAX_COLUMNS: usize = 4096;
/// `SubLinkType::ExistsSublink`.
const EXISTS: i64 = 1;
/// Expressions of a window, and what they decide.
pub(crate) const WINDOW_PARTS: [(&str, &str); 4] = [
    ("partition_clause", "group"),
    ("order_clause", "order"),
    ("start_offset", "filter"),
    ("end_offset", "filter"),
];

impl Builder {
    /// Adds what can be in the value of `tree`, whose values have this fate.
    pub(crate) fn flow(&mut self, tree: &Tree, fate: Fate, out: &mut Flow) {
        match tree.kind() {
            "ColumnRef" => {
                let column = column_name(tree);
                if self.aggregating {
                    push_to(&mut out.aggregated_columns, &column, &mut out.opaque);
                }
                push_column(out, &column, fate);
                return;
            }
            "FuncCall" => return self.call(tree, fate, out),
            "CaseExpr" | "CaseWhen" => return self.case(tree, fate, out),
            "AIndirection" if self.row_field(tree, fate, out) => return,
            "AIndirection" => {
                for name in attribute_names(tree) {
                    if !out.attributes.iter().any(|known| known == name) {
                        out.attributes.push(name.to_owned());
                    }
                }
            }
            // These tell which grouping set a row is of, and whether there is a value: what a masked
            // value tells as well.
            "GroupingFunc" => return self.counted(tree.get("args"), "", out),
            "NullTest" if tree.get("arg").kind() == "ColumnRef" => {
                return self.counted(tree.get("arg"), "", out);
            }
            "JsonAggConstructor" => {
                self.counted(tree.get("agg_filter"), "filter", out);
                self.counted(tree.get("agg_order"), "order", out);
                return self.window(tree.get("over"), out);
            }
            "JsonArrayAgg" | "JsonObjectAgg" => {
                let aggregating = std::mem::replace(&mut self.aggregating, true);
                for child in tree.children() {
                    self.flow(child, fate, out);
                }
                self.aggregating = aggregating;
                return;
            }
            "AExpr" if is_member(tree) => {
                self.flow(tree.get("lexpr"), fate, out);
                return self.flow(tree.get("rexpr"), fate.choosing(), out);
            }
            "SubLink" => return self.sublink(tree, fate, out),
            // What a constant is cast to tells of nobody's value.
            "TypeCast" if !holds_value(tree.get("arg"), &VALUES) => {
                return self.flow(tree.get("arg"), fate.below(tree), out);
            }
            "TypeName" => return push_new(&mut out.types, name_of(&tree.get("names").names())),
            // Outside of a subquery nothing of the kind occurs in an expression.
            "SelectStmt" | "RangeVar" => out.opaque = true,
            _ => {}
        }
        let below = fate.below(tree);
        for child in tree.children() {
            self.flow(child, below, out);
        }
    }

    /// `(name).field`, which is a field of a column or a column of a row; false for anything else.
    fn row_field(&mut self, tree: &Tree, fate: Fate, out: &mut Flow) -> bool {
        let row = tree.get("arg");
        let [field] = tree.get("indirection").items() else {
            return false;
        };
        let name = match field.kind() {
            "AStar" => "*",
            "String" => field.text(),
            _ => return false,
        };
        let fields = row.get("fields").items();
        let whole = match fields {
            [one] => one.kind() == "String",
            [_, last] => last.kind() == "AStar",
            _ => false,
        };
        if row.kind() != "ColumnRef" || !whole {
            return false;
        }
        if out.rows.len() >= MAX_COLUMNS {
            out.opaque = true;
            return true;
        }
        push_new(
            &mut out.rows,
            RowField {
                row: fields[0].text().to_owned(),
                field: name.to_owned(),
                starred: fields.len() > 1,
                altered: fate.alters() || fate.cuts(),
                aggregated: self.aggregating,
            },
        );
        true
    }

    fn case(&mut self, tree: &Tree, fate: Fate, out: &mut Flow) {
        self.flow(tree.get("arg"), fate.compared(), out);
        self.flow(tree.get("expr"), fate.compared(), out);
        for value in ["args", "result", "defresult"] {
            self.flow(tree.get(value), fate, out);
        }
    }

    fn sublink(&mut self, tree: &Tree, fate: Fate, out: &mut Flow) {
        self.flow(tree.get("testexpr"), fate.compared(), out);
        let exists = tree.get("sub_link_type").int() == EXISTS;
        if exists && self.row_influences.is_none() {
            return;
        }
        // What is compared in it is collected with the other conditions.
        let places = self.places.take();
        let mut query = self.query(tree.get("subselect"));
        self.places = places;
        if exists {
            self.note_inside(query);
        } else {
            query.altered = fate.alters() || fate.cuts();
            query.aggregated = self.aggregating;
            out.subqueries.push(query);
        }
    }

    fn call(&mut self, call: &Tree, fate: Fate, out: &mut Flow) {
        let name = name_of(&call.get("funcname").names());
        let arguments = call.get("args");
        let inner = fate.argument(&name, arguments.items());
        let aggregating = self.aggregating;
        self.aggregating = aggregating || is_aggregate(&name);
        if fate.alters() && !out.altered_functions.contains(&name) {
            out.altered_functions.push(name.clone());
        }
        let called = name.clone();
        if !out.functions.contains(&name) {
            out.functions.push(name);
        }
        let ordered_is_value = call.get("agg_within_group").int() != 0;
        let order = call.get("agg_order");
        if inner == Fate::Counted {
            let distinct = call.get("agg_distinct").int() != 0;
            let plain = |argument: &Tree| argument.kind() == "ColumnRef";
            let kind = match (distinct, arguments.items().iter().all(plain)) {
                (true, _) => "group",
                (false, true) if !ordered_is_value => "",
                _ => "filter",
            };
            self.counted(arguments, kind, out);
        } else {
            for (place, argument) in arguments.items().iter().enumerate() {
                self.flow(argument, inner.at(&called, place), out);
            }
        }
        if ordered_is_value && inner != Fate::Counted {
            self.flow(order, inner, out);
        } else {
            let kind = if ordered_is_value { "filter" } else { "order" };
            self.counted(order, kind, out);
        }
        self.aggregating = aggregating;
        // These decide which rows are taken, and in which order, but are not part of the value.
        self.counted(call.get("agg_filter"), "filter", out);
        self.window(call.get("over"), out);
    }

    fn window(&mut self, window: &Tree, out: &mut Flow) {
        out.windowed |= !window.is_empty();
        for (field, kind) in WINDOW_PARTS {
            self.counted(window.get(field), kind, out);
        }
    }

    /// Adds what has a part in which values there are, and is not in any itself.
    fn counted(&mut self, tree: &Tree, kind: &'static str, out: &mut Flow) {
        if tree.is_empty() {
            return;
        }
        let mut flow = Flow::default();
        self.flow(tree, Fate::Whole, &mut flow);
        let rows = flow.rows.iter().map(|field| ColumnName {
            qualifier: vec![field.row.clone()],
            name: field.field.clone(),
        });
        for column in rows {
            push_to(&mut out.counted_columns, &column, &mut out.opaque);
        }
        for column in flow.columns.iter().chain(&flow.counted_columns) {
            push_to(&mut out.counted_columns, column, &mut out.opaque);
        }
        for function in &flow.functions {
            push_new(&mut out.functions, function.clone());
        }
        for attribute in &flow.attributes {
            push_new(&mut out.attributes, attribute.clone());
        }
        for name in &flow.types {
            push_new(&mut out.types, name.clone());
        }
        out.opaque |= flow.opaque;
        out.windowed |= flow.windowed;
        if !kind.is_empty() {
            self.note(kind, flow);
        }
    }
}

fn push_column(out: &mut Flow, column: &ColumnName, fate: Fate) {
    if fate.alters() {
        push_to(&mut out.altered_columns, column, &mut out.opaque);
    }
    if fate.cuts() {
        push_to(&mut out.cut_columns, column, &mut out.opaque);
    }
    if fate == Fate::Counted {
        return push_to(&mut out.counted_columns, column, &mut out.opaque);
    }
    if !fate.measures() {
        out.measured_columns.retain(|measured| measured != column);
    } else if !out.columns.contains(column) {
        push_to(&mut out.measured_columns, column, &mut out.opaque);
    }
    push_to(&mut out.columns, column, &mut out.opaque);
}

fn push_to(list: &mut Vec<ColumnName>, column: &ColumnName, opaque: &mut bool) {
    if list.len() >= MAX_COLUMNS {
        *opaque = true;
    } else if !list.contains(column) {
        list.push(column.clone());
    }
}
