//! Turns masked values that a client sends back into the raw ones.
//!
//! A client that sees a column masked writes masked values. Where a decision says which literals and
//! parameters stand for such a column, they are replaced on their way to the server, so that what was
//! shown finds its row, and a guess of a raw value finds nothing.

use scrim_mask::{
    CellMask, CellReveal, ColumnRule, Error, Format, Keyring, OperatorSpec, Outcome, TypeSpec,
};

use crate::decision::Refusal;
use crate::spelling::shown;

/// Versions of the key by which a value is turned back, the newest ones: each costs a little for every
/// value that is none.
const MAX_VERSIONS: usize = 16;

/// How the values of one column are turned back.
#[derive(Debug)]
pub struct Turning {
    /// What it was compiled from: equal for columns that are masked alike.
    rule: String,
    /// The column's type in the data store.
    type_id: u32,
    unmasked: Unmasked,
    type_: TypeSpec,
    /// By the version of the key that masks, then by older ones where a value tells its own.
    reveals: Vec<CellReveal>,
    mask: CellMask,
}

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is compared with the column.
    Compared,
    /// A new row has it.
    Inserted,
    /// It replaces that of a row.
    Updated,
}

/// What becomes of a value that is no masked one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unmasked {
    /// It is masked, so that nothing is equal to it.
    Masked,
    /// It can only be new, and is written.
    Written,
    /// It may be new, or one that stands for a value and does not tell it.
    Refused,
}

impl Turning {
    /// Compiles the way back of a column whose rule, as JSON, is `rule`; none where there is no way
    /// back.
    ///
    /// # Errors
    /// When the rule is malformed or cannot be compiled.
    pub fn compile(
        rule: &str,
        type_id: u32,
        purpose: Role,
        keys: &Keyring,
    ) -> Result<Option<Self>, String> {
        let parsed: ColumnRule = serde_json::from_str(rule).map_err(|error| error.to_string())?;
        let ColumnRule::Mask {
            type_,
            operator,
            domain,
        } = parsed
        else {
            return Ok(None);
        };
        let versions = if tells_its_version(&type_, &operator) {
            MAX_VERSIONS
        } else {
            1
        };
        let keyrings = keys
            .versions()
            .filter_map(|version| keys.at(version))
            .take(versions);
        let mut reveals = Vec::new();
        for keys in keyrings {
            match CellReveal::compile(&type_, &operator, &domain, &keys) {
                Ok(reveal) => reveals.push(reveal),
                Err(Error::Irreversible) => return Ok(None),
                Err(error) => return Err(error.to_string()),
            }
        }
        let mask = CellMask::compile(&type_, &operator, &domain, keys)
            .map_err(|error| error.to_string())?;
        Ok(Some(Self {
            rule: rule.to_owned(),
            type_id,
            unmasked: match (purpose, &operator) {
                (Role::Compared, _) => Unmasked::Masked,
                (Role::Inserted, _) | (_, OperatorSpec::Siv { .. }) => Unmasked::Written,
                (Role::Updated, _) => Unmasked::Refused,
            },
            type_,
            reveals,
            mask,
        }))
    }

    pub(crate) fn type_id(&self) -> u32 {
        self.type_id
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.type_, TypeSpec::Text { .. } | TypeSpec::Name {})
    }

    /// The value that a masked one stands for, or what becomes of one that is none.
    pub(crate) fn value(&self, format: Format, masked: &[u8]) -> Result<Vec<u8>, Refusal> {
        let spelled = match format {
            Format::Text => shown(&self.type_, masked),
            Format::Binary => masked.into(),
        };
        let mut raw = self
            .reveals
            .iter()
            .filter_map(|one| one.reveal(format, &spelled));
        if let Some(raw) = raw.next() {
            // What masks to itself but for blanks around it is not changed.
            let same = format == Format::Text && raw.trim_ascii() == spelled.trim_ascii();
            return Ok(if same { masked.to_vec() } else { raw });
        }
        match self.unmasked {
            Unmasked::Written => Ok(masked.to_vec()),
            Unmasked::Masked if self.is_text() => {
                let mut out = Vec::with_capacity(masked.len());
                match self.mask.mask(format, masked, &mut out) {
                    Outcome::Value => Ok(out),
                    _ => Err(unreadable()),
                }
            }
            Unmasked::Masked | Unmasked::Refused => Err(unreadable()),
        }
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        self.same_column(other) && self.unmasked == other.unmasked
    }

    fn same_column(&self, other: &Self) -> bool {
        self.rule == other.rule && self.type_id == other.type_id
    }

    /// Whether a value that is for the other, too, may be turned back by this alone.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let both = [self.unmasked, other.unmasked];
        self.same_column(other)
            && (self.unmasked == other.unmasked || both == [Unmasked::Refused, Unmasked::Written])
    }
}

/// Whether a value that an older version of the key has masked cannot be taken for one of the newest:
/// tokens of AES-SIV are authenticated, while a permutation gives every value of its form an inverse.
fn tells_its_version(type_: &TypeSpec, operator: &OperatorSpec) -> bool {
    match type_ {
        TypeSpec::Text { .. } | TypeSpec::Name {} => matches!(operator, OperatorSpec::Siv { .. }),
        TypeSpec::Array { element, .. } => tells_its_version(element, operator),
        _ => false,
    }
}

pub(crate) fn unreadable() -> Refusal {
    Refusal::new(
        "22023",
        "a value that is compared with masked data cannot be read",
        "Write the value as it was shown.",
    )
}
