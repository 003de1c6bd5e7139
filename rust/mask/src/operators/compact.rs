//! The last resort for texts with little room: keyed letters and digits, as many as fit.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Input};

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Thirteen characters of 36 hold 67 bits.
const LENGTH: usize = 13;

/// Appends up to thirteen keyed characters that are not the raw text.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    let mut stream = Folded::new(input.text).stream(input.key, purpose::COMPACT);
    // One character equals the raw one in one of 36 tries; sixty-four tries end for certain enough,
    // and after that nothing is written.
    for _ in 0..64 {
        stream.letters(ALPHABET, LENGTH.min(input.room), out);
        if !out[start..].eq_ignore_ascii_case(input.text.as_bytes()) {
            return;
        }
        out.truncate(start);
    }
}
