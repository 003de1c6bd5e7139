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
/// RFC 1035, 2.3.4.
const DOMAIN_MAX: usize = 253;
const LABEL_MAX: usize = 63;

/// Writes `given.family.suffix@example.net`, or only a suffix where there is little room.
///
/// With `keep_domain` the raw domain stands where it is one; the choices are the same.
pub(crate) fn write(
    keep_domain: bool,
    place: Place<'_>,
    raw: &Folded<'_>,
    out: &mut Vec<u8>,
) -> bool {
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::EMAIL);
    let reserved = stream.pick(&DOMAINS);
    let kept = if keep_domain { domain_of(raw) } else { None };
    let length = kept.map_or(reserved.len(), <[u8]>::len);
    stream.pick(&GIVEN).small().push(out);
    out.push(b'.');
    for part in family(&mut stream) {
        part.small().push(out);
    }
    out.push(b'.');
    stream.letters(ALPHABET, SUFFIX, out);
    if out.len() - start + 1 + length > place.room {
        out.truncate(start);
        let Some(local) = place.room.checked_sub(1 + length) else {
            return false;
        };
        if local < SHORT_MIN {
            return false;
        }
        stream.letters(ALPHABET, local.min(SHORT), out);
    }
    out.push(b'@');
    match kept {
        Some(domain) => out.extend(domain.iter().map(u8::to_ascii_lowercase)),
        None => reserved.push(out),
    }
    true
}

/// The domain of an address: letters, digits, hyphens and points between them (RFC 1035, 2.3.1).
fn domain_of<'a>(raw: &'a Folded<'_>) -> Option<&'a [u8]> {
    let bytes = raw.bytes();
    let at = memchr::memrchr(b'@', bytes)?;
    let domain = &bytes[at + 1..];
    let label = |label: &[u8]| {
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
        (1..=LABEL_MAX).contains(&label.len()) && label.iter().all(inner)
    };
    let labels = || domain.split(|byte| *byte == b'.');
    let valid = at > 0 && domain.len() <= DOMAIN_MAX && labels().count() > 1 && labels().all(label);
    valid.then_some(domain)
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn email(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Email { keep_domain: false }, max_chars, text)
    }

    #[test]
    fn the_domain_stays_only_where_that_is_wanted() {
        let kept = |max_chars, text: &str| {
            mask(&OperatorSpec::Email { keep_domain: true }, max_chars, text)
        };
        let masked = kept(None, "Zelda@Corp.Test");
        assert!(masked.ends_with("@corp.test"), "{masked}");
        let (local, _) = masked.split_once('@').unwrap();
        assert!(email(None, "zelda@corp.test").starts_with(local));
        assert!(kept(Some(20), "zelda@corp.test").ends_with("@corp.test"));
        for odd in [
            "zelda",
            "zelda@corp",
            "zelda@corp..test",
            "z@co rp.test",
            "@corp.test",
        ] {
            assert!(kept(None, odd).contains("@example."), "{odd}");
        }
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
