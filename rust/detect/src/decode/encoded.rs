//! Views of base64 (RFC 4648, sections 4 and 5) and hexadecimal text that decodes to text.

use std::ops::Range;

use super::runs::{self, MIN_RUN};
use crate::view::View;

/// Fewest digits of a number that is tried as hexadecimal text; below, cards and phones come.
pub(super) const MIN_NUMBER: usize = 20;
/// Bytes of one view, a multiple of what four characters of base64 hold.
const WINDOW: usize = 3 << 14;
/// Bytes that a view repeats of the one before; likewise.
const OVERLAP: usize = 3 * 2730;
/// Of so many bytes, this many must be text.
const READABLE: (usize, usize) = (4, 3);

/// How many bits a character holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bits {
    Four = 4,
    Six = 6,
}

impl Bits {
    const fn index(self) -> usize {
        match self {
            Self::Four => 0,
            Self::Six => 1,
        }
    }
}

/// What is no digit.
const NONE: u8 = 0xff;
/// Values of hexadecimal digits and of those of base64, either alphabet.
const VALUES: [[u8; 256]; 2] = values();

const fn values() -> [[u8; 256]; 2] {
    let mut table = [[NONE; 256]; 2];
    let mut byte = 0_u8;
    while byte < 128 {
        table[0][byte as usize] = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => NONE,
        };
        table[1][byte as usize] = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        byte += 1;
    }
    table
}

/// Two bytes to a character, as some systems write text before they encode it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wide {
    LittleEndian,
    BigEndian,
}

/// Shows each piece of encoded text as it reads. What stands unchanged in a view of the text
/// `outer` has been shown by itself.
pub(super) fn views(text: &[u8], outer: Option<&View>, show: &mut dyn FnMut(&mut View)) {
    let mut view = View::default();
    runs::each(text, |run| {
        let known = outer.is_some_and(|outer| outer.is_unchanged(&run));
        if known || is_uuid(&text[run.clone()]) || decode(text, &run, &mut view, show) {
            return;
        }
        // A path can have an encoded part, and so can a name with dashes.
        for part in parts(text, &run, |byte| byte == b'/') {
            if (part == run || !decode(text, &part, &mut view, show)) && part.len() > MIN_RUN {
                for piece in parts(text, &part, |byte| !byte.is_ascii_alphanumeric()) {
                    if piece != part {
                        decode(text, &piece, &mut view, show);
                    }
                }
            }
        }
    });
}

/// The parts of a run between separators that are long enough.
fn parts<'t>(
    text: &'t [u8],
    run: &Range<usize>,
    separates: fn(u8) -> bool,
) -> impl Iterator<Item = Range<usize>> + 't {
    let mut from = run.start;
    text[run.clone()]
        .split(move |&byte| separates(byte))
        .map(move |part| {
            let start = from;
            from += part.len() + 1;
            start..start + part.len()
        })
        .filter(|part| part.len() >= MIN_RUN)
}

fn is_uuid(run: &[u8]) -> bool {
    run.len() == 36 && [8, 13, 18, 23].iter().all(|&at| run[at] == b'-')
}

/// Shows what the run decodes to; tells whether it can be nothing else.
fn decode(
    text: &[u8],
    run: &Range<usize>,
    view: &mut View,
    show: &mut dyn FnMut(&mut View),
) -> bool {
    let digits = match text[run.clone()] {
        [b'0', b'x' | b'X', ..] => run.start + 2..run.end,
        [b'x' | b'X', ..] => run.start + 1..run.end,
        _ => run.clone(),
    };
    let all = &text[digits.clone()];
    if all.len() >= MIN_RUN && all.iter().all(u8::is_ascii_hexdigit) {
        // As base64, text does not keep to these letters, and nothing separates parts of it.
        if is_hexadecimal(all) {
            decode_as(text, &digits, Bits::Four, view, show);
        }
        return true;
    }
    // Random characters hardly ever pass this, and then the rest need not be looked at.
    looks_readable(&text[run.start..run.start + MIN_RUN], Bits::Six, false)
        && decode_as(text, run, Bits::Six, view, show)
}

/// Whether hexadecimal digits can be pairs that are text.
fn is_hexadecimal(digits: &[u8]) -> bool {
    digits.len().is_multiple_of(2)
        && looks_readable(
            &digits[..MIN_RUN],
            Bits::Four,
            is_strict(digits.len(), Bits::Four),
        )
        && (digits.len() >= MIN_NUMBER || !digits.iter().all(u8::is_ascii_digit))
}

/// Whether so few digits must be nothing but ASCII text, since chance makes much else of them.
fn is_strict(length: usize, bits: Bits) -> bool {
    bits == Bits::Four && length < 2 * MIN_NUMBER
}

