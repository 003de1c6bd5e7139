//! Where the columns of a query's result come from, as far as its text alone shows it.

use crate::facts::{ColumnName, Cte, Flow, Influence, Name, Query, Source, Target};
use crate::fate::{is_aggregate, Fate};
use crate::places::RawPlace;
use crate::tree::Tree;
use crate::walk::{attribute_names, column_name, name_of, push_new, relation_name};

/// Queries nested deeper than this are opaque.
const MAX_NESTING: usize = 40;
/// Expressions of more columns than this are opaque.
const MAX_COLUMNS: usize = 4096;

/// `SetOperation::SetopNone`, with 0 for a field that was left out.
const NO_SET_OPERATION: i64 = 1;
/// `SubLinkType::ExistsSublink`.
const EXISTS: i64 = 1;
/// Expressions of a window, and what they decide.
pub(crate) const WINDOW_PARTS: [(&str, &str); 4] = [
    ("partition_clause", "group"),
    ("order_clause", "order"),
    ("start_offset", "filter"),
    ("end_offset", "filter"),
];

/// Builds [`Query`] values; keeps the names that `WITH` makes visible.
#[derive(Default)]
pub(crate) struct Builder {
    ctes: Vec<String>,
    nesting: usize,
    /// Where the values stand that columns are compared with; none where that is not asked.
    pub(crate) places: Option<Vec<Vec<RawPlace>>>,
    /// Influences of the query that is being built; none where that is not asked.
    pub(crate) influences: Option<Vec<Influence>>,
    /// Whether what is being followed goes into an aggregate.
    aggregating: bool,
}

