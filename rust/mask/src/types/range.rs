//! Ranges and multiranges: bounds are replaced and put back in order, in both formats.

use std::cmp::Ordering;

use crate::cell::{Format, Outcome};
use crate::row::Row;
use crate::types::composite::{take_field, write};
use crate::types::reader::Reader;
use crate::types::splice::VALUE_MAX;
use crate::types::Node;

/// Flags of the binary format.
const EMPTY: u8 = 0x01;
const LOWER_INCLUSIVE: u8 = 0x02;
const UPPER_INCLUSIVE: u8 = 0x04;
const LOWER_INFINITE: u8 = 0x08;
const UPPER_INFINITE: u8 = 0x10;

/// Applies a rule to the bounds.
#[derive(Debug)]
pub(crate) struct Range {
    subtype: Box<Node>,
    /// Whether the value is a set of ranges.
    multiple: bool,
}

/// One range; a bound that is missing is infinite.
struct Raw {
    flags: u8,
    bounds: [Option<Vec<u8>>; 2],
}

impl Range {
    pub(crate) fn new(subtype: Node, multiple: bool) -> Self {
        Self {
            subtype: Box::new(subtype),
            multiple,
        }
    }

    pub(crate) fn apply(
        &self,
        format: Format,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
    ) -> Outcome {
        if cell.len() > VALUE_MAX {
            return Outcome::Null;
        }
        match self
            .read(format, cell)
            .and_then(|ranges| self.mask(format, ranges, row))
        {
            Some(ranges) => {
                self.write(format, &ranges, out);
                Outcome::Value
            }
            None => Outcome::Null,
        }
    }

    fn read(&self, format: Format, cell: &[u8]) -> Option<Vec<Raw>> {
        match (format, self.multiple) {
            (Format::Text, false) => parse(cell).filter(|(_, rest)| rest.is_empty()).map(one),
            (Format::Text, true) => parse_multiple(cell),
            (Format::Binary, false) => read(cell).map(|range| vec![range]),
            (Format::Binary, true) => read_multiple(cell),
        }
    }

    fn write(&self, format: Format, ranges: &[Raw], out: &mut Vec<u8>) {
        match (format, self.multiple) {
            (Format::Text, true) => out.push(b'{'),
            (Format::Binary, true) => out.extend_from_slice(&(ranges.len() as u32).to_be_bytes()),
            _ => {}
        }
        for (at, range) in ranges.iter().enumerate() {
            match format {
                Format::Text => {
                    if at > 0 {
                        out.push(b',');
                    }
                    write_text(range, out);
                }
                Format::Binary => {
                    let frame = out.len();
                    if self.multiple {
                        out.extend_from_slice(&[0; 4]);
                    }
                    write_binary(range, out);
                    if self.multiple {
                        let length = (out.len() - frame - 4) as u32;
                        out[frame..frame + 4].copy_from_slice(&length.to_be_bytes());
                    }
                }
            }
        }
        if format == Format::Text && self.multiple {
            out.push(b'}');
        }
    }

    /// Replaces all bounds and deals them out again in ascending order.
    ///
    /// In a valid value they are in that order, so every range stays a range and those of a
    /// multirange stay apart. Bounds that are equal stay equal.
    fn mask(&self, format: Format, mut ranges: Vec<Raw>, row: Row<'_>) -> Option<Vec<Raw>> {
        let mut distinct: Vec<Vec<u8>> = Vec::new();
        let mut places = Vec::new();
        for raw in ranges
            .iter()
            .flat_map(|range| range.bounds.iter().flatten())
        {
            let mut bound = Vec::with_capacity(raw.len());
            match self.subtype.apply_row(format, raw, row, &mut bound) {
                Outcome::Value if distinct.last() == Some(&bound) => {}
                Outcome::Value => distinct.push(bound),
                Outcome::Null | Outcome::Unchanged => return None,
            }
            places.push(distinct.len() - 1);
        }
        let mut ordered = true;
        distinct.sort_by(|a, b| {
            self.subtype.order(format, a, b).unwrap_or_else(|| {
                ordered = false;
                Ordering::Equal
            })
        });
        let mut places = places.into_iter();
        for bound in ranges
            .iter_mut()
            .flat_map(|range| range.bounds.iter_mut().flatten())
        {
            bound.clone_from(distinct.get(places.next()?)?);
        }
        ordered.then_some(ranges)
    }
}

