//! What a short value is, by its characters: a name, a street, a city, an organisation, or
//! something else.
//!
//! A linear classifier over hashed features (`features`), as fastText has them without its hidden
//! layer. The model comes with the crate (`model`); `examples/train_values.rs` makes it from
//! generated values. One value is a guess; a column of them is a [`Tally`].

mod features;
mod model;
mod softmax;

pub use features::{buckets, Buckets, BUCKETS, MAX_FEATURES};
pub use model::{Model, ModelError, WEIGHT_BITS};
pub use softmax::{scaled, softmax, ONE};

use std::sync::OnceLock;

/// Most classes that a model can have.
pub const MAX_CLASSES: usize = 16;
/// Values that a tally takes; more would not change it.
pub const MAX_VALUES: usize = 4096;
/// Least share of a class, so that one odd value does not decide against it: about `e^-6`.
const FLOOR: f32 = 0.0025;

/// The classifier that comes with scrim.
///
/// # Panics
///
/// Never: the tests read the model that is compiled in.
#[must_use]
pub fn builtin() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        Model::parse(include_bytes!("../../models/values.bin")).expect("the model is well-formed")
    })
}

/// What the values of a column are, taken together; each list is by class.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Class of each value.
    pub winners: Vec<u8>,
    /// Mean share of each class, from 0 to 1.
    pub shares: Vec<f32>,
    /// Mean logarithm of the share of each class; values that all agree a little say much.
    pub likelihoods: Vec<f32>,
}

/// Classifies the values of a column.
#[must_use]
pub fn tally<'a>(model: &Model, values: impl Iterator<Item = &'a [u8]>) -> Tally {
    let classes = model.names().len();
    let mut tally = Tally {
        winners: Vec::new(),
        shares: vec![0.0; classes],
        likelihoods: vec![0.0; classes],
    };
    let mut found = Buckets::default();
    for value in values.take(MAX_VALUES) {
        let probabilities = model.classify(value, &mut found);
        tally.winners.push(winner(&probabilities[..classes]));
        for (class, &probability) in probabilities[..classes].iter().enumerate() {
            tally.shares[class] += probability;
            tally.likelihoods[class] += probability.max(FLOOR).ln();
        }
    }
    let count = u16::try_from(tally.winners.len().max(1)).map_or(f32::MAX, f32::from);
    for sum in tally.shares.iter_mut().chain(&mut tally.likelihoods) {
        *sum /= count;
    }
    tally
}

fn winner(probabilities: &[f32]) -> u8 {
    let mut best = 0;
    for class in 1..probabilities.len() {
        if probabilities[class] > probabilities[best] {
            best = class;
        }
    }
    u8::try_from(best).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::{builtin, tally, Tally};
    use proptest::prelude::*;

    fn of(values: &[&str]) -> (Tally, String) {
        let tally = tally(builtin(), values.iter().map(|value| value.as_bytes()));
        let best = (0..tally.shares.len())
            .max_by(|&a, &b| tally.shares[a].total_cmp(&tally.shares[b]))
            .unwrap();
        let name = builtin().names()[best].clone();
        (tally, name)
    }

    /// Values of each class, separated by bars.
    const COLUMNS: [(&str, &str); 8] = [
        ("given_name", "Mary|Giovanni|Ольга|Björn|AHMED|Wei"),
        (
            "family_name",
            "Smith|García|Иванова|O'Brien|MÜLLER|Takahashi",
        ),
        (
            "full_name",
            "Mary Smith|García, Ana|J. R. Müller|山田太郎|Иван Петров",
        ),
        (
            "street",
            "12 Main Street|Hauptstraße 5|Calle Mayor, 3|10 rue de la Paix",
        ),
        ("city", "Berlin|São Paulo|Springfield|Москва|Grand Rapids"),
        ("country", "Germany|Brasil|France|日本|United States"),
        (
            "organization",
            "Smith & Sons Ltd|Bank of Ohio|Siemens AG|Acme Corp.",
        ),
        (
            "job_title",
            "Software Engineer|Sales Manager|Nurse|Data Analyst",
        ),
    ];

    #[test]
    fn columns_of_names_are_told_apart() {
        for (expected, values) in COLUMNS {
            let values: Vec<&str> = values.split('|').collect();
            assert_eq!(of(&values).1, expected);
        }
    }

    #[test]
    fn other_things_are_no_names() {
        for values in [
            ["blue", "pending", "kitchen"],
            ["12.50", "2024-01-31", "SKU-1234"],
            ["Ergonomic Steel Chair", "The Broken Mirror", "Garlic Bread"],
        ] {
            assert!(of(&values).1.starts_with("other"));
        }
    }

    #[test]
    fn nothing_is_tallied_as_nothing() {
        let (tally, _) = of(&[]);
        assert!(tally.winners.is_empty());
        assert!(tally.shares.iter().all(|&share| share == 0.0));
    }

    proptest! {
        #[test]
        fn any_bytes_are_classified(values in prop::collection::vec(
            prop::collection::vec(any::<u8>(), 0..300), 0..8)) {
            let tally = tally(builtin(), values.iter().map(Vec::as_slice));
            prop_assert_eq!(tally.winners.len(), values.len());
            prop_assert!(tally.shares.iter().all(|share| share.is_finite() && *share >= 0.0));
            prop_assert!(tally.likelihoods.iter().all(|value| value.is_finite()));
        }
    }
}
