//! Germany, Austria and Switzerland.

use super::{characters, digits, is_date_of_any_century, luhn, mod11_10, ordinal, two, weighted};

/// Steuerliche Identifikationsnummer: MOD 11,10, and of the first ten digits exactly one occurs
/// twice or three times, but not three times in a row.
///
/// Source: `BZSt`, <https://www.bzst.de/DE/Privatpersonen/SteuerlicheIdentifikationsnummer/>;
/// § 139b AO; Handbuch der Prüfziffern, ELSTER.
pub(super) fn de_idnr(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let count = |digit: u32| d[..10].iter().filter(|other| **other == digit).count();
        let repeated = (0..10).map(count).filter(|count| *count > 1);
        let (kinds, most) = repeated.fold((0, 0), |(kinds, most), n| (kinds + 1, n.max(most)));
        let in_a_row = d[..10].windows(3).any(|w| w[0] == w[1] && w[1] == w[2]);
        d[0] != 0 && kinds == 1 && most <= 3 && !in_a_row && mod11_10(&d)
    })
}

/// Serial number of an identity card or passport, whose check digit is not always printed with it.
///
/// Source: ICAO 9303-3, 4.9 (weights 7, 3, 1); § 5 (8) `PAuswG`,
/// <https://www.gesetze-im-internet.de/pauswg/__5.html>.
pub(super) fn de_document(value: &[u8]) -> bool {
    let number = match value {
        [rest @ .., b'D' | b'd'] if rest.len() == 10 => rest,
        _ => value,
    };
    let serial = |value: &[u8]| {
        characters::<9>(value).filter(|serial| {
            let known = |c: &u8| c.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(c);
            serial.iter().all(known) && serial.iter().any(u8::is_ascii_digit)
        })
    };
    match number {
        [head @ .., check] if head.len() == 9 => serial(head).is_some_and(|serial| {
            let weights = [7, 3, 1].iter().cycle();
            let products = serial.iter().zip(weights).map(|(c, w)| ordinal(*c) * w);
            serial != *b"000000000"
                && check.is_ascii_digit()
                && products.sum::<u32>() % 10 == u32::from(check - b'0')
        }),
        _ => serial(number).is_some_and(|serial| serial[0].is_ascii_alphabetic()),
    }
}

/// Rentenversicherungsnummer: office, birth date (day plus 50 where serial numbers ran out), initial
/// of the name at birth, serial number.
///
/// Source: § 2 VKVV, <https://www.gesetze-im-internet.de/vkvv/__2.html>.
pub(super) fn de_svnr(value: &[u8]) -> bool {
    let Some(written) = characters::<12>(value) else {
        return false;
    };
    let letter = written[8];
    let (Some(head), Some(tail)) = (digits::<8>(&written[..8]), digits::<3>(&written[9..])) else {
        return false;
    };
    if !letter.is_ascii_uppercase() {
        return false;
    }
    let place = u32::from(letter - b'A') + 1;
    let mut d = [0; 12];
    d[..8].copy_from_slice(&head);
    d[8..].copy_from_slice(&[place / 10, place % 10, tail[0], tail[1]]);
    let products = d.iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]);
    let sum: u32 = products.map(|(d, w)| d * w / 10 + d * w % 10).sum();
    let day = two(&head, 2);
    let day = if day > 50 { day - 50 } else { day };
    is_date_of_any_century(two(&head, 6), two(&head, 4), day) && sum % 10 == tail[2]
}

/// Krankenversichertennummer, its unchangeable part: Luhn's test backwards, over the letter's two
/// digits.
///
/// Source: Anlage 1 of the Richtlinien nach § 290 SGB V, GKV-Spitzenverband,
/// <https://www.gkv-spitzenverband.de/krankenversicherung/digitalisierung/krankenversichertennummer/krankenversichertennummer.jsp>.
pub(super) fn de_kvnr(value: &[u8]) -> bool {
    let Some((letter, rest)) = value.split_first() else {
        return false;
    };
    let letter = letter.to_ascii_uppercase();
    letter.is_ascii_uppercase()
        && digits::<9>(rest).is_some_and(|d| {
            let place = u32::from(letter - b'A') + 1;
            let mut all = [0; 10];
            all[..2].copy_from_slice(&[place / 10, place % 10]);
            all[2..].copy_from_slice(&d[..8]);
            let products = all.iter().zip([1, 2].iter().cycle());
            let sum: u32 = products.map(|(d, w)| d * w / 10 + d * w % 10).sum();
            sum % 10 == d[8]
        })
}

