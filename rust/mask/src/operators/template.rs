//! A fixed text with a few characters of the value in it, such as `***-**-{last4}`.

use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::operators::Input;

const LENGTH_MAX: usize = 256;
/// The most characters that one place may keep.
const KEEP_MAX: usize = 64;
/// Longer texts keep nothing: no template is meant for them.
const CHARS_MAX: usize = 4096;
/// What stands for each character that may not be kept.
const HIDDEN: u8 = b'*';

#[derive(Debug)]
enum Piece {
    Fixed(String),
    First(usize),
    Last(usize),
}

/// A template's pieces in their order.
#[derive(Debug)]
pub(crate) struct Template {
    pieces: Vec<Piece>,
    kept: usize,
}

impl Template {
    pub(crate) fn compile(template: &str) -> Result<Self, Error> {
        let wrong = || Error::Option { name: "template" };
        if template.is_empty()
            || template.len() > LENGTH_MAX
            || template.chars().any(char::is_control)
        {
            return Err(wrong());
        }
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((fixed, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').ok_or_else(wrong)?;
            if !fixed.is_empty() {
                pieces.push(Piece::Fixed(fixed.to_owned()));
            }
            pieces.push(place(name).ok_or_else(wrong)?);
            rest = after;
        }
        if rest.contains('}') {
            return Err(wrong());
        }
        if !rest.is_empty() {
            pieces.push(Piece::Fixed(rest.to_owned()));
        }
        let kept = pieces.iter().map(|piece| match piece {
            Piece::Fixed(_) => 0,
            Piece::First(count) | Piece::Last(count) => *count,
        });
        Ok(Self {
            kept: kept.sum(),
            pieces,
        })
    }

    /// Writes the text; of a value of whose letters and numerals more than half would stay nothing
    /// does.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        let visible = || {
            input
                .text
                .chars()
                .take(CHARS_MAX)
                .nfkc()
                .filter(|character| character.is_alphanumeric())
        };
        let count = visible().count();
        let show = self.kept * 2 <= count && count < CHARS_MAX;
        let mut buffer = [0; 4];
        for piece in &self.pieces {
            let (skip, take) = match piece {
                Piece::Fixed(text) => {
                    out.extend_from_slice(text.as_bytes());
                    continue;
                }
                Piece::First(take) => (0, *take),
                Piece::Last(take) => (count.saturating_sub(*take), *take),
            };
            if !show {
                out.resize(out.len() + take, HIDDEN);
                continue;
            }
            for character in visible().skip(skip).take(take) {
                out.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
            }
        }
        true
    }
}

/// `first` or `last` and how many characters.
fn place(name: &str) -> Option<Piece> {
    let (count, piece): (&str, fn(usize) -> Piece) = match name.strip_prefix("first") {
        Some(count) => (count, Piece::First),
        None => (name.strip_prefix("last")?, Piece::Last),
    };
    // `parse` would take a plus sign too.
    let digits = (1..=2).contains(&count.len()) && count.bytes().all(|byte| byte.is_ascii_digit());
    let count = count.parse().ok().filter(|_| digits)?;
    (1..=KEEP_MAX).contains(&count).then(|| piece(count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn filled(template: &str, text: &str) -> String {
        let template = template.into();
        mask(&OperatorSpec::Template { template }, None, text)
    }

    #[test]
    fn places_take_letters_and_numerals_of_the_value() {
        assert_eq!(filled("***-**-{last4}", "078-05-1120"), "***-**-1120");
        assert_eq!(filled("{first2}…{last2}", "AB 12 CDE 9x"), "AB…9x");
        assert_eq!(filled("{first1}.", "éclair"), "é.");
        assert_eq!(filled("{first1}.", "e\u{301}clair"), "é.");
    }

    #[test]
    fn no_more_than_half_stays() {
        assert_eq!(filled("x{last4}", "1234567"), "x****");
        assert_eq!(filled("{first2}{last2}", "12-34-56-7"), "****");
        assert_eq!(filled("{last1}", "é"), "*");
    }

    #[test]
    fn a_text_alone_is_a_constant() {
        assert_eq!(filled("hidden", "Zelda"), "hidden");
    }

    #[test]
    fn options_are_bounded() {
        for wrong in [
            "",
            "{",
            "}",
            "{last}",
            "{last0}",
            "{last65}",
            "{last+4}",
            "{middle2}",
            "{first4",
            "a\n",
        ] {
            assert!(Template::compile(wrong).is_err(), "{wrong:?}");
        }
        assert!(Template::compile(&"x".repeat(257)).is_err());
    }
}
