//! Check digits of identifiers of the Middle East, of the Caucasus and Central Asia, and of India
//! and its neighbours.

use super::digits::{date, digits, luhn, number, place_in, short_date, uniform, weighted, yymmdd};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("il_id", il_id),
    ("ae_emirates_id", ae_emirates_id),
    ("sa_national_id", sa_national_id),
    ("sa_iqama", sa_iqama),
    ("ir_national_code", ir_national_code),
    ("kw_civil_id", kw_civil_id),
    ("kz_iin", kz_iin),
    ("kz_bin", kz_bin),
    ("uz_pinfl", uz_pinfl),
    ("am_psn", am_psn),
    ("az_voen", az_voen),
    ("in_aadhaar", in_aadhaar),
    ("in_pan", in_pan),
    ("in_gstin", in_gstin),
    ("in_epic", in_epic),
    ("in_vehicle", in_vehicle),
    ("pk_cnic", pk_cnic),
    ("lk_nic", lk_nic),
];

const BASE_36: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Codes of the states and territories that register vehicles, BH for those of all India.
const INDIAN_STATES: &[u8] =
    b"AN AP AR AS BH BR CG CH DD DL DN GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD OR PB PY RJ SK TG TN TR TS UA UK UP WB";

/// Luhn over nine digits with leading zeros (Population and Immigration Authority).
fn il_id(value: &[u8]) -> bool {
    let mut padded = [b'0'; 9];
    let (8 | 9) = value.len() else {
        return false;
    };
    padded[9 - value.len()..].copy_from_slice(value);
    digits::<9>(&padded).is_some_and(|person| !uniform(&person) && luhn(&person))
}

/// Country code 784, year of birth and Luhn (Federal Authority for Identity and Citizenship).
fn ae_emirates_id(value: &[u8]) -> bool {
    digits::<15>(value).is_some_and(|person| {
        person[..3] == [7, 8, 4] && date(number(&person[3..7]), 1, 1) && luhn(&person)
    })
}

/// 1 leads citizens, Luhn (Saudi Ministry of Interior).
fn sa_national_id(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|person| person[0] == 1 && luhn(&person))
}

/// 2 leads residents, Luhn (Saudi Ministry of Interior).
fn sa_iqama(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|person| person[0] == 2 && luhn(&person))
}

/// Weights 10 to 2, modulo 11 (Iran, National Organization for Civil Registration).
fn ir_national_code(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|person| {
        let rest = weighted(&person[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        let check = if rest < 2 { rest } else { 11 - rest };
        !uniform(&person) && check == person[9]
    })
}

/// Century, date of birth and modulo 11 (Kuwait, Public Authority for Civil Information).
fn kw_civil_id(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|person| {
        let sum = weighted(&person[..11], &[2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
        (1..=3).contains(&person[0]) && yymmdd(&person[1..7]) && 11 - sum % 11 == person[11]
    })
}

/// Modulo 11 with a second row of weights for 10 (Kazakhstan, law 223-III of 2007).
fn kz_check(number: &[u32; 12]) -> bool {
    let first = weighted(&number[..11], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    let second = weighted(&number[..11], &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
    number[11] == if first == 10 { second } else { first }
}

/// A person: date of birth, then century and sex.
fn kz_iin(value: &[u8]) -> bool {
    digits::<12>(value)
        .is_some_and(|person| yymmdd(&person[..6]) && person[6] <= 6 && kz_check(&person))
}

/// A company: year and month of registration, then its kind.
fn kz_bin(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|company| {
        (1..=12).contains(&number(&company[2..4]))
            && (4..=6).contains(&company[4])
            && company[5] <= 4
            && kz_check(&company)
    })
}

/// Century and sex, date of birth, weights 7, 3, 1 (Uzbekistan, Cabinet resolution 32 of 2000).
fn uz_pinfl(value: &[u8]) -> bool {
    digits::<14>(value).is_some_and(|person| {
        let born = short_date(
            number(&person[5..7]),
            number(&person[3..5]),
            number(&person[1..3]),
        );
        let sum = weighted(&person[..13], &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1, 7]);
        (1..=6).contains(&person[0]) && born && sum % 10 == person[13]
    })
}

/// Day of birth, 10 or 50 and more for the sex, then month and year (Armenia, law HO-440-N).
fn am_psn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|person| {
        let day = match number(&person[..2]) {
            day @ 11..=41 => day - 10,
            day @ 51..=81 => day - 50,
            _ => return false,
        };
        let month = match number(&person[2..4]) {
            month @ 21..=32 => month - 20,
            month => month,
        };
        short_date(number(&person[4..6]), month, day)
    })
}

