//! A vehicle's registration of the same country's layout.

use crate::error::Error;
use crate::operators::national_id::{self, Form};

/// The name of the layouts in the table of numbers.
const FORM: &str = "vehicle.licence_plate";

/// The layouts of registrations, of which several countries have those with a rule of their own.
///
/// # Errors
/// None: the table has them.
pub(crate) fn compile() -> Result<&'static Form, Error> {
    let form = national_id::compile(Some(FORM), "")?;
    form.ok_or(Error::Option { name: "form" })
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn plate(text: &str) -> String {
        mask(&OperatorSpec::Plate {}, None, text)
    }

    fn classes(text: &str) -> String {
        let class = |c: char| match c {
            'A'..='Z' => 'A',
            '0'..='9' => '0',
            other => other,
        };
        text.chars().map(class).collect()
    }

    #[test]
    fn the_layout_stays() {
        for raw in [
            "AB12 CDE",
            "M-AB 1234",
            "AB-123-CD",
            "7ABC123",
            "1234 BCD",
            "MH 12 DE 1433",
        ] {
            let masked = plate(raw);
            assert_eq!(classes(&masked), classes(raw));
            assert_ne!(masked, raw);
        }
    }

    #[test]
    fn letters_that_a_country_does_not_use_stay_unused() {
        for number in 0..500 {
            let spanish = plate(&format!("{number:04} BCD"));
            assert!(
                !spanish.contains(['A', 'E', 'I', 'O', 'U', 'Q']),
                "{spanish}"
            );
            let french = plate(&format!("AB-{number:03}-CD"));
            assert!(!french.contains(['I', 'O', 'U']), "{french}");
        }
    }

    #[test]
    fn case_and_separators_do_not_matter() {
        assert_eq!(plate("ab12 cde").replace(' ', ""), plate("AB12CDE"));
    }

    #[test]
    fn registrations_stay_distinct() {
        let all: std::collections::HashSet<String> =
            (0..10_000).map(|i| plate(&format!("{i:04} BCD"))).collect();
        assert_eq!(all.len(), 10_000);
        let all: std::collections::HashSet<String> =
            (0..10_000).map(|i| plate(&format!("{i:04} ABC"))).collect();
        assert_eq!(all.len(), 10_000);
    }
}
