//! What a text of unknown meaning gets.

use crate::layout::permute_text;
use crate::operators::{date_text, text, tweak, Input};
use crate::stamp::Stamp;

/// Codes up to this length are permuted where they stand, which keeps them unique and short.
const CODE_MAX: usize = 24;
/// Of one layout at most four in five texts are dates, so so many steps lead past all of them.
const STEPS: usize = 256;

/// Writes a date for a date, a code of the same layout for another short text of one word, and
/// words for any other.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let raw = input.text.as_bytes();
    if let Some(stamp) = Stamp::parse_any(raw) {
        return date_text::write(&stamp, input, out) || text::write(input, out);
    }
    let code = raw.len() <= CODE_MAX && raw.iter().all(u8::is_ascii_graphic);
    // A single punctuation mark or a lone letter among marks would stay visible as layout.
    let mostly = raw
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .count()
        * 2
        > raw.len();
    if code && mostly {
        return write_code(input, out);
    }
    text::write(input, out)
}

/// Permutes a code past all dates, which only dates become: `0000-00-00` and a day must not meet.
fn write_code(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut step = input.text.to_owned();
    for _ in 0..STEPS {
        if !permute_text(input.key, tweak::TEXT, &step, out) {
            return false;
        }
        if Stamp::parse_any(&out[start..]).is_none() {
            return true;
        }
        step.clear();
        step.push_str(std::str::from_utf8(&out[start..]).unwrap_or_default());
        out.truncate(start);
    }
    false
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
