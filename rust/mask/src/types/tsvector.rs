//! tsvector: lexemes are replaced, positions and weights stay, in both formats.

use std::collections::BTreeMap;

use crate::cell::{Format, Name, Outcome};
use crate::types::leaf::Leaf;
use crate::types::reader::Reader;
use crate::types::splice::VALUE_MAX;

/// PostgreSQL's bounds: bytes of a lexeme, positions of a lexeme, and the largest position.
const LEXEME_MAX: usize = 2046;
const POSITIONS_MAX: usize = 255;
const POSITION_MAX: i64 = 16_383;
/// The weight stands above the position; D, which is not printed, is zero.
const WEIGHTS: &[u8; 4] = b"DCBA";

/// Replaces the lexemes.
#[derive(Debug)]
pub(crate) struct Tsvector {
    leaf: Leaf,
}

/// Lexemes in the order of their bytes, which is PostgreSQL's, with their positions.
type Lexemes = BTreeMap<Vec<u8>, Vec<u16>>;

impl Tsvector {
    pub(crate) fn new(leaf: Leaf) -> Self {
        Self { leaf }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        if cell.len() > VALUE_MAX {
            return Outcome::Null;
        }
        let raw = match format {
            Format::Text => parse(cell),
            Format::Binary => read(cell),
        };
        let Some((masked, changed)) = raw.and_then(|raw| self.mask(raw)) else {
            return Outcome::Null;
        };
        if !changed && !self.leaf.masks() {
            return Outcome::Unchanged;
        }
        match format {
            Format::Text => write_text(&masked, out),
            Format::Binary => write_binary(&masked, out),
        }
        Outcome::Value
    }

    /// The replaced lexemes, and whether any was.
    fn mask(&self, raw: Vec<(Vec<u8>, Vec<u16>)>) -> Option<(Lexemes, bool)> {
        let mut masked = Lexemes::new();
        let mut changed = false;
        for (lexeme, positions) in raw {
            let mut word = Vec::with_capacity(lexeme.len() + 8);
            if self.leaf.text(
                Name::default(),
                std::str::from_utf8(&lexeme).ok()?,
                &mut word,
            ) {
                changed = true;
            } else {
                word = lexeme;
            }
            if word.is_empty() || word.len() > LEXEME_MAX {
                return None;
            }
            let place = masked.entry(word).or_default();
            place.extend(positions);
            place.sort_unstable_by_key(|position| i64::from(*position) & POSITION_MAX);
            place.dedup_by_key(|position| i64::from(*position) & POSITION_MAX);
            place.truncate(POSITIONS_MAX);
        }
        Some((masked, changed))
    }
}

fn parse(text: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u16>)>> {
    let mut lexemes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if !lexemes.is_empty() {
            rest = rest.strip_prefix(b" ")?;
        }
        let (lexeme, after) = take_lexeme(rest.strip_prefix(b"'")?)?;
        rest = after;
        let mut positions = Vec::new();
        let mut next = b':';
        while let Some(after) = rest.strip_prefix(&[next]) {
            let (position, after) = crate::types::calendar::number(after, 1, 5)?;
            if !(1..=POSITION_MAX).contains(&position) || positions.len() == POSITIONS_MAX {
                return None;
            }
            let letter = after
                .first()
                .and_then(|byte| WEIGHTS.iter().position(|w| w == byte));
            rest = &after[usize::from(letter.is_some())..];
            positions.push((letter.unwrap_or(0) as u16) << 14 | position as u16);
            next = b',';
        }
        lexemes.push((lexeme, positions));
    }
    Some(lexemes)
}

/// A lexeme behind its opening quote; quotes and backslashes are doubled.
fn take_lexeme(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut lexeme = Vec::new();
    let mut rest = text;
    loop {
        let end = memchr::memchr2(b'\'', b'\\', rest)?;
        lexeme.extend_from_slice(&rest[..end]);
        if rest.get(end + 1) == Some(&rest[end]) {
            lexeme.push(rest[end]);
            rest = &rest[end + 2..];
        } else if rest[end] == b'\'' {
            return (lexeme.len() <= LEXEME_MAX).then_some((lexeme, &rest[end + 1..]));
        } else {
            return None;
        }
    }
}