/// Whether the first characters decode to text; if `strict`, to nothing else.
fn looks_readable(start: &[u8], bits: Bits, strict: bool) -> bool {
    let mut bytes = [0; MIN_RUN];
    let (mut held, mut waiting, mut length) = (0_u32, 0, 0);
    for &character in start {
        let value = VALUES[bits.index()][usize::from(character)];
        if value == NONE {
            // Line ends come later than this.
            return false;
        }
        held = held << bits as u32 | u32::from(value);
        waiting += bits as u32;
        if waiting >= 8 {
            waiting -= 8;
            bytes[length] = (held >> waiting & 0xff) as u8;
            length += 1;
        }
    }
    let bytes = &bytes[..length];
    let plain = bytes
        .iter()
        .filter(|&&byte| is_text(char::from(byte)) && byte < 0x80)
        .count();
    if strict || plain * READABLE.0 >= length * READABLE.1 {
        return plain == length || !strict;
    }
    let high = bytes.iter().filter(|&&byte| byte >= 0x80).count();
    (plain + high) * READABLE.0 >= length * READABLE.1 && high > 1 && is_readable(bytes)
        || wide(bytes).is_some()
}

fn decode_as(
    text: &[u8],
    run: &Range<usize>,
    bits: Bits,
    view: &mut View,
    show: &mut dyn FnMut(&mut View),
) -> bool {
    let strict = is_strict(run.len(), bits);
    let mut shown = false;
    let mut from = run.start;
    loop {
        view.restart(from);
        let to = from + fill(view, &text[from..run.end], bits);
        let cuts = (from > run.start, to < run.end);
        // Asked before the view is shown, which can make it one of another text.
        let next = view.bytes().len().saturating_sub(OVERLAP);
        let next = view.original(&(next..next + 1)).start;
        if let Some(width) = wide(view.bytes()) {
            *view = narrowed(view, width, from);
            view.set_cuts(cuts.0, cuts.1);
            show(view);
            shown = true;
        } else if is_readable(view.bytes()) && (!strict || is_ascii_text(view.bytes())) {
            view.set_cuts(cuts.0, cuts.1);
            show(view);
            shown = true;
        }
        if to == run.end {
            return shown;
        }
        from = next;
    }
}

/// Decodes until the view is full; returns how many bytes of the text that took.
fn fill(view: &mut View, text: &[u8], bits: Bits) -> usize {
    let width = bits as u32;
    let (mut held, mut waiting, mut first) = (0_u32, 0_u32, 0);
    for (at, &byte) in text.iter().enumerate() {
        let value = VALUES[bits.index()][usize::from(byte)];
        if value == NONE {
            continue;
        }
        if waiting == 0 {
            first = at;
            if view.bytes().len() >= WINDOW {
                return at;
            }
        }
        held = held << width | u32::from(value);
        waiting += width;
        if waiting >= 8 {
            waiting -= 8;
            let decoded = (held >> waiting & 0xff) as u8;
            view.put(decoded, first, at + 1);
            first = at;
        }
    }
    text.len()
}

fn is_ascii_text(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|&byte| is_text(char::from(byte)) && byte.is_ascii())
}

fn is_text(character: char) -> bool {
    !character.is_control() || matches!(character, '\n' | '\r' | '\t')
}

/// Whether most of the bytes are text in UTF-8.
fn is_readable(bytes: &[u8]) -> bool {
    let good: usize = bytes
        .utf8_chunks()
        .flat_map(|chunk| chunk.valid().chars())
        .filter(|&character| is_text(character))
        .map(char::len_utf8)
        .sum();
    good > 0 && good * READABLE.0 >= bytes.len() * READABLE.1
}

/// Whether the bytes are characters of two bytes each, most of them below U+0100.
fn wide(bytes: &[u8]) -> Option<Wide> {
    let units = bytes.len() / 2;
    let zeros = |at: usize| {
        bytes
            .iter()
            .skip(at)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let (even, odd) = (zeros(0), zeros(1));
    // The mark of the byte order is one character without a zero.
    if odd * READABLE.0 >= units * READABLE.1 && odd > 2 && even == 0 {
        Some(Wide::LittleEndian)
    } else if even * READABLE.0 >= units * READABLE.1 && even > 2 && odd == 0 {
        Some(Wide::BigEndian)
    } else {
        None
    }
}

/// The same view in UTF-8; `base` is where the view begins.
fn narrowed(view: &View, width: Wide, base: usize) -> View {
    let unit = |pair: &[u8]| match width {
        Wide::LittleEndian => u16::from_le_bytes([pair[0], pair[1]]),
        Wide::BigEndian => u16::from_be_bytes([pair[0], pair[1]]),
    };
    let mut narrow = View::default();
    narrow.restart(base);
    let mut at = 0;
    for decoded in char::decode_utf16(view.bytes().chunks_exact(2).map(unit)) {
        let length = decoded
            .as_ref()
            .map_or(2, |character| 2 * character.len_utf16());
        let original = view.original(&(at..at + length));
        let span = original.start - base..original.end - base;
        match decoded {
            Ok('\u{feff}') | Err(_) => narrow.skip(),
            Ok(character) => {
                let mut utf8 = [0; 4];
                narrow.replace(character.encode_utf8(&mut utf8).as_bytes(), &span);
            }
        }
        at += length;
    }
    narrow
}
