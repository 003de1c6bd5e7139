//! Keeps some classes of characters where they stand.

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::operators::Input;
use crate::spec::CharClass;

/// Longer texts are cut here before they are looked at; nobody reads the layout of a novel.
const CHARS_MAX: usize = 4096;

/// Which classes stay.
#[derive(Debug)]
pub(crate) struct Classes {
    keep: Vec<CharClass>,
    mask: char,
}

impl Classes {
    pub(crate) fn compile(keep: &[CharClass], mask: char) -> Result<Self, Error> {
        if keep.is_empty() {
            return Err(Error::Option { name: "keep" });
        }
        if mask.is_control() || mask.is_whitespace() {
            return Err(Error::Option { name: "mask_char" });
        }
        Ok(Self {
            keep: keep.to_vec(),
            mask,
        })
    }

    /// Writes the kept characters with the mask between them; a text of which more than half would
    /// stay keeps nothing.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        // Composed, so that a letter and its accent are one character however they are written.
        let characters = || input.text.chars().take(CHARS_MAX).nfkc();
        let stays = |character| class_of(character).is_some_and(|class| self.keep.contains(&class));
        let (count, kept) = characters().fold((0, 0), |(count, kept), character| {
            (count + 1, kept + usize::from(stays(character)))
        });
        let show = kept * 2 <= count;
        let mut buffer = [0; 4];
        for character in characters() {
            let shown = if show && stays(character) {
                character
            } else {
                self.mask
            };
            out.extend_from_slice(shown.encode_utf8(&mut buffer).as_bytes());
        }
        true
    }
}

/// The class of a character; none for marks without a place of their own, and for what is unseen.
fn class_of(character: char) -> Option<CharClass> {
    let unseen = character.is_control()
        || is_combining_mark(character)
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    if unseen {
        None
    } else if character.is_numeric() {
        Some(CharClass::Digit)
    } else if character.is_uppercase() {
        Some(CharClass::Upper)
    } else if character.is_alphabetic() {
        Some(CharClass::Lower)
    } else {
        Some(CharClass::Punctuation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn classes(keep: &[CharClass], text: &str) -> String {
        let spec = OperatorSpec::Classes {
            keep: keep.to_vec(),
            mask_char: '*',
        };
        mask(&spec, None, text)
    }

    #[test]
    fn the_wanted_classes_stay() {
        use CharClass::{Digit, Lower, Punctuation, Upper};
        assert_eq!(classes(&[Punctuation], "078-05-1120"), "***-**-****");
        assert_eq!(classes(&[Upper], "Zelda Fitzgerald"), "Z*****F*********");
        assert_eq!(classes(&[Digit], "Room 12b"), "*****12*");
        assert_eq!(classes(&[Lower, Punctuation], "ABCDE-f"), "*****-f");
    }

    #[test]
    fn no_more_than_half_stays() {
        assert_eq!(classes(&[CharClass::Digit], "12345a"), "******");
        assert_eq!(classes(&[CharClass::Lower], "a"), "*");
    }

    #[test]
    fn marks_and_unseen_characters_do_not_stay() {
        let keep = [CharClass::Punctuation];
        assert_eq!(classes(&keep, "ae\u{301}b-"), "***-");
        assert_eq!(classes(&keep, "ab\u{202e}cd"), "*****");
        assert_eq!(classes(&[CharClass::Digit], "اسم٣ابج"), "***٣***");
    }

    #[test]
    fn options_are_bounded() {
        assert!(Classes::compile(&[], '*').is_err());
        assert!(Classes::compile(&[CharClass::Digit], ' ').is_err());
    }
}
