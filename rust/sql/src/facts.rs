//! What is known about one statement.

use serde::Serialize;

/// What is known about one statement.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Facts {
    /// What the statement does, such as `select` or `copy_out`.
    pub operation: String,
    /// Position in the statement string, from 0.
    pub index: usize,
    /// First byte of the statement in the string.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
}
