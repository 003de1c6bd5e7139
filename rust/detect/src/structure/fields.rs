//! Separators between a key and its value, and where the value begins.

use super::brackets::Pending;
use super::keys::{self, Key};
use super::phrases;
use super::quotes;
use super::walker::{Open, Reach, Walker};
use super::Span;

/// Letters that can stand before the quote of a string: `rb"..."`, `N'...'`.
const MAX_PREFIX: usize = 2;

/// What separates a key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    /// A colon with something right behind it, which is less often one.
    TightColon,
}

impl Walker<'_, '_> {
    pub(super) fn colon(&mut self) {
        let at = self.at;
        let next = self.text.get(at + 1).copied();
        match next {
            Some(b':') => {
                // `a::b` names one thing, and in SQL a type.
                while self.text.get(self.at) == Some(&b':') {
                    self.at += 1;
                }
                return;
            }
            Some(b'=') => return self.separator(at, at + 2, Sign::Equals),
            Some(b'/') if self.text.get(at + 2) == Some(&b'/') => {
                self.at += 3;
                return;
            }
            _ => {}
        }
        if self.string_before(at) {
            return self.separator(at, at + 1, Sign::Colon);
        }
        let tight = next.is_some_and(|byte| {
            !byte.is_ascii_whitespace()
                && !matches!(byte, b'"' | b'\'' | b'{' | b'[' | b'*' | b'_' | b'`')
        });
        let in_object = self.in_bracket() && self.inner.is_none();
        if tight && !in_object && next == Some(b'\\') {
            self.at += 1;
            return;
        }
        let sign = if tight { Sign::TightColon } else { Sign::Colon };
        self.separator(at, at + 1, sign);
    }

    pub(super) fn equals(&mut self) {
        let at = self.at;
        let mut end = at + 1;
        while matches!(self.text.get(end), Some(b'=' | b'>' | b'~')) && end < at + 3 {
            end += 1;
        }
        let before = at.checked_sub(1).filter(|&index| index >= self.from);
        let comparison = before.is_some_and(|index| matches!(self.text[index], b'<' | b'>'));
        if comparison
            || end - at > 1
                && matches!(self.text.get(end), None | Some(b'\n' | b'=' | b'"'))
                && self.inner.is_some()
        {
            // Padding of base64, or a line of equals signs.
            self.at = end;
            return;
        }
        let sign = before.filter(|&index| matches!(self.text[index], b'!' | b'+'));
        self.separator(sign.unwrap_or(at), end, Sign::Equals);
    }

    /// Whether a string stands right before, which then is the key.
    fn string_before(&self, at: usize) -> bool {
        self.string.is_some_and(|string| {
            self.text[string.end..at]
                .iter()
                .all(u8::is_ascii_whitespace)
        })
    }

    fn key_before(&mut self, at: usize, sign: Sign) -> Option<Key> {
        if self.string_before(at) {
            return self.string.take().map(|string| Key {
                name: string.content,
                parent: Span::default(),
                start: string.content.start - 1,
            });
        }
        let opened = self.inner.or(self.outer).map(|open| open.start);
        let floor = self.lines.start.max(self.from);
        let within = opened.is_some_and(|start| start >= floor);
        let floor = opened.unwrap_or(floor).max(floor).min(at);
        if sign == Sign::Colon {
            phrases::phrase_before(self.text, floor, at, within)
        } else {
            keys::name_before(self.text, floor, at)
        }
    }

