//! Check digits and ranges of identifiers of the United States and Canada.

use super::digits::{digits, luhn, number, uniform, weighted, yymmdd};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("us_itin", us_itin),
    ("us_atin", us_atin),
    ("us_ein", us_ein),
    ("us_npi", us_npi),
    ("us_dea", us_dea),
    ("us_mbi", us_mbi),
    ("ca_sin", ca_sin),
    ("ca_business_number", ca_business_number),
    ("ca_on_health", ca_on_health),
    ("ca_qc_health", ca_qc_health),
    ("ca_bc_health", ca_bc_health),
];

/// Two first digits that the IRS has never assigned to an employer (IRS, "How EINs are assigned").
const UNASSIGNED_EIN: [u32; 15] = [0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89];

/// The groups that the IRS keeps for individual taxpayers (Publication 1915; IRM 3.21.263).
fn us_itin(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|number| {
        let group = number[3] * 10 + number[4];
        number[0] == 9 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
    })
}

/// Group 93 of the same series is for children in adoption (IRM 3.13.40).
fn us_atin(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|number| number[0] == 9 && number[3..5] == [9, 3])
}

/// The campus or internet prefix must be one that exists.
fn us_ein(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|ein| {
        let prefix = number(&ein[..2]);
        !UNASSIGNED_EIN.contains(&prefix) && !matches!(prefix, 96 | 97) && !uniform(&ein)
    })
}

/// Luhn behind the issuer 80840, which stands for health in the United States (45 CFR 162.406).
fn us_npi(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|npi| {
        let mut whole = [8, 0, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        whole[5..].copy_from_slice(&npi);
        matches!(npi[0], 1 | 2) && luhn(&whole)
    })
}

/// Registrant type, initial of the name or 9, and a weighted sum (DEA Diversion Control Division).
fn us_dea(value: &[u8]) -> bool {
    let [kind, initial, rest @ ..] = value else {
        return false;
    };
    digits::<7>(rest).is_some_and(|number| {
        let sum = weighted(&number[..6], &[1, 2, 1, 2, 1, 2]);
        matches!(kind.to_ascii_uppercase(), b'A'..=b'H' | b'J'..=b'M' | b'P'..=b'U' | b'X')
            && (initial.is_ascii_alphabetic() || *initial == b'9')
            && sum % 10 == number[6]
    })
}

/// The kind of character at each of the eleven places (CMS, "Understanding the MBI format").
fn us_mbi(value: &[u8]) -> bool {
    let letter =
        |byte: u8| byte.is_ascii_alphabetic() && !b"SLOIBZ".contains(&byte.to_ascii_uppercase());
    let digit = |byte: u8| byte.is_ascii_digit();
    let either = |byte: u8| letter(byte) || digit(byte);
    let &[first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, last] = value
    else {
        return false;
    };
    digit(first)
        && first != b'0'
        && [second, fifth, eighth, ninth].into_iter().all(letter)
        && [third, sixth].into_iter().all(either)
        && [fourth, seventh, tenth, last].into_iter().all(digit)
}

/// Luhn; 8 leads business numbers (Canada Revenue Agency).
fn ca_sin(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|sin| sin[0] != 8 && !uniform(&sin) && luhn(&sin))
}

/// Luhn over the nine digits before the account of a programme such as RT0001.
fn ca_business_number(value: &[u8]) -> bool {
    let (body, account) = value.split_at(value.len().min(9));
    let known = match account {
        [] => true,
        [kind @ .., _, _, _, _] => [
            b"RC", b"RM", b"RP", b"RR", b"RT", b"RZ", b"RD", b"RE", b"RN", b"RG",
        ]
        .iter()
        .any(|code| kind.eq_ignore_ascii_case(*code)),
        _ => false,
    };
    known && digits::<9>(body).is_some_and(|number| !uniform(&number) && luhn(&number))
}

/// Luhn over ten digits; a version of up to two letters may follow (Ontario Ministry of Health).
fn ca_on_health(value: &[u8]) -> bool {
    let (body, version) = value.split_at(value.len().min(10));
    version.len() <= 2
        && version.iter().all(u8::is_ascii_alphabetic)
        && digits::<10>(body).is_some_and(|card| card[0] != 0 && luhn(&card))
}

/// Name, birth date with 50 added to a woman's month, and two digits more (RAMQ).
fn ca_qc_health(value: &[u8]) -> bool {
    let (name, rest) = value.split_at(value.len().min(4));
    name.iter().all(u8::is_ascii_alphabetic)
        && digits::<8>(rest).is_some_and(|mut card| {
            if card[2] >= 5 {
                card[2] -= 5;
            }
            yymmdd(&card[..6])
        })
}

/// Modulo 11 over the digits behind the 9 (BC Ministry of Health, PHN format).
fn ca_bc_health(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|phn| {
        let sum: u32 = phn[1..9]
            .iter()
            .zip([2, 4, 8, 5, 10, 9, 7, 3])
            .map(|(digit, weight)| digit * weight % 11)
            .sum();
        phn[0] == 9 && (11 - sum % 11) % 11 == phn[9]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taxpayers_have_their_ranges() {
        assert!(us_itin(b"912903456") && us_itin(b"900700000") && us_itin(b"999999999"));
        assert!(!us_itin(b"912933456") && !us_itin(b"812903456") && !us_itin(b"912663456"));
        assert!(us_atin(b"900930000") && !us_atin(b"900940000"));
        assert!(us_ein(b"911144442") && !us_ein(b"071144442") && !us_ein(b"961144442"));
        assert!(!us_ein(b"111111111"));
    }

    #[test]
    fn the_providers_of_the_standards_are_known() {
        assert!(us_npi(b"1234567893") && !us_npi(b"1234567890") && !us_npi(b"3234567893"));
        assert!(us_dea(b"BB1388568") && us_dea(b"f91234563") && !us_dea(b"BB1388567"));
        assert!(!us_dea(b"IB1388568") && !us_dea(b"B") && !us_dea(b"B51388568"));
    }

    #[test]
    fn a_beneficiary_has_its_layout() {
        assert!(us_mbi(b"1EG4TE5MK73") && us_mbi(b"1eg4te5mk73"));
        assert!(!us_mbi(b"0EG4TE5MK73") && !us_mbi(b"1SG4TE5MK73") && !us_mbi(b"1EG4TE5MK7"));
    }

    #[test]
    fn canadian_numbers_follow_luhn() {
        assert!(ca_sin(b"046454286") && ca_sin(b"130692544"));
        assert!(!ca_sin(b"130692543") && !ca_sin(b"000000000") && !ca_sin(b"830692541"));
        assert!(ca_business_number(b"123026635") && ca_business_number(b"123026635RC0001"));
        assert!(!ca_business_number(b"123026636") && !ca_business_number(b"123026635XX0001"));
        assert!(!ca_business_number(b"123026635RC1"));
    }

    #[test]
    fn health_cards_of_provinces_are_checked() {
        assert!(ca_on_health(b"9876543217") && ca_on_health(b"9876543217KV"));
        assert!(!ca_on_health(b"9876543218") && !ca_on_health(b"9876543217K1"));
        assert!(ca_qc_health(b"TREM93531217") && ca_qc_health(b"BOUF94010112"));
        assert!(!ca_qc_health(b"TREM93721217") && !ca_qc_health(b"TREM93531x17"));
        assert!(ca_bc_health(b"9698658215"));
        assert!(!ca_bc_health(b"9698648215") && !ca_bc_health(b"8698658215"));
    }
}
