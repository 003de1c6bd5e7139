//! VAT identification numbers, which begin with the code of their country.
//!
//! Sources: Council Directive 2006/112/EC, article 215; the structures that VIES lists,
//! <https://ec.europa.eu/taxation_customs/vies/#/faq>; those of the states where they are not the
//! same number as another one here.

use super::{
    balkan, central, characters, digits, germany, luhn, mod11_10, north, number, ordinal, south,
    two, weighted, west,
};

/// A VAT number of a member state, of Northern Ireland (`XI`), Great Britain, Norway or Switzerland.
pub(super) fn eu_vat(value: &[u8]) -> bool {
    let Some((country, number)) = value.split_at_checked(2) else {
        return false;
    };
    match &[
        country[0].to_ascii_uppercase(),
        country[1].to_ascii_uppercase(),
    ] {
        b"AT" => austria(number),
        b"BE" => belgium(number),
        b"BG" => bulgaria(number),
        b"CH" => switzerland(value),
        b"CY" => south::cy_tin(number),
        b"CZ" => czechia(number),
        b"DE" => digits::<9>(number).is_some_and(|d| d[0] != 0 && mod11_10(&d)),
        b"DK" => north::dk_cvr(number),
        b"EE" => estonia(number),
        b"EL" | b"GR" => south::gr_afm(number),
        b"ES" => south::es_nif(number) || south::es_nie(number) || south::es_cif(number),
        b"FI" => north::fi_ytunnus(number),
        b"FR" => france(number),
        b"GB" | b"XI" => united_kingdom(number),
        b"HR" => balkan::hr_oib(number),
        b"HU" => number.len() == 8 && central::hu_adoszam(number),
        b"IE" => ireland(number),
        b"IT" => south::it_partita_iva(number),
        b"LT" => lithuania(number),
        b"LU" => digits::<8>(number).is_some_and(|d| {
            d[..6] != [0; 6] && super::number(&d[..6]) % 89 == super::number(&d[6..])
        }),
        b"LV" => latvia(number),
        b"MT" => malta(number),
        b"NL" => netherlands(value),
        b"NO" => norway(number),
        b"PL" => central::pl_nip(number),
        b"PT" => south::pt_nif(number),
        b"RO" => number.first().is_some_and(u8::is_ascii_digit) && balkan::ro_cui(number),
        b"SE" => sweden(number),
        b"SI" => balkan::si_davcna(number),
        b"SK" => slovakia(number),
        _ => false,
    }
}

/// `U` and seven digits with a Luhn check digit that is shifted by four (BMF, UID).
fn austria(number: &[u8]) -> bool {
    let [b'U' | b'u', rest @ ..] = number else {
        return false;
    };
    digits::<8>(rest).is_some_and(|d| {
        let sum: u32 = (d[..7].iter().zip([1, 2, 1, 2, 1, 2, 1]))
            .map(|(digit, weight)| digit * weight / 10 + digit * weight % 10)
            .sum();
        (96 - sum) % 10 == d[7]
    })
}

/// The enterprise number: 97 minus the remainder of eight digits by 97 (KBO/BCE).
pub(super) fn belgium(number: &[u8]) -> bool {
    digits::<10>(number).is_some_and(|d| {
        d[0] <= 1 && d[..8] != [0; 8] && 97 - super::number(&d[..8]) % 97 == super::number(&d[8..])
    })
}