/// Weighted sum modulo 11 in the ninth place, kind of taxpayer in the last (Azerbaijan, OECD).
fn az_voen(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|taxpayer| {
        let sum = weighted(&taxpayer[..8], &[4, 1, 8, 6, 2, 7, 5, 3]);
        matches!(taxpayer[9], 1 | 2) && sum % 11 == taxpayer[8]
    })
}

/// Verhoeff's dihedral check, no leading 0 or 1, no palindrome (UIDAI).
fn in_aadhaar(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|aadhaar| {
        let palindrome = aadhaar.iter().eq(aadhaar.iter().rev());
        aadhaar[0] > 1 && !palindrome && verhoeff(&aadhaar)
    })
}

/// Verhoeff, "Error detecting decimal codes", 1969: products in the dihedral group of ten.
fn verhoeff(digits: &[u32]) -> bool {
    /// The permutation that each further place applies once more.
    const STEP: [u32; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let permuted = |digit: u32, times: usize| {
        (0..times % 8).fold(digit, |digit, _| {
            STEP[usize::try_from(digit).unwrap_or_default() % 10]
        })
    };
    // Rotations are 0 to 4, reflections 5 to 9.
    let product = |left: u32, right: u32| match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => 5 + (left + right - 5) % 5,
        (false, true) => 5 + (left - 5 + 5 - right) % 5,
        (false, false) => (left + 5 - right) % 5,
    };
    let places = digits.iter().rev().enumerate();
    places.fold(0, |total, (place, digit)| {
        product(total, permuted(*digit, place))
    }) == 0
}

/// Five letters of which the fourth says the kind of holder, four digits, a letter (Income Tax
/// Department). The last letter is left alone.
fn in_pan(value: &[u8]) -> bool {
    let Ok(pan) = <&[u8; 10]>::try_from(value) else {
        return false;
    };
    pan[..5].iter().all(u8::is_ascii_alphabetic)
        && b"ABCEFGHJKLPT".contains(&pan[3].to_ascii_uppercase())
        && digits::<4>(&pan[5..9]).is_some_and(|serial| number(&serial) > 0)
        && pan[9].is_ascii_alphabetic()
}

/// State, PAN and a Luhn check in base 36 (GST Network).
fn in_gstin(value: &[u8]) -> bool {
    let Ok(gstin) = <&[u8; 15]>::try_from(value) else {
        return false;
    };
    let mut sum = 0;
    for (place, byte) in gstin.iter().rev().enumerate() {
        let Some(mut product) = place_in(BASE_36, *byte) else {
            return false;
        };
        product *= if place % 2 == 0 { 1 } else { 2 };
        sum += product / 36 + product % 36;
    }
    let state = digits::<2>(&gstin[..2]).map(|state| number(&state));
    matches!(state, Some(1..=38 | 97 | 99)) && in_pan(&gstin[2..12]) && sum % 36 == 0
}

/// Luhn over the seven digits (Election Commission of India).
fn in_epic(value: &[u8]) -> bool {
    let (letters, serial) = value.split_at(value.len().min(3));
    letters.iter().all(u8::is_ascii_alphabetic)
        && digits::<7>(serial).is_some_and(|serial| number(&serial) > 0 && luhn(&serial))
}

/// A code of a state that registers vehicles or licenses drivers (Motor Vehicles Act, rule 50);
/// in the series of all India, BH stands behind the year.
fn in_vehicle(value: &[u8]) -> bool {
    let Some(code) = value.get(..2).map(<[u8]>::to_ascii_uppercase) else {
        return false;
    };
    if code.iter().all(u8::is_ascii_digit) {
        return value
            .get(2..4)
            .is_some_and(|bh| bh.eq_ignore_ascii_case(b"BH"));
    }
    INDIAN_STATES
        .split(|byte| *byte == b' ')
        .any(|state| state == code)
}

