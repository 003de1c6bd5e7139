//! United States social security numbers.

use super::numbers::{Gap, Run};
use super::{Candidate, Scan, Shape};
use crate::bytes::{numbered_after, numbered_before};

pub(crate) fn scan(scan: &mut Scan<'_>, run: &Run) -> Option<usize> {
    let text = scan.text;
    let first = run.groups[0];
    if numbered_before(text, first.start) {
        return None;
    }
    let (count, confidence) = match first.len() {
        9 => (1, 0.3),
        3 if run.len >= 3 && run.groups[1].len() == 2 && run.groups[2].len() == 4 => {
            (3, layout_confidence(run.gaps[0], run.gaps[1])?)
        }
        _ => return None,
    };
    let mut digits = [0; 9];
    let number = run.digits(text, count, &mut digits)?;
    let end = run.groups[count - 1].end;
    if !is_issuable(number) || numbered_after(text, end) {
        return None;
    }
    scan.propose(Shape::Ssn, Candidate::pattern(first.start, end, confidence))
        .then_some(end)
}

fn layout_confidence(left: Gap, right: Gap) -> Option<f32> {
    Some(match (left, right) {
        (Gap::Hyphen, Gap::Hyphen) => 0.85,
        (Gap::Space, Gap::Space) => 0.6,
        (Gap::Slash, _) | (_, Gap::Slash) => return None,
        _ => 0.4,
    })
}

/// Area, group and serial number that the administration can have issued.
fn is_issuable(number: &[u8]) -> bool {
    let (area, rest) = number.split_at(3);
    let (group, serial) = rest.split_at(2);
    area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000"
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    #[test]
    fn separated_numbers_stand_for_themselves() {
        let text = ["536", "22", "8137"];
        for separator in ["-", " "] {
            let printed = text.join(separator);
            assert_eq!(found("ssn", &format!("id {printed}.")), [printed.as_str()]);
        }
    }

    #[test]
    fn bare_or_dotted_numbers_need_a_word_or_the_column() {
        let bare = ["536", "22", "8137"].concat();
        let dotted = ["536", "22", "8137"].join(".");
        assert!(found("ssn", &bare).is_empty());
        assert!(found("ssn", &dotted).is_empty());
        assert_eq!(found("ssn", &format!("SSN: {bare}")), [bare.as_str()]);
        assert_eq!(found("ssn", &format!("SSN: {dotted}")), [dotted.as_str()]);
        assert_eq!(found_in_column("ssn", &bare), [bare.as_str()]);
    }

    #[test]
    fn numbers_never_issued_or_part_of_others_are_left() {
        for parts in [
            ["000", "22", "8137"],
            ["666", "22", "8137"],
            ["900", "22", "8137"],
            ["536", "00", "8137"],
            ["536", "22", "0000"],
        ] {
            assert!(found("ssn", &parts.join("-")).is_empty());
        }
        let printed = ["536", "22", "8137"].join("-");
        for text in [
            format!("1-{printed}"),
            format!("{printed}-9"),
            format!("A{printed}"),
        ] {
            assert!(found("ssn", &text).is_empty(), "{text}");
        }
    }
}
