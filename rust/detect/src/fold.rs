//! Text as it is read: foreign digits, wide letters and special spaces become ASCII, and what is
//! invisible disappears, so that none of them hides a value.

use std::ops::Range;

use crate::finding::Finding;
use crate::sink::Sink;
use crate::view::{View, OVERLAP, WINDOW};

/// Characters with the decimal digit 0 (Unicode `Nd`); nine more follow each.
const ZEROS: [u32; 65] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
    0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
    0x1_04a0, 0x1_0d30, 0x1_1066, 0x1_10f0, 0x1_1136, 0x1_11d0, 0x1_12f0, 0x1_1450, 0x1_14d0,
    0x1_1650, 0x1_16c0, 0x1_1730, 0x1_18e0, 0x1_1950, 0x1_1c50, 0x1_1d50, 0x1_1da0, 0x1_6a60,
    0x1_6ac0, 0x1_6b50, 0x1_d7ce, 0x1_d7d8, 0x1_d7e2, 0x1_d7ec, 0x1_d7f6, 0x1_e140, 0x1_e2f0,
    0x1_e950, 0x1_fbf0,
];

/// What becomes of a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    Keep,
    Drop,
    To(u8),
}

/// Folds the text and appends what `find` finds in it, with spans of the original text.
pub(crate) fn scan(text: &[u8], out: &mut Sink<'_>, mut find: impl FnMut(&[u8], Sink<'_>)) {
    if !may_change(text) {
        return;
    }
    let mut view = View::default();
    let mut found = Vec::new();
    let mut from = 0;
    loop {
        let to = text.len().min(from + WINDOW);
        view.restart(from);
        view.set_cuts(from > 0, to < text.len());
        fill(&mut view, &text[from..to]);
        if view.changed() {
            found.clear();
            find(view.bytes(), Sink::new(&mut found));
            for finding in &found {
                let span = finding.start..finding.end;
                if view.is_whole(&span) {
                    let Range { start, end } = view.original(&span);
                    out.push(Finding {
                        start,
                        end,
                        ..*finding
                    });
                }
            }
        }
        if to == text.len() {
            return;
        }
        from = to - OVERLAP;
    }
}

/// Whether any character that folding changes can be in the text, by the first bytes of UTF-8.
fn may_change(text: &[u8]) -> bool {
    let lead = |byte: &u8| {
        matches!(
            byte,
            0xc2 | 0xcd | 0xd8 | 0xd9 | 0xdb | 0xdf | 0xe0..=0xe3 | 0xea | 0xef | 0xf0 | 0xf3
        )
    };
    text.iter().any(lead) || std::str::from_utf8(text).is_err()
}

/// Adds the text to the view as it folds.
fn fill(view: &mut View, text: &[u8]) {
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        let mut valid = chunk.valid();
        while let Some(character) = valid.chars().next() {
            let length = if character.is_ascii() {
                valid
                    .bytes()
                    .position(|byte| !byte.is_ascii())
                    .unwrap_or(valid.len())
            } else {
                character.len_utf8()
            };
            push(view, &text[at..at + length], at, fold(character));
            valid = &valid[length..];
            at += length;
        }
        for &byte in chunk.invalid() {
            push(view, &[byte], at, fold_invalid(byte));
            at += 1;
        }
    }
}

/// Adds one character, or several that are kept; a part of one that is kept stands for itself.
fn push(view: &mut View, characters: &[u8], at: usize, fold: Fold) {
    match fold {
        Fold::Keep => view.keep(characters, at),
        Fold::To(byte) => view.replace(&[byte], &(at..at + characters.len())),
        Fold::Drop => view.skip(),
    }
}

/// Bytes that are no UTF-8: the spaces of Latin-1 and Windows-1252 are read as such, others could
/// be anything and must not keep the parts of a value apart.
const fn fold_invalid(byte: u8) -> Fold {
    match byte {
        0xa0 => Fold::To(b' '),
        0x96 | 0x97 => Fold::To(b'-'),
        _ => Fold::Drop,
    }
}

/// What becomes of a character.
pub(crate) fn fold(character: char) -> Fold {
    if character.is_ascii() {
        return Fold::Keep;
    }
    let code = u32::from(character);
    if let Some(byte) = wide_or_styled(code) {
        return Fold::To(byte);
    }
    match code {
        0xa0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 => Fold::To(b' '),
        0x2010..=0x2015 | 0x2043 | 0x2212 | 0xfe58 | 0xfe63 => Fold::To(b'-'),
        0xb7 | 0x2024 | 0x3002 | 0xfe52 | 0xff61 => Fold::To(b'.'),
        0x2044 | 0x2215 => Fold::To(b'/'),
        0xfe55 => Fold::To(b':'),
        0xfe62 => Fold::To(b'+'),
        0xfe6b => Fold::To(b'@'),
        0xad
        | 0x34f
        | 0x61c
        | 0x115f
        | 0x1160
        | 0x17b4
        | 0x17b5
        | 0x180b..=0x180f
        | 0x20e3
        | 0x200b..=0x200f
        | 0x2028..=0x202e
        | 0x2060..=0x206f
        | 0x3164
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0xffa0
        | 0xfff0..=0xfffd
        | 0xe_0000..=0xe_0fff => Fold::Drop,
        _ => digit(code).map_or(Fold::Keep, |digit| Fold::To(b'0' + digit)),
    }
}

