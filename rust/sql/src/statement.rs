//! The facts of one statement.

use crate::defining::{is_additive, selected};
use crate::facts::{Copy, Facts, Name, OptionValue, Query, Setting, Write};
use crate::places::{note_parameters, note_shared};
use crate::query;
use crate::tree::Tree;
use crate::walk::{constant, relation_name, Use, Walker, DDL, READ};

/// Collects the facts of the statement `tree`.
pub(crate) fn facts_of(tree: &Tree) -> Facts {
    let mut facts = Facts {
        operation: operation(tree),
        statement: tree.kind(),
        ..Facts::default()
    };
    let usage = usage(facts.operation, tree);
    Walker::new(&mut facts).visit(tree, usage);
    match tree.kind() {
        "SelectStmt" | "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => {
            queried(tree, &mut facts);
        }
        "CopyStmt" => copy(tree, &mut facts),
        "VariableSetStmt" => set(tree, &mut facts),
        "VariableShowStmt" => {
            let name = tree.get("name").text().to_lowercase();
            facts.setting = Some(Setting {
                name,
                ..Setting::default()
            });
        }
        "CreateTableAsStmt" => facts.inner = Some(Box::new(facts_of(tree.get("query")))),
        "ViewStmt" => {
            let source = tree.get("query");
            facts.inner = Some(Box::new(facts_of(source)));
            facts.writes.push(kept_query(tree.get("view"), source));
        }
        "PrepareStmt" | "DeclareCursorStmt" | "ExplainStmt" => {
            let mut inner = facts_of(tree.get("query"));
            if tree.kind() == "PrepareStmt" {
                note_parameters(&mut inner);
            }
            facts.inner = Some(Box::new(inner));
            facts.options = options(tree.get("options"));
        }
        "CreateFunctionStmt" => body(tree.get("sql_body"), &mut facts),
        "TransactionStmt" => facts.transaction = transaction(tree.get("kind").int()),
        _ => {}
    }
    facts.additive = is_additive(tree);
    facts.selected = selected(tree);
    nested_writes(tree, &mut facts.writes);
    facts.name = name(tree);
    facts
}

/// The only statement of a function's body, where the body is no text.
fn body(tree: &Tree, facts: &mut Facts) {
    let mut statements = tree.items();
    // A block is a list in a list.
    while let [Tree::List(_) | Tree::Node("List", _)] = statements {
        statements = statements[0].items();
    }
    let statement = match statements {
        [] => tree,
        [only] => only,
        _ => return,
    };
    let inner = match statement.kind() {
        "" => return,
        "ReturnStmt" => returned(statement.get("returnval")),
        _ => facts_of(statement),
    };
    facts.inner = Some(Box::new(inner));
}

/// What `RETURN` of a function gives, as if it were selected.
fn returned(value: &Tree) -> Facts {
    let mut facts = Facts {
        operation: "select",
        statement: "ReturnStmt",
        ..Facts::default()
    };
    Walker::new(&mut facts).visit(value, READ);
    let mut builder = query::Builder::with_places();
    facts.query = Some(builder.value_query(value));
    facts.places = builder.places.unwrap_or_default();
    facts
}

/// The query that makes the result, and what columns are compared with.
fn queried(tree: &Tree, facts: &mut Facts) {
    let mut builder = query::Builder::with_places();
    facts.query = Some(builder.query(tree));
    facts.places = builder.places.unwrap_or_default();
    facts.influencing = builder.influencing;
    note_shared(tree, facts);
}

