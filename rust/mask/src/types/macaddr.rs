//! macaddr and macaddr8: bytes in hexadecimal with colons, or the bytes.

use std::io::Write as _;
use std::sync::Arc;

use crate::cell::{Format, Outcome};
use crate::operators::purpose;
use crate::prf::DomainKey;

/// Replaces a hardware address by a locally administered one, which no vendor assigns.
#[derive(Debug)]
pub(crate) struct Macaddr {
    key: Arc<DomainKey>,
    bytes: usize,
}

impl Macaddr {
    /// Six or eight bytes.
    pub(crate) fn new(key: Arc<DomainKey>, bytes: usize) -> Self {
        Self { key, bytes }
    }

    pub(crate) fn apply(&self, format: Format, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let mut raw = [0; 8];
        let raw = &mut raw[..self.bytes];
        let read = match format {
            Format::Binary => {
                cell.len() == raw.len() && {
                    raw.copy_from_slice(cell);
                    true
                }
            }
            Format::Text => parse(cell, raw).is_some(),
        };
        let mut masked = [0; 8];
        let masked = &mut masked[..self.bytes];
        self.key.stream(purpose::MAC, raw).fill(masked);
        // Locally administered, and not a group.
        masked[0] = masked[0] & 0xfc | 0x02;
        if !read || masked == raw {
            return Outcome::Null;
        }
        match format {
            Format::Binary => out.extend_from_slice(masked),
            Format::Text => {
                for (at, byte) in masked.iter().enumerate() {
                    // Writing to memory cannot fail.
                    let _ = write!(out, "{}{byte:02x}", if at == 0 { "" } else { ":" });
                }
            }
        }
        Outcome::Value
    }
}

fn parse(text: &[u8], out: &mut [u8]) -> Option<()> {
    if text.len() != out.len() * 3 - 1 {
        return None;
    }
    for (byte, part) in out.iter_mut().zip(text.chunks(3)) {
        let digit = |at: usize| char::from(part[at]).to_digit(16);
        *byte = (digit(0)? << 4 | digit(1)?) as u8;
        if part.get(2).is_some_and(|separator| *separator != b':') {
            return None;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use crate::spec::TypeSpec;
    use crate::types::tests::{both, masked_binary, masked_text};

    fn decode(cell: &[u8]) -> String {
        cell.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<Vec<_>>()
            .join(":")
    }

    #[test]
    fn formats_agree_on_a_local_address() {
        let raw = [8, 0, 0x2b, 1, 2, 3];
        let masked = both(&TypeSpec::Macaddr {}, "08:00:2b:01:02:03", &raw, decode);
        assert_eq!(u8::from_str_radix(&masked[..2], 16).unwrap() & 3, 2);
        let raw = [8, 0, 0x2b, 1, 2, 3, 4, 5];
        both(
            &TypeSpec::Macaddr8 {},
            "08:00:2b:01:02:03:04:05",
            &raw,
            decode,
        );
    }

    #[test]
    fn what_is_no_address_is_null() {
        for raw in [
            "",
            "08:00:2b:01:02",
            "08-00-2b-01-02-03",
            "08:00:2b:01:02:0g",
        ] {
            assert_eq!(masked_text(&TypeSpec::Macaddr {}, raw), None);
        }
        assert_eq!(masked_binary(&TypeSpec::Macaddr {}, &[0; 8]), None);
    }
}
