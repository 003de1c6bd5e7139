//! Check digits of identifiers of Latin America without Brazil.

use super::digits::{digits, luhn, number, place_in, short_date, uniform, weighted, yymmdd};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("mx_curp", mx_curp),
    ("mx_rfc", mx_rfc),
    ("mx_nss", mx_nss),
    ("mx_clabe", mx_clabe),
    ("mx_ine", mx_ine),
    ("ar_cuit", ar_cuit),
    ("ar_cbu", ar_cbu),
    ("cl_rut", cl_rut),
    ("co_nit", co_nit),
    ("pe_dni", pe_dni),
    ("pe_ruc", pe_ruc),
    ("uy_ci", uy_ci),
    ("uy_rut", uy_rut),
    ("ve_rif", ve_rif),
    ("py_ruc", py_ruc),
    ("ec_cedula", ec_cedula),
    ("ec_ruc", ec_ruc),
    ("do_cedula", do_cedula),
    ("do_rnc", do_rnc),
    ("gt_nit", gt_nit),
    ("sv_dui", sv_dui),
    ("cu_ni", cu_ni),
];

/// Values of characters in a CURP; the place between N and O is that of Ñ.
const CURP_ALPHABET: &[u8] = b"0123456789ABCDEFGHIJKLMN_OPQRSTUVWXYZ";
const MEXICAN_STATES: &[u8] =
    b"AS BC BS CC CS CH CL CM DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR QO SP SL SR TC TS TL VZ YN ZS NE";
const NIT_WEIGHTS: [u32; 15] = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71];

/// Date, sex, state and a weighted sum (RENAPO, Instructivo normativo para la CURP, 2021).
fn mx_curp(value: &[u8]) -> bool {
    let Ok(curp) = <&[u8; 18]>::try_from(value) else {
        return false;
    };
    let state = [curp[11].to_ascii_uppercase(), curp[12].to_ascii_uppercase()];
    let states = MEXICAN_STATES.split(|byte| *byte == b' ');
    let mut sum = 0;
    for (weight, byte) in (2..=18).rev().zip(curp) {
        let Some(place) = place_in(CURP_ALPHABET, *byte) else {
            return false;
        };
        sum += weight * place;
    }
    digits::<6>(&curp[4..10]).is_some_and(|date| yymmdd(&date))
        && states.into_iter().any(|known| known == state)
        && place_in(b"0123456789", curp[17]) == Some((10 - sum % 10) % 10)
}

/// A date behind three or four letters. The check character is left alone, since codes in use are
/// known not to follow its rule.
fn mx_rfc(value: &[u8]) -> bool {
    let letters = match value.len() {
        12 => 3,
        13 => 4,
        _ => return false,
    };
    let (name, rest) = value.split_at(letters);
    let (date, homoclave) = rest.split_at(6);
    name.iter().all(u8::is_ascii_alphabetic)
        && homoclave.iter().all(u8::is_ascii_alphanumeric)
        && digits::<6>(date).is_some_and(|date| yymmdd(&date))
}

/// Luhn (IMSS, número de seguridad social).
fn mx_nss(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|nss| !uniform(&nss) && luhn(&nss))
}

/// Weights 3, 7, 1, of whose products the last digits count (Banco de México, CLABE).
fn mx_clabe(value: &[u8]) -> bool {
    digits::<18>(value).is_some_and(|clabe| {
        let products = clabe[..17].iter().zip([3, 7, 1].into_iter().cycle());
        let sum: u32 = products.map(|(digit, weight)| digit * weight % 10).sum();
        !uniform(&clabe) && number(&clabe[..3]) > 1 && (10 - sum % 10) % 10 == clabe[17]
    })
}

