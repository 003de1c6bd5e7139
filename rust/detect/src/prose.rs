//! Entities that sentences tell: which labels of the tagger are reported, and as what.
//!
//! Two labels are told apart further by lists: countries among places, and forms of address among
//! titles, of which the others are occupations.

use std::collections::HashSet;
use std::sync::OnceLock;

use memchr::memrchr;

use crate::finding::{EntityId, Evidence, Finding};
use crate::sink::{Known, Sink};
use crate::spec::{EntitySpec, Error};
use crate::survey::Survey;
use crate::tagger::{looks_like_prose, Label, Tagged, Tagger};

static COUNTRIES: &str = include_str!("tagger/countries.txt");
const FORMS_OF_ADDRESS: [&str; 20] = [
    "mr",
    "mrs",
    "ms",
    "miss",
    "mx",
    "dr",
    "prof",
    "professor",
    "sir",
    "madam",
    "lady",
    "lord",
    "rev",
    "fr",
    "hon",
    "herr",
    "frau",
    "mme",
    "sr",
    "sra",
];
/// Names of labels that are a part of another label.
const COUNTRY: &str = "COUNTRY";
const JOB: &str = "JOB";
/// Longest name of a country.
const MAX_COUNTRY: usize = 64;
/// Most words that a number is called by.
const MAX_NAME_WORDS: usize = 4;
/// Bytes of a text that are labelled at once, so that memory stays bounded.
const SEGMENT: usize = 1 << 20;
/// Bytes that are judged together in a text that does not begin as prose.
const BLOCK: usize = 1 << 12;
/// How far back the end of either is moved so as to cut between lines or words.
const CUT_REACH: usize = 1 << 10;

/// An entity and the least confidence that it is reported with.
type Reported = Option<(EntityId, f32)>;

/// The entities by label.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    entities: [Reported; Label::COUNT],
    country: Reported,
    job: Reported,
    countries: HashSet<&'static str>,
    wanted: bool,
}

/// The model is read once, when the first detector needs it.
fn tagger() -> Result<&'static Tagger, Error> {
    static TAGGER: OnceLock<Option<Tagger>> = OnceLock::new();
    TAGGER
        .get_or_init(|| Tagger::embedded().ok())
        .as_ref()
        .ok_or_else(|| Error::new("", "the model of free text is not of this version"))
}

impl Prose {
    /// Adds the label of an entity, if it has one.
    ///
    /// # Errors
    /// There is no such label, or it is another entity's.
    pub(crate) fn add(&mut self, entity: EntityId, spec: &EntitySpec) -> Result<(), Error> {
        let Some(name) = &spec.label else {
            return Ok(());
        };
        let refuse = |reason: String| Error::new(&spec.name, reason);
        let place = match name.as_str() {
            COUNTRY => &mut self.country,
            JOB => &mut self.job,
            _ => {
                let label =
                    Label::by_name(name).ok_or_else(|| refuse(format!("no label `{name}`")))?;
                &mut self.entities[label as usize]
            }
        };
        if place.is_some() {
            return Err(refuse(format!("label `{name}` is taken")));
        }
        tagger()?;
        *place = Some((entity, spec.min_confidence));
        self.countries = COUNTRIES.lines().collect();
        self.wanted = true;
        Ok(())
    }

    /// Whether the word by itself is no reason to look for names where a text begins with it.
    pub(crate) fn is_ordinary(&self, word: &[u8]) -> bool {
        !self.wanted || tagger().is_ok_and(|tagger| tagger.is_plain_note(word))
    }

