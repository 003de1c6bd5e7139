//! Enumerations: one of the labels, the same in both formats.

use std::sync::Arc;

use crate::cell::Outcome;
use crate::operators::{purpose, tweak};
use crate::permutation::derange;
use crate::prf::DomainKey;

/// Replaces a label by another.
#[derive(Debug)]
pub(crate) struct Enumeration {
    key: Arc<DomainKey>,
    labels: Vec<String>,
}

impl Enumeration {
    pub(crate) fn new(key: Arc<DomainKey>, labels: &[String]) -> Self {
        Self {
            key,
            labels: labels.to_vec(),
        }
    }

    pub(crate) fn apply(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let count = self.labels.len();
        let place = match self
            .labels
            .iter()
            .position(|label| label.as_bytes() == cell)
        {
            // With two labels the other one would tell the raw one, so both become the first.
            _ if count < 3 => 0,
            Some(place) => derange(&self.key, tweak::LABEL, count as u128, place as u128) as usize,
            // A label added since the catalog was read.
            None => self.key.stream(purpose::LABEL, cell).below(count),
        };
        match self.labels.get(place) {
            Some(label) => {
                out.extend_from_slice(label.as_bytes());
                Outcome::Value
            }
            None => Outcome::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::masked_text;

    fn labels(count: usize) -> TypeSpec {
        TypeSpec::Enum {
            labels: (0..count).map(|at| format!("label{at}")).collect(),
        }
    }

    #[test]
    fn a_label_becomes_another_label() {
        let all: std::collections::HashSet<String> = (0..5)
            .map(|at| masked_text(&labels(5), &format!("label{at}")).unwrap())
            .collect();
        assert_eq!(all.len(), 5);
        assert_ne!(masked_text(&labels(5), "label3").unwrap(), "label3");
    }

    #[test]
    fn few_labels_tell_nothing() {
        assert_eq!(
            masked_text(&labels(2), "label1"),
            masked_text(&labels(2), "label0")
        );
        assert_eq!(masked_text(&labels(0), "label1"), None);
    }

    #[test]
    fn a_new_label_becomes_a_known_one() {
        assert!(masked_text(&labels(4), "new").unwrap().starts_with("label"));
    }
}
