//! Where the columns of a query's result come from, as far as its text alone shows it.

use crate::facts::{Cte, Flow, Mark, Query, RowInfluence, Target, Write};
use crate::fate::Fate;
use crate::held::Values;
use crate::places::RawPlace;
use crate::sources::unless_plain;
use crate::tree::Tree;

/// Queries nested deeper than this are opaque.
const MAX_NESTING: usize = 40;

/// `SetOperation::SetopNone`, with 0 for a field that was left out.
const NO_SET_OPERATION: i64 = 1;
/// `SetOperation::SetopExcept`.
const EXCEPT: i64 = 4;
/// Builds [`Query`] values; keeps the names that `WITH` makes visible.
#[derive(Default)]
pub(crate) struct Builder {
    pub(crate) ctes: Vec<String>,
    nesting: usize,
    /// Where the values stand that columns are compared with; none where that is not asked.
    pub(crate) places: Option<Vec<Vec<RawPlace>>>,
    /// The values of what influences the queries, collected where places are.
    pub(crate) influencing: Vec<Values>,
    /// Influences of the query that is being built; none where that is not asked.
    pub(crate) row_influences: Option<Vec<RowInfluence>>,
    /// Whether what is being followed goes into an aggregate.
    pub(crate) aggregating: bool,
    /// Whether what is asked about is inside of an expression that is told as combined or derived.
    pub(crate) deriving: bool,
}

impl Builder {
    /// One that also collects what columns are compared with, and what influences the rows.
    pub(crate) fn with_places() -> Self {
        Self {
            places: Some(Vec::new()),
            row_influences: Some(Vec::new()),
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
        let around = self.row_influences.as_mut().map(std::mem::take);
        let mut query = self.body(tree);
        self.row_influence(tree);
        query.row_influences =
            std::mem::replace(&mut self.row_influences, around).unwrap_or_default();
        self.compare(tree, &mut query);
        self.aggregating = aggregating;
        query.ctes = ctes;
        self.ctes.truncate(visible);
        self.nesting -= 1;
        query
    }

    /// A query of one value without sources.
    pub(crate) fn value_query(&mut self, value: &Tree) -> Query {
        let targets = vec![self.expression_target(value)];
        Query {
            targets,
            row_influences: self.row_influences.take().unwrap_or_default(),
            ..Query::default()
        }
    }

    /// The queries that store what a change writes, if they can read anything: their targets are the
    /// values. The relation is still to be named.
    pub(crate) fn written(&mut self, tree: &Tree) -> Vec<Write> {
        let visible = self.ctes.len();
        let ctes = self.with_clause(tree.get("with_clause"));
        let mut queries = match tree.kind() {
            "InsertStmt" => self.inserted(tree),
            "UpdateStmt" => vec![self.changed(tree, tree.get("target_list"))],
            "MergeStmt" => tree
                .get("merge_when_clauses")
                .items()
                .iter()
                .map(|clause| self.merged(tree, clause))
                .collect(),
            _ => Vec::new(),
        };
        queries.retain(|write| !write.query.is_plain());
        for write in &mut queries {
            let mut all = ctes.clone();
            all.append(&mut write.query.ctes);
            write.query.ctes = all;
        }
        self.ctes.truncate(visible);
        queries
    }

    fn changed(&mut self, tree: &Tree, assignments: &Tree) -> Write {
        Write {
            assigned: true,
            query: self.assigned(tree, assignments),
            ..Write::default()
        }
    }

    fn inserted(&mut self, tree: &Tree) -> Vec<Write> {
        let mut queries = Vec::new();
        if !tree.get("select_stmt").is_empty() {
            let columns = tree.get("cols").items();
            let mut query = self.query(tree.get("select_stmt"));
            let listed = names_each(columns, &query.targets);
            for (target, column) in query.targets.iter_mut().zip(columns) {
                target.alias = Some(column.get("name").text().to_owned());
            }
            queries.push(Write {
                listed,
                query,
                ..Write::default()
            });
        }
        let conflict = tree.get("on_conflict_clause").get("target_list");
        if !conflict.is_empty() {
            let mut write = self.changed(tree, conflict);
            // The row that was proposed has the relation's columns.
            let mut proposed = self.relation(tree.get("relation"), false);
            proposed.alias = Some("excluded".to_owned());
            write.query.sources.push(proposed);
            queries.push(write);
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
            sources: self.changed_sources(tree).0,
            targets,
            ..Query::default()
        }
    }

    fn merged(&mut self, tree: &Tree, clause: &Tree) -> Write {
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
        Write {
            assigned: values.is_empty(),
            query,
            ..Write::default()
        }
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
            let query = self.query(definition.get("ctequery"));
            if !recursive {
                self.ctes.push(name.clone());
            }
            let columns = definition.get("aliascolnames").names();
            ctes.push(Cte {
                name,
                columns,
                recursive,
                query,
                marks: marks(definition),
            });
        }
        ctes
    }

