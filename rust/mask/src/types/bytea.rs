//! bytea: hexadecimal or escaped text, or the bytes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::cell::{Format, Outcome, TextScrubber};
use crate::operators::purpose;
use crate::prf::DomainKey;

/// Longer values get a replacement of this length.
const LENGTH_MAX: usize = 4096;
const LENGTH_MIN: usize = 8;

/// Replaces bytes by keyed ones.
#[derive(Debug)]
pub(crate) struct Bytea {
    key: Arc<DomainKey>,
}

impl Bytea {
    pub(crate) fn new(key: Arc<DomainKey>) -> Self {
        Self { key }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(raw) = decode(format, cell) else {
            return Outcome::Null;
        };
        let length = if raw.is_empty() {
            0
        } else {
            raw.len().clamp(LENGTH_MIN, LENGTH_MAX)
        };
        let mut masked = vec![0; length];
        self.key.stream(purpose::BYTES, &raw).fill(&mut masked);
        encode(format, cell, &masked, out);
        Outcome::Value
    }
}

/// Searches bytes that are text.
pub(crate) struct ScanBytea {
    scrubber: Arc<dyn TextScrubber + Send + Sync>,
}

impl std::fmt::Debug for ScanBytea {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ScanBytea(..)")
    }
}

impl ScanBytea {
    pub(crate) fn new(scrubber: Arc<dyn TextScrubber + Send + Sync>) -> Self {
        Self { scrubber }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let Some(raw) = decode(format, cell) else {
            return Outcome::Null;
        };
        let mut scrubbed = String::new();
        // Pictures and archives are no UTF-8; what is found among their bytes takes the value.
        match std::str::from_utf8(&raw) {
            Ok(text) if !self.scrubber.scrub(text, &mut scrubbed) => Outcome::Unchanged,
            Ok(_) => {
                encode(format, cell, scrubbed.as_bytes(), out);
                Outcome::Value
            }
            Err(_)
                if self
                    .scrubber
                    .scrub(&String::from_utf8_lossy(&raw), &mut scrubbed) =>
            {
                Outcome::Null
            }
            Err(_) => Outcome::Unchanged,
        }
    }
}

fn decode(format: Format, cell: &[u8]) -> Option<Cow<'_, [u8]>> {
    if format == Format::Binary {
        return Some(Cow::Borrowed(cell));
    }
    if let Some(hex) = cell.strip_prefix(b"\\x") {
        if hex.len() % 2 != 0 {
            return None;
        }
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let bytes: Option<Vec<u8>> = hex
            .chunks_exact(2)
            .map(|pair| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8))
            .collect();
        return bytes.map(Cow::Owned);
    }
    let mut bytes = Vec::with_capacity(cell.len());
    let mut rest = cell;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
        } else if let Some(after) = rest.strip_prefix(b"\\") {
            bytes.push(b'\\');
            rest = after;
        } else {
            let (octal, after) = rest.split_at_checked(3)?;
            let value = octal.iter().try_fold(0u32, |sum, byte| {
                Some(sum * 8 + char::from(*byte).to_digit(8)?)
            })?;
            bytes.push(u8::try_from(value).ok()?);
            rest = after;
        }
    }
    Some(Cow::Owned(bytes))
}

/// Writes bytes in the format, and in text in the style, of the raw cell.
fn encode(format: Format, cell: &[u8], bytes: &[u8], out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    if format == Format::Binary {
        out.extend_from_slice(bytes);
    } else if cell.starts_with(b"\\x") {
        out.extend_from_slice(b"\\x");
        for byte in bytes {
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    } else {
        for byte in bytes {
            match byte {
                b'\\' => out.extend_from_slice(b"\\\\"),
                0x20..=0x7e => out.push(*byte),
                _ => out.extend_from_slice(&[
                    b'\\',
                    b'0' + (byte >> 6),
                    b'0' + (byte >> 3 & 7),
                    b'0' + (byte & 7),
                ]),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    #[test]
    fn formats_agree_in_both_text_styles() {
        let raw = b"Zelda \\ \x00\xff raw";
        let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
        both(&TypeSpec::Bytea {}, &format!("\\x{hex}"), raw, |cell| {
            let hex: String = cell.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\x{hex}")
        });
        let escaped = masked_text(&TypeSpec::Bytea {}, "Zelda \\\\ \\000\\377 raw").unwrap();
        let decoded = decode(Format::Text, escaped.as_bytes())
            .unwrap()
            .into_owned();
        assert_eq!(masked_binary(&TypeSpec::Bytea {}, raw), Some(decoded));
    }

    #[test]
    fn lengths_are_bounded() {
        assert_eq!(
            masked_binary(&TypeSpec::Bytea {}, &[1; 100]).unwrap().len(),
            100
        );
        assert_eq!(
            masked_binary(&TypeSpec::Bytea {}, &[1; 10_000])
                .unwrap()
                .len(),
            4096
        );
        assert_eq!(masked_binary(&TypeSpec::Bytea {}, b"").unwrap().len(), 0);
    }

    #[test]
    fn broken_text_is_null() {
        for raw in ["\\x123", "\\xzz", "\\9", "\\777", "\\12"] {
            assert_eq!(masked_text(&TypeSpec::Bytea {}, raw), None);
        }
    }
}
