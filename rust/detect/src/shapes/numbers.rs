//! Digits: groups of them with separators, handed to the recognisers that start with one.

use super::{card, iban, ip, phone, ssn, Scan, Shape};
use crate::bytes::{is_word, joined_after, run_end, word_before};
use crate::survey::Survey;

/// Most groups of digits that one value can have.
pub(crate) const MAX_GROUPS: usize = 8;
/// Most bytes between two groups, as in `) -`.
const MAX_GAP: usize = 3;
/// A longer run of digits is no value that is known here.
const MAX_RUN: usize = 40;
const UUID_HYPHENS: [usize; 4] = [8, 13, 18, 23];
pub(crate) const UUID_LEN: usize = 36;
const DATE_LEN: usize = 10;
const TIME_LEN: usize = 8;
/// The full stop and nanoseconds.
const MAX_FRACTION: usize = 10;

/// What stands between two groups of digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Gap {
    Space,
    Hyphen,
    Dot,
    Slash,
    /// More than one character, or a parenthesis.
    #[default]
    Mixed,
}

/// A run of digits, as a half-open span.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Group {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Group {
    pub(crate) const fn len(self) -> usize {
        self.end - self.start
    }
}

/// Groups of digits that only separators stand between.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) groups: [Group; MAX_GROUPS],
    pub(crate) gaps: [Gap; MAX_GROUPS],
    pub(crate) len: usize,
}

impl Run {
    /// The groups from the digit at `start` on, as many as one value can have.
    fn at(text: &[u8], start: usize) -> Self {
        let mut run = Self::default();
        let mut at = start;
        loop {
            let end = run_end(text, at, |byte| byte.is_ascii_digit());
            run.groups[run.len] = Group { start: at, end };
            run.len += 1;
            if run.len == MAX_GROUPS {
                return run;
            }
            let Some((gap, next)) = gap_after(text, end) else {
                return run;
            };
            run.gaps[run.len - 1] = gap;
            at = next;
        }
    }

    /// The digits of the first groups without separators, if they fit.
    pub(crate) fn digits<'a, const N: usize>(
        &self,
        text: &[u8],
        count: usize,
        buffer: &'a mut [u8; N],
    ) -> Option<&'a [u8]> {
        let mut filled = 0;
        for group in &self.groups[..count] {
            let next = filled + group.len();
            buffer
                .get_mut(filled..next)?
                .copy_from_slice(&text[group.start..group.end]);
            filled = next;
        }
        Some(&buffer[..filled])
    }

    /// Number of digits in the first groups.
    pub(crate) fn count(&self, groups: usize) -> usize {
        self.groups[..groups].iter().map(|group| group.len()).sum()
    }

    /// Whether one and the same character stands between the first groups.
    pub(crate) fn uniform(&self, count: usize) -> bool {
        let gaps = &self.gaps[..count - 1];
        gaps.iter().all(|gap| *gap == gaps[0] && *gap != Gap::Mixed)
    }
}

/// The separator at `at`, and where the digits behind it start.
fn gap_after(text: &[u8], at: usize) -> Option<(Gap, usize)> {
    let window = &text[at..text.len().min(at + MAX_GAP + 1)];
    let length = window.iter().position(u8::is_ascii_digit)?;
    let gap = match &window[..length] {
        b" " => Gap::Space,
        b"-" => Gap::Hyphen,
        b"." => Gap::Dot,
        b"/" | b" / " => Gap::Slash,
        b"" => return None,
        other if is_punctuation(other) => Gap::Mixed,
        _ => return None,
    };
    Some((gap, at + length))
}

/// Whether the bytes can stand inside one number: not the full stop and space between sentences.
fn is_punctuation(gap: &[u8]) -> bool {
    let opens_or_closes = gap.iter().any(|byte| matches!(byte, b'(' | b')' | b'/'));
    gap.iter().all(|byte| match byte {
        b' ' | b'-' | b'(' | b')' => true,
        b'.' | b'/' => opens_or_closes,
        _ => false,
    })
}

pub(crate) fn scan(scan: &mut Scan<'_>, survey: &Survey) {
    let text = scan.text;
    let addresses = scan.wants(Shape::Ipv4) && survey.dots >= 3;
    let mut at = 0;
    while let Some(offset) = text[at..].iter().position(u8::is_ascii_digit) {
        let start = at + offset;
        if is_uuid(text, start) {
            at = start + UUID_LEN;
            continue;
        }
        if let Some(end) = timestamp_end(text, start) {
            at = end;
            continue;
        }
        if !addresses && word_before(text, start) {
            // Few digits glued to a letter can only be those of an account's number.
            let end = run_end(text, start, |byte| byte.is_ascii_digit());
            if end - start < card::MIN_DIGITS {
                at = iban::scan(scan, start).unwrap_or(end);
                continue;
            }
        }
        let run = Run::at(text, start);
        let first = run.groups[0];
        let found = if first.len() > MAX_RUN {
            None
        } else {
            recognise(scan, &run, addresses)
        };
        at = found.unwrap_or(first.end);
    }
}

