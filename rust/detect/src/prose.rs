//! Entities that sentences tell: which labels of the tagger are reported, and as what.
//!
//! Two labels are told apart further by lists: countries among places, and forms of address among
//! titles, of which the others are occupations.

use std::collections::HashSet;
use std::sync::OnceLock;

use memchr::memrchr;

use crate::finding::{EntityId, Evidence, Finding};
use crate::sink::Sink;
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
                let known = known.get_or_insert_with(|| out.spans());
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

    fn report(&self, text: &[u8], tag: &Tagged, known: &[(usize, usize)], out: &mut Sink<'_>) {
        let words = &text[tag.start..tag.end];
        if gives_way(tag, known) || !has_letters(words) {
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
/// with a shape are mistaken.
///
/// `known` is in the order of its starts and of its ends. Of the spans that begin before the label
/// the last one reaches farthest, and those that begin within it are in the way of no other label;
/// so all labels together take linear time.
fn gives_way(tag: &Tagged, known: &[(usize, usize)]) -> bool {
    let within = known.partition_point(|&(start, _)| start <= tag.start);
    known[within.saturating_sub(1)..]
        .iter()
        .take_while(|&&(start, _)| start < tag.end)
        .any(|&(start, end)| {
            let shared = end.min(tag.end).saturating_sub(start.max(tag.start));
            match tag.label {
                Label::StreetAddress | Label::Place => shared * 5 >= (tag.end - tag.start) * 2,
                _ => shared > 0,
            }
        })
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
