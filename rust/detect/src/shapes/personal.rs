//! Dates of birth and ages in text, found at the words that announce them.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::{Candidate, Scan, Shape};
use crate::bytes::{run_end, run_start, word_at, word_before};

/// Words behind which a date of birth stands; the beginning of a word is enough.
const BIRTH: [&str; 25] = [
    "born",
    "birth",
    "dob",
    "d.o.b",
    "geboren",
    "geb.",
    "geburt",
    "né le",
    "née le",
    "naissance",
    "nacid",
    "nacimiento",
    "nascid",
    "nascimento",
    "nato il",
    "nata il",
    "nascita",
    "urodz",
    "född",
    "født",
    "geboorte",
    "родил",
    "рожд",
    "生年月日",
    "出生",
];
/// Words behind which an age stands.
const AGE_BEFORE: [&str; 12] = [
    "aged",
    "age",
    "turned",
    "turning",
    "alter",
    "âge",
    "âgé",
    "edad",
    "idade",
    "età",
    "leeftijd",
    "возраст",
];
/// Words before which an age stands, and how sure they make it.
const AGE_AFTER: [(&str, f32); 21] = [
    ("years old", 0.9),
    ("year old", 0.9),
    ("year-old", 0.9),
    ("years-old", 0.9),
    ("years of age", 0.9),
    ("yrs old", 0.9),
    ("yr old", 0.9),
    ("y/o", 0.85),
    ("y.o", 0.8),
    ("yo", 0.6),
    ("jahre alt", 0.9),
    ("jährig", 0.8),
    ("jaar oud", 0.9),
    ("jarig", 0.8),
    ("ans", 0.4),
    ("años", 0.4),
    ("anos", 0.4),
    ("anni", 0.4),
    ("лет", 0.4),
    ("歳", 0.8),
    ("岁", 0.8),
];
/// First letters of the months in the languages above.
const MONTHS: [&str; 39] = [
    "jan", "feb", "fév", "fev", "mar", "mär", "maa", "mrt", "apr", "avr", "abr", "may", "mai",
    "mag", "mei", "maj", "jun", "jui", "giu", "jul", "lug", "aug", "aoû", "aou", "ago", "sep",
    "set", "oct", "okt", "ott", "out", "nov", "dec", "dez", "déc", "dic", "gen", "ene", "janv",
];
/// Bytes behind a word within which a date of birth starts.
const REACH: usize = 40;
const MAX_MONTH: usize = 12;
const MAX_AGE: u16 = 125;

/// What a word announces.
#[derive(Clone, Copy)]
enum Word {
    Birth,
    AgeBehind,
    AgeBefore(f32),
}

fn words() -> Option<&'static AhoCorasick> {
    static WORDS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    let all = || {
        BIRTH
            .iter()
            .chain(&AGE_BEFORE)
            .chain(AGE_AFTER.iter().map(|(word, _)| word))
    };
    WORDS
        .get_or_init(|| {
            let mut builder = AhoCorasick::builder();
            builder
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA));
            builder.build(all()).ok()
        })
        .as_ref()
}

fn meaning(index: usize) -> Word {
    if index < BIRTH.len() {
        return Word::Birth;
    }
    let index = index - BIRTH.len();
    match index.checked_sub(AGE_BEFORE.len()) {
        None => Word::AgeBehind,
        Some(index) => Word::AgeBefore(AGE_AFTER[index].1),
    }
}

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    if scan.hinted(Shape::BirthDate) {
        dates(scan, 0, text.len(), 0.7);
        return;
    }
    let Some(words) = words() else { return };
    let (mut birth_from, mut age_from) = (0, 0);
    for found in words.find_overlapping_iter(text) {
        let (start, end) = (found.start(), found.end());
        let inside = start > 0 && text[start - 1].is_ascii_alphabetic();
        match meaning(found.pattern().as_usize()) {
            Word::Birth if !inside && end >= birth_from && scan.wants(Shape::BirthDate) => {
                birth_from = date_behind(scan, end).unwrap_or(end);
            }
            Word::AgeBehind if !inside && !letter_at(text, end) && end >= age_from => {
                age_from = age_behind(scan, end).unwrap_or(end);
            }
            Word::AgeBefore(confidence) => age_before(scan, start, end, confidence),
            _ => {}
        }
    }
}

fn letter_at(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_alphabetic)
}

fn date_behind(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    let reach = scan.text.len().min(at + REACH);
    dates(scan, at, reach, 0.85)
}

