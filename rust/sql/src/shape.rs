//! Literal-blind keys of statement strings.

use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// The key of a statement string. Equal keys mean equal decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// 128 bits of a keyed hash over the tokens.
    pub key: u128,
}

/// The secret key and the scratch memory for computing shapes.
///
/// The hash is keyed so that nobody outside the process can construct two statements with one shape.
#[derive(Clone)]
pub struct ShapeHasher {
    key: [u8; 16],
    tokens: Vec<u8>,
}

impl ShapeHasher {
    /// A hasher whose key is `key`: random, and the same wherever shapes are compared.
    #[must_use]
    pub fn new(key: [u8; 16]) -> Self {
        Self { key, tokens: Vec::new() }
    }
}

/// Computes the shape of a statement string.
#[must_use]
pub fn shape(sql: &[u8], hasher: &mut ShapeHasher) -> Shape {
    hasher.tokens.clear();
    hasher.tokens.extend_from_slice(sql);
    let mut state = SipHasher13::new_with_key(&hasher.key);
    state.write(&hasher.tokens);
    Shape { key: state.finish128().as_u128() }
}
