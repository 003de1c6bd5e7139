//! Turns masked cells back: the same rule with the key turned round.
//!
//! A raw value is believed only if masking it gives the masked value that was asked about, so what
//! this key has not masked stays unrevealed wherever that can be told. AES-SIV tells it by itself.
//! A permutation covers its whole domain: every card number is the masked value of some other, and
//! nobody can tell whether it was ever used as one.

use crate::cell::{Format, Outcome};
use crate::error::Error;
use crate::keys::Keyring;
use crate::spec::{OperatorSpec, TypeSpec};
use crate::types::{Node, Rule};

/// Below this declared length a short code and what stands in for a longer text look alike.
const AUTO_CHARS_MIN: u32 = 20;
/// With fewer labels than this every value becomes the same one.
const LABELS_MIN: usize = 3;

/// The compiled rule of a column, for the way back.
#[derive(Debug)]
pub struct CellReveal {
    forward: Node,
    /// Each gives one value that may be the raw one.
    backward: Vec<Node>,
}

impl CellReveal {
    /// Compiles the inverse of the rule that [`crate::CellMask::compile`] makes of the same.
    ///
    /// # Errors
    /// [`Error::Irreversible`] where operator and type are no bijection together, else as for
    /// [`crate::CellMask::compile`].
    pub fn compile(
        type_: &TypeSpec,
        op: &OperatorSpec,
        domain: &str,
        keys: &Keyring,
    ) -> Result<Self, Error> {
        if !reversible(type_, op) {
            return Err(Error::Irreversible);
        }
        let back = |op| Node::compile(type_, &Rule::reveal(op, domain, keys)?);
        let mut backward = vec![back(op)?];
        if by_digits(op) && is_number(type_) {
            // A number that its digits' operator cannot take was masked by its size.
            backward.push(back(&OperatorSpec::Auto {})?);
        }
        Ok(Self {
            forward: Node::compile(type_, &Rule::mask(op, domain, keys)?)?,
            backward,
        })
    }

    /// The raw cell of a masked one, in the same format; none where no value, or more than one,
    /// could have become it.
    #[must_use]
    pub fn reveal(&self, format: Format, masked: &[u8]) -> Option<Vec<u8>> {
        let mut found = self
            .backward
            .iter()
            .filter_map(|node| value(node, format, masked))
            .filter(|raw| {
                value(&self.forward, format, raw).is_some_and(|again| same(format, &again, masked))
            });
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

fn value(node: &Node, format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(cell.len());
    (node.apply(format, cell, &mut out) == Outcome::Value).then_some(out)
}

/// Whether two masked cells are the same but for blanks around them and, in text, case.
fn same(format: Format, a: &[u8], b: &[u8]) -> bool {
    let trimmed = || a.trim_ascii().eq_ignore_ascii_case(b.trim_ascii());
    a == b || (format == Format::Text && trimmed())
}

/// Whether operator and type are a bijection together.
fn reversible(type_: &TypeSpec, op: &OperatorSpec) -> bool {
    let bijective = matches!(
        op,
        OperatorSpec::Auto {}
            | OperatorSpec::Card {}
            | OperatorSpec::Coordinates {}
            | OperatorSpec::Digits {}
            | OperatorSpec::Ff1 { .. }
            | OperatorSpec::Iban {}
            | OperatorSpec::NationalId { .. }
            | OperatorSpec::Phone {}
            | OperatorSpec::Siv { .. }
    );
    bijective && keeps_apart(type_, op)
}

/// Whether the type keeps what the operator keeps apart.
fn keeps_apart(type_: &TypeSpec, op: &OperatorSpec) -> bool {
    match type_ {
        TypeSpec::Text { max_chars, .. } => {
            let room = max_chars.is_none_or(|most| most >= AUTO_CHARS_MIN);
            room || !matches!(op, OperatorSpec::Auto {})
        }
        // Numbers of many digits would have to become others that the type has no room for.
        TypeSpec::Int2 {} | TypeSpec::Int4 {} => !by_digits(op),
        TypeSpec::Enum { labels } => labels.len() >= LABELS_MIN,
        TypeSpec::Array { element, .. } => {
            !(by_digits(op) && is_number(element)) && keeps_apart(element, op)
        }
        TypeSpec::Name {}
        | TypeSpec::Int8 {}
        | TypeSpec::Numeric { .. }
        | TypeSpec::Money {}
        | TypeSpec::Date {}
        | TypeSpec::Time {}
        | TypeSpec::Timetz {}
        | TypeSpec::Timestamp {}
        | TypeSpec::Timestamptz {}
        | TypeSpec::Uuid {}
        | TypeSpec::Bit { .. }
        | TypeSpec::Varbit { .. } => true,
        _ => false,
    }
}

/// Whether the operator has its own way with the digits of a number.
fn by_digits(op: &OperatorSpec) -> bool {
    matches!(op, OperatorSpec::Card {} | OperatorSpec::Phone {})
}

fn is_number(type_: &TypeSpec) -> bool {
    match type_ {
        TypeSpec::Int8 {} | TypeSpec::Numeric { .. } => true,
        TypeSpec::Array { element, .. } => is_number(element),
        _ => false,
    }
}
