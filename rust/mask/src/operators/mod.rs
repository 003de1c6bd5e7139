//! What replaces a text, one operator a file.
//!
//! An operator writes its replacement and returns true, or returns false where the text is not of
//! its kind or the room does not suffice; then the generic text operator answers. Whatever an
//! operator wrote is checked here once more: it must fit, and it must not show the raw text.

mod compact;
mod text;

use std::sync::Arc;

use crate::error::Error;
use crate::prf::DomainKey;
use crate::spec::OperatorSpec;
use crate::types::text::count_chars;

/// Purposes of the keyed hash, so that no two operators share their choices.
pub(crate) mod purpose {
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const COMPACT: u8 = 2;
}

/// What an operator is given.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) key: &'a DomainKey,
    /// The raw text without surrounding white space, never empty.
    pub(crate) text: &'a str,
    /// The most characters that the type takes.
    pub(crate) room: usize,
}

#[derive(Debug)]
enum Operator {
    Redact,
    Text,
}

/// An operator with its key and the type's length.
#[derive(Debug)]
pub(crate) struct TextMask {
    operator: Operator,
    key: Arc<DomainKey>,
    max_chars: Option<usize>,
}

impl TextMask {
    pub(crate) fn new(
        spec: &OperatorSpec,
        key: Arc<DomainKey>,
        max_chars: Option<u32>,
    ) -> Result<Self, Error> {
        let operator = match spec {
            OperatorSpec::Redact {} => Operator::Redact,
            _ => Operator::Text,
        };
        Ok(Self { operator, key, max_chars: max_chars.map(|chars| chars as usize) })
    }

    pub(crate) fn max_chars(&self) -> Option<usize> {
        self.max_chars
    }

    /// Appends the replacement of a text; white space alone becomes the empty text.
    pub(crate) fn apply(&self, text: &str, out: &mut Vec<u8>) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        let room = self.max_chars.unwrap_or(usize::MAX);
        let input = Input { key: &self.key, text: trimmed, room };
        let start = out.len();
        if self.write(&input, out) && acceptable(&out[start..], trimmed, room) {
            return;
        }
        out.truncate(start);
        if text::write(&input, out) && acceptable(&out[start..], trimmed, room) {
            return;
        }
        out.truncate(start);
        compact::write(&input, out);
    }

    /// Appends an ASCII replacement of bytes in an unknown encoding.
    pub(crate) fn apply_foreign(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let room = self.max_chars.unwrap_or(usize::MAX);
        compact::write(&Input { key: &self.key, text: &text, room }, out);
    }

    fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        match &self.operator {
            Operator::Redact => {
                out.extend_from_slice(b"[redacted]");
                true
            }
            Operator::Text => text::write(input, out),
        }
    }
}

/// Whether a replacement fits and does not show the raw text.
fn acceptable(masked: &[u8], raw: &str, room: usize) -> bool {
    (masked.len() <= room || count_chars(masked) <= room) && !shows(masked, raw.as_bytes())
}

/// Whether the raw text stands in the replacement, in any ASCII case.
fn shows(masked: &[u8], raw: &[u8]) -> bool {
    if raw.len() < 4 || raw.len() >= masked.len() {
        return masked.eq_ignore_ascii_case(raw);
    }
    masked.windows(raw.len()).any(|window| window.eq_ignore_ascii_case(raw))
}
