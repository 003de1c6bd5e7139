//! xml: elements and attributes stay, their texts are replaced; the same in both formats.
//!
//! Comments and processing instructions are dropped by a mask and searched by a scan. A document
//! type, whose entities could hold anything, makes the value NULL.

use std::borrow::Cow;

use crate::cell::{Name, Outcome};
use crate::types::leaf::Leaf;
use crate::types::splice::{Splice, VALUE_MAX};

/// Deeper values become NULL.
const DEPTH_MAX: usize = 256;

/// Walks the nodes.
#[derive(Debug)]
pub(crate) struct Xml {
    leaf: Leaf,
}

impl Xml {
    pub(crate) fn new(leaf: Leaf) -> Self {
        Self { leaf }
    }

    pub(crate) fn apply(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Ok(text) = std::str::from_utf8(cell) else {
            return Outcome::Null;
        };
        if cell.len() > VALUE_MAX {
            return Outcome::Null;
        }
        let splice = Splice::new(cell, out);
        let mut walk = Walk {
            leaf: &self.leaf,
            text,
            at: 0,
            open: Vec::new(),
            splice,
            scratch: Vec::new(),
        };
        if walk.nodes().is_none() {
            return Outcome::Null;
        }
        match (walk.splice.finish(), self.leaf.masks()) {
            (true, _) => Outcome::Value,
            (false, false) => Outcome::Unchanged,
            (false, true) => {
                out.extend_from_slice(cell);
                Outcome::Value
            }
        }
    }
}

struct Walk<'a, 'o> {
    leaf: &'a Leaf,
    text: &'a str,
    at: usize,
    /// Names of the elements that are open.
    open: Vec<&'a str>,
    splice: Splice<'a, 'o>,
    scratch: Vec<u8>,
}

impl<'a> Walk<'a, '_> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn nodes(&mut self) -> Option<()> {
        while self.at < self.text.len() {
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.aside("<!--", "-->")?;
            } else if rest.starts_with("<![CDATA[") {
                self.character_data()?;
            } else if rest.starts_with("<?xml ") && self.at == 0 {
                self.at += rest.find("?>")? + 2;
            } else if rest.starts_with("<?") {
                self.aside("<?", "?>")?;
            } else if rest.starts_with("</") {
                self.close()?;
            } else if rest.starts_with("<!") {
                return None;
            } else if rest.starts_with('<') {
                self.element()?;
            } else {
                let end = self.at + rest.find('<').unwrap_or(rest.len());
                self.replace_text(self.inside(), self.at, end)?;
                self.at = end;
            }
        }
        self.open.is_empty().then_some(())
    }

    /// A comment or a processing instruction.
    fn aside(&mut self, open: &str, close: &str) -> Option<()> {
        let start = self.at;
        let inner = &self.rest()[open.len()..];
        let inner = &inner[..inner.find(close)?];
        self.at += open.len() + inner.len() + close.len();
        self.scratch.clear();
        // What was found there cannot be written back for certain, so the whole goes.
        if self.leaf.masks() || self.leaf.text(self.inside(), inner, &mut self.scratch) {
            self.splice.replace(start, self.at);
        }
        Some(())
    }

    fn character_data(&mut self) -> Option<()> {
        let start = self.at;
        let inner = &self.rest()["<![CDATA[".len()..];
        let inner = &inner[..inner.find("]]>")?];
        self.at += "<![CDATA[".len() + inner.len() + "]]>".len();
        self.scratch.clear();
        if self.leaf.text(self.inside(), inner, &mut self.scratch) {
            escape(&self.scratch, self.splice.replace(start, self.at));
        }
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        self.at += 2;
        let (start, name) = self.name()?;
        self.space();
        self.eat('>')?;
        if self.open.pop()? != name {
            return None;
        }
        self.replace_name(start, name);
        Some(())
    }

    fn element(&mut self) -> Option<()> {
        self.at += 1;
        let (start, name) = self.name()?;
        self.replace_name(start, name);
        loop {
            let spaced = self.space();
            if self.rest().starts_with("/>") {
                self.at += 2;
                return Some(());
            }
            if self.eat('>').is_some() {
                self.open.push(name);
                return (self.open.len() <= DEPTH_MAX).then_some(());
            }
            if !spaced {
                return None;
            }
            let (start, attribute) = self.name()?;
            self.replace_name(start, attribute);
            self.space();
            self.eat('=')?;
            self.space();
            let quote = self
                .rest()
                .chars()
                .next()
                .filter(|c| matches!(c, '"' | '\''))?;
            self.at += 1;
            let end = self.at + self.rest().find(quote)?;
            if self.text[self.at..end].contains('<') {
                return None;
            }
            let parent = name;
            let key = attribute;
            self.replace_text(Name { key, parent }, self.at, end)?;
            self.at = end + 1;
        }
    }

    fn name(&mut self) -> Option<(usize, &'a str)> {
        let start = self.at;
        let part =
            |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.') || c >= '\u{300}';
        let rest = self.rest();
        let name = &rest[..rest.find(|c| !part(c)).unwrap_or(rest.len())];
        let first = name.chars().next()?;
        self.at += name.len();
        (!first.is_numeric() && !matches!(first, '-' | '.')).then_some((start, name))
    }

    /// A name that is replaced is made a name again by a letter in front.
    fn replace_name(&mut self, start: usize, name: &str) {
        self.scratch.clear();
        if !self.leaf.name(name, &mut self.scratch) {
            return;
        }
        let out = self.splice.replace(start, start + name.len());
        out.push(b'x');
        out.extend(self.scratch.iter().map(|byte| {
            if byte.is_ascii_alphanumeric() {
                *byte
            } else {
                b'_'
            }
        }));
    }

    /// What a text here is called: as the element that it stands in, inside the one around that.
    fn inside(&self) -> Name<'a> {
        let mut open = self.open.iter().rev();
        let key = open.next().copied().unwrap_or_default();
        let parent = open.next().copied().unwrap_or_default();
        Name { key, parent }
    }

    fn replace_text(&mut self, name: Name<'_>, start: usize, end: usize) -> Option<()> {
        let raw = unescape(&self.text[start..end])?;
        if raw.trim().is_empty() {
            return Some(());
        }
        self.scratch.clear();
        if self.leaf.text(name, &raw, &mut self.scratch) {
            escape(&self.scratch, self.splice.replace(start, end));
        }
        Some(())
    }

    fn space(&mut self) -> bool {
        let start = self.at;
        while matches!(
            self.text.as_bytes().get(self.at),
            Some(b' ' | b'\t' | b'\n' | b'\r')
        ) {
            self.at += 1;
        }
        self.at > start
    }

    fn eat(&mut self, wanted: char) -> Option<()> {
        self.rest()
            .starts_with(wanted)
            .then(|| self.at += wanted.len_utf8())
    }
}

