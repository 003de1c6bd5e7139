//! The scanner: which recognisers run over a text, and in what order.

mod familiar;
mod named;
mod reference;

use std::collections::HashSet;

use crate::codes::Codes;
use crate::context::{self, ContextIndex, Keywords};
use crate::decode;
use crate::finding::{EntityId, Finding};
use crate::fold;
use crate::keys::Keys;
use crate::overlap;
use crate::pattern::Pattern;
use crate::prose::Prose;
use crate::shapes::anchors::Anchors;
use crate::shapes::{email, ip, numbers, plain, Scan, Shape, Slot, Slots};
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};
use crate::structure;
use crate::survey::Survey;
use crate::view::View;
use crate::words::Words;

/// Group of the entities whose stand-ins are no values.
const SECRETS: &str = "secret.";
/// Fewest digits that any number of interest has.
const MIN_DIGITS: usize = 4;
/// Bytes of the shortest value without a colon that is known by itself, `a@b.co`.
const MIN_LEN: usize = 6;

/// A compiled list of entities; build once, share between threads.
#[derive(Debug)]
pub struct Detector {
    names: Vec<String>,
    slots: Slots,
    patterns: Vec<Pattern>,
    codes: Codes,
    words: Words,
    context: ContextIndex,
    keys: Keys,
    prose: Prose,
    /// The entities that are known by the name of their column only.
    named: HashSet<EntityId>,
    anchors: Anchors,
    wants: Wants,
    owner: familiar::Owner,
}

/// Which groups of recognisers have an entity at all.
#[derive(Debug, Default)]
struct Wants {
    numbers: bool,
    anchors: bool,
}

impl Detector {
    /// Compiles the entities.
    ///
    /// # Errors
    /// Names the first entity that cannot be compiled and the reason.
    pub fn new(entities: &[EntitySpec]) -> Result<Self, Error> {
        let mut detector = Self {
            names: Vec::with_capacity(entities.len()),
            slots: std::array::from_fn(|_| None),
            patterns: Vec::new(),
            codes: Codes::new(),
            words: Words::default(),
            context: ContextIndex::default(),
            keys: Keys::default(),
            prose: Prose::default(),
            named: HashSet::new(),
            anchors: Anchors::default(),
            wants: Wants::default(),
            owner: familiar::Owner::default(),
        };
        let mut names = HashSet::new();
        let mut context = Vec::new();
        for (index, spec) in entities.iter().enumerate() {
            let entity = u16::try_from(index).map_err(|_| Error::new("", "too many entities"))?;
            spec.check()?;
            if !names.insert(spec.name.as_str()) {
                return Err(Error::new(&spec.name, "declared twice"));
            }
            detector.names.push(spec.name.clone());
            detector.add(spec, entity)?;
            detector.keys.add(entity, spec);
            detector.prose.add(entity, spec)?;
            if spec.shape == "code" {
                context.push((entity, spec.keywords.clone()));
            }
        }
        detector.anchors.build()?;
        detector.context = ContextIndex::compile(&context)?;
        detector.codes.finish();
        detector.words.compile()?;
        let any = |shapes: &[Shape]| {
            shapes
                .iter()
                .any(|&shape| detector.slots[shape as usize].is_some())
        };
        detector.wants = Wants {
            numbers: any(&[
                Shape::Phone,
                Shape::Card,
                Shape::Iban,
                Shape::Ssn,
                Shape::Ipv4,
            ]),
            anchors: detector.anchors.declared()
                || any(&[
                    Shape::AwsAccessKey,
                    Shape::AwsSecretKey,
                    Shape::Jwt,
                    Shape::PemPrivateKey,
                    Shape::ConnectionString,
                ]),
        };
        Ok(detector)
    }

    fn add(&mut self, spec: &EntitySpec, entity: u16) -> Result<(), Error> {
        let keywords = if spec.shape == "code" {
            // They are searched for together with those of all other codes.
            context::check(&spec.name, &spec.keywords)?;
            Keywords::compile(&spec.name, &[])?
        } else {
            Keywords::compile(&spec.name, &spec.keywords)?
        };
        let slot = Slot {
            entity,
            min_confidence: spec.min_confidence,
            keywords,
        };
        if spec.name.starts_with(SECRETS) {
            self.anchors.add_secret(entity);
        }
        match spec.shape.as_str() {
            "token" => self.anchors.add_token(spec, slot)?,
            "assigned" => self.anchors.add_assigned(spec, slot)?,
            "column" => {
                self.named.insert(entity);
            }
            "code" => self.codes.add(spec, slot)?,
            "words" => self.words.add(spec, slot)?,
            "pattern" => self.patterns.push(Pattern::compile(spec, slot)?),
            name => {
                let shape = Shape::by_name(name)
                    .ok_or_else(|| Error::new(&spec.name, format!("no shape `{name}`")))?;
                let place = &mut self.slots[shape as usize];
                if place.is_some() {
                    return Err(Error::new(&spec.name, format!("shape `{name}` is taken")));
                }
                *place = Some(slot);
            }
        }
        Ok(())
    }