/// The number of a business, a person, a foreigner, or of another taxpayer with its own weights.
fn bulgaria(number: &[u8]) -> bool {
    let other = digits::<10>(number).is_some_and(|d| {
        let check = 11 - weighted(&d, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        d != [0; 10] && check % 11 == d[9]
    });
    let business = number.len() == 9 && balkan::bg_eik(number);
    business || balkan::bg_egn(number) || balkan::bg_lnch(number) || other
}

/// The UID, with the abbreviation of the tax in one of the languages.
fn switzerland(value: &[u8]) -> bool {
    let taxes = [&b"MWST"[..], b"TVA", b"IVA"];
    let tax = |tail: &[u8]| tail.is_empty() || taxes.iter().any(|t| t.eq_ignore_ascii_case(tail));
    let split = value.split_at_checked(12);
    split.is_some_and(|(uid, tail)| germany::ch_uid(uid) && tail.len() < 5 && tax(tail))
}

/// The number of an organisation or person, or nine digits from 6 on of others.
fn czechia(number: &[u8]) -> bool {
    let special = digits::<9>(number).is_some_and(|d| {
        let sum = weighted(&d[1..], &[8, 7, 6, 5, 4, 3, 2]);
        let check = [8, 7, 6, 5, 4, 3, 2, 1, 0, 9, 8][10 - sum as usize % 11];
        d[0] == 6 && check == d[8]
    });
    (number.first() != Some(&b'9') && central::cz_ico(number))
        || central::rodne_cislo(number)
        || special
}

/// KMKR number: weights 3, 7, 1 modulo ten (Maksu- ja Tolliamet).
fn estonia(number: &[u8]) -> bool {
    digits::<9>(number).is_some_and(|d| {
        d != [0; 9] && weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
    })
}

/// A key and the SIREN; the key is a number, or of characters without `I` and `O`
/// (Code général des impôts, annexe III, article 242 sexdecies).
fn france(number: &[u8]) -> bool {
    let Some(written) = characters::<11>(number) else {
        return false;
    };
    let Some(siren) = digits::<9>(&written[2..]) else {
        return false;
    };
    let base = super::number(&siren);
    let place = |c: u8| {
        b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
            .iter()
            .position(|k| *k == c)
    };
    if let Some(key) = digits::<2>(&written[..2]) {
        // Monaco's businesses have no number in the French register.
        let known = luhn(&siren) || siren[..3] == [0; 3];
        return base != 0 && known && (12 + 3 * (base % 97)) % 97 == u64::from(two(&key, 0));
    }
    let (Some(first), Some(second)) = (place(written[0]), place(written[1])) else {
        return false;
    };
    let key = if first < 10 {
        first * 24 + second - 10
    } else {
        first * 34 + second - 100
    };
    let key = key as u64;
    luhn(&siren) && (base + 1 + key / 11) % 11 == key % 11
}

/// Nine or twelve digits: with the last two of the nine, the weighted sum is a multiple of 97, or
/// 55 off one (HMRC, since 2010, in numbers from 100 on); `GD` and `HA` are government and health
/// bodies.
fn united_kingdom(number: &[u8]) -> bool {
    let standard = match number.len() {
        12 if number[9..].iter().all(u8::is_ascii_digit) => &number[..9],
        5 => {
            let body = number[..2].to_ascii_uppercase();
            return digits::<3>(&number[2..]).is_some_and(|d| match &body[..] {
                b"GD" => d[0] < 5,
                b"HA" => d[0] >= 5,
                _ => false,
            });
        }
        _ => number,
    };
    digits::<9>(standard).is_some_and(|d| {
        let sum = weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + two(&d, 7);
        d[..7] != [0; 7] && (sum.is_multiple_of(97) || (d[0] != 0 && matches!(sum % 97, 42 | 55)))
    })
}

/// The PPS number's test; in older numbers, a letter is the second character and the first digit
/// stands before the check letter (Revenue).
fn ireland(number: &[u8]) -> bool {
    match *number {
        [first, letter, ref rest @ .., check]
            if rest.len() == 5 && letter.is_ascii_alphabetic() =>
        {
            let mut plain = [b'0'; 8];
            plain[1..6].copy_from_slice(rest);
            plain[6..].copy_from_slice(&[first, check]);
            west::ie_ppsn(&plain)
        }
        _ => west::ie_ppsn(number),
    }
}

/// Nine digits of legal persons or twelve of others, the last but one being 1 (VMI).
fn lithuania(number: &[u8]) -> bool {
    let check = |d: &[u32]| {
        let rest = &d[..d.len() - 1];
        let sum = |from: u32| -> u32 {
            rest.iter()
                .zip((0..9).cycle().skip(from as usize))
                .map(|(d, w)| d * (w + 1))
                .sum()
        };
        let check = match sum(0) % 11 {
            10 => sum(2) % 11 % 10,
            remainder => remainder,
        };
        d[d.len() - 2] == 1 && d.last() == Some(&check)
    };
    match digits::<9>(number) {
        Some(d) => check(&d),
        None => digits::<12>(number).is_some_and(|d| check(&d)),
    }
}

/// The number of a legal person, which begins with 4 or more, or of a natural one (VID).
fn latvia(number: &[u8]) -> bool {
    digits::<11>(number).is_some_and(|d| match d[0] {
        4.. => weighted(&d, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3,
        _ => north::lv_personas_kods(number),
    })
}

/// Eight digits whose weighted sum is a multiple of 37 (Commissioner for Revenue).
fn malta(number: &[u8]) -> bool {
    digits::<8>(number)
        .is_some_and(|d| d[0] != 0 && weighted(&d, &[3, 4, 6, 7, 8, 9, 10, 1]).is_multiple_of(37))
}

/// Nine digits, `B`, two digits: a BSN or RSIN, or for sole traders since 2020 checked by 97 over
/// all of it, letters counting from 10 on (Belastingdienst).
fn netherlands(value: &[u8]) -> bool {
    let Some(written) = characters::<14>(value) else {
        return false;
    };
    let (body, tail) = (&written[2..11], &written[12..]);
    if digits::<9>(body).is_none() || digits::<2>(tail).is_none() || written[11] != b'B' {
        return false;
    }
    let remainder = written.iter().fold(0, |remainder, c| {
        let base = if c.is_ascii_digit() { 10 } else { 100 };
        (remainder * base + ordinal(*c)) % 97
    });
    tail != b"00" && (west::nl_bsn(body) || remainder == 1)
}

/// The organisation's number with `MVA` behind it (Skatteetaten).
fn norway(number: &[u8]) -> bool {
    let split = number.split_at_checked(9);
    split.is_some_and(|(number, tax)| tax.eq_ignore_ascii_case(b"MVA") && north::no_orgnr(number))
}

/// The tax number, whose third digit is one of some, or that of a person.
fn slovakia(number: &[u8]) -> bool {
    let third = number.get(2).is_some_and(|digit| b"234789".contains(digit));
    central::sk_dic(number) && (third || central::rodne_cislo(number))
}

/// The number of an organisation or person and 01, or a higher one for further registrations
/// (Skatteverket).
fn sweden(value: &[u8]) -> bool {
    digits::<12>(value)
        .is_some_and(|d| d[..10] != [0; 10] && number(&d[10..]) != 0 && luhn(&d[..10]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    /// Numbers of every member state.
    const VALID: &str = "ATU13585627 BE0428759497 BG175074752 CY10259033P CZ25123891 CZ640903926 \
        DE136695976 DK13585628 EE100931558 EL094259216 ESX1234567L ESA58818501 \
        FI20774740 FR40303265045 FRK7399859412 FR53000004605 HR33392005961 HU12892312 \
        IE6433435F IE8D79739I IT00743110157 LT119511515 LT100001919017 LU15027442 \
        LV40003521600 MT11679112 NL004495445B01 NL123456789B13 PL8567346215 PT501964843 \
        RO18547290 SE123456789701 SI50223054 SK2022749619";
    /// The same with other check digits.
    const WRONG: &str = "ATU13585628 BE0428759498 BG175074753 CY10259033Q CZ25123892 CZ64090392A \
        DE136695977 DK13585629 EE100931559 EL094259217 ESX1234567M ESA58818502 \
        FI20774741 FR40303265046 FRK7399859413 FR53000004606 HR33392005962 HU12892313 \
        IE6433435G IE8D79739J IT00743110158 LT119511516 LT100001919018 LU15027443 \
        LV40003521601 MT11679113 NL004495445B0A NL123456789B14 PL8567346216 PT501964844 \
        RO18547291 SE12345678970A SI50223055 SK2022749610 XX13585627 AT13585627 \
        NL004495445A01 SE123456789700";

    #[test]
    fn member_states() {
        let list = |words: &'static str| words.split_whitespace().collect::<Vec<_>>();
        check(eu_vat, &list(VALID), &list(WRONG));
    }

    #[test]
    fn other_states() {
        check(
            eu_vat,
            &[
                "GB980780684",
                "GB980780684001",
                "GBGD001",
                "GBHA500",
                "XI980780684",
                "CHE100155212MWST",
                "CHE100155212",
                "NO995525828MVA",
            ],
            &[
                "GB980780685",
                "GB98078068400A",
                "GBGD00A",
                "GBHA50A",
                "XI980780685",
                "CHE100155212MWSU",
                "CHE100155213",
                "NO995525828MVB",
                "GBGD500",
                "GBHA001",
                "CHE100155212MW",
                "NO995525828",
            ],
        );
    }
}
