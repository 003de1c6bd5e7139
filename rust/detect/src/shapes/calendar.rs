//! Dates as people write them: by numbers in either order (ISO 8601 among them), or with the name of
//! the month in several languages.

use crate::bytes::{joined_after, run_end, word_at};

/// First letters of the months in the languages above.
const MONTHS: [&str; 39] = [
    "jan", "feb", "fév", "fev", "mar", "mär", "maa", "mrt", "apr", "avr", "abr", "may", "mai",
    "mag", "mei", "maj", "jun", "jui", "giu", "jul", "lug", "aug", "aoû", "aou", "ago", "sep",
    "set", "oct", "okt", "ott", "out", "nov", "dec", "dez", "déc", "dic", "gen", "ene", "janv",
];
const MAX_MONTH: usize = 12;

/// A number of at most `most` digits.
pub(crate) fn number(text: &[u8], at: usize, most: usize) -> Option<(u16, usize)> {
    let end = run_end(&text[..text.len().min(at + most + 1)], at, |byte| {
        byte.is_ascii_digit()
    });
    let digits = std::str::from_utf8(text.get(at..end)?).ok()?;
    (end - at <= most)
        .then(|| digits.parse().ok())?
        .map(|value| (value, end))
}

/// End of a date that starts at `at`: by numbers or with the month's name.
pub(crate) fn date_end(text: &[u8], at: usize) -> Option<usize> {
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
    (fits && !joined_after(text, end)).then_some(end)
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

#[cfg(test)]
mod tests {
    use super::{date_end, number};

    #[test]
    fn a_date_ends_behind_its_year_or_day() {
        for date in [
            "1980-03-12",
            "12/3/80",
            "12. März 1980",
            "March 3rd, '80",
            "1980年3月12日",
        ] {
            assert_eq!(date_end(date.as_bytes(), 0), Some(date.len()), "{date}");
            assert_eq!(
                date_end(format!("{date}, x").as_bytes(), 0),
                Some(date.len())
            );
        }
        for text in [
            "",
            "1980",
            "12/13/14/15",
            "1980-3",
            "Marchand 3",
            "32.1.1980",
            "12.3.19801",
            "0x1",
        ] {
            assert_eq!(date_end(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn a_number_is_not_longer_than_asked() {
        assert_eq!(number(b"123", 0, 3), Some((123, 3)));
        assert_eq!(number(b"1234", 0, 3), None);
        assert_eq!(number(b"x", 0, 3), None);
    }
}
