//! Check digits of identifiers that European states issue.
//!
//! A value passes when its check digits are right and what it says besides can be true: a birth
//! date that exists, a prefix that is given out. A century that the value does not tell is left
//! open, so that such a date counts when it exists in any of them.

use super::digits::is_day;
use super::Checksum;

mod balkan;
mod central;
mod east;
mod germany;
mod north;
mod south;
mod vat;
mod west;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("at_svnr", germany::at_svnr),
    ("at_tin", germany::at_tin),
    ("ba_jmbg", balkan::jmbg),
    ("be_company_number", vat::belgium),
    ("be_nn", west::be_nn),
    ("bg_egn", balkan::bg_egn),
    ("bg_eik", balkan::bg_eik),
    ("bg_lnch", balkan::bg_lnch),
    ("ch_ahv", germany::ch_ahv),
    ("ch_uid", germany::ch_uid),
    ("cy_tin", south::cy_tin),
    ("cz_ico", central::cz_ico),
    ("cz_rodne_cislo", central::rodne_cislo),
    ("de_document", germany::de_document),
    ("de_idnr", germany::de_idnr),
    ("de_kvnr", germany::de_kvnr),
    ("de_lanr", germany::de_lanr),
    ("de_svnr", germany::de_svnr),
    ("dk_cpr", north::dk_cpr),
    ("dk_cvr", north::dk_cvr),
    ("ee_isikukood", north::isikukood),
    ("es_cif", south::es_cif),
    ("es_nie", south::es_nie),
    ("es_nif", south::es_nif),
    ("es_nss", south::es_nss),
    ("eu_vat", vat::eu_vat),
    ("fi_hetu", north::fi_hetu),
    ("fi_ytunnus", north::fi_ytunnus),
    ("fr_nir", west::fr_nir),
    ("fr_siren", west::fr_siren),
    ("fr_siret", west::fr_siret),
    ("fr_spi", west::fr_spi),
    ("gb_chi", west::gb_chi),
    ("gb_driving_licence", west::gb_driving_licence),
    ("gb_nhs", west::gb_nhs),
    ("gb_utr", west::gb_utr),
    ("gr_afm", south::gr_afm),
    ("gr_amka", south::gr_amka),
    ("hr_oib", balkan::hr_oib),
    ("hu_adoazonosito", central::hu_adoazonosito),
    ("hu_adoszam", central::hu_adoszam),
    ("hu_szemelyi", central::hu_szemelyi),
    ("hu_taj", central::hu_taj),
    ("ie_ppsn", west::ie_ppsn),
    ("is_kennitala", north::is_kennitala),
    ("it_codice_fiscale", south::it_codice_fiscale),
    ("it_partita_iva", south::it_partita_iva),
    ("lt_asmens_kodas", north::isikukood),
    ("lu_matricule", west::lu_matricule),
    ("lv_personas_kods", north::lv_personas_kods),
    ("md_idnp", east::md_idnp),
    ("nl_bsn", west::nl_bsn),
    ("no_fodselsnummer", north::no_fodselsnummer),
    ("no_orgnr", north::no_orgnr),
    ("pl_id_card", central::pl_id_card),
    ("pl_nip", central::pl_nip),
    ("pl_passport", central::pl_passport),
    ("pl_pesel", central::pl_pesel),
    ("pl_regon", central::pl_regon),
    ("pt_cartao_cidadao", south::pt_cartao_cidadao),
    ("pt_nib", south::pt_nib),
    ("pt_nif", south::pt_nif),
    ("pt_niss", south::pt_niss),
    ("ro_cnp", balkan::ro_cnp),
    ("ro_cui", balkan::ro_cui),
    ("rs_jmbg", balkan::jmbg),
    ("rs_pib", balkan::rs_pib),
    ("ru_inn", east::ru_inn),
    ("ru_ogrn", east::ru_ogrn),
    ("ru_passport", east::ru_passport),
    ("ru_snils", east::ru_snils),
    ("se_organisationsnummer", north::se_organisationsnummer),
    ("se_personnummer", north::se_personnummer),
    ("si_davcna", balkan::si_davcna),
    ("si_emso", balkan::jmbg),
    ("sk_dic", central::sk_dic),
    ("sk_rodne_cislo", central::rodne_cislo),
    ("tr_kimlik", south::tr_kimlik),
    ("tr_vkn", south::tr_vkn),
    ("ua_edrpou", east::ua_edrpou),
    ("ua_rnokpp", east::ua_rnokpp),
];

