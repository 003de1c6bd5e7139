//! Dates of birth and ages in text, found at the words that announce them.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::calendar::{date_end, number};
use super::{Candidate, Scan, Shape};
use crate::begins::Begins;
use crate::bytes::{run_end, run_start, word_before};

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
/// Bytes behind a word within which a date of birth starts.
const REACH: usize = 40;
const MAX_AGE: u16 = 125;

/// What a word announces.
#[derive(Clone, Copy)]
enum Word {
    Birth,
    AgeBehind,
    AgeBefore(f32),
}

fn words() -> Option<&'static (AhoCorasick, Begins)> {
    static WORDS: OnceLock<Option<(AhoCorasick, Begins)>> = OnceLock::new();
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
            let begins = Begins::of(all(), true);
            builder.build(all()).ok().map(|words| (words, begins))
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
    let Some((words, _)) = words().filter(|_| may_be_in(text)) else {
        return;
    };
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

/// Whether one of the words may stand in the text; none counts behind a letter.
pub(crate) fn may_be_in(text: &[u8]) -> bool {
    words().is_some_and(|(_, begins)| {
        let inside = |at: usize| at > 0 && text[at - 1].is_ascii_alphabetic();
        begins.anywhere(text) && (0..text.len()).any(|at| !inside(at) && begins.at(&text[at..]))
    })
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
