//! A person's name.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Input};
use crate::spec::NamePart;
use crate::words::{push_family, GIVEN};

/// Draws until a name fits that does not show the raw one.
const DRAWS: usize = 12;

/// Writes a name; equal up to case and composition gives the same one.
pub(crate) fn write(part: NamePart, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let raw = Folded::new(input.text);
    let start = out.len();
    let mut stream = raw.stream(input.key, purpose::NAME);
    for _ in 0..DRAWS {
        if part != NamePart::Family {
            stream.pick(&GIVEN).push(out);
        }
        let given = out.len();
        if part == NamePart::Full {
            out.push(b' ');
        }
        let family = out.len();
        if part != NamePart::Given {
            push_family(&mut stream, out);
        }
        let words = [&out[start..given], &out[family..]];
        if out.len() - start <= input.room && !words.iter().any(|word| has(raw.bytes(), word)) {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// Whether a word stands in the raw name, in any case.
fn has(raw: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else {
        return false;
    };
    let mut start = 0;
    while start < raw.len() {
        let rest = &raw[start..];
        let length = memchr::memchr(b' ', rest).unwrap_or(rest.len());
        // Both at once, because each alone is so often true that the processor cannot guess it.
        let alike = (length == word.len()) & (rest[0] | 0x20 == first | 0x20);
        if alike && rest[..length].eq_ignore_ascii_case(word) {
            return true;
        }
        start += length + 1;
    }
    false
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
        for word in &GIVEN {
            let mut raw = Vec::new();
            word.push(&mut raw);
            let raw = String::from_utf8(raw).unwrap();
            let masked = name(NamePart::Full, None, &raw);
            assert!(!masked.split(' ').any(|word| word == raw), "{masked}");
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