fn read(cell: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u16>)>> {
    let mut reader = Reader::new(cell);
    let count = reader.u32()? as usize;
    let mut lexemes = Vec::with_capacity(count.min(cell.len() / 3));
    for _ in 0..count {
        let lexeme = reader
            .until_zero()
            .filter(|lexeme| lexeme.len() <= LEXEME_MAX)?
            .to_vec();
        let positions = usize::from(reader.u16()?);
        if positions > POSITIONS_MAX {
            return None;
        }
        lexemes.push((
            lexeme,
            (0..positions)
                .map(|_| reader.u16())
                .collect::<Option<_>>()?,
        ));
    }
    reader.is_empty().then_some(lexemes)
}

fn write_text(lexemes: &Lexemes, out: &mut Vec<u8>) {
    for (at, (lexeme, positions)) in lexemes.iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        out.push(b'\'');
        for byte in lexeme {
            if matches!(byte, b'\'' | b'\\') {
                out.push(*byte);
            }
            out.push(*byte);
        }
        out.push(b'\'');
        for (at, position) in positions.iter().enumerate() {
            out.push(if at == 0 { b':' } else { b',' });
            let number = i64::from(*position) & POSITION_MAX;
            out.extend_from_slice(number.to_string().as_bytes());
            let weight = usize::from(position >> 14);
            if weight > 0 {
                out.push(WEIGHTS[weight]);
            }
        }
    }
}

fn write_binary(lexemes: &Lexemes, out: &mut Vec<u8>) {
    out.extend_from_slice(&(lexemes.len() as u32).to_be_bytes());
    for (lexeme, positions) in lexemes {
        out.extend_from_slice(lexeme);
        out.push(0);
        out.extend_from_slice(&(positions.len() as u16).to_be_bytes());
        for position in positions {
            out.extend_from_slice(&position.to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    const TSVECTOR: TypeSpec = TypeSpec::Tsvector {};

    #[test]
    fn positions_stay_and_lexemes_change() {
        let masked = masked_text(&TSVECTOR, r"'it''s' 'zelda':1A,5 'z\\d':2").unwrap();
        assert!(!masked.contains("zelda") && masked.contains(":1A,5") && masked.contains(":2"));
        assert_eq!(masked_text(&TSVECTOR, "").as_deref(), Some(""));
    }

    #[test]
    fn formats_agree() {
        let text = masked_text(&TSVECTOR, "'ariadne':3C 'zelda':1A,5").unwrap();
        let raw = [
            &[0, 0, 0, 2][..],
            b"ariadne\0",
            &[0, 1, 0x40, 3],
            b"zelda\0",
            &[0, 2, 0xc0, 1, 0, 5],
        ]
        .concat();
        let mut words: Vec<(&str, &[u8])> = text
            .split(' ')
            .map(|entry| {
                let (word, positions) = entry.split_once(':').unwrap();
                let bytes: &[u8] = if positions == "3C" {
                    &[0, 1, 0x40, 3]
                } else {
                    &[0, 2, 0xc0, 1, 0, 5]
                };
                (word.trim_matches('\''), bytes)
            })
            .collect();
        words.sort_unstable();
        let mut expected = vec![0, 0, 0, 2];
        for (word, positions) in words {
            expected.extend(word.bytes());
            expected.push(0);
            expected.extend(positions);
        }
        assert_eq!(masked_binary(&TSVECTOR, &raw), Some(expected));
    }

    #[test]
    fn broken_values_are_null() {
        for raw in [
            "a",
            "'a",
            "'a':",
            "'a':0",
            "'a':1 ",
            "'a':99999",
            "'a''",
            r"'\'",
            "'a' b",
        ] {
            assert_eq!(masked_text(&TSVECTOR, raw), None, "{raw}");
        }
        assert_eq!(masked_binary(&TSVECTOR, &[0, 0, 0, 1, b'a']), None);
    }

    #[test]
    fn a_scan_replaces_findings_only() {
        let masked = scanned_text(&TSVECTOR, "'SECRET':1 'b':2");
        assert_eq!(masked.as_deref(), Some("'<found>':1 'b':2"));
        assert_eq!(
            scanned_text(&TSVECTOR, "'a':1 'b':2").as_deref(),
            Some("'a':1 'b':2")
        );
    }
}
