//! Check digits of securities, banks and companies.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("aba_routing", aba_routing),
    ("bic", bic),
    ("card_expiry", card_expiry),
    ("cusip", cusip),
    ("figi", figi),
    ("isin", isin),
    ("lei", lei),
    ("sedol", sedol),
];

/// Most characters of any identifier here.
const MAX_CHARACTERS: usize = 20;

/// ISO 3166-1 alpha-2 codes, and XK, which banks use for Kosovo, two letters each.
const COUNTRIES: &[u8] = b"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZ\
CACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY\
HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMR\
MSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS\
STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";

fn is_country(code: &[u8]) -> bool {
    COUNTRIES
        .chunks_exact(2)
        .any(|known| known.eq_ignore_ascii_case(code))
}

/// What a character counts: a digit itself, a letter from 10 on.
const fn number(byte: u8) -> Option<u32> {
    match byte {
        b'0'..=b'9' => Some((byte - b'0') as u32),
        b'A'..=b'Z' => Some((byte - b'A') as u32 + 10),
        b'a'..=b'z' => Some((byte - b'a') as u32 + 10),
        _ => None,
    }
}

/// Routing number of the American Bankers Association: weights 3-7-1, and a first pair that the
/// Federal Reserve has given out (ABA Routing Number Policy; 12 CFR 229, appendix A).
fn aba_routing(value: &[u8]) -> bool {
    let Ok(digits) = <[u8; 9]>::try_from(value) else {
        return false;
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let first = (digits[0] - b'0') * 10 + digits[1] - b'0';
    let given = matches!(first, 0..=12 | 21..=32 | 61..=72 | 80);
    let sum: u32 = digits
        .iter()
        .zip([3, 7, 1].iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    given && sum > 0 && sum.is_multiple_of(10)
}

/// Business identifier code: a country stands in its fifth and sixth place (ISO 9362).
fn bic(value: &[u8]) -> bool {
    matches!(value.len(), 8 | 11) && is_country(&value[4..6])
}

/// Month and year of a card's last day, in two or four digits (ISO/IEC 7813).
fn card_expiry(value: &[u8]) -> bool {
    let month = matches!(value, [b'0', b'1'..=b'9', ..] | [b'1', b'0'..=b'2', ..]);
    let century = value.len() == 4 || (value.len() == 6 && &value[2..4] == b"20");
    month && century && value.iter().all(u8::is_ascii_digit)
}

/// Sum of the digits of the numbers, every second one doubled; the check digit is not among them.
fn double_add_double(body: &[u8]) -> Option<u32> {
    let mut sum = 0;
    for (place, &byte) in body.iter().enumerate() {
        let mut counted = number(byte)?;
        if place % 2 == 1 {
            counted *= 2;
        }
        sum += counted / 10 + counted % 10;
    }
    Some(sum)
}

fn last_digit_completes(value: &[u8], sum: Option<u32>) -> bool {
    let (Some(sum), Some(last)) = (sum, value.last()) else {
        return false;
    };
    last.is_ascii_digit() && (sum + u32::from(last - b'0')).is_multiple_of(10)
}

/// CUSIP: nine characters, modulus 10 double-add-double (ANSI X9.6, CUSIP Global Services).
fn cusip(value: &[u8]) -> bool {
    value.len() == 9
        && value[..8].iter().any(|&byte| byte != b'0')
        && last_digit_completes(value, double_add_double(&value[..8]))
}

/// FIGI: twelve characters, consonants and digits, `G` in the third place, and no prefix that an
/// ISIN could have (ANSI X9.145, OMG FIGI).
fn figi(value: &[u8]) -> bool {
    const TAKEN: [&[u8]; 7] = [b"BS", b"BM", b"GG", b"GB", b"GH", b"KY", b"VG"];
    value.len() == 12
        && value[..2].iter().all(u8::is_ascii_alphabetic)
        && value[2].eq_ignore_ascii_case(&b'G')
        && !TAKEN
            .iter()
            .any(|taken| value[..2].eq_ignore_ascii_case(taken))
        && !value.iter().any(|&byte| is_vowel(byte))
        && last_digit_completes(value, double_add_double(&value[..11]))
}

const fn is_vowel(byte: u8) -> bool {
    matches!(byte.to_ascii_uppercase(), b'A' | b'E' | b'I' | b'O' | b'U')
}

/// ISIN: a country or the prefix of an international depository, nine characters, and Luhn over
/// all of it with letters as numbers (ISO 6166).
fn isin(value: &[u8]) -> bool {
    const DEPOSITORIES: [&[u8]; 4] = [b"XS", b"XA", b"XB", b"EU"];
    if value.len() != 12 || !value[11].is_ascii_digit() {
        return false;
    }
    let prefix = &value[..2];
    let known = DEPOSITORIES
        .iter()
        .any(|one| one.eq_ignore_ascii_case(prefix));
    if !known && !is_country(prefix) {
        return false;
    }
    let mut digits = [b'0'; 2 * MAX_CHARACTERS];
    let mut filled = 0;
    for &byte in value {
        let tens = match byte.to_ascii_uppercase() {
            b'0'..=b'9' => 0,
            b'A'..=b'J' => b'1',
            b'K'..=b'T' => b'2',
            b'U'..=b'Z' => b'3',
            _ => return false,
        };
        if tens > 0 {
            digits[filled] = tens;
            filled += 1;
        }
        digits[filled] = match tens {
            0 => byte,
            _ => b'0' + (byte.to_ascii_uppercase() - b'A') % 10,
        };
        filled += 1;
    }
    super::luhn(&digits[..filled])
}

/// LEI: twenty characters, ISO 7064 MOD 97-10 (ISO 17442).
fn lei(value: &[u8]) -> bool {
    if value.len() != MAX_CHARACTERS || !value[18..].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let remainder = value.iter().try_fold(0, |remainder, &byte| {
        let counted = number(byte)?;
        let shift = if counted < 10 { 10 } else { 100 };
        Some((remainder * shift + counted) % 97)
    });
    remainder == Some(1)
}

/// SEDOL: seven characters without vowels, weights 1-3-1-7-3-9-1 (London Stock Exchange).
fn sedol(value: &[u8]) -> bool {
    const WEIGHTS: [u32; 7] = [1, 3, 1, 7, 3, 9, 1];
    if value.len() != WEIGHTS.len() || !value[6].is_ascii_digit() {
        return false;
    }
    if value.iter().any(|&byte| is_vowel(byte)) {
        return false;
    }
    let sum: Option<u32> = value
        .iter()
        .zip(WEIGHTS)
        .map(|(&byte, weight)| Some(number(byte)? * weight))
        .sum();
    sum.is_some_and(|sum| sum > 0 && sum.is_multiple_of(10))
}

#[cfg(test)]
mod tests {
    use super::{aba_routing, bic, card_expiry, cusip, figi, is_country, isin, lei, sedol, ALL};

    /// Exactly one of the ten last digits agrees.
    fn one_digit_agrees(checksum: fn(&[u8]) -> bool, value: &str) {
        for digit in b'0'..=b'9' {
            let mut bytes = value.as_bytes().to_vec();
            let right = *bytes.last().unwrap() == digit;
            *bytes.last_mut().unwrap() = digit;
            assert_eq!(checksum(&bytes), right, "{value} with {}", digit - b'0');
        }
    }

    #[test]
    fn published_examples_agree_with_no_other_check_digit() {
        // Federal Reserve Bank of Boston; Apple and Google shares; BAE Systems; OMG's example of a FIGI.
        one_digit_agrees(aba_routing, "011000015");
        one_digit_agrees(aba_routing, "021000021");
        one_digit_agrees(cusip, "037833100");
        one_digit_agrees(cusip, "38259P508");
        one_digit_agrees(isin, "US0378331005");
        one_digit_agrees(isin, "GB0002634946");
        one_digit_agrees(isin, "XS0000000009");
        one_digit_agrees(sedol, "0263494");
        one_digit_agrees(sedol, "B0WNLY7");
        one_digit_agrees(figi, "BBG000BLNQ16");
        one_digit_agrees(figi, "BBG000B9XRY4");
        one_digit_agrees(lei, "5493001KJTIIGC8Y1R12");
        one_digit_agrees(lei, "54930084UKLVMY22DS16");
    }

    #[test]
    fn letters_come_in_either_case() {
        assert!(isin(b"us0378331005") && lei(b"5493001kjtiigc8y1r12") && sedol(b"b0wnly7"));
        assert!(bic(b"deutdeff") && cusip(b"38259p508") && figi(b"bbg000blnq16"));
    }

    #[test]
    fn ranges_that_nobody_gave_out_are_refused() {
        assert!(!aba_routing(b"000000000"));
        assert!(!aba_routing(b"130000006"));
        assert!(!isin(b"ZZ0378331000"));
        assert!(!bic(b"DEUTZZFF") && bic(b"DEUTDEFF500"));
        assert!(!figi(b"GBG000BLNQ16") && !sedol(b"A0WNLY7"));
    }

    #[test]
    fn months_of_expiry_exist() {
        assert!(card_expiry(b"0129") && card_expiry(b"122030"));
        assert!(!card_expiry(b"1329") && !card_expiry(b"0029") && !card_expiry(b"121930"));
    }

    #[test]
    fn countries_are_found_at_their_two_letters_only() {
        assert!(is_country(b"AD") && is_country(b"zw") && is_country(b"XK"));
        assert!(!is_country(b"DA") && !is_country(b"A") && !is_country(b"EU"));
    }

    #[test]
    fn nothing_is_too_short_or_too_strange_to_be_refused() {
        for (name, checksum) in ALL {
            for value in [
                "",
                "0",
                "00000000",
                "\u{e9}\u{e9}\u{e9}\u{e9}",
                "000000000000000000000",
            ] {
                assert!(!checksum(value.as_bytes()), "{name} {value}");
            }
        }
    }
}
