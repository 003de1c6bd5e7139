//! Brings texts that mean the same to the same bytes: Unicode NFKC and case.

use unicode_normalization::UnicodeNormalization;

const SHORT: usize = 96;

/// Calls with the folded text; short ASCII, which is nearly all there is, is folded on the stack.
pub(crate) fn with_folded<T>(text: &str, then: impl FnOnce(&[u8]) -> T) -> T {
    if text.len() <= SHORT && text.is_ascii() {
        let mut buffer = [0; SHORT];
        let folded = &mut buffer[..text.len()];
        folded.copy_from_slice(text.as_bytes());
        folded.make_ascii_lowercase();
        return then(folded);
    }
    // Through capitals, because some small letters (the German sharp s) have two of them.
    let folded: String = text
        .nfkc()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect();
    then(folded.trim().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<u8> {
        with_folded(text, <[u8]>::to_vec)
    }

    #[test]
    fn case_and_composition_do_not_matter() {
        assert_eq!(folded("Zelda"), folded("zELDA"));
        assert_eq!(folded("Ren\u{e9}e"), folded("RENE\u{301}E"));
        assert_eq!(folded("STRASSE"), folded("straße"));
        assert_eq!(folded("ｆｕｌｌ"), folded("full"));
        assert_ne!(folded("Renee"), folded("Ren\u{e9}e"));
    }
}
