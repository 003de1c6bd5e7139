//! Keywords that stand next to a value.

use aho_corasick::AhoCorasick;

use crate::spec::Error;

/// Bytes before a value that are searched for a keyword.
const BEFORE: usize = 56;
/// Bytes after a value that are searched for a keyword.
const AFTER: usize = 24;
/// Longest keyword and largest number of keywords of one entity.
const MAX_KEYWORD: usize = 64;
const MAX_KEYWORDS: usize = 1000;

/// The compiled keywords of one entity.
#[derive(Debug)]
pub(crate) struct Keywords(Option<AhoCorasick>);

impl Keywords {
    pub(crate) fn compile(entity: &str, words: &[String]) -> Result<Self, Error> {
        if words.is_empty() {
            return Ok(Self(None));
        }
        if words.len() > MAX_KEYWORDS {
            return Err(Error::new(
                entity,
                format!("more than {MAX_KEYWORDS} keywords"),
            ));
        }
        if words
            .iter()
            .any(|word| word.trim().is_empty() || word.len() > MAX_KEYWORD)
        {
            return Err(Error::new(entity, "a keyword is empty or too long"));
        }
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words)
            .map(|words| Self(Some(words)))
            .map_err(|_| Error::new(entity, "the keywords are too large"))
    }

    /// Whether a keyword stands within reach of the span.
    pub(crate) fn near(&self, text: &[u8], start: usize, end: usize) -> bool {
        let Some(words) = &self.0 else { return false };
        let left = &text[start.saturating_sub(BEFORE)..start];
        let right = &text[end..text.len().min(end + AFTER)];
        [left, right]
            .into_iter()
            .any(|window| !window.is_empty() && contains(words, window))
    }
}

fn contains(words: &AhoCorasick, window: &[u8]) -> bool {
    words
        .find_overlapping_iter(window)
        .any(|found| starts_word(window, found.start()) && ends_word(window, found.end()))
}

/// A keyword starts a word after anything but a letter, and at a capital inside camel case.
fn starts_word(window: &[u8], at: usize) -> bool {
    match at.checked_sub(1).map(|index| window[index]) {
        Some(byte) if byte.is_ascii_lowercase() => !window[at].is_ascii_lowercase(),
        Some(byte) => !byte.is_ascii_uppercase(),
        None => true,
    }
}

/// A keyword ends a word before anything but a lower-case letter; a plural `s` belongs to it.
fn ends_word(window: &[u8], at: usize) -> bool {
    let lower = |index: usize| window.get(index).is_some_and(u8::is_ascii_lowercase);
    !lower(at) || (window[at] == b's' && !lower(at + 1))
}

#[cfg(test)]
mod tests {
    use super::Keywords;

    fn near(text: &str) -> bool {
        let words = Keywords::compile("x", &["phone".to_owned(), "電話".to_owned()]).unwrap();
        let start = text.find('#').unwrap();
        words.near(text.as_bytes(), start, start + 1)
    }

    #[test]
    fn a_keyword_counts_as_a_whole_word_on_either_side() {
        assert!(near("my Phone: #"));
        assert!(near("phones #"));
        assert!(near("homePhone=#"));
        assert!(near("phone_number=#"));
        assert!(near("# (phone)"));
        assert!(near("電話 #"));
        assert!(!near("phonetics #"));
        assert!(!near("megaphone #"));
        assert!(!near("#"));
    }

    #[test]
    fn a_keyword_out_of_reach_does_not_count() {
        assert!(!near(&format!("phone{} #", " x".repeat(40))));
    }

    #[test]
    fn bad_keywords_are_refused() {
        assert!(Keywords::compile("x", &[" ".to_owned()]).is_err());
        assert!(Keywords::compile("x", &["y".repeat(65)]).is_err());
    }
}
