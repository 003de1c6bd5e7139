//! Where encoded text could be: long runs of the letters that base64 and hexadecimal digits use.

use std::ops::Range;

use crate::bytes::{is_base64, is_base64url};

/// Fewest characters of encoded text that is looked at.
pub(crate) const MIN_RUN: usize = 12;
/// Fewest characters of a line that is continued by the next, as in MIME (RFC 2045, 6.8) and PEM.
const MIN_LINE: usize = 40;

const ALPHABET: [bool; 256] = alphabet();

const fn alphabet() -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = is_base64(byte) || is_base64url(byte);
        byte += 1;
    }
    table
}

/// Whether the byte is of the standard or the URL-safe alphabet.
pub(super) fn in_alphabet(byte: u8) -> bool {
    ALPHABET[usize::from(byte)]
}

/// Calls `visit` with each maximal run of at least [`MIN_RUN`] characters; lines of equal length
/// that follow each other are one run.
///
/// The search looks at the end of where the next run must reach first, and so at a fraction of the
/// bytes of ordinary text.
pub(super) fn each(text: &[u8], mut visit: impl FnMut(Range<usize>)) {
    let mut start = 0;
    while start + MIN_RUN <= text.len() {
        let reach = &text[start..start + MIN_RUN];
        if let Some(outside) = reach.iter().rposition(|&byte| !in_alphabet(byte)) {
            start += outside + 1;
            continue;
        }
        let end = lines_end(text, start);
        visit(start..end);
        start = end + 1;
    }
}

/// The end of the run, with the lines that continue it.
fn lines_end(text: &[u8], start: usize) -> usize {
    let mut end = run_end(text, start + MIN_RUN);
    let line = end - start;
    if line < MIN_LINE || !line.is_multiple_of(4) {
        return end;
    }
    loop {
        let next = match text[end..] {
            [b'\r', b'\n', ..] => end + 2,
            [b'\n', ..] => end + 1,
            _ => return end,
        };
        let next_end = run_end(text, next);
        if next_end == next || next_end - next > line {
            return end;
        }
        end = next_end;
        if end - next < line {
            return end;
        }
    }
}

fn run_end(text: &[u8], from: usize) -> usize {
    let length = text[from..].iter().position(|&byte| !in_alphabet(byte));
    length.map_or(text.len(), |length| from + length)
}

#[cfg(test)]
mod tests {
    use super::each;

    fn runs(text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        each(text.as_bytes(), |run| found.push(&text[run]));
        found
    }

    #[test]
    fn long_runs_are_found_whole() {
        assert_eq!(
            runs("an abcdefghijkl and-abcd_fgh/j+l."),
            ["abcdefghijkl", "and-abcd_fgh/j+l"]
        );
        assert_eq!(runs("abcdefghijk abcdefghijk"), [""; 0]);
        assert_eq!(runs(&"a".repeat(1000)).len(), 1);
    }

    #[test]
    fn lines_of_one_length_are_one_run() {
        let line = "QUJD".repeat(16);
        let text = format!("{line}\r\n{line}\r\nQUJD\r\nno");
        assert_eq!(runs(&text), [text.trim_end_matches("\r\nno")]);
        let longer = format!("{line}\n{line}x");
        assert_eq!(runs(&longer).len(), 2);
    }
}
