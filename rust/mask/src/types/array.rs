//! Arrays of any element type and of up to six dimensions, in both formats.

use crate::cell::{Format, Outcome};
use crate::row::Row;
use crate::types::quoted::{is_space, take_quoted, write_quoted};
use crate::types::reader::Reader;
use crate::types::splice::{Splice, VALUE_MAX};
use crate::types::Node;

/// PostgreSQL's own bound.
const DIMENSIONS_MAX: usize = 6;

/// Applies a rule to every element.
#[derive(Debug)]
pub(crate) struct Array {
    element: Box<Node>,
    element_oid: u32,
    delimiter: u8,
    /// Whether an array without elements to replace is a value rather than unchanged.
    masks: bool,
}

impl Array {
    pub(crate) fn new(element: Node, element_oid: u32, delimiter: u8, masks: bool) -> Self {
        Self {
            element: Box::new(element),
            element_oid,
            delimiter,
            masks,
        }
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
            // Empty arrays and arrays of NULLs alone.
            (Some(false), true) => {
                out.extend_from_slice(cell);
                Outcome::Value
            }
        }
    }

    /// Whether anything was replaced; None for what is no array.
    fn text(&self, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<bool> {
        let mut splice = Splice::new(cell, out);
        let mut scratch = Vec::new();
        let mut rest = skip_bounds(cell)?;
        let mut depth = 0;
        // Whether an element or a brace may come next, as after a brace or a delimiter.
        let mut open = true;
        loop {
            let (first, after) = rest.split_first()?;
            let start = cell.len() - rest.len();
            match first {
                b'{' if open && depth < DIMENSIONS_MAX => depth += 1,
                b'}' if depth > 0 && (!open || cell[start - 1] == b'{') => {
                    depth -= 1;
                    open = false;
                    if depth == 0 {
                        return after.is_empty().then(|| splice.finish());
                    }
                }
                byte if *byte == self.delimiter && !open && depth > 0 => open = true,
                _ if open && depth > 0 => {
                    let (element, after) = self.take_element(rest)?;
                    let end = cell.len() - after.len();
                    if let Some(raw) = element {
                        scratch.clear();
                        match self
                            .element
                            .apply_row(Format::Text, &raw, row, &mut scratch)
                        {
                            Outcome::Unchanged => {}
                            Outcome::Null => splice.replace(start, end).extend_from_slice(b"NULL"),
                            Outcome::Value => self.write(&scratch, splice.replace(start, end)),
                        }
                    }
                    open = false;
                    rest = after;
                    continue;
                }
                _ => return None,
            }
            rest = after;
        }
    }

    /// An element, where the inner None is NULL, and what follows it.
    #[allow(clippy::type_complexity)]
    fn take_element<'a>(&self, text: &'a [u8]) -> Option<(Option<Vec<u8>>, &'a [u8])> {
        if let Some(inner) = text.strip_prefix(b"\"") {
            let (element, after) = take_quoted(inner, false)?;
            return Some((Some(element), after));
        }
        let end = text
            .iter()
            .position(|byte| *byte == self.delimiter || *byte == b'}')?;
        let (element, after) = text.split_at(end);
        let plain = |byte: &u8| !matches!(byte, b'{' | b'"' | b'\\') && !is_space(*byte);
        if element.is_empty() || !element.iter().all(plain) {
            return None;
        }
        let null = element.eq_ignore_ascii_case(b"null");
        Some(((!null).then(|| element.to_vec()), after))
    }

    fn write(&self, element: &[u8], out: &mut Vec<u8>) {
        let special = |byte: &u8| {
            matches!(byte, b'{' | b'}' | b'"' | b'\\') || *byte == self.delimiter || is_space(*byte)
        };
        let null = element.eq_ignore_ascii_case(b"null");
        if element.is_empty() || null || element.iter().any(special) {
            write_quoted(element, out);
        } else {
            out.extend_from_slice(element);
        }
    }

    fn binary(&self, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Option<bool> {
        let mut reader = Reader::new(cell);
        let dimensions = reader.u32()? as usize;
        let nulls = reader.u32()?;
        let oid = reader.u32()?;
        let foreign = self.element_oid != 0 && oid != self.element_oid;
        if dimensions > DIMENSIONS_MAX || nulls > 1 || foreign {
            return None;
        }
        let mut count = u64::from(dimensions > 0);
        for _ in 0..dimensions {
            // Each element needs four bytes, so a larger product than the cell is false.
            count = count
                .checked_mul(reader.u32()?.into())
                .filter(|n| *n <= VALUE_MAX as u64)?;
            reader.u32()?;
        }
        let start = out.len();
        out.extend_from_slice(&cell[..12 + dimensions * 8]);
        let mut changed = false;
        for _ in 0..count {
            let Some(raw) = reader.framed()? else {
                out.extend_from_slice(&(-1i32).to_be_bytes());
                continue;
            };
            let (step, null) = self.element.apply_framed(raw, row, out)?;
            changed |= step;
            if null {
                out[start + 7] = 1;
            }
        }
        if !changed {
            out.truncate(start);
        }
        reader.is_empty().then_some(changed)
    }
}

