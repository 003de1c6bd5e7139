//! Collects what a statement names, from every node of its tree.

use crate::defining::created;
use crate::facts::{ColumnName, Facts, Function, Name, Reference, Relation};
use crate::tree::Tree;
use std::collections::HashSet;
use std::hash::Hash;

/// What a statement does with the relations that a part of it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Use {
    pub(crate) role: &'static str,
    pub(crate) verb: &'static str,
}

pub(crate) const READ: Use = Use {
    role: "read",
    verb: "select",
};
pub(crate) const DDL: Use = Use {
    role: "ddl",
    verb: "ddl",
};

const CREATED: Use = Use {
    role: "ddl",
    verb: "create",
};
const REFERENCE: Use = Use {
    role: "read",
    verb: "reference",
};

const fn write(verb: &'static str) -> Use {
    Use {
        role: "write",
        verb,
    }
}

/// Walks a tree and fills the lists of [`Facts`], each name once.
pub(crate) struct Walker<'a> {
    facts: &'a mut Facts,
    /// Names of the common table expressions that are visible, innermost last.
    ctes: Vec<String>,
    seen: Seen,
}

/// What long lists hold already, so that a statement with many names stays linear.
#[derive(Default)]
struct Seen {
    relations: HashSet<Relation>,
    functions: HashSet<Function>,
    operators: HashSet<Name>,
    types: HashSet<Name>,
    columns: HashSet<ColumnName>,
    predicates: HashSet<ColumnName>,
    orderings: HashSet<ColumnName>,
}

/// Lists up to this length are searched themselves.
const SHORT_LIST: usize = 16;

fn push_once<T: Clone + Eq + Hash>(seen: &mut HashSet<T>, list: &mut Vec<T>, item: T) {
    if list.len() < SHORT_LIST {
        push_new(list, item);
        return;
    }
    if seen.is_empty() {
        seen.extend(list.iter().cloned());
    }
    if seen.insert(item.clone()) {
        list.push(item);
    }
}

impl<'a> Walker<'a> {
    pub(crate) fn new(facts: &'a mut Facts) -> Self {
        Self {
            facts,
            ctes: Vec::new(),
            seen: Seen::default(),
        }
    }

