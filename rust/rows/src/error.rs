//! Why a row cannot be rewritten.

use std::fmt;

/// A row that does not have the shape that its plan or its format asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowError {
    /// A length or count in the row points outside it.
    Truncated,
    /// The row has another number of columns than its plan.
    ColumnCount {
        /// Columns in the plan.
        expected: usize,
        /// Columns in the row.
        found: usize,
    },
    /// A format code other than 0 and 1.
    FormatCode,
    /// COPY data that breaks the rules of its format.
    CopyFormat(&'static str),
    /// The rewritten row would be longer than the protocol can say.
    TooLong,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("a length in the row points past its end"),
            Self::ColumnCount { expected, found } => {
                write!(
                    f,
                    "the row has {found} columns where {expected} were described"
                )
            }
            Self::FormatCode => f.write_str("a format code is neither 0 (text) nor 1 (binary)"),
            Self::CopyFormat(what) => write!(f, "the COPY stream is malformed: {what}"),
            Self::TooLong => f.write_str("the masked row is longer than a message can be"),
        }
    }
}

impl std::error::Error for RowError {}