fn name(tree: &Tree) -> Option<String> {
    let field = match tree.kind() {
        "PrepareStmt" | "ExecuteStmt" | "DeallocateStmt" => "name",
        "DeclareCursorStmt" | "FetchStmt" | "ClosePortalStmt" => "portalname",
        "ListenStmt" | "UnlistenStmt" | "NotifyStmt" => "conditionname",
        "TransactionStmt" => "savepoint_name",
        "RenameStmt" => "newname",
        "CreateDomainStmt" => return tree.get("domainname").names().pop(),
        "AlterDomainStmt" | "CreateEnumStmt" | "CreateRangeStmt" => {
            return tree.get("type_name").names().pop();
        }
        "CompositeTypeStmt" => {
            let name = tree.get("typevar").get("relname").text();
            return (!name.is_empty()).then(|| name.to_owned());
        }
        _ => return None,
    };
    let name = tree.get(field).text();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The `INTO` of a query; of a set operation it is in its first branch, and for all of them.
fn into_of(query: &Tree) -> &Tree {
    let mut first = query;
    while !first.get("larg").is_empty() {
        first = first.get("larg");
    }
    first.get("into_clause")
}

fn operation(tree: &Tree) -> &'static str {
    match tree.kind() {
        "SelectStmt" if !into_of(tree).is_empty() => "create_table_as",
        "SelectStmt" => "select",
        "InsertStmt" => "insert",
        "UpdateStmt" => "update",
        "DeleteStmt" => "delete",
        "MergeStmt" => "merge",
        "CopyStmt" if tree.get("is_from").int() != 0 => "copy_in",
        "CopyStmt" => "copy_out",
        // `CREATE TABLE ... AS EXECUTE` and `CREATE MATERIALIZED VIEW` are this statement too.
        "CreateTableAsStmt" => "create_table_as",
        "ViewStmt" => "create_view",
        "CreateFunctionStmt" => "create_function",
        "RefreshMatViewStmt" => "refresh",
        "CallStmt" => "call",
        "DoStmt" => "do",
        "ExplainStmt" => "explain",
        // `VariableSetKind`: 5 is RESET, 6 is RESET ALL.
        "VariableSetStmt" if tree.get("kind").int() >= 5 => "reset",
        "VariableSetStmt" | "ConstraintsSetStmt" => "set",
        "VariableShowStmt" => "show",
        "TransactionStmt" => "transaction",
        "PrepareStmt" => "prepare",
        "ExecuteStmt" => "execute",
        "DeallocateStmt" => "deallocate",
        "DeclareCursorStmt" => "declare",
        "FetchStmt" => "fetch",
        "ClosePortalStmt" => "close",
        "ListenStmt" => "listen",
        "UnlistenStmt" => "unlisten",
        "NotifyStmt" => "notify",
        "LockStmt" => "lock",
        "TruncateStmt" => "truncate",
        "DiscardStmt" => "discard",
        // `ANALYZE` belongs to whoever may define the relation. `VACUUM` concerns the whole server, and
        // options may have it report.
        "VacuumStmt"
            if tree.get("is_vacuumcmd").int() == 0 && tree.get("options").items().is_empty() =>
        {
            "ddl"
        }
        kind if is_ddl(kind) => "ddl",
        _ => "admin",
    }
}

/// Statements that define objects of a schema. What concerns the whole server, roles, rights, other
/// servers or code is `admin`.
fn is_ddl(kind: &str) -> bool {
    matches!(
        kind,
        "CreateStmt"
            | "AlterTableStmt"
            | "IndexStmt"
            | "DropStmt"
            | "RenameStmt"
            | "CommentStmt"
            | "CreateSeqStmt"
            | "AlterSeqStmt"
            | "CreateEnumStmt"
            | "AlterEnumStmt"
            | "CreateDomainStmt"
            | "AlterDomainStmt"
            | "CompositeTypeStmt"
            | "CreateRangeStmt"
            | "AlterTypeStmt"
            | "CreateSchemaStmt"
            | "AlterObjectSchemaStmt"
            | "CreateStatsStmt"
            | "AlterStatsStmt"
            | "ReplicaIdentityStmt"
            | "DefineStmt"
    )
}

fn usage(operation: &str, tree: &Tree) -> Use {
    match operation {
        "copy_in" => Use {
            role: "write",
            verb: "copy",
        },
        "truncate" => Use {
            role: "write",
            verb: "truncate",
        },
        "refresh" => Use {
            role: "write",
            verb: "create",
        },
        "lock" => Use {
            role: "read",
            verb: "lock",
        },
        "ddl" | "admin" | "create_table_as" | "create_view" | "create_function"
            if tree.kind() != "SelectStmt" =>
        {
            DDL
        }
        _ => READ,
    }
}

/// What keeps a query: its rows, or its text.
fn kept_query(relation: &Tree, source: &Tree) -> Write {
    let query = if source.kind() == "SelectStmt" {
        query::Builder::default().query(source)
    } else {
        Query {
            opaque: true,
            ..Query::default()
        }
    };
    Write {
        relation: Some(relation_name(relation)),
        query,
        ..Write::default()
    }
}

