//! `INSERT INTO t (a, b) VALUES ('x', 'y'), (...)`: columns by their place.

use super::brackets::{Frame, Kind};
use super::keys;
use super::Span;

/// Columns whose names are kept.
const MAX_COLUMNS: usize = 1024;
/// Bytes before a parenthesis that say what it is.
const REACH: usize = 160;

/// The statement that is being read.
#[derive(Debug, Default)]
pub(super) struct Insert {
    pub(super) table: Span,
    columns: Vec<Span>,
    /// Where the last list of columns, and the last row, ended.
    columns_end: usize,
    row_end: usize,
}

impl Insert {
    pub(super) fn add(&mut self, name: Span) {
        if self.columns.len() < MAX_COLUMNS {
            self.columns.push(name);
        }
    }

    pub(super) fn column(&self, index: usize) -> Option<Span> {
        self.columns.get(index).copied()
    }

    /// Takes note of a parenthesis that closed.
    pub(super) fn closed(&mut self, frame: Option<Frame>, end: usize) {
        match frame.map(|frame| frame.kind) {
            Some(Kind::Columns) => self.columns_end = end,
            Some(Kind::Row) => self.row_end = end,
            _ => {}
        }
    }

    /// What the parenthesis at `at` holds, if it is of such a statement.
    pub(super) fn kind_at(&mut self, text: &[u8], from: usize, at: usize) -> Option<Kind> {
        let low = from.max(at.saturating_sub(REACH));
        let before = text[low..at].trim_ascii_end();
        let end = low + before.len();
        if self.row_end > low && text[self.row_end..end.max(self.row_end)].trim_ascii() == b"," {
            return Some(Kind::Row);
        }
        let quoted = usize::from(matches!(before.last(), Some(b'"' | b'`' | b']')));
        let word = keys::callee(text, low, end - quoted)?;
        if word.of(text).eq_ignore_ascii_case(b"values") {
            let gap = self.columns_end.max(low)..word.start.max(low);
            if self.columns_end == 0 || text.get(gap).is_none_or(|gap| !gap.trim_ascii().is_empty())
            {
                self.columns.clear();
            }
            return Some(Kind::Row);
        }
        self.columns_of(text, low, word)
    }

    fn columns_of(&mut self, text: &[u8], low: usize, word: Span) -> Option<Kind> {
        let name = text[low..word.start]
            .iter()
            .rev()
            .take_while(|byte| !byte.is_ascii_whitespace())
            .count();
        let before = text[low..word.start - name].trim_ascii_end();
        let verb = keys::callee(text, low, low + before.len())?;
        let verb = verb.of(text);
        if !verb.eq_ignore_ascii_case(b"into") && !verb.eq_ignore_ascii_case(b"copy") {
            return None;
        }
        self.table = word;
        self.columns.clear();
        Some(Kind::Columns)
    }
}
