//! Values of a statement that its influences put columns against. They are no part of the facts, which
//! are the same for all statements that differ in values alone; they are looked up when one is run.

use std::fmt::Write;

use crate::analyse::{analyse, ParseError};
use crate::places::uncast;
use crate::tree::Tree;
use crate::walk::constant;

/// A value of a statement that a column is put against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The text of a literal; whether it is an array of values.
    Literal(String, bool),
    /// The number of a parameter, from 1; whether it is an array of values.
    Parameter(usize, bool),
}

/// The values of one [`Asking`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// What is done with them: equal for influences that differ in their values alone.
    pub structure: String,
    /// Whether each value counts by itself, rather than all of them together.
    pub each: bool,
    /// The values.
    pub held: Vec<Held>,
}

/// [`Values`] with the place of their influence in a statement string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Influencing {
    /// Position of the statement in the string.
    pub statement: usize,
    /// How many statements it is inside of, as that of `EXPLAIN`.
    pub depth: usize,
    /// [`Asking::number`].
    pub number: usize,
    /// The values.
    pub values: Values,
}

/// The values of all influences in a statement string.
///
/// # Errors
/// As [`analyse`], and when the string is no text.
pub fn influencing(sql: &[u8]) -> Result<Vec<Influencing>, ParseError> {
    let text = std::str::from_utf8(sql).map_err(|_| ParseError::not_utf8())?;
    let mut found = Vec::new();
    for mut facts in analyse(text)? {
        let statement = facts.index;
        let mut depth = 0;
        loop {
            let values = std::mem::take(&mut facts.influencing).into_iter();
            found.extend(values.enumerate().map(|(number, values)| Influencing {
                statement,
                depth,
                number,
                values,
            }));
            let Some(inner) = facts.inner.take() else {
                break;
            };
            facts = *inner;
            depth += 1;
        }
    }
    Ok(found)
}

impl Values {
    /// Whether any of them is a parameter.
    pub(crate) fn has_parameters(&self) -> bool {
        self.held
            .iter()
            .any(|held| matches!(held, Held::Parameter(..)))
    }
}

/// A literal or parameter; none for anything else.
pub(crate) fn held(value: &Tree, array: bool) -> Option<Held> {
    let (plain, _) = uncast(value);
    match plain.kind() {
        "ParamRef" => {
            let number = usize::try_from(plain.get("number").int()).ok()?;
            Some(Held::Parameter(number, array))
        }
        "AConst" => Some(Held::Literal(constant(plain)?, array)),
        _ => None,
    }
}

/// Everything in an expression but its values, and these.
pub(crate) fn values_of(tree: &Tree) -> Values {
    let mut values = Values::default();
    describe(tree, &mut values);
    values
}

fn describe(tree: &Tree, out: &mut Values) {
    if let Some(held) = matches!(tree.kind(), "AConst" | "ParamRef")
        .then(|| held(tree, false))
        .flatten()
    {
        out.structure.push('?');
        out.held.push(held);
        return;
    }
    match tree {
        Tree::Empty => {}
        Tree::Int(number) => {
            // Writing to a String cannot fail.
            let _ = write!(out.structure, "{number};");
        }
        Tree::Text(text) => {
            let _ = write!(out.structure, "{}:{text}", text.len());
        }
        Tree::List(items) => {
            out.structure.push('[');
            for item in items {
                describe(item, out);
            }
            out.structure.push(']');
        }
        Tree::Node(kind, fields) => {
            let _ = write!(out.structure, "{kind}(");
            for (name, value) in fields {
                if !matches!(*name, "location" | "rexpr_list_start" | "rexpr_list_end") {
                    let _ = write!(out.structure, "{name}=");
                    describe(value, out);
                }
            }
            out.structure.push(')');
        }
    }
}
