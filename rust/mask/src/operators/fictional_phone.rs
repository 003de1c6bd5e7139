//! A phone number that reaches nobody: of the ranges that authorities keep free for works of fiction.

use crate::error::Error;
use crate::layout::put_digits;
use crate::operators::phone::Number;
use crate::operators::{purpose, Input};
use crate::prf::Stream;

const COUNTRY_MAX: usize = 3;
/// A number of a town has so many digits, where it stands alone.
const LOCAL: usize = 7;
/// Draws until the number is another one than the raw one.
const DRAWS: usize = 16;
/// Countries whose numbers begin with a zero (ITU-T E.164, national plans of Italy, San Marino and
/// the Vatican), so that a zero does not make a number one that nobody has.
const ZERO_IS_ASSIGNED: &[&str] = &["39", "378", "379"];

/// The free numbers of one country, as national numbers: `x` is any digit, `A` one from two on, and
/// `B` one but one and nine.
struct Plan {
    country: &'static str,
    /// The digits that a mobile number begins with.
    mobile_from: &'static [&'static str],
    mobile: &'static [&'static str],
    fixed: &'static [&'static str],
}

/// Free numbers by country.
const PLANS: &[Plan] = &[
    // North American Numbering Plan Administrator: 555-0100 to 555-0199 of every area.
    Plan {
        country: "1",
        mobile_from: &[],
        mobile: &[],
        fixed: &["ABx55501xx"],
    },
    // Ofcom, telephone numbers for use in TV and radio drama programmes.
    Plan {
        country: "44",
        mobile_from: &["7"],
        mobile: &["7700900xxx"],
        fixed: &[
            "2079460xxx",
            "1632960xxx",
            "1134960xxx",
            "1144960xxx",
            "1154960xxx",
            "1164960xxx",
            "1174960xxx",
            "1184960xxx",
            "1214960xxx",
            "1314960xxx",
            "1414960xxx",
            "1514960xxx",
            "1614960xxx",
            "1914980xxx",
            "2890180xxx",
            "2920180xxx",
        ],
    },
    // Australian Communications and Media Authority, numbers for use in radio, books, film and TV.
    Plan {
        country: "61",
        mobile_from: &["4"],
        mobile: &[
            "491570006",
            "491570156",
            "491570157",
            "491570158",
            "491570159",
            "491570110",
            "491570313",
            "491570737",
            "491571266",
            "491571491",
            "491571804",
            "491572549",
        ],
        fixed: &[
            "25550xxxx",
            "27010xxxx",
            "35550xxxx",
            "37010xxxx",
            "75550xxxx",
            "77010xxxx",
            "85550xxxx",
            "87010xxxx",
        ],
    },
    // Arcep, decision 2018-0881, annex: numbers for audiovisual works.
    Plan {
        country: "33",
        mobile_from: &["6", "7"],
        mobile: &["63998xxxx"],
        fixed: &[
            "19900xxxx",
            "26191xxxx",
            "35301xxxx",
            "46571xxxx",
            "53649xxxx",
        ],
    },
    // Bundesnetzagentur, notice 148/2021: numbers for media productions.
    Plan {
        country: "49",
        mobile_from: &["15", "16", "17"],
        mobile: &["17139200xx", "176040690xx"],
        fixed: &[
            "3023125xxx",
            "6990009xxx",
            "4066969xxx",
            "2214710xxx",
            "8999998xxx",
        ],
    },
    // Post- och telestyrelsen, numbers for books, films and the like.
    Plan {
        country: "46",
        mobile_from: &["7"],
        mobile: &[
            "70174061x",
            "70174062x",
            "70174063x",
            "70174064x",
            "70174065x",
            "70174066x",
            "70174067x",
            "70174068x",
            "70174069x",
        ],
        fixed: &["3139006xx", "4062804xx", "8465004xx", "9803192xx"],
    },
    // Commission for Communications Regulation: 020 91x xxxx.
    Plan {
        country: "353",
        mobile_from: &[],
        mobile: &[],
        fixed: &["2091xxxxx"],
    },
];

/// Makes the numbers.
#[derive(Debug)]
pub(crate) struct FictionalPhone {
    /// The country of numbers that name none.
    country: Option<String>,
}

impl FictionalPhone {
    pub(crate) fn compile(country: Option<&str>) -> Result<Self, Error> {
        let valid = |code: &str| {
            (1..=COUNTRY_MAX).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !country.is_none_or(valid) {
            return Err(Error::Option { name: "country" });
        }
        Ok(Self {
            country: country.map(str::to_owned),
        })
    }

    /// Writes a number of the same country, false where that is not known.
    ///
    /// The layout is kept where the free numbers are as long as the raw one.
    pub(crate) fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        let Some(number) = Number::read(input.text.as_bytes()) else {
            return false;
        };
        let (prefix, national) = number.parts();
        if national.is_empty() {
            return false;
        }
        let Some(country) = self.country_of(&number) else {
            return false;
        };
        let mut seed = country.as_bytes().to_vec();
        seed.push(b' ');
        seed.extend_from_slice(national);
        let mut stream = input.key.stream(purpose::FICTIONAL_PHONE, &seed);
        let mut drawn = Vec::new();
        for _ in 0..DRAWS {
            draw(&country, national, &mut stream, &mut drawn);
            if drawn != national {
                return lay_out(input, prefix, national, &drawn, out);
            }
        }
        false
    }