    fn body(&mut self, tree: &Tree) -> Query {
        match tree.kind() {
            "SelectStmt" if tree.get("op").int() > NO_SET_OPERATION => Query {
                branches: vec![self.query(tree.get("larg")), self.query(tree.get("rarg"))],
                subtracts: tree.get("op").int() == EXCEPT,
                ..Query::default()
            },
            "SelectStmt" if !tree.get("values_lists").is_empty() => Query {
                targets: self.values(tree.get("values_lists")),
                ..Query::default()
            },
            "SelectStmt" => {
                let mut sources = Vec::new();
                let joined = self.sources(tree.get("from_clause"), &mut sources);
                Query {
                    sources,
                    joined: unless_plain(joined),
                    targets: self.targets(tree.get("target_list")),
                    ..Query::default()
                }
            }
            "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => self.returning(tree),
            _ => Query {
                opaque: true,
                ..Query::default()
            },
        }
    }

    fn returning(&mut self, tree: &Tree) -> Query {
        let clause = tree.get("returning_clause");
        let (mut sources, joined) = self.changed_sources(tree);
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
        Query {
            sources,
            joined: unless_plain(joined),
            targets: self.targets(clause.get("exprs")),
            ..Query::default()
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
                    && flow.rows.is_empty()
                    && flow.subqueries.is_empty()
                    && !flow.opaque)
        };
        !self.opaque && self.branches.is_empty() && self.targets.iter().all(plain)
    }
}

/// Whether a value is written in the statement or comes with it as a parameter.
fn is_constant(value: &Tree) -> bool {
    match value.kind() {
        "AConst" | "ParamRef" | "SetToDefault" => true,
        "TypeCast" => is_constant(value.get("arg")),
        _ => false,
    }
}

/// Whether a list of columns says of each target which column it goes to: a star is any number of
/// targets, an alternative of a set operation has its own, and a field is no column.
fn names_each(columns: &[Tree], targets: &[Target]) -> bool {
    !columns.is_empty()
        && columns.len() == targets.len()
        && columns
            .iter()
            .all(|column| column.get("indirection").items().is_empty())
        && targets.iter().all(|target| target.kind != "star")
}

/// The columns that `SEARCH` and `CYCLE` add to a table expression.
fn marks(definition: &Tree) -> Vec<Mark> {
    let mut marks = Vec::new();
    let search = definition.get("search_clause");
    if !search.is_empty() {
        marks.push(Mark {
            name: search.get("search_seq_column").text().to_owned(),
            columns: search.get("search_col_list").names(),
        });
    }
    let cycle = definition.get("cycle_clause");
    if !cycle.is_empty() {
        marks.push(Mark {
            name: cycle.get("cycle_mark_column").text().to_owned(),
            columns: Vec::new(),
        });
        marks.push(Mark {
            name: cycle.get("cycle_path_column").text().to_owned(),
            columns: cycle.get("cycle_col_list").names(),
        });
    }
    marks
}