/// Reports the first date that starts in the span, or every one in a column of them.
fn dates(scan: &mut Scan<'_>, from: usize, to: usize, confidence: f32) -> Option<usize> {
    let text = scan.text;
    let mut at = from;
    while at < to {
        let starts = text[at].is_ascii_alphanumeric() || text[at] >= 0x80;
        if !starts {
            at += 1;
            continue;
        }
        if let Some(end) = date_end(text, at) {
            scan.propose(Shape::BirthDate, Candidate::pattern(at, end, confidence));
            if !scan.hinted(Shape::BirthDate) {
                return Some(end);
            }
            at = end;
        } else {
            at = run_end(&text[..to], at, |byte| {
                byte.is_ascii_alphanumeric() || byte >= 0x80
            });
        }
    }
    None
}

/// A number of at most `most` digits.
fn number(text: &[u8], at: usize, most: usize) -> Option<(u16, usize)> {
    let end = run_end(&text[..text.len().min(at + most + 1)], at, |byte| {
        byte.is_ascii_digit()
    });
    let digits = std::str::from_utf8(text.get(at..end)?).ok()?;
    (end - at <= most)
        .then(|| digits.parse().ok())?
        .map(|value| (value, end))
}

/// End of a date that starts at `at`: by numbers or with the month's name.
fn date_end(text: &[u8], at: usize) -> Option<usize> {
    if let Some(end) = month_end(text, at) {
        let (day, end) = number(text, blank_end(text, end), 2)?;
        let end = blank_end(text, ordinal_end(text, end));
        return matches!(day, 1..=31).then(|| year_end(text, end))?;
    }
    let (first, end) = number(text, at, 4)?;
    if end - at == 4 {
        return year_first(text, first, end);
    }
    if end - at > 2 || !matches!(first, 1..=31) {
        return None;
    }
    if let Some(&separator @ (b'/' | b'.' | b'-')) = text.get(end) {
        if let Some((second, end)) = number(text, end + 1, 2) {
            let ordered = (first <= 12 || second <= 12) && matches!(second, 1..=31);
            return (ordered && text.get(end) == Some(&separator))
                .then(|| year_end(text, end + 1))?;
        }
    }
    let month = blank_end(text, ordinal_end(text, end));
    year_end(text, blank_end(text, month_end(text, month)?))
}

/// The month and day behind a year: `1980-02-29`, `1980年2月29日`.
fn year_first(text: &[u8], year: u16, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let japanese = rest.starts_with("年".as_bytes());
    let separator = if japanese { 3 } else { 1 };
    if !japanese && !matches!(rest.first(), Some(b'-' | b'/' | b'.')) {
        return None;
    }
    let (month, end) = number(text, at + separator, 2)?;
    let joined = if japanese {
        text[end..].starts_with("月".as_bytes())
    } else {
        text.get(end) == rest.first()
    };
    let (day, end) = joined.then(|| number(text, end + separator, 2))??;
    let end = if text[end..].starts_with("日".as_bytes()) {
        end + 3
    } else {
        end
    };
    let valid = is_year(year) && matches!(month, 1..=12) && matches!(day, 1..=31);
    (valid && (japanese || !word_at(text, end) || text[end] == b'T')).then_some(end)
}

const fn is_year(year: u16) -> bool {
    matches!(year, 1870..=2099)
}

/// A year of four digits, or of two with or without an apostrophe.
fn year_end(text: &[u8], at: usize) -> Option<usize> {
    let at = at + usize::from(text.get(at) == Some(&b'\''));
    let (year, end) = number(text, at, 4)?;
    let fits = match end - at {
        4 => is_year(year),
        length => length == 2,
    };
    (fits && !word_at(text, end)).then_some(end)
}

/// End of a month's name.
fn month_end(text: &[u8], at: usize) -> Option<usize> {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80;
    let end = run_end(&text[..text.len().min(at + MAX_MONTH + 1)], at, letter);
    let name = &text[at..end];
    let known = name.len() <= MAX_MONTH
        && MONTHS.iter().any(|month| {
            name.get(..month.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(month.as_bytes()))
        });
    known.then_some(end)
}

/// End of `st`, `th`, `º` and the like behind a day.
fn ordinal_end(text: &[u8], at: usize) -> usize {
    let endings: [&[u8]; 7] = [
        b"st",
        b"nd",
        b"rd",
        b"th",
        b"er",
        "º".as_bytes(),
        "ª".as_bytes(),
    ];
    let ending = endings.iter().find(|ending| text[at..].starts_with(ending));
    at + ending.map_or(0, |ending| ending.len())
}

