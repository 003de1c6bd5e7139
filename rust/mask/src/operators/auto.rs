//! What a text of unknown meaning gets.

use crate::layout::permute_text;
use crate::operators::{text, tweak, Input};

/// Codes up to this length are permuted where they stand, which keeps them unique and short.
const CODE_MAX: usize = 24;

/// Writes a code of the same layout for a short text of one word, and words for any other.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let raw = input.text.as_bytes();
    let code = raw.len() <= CODE_MAX && raw.iter().all(u8::is_ascii_graphic);
    // A single punctuation mark or a lone letter among marks would stay visible as layout.
    let mostly = raw
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count()
        * 2
        > raw.len();
    if code && mostly {
        return permute_text(input.key, tweak::TEXT, input.text, out);
    }
    text::write(input, out)
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn auto(text: &str) -> String {
        mask(&OperatorSpec::Auto {}, None, text)
    }

    #[test]
    fn codes_keep_their_layout_and_sentences_become_words() {
        assert_eq!(auto("INV-2024").len(), 8);
        assert_eq!(auto("INV-2024").as_bytes()[3], b'-');
        assert!(auto("a sentence with words in it").is_ascii());
        assert!(auto("???").len() >= 20);
    }
}
