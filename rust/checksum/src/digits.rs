//! What checksums of identity numbers share: digits, weighted sums and dates.

/// The earliest year of birth that a number with four digits for it may hold.
const EARLIEST_YEAR: u32 = 1850;
/// The latest such year; numbers are not issued to the unborn, but clocks differ.
const LATEST_YEAR: u32 = 2099;

/// The values of exactly `N` ASCII digits, none if there is anything else.
pub(super) fn digits<const N: usize>(value: &[u8]) -> Option<[u32; N]> {
    let bytes: &[u8; N] = value.try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|byte| u32::from(byte - b'0')))
}

/// The number that at most nine digit values spell.
pub(super) fn number(digits: &[u32]) -> u32 {
    digits.iter().fold(0, |number, digit| number * 10 + digit)
}

/// The sum of every digit times its weight; surplus digits or weights do not count.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    let products = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight);
    products.sum()
}

/// Whether all digits are the same, which form filled for a test passes many checksums.
pub(super) fn uniform(digits: &[u32]) -> bool {
    digits.windows(2).all(|pair| pair[0] == pair[1])
}

/// Luhn over digit values, the last one being the check digit.
pub(super) fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit) {
            (0, digit) => *digit,
            (_, 5..) => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a day exists in the Gregorian calendar and someone living may be born on it.
pub(super) fn date(year: u32, month: u32, day: u32) -> bool {
    (EARLIEST_YEAR..=LATEST_YEAR).contains(&year) && day_exists(year, month, day)
}

/// The same for a year of two digits, whose century is unknown.
pub(super) fn short_date(year: u32, month: u32, day: u32) -> bool {
    day_exists(2000 + year, month, day)
}

/// The same for six digits in the order year, month, day.
pub(super) fn yymmdd(digits: &[u32]) -> bool {
    let (year, rest) = digits.split_at(2);
    let (month, day) = rest.split_at(2);
    short_date(number(year), number(month), number(day))
}

fn day_exists(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    is_day(month, day, leap)
}

/// Whether the month has such a day.
pub(super) fn is_day(month: u32, day: u32, leap: bool) -> bool {
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=last).contains(&day)
}

/// The place of a byte in an alphabet of capital letters and digits, in either case.
pub(super) fn place_in(alphabet: &[u8], byte: u8) -> Option<u32> {
    let upper = byte.to_ascii_uppercase();
    let place = alphabet.iter().position(|known| *known == upper)?;
    u32::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::{date, digits, luhn, number, place_in, short_date, uniform, weighted, yymmdd};

    #[test]
    fn digits_are_counted_exactly() {
        assert_eq!(digits::<3>(b"907"), Some([9, 0, 7]));
        assert_eq!(digits::<3>(b"9070"), None);
        assert_eq!(digits::<3>(b"9a7"), None);
        assert_eq!(number(&[9, 0, 7]), 907);
    }

    #[test]
    fn sums_are_weighted() {
        assert_eq!(weighted(&[1, 2, 3], &[4, 5, 6]), 32);
        assert!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(!luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 4]));
        assert!(uniform(&[1, 1, 1]) && !uniform(&[1, 1, 2]));
        assert_eq!(place_in(b"0123ABC", b'b'), Some(5));
        assert_eq!(place_in(b"0123ABC", b'z'), None);
    }

    #[test]
    fn days_exist() {
        assert!(date(2000, 2, 29) && !date(1900, 2, 29) && !date(2001, 2, 29));
        assert!(!date(1849, 1, 1) && !date(2100, 1, 1));
        assert!(!date(1999, 4, 31) && !date(1999, 13, 1) && !date(1999, 0, 1) && !date(1999, 1, 0));
        assert!(short_date(0, 2, 29) && yymmdd(&[9, 9, 1, 2, 3, 1]));
        assert!(!yymmdd(&[9, 9, 1, 3, 3, 1]));
    }
}
