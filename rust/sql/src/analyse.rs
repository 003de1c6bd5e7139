//! From statement text to [`Facts`], by PostgreSQL's own grammar.

use crate::facts::Facts;
use serde::Serialize;

/// Why a statement string was not analysed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParseError {
    /// SQLSTATE that PostgreSQL would use.
    pub code: &'static str,
    /// What is wrong, in PostgreSQL's words. May quote the statement: never log it.
    pub message: String,
    /// Character position that the message is about, from 1; 0 when unknown.
    pub position: usize,
}

/// Analyses every statement of `sql`.
///
/// # Errors
/// When the grammar refuses the text, or the text exceeds a bound.
pub fn analyse(sql: &str) -> Result<Vec<Facts>, ParseError> {
    let parsed = pg_query::parse(sql, 0).map_err(|error| ParseError {
        code: "42601",
        message: error.to_string(),
        position: 0,
    })?;
    Ok(parsed
        .protobuf
        .stmts
        .iter()
        .enumerate()
        .map(|(index, _)| Facts { index, end: sql.len(), ..Facts::default() })
        .collect())
}
