//! Tables: CSV with a header line, and those of Markdown and terminals.

use memchr::{memchr, memchr_iter};

use super::quotes;
use super::walker::Walker;
use super::Span;

/// Columns whose headers are kept.
const MAX_COLUMNS: usize = 1024;
/// Longest line of headers, and longest header.
const MAX_HEADER: usize = 1 << 14;
const MAX_NAME: usize = 64;
/// Lines after the header that must agree with it.
const SAMPLE: usize = 3;

/// What separates the fields, if the text is delimited text with a header.
pub(super) fn delimiter(text: &[u8]) -> Option<u8> {
    let end = memchr(b'\n', &text[..text.len().min(MAX_HEADER)])?;
    let header = text[..end].trim_ascii_end();
    // Keys and brackets are of other formats.
    if header.is_empty()
        || header
            .iter()
            .any(|byte| matches!(byte, b'=' | b'{' | b'<' | b'('))
    {
        return None;
    }
    let delimiter = *[b',', b'\t', b';', b'|']
        .iter()
        .find(|byte| header.contains(byte))?;
    let names = memchr_iter(delimiter, header).count() + 1;
    if header.starts_with(b"|") || !header.split(|&byte| byte == delimiter).all(is_name) {
        return None;
    }
    let mut lines = text[end + 1..].split(|&byte| byte == b'\n').take(SAMPLE);
    let agrees = |line: &[u8]| {
        let line = &line[..line.len().min(MAX_HEADER)];
        line.trim_ascii().is_empty()
            || line.contains(&b'"')
            || memchr_iter(delimiter, line).count() + 1 == names
    };
    lines.all(agrees).then_some(delimiter)
}

fn is_name(field: &[u8]) -> bool {
    let field = field.trim_ascii();
    let field = field.strip_prefix(b"\xef\xbb\xbf").unwrap_or(field);
    let field = field
        .strip_prefix(b"\"")
        .and_then(|field| field.strip_suffix(b"\""))
        .unwrap_or(field);
    let fits = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b' ' | b'_' | b'-' | b'.' | b'/' | b'#' | 0x80..)
    };
    let words = memchr_iter(b' ', field).count() + 1;
    field
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
        && field.len() <= MAX_NAME
        && words <= 4
        && field.iter().all(fits)
}

impl Walker<'_, '_> {
    /// Reads the whole text as delimited text.
    pub(super) fn delimited(&mut self, delimiter: u8) {
        let mut header = Vec::new();
        let mut column = 0;
        let mut line = 0;
        while self.at < self.text.len() {
            let (field, quoted) = self.field(delimiter);
            if line == 0 {
                if header.len() < MAX_COLUMNS {
                    header.push(field);
                }
            } else if let Some(&key) = header.get(column) {
                self.emit(key, Span::default(), field, quoted);
            }
            column += 1;
            if self.text.get(self.at) == Some(&b'\n') {
                column = 0;
                line += 1;
            }
            self.at += 1;
        }
    }

    /// The field at the current place, which moves to the delimiter behind it.
    fn field(&mut self, delimiter: u8) -> (Span, bool) {
        let start = self.at;
        let ends = |byte: &u8| *byte == delimiter || *byte == b'\n';
        let quoted = (self.text[start] == b'"')
            .then(|| quotes::string(self.text, start, true, false))
            .flatten();
        let from = quoted.map_or(start, |quoted| quoted.end);
        let rest = &self.text[from.min(self.text.len())..];
        self.at = from + rest.iter().position(ends).unwrap_or(rest.len());
        if let Some(quoted) = quoted {
            return (quoted.content, true);
        }
        let field = &self.text[start..self.at];
        let lead = match field {
            [0xef, 0xbb, 0xbf, ..] => 3,
            _ => field.len() - field.trim_ascii_start().len(),
        };
        let length = field.trim_ascii_end().len().max(lead);
        (Span::new(start + lead, start + length), false)
    }

    /// Whether the line at the current place is the rule under a line of headers.
    pub(super) fn table_follows(&self, header: Span) -> bool {
        if !matches!(
            self.text.get(self.at),
            Some(b'|' | b'-' | b'+' | b':' | b' ')
        ) || header.end - header.start > MAX_HEADER
        {
            return false;
        }
        let rest = &self.text[self.at..self.text.len().min(self.at + MAX_HEADER)];
        let rule = &rest[..memchr(b'\n', rest).unwrap_or(rest.len())];
        let dashes = memchr_iter(b'-', rule).count();
        dashes >= 2
            && rule
                .iter()
                .all(|byte| matches!(byte, b'|' | b'-' | b'+' | b':' | b' ' | b'\r'))
            && header.of(self.text).contains(&b'|')
    }

    /// Reads the lines of a table behind its rule.
    pub(super) fn table(&mut self, header: Span) {
        let names = self.cells(header);
        let mut first = true;
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            let length = memchr(b'\n', rest).unwrap_or(rest.len());
            let line = Span::new(self.at, self.at + length);
            if !first && !line.of(self.text).contains(&b'|') {
                break;
            }
            if !first {
                let cells = self.cells(line);
                for (index, &cell) in cells.iter().enumerate() {
                    if let Some(&key) = names.get(index) {
                        self.emit(key, Span::default(), cell, false);
                    }
                }
                // Forms have two columns: what it is, and what is filled in.
                if let ([key, value], 2) = (cells.as_slice(), names.len()) {
                    self.emit(*key, Span::default(), *value, false);
                }
            }
            first = false;
            self.at = (line.end + 1).min(self.text.len());
        }
        self.lines.begin(self.at);
    }

    /// The cells of a line, without the bars at its ends.
    fn cells(&self, line: Span) -> Vec<Span> {
        let bytes = line.of(self.text);
        let inner = bytes.trim_ascii();
        let inner = inner.strip_prefix(b"|").unwrap_or(inner);
        let inner = inner.strip_suffix(b"|").unwrap_or(inner);
        let lead = bytes.len() - bytes.trim_ascii_start().len()
            + usize::from(bytes.trim_ascii().starts_with(b"|"));
        let mut at = line.start + lead;
        let mut cells = Vec::new();
        for cell in inner.split(|&byte| byte == b'|').take(MAX_COLUMNS) {
            let left = cell.len() - cell.trim_ascii_start().len();
            let text = cell.trim_ascii();
            cells.push(Span::new(at + left, at + left + text.len()));
            at += cell.len() + 1;
        }
        cells
    }
}