/// Province in front; the last digit tells the sex and is not 0 (NADRA).
fn pk_cnic(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|person| (1..=7).contains(&person[0]) && person[12] > 0)
}

/// Day of the year of birth, 500 more for women, in old and new numbers (Sri Lanka, DRP).
fn lk_nic(value: &[u8]) -> bool {
    let day = |day: u32| matches!(day, 1..=366 | 501..=866);
    match value {
        [old @ .., ending] if old.len() == 9 => {
            matches!(ending.to_ascii_uppercase(), b'V' | b'X')
                && digits::<9>(old).is_some_and(|person| day(number(&person[2..5])))
        }
        _ => digits::<12>(value)
            .is_some_and(|person| date(number(&person[..4]), 1, 1) && day(number(&person[4..7]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_middle_east_are_checked() {
        assert!(il_id(b"039337423") && il_id(b"39337423") && !il_id(b"039337424"));
        assert!(!il_id(b"000000000"));
        assert!(ae_emirates_id(b"784198412345674") && !ae_emirates_id(b"784198412345675"));
        assert!(!ae_emirates_id(b"785198012345676"));
        assert!(sa_national_id(b"1000000008") && !sa_national_id(b"1000000009"));
        assert!(sa_iqama(b"2000000006") && !sa_iqama(b"1000000008"));
        assert!(ir_national_code(b"0499370899") && !ir_national_code(b"0499370898"));
        assert!(kw_civil_id(b"273032401582") && !kw_civil_id(b"273032401583"));
    }

    #[test]
    fn numbers_of_central_asia_are_checked() {
        assert!(kz_iin(b"880201300123") && !kz_iin(b"880201300124"));
        assert!(!kz_iin(b"881301000008"));
        assert!(kz_bin(b"971240001315") && !kz_bin(b"971240001316"));
        assert!(uz_pinfl(b"32101900123453") && !uz_pinfl(b"32101900123454"));
        assert!(!uz_pinfl(b"33213900123453"));
        assert!(az_voen(b"1401555071") && !az_voen(b"1401555081") && !az_voen(b"1400057424"));
        assert!(am_psn(b"2506780123") && !am_psn(b"0506780123") && !am_psn(b"2513780123"));
    }

    #[test]
    fn aadhaar_numbers_follow_verhoeff() {
        assert!(verhoeff(&[2, 3, 6, 3]) && !verhoeff(&[2, 3, 6, 4]) && !verhoeff(&[3, 2, 6, 3]));
        assert!(in_aadhaar(b"234123412346") && !in_aadhaar(b"234123412347"));
        assert!(!in_aadhaar(b"123412341234") && !in_aadhaar(b"222222222222"));
    }

    #[test]
    fn indian_codes_are_checked() {
        assert!(in_pan(b"ACUPA7085R") && in_pan(b"aaapl1234c"));
        assert!(!in_pan(b"ACUZA7085R") && !in_pan(b"ACUPA0000R") && !in_pan(b"ACUPA708RR"));
        assert!(in_gstin(b"27AAPFU0939F1ZV") && !in_gstin(b"27AAPFU0939F1ZO"));
        assert!(!in_gstin(b"47AAPFU0939F1ZV"));
        assert!(in_epic(b"WKH1186253") && !in_epic(b"WKH1186263") && !in_epic(b"1231186253"));
        assert!(
            in_vehicle(b"MH12DE1433") && in_vehicle(b"22BH6517A") && !in_vehicle(b"XX12DE1433")
        );
        assert!(!in_vehicle(b"22XX6517A") && !in_vehicle(b"M"));
    }

    #[test]
    fn neighbours_of_india_are_checked() {
        assert!(
            pk_cnic(b"3420108912318") && !pk_cnic(b"9420108912318") && !pk_cnic(b"3420108912310")
        );
        assert!(lk_nic(b"853400937V") && lk_nic(b"198534000937") && !lk_nic(b"854000937V"));
        assert!(!lk_nic(b"853400937A") && !lk_nic(b"198540000937"));
    }
}
