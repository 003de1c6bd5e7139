//! Keyed words for any text.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Input};
use crate::prf::Stream;

const CONSONANTS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
const VOWELS: &[u8; 5] = b"aeiou";
/// Ten syllables hold 66 bits, so that different texts stay different.
const LENGTH_MIN: usize = 20;
const LENGTH_MAX: usize = 96;
/// The last word may pass the wanted length by this much before it is cut.
const WORD_MAX: usize = 8;

/// Writes words of about the text's length.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    if input.room < LENGTH_MIN {
        return false;
    }
    let raw = Folded::new(input.text);
    let target = raw
        .bytes()
        .len()
        .clamp(LENGTH_MIN, LENGTH_MAX.min(input.room));
    let mut stream = raw.stream(input.key, purpose::TEXT);
    out.reserve(target + WORD_MAX + 1);
    let end = out.len() + target;
    while out.len() < end {
        // A word has two to four syllables of a consonant and a vowel.
        let syllables = 2 + stream.below(3);
        for _ in 0..syllables {
            push_syllable(&mut stream, out);
        }
        out.push(b' ');
    }
    out.truncate(end);
    if out.last() == Some(&b' ') {
        out.pop();
    }
    true
}

/// Appends a consonant and a vowel.
pub(crate) fn push_syllable(stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    let pair = stream.below(CONSONANTS.len() * VOWELS.len());
    out.push(CONSONANTS[pair / VOWELS.len()]);
    out.push(VOWELS[pair % VOWELS.len()]);
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    #[test]
    fn words_have_about_the_length_of_the_text() {
        for length in [1, 20, 50, 96, 1000] {
            let masked = mask(&OperatorSpec::Text {}, None, &"q".repeat(length));
            assert!(masked.len().abs_diff(length.clamp(20, 96)) <= 1, "{masked}");
        }
    }

    #[test]
    fn texts_that_mean_the_same_get_the_same_words() {
        let text = |text| mask(&OperatorSpec::Text {}, None, text);
        assert_eq!(text("Stra\u{df}e"), text("STRASSE"));
        assert_ne!(text("Code"), text("Codes"));
    }
}