    /// Visits `tree`; relations that it names directly are used as `usage` says.
    pub(crate) fn visit(&mut self, tree: &Tree, usage: Use) {
        match tree.kind() {
            "RangeVar" => return self.relation(tree, usage),
            "SelectStmt" | "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => {
                return self.scoped(tree);
            }
            "FuncCall" => self.function(tree),
            "AIndirection" => self.attributes(tree),
            "ColumnRef" => {
                push_once(
                    &mut self.seen.columns,
                    &mut self.facts.columns,
                    column_name(tree),
                );
                self.qualified_name(tree);
            }
            "AExpr" => self.operator(tree.get("name")),
            "SortBy" => self.operator(tree.get("use_op")),
            "SubLink" => self.operator(tree.get("oper_name")),
            "TypeName" => {
                let name = name_of(&tree.get("names").names());
                push_once(&mut self.seen.types, &mut self.facts.types, name);
            }
            "ParamRef" => {
                self.facts.parameters = self.facts.parameters.max(tree.get("number").int());
            }
            "JoinExpr" => self.join_conditions(tree),
            "Constraint" if !tree.get("pktable").is_empty() => {
                return self.foreign_key(tree, usage)
            }
            "CreateStmt" | "CreateTableAsStmt" | "ViewStmt" => {
                self.push_relation(created(tree), CREATED);
            }
            // What a table is made like is only read.
            "TableLikeClause" => return self.fields(tree, &[]),
            "OnConflictClause" | "InferClause" => self.predicate(tree.get("where_clause")),
            "MergeWhenClause" => self.predicate(tree.get("condition")),
            _ => {}
        }
        if tree.kind() == "FuncCall" {
            self.predicate(tree.get("agg_filter"));
        }
        self.visit_all_but(created(tree), tree, usage);
    }

    fn visit_all_but(&mut self, known: &Tree, tree: &Tree, usage: Use) {
        for child in tree.children() {
            if !std::ptr::eq(child, known) {
                self.visit(child, usage);
            }
        }
    }

    fn foreign_key(&mut self, constraint: &Tree, usage: Use) {
        let relation = constraint.get("pktable");
        self.push_relation(relation, REFERENCE);
        let reference = Reference {
            relation: relation_name(relation),
            columns: constraint.get("pk_attrs").names(),
        };
        push_new(&mut self.facts.references, reference);
        self.visit_all_but(relation, constraint, usage);
    }

    /// A statement that can have `WITH`, and whose names are visible in all of it.
    fn scoped(&mut self, tree: &Tree) {
        let visible = self.ctes.len();
        let with = tree.get("with_clause");
        let recursive = with.get("recursive").int() != 0;
        let definitions = with.get("ctes").items();
        if recursive {
            self.ctes.extend(
                definitions
                    .iter()
                    .map(|cte| cte.get("ctename").text().to_owned()),
            );
        }
        for definition in definitions {
            self.visit(definition, READ);
            if !recursive {
                self.ctes.push(definition.get("ctename").text().to_owned());
            }
        }
        match tree.kind() {
            "SelectStmt" => self.select(tree),
            "InsertStmt" => self.insert(tree),
            "UpdateStmt" => self.change(tree, "update"),
            "DeleteStmt" => self.change(tree, "delete"),
            _ => self.merge(tree),
        }
        self.ctes.truncate(visible);
    }

    fn select(&mut self, tree: &Tree) {
        push_new(&mut self.facts.verbs, "select");
        self.predicate(tree.get("where_clause"));
        self.predicate(tree.get("having_clause"));
        for clause in [
            "group_clause",
            "sort_clause",
            "distinct_clause",
            "window_clause",
        ] {
            self.ordering(tree.get(clause), tree.get("target_list"));
        }
        let into = tree.get("into_clause");
        if !into.is_empty() {
            self.written(into.get("rel"), "create");
        }
        self.fields(tree, &["with_clause", "into_clause"]);
    }

    fn insert(&mut self, tree: &Tree) {
        push_new(&mut self.facts.verbs, "insert");
        self.written(tree.get("relation"), "insert");
        if !tree.get("on_conflict_clause").get("target_list").is_empty() {
            push_new(&mut self.facts.verbs, "update");
            self.written(tree.get("relation"), "update");
        }
        self.fields(tree, &["with_clause", "relation"]);
    }

    fn change(&mut self, tree: &Tree, verb: &'static str) {
        push_new(&mut self.facts.verbs, verb);
        self.written(tree.get("relation"), verb);
        self.predicate(tree.get("where_clause"));
        self.fields(tree, &["with_clause", "relation"]);
    }

    fn merge(&mut self, tree: &Tree) {
        push_new(&mut self.facts.verbs, "merge");
        self.predicate(tree.get("join_condition"));
        self.written(tree.get("relation"), "merge");
        for clause in tree.get("merge_when_clauses").items() {
            let verb = match clause.get("command_type").int() {
                3 => "update",
                4 => "insert",
                5 => "delete",
                _ => continue,
            };
            push_new(&mut self.facts.verbs, verb);
            self.written(tree.get("relation"), verb);
        }
        self.fields(tree, &["with_clause", "relation"]);
    }

    /// Visits all fields but those that were visited already.
    fn fields(&mut self, tree: &Tree, done: &[&str]) {
        if let Tree::Node(_, fields) = tree {
            for (name, value) in fields {
                if !done.contains(name) {
                    self.visit(value, READ);
                }
            }
        }
    }

    /// A relation that is written to; a common table expression can never be one.
    fn written(&mut self, range: &Tree, verb: &'static str) {
        self.push_relation(range, write(verb));
    }

    fn relation(&mut self, range: &Tree, usage: Use) {
        let named_here = range.get("schemaname").is_empty()
            && usage.role == "read"
            && self
                .ctes
                .iter()
                .any(|name| name == range.get("relname").text());
        if !named_here {
            self.push_relation(range, usage);
        }
    }

    fn push_relation(&mut self, range: &Tree, usage: Use) {
        if range.is_empty() {
            return;
        }
        let Name { schema, name } = relation_name(range);
        let relation = Relation {
            schema,
            name,
            role: usage.role,
            verb: usage.verb,
        };
        push_once(
            &mut self.seen.relations,
            &mut self.facts.relations,
            relation,
        );
    }

    fn function(&mut self, call: &Tree) {
        let Name { schema, name } = name_of(&call.get("funcname").names());
        let arguments = call.get("args").items();
        let constants: Vec<Option<String>> = arguments.iter().map(constant).collect();
        let function = Function {
            constant_args: constants.iter().all(Option::is_some),
            reads_columns: call.children().any(reads_columns),
            constants: if name == "set_config" {
                constants
            } else {
                Vec::new()
            },
            attribute: false,
            schema,
            name,
        };
        push_once(
            &mut self.seen.functions,
            &mut self.facts.functions,
            function,
        );
    }

    /// `(value).name`: a field of the value, or a function of one argument in another notation.
    fn attributes(&mut self, indirection: &Tree) {
        let reads = reads_columns(indirection.get("arg"));
        for name in attribute_names(indirection) {
            self.attribute(name, reads);
        }
    }

    /// `alias.name`: a column, or a function of the row, which for rows of single values is the value.
    fn qualified_name(&mut self, column: &Tree) {
        if let [_, .., last] = column.get("fields").items() {
            if last.kind() == "String" {
                self.attribute(last.text(), true);
            }
        }
    }

    fn attribute(&mut self, name: &str, reads_columns: bool) {
        let function = Function {
            name: name.to_owned(),
            reads_columns,
            attribute: true,
            ..Function::default()
        };
        push_once(
            &mut self.seen.functions,
            &mut self.facts.functions,
            function,
        );
    }

    fn operator(&mut self, names: &Tree) {
        if !names.is_empty() {
            let name = name_of(&names.names());
            push_once(&mut self.seen.operators, &mut self.facts.operators, name);
        }
    }

    fn join_conditions(&mut self, join: &Tree) {
        self.predicate(join.get("quals"));
        for name in join.get("using_clause").names() {
            self.push_predicate(ColumnName {
                qualifier: Vec::new(),
                name,
            });
        }
    }

    fn predicate(&mut self, condition: &Tree) {
        let mut columns = Vec::new();
        columns_below(condition, &mut columns);
        for column in columns {
            self.push_predicate(column);
        }
    }

    fn push_predicate(&mut self, column: ColumnName) {
        push_once(
            &mut self.seen.predicates,
            &mut self.facts.predicate_columns,
            column,
        );
    }

    /// Columns of a clause that groups or sorts, also where it names a target by position or alias.
    fn ordering(&mut self, clause: &Tree, targets: &Tree) {
        let mut columns = Vec::new();
        columns_below(clause, &mut columns);
        let targets = targets.items();
        for item in clause.items() {
            let item = if item.kind() == "SortBy" {
                item.get("node")
            } else {
                item
            };
            let named = match item.kind() {
                "AConst" => usize::try_from(item.get("val").get("ival").int())
                    .ok()
                    .and_then(|position| targets.get(position.wrapping_sub(1))),
                "ColumnRef" => {
                    let fields = item.get("fields").items();
                    let alias = fields.first().map_or("", Tree::text);
                    targets.iter().find(|target| {
                        fields.len() == 1 && !alias.is_empty() && target.get("name").text() == alias
                    })
                }
                _ => None,
            };
            if let Some(target) = named {
                columns_below(target, &mut columns);
            }
        }
        for column in columns {
            push_once(
                &mut self.seen.orderings,
                &mut self.facts.ordering_columns,
                column,
            );
        }
    }
}

