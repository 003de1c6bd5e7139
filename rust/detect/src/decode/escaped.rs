//! Views of texts with escapes between ordinary characters.

use memchr::{memchr, memchr3, memchr_iter};

use super::escape::{self, Decoded, Modes};
use crate::fold::{fold, Fold};
use crate::survey::Survey;
use crate::view::{View, OVERLAP, WINDOW};

/// Most bytes that the end of a window moves back so as not to cut an escape.
const MAX_ESCAPE: usize = 64;

/// Shows each window of the text in which escapes stand for something else.
pub(super) fn views(text: &[u8], survey: &Survey, show: &mut dyn FnMut(&mut View)) {
    let modes = modes(text, survey);
    let mut view = View::default();
    let mut from = 0;
    // Windows without an escape cost no more than the search for the next one.
    while let Some(first) = next(text, from, modes) {
        from = from.max(first.saturating_sub(OVERLAP));
        let to = cut(text, from + WINDOW);
        view.restart(from);
        view.set_cuts(from > 0, to < text.len());
        fill(&mut view, &text[from..to], modes);
        if view.changed() {
            show(&mut view);
        }
        if to == text.len() {
            return;
        }
        from = (to - OVERLAP).max(from + 1);
    }
}

/// The place of the first escape at or behind `from`.
fn next(text: &[u8], from: usize, modes: Modes) -> Option<usize> {
    if modes != Modes::default() {
        return (from < text.len()).then_some(from);
    }
    let mut at = from;
    while let Some(found) = memchr3(b'%', b'&', b'\\', &text[at..]) {
        if escape::at(text, at + found, modes).is_some() {
            return Some(at + found);
        }
        at += found + 1;
    }
    None
}

fn modes(text: &[u8], survey: &Survey) -> Modes {
    if survey.equals == 0 {
        return Modes::default();
    }
    Modes {
        form: memchr(b'+', text).is_some(),
        quoted_printable: memchr_iter(b'=', text).any(|at| shows_quoted_printable(text, at)),
    }
}

/// Whether the `=` is one that hardly anything but quoted-printable text has: a soft line break,
/// an escaped `=`, a byte above ASCII, or an address with `=40`. A number such as `=80` is a byte
/// only beside another one, as in `=E2=80=99`.
fn shows_quoted_printable(text: &[u8], at: usize) -> bool {
    let word = |index: usize| text.get(index).is_some_and(u8::is_ascii_alphanumeric);
    match text.get(at + 1..text.len().min(at + 3)) {
        Some([b'\n', ..] | [b'\r', b'\n']) => at > 0 && !text[at - 1].is_ascii_whitespace(),
        Some(b"3D") => true,
        Some(b"40") => at > 0 && word(at - 1) && word(at + 3),
        Some([b'8'..=b'9', b'0'..=b'9']) => {
            text.get(at + 3) == Some(&b'=') || at >= 3 && text[at - 3] == b'='
        }
        Some([b'8'..=b'9' | b'A'..=b'F', b'0'..=b'9' | b'A'..=b'F']) => at > 0,
        _ => false,
    }
}

/// The end of the window, moved so that no escape is cut.
fn cut(text: &[u8], to: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    let begins = |byte: &u8| matches!(byte, b'%' | b'&' | b'\\' | b'=');
    let floor = to - MAX_ESCAPE;
    text[floor..to]
        .iter()
        .position(begins)
        .map_or(to, |at| floor + at)
}

/// Adds the text to the view as it reads.
fn fill(view: &mut View, text: &[u8], modes: Modes) {
    let mut kept = 0;
    let mut at = 0;
    // Whether a `=` stands before, in the same word.
    let mut in_query = false;
    while at < text.len() {
        let byte = text[at];
        let mut found = None;
        match byte {
            b'%' | b'&' | b'\\' => found = escape::at(text, at, modes),
            b'=' => {
                found = escape::at(text, at, modes);
                in_query = true;
            }
            b'+' if in_query && modes.form => found = Some((1, Decoded::Byte(b' '))),
            b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'<' | b'>' => in_query = false,
            _ => {}
        }
        if let Some((length, decoded)) = found {
            view.keep(&text[kept..at], kept);
            push(view, decoded, at, at + length);
            at += length;
            kept = at;
        } else {
            at += 1;
        }
    }
    view.keep(&text[kept..], kept);
}

/// Adds what an escape stands for. Characters fold at once: an escaped one hides better.
fn push(view: &mut View, decoded: Decoded, start: usize, end: usize) {
    let span = start..end;
    match decoded {
        Decoded::Byte(byte) => view.replace(&[byte], &span),
        Decoded::Nothing => view.skip(),
        Decoded::Char(character) => match fold(character) {
            Fold::To(byte) => view.replace(&[byte], &span),
            Fold::Drop => view.skip(),
            Fold::Keep => {
                let mut utf8 = [0; 4];
                view.replace(character.encode_utf8(&mut utf8).as_bytes(), &span);
            }
        },
    }
}