fn one((range, _): (Raw, &[u8])) -> Vec<Raw> {
    vec![range]
}

/// A range and what follows it.
fn parse(text: &[u8]) -> Option<(Raw, &[u8])> {
    if let Some(rest) = text.strip_prefix(b"empty") {
        return Some((
            Raw {
                flags: EMPTY,
                bounds: [None, None],
            },
            rest,
        ));
    }
    let (open, rest) = text.split_first()?;
    let (lower, rest) = take_field(rest, |byte| byte == b',')?;
    let ends = |byte| matches!(byte, b')' | b']');
    let (upper, rest) = take_field(rest.strip_prefix(b",")?, ends)?;
    let (close, rest) = rest.split_first()?;
    let mut flags = match open {
        b'[' => LOWER_INCLUSIVE,
        b'(' => 0,
        _ => return None,
    };
    flags |= match close {
        b']' => UPPER_INCLUSIVE,
        b')' => 0,
        _ => return None,
    };
    Some((
        Raw {
            flags,
            bounds: [lower, upper],
        },
        rest,
    ))
}

fn parse_multiple(text: &[u8]) -> Option<Vec<Raw>> {
    let mut rest = text.strip_prefix(b"{")?;
    let mut ranges = Vec::new();
    if rest == b"}" {
        return Some(ranges);
    }
    loop {
        let (range, after) = parse(rest)?;
        ranges.push(range);
        match after.split_first()? {
            (b',', after) => rest = after,
            (b'}', []) => return Some(ranges),
            _ => return None,
        }
    }
}

fn read(cell: &[u8]) -> Option<Raw> {
    let mut reader = Reader::new(cell);
    let flags = reader.u8()?;
    let known = EMPTY | LOWER_INCLUSIVE | UPPER_INCLUSIVE | LOWER_INFINITE | UPPER_INFINITE;
    if flags & !known != 0 {
        return None;
    }
    let mut bounds = [None, None];
    for (bound, infinite) in bounds.iter_mut().zip([LOWER_INFINITE, UPPER_INFINITE]) {
        if flags & (EMPTY | infinite) == 0 {
            *bound = Some(reader.framed()??.to_vec());
        }
    }
    reader.is_empty().then_some(Raw { flags, bounds })
}

fn read_multiple(cell: &[u8]) -> Option<Vec<Raw>> {
    let mut reader = Reader::new(cell);
    let count = reader.u32()? as usize;
    let mut ranges = Vec::with_capacity(count.min(cell.len() / 5));
    for _ in 0..count {
        ranges.push(read(reader.framed()??)?);
    }
    reader.is_empty().then_some(ranges)
}

fn write_text(range: &Raw, out: &mut Vec<u8>) {
    if range.flags & EMPTY != 0 {
        out.extend_from_slice(b"empty");
        return;
    }
    out.push(if range.flags & LOWER_INCLUSIVE == 0 {
        b'('
    } else {
        b'['
    });
    let [lower, upper] = &range.bounds;
    if let Some(bound) = lower {
        write(bound, out);
    }
    out.push(b',');
    if let Some(bound) = upper {
        write(bound, out);
    }
    out.push(if range.flags & UPPER_INCLUSIVE == 0 {
        b')'
    } else {
        b']'
    });
}

