//! json and jsonb: the structure stays, texts and numbers in it are replaced.

use std::borrow::Cow;

use crate::cell::{Format, Name, Outcome};
use crate::types::leaf::Leaf;
use crate::types::splice::{Splice, VALUE_MAX};

/// Deeper values become NULL.
const DEPTH_MAX: usize = 256;
/// The version that stands before the text in jsonb's binary format.
const JSONB_VERSION: u8 = 1;

/// Walks a JSON value.
#[derive(Debug)]
pub(crate) struct Json {
    leaf: Leaf,
    /// Whether it is jsonb.
    versioned: bool,
}

impl Json {
    pub(crate) fn new(leaf: Leaf, versioned: bool) -> Self {
        Self { leaf, versioned }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let mut text = cell;
        if self.versioned && format == Format::Binary {
            match cell.split_first() {
                Some((&JSONB_VERSION, rest)) => text = rest,
                _ => return Outcome::Null,
            }
            out.push(JSONB_VERSION);
        }
        if text.len() > VALUE_MAX || std::str::from_utf8(text).is_err() {
            return Outcome::Null;
        }
        let splice = Splice::new(text, out);
        let mut walk = Walk {
            leaf: &self.leaf,
            text,
            at: 0,
            splice,
            scratch: Vec::new(),
            name: Name::default(),
        };
        match walk.value(0) {
            Some(()) => {
                walk.space();
                let whole = walk.at == text.len();
                match (whole, walk.splice.finish()) {
                    (false, _) => Outcome::Null,
                    (true, true) => Outcome::Value,
                    (true, false) => self.unchanged(text, out),
                }
            }
            None => Outcome::Null,
        }
    }

    /// Nulls, and structures of nothing else, have nothing to replace: a mask gives them as they
    /// are, a scan says so.
    fn unchanged(&self, text: &[u8], out: &mut Vec<u8>) -> Outcome {
        if !self.leaf.masks() {
            return Outcome::Unchanged;
        }
        out.extend_from_slice(text);
        Outcome::Value
    }
}

struct Walk<'a, 'o> {
    leaf: &'a Leaf,
    text: &'a [u8],
    at: usize,
    splice: Splice<'a, 'o>,
    scratch: Vec<u8>,
    /// The names that the value stands under, as written: who looks them up reads the escapes.
    name: Name<'a>,
}

impl Walk<'_, '_> {
    fn space(&mut self) {
        while matches!(self.text.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.text.get(self.at) == Some(&byte)).then(|| self.at += 1)
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.space();
        match self.text.get(self.at)? {
            b'{' => self.members(depth, b'}'),
            b'[' => self.members(depth, b']'),
            b'"' => self.string(false),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.boolean(b"true"),
            b'f' => self.boolean(b"false"),
            b'n' => self.word(b"null"),
            _ => None,
        }
    }

    fn members(&mut self, depth: usize, close: u8) -> Option<()> {
        if depth == DEPTH_MAX {
            return None;
        }
        self.at += 1;
        if self.eat(close).is_some() {
            return Some(());
        }
        let outer = self.name;
        loop {
            if close == b'}' {
                self.space();
                let start = self.at + 1;
                self.string(true)?;
                let key = self.text.get(start..self.at - 1)?;
                let key = std::str::from_utf8(key).ok()?;
                let parent = outer.key;
                self.name = Name { key, parent };
                self.eat(b':')?;
            }
            self.value(depth + 1)?;
            if self.eat(close).is_some() {
                self.name = outer;
                return Some(());
            }
            self.eat(b',')?;
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let end = self.at + word.len();
        (self.text.get(self.at..end)? == word).then(|| self.at = end)
    }

    fn boolean(&mut self, word: &[u8]) -> Option<()> {
        let start = self.at;
        self.word(word)?;
        if self.leaf.masks() {
            // Any other choice than a constant would tell the raw one.
            self.splice
                .replace(start, self.at)
                .extend_from_slice(b"false");
        }
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let start = self.at;
        self.at += usize::from(self.text[start] == b'-');
        if self.text.get(self.at) == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        let mantissa = self.at;
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.text.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.scratch.clear();
        // The exponent is the number's size, which stays where nothing is computed.
        let end = if self.leaf.takes_exponents() {
            self.at
        } else {
            mantissa
        };
        if self
            .leaf
            .number(self.name, &self.text[start..end], &mut self.scratch)
        {
            self.splice
                .replace(start, end)
                .extend_from_slice(&self.scratch);
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.text.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn string(&mut self, name: bool) -> Option<()> {
        let start = self.at;
        if self.text.get(start) != Some(&b'"') {
            return None;
        }
        let mut escaped = false;
        let mut end = start + 1;
        loop {
            end += memchr::memchr2(b'"', b'\\', self.text.get(end..)?)?;
            if self.text[end] == b'"' {
                break;
            }
            escaped = true;
            end += 2;
        }
        self.at = end + 1;
        let inner = std::str::from_utf8(&self.text[start + 1..end]).ok()?;
        if inner.bytes().any(|byte| byte < b' ') {
            return None;
        }
        let raw = if escaped {
            Cow::Owned(unescape(inner)?)
        } else {
            Cow::Borrowed(inner)
        };
        self.scratch.clear();
        let changed = if name {
            self.leaf.name(&raw, &mut self.scratch)
        } else {
            self.leaf.text(self.name, &raw, &mut self.scratch)
        };
        if changed {
            let out = self.splice.replace(start, self.at);
            write_string(&self.scratch, out);
        }
        Some(())
    }
}

fn unescape(inner: &str) -> Option<String> {
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let escape = *rest.as_bytes().get(at + 1)?;
        rest = rest.get(at + 2..)?;
        text.push(match escape {
            b'"' | b'\\' | b'/' => escape.into(),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (unit, mut after) = hex_unit(rest)?;
                let mut code = unit;
                if (0xd800..0xdc00).contains(&unit) {
                    let (low, end) = hex_unit(after.strip_prefix("\\u")?)?;
                    code = 0x10000 + ((unit - 0xd800) << 10) + low.checked_sub(0xdc00)?;
                    after = end;
                }
                rest = after;
                char::from_u32(code)?
            }
            _ => return None,
        });
    }
    text.push_str(rest);
    Some(text)
}

fn hex_unit(text: &str) -> Option<(u32, &str)> {
    let digits = text.get(..4)?;
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    plain.then(|| Some((u32::from_str_radix(digits, 16).ok()?, &text[4..])))?
}

/// Writes a JSON string; the bytes are UTF-8.
fn write_string(text: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
            0 => out.extend_from_slice("\u{fffd}".as_bytes()),
            1..=0x1f => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            _ => out.push(*byte),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use crate::spec::OperatorSpec;
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text, masked_with, scanned_text};
    use serde_json::Value;

