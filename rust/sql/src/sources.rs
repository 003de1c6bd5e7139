//! What a query takes rows from, and how it is joined.

use crate::facts::{Flow, Joined, Name, Query, RowFunction, Source, Target};
use crate::fate::Fate;
use crate::query::Builder;
use crate::tree::Tree;
use crate::walk::{name_of, relation_name};

impl Builder {
    /// The relation that a statement changes and whatever it reads beside it.
    pub(crate) fn changed_sources(&mut self, tree: &Tree) -> (Vec<Source>, Vec<Joined>) {
        let mut sources = vec![self.relation(tree.get("relation"), false)];
        let mut joined = vec![Joined::single(0)];
        joined.extend(self.sources(tree.get("from_clause"), &mut sources));
        joined.extend(self.sources(tree.get("using_clause"), &mut sources));
        if !tree.get("source_relation").is_empty() {
            // `*` of MERGE starts with the columns that it merges.
            let merged = self.source(tree.get("source_relation"), &mut sources);
            joined.insert(0, merged);
        }
        (sources, joined)
    }

    pub(crate) fn sources(&mut self, from: &Tree, out: &mut Vec<Source>) -> Vec<Joined> {
        from.items()
            .iter()
            .map(|item| self.source(item, out))
            .collect()
    }

    fn source(&mut self, item: &Tree, out: &mut Vec<Source>) -> Joined {
        let alias = item.get("alias");
        let (name, columns) = (alias_name(alias), alias.get("colnames").names());
        let source = match item.kind() {
            "RangeVar" => self.relation(item, true),
            "JoinExpr" if !alias.is_empty() => Source {
                alias: name,
                columns,
                ..self.aliased_join(item)
            },
            "JoinExpr" => return self.join(item, out),
            "RangeSubselect" => Source {
                kind: "query",
                alias: name,
                columns,
                query: Some(self.query(item.get("subquery"))),
                lateral: item.get("lateral").int() != 0,
                ..Source::default()
            },
            "RangeFunction" => Source {
                alias: name,
                columns,
                ..self.functions(item)
            },
            "RangeTableSample" => return self.source(item.get("relation"), out),
            "RangeTableFunc" | "JsonTable" => Source {
                alias: name,
                columns,
                ..self.document(item)
            },
            _ => Source {
                kind: "other",
                alias: name,
                ..Source::default()
            },
        };
        out.push(source);
        Joined::single(out.len() - 1)
    }

    fn join(&mut self, item: &Tree, out: &mut Vec<Source>) -> Joined {
        let left = self.source(item.get("larg"), out);
        let right = self.source(item.get("rarg"), out);
        let using = item.get("using_clause").names();
        let shared = item.get("join_using_alias");
        if !shared.is_empty() {
            out.push(Source {
                kind: "merged",
                alias: alias_name(shared),
                columns: using.clone(),
                by_name_only: true,
                ..Source::default()
            });
        }
        Joined {
            source: 0,
            sides: vec![left, right],
            using,
            natural: item.get("is_natural").int() != 0,
            // `JoinType`.
            kind: match item.get("jointype").int() {
                2 => "left",
                3 => "full",
                4 => "right",
                // Either side, as the types have it; the values are equal.
                _ => "inner",
            },
        }
    }

    /// A join with an alias, which hides the names inside: as good as a subquery of all its columns.
    fn aliased_join(&mut self, item: &Tree) -> Source {
        let around = self.row_influences.as_mut().map(std::mem::take);
        let mut sources = Vec::new();
        let joined = self.join(item, &mut sources);
        self.of_join(item);
        let row_influences =
            std::mem::replace(&mut self.row_influences, around).unwrap_or_default();
        let target = Target {
            kind: "star",
            flow: Flow::of_all_columns(),
            ..Target::default()
        };
        Source {
            kind: "query",
            lateral: true,
            query: Some(Query {
                sources,
                joined: unless_plain(vec![joined]),
                targets: vec![target],
                row_influences,
                ..Query::default()
            }),
            ..Source::default()
        }
    }

