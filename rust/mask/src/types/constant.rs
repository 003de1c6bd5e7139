//! The constants that stand for redacted values of types that hold no text, and those that are given.

use crate::cell::{Format, Outcome};
use crate::spec::TypeSpec;
use crate::types::text::count_chars;
use crate::types::{date, float, inet, integer, macaddr, numeric, uuid};

/// One value in both formats.
#[derive(Debug)]
pub(crate) struct Constant {
    text: Vec<u8>,
    binary: Vec<u8>,
}

impl Constant {
    /// The constant of a type; None where the type needs more than one value to be valid.
    pub(crate) fn of(type_: &TypeSpec) -> Option<Self> {
        let (text, binary) = match type_ {
            TypeSpec::Bool {} => ("f", vec![0]),
            TypeSpec::Int2 {} => ("0", vec![0; 2]),
            TypeSpec::Int4 {} | TypeSpec::Float4 {} => ("0", vec![0; 4]),
            TypeSpec::Int8 {} | TypeSpec::Float8 {} | TypeSpec::Numeric { .. } => ("0", vec![0; 8]),
            TypeSpec::Date {} => ("2000-01-01", vec![0; 4]),
            TypeSpec::Time {} => ("00:00:00", vec![0; 8]),
            TypeSpec::Timetz {} => ("00:00:00+00", vec![0; 12]),
            TypeSpec::Timestamp {} => ("2000-01-01 00:00:00", vec![0; 8]),
            TypeSpec::Timestamptz {} => ("2000-01-01 00:00:00+00", vec![0; 8]),
            TypeSpec::Interval {} => ("00:00:00", vec![0; 16]),
            TypeSpec::Uuid {} => ("00000000-0000-0000-0000-000000000000", vec![0; 16]),
            TypeSpec::Inet {} => ("0.0.0.0", vec![2, 32, 0, 4, 0, 0, 0, 0]),
            TypeSpec::Cidr {} => ("0.0.0.0/32", vec![2, 32, 1, 4, 0, 0, 0, 0]),
            TypeSpec::Macaddr {} => ("00:00:00:00:00:00", vec![0; 6]),
            TypeSpec::Macaddr8 {} => ("00:00:00:00:00:00:00:00", vec![0; 8]),
            TypeSpec::Bytea {} => ("\\x", Vec::new()),
            TypeSpec::Tsvector {} => ("", vec![0; 4]),
            _ => return None,
        };
        Some(Self {
            text: text.into(),
            binary,
        })
    }

    /// A given constant as a value of a type; None where it is not a valid one in the type's plain
    /// text format, or the type takes none that is given.
    pub(crate) fn given(type_: &TypeSpec, value: &str) -> Option<Self> {
        let text = value.as_bytes();
        let binary = match type_ {
            TypeSpec::Text { max_chars, pad } => return texts(value, *max_chars, *pad),
            TypeSpec::Name {} => {
                let fits = text.len() <= NAME_BYTES;
                return fits.then(|| Self {
                    text: text.into(),
                    binary: text.into(),
                });
            }
            TypeSpec::Enum { labels } => {
                let known = labels.iter().any(|label| label == value);
                known.then(|| text.to_vec())?
            }
            TypeSpec::Bool {} => match value {
                "t" | "true" => return Some(Self::pair("t", vec![1])),
                "f" | "false" => return Some(Self::pair("f", vec![0])),
                _ => return None,
            },
            TypeSpec::Int2 {} => i16::try_from(integer::parse(text)?)
                .ok()?
                .to_be_bytes()
                .into(),
            TypeSpec::Int4 {} => i32::try_from(integer::parse(text)?)
                .ok()?
                .to_be_bytes()
                .into(),
            TypeSpec::Int8 {} => integer::parse(text)?.to_be_bytes().into(),
            TypeSpec::Float4 {} => (float::parse(text, false)? as f32).to_be_bytes().into(),
            TypeSpec::Float8 {} => float::parse(text, true)?.to_be_bytes().into(),
            TypeSpec::Numeric { precision, scale } => {
                let decimal = numeric::read(Format::Text, text)?;
                if !decimal.fits(*precision, *scale) {
                    return None;
                }
                let mut binary = Vec::new();
                decimal.write(Format::Binary, &mut binary);
                binary
            }
            TypeSpec::Date {} => {
                let day = date::read_date(Format::Text, text)?;
                i32::try_from(day).ok()?.to_be_bytes().into()
            }
            TypeSpec::Timestamp {} => instant(text, false)?,
            TypeSpec::Timestamptz {} => instant(text, true)?,
            TypeSpec::Uuid {} => uuid::parse(text)?.into(),
            TypeSpec::Inet {} => inet::binary(text, false)?,
            TypeSpec::Cidr {} => inet::binary(text, true)?,
            TypeSpec::Macaddr {} => macaddr::read(text, 6)?,
            TypeSpec::Macaddr8 {} => macaddr::read(text, 8)?,
            _ => return None,
        };
        Some(Self::pair(value, binary))
    }

    fn pair(text: &str, binary: Vec<u8>) -> Self {
        Self {
            text: text.into(),
            binary,
        }
    }

    pub(crate) fn apply(&self, format: Format, out: &mut Vec<u8>) -> Outcome {
        out.extend_from_slice(match format {
            Format::Text => &self.text,
            Format::Binary => &self.binary,
        });
        Outcome::Value
    }
}

/// The bytes of PostgreSQL's type `name`.
const NAME_BYTES: usize = 63;

/// The binary format of a timestamp.
fn instant(text: &[u8], zoned: bool) -> Option<Vec<u8>> {
    let (value, _) = date::read_timestamp(Format::Text, text, zoned)?;
    Some(value.to_be_bytes().into())
}

