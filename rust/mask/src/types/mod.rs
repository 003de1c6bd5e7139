//! The wire formats, one type a file, and the tree of rules that a type compiles to.

pub(crate) mod text;

use std::sync::Arc;

use crate::cell::{Format, Outcome, TextScrubber};
use crate::error::Error;
use crate::keys::Keyring;
use crate::operators::TextMask;
use crate::prf::DomainKey;
use crate::spec::{OperatorSpec, TypeSpec};
use text::{ScanText, Text};

/// What to do with every value of a type.
#[derive(Clone)]
pub(crate) enum Rule<'a> {
    /// Replace it.
    Mask { operator: &'a OperatorSpec, key: Arc<DomainKey>, keys: &'a Keyring },
    /// Search the texts in it; the key is for values that cannot be replaced in part.
    Scan { scrubber: Arc<dyn TextScrubber + Send + Sync>, key: Arc<DomainKey>, keys: &'a Keyring },
}

impl<'a> Rule<'a> {
    pub(crate) fn mask(
        operator: &'a OperatorSpec,
        domain: &str,
        keys: &'a Keyring,
    ) -> Result<Self, Error> {
        Ok(Self::Mask { operator, key: Arc::new(keys.domain(domain)?), keys })
    }

    pub(crate) fn scan(
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        keys: &'a Keyring,
    ) -> Result<Self, Error> {
        Ok(Self::Scan { scrubber, key: Arc::new(keys.domain("scan")?), keys })
    }
}

/// A compiled rule for one type.
#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Pass,
    Text(Text),
    ScanText(ScanText),
}

impl Node {
    pub(crate) fn compile(type_: &TypeSpec, rule: &Rule<'_>) -> Result<Self, Error> {
        match rule {
            Rule::Mask { operator: OperatorSpec::Null {}, .. } => Ok(Self::Null),
            Rule::Mask { operator, key, .. } => match type_ {
                TypeSpec::Text { max_chars, pad } => {
                    let mask = TextMask::new(operator, Arc::clone(key), *max_chars)?;
                    Ok(Self::Text(Text::new(mask, *pad)))
                }
                _ => Ok(Self::Null),
            },
            Rule::Scan { scrubber, .. } => match type_ {
                TypeSpec::Text { max_chars, .. } => {
                    Ok(Self::ScanText(ScanText::new(Arc::clone(scrubber), *max_chars)))
                }
                _ => Ok(Self::Pass),
            },
        }
    }

    /// Appends the replacement; on any outcome but a value the caller cuts the output back.
    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let _ = format;
        match self {
            Self::Null => Outcome::Null,
            Self::Pass => Outcome::Unchanged,
            Self::Text(text) => text.apply(cell, out),
            Self::ScanText(scan) => scan.apply(cell, out),
        }
    }
}
