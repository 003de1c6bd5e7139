//! Keeps the ends of a text.

use crate::error::Error;
use crate::operators::Input;

/// The most characters that may be kept at either end.
const KEEP_MAX: u32 = 64;

/// How much is kept.
#[derive(Debug)]
pub(crate) struct Partial {
    first: usize,
    last: usize,
    mask: char,
}

impl Partial {
    pub(crate) fn compile(first: u32, last: u32, mask: char) -> Result<Self, Error> {
        if first > KEEP_MAX {
            return Err(Error::Option { name: "keep_first" });
        }
        if last > KEEP_MAX {
            return Err(Error::Option { name: "keep_last" });
        }
        if mask.is_control() || mask.is_whitespace() {
            return Err(Error::Option { name: "mask_char" });
        }
        Ok(Self {
            first: first as usize,
            last: last as usize,
            mask,
        })
    }

    /// Writes the ends with the mask between them; a text of which no more than half would be
    /// hidden keeps nothing.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        let count = input.text.chars().count();
        let kept = self.first + self.last;
        let (first, last) = if kept * 2 >= count {
            (0, 0)
        } else {
            (self.first, self.last)
        };
        let mut mask = [0; 4];
        let mask = self.mask.encode_utf8(&mut mask).as_bytes();
        let mut buffer = [0; 4];
        for (at, character) in input.text.chars().enumerate() {
            let keep = at < first || at >= count - last;
            let bytes = if keep {
                character.encode_utf8(&mut buffer).as_bytes()
            } else {
                mask
            };
            out.extend_from_slice(bytes);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn partial(first: u32, last: u32, text: &str) -> String {
        mask(
            &OperatorSpec::Partial {
                keep_first: first,
                keep_last: last,
                mask_char: '*',
            },
            None,
            text,
        )
    }

    #[test]
    fn the_ends_stay() {
        assert_eq!(partial(1, 2, "abcdefgh"), "a*****gh");
        assert_eq!(partial(0, 4, "4111111111111111"), "************1111");
        assert_eq!(partial(1, 0, "éèêë"), "é***");
    }

    #[test]
    fn short_texts_keep_nothing() {
        assert_eq!(partial(1, 2, "abcdef"), "******");
        assert_eq!(partial(3, 3, "ab"), "**");
    }

    #[test]
    fn options_are_bounded() {
        assert!(Partial::compile(65, 0, '*').is_err());
        assert!(Partial::compile(0, 65, '*').is_err());
        assert!(Partial::compile(0, 0, '\n').is_err());
    }
}
