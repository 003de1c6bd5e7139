//! United Kingdom, Ireland, France and the Benelux.

use super::{characters, digits, is_date, is_date_of_any_century, luhn, number, two, weighted};

/// Unique taxpayer reference: the first digit checks the nine others; a final `K` is notation.
///
/// Source: HMRC, <https://www.gov.uk/find-utr-number>.
pub(super) fn gb_utr(value: &[u8]) -> bool {
    const CHECK: [u32; 11] = [2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    let value = match value {
        [rest @ .., b'K' | b'k'] => rest,
        whole => whole,
    };
    digits::<10>(value).is_some_and(|d| {
        let remainder = weighted(&d[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
        CHECK[remainder as usize] == d[0]
    })
}

/// Driver number of Great Britain: surname, birth date (month plus 50 for women), initials.
///
/// The two check characters are not public; an issue number may follow.
/// Source: DVLA INF45/1, <https://www.gov.uk/government/publications/driving-licence-codes>.
pub(super) fn gb_driving_licence(value: &[u8]) -> bool {
    let driver = match value.len() {
        18 if value[16..].iter().all(u8::is_ascii_alphanumeric) => &value[..16],
        _ => value,
    };
    let Some(number) = characters::<16>(driver) else {
        return false;
    };
    let letters = number[..5].iter().take_while(|c| c.is_ascii_alphabetic());
    let letters = letters.count();
    let padded = letters > 0 && number[letters..5].iter().all(|c| *c == b'9');
    let initials = number[11].is_ascii_alphabetic()
        && (number[12].is_ascii_alphabetic() || number[12] == b'9');
    let born = digits::<6>(&number[5..11]).is_some_and(|d| {
        let month = two(&d, 1);
        let month = if month > 50 { month - 50 } else { month };
        is_date_of_any_century(d[0] * 10 + d[5], month, two(&d, 3))
    });
    padded && initials && born && number[13].is_ascii_digit()
}

/// NHS number of England, Wales and the Isle of Man.
///
/// Source: NHS Data Dictionary, <https://www.datadictionary.nhs.uk/attributes/nhs_number.html>.
pub(super) fn gb_nhs(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let check = 11 - weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        d != [0; 10] && check % 11 == d[9]
    })
}

/// Community Health Index number of Scotland: an NHS number that begins with the birth date.
///
/// Source: Public Health Scotland,
/// <https://publichealthscotland.scot/resources-and-tools/health-intelligence-and-data-management>.
pub(super) fn gb_chi(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| is_date_of_any_century(two(&d, 4), two(&d, 2), two(&d, 0)))
        && gb_nhs(value)
}

/// Personal public service number: a letter checks the digits and, if there is one, the last
/// letter. The letters `T` and `X` of spouses never counted, nor does `W`.
///
/// Source: Social Welfare Consolidation Act 2005, section 262; Revenue,
/// <https://www.revenue.ie/en/self-assessment-and-self-employment/documents/pps-number-format.pdf>.
pub(super) fn ie_ppsn(value: &[u8]) -> bool {
    let Some((head, tail)) = value.split_at_checked(7) else {
        return false;
    };
    let Some(d) = digits::<7>(head) else {
        return false;
    };
    let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]);
    let letter = |sum: u32| b"WABCDEFGHIJKLMNOPQRSTUV"[(sum % 23) as usize];
    match *tail {
        [check] => check.to_ascii_uppercase() == letter(sum),
        [check, last] => {
            let (check, last) = (check.to_ascii_uppercase(), last.to_ascii_uppercase());
            match last {
                b'W' | b'T' | b'X' => check == letter(sum),
                b'A'..=b'I' => check == letter(sum + u32::from(last - b'A' + 1) * 9),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Numéro d'inscription au répertoire, with its key (97 minus the remainder by 97).
///
/// Months above 12 stand for unknown ones; 2A and 2B are the departments of Corsica.
/// Source: INSEE, <https://www.insee.fr/fr/metadonnees/definition/c1409>; decree 82-103.
pub(super) fn fr_nir(value: &[u8]) -> bool {
    let Some(mut written) = characters::<15>(value) else {
        return false;
    };
    match &mut written[5..7] {
        department @ [b'2', b'A'] => department.copy_from_slice(b"19"),
        department @ [b'2', b'B'] => department.copy_from_slice(b"18"),
        _ => {}
    }
    digits::<15>(&written).is_some_and(|d| {
        let month = two(&d, 3);
        matches!(d[0], 1..=4 | 7 | 8)
            && matches!(month, 1..=12 | 20..=42 | 50..=99)
            && two(&d, 5) != 0
            && 97 - number(&d[..13]) % 97 == number(&d[13..])
    })
}

/// Numéro fiscal: the last three digits are the remainder of the ten others by 511.
///
/// Source: OECD, <https://www.oecd.org/tax/automatic-exchange/crs-implementation-and-assistance/tax-identification-numbers/France-TIN.pdf>.
pub(super) fn fr_spi(value: &[u8]) -> bool {
    digits::<13>(value)
        .is_some_and(|d| d[0] <= 3 && number(&d[..10]) % 511 == number(&d[10..]) && d != [0; 13])
}

/// Number of an enterprise in the SIRENE register.
///
/// Source: INSEE, <https://www.insee.fr/fr/metadonnees/definition/c2047>.
pub(super) fn fr_siren(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| d != [0; 9] && luhn(&d))
}

/// Number of an establishment; those of La Poste are checked by their sum of digits.
///
/// Source: INSEE, <https://www.insee.fr/fr/metadonnees/definition/c1841>.
pub(super) fn fr_siret(value: &[u8]) -> bool {
    const POST: [u32; 9] = [3, 5, 6, 0, 0, 0, 0, 0, 0];
    digits::<14>(value).is_some_and(|d| {
        let own = luhn(&d) || (d[..9] == POST && d.iter().sum::<u32>() % 5 == 0);
        fr_siren(&value[..9]) && own
    })
}

/// Burgerservicenummer: the test of eleven, its last weight being minus one.
///
/// Source: Logisch ontwerp BSN, <https://www.rvig.nl/logisch-ontwerp-bsn>.
pub(super) fn nl_bsn(value: &[u8]) -> bool {
    let passes = |d: [u32; 9]| {
        d != [0; 9] && (weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) + 10 * d[8]).is_multiple_of(11)
    };
    match digits::<8>(value) {
        Some(d) => {
            let mut padded = [0; 9];
            padded[1..].copy_from_slice(&d);
            passes(padded)
        }
        None => digits::<9>(value).is_some_and(passes),
    }
}

/// Rijksregisternummer: for births from 2000 on, a 2 is put in front before the division by 97.
///
/// Bis numbers add 20 or 40 to the month; unknown months and days are zero.
/// Source: Royal decree of 3 April 1984, <https://www.ibz.rrn.fgov.be>.
pub(super) fn be_nn(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let (base, check) = (number(&d[..9]), number(&d[9..]));
        let (month, day) = (two(&d, 2), two(&d, 4));
        let month = match month {
            20..=32 => month - 20,
            40..=52 => month - 40,
            _ => month,
        };
        let unknown = month == 0 || (month <= 12 && day == 0);
        (unknown || is_date_of_any_century(two(&d, 0), month, day))
            && number(&d[6..9]) != 0
            && (97 - base % 97 == check || (d[0] < 5 && 97 - (2_000_000_000 + base) % 97 == check))
    })
}