impl Builder {
    /// One that also collects what columns are compared with, and what influences the rows.
    pub(crate) fn with_places() -> Self {
        Self {
            places: Some(Vec::new()),
            influences: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// The query of a statement: a select, or the `RETURNING` list of a change.
    pub(crate) fn query(&mut self, tree: &Tree) -> Query {
        if self.nesting >= MAX_NESTING {
            return Query {
                opaque: true,
                ..Query::default()
            };
        }
        self.nesting += 1;
        let visible = self.ctes.len();
        let aggregating = std::mem::take(&mut self.aggregating);
        let ctes = self.with_clause(tree.get("with_clause"));
        let around = self.influences.as_mut().map(std::mem::take);
        let mut query = self.body(tree);
        self.influence(tree);
        query.influences = std::mem::replace(&mut self.influences, around).unwrap_or_default();
        self.compare(tree, &mut query);
        self.aggregating = aggregating;
        query.ctes = ctes;
        self.ctes.truncate(visible);
        self.nesting -= 1;
        query
    }

    /// The queries that store what a change writes, if they can read anything: their targets are the
    /// values. With each, whether it assigns them to the columns that it names.
    pub(crate) fn written(&mut self, tree: &Tree) -> Vec<(bool, Query)> {
        let visible = self.ctes.len();
        let ctes = self.with_clause(tree.get("with_clause"));
        let mut queries = match tree.kind() {
            "InsertStmt" => self.inserted(tree),
            "UpdateStmt" => vec![(true, self.assigned(tree, tree.get("target_list")))],
            "MergeStmt" => tree
                .get("merge_when_clauses")
                .items()
                .iter()
                .map(|clause| self.merged(tree, clause))
                .collect(),
            _ => Vec::new(),
        };
        queries.retain(|(_, query)| !query.is_plain());
        for (_, query) in &mut queries {
            let mut all = ctes.clone();
            all.append(&mut query.ctes);
            query.ctes = all;
        }
        self.ctes.truncate(visible);
        queries
    }

    fn inserted(&mut self, tree: &Tree) -> Vec<(bool, Query)> {
        let mut queries = Vec::new();
        if !tree.get("select_stmt").is_empty() {
            let mut query = self.query(tree.get("select_stmt"));
            for (target, column) in query.targets.iter_mut().zip(tree.get("cols").items()) {
                target.alias = Some(column.get("name").text().to_owned());
            }
            queries.push((false, query));
        }
        let conflict = tree.get("on_conflict_clause").get("target_list");
        if !conflict.is_empty() {
            let mut query = self.assigned(tree, conflict);
            // The row that was proposed has the relation's columns.
            let mut proposed = self.relation(tree.get("relation"), false);
            proposed.alias = Some("excluded".to_owned());
            query.sources.push(proposed);
            queries.push((true, query));
        }
        queries
    }

    fn assigned(&mut self, tree: &Tree, assignments: &Tree) -> Query {
        let targets = assignments
            .items()
            .iter()
            .map(|target| self.target(target))
            .collect();
        Query {
            sources: self.changed_sources(tree),
            targets,
            ..Query::default()
        }
    }

    fn merged(&mut self, tree: &Tree, clause: &Tree) -> (bool, Query) {
        let mut query = self.assigned(tree, clause.get("target_list"));
        let values = clause.get("values").items();
        if !values.is_empty() {
            let columns = std::mem::take(&mut query.targets);
            query.targets = values
                .iter()
                .map(|value| self.expression_target(value))
                .collect();
            for (target, column) in query.targets.iter_mut().zip(columns) {
                target.alias = column.alias;
            }
        }
        (values.is_empty(), query)
    }

    fn with_clause(&mut self, with: &Tree) -> Vec<Cte> {
        let recursive = with.get("recursive").int() != 0;
        let definitions = with.get("ctes").items();
        if recursive {
            self.ctes.extend(
                definitions
                    .iter()
                    .map(|cte| cte.get("ctename").text().to_owned()),
            );
        }
        let mut ctes = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let name = definition.get("ctename").text().to_owned();
            let mut query = self.query(definition.get("ctequery"));
            // These clauses add columns made of the others.
            if !definition.get("search_clause").is_empty()
                || !definition.get("cycle_clause").is_empty()
            {
                query.opaque = true;
            }
            if !recursive {
                self.ctes.push(name.clone());
            }
            let columns = definition.get("aliascolnames").names();
            ctes.push(Cte {
                name,
                columns,
                recursive,
                query,
            });
        }
        ctes
    }

    fn body(&mut self, tree: &Tree) -> Query {
        match tree.kind() {
            "SelectStmt" if tree.get("op").int() > NO_SET_OPERATION => Query {
                branches: vec![self.query(tree.get("larg")), self.query(tree.get("rarg"))],
                ..Query::default()
            },
            "SelectStmt" if !tree.get("values_lists").is_empty() => Query {
                targets: self.values(tree.get("values_lists")),
                ..Query::default()
            },
            "SelectStmt" => Query {
                sources: self.sources(tree.get("from_clause")),
                targets: self.targets(tree.get("target_list")),
                merges: merges_columns(tree.get("from_clause")),
                ..Query::default()
            },
            "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => self.returning(tree),
            _ => Query {
                opaque: true,
                ..Query::default()
            },
        }
    }

    fn returning(&mut self, tree: &Tree) -> Query {
        let clause = tree.get("returning_clause");
        let mut sources = self.changed_sources(tree);
        // `old` and `new` are rows of the relation; `WITH (OLD AS o)` renames them.
        let renamed = clause
            .get("options")
            .items()
            .iter()
            .map(|option| option.get("value").text());
        for alias in ["old", "new"].into_iter().chain(renamed) {
            let mut row = self.relation(tree.get("relation"), false);
            row.alias = Some(alias.to_owned());
            row.by_name_only = true;
            sources.push(row);
        }
        if !tree.get("on_conflict_clause").is_empty() {
            // The row that was proposed.
            let mut row = self.relation(tree.get("relation"), false);
            row.alias = Some("excluded".to_owned());
            row.by_name_only = true;
            sources.push(row);
        }
        // `*` of MERGE starts with the source's columns, and joins may merge some.
        let merges = tree.kind() == "MergeStmt"
            || merges_columns(tree.get("from_clause"))
            || merges_columns(tree.get("using_clause"));
        Query {
            sources,
            targets: self.targets(clause.get("exprs")),
            merges,
            ..Query::default()
        }
    }

    /// The relation that a statement changes and whatever it reads beside it.
    fn changed_sources(&mut self, tree: &Tree) -> Vec<Source> {
        let mut sources = vec![self.relation(tree.get("relation"), false)];
        sources.extend(self.sources(tree.get("from_clause")));
        sources.extend(self.sources(tree.get("using_clause")));
        if !tree.get("source_relation").is_empty() {
            self.source(tree.get("source_relation"), &mut sources);
        }
        sources
    }

    fn sources(&mut self, from: &Tree) -> Vec<Source> {
        let mut sources = Vec::new();
        for item in from.items() {
            self.source(item, &mut sources);
        }
        sources
    }

    fn source(&mut self, item: &Tree, out: &mut Vec<Source>) {
        let alias = item.get("alias");
        let (name, columns) = (alias_name(alias), alias.get("colnames").names());
        match item.kind() {
            "RangeVar" => out.push(self.relation(item, true)),
            // An alias of a whole join hides the names inside.
            "JoinExpr" if !alias.is_empty() => {
                out.push(Source {
                    kind: "join",
                    alias: name,
                    ..Source::default()
                });
            }
            "JoinExpr" => {
                self.source(item.get("larg"), out);
                self.source(item.get("rarg"), out);
                let shared = item.get("join_using_alias");
                if !shared.is_empty() {
                    let alias = alias_name(shared);
                    out.push(Source {
                        kind: "join",
                        alias,
                        ..Source::default()
                    });
                }
            }
            "RangeSubselect" => {
                let query = Some(self.query(item.get("subquery")));
                out.push(Source {
                    kind: "query",
                    alias: name,
                    columns,
                    query,
                    lateral: item.get("lateral").int() != 0,
                    ..Source::default()
                });
            }
            "RangeFunction" => {
                let mut flow = Flow::default();
                self.flow(item.get("functions"), Fate::Whole, &mut flow);
                let only = match flow.functions.as_slice() {
                    [function] => function.name.clone(),
                    _ => String::new(),
                };
                let flow = Some(flow);
                out.push(Source {
                    kind: "function",
                    name: only,
                    alias: name,
                    columns,
                    flow,
                    ..Source::default()
                });
            }
            "RangeTableSample" => self.source(item.get("relation"), out),
            _ => out.push(Source {
                kind: "other",
                alias: name,
                ..Source::default()
            }),
        }
    }

    fn relation(&self, range: &Tree, may_be_cte: bool) -> Source {
        let Name { schema, name } = relation_name(range);
        let alias = range.get("alias");
        let is_cte = may_be_cte && schema.is_none() && self.ctes.contains(&name);
        Source {
            kind: if is_cte { "cte" } else { "relation" },
            schema,
            name,
            alias: alias_name(alias),
            columns: alias.get("colnames").names(),
            ..Source::default()
        }
    }

    fn targets(&mut self, list: &Tree) -> Vec<Target> {
        list.items().iter().map(|item| self.target(item)).collect()
    }

    fn target(&mut self, item: &Tree) -> Target {
        let mut target = self.expression_target(item.get("val"));
        let alias = item.get("name").text();
        target.alias = (!alias.is_empty()).then(|| alias.to_owned());
        target
    }

    fn expression_target(&mut self, value: &Tree) -> Target {
        let mut flow = Flow::default();
        self.flow(value, Fate::Whole, &mut flow);
        let ends_with_star = |list: &str| {
            value
                .get(list)
                .items()
                .last()
                .is_some_and(|item| item.kind() == "AStar")
        };
        let kind = match value.kind() {
            "ColumnRef" if ends_with_star("fields") => "star",
            "AIndirection" if ends_with_star("indirection") => "star",
            "ColumnRef" => "column",
            _ if is_constant(value) => "constant",
            _ => "expression",
        };
        Target {
            alias: None,
            kind,
            flow,
        }
    }

    /// One target for each position, made of that position in every row.
    fn values(&mut self, rows: &Tree) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for row in rows.items() {
            for (position, value) in row.items().iter().enumerate() {
                if position == targets.len() {
                    targets.push(Target {
                        kind: "constant",
                        ..Target::default()
                    });
                }
                let target = &mut targets[position];
                if !is_constant(value) {
                    target.kind = "expression";
                    self.flow(value, Fate::Whole, &mut target.flow);
                }
            }
        }
        targets
    }

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
            "SubLink" => return self.sublink(tree, fate, out),
            // Outside of a subquery nothing of the kind occurs in an expression.
            "SelectStmt" | "RangeVar" => out.opaque = true,
            _ => {}
        }
        let below = fate.below(tree);
        for child in tree.children() {
            self.flow(child, below, out);
        }
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
        if exists && self.influences.is_none() {
            return;
        }
        // What is compared in it is collected with the other conditions.
        let places = self.places.take();
        let mut query = self.query(tree.get("subselect"));
        self.places = places;
        if exists {
            self.note_inside(query);
        } else {
            query.altered = fate == Fate::Altered;
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
        if fate == Fate::Altered && !out.altered_functions.contains(&name) {
            out.altered_functions.push(name.clone());
        }
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
            self.flow(arguments, inner, out);
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
        for (field, kind) in WINDOW_PARTS {
            self.counted(call.get("over").get(field), kind, out);
        }
    }

    /// Adds what has a part in which values there are, and is not in any itself.
    fn counted(&mut self, tree: &Tree, kind: &'static str, out: &mut Flow) {
        if tree.is_empty() {
            return;
        }
        let mut flow = Flow::default();
        self.flow(tree, Fate::Whole, &mut flow);
        for column in flow.columns.iter().chain(&flow.counted_columns) {
            push_to(&mut out.counted_columns, column, &mut out.opaque);
        }
        for function in &flow.functions {
            push_new(&mut out.functions, function.clone());
        }
        for attribute in &flow.attributes {
            push_new(&mut out.attributes, attribute.clone());
        }
        out.opaque |= flow.opaque;
        if !kind.is_empty() {
            self.note(kind, flow);
        }
    }
}

