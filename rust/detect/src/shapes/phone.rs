//! Telephone numbers: international (ITU-T E.123, E.164) and national layouts.

use super::calling_codes::national_lengths;
use super::numbers::{Gap, Group, Run};
use super::{Candidate, Scan, Shape};
use crate::bytes::{before, joined_before, numbered_after, numbered_before, run_end};

/// Fewest digits of a number that is written out, and most (E.164).
pub(crate) const MIN_DIGITS: usize = 7;
const MAX_DIGITS: usize = 15;
/// Fewest digits with a country's code when the national number has an unusual length.
const MIN_INTERNATIONAL: usize = 10;
/// Digits of a national number with its trunk prefix.
const TRUNK_DIGITS: std::ops::RangeInclusive<usize> = 9..=13;
const MAX_EXTENSION: usize = 6;

/// A reading of the first groups as a number.
struct Reading {
    start: usize,
    groups: usize,
    confidence: f32,
}

pub(crate) fn scan(scan: &mut Scan<'_>, run: &Run) -> Option<usize> {
    if !scan.wants(Shape::Phone) {
        return None;
    }
    let text = scan.text;
    let start = number_start(text, run.groups[0].start);
    let reading = if before(text, run.groups[0].start) == Some(b'+') || text[start] == b'+' {
        international(text, run, start)
    } else if joined_before(text, start) {
        labelled(text, run, start)
    } else {
        exit_code(text, run, start)
            .or_else(|| north_american(text, run, start))
            .or_else(|| trunk(text, run, start))
            .or_else(|| any_layout(text, run, start))
    }?;
    let last = run.groups[reading.groups - 1].end;
    let end = extension_end(text, last).unwrap_or_else(|| closing(text, reading.start, last));
    let candidate = Candidate::pattern(reading.start, end, reading.confidence);
    scan.propose(Shape::Phone, candidate).then_some(end)
}

/// Takes in the parenthesis and the plus sign in front of the digits.
fn number_start(text: &[u8], digits: usize) -> usize {
    let mut start = digits;
    if before(text, start) == Some(b'(') {
        start -= 1;
        if before(text, start) == Some(b'+') {
            return start - 1;
        }
    }
    if before(text, start) == Some(b'+') {
        start -= 1;
        if before(text, start) == Some(b'(') {
            start -= 1;
        }
    }
    start
}

/// Takes in a parenthesis that closes one at the start, as in `(555 0100)`.
fn closing(text: &[u8], start: usize, end: usize) -> usize {
    let open = text[start] == b'(' && !text[start..end].contains(&b')');
    end + usize::from(open && text.get(end) == Some(&b')'))
}

/// Where a value of the first groups would end, if nothing continues it there.
fn ends(text: &[u8], run: &Run, groups: usize) -> bool {
    let end = run.groups[groups - 1].end;
    !numbered_after(text, end) || extension_end(text, end).is_some()
}

/// Whether the group is the trunk prefix in `+44 (0)20`, which is not dialled from abroad.
fn is_trunk_note(text: &[u8], group: Group) -> bool {
    group.len() == 1
        && text[group.start] == b'0'
        && before(text, group.start) == Some(b'(')
        && text.get(group.end) == Some(&b')')
}

/// Digits of the first groups, without a noted trunk prefix.
fn dialled<'a>(
    text: &[u8],
    run: &Run,
    groups: usize,
    buffer: &'a mut [u8; MAX_DIGITS + 3],
) -> Option<&'a [u8]> {
    let mut filled = 0;
    for group in &run.groups[..groups] {
        if is_trunk_note(text, *group) {
            continue;
        }
        let next = filled + group.len();
        buffer
            .get_mut(filled..next)?
            .copy_from_slice(&text[group.start..group.end]);
        filled = next;
    }
    Some(&buffer[..filled])
}

/// The most groups that make a number of a country.
fn international(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    if let Some(groups) = country_number(text, run, 0, fits_country) {
        return Some(Reading {
            start,
            groups,
            confidence: 0.9,
        });
    }
    // Numbering plans change, and people leave out or add a digit.
    let groups = country_number(text, run, 0, |number| {
        number.len() >= MIN_INTERNATIONAL && national_lengths(number).is_some()
    })?;
    let confidence = if groups > 1 { 0.6 } else { 0.45 };
    Some(Reading {
        start,
        groups,
        confidence,
    })
}

fn country_number(
    text: &[u8],
    run: &Run,
    prefix: usize,
    fits: impl Fn(&[u8]) -> bool,
) -> Option<usize> {
    (1..=run.len).rev().find(|&groups| {
        let mut buffer = [0; MAX_DIGITS + 3];
        dialled(text, run, groups, &mut buffer)
            .and_then(|digits| digits.get(prefix..))
            .is_some_and(|number| number.len() <= MAX_DIGITS && fits(number))
            && ends(text, run, groups)
    })
}