    fn functions(&mut self, item: &Tree) -> Source {
        let mut functions = Vec::new();
        for entry in item.get("functions").items() {
            // A function and the columns that are defined for it.
            let [call, definitions @ ..] = entry.items() else {
                continue;
            };
            let defined: Vec<String> = definitions
                .first()
                .into_iter()
                .chain([item.get("coldeflist")])
                .flat_map(Tree::items)
                .map(|column| column.get("colname").text().to_owned())
                .collect();
            let name = name_of(&call.get("funcname").names());
            let arguments = call.get("args").items();
            let plain = call.get("variadic").is_empty() && call.get("func_variadic").is_empty();
            if name.name == "unnest" && arguments.len() > 1 && plain && defined.is_empty() {
                // One function for each array.
                for argument in arguments {
                    let mut flow = Flow::default();
                    self.flow(argument, Fate::Whole, &mut flow);
                    flow.functions.push(name.clone());
                    functions.push(RowFunction {
                        name: name.name.clone(),
                        flow,
                        ..RowFunction::default()
                    });
                }
                continue;
            }
            let mut flow = Flow::default();
            self.flow(call, Fate::Whole, &mut flow);
            let called = call.kind() == "FuncCall";
            functions.push(RowFunction {
                name: if called { name.name } else { String::new() },
                schema: name.schema,
                defined,
                flow,
            });
        }
        let only = match functions.as_slice() {
            [function] => function.name.clone(),
            _ => String::new(),
        };
        Source {
            kind: "function",
            name: only,
            functions,
            ordinality: item.get("ordinality").int() != 0,
            ..Source::default()
        }
    }

    /// `XMLTABLE` and `JSON_TABLE`: columns with names, made of the document and of what they say.
    fn document(&mut self, item: &Tree) -> Source {
        let mut shared = Flow::default();
        for part in [
            "docexpr",
            "rowexpr",
            "namespaces",
            "context_item",
            "passing",
            "on_error",
        ] {
            self.flow(item.get(part), Fate::Altered, &mut shared);
        }
        let mut functions = Vec::new();
        self.document_columns(item.get("columns"), &mut functions);
        let name = if item.kind() == "JsonTable" {
            "json_table"
        } else {
            "xmltable"
        };
        Source {
            kind: "function",
            name: name.to_owned(),
            functions,
            shared: Some(shared),
            ..Source::default()
        }
    }

    fn document_columns(&mut self, list: &Tree, out: &mut Vec<RowFunction>) {
        for column in list.items() {
            if column.kind() == "JsonTableColumn" && !column.get("columns").is_empty() {
                self.document_columns(column.get("columns"), out);
                continue;
            }
            let name = ["colname", "name"]
                .iter()
                .map(|field| column.get(field).text())
                .find(|name| !name.is_empty());
            let mut flow = Flow::default();
            for part in ["colexpr", "coldefexpr", "on_empty", "on_error"] {
                self.flow(column.get(part), Fate::Altered, &mut flow);
            }
            out.push(RowFunction {
                defined: vec![name.unwrap_or_default().to_owned()],
                flow,
                ..RowFunction::default()
            });
        }
    }

    pub(crate) fn relation(&self, range: &Tree, may_be_cte: bool) -> Source {
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
}

impl Joined {
    /// A source that stands for itself.
    fn single(source: usize) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    /// Whether `*` gives the columns of the sources one after the other.
    fn is_plain(&self) -> bool {
        self.using.is_empty() && !self.natural && self.sides.iter().all(Self::is_plain)
    }

    fn first(&self) -> usize {
        self.sides.first().map_or(self.source, Self::first)
    }
}

/// How sources are joined, where that changes what `*` and the names of columns mean.
pub(crate) fn unless_plain(joined: Vec<Joined>) -> Vec<Joined> {
    let in_order = joined
        .windows(2)
        .all(|pair| pair[0].first() < pair[1].first());
    if in_order && joined.iter().all(Joined::is_plain) {
        Vec::new()
    } else {
        joined
    }
}

fn alias_name(alias: &Tree) -> Option<String> {
    let name = alias.get("aliasname").text();
    (!name.is_empty()).then(|| name.to_owned())
}
