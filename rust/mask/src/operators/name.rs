//! A person's name.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::spec::NamePart;
use crate::words::{push_family, GIVEN};

/// Draws until a name fits that does not show the raw one.
const DRAWS: usize = 12;

/// Writes a name; equal up to case and composition gives the same one.
pub(crate) fn write(part: NamePart, place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::NAME);
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
        if out.len() - start <= place.room && !have(raw.bytes(), words) {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// Whether one of the words stands in the raw name, in any case.
fn have(raw: &[u8], words: [&[u8]; 2]) -> bool {
    let firsts = words.map(|word| word.first().map_or(0, |byte| byte | 0x20));
    let same = |raw: &[u8]| {
        let Some(first) = raw.first().map(|byte| byte | 0x20) else {
            return false;
        };
        // Length and letter at once, because each alone is too often alike to be guessed.
        let alike =
            |at: usize| (raw.len() ^ words[at].len()) | usize::from(first ^ firsts[at]) == 0;
        (alike(0) || alike(1)) && words.iter().any(|word| raw.eq_ignore_ascii_case(word))
    };
    let mut start = 0;
    for (at, byte) in raw.iter().enumerate() {
        if *byte == b' ' {
            if same(&raw[start..at]) {
                return true;
            }
            start = at + 1;
        }
    }
    same(&raw[start..])
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
