//! Where a statement compares columns with values of its own, or writes such values to columns.
//!
//! Whoever sees a column masked writes masked values; to turn them back it has to be known which
//! literals and parameters they are, and which column each stands for. Seen are `=` and `<>` in all
//! their forms (`IN`, `= ANY`, `IS DISTINCT FROM`, `NULLIF`, `CASE column WHEN`, rows), and the values of
//! `INSERT`, `UPDATE` and `MERGE`.

use crate::analyse::{analyse, ParseError};
use crate::facts::{ColumnName, Compared, Facts, Query};
use crate::lexer::{Kind, Lexer};
use crate::query::Builder;
use crate::tree::Tree;
use crate::walk::column_name;
use std::collections::{HashMap, HashSet};

/// `A_Expr_Kind`: operators, and what is an equality by another name.
const OPERATOR: i64 = 1;
const ANY: i64 = 2;
const ALL: i64 = 3;
const NULLIF: i64 = 6;
const IN: i64 = 7;

/// A value in the text of a statement, or beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub at: At,
    /// Whether it is an array of values.
    pub array: bool,
    /// The type that it is cast to, in small letters and without its schema; empty where it is not.
    pub cast: String,
}

/// Which value of a statement string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A literal: its position among the literals of the string, from 0, and whether the minus before
    /// it belongs to it.
    Literal {
        /// The position.
        ordinal: usize,
        /// Whether a minus stands before it.
        negated: bool,
    },
    /// A parameter by its number, from 1.
    Parameter(usize),
    /// A value whose place in the text is not certain.
    Unreadable,
}

/// A place of a statement string, by the [`Compared`] that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Position of the statement in the string.
    pub statement: usize,
    /// How many statements it is inside of, as that of `EXPLAIN`.
    pub depth: usize,
    /// [`Compared::number`].
    pub number: usize,
    /// The place.
    pub place: Place,
}

/// A place before its literal has been found among the tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RawPlace {
    source: Written,
    array: bool,
    cast: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// Byte position of the token.
    Literal(usize),
    Parameter(usize),
}

/// The places of a statement string, in no particular order.
///
/// # Errors
/// As [`analyse`], and when the string is no text.
pub fn places(sql: &[u8]) -> Result<Vec<Placed>, ParseError> {
    let text = std::str::from_utf8(sql).map_err(|_| ParseError::not_utf8())?;
    let literals = Literals::of(sql);
    let mut found = Vec::new();
    for facts in &analyse(text)? {
        let mut level = Some(facts);
        let mut depth = 0;
        while let Some(here) = level {
            for (number, places) in here.places.iter().enumerate() {
                found.extend(places.iter().map(|raw| Placed {
                    statement: facts.index,
                    depth,
                    number,
                    place: literals.place(raw),
                }));
            }
            level = here.inner.as_deref();
            depth += 1;
        }
    }
    Ok(found)
}

/// Tokens of a statement string as far as a literal may begin with them.
struct Literals(Vec<(usize, Token)>);

#[derive(Clone, Copy)]
enum Token {
    Literal(usize),
    Minus,
    Other,
}

impl Literals {
    fn of(sql: &[u8]) -> Self {
        let mut ordinal = 0;
        let kind = |token: crate::lexer::Token| {
            let kind = if token.kind.is_literal() {
                ordinal += 1;
                Token::Literal(ordinal - 1)
            } else if token.kind == Kind::Operator && &sql[token.start..token.end] == b"-" {
                Token::Minus
            } else {
                Token::Other
            };
            (token.start, kind)
        };
        Self(Lexer::new(sql).map(kind).collect())
    }

    fn place(&self, raw: &RawPlace) -> Place {
        let at = match raw.source {
            Written::Parameter(number) => At::Parameter(number),
            Written::Literal(location) => self.literal(location).unwrap_or(At::Unreadable),
        };
        Place {
            at,
            array: raw.array,
            cast: raw.cast.clone(),
        }
    }

    /// The literal at a byte position, or behind the minus there.
    fn literal(&self, location: usize) -> Option<At> {
        let first = self
            .0
            .binary_search_by_key(&location, |(start, _)| *start)
            .ok()?;
        let (ordinal, negated) = match (self.0[first].1, self.0.get(first + 1)) {
            (Token::Literal(ordinal), _) => (ordinal, false),
            (Token::Minus, Some((_, Token::Literal(ordinal)))) => (*ordinal, true),
            _ => return None,
        };
        Some(At::Literal { ordinal, negated })
    }
}

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

    /// A subquery from which no value flows, kept if anything is compared in it.
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
                } else if let Some(column) = column {
                    self.value(&column, "compared", 0, right, true, level);
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
                self.value(&column, "compared", 0, value, false, level);
            }
        }
    }

    fn value(
        &mut self,
        column: &ColumnName,
        role: &'static str,
        position: usize,
        value: &Tree,
        array: bool,
        level: &mut Level,
    ) {
        let Some(place) = raw_place(value, array) else {
            return;
        };
        let Some(places) = self.places.as_mut() else {
            return;
        };
        let key = (column.clone(), role, position);
        let at = *level.known.entry(key).or_insert_with(|| {
            level.compared.push(Compared {
                column: column.clone(),
                number: places.len(),
                role,
                position,
                ..Compared::default()
            });
            places.push(Vec::new());
            level.compared.len() - 1
        });
        places[level.compared[at].number].push(place);
    }
}

