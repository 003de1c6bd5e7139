//! Brackets: what opens a list or an object, whose key it has, and where its elements end.

use super::walker::Walker;
use super::{keys, Span};

/// Most brackets and elements within each other whose keys are remembered.
pub(super) const MAX_DEPTH: usize = 512;
/// How far down the stack a closing bracket finds its opening one.
const MAX_UNCLOSED: usize = 8;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Brace,
    Bracket,
    Paren,
    /// The names of columns in parentheses.
    Columns,
    /// The values of a row in parentheses.
    Row,
    Element,
}

/// An open bracket or element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) kind: Kind,
    /// The key of its elements, and the parent of the keys in it.
    pub(super) key: Span,
    /// The parent of the key.
    pub(super) parent: Span,
    /// Where the element that is being read begins, if it can be a bare one.
    pub(super) element: Option<usize>,
    /// Number of the element that is being read.
    pub(super) index: usize,
    /// The name of an XML element.
    pub(super) name: Span,
}

/// The key of the bracket that stands at `at`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pending {
    pub(super) key: Span,
    pub(super) parent: Span,
    pub(super) at: usize,
}

impl Walker<'_, '_> {
    /// The bracket that is open, if the innermost thing is one and not an element of XML.
    pub(super) fn bracket(&mut self) -> Option<&mut Frame> {
        self.frames
            .last_mut()
            .filter(|frame| frame.kind != Kind::Element)
    }

    pub(super) fn in_bracket(&self) -> bool {
        self.frames
            .last()
            .is_some_and(|frame| frame.kind != Kind::Element)
    }

    pub(super) fn push(&mut self, frame: Frame) {
        if self.frames.len() < MAX_DEPTH {
            self.frames.push(frame);
        } else {
            self.too_deep += 1;
        }
    }

    /// Ends the element of the innermost bracket at `end`, and begins the next behind it.
    pub(super) fn end_element(&mut self, end: usize) {
        let string = self.string.take();
        let Some(frame) = self.bracket() else { return };
        let (key, parent) = (frame.key, frame.parent);
        let (kind, index) = (frame.kind, frame.index);
        let bare = frame.element.replace(end + 1);
        frame.index += 1;
        let value = match (string, bare) {
            (Some(string), _) => string.content,
            (None, Some(start)) => Span::new(start.min(end), end),
            (None, None) => return,
        };
        let quoted = string.is_some();
        match kind {
            Kind::Columns => self.insert.add(self.trimmed(value)),
            Kind::Row => {
                if let Some(key) = self.insert.column(index) {
                    self.emit(key, self.insert.table, value, quoted);
                }
            }
            _ => self.emit(key, parent, value, quoted),
        }
    }

    pub(super) fn open(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        let pending = self.pending.take().filter(|pending| pending.at == at);
        let callee = keys::callee(self.text, self.from, at);
        let mut kind = match byte {
            b'{' => Kind::Brace,
            b'[' => Kind::Bracket,
            _ => Kind::Paren,
        };
        if byte == b'{' && at == self.lines.start && pending.is_none() {
            // A document that was cut off before this one leaves its brackets open.
            while self
                .frames
                .last()
                .is_some_and(|frame| frame.kind == Kind::Brace)
            {
                self.frames.pop();
            }
        }
        let enclosing = self.frames.last().copied();
        let named = callee.filter(|_| byte == b'(' || keys::field_follows(self.text, at + 1));
        if byte == b'(' {
            if let Some(sql) = self.insert.kind_at(self.text, self.from, at) {
                kind = sql;
            }
        }
        let value = |key: Span| self.text.get(at + 1).is_some() && !key.is_empty();
        let opens = pending.is_some()
            || named.is_some()
            || kind != Kind::Paren && callee.is_none() && self.inner.is_none()
            || matches!(kind, Kind::Columns | Kind::Row)
            || self.literal && self.in_bracket() && self.inner.is_none()
            || self.literal && self.frames.is_empty() && self.outer.is_none() && !value(self.base);
        if !opens {
            self.asides +=
                usize::from(byte == b'(' && (self.outer.is_some() || self.inner.is_some()));
            return;
        }
        if byte == b'[' && self.section() {
            return;
        }
        let drop =
            named.is_some_and(|name| self.inner.is_some_and(|open| open.start == name.start));
        if drop {
            self.inner = None;
        }
        self.end_inner(at, false);
        self.string = None;
        if let Some(frame) = self.bracket() {
            frame.element = None;
        }
        let around = enclosing.map_or(self.base, |frame| frame.key);
        let (key, parent) = match (pending, named) {
            (_, Some(name)) => (name, around),
            (Some(pending), None) => (pending.key, pending.parent),
            (None, None) => {
                enclosing.map_or((around, Span::default()), |frame| (frame.key, frame.parent))
            }
        };
        self.push(Frame {
            kind,
            key,
            parent,
            element: Some(at + 1),
            index: 0,
            name: Span::default(),
        });
    }

    pub(super) fn close(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        if byte == b']' && self.end_cdata(at) {
            return;
        }
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let fits = |kind: Kind| match byte {
            b'}' => kind == Kind::Brace,
            b']' => kind == Kind::Bracket,
            _ => matches!(kind, Kind::Paren | Kind::Columns | Kind::Row),
        };
        let unclosed = self.frames.iter().rev().take(MAX_UNCLOSED);
        let Some(depth) = unclosed.map(|frame| frame.kind).position(fits) else {
            if byte == b')' && self.asides == 0 {
                // The values stand in parentheses that opened before them.
                self.end_values(at);
            }
            self.asides = self.asides.saturating_sub(usize::from(byte == b')'));
            return;
        };
        self.end_inner(at, false);
        for _ in 0..=depth {
            self.end_element(at);
            self.insert.closed(self.frames.pop(), at + 1);
        }
        // What was closed was an element, but not a bare one.
        if let Some(frame) = self.bracket() {
            frame.element = None;
        }
    }
}
