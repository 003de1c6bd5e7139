//! Letters as the tagger reads them: lower case, without diacritics.
//!
//! A name is the same word to the model with its diacritics and without (`Szöllösy`, `Szollosy`),
//! so Latin letters are folded to their ASCII base. Letters of other scripts keep their own code
//! points; Greek and Cyrillic ones are lowered. Source of the ranges: the Unicode code charts
//! Latin-1 Supplement, Latin Extended-A and -B, Latin Extended Additional.

/// What a character is to the tokeniser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a word; `base` is the folded form, up to two bytes in one number.
    Letter { base: u32, upper: bool },
    /// Belongs to the letter before it (a combining mark, a soft hyphen, a zero-width character).
    Mark,
    /// A space of any width.
    Space,
    /// Closes a word as `'` does, or joins its halves.
    Apostrophe,
    /// Anything else: one token by itself.
    Symbol(u32),
}

/// Base letters of U+00C0 to U+017F. Letters with two bases take the first one here.
const LATIN: &[u8; 192] = b"aaaaaaaceeeeiiiidnooooo*ouuuuytsaaaaaaaceeeeiiiidnooooo/ouuuuyty\
aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnoooooooorrrrrrssssssss\
ttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// Whether a code point of U+00C0 to U+017F is a capital.
const fn latin_upper(code: u32) -> bool {
    match code {
        0xC0..=0xDE | 0x178 => true,
        0x139..=0x148 | 0x179..=0x17E => code % 2 == 1,
        0x100..=0x137 | 0x14A..=0x177 => code % 2 == 0,
        _ => false,
    }
}

/// Base letter of the Vietnamese block U+1EA0 to U+1EF9.
const fn vietnamese(code: u32) -> u8 {
    match code {
        ..=0x1EB7 => b'a',
        0x1EB8..=0x1EC7 => b'e',
        0x1EC8..=0x1ECB => b'i',
        0x1ECC..=0x1EE3 => b'o',
        0x1EE4..=0x1EF1 => b'u',
        _ => b'y',
    }
}

const fn letter(base: u8, upper: bool) -> Kind {
    Kind::Letter {
        base: base as u32,
        upper,
    }
}

/// Tells what a character outside ASCII is.
pub(super) const fn classify(code: u32) -> Kind {
    match code {
        0xD7 | 0xF7 => Kind::Symbol(code),
        0xC0..=0x17F => letter(LATIN[(code - 0xC0) as usize], latin_upper(code)),
        0xA0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Kind::Space,
        0xAD | 0x300..=0x36F | 0x200B..=0x200F | 0x2060 | 0xFE00..=0xFE0F | 0xFEFF => Kind::Mark,
        0x2018 | 0x2019 | 0x2BC => Kind::Apostrophe,
        0xAA => letter(b'a', false),
        0xBA => letter(b'o', false),
        0x80..=0xBF | 0x2010..=0x2BFF | 0x3001..=0x303F | 0xE000..=0xF8FF | 0x1_F000.. => {
            Kind::Symbol(code)
        }
        0x1A0 | 0x1A1 => letter(b'o', code % 2 == 0),
        0x1AF | 0x1B0 => letter(b'u', code % 2 == 1),
        0x218 | 0x219 => letter(b's', code % 2 == 0),
        0x21A | 0x21B => letter(b't', code % 2 == 0),
        0x18F | 0x259 => letter(b'e', code == 0x18F),
        0x1EA0..=0x1EF9 => letter(vietnamese(code), code % 2 == 0),
        0x391..=0x3A9 | 0x410..=0x42F => Kind::Letter {
            base: code + 0x20,
            upper: true,
        },
        0x400..=0x40F => Kind::Letter {
            base: code + 0x50,
            upper: true,
        },
        _ => Kind::Letter {
            base: code,
            upper: false,
        },
    }
}

/// Decodes the character that starts at `at`: its code point and its length in bytes.
///
/// A byte that starts no valid character is U+FFFD of one byte.
pub(super) fn decode(text: &[u8], at: usize) -> (u32, usize) {
    const BROKEN: (u32, usize) = (0xFFFD, 1);
    let byte = |offset: usize| text.get(at + offset).copied().map_or(0, u32::from);
    let tail = |offset: usize| byte(offset) & 0xC0 == 0x80;
    let bits = |offset: usize| byte(offset) & 0x3F;
    let first = byte(0);
    match first {
        0..=0x7F => (first, 1),
        0xC2..=0xDF if tail(1) => ((first & 0x1F) << 6 | bits(1), 2),
        0xE0..=0xEF if tail(1) && tail(2) => {
            let code = (first & 0xF) << 12 | bits(1) << 6 | bits(2);
            if code < 0x800 || (0xD800..0xE000).contains(&code) {
                BROKEN
            } else {
                (code, 3)
            }
        }
        0xF0..=0xF4 if tail(1) && tail(2) && tail(3) => {
            let code = (first & 7) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3);
            if (0x1_0000..0x11_0000).contains(&code) {
                (code, 4)
            } else {
                BROKEN
            }
        }
        _ => BROKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::{classify, decode, Kind};

    fn fold(text: &str) -> (String, usize) {
        let mut capitals = 0;
        let mut folded = String::new();
        for code in text.chars().map(u32::from) {
            if let Kind::Letter { base, upper } = classify(code) {
                folded.extend(char::from_u32(base));
                capitals += usize::from(upper);
            }
        }
        (folded, capitals)
    }

    #[test]
    fn latin_letters_lose_case_and_diacritics() {
        assert_eq!(fold("ÀÉÎÕÜÝÑÇØÅß"), ("aeiouyncoas".to_owned(), 10));
        assert_eq!(fold("ĄĆĘŁŃŚŹŻąćęłńśźż"), ("acelnszzacelnszz".to_owned(), 8));
        assert_eq!(
            fold("ŘŠŽČĎŤŇŮŐŰřšžčďťňůőű"),
            ("rszcdtnuourszcdtnuou".to_owned(), 10)
        );
        assert_eq!(fold("ĞŞİığşĀĒĪŪāēīūŸÿ"), ("gsiigsaeiuaeiuyy".to_owned(), 8));
        assert_eq!(fold("ȘȚșțƠơƯưẠạỄễỹ"), ("ststoouuaaeey".to_owned(), 6));
    }

    #[test]
    fn capitals_of_other_scripts_are_lowered() {
        assert_eq!(fold("ЖЁΣ"), ("жёσ".to_owned(), 3));
    }

    #[test]
    fn every_character_of_utf_8_is_decoded_and_every_other_byte_is_one_broken_one() {
        for code in (0..0x11_0000).filter_map(char::from_u32) {
            let mut buffer = [0; 4];
            let text = code.encode_utf8(&mut buffer);
            assert_eq!(decode(text.as_bytes(), 0), (u32::from(code), text.len()));
        }
        for broken in [
            &b"\xC0\x80"[..],
            b"\xE0\x80\x80",
            b"\xED\xA0\x80",
            b"\xF5",
            b"\xF0\x9F",
        ] {
            assert_eq!(decode(broken, 0), (0xFFFD, 1));
        }
    }
}