/// Whether anything is compared or written in a query.
fn compares(query: &Query) -> bool {
    !query.compared.is_empty()
        || !query.conditions.is_empty()
        || query.ctes.iter().any(|cte| compares(&cte.query))
        || query.branches.iter().any(compares)
        || query
            .sources
            .iter()
            .any(|source| source.query.as_ref().is_some_and(compares))
}

/// The column that an expression is, also with a collation or as text.
fn column_of(tree: &Tree) -> Option<ColumnName> {
    match tree.kind() {
        "ColumnRef" => Some(column_name(tree)).filter(|column| column.name != "*"),
        "CollateClause" => column_of(tree.get("arg")),
        "TypeCast" if is_text(tree.get("type_name")) => column_of(tree.get("arg")),
        _ => None,
    }
}

/// Whether a cast to the type leaves a text as it is.
fn is_text(type_name: &Tree) -> bool {
    type_name.get("typmods").is_empty()
        && type_name.get("array_bounds").is_empty()
        && matches!(last_name(type_name).as_str(), "text" | "varchar")
}

fn last_name(type_name: &Tree) -> String {
    let name = type_name.get("names").items().last();
    name.map_or("", Tree::text).to_lowercase()
}

/// An expression without its casts, and the type that the innermost of them gives it.
fn uncast(mut tree: &Tree) -> (&Tree, String) {
    let mut cast = String::new();
    loop {
        match tree.kind() {
            "TypeCast" => {
                cast = last_name(tree.get("type_name"));
                tree = tree.get("arg");
            }
            "CollateClause" => tree = tree.get("arg"),
            _ => return (tree, cast),
        }
    }
}

/// The place of a constant or parameter; none for any other expression, and for NULL and truth values,
/// which no operator turns into others.
fn raw_place(value: &Tree, array: bool) -> Option<RawPlace> {
    let (value, cast) = uncast(value);
    let number = |field| usize::try_from(value.get(field).int()).ok();
    let source = match value.kind() {
        "ParamRef" => Written::Parameter(number("number")?),
        "AConst" if value.get("isnull").int() == 0 && value.get("val").kind() != "Boolean" => {
            Written::Literal(number("location")?)
        }
        _ => return None,
    };
    Some(RawPlace {
        source,
        array,
        cast,
    })
}

/// Notes which parameters also stand elsewhere in a statement, where they mean something else.
pub(crate) fn note_shared(tree: &Tree, facts: &mut Facts) {
    let mut users: HashMap<usize, (usize, HashSet<usize>)> = HashMap::new();
    for (number, places) in facts.places.iter().enumerate() {
        for place in places {
            if let Written::Parameter(parameter) = place.source {
                let user = users.entry(parameter).or_default();
                user.0 += 1;
                user.1.insert(number);
            }
        }
    }
    if users.is_empty() {
        return;
    }
    let mut counts = HashMap::new();
    count_parameters(tree, &mut counts);
    let mut elsewhere = HashSet::new();
    let mut together: HashMap<usize, HashSet<usize>> = HashMap::new();
    for (parameter, (seen, numbers)) in users {
        let all = counts.get(&parameter).copied().unwrap_or_default();
        for &number in &numbers {
            if all > seen {
                elsewhere.insert(number);
            }
            if numbers.len() > 1 {
                together.entry(number).or_default().extend(&numbers);
            }
        }
    }
    each_compared(facts.query.as_mut(), &mut |compared| {
        compared.elsewhere = elsewhere.contains(&compared.number);
        if let Some(others) = together.get(&compared.number) {
            let mut others: Vec<usize> = others.iter().copied().collect();
            others.retain(|other| *other != compared.number);
            others.sort_unstable();
            compared.shared = others;
        }
    });
}

/// Notes what is compared with parameters. Their values come by other statements where the statement
/// is prepared by SQL.
pub(crate) fn note_parameters(facts: &mut Facts) {
    let places = &facts.places;
    let is_parameter = |place: &RawPlace| matches!(place.source, Written::Parameter(_));
    each_compared(facts.query.as_mut(), &mut |compared| {
        compared.parameters = places[compared.number].iter().any(is_parameter);
    });
}

fn each_compared(query: Option<&mut Query>, change: &mut dyn FnMut(&mut Compared)) {
    let Some(query) = query else {
        return;
    };
    query.compared.iter_mut().for_each(&mut *change);
    let sources = query.sources.iter_mut().filter_map(|s| s.query.as_mut());
    let below = query.ctes.iter_mut().map(|cte| &mut cte.query);
    for inner in below
        .chain(query.branches.iter_mut())
        .chain(query.conditions.iter_mut())
        .chain(sources)
    {
        each_compared(Some(inner), change);
    }
}

/// How often each parameter is used, but for where it is only asked whether it is NULL.
fn count_parameters(tree: &Tree, uses: &mut HashMap<usize, usize>) {
    match tree.kind() {
        "ParamRef" => {
            if let Ok(number) = usize::try_from(tree.get("number").int()) {
                *uses.entry(number).or_default() += 1;
            }
            return;
        }
        "NullTest" if uncast(tree.get("arg")).0.kind() == "ParamRef" => return,
        // The grammar hands the same row to each of the columns.
        "MultiAssignRef" if tree.get("colno").int() > 1 => return,
        _ => {}
    }
    for child in tree.children() {
        count_parameters(child, uses);
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