fn write_binary(range: &Raw, out: &mut Vec<u8>) {
    out.push(range.flags);
    for bound in range.bounds.iter().flatten() {
        out.extend_from_slice(&(bound.len() as u32).to_be_bytes());
        out.extend_from_slice(bound);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text};

    fn range(subtype: TypeSpec) -> TypeSpec {
        TypeSpec::Range {
            subtype: Box::new(subtype),
        }
    }

    fn encode(flags: u8, bounds: &[i32]) -> Vec<u8> {
        let mut raw = vec![flags];
        for bound in bounds {
            raw.extend([0, 0, 0, 4]);
            raw.extend(bound.to_be_bytes());
        }
        raw
    }

    fn bounds(text: &str) -> Vec<i32> {
        text.split(|c: char| !c.is_ascii_digit())
            .filter_map(|part| part.parse().ok())
            .collect()
    }

    #[test]
    fn formats_agree_and_bounds_are_in_order() {
        for low in 100..140 {
            let type_ = range(TypeSpec::Int4 {});
            let raw = format!("[{low},{})", low + 300);
            let text = masked_text(&type_, &raw).unwrap();
            let numbers = bounds(&text);
            assert!(numbers[0] < numbers[1] && text.starts_with('[') && text.ends_with(')'));
            let binary = masked_binary(&type_, &encode(LOWER_INCLUSIVE, &[low, low + 300]));
            assert_eq!(binary, Some(encode(LOWER_INCLUSIVE, &numbers)));
        }
    }

    #[test]
    fn infinite_and_empty_ranges_stay_so() {
        let type_ = range(TypeSpec::Int4 {});
        assert_eq!(masked_text(&type_, "empty").as_deref(), Some("empty"));
        assert_eq!(masked_binary(&type_, &[EMPTY]), Some(vec![EMPTY]));
        assert_eq!(masked_text(&type_, "(,)").as_deref(), Some("(,)"));
        let masked = masked_text(&type_, "[5,)").unwrap();
        assert!(masked.ends_with(",)") && masked != "[5,)");
    }

    #[test]
    fn bounds_with_blanks_are_quoted() {
        let type_ = range(TypeSpec::Timestamp {});
        let raw = r#"["2024-01-01 10:00:00","2024-06-01 11:00:00")"#;
        let masked = masked_text(&type_, raw).unwrap();
        assert_eq!(
            (masked.len(), masked.matches('"').count()),
            (raw.len(), 4),
            "{masked}"
        );
        let day = masked_text(&range(TypeSpec::Date {}), "[2024-01-01,infinity)");
        assert_eq!(day, None);
    }

    #[test]
    fn ranges_of_a_multirange_stay_apart() {
        let type_ = TypeSpec::Multirange {
            subtype: Box::new(TypeSpec::Int4 {}),
        };
        let text = masked_text(&type_, "{[10,20),[30,40),[50,)}").unwrap();
        let numbers = bounds(&text);
        assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]) && numbers.len() == 5,
            "{text}"
        );
        let frames = [
            encode(2, &[10, 20]),
            encode(2, &[30, 40]),
            encode(2 | 16, &[50]),
        ];
        let masked = [
            encode(2, &numbers[..2]),
            encode(2, &numbers[2..4]),
            encode(2 | 16, &numbers[4..]),
        ];
        let whole = |frames: &[Vec<u8>]| {
            let mut raw = 3u32.to_be_bytes().to_vec();
            for frame in frames {
                raw.extend((frame.len() as u32).to_be_bytes());
                raw.extend(frame);
            }
            raw
        };
        assert_eq!(masked_binary(&type_, &whole(&frames)), Some(whole(&masked)));
        assert_eq!(masked_text(&type_, "{}").as_deref(), Some("{}"));
    }

    #[test]
    fn ranges_that_touch_still_touch() {
        let numeric = TypeSpec::Numeric {
            precision: None,
            scale: None,
        };
        let type_ = TypeSpec::Multirange {
            subtype: Box::new(numeric),
        };
        let text = masked_text(&type_, "{[1.5,2),(2,3]}").unwrap();
        let parts: Vec<&str> = text.split([',', '[', ']', '(', ')', '{', '}']).collect();
        let bounds: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        assert!(
            bounds.len() == 4 && bounds[1] == bounds[2] && bounds[1] != bounds[3],
            "{text}"
        );
    }

    #[test]
    fn broken_ranges_and_bounds_without_order_are_null() {
        let type_ = range(TypeSpec::Int4 {});
        for raw in [
            "", "[", "[1", "[1,2", "1,2", "[1,2)x", "{[1,2)}", "[a,b)", "[1,2,3)",
        ] {
            assert_eq!(masked_text(&type_, raw), None, "{raw}");
        }
        let texts = range(TypeSpec::Text {
            max_chars: None,
            pad: false,
        });
        assert_eq!(masked_text(&texts, "[a,b)"), None);
        assert_eq!(masked_binary(&type_, &encode(0x20, &[1, 2])), None);
        assert_eq!(masked_binary(&type_, &encode(0, &[1])), None);
    }
}
