//! Composites: a rule for each field, in both formats.

use crate::cell::{Format, Outcome};
use crate::row::Row;
use crate::types::quoted::{is_space, take_quoted};
use crate::types::reader::Reader;
use crate::types::splice::{Splice, VALUE_MAX};
use crate::types::Node;

/// Applies each field's rule.
#[derive(Debug)]
pub(crate) struct Composite {
    fields: Vec<Node>,
    masks: bool,
}

impl Composite {
    pub(crate) fn new(fields: Vec<Node>, masks: bool) -> Self {
        Self { fields, masks }
    }

    pub(crate) fn apply(
        &self,
        format: Format,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        if cell.len() > VALUE_MAX {
            return Outcome::Null;
        }
        let changed = match format {
            Format::Text => self.text(cell, row, out),
            Format::Binary => self.binary(cell, row, out),
        };
        match (changed, self.masks) {
            (None, _) => Outcome::Null,
            (Some(true), _) => Outcome::Value,
            (Some(false), false) => Outcome::Unchanged,
            // All fields are NULL or are let through by their own rule.
            (Some(false), true) => {
                out.extend_from_slice(cell);
                Outcome::Value
            }
        }
    }

    fn text(&self, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<bool> {
        let mut rest = cell.strip_prefix(b"(")?;
        let mut splice = Splice::new(cell, out);
        let mut scratch = Vec::new();
        for (at, field) in self.fields.iter().enumerate() {
            if at > 0 {
                rest = rest.strip_prefix(b",")?;
            }
            let start = cell.len() - rest.len();
            let (raw, after) = take_field(rest, |byte| matches!(byte, b',' | b')'))?;
            rest = after;
            let Some(raw) = raw else { continue };
            scratch.clear();
            let outcome = field.apply_row(Format::Text, &raw, row, &mut scratch);
            let end = cell.len() - rest.len();
            match outcome {
                Outcome::Unchanged => {}
                Outcome::Null => drop(splice.replace(start, end)),
                Outcome::Value => write(&scratch, splice.replace(start, end)),
            }
        }
        (rest == b")").then(|| splice.finish())
    }

    fn binary(&self, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<bool> {
        let mut reader = Reader::new(cell);
        if reader.u32()? as usize != self.fields.len() {
            return None;
        }
        let start = out.len();
        out.extend_from_slice(&cell[..4]);
        let mut changed = false;
        for field in &self.fields {
            out.extend_from_slice(reader.take(4)?);
            match reader.framed()? {
                Some(raw) => changed |= field.apply_framed(raw, row, out)?.0,
                None => out.extend_from_slice(&(-1i32).to_be_bytes()),
            }
        }
        if !changed {
            out.truncate(start);
        }
        reader.is_empty().then_some(changed)
    }
}

/// A field or a bound, where the inner None is nothing, and what follows it.
#[allow(clippy::type_complexity)]
pub(crate) fn take_field(
    text: &[u8],
    ends: impl Fn(u8) -> bool,
) -> Option<(Option<Vec<u8>>, &[u8])> {
    if let Some(inner) = text.strip_prefix(b"\"") {
        let (field, after) = take_quoted(inner, true)?;
        return Some((Some(field), after));
    }
    let end = text.iter().position(|byte| ends(*byte))?;
    let (field, after) = text.split_at(end);
    let plain = |byte: &u8| !matches!(byte, b'(' | b'"' | b'\\') && !is_space(*byte);
    if !field.iter().all(plain) {
        return None;
    }
    Some(((!field.is_empty()).then(|| field.to_vec()), after))
}

/// Writes a field or a bound, in quotes where it needs them.
pub(crate) fn write(field: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| {
        matches!(byte, b'(' | b')' | b'[' | b']' | b',' | b'"' | b'\\') || is_space(*byte)
    };
    if !field.is_empty() && !field.iter().any(special) {
        out.extend_from_slice(field);
        return;
    }
    out.push(b'"');
    for byte in field {
        if matches!(byte, b'"' | b'\\') {
            out.push(*byte);
        }
        out.push(*byte);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use crate::spec::{ColumnRule, OperatorSpec, TypeSpec};
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    fn text() -> TypeSpec {
        TypeSpec::Text {
            max_chars: None,
            pad: false,
        }
    }

    fn type_() -> TypeSpec {
        TypeSpec::Composite {
            fields: vec![
                ColumnRule::Pass {
                    type_: Some(TypeSpec::Int4 {}),
                },
                ColumnRule::Mask {
                    type_: text(),
                    operator: OperatorSpec::Redact {},
                    domain: "person.full".into(),
                },
                ColumnRule::Scan { type_: text() },
                ColumnRule::Null {},
            ],
        }
    }

    fn encode(fields: &[Option<&[u8]>]) -> Vec<u8> {
        let mut raw = (fields.len() as u32).to_be_bytes().to_vec();
        for field in fields {
            raw.extend([0, 0, 0, 25]);
            raw.extend(field.map_or(-1, |bytes| bytes.len() as i32).to_be_bytes());
            raw.extend(field.unwrap_or(b""));
        }
        raw
    }

    #[test]
    fn a_scan_applies_each_fields_own_rule() {
        let raw = r#"(42,"Zelda ""F""",see SECRET,x)"#.replace("see SECRET", "\"see SECRET\"");
        let masked = scanned_text(&type_(), &raw);
        assert_eq!(
            masked.as_deref(),
            Some(r#"(42,"[redacted]","see <found>",)"#)
        );
        assert_eq!(
            scanned_text(&type_(), "(42,,,)").as_deref(),
            Some("(42,,,)")
        );
    }

    #[test]
    fn a_mask_leaves_no_field_as_it_is() {
        let masked = masked_text(&type_(), "(42,Zelda,Ariadne,x)").unwrap();
        assert!(
            !masked.contains("Ariadne") && !masked.starts_with("(42,"),
            "{masked}"
        );
        let unknown = TypeSpec::Composite {
            fields: vec![ColumnRule::Pass { type_: None }; 2],
        };
        assert_eq!(masked_text(&unknown, "(a,b)").as_deref(), Some("(,)"));
    }

    #[test]
    fn formats_agree() {
        let text = masked_text(&type_(), "(42,Zelda,Ariadne,)").unwrap();
        let parts: Vec<&str> = text[1..text.len() - 1].split(',').collect();
        let number: i32 = parts[0].parse().unwrap();
        let raw = encode(&[
            Some(&42i32.to_be_bytes()),
            Some(b"Zelda"),
            Some(b"Ariadne"),
            None,
        ]);
        let masked = parts[2].trim_matches('"').as_bytes();
        let expected = encode(&[
            Some(&number.to_be_bytes()),
            Some(b"[redacted]"),
            Some(masked),
            None,
        ]);
        assert_eq!(masked_binary(&type_(), &raw), Some(expected));
    }

    #[test]
    fn another_count_of_fields_is_null() {
        for raw in [
            "()",
            "(1,2,3)",
            "(1,2,3,4,5)",
            "1,2,3,4",
            "(1,2,3,4",
            "(1,2,3,4)x",
            "(1,a b,,)",
        ] {
            assert_eq!(scanned_text(&type_(), raw), None, "{raw}");
        }
        assert_eq!(masked_binary(&type_(), &encode(&[None, None])), None);
    }
}
