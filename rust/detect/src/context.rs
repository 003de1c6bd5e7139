//! Keywords that stand next to a value.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::AhoCorasick;

use crate::begins::Begins;
use crate::finding::EntityId;
use crate::spec::Error;

/// Bytes before a value that are searched for a keyword.
const BEFORE: usize = 56;
/// Bytes after a value that are searched for a keyword.
const AFTER: usize = 24;
/// Longest keyword and largest number of keywords of one entity.
const MAX_KEYWORD: usize = 256;
const MAX_KEYWORDS: usize = 1000;

/// The compiled keywords of one entity.
#[derive(Debug)]
pub(crate) struct Keywords(Option<AhoCorasick>);

impl Keywords {
    pub(crate) fn compile(entity: &str, words: &[String]) -> Result<Self, Error> {
        check(entity, words)?;
        if words.is_empty() {
            return Ok(Self(None));
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

/// Whether the keywords are few and short enough.
pub(crate) fn check(entity: &str, words: &[String]) -> Result<(), Error> {
    if words.len() > MAX_KEYWORDS {
        let reason = format!("more than {MAX_KEYWORDS} keywords");
        return Err(Error::new(entity, reason));
    }
    let bad = |word: &String| word.trim().is_empty() || word.len() > MAX_KEYWORD;
    if words.iter().any(bad) {
        return Err(Error::new(entity, "a keyword is empty or too long"));
    }
    Ok(())
}

fn contains(words: &AhoCorasick, window: &[u8]) -> bool {
    words
        .find_overlapping_iter(window)
        .any(|found| starts_word(window, found.start()) && ends_word(window, found.end()))
}

/// A keyword starts a word after anything but a letter, and at a capital inside camel case.
pub(crate) fn starts_word(window: &[u8], at: usize) -> bool {
    match at.checked_sub(1).map(|index| window[index]) {
        Some(byte) if byte.is_ascii_lowercase() => !window[at].is_ascii_lowercase(),
        Some(byte) => !byte.is_ascii_uppercase(),
        None => true,
    }
}

/// A keyword ends a word before anything but a lower-case letter; a plural `s` belongs to it.
pub(crate) fn ends_word(window: &[u8], at: usize) -> bool {
    let lower = |index: usize| window.get(index).is_some_and(u8::is_ascii_lowercase);
    !lower(at) || (window[at] == b's' && !lower(at + 1))
}

/// Bytes behind a place that are searched for keywords at once.
const BLOCK: usize = 4096;

/// The keywords of many entities, searched for together.
#[derive(Debug, Default)]
pub(crate) struct ContextIndex {
    words: Option<AhoCorasick>,
    entities: Vec<Vec<EntityId>>,
    /// A text without a word that begins as a keyword does is not searched.
    begins: Begins,
}

impl ContextIndex {
    /// Compiles the keywords of entities; each also in capitals and small letters of its script.
    pub(crate) fn compile(keywords: &[(EntityId, Vec<String>)]) -> Result<Self, Error> {
        let mut by_word: BTreeMap<String, Vec<EntityId>> = BTreeMap::new();
        for (entity, words) in keywords {
            for word in words {
                let capital = word.chars().take(1).flat_map(char::to_uppercase);
                let title: String = capital.chain(word.chars().skip(1)).collect();
                for form in [word.to_lowercase(), word.to_uppercase(), title] {
                    let entities = by_word.entry(form.to_ascii_lowercase()).or_default();
                    if entities.last() != Some(entity) {
                        entities.push(*entity);
                    }
                }
            }
        }
        if by_word.is_empty() {
            return Ok(Self::default());
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(by_word.keys())
            .map_err(|_| Error::new("", "the keywords are too large"))?;
        Ok(Self {
            begins: Begins::of(by_word.keys(), true),
            words: Some(words),
            entities: by_word.into_values().collect(),
        })
    }

    /// Whether a keyword may stand in the text.
    pub(crate) fn may_be_in(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| starts_word(text, at) && self.begins.at(&text[at..]))
    }

    /// As [`Self::near`], for a text that no keyword is in.
    pub(crate) const fn nothing_near<'a>(&'a self, text: &'a [u8]) -> Near<'a> {
        Near {
            index: self,
            text,
            searched: 0..text.len(),
            hits: Vec::new(),
        }
    }

    /// Starts to look for what stands near the values of a text.
    pub(crate) fn near<'a>(&'a self, text: &'a [u8]) -> Near<'a> {
        Near {
            index: self,
            text,
            searched: 0..0,
            hits: Vec::new(),
        }
    }
}

/// The keywords of one text, searched for when they are asked for, block by block.
#[derive(Debug)]
pub(crate) struct Near<'a> {
    index: &'a ContextIndex,
    text: &'a [u8],
    searched: Range<usize>,
    hits: Vec<(usize, usize, usize)>,
}

impl Near<'_> {
    /// Whether any keyword stands within reach of a value that begins with a group, and is at most
    /// `reach` bytes longer than it.
    pub(crate) fn any(&mut self, start: usize, end: usize, reach: usize) -> bool {
        let (from, to) = self.window(start, (end + reach).min(self.text.len()));
        if self.hits.is_empty() && self.has_searched(from, to) {
            return false;
        }
        let letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
        if !self.text[from..start].iter().any(letter) && !self.text[end..to].iter().any(letter) {
            return false;
        }
        self.search(from, to);
        let first = self.hits.partition_point(|hit| hit.0 < from);
        self.hits.get(first).is_some_and(|hit| hit.0 < to)
    }

    /// Whether a keyword of the entity stands within reach of the span.
    pub(crate) fn holds(&mut self, entity: EntityId, start: usize, end: usize) -> bool {
        let (from, to) = self.window(start, end);
        self.search(from, to);
        let first = self.hits.partition_point(|hit| hit.0 < from);
        self.hits[first..]
            .iter()
            .take_while(|hit| hit.0 < to)
            .filter(|hit| hit.1 <= start || (hit.0 >= end && hit.1 <= to))
            .any(|hit| self.index.entities[hit.2].contains(&entity))
    }

    fn window(&self, start: usize, end: usize) -> (usize, usize) {
        let to = self.text.len().min(end + AFTER);
        (start.saturating_sub(BEFORE), to)
    }

    const fn has_searched(&self, from: usize, to: usize) -> bool {
        self.searched.start <= from && to <= self.searched.end
    }

    fn search(&mut self, from: usize, to: usize) {
        if self.has_searched(from, to) {
            return;
        }
        let Some(words) = &self.index.words else {
            return;
        };
        let end = self.text.len().min(to + BLOCK);
        let block = &self.text[from..end];
        self.hits.clear();
        self.searched = from..end;
        if !self.index.may_be_in(block) {
            return;
        }
        self.hits.extend(
            words
                .find_overlapping_iter(block)
                .filter(|hit| starts_word(block, hit.start()) && ends_word(block, hit.end()))
                .map(|hit| {
                    (
                        from + hit.start(),
                        from + hit.end(),
                        hit.pattern().as_usize(),
                    )
                }),
        );
        self.hits.sort_unstable();
    }
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
        assert!(Keywords::compile("x", &["y".repeat(257)]).is_err());
    }
}
