//! The Nordic and Baltic states.

use super::{characters, digits, is_date, is_date_of_any_century, luhn, ordinal, two, weighted};

/// The last ten digits of a number that may begin with the century.
fn without_century(value: &[u8]) -> Option<(Option<u32>, [u32; 10])> {
    match value.len() {
        12 => {
            let century = digits::<2>(&value[..2])?;
            Some((Some(two(&century, 0)), digits::<10>(&value[2..])?))
        }
        _ => Some((None, digits::<10>(value)?)),
    }
}

/// Personnummer, or samordningsnummer (day plus 60), with or without the century.
///
/// Source: Skatteverket SKV 704, <https://www.skatteverket.se/privat/folkbokforing/personnummer>.
pub(super) fn se_personnummer(value: &[u8]) -> bool {
    without_century(value).is_some_and(|(century, d)| {
        let (year, month, day) = (two(&d, 0), two(&d, 2), two(&d, 4));
        let day = if day > 60 { day - 60 } else { day };
        let born = match century {
            Some(century @ 18..=20) => is_date(century * 100 + year, month, day),
            Some(_) => false,
            None => is_date_of_any_century(year, month, day),
        };
        born && luhn(&d)
    })
}

/// Organisationsnummer; 16 may stand before it.
///
/// Those of legal persons have at least 2 as the third digit, so that they are no dates; sole traders
/// use their personnummer.
///
/// Source: Skatteverket SKV 709, <https://www.skatteverket.se/foretag>; Bolagsverket.
pub(super) fn se_organisationsnummer(value: &[u8]) -> bool {
    without_century(value).is_some_and(|(century, d)| {
        century.is_none_or(|century| century == 16) && d != [0; 10] && luhn(&d)
    })
}

/// Fødselsnummer; D-numbers add 40 to the day, H-numbers 40, and synthetic ones 65 or 80 to the
/// month.
///
/// Numbers that will be given out from 2032 on may leave 1, 2 or 3 in the first check; they do not
/// pass, since four times as many other numbers would.
/// Source: Skatteetaten, <https://skatteetaten.github.io/folkeregisteret-api-dokumentasjon/nytt-fodselsnummer-fra-2032/>;
/// Forskrift til folkeregisterloven, § 2-2-1.
pub(super) fn no_fodselsnummer(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let (day, month, year) = (two(&d, 0), two(&d, 2), two(&d, 4));
        let day = if day > 40 { day - 40 } else { day };
        let month = match month {
            41..=52 => month - 40,
            66..=77 => month - 65,
            81..=92 => month - 80,
            _ => month,
        };
        let first = (weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) + d[9]) % 11;
        let second = (weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) + d[10]) % 11;
        is_date_of_any_century(year, month, day) && first == 0 && second == 0
    })
}

/// Organisasjonsnummer.
///
/// Source: Brønnøysundregistrene, <https://www.brreg.no/om-oss/registrene-vare/om-enhetsregisteret/organisasjonsnummeret/>.
pub(super) fn no_orgnr(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| {
        d != [0; 9] && (weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2]) + d[8]).is_multiple_of(11)
    })
}

/// CPR number: a birth date whose century the seventh digit tells.
///
/// Its check digit is no longer kept since 2007, so that it cannot be asked for.
/// Source: CPR-kontoret, Personnummeret i CPR-systemet, <https://cpr.dk/media/12066/personnummeret-i-cpr.pdf>.
pub(super) fn dk_cpr(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let year = two(&d, 4);
        let century = match (d[6], year) {
            (4 | 9, 0..=36) | (5..=8, 0..=57) => 2000,
            (5..=8, _) => 1800,
            _ => 1900,
        };
        let day = two(&d, 0);
        let day = if day > 60 { day - 60 } else { day };
        is_date(century + year, two(&d, 2), day)
    })
}

/// CVR number.
///
/// Source: Erhvervsstyrelsen, <https://erhvervsstyrelsen.dk/modulus_11>.
pub(super) fn dk_cvr(value: &[u8]) -> bool {
    digits::<8>(value)
        .is_some_and(|d| d[0] != 0 && weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11))
}

/// Henkilötunnus; the sign of the century may be a letter, since 2023 one of several.
///
/// Without such a letter the sign was `-` or `+`, which says a century in which the date exists.
/// Source: Digital and Population Data Services Agency, <https://dvv.fi/en/personal-identity-code>;
/// Decree 128/2010.
pub(super) fn fi_hetu(value: &[u8]) -> bool {
    let (sign, individual) = match value.len() {
        10 => (None, 6),
        11 => (Some(value[6].to_ascii_uppercase()), 7),
        _ => return false,
    };
    let Some(date) = digits::<6>(&value[..6]) else {
        return false;
    };
    let Some([a, b, c, check]) = characters::<4>(&value[individual..]) else {
        return false;
    };
    let (day, month, year) = (two(&date, 0), two(&date, 2), two(&date, 4));
    let born = match sign {
        None => is_date(1800 + year, month, day) || is_date(1900 + year, month, day),
        Some(b'U'..=b'Y') => is_date(1900 + year, month, day),
        Some(b'A'..=b'F') => is_date(2000 + year, month, day),
        Some(_) => false,
    };
    let numbered = [a, b, c].iter().all(u8::is_ascii_digit) && [a, b, c] > *b"001";
    let number = [a, b, c]
        .iter()
        .fold(super::number(&date), |number, digit| {
            number * 10 + u64::from(ordinal(*digit))
        });
    let expected = usize::try_from(number % 31).map(|at| b"0123456789ABCDEFHJKLMNPRSTUVWXY"[at]);
    born && numbered && expected == Ok(check)
}

