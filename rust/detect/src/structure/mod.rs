//! What a text holds by its structure: values with the keys that they stand under.
//!
//! One pass reads JSON, XML, HTML, CSV, Markdown tables, YAML, TOML, INI, properties, HTTP headers,
//! query strings, logfmt, SQL, code and forms in prose, also when one is inside another, broken or
//! cut off. It is lenient by design: it does not decide what the format is, but follows separators,
//! quotes, brackets and tags, each of which says what is a key and how far its value goes. Entities
//! are never expanded.
//!
//! Every byte is looked at a bounded number of times: keys are searched back over a bounded reach,
//! values do not overlap but for one that goes to the end of its line, and what is in quotes is
//! walked again to a bounded depth.

mod brackets;
#[cfg(test)]
mod costly;
mod fields;
mod keys;
mod lines;
mod markup;
#[cfg(test)]
mod oracle_tests;
mod phrases;
mod quotes;
mod sql;
mod table;
#[cfg(test)]
mod tests;
mod walker;

use std::ops::Range;

use memchr::{memchr3, memchr_iter};

use crate::bytes::is_word;
use crate::survey::Survey;
use walker::Walker;

/// A value and where its key is written; spans are half-open, of bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The key as written, without quotes; empty for elements of a list that has no name.
    pub key: Range<usize>,
    /// The key that the key itself stands under, as a table has columns; can be empty.
    pub parent: Range<usize>,
    /// The value without its quotes; escapes are as written.
    pub value: Range<usize>,
    /// Whether the value stands in quotes.
    pub quoted: bool,
}

/// A half-open span that is as easy to pass on as a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
}

impl Span {
    const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    const fn is_empty(self) -> bool {
        self.start >= self.end
    }

    const fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// This span, or the other one if it is empty.
    const fn or(self, other: Self) -> Self {
        if self.is_empty() {
            other
        } else {
            self
        }
    }

    fn of(self, text: &[u8]) -> &[u8] {
        &text[self.start..self.end]
    }
}

/// Shows `visit` each value of the text that has a key, and the elements of a text that is a list.
pub fn walk(text: &[u8], visit: &mut dyn FnMut(&Pair)) {
    Walker::new(text, visit).run();
}

/// As [`walk`], for texts of which most are ordinary cells; those are left after a glance.
pub fn walk_structured(text: &[u8], visit: &mut dyn FnMut(&Pair)) {
    if structured(text, &Survey::of(text)) {
        walk(text, visit);
    }
}

/// Whether the text can have any structure; costs next to nothing for ordinary cells.
pub(crate) fn structured(text: &[u8], survey: &Survey) -> bool {
    if survey.len < 3 || survey.digits == survey.len {
        return false;
    }
    if survey.equals > 0 || memchr3(b'<', b'(', b'\n', text).is_some() {
        return true;
    }
    matches!(text[0], b'{' | b'[' | b'|')
        || survey.colons > 0 && memchr_iter(b':', text).any(|at| separates(text, at))
}

/// Whether the colon is none of a time, an address or a URL.
fn separates(text: &[u8], at: usize) -> bool {
    let word = |index: Option<&u8>| index.is_some_and(|&byte| is_word(byte));
    let next = text.get(at + 1);
    if next == Some(&b'/') {
        return false;
    }
    let before = at.checked_sub(1).and_then(|index| text.get(index));
    !(before.is_some_and(u8::is_ascii_hexdigit) && word(next))
        || text[..at]
            .iter()
            .rev()
            .take_while(|&&byte| is_word(byte))
            .any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
}