/// Date and state of birth in the clave de elector (Instituto Nacional Electoral).
fn mx_ine(value: &[u8]) -> bool {
    let Ok(key) = <&[u8; 18]>::try_from(value) else {
        return false;
    };
    key[..6].iter().all(u8::is_ascii_alphabetic)
        && matches!(key[14].to_ascii_uppercase(), b'H' | b'M')
        && digits::<3>(&key[15..]).is_some()
        && digits::<8>(&key[6..14]).is_some_and(|birth| {
            yymmdd(&birth[..6]) && matches!(number(&birth[6..]), 1..=33 | 87 | 88)
        })
}

/// Kind of person and modulo 11 (ARCA, formerly AFIP; ANSES).
fn ar_cuit(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|cuit| {
        let sum = weighted(&cuit[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        let check = match (11 - sum % 11) % 11 {
            10 => 9,
            check => check,
        };
        matches!(
            number(&cuit[..2]),
            20 | 23..=27 | 30 | 33 | 34 | 50 | 51 | 55
        ) && check == cuit[10]
    })
}

/// One check digit for bank and branch, one for the account (Banco Central, Com. "A" 2622).
fn ar_cbu(value: &[u8]) -> bool {
    let check = |body: &[u32]| {
        let products = body.iter().rev().zip([3, 1, 7, 9].into_iter().cycle());
        let sum: u32 = products.map(|(digit, weight)| digit * weight).sum();
        (10 - sum % 10) % 10
    };
    digits::<22>(value).is_some_and(|cbu| {
        !uniform(&cbu) && check(&cbu[..7]) == cbu[7] && check(&cbu[8..21]) == cbu[21]
    })
}

/// Modulo 11 with the weights 2 to 7 from the right, K for 10 (Servicio de Impuestos Internos).
fn cl_rut(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let Some(sum) = sum_from_right(body, 6..=8, &[2, 3, 4, 5, 6, 7]) else {
        return false;
    };
    place_in(b"0123456789K", *check) == Some((11 - sum % 11) % 11)
}

/// Prime weights from the right, modulo 11 (DIAN, Orden Administrativa 4 of 1989).
fn co_nit(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let Some(sum) = sum_from_right(body, 6..=10, &NIT_WEIGHTS) else {
        return false;
    };
    let expected = match sum % 11 {
        rest @ (0 | 1) => rest,
        rest => 11 - rest,
    };
    place_in(b"0123456789", *check) == Some(expected)
}

/// Eight digits, and where it is written the check digit or letter (RENIEC).
fn pe_dni(value: &[u8]) -> bool {
    let (body, check) = value.split_at(value.len().min(8));
    digits::<8>(body).is_some_and(|dni| {
        let rest = weighted(&dni, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        let place = usize::try_from(rest).unwrap_or_default();
        match check {
            [] => !uniform(&dni),
            [check] => {
                b"65432110987"[place] == *check
                    || b"KJIHGFEDCBA"[place] == check.to_ascii_uppercase()
            }
            _ => false,
        }
    })
}

/// Kind of taxpayer and modulo 11 (SUNAT).
fn pe_ruc(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|ruc| {
        let sum = weighted(&ruc[..10], &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
        matches!(number(&ruc[..2]), 10 | 15..=17 | 20) && (11 - sum % 11) % 10 == ruc[10]
    })
}

/// Weighted sum modulo 10 (Dirección Nacional de Identificación Civil).
fn uy_ci(value: &[u8]) -> bool {
    let mut padded = [b'0'; 8];
    let (7 | 8) = value.len() else {
        return false;
    };
    padded[8 - value.len()..].copy_from_slice(value);
    digits::<8>(&padded).is_some_and(|card| {
        let sum = weighted(&card[..7], &[2, 9, 8, 7, 6, 3, 4]);
        !uniform(&card) && (10 - sum % 10) % 10 == card[7]
    })
}

/// Office, fixed middle and modulo 11 (Dirección General Impositiva).
fn uy_rut(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|rut| {
        let sum = weighted(&rut[..11], &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
        (1..=22).contains(&number(&rut[..2]))
            && number(&rut[2..8]) > 0
            && rut[8..11] == [0, 0, 1]
            && (11 - sum % 11) % 11 == rut[11]
    })
}

/// Letter of the kind and modulo 11 (SENIAT).
fn ve_rif(value: &[u8]) -> bool {
    let [kind, rest @ ..] = value else {
        return false;
    };
    let kind = match kind.to_ascii_uppercase() {
        b'V' => 4,
        b'E' => 8,
        b'J' | b'C' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return false,
    };
    digits::<9>(rest).is_some_and(|rif| {
        let sum = kind + weighted(&rif[..8], &[3, 2, 7, 6, 5, 4, 3, 2]);
        let check = match sum % 11 {
            0 | 1 => 0,
            rest => 11 - rest,
        };
        check == rif[8]
    })
}

/// Weights from 2 up from the right, modulo 11 (Dirección Nacional de Ingresos Tributarios).
fn py_ruc(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let Some(sum) = sum_from_right(body, 5..=8, &[2, 3, 4, 5, 6, 7, 8, 9]) else {
        return false;
    };
    place_in(b"0123456789", *check) == Some((11 - sum % 11) % 11 % 10)
}

/// Province, kind and Luhn (Dirección General de Registro Civil).
fn ec_cedula(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|card| ec_province(&card) && card[2] < 6 && luhn(&card))
}

fn ec_province(digits: &[u32]) -> bool {
    matches!(number(&digits[..2]), 1..=24 | 30 | 50)
}

/// The rule of the third digit's kind: person, state, company (Servicio de Rentas Internas).
fn ec_ruc(value: &[u8]) -> bool {
    digits::<13>(value).is_some_and(|ruc| {
        let person = || number(&ruc[10..]) > 0 && luhn(&ruc[..10]);
        let state = || {
            let sum = weighted(&ruc[..9], &[3, 2, 7, 6, 5, 4, 3, 2, 1]);
            number(&ruc[9..]) > 0 && sum.is_multiple_of(11)
        };
        let company = || {
            let sum = weighted(&ruc[..10], &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
            number(&ruc[10..]) > 0 && sum.is_multiple_of(11)
        };
        ec_province(&ruc)
            && match ruc[2] {
                0..=5 => person(),
                6 => state() || person(),
                9 => state() || company(),
                _ => false,
            }
    })
}

/// Luhn (Dominican Republic, Junta Central Electoral).
fn do_cedula(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|card| !uniform(&card) && luhn(&card))
}

/// Weighted sum modulo 11 onto 1 to 9 (Dominican Republic, DGII).
fn do_rnc(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|rnc| {
        let sum = weighted(&rnc[..8], &[7, 9, 8, 6, 5, 4, 3, 2]);
        (10 - sum % 11) % 9 + 1 == rnc[8]
    })
}

