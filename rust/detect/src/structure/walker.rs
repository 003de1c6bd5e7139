//! The pass over the text: brackets, strings and what closes a value.

use super::brackets::{Frame, Kind, Pending};
use super::lines::Lines;
use super::markup::Markup;
use super::sql::Insert;
use super::{keys, quotes, table, Pair, Span};

/// How deep strings are walked within strings.
const MAX_LEVEL: usize = 2;
/// Blanks before a quote that are looked over for what stands before them.
const MAX_BLANKS: usize = 32;

/// Bytes that mean something; the others are passed over.
const SPECIAL: [bool; 256] = special();

const fn special() -> [bool; 256] {
    let mut table = [false; 256];
    let bytes = b"\n:=\"'`{[(}]),;|&<\\";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// A bare value whose end is not known yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open {
    pub(super) key: Span,
    pub(super) parent: Span,
    pub(super) start: usize,
    pub(super) reach: Reach,
}

/// How far a bare value goes before that which ended it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// All of it, as in a form or a file of settings.
    Line,
    /// To the first blank, or the first comma if the next key follows: `a=b c=d`.
    Word,
    /// To the first blank however it ends: `a:b`.
    Token,
    /// As for a word, in a program or statement: `a = b AND c = d`.
    Operand,
}

pub(super) struct Walker<'t, 'v> {
    pub(super) text: &'t [u8],
    pub(super) from: usize,
    pub(super) at: usize,
    level: usize,
    /// The key that the text as a whole stands under.
    pub(super) base: Span,
    pub(super) frames: Vec<Frame>,
    /// Brackets and elements beyond the greatest depth.
    pub(super) too_deep: usize,
    pub(super) lines: Lines,
    /// The value that goes to the end of the line, and one within it that ends earlier.
    pub(super) outer: Option<Open>,
    pub(super) inner: Option<Open>,
    pub(super) pending: Option<Pending>,
    /// A string that is a key if a separator follows, and an element if not.
    pub(super) string: Option<quotes::Quoted>,
    pub(super) insert: Insert,
    pub(super) markup: Markup,
    /// Whether the text is a list as a whole, whose elements count without a key.
    pub(super) literal: bool,
    /// Parentheses of prose that are open on this line.
    pub(super) asides: usize,
    visit: &'v mut dyn FnMut(&Pair),
}

impl<'t, 'v> Walker<'t, 'v> {
    pub(super) fn new(text: &'t [u8], visit: &'v mut dyn FnMut(&Pair)) -> Self {
        Self::within(text, 0, 0, Span::default(), visit)
    }

    fn within(
        text: &'t [u8],
        from: usize,
        level: usize,
        base: Span,
        visit: &'v mut dyn FnMut(&Pair),
    ) -> Self {
        let first = text[from..].iter().find(|byte| !byte.is_ascii_whitespace());
        Self {
            text,
            from,
            at: from,
            level,
            base,
            frames: Vec::new(),
            too_deep: 0,
            lines: Lines::at(from),
            outer: None,
            inner: None,
            pending: None,
            string: None,
            insert: Insert::default(),
            markup: Markup::default(),
            literal: matches!(first, Some(b'{' | b'[' | b'(')),
            asides: 0,
            visit,
        }
    }

    pub(super) fn run(&mut self) {
        if self.level == 0 {
            if let Some(delimiter) = table::delimiter(self.text) {
                return self.delimited(delimiter);
            }
        }
        while let Some(length) = self.text[self.at..]
            .iter()
            .position(|&byte| SPECIAL[usize::from(byte)])
        {
            self.at += length;
            match self.text[self.at] {
                b'\n' => self.newline(),
                b':' => self.colon(),
                b'=' => self.equals(),
                b'"' | b'\'' | b'`' => self.quote(),
                byte @ (b'{' | b'[' | b'(') => self.open(byte),
                byte @ (b'}' | b']' | b')') => self.close(byte),
                b'<' => self.tag(),
                b'\\' => self.at += 2,
                byte => self.delimiter(byte),
            }
            if self.at >= self.text.len() {
                break;
            }
        }
        self.at = self.text.len();
        self.end_values(self.at);
        self.end_line();
        while !self.frames.is_empty() {
            self.end_element(self.at);
            self.frames.pop();
        }
        self.end_text(self.at);
    }

    /// Shows a value, and what a string has inside.
    pub(super) fn emit(&mut self, key: Span, parent: Span, value: Span, quoted: bool) {
        let value = if quoted { value } else { self.trimmed(value) };
        self.show(key, parent, value, quoted);
    }

    /// As [`Self::emit`], for a value whose ends are certain.
    pub(super) fn show(&mut self, key: Span, parent: Span, value: Span, quoted: bool) {
        if value.is_empty() {
            return;
        }
        if !key.is_empty() || self.literal {
            (self.visit)(&Pair {
                key: key.range(),
                parent: parent.range(),
                value: value.range(),
                quoted,
            });
        }
        if quoted && self.level < MAX_LEVEL && has_structure(value.of(self.text)) {
            let text = &self.text[..value.end];
            Walker::within(text, value.start, self.level + 1, key, &mut *self.visit).run();
        }
    }

