//! The weights and the word list, as the model file holds them.
//!
//! Layout, little-endian: the magic, the scale (`u32`: quantised units in one unit of training),
//! transitions (`i16`, by class of the later token, label before, label), rows of weights (`i8`,
//! one row of [`TAGS`] per hash value), the fingerprints (`u16`) and the classes (`u8`) of the
//! word list. Word list and weights are hash tables whose sizes are part of the format.

use super::label::TAGS;

pub(super) const MAGIC: &[u8; 8] = b"scrmtag1";
/// Bits of a feature's hash value.
pub(super) const ROW_BITS: u32 = 17;
/// Bits of a slot of the word list.
pub(super) const WORD_BITS: u32 = 18;
/// Lanes of a row in memory: labels and padding, for whole vector registers.
pub(super) const LANES: usize = 24;
/// Classes of tokens that transitions depend on.
pub(super) const CLASSES: usize = 8;

/// Most slots that are looked through for one word.
const PROBES: usize = 256;
const ROWS: usize = 1 << ROW_BITS;
const WORDS: usize = 1 << WORD_BITS;
const HEADER: usize = 12;

pub(super) type Row = [i8; LANES];
pub(super) type Transitions = [[[i16; LANES]; TAGS]; CLASSES];

/// Classes of a word, as bits; the features take most of them as they are.
pub(super) mod class {
    pub(in super::super) const FREQUENT: u8 = 32;
    /// Two words that begin the name of a place together.
    pub(in super::super) const PLACE_PAIR: u8 = 128;
}

/// Why a model cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadModel;

/// Words with their classes: open addressing with a fingerprint of 16 bits.
#[derive(Clone)]
pub(super) struct WordList {
    prints: Vec<u16>,
    classes: Vec<u8>,
}

impl WordList {
    pub(super) fn empty() -> Self {
        Self {
            prints: vec![0; WORDS],
            classes: vec![0; WORDS],
        }
    }

    /// The slots that a hash can be in, and its fingerprint.
    fn slots(hash: u64) -> (impl Iterator<Item = usize>, u16) {
        // Both casts drop the bits that are not wanted.
        #[allow(clippy::cast_possible_truncation)]
        let (slot, print) = ((hash >> (64 - WORD_BITS)) as usize, (hash >> 8) as u16);
        let slots = (0..PROBES).map(move |step| (slot + step) % WORDS);
        (slots, print)
    }

    /// The classes of a word, 0 when it is not listed.
    pub(super) fn classes(&self, hash: u64) -> u8 {
        let (slots, print) = Self::slots(hash);
        for slot in slots {
            if self.classes[slot] == 0 {
                return 0;
            }
            if self.prints[slot] == print {
                return self.classes[slot];
            }
        }
        0
    }

    /// Adds classes to a word. Tells whether there was room.
    #[cfg(any(test, feature = "tagger-training"))]
    pub(super) fn insert(&mut self, hash: u64, classes: u8) -> bool {
        let (slots, print) = Self::slots(hash);
        for slot in slots {
            if self.classes[slot] == 0 || self.prints[slot] == print {
                self.prints[slot] = print;
                self.classes[slot] |= classes;
                return true;
            }
        }
        false
    }
}

/// All that the tagger has learnt.
pub(super) struct Model {
    pub(super) scale: i32,
    pub(super) rows: Vec<Row>,
    pub(super) transitions: Box<Transitions>,
    pub(super) words: WordList,
}

impl Model {
    /// Length of a model file in bytes.
    const LEN: usize = HEADER + CLASSES * TAGS * TAGS * 2 + ROWS * TAGS + WORDS * 3;

    /// Reads a model file.
    ///
    /// # Errors
    /// The bytes are not a model of this format.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BadModel> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(BadModel)?;
        if bytes.len() != Self::LEN {
            return Err(BadModel);
        }
        let (scale, rest) = rest.split_at(4);
        let scale = i32::from_le_bytes(scale.try_into().map_err(|_| BadModel)?).max(1);
        let (steps, rest) = rest.split_at(CLASSES * TAGS * TAGS * 2);
        let (weights, rest) = rest.split_at(ROWS * TAGS);
        let (prints, classes) = rest.split_at(WORDS * 2);
        let mut transitions: Box<Transitions> = Box::new([[[0; LANES]; TAGS]; CLASSES]);
        let mut steps = steps.chunks_exact(2);
        for row in transitions.iter_mut().flatten() {
            for (weight, pair) in row[..TAGS].iter_mut().zip(&mut steps) {
                *weight = i16::from_le_bytes([pair[0], pair[1]]);
            }
        }
        let rows = weights.chunks_exact(TAGS).map(|weights| {
            let mut row = [0; LANES];
            for (weight, &byte) in row.iter_mut().zip(weights) {
                *weight = i8::from_le_bytes([byte]);
            }
            row
        });
        let prints = prints.chunks_exact(2);
        Ok(Self {
            scale,
            rows: rows.collect(),
            transitions,
            words: WordList {
                prints: prints
                    .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
                    .collect(),
                classes: classes.to_vec(),
            },
        })
    }

    /// The model file.
    #[cfg(any(test, feature = "tagger-training"))]
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::LEN);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.scale.to_le_bytes());
        for row in self.transitions.iter().flatten() {
            bytes.extend(row[..TAGS].iter().flat_map(|weight| weight.to_le_bytes()));
        }
        for row in &self.rows {
            bytes.extend(row[..TAGS].iter().flat_map(|weight| weight.to_le_bytes()));
        }
        bytes.extend(
            self.words
                .prints
                .iter()
                .flat_map(|print| print.to_le_bytes()),
        );
        bytes.extend_from_slice(&self.words.classes);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::{BadModel, Model, Transitions, WordList, CLASSES, LANES, ROWS, TAGS};

    #[test]
    fn a_model_is_read_as_it_was_written() {
        let mut words = WordList::empty();
        assert!(words.insert(0x1234_5678_9ABC_DEF1, 5));
        let mut transitions: Box<Transitions> = Box::new([[[0; LANES]; TAGS]; CLASSES]);
        transitions[3][2][1] = -300;
        let mut rows = vec![[0; LANES]; ROWS];
        rows[77][TAGS - 1] = -128;
        let model = Model {
            scale: 9,
            rows,
            transitions,
            words,
        };
        let bytes = model.write();
        assert!(bytes.len() <= 4_000_000);
        let read = Model::read(&bytes).unwrap_or_else(|_| panic!("a model"));
        assert_eq!(read.scale, 9);
        assert_eq!(read.rows, model.rows);
        assert_eq!(read.transitions, model.transitions);
        assert_eq!(read.words.classes(0x1234_5678_9ABC_DEF1), 5);
        assert_eq!(read.words.classes(0x2234_5678_9ABC_DEF1), 0);
        assert_eq!(Model::read(&bytes[1..]).err(), Some(BadModel));
        assert_eq!(Model::read(&bytes[..bytes.len() - 1]).err(), Some(BadModel));
    }
}