fn unescape(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('&') {
        return Some(Cow::Borrowed(raw));
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        let (entity, after) = rest[at + 1..].split_once(';')?;
        text.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let code = entity.strip_prefix('#')?;
                let number = match code.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16),
                    None => code.parse(),
                };
                char::from_u32(number.ok()?)?
            }
        });
        rest = after;
    }
    text.push_str(rest);
    Some(Cow::Owned(text))
}

/// Writes a text that may stand between elements and in an attribute; XML has no other control
/// characters than white space.
fn escape(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&apos;"),
            b'\t' | b'\n' | b'\r' | b' '.. => out.push(*byte),
            _ => out.push(b' '),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    const XML: TypeSpec = TypeSpec::Xml { mask_keys: false };

    #[test]
    fn elements_stay_and_texts_change() {
        let raw = "<?xml version=\"1.0\"?><p id=\"Zelda\" n='1&amp;2'>\n <b>Zelda &lt;F&gt;</b>\
            <![CDATA[Zelda]]><!-- Zelda --><?note Zelda?><e/></p>";
        let masked = masked_text(&XML, raw).unwrap();
        assert!(!masked.contains("Zelda"), "{masked}");
        assert!(masked.starts_with("<?xml version=\"1.0\"?><p id=\""));
        assert!(masked.ends_with("<e/></p>") && masked.contains("\n <b>"));
        assert_eq!(
            masked_binary(&XML, raw.as_bytes()),
            Some(masked.into_bytes())
        );
    }

    #[test]
    fn equal_texts_are_equal_wherever_they_stand() {
        let masked = masked_text(&XML, "<a b=\"Zelda\">Zelda</a>").unwrap();
        let parts: Vec<&str> = masked.split(['"', '>', '<']).collect();
        assert_eq!(parts[2], parts[4], "{masked}");
    }

    #[test]
    fn names_that_come_from_data_are_replaced() {
        let keys = TypeSpec::Xml { mask_keys: true };
        let masked = masked_text(&keys, "<Zelda Ariadne='1'><e/></Zelda>").unwrap();
        assert!(
            !masked.contains("Zelda") && !masked.contains("Ariadne"),
            "{masked}"
        );
        assert!(masked_text(&XML, &masked).is_some(), "still well-formed");
    }

    #[test]
    fn what_is_not_well_formed_is_null() {
        for raw in [
            "<a>",
            "</a>",
            "<a></b>",
            "<a b></a>",
            "<a b=c></a>",
            "<a b='<'/>",
            "<1/>",
            "<a",
            "<",
            "&unknown;",
            "& ",
            "<!DOCTYPE a><a/>",
            "<!-- open",
            "<a b='1'c='2'/>",
            "&#xD800;",
        ] {
            assert_eq!(masked_text(&XML, raw), None, "{raw}");
        }
        assert_eq!(masked_text(&XML, &"<a>".repeat(300)), None);
    }

    #[test]
    fn a_scan_replaces_findings_only() {
        let raw = "<a b='x'>the SECRET<!-- c --><c/></a>";
        let expected = "<a b='x'>the &lt;found&gt;<!-- c --><c/></a>";
        assert_eq!(scanned_text(&XML, raw).as_deref(), Some(expected));
        assert_eq!(scanned_text(&XML, "<a>b</a>").as_deref(), Some("<a>b</a>"));
        assert_eq!(
            scanned_text(&XML, "<a><!--SECRET--></a>").as_deref(),
            Some("<a></a>")
        );
    }
}
