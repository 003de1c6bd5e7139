//! FF1 over the digits where they stand; letters are permuted with them.

use crate::layout::permute_text;
use crate::operators::{tweak, Input};

/// Writes the text with every digit and letter permuted and everything else as it is.
///
/// Digits alone are enciphered by FF1 in radix 10, or by the small permutation below a million
/// values. Letters cannot stay, because nobody knows what they say.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    permute_text(input.key, tweak::DIGITS, input.text, out)
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn digits(text: &str) -> String {
        mask(&OperatorSpec::Digits {}, None, text)
    }

    #[test]
    fn layout_stays_and_digits_change() {
        let masked = digits("12-34/56 78");
        let layout = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
        assert_eq!(layout(&masked), "00-00/00 00");
        assert_ne!(masked, "12-34/56 78");
    }

    #[test]
    fn all_short_numbers_stay_distinct() {
        let all: std::collections::HashSet<String> = (0..1000)
            .map(|number| digits(&format!("{number:03}")))
            .collect();
        assert_eq!(all.len(), 1000);
    }

    #[test]
    fn the_layout_does_not_change_the_digits() {
        assert_eq!(digits("1234-5678").replace('-', ""), digits("12345678"));
    }
}