/// Lebenslange Arztnummer: six digits, their check digit, two for the field of practice.
///
/// Source: KBV, Richtlinie nach § 75 Absatz 7 SGB V,
/// <https://www.kbv.de/media/sp/Arztnummern_Richtlinie.pdf>.
pub(super) fn de_lanr(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| {
        let sum = weighted(&d[..6], &[4, 9, 4, 9, 4, 9]);
        d[..6] != [0; 6] && (10 - sum % 10) % 10 == d[6]
    })
}

/// Sozialversicherungsnummer: serial number, check digit, birth date (months 13 to 15 when that
/// is not known or taken).
///
/// Source: § 31 ASVG; Dachverband der Sozialversicherungsträger,
/// <https://www.sozialversicherung.at/cdscontent/?contentid=10007.820902>.
pub(super) fn at_svnr(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let (day, month) = (two(&d, 4), two(&d, 6));
        let born = match month {
            13..=15 => (1..=31).contains(&day),
            _ => is_date_of_any_century(two(&d, 8), month, day),
        };
        d[0] != 0 && born && weighted(&d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == d[3]
    })
}

/// Steuernummer of Austria: tax office, six digits, a check digit by Luhn.
///
/// Source: BMF, <https://www.bmf.gv.at>; OECD, Austria TIN.
pub(super) fn at_tin(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| d[..2] != [0; 2] && luhn(&d))
}

/// AHV number: an EAN-13 of the country 756.
///
/// Source: Zentrale Ausgleichsstelle, <https://www.zas.admin.ch/zas/en/home/partenaires-et-institutions-/navs13.html>.
pub(super) fn ch_ahv(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|d| {
        let sum = weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
        d[..3] == [7, 5, 6] && sum.is_multiple_of(10)
    })
}

/// Unternehmens-Identifikationsnummer, `CHE` and nine digits.
///
/// Source: Bundesamt für Statistik, <https://www.bfs.admin.ch/bfs/en/home/registers/enterprise-register/enterprise-identification.html>.
pub(super) fn ch_uid(value: &[u8]) -> bool {
    let Some((country, number)) = value.split_at_checked(3) else {
        return false;
    };
    country.eq_ignore_ascii_case(b"CHE")
        && digits::<9>(number).is_some_and(|d| {
            (11 - weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11 == d[8] && d != [0; 9]
        })
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn germany() {
        check(
            de_idnr,
            &["86095742719", "47036892816", "65929970489", "26954371827"],
            &["86095742710", "47036892817", "01234567896", "11111111111"],
        );
        // With and without the check digit.
        check(
            de_document,
            &[
                "T220001293",
                "1220001297D",
                "C01X00T478",
                "L01X00T471",
                "L01X00T47",
            ],
            &["T220001294", "1220001298D", "T22000129A", "CCCCCCCCC"],
        );
        check(
            de_svnr,
            &["65170839J003", "15070649C103", "65180539W001"],
            &["65170839J004", "15070649C104", "65300239J003"],
        );
        check(de_kvnr, &["A123456780"], &["A123456781"]);
        check(de_lanr, &["123456601"], &["12345660A", "000000000"]);
    }

    #[test]
    fn austria() {
        check(at_svnr, &["1237010180"], &["1237010181", "1005310280"]);
        check(at_tin, &["591199013"], &["591199014"]);
    }

    #[test]
    fn switzerland() {
        check(
            ch_ahv,
            &["7569217076985", "7561234567897"],
            &["7569217076986", "7561234567898", "9780306406157"],
        );
        check(ch_uid, &["CHE100155212"], &["CHE100155213", "CHF100155212"]);
    }
}
