//! A company's name.

use crate::operators::fold::Folded;
use crate::operators::{purpose, Place};
use crate::words::{push_family, TRADES};

/// Draws until a name fits that does not show the raw one.
const DRAWS: usize = 8;

/// Legal forms, longer before those that they end with.
const FORMS: &[&str] = &[
    "Incorporated",
    "Corporation",
    "Limited",
    "Company",
    "S.p.A.",
    "S.A.S.",
    "S.r.l.",
    "Pty Ltd",
    "Pvt Ltd",
    "GmbH & Co. KG",
    "L.L.C.",
    "S.A.",
    "Inc.",
    "Corp.",
    "Ltd.",
    "Co.",
    "GmbH",
    "PLC",
    "LLC",
    "LLP",
    "Inc",
    "Corp",
    "Ltd",
    "SARL",
    "SAS",
    "SpA",
    "Srl",
    "Oyj",
    "KGaA",
    "eG",
    "KG",
    "OHG",
    "AG",
    "SE",
    "SA",
    "NV",
    "BV",
    "AB",
    "AS",
    "ApS",
    "Oy",
    "Kft",
    "s.r.o.",
    "a.s.",
    "Co",
];

/// Writes a name of two families, or of one and a trade, with the raw one's legal form.
pub(crate) fn write(place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut stream = raw.stream(place.key, purpose::COMPANY);
    let form = form_of(raw.bytes());
    for draw in 0..DRAWS {
        push_family(&mut stream, out);
        let second = stream.below(3);
        if draw < DRAWS / 2 {
            if second == 0 {
                out.extend_from_slice(b" & ");
                push_family(&mut stream, out);
            }
            out.push(b' ');
            stream.pick(&TRADES).push(out);
        }
        if let Some(form) = form {
            out.push(b' ');
            out.extend_from_slice(form.as_bytes());
        }
        if out.len() - start <= place.room {
            return true;
        }
        out.truncate(start);
    }
    false
}

/// The legal form at the end of a name, behind a blank.
fn form_of(raw: &[u8]) -> Option<&'static str> {
    FORMS.iter().copied().find(|form| {
        let Some(before) = raw.len().checked_sub(form.len() + 1) else {
            return false;
        };
        raw[before] == b' ' && raw[before + 1..].eq_ignore_ascii_case(form.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn company(max_chars: Option<u32>, text: &str) -> String {
        mask(&OperatorSpec::Company {}, max_chars, text)
    }

    #[test]
    fn the_legal_form_stays() {
        for form in ["GmbH", "Inc.", "Ltd", "S.p.A.", "GmbH & Co. KG", "LLC"] {
            let masked = company(None, &format!("Zelda Works {form}"));
            assert!(masked.ends_with(&format!(" {form}")), "{masked}");
            assert!(!masked.contains("Zelda"), "{masked}");
        }
        assert!(company(None, "Zelda Works").split(' ').count() >= 2);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(company(None, "ZELDA GMBH"), company(None, "Zelda GmbH"));
    }

    #[test]
    fn short_columns_get_short_names() {
        let masked = company(Some(14), "Zelda Works Ltd");
        assert!(masked.len() <= 14 && masked.ends_with(" Ltd"), "{masked}");
    }
}
