//! Places on the earth as decimal degrees (ISO 6709, RFC 5870), found at the comma between them.

use memchr::memchr_iter;

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, run_end, run_start, word_at, word_before};

/// Decimals from which on a pair tells a building from a town.
const MIN_DECIMALS: usize = 3;
/// Most characters of a number of degrees.
const MAX_NUMBER: usize = 24;

/// Degrees that were read from a text.
struct Degrees {
    start: usize,
    end: usize,
    value: f64,
    decimals: usize,
}

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    for at in memchr_iter(b',', text) {
        let pair = number_before(text, at).zip(number_after(text, at + 1));
        if let Some((latitude, longitude)) = pair {
            propose(scan, &latitude, &longitude, false);
        }
    }
    for open in memchr_iter(b'(', text) {
        if !text[open.saturating_sub(8)..open]
            .trim_ascii_end()
            .ends_with(b"POINT")
        {
            continue;
        }
        let Some(longitude) = number_after(text, open + 1) else {
            continue;
        };
        if let Some(latitude) = number_after(text, longitude.end) {
            propose(scan, &latitude, &longitude, true);
        }
    }
}

const fn in_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')
}

fn number_before(text: &[u8], comma: usize) -> Option<Degrees> {
    let start = run_start(text, comma, MAX_NUMBER + 1, in_number);
    degrees(text, start, comma)
}

fn number_after(text: &[u8], at: usize) -> Option<Degrees> {
    let start = at + usize::from(text.get(at) == Some(&b' '));
    let reach = &text[..text.len().min(start + MAX_NUMBER + 1)];
    let end = run_end(reach, start.min(reach.len()), in_number);
    let dots = text[start..end]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'.');
    degrees(text, start, end - dots.count())
}

fn degrees(text: &[u8], start: usize, end: usize) -> Option<Degrees> {
    let number = text
        .get(start..end)
        .filter(|number| number.len() <= MAX_NUMBER)?;
    let dot = number.iter().position(|&byte| byte == b'.')?;
    let value: f64 = std::str::from_utf8(number).ok()?.parse().ok()?;
    let whole = number[..dot]
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .count();
    (matches!(whole, 1..=3) && !word_before(text, start) && !word_at(text, end)).then_some(
        Degrees {
            start,
            end,
            value,
            decimals: number.len() - dot - 1,
        },
    )
}

/// Lists of numbers, as in vectors, are no places, and neither is the sea near zero.
fn propose(scan: &mut Scan<'_>, latitude: &Degrees, longitude: &Degrees, named: bool) {
    let text = scan.text;
    let (start, end) = (
        latitude.start.min(longitude.start),
        latitude.end.max(longitude.end),
    );
    let on_earth = latitude.value.abs() <= 90.0 && longitude.value.abs() <= 180.0;
    let at_zero = latitude.value.abs() < 1.0 && longitude.value.abs() < 1.0;
    let decimals = latitude.decimals.min(longitude.decimals);
    if !on_earth
        || at_zero
        || (decimals < MIN_DECIMALS && !named)
        || (listed(text, start, end) && !named)
    {
        return;
    }
    let confidence = match (named, decimals) {
        (true, _) => 0.8,
        (false, 4..) => 0.55,
        (false, _) => 0.4,
    };
    scan.propose(
        Shape::Coordinates,
        Candidate::pattern(start, end, confidence),
    );
}

/// Whether another number stands before or behind the pair.
fn listed(text: &[u8], start: usize, end: usize) -> bool {
    let left = run_start(text, start, 2, |byte| matches!(byte, b' ' | b','));
    let right = &text[end..text.len().min(end + 4)];
    let continued = right.first() == Some(&b',')
        && right[1..]
            .iter()
            .any(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let follows = text[left..start].contains(&b',')
        && before(text, left).is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    continued || follows
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    #[test]
    fn pairs_of_degrees() {
        assert_eq!(
            found("coordinates", "at 52.5200, 13.4050."),
            ["52.5200, 13.4050"]
        );
        assert_eq!(
            found("coordinates", "geo:-33.8688,151.2093"),
            ["-33.8688,151.2093"]
        );
        assert_eq!(found("coordinates", "POINT (13.4 52.5)"), ["13.4 52.5"]);
        assert_eq!(
            found_in_column("coordinates", "52.520,13.405"),
            ["52.520,13.405"]
        );
    }

    #[test]
    fn other_numbers_are_left() {
        for text in [
            "[12.1234, 1.2345, 0.3456]",
            "0.1234, 0.5678",
            "95.1234, 13.4050",
            "12.1234, 200.1234",
            "1.25, 3.75",
            "v1.2345, 6.7890a",
            "3.1415,",
            ",3.1415",
            "POINT",
            "POINT(1",
        ] {
            assert!(found("coordinates", text).is_empty(), "{text}");
        }
    }
}
