//! Spain, Italy, Portugal, Greece, Cyprus and Türkiye.

use super::{characters, digits, is_date_of_any_century, luhn, number, ordinal, two, weighted};

/// What the characters `0` to `9`, `A` to `Z` count at the odd places of Italian and Cypriot codes.
const ODD: [u32; 36] = [
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6,
    8, 12, 14, 16, 10, 22, 25, 24, 23,
];

/// The letter of Spanish numbers: by the remainder by 23.
fn spanish_letter(number: u64) -> u8 {
    b"TRWAGMYFPDXBNJZSQVHLCKE"[usize::try_from(number % 23).unwrap_or_default()]
}

/// Número de identificación fiscal of persons: the DNI's eight digits, or `K`, `L`, `M` and seven.
///
/// Source: Orden EHA/451/2008; Ministerio del Interior,
/// <https://www.interior.gob.es/opencms/es/servicios-al-ciudadano/tramites-y-gestiones/dni/calculo-del-digito-de-control-del-nif-nie/>.
pub(super) fn es_nif(value: &[u8]) -> bool {
    characters::<9>(value).is_some_and(|written| {
        let start = usize::from(matches!(written[0], b'K' | b'L' | b'M'));
        let body = &written[start..8];
        body.iter().all(u8::is_ascii_digit)
            && body.iter().any(|digit| *digit != b'0')
            && spanish_letter(number_of(body)) == written[8]
    })
}

/// Número de identidad de extranjero: `X`, `Y`, `Z` stand for 0, 1, 2.
///
/// Source: Orden de 7 de febrero de 1997; Ministerio del Interior, as above.
pub(super) fn es_nie(value: &[u8]) -> bool {
    characters::<9>(value).is_some_and(|written| {
        let lead = match written[0] {
            letter @ b'X'..=b'Z' => u64::from(letter - b'X'),
            _ => return false,
        };
        let body = &written[1..8];
        body.iter().all(u8::is_ascii_digit)
            && spanish_letter(lead * 10_000_000 + number_of(body)) == written[8]
    })
}

/// Número de identificación fiscal of legal persons; the control character is a digit or a letter.
///
/// Which of both depends on the kind of organisation, but sources and programs differ in it.
///
/// Source: Orden EHA/451/2008, <https://www.boe.es/eli/es/o/2008/02/20/eha451>; Real Decreto 1065/2007.
pub(super) fn es_cif(value: &[u8]) -> bool {
    let Some(written) = characters::<9>(value) else {
        return false;
    };
    let Some(d) = digits::<7>(&written[1..8]) else {
        return false;
    };
    let doubled = |digit: &u32| digit * 2 / 10 + digit * 2 % 10;
    let sum: u32 =
        d.iter().step_by(2).map(doubled).sum::<u32>() + d.iter().skip(1).step_by(2).sum::<u32>();
    let check = (10 - sum % 10) % 10;
    let (digit, letter) = (
        ordinal(written[8]) == check,
        written[8] == b"JABCDEFGHI"[check as usize],
    );
    b"ABCDEFGHJNPQRSUVW".contains(&written[0]) && (digit || letter)
}

/// Número de afiliación a la Seguridad Social: province, eight digits, the remainder by 97.
///
/// A serial number below ten million is joined to the province without its leading zero, or with
/// it by programs that do not know that.
/// Source: Tesorería General de la Seguridad Social, <https://www.seg-social.es>.
pub(super) fn es_nss(value: &[u8]) -> bool {
    digits::<12>(value).is_some_and(|d| {
        let (province, serial, check) = (number(&d[..2]), number(&d[2..10]), number(&d[10..]));
        let shortened = serial < 10_000_000 && (province * 10_000_000 + serial) % 97 == check;
        matches!(province, 1..=53 | 66)
            && serial != 0
            && (shortened || number(&d[..10]) % 97 == check)
    })
}

