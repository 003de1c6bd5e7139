//! Check digits of identifiers of Southeast Asia, Australia and New Zealand.

use super::digits::{date, digits, luhn, number, place_in, short_date, uniform, weighted, yymmdd};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("th_id", th_id),
    ("id_nik", id_nik),
    ("id_npwp", id_npwp),
    ("my_nric", my_nric),
    ("vn_cccd", vn_cccd),
    ("vn_mst", vn_mst),
    ("sg_nric", sg_nric),
    ("sg_uen", sg_uen),
    ("au_tfn", au_tfn),
    ("au_abn", au_abn),
    ("au_acn", au_acn),
    ("au_medicare", au_medicare),
    ("au_ihi", au_ihi),
    ("nz_ird", nz_ird),
    ("nz_nhi", nz_nhi),
    ("nz_nzbn", nz_nzbn),
];

/// The letters of New Zealand's health numbers, by their values from 1.
const NHI_LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Modulo 11 (Department of Provincial Administration).
fn th_id(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|person| {
        let sum = weighted(&person[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
        person[0] != 9 && !uniform(&person) && (11 - sum % 11) % 10 == person[12]
    })
}

/// Province, and date of birth with 40 added to a woman's day (Permendagri 40 of 2019).
fn id_nik(value: &[u8]) -> bool {
    digits::<16>(value).is_some_and(|person| {
        let day = match number(&person[6..8]) {
            day @ 41.. => day - 40,
            day => day,
        };
        let province = matches!(
            number(&person[..2]),
            11..=19 | 21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=97
        );
        province && short_date(number(&person[10..12]), number(&person[8..10]), day)
    })
}

/// Luhn over the first nine digits; of sixteen digits, the old number behind a 0 or a NIK
/// (Direktorat Jenderal Pajak, PMK 112 of 2022).
fn id_npwp(value: &[u8]) -> bool {
    match value {
        [b'0', old @ ..] if old.len() == 15 => id_npwp(old),
        _ if value.len() == 16 => id_nik(value),
        _ => digits::<15>(value)
            .is_some_and(|taxpayer| number(&taxpayer[..9]) > 0 && luhn(&taxpayer[..9])),
    }
}

/// Date and place of birth (Jabatan Pendaftaran Negara, codes of states and countries).
fn my_nric(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|person| {
        let place = number(&person[6..8]);
        yymmdd(&person[..6])
            && matches!(place, 1..=16 | 21..=68 | 71 | 72 | 74..=79 | 82..=93 | 98 | 99)
    })
}

/// Province, then century and sex (Decree 137/2015/ND-CP).
fn vn_cccd(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|person| {
        let century = 1900 + person[3] / 2 * 100;
        (1..=96).contains(&number(&person[..3]))
            && person[3] <= 3
            && date(century + number(&person[4..6]), 1, 1)
    })
}

/// Weighted sum modulo 11; a branch of three digits may follow (Circular 105/2020/TT-BTC).
fn vn_mst(value: &[u8]) -> bool {
    let (body, branch) = value.split_at(value.len().min(10));
    let known_branch = branch.is_empty() || digits::<3>(branch).is_some_and(|b| number(&b) > 0);
    known_branch
        && digits::<10>(body).is_some_and(|taxpayer| {
            let sum = weighted(&taxpayer[..9], &[31, 29, 23, 19, 17, 13, 7, 5, 3]);
            number(&taxpayer[2..9]) > 0 && 10 - sum % 11 == taxpayer[9]
        })
}

/// Weighted sum modulo 11 that picks a letter by the series (Immigration & Checkpoints Authority).
fn sg_nric(value: &[u8]) -> bool {
    let [series, body @ .., check] = value else {
        return false;
    };
    let (offset, letters) = match series.to_ascii_uppercase() {
        b'S' => (0, b"JZIHGFEDCBA"),
        b'T' => (4, b"JZIHGFEDCBA"),
        b'F' => (0, b"XWUTRQPNMLK"),
        b'G' => (4, b"XWUTRQPNMLK"),
        b'M' => (3, b"XWUTRQPNJLK"),
        _ => return false,
    };
    digits::<7>(body).is_some_and(|serial| {
        let sum = offset + weighted(&serial, &[2, 7, 6, 5, 4, 3, 2]);
        place_in(letters, *check) == Some(sum % 11)
    })
}

/// One of three rules by the layout: business, local company, others (ACRA).
fn sg_uen(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let letter = |sum: u32, letters: &[u8; 11]| place_in(letters, *check) == Some(sum % 11);
    if let Some(business) = digits::<8>(body) {
        return letter(
            weighted(&business, &[10, 4, 9, 3, 8, 2, 7, 1]),
            b"XMKECAWLJDB",
        );
    }
    if let Some(company) = digits::<9>(body) {
        return date(number(&company[..4]), 1, 1)
            && letter(
                weighted(&company, &[10, 8, 6, 4, 9, 7, 5, 3, 1]),
                b"ZKCMDNERGWH",
            );
    }
    sg_uen_other(body, *check)
}

