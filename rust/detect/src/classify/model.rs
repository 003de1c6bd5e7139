//! The model: one small weight for each bucket and class.

use super::features::{buckets, Buckets, BUCKETS};
use super::softmax::{scaled, softmax, ONE};
use super::MAX_CLASSES;
use std::fmt;

const MAGIC: &[u8; 4] = b"SCV1";
/// Bits after the point of a weight in the file.
pub const WEIGHT_BITS: u32 = 4;

/// What is wrong with a model's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModelError(&'static str);

impl fmt::Display for ModelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "not a model of values: {}", self.0)
    }
}

impl std::error::Error for ModelError {}

/// A linear classifier over hashed features.
pub struct Model {
    names: Vec<String>,
    weights: Vec<i8>,
}

impl Model {
    /// Reads a model: the magic number, a line with the names of the classes separated by
    /// tabulators, and a weight for each bucket and class.
    ///
    /// # Errors
    ///
    /// If it is no model, or has too many classes or too few weights.
    pub fn parse(file: &[u8]) -> Result<Self, ModelError> {
        let rest = file.strip_prefix(MAGIC).ok_or(ModelError("other magic"))?;
        let end = rest.iter().take(1024).position(|&byte| byte == b'\n');
        let (head, weights) = rest.split_at(end.ok_or(ModelError("no names"))?);
        let head = std::str::from_utf8(head).map_err(|_| ModelError("names are no text"))?;
        let names: Vec<String> = head.split('\t').map(str::to_owned).collect();
        let weights: Vec<i8> = weights[1..]
            .iter()
            .map(|&byte| i8::from_ne_bytes([byte]))
            .collect();
        if names.len() > MAX_CLASSES || weights.len() != BUCKETS * names.len() {
            return Err(ModelError("other number of weights"));
        }
        Ok(Self { names, weights })
    }

    /// Writes a model as [`Model::parse`] reads it.
    #[must_use]
    pub fn file(names: &[&str], weights: &[i8]) -> Vec<u8> {
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(names.join("\t").as_bytes());
        file.push(b'\n');
        file.extend(weights.iter().map(|weight| weight.to_ne_bytes()[0]));
        file
    }

    /// Names of the classes, in their order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The share of each class in what the value may be.
    pub fn classify(&self, value: &[u8], found: &mut Buckets) -> [f32; MAX_CLASSES] {
        let classes = self.names.len();
        buckets(value, found);
        let mut sums = [0_i32; MAX_CLASSES];
        for &bucket in &found.list {
            let row = usize::from(bucket) * classes;
            for (sum, &weight) in sums.iter_mut().zip(&self.weights[row..row + classes]) {
                *sum += i32::from(weight);
            }
        }
        let unit = ONE >> WEIGHT_BITS;
        let mut scores = sums.map(|sum| scaled(i64::from(sum) * unit, found.list.len()));
        softmax(&mut scores[..classes]);
        let mut shares = [0.0; MAX_CLASSES];
        for (share, score) in shares.iter_mut().zip(&scores[..classes]) {
            // A share is at most one: 17 bits.
            *share = f32::from(u16::try_from(*score).unwrap_or(u16::MAX)) / 65536.0;
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::{Model, BUCKETS};

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let weights = vec![1; 2 * BUCKETS];
        let file = Model::file(&["a", "b"], &weights);
        let model = Model::parse(&file).unwrap();
        assert_eq!(model.names(), ["a", "b"]);
        assert_eq!(model.weights, weights);
    }

    #[test]
    fn other_files_are_refused() {
        let file = Model::file(&["a", "b"], &vec![1; 2 * BUCKETS]);
        for bad in [&file[1..], &file[..100], &file[..file.len() - 1], b"SCV1"] {
            assert!(Model::parse(bad).is_err());
        }
    }
}