    /// Names of the entities; a finding's `entity` is an index into them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Appends the findings of `text` to `out`, sorted and without overlaps.
    ///
    /// `hint` names the entity that the column is believed to hold: its values are then reported
    /// in layouts that say too little by themselves. Time is linear in the length of the text.
    pub fn scan(&self, text: &[u8], hint: Option<u16>, out: &mut Vec<Finding>) {
        let survey = Survey::of(text);
        if hint.is_some() || !self.is_plain_to(text, &survey) {
            self.search(text, &survey, hint, out);
        }
    }

    /// As [`Self::scan`] without a hint. Asks `is_clean` whether nothing was found in the text
    /// before, if a glance does not tell; returns whether the text had to be searched.
    pub fn scan_unless(
        &self,
        text: &[u8],
        is_clean: impl FnOnce() -> bool,
        out: &mut Vec<Finding>,
    ) -> bool {
        let survey = Survey::of(text);
        let searched = !self.is_plain_to(text, &survey) && !is_clean();
        if searched {
            self.search(text, &survey, None, out);
        }
        searched
    }

    /// Whether a glance tells that nothing is in a text.
    fn is_plain_to(&self, text: &[u8], survey: &Survey) -> bool {
        self.is_too_short(survey)
            || self.is_small_talk(text, survey)
            || self.is_plain_reference(text, survey)
            || is_clock_reading(text, survey)
    }

    /// Searches a text of which nothing is known.
    fn search(&self, text: &[u8], survey: &Survey, hint: Option<EntityId>, out: &mut Vec<Finding>) {
        let base = out.len();
        let mut sink = Sink::new(out);
        self.scan_as_written(text, survey, hint, &mut sink);
        if survey.highs > 0 {
            fold::scan(text, &mut sink, |folded, mut found| {
                self.scan_as_written(folded, &Survey::of(folded), hint, &mut found);
            });
        }
        decode::views(text, survey, decode::DEPTH, &mut |view| {
            self.scan_view(view, hint, &mut sink);
        });
        self.prose.scan(text, survey, &mut sink);
        if out.len() > base + 1 {
            if let Some(url) = &self.slots[Shape::Url as usize] {
                let is_secret = |entity| self.anchors.is_secret(entity);
                overlap::name_by_secret(&mut out[base..], url.entity, is_secret);
            }
        }
        if out.len() > base {
            overlap::resolve(out, base, hint);
        }
    }

    /// Whether a text is shorter than any value that says what it is by itself.
    ///
    /// Half of the cells of a table are such: codes of states and currencies, flags, counts.
    fn is_too_short(&self, survey: &Survey) -> bool {
        let marks = survey.ats + survey.colons + survey.equals + survey.highs;
        // Letters behind digits can be an age, as in `36yo`.
        let even = survey.digits == 0 || survey.digits + survey.dots + survey.dashes == survey.len;
        survey.len < MIN_LEN
            && even
            && marks == 0
            && self.patterns.is_empty()
            && self.words.is_empty()
    }

    /// Runs the recognisers, and those of the values that the text itself names.
    fn scan_as_written(
        &self,
        text: &[u8],
        survey: &Survey,
        hint: Option<EntityId>,
        out: &mut Sink<'_>,
    ) {
        self.scan_plain(text, survey, hint, out.reborrow());
        if structure::structured(text, survey) && !self.keys.is_empty() {
            structure::walk(text, &mut |pair| self.scan_pair(text, pair, out));
        }
    }

    /// Searches a text as it reads after decoding.
    fn scan_view(&self, view: &View, hint: Option<EntityId>, out: &mut Sink<'_>) {
        let mut found = Vec::new();
        let survey = Survey::of(view.bytes());
        self.scan_as_written(view.bytes(), &survey, hint, &mut Sink::new(&mut found));
        for finding in found {
            let span = finding.start..finding.end;
            if view.is_whole(&span) {
                let original = view.original(&span);
                out.push(Finding {
                    start: original.start,
                    end: original.end,
                    ..finding
                });
            }
        }
    }