/// Every column below a node, however deep.
fn columns_below(tree: &Tree, out: &mut Vec<ColumnName>) {
    if tree.kind() == "ColumnRef" {
        out.push(column_name(tree));
        return;
    }
    for child in tree.children() {
        columns_below(child, out);
    }
}

/// The names after the dots of `(value).name`.
pub(crate) fn attribute_names(indirection: &Tree) -> impl Iterator<Item = &str> {
    let items = indirection.get("indirection").items().iter();
    items.map(Tree::text).filter(|name| !name.is_empty())
}

fn reads_columns(tree: &Tree) -> bool {
    matches!(tree.kind(), "ColumnRef" | "SubLink") || tree.children().any(reads_columns)
}

/// The column that a `ColumnRef` names.
pub(crate) fn column_name(tree: &Tree) -> ColumnName {
    let mut qualifier: Vec<String> = tree
        .get("fields")
        .items()
        .iter()
        .map(|field| {
            if field.kind() == "AStar" {
                "*".to_owned()
            } else {
                field.text().to_owned()
            }
        })
        .collect();
    let name = qualifier.pop().unwrap_or_default();
    ColumnName { qualifier, name }
}

/// A name from its parts; a database before the schema is dropped, as it can only be the present one.
pub(crate) fn name_of(parts: &[String]) -> Name {
    match parts {
        [] => Name::default(),
        [name] => Name {
            schema: None,
            name: name.clone(),
        },
        [.., schema, name] => Name {
            schema: Some(schema.clone()),
            name: name.clone(),
        },
    }
}

/// The name of a `RangeVar`.
pub(crate) fn relation_name(range: &Tree) -> Name {
    let schema = range.get("schemaname").text();
    Name {
        schema: (!schema.is_empty()).then(|| schema.to_owned()),
        name: range.get("relname").text().to_owned(),
    }
}

/// The text of a constant, also of a cast one; `None` for anything else.
pub(crate) fn constant(tree: &Tree) -> Option<String> {
    match tree.kind() {
        "TypeCast" => constant(tree.get("arg")),
        "AConst" => Some(match tree.get("val") {
            value @ Tree::Node("Integer", _) => value.get("ival").int().to_string(),
            value @ Tree::Node("Boolean", _) => (value.get("boolval").int() != 0).to_string(),
            value @ Tree::Node("Float", _) => value.get("fval").text().to_owned(),
            value @ Tree::Node("BitString", _) => value.get("bsval").text().to_owned(),
            value => value.text().to_owned(),
        }),
        _ => None,
    }
}

pub(crate) fn push_new<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
