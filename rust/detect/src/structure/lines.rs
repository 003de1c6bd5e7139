//! Lines: sections of INI and TOML, indentation of YAML, and values on the line after their key.

use super::keys::Key;
use super::walker::Walker;
use super::Span;

/// Keys that are open by indentation.
const MAX_INDENTS: usize = 64;
/// Longest header of a section.
const MAX_SECTION: usize = 128;

/// A key whose value are the lines that follow.
#[derive(Clone, Copy, Debug)]
struct Block {
    key: Span,
    parent: Span,
    indent: usize,
    /// No line followed yet.
    fresh: bool,
}

/// What the lines so far say about the next.
#[derive(Debug)]
pub(super) struct Lines {
    /// First byte of the line.
    pub(super) start: usize,
    /// Whether the line has a key.
    pub(super) has_pairs: bool,
    parent: Span,
    section: Span,
    indents: Vec<(usize, Span)>,
    column: usize,
    block: Option<Block>,
}

impl Lines {
    pub(super) fn at(start: usize) -> Self {
        Self {
            start,
            has_pairs: false,
            parent: Span::default(),
            section: Span::default(),
            indents: Vec::new(),
            column: 0,
            block: None,
        }
    }

    pub(super) fn begin(&mut self, start: usize) {
        self.start = start;
        self.has_pairs = false;
    }

    /// Remembers a key without a value on its line, whose value follows if `is_block` is set.
    pub(super) fn open_block(&mut self, key: Span, parent: Span, is_block: bool) {
        if !is_block {
            return;
        }
        if self.indents.len() < MAX_INDENTS {
            self.indents.push((self.column, key));
        }
        self.block = Some(Block {
            key,
            parent,
            indent: self.column,
            fresh: true,
        });
    }
}

impl Walker<'_, '_> {
    /// What the key stands under.
    pub(super) fn parent_of(&mut self, key: &Key) -> Span {
        let base = self.base;
        if let Some(frame) = self.frames.last() {
            self.lines.has_pairs = true;
            return key.parent.or(frame.key).or(base);
        }
        let lines = &mut self.lines;
        if !lines.has_pairs {
            lines.has_pairs = true;
            lines.block = None;
            lines.column = key.name.start.saturating_sub(lines.start);
            while lines
                .indents
                .last()
                .is_some_and(|&(column, _)| column >= lines.column)
            {
                lines.indents.pop();
            }
            let above = lines
                .indents
                .last()
                .map_or(Span::default(), |&(_, key)| key);
            lines.parent = above.or(lines.section).or(base);
        }
        key.parent.or(lines.parent)
    }

    /// `[section]` alone on its line; the bracket is at the byte before.
    pub(super) fn section(&mut self) -> bool {
        let open = self.at - 1;
        if !self.frames.is_empty() || open != self.lines.start || self.outer.is_some() {
            return false;
        }
        let reach = &self.text[open..self.text.len().min(open + MAX_SECTION)];
        let line = reach
            .split(|&byte| byte == b'\n')
            .next()
            .unwrap_or_default();
        let name: &[u8] = line.trim_ascii_end();
        let brackets = name.iter().take_while(|&&byte| byte == b'[').count();
        let Some(name) = name[brackets..].strip_suffix(&b"]]"[..brackets.min(2)]) else {
            return false;
        };
        let fits = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ' | 0x80..)
        };
        if line.len() == reach.len()
            || !name.iter().all(fits)
            || !name.first().is_some_and(u8::is_ascii_alphabetic)
        {
            return false;
        }
        let start = open + brackets;
        let dot = name
            .iter()
            .rposition(|&byte| byte == b'.')
            .map_or(0, |dot| dot + 1);
        self.lines.section = Span::new(start + dot, start + name.len());
        self.lines.indents.clear();
        self.lines.block = None;
        self.at = open + line.len();
        true
    }

    /// A line without a key is a value if a key waits for one.
    pub(super) fn end_line(&mut self) {
        let (Some(mut block), false) = (self.lines.block, self.lines.has_pairs) else {
            return;
        };
        let line = Span::new(self.lines.start, self.at.max(self.lines.start));
        let bytes = line.of(self.text);
        let indent = bytes
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let content = bytes.trim_ascii();
        if content.is_empty() {
            return;
        }
        let item = content.starts_with(b"- ");
        if !(indent > block.indent || block.fresh || item && indent == block.indent) {
            self.lines.block = None;
            return;
        }
        block.fresh = false;
        self.lines.block = Some(block);
        let mut value = Span::new(line.start + indent, line.end);
        if item {
            value.start += 2;
        }
        let quoted = matches!(
            value.of(self.text).trim_ascii(),
            [b'"', .., b'"'] | [b'\'', .., b'\'']
        );
        if quoted {
            let length = value.of(self.text).trim_ascii().len();
            let lead = value.of(self.text).len() - value.of(self.text).trim_ascii_start().len();
            value = Span::new(value.start + lead + 1, value.start + lead + length - 1);
        }
        self.emit(block.key, block.parent, value, quoted);
    }

    /// `key | value` as terminals show a row in lines; whether it is one.
    pub(super) fn at_bar(&mut self, at: usize) -> bool {
        let line = Span::new(self.lines.start, at);
        let name = line.of(self.text).trim_ascii_end();
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | 0x80..);
        let spaced = name.len() < line.end - line.start && self.text.get(at + 1) == Some(&b' ');
        if self.lines.has_pairs
            || !spaced
            || name.is_empty()
            || name.len() > 64
            || !name.iter().all(fits)
        {
            return false;
        }
        let key = Key {
            name: Span::new(line.start, line.start + name.len()),
            parent: Span::default(),
            start: line.start,
        };
        let parent = self.parent_of(&key);
        self.outer = Some(super::walker::Open {
            key: key.name,
            parent,
            start: at + 1,
            reach: super::walker::Reach::Line,
        });
        true
    }
}