    pub(super) fn trimmed(&self, value: Span) -> Span {
        let mut span = value;
        let front = |byte: &u8| byte.is_ascii_whitespace();
        let back =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b';' | b'|' | b'&');
        let bytes = value.of(self.text);
        span.start += bytes.iter().take_while(|byte| front(byte)).count();
        let bytes = span.of(self.text);
        span.end -= bytes.iter().rev().take_while(|byte| back(byte)).count();
        // What is left of a tag or a mark that held the value.
        if let Some(b'"' | b'\'' | b'`') = span.of(self.text).last() {
            let quote = self.text[span.end - 1];
            if !span.of(self.text)[..span.of(self.text).len() - 1].contains(&quote) {
                span.end -= 1;
            }
        }
        span
    }

    /// Ends the value that ends within its line; a key ended it if `by_key` is set.
    pub(super) fn end_inner(&mut self, end: usize, by_key: bool) {
        if let Some(open) = self.inner.take() {
            self.end_open(open, end, by_key);
        }
    }

    pub(super) fn end_outer(&mut self, end: usize, by_key: bool) {
        if let Some(open) = self.outer.take() {
            self.end_open(open, end, by_key);
        }
    }

    fn end_open(&mut self, open: Open, end: usize, by_key: bool) {
        let mut value = Span::new(open.start, end.max(open.start));
        let first = |stops: fn(&u8) -> bool| value.of(self.text).iter().position(stops);
        let length = match open.reach {
            Reach::Line => None,
            Reach::Word if !by_key => first(u8::is_ascii_whitespace),
            Reach::Word => first(|byte| *byte == b','),
            Reach::Operand if by_key => {
                first(|byte| *byte == b',').or_else(|| first(u8::is_ascii_whitespace))
            }
            Reach::Operand | Reach::Token => first(u8::is_ascii_whitespace),
        };
        if let Some(length) = length {
            value.end = value.start + length;
        }
        self.emit(open.key, open.parent, value, false);
    }

    pub(super) fn end_values(&mut self, end: usize) {
        self.end_inner(end, false);
        self.end_outer(end, false);
    }

    fn newline(&mut self) {
        let at = self.at;
        self.end_values(at);
        self.asides = 0;
        if let Some(frame) = self.bracket() {
            if frame.element.is_some_and(|start| start < at) && self.string.is_none() {
                self.end_element(at);
            }
        } else {
            self.string = None;
            self.end_line();
            let header = Span::new(self.lines.start, at);
            self.at = at + 1;
            if self.table_follows(header) {
                self.table(header);
                return;
            }
        }
        self.at = at + 1;
        self.lines.begin(self.at);
    }

    fn delimiter(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        if self.in_bracket() {
            if matches!(byte, b',' | b';') {
                self.end_inner(at, false);
                self.end_element(at);
            } else if byte == b'&'
                && self
                    .inner
                    .is_some_and(|open| matches!(open.reach, Reach::Word | Reach::Token))
            {
                self.end_inner(at, false);
            }
            return;
        }
        self.string = None;
        match byte {
            b',' => {}
            b'&' => self.end_inner(at, true),
            b'|' if self.at_bar(at) => {}
            _ => self.end_values(at),
        }
    }

    /// A quote: a string, if it stands where a key or an element can.
    fn quote(&mut self) {
        let at = self.at;
        self.at += 1;
        let low = self.from.max(at.saturating_sub(MAX_BLANKS));
        let before = self.text[low..at]
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t'));
        let begins = before.map_or(low == self.from, |index| {
            matches!(
                self.text[low + index],
                b'{' | b'[' | b'(' | b',' | b':' | b'=' | b'>' | b'\n'
            )
        });
        // In `N'x'` the letter belongs to the string.
        let literal = keys::callee(self.text, self.from, at)
            .is_some_and(|word| word.end - word.start == 1)
            && self.in_bracket();
        if !begins && !literal {
            self.named_string(at);
            return;
        }
        if self.inner.is_some() {
            return;
        }
        let lines = self.lines_in_strings();
        let in_bracket = self.in_bracket();
        if let Some(quoted) = quotes::string(self.text, at, lines, in_bracket) {
            self.string = Some(quoted);
            self.at = quoted.end;
            if let Some(frame) = self.bracket() {
                frame.element = None;
            }
        }
    }

    pub(super) fn lines_in_strings(&self) -> bool {
        let kind = self.frames.last().map(|frame| frame.kind);
        matches!(kind, Some(Kind::Paren | Kind::Row | Kind::Columns))
    }
}

/// Whether a string is worth a walk of its own.
fn has_structure(value: &[u8]) -> bool {
    value.len() > 2
        && (matches!(value[0], b'{' | b'[' | b'(')
            || value.iter().any(|byte| matches!(byte, b':' | b'=' | b'<')))
}
