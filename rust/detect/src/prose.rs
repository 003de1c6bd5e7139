//! Entities that sentences tell: which labels of the tagger are reported, and as what.

use std::sync::OnceLock;

use crate::finding::{EntityId, Evidence, Finding};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};
use crate::survey::Survey;
use crate::tagger::{may_be_prose, Label, Tagger};

/// The entities by label.
#[derive(Debug, Default)]
pub(crate) struct Prose {
    entities: [Option<(EntityId, f32)>; Label::COUNT],
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
        let label = Label::by_name(name).ok_or_else(|| refuse(format!("no label `{name}`")))?;
        let place = &mut self.entities[label as usize];
        if place.is_some() {
            return Err(refuse(format!("label `{name}` is taken")));
        }
        tagger()?;
        *place = Some((entity, spec.min_confidence));
        self.wanted = true;
        Ok(())
    }

    /// Reports what sentences tell, if the text has any.
    pub(crate) fn scan(&self, text: &[u8], survey: &Survey, out: &mut Sink<'_>) {
        if !self.wanted || !may_be_prose(text, survey) {
            return;
        }
        let Ok(tagger) = tagger() else { return };
        let mut tags = Vec::new();
        tagger.tag(text, &mut tags);
        for tag in tags {
            let Some((entity, least)) = self.entities[tag.label as usize] else {
                continue;
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
    }
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
    fn labels_are_known_and_taken_once() {
        let bad = labelled("p", "PEOPLE");
        assert!(Detector::new(&[bad]).unwrap_err().reason.contains("label"));
        let twice = [labelled("p", "PERSON"), labelled("q", "PERSON")];
        assert!(Detector::new(&twice).unwrap_err().reason.contains("taken"));
    }
}
