//! hstore: keys stay, values are replaced, in both formats.

use crate::cell::{Format, Name, Outcome};
use crate::types::leaf::Leaf;
use crate::types::quoted::{take_quoted, write_quoted};
use crate::types::reader::Reader;
use crate::types::splice::{Splice, VALUE_MAX};

/// Walks the pairs.
#[derive(Debug)]
pub(crate) struct Hstore {
    leaf: Leaf,
}

impl Hstore {
    pub(crate) fn new(leaf: Leaf) -> Self {
        Self { leaf }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        if cell.len() > VALUE_MAX {
            return Outcome::Null;
        }
        let changed = match format {
            Format::Text => self.text(cell, out),
            Format::Binary => self.binary(cell, out),
        };
        match (changed, self.leaf.masks()) {
            (None, _) => Outcome::Null,
            (Some(true), _) => Outcome::Value,
            (Some(false), false) => Outcome::Unchanged,
            // No pairs, or NULLs alone.
            (Some(false), true) => {
                out.extend_from_slice(cell);
                Outcome::Value
            }
        }
    }

    fn text(&self, cell: &[u8], out: &mut Vec<u8>) -> Option<bool> {
        let mut splice = Splice::new(cell, out);
        let mut scratch = Vec::new();
        let mut name = String::new();
        let mut rest = cell;
        while !rest.is_empty() {
            if rest.len() < cell.len() {
                rest = rest.strip_prefix(b", ")?;
            }
            for value in [false, true] {
                if value {
                    rest = rest.strip_prefix(b"=>")?;
                    if let Some(after) = rest.strip_prefix(b"NULL") {
                        rest = after;
                        continue;
                    }
                }
                let start = cell.len() - rest.len();
                let (raw, after) = take_quoted(rest.strip_prefix(b"\"")?, false)?;
                let raw = std::str::from_utf8(&raw).ok()?;
                rest = after;
                scratch.clear();
                let changed = self.replace(value.then_some(name.as_str()), raw, &mut scratch);
                if !value {
                    raw.clone_into(&mut name);
                }
                if changed {
                    write_quoted(&scratch, splice.replace(start, cell.len() - rest.len()));
                }
            }
        }
        Some(splice.finish())
    }

    /// Replaces a value, which has a name, or a name.
    fn replace(&self, name: Option<&str>, raw: &str, out: &mut Vec<u8>) -> bool {
        match name {
            Some(key) => self.leaf.text(Name { key, parent: "" }, raw, out),
            None => self.leaf.name(raw, out),
        }
    }

    fn binary(&self, cell: &[u8], out: &mut Vec<u8>) -> Option<bool> {
        let mut reader = Reader::new(cell);
        let count = reader.u32()?;
        let start = out.len();
        out.extend_from_slice(&cell[..4]);
        let mut changed = false;
        let mut name = "";
        for _ in 0..count {
            for value in [false, true] {
                let Some(raw) = reader.framed()? else {
                    out.extend_from_slice(&(-1i32).to_be_bytes());
                    // Only values may be NULL.
                    if value {
                        continue;
                    }
                    return None;
                };
                let frame = out.len();
                out.extend_from_slice(&[0; 4]);
                let text = std::str::from_utf8(raw).ok()?;
                let replaced = self.replace(value.then_some(name), text, out);
                name = text;
                if replaced {
                    changed = true;
                } else {
                    out.extend_from_slice(raw);
                }
                let length = i32::try_from(out.len() - frame - 4).ok()?;
                out[frame..frame + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        if !changed {
            out.truncate(start);
        }
        reader.is_empty().then_some(changed)
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    const HSTORE: TypeSpec = TypeSpec::Hstore { mask_keys: false };

    fn encode(pairs: &[(&str, Option<&str>)]) -> Vec<u8> {
        let mut raw = (pairs.len() as u32).to_be_bytes().to_vec();
        for (key, value) in pairs {
            raw.extend((key.len() as u32).to_be_bytes());
            raw.extend(key.bytes());
            raw.extend(value.map_or(-1, |value| value.len() as i32).to_be_bytes());
            raw.extend(value.unwrap_or("").bytes());
        }
        raw
    }

    #[test]
    fn formats_agree_and_keys_stay() {
        let raw = r#""name"=>"Zelda \"F\"", "none"=>NULL"#;
        let text = masked_text(&HSTORE, raw).unwrap();
        assert!(
            text.starts_with("\"name\"=>\"") && text.ends_with("\", \"none\"=>NULL"),
            "{text}"
        );
        assert!(!text.contains("Zelda"));
        let value = text.split('"').nth(3).unwrap();
        let binary = masked_binary(
            &HSTORE,
            &encode(&[("name", Some("Zelda \"F\"")), ("none", None)]),
        );
        assert_eq!(
            binary,
            Some(encode(&[("name", Some(value)), ("none", None)]))
        );
    }

    #[test]
    fn keys_that_hold_data_are_replaced() {
        assert!(!masked_text(&HSTORE, r#""zelda@corp.test"=>"1""#)
            .unwrap()
            .contains("zelda"));
        let keys = TypeSpec::Hstore { mask_keys: true };
        assert!(!masked_text(&keys, r#""Zelda"=>"1""#)
            .unwrap()
            .contains("Zelda"));
    }

    #[test]
    fn broken_values_are_null() {
        for raw in [
            "a=>b",
            "\"a\"",
            "\"a\"=>",
            "\"a\"=>\"b",
            "\"a\"=>\"b\",",
            "NULL=>\"a\"",
        ] {
            assert_eq!(masked_text(&HSTORE, raw), None, "{raw}");
        }
        assert_eq!(masked_binary(&HSTORE, &[0, 0, 0, 1, 0, 0, 0, 9, 1]), None);
        assert_eq!(masked_text(&HSTORE, "").as_deref(), Some(""));
    }

    #[test]
    fn a_scan_replaces_findings_only() {
        let raw = r#""a"=>"SECRET", "b"=>"c""#;
        assert_eq!(
            scanned_text(&HSTORE, raw).as_deref(),
            Some(r#""a"=>"<found>", "b"=>"c""#)
        );
    }
}
