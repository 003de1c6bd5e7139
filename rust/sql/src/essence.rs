//! Facts without what no decision depends on, so that statements which are decided alike have equal
//! facts.

use crate::analyse::{analyse, ParseError};
use crate::facts::{Facts, Query};

/// Analyses every statement of `sql` and leaves out where each stands in the string, how many
/// parameters it has, and how its result columns are called.
///
/// A name that something else refers to stays: in `ORDER BY`, in a subquery or a table expression,
/// and for the columns of a relation that the statement creates or writes.
///
/// # Errors
/// As [`analyse`].
pub fn essence(sql: &str) -> Result<Vec<Facts>, ParseError> {
    let mut statements = analyse(sql)?;
    for facts in &mut statements {
        facts.start = 0;
        facts.end = 0;
        facts.parameters = 0;
        facts.places.clear();
        facts.influencing.clear();
        if let Some(query) = &mut facts.query {
            forget_names(query);
        }
    }
    Ok(statements)
}

/// The essence of a statement string as JSON: equal for strings that are decided alike, and what
/// they are decided by.
///
/// # Errors
/// As [`analyse`], and when the string is no text.
pub fn essence_json(sql: &[u8]) -> Result<Vec<u8>, ParseError> {
    let text = std::str::from_utf8(sql).map_err(|_| ParseError::not_utf8())?;
    serde_json::to_vec(&essence(text)?).map_err(|_| ParseError::unreadable())
}

/// The outermost query's columns are known to the client by their place; nothing else names them.
fn forget_names(query: &mut Query) {
    for target in &mut query.targets {
        target.alias = None;
    }
    for branch in &mut query.branches {
        forget_names(branch);
    }
}

#[cfg(test)]
#[path = "essence_tests.rs"]
mod tests;
