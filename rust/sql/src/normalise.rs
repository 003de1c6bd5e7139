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
        } else {
            let text = &sql[token.start..token.end];
            if text.len() > room {
                out.push_str(CUT);
            } else {
                out.push_str(&String::from_utf8_lossy(text));
            }
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
