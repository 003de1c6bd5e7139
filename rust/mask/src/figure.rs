//! Numbers as people write them: currency, grouped digits, a point or a comma.

use crate::number::Number;

/// Longer texts are not numbers.
const LENGTH_MAX: usize = 64;
const DIGITS_MAX: usize = 30;
/// Letters of a currency, as `kr` and `EUR`.
const LETTERS_MAX: usize = 4;

/// A written number.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Figure<'a> {
    before: &'a str,
    after: &'a str,
    group: Option<char>,
    mark: Option<char>,
    negative: bool,
    /// All digits as one number, with the sign.
    pub(crate) units: i128,
    /// How many of them stand after the point.
    pub(crate) decimals: usize,
}

/// What is known of the digits before they are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A text that may be something else.
    Text,
    /// An amount, of which two digits stand after a mark if there is one.
    Money,
}

impl<'a> Figure<'a> {
    /// Reads a text; None where it is no number, or a code with zeros in front.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        Self::read(text, Reading::Text)
    }

    /// Reads an amount in the notation of some locale.
    pub(crate) fn parse_money(text: &'a str) -> Option<Self> {
        Self::read(text, Reading::Money)
    }

    pub(crate) fn number(&self) -> Number {
        Number::new(self.units, self.decimals as i32)
    }

    fn read(text: &'a str, reading: Reading) -> Option<Self> {
        if text.len() > LENGTH_MAX {
            return None;
        }
        let first = text.find(|c: char| c.is_ascii_digit())?;
        let last = text.rfind(|c: char| c.is_ascii_digit())?;
        let (before, inside, after) = (&text[..first], &text[first..=last], &text[last + 1..]);
        let around = || before.chars().chain(after.chars());
        let letters = around().filter(|c| c.is_alphabetic()).count();
        let known = around().all(|c| c.is_alphabetic() || is_around(c));
        if !known
            || letters
                > if reading == Reading::Money {
                    LETTERS_MAX
                } else {
                    0
                }
        {
            return None;
        }
        let negative = before.contains(['-', '(', '\u{2212}']) || after.contains('-');
        let digits = || inside.bytes().filter(u8::is_ascii_digit);
        let count = digits().count();
        let code =
            inside.starts_with('0') && inside.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
        if count > DIGITS_MAX || (code && reading == Reading::Text) {
            return None;
        }
        let (group, mark, decimals) = separators(inside, reading)?;
        let units = digits().fold(0i128, |sum, byte| sum * 10 + i128::from(byte - b'0'));
        Some(Self {
            before,
            after,
            group,
            mark,
            negative,
            units: if negative { -units } else { units },
            decimals,
        })
    }

    /// Writes another number in the same way, of which the last digits stand after the point.
    pub(crate) fn write(&self, units: i128, decimals: usize, out: &mut Vec<u8>) {
        let negative = units < 0;
        let push = |text: &str, out: &mut Vec<u8>| {
            for character in text.chars() {
                let sign = matches!(character, '-' | '+' | '(' | ')' | '\u{2212}');
                // Signs stay where they still say the truth.
                if !sign || negative == self.negative {
                    out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
        };
        if negative && !self.negative {
            out.push(b'-');
        }
        push(self.before, out);
        let digits = format!("{:0width$}", units.unsigned_abs(), width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        for (at, digit) in whole.bytes().enumerate() {
            if let Some(group) = self.group {
                if at > 0 && (whole.len() - at) % 3 == 0 {
                    out.extend_from_slice(group.encode_utf8(&mut [0; 4]).as_bytes());
                }
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            let point = if self.group == Some('.') { ',' } else { '.' };
            let mark = self.mark.unwrap_or(point);
            out.extend_from_slice(mark.encode_utf8(&mut [0; 4]).as_bytes());
            out.extend_from_slice(fraction.as_bytes());
        }
        push(self.after, out);
    }
}

/// What may stand before and behind the digits.
fn is_around(character: char) -> bool {
    matches!(
        character,
        '-' | '+'
            | '('
            | ')'
            | '\u{2212}'
            | '%'
            | '$'
            | '£'
            | '¥'
            | '¢'
            | ' '
            | '\u{a0}'
            | '\u{202f}'
            | '\u{20a0}'..='\u{20cf}'
    )
}

type Separators = (Option<char>, Option<char>, usize);

/// What separates groups, what stands before the decimals, and how many there are.
fn separators(inside: &str, reading: Reading) -> Option<Separators> {
    let runs: Vec<&str> = inside.split(|c: char| !c.is_ascii_digit()).collect();
    let marks: Vec<char> = inside.chars().filter(|c| !c.is_ascii_digit()).collect();
    let separator = |c: &char| {
        matches!(
            c,
            '.' | ',' | ' ' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2019}'
        )
    };
    if !marks.iter().all(separator) || runs.iter().any(|run| run.is_empty()) {
        return None;
    }
    let Some(last) = marks.last() else {
        return Some((None, None, 0));
    };
    let decimals = runs.last().map_or(0, |run| run.len());
    // Amounts in lakh and crore have groups of two.
    let indian = |run: &str| reading == Reading::Money && run.len() == 2;
    let groups = |runs: &[&str], marks: &[char]| {
        let alike = marks.iter().all(|mark| *mark == marks[0]);
        let sizes = runs[0].len() <= 3 && runs[1..].iter().all(|run| run.len() == 3 || indian(run));
        (alike && sizes).then_some(marks[0])
    };
    let (head, before) = (&runs[..runs.len() - 1], &marks[..marks.len() - 1]);
    let may_mark = matches!(last, '.' | ',');
    let marked = match (reading, before.first()) {
        // Two digits, or three where the mark is not that of the groups.
        (Reading::Money, first) => {
            decimals == 2 || (decimals == 3 && first.is_some_and(|first| first != last))
        }
        (Reading::Text, Some(first)) => may_mark && first != last,
        // A comma before three digits parts thousands.
        (Reading::Text, None) => {
            *last == '.' || (*last == ',' && (decimals != 3 || runs[0].len() > 3 || runs[0] == "0"))
        }
    };
    if !marked {
        return Some((Some(groups(&runs, &marks)?), None, 0));
    }
    let group = if before.is_empty() {
        None
    } else {
        Some(groups(head, before)?)
    };
    Some((group, Some(*last), decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(i128, usize)> {
        Figure::parse(text).map(|figure| (figure.units, figure.decimals))
    }

    #[test]
    fn notations_are_told_apart() {
        for (text, units, decimals) in [
            ("0", 0, 0),
            ("42", 42, 0),
            ("-42.5", -425, 1),
            ("1,234.50", 123_450, 2),
            ("1.234,50", 123_450, 2),
            ("1,234", 1234, 0),
            ("0,234", 234, 3),
            ("12,5", 125, 1),
            ("1.234", 1234, 3),
            ("1 234 567", 1_234_567, 0),
            ("$1,000", 1000, 0),
            ("12 %", 12, 0),
            ("(5.00)", -500, 2),
            ("€ 7", 7, 0),
        ] {
            assert_eq!(read(text), Some((units, decimals)), "{text}");
        }
        for text in [
            "", "-", "007", "1.2.3", "1,23,4", "12a", "1e5", "10.0.0.1", "1..2", "٣",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_read_is_written_alike() {
        for text in [
            "42",
            "-42.5",
            "1,234.50",
            "1.234,50",
            "$1,000",
            "12 %",
            "(5.00)",
            "+7",
            "1 234 567",
        ] {
            let figure = Figure::parse(text).unwrap();
            let mut out = Vec::new();
            figure.write(figure.units, figure.decimals, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), text);
        }
    }

    #[test]
    fn signs_and_groups_follow_the_number() {
        let write = |text, units, decimals| {
            let mut out = Vec::new();
            Figure::parse_money(text)
                .unwrap()
                .write(units, decimals, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(write("$1,234.56", 123, 2), "$1.23");
        assert_eq!(write("$1.00", -500, 2), "-$5.00");
        assert_eq!(write("($1.00)", 500, 2), "$5.00");
        assert_eq!(write("1.234,56 €", 123_456_789, 2), "1.234.567,89 €");
        assert_eq!(write("¥1,235", 1_000_000, 0), "¥1,000,000");
    }
}
