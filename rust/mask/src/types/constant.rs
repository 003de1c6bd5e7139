//! The constants that stand for redacted values of types that hold no text.

use crate::cell::{Format, Outcome};
use crate::spec::TypeSpec;

/// One value in both formats.
#[derive(Debug)]
pub(crate) struct Constant {
    text: &'static str,
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
        Some(Self { text, binary })
    }

    pub(crate) fn apply(&self, format: Format, out: &mut Vec<u8>) -> Outcome {
        out.extend_from_slice(match format {
            Format::Text => self.text.as_bytes(),
            Format::Binary => &self.binary,
        });
        Outcome::Value
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::{masked_text, masked_with};

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
