//! Scans of types that cannot be replaced in part: what is found takes the whole value.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use crate::cell::{Format, Outcome, TextScrubber};
use crate::types::{inet, numeric, Node};

/// Shorter numbers hold nothing that a scan could recognise.
const NUMBER_MIN: usize = 13;

/// How a binary value is brought into the words that a scan reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wording {
    Integer,
    Numeric,
    Address,
    /// Whatever is UTF-8 in it.
    Unknown,
}

/// Searches a value as a whole.
pub(crate) struct ScanWhole {
    scrubber: Arc<dyn TextScrubber + Send + Sync>,
    wording: Wording,
    /// What replaces the value; NULL where the type is unknown.
    mask: Box<Node>,
}

impl fmt::Debug for ScanWhole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScanWhole(..)")
    }
}

impl ScanWhole {
    pub(crate) fn new(
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        wording: Wording,
        mask: Node,
    ) -> Self {
        Self {
            scrubber,
            wording,
            mask: Box::new(mask),
        }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let words = match format {
            Format::Text => String::from_utf8_lossy(cell),
            Format::Binary => match self.words(cell) {
                Some(words) => words,
                None => return Outcome::Null,
            },
        };
        let number = matches!(self.wording, Wording::Integer | Wording::Numeric);
        if number && words.len() < NUMBER_MIN {
            return Outcome::Unchanged;
        }
        if self.scrubber.scrub(&words, &mut String::new()) {
            self.mask.apply(format, cell, out)
        } else {
            Outcome::Unchanged
        }
    }

    fn words<'a>(&self, cell: &'a [u8]) -> Option<Cow<'a, str>> {
        Some(match self.wording {
            Wording::Integer => Cow::Owned(i64::from_be_bytes(cell.try_into().ok()?).to_string()),
            Wording::Numeric => {
                // NaN and the infinities have no digits to find.
                let Some(value) = numeric::read(Format::Binary, cell) else {
                    return Some(Cow::Borrowed(""));
                };
                let mut words = Vec::new();
                value.write(Format::Text, &mut words);
                Cow::Owned(String::from_utf8(words).ok()?)
            }
            Wording::Address => {
                let (address, _prefix) = inet::read(Format::Binary, cell)?;
                Cow::Owned(address.to_string())
            }
            Wording::Unknown => String::from_utf8_lossy(cell),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::CellScan;
    use crate::keys::{Keyring, TenantKey};
    use crate::spec::TypeSpec;

    /// Finds everything.
    struct All;

    impl TextScrubber for All {
        fn scrub(&self, _text: &str, out: &mut String) -> bool {
            out.push('?');
            true
        }
    }

    fn scan(type_: &TypeSpec, format: Format, cell: &[u8]) -> (Outcome, Vec<u8>) {
        let keys = Keyring::new(TenantKey::new([7; 32]), 1);
        let scan = CellScan::compile(type_, Arc::new(All), &keys).unwrap();
        let mut out = Vec::new();
        (scan.mask(format, cell, &mut out), out)
    }

    #[test]
    fn a_finding_takes_the_whole_value() {
        let long = 4_111_111_111_111_111i64;
        let (outcome, text) = scan(
            &TypeSpec::Int8 {},
            Format::Text,
            long.to_string().as_bytes(),
        );
        assert_eq!((outcome, text.len()), (Outcome::Value, 16));
        let (_, binary) = scan(&TypeSpec::Int8 {}, Format::Binary, &long.to_be_bytes());
        let number = i64::from_be_bytes(binary.try_into().unwrap());
        assert_eq!(number.to_string().into_bytes(), text);
        assert_eq!(
            scan(&TypeSpec::Int8 {}, Format::Text, b"42").0,
            Outcome::Unchanged
        );
        assert_eq!(
            scan(&TypeSpec::Inet {}, Format::Text, b"10.0.0.1").0,
            Outcome::Value
        );
        assert_eq!(
            scan(
                &TypeSpec::Inet {},
                Format::Binary,
                &[2, 32, 0, 4, 10, 0, 0, 1]
            )
            .0,
            Outcome::Value
        );
        assert_eq!(
            scan(&TypeSpec::Unknown {}, Format::Text, b"(1,2)").0,
            Outcome::Null
        );
    }
}
