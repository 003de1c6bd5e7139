//! A street address, with a town where the raw one has further parts.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::words::{push_family, CITIES, STREET_KINDS};

const DRAWS: usize = 8;
const NUMBER_MAX: usize = 989;

/// Writes number, street and kind; a comma or a line break in the raw address adds a town.
pub(crate) fn write(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let parts = raw.bytes().iter().any(|byte| matches!(byte, b',' | b'\n'));
    let mut stream = raw.stream(place.key, purpose::ADDRESS);
    for draw in 0..DRAWS {
        push_number(10 + stream.below(NUMBER_MAX), out);
        out.push(b' ');
        push_family(&mut stream, out);
        out.push(b' ');
        stream.pick(&STREET_KINDS).push(out);
        let city = stream.pick(&CITIES);
        // Where the whole does not fit, the town is the first to go.
        if parts && draw < DRAWS / 2 {
            out.extend_from_slice(b", ");
            city.push(out);
        }
        if out.len() - start <= place.room {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// Writes a number of two or three digits.
fn push_number(number: usize, out: &mut Vec<u8>) {
    let [hundreds, tens, ones] = [100, 10, 1].map(|divisor| b'0' + (number / divisor % 10) as u8);
    if hundreds > b'0' {
        out.push(hundreds);
    }
    out.extend_from_slice(&[tens, ones]);
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn address(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Address {}, max_chars, text)
    }

    #[test]
    fn an_address_has_number_street_and_kind() {
        let masked = address(None, "12 Main St");
        let words: Vec<&str> = masked.split(' ').collect();
        assert!(
            words.len() == 3 && words[0].parse::<u32>().is_ok(),
            "{masked}"
        );
    }

    #[test]
    fn further_parts_add_a_town() {
        assert!(address(None, "12 Main St, Springfield").contains(", "));
    }

    #[test]
    fn the_town_goes_where_it_does_not_fit() {
        let all: Vec<String> = (0..100)
            .map(|number| address(Some(28), &format!("{number} Main St, Springfield")))
            .collect();
        assert!(all.iter().all(|masked| masked.len() <= 28));
        assert!(all.iter().any(|masked| masked.contains(", ")));
        assert!(all.iter().any(|masked| !masked.contains(", ")));
    }
}