fn fits_country(number: &[u8]) -> bool {
    national_lengths(number).is_some_and(|(code, lengths)| lengths.contains(&(number.len() - code)))
}

/// `00` or `011` and a country's number.
fn exit_code(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    let first = run.groups[0];
    let digits = &text[first.start..first.end];
    let prefix = match digits {
        [b'0', b'0', ..] => 2,
        [b'0', b'1', b'1', ..] if run.len > 1 => 3,
        _ => return None,
    };
    let groups = country_number(text, run, prefix, fits_country)?;
    let confidence = match (groups, prefix) {
        (1, _) => 0.35,
        (_, 2) => 0.75,
        _ => 0.45,
    };
    Some(Reading {
        start,
        groups,
        confidence,
    })
}

/// Three, three and four digits, with or without the country's 1.
fn north_american(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    let skip = usize::from(run.groups[0].len() == 1 && text[run.groups[0].start] == b'1');
    let [area, exchange, line] = *run.groups.get(skip..skip + 3)? else {
        return None;
    };
    if run.len < skip + 3 || [area.len(), exchange.len(), line.len()] != [3, 3, 4] {
        return None;
    }
    let gaps = &run.gaps[skip..skip + 2];
    let issued = |group: Group| (b'2'..=b'9').contains(&text[group.start]);
    if gaps[1] == Gap::Slash || !ends(text, run, skip + 3) {
        return None;
    }
    let parenthesis = before(text, area.start) == Some(b'(') && text.get(area.end) == Some(&b')');
    let layout = match (gaps[0], gaps[1]) {
        _ if parenthesis => 0.85,
        (Gap::Hyphen, Gap::Hyphen) => 0.8,
        (Gap::Dot, Gap::Dot) => 0.75,
        (Gap::Space, Gap::Space | Gap::Hyphen) | (Gap::Slash, Gap::Hyphen) => 0.6,
        (Gap::Dot, _) | (_, Gap::Dot) => return None,
        _ => 0.5,
    };
    let confidence = match (issued(area), issued(exchange)) {
        (true, true) => layout,
        (true, false) if parenthesis => 0.6,
        _ => 0.35,
    };
    Some(Reading {
        start,
        groups: skip + 3,
        confidence,
    })
}

/// A national number with its trunk prefix 0: `020 7946 0958`, `(0341) 12345`, `030/1234567`.
fn trunk(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    let first = run.groups[0];
    if text[first.start] != b'0' || !(2..=5).contains(&first.len()) || text[first.start + 1] == b'0'
    {
        return None;
    }
    let groups = (2..=run.len.min(6)).rev().find(|&groups| {
        TRUNK_DIGITS.contains(&run.count(groups))
            && ends(text, run, groups)
            && !looks_like_date(run, groups)
            && even_gaps(&run.gaps[..groups - 1])
    })?;
    let two_parts = groups == 2 && matches!(run.gaps[0], Gap::Hyphen | Gap::Dot);
    let confidence = if two_parts { 0.35 } else { 0.6 };
    Some(Reading {
        start,
        groups,
        confidence,
    })
}

/// After the area code, one and the same separator; a full stop only throughout.
fn even_gaps(gaps: &[Gap]) -> bool {
    let rest = &gaps[1..];
    let even = rest.iter().all(|gap| *gap == rest[0]) && rest.iter().all(|gap| *gap != Gap::Slash);
    even && even_dots(gaps)
}

/// A full stop stands in all gaps or in none; a parenthesis may close before it.
fn even_dots(gaps: &[Gap]) -> bool {
    !gaps.contains(&Gap::Dot) || gaps.iter().all(|gap| matches!(gap, Gap::Dot | Gap::Mixed))
}

/// Two and two digits and a year or less, as in `01.02.2003` or `01-02-03`.
fn looks_like_date(run: &Run, groups: usize) -> bool {
    let lengths = [
        run.groups[0].len(),
        run.groups[1].len(),
        run.groups[2].len(),
    ];
    groups >= 3 && (lengths == [2, 2, 4] || (lengths == [2, 2, 2] && run.count(groups) <= 8))
}

/// A layout that says nothing by itself: enough only beside a keyword or in a column of numbers.
fn any_layout(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    let groups = (1..=run.len.min(5)).rev().find(|&groups| {
        let digits = run.count(groups);
        (MIN_DIGITS..=MAX_DIGITS).contains(&digits)
            && ends(text, run, groups)
            && !is_date(text, run, groups)
            && even_dots(&run.gaps[..groups - 1])
            && (groups != 2 || run.gaps[0] != Gap::Dot || run.groups[0].len() > 3)
    })?;
    Some(Reading {
        start,
        groups,
        confidence: 0.3,
    })
}

/// A number that a label is joined to, as in `tel/020` or `x-5550100`; letters only.
fn labelled(text: &[u8], run: &Run, start: usize) -> Option<Reading> {
    let separated = matches!(before(text, start), Some(b'-' | b'/' | b'.'));
    if !separated || numbered_before(text, start) {
        return None;
    }
    let reading = north_american(text, run, start).or_else(|| any_layout(text, run, start))?;
    Some(Reading {
        confidence: reading.confidence.min(0.45),
        ..reading
    })
}

