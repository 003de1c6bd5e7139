//! The scanner.

use crate::finding::Finding;
use crate::spec::{EntitySpec, Error};

/// A compiled list of entities; build once, share between threads.
#[derive(Debug)]
pub struct Detector {
    names: Vec<String>,
}

impl Detector {
    /// Compiles the entities.
    ///
    /// # Errors
    /// Names the first entity that cannot be compiled and the reason.
    pub fn new(entities: &[EntitySpec]) -> Result<Self, Error> {
        if entities.len() > usize::from(u16::MAX) {
            return Err(Error::new("", "more than 65535 entities"));
        }
        Ok(Self {
            names: entities.iter().map(|entity| entity.name.clone()).collect(),
        })
    }

    /// Names of the entities; a finding's `entity` is an index into them.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Appends the findings of `text` to `out`, sorted and without overlaps.
    ///
    /// `hint` names the entity that the column is believed to hold.
    pub fn scan(&self, text: &[u8], hint: Option<u16>, out: &mut Vec<Finding>) {
        let _ = (text, hint, out);
    }
}
