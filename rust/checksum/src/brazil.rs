//! Check digits of Brazilian identifiers.

use super::digits::{digits, number, place_in, uniform, weighted};
use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[
    ("br_cpf", br_cpf),
    ("br_cnpj", br_cnpj),
    ("br_cnh", br_cnh),
    ("br_rg_sp", br_rg_sp),
    ("br_pis", br_pis),
    ("br_titulo", br_titulo),
    ("br_cns", br_cns),
    ("br_renavam", br_renavam),
];

/// Weights of the check digits of companies; the first one leaves out the first weight.
const CNPJ_WEIGHTS: [u32; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];

/// What is left to eleven, the usual check digit: 10 and 11 become 0.
fn complement(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Two digits modulo 11 (Receita Federal, cadastro de pessoas físicas).
fn br_cpf(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|cpf| {
        !uniform(&cpf)
            && complement(weighted(&cpf[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2])) == cpf[9]
            && complement(weighted(&cpf[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])) == cpf[10]
    })
}

/// Two digits modulo 11 over the characters' ASCII codes less 48 (Instrução Normativa RFB 2.229
/// of 2024, which adds letters from July 2026).
fn br_cnpj(value: &[u8]) -> bool {
    let [body @ .., _, _] = value else {
        return false;
    };
    if value.len() != 14 || !body.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let mut cnpj = [0_u32; 14];
    for (place, byte) in cnpj.iter_mut().zip(value) {
        *place = u32::from(byte.to_ascii_uppercase()) - u32::from(b'0');
    }
    !uniform(&cnpj)
        && complement(weighted(&cnpj[..12], &CNPJ_WEIGHTS[1..])) == cnpj[12]
        && complement(weighted(&cnpj[..13], &CNPJ_WEIGHTS)) == cnpj[13]
}

/// Two digits modulo 11, of which the second yields when the first was 10 (DENATRAN).
fn br_cnh(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|cnh| {
        let first = weighted(&cnh[..9], &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
        let second = weighted(&cnh[..9], &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
        let (first, less) = if first == 10 { (0, 2) } else { (first, 0) };
        let second = (second + 11 - less) % 11;
        let second_alone = if second == 10 { 0 } else { second };
        !uniform(&cnh) && first == cnh[9] && second_alone == cnh[10]
    })
}

/// Modulo 11 with X for 10, as São Paulo and Rio de Janeiro use it.
fn br_rg_sp(value: &[u8]) -> bool {
    let [body @ .., check] = value else {
        return false;
    };
    digits::<8>(body).is_some_and(|rg| {
        let sum = weighted(&rg, &[2, 3, 4, 5, 6, 7, 8, 9]);
        place_in(b"0123456789X", *check) == Some((11 - sum % 11) % 11)
    })
}

/// One digit modulo 11 (Caixa Econômica Federal, PIS, PASEP, NIS and NIT).
fn br_pis(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|pis| {
        let sum = weighted(&pis[..10], &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
        !uniform(&pis) && complement(sum) == pis[10]
    })
}

/// State and two digits modulo 11 (Tribunal Superior Eleitoral, Resolução 21.538 of 2003).
fn br_titulo(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|title| {
        let state = number(&title[8..10]);
        // São Paulo and Minas Gerais write 1 where the rest is 0; many programs forget it in the
        // second digit, which may thus be either.
        let special = matches!(state, 1 | 2);
        let check = |rest: u32| match rest {
            10 => 0,
            0 if special => 1,
            rest => rest,
        };
        let first = check(weighted(&title[..8], &[2, 3, 4, 5, 6, 7, 8, 9]) % 11);
        let rest = (title[8] * 7 + title[9] * 8 + first * 9) % 11;
        let second = title[11] == check(rest) || special && title[11] == rest;
        (1..=28).contains(&state) && first == title[10] && second
    })
}

/// Weighted sum that eleven divides; 1 and 2 lead lasting numbers, 7 to 9 others (DATASUS).
fn br_cns(value: &[u8]) -> bool {
    digits::<15>(value).is_some_and(|card| {
        let sum = weighted(&card, &[15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
        let lasting = matches!(card[0], 1 | 2);
        let ending = card[11..13] == [0, 0] && card[13] <= 1;
        (lasting && ending || matches!(card[0], 7..=9)) && sum.is_multiple_of(11)
    })
}

/// One digit modulo 11 (SENATRAN, registro nacional de veículos).
fn br_renavam(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|vehicle| {
        let sum = weighted(&vehicle[..10], &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);
        !uniform(&vehicle) && sum * 10 % 11 % 10 == vehicle[10]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_two_check_digits() {
        assert!(br_cpf(b"52998224725") && br_cpf(b"39053344705"));
        assert!(!br_cpf(b"52998224724") && !br_cpf(b"52998224735") && !br_cpf(b"11111111111"));
    }

    #[test]
    fn companies_may_have_letters() {
        assert!(br_cnpj(b"16727230000197") && br_cnpj(b"11222333000181"));
        assert!(br_cnpj(b"12ABC34501DE35") && br_cnpj(b"12abc34501de35"));
        assert!(!br_cnpj(b"12ABC34501DE36") && !br_cnpj(b"16727230000196"));
        assert!(!br_cnpj(b"00000000000000") && !br_cnpj(b"1672723000019A") && !br_cnpj(b"1"));
    }

    #[test]
    fn drivers_and_voters_are_checked() {
        assert!(br_cnh(b"62472927637") && !br_cnh(b"62472927638"));
        assert!(br_titulo(b"004356870906") && !br_titulo(b"004356870907"));
        assert!(!br_titulo(b"004356872906"));
        assert!(br_renavam(b"00639884962") && !br_renavam(b"00639884963"));
    }

    #[test]
    fn social_numbers_are_checked() {
        assert!(br_pis(b"12056412545") && !br_pis(b"12056412548"));
        assert!(br_cns(b"898000000043208") && br_cns(b"279040474170001"));
        assert!(!br_cns(b"898000000043209") && !br_cns(b"598000000043208"));
    }

    #[test]
    fn an_identity_card_may_end_in_x() {
        assert!(br_rg_sp(b"24678913X") && !br_rg_sp(b"246789131") && br_rg_sp(b"24678913x"));
        let ending_in_x = (0..100_u32)
            .map(|number| format!("{number:08}X"))
            .filter(|rg| br_rg_sp(rg.as_bytes()));
        assert!(ending_in_x.count() > 5);
        assert!(!br_rg_sp(b"24678913Y") && !br_rg_sp(b""));
    }
}
