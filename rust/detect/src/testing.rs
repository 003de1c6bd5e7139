//! What the unit tests of the recognisers share.

use crate::{Detector, EntitySpec};

/// The spans that a detector with this recogniser alone finds.
pub(crate) fn found<'a>(shape: &str, text: &'a str) -> Vec<&'a str> {
    spans(shape, text, None)
}

/// The same in a column that is believed to hold the entity.
pub(crate) fn found_in_column<'a>(shape: &str, text: &'a str) -> Vec<&'a str> {
    spans(shape, text, Some(0))
}

/// A declaration with the keywords that the tests use.
pub(crate) fn spec(name: &str, shape: &str) -> EntitySpec {
    let keywords = ["ssn", "card", "call", "phone", "aws", "secret"];
    EntitySpec {
        name: name.to_owned(),
        ..EntitySpec::of_shape(shape, &keywords)
    }
}

fn spans<'a>(shape: &str, text: &'a str, hint: Option<u16>) -> Vec<&'a str> {
    let detector = Detector::new(&[spec("x", shape)]).unwrap();
    let mut findings = Vec::new();
    detector.scan(text.as_bytes(), hint, &mut findings);
    findings
        .iter()
        .map(|finding| &text[finding.start..finding.end])
        .collect()
}
