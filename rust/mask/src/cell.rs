//! One cell in, one cell out: the compiled rule of a column and what it answers.

use std::fmt;
use std::sync::Arc;

use crate::batch::Batch;
use crate::error::Error;
use crate::keys::Keyring;
use crate::row::Row;
use crate::spec::{OperatorSpec, TypeSpec};
use crate::types::{Node, Rule};

/// The wire format of a cell, as in the protocol's format codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Code 0.
    Text,
    /// Code 1.
    Binary,
}

/// What a rule made of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The replacement was appended to the output.
    Value,
    /// The cell becomes NULL; nothing was appended.
    Null,
    /// Nothing was found, the caller copies the cell; nothing was appended. Scans only.
    Unchanged,
}

/// Replaces what is sensitive inside a text.
pub trait TextScrubber {
    /// Appends the text with every finding replaced and returns true, or returns false and leaves
    /// the output as it was where there is nothing to replace.
    fn scrub(&self, text: &str, out: &mut String) -> bool;

    /// The same for a value that a document gives a name, inside something that has one too; the
    /// name can say what the value is.
    fn scrub_named(&self, name: Name<'_>, text: &str, out: &mut String) -> bool {
        let _ = name;
        self.scrub(text, out)
    }
}

/// What a value inside a document is called; empty where it has no name.
#[derive(Debug, Clone, Copy, Default)]
pub struct Name<'a> {
    /// Its own name, or that of the list that it is in.
    pub key: &'a str,
    /// The name of what it is a part of, as a table has columns.
    pub parent: &'a str,
}

/// The compiled rule of a column whose every value is replaced.
#[derive(Debug)]
pub struct CellMask {
    node: Node,
}

impl CellMask {
    /// Compiles a rule; the same type, operator, domain and key give the same values everywhere.
    ///
    /// # Errors
    /// [`Error`] for an empty domain, an option out of bounds or a type that nests too deep.
    pub fn compile(
        type_: &TypeSpec,
        op: &OperatorSpec,
        domain: &str,
        keys: &Keyring,
    ) -> Result<Self, Error> {
        let rule = Rule::mask(op, domain, keys)?;
        Ok(Self {
            node: Node::compile(type_, &rule)?,
        })
    }

    /// Appends the masked cell, or appends nothing and says that it is NULL.
    pub fn mask(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        self.mask_whole(format, cell, Row::NONE, out)
    }

    fn mask_whole(&self, format: Format, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Outcome {
        let start = out.len();
        match self.node.apply_row(format, cell, row, out) {
            Outcome::Value => Outcome::Value,
            // A mask never lets bytes through, so "unchanged" is not an answer.
            Outcome::Null | Outcome::Unchanged => {
                out.truncate(start);
                Outcome::Null
            }
        }
    }

    /// The replacement of an integer among those between two ends, where the rule permutes integers;
    /// the value itself where there is no other.
    #[must_use]
    pub fn mask_between(&self, value: i64, lowest: i64, highest: i64) -> Option<i64> {
        match &self.node {
            Node::Integer(integer) => Some(
                integer
                    .mask(value, Some((lowest, highest)))
                    .unwrap_or(value),
            ),
            _ => None,
        }
    }

    /// Whether numbers are permuted, so that none becomes itself.
    #[must_use]
    pub fn permutes_numbers(&self) -> bool {
        matches!(self.node, Node::Integer(_) | Node::Numeric(_))
    }

    /// As [`CellMask::mask`], but parts of the masked cell may wait in the batch.
    pub fn mask_batched(
        &self,
        format: Format,
        cell: &[u8],
        out: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> Outcome {
        self.mask_row(format, cell, Row::NONE, out, batch)
    }

    /// As [`CellMask::mask_batched`] for a cell in a row of which more is known.
    pub(crate) fn mask_row(
        &self,
        format: Format,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> Outcome {
        match &self.node {
            Node::Text(text) => text.apply_batched(cell, row, out, batch),
            _ => self.mask_whole(format, cell, row, out),
        }
    }
}

/// The compiled rule of a column whose texts are searched.
pub struct CellScan {
    node: Node,
}

impl fmt::Debug for CellScan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CellScan(..)")
    }
}

impl CellScan {
    /// Compiles a scan; the keys serve the composite fields that have masks of their own.
    ///
    /// # Errors
    /// [`Error`] as for [`CellMask::compile`].
    pub fn compile(
        type_: &TypeSpec,
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        keys: &Keyring,
    ) -> Result<Self, Error> {
        let rule = Rule::scan(scrubber, keys)?;
        Ok(Self {
            node: Node::compile(type_, &rule)?,
        })
    }

    /// Appends the cell with every finding replaced, or says that it is NULL or unchanged.
    pub fn mask(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let start = out.len();
        let outcome = self.node.apply(format, cell, out);
        if outcome != Outcome::Value {
            out.truncate(start);
        }
        outcome
    }
}