    fn country_of(&self, number: &Number) -> Option<String> {
        let (prefix, national) = number.parts();
        let stated = match prefix {
            [b'0', b'0', code @ ..] => code,
            _ if number.has_plus() => prefix,
            _ => &[],
        };
        if !stated.is_empty() {
            return Some(String::from_utf8_lossy(stated).into_owned());
        }
        let american = number.is_north_american() || national.len() == LOCAL && prefix.is_empty();
        self.country
            .clone()
            .or_else(|| american.then(|| "1".to_owned()))
    }
}

/// Draws the national digits of a number that reaches nobody.
fn draw(country: &str, national: &[u8], stream: &mut Stream<'_>, out: &mut Vec<u8>) {
    out.clear();
    let Some(plan) = PLANS.iter().find(|plan| plan.country == country) else {
        // No country assigns numbers that begin so.
        out.push(if ZERO_IS_ASSIGNED.contains(&country) {
            b'1'
        } else {
            b'0'
        });
        stream.letters(b"0123456789", national.len().saturating_sub(1), out);
        return;
    };
    if country == "1" && national.len() == LOCAL {
        out.extend_from_slice(b"55501");
        stream.letters(b"0123456789", 2, out);
        return;
    }
    let is_mobile = |start: &&str| national.starts_with(start.as_bytes());
    let ranges = if plan.mobile_from.iter().any(is_mobile) {
        plan.mobile
    } else {
        plan.fixed
    };
    let as_long: Vec<&str> = ranges
        .iter()
        .copied()
        .filter(|range| range.len() == national.len())
        .collect();
    let ranges = if as_long.is_empty() { ranges } else { &as_long };
    for digit in ranges[stream.below(ranges.len())].bytes() {
        out.push(match digit {
            b'x' => b'0' + stream.below(10) as u8,
            b'A' => b'2' + stream.below(8) as u8,
            b'B' => b"02345678"[stream.below(8)],
            fixed => fixed,
        });
    }
}

/// Writes the drawn digits as the raw number is written, or plainly where they are more or fewer.
fn lay_out(
    input: &Input<'_>,
    prefix: &[u8],
    national: &[u8],
    drawn: &[u8],
    out: &mut Vec<u8>,
) -> bool {
    let digits = [prefix, drawn].concat();
    if drawn.len() == national.len() {
        let start = out.len();
        out.extend_from_slice(input.text.as_bytes());
        put_digits(&digits, &mut out[start..]);
        return true;
    }
    let plus = input.text.starts_with('+');
    if digits.len() + usize::from(plus) > input.room {
        return false;
    }
    if plus {
        out.push(b'+');
    }
    out.extend_from_slice(&digits);
    true
}

#[cfg(test)]
mod tests {
    use crate::operators::tests::mask;
    use crate::spec::OperatorSpec;

    fn phone(text: &str) -> String {
        in_country(None, text)
    }

    fn in_country(country: Option<&str>, text: &str) -> String {
        let country = country.map(str::to_owned);
        mask(&OperatorSpec::FictionalPhone { country }, None, text)
    }

    fn digits(text: &str) -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    }

    #[test]
    fn north_american_numbers_are_those_of_fiction() {
        for raw in [
            "+1 415 867 5309",
            "(415) 867-5309",
            "1-415-867-5309",
            "0014158675309",
        ] {
            let masked = digits(&phone(raw));
            let national = &masked[masked.len() - 10..];
            assert_eq!(&national[3..8], "55501", "{masked}");
            assert!(national.as_bytes()[0] >= b'2' && national.as_bytes()[1] != b'1');
            assert_eq!(phone(raw).len(), raw.len());
        }
        assert!(phone("867-5309").starts_with("555-01"));
    }

    #[test]
    fn a_number_is_the_same_in_every_layout() {
        let masked = digits(&phone("(415) 867-5309"));
        assert_eq!(digits(&phone("415.867.5309")), masked);
        assert_eq!(digits(&phone("+1 415 867 5309")), format!("1{masked}"));
        let british = digits(&phone("+44 20 7123 4567"));
        assert_eq!(
            digits(&in_country(Some("44"), "(020) 7123 4567")),
            format!("0{}", &british[2..])
        );
    }

    #[test]
    fn mobile_numbers_stay_mobile_numbers() {
        assert!(phone("+44 7911 123456").starts_with("+44 7700 900"));
        assert!(!phone("+44 20 7123 4567").starts_with("+44 77"));
        assert!(phone("+33 6 12 34 56 78").starts_with("+33 6 39 98"));
        assert!(digits(&phone("+49 176 12345678")).starts_with("49176040690"));
        assert!(digits(&phone("+61 412 345 678")).starts_with("6149157"));
    }

    #[test]
    fn numbers_of_other_lengths_than_the_free_ones_are_written_plainly() {
        let masked = phone("+49 (89) 1234-56");
        assert_eq!(masked.len(), "+49".len() + 10, "{masked}");
        assert!(masked.starts_with("+49"));
    }

    #[test]
    fn countries_without_free_numbers_get_unassigned_ones() {
        assert!(phone("+55 11 91234-5678").starts_with("+55 0"));
        assert!(phone("+39 06 1234 5678").starts_with("+39 1"));
    }

    #[test]
    fn numbers_of_no_known_country_and_words_become_no_numbers() {
        assert_eq!(digits(&phone("030 123456789")), "");
        assert!(!phone("ask Zelda").contains("Zelda"));
        assert_eq!(digits(&phone("911")), "");
    }

    #[test]
    fn a_free_number_becomes_another() {
        for line in 0..100 {
            let raw = format!("+44 7700 900{line:03}");
            assert_ne!(phone(&raw), raw);
        }
    }
}
