//! A person's name.

use crate::operators::fold::with_folded;
use crate::operators::{purpose, Input};
use crate::spec::NamePart;
use crate::words::{push_family, GIVEN};

/// Draws until a name fits that does not show the raw one.
const DRAWS: usize = 12;

/// Writes a name; equal up to case and composition gives the same one.
pub(crate) fn write(part: NamePart, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    with_folded(input.text, |raw| {
        let start = out.len();
        let mut stream = input.key.stream(purpose::NAME, raw);
        for _ in 0..DRAWS {
            if part != NamePart::Family {
                out.extend_from_slice(stream.pick(GIVEN).as_bytes());
            }
            if part == NamePart::Full {
                out.push(b' ');
            }
            if part != NamePart::Given {
                push_family(&mut stream, out);
            }
            if out.len() - start <= input.room && !shares_word(&out[start..], raw) {
                return true;
            }
            out.truncate(start);
        }
        false
    })
}

/// Whether a word of the raw name stands in the new one, which has one or two.
fn shares_word(masked: &[u8], raw: &[u8]) -> bool {
    let space = memchr::memchr(b' ', masked).unwrap_or(masked.len());
    let (first, second) = masked.split_at(space);
    let second = second.get(1..).unwrap_or(&[]);
    raw.split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .any(|word| first.eq_ignore_ascii_case(word) || second.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn name(part: NamePart, max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Name { part }, max_chars, text)
    }

    #[test]
    fn a_name_has_the_wanted_parts() {
        let words = |part| name(part, None, "Zelda Fitzgerald").split(' ').count();
        assert_eq!(words(NamePart::Full), 2);
        assert_eq!(words(NamePart::Given), 1);
        assert_eq!(words(NamePart::Family), 1);
    }

    #[test]
    fn case_and_composition_do_not_matter() {
        let full = |text| name(NamePart::Full, None, text);
        assert_eq!(full("René Zola"), full("RENE\u{301} ZOLA"));
        assert_ne!(full("René Zola"), full("Rene Zola"));
    }

    #[test]
    fn a_name_from_the_list_is_never_kept() {
        for raw in GIVEN {
            let masked = name(NamePart::Full, None, raw);
            assert!(!masked.split(' ').any(|word| word == *raw), "{masked}");
        }
    }

    #[test]
    fn a_name_with_wide_gaps_is_a_name_still() {
        let masked = name(NamePart::Family, None, "Zelda  Zola");
        assert!(masked.len() <= 16 && !masked.contains(' '), "{masked}");
    }

    #[test]
    fn short_columns_get_short_names() {
        let masked = name(NamePart::Family, Some(7), "Zola");
        assert!(
            masked.len() <= 7 && masked.as_bytes()[0].is_ascii_uppercase(),
            "{masked}"
        );
    }
}