/// Year, month and day in either order, with or without separators.
fn is_date(text: &[u8], run: &Run, groups: usize) -> bool {
    let number = |group: Group| {
        text[group.start..group.end]
            .iter()
            .fold(0_u32, |n, byte| n * 10 + u32::from(byte - b'0'))
    };
    let plausible = |year: u32, month: u32, day: u32| {
        (1900..=2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)
    };
    if run.groups[0].len() > 8 {
        return false;
    }
    match groups {
        1 if run.groups[0].len() == 8 => {
            let value = number(run.groups[0]);
            plausible(value / 10_000, value / 100 % 100, value % 100)
        }
        3.. if run.groups[1].len() <= 2 && run.groups[2].len() <= 4 => {
            let [a, b, c] = [run.groups[0], run.groups[1], run.groups[2]].map(number);
            plausible(a, b, c) || plausible(c, b, a) || plausible(c, a, b)
        }
        _ => false,
    }
}

/// End of an extension that follows the number: `x123`, `ext. 123`, `#123`.
fn extension_end(text: &[u8], end: usize) -> Option<usize> {
    let space = usize::from(text.get(end) == Some(&b' '));
    let rest = text.get(end + space..)?;
    let lower =
        |word: &[u8]| rest.len() > word.len() && rest[..word.len()].eq_ignore_ascii_case(word);
    let marks: [&[u8]; 5] = [b"extension", b"ext.", b"ext", b"x", b"#"];
    let mark = marks.into_iter().find(|mark| lower(mark))?;
    let mut at = end + space + mark.len();
    if text.get(at) == Some(&b' ') {
        at += 1;
    }
    let stop = run_end(text, at, |byte| byte.is_ascii_digit());
    ((1..=MAX_EXTENSION).contains(&(stop - at)) && !numbered_after(text, stop)).then_some(stop)
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    fn phone(text: &str) -> Vec<&str> {
        found("phone", text)
    }

    #[test]
    fn international_numbers_in_every_layout() {
        for printed in [
            "+1 212 555 0100",
            "+12125550100",
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "+49 30 901820",
            "(+34) 912 34 56 78",
            "+33 1 23 45 67 89",
            "+81-3-1234-5678",
            "+91 98765 43210",
            "0049 30 901820",
            "+54 9 3162 3286",
            "+57 (9) 8609605756",
            "001-212-555-0100",
            "+1-212-555-0100x123",
            "+61 2 5550 1234",
        ] {
            assert_eq!(phone(&format!("at {printed}, or")), [printed]);
        }
    }

    #[test]
    fn national_numbers_with_separators() {
        for printed in [
            "(212) 555-0100",
            "212-555-0100",
            "212.555.0100",
            "212 555 0100",
            "1-212-555-0100",
            "020 7946 0958",
            "01 23 45 67 89",
            "030/1234567",
            "(0341) 123456",
            "0171 1234567",
            "05366/97251027",
            "06/ 981 98 46",
            "(02).4161.7841",
            "212-555-0100 ext. 12",
            "(212)555-0100",
        ] {
            assert_eq!(phone(&format!("at {printed}.")), [printed]);
        }
    }

    #[test]
    fn a_label_behind_the_number_does_not_hide_it() {
        assert_eq!(phone("+41 (0)69 979 80 58-Fax"), ["+41 (0)69 979 80 58"]);
        assert_eq!(phone("212-555-0100/mobile"), ["212-555-0100"]);
    }

    #[test]
    fn bare_numbers_need_a_word_or_the_column() {
        for bare in ["2125550100", "912345678", "555-0100", "1234 5678"] {
            assert!(phone(bare).is_empty(), "{bare}");
            assert_eq!(phone(&format!("call {bare} now")), [bare]);
            assert_eq!(found_in_column("phone", bare), [bare]);
        }
    }

    #[test]
    fn dates_times_codes_and_measures_are_left() {
        for text in [
            "2024-01-15",
            "01.02.2024",
            "01-02-2024 10:11:12",
            "2024-01-15 12:34:56.123456",
            "20240115",
            "550e8400-e29b-41d4-a716-446655440000",
            "3.14159265358979",
            "-122.4194155 37.7749295",
            "1699999999",
            "12345-6789",
            "01234-5678",
            "978-0-306-40615-7",
            "10.20.30.40",
            "1.2.3.4567890",
            "ORD-0123-456789",
            "v1.212.555.0100",
            "123456789012345678",
            "+1 212 555",
            "+20240115 and +123456789",
            "+999 123 4567",
        ] {
            assert!(phone(text).is_empty(), "{text} {:?}", phone(text));
        }
        assert!(phone("call on 2024-01-15 or 20240115").is_empty());
    }
}
