//! Entities whose values are listed: religions, genders, code names of projects.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::bytes::is_word;
use crate::shapes::{weigh, Candidate, Slot};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};

/// Most words of one entity, and most bytes of a word.
const MAX_WORDS: usize = 10_000;
const MAX_WORD: usize = 256;
/// How sure a listed word is by itself; most of them are ordinary words as well.
const CONFIDENCE: f32 = 0.3;

/// The lists, before and after they are compiled.
#[derive(Debug, Default)]
pub(crate) struct Words {
    slots: Vec<(Slot, f32)>,
    by_word: BTreeMap<String, Vec<usize>>,
    compiled: Option<(AhoCorasick, Vec<Vec<usize>>)>,
}

impl Words {
    /// Adds the list of an entity.
    ///
    /// # Errors
    /// Says which word is empty or too long.
    pub(crate) fn add(&mut self, spec: &EntitySpec, slot: Slot) -> Result<(), Error> {
        if spec.words.is_empty() || spec.words.len() > MAX_WORDS {
            let reason = format!("a list has 1 to {MAX_WORDS} words");
            return Err(Error::new(&spec.name, reason));
        }
        for word in &spec.words {
            if word.trim() != word || word.is_empty() || word.len() > MAX_WORD {
                let reason = "a word is empty, too long or has spaces around it";
                return Err(Error::new(&spec.name, reason));
            }
            for form in [word.clone(), word.to_lowercase(), word.to_uppercase()] {
                let slots = self.by_word.entry(form.to_ascii_lowercase()).or_default();
                if slots.last() != Some(&self.slots.len()) {
                    slots.push(self.slots.len());
                }
            }
        }
        let confidence = spec.confidence.unwrap_or(CONFIDENCE);
        self.slots.push((slot, confidence));
        Ok(())
    }

    /// Builds the search for all lists together.
    pub(crate) fn compile(&mut self) -> Result<(), Error> {
        if self.by_word.is_empty() {
            return Ok(());
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(self.by_word.keys())
            .map_err(|_| Error::new("", "the word lists are too large"))?;
        let slots = std::mem::take(&mut self.by_word).into_values().collect();
        self.compiled = Some((words, slots));
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(crate) fn scan(&self, text: &[u8], hint: Option<u16>, out: &mut Sink<'_>) {
        let Some((words, slots)) = &self.compiled else {
            return;
        };
        for found in words.find_iter(text) {
            let (start, end) = (found.start(), found.end());
            if !is_whole(text, start, end) {
                continue;
            }
            for &slot in &slots[found.pattern().as_usize()] {
                let (slot, confidence) = &self.slots[slot];
                weigh(
                    slot,
                    text,
                    hint,
                    Candidate::pattern(start, end, *confidence),
                    out,
                );
            }
        }
    }
}

/// Whether a word that begins or ends with a letter of the Latin script goes on there; in scripts
/// that are written without spaces a word is found wherever it stands.
fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    let joins = |inside: u8, outside: Option<&u8>| {
        is_word(inside) && outside.is_some_and(|&byte| is_word(byte) || byte >= 0xc3)
    };
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    !joins(text[start], before) && !joins(text[end - 1], text.get(end))
}

#[cfg(test)]
mod tests {
    use crate::testing::spec;
    use crate::{Detector, EntitySpec};

    fn list(words: &[&str], confidence: Option<f32>) -> EntitySpec {
        EntitySpec {
            words: words.iter().map(|&word| word.to_owned()).collect(),
            keywords: vec!["religion".to_owned()],
            confidence,
            ..spec("x.list", "words")
        }
    }

    fn found(confidence: Option<f32>, text: &str, hint: Option<u16>) -> Vec<&str> {
        let words = ["Bahá'í", "Roman Catholic", "Catholic", "仏教"];
        let detector = Detector::new(&[list(&words, confidence)]).unwrap();
        let mut findings = Vec::new();
        detector.scan(text.as_bytes(), hint, &mut findings);
        findings
            .iter()
            .map(|finding| &text[finding.start..finding.end])
            .collect()
    }

    #[test]
    fn whole_words_count_in_any_case() {
        let text = "a ROMAN CATHOLIC, a bahá'í, no catholics or acatholic; 彼は仏教徒";
        assert_eq!(
            found(Some(0.9), text, None),
            ["ROMAN CATHOLIC", "bahá'í", "仏教"]
        );
    }

    #[test]
    fn an_ordinary_word_needs_a_keyword_or_its_column() {
        assert!(found(None, "catholic", None).is_empty());
        assert_eq!(found(None, "religion: catholic", None), ["catholic"]);
        assert_eq!(found(None, "catholic", Some(0)), ["catholic"]);
    }

    #[test]
    fn bad_lists_say_what_is_wrong() {
        for words in [&[][..], &[""], &[" a"]] {
            assert!(Detector::new(&[list(words, None)]).is_err());
        }
    }
}
