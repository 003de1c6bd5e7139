//! Elements and attributes of XML and HTML. References to entities are left as they are.

use memchr::memchr;

use super::brackets::{Frame, Kind};
use super::walker::Walker;
use super::Span;

/// Longest name of an element or attribute.
const MAX_NAME: usize = 128;
/// How far down the stack an end tag finds its start tag.
const MAX_UNCLOSED: usize = 16;
/// Columns of an HTML table whose headers are kept.
const MAX_HEADERS: usize = 256;

/// Elements of HTML that have no end tag (HTML Living Standard, 13.1.2).
const VOID: [&[u8]; 13] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
    b"source", b"track", b"wbr",
];
/// Attributes that name what the element, or its attribute `value`, holds.
const NAMING: [&[u8]; 5] = [b"name", b"key", b"field", b"property", b"itemprop"];
/// Attributes that hold what another one names.
const HOLDING: [&[u8]; 2] = [b"value", b"content"];

/// Text of an element that is being read.
#[derive(Clone, Copy, Debug)]
struct Run {
    key: Span,
    parent: Span,
    start: usize,
}

/// What the elements so far say about the next.
#[derive(Debug, Default)]
pub(super) struct Markup {
    run: Option<Run>,
    headers: Vec<Span>,
    column: usize,
    /// The text of the last header or term, which names the cell behind it.
    label: Span,
}

/// What a start tag says.
#[derive(Default)]
struct Tag {
    named: Span,
    held: Option<(Span, Span, bool)>,
    self_closing: bool,
}

impl Walker<'_, '_> {
    pub(super) fn tag(&mut self) {
        let at = self.at;
        let rest = &self.text[at + 1..];
        match rest.first() {
            Some(b'/') => self.end_tag(at),
            Some(b'!') if rest.starts_with(b"!--") => self.at += 4,
            Some(b'!') if rest.starts_with(b"![CDATA[") => {
                self.at += 9;
                if let Some(run) = &mut self.markup.run {
                    run.start = self.at;
                }
            }
            Some(b'!') if rest.starts_with(b"!ENTITY ") => self.entity(at + 9),
            Some(b'?') => {
                let name = self.name_at(at + 2);
                self.at = at + 2;
                if !name.is_empty() {
                    self.at = name.end;
                    self.attributes(name);
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() || matches!(byte, b'_' | 0x80..) => {
                self.start_tag(at);
            }
            _ => self.at += 1,
        }
    }

    /// `]]>` ends the text of an element.
    pub(super) fn end_cdata(&mut self, at: usize) -> bool {
        let ends = self.text[at..].starts_with(b"]]>");
        if ends {
            self.end_values(at);
            self.end_text(at);
            self.at = at + 3;
        }
        ends
    }

    /// Shows the text since the last tag.
    pub(super) fn end_text(&mut self, end: usize) {
        if let Some(run) = self.markup.run.take() {
            let start = run.start.min(end);
            let text = &self.text[start..end];
            let lead = text.len() - text.trim_ascii_start().len();
            let value = Span::new(start + lead, start + text.trim_ascii_end().len());
            self.show(run.key, run.parent, value, false);
        }
    }

    /// A name, which the prefix of a namespace does not belong to.
    fn name_at(&self, at: usize) -> Span {
        let reach = &self.text[at.min(self.text.len())..self.text.len().min(at + MAX_NAME)];
        let fits = |byte: &u8| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'-' | b'.' | b':' | b'@' | b'[' | b']' | 0x80..
                )
        };
        let length = reach.iter().take_while(|byte| fits(byte)).count();
        Span::new(at, at + length)
    }

    fn local(&self, name: Span) -> Span {
        let colon = name.of(self.text).iter().rposition(|&byte| byte == b':');
        Span::new(
            colon.map_or(name.start, |colon| name.start + colon + 1),
            name.end,
        )
    }

    fn start_tag(&mut self, at: usize) {
        let name = self.name_at(at + 1);
        if !matches!(
            self.text.get(name.end),
            None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')
        ) {
            self.at += 1;
            return;
        }
        self.end_values(at);
        self.end_text(at);
        let local = self.local(name);
        let parent = self.frames.last().map_or(self.base, |frame| frame.key);
        self.at = name.end;
        let tag = self.attributes(local);
        let lower = local.of(self.text).to_ascii_lowercase();
        let own = if tag.named.is_empty() {
            local
        } else {
            tag.named
        };
        let key = self.cell_key(&lower).or(own);
        let parent = if tag.named.is_empty() { parent } else { local };
        if tag.self_closing || VOID.contains(&lower.as_slice()) {
            self.run_on();
            return;
        }
        self.push(Frame {
            kind: Kind::Element,
            key,
            parent,
            element: None,
            index: 0,
            name: local,
        });
        self.markup.run = Some(Run {
            key,
            parent,
            start: self.at,
        });
        self.lines.begin(self.at);
    }

