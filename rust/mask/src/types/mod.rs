//! The wire formats, one type a file, and the tree of rules that a type compiles to.

mod array;
pub(crate) mod beside;
mod bit;
mod bytea;
pub(crate) mod calendar;
mod changed;
mod char1;
mod compile;
mod composite;
mod constant;
mod date;
mod enumeration;
mod float;
mod hstore;
mod inet;
mod integer;
mod interval;
mod json;
mod leaf;
pub(crate) mod macaddr;
mod money;
mod numeric;
mod opaque;
mod quoted;
mod range;
mod reader;
mod reading;
mod splice;
pub(crate) mod text;
mod time;
mod tsvector;
pub(crate) mod uuid;
mod vector;
mod xml;

use std::cmp::Ordering;

use crate::cell::{Format, Outcome};
use crate::row::Row;
pub(crate) use compile::{Rule, NAMES_DOMAIN};

/// A compiled rule for one type.
#[derive(Debug)]
pub(crate) enum Node {
    Null,
    Pass,
    Constant(constant::Constant),
    Changed(changed::Changed),
    Text(text::Text),
    ScanText(text::ScanText),
    ScanWhole(opaque::ScanWhole),
    ScanBytea(bytea::ScanBytea),
    Char1(char1::Char1),
    Integer(integer::Integer),
    Numeric(numeric::Numeric),
    Float(float::Float),
    Money(money::Money),
    Date(date::Date),
    Timestamp(date::Timestamp),
    Time(time::Time),
    Interval(interval::Interval),
    Uuid(uuid::Uuid),
    Inet(inet::Inet),
    Macaddr(macaddr::Macaddr),
    Json(json::Json),
    Hstore(hstore::Hstore),
    Xml(xml::Xml),
    Bytea(bytea::Bytea),
    Bit(bit::Bit),
    Tsvector(tsvector::Tsvector),
    Vector(vector::Vector),
    Enumeration(enumeration::Enumeration),
    Array(array::Array),
    Range(range::Range),
    Composite(composite::Composite),
}