/// Asks the recognisers in the order of their certainty; the first one takes the digits.
fn recognise(scan: &mut Scan<'_>, run: &Run, addresses: bool) -> Option<usize> {
    if addresses && run.len >= 4 && run.gaps[0] == Gap::Dot {
        if let Some(end) = ip::scan_v4(scan, run) {
            return Some(end);
        }
    }
    if let Some(end) = iban::scan(scan, run.groups[0].start) {
        return Some(end);
    }
    if run.count(run.len) < phone::MIN_DIGITS {
        return None;
    }
    card::scan(scan, run)
        .or_else(|| ssn::scan(scan, run))
        .or_else(|| phone::scan(scan, run))
}

pub(crate) fn is_uuid(text: &[u8], start: usize) -> bool {
    let Some(window) = text.get(start..start + UUID_LEN) else {
        return false;
    };
    UUID_HYPHENS.iter().all(|&at| window[at] == b'-')
        && window
            .iter()
            .filter(|byte| byte.is_ascii_hexdigit())
            .count()
            == UUID_LEN - 4
        && !text
            .get(start + UUID_LEN)
            .is_some_and(u8::is_ascii_alphanumeric)
}

/// End of a calendar date (ISO 8601) and the time of day behind it, if nothing joins them.
///
/// Columns of clock readings are common, and each would be taken apart group by group.
pub(crate) fn timestamp_end(text: &[u8], start: usize) -> Option<usize> {
    let date = text.get(start..start + DATE_LEN)?;
    let [b'1' | b'2', b'0' | b'9', _, _, b'-', b'0' | b'1', _, b'-', b'0'..=b'3', _] = date else {
        return None;
    };
    let digits = date.iter().filter(|byte| byte.is_ascii_digit()).count();
    let joined = start > 0 && (is_word(text[start - 1]) || b"+-./(".contains(&text[start - 1]));
    if digits != DATE_LEN - 2 || joined {
        return None;
    }
    let end = start + DATE_LEN;
    let time_end = match text.get(end) {
        None => return Some(end),
        Some(b' ' | b'T') => time_end(text, end + 1),
        Some(_) => None,
    };
    time_end.or_else(|| (!joined_after(text, end)).then_some(end))
}

/// End of a time of day with or without a fraction: `10:11:12.131415`.
fn time_end(text: &[u8], start: usize) -> Option<usize> {
    let time = text.get(start..start + TIME_LEN)?;
    let [b'0'..=b'2', _, b':', b'0'..=b'5', _, b':', b'0'..=b'6', _] = time else {
        return None;
    };
    if time.iter().filter(|byte| byte.is_ascii_digit()).count() != TIME_LEN - 2 {
        return None;
    }
    let mut end = start + TIME_LEN;
    if text.get(end) == Some(&b'.') {
        let fraction = run_end(text, end + 1, |byte| byte.is_ascii_digit());
        if fraction - end > MAX_FRACTION {
            return None;
        }
        end = fraction;
    }
    (!text
        .get(end)
        .is_some_and(|&byte| byte == b'.' || byte.is_ascii_digit()))
    .then_some(end)
}

#[cfg(test)]
mod tests {
    use super::{is_uuid, timestamp_end, Gap, Run, MAX_GROUPS};

    #[test]
    fn clock_readings_are_known_as_a_whole() {
        for text in [
            "2024-01-15",
            "2024-01-15 10:11:12",
            "1999-12-31T23:59:59.123456",
        ] {
            assert_eq!(timestamp_end(text.as_bytes(), 0), Some(text.len()));
        }
        assert_eq!(timestamp_end(b"2024-01-15 10:11:12+00", 0), Some(19));
        assert_eq!(timestamp_end(b"2024-01-15 4111 1111", 0), Some(10));
        assert_eq!(timestamp_end(b"2024-01-15-4111", 0), None);
        assert_eq!(timestamp_end(b"+2024-01-15", 1), None);
        assert_eq!(timestamp_end(b"2024-01-1", 0), None);
    }

    #[test]
    fn groups_and_gaps_are_told_apart() {
        let run = Run::at(b"12 34-5.6/7) (8, 9", 0);
        assert_eq!(run.len, 6);
        assert_eq!(
            run.gaps[..5],
            [Gap::Space, Gap::Hyphen, Gap::Dot, Gap::Slash, Gap::Mixed]
        );
        assert_eq!(run.count(3), 5);
        let mut buffer = [0; 8];
        assert_eq!(
            run.digits(b"12 34-5.6/7) (8, 9", 3, &mut buffer),
            Some(&b"12345"[..])
        );
        assert_eq!(run.digits(b"12 34-5.6/7) (8, 9", 3, &mut [0; 4]), None);
    }

    #[test]
    fn a_run_is_bounded() {
        assert_eq!(Run::at(&b"1 ".repeat(100), 0).len, MAX_GROUPS);
    }

    #[test]
    fn uuids_are_known() {
        assert!(is_uuid(b"550e8400-e29b-41d4-a716-446655440000", 0));
        assert!(!is_uuid(b"550e8400-e29b-41d4-a716-4466554400001", 0));
        assert!(!is_uuid(b"550e8400-e29b-41d4-a716-44665544", 0));
    }
}
