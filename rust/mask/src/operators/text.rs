//! Keyed words for any text.

use crate::operators::{purpose, Input};

const CONSONANTS: &[u8; 20] = b"bcdfghjklmnpqrstvwxz";
const VOWELS: &[u8; 5] = b"aeiou";
/// Ten syllables hold 66 bits, so that different texts stay different.
const LENGTH_MIN: usize = 20;
const LENGTH_MAX: usize = 96;

/// Writes words of about the text's length.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    if input.room < LENGTH_MIN + 4 {
        return false;
    }
    let target = input.text.len().clamp(LENGTH_MIN, LENGTH_MAX.min(input.room - 4));
    let mut stream = input.key.stream(purpose::TEXT, input.text.as_bytes());
    let end = out.len() + target;
    while out.len() < end {
        // A word has two to four syllables of a consonant and a vowel.
        let syllables = 2 + stream.below(3);
        for _ in 0..syllables {
            let pair = stream.below(CONSONANTS.len() * VOWELS.len());
            out.push(CONSONANTS[pair / VOWELS.len()]);
            out.push(VOWELS[pair % VOWELS.len()]);
        }
        out.push(b' ');
    }
    // The last word may pass the target by less than the room that was kept free.
    while out.len() > end || out.last() == Some(&b' ') {
        out.pop();
    }
    true
}