/// A text with blanks up to the declared length where the type has them.
fn texts(value: &str, max_chars: Option<u32>, pad: bool) -> Option<Constant> {
    let count = count_chars(value.as_bytes());
    let max = max_chars.map_or(usize::MAX, |max| max as usize);
    let mut text = value.as_bytes().to_vec();
    if pad && max_chars.is_some() {
        text.resize(text.len() + max.saturating_sub(count), b' ');
    }
    (count <= max).then(|| Constant {
        binary: text.clone(),
        text,
    })
}

#[cfg(test)]
mod tests {
    use crate::cell::Format;
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::{masked_text, masked_with, run};

    fn given(value: &str, type_: &TypeSpec, raw: &str) -> Option<String> {
        let value = value.into();
        masked_with(&OperatorSpec::Constant { value }, type_, raw)
    }

    #[test]
    fn given_values_are_of_the_type_or_null() {
        let text = |max_chars| TypeSpec::Text {
            max_chars,
            pad: false,
        };
        let as_given = |value: &str, type_: &TypeSpec| {
            assert_eq!(
                given(value, type_, "1").as_deref(),
                Some(value),
                "{type_:?}"
            );
        };
        as_given("hidden", &text(None));
        as_given("hidden", &TypeSpec::Name {});
        as_given("-7", &TypeSpec::Int2 {});
        as_given("1.5", &TypeSpec::Float8 {});
        as_given("1900-01-01", &TypeSpec::Date {});
        as_given("1900-01-01 00:00:00", &TypeSpec::Timestamp {});
        as_given("1900-01-01 00:00:00+00", &TypeSpec::Timestamptz {});
        as_given("192.0.2.1", &TypeSpec::Inet {});
        as_given("02:00:00:00:00:01", &TypeSpec::Macaddr {});
        as_given("00112233-4455-4677-8899-aabbccddeeff", &TypeSpec::Uuid {});
        assert_eq!(given("true", &TypeSpec::Bool {}, "f").as_deref(), Some("t"));
        assert_eq!(given("40000", &TypeSpec::Int2 {}, "1"), None);
        assert_eq!(given("hidden", &TypeSpec::Int4 {}, "1"), None);
        assert_eq!(given("hidden", &text(Some(5)), "x"), None);
        assert_eq!(given("2024-02-30", &TypeSpec::Date {}, "2024-01-01"), None);
        assert_eq!(given("x", &TypeSpec::Interval {}, "1 day"), None);
        let char = TypeSpec::Text {
            max_chars: Some(8),
            pad: true,
        };
        assert_eq!(
            given("hidden", &char, "raw     ").as_deref(),
            Some("hidden  ")
        );
        let label = |labels: &[&str]| TypeSpec::Enum {
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        };
        assert_eq!(given("a", &label(&["a", "b"]), "b").as_deref(), Some("a"));
        assert_eq!(given("c", &label(&["a", "b"]), "b"), None);
    }

    #[test]
    fn given_numbers_are_the_same_in_binary() {
        let binary = |value: &str, type_: &TypeSpec| {
            let value = value.into();
            run(
                &OperatorSpec::Constant { value },
                type_,
                Format::Binary,
                b"",
            )
            .unwrap()
        };
        assert_eq!(binary("-2", &TypeSpec::Int4 {}), (-2i32).to_be_bytes());
        assert_eq!(binary("2000-01-02", &TypeSpec::Date {}), 1i32.to_be_bytes());
        assert_eq!(
            binary("2000-01-01 00:00:01+00", &TypeSpec::Timestamptz {}),
            1_000_000i64.to_be_bytes()
        );
        assert_eq!(
            binary("192.0.2.1", &TypeSpec::Inet {}),
            [2, 32, 0, 4, 192, 0, 2, 1]
        );
        let numeric = TypeSpec::Numeric {
            precision: Some(4),
            scale: Some(2),
        };
        assert_eq!(
            binary("1.50", &numeric),
            [0, 2, 0, 0, 0, 0, 0, 2, 0, 1, 19, 136]
        );
        assert_eq!(given("123.5", &numeric, "1"), None);
    }

    #[test]
    fn documents_take_given_values_and_tags() {
        let json = TypeSpec::Jsonb { mask_keys: false };
        let masked = |op: &OperatorSpec| masked_with(op, &json, r#"["a",5,null]"#).unwrap();
        let constant = |value: &str| OperatorSpec::Constant {
            value: value.into(),
        };
        assert_eq!(masked(&constant("x")), r#"["x",null,null]"#);
        assert_eq!(masked(&constant("7")), r#"["7",7,null]"#);
        assert_eq!(masked(&OperatorSpec::Tag {}), r#"["<TEST>",0,null]"#);
    }

    #[test]
    fn redacted_values_are_constants_of_their_type() {
        let redacted = |type_: &TypeSpec, raw| masked_with(&OperatorSpec::Redact {}, type_, raw);
        assert_eq!(redacted(&TypeSpec::Int4 {}, "42").as_deref(), Some("0"));
        assert_eq!(
            redacted(&TypeSpec::Date {}, "2024-02-29").as_deref(),
            Some("2000-01-01")
        );
        assert_eq!(
            redacted(&TypeSpec::Json { mask_keys: false }, "[\"a\",5]").as_deref(),
            Some("[\"[redacted]\",0]")
        );
    }

    #[test]
    fn booleans_tell_nothing() {
        assert_eq!(
            masked_text(&TypeSpec::Bool {}, "t"),
            masked_text(&TypeSpec::Bool {}, "f")
        );
    }
}