/// The digits of a value that is exactly `N` of them.
fn digits<const N: usize>(value: &[u8]) -> Option<[u32; N]> {
    let value: &[u8; N] = value.try_into().ok()?;
    value
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| value.map(|byte| u32::from(byte - b'0')))
}

/// The letters, as capitals, and digits of a value that is exactly `N` of them.
fn characters<const N: usize>(value: &[u8]) -> Option<[u8; N]> {
    let value: &[u8; N] = value.try_into().ok()?;
    value
        .iter()
        .all(u8::is_ascii_alphanumeric)
        .then(|| value.map(|byte| byte.to_ascii_uppercase()))
}

/// What a capital or digit counts where letters follow the digits: `A` is 10 (ICAO 9303-3, 4.9).
fn ordinal(character: u8) -> u32 {
    u32::from(match character {
        b'A'..=b'Z' => character - b'A' + 10,
        _ => character.saturating_sub(b'0'),
    })
}

/// Sum of the products of digits and weights, as far as the shorter goes.
fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(d, w)| d * w).sum()
}

/// The number that at most 19 digits write.
fn number(digits: &[u32]) -> u64 {
    digits
        .iter()
        .fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// The number that the two digits from `at` on write.
fn two(digits: &[u32], at: usize) -> u32 {
    digits[at] * 10 + digits[at + 1]
}

/// Whether digits, the check digit last, pass Luhn's test (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u32]) -> bool {
    let doubled = digits.iter().rev().enumerate().map(|(place, digit)| {
        let value = digit * if place % 2 == 1 { 2 } else { 1 };
        value / 10 + value % 10
    });
    doubled.sum::<u32>() % 10 == 0
}

/// ISO 7064 MOD 11,10 over digits, the check digit last.
fn mod11_10(digits: &[u32]) -> bool {
    let Some((check, rest)) = digits.split_last() else {
        return false;
    };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == *check
}

/// Whether there is such a day in the Gregorian calendar.
fn is_date(year: u32, month: u32, day: u32) -> bool {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    is_day(month, day, leap)
}

/// Whether there is such a day in any century: of `yy` only the last two digits of the year count.
fn is_date_of_any_century(yy: u32, month: u32, day: u32) -> bool {
    is_day(month, day, yy.is_multiple_of(4))
}

#[cfg(test)]
mod tests {
    use super::super::Checksum;
    use super::{is_date, is_date_of_any_century, luhn, mod11_10, ALL};

    /// Checks that a checksum takes the values of the first list and none of the second.
    pub(super) fn check(checksum: Checksum, valid: &[&str], invalid: &[&str]) {
        for value in valid {
            assert!(checksum(value.as_bytes()), "{value} is valid");
            let lower = value.to_ascii_lowercase();
            assert!(checksum(lower.as_bytes()), "{lower} is valid");
        }
        for value in invalid {
            assert!(!checksum(value.as_bytes()), "{value} is not valid");
        }
    }

    #[test]
    fn values_of_any_length_and_content_are_refused_without_panic() {
        for (name, checksum) in ALL {
            for length in 0..40 {
                for byte in [0, b'-', b' ', b'A', b'z', b'\xff', b'\x80'] {
                    assert!(!checksum(&vec![byte; length]), "{name} {length} {byte}");
                }
                for byte in b'0'..=b'9' {
                    checksum(&vec![byte; length]);
                }
            }
            assert!(!checksum(&"0".repeat(100_000).into_bytes()), "{name}");
        }
    }

    #[test]
    fn names_are_in_order_and_unique() {
        assert!(ALL.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn dates_exist_or_do_not() {
        assert!(is_date(2000, 2, 29) && is_date(1999, 12, 31));
        assert!(!is_date(1900, 2, 29) && !is_date(1999, 2, 29) && !is_date(1999, 4, 31));
        assert!(!is_date(1999, 0, 1) && !is_date(1999, 13, 1) && !is_date(1999, 1, 0));
        assert!(is_date_of_any_century(0, 2, 29) && !is_date_of_any_century(1, 2, 29));
    }

    #[test]
    fn check_digits_of_the_standards_are_known() {
        assert!(luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(!luhn(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 4]));
        // ISO 7064:2003, 8.2.2: the check digit of 0794 is 5.
        assert!(mod11_10(&[0, 7, 9, 4, 5]));
        assert!(!mod11_10(&[0, 7, 9, 4, 6]));
        assert!(!mod11_10(&[]));
    }
}
