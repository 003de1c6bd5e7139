//! An e-mail address in a reserved domain, unique in practice.
//!
//! Where the raw address is made of a person's name, the written one is made of what that name
//! becomes, so that both agree wherever they are shown.

use crate::operators::fold::Folded;
use crate::operators::{name, purpose, Place};
use crate::row::Row;
use crate::spec::NamePart;
use crate::words::{alike, family, Word, GIVEN};

/// Domains reserved for documentation (RFC 2606).
static DOMAINS: [Word; 3] = [
    Word::new("example.com"),
    Word::new("example.net"),
    Word::new("example.org"),
];
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Eight characters of 32, with name and domain, make 63 bits.
const SUFFIX: usize = 8;
/// Ten and the domain make 51 bits for the addresses of persons of one name.
const SUFFIX_OF_NAME: usize = 10;
/// Without a name, thirteen characters make 65 bits.
const SHORT: usize = 13;
const SHORT_MIN: usize = 4;
/// RFC 1035, 2.3.4.
const DOMAIN_MAX: usize = 253;
const LABEL_MAX: usize = 63;
/// Letters that a name in an address has: one letter alone is an initial.
const NAME_MIN: usize = 2;
const NAME_MAX: usize = 40;
/// Digits behind a name that tell persons of one name apart.
const NUMBER_MAX: usize = 4;

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
    let named = push_person(place, raw, out);
    if !named {
        stream.pick(&GIVEN).small().push(out);
        out.push(b'.');
        for part in family(&mut stream) {
            part.small().push(out);
        }
    }
    out.push(b'.');
    let suffix = if named { SUFFIX_OF_NAME } else { SUFFIX };
    stream.letters(ALPHABET, suffix, out);
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

/// Writes `given.family` of what the name in the address becomes; false where none is in it.
fn push_person(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let (Some(key), Some(person)) = (place.key.names(), Person::read(raw)) else {
        return false;
    };
    let mut full = [b' '; 2 * NAME_MAX + 1];
    let [given, family] = person.names;
    let length = given.len() + 1 + family.len();
    full[..given.len()].copy_from_slice(given);
    full[given.len() + 1..length].copy_from_slice(family);
    let full = Folded::Ascii(&full[..length]);
    let start = out.len();
    let place = Place {
        key,
        room: usize::MAX,
        row: Row::NONE,
    };
    let part = NamePart::Full;
    let written = if given.len() > name::TITLE_MAX {
        name::write_like(part, person.known, place, &full, out)
    } else {
        name::write(part, place, &full, out)
    };
    if !written {
        out.truncate(start);
        return false;
    }
    for byte in &mut out[start..] {
        *byte = if *byte == b' ' {
            b'.'
        } else {
            byte.to_ascii_lowercase()
        };
    }
    true
}

/// The name that an address such as `ada.lovelace@` or `lovelace_ada7+news@` spells out.
struct Person<'a> {
    /// Given and family name.
    names: [&'a [u8]; 2],
    /// Names of the given one's gender and language, where it is known.
    known: Option<&'static [Word]>,
}

impl<'a> Person<'a> {
    /// The given name comes first, unless only the other word is known as one.
    fn read(raw: &'a Folded<'_>) -> Option<Self> {
        let bytes = raw.bytes();
        let local = &bytes[..memchr::memrchr(b'@', bytes)?];
        let local = &local[..memchr::memchr(b'+', local).unwrap_or(local.len())];
        let digits = local.iter().rev().take_while(|byte| byte.is_ascii_digit());
        let number = digits.take(NUMBER_MAX + 1).count();
        if number > NUMBER_MAX {
            return None;
        }
        let local = &local[..local.len() - number];
        let between = local
            .iter()
            .position(|byte| !byte.is_ascii_alphabetic())
            .filter(|between| matches!(local[*between], b'.' | b'_' | b'-'))?;
        let words = [&local[..between], &local[between + 1..]];
        let long = |word: &[u8]| (NAME_MIN..=NAME_MAX).contains(&word.len());
        if !(words.iter().all(|word| long(word)) && words[1].iter().all(u8::is_ascii_alphabetic)) {
            return None;
        }
        let [first, second] = words;
        let known = alike(first);
        let other = if known.is_none() { alike(second) } else { None };
        Some(Self {
            names: if other.is_some() {
                [second, first]
            } else {
                words
            },
            known: known.or(other),
        })
    }
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
    use crate::cell::{CellMask, Format};
    use crate::keys::{Keyring, TenantKey};
    use crate::operators::tests::mask;
    use crate::spec::{NamePart, OperatorSpec, TypeSpec};

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

    fn masked_as(operator: &OperatorSpec, domain: &str, text: &str) -> String {
        let keys = Keyring::new(TenantKey::new([7; 32]), 1);
        let type_ = TypeSpec::Text {
            max_chars: None,
            pad: false,
        };
        let mask = CellMask::compile(&type_, operator, domain, &keys).unwrap();
        let mut out = Vec::new();
        mask.mask(Format::Text, text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn an_address_matches_the_name_that_it_is_made_of() {
        let operator = OperatorSpec::Name {
            part: NamePart::Full,
            of: Vec::new(),
        };
        let full = masked_as(&operator, "person.full", "Ada Lovelace");
        let expected = full.to_lowercase().replace(' ', ".");
        let email = |text: &str| {
            let operator = OperatorSpec::Email { keep_domain: false };
            masked_as(&operator, "contact.email", text)
        };
        let mut all = std::collections::HashSet::new();
        for address in [
            "ada.lovelace@corp.test",
            "Ada_Lovelace@other.test",
            "ada-lovelace42+news@corp.test",
        ] {
            let masked = email(address);
            assert!(masked.starts_with(&format!("{expected}.")), "{masked}");
            assert!(all.insert(masked), "each address stays one of its own");
        }
        // Which of the words is the given name shows where only one is known as one.
        let susan = masked_as(&operator, "person.full", "Susan Zygmont");
        let susan = susan.to_lowercase().replace(' ', ".");
        assert!(email("zygmont.susan@corp.test").starts_with(&susan));
        for odd in [
            "alovelace@corp.test",
            "a.lovelace@corp.test",
            "ada.king.lovelace@corp.test",
            "ada.lovelace12345@corp.test",
            "ada.lovelace",
        ] {
            assert!(!email(odd).starts_with(&expected), "{odd}");
        }
    }

    #[test]
    fn many_addresses_stay_distinct() {
        let all: std::collections::HashSet<String> = (0..3_000)
            .map(|i| email(Some(40), &format!("user{i}@corp.test")))
            .collect();
        assert_eq!(all.len(), 3_000);
    }
}