impl Node {
    /// Appends the replacement; on any outcome but a value the caller cuts the output back.
    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        self.apply_row(format, cell, Row::NONE, out)
    }

    /// As [`Node::apply`] for a value in a row of which more is known.
    pub(crate) fn apply_row(
        &self,
        format: Format,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        match self {
            Self::Null => Outcome::Null,
            Self::Pass => Outcome::Unchanged,
            Self::Constant(node) => node.apply(format, out),
            Self::Changed(node) => node.apply(format, cell, row, out),
            Self::Text(node) => node.apply(cell, row, out),
            Self::ScanText(node) => node.apply(cell, out),
            Self::ScanWhole(node) => node.apply(format, cell, out),
            Self::ScanBytea(node) => node.apply(format, cell, out),
            Self::Char1(node) => node.apply(format, cell, out),
            Self::Integer(node) => node.apply(format, cell, out),
            Self::Numeric(node) => node.apply(format, cell, out),
            Self::Float(node) => node.apply(format, cell, out),
            Self::Money(node) => node.apply(format, cell, out),
            Self::Date(node) => node.apply(format, cell, out),
            Self::Timestamp(node) => node.apply(format, cell, out),
            Self::Time(node) => node.apply(format, cell, out),
            Self::Interval(node) => node.apply(format, cell, out),
            Self::Uuid(node) => node.apply(format, cell, out),
            Self::Inet(node) => node.apply(format, cell, out),
            Self::Macaddr(node) => node.apply(format, cell, out),
            Self::Json(node) => node.apply(format, cell, out),
            Self::Hstore(node) => node.apply(format, cell, out),
            Self::Xml(node) => node.apply(cell, out),
            Self::Bytea(node) => node.apply(format, cell, out),
            Self::Bit(node) => node.apply(format, cell, out),
            Self::Tsvector(node) => node.apply(format, cell, out),
            Self::Vector(node) => node.apply(format, cell, out),
            Self::Enumeration(node) => node.apply(cell, out),
            Self::Array(node) => node.apply(format, cell, row, out),
            Self::Range(node) => node.apply(format, cell, row, out),
            Self::Composite(node) => node.apply(format, cell, row, out),
        }
    }

    /// Appends a value with its length in front, the raw one where it stays.
    ///
    /// Says whether it was replaced, and whether by NULL; None where it is too long for a length.
    fn apply_framed(&self, raw: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<(bool, bool)> {
        let frame = out.len();
        out.extend_from_slice(&[0; 4]);
        let outcome = self.apply_row(Format::Binary, raw, row, out);
        match outcome {
            Outcome::Value => {}
            Outcome::Unchanged => {
                out.truncate(frame + 4);
                out.extend_from_slice(raw);
            }
            Outcome::Null => out.truncate(frame + 4),
        }
        let length = match outcome {
            Outcome::Null => -1,
            _ => i32::try_from(out.len() - frame - 4).ok()?,
        };
        out[frame..frame + 4].copy_from_slice(&length.to_be_bytes());
        Some((outcome != Outcome::Unchanged, outcome == Outcome::Null))
    }

    /// The order of two values of a type that ranges are made of.
    fn order(&self, format: Format, a: &[u8], b: &[u8]) -> Option<Ordering> {
        match self {
            Self::Integer(node) => Some(node.read(format, a)?.cmp(&node.read(format, b)?)),
            Self::Numeric(_) => {
                let [a, b] = [a, b].map(|cell| numeric::read(format, cell));
                Some(a?.cmp_value(&b?))
            }
            Self::Float(node) => node.read(format, a)?.partial_cmp(&node.read(format, b)?),
            Self::Date(_) => {
                let [a, b] = [a, b].map(|cell| date::read_date(format, cell));
                Some(a?.cmp(&b?))
            }
            // Redacted bounds are all the same.
            Self::Constant(_) => Some(Ordering::Equal),
            Self::Timestamp(node) => Some(node.read(format, a)?.0.cmp(&node.read(format, b)?.0)),
            Self::Changed(node) => node.order(format, a, b),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::Arc;

    use crate::cell::{CellMask, CellScan, Format, Outcome, TextScrubber};
    use crate::keys::{Keyring, TenantKey};
    use crate::prf::DomainKey;
    use crate::spec::{OperatorSpec, TypeSpec};

    fn keys() -> Keyring {
        Keyring::new(TenantKey::new([7; 32]), 1)
    }

    /// The key of every test.
    pub(crate) fn key() -> DomainKey {
        keys().domain("test").unwrap()
    }

    pub(crate) fn run(
        operator: &OperatorSpec,
        type_: &TypeSpec,
        format: Format,
        cell: &[u8],
    ) -> Option<Vec<u8>> {
        let mask = CellMask::compile(type_, operator, "test", &keys()).unwrap();
        let mut out = b"before".to_vec();
        let outcome = mask.mask(format, cell, &mut out);
        assert_eq!(out[..6], *b"before");
        let masked = out.split_off(6);
        assert_ne!(outcome, Outcome::Unchanged);
        assert!(outcome == Outcome::Value || masked.is_empty());
        (outcome == Outcome::Value).then_some(masked)
    }

    pub(crate) fn masked_with(op: &OperatorSpec, type_: &TypeSpec, raw: &str) -> Option<String> {
        run(op, type_, Format::Text, raw.as_bytes()).map(|out| String::from_utf8(out).unwrap())
    }

    pub(crate) fn masked_text(type_: &TypeSpec, raw: &str) -> Option<String> {
        masked_with(&OperatorSpec::Auto {}, type_, raw)
    }

    pub(crate) fn masked_binary(type_: &TypeSpec, raw: &[u8]) -> Option<Vec<u8>> {
        run(&OperatorSpec::Auto {}, type_, Format::Binary, raw)
    }

    /// Masks a value in both formats and checks through an oracle that they agree.
    pub(crate) fn both(
        type_: &TypeSpec,
        text: &str,
        binary: &[u8],
        decode: impl Fn(&[u8]) -> String,
    ) -> String {
        let masked = masked_text(type_, text).unwrap();
        assert_eq!(decode(binary), text, "the oracle reads the raw value");
        assert_eq!(decode(&masked_binary(type_, binary).unwrap()), masked);
        assert_ne!(masked, text);
        masked
    }

    /// Finds the word `SECRET`.
    struct Finder;

    impl TextScrubber for Finder {
        fn scrub(&self, text: &str, out: &mut String) -> bool {
            if !text.contains("SECRET") {
                return false;
            }
            out.push_str(&text.replace("SECRET", "<found>"));
            true
        }
    }

    pub(crate) fn scanned_text(type_: &TypeSpec, raw: &str) -> Option<String> {
        let scan = CellScan::compile(type_, Arc::new(Finder), &keys()).unwrap();
        let mut out = Vec::new();
        match scan.mask(Format::Text, raw.as_bytes(), &mut out) {
            Outcome::Value => Some(String::from_utf8(out).unwrap()),
            Outcome::Unchanged => {
                assert!(out.is_empty());
                Some(raw.to_owned())
            }
            Outcome::Null => None,
        }
    }
}