/// Luxembourg's matricule: birth date, serial number, a Luhn and a Verhoeff check digit.
///
/// Source: Law of 19 June 2013 on the identification of natural persons,
/// <https://legilux.public.lu/eli/etat/leg/loi/2013/06/19/n1/jo>.
pub(super) fn lu_matricule(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|d| {
        let year = two(&d, 0) * 100 + two(&d, 2);
        let mut verhoeff_checked = [0; 12];
        verhoeff_checked[..11].copy_from_slice(&d[..11]);
        verhoeff_checked[11] = d[12];
        (1850..2100).contains(&year)
            && is_date(year, two(&d, 4), two(&d, 6))
            && luhn(&d[..12])
            && verhoeff(&verhoeff_checked)
    })
}

/// Verhoeff's test: products in the dihedral group of order ten, with a permutation per place.
///
/// Source: J. Verhoeff, Error Detecting Decimal Codes, 1969.
fn verhoeff(digits: &[u32]) -> bool {
    const PERMUTATION: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let product = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b) % 5,
        (false, true) => 5 + (a - b) % 5,
        (false, false) => (5 + a - b) % 5,
    };
    let permuted =
        digits.iter().rev().enumerate().map(|(place, digit)| {
            (0..place % 8).fold(*digit, |digit, _| PERMUTATION[digit as usize])
        });
    permuted.fold(0, product) == 0
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn united_kingdom() {
        check(
            gb_utr,
            &["1955839661", "1955839661K"],
            &["1955839662", "1955839661L"],
        );
        check(
            gb_driving_licence,
            &["MORGA657054SM9IJ", "MORGA753116SM9IJ35", "FOX99657054SM9IJ"],
            &[
                "MORGA663054SM9IJ",
                "MORGA657324SM9IJ",
                "M9RGA657054SM9IJ",
                "MORGA657054S19IJ",
            ],
        );
        check(
            gb_nhs,
            &["9434765919", "4010232137"],
            &["9434765910", "4010232138", "0000000000"],
        );
        check(gb_chi, &["0101701233"], &["0101701234", "9434765919"]);
    }

    #[test]
    fn ireland() {
        // A letter behind the check letter counts nine times its place.
        check(
            ie_ppsn,
            &[
                "1234567T",
                "1234567FA",
                "6433435F",
                "6433435OA",
                "1234567TW",
            ],
            &["1234567U", "1234567FB", "1234567FZ"],
        );
    }

    #[test]
    fn france() {
        // With a department of Corsica among them.
        check(
            fr_nir,
            &[
                "255081416802538",
                "180126955222380",
                "295109912611193",
                "253072B07300470",
            ],
            &["255081416802539", "180126955222381", "255131416802521"],
        );
        check(
            fr_spi,
            &["3023217600053"],
            &["3023217600054", "0000000000000"],
        );
        check(
            fr_siren,
            &["552008443", "732829320"],
            &["552008444", "732829321", "000000000"],
        );
        // The last one is an office of La Poste.
        check(
            fr_siret,
            &["73282932000074", "35600000049837"],
            &["73282932000075", "35600000049838"],
        );
    }

    #[test]
    fn benelux() {
        check(
            nl_bsn,
            &["111222333", "123456782", "10000008"],
            &["111222334", "123456783", "000000000"],
        );
        // Births of 1985 and of 2017.
        check(
            be_nn,
            &["85073003328", "17073003384"],
            &["85073003329", "17073003385", "85023003390"],
        );
        check(lu_matricule, &["1893120105732"], &["1893120105733"]);
    }
}