/// Y-tunnus.
///
/// Source: Finnish Patent and Registration Office, <https://www.ytj.fi/en/index/businessid.html>.
pub(super) fn fi_ytunnus(value: &[u8]) -> bool {
    digits::<8>(value).is_some_and(|d| {
        d != [0; 8] && (weighted(&d, &[7, 9, 10, 5, 8, 4, 2]) + d[7]).is_multiple_of(11)
    })
}

/// Kennitala of a person, or of a company, which adds 40 to the day.
///
/// The last digit tells the century and is not covered by the check digit before it.
/// Source: Registers Iceland, <https://www.skra.is/english/people/my-registration/general-information/id-numbers/>.
pub(super) fn is_kennitala(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let century = match d[9] {
            0 => 2000,
            8 | 9 => 1000 + d[9] * 100,
            _ => return false,
        };
        let day = two(&d, 0);
        let day = if day > 40 { day - 40 } else { day };
        is_date(century + two(&d, 4), two(&d, 2), day)
            && (weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2]) + d[8]).is_multiple_of(11)
    })
}

/// Isikukood of Estonia and asmens kodas of Lithuania: sex and century, birth date, serial number.
///
/// Source: EVS 585:2007; Law of the Republic of Lithuania on the Population Register, article 8,
/// <https://e-seimas.lrs.lt/portal/legalAct/lt/TAD/TAIS.18578>.
pub(super) fn isikukood(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let century = 1700 + d[0].div_ceil(2) * 100;
        let check = match weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11 {
            10 => weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10,
            remainder => remainder,
        };
        matches!(d[0], 1..=6)
            && is_date(century + two(&d, 1), two(&d, 3), two(&d, 5))
            && check == d[10]
    })
}

/// Personas kods: birth date, century, serial number; since 2017 from 32 to 39 without a date.
///
/// The check digit of the new ones is not published.
/// Source: Law on the Register of Natural Persons, <https://likumi.lv/ta/en/en/id/296185>; OCMA,
/// <https://www.pmlp.gov.lv/en/personal-identity-number>.
pub(super) fn lv_personas_kods(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let sum = weighted(&d, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
        let century = match d[6] {
            0..=2 => 1800 + d[6] * 100,
            _ => 0,
        };
        let dated = century != 0
            && is_date(century + two(&d, 4), two(&d, 2), two(&d, 0))
            && (1 + sum) % 11 % 10 == d[10];
        dated || matches!(two(&d, 0), 32..=39)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn sweden() {
        // The last one is a samordningsnummer.
        check(
            se_personnummer,
            &["8112289874", "6403273813", "198112289874", "7010632391"],
            &["8112289875", "6403273814", "8113289873", "171112289874"],
        );
        check(
            se_organisationsnummer,
            &["5560360793", "165560360793"],
            &["5560360794", "165560360794", "195560360793"],
        );
    }

    #[test]
    fn norway() {
        check(
            no_fodselsnummer,
            &["15108695088", "11077941012", "55078695063"],
            &["15108695089", "11077941013", "31028600073"],
        );
        check(
            no_orgnr,
            &["988077917", "974760673"],
            &["988077918", "974760674"],
        );
    }

    #[test]
    fn denmark() {
        // No check digit: a birth date in the century that the seventh digit says.
        check(
            dk_cpr,
            &["2110625629", "0707614285", "2902004000"],
            &["3102614285", "2902000000"],
        );
        check(dk_cvr, &["13585628"], &["13585629"]);
    }

    #[test]
    fn finland() {
        // With the signs of 2023 too.
        check(
            fi_hetu,
            &["131052308T", "131052A308T", "010594Y9032"],
            &["131052308U", "131052A308U", "310252308T", "131052G308T"],
        );
        check(
            fi_ytunnus,
            &["20774740", "01120389"],
            &["20774741", "01120380"],
        );
    }

    #[test]
    fn iceland() {
        check(
            is_kennitala,
            &["1201743399", "4504013150"],
            &["4504013151", "1201743397"],
        );
    }

    #[test]
    fn baltic_states() {
        check(
            isikukood,
            &["36805280109", "37605030299", "33309240064", "38703181745"],
            &["36805280100", "37605030290", "36802300103"],
        );
        check(
            lv_personas_kods,
            &["16117519997", "32867300679"],
            &["16117519998", "16117549997"],
        );
    }
}