/// Codice fiscale of a person; in cases of omocodia the letters `LMNPQRSTUV` stand for digits.
///
/// Source: Decreto 23 dicembre 1976 n. 13813; Agenzia delle Entrate,
/// <https://www.agenziaentrate.gov.it/portale/web/guest/schede/istanze/richiesta-ts_cf/informazioni-codificazione-pf>.
pub(super) fn it_codice_fiscale(value: &[u8]) -> bool {
    let Some(written) = characters::<16>(value) else {
        return false;
    };
    let letters = [0, 1, 2, 3, 4, 5, 8, 11, 15];
    if !letters.iter().all(|at| written[*at].is_ascii_uppercase()) {
        return false;
    }
    let digit = |at: usize| match written[at] {
        character @ b'0'..=b'9' => Some(u32::from(character - b'0')),
        character => (b"LMNPQRSTUV".iter().position(|c| *c == character))
            .and_then(|place| u32::try_from(place).ok()),
    };
    let (Some(y1), Some(y2), Some(d1), Some(d2)) = (digit(6), digit(7), digit(9), digit(10)) else {
        return false;
    };
    let Some(month) = b"ABCDEHLMPRST".iter().position(|c| *c == written[8]) else {
        return false;
    };
    let day = d1 * 10 + d2;
    let day = if day > 40 { day - 40 } else { day };
    let town = (12..15).all(|at| digit(at).is_some());
    let month = u32::try_from(month + 1).unwrap_or_default();
    let even = |c: u8| {
        if c.is_ascii_digit() {
            ordinal(c)
        } else {
            ordinal(c) - 10
        }
    };
    let sum: u32 = (written[..15].iter().enumerate())
        .map(|(place, c)| match place % 2 {
            0 => ODD[ordinal(*c) as usize],
            _ => even(*c),
        })
        .sum();
    town && is_date_of_any_century(y1 * 10 + y2, month, day) && sum % 26 == even(written[15])
}

/// Partita IVA: seven digits, the office of the province, Luhn's check digit.
///
/// Source: DPR 633/1972, article 35; Agenzia delle Entrate, <https://www.agenziaentrate.gov.it>.
pub(super) fn it_partita_iva(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let office = number(&d[7..10]);
        d[..7] != [0; 7] && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && luhn(&d)
    })
}

/// Número de identificação fiscal.
///
/// Source: Decreto-Lei 14/2013; Portaria 386/98, <https://info.portaldasfinancas.gov.pt>.
pub(super) fn pt_nif(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| {
        d[0] != 0 && check_or_zero(weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2])) == d[8]
    })
}

/// Eleven minus the remainder by eleven, or zero where that has two digits.
fn check_or_zero(sum: u32) -> u32 {
    match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    }
}

/// Número de identificação bancária: 21 digits that leave 1 when divided by 97.
///
/// Source: Banco de Portugal, Instrução 26/2003, <https://www.bportugal.pt>.
pub(super) fn pt_nib(value: &[u8]) -> bool {
    digits::<21>(value).is_some_and(|d| {
        let remainder = d
            .iter()
            .fold(0, |remainder, digit| (remainder * 10 + digit) % 97);
        d[..4] != [0; 4] && remainder == 1
    })
}

/// Document number of the Cartão de Cidadão: Luhn's test with letters from 10 on.
///
/// Source: AMA, Validação de Número de Documento do Cartão de Cidadão,
/// <https://www.autenticacao.gov.pt/documents/20126/115760/Validação+de+Número+de+Documento+do+Cartão+de+Cidadão.pdf>.
pub(super) fn pt_cartao_cidadao(value: &[u8]) -> bool {
    characters::<12>(value).is_some_and(|written| {
        let doubled = written
            .iter()
            .enumerate()
            .map(|(place, c)| match place % 2 {
                0 if ordinal(*c) > 4 => ordinal(*c) * 2 - 9,
                0 => ordinal(*c) * 2,
                _ => ordinal(*c),
            });
        digits::<9>(&written[..9]).is_some()
            && written[11].is_ascii_digit()
            && doubled.sum::<u32>() % 10 == 0
    })
}

/// Número de identificação de segurança social: prime weights, nine minus the remainder by ten.
///
/// Source: Segurança Social, <https://www.seg-social.pt>; OECD, Portugal.
pub(super) fn pt_niss(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let sum = weighted(&d, &[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]);
        matches!(d[0], 1 | 2) && 9 - sum % 10 == d[10]
    })
}

/// AMKA: birth date, serial number, Luhn's check digit.
///
/// Source: Law 3655/2008, article 153; <https://www.amka.gr>.
pub(super) fn gr_amka(value: &[u8]) -> bool {
    digits::<11>(value)
        .is_some_and(|d| is_date_of_any_century(two(&d, 4), two(&d, 2), two(&d, 0)) && luhn(&d))
}