/// Everything in the statement that stores what it reads: in `WITH`, and in what it explains or
/// prepares, which may be run.
fn nested_writes(tree: &Tree, out: &mut Vec<Write>) {
    match tree.kind() {
        "InsertStmt" | "UpdateStmt" | "MergeStmt" => {
            let relation = relation_name(tree.get("relation"));
            let queries = query::Builder::default().written(tree);
            out.extend(queries.into_iter().map(|write| Write {
                relation: Some(relation.clone()),
                ..write
            }));
        }
        "SelectStmt" if !into_of(tree).is_empty() => {
            out.push(kept_query(into_of(tree).get("rel"), tree));
        }
        "CreateTableAsStmt" => {
            out.push(kept_query(tree.get("into").get("rel"), tree.get("query")));
        }
        _ => {}
    }
    for child in tree.children() {
        nested_writes(child, out);
    }
}

fn copy(tree: &Tree, facts: &mut Facts) {
    let incoming = tree.get("is_from").int() != 0;
    let destination = if tree.get("is_program").int() != 0 {
        "program"
    } else if !tree.get("filename").is_empty() {
        "file"
    } else if incoming {
        "stdin"
    } else {
        "stdout"
    };
    let relation = tree.get("relation");
    let source = tree.get("query");
    if !source.is_empty() {
        facts.inner = Some(Box::new(facts_of(source)));
    }
    facts.copy = Some(Copy {
        relation: (!relation.is_empty()).then(|| relation_name(relation)),
        columns: tree.get("attlist").names(),
        query_span: None,
        destination,
        options: options(tree.get("options")),
    });
}

fn set(tree: &Tree, facts: &mut Facts) {
    let name = tree.get("name").text().to_lowercase();
    let values: Vec<String> = tree.get("args").items().iter().map(option_text).collect();
    facts.setting = Some(Setting {
        name,
        value: (!values.is_empty()).then(|| values.join(", ")),
        local: tree.get("is_local").int() != 0,
    });
    if tree.get("name").is_empty() && tree.get("kind").int() != 6 {
        facts.options = options(tree.get("args"));
    }
}

fn options(list: &Tree) -> Vec<(String, OptionValue)> {
    list.items()
        .iter()
        .filter(|item| item.kind() == "DefElem")
        .map(|item| {
            (
                item.get("defname").text().to_lowercase(),
                option_value(item.get("arg")),
            )
        })
        .collect()
}

fn option_value(value: &Tree) -> OptionValue {
    match value.kind() {
        _ if value.is_empty() => OptionValue::On(true),
        "AStar" => OptionValue::List(vec!["*".to_owned()]),
        "List" => OptionValue::List(value.names()),
        "Boolean" => OptionValue::On(value.get("boolval").int() != 0),
        _ => match value {
            Tree::List(_) => OptionValue::List(value.names()),
            _ => OptionValue::Text(option_text(value)),
        },
    }
}

fn option_text(value: &Tree) -> String {
    match value.kind() {
        "Integer" => value.get("ival").int().to_string(),
        "Float" => value.get("fval").text().to_owned(),
        "String" => value.text().to_owned(),
        "TypeName" => value.get("names").names().join("."),
        "DefElem" => {
            let argument = value.get("arg");
            format!("{} {}", value.get("defname").text(), option_text(argument))
                .trim()
                .to_owned()
        }
        _ => constant(value).unwrap_or_default(),
    }
}

fn transaction(kind: i64) -> Option<&'static str> {
    Some(match kind {
        1 | 2 => "begin",
        3 => "commit",
        4 => "rollback",
        5 => "savepoint",
        6 => "release",
        7 => "rollback_to",
        8 => "prepare",
        9 => "commit_prepared",
        10 => "rollback_prepared",
        _ => return None,
    })
}

/// The name of a relation for tests and messages.
impl Name {
    /// `schema.name`, or the name alone.
    #[must_use]
    pub fn qualified(&self) -> String {
        self.schema.as_ref().map_or_else(
            || self.name.clone(),
            |schema| format!("{schema}.{}", self.name),
        )
    }
}
