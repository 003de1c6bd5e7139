//! The text of a statement without its literals.

use crate::lexer::{Kind, Lexer};

/// Stands at the end of a text that was cut.
const CUT: &str = " ...";

/// Returns `sql` with each literal replaced by `?`, without comments and with single spaces, at most
/// `max_bytes` long.
///
/// What the scanner does not understand is replaced too, so that no part of a value can remain.
#[must_use]
pub fn normalise(sql: &[u8], max_bytes: usize) -> String {
    let mut out = String::with_capacity(sql.len().min(max_bytes));
    let mut previous_end = 0;
    let room = max_bytes.saturating_sub(CUT.len());
    for token in Lexer::new(sql) {
        let before = out.len();
        if token.start > previous_end && !out.is_empty() {
            out.push(' ');
        }
        previous_end = token.end;
        if token.kind.is_literal() || token.kind == Kind::Broken {
            out.push('?');
        } else if token.end - token.start <= room {
            out.push_str(&String::from_utf8_lossy(&sql[token.start..token.end]));
        } else {
            // Only makes the text too long, whatever of it would have fitted.
            out.push_str(CUT);
            out.extend(std::iter::repeat_n(' ', room));
        }
        if out.len() > room {
            out.truncate(before);
            out.push_str(CUT);
            out.truncate(max_bytes);
            break;
        }
    }
    out
}

#[cfg(test)]
#[path = "normalise_tests.rs"]
mod tests;