/// Century letter, year, two letters of the kind, four digits.
fn sg_uen_other(body: &[u8], check: u8) -> bool {
    const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let &[century, _, _, first, second, ..] = body else {
        return false;
    };
    let layout = body.len() == 9
        && matches!(century.to_ascii_uppercase(), b'R' | b'S' | b'T')
        && digits::<2>(&body[1..3]).is_some()
        && first.is_ascii_alphabetic()
        && second.is_ascii_alphabetic()
        && digits::<4>(&body[5..]).is_some();
    if !layout {
        return false;
    }
    let mut sum = 11 - 5;
    for (byte, weight) in body.iter().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]) {
        let Some(place) = place_in(ALPHABET, *byte) else {
            return false;
        };
        sum += place * weight;
    }
    place_in(ALPHABET, check) == Some(sum % 11)
}

/// Weighted sum that eleven divides, of nine or formerly eight digits (Australian Taxation Office).
fn au_tfn(value: &[u8]) -> bool {
    if let Some(old) = digits::<8>(value) {
        // Programs differ in whether the weights of the long form hold for the short one.
        let known = [[10, 7, 8, 4, 6, 3, 5, 1], [1, 4, 3, 7, 5, 8, 6, 9]];
        let divides = |weights: &[u32; 8]| weighted(&old, weights).is_multiple_of(11);
        return !uniform(&old) && known.iter().any(divides);
    }
    digits::<9>(value).is_some_and(|tfn| {
        !uniform(&tfn) && weighted(&tfn, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
    })
}

/// Weighted sum, with 1 taken from the first digit, that 89 divides (Australian Business Register).
fn au_abn(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|mut abn| {
        let leading = abn[0] > 0;
        abn[0] = abn[0].saturating_sub(1);
        leading && weighted(&abn, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
    })
}

/// Weights 8 to 1, modulo 10 (Australian Securities & Investments Commission).
fn au_acn(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|acn| {
        let sum = weighted(&acn[..8], &[8, 7, 6, 5, 4, 3, 2, 1]);
        !uniform(&acn) && (10 - sum % 10) % 10 == acn[8]
    })
}

/// Weights 1, 3, 7, 9, modulo 10; an issue number, perhaps a person's number, follow (Services
/// Australia).
fn au_medicare(value: &[u8]) -> bool {
    let Some(body) = value.get(..10).filter(|_| value.len() <= 11) else {
        return false;
    };
    value.iter().all(u8::is_ascii_digit)
        && digits::<10>(body).is_some_and(|card| {
            let sum = weighted(&card[..8], &[1, 3, 7, 9, 1, 3, 7, 9]);
            (2..=6).contains(&card[0]) && sum % 10 == card[8] && card[9] > 0
        })
}

/// Luhn behind the issuer 80036 of people, providers and organisations (AS 5017-2006).
fn au_ihi(value: &[u8]) -> bool {
    digits::<16>(value)
        .is_some_and(|person| person[..5] == [8, 0, 0, 3, 6] && person[5] <= 2 && luhn(&person))
}

/// Modulo 11, with second weights for 10 (Inland Revenue, RWT specification).
fn nz_ird(value: &[u8]) -> bool {
    let mut padded = [b'0'; 9];
    let (8 | 9) = value.len() else {
        return false;
    };
    padded[9 - value.len()..].copy_from_slice(value);
    digits::<9>(&padded).is_some_and(|ird| {
        let check = |weights: &[u32; 8]| (11 - weighted(&ird[..8], weights) % 11) % 11;
        let expected = match check(&[3, 2, 7, 6, 5, 4, 3, 2]) {
            10 => check(&[7, 4, 3, 2, 5, 2, 7, 6]),
            first => first,
        };
        (10_000_001..150_000_000).contains(&number(&ird)) && expected == ird[8]
    })
}

/// Modulo 11 in old numbers, modulo 23 with a letter in new ones (HISO 10046).
fn nz_nhi(value: &[u8]) -> bool {
    let Ok(nhi) = <&[u8; 7]>::try_from(value) else {
        return false;
    };
    let letter = |byte: u8| place_in(NHI_LETTERS, byte).map(|place| place + 1);
    let digit = |byte: u8| place_in(b"0123456789", byte);
    let mut sum = 0;
    let mut new = false;
    for (place, (byte, weight)) in nhi.iter().zip([7, 6, 5, 4, 3, 2]).enumerate() {
        let value = match place {
            0..=2 => letter(*byte),
            3 | 4 => digit(*byte),
            _ => {
                new = byte.is_ascii_alphabetic();
                letter(*byte).or(digit(*byte))
            }
        };
        let Some(value) = value else {
            return false;
        };
        sum += value * weight;
    }
    if new {
        return letter(nhi[6]) == Some(23 - sum % 23);
    }
    !sum.is_multiple_of(11) && digit(nhi[6]) == Some((11 - sum % 11) % 10)
}

/// The check digit of GS1 behind New Zealand's prefix 94 (NZBN register).
fn nz_nzbn(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|company| {
        let sum = weighted(&company, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]);
        company[..2] == [9, 4] && sum.is_multiple_of(10)
    })
}

#[cfg(test)]
#[path = "asia_pacific_tests.rs"]
mod tests;