/// AFM: powers of two as weights, the remainder by eleven, by ten.
///
/// Source: AADE, <https://www.aade.gr>; OECD, Greece TIN.
pub(super) fn gr_afm(value: &[u8]) -> bool {
    digits::<9>(value).is_some_and(|d| {
        let sum = weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]);
        d != [0; 9] && sum % 11 % 10 == d[8]
    })
}

/// Taxpayer identification code of Cyprus: eight digits and a letter.
///
/// Source: European Commission, TIN country sheet Cyprus,
/// <https://taxation-customs.ec.europa.eu/online-services/online-services-and-databases-taxation/tin-country-sheets_en>.
pub(super) fn cy_tin(value: &[u8]) -> bool {
    characters::<9>(value).is_some_and(|written| {
        digits::<8>(&written[..8]).is_some_and(|d| {
            let sum: u32 = (d.iter().enumerate())
                .map(|(place, digit)| match place % 2 {
                    0 => ODD[*digit as usize],
                    _ => *digit,
                })
                .sum();
            d[..2] != [1, 2] && u32::from(written[8]) == u32::from(b'A') + sum % 26
        })
    })
}

/// T.C. kimlik numarası: two check digits.
///
/// Source: Nüfus ve Vatandaşlık İşleri, <https://www.nvi.gov.tr>; Law 5490.
pub(super) fn tr_kimlik(value: &[u8]) -> bool {
    digits::<11>(value).is_some_and(|d| {
        let odd: u32 = d[..9].iter().step_by(2).sum();
        let even: u32 = d[1..8].iter().step_by(2).sum();
        let total: u32 = d[..10].iter().sum();
        d[0] != 0 && (odd * 7 + 90 - even) % 10 == d[9] && total % 10 == d[10]
    })
}

/// Vergi kimlik numarası.
///
/// Source: Gelir İdaresi Başkanlığı, <https://www.gib.gov.tr>; Law 213.
pub(super) fn tr_vkn(value: &[u8]) -> bool {
    digits::<10>(value).is_some_and(|d| {
        let sum: u32 = (d[..9].iter().zip((1..10).rev()))
            .map(|(digit, place)| match (digit + place) % 10 {
                9 => 9,
                shifted => (shifted << place) % 9,
            })
            .sum();
        d != [0; 10] && (10 - sum % 10) % 10 == d[9]
    })
}

/// The number that at most 19 ASCII digits write.
fn number_of(written: &[u8]) -> u64 {
    written
        .iter()
        .fold(0, |number, byte| number * 10 + u64::from(ordinal(*byte)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn spain() {
        check(
            es_nif,
            &["12345678Z", "54362315K"],
            &["12345678A", "54362315L", "00000000T"],
        );
        check(
            es_nie,
            &["X1234567L", "Y1234567X"],
            &["X1234567M", "Y1234567Y", "A1234567L"],
        );
        check(
            es_cif,
            &["A58818501", "B64717838", "J99216582"],
            &["A58818502", "B64717839", "I58818501"],
        );
        check(es_nss, &["281234567840"], &["281234567841", "991234567801"]);
    }

    #[test]
    fn italy() {
        // The last one is a case of omocodia.
        check(
            it_codice_fiscale,
            &["RCCMNL83S18D969H", "CNTCHR83T41D969D", "RCCMNL83S18D9S9T"],
            &["RCCMNL83S18D969I", "CNTCHR83T41D969E", "RCCMNL83S35D969D"],
        );
        check(it_partita_iva, &["00743110157"], &["00743110158"]);
    }

    #[test]
    fn portugal() {
        check(
            pt_nif,
            &["501964843", "123456789"],
            &["501964844", "123456780", "000000000"],
        );
        check(
            pt_nib,
            &["000201231234567890154"],
            &["000201231234567890155"],
        );
        check(pt_cartao_cidadao, &["000000000ZZ4"], &["000000000ZZ5"]);
        check(pt_niss, &["11234567892"], &["11234567893"]);
    }

    #[test]
    fn greece_and_cyprus() {
        check(gr_amka, &["01013099997"], &["01013099998", "31023099992"]);
        check(
            gr_afm,
            &["094259216", "123456783"],
            &["094259217", "123456784", "000000000"],
        );
        check(
            cy_tin,
            &["00123123T", "10259033P"],
            &["00123123U", "10259033Q"],
        );
    }

    #[test]
    fn tuerkiye() {
        check(
            tr_kimlik,
            &["17291716060", "10000000146"],
            &["17291716061", "10000000147", "00000000000"],
        );
        check(tr_vkn, &["4540536920"], &["4540536921"]);
    }
}