/// End of blanks, punctuation, and words as in `4 de mayo de 1980` or `4th of May`.
fn blank_end(text: &[u8], at: usize) -> usize {
    let reach = &text[..text.len().min(at + 8)];
    let blank = |byte: u8| matches!(byte, b' ' | b',' | b'.' | b'-' | b'/');
    let end = run_end(reach, at, blank);
    let word = [&b"de "[..], b"of ", b"del "]
        .into_iter()
        .find(|word| text[end..].starts_with(word));
    word.map_or(end, |word| end + word.len())
}

/// An age between `at` and a few bytes behind it: `age: 36`, `aged 36`, `at the age of 36`.
fn age_behind(scan: &mut Scan<'_>, at: usize) -> Option<usize> {
    let text = scan.text;
    let reach = &text[..text.len().min(at + 8)];
    let mut start = run_end(reach, at, |byte| matches!(byte, b' ' | b':' | b'=' | b'"'));
    if text[start..].starts_with(b"of ") {
        start += 3;
    }
    let (age, end) = number(text, start, 3)?;
    let goes_on = match text.get(end) {
        Some(b'.' | b',' | b'-' | b'/' | b':') => text.get(end + 1).is_some_and(u8::is_ascii_digit),
        Some(byte) => byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'_'),
        None => false,
    };
    if start == at || goes_on || age > MAX_AGE {
        return None;
    }
    scan.propose(Shape::Age, Candidate::pattern(start, end, 0.75))
        .then_some(end)
}

/// An age right before the word that spans `start..end`.
fn age_before(scan: &mut Scan<'_>, start: usize, end: usize, confidence: f32) {
    let text = scan.text;
    if letter_at(text, end) && text[end - 1] != b'g' {
        return;
    }
    let blank = |byte: u8| matches!(byte, b' ' | b'-');
    let stop = run_start(text, start, 2, blank);
    let first = run_start(text, stop, 4, |byte| byte.is_ascii_digit());
    let Some((age, after)) = number(text, first, 3) else {
        return;
    };
    let joined = first > 0 && matches!(text[first - 1], b'.' | b',' | b'-' | b'/' | b'$');
    if after == stop && age <= MAX_AGE && !joined && !word_before(text, first) {
        scan.propose(Shape::Age, Candidate::pattern(first, stop, confidence));
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{found, found_in_column};

    #[test]
    fn dates_stand_behind_the_words_of_birth() {
        for date in [
            "12 March 1980",
            "March 12, 1980",
            "Mar. 3rd, 1980",
            "1980-03-12",
            "12/03/1980",
            "3/12/80",
            "12.3.1980",
            "4 de mayo de 1980",
            "1er janvier 1980",
            "3. Mai 1980",
            "4th of May 1980",
            "1980年3月12日",
        ] {
            for word in [
                "born on",
                "DOB:",
                "Date of birth:",
                "geboren am",
                "née le",
                "生年月日：",
            ] {
                let text = format!("Ada, {word} {date}, lives");
                assert_eq!(found("birth_date", &text), [date], "{text}");
            }
            assert!(found("birth_date", &format!("signed {date}")).is_empty());
            assert_eq!(found_in_column("birth_date", date), [date]);
        }
    }

    #[test]
    fn what_is_no_date_is_left() {
        for text in [
            "born in Berlin",
            "dob 13/13/1980",
            "born 1 of 2000 children",
            "stubborn 1.2.1980",
            "dob 0/1/80",
            "dob 1980-13-01",
        ] {
            assert!(found("birth_date", text).is_empty(), "{text}");
        }
    }

    #[test]
    fn ages_stand_beside_their_words() {
        for text in [
            "a 36 years old man",
            "36-year-old",
            "a 36 year old",
            "i'm 36 y/o.",
            "aged 36",
            "Age: 36",
            "turned 36",
            "at the age of 36",
            "\"age\": 36",
            "36 Jahre alt",
            "36-jährige",
            "Alter: 36",
            "36yo",
            "edad: 36",
            "36歳",
        ] {
            assert_eq!(found("age", text), ["36"], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_ages() {
        for text in [
            "page 36",
            "age 18-25",
            "aged 3.5%",
            "in 36 years",
            "36 ans",
            "message 36",
            "age 360",
            "1,036 years old",
            "age",
            "years old",
            "aged:",
            "age of",
            "36 yogurts",
            "average 36",
        ] {
            assert!(found("age", text).is_empty(), "{text}");
        }
    }
}