/// Weights from 2 up from the right, modulo 11, K for 10 (Guatemala, SAT).
fn gt_nit(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    let weights = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    let Some(sum) = sum_from_right(body, 5..=8, &weights) else {
        return false;
    };
    place_in(b"0123456789K", *check) == Some((11 - sum % 11) % 11)
}

/// Weights 9 to 2, modulo 10 (El Salvador, Registro Nacional de las Personas Naturales).
fn sv_dui(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|dui| {
        let sum = weighted(&dui[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
        !uniform(&dui) && (10 - sum % 10) % 10 == dui[8]
    })
}

/// A date of birth in front (Cuba, carné de identidad).
fn cu_ni(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|card| {
        short_date(number(&card[..2]), number(&card[2..4]), number(&card[4..6]))
    })
}

/// The sum of the digits of a body of some length, weighted from the right; none of another length
/// and for zero.
fn sum_from_right(
    body: &[u8],
    length: std::ops::RangeInclusive<usize>,
    weights: &[u32],
) -> Option<u32> {
    if !length.contains(&body.len()) || body.iter().all(|byte| *byte == b'0') {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in body.iter().rev().zip(weights.iter().cycle()) {
        sum += place_in(b"0123456789", *byte)? * weight;
    }
    Some(sum)
}

#[cfg(test)]
#[path = "americas_tests.rs"]
mod tests;
