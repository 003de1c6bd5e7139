//! Tells cheaply whether a cell could be free text.

use crate::survey::Survey;

/// Shortest text that the tagger is asked about.
const SHORTEST: usize = 6;
/// Bytes that are looked at; the rest of a text is taken to be like them.
const SAMPLE: usize = 512;

/// Whether a text has words: letters in runs, with spaces or line breaks between them.
///
/// Numbers, codes, keys, addresses of files and encoded data are not prose.
#[must_use]
pub fn looks_like_prose(text: &[u8]) -> bool {
    let sample = &text[..text.len().min(SAMPLE)];
    let (mut letters, mut gaps, mut inside) = (0_usize, 0_usize, false);
    for &byte in sample {
        if byte.is_ascii_alphabetic() || byte >= 0x80 {
            letters += 1;
            inside = true;
        } else if matches!(byte, b' ' | b'\n' | b'\t') {
            gaps += usize::from(inside);
            inside = false;
        }
    }
    let len = sample.len();
    len >= SHORTEST && gaps >= 1 && letters * 5 >= len * 2 && len <= 24 * (gaps + 1)
}

/// The same, knowing the counts of a survey: most cells are turned away without being read again.
pub(crate) fn may_be_prose(text: &[u8], survey: &Survey) -> bool {
    survey.digits * 5 <= survey.len * 3 && looks_like_prose(text)
}

#[cfg(test)]
mod tests {
    use super::{looks_like_prose, may_be_prose};
    use crate::survey::Survey;

    #[test]
    fn sentences_lists_and_address_blocks_are_prose() {
        for text in [
            "My name is Ann",
            "12 Main Street\nSpringfield",
            "Größe der Bestellung war falsch",
            "ring twice, please",
        ] {
            assert!(looks_like_prose(text.as_bytes()), "{text}");
            assert!(may_be_prose(text.as_bytes(), &Survey::of(text.as_bytes())));
        }
    }

    #[test]
    fn codes_numbers_and_encoded_data_are_not() {
        let long = "QWxhZGRpbjpvcGVuIHNlc2FtZQ".repeat(9);
        for text in [
            "",
            "shipped",
            "2024-01-05 10:11:12+00",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "https://shop.example.com/products/blue-widget?ref=mail",
            "+1 212 555 0100",
            long.as_str(),
        ] {
            assert!(!looks_like_prose(text.as_bytes()), "{text}");
            assert!(!may_be_prose(text.as_bytes(), &Survey::of(text.as_bytes())));
        }
    }
}
