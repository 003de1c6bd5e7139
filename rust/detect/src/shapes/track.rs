//! Content of a payment card's magnetic stripe (ISO/IEC 7813), found at its field separators.

use memchr::memchr2_iter;

use super::{Candidate, Scan, Shape};
use crate::bytes::{before, run_end, run_start};
use crate::checksum::by_name;

const MIN_CARD: usize = 12;
const MAX_CARD: usize = 19;
/// Expiry (YYMM) and service code behind the last separator.
const DATES: usize = 7;
const MAX_NAME: usize = 26;
const MAX_REST: usize = 80;

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let Some(luhn) = by_name("luhn") else { return };
    let mut from = 0;
    for at in memchr2_iter(b'^', b'=', text) {
        let start = run_start(text, at, MAX_CARD + 1, |byte| byte.is_ascii_digit());
        let card = &text[start..at];
        if at < from || !(MIN_CARD..=MAX_CARD).contains(&card.len()) || !luhn(card) {
            continue;
        }
        let data = if text[at] == b'^' {
            name_end(text, at + 1)
        } else {
            Some(at + 1)
        };
        let Some(end) = data.and_then(|data| data_end(text, data)) else {
            continue;
        };
        from = end;
        let start = sentinel(text, start, text[at]);
        scan.propose(Shape::TrackData, Candidate::checked(start, end, 0.97));
    }
}

/// Where the dates start, behind the name of the first track.
fn name_end(text: &[u8], at: usize) -> Option<usize> {
    let reach = &text[..text.len().min(at + MAX_NAME + 1)];
    let end = run_end(reach, at, |byte| byte != b'^' && byte >= b' ');
    (end > at + 1 && reach.get(end) == Some(&b'^')).then_some(end + 1)
}

/// End of the dates and of what the issuer has put behind them.
fn data_end(text: &[u8], at: usize) -> Option<usize> {
    let dates = text.get(at..at + DATES)?;
    let month = (dates[2].wrapping_sub(b'0'))
        .wrapping_mul(10)
        .wrapping_add(dates[3].wrapping_sub(b'0'));
    if !dates.iter().all(u8::is_ascii_digit) || !matches!(month, 1..=12) {
        return None;
    }
    let reach = &text[..text.len().min(at + MAX_REST)];
    let end = run_end(reach, at, |byte| byte.is_ascii_alphanumeric());
    Some(end + usize::from(text.get(end) == Some(&b'?')))
}

/// The start sentinel and format code, if they were kept.
fn sentinel(text: &[u8], start: usize, separator: u8) -> usize {
    match (separator, before(text, start)) {
        (b'^', Some(b'B' | b'b')) if before(text, start - 1) == Some(b'%') => start - 2,
        (b'^', Some(b'B' | b'b')) | (b'=', Some(b';')) => start - 1,
        _ => start,
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    #[test]
    fn both_tracks_are_found_with_their_sentinels() {
        let card = ["4111", "111111111111"].concat();
        for track in [
            format!("%B{card}^DOE/JANE ^29121010000000000?"),
            format!(";{card}=29121010000000000?"),
            format!("{card}=2912101"),
        ] {
            assert_eq!(
                found("track_data", &format!("swipe {track}\n")),
                [track.as_str()]
            );
        }
    }

    #[test]
    fn other_equations_are_left() {
        let card = ["4111", "111111111111"].concat();
        for text in [
            format!("{card}=29131010000"),
            format!("{card}=291210"),
            format!("{card}^"),
            format!("{card}1=2912101000"),
            "a=b^c".to_owned(),
            "=^".to_owned(),
        ] {
            assert!(found("track_data", &text).is_empty(), "{text}");
        }
    }
}
