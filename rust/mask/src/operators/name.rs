//! A person's name.

use unicode_normalization::UnicodeNormalization;

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::row::Row;
use crate::spec::NamePart;
use crate::words::{alike, push_family, Word, GIVEN};

/// Draws until a name fits that does not show the raw one.
const DRAWS: usize = 12;

/// A word of more letters is no title.
pub(crate) const TITLE_MAX: usize = 4;
/// Words that stand before a given name.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "rev", "herr", "frau", "mme", "mlle",
    "don", "sr", "sra", "sig", "dott", "ing",
];

/// Writes a name; equal up to case and composition gives the same one.
///
/// Where the raw given name is one of a known gender and language, so is the written one.
pub(crate) fn write(part: NamePart, place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    if let (NamePart::Given | NamePart::Family, Some(full)) = (part, place.row.beside()) {
        if write_part(part, full, place, raw, out) {
            return true;
        }
    }
    write_like(part, known(part, raw), place, raw, out)
}

/// Writes a part of what the full name beside becomes; false, and nothing is written, where the part
/// does not fit or is the raw one.
///
/// Given and family name cannot be made each by itself and together: who knows the full name of one
/// person raw and masked would know the parts of all who share a name with that person.
fn write_part(
    part: NamePart,
    full: &[u8],
    place: Place<'_>,
    raw: &Folded<'_>,
    out: &mut Vec<u8>,
) -> bool {
    let Ok(full) = std::str::from_utf8(full) else {
        return false;
    };
    let full = Folded::new(full);
    let whole = Place {
        room: usize::MAX,
        row: Row::NONE,
        ..place
    };
    let mut name = Vec::new();
    if !write_like(
        NamePart::Full,
        known(NamePart::Full, &full),
        whole,
        &full,
        &mut name,
    ) {
        return false;
    }
    let Some(gap) = memchr::memchr(b' ', &name) else {
        return false;
    };
    let written = if part == NamePart::Given {
        &name[..gap]
    } else {
        &name[gap + 1..]
    };
    let fits = written.len() <= place.room && !have(raw.bytes(), [written, written]);
    if fits {
        out.extend_from_slice(written);
    }
    fits
}

/// As [`write`], where the names of the raw one's gender and language have been found already.
pub(crate) fn write_like(
    part: NamePart,
    known: Option<&'static [Word]>,
    place: Place<'_>,
    raw: &Folded<'_>,
    out: &mut Vec<u8>,
) -> bool {
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::NAME);
    for _ in 0..DRAWS {
        if part != NamePart::Family {
            let names = known.unwrap_or(&GIVEN);
            names[stream.below(names.len())].push(out);
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

/// Names of the gender and language of the raw one.
fn known(part: NamePart, raw: &Folded<'_>) -> Option<&'static [Word]> {
    if part == NamePart::Family {
        return None;
    }
    let plain;
    let bytes = match raw {
        Folded::Ascii(text) => text,
        Folded::Other(text) => {
            // Without accents, as the lists have them.
            plain = text.nfd().filter(char::is_ascii).collect::<String>();
            plain.as_bytes()
        }
    };
    // The given name is behind the comma, where there is one.
    let comma = memchr::memchr(b',', bytes).filter(|_| part == NamePart::Full);
    let given = comma.map_or(bytes, |comma| &bytes[comma + 1..]);
    let mut words = given.split(|byte| !byte.is_ascii_alphabetic());
    let given = |word: &&[u8]| {
        let same = |title: &&str| title.as_bytes().eq_ignore_ascii_case(word);
        !word.is_empty() && (word.len() > TITLE_MAX || !TITLES.iter().any(same))
    };
    words.find(given).and_then(alike)
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
        let of = Vec::new();
        mask(&OperatorSpec::Name { part, of }, max_chars, text)
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
    fn gender_and_language_stay_where_they_are_known() {
        let like_of = |text: &str, part| {
            let masked = name(part, None, text);
            let given = masked.split(' ').next().unwrap().to_owned();
            crate::words::alike(given.as_bytes()).map(<[Word]>::as_ptr)
        };
        let group = |given: &str| crate::words::alike(given.as_bytes()).map(<[Word]>::as_ptr);
        for (raw, like) in [
            ("Susan Miller", "Margaret"),
            ("Dr. Susan Miller", "Margaret"),
            ("Miller, Susan", "Margaret"),
            ("Françoise-Hélène Dubois", "Odile"),
            ("ILSE Schmidt", "Heike"),
        ] {
            assert_eq!(like_of(raw, NamePart::Full), group(like), "{raw}");
        }
        assert_eq!(like_of("giovanni", NamePart::Given), group("Vincenzo"));
        assert!(group("Zelda").is_none());
        // A family name is none of a gender.
        let masked = name(NamePart::Full, None, "Zelda Thomas");
        assert!(GIVEN.iter().any(|word| {
            let mut given = Vec::new();
            word.push(&mut given);
            masked.as_bytes().starts_with(&given)
        }));
    }

    #[test]
    fn a_known_given_name_is_never_kept() {
        for i in 0..300 {
            let masked = name(NamePart::Full, None, &format!("Susan Miller{i}"));
            assert!(!masked.contains("Susan"), "{masked}");
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