/// Full-width forms and the alphabets of mathematics.
fn wide_or_styled(code: u32) -> Option<u8> {
    let letter = match code {
        0xff01..=0xff5e => code - 0xff01 + 0x21,
        0x1_d400..=0x1_d6a3 => match (code - 0x1_d400) % 52 {
            index @ 0..=25 => u32::from(b'A') + index,
            index => u32::from(b'a') + index - 26,
        },
        _ => return None,
    };
    u8::try_from(letter).ok()
}

fn digit(code: u32) -> Option<u8> {
    let value = match code {
        0xb2 => 2,
        0xb3 => 3,
        0xb9 => 1,
        0x2070 | 0x24ea => 0,
        0x2074..=0x2079 => code - 0x2070,
        0x2080..=0x2089 => code - 0x2080,
        0x2460..=0x2468 => code - 0x2460 + 1,
        _ => {
            let index = ZEROS.partition_point(|&zero| zero <= code).checked_sub(1)?;
            code - ZEROS[index]
        }
    };
    u8::try_from(value).ok().filter(|value| *value < 10)
}

#[cfg(test)]
mod tests {
    use super::{digit, fold, may_change, Fold, ZEROS};
    use crate::testing::found;
    use crate::Detector;

    /// Replaces the ASCII digits by those of another script.
    fn in_script(zero: u32, text: &str) -> String {
        let other = |c: char| {
            c.to_digit(10)
                .and_then(|value| char::from_u32(zero + value))
        };
        text.chars().map(|c| other(c).unwrap_or(c)).collect()
    }

    #[test]
    fn every_script_has_ten_digits() {
        assert!(ZEROS.windows(2).all(|pair| pair[0] + 10 <= pair[1]));
        for zero in ZEROS {
            assert!((0..10).all(|value| digit(zero + value).map(u32::from) == Some(value)));
            assert!(may_change(
                char::from_u32(zero).unwrap().to_string().as_bytes()
            ));
        }
        assert_eq!(digit(0x3b1), None);
    }

    #[test]
    fn whatever_folds_is_noticed() {
        for character in ('\u{80}'..=char::MAX).filter(|&character| fold(character) != Fold::Keep) {
            assert!(
                may_change(character.to_string().as_bytes()),
                "{character:?}"
            );
        }
    }

    #[test]
    fn digits_of_other_scripts_do_not_hide_a_value() {
        let printed = ["536", "22", "8137"].join("-");
        for zero in [0x660, 0x966, 0xff10, 0x1_d7ce] {
            let text = in_script(zero, &printed);
            assert_eq!(found("ssn", &format!("« {text} »")), [text.as_str()]);
        }
        for text in ["+1 212 555 0100", "DE89370400440532013000"] {
            let wide: String = in_script(0xff10, text).replace('+', "\u{ff0b}");
            let shape = if text.starts_with('+') {
                "phone"
            } else {
                "iban"
            };
            assert_eq!(found(shape, &wide), [wide.as_str()]);
        }
    }

    #[test]
    fn invisible_characters_do_not_hide_a_value() {
        let card = ["4111", "1111", "1111", "1111"];
        for separator in [
            "\u{200b}",
            "\u{ad}",
            "\u{a0}",
            "\u{2011}",
            "\u{feff}\u{2060}",
        ] {
            let text = card.join(separator);
            assert_eq!(found("card", &format!("({text})")), [text.as_str()]);
        }
        assert_eq!(
            found("email", "ada\u{200b}@exam\u{ad}ple.com"),
            ["ada\u{200b}@exam\u{ad}ple.com"]
        );
    }

    #[test]
    fn invalid_bytes_do_not_hide_a_value() {
        let detector = Detector::new(&[crate::testing::spec("x", "card")]).unwrap();
        for (byte, end) in [(0xff, 17), (0xa0, 17), (0xc3, 17)] {
            let mut text = b"41111111".to_vec();
            text.push(byte);
            text.extend(b"11111111 \xfe");
            let mut findings = Vec::new();
            detector.scan(&text, Some(0), &mut findings);
            assert_eq!(
                findings
                    .iter()
                    .map(|f| (f.start, f.end))
                    .collect::<Vec<_>>(),
                [(0, end)],
                "{byte}"
            );
        }
    }

    #[test]
    fn values_are_found_across_windows() {
        let value = in_script(0xff10, &["536", "22", "8137"].join("-"));
        for at in [57_340, 57_344, 57_348, 65_520, 65_536, 130_000] {
            let text = format!("{} {value} {}", "é".repeat(at / 2), "é".repeat(20_000));
            assert_eq!(found("ssn", &text), [value.as_str()], "{at}");
        }
    }

    #[test]
    fn ordinary_letters_are_kept() {
        for text in ["Größe", "Ελλάδα", "Привет", "世界"] {
            assert!(!may_change(text.as_bytes()), "{text}");
        }
    }
}
