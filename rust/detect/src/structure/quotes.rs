//! Strings in quotes: where they end.

use memchr::{memchr, memchr3, memmem};

use super::Span;

/// What is between the quotes, and the first byte behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quoted {
    pub(super) content: Span,
    pub(super) end: usize,
}

/// The string whose opening quote is at `at`.
///
/// One that does not end on its line goes on only if `lines` is set. A double quote that nothing
/// closes holds to the end of the line, as in a document that was cut off, if `cut` is set.
pub(super) fn string(text: &[u8], at: usize, lines: bool, cut: bool) -> Option<Quoted> {
    let quote = text[at];
    let triple = [quote; 3];
    if quote != b'`' && text[at..].starts_with(&triple) {
        if let Some(length) = memmem::find(&text[at + 3..], &triple) {
            let content = Span::new(at + 3, at + 3 + length);
            return Some(Quoted {
                content,
                end: content.end + 3,
            });
        }
    }
    let start = at + 1;
    if let Some(end) = end_of(text, start, quote, lines) {
        return Some(Quoted {
            content: Span::new(start, end),
            end: end + 1,
        });
    }
    if quote != b'"' || !cut {
        return None;
    }
    let length = memchr(b'\n', &text[start..]);
    let end = length.map_or(text.len(), |length| start + length);
    Some(Quoted {
        content: Span::new(start, end),
        end,
    })
}

/// The place of the closing quote. A backslash and a doubled quote do not close.
fn end_of(text: &[u8], start: usize, quote: u8, lines: bool) -> Option<usize> {
    if text.get(start) == Some(&quote) && text.get(start + 1) != Some(&quote) {
        return Some(start);
    }
    let mut at = start;
    loop {
        // In a string over several lines, the line end is no more special than the quote is.
        let stop = if lines { quote } else { b'\n' };
        at += memchr3(quote, b'\\', stop, text.get(at..)?)?;
        match text[at] {
            b'\\' => at += 2,
            byte if byte == quote => {
                if text.get(at + 1) != Some(&quote) {
                    return Some(at);
                }
                at += 2;
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::string;

    fn content(text: &str, lines: bool, cut: bool) -> Option<&str> {
        string(text.as_bytes(), 0, lines, cut).map(|quoted| &text[quoted.content.range()])
    }

    #[test]
    fn strings_end_at_their_quote() {
        for (text, expected) in [
            (r#""a\"b" x"#, r#"a\"b"#),
            (r#""" x"#, ""),
            ("'it''s' x", "it''s"),
            ("''", ""),
            ("'''a'b''' x", "a'b"),
            ("`a`", "a"),
            (r#""a\\" x"#, r"a\\"),
        ] {
            assert_eq!(content(text, false, false), Some(expected), "{text}");
        }
    }

    #[test]
    fn strings_go_over_lines_only_where_they_may() {
        assert_eq!(content("'a\nb'", false, true), None);
        assert_eq!(content("'a\nb'", true, true), Some("a\nb"));
        assert_eq!(content("\"a\nb", false, true), Some("a"));
        assert_eq!(content("\"a\nb", false, false), None);
        assert_eq!(content("\"ab", false, true), Some("ab"));
        assert_eq!(content("\"ab\\", false, true), Some("ab\\"));
    }
}
