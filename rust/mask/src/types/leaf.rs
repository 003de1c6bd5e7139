//! What happens to the texts and numbers inside a structured value.

use std::fmt;
use std::sync::Arc;

use crate::cell::{Format, Name, Outcome, TextScrubber};
use crate::error::Error;
use crate::operators::TextMask;
use crate::prf::DomainKey;
use crate::spec::{OperatorSpec, TypeSpec};
use crate::types::compile::scalar;
use crate::types::numeric::Numeric;
use crate::types::Node;

/// A member name of more characters is not a name that somebody chose.
const NAME_MAX: usize = 64;
/// Names with as many digits in a row hold a number that somebody has.
const DIGITS_MAX: usize = 5;
/// Shorter numbers hold nothing that a scan could recognise.
const SCANNED_DIGITS_MIN: usize = 13;
/// The same for numbers with a name.
const NAMED_DIGITS_MIN: usize = 3;

/// Numbers in documents have as many digits as they like.
const NUMERIC: TypeSpec = TypeSpec::Numeric {
    precision: None,
    scale: None,
};

/// The rule for the leaves of a structured value.
pub(crate) enum Leaf {
    /// Each is replaced; the names too where they come from data.
    Mask {
        text: TextMask,
        number: Box<Node>,
        /// What replaces every number, where all are replaced alike.
        fixed: Option<Vec<u8>>,
        names: bool,
    },
    /// Texts are searched, names too.
    Scan {
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        number: Numeric,
    },
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Leaf(..)")
    }
}

impl Leaf {
    pub(crate) fn mask(
        operator: &OperatorSpec,
        key: &Arc<DomainKey>,
        names: bool,
    ) -> Result<Self, Error> {
        let text = TextMask::new(operator, Arc::clone(key), None)?;
        let number = Box::new(scalar(&NUMERIC, operator, key)?);
        let fixed = match operator {
            OperatorSpec::Redact {} | OperatorSpec::Tag {} => Some(b"0".to_vec()),
            OperatorSpec::Constant { value } => Some(number_or_null(value)),
            _ => None,
        };
        Ok(Self::Mask {
            text,
            number,
            fixed,
            names,
        })
    }

    pub(crate) fn scan(
        scrubber: &Arc<dyn TextScrubber + Send + Sync>,
        key: &Arc<DomainKey>,
    ) -> Self {
        let number = Numeric::new(Arc::clone(key), None, None, None);
        Self::Scan {
            scrubber: Arc::clone(scrubber),
            number,
        }
    }

    /// Appends the replacement of a text and returns true, or says that it stays.
    pub(crate) fn text(&self, name: Name<'_>, raw: &str, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Mask { text, .. } => {
                text.apply(raw, out);
                true
            }
            Self::Scan { scrubber, .. } => {
                let mut scrubbed = String::new();
                let found = scrubber.scrub_named(name, raw, &mut scrubbed);
                if found {
                    out.extend_from_slice(scrubbed.as_bytes());
                }
                found
            }
        }
    }

    /// As [`Leaf::text`] for the name of a member.
    pub(crate) fn name(&self, raw: &str, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Mask { names: false, .. } if is_plain_name(raw) => false,
            _ => self.text(Name::default(), raw, out),
        }
    }

    /// Whether a number's exponent is a part of it for the rule, as for one that computes.
    pub(crate) fn takes_exponents(&self) -> bool {
        matches!(self, Self::Mask { number, .. } if matches!(**number, Node::Changed(_)))
    }

    /// As [`Leaf::text`] for a decimal number.
    pub(crate) fn number(&self, name: Name<'_>, raw: &[u8], out: &mut Vec<u8>) -> bool {
        let outcome = match self {
            Self::Mask {
                fixed: Some(fixed), ..
            } => {
                out.extend_from_slice(fixed);
                return true;
            }
            Self::Mask { number, .. } => number.apply(Format::Text, raw, out),
            Self::Scan { scrubber, number } => {
                let text = std::str::from_utf8(raw).unwrap_or("");
                let long = raw.len() >= SCANNED_DIGITS_MIN;
                let named = !name.key.is_empty() && raw.len() >= NAMED_DIGITS_MIN;
                if !(long || named) || !scrubber.scrub_named(name, text, &mut String::new()) {
                    return false;
                }
                number.apply(Format::Text, raw, out)
            }
        };
        if outcome != Outcome::Value {
            out.push(b'0');
        }
        true
    }

    /// Whether booleans are replaced, by a constant.
    pub(crate) fn masks(&self) -> bool {
        matches!(self, Self::Mask { .. })
    }
}

/// A given value in the place of a number: a number as JSON writes it, or the lack of one.
fn number_or_null(value: &str) -> Vec<u8> {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let leading = whole.len() > 1 && whole.starts_with('0');
    if plain(whole) && plain(fraction) && !leading {
        value.into()
    } else {
        b"null".to_vec()
    }
}

/// Operators that know more about the digits of a number than their count.
pub(crate) fn digits_mask(
    operator: &OperatorSpec,
    key: &Arc<DomainKey>,
) -> Result<Option<TextMask>, Error> {
    match operator {
        OperatorSpec::Card {}
        | OperatorSpec::NationalId { .. }
        | OperatorSpec::Ssn {}
        | OperatorSpec::Phone {} => TextMask::new(operator, Arc::clone(key), None).map(Some),
        _ => Ok(None),
    }
}

/// Whether a name looks like one that a programmer chose rather than like data.
fn is_plain_name(name: &str) -> bool {
    let mut digits = 0;
    name.len() <= NAME_MAX
        && name.bytes().all(|byte| {
            digits = if byte.is_ascii_digit() { digits + 1 } else { 0 };
            let mark = matches!(byte, b'_' | b'-' | b'.' | b':' | b'$');
            digits <= DIGITS_MAX && (byte.is_ascii_alphanumeric() || mark)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_data_are_told_apart() {
        for name in ["id", "first_name", "ns:tag", "v2.1", "$ref"] {
            assert!(is_plain_name(name), "{name}");
        }
        for name in ["zelda@corp.test", "Zelda Fitzgerald", "078051120", "é"] {
            assert!(!is_plain_name(name), "{name}");
        }
    }
}
