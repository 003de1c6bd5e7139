//! "char": one byte, which in text is written in octal where it is not ASCII.

use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::layout::{class_of, permute};
use crate::operators::{purpose, tweak};
use crate::prf::DomainKey;

/// Replaces the byte by another of its class, or by a letter.
#[derive(Debug)]
pub(crate) struct Char1 {
    key: Arc<DomainKey>,
}

impl Char1 {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let byte = match (format, cell) {
            // The zero byte is the empty text.
            (Format::Text, []) => return Outcome::Value,
            (Format::Binary, [0]) => {
                out.push(0);
                return Outcome::Value;
            }
            (_, [byte]) => *byte,
            (Format::Text, [b'\\', octal @ ..]) if octal.len() == 3 => {
                let digits = octal.iter().all(|digit| matches!(digit, b'0'..=b'7'));
                let value = octal
                    .iter()
                    .fold(0, |sum, digit| sum * 8 + u32::from(digit & 7));
                match u8::try_from(value) {
                    Ok(byte) if digits => byte,
                    _ => return Outcome::Null,
                }
            }
            _ => return Outcome::Null,
        };
        let mut masked = [byte];
        if !permute(&self.key, tweak::TEXT, &mut masked, |_, byte| {
            class_of(byte)
        }) {
            masked[0] = b'a' + self.key.stream(purpose::COMPACT, &masked).below(26) as u8;
        }
        out.extend_from_slice(&masked);
        Outcome::Value
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{masked_binary, masked_text};

    #[test]
    fn formats_agree() {
        for (text, byte) in [("M", b'M'), ("7", b'7'), ("-", b'-'), ("\\351", 0o351)] {
            let masked = masked_text(&TypeSpec::Char1 {}, text).unwrap();
            assert_eq!(
                masked_binary(&TypeSpec::Char1 {}, &[byte]),
                Some(masked.clone().into())
            );
            assert_ne!(masked, text);
        }
        assert_eq!(masked_text(&TypeSpec::Char1 {}, "").as_deref(), Some(""));
        assert_eq!(masked_text(&TypeSpec::Char1 {}, "ab"), None);
        assert_eq!(masked_text(&TypeSpec::Char1 {}, "\\999"), None);
    }
}
