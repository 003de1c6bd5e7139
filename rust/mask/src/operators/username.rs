//! A name that somebody signs in with, unique in practice.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::words::{family, GIVEN};

const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Eight characters of 32, with a given name, make 48 bits; with the family name 61.
const SUFFIX: usize = 8;
/// Without a name, thirteen characters make 65 bits.
const SHORT: usize = 13;
const SHORT_MIN: usize = 4;

/// Writes `given.family.suffix`, without the names as far as there is no room.
pub(crate) fn write(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    // A handle keeps the sign in front of it, which is no part of the name.
    let sign = raw.bytes().first() == Some(&b'@') && place.room > SHORT_MIN;
    let place = Place {
        row: place.row,
        room: place.room.saturating_sub(usize::from(sign)),
        ..place
    };
    if sign {
        out.push(b'@');
    }
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::USERNAME);
    stream.pick(&GIVEN).small().push(out);
    out.push(b'.');
    let given = out.len();
    for part in family(&mut stream) {
        part.small().push(out);
    }
    out.push(b'.');
    if out.len() - start + SUFFIX > place.room {
        out.truncate(given);
    }
    if out.len() - start + SUFFIX <= place.room {
        stream.letters(ALPHABET, SUFFIX, out);
        return true;
    }
    out.truncate(start);
    if place.room < SHORT_MIN {
        return false;
    }
    // A letter in front, as most systems want it.
    stream.letters(&ALPHABET[..24], 1, out);
    stream.letters(ALPHABET, SHORT.min(place.room) - 1, out);
    true
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn username(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Username {}, max_chars, text)
    }

    #[test]
    fn a_name_is_in_small_letters_and_starts_with_one() {
        for room in [None, Some(30), Some(20), Some(8)] {
            let masked = username(room, "ZeldaF");
            assert!(masked.as_bytes()[0].is_ascii_lowercase(), "{masked}");
            assert!(masked.len() <= room.unwrap_or(99) as usize, "{masked}");
            assert_eq!(masked, masked.to_lowercase());
            assert_eq!(masked, username(room, "zeldaf"));
        }
        assert_eq!(username(None, "zeldaf").split('.').count(), 3);
    }

    #[test]
    fn a_handle_keeps_its_sign() {
        for room in [None, Some(12), Some(5)] {
            let masked = username(room, "@zelda");
            assert!(masked.starts_with('@') && masked.len() > 4, "{masked}");
            assert!(masked.len() <= room.unwrap_or(99) as usize, "{masked}");
        }
    }

    #[test]
    fn many_names_stay_distinct() {
        for room in [None, Some(20), Some(13)] {
            let all: std::collections::HashSet<String> = (0..3_000)
                .map(|i| username(room, &format!("user{i}")))
                .collect();
            assert_eq!(all.len(), 3_000);
        }
    }
}
