//! Check digits of identity numbers, by name.
//!
//! Detection asks whether a value passes; masking looks for another value that does.

#![forbid(unsafe_code)]

mod africa;
mod americas;
mod asia_pacific;
mod brazil;
pub mod device;
mod digits;
mod east_asia;
mod europe;
mod finance;
mod north_america;
mod secret;
mod west_asia;

/// A named test of a value's ASCII letters and digits.
///
/// Layout does not count: a form that knows separators leaves them out. Letters come in either
/// case.
pub type Checksum = fn(&[u8]) -> bool;

/// The checksum of that name, if there is one.
#[must_use]
pub fn by_name(name: &str) -> Option<Checksum> {
    match name {
        "luhn" => Some(luhn),
        "mod97" => Some(mod97),
        _ => [
            europe::ALL,
            north_america::ALL,
            americas::ALL,
            brazil::ALL,
            west_asia::ALL,
            east_asia::ALL,
            asia_pacific::ALL,
            africa::ALL,
            finance::ALL,
            device::ALL,
            secret::ALL,
        ]
        .iter()
        .flat_map(|group| group.iter())
        .find_map(|(known, checksum)| (*known == name).then_some(*checksum)),
    }
}

/// Whether a value without that checksum is still one, only less certain.
#[must_use]
pub fn only_confirms(name: &str) -> bool {
    secret::CONFIRMING.contains(&name)
}

/// Luhn over the ASCII digits of `value` (ISO/IEC 7812-1, annex B).
#[must_use]
pub fn luhn(value: &[u8]) -> bool {
    let mut sum = 0_u64;
    let mut doubled = false;
    let mut digits = 0_usize;
    for digit in value
        .iter()
        .rev()
        .filter(|byte| byte.is_ascii_digit())
        .map(|byte| byte - b'0')
    {
        sum += u64::from(match (doubled, digit) {
            (false, digit) => digit,
            (true, 5..) => digit * 2 - 9,
            (true, digit) => digit * 2,
        });
        doubled = !doubled;
        digits += 1;
    }
    digits > 1 && sum.is_multiple_of(10)
}

/// ISO 7064 MOD 97-10 with the first four characters moved to the end (ISO 13616).
#[must_use]
pub fn mod97(value: &[u8]) -> bool {
    let characters = || value.iter().copied().filter(u8::is_ascii_alphanumeric);
    if characters().count() < 5 {
        return false;
    }
    let rotated = characters().skip(4).chain(characters().take(4));
    let remainder = rotated.fold(0_u32, |remainder, byte| {
        if byte.is_ascii_digit() {
            (remainder * 10 + u32::from(byte - b'0')) % 97
        } else {
            (remainder * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10) % 97
        }
    });
    remainder == 1
}

#[cfg(test)]
mod tests {
    use super::{by_name, luhn, mod97};

    #[test]
    fn luhn_accepts_the_check_digit_and_no_other() {
        for digit in b'0'..=b'9' {
            let mut value = *b"7992739871_";
            value[10] = digit;
            assert_eq!(luhn(&value), digit == b'3');
        }
        assert!(!luhn(b"0"));
        assert!(!luhn(b""));
    }

    #[test]
    fn mod97_ignores_layout_and_case() {
        assert!(mod97(b"GB82 WEST 1234 5698 7654 32"));
        assert!(mod97(b"gb82west12345698765432"));
        assert!(!mod97(b"GB82 WEST 1234 5698 7654 33"));
        assert!(!mod97(b"GB82"));
    }

    #[test]
    fn names_are_known_or_refused() {
        assert!(by_name("luhn").is_some());
        assert!(by_name("unheard-of").is_none());
    }
}
