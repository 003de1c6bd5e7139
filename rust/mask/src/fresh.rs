//! Masks under a key of its own for each cell: what a query makes of hidden values and of others.
//!
//! Whoever may have a value of their choice masked as a hidden one learns what it stands for there,
//! and with a list of values what every hidden one is. So equal values do not look equal here.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::cell::{CellMask, Format, Outcome};
use crate::error::Error;
use crate::keys::{Keyring, TenantKey};
use crate::spec::{OperatorSpec, TypeSpec};

/// The compiled rule of a column in which no two values are masked alike.
#[derive(Debug)]
pub struct FreshMask {
    type_: TypeSpec,
    operator: OperatorSpec,
    domain: String,
    seed: TenantKey,
    /// Whether there may be several values in a cell.
    several: bool,
    drawn: AtomicU64,
}

impl FreshMask {
    /// Compiles a rule.
    ///
    /// # Errors
    /// As for [`CellMask::compile`], and [`Error::KeyLength`] where the seed has not 64 hexadecimal
    /// digits.
    pub fn compile(
        type_: &TypeSpec,
        operator: &OperatorSpec,
        domain: &str,
        seed: &str,
    ) -> Result<Self, Error> {
        let several = matches!(
            type_,
            TypeSpec::Json { .. } | TypeSpec::Jsonb { .. } | TypeSpec::Composite { .. }
        );
        let operator = match operator {
            // Others than the made ones are alike where the values in a cell are.
            OperatorSpec::Made { .. } if several => OperatorSpec::Made { text: None },
            operator => operator.clone(),
        };
        let mask = Self {
            type_: type_.clone(),
            operator,
            several,
            domain: domain.to_owned(),
            seed: TenantKey::from_slice(&bytes_of(seed))?,
            drawn: AtomicU64::new(0),
        };
        mask.next()?;
        Ok(mask)
    }

    /// Appends the masked cell, or appends nothing and says that it is NULL.
    pub fn mask(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        match self.next() {
            Ok(mask) => mask.mask(format, cell, out),
            Err(_) => Outcome::Null,
        }
    }

    fn next(&self) -> Result<CellMask, Error> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        let mut keys = Keyring::new(self.seed.derived(number), 1);
        if self.several {
            keys = keys.with_turns();
        }
        CellMask::compile(&self.type_, &self.operator, &self.domain, &keys)
    }
}

fn bytes_of(digits: &str) -> Vec<u8> {
    let digits: Option<Vec<u8>> = digits.chars().map(nibble).collect();
    let digits = digits.unwrap_or_default();
    digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn nibble(digit: char) -> Option<u8> {
    digit
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(mask: &FreshMask, text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        assert_eq!(
            mask.mask(Format::Text, text.as_bytes(), &mut out),
            Outcome::Value
        );
        out
    }

    fn compiled(seed: &str) -> Result<FreshMask, Error> {
        FreshMask::compile(
            &TypeSpec::Int8 {},
            &OperatorSpec::Auto {},
            "contact.phone",
            seed,
        )
    }

    #[test]
    fn equal_values_do_not_look_equal() {
        let mask = compiled(&"5a".repeat(32)).unwrap();
        let seen: std::collections::HashSet<_> =
            (0..1000).map(|_| masked(&mask, "4000259")).collect();
        assert!(seen.len() > 990, "{}", seen.len());
        assert!(!seen.contains(b"4000259".as_slice()));
    }

    #[test]
    fn values_in_one_document_do_not_look_equal() {
        let mask = FreshMask::compile(
            &TypeSpec::Jsonb { mask_keys: true },
            &OperatorSpec::Made { text: None },
            "us.ssn",
            &"5a".repeat(32),
        );
        let masked = masked(&mask.unwrap(), r#"["078", "078", "", 7, 7]"#);
        let masked = String::from_utf8(masked).unwrap();
        let members: std::collections::HashSet<_> = masked.split(", ").collect();
        assert_eq!(members.len(), 5, "{masked}");
    }

    #[test]
    fn another_seed_gives_others() {
        let first = compiled(&"5a".repeat(32)).unwrap();
        let second = compiled(&"5b".repeat(32)).unwrap();
        assert_ne!(masked(&first, "4000259"), masked(&second, "4000259"));
    }

    #[test]
    fn a_seed_has_32_bytes() {
        for seed in ["", "5a", &"5a".repeat(33), &"zz".repeat(32)] {
            assert!(compiled(seed).is_err());
        }
    }
}
