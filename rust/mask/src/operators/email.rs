//! An e-mail address in a reserved domain, unique in practice.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::words::{family, Word, GIVEN};

/// Domains reserved for documentation (RFC 2606).
static DOMAINS: [Word; 3] = [
    Word::new("example.com"),
    Word::new("example.net"),
    Word::new("example.org"),
];
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Eight characters of 32, with name and domain, make 63 bits.
const SUFFIX: usize = 8;
/// Without a name, thirteen characters make 65 bits.
const SHORT: usize = 13;
const SHORT_MIN: usize = 4;

/// Writes `given.family.suffix@example.net`, or only a suffix where there is little room.
pub(crate) fn write(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::EMAIL);
    let domain = stream.pick(&DOMAINS);
    stream.pick(&GIVEN).small().push(out);
    out.push(b'.');
    for part in family(&mut stream) {
        part.small().push(out);
    }
    out.push(b'.');
    stream.letters(ALPHABET, SUFFIX, out);
    if out.len() - start + 1 + domain.len() > place.room {
        out.truncate(start);
        let Some(local) = place.room.checked_sub(1 + domain.len()) else {
            return false;
        };
        if local < SHORT_MIN {
            return false;
        }
        stream.letters(ALPHABET, local.min(SHORT), out);
    }
    out.push(b'@');
    domain.push(out);
    true
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn email(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Email {}, max_chars, text)
    }

    #[test]
    fn an_address_looks_like_one_and_reaches_nobody() {
        let masked = email(None, "zelda@corp.test");
        let (local, domain) = masked.split_once('@').unwrap();
        assert!(domain.starts_with("example."), "{masked}");
        assert_eq!(local.split('.').count(), 3);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(
            email(None, "Zelda@Corp.Test"),
            email(None, "zelda@corp.test")
        );
    }

    #[test]
    fn little_room_gives_a_short_address() {
        let masked = email(Some(25), "zelda@corp.test");
        assert!(
            masked.contains("@example.") && masked.len() <= 25,
            "{masked}"
        );
    }

    #[test]
    fn many_addresses_stay_distinct() {
        let all: std::collections::HashSet<String> = (0..3_000)
            .map(|i| email(Some(40), &format!("user{i}@corp.test")))
            .collect();
        assert_eq!(all.len(), 3_000);
    }
}