    /// A separator at `at`, whose value comes behind `after`.
    fn separator(&mut self, at: usize, after: usize, sign: Sign) {
        self.at = after;
        let Some(key) = self.key_before(at, sign) else {
            return;
        };
        let colon = sign != Sign::Equals;
        let blank = |at: usize| self.text.get(at).is_none_or(u8::is_ascii_whitespace);
        let spaced = blank(after) || at > 0 && blank(at - 1);
        self.end_inner(key.start, true);
        let in_bracket = self.in_bracket();
        if in_bracket {
            self.string = None;
            if let Some(frame) = self.bracket() {
                frame.element = None;
            }
        } else if spaced {
            self.end_outer(key.start, true);
        }
        let first = !in_bracket && !self.lines.has_pairs;
        let parent = self.parent_of(&key);
        let name = key.name;
        let start = self.value_start(after, colon, in_bracket);
        self.at = start;
        let leads = first
            && self.text[self.lines.start.min(key.start)..key.start]
                .trim_ascii()
                .is_empty();
        let reach = match (in_bracket || leads, spaced) {
            (true, _) => Reach::Line,
            (false, true) if colon => Reach::Line,
            (false, true) => Reach::Operand,
            (false, false) if colon => Reach::Token,
            (false, false) => Reach::Word,
        };
        let open = Open {
            key: name,
            parent,
            start,
            reach,
        };
        match self.text.get(start) {
            None | Some(b'\n') => self.lines.open_block(name, parent, !in_bracket && colon),
            Some(b'{' | b'[') => self.expect_bracket(name, parent, start),
            Some(b'(')
                if matches!(
                    self.text.get(start + 1),
                    Some(b'"' | b'\'' | b'(' | b'[' | b'{')
                ) =>
            {
                self.expect_bracket(name, parent, start);
            }
            Some(b'|' | b'>') if colon && self.ends_line(start) => {
                self.lines.open_block(name, parent, !in_bracket);
            }
            _ if self.quoted_value(name, parent, start) => {}
            _ if in_bracket || !spaced => self.inner = Some(open),
            _ => self.outer = Some(open),
        }
    }

    /// `password "secret"`: a string right behind a name at `at`, which is a quote.
    pub(super) fn named_string(&mut self, at: usize) -> bool {
        let blank = at > self.from && matches!(self.text[at - 1], b' ' | b'\t');
        if self.in_bracket() || !blank || self.inner.is_some_and(|open| open.reach == Reach::Line) {
            return false;
        }
        let floor = self.lines.start.max(self.from).min(at);
        let (Some(key), Some(quoted)) = (
            keys::name_before(self.text, floor, at).filter(|key| key.name.end < at),
            quotes::string(self.text, at, false, false),
        ) else {
            return false;
        };
        self.end_inner(key.start, false);
        let parent = self.frames.last().map_or(self.base, |frame| frame.key);
        self.at = quoted.end;
        self.emit(key.name, key.parent.or(parent), quoted.content, true);
        true
    }

    fn expect_bracket(&mut self, key: Span, parent: Span, at: usize) {
        self.pending = Some(Pending { key, parent, at });
    }

    /// Whether only the marks of a YAML block follow.
    fn ends_line(&self, at: usize) -> bool {
        let rest = &self.text[at + 1..];
        let marks = rest
            .iter()
            .take(3)
            .take_while(|byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'))
            .count();
        matches!(rest.get(marks), None | Some(b'\n' | b'\r'))
    }

    /// The first byte of the value; in brackets that can be on a later line.
    fn value_start(&mut self, after: usize, colon: bool, in_bracket: bool) -> usize {
        let mut at = after;
        while let Some(&byte) = self.text.get(at) {
            match byte {
                b' ' | b'\t' | b'\r' => {}
                b'\n' if in_bracket => {
                    self.end_outer(at, false);
                    self.lines.begin(at + 1);
                }
                b'*' if colon && at < after + 3 => {}
                _ => break,
            }
            at += 1;
        }
        at
    }

    fn quoted_value(&mut self, key: Span, parent: Span, start: usize) -> bool {
        let reach = &self.text[start..];
        let letters = reach
            .iter()
            .take(MAX_PREFIX)
            .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'@')
            .count();
        let at = start + letters;
        if !matches!(self.text.get(at), Some(b'"' | b'\'' | b'`')) {
            return false;
        }
        let lines = self.lines_in_strings();
        let Some(quoted) = quotes::string(self.text, at, lines, self.in_bracket()) else {
            return false;
        };
        self.at = quoted.end;
        self.emit(key, parent, quoted.content, true);
        true
    }
}