impl Query {
    /// Whether its values are made of constants only.
    fn is_plain(&self) -> bool {
        let plain = |target: &Target| {
            let flow = &target.flow;
            target.kind == "constant"
                || (flow.columns.is_empty()
                    && flow.counted_columns.is_empty()
                    && flow.functions.is_empty()
                    && flow.subqueries.is_empty()
                    && !flow.opaque)
        };
        !self.opaque && self.branches.is_empty() && self.targets.iter().all(plain)
    }
}

fn push_column(out: &mut Flow, column: &ColumnName, fate: Fate) {
    if fate == Fate::Altered {
        push_to(&mut out.altered_columns, column, &mut out.opaque);
    }
    let list = if fate == Fate::Counted {
        &mut out.counted_columns
    } else {
        &mut out.columns
    };
    push_to(list, column, &mut out.opaque);
}

fn push_to(list: &mut Vec<ColumnName>, column: &ColumnName, opaque: &mut bool) {
    if list.len() >= MAX_COLUMNS {
        *opaque = true;
    } else if !list.contains(column) {
        list.push(column.clone());
    }
}

/// Whether a join below, but not in a subquery, merges columns of both sides.
fn merges_columns(item: &Tree) -> bool {
    match item.kind() {
        "JoinExpr" => {
            item.get("is_natural").int() != 0
                || !item.get("using_clause").is_empty()
                || merges_columns(item.get("larg"))
                || merges_columns(item.get("rarg"))
        }
        _ => matches!(item, Tree::List(items) if items.iter().any(merges_columns)),
    }
}

fn alias_name(alias: &Tree) -> Option<String> {
    let name = alias.get("aliasname").text();
    (!name.is_empty()).then(|| name.to_owned())
}

/// Whether a value is written in the statement or comes with it as a parameter.
fn is_constant(value: &Tree) -> bool {
    match value.kind() {
        "AConst" | "ParamRef" | "SetToDefault" => true,
        "TypeCast" => is_constant(value.get("arg")),
        _ => false,
    }
}