    /// Appends every entity whose check digits the whole value passes, however little that proves.
    ///
    /// One number in ten passes by chance; all numbers of a column do not.
    pub fn candidates(&self, value: &[u8], out: &mut Vec<EntityId>) {
        self.codes.candidates(value, out);
    }

    /// Runs the recognisers that the bytes of the text leave possible.
    fn scan_plain(&self, text: &[u8], survey: &Survey, hint: Option<u16>, out: Sink<'_>) {
        let mut scan = Scan {
            text,
            slots: &self.slots,
            hint,
            out,
        };
        if survey.ats > 0 && scan.wants(Shape::Email) {
            email::scan(&mut scan);
        }
        if survey.digits >= MIN_DIGITS && self.wants.numbers {
            numbers::scan(&mut scan, survey);
        }
        if survey.colons >= 2 && scan.wants(Shape::Ipv6) {
            ip::scan_v6(&mut scan, survey);
        }
        if self.wants.anchors {
            self.anchors.scan(&mut scan, survey);
        }
        if self.codes.possible(survey) {
            let mut near = self.context.near(text);
            self.codes.scan(text, hint, &mut near, &mut scan.out);
        }
        if survey.len > survey.digits {
            self.words.scan(text, hint, &mut scan.out);
        }
        for pattern in &self.patterns {
            pattern.scan(text, hint, &mut scan.out);
        }
        plain::scan(&mut scan, survey);
    }
}

/// Whether a text is a calendar date and time of day, with or without a zone.
fn is_clock_reading(text: &[u8], survey: &Survey) -> bool {
    survey.dashes >= 2
        && numbers::timestamp_end(text, 0).is_some_and(|end| {
            matches!(
                text[end..],
                [] | [b'Z']
                    | [b'+' | b'-', b'0' | b'1', b'0'..=b'9']
                    | [
                        b'+' | b'-',
                        b'0' | b'1',
                        b'0'..=b'9',
                        b':',
                        b'0' | b'3' | b'4',
                        b'0' | b'5'
                    ]
            )
        })
}

#[cfg(test)]
mod tests {
    use crate::testing::spec;
    use crate::{Detector, EntitySpec, Evidence};

    #[test]
    fn declarations_come_from_json() {
        let json = r#"[{"name": "contact.email", "shape": "email", "keywords": ["mail"]},
            {"name": "person.full", "shape": "column"}]"#;
        let specs: Vec<EntitySpec> = serde_json::from_str(json).unwrap();
        let detector = Detector::new(&specs).unwrap();
        assert_eq!(detector.names(), ["contact.email", "person.full"]);
        assert!(
            serde_json::from_str::<EntitySpec>(r#"{"name": "a", "shape": "b", "c": 1}"#).is_err()
        );
    }

    #[test]
    fn bad_lists_are_refused_with_the_entity() {
        let refused = |specs: &[EntitySpec]| Detector::new(specs).unwrap_err().to_string();
        assert!(refused(&[spec("a", "no-such")]).contains("no shape `no-such`"));
        assert!(refused(&[spec("a", "email"), spec("a", "card")]).contains("declared twice"));
        assert!(refused(&[spec("a", "email"), spec("b", "email")]).contains("taken"));
        assert!(refused(&[spec("a b", "email")]).contains("name"));
        let low = EntitySpec {
            min_confidence: f32::NAN,
            ..spec("a", "email")
        };
        assert!(refused(&[low]).contains("min_confidence"));
    }

    #[test]
    fn findings_carry_their_evidence() {
        let detector = Detector::new(&[spec("e", "email"), spec("s", "ssn")]).unwrap();
        let bare = ["536", "22", "8137"].concat();
        let mut findings = Vec::new();
        detector.scan(format!("ssn {bare}").as_bytes(), None, &mut findings);
        assert_eq!(findings[0].evidence, Evidence::PATTERN | Evidence::CONTEXT);
        findings.clear();
        detector.scan(bare.as_bytes(), Some(1), &mut findings);
        assert_eq!(findings[0].evidence, Evidence::PATTERN | Evidence::COLUMN);
        assert_eq!(findings[0].entity, 1);
        assert!(findings[0].confidence > 0.7);
    }

    #[test]
    fn the_shared_output_is_appended_to() {
        let detector = Detector::new(&[spec("e", "email")]).unwrap();
        let mut findings = Vec::new();
        detector.scan(b"a@example.com", None, &mut findings);
        detector.scan(b"b@example.com", None, &mut findings);
        assert_eq!(findings.len(), 2);
    }
}
