//! Numbers beyond a bound become the bound; the others stay as they are.

use crate::error::Error;
use crate::number::{Grid, Number, Reading};
use crate::operators::change::Answer;

/// The bounds, of which there is at least one.
#[derive(Debug)]
pub(crate) struct TopBottom {
    bottom: Option<Number>,
    top: Option<Number>,
}

impl TopBottom {
    pub(crate) fn compile(bottom: Option<&str>, top: Option<&str>) -> Result<Self, Error> {
        let read =
            |text: Option<&str>, name| text.map(|text| Number::option(text, name)).transpose();
        let (bottom, top) = (read(bottom, "bottom")?, read(top, "top")?);
        let valid = match (bottom, top) {
            (Some(bottom), Some(top)) => bottom.order(top).is_le(),
            (None, None) => false,
            _ => true,
        };
        valid
            .then_some(Self { bottom, top })
            .ok_or(Error::Option { name: "top" })
    }

    /// The bound, where the number is at it or beyond it.
    pub(crate) fn number(&self, value: Reading, grid: &Grid) -> Option<Answer> {
        let beyond = |bound: &Number, above: bool| match value {
            Reading::Finite(value) if above => value.order(*bound).is_gt(),
            Reading::Finite(value) => value.order(*bound).is_lt(),
            Reading::Above => above,
            Reading::Below => !above,
        };
        if let Some(top) = self.top.filter(|top| beyond(top, true)) {
            return grid.fit(top).map(Answer::Number);
        }
        if let Some(bottom) = self.bottom.filter(|bottom| beyond(bottom, false)) {
            // Cut to the type's digits a bottom must not fall below itself.
            let scale = grid
                .scale
                .map_or(bottom.scale, |scale| scale.min(bottom.scale));
            let cut = Number::new(bottom.at_or_above(scale)?, scale);
            return grid.fit(cut).map(Answer::Number);
        }
        Some(Answer::Same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn text(bottom: Option<&str>, top: Option<&str>, raw: &str) -> String {
        let spec = OperatorSpec::TopBottom {
            bottom: bottom.map(str::to_owned),
            top: top.map(str::to_owned),
        };
        mask(&spec, None, raw)
    }

    #[test]
    fn every_number_ends_up_between_the_bounds() {
        for value in -100..100 {
            let expected = value.clamp(-20, 35).to_string();
            assert_eq!(text(Some("-20"), Some("35"), &value.to_string()), expected);
        }
        assert_eq!(text(None, Some("1000"), "$1,234.50"), "$1,000.00");
        assert!(!text(None, Some("99.5"), "1e9").contains("1e9"));
    }

    #[test]
    fn bounds_are_cut_inwards() {
        let bounds = TopBottom::compile(Some("0.5"), Some("9.5")).unwrap();
        let whole = Grid::new(0, -100, 100);
        let at = |value| bounds.number(Reading::Finite(Number::new(value, 0)), &whole);
        assert_eq!(at(50), Some(Answer::Number(Number::new(9, 0))));
        assert_eq!(at(0), Some(Answer::Number(Number::new(1, 0))));
        assert_eq!(at(5), Some(Answer::Same));
    }

    #[test]
    fn infinities_have_their_bound() {
        let bounds = TopBottom::compile(None, Some("9")).unwrap();
        let nine = Some(Answer::Number(Number::new(9, 0)));
        assert_eq!(bounds.number(Reading::Above, &Grid::FREE), nine);
        assert_eq!(
            bounds.number(Reading::Below, &Grid::FREE),
            Some(Answer::Same)
        );
    }

    #[test]
    fn options_are_checked() {
        assert!(TopBottom::compile(None, None).is_err());
        assert!(TopBottom::compile(Some("2"), Some("1")).is_err());
        assert!(TopBottom::compile(Some("1"), Some("1")).is_ok());
        assert!(TopBottom::compile(Some("x"), None).is_err());
    }
}
