//! Check digits of devices, subscriber cards and vehicles.

use super::{luhn, Checksum};

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("iccid", iccid),
    ("imei", imei),
    ("imsi", imsi),
    ("vin", vin),
];

/// Length of a vehicle identification number.
pub const VIN_LEN: usize = 17;
const VIN_WEIGHTS: [u32; VIN_LEN] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/// Place of the check digit.
const VIN_CHECK: usize = 8;
/// Fewer letters than in any vehicle's number.
const MIN_VIN_LETTERS: usize = 2;

/// Reporting bodies that have given out type allocation codes, by their two digits (GSMA TS.06).
const REPORTING_BODIES: [u8; 17] = [
    1, 10, 30, 33, 35, 44, 45, 49, 50, 51, 52, 53, 54, 86, 91, 98, 99,
];

fn two_digits(value: &[u8]) -> u8 {
    (value[0] - b'0') * 10 + value[1] - b'0'
}

fn all_digits(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

/// IMEI: fifteen digits with Luhn, from a known reporting body (3GPP TS 23.003, section 6.2.1).
fn imei(value: &[u8]) -> bool {
    value.len() == 15
        && all_digits(value)
        && REPORTING_BODIES.contains(&two_digits(value))
        && luhn(value)
}

/// IMSI: a country, a network and a subscriber (ITU-T E.212; 3GPP TS 23.003, section 2.2).
fn imsi(value: &[u8]) -> bool {
    if !matches!(value.len(), 14 | 15) || !all_digits(value) {
        return false;
    }
    let country = u16::from(two_digits(value)) * 10 + u16::from(value[2] - b'0');
    matches!(
        country,
        202..=297 | 302..=376 | 400..=472 | 502..=555 | 602..=659 | 702..=750 | 901 | 1 | 999
    )
}

/// ICCID: industry 89, Luhn over up to nineteen digits; SIM cards may carry one digit more
/// (ITU-T E.118, section 4.1; ETSI TS 102 221, section 13.2).
fn iccid(value: &[u8]) -> bool {
    if !matches!(value.len(), 18..=20) || !all_digits(value) || !value.starts_with(b"89") {
        return false;
    }
    luhn(value) || (value.len() == 20 && luhn(&value[..19]))
}

/// What a character of a vehicle's number counts; `I`, `O` and `Q` are not used.
const fn vin_value(byte: u8) -> Option<u32> {
    Some(match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => (digit - b'0') as u32,
        letter @ b'A'..=b'H' => (letter - b'A') as u32 + 1,
        letter @ (b'J'..=b'N' | b'P' | b'R') => (letter - b'J') as u32 + 1,
        letter @ b'S'..=b'Z' => (letter - b'S') as u32 + 2,
        _ => return None,
    })
}

/// Whether the characters can be a vehicle's number: seventeen, four digits at the end (ISO 3779).
#[must_use]
pub fn is_vin_layout(value: &[u8]) -> bool {
    value.len() == VIN_LEN
        && value.iter().all(|&byte| vin_value(byte).is_some())
        && all_digits(&value[VIN_LEN - 4..])
        && value
            .iter()
            .filter(|byte| byte.is_ascii_alphabetic())
            .count()
            >= MIN_VIN_LETTERS
}

/// VIN with the check digit of North America and China (49 CFR 565.15; ISO 3779).
#[must_use]
pub fn vin(value: &[u8]) -> bool {
    if !is_vin_layout(value) {
        return false;
    }
    let sum: u32 = value
        .iter()
        .zip(VIN_WEIGHTS)
        .filter_map(|(&byte, weight)| Some(vin_value(byte)? * weight))
        .sum();
    match value[VIN_CHECK] {
        b'X' | b'x' => sum % 11 == 10,
        digit => digit.is_ascii_digit() && sum % 11 == u32::from(digit - b'0'),
    }
}

#[cfg(test)]
mod tests {
    use super::{iccid, imei, imsi, is_vin_layout, vin, ALL};

    #[test]
    fn imeis_need_their_check_digit_and_a_reporting_body() {
        // 3GPP TS 23.003, annex B has the computation; 49-015420-323751 is the GSMA's example.
        assert!(imei(b"490154203237518"));
        assert!(imei(b"356938035643809"));
        assert!(!imei(b"490154203237517"));
        assert!(!imei(b"220154203237513"));
        assert!(!imei(b"000000000000000"));
    }

    #[test]
    fn subscribers_belong_to_a_country() {
        assert!(imsi(b"310150123456789") && imsi(b"262011234567890") && imsi(b"00101012345678"));
        assert!(!imsi(b"110150123456789") && !imsi(b"3101501234567"));
    }

    #[test]
    fn cards_have_their_industry_and_their_check_digit() {
        assert!(iccid(b"8944500102198304826"));
        assert!(!iccid(b"8944500102198304827"));
        assert!(iccid(b"89445001021983048267"));
        assert!(!iccid(b"7944500102198304826"));
    }

    #[test]
    fn vehicles_of_north_america_have_a_check_digit() {
        // The example of 49 CFR 565, and the one with seventeen ones.
        assert!(vin(b"1M8GDM9AXKP042788") && vin(b"1hgcm82633a004352"));
        assert!(!vin(b"1M8GDM9A1KP042788"));
        assert!(!vin(b"11111111111111111"), "it has no letters");
        assert!(!vin(b"1M8GDM9AXKO042788"));
        assert!(is_vin_layout(b"WVWZZZ1JZ3W386752") && !vin(b"WVWZZZ1JZ3W386752"));
        assert!(!is_vin_layout(b"WVWZZZ1JZ3W38675X"));
    }

    #[test]
    fn nothing_is_too_short_or_too_strange_to_be_refused() {
        for (name, checksum) in ALL {
            for value in ["", "0", "89", "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}a"] {
                assert!(!checksum(value.as_bytes()), "{name} {value}");
            }
        }
    }
}
