//! One tenant's keys, operators and detector, from which plans are compiled.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use scrim_detect::{Detector, Finding};
use scrim_mask::{CellMask, Format, Keyring, Name, OperatorSpec, Outcome, TextScrubber, TypeSpec};
use serde::Deserialize;

use crate::clean::CleanValues;

/// A masker cannot be built from its configuration.
#[derive(Debug)]
pub struct MaskerError(pub String);

impl fmt::Display for MaskerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MaskerError {}

/// Which operator replaces a finding of which entity.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MaskerSpec {
    operators: HashMap<String, OperatorSpec>,
    default: OperatorSpec,
}

/// Keys, operators and detector of one tenant. Shared by every plan compiled from it.
pub struct Masker {
    keys: Keyring,
    scrubber: Arc<FindingScrubber>,
}

impl Masker {
    /// Builds a masker.
    ///
    /// `config` is JSON: `{"operators": {"<entity>": OperatorSpec}, "default": OperatorSpec}`.
    ///
    /// # Errors
    /// When the JSON is malformed or an operator does not accept text.
    pub fn new(keys: Keyring, detector: Arc<Detector>, config: &str) -> Result<Self, MaskerError> {
        let spec: MaskerSpec = serde_json::from_str(config)
            .map_err(|error| MaskerError(format!("masker: {error}")))?;
        let mut masks = Vec::with_capacity(detector.names().len());
        for entity in detector.names() {
            let operator = spec.operators.get(entity).unwrap_or(&spec.default);
            let mask = CellMask::compile(&text_type(), operator, entity, &keys)
                .map_err(|error| MaskerError(format!("operator of {entity}: {error}")))?;
            masks.push(mask);
        }
        let found = masks.iter().map(|_| AtomicU64::new(0)).collect();
        Ok(Self {
            keys,
            scrubber: Arc::new(FindingScrubber {
                detector,
                masks,
                found,
                clean: CleanValues::new(),
            }),
        })
    }

    /// The keys from which column masks are derived.
    #[must_use]
    pub fn keys(&self) -> &Keyring {
        &self.keys
    }

    /// How many values of each entity were found since the last call.
    #[must_use]
    pub fn take_findings(&self) -> Vec<(String, u64)> {
        let scrubber = &self.scrubber;
        let names = scrubber.detector.names().iter().cloned();
        let counts = scrubber
            .found
            .iter()
            .map(|count| count.swap(0, Ordering::Relaxed));
        names.zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    /// What replaces the findings inside a text.
    #[must_use]
    pub fn scrubber(&self) -> Arc<dyn TextScrubber + Send + Sync> {
        Arc::clone(&self.scrubber) as Arc<dyn TextScrubber + Send + Sync>
    }
}

fn text_type() -> TypeSpec {
    TypeSpec::Text {
        max_chars: None,
        pad: false,
    }
}

/// Replaces what the detector finds in a text by what the entity's operator makes of it.
struct FindingScrubber {
    detector: Arc<Detector>,
    masks: Vec<CellMask>,
    found: Vec<AtomicU64>,
    clean: CleanValues,
}

impl TextScrubber for FindingScrubber {
    fn scrub(&self, text: &str, out: &mut String) -> bool {
        let mut findings: Vec<Finding> = Vec::new();
        let value = text.as_bytes();
        let is_clean = || self.clean.has(value);
        let searched = self.detector.scan_unless(value, is_clean, &mut findings);
        if searched && findings.is_empty() {
            self.clean.add(value);
        }
        self.replace(text, &findings, out)
    }

    fn scrub_named(&self, name: Name<'_>, text: &str, out: &mut String) -> bool {
        let mut findings: Vec<Finding> = Vec::new();
        let (key, parent) = (name.key.as_bytes(), name.parent.as_bytes());
        self.detector
            .scan_named(key, parent, text.as_bytes(), &mut findings);
        self.replace(text, &findings, out)
    }
}

impl FindingScrubber {
    fn replace(&self, text: &str, findings: &[Finding], out: &mut String) -> bool {
        if findings.is_empty() {
            return false;
        }
        let mut masked = Vec::new();
        let mut copied = 0;
        for finding in findings {
            // The detector promises sorted, disjoint spans on character boundaries; a span that is
            // not is skipped over by masking from where the copy stands.
            let start = finding.start.max(copied);
            let (Some(before), Some(value)) =
                (text.get(copied..start), text.get(start..finding.end))
            else {
                out.push_str("[redacted]");
                return true;
            };
            out.push_str(before);
            if let Some(count) = self.found.get(usize::from(finding.entity)) {
                count.fetch_add(1, Ordering::Relaxed);
            }
            masked.clear();
            let outcome = self
                .masks
                .get(usize::from(finding.entity))
                .map(|mask| mask.mask(Format::Text, value.as_bytes(), &mut masked));
            match (outcome, std::str::from_utf8(&masked)) {
                (Some(Outcome::Value), Ok(replacement)) => out.push_str(replacement),
                _ => out.push_str("[redacted]"),
            }
            copied = finding.end;
        }
        out.push_str(text.get(copied..).unwrap_or("[redacted]"));
        true
    }
}