    /// Reports what sentences tell, if the text has any.
    ///
    /// A long text whose begin is none may still have some: then it is looked at block by block.
    pub(crate) fn scan(&self, text: &[u8], survey: &Survey, out: &mut Sink<'_>) {
        if !self.wanted {
            return;
        }
        // Most cells are turned away by their counts, without being read again.
        let numeric = survey.digits * 5 > survey.len * 3;
        let whole = !numeric && looks_like_prose(text);
        if !whole && text.len() <= BLOCK {
            return;
        }
        let Ok(tagger) = tagger() else { return };
        let (mut known, mut tags) = (None, Vec::new());
        let mut from = 0;
        while from < text.len() {
            let to = cut(text, from + if whole { SEGMENT } else { BLOCK });
            if whole || looks_like_prose(&text[from..to]) {
                let known = known.get_or_insert_with(|| out.known());
                tags.clear();
                tagger.tag(&text[from..to], &mut tags);
                for tag in &tags {
                    let (start, end) = (from + tag.start, from + tag.end);
                    self.report(text, &Tagged { start, end, ..*tag }, known, out);
                }
            }
            from = to;
        }
    }

    fn report(&self, text: &[u8], tag: &Tagged, known: &[Known], out: &mut Sink<'_>) {
        let words = &text[tag.start..tag.end];
        if gives_way(text, tag, known) || !has_letters(words) {
            return;
        }
        let Some((entity, least)) = self.reported(tag.label, words) else {
            return;
        };
        if tag.confidence >= least {
            out.push(Finding {
                start: tag.start,
                end: tag.end,
                entity,
                confidence: tag.confidence,
                evidence: Evidence::SENTENCE,
            });
        }
    }

    fn reported(&self, label: Label, words: &[u8]) -> Reported {
        let usual = self.entities[label as usize];
        match label {
            Label::Place if self.is_country(words) => self.country.or(usual),
            Label::Title if !is_form_of_address(words) => self.job.or(usual),
            _ => usual,
        }
    }

    fn is_country(&self, words: &[u8]) -> bool {
        let name = std::str::from_utf8(words).unwrap_or_default();
        name.len() <= MAX_COUNTRY && self.countries.contains(name.to_lowercase().as_str())
    }
}

/// The place at or before `to` where the text may be cut: between lines, else words, else characters.
fn cut(text: &[u8], to: usize) -> usize {
    if to >= text.len() {
        return text.len();
    }
    let low = to - CUT_REACH;
    let reach = &text[low..to];
    if let Some(at) = memrchr(b'\n', reach).or_else(|| memrchr(b' ', reach)) {
        return low + at + 1;
    }
    let inside = |at: &usize| text[*at] & 0xc0 == 0x80;
    (to - 3..=to).rev().find(|at| !inside(at)).unwrap_or(to)
}

/// Whether recognisers that look at the value itself have said what it is.
///
/// An address is more than the postal code or the number in it; other labels that touch a value
/// with a shape are mistaken. `known` is in the order of its spans, whose ends rise as well.
fn gives_way(text: &[u8], tag: &Tagged, known: &[Known]) -> bool {
    let first = known.partition_point(|one| one.end <= tag.start);
    let near = known[first..].iter().take_while(|one| one.start < tag.end);
    let mut near = near.map(|one| (one.start.max(tag.start), one.end.min(tag.end), one.proven));
    match tag.label {
        Label::StreetAddress | Label::Place => near.any(|(start, end, proven)| {
            (end - start) * 5 >= (tag.end - tag.start) * 2
                || (proven && only_names(&text[tag.start..start], &text[end..tag.end]))
        }),
        _ => near.next().is_some(),
    }
}

/// Whether the words on both sides of a number can be what it is called, as in `cartão de cidadão
/// 00000000`: they are few, and none of them is a number of a house.
fn only_names(before: &[u8], after: &[u8]) -> bool {
    let sides = [before, after];
    let numbers = sides.iter().any(|side| side.iter().any(u8::is_ascii_digit));
    let words = sides
        .iter()
        .flat_map(|side| side.split(u8::is_ascii_whitespace))
        .filter(|word| !word.is_empty());
    !numbers && words.take(MAX_NAME_WORDS + 1).count() <= MAX_NAME_WORDS
}

