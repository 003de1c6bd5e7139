//! Where a statement compares columns with values of its own, or writes such values to columns.
//!
//! Whoever sees a column masked writes masked values; to turn them back it has to be known which
//! literals and parameters they are, and which column each stands for. Seen are `=` and `<>` in all
//! their forms (`IN`, `= ANY`, `IS DISTINCT FROM`, `NULLIF`, `CASE column WHEN`, rows), and the values of
//! `INSERT`, `UPDATE` and `MERGE`.

use crate::analyse::{analyse, ParseError};
use crate::facts::{ColumnName, Compared, Facts, Query};
use crate::lexer::{Kind, Lexer};
use crate::tree::Tree;
use crate::walk::column_name;
use std::collections::{HashMap, HashSet};

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

/// The column that an expression is, also with a collation or as text.
pub(crate) fn column_of(tree: &Tree) -> Option<ColumnName> {
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
pub(crate) fn uncast(mut tree: &Tree) -> (&Tree, String) {
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
pub(crate) fn raw_place(value: &Tree, array: bool) -> Option<RawPlace> {
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
    let values = &facts.influencing;
    each_query(facts.query.as_mut(), &mut |query| {
        for influence in &mut query.asks {
            influence.parameters = values[influence.number].has_parameters();
        }
    });
}

fn each_compared(query: Option<&mut Query>, change: &mut dyn FnMut(&mut Compared)) {
    each_query(query, &mut |query| {
        query.compared.iter_mut().for_each(&mut *change);
    });
}

fn each_query(query: Option<&mut Query>, change: &mut dyn FnMut(&mut Query)) {
    let Some(query) = query else {
        return;
    };
    change(query);
    let sources = query.sources.iter_mut().filter_map(|s| s.query.as_mut());
    let below = query.ctes.iter_mut().map(|cte| &mut cte.query);
    for inner in below
        .chain(query.branches.iter_mut())
        .chain(query.conditions.iter_mut())
        .chain(sources)
    {
        each_query(Some(inner), change);
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