    const JSONB: TypeSpec = TypeSpec::Jsonb { mask_keys: false };

    fn parsed(raw: &str) -> Value {
        serde_json::from_str(&masked_text(&JSONB, raw).unwrap()).unwrap()
    }

    #[test]
    fn structure_and_names_stay_and_leaves_change() {
        let raw = r#"{"name": "Zelda \"F\" \u00e9\ud83d\ude00", "tags": ["a", null, true],
            "age": 42, "pay": 1234.50, "deep": {"x": [1, 2.5e3, ""]}, "none": null}"#;
        let masked = parsed(raw);
        assert!(!masked.to_string().contains("Zelda"));
        assert_eq!(masked["tags"].as_array().unwrap().len(), 3);
        assert!(masked["tags"][1].is_null() && masked["none"].is_null());
        assert!(masked["age"]
            .as_u64()
            .is_some_and(|age| (10..100).contains(&age) && age != 42));
        assert_eq!(masked["deep"]["x"][2], "");
    }

    #[test]
    fn names_that_hold_data_are_replaced() {
        assert!(!parsed(r#"{"zelda@corp.test": 1}"#)
            .to_string()
            .contains("zelda"));
        let keys = TypeSpec::Json { mask_keys: true };
        assert!(!masked_text(&keys, r#"{"Zelda": 1}"#)
            .unwrap()
            .contains("Zelda"));
    }

    #[test]
    fn formats_agree() {
        let raw = r#"{"a": "Zelda", "b": [1, 2]}"#;
        let text = masked_text(&JSONB, raw).unwrap();
        let binary = masked_binary(&JSONB, &[b"\x01", raw.as_bytes()].concat()).unwrap();
        assert_eq!(binary, [b"\x01", text.as_bytes()].concat());
        assert_eq!(masked_binary(&JSONB, raw.as_bytes()), None);
    }

    #[test]
    fn a_leaf_agrees_with_a_column_of_its_own() {
        let json = masked_with(
            &OperatorSpec::Email { keep_domain: false },
            &JSONB,
            r#""zelda@corp.test""#,
        )
        .unwrap();
        let text = TypeSpec::Text {
            max_chars: None,
            pad: false,
        };
        let column = masked_with(
            &OperatorSpec::Email { keep_domain: false },
            &text,
            "zelda@corp.test",
        )
        .unwrap();
        assert_eq!(json, format!("\"{column}\""));
        let number = masked_text(&JSONB, "4711").unwrap();
        assert_eq!(Some(number), masked_text(&TypeSpec::Int4 {}, "4711"));
    }

    #[test]
    fn broken_values_are_null() {
        for raw in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "01",
            "1.",
            "-",
            "\"\\x\"",
            "\"\\ud800\"",
            "tru",
            "\"",
            "\"\\",
            "[1] 2",
            "\"\\u12\"",
            "\"a\nb\"",
        ] {
            assert_eq!(masked_text(&JSONB, raw), None, "{raw}");
        }
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        assert_eq!(masked_text(&JSONB, &deep), None);
    }

    #[test]
    fn a_scan_replaces_findings_only() {
        let raw = r#"{ "note":"call SECRET now" , "n":[1,true],"k":"\u0041" }"#;
        let expected = r#"{ "note":"call <found> now" , "n":[1,true],"k":"\u0041" }"#;
        assert_eq!(scanned_text(&JSONB, raw).as_deref(), Some(expected));
        assert_eq!(
            scanned_text(&JSONB, r#"{"a": "b"}"#).as_deref(),
            Some(r#"{"a": "b"}"#)
        );
        let named = scanned_text(&JSONB, r#"{"SECRET": "\"SECRET\""}"#);
        assert_eq!(named.as_deref(), Some(r#"{"<found>": "\"<found>\""}"#));
    }
}