/// Whether there is something to read: bytes that are no text name nobody.
fn has_letters(words: &[u8]) -> bool {
    let readable = |chunk: std::str::Utf8Chunk<'_>| chunk.valid().contains(char::is_alphanumeric);
    words.utf8_chunks().any(readable)
}

fn is_form_of_address(words: &[u8]) -> bool {
    let word = words.strip_suffix(b".").unwrap_or(words);
    FORMS_OF_ADDRESS
        .iter()
        .any(|form| word.eq_ignore_ascii_case(form.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::only_names;
    use crate::testing::spec;
    use crate::{Detector, EntitySpec, Evidence};

    fn labelled(name: &str, label: &str) -> EntitySpec {
        EntitySpec {
            label: Some(label.to_owned()),
            ..spec(name, "column")
        }
    }

    #[test]
    fn names_in_sentences_are_reported_as_their_entity() {
        let detector = Detector::new(&[labelled("p", "PERSON")]).unwrap();
        let text = "Yesterday I spoke with Martha Winterbottom about the invoice.";
        let mut findings = Vec::new();
        detector.scan(text.as_bytes(), None, &mut findings);
        let spans: Vec<&str> = findings
            .iter()
            .map(|one| &text[one.start..one.end])
            .collect();
        assert_eq!(spans, ["Martha Winterbottom"]);
        assert!(findings[0].evidence.contains(Evidence::SENTENCE));
    }

    #[test]
    fn a_number_that_is_called_by_its_name_is_no_address() {
        let code = EntitySpec {
            formats: vec!["##########".to_owned()],
            keywords: vec!["cédula".to_owned()],
            confidence: Some(0.3),
            ..spec("c", "code")
        };
        let detector = Detector::new(&[code, labelled("a", "ADDRESS")]).unwrap();
        let entities = |text: &str| {
            let mut findings = Vec::new();
            detector.scan(text.as_bytes(), None, &mut findings);
            findings.iter().map(|one| one.entity).collect::<Vec<_>>()
        };
        assert_eq!(entities("cédula de ciudadanía 1095312769"), [0]);
        let street = "She lives at 742 Evergreen Terrace, Springfield, cédula 1095312769.";
        assert!(entities(street).contains(&1));
    }

    #[test]
    fn only_few_words_without_a_number_name_a_value() {
        assert!(only_names("cartão de cidadão ".as_bytes(), b""));
        assert!(!only_names(b"12 Main Street ", b""));
        assert!(!only_names(b"the second house on ", b" High Street"));
    }

    #[test]
    fn sentences_behind_other_text_are_read() {
        let detector = Detector::new(&[labelled("p", "PERSON")]).unwrap();
        let sentence = "Yesterday I spoke with Martha Winterbottom about the invoice. ";
        for (lead, behind) in [("0123456789abcdef", 40), ("1234567,", 3), ("w o ", 1)] {
            let text = lead.repeat(9000) + "\n" + &sentence.repeat(behind * 100);
            let mut findings = Vec::new();
            detector.scan(text.as_bytes(), None, &mut findings);
            let name = |one: &&crate::Finding| &text[one.start..one.end] == "Martha Winterbottom";
            let found = findings.iter().filter(name).count();
            assert!(found * 10 >= behind * 900, "{lead} {found}");
        }
    }

    #[test]
    fn texts_are_cut_between_characters() {
        let text = "é".repeat(3000);
        let at = super::cut(text.as_bytes(), 4095);
        assert_eq!(at, 4094);
        assert_eq!(super::cut("ab cd ef".repeat(999).as_bytes(), 4096), 4094);
        assert_eq!(super::cut(&[0x80; 5000], 4096), 4096);
    }

    #[test]
    fn labels_are_known_and_taken_once() {
        let bad = labelled("p", "PEOPLE");
        assert!(Detector::new(&[bad]).unwrap_err().reason.contains("label"));
        let twice = [labelled("p", "PERSON"), labelled("q", "PERSON")];
        assert!(Detector::new(&twice).unwrap_err().reason.contains("taken"));
    }
}
