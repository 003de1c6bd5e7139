//! Universally unique identifiers (RFC 9562), found at their first hyphen.

use memchr::memchr_iter;

use super::numbers::{is_uuid, UUID_LEN};
use super::{Candidate, Scan, Shape};
use crate::bytes::{before, word_at, word_before};

/// Place of the first hyphen.
const FIRST: usize = 8;

pub(crate) fn scan(scan: &mut Scan<'_>) {
    let text = scan.text;
    let mut from = 0;
    for at in memchr_iter(b'-', text) {
        let Some(start) = at.checked_sub(FIRST).filter(|&start| start >= from) else {
            continue;
        };
        let end = start + UUID_LEN;
        let joined = word_before(text, start) || before(text, start) == Some(b'-');
        if !is_uuid(text, start) || joined || word_at(text, end) || text.get(end) == Some(&b'-') {
            continue;
        }
        from = end;
        if text[start..end]
            .iter()
            .any(|byte| !matches!(byte, b'0' | b'-'))
        {
            scan.propose(Shape::Uuid, Candidate::pattern(start, end, 0.55));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::found;

    #[test]
    fn identifiers_stand_by_themselves() {
        let uuid = "e50e8400-e29b-41d4-a716-446655440000";
        assert_eq!(
            found("uuid", &format!("urn:uuid:{uuid}, {{{uuid}}}")),
            [uuid, uuid]
        );
        for text in [
            format!("x{uuid}"),
            format!("{uuid}-1"),
            format!("1-{uuid}"),
            format!("{uuid}0"),
            "00000000-0000-0000-0000-000000000000".to_owned(),
            "e50e8400-e29b-41d4-a716-44665544000g".to_owned(),
        ] {
            assert!(found("uuid", &text).is_empty(), "{text}");
        }
    }
}