    /// Text after a tag belongs to the element around it.
    fn run_on(&mut self) {
        let start = self.at;
        self.markup.run = self
            .frames
            .last()
            .filter(|frame| frame.kind == Kind::Element)
            .map(|frame| Run {
                key: frame.key,
                parent: frame.parent,
                start,
            });
        self.lines.begin(start);
    }

    fn end_tag(&mut self, at: usize) {
        let name = self.name_at(at + 2);
        if name.is_empty()
            || !matches!(
                self.text.get(name.end),
                None | Some(b'>' | b' ' | b'\n' | b'\r')
            )
        {
            self.at += 2;
            return;
        }
        self.end_values(at);
        let local = self.local(name);
        let text = self.markup.run.map(|run| Span::new(run.start.min(at), at));
        self.end_text(at);
        let lower = local.of(self.text).to_ascii_lowercase();
        if let Some(text) = text {
            if lower == b"th" && self.markup.headers.len() < MAX_HEADERS {
                self.markup.headers.push(text);
            }
            if matches!(lower.as_slice(), b"th" | b"dt" | b"label")
                && text.end - text.start <= MAX_NAME
            {
                self.markup.label = text;
            }
        }
        self.at = name.end + usize::from(self.text.get(name.end) == Some(&b'>'));
        if self.too_deep > 0 {
            self.too_deep -= 1;
        } else {
            let opened = |frame: &Frame| {
                frame.kind == Kind::Element && frame.name.of(self.text) == local.of(self.text)
            };
            if let Some(depth) = self.frames.iter().rev().take(MAX_UNCLOSED).position(opened) {
                self.frames.truncate(self.frames.len() - depth - 1);
            }
        }
        self.run_on();
    }

    /// The header that names a cell of a table.
    fn cell_key(&mut self, element: &[u8]) -> Span {
        let markup = &mut self.markup;
        match element {
            b"table" => {
                markup.headers.clear();
                markup.label = Span::default();
            }
            b"tr" => {
                markup.column = 0;
                markup.label = Span::default();
            }
            b"td" => {
                let header = markup.headers.get(markup.column).copied();
                markup.column += 1;
                return markup.label.or(header.unwrap_or_default());
            }
            b"dd" => return markup.label,
            _ => {}
        }
        Span::default()
    }

    /// Reads attributes up to the end of the tag and shows them.
    fn attributes(&mut self, element: Span) -> Tag {
        let mut tag = Tag::default();
        while let Some(&byte) = self.text.get(self.at) {
            match byte {
                b'>' => {
                    self.at += 1;
                    break;
                }
                b'/' | b'?' => {
                    tag.self_closing = self.text.get(self.at + 1) == Some(&b'>');
                    self.at += 1;
                }
                b'<' => break,
                _ => self.attribute(element, &mut tag),
            }
        }
        if let Some((key, value, quoted)) = tag.held {
            self.emit(tag.named.or(key), element, value, quoted);
        }
        tag
    }

    fn attribute(&mut self, element: Span, tag: &mut Tag) {
        let name = self.name_at(self.at);
        if name.is_empty() {
            self.at += 1;
            return;
        }
        self.at = name.end;
        let rest = &self.text[self.at..];
        let blanks = rest
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        if rest.get(blanks) != Some(&b'=') {
            return;
        }
        let rest = &rest[blanks + 1..];
        let more = rest
            .iter()
            .take(8)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        let start = self.at + blanks + 1 + more;
        let quote = self
            .text
            .get(start)
            .copied()
            .filter(|byte| matches!(byte, b'"' | b'\''));
        let closing = quote.and_then(|quote| memchr(quote, &self.text[start + 1..]));
        let value = if let Some(length) = closing {
            self.at = start + length + 2;
            Span::new(start + 1, start + 1 + length)
        } else {
            let from = start + usize::from(quote.is_some());
            let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
            let bytes = &self.text[from.min(self.text.len())..];
            let end = from + bytes.iter().position(ends).unwrap_or(bytes.len());
            self.at = end;
            Span::new(from.min(end), end)
        };
        let local = self.local(name);
        let lower = local.of(self.text).to_ascii_lowercase();
        if NAMING.contains(&lower.as_slice()) && tag.named.is_empty() {
            tag.named = value;
        }
        if HOLDING.contains(&lower.as_slice()) && tag.held.is_none() {
            tag.held = Some((local, value, closing.is_some()));
        } else {
            self.emit(local, element, value, closing.is_some());
        }
    }

    /// `<!ENTITY name "value">`: a value like any other, which is used nowhere.
    fn entity(&mut self, at: usize) {
        let name = self.name_at(at);
        self.at = name.end;
        let Some(quote @ (b'"' | b'\'')) = self.text.get(name.end + 1).copied() else {
            return;
        };
        let start = name.end + 2;
        if let Some(length) = memchr(quote, &self.text[start..]) {
            self.at = start + length + 1;
            self.emit(
                name,
                Span::default(),
                Span::new(start, start + length),
                true,
            );
        }
    }
}