/// Skips bounds such as `[2:3][0:1]=`.
fn skip_bounds(text: &[u8]) -> Option<&[u8]> {
    if text.first() != Some(&b'[') {
        return Some(text);
    }
    let end = memchr::memchr(b'=', text)?;
    let number = |text: &[u8]| {
        let digits = text.strip_prefix(b"-").unwrap_or(text);
        (1..=10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
    };
    let bounds = text[1..end].strip_suffix(b"]")?;
    let valid = bounds.split(|byte| *byte == b'[').all(|dimension| {
        let mut limits = dimension
            .strip_suffix(b"]")
            .unwrap_or(dimension)
            .split(|b| *b == b':');
        let [lower, upper] = [limits.next(), limits.next()];
        lower.is_some_and(number) && upper.is_some_and(number) && limits.next().is_none()
    });
    valid.then_some(&text[end + 1..])
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    fn of(element: TypeSpec) -> TypeSpec {
        TypeSpec::Array {
            element: Box::new(element),
            element_oid: 25,
            delimiter: ',',
        }
    }

    fn texts() -> TypeSpec {
        of(TypeSpec::Text {
            max_chars: None,
            pad: false,
        })
    }

    fn encode(elements: &[Option<&str>]) -> Vec<u8> {
        let nulls = u32::from(elements.iter().any(Option::is_none));
        let count = elements.len() as u32;
        let mut raw: Vec<u8> = [1, nulls, 25, count, 1]
            .iter()
            .flat_map(|w| u32::to_be_bytes(*w))
            .collect();
        for element in elements {
            raw.extend(element.map_or(-1, |text| text.len() as i32).to_be_bytes());
            raw.extend(element.unwrap_or("").bytes());
        }
        raw
    }

    #[test]
    fn elements_change_and_nulls_stay() {
        let masked = masked_text(&texts(), r#"{Zelda,NULL,"a \"b\" c","",null}"#).unwrap();
        let parts: Vec<&str> = masked[1..masked.len() - 1].split(',').collect();
        assert_eq!(
            (parts.len(), parts[1], parts[3], parts[4]),
            (5, "NULL", "\"\"", "null")
        );
        assert!(!masked.contains("Zelda"));
    }

    #[test]
    fn formats_agree() {
        let text = masked_text(&texts(), "{Zelda,NULL,Ariadne}").unwrap();
        let parts: Vec<&str> = text[1..text.len() - 1].split(',').collect();
        let raw = encode(&[Some("Zelda"), None, Some("Ariadne")]);
        let expected = encode(&[Some(parts[0]), None, Some(parts[2])]);
        assert_eq!(masked_binary(&texts(), &raw), Some(expected));
    }

    #[test]
    fn dimensions_and_bounds_stay() {
        let masked = masked_text(&of(TypeSpec::Int4 {}), "[0:1][2:3]={{1,2},{3,44}}").unwrap();
        assert!(
            masked.starts_with("[0:1][2:3]={{") && masked.ends_with("}}"),
            "{masked}"
        );
        assert_eq!(masked.len(), "[0:1][2:3]={{1,2},{3,44}}".len());
        assert_eq!(masked_text(&texts(), "{}").as_deref(), Some("{}"));
        let empty = [0u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25];
        assert_eq!(masked_binary(&texts(), &empty), Some(empty.to_vec()));
    }

    #[test]
    fn an_element_that_cannot_be_masked_is_null_in_both_formats() {
        let dates = of(TypeSpec::Date {});
        assert_eq!(masked_text(&dates, "{infinity}").as_deref(), Some("{NULL}"));
        let raw: Vec<u8> = [1, 0, 25, 1, 1, 4, i32::MAX]
            .iter()
            .flat_map(|w| w.to_be_bytes())
            .collect();
        let expected: Vec<u8> = [1, 1, 25, 1, 1, -1]
            .iter()
            .flat_map(|w| i32::to_be_bytes(*w))
            .collect();
        assert_eq!(masked_binary(&dates, &raw), Some(expected));
    }

    #[test]
    fn broken_arrays_are_null() {
        for raw in [
            "",
            "{",
            "}",
            "{a",
            "{a,}",
            "{,a}",
            "{a}b",
            "a",
            "{\"a}",
            "{{a}",
            "{a b}",
            "[1={a}",
            "{{{{{{{a}}}}}}}",
            "{a\"b\"}",
            "{\"a\"b}",
        ] {
            assert_eq!(masked_text(&texts(), raw), None, "{raw}");
        }
        let mut raw = encode(&[Some("Zelda")]);
        raw[11] = 26;
        assert_eq!(masked_binary(&texts(), &raw), None, "another element type");
        raw[11] = 25;
        raw[15] = 200;
        assert_eq!(masked_binary(&texts(), &raw), None, "too few elements");
    }

    #[test]
    fn a_scan_replaces_findings_only() {
        let raw = r#"{a,"x SECRET",NULL}"#;
        assert_eq!(
            scanned_text(&texts(), raw).as_deref(),
            Some(r#"{a,"x <found>",NULL}"#)
        );
        assert_eq!(scanned_text(&texts(), "{a,b}").as_deref(), Some("{a,b}"));
    }
}
