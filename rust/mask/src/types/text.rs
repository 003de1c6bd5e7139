//! text, varchar, char(n) and name: the same bytes in both formats.

use std::fmt;
use std::sync::Arc;

use crate::batch::Batch;
use crate::cell::{Outcome, TextScrubber};
use crate::operators::TextMask;
use crate::row::Row;

/// Replaces a text.
#[derive(Debug)]
pub(crate) struct Text {
    mask: TextMask,
    pad: bool,
}

impl Text {
    pub(crate) fn new(mask: TextMask, pad: bool) -> Self {
        Self { mask, pad }
    }

    pub(crate) fn apply(&self, cell: &[u8], row: Row<'_>, out: &mut Vec<u8>) -> Outcome {
        let start = out.len();
        if self.mask.restores() {
            return match std::str::from_utf8(cell) {
                Ok(text) if self.mask.restore(text, out) => self.finish(start, out),
                _ => Outcome::Null,
            };
        }
        match std::str::from_utf8(cell) {
            Ok(text) => self.mask.apply_row(text, row, out),
            Err(_) => self.mask.apply_foreign(cell, out),
        }
        self.finish(start, out)
    }

    /// As [`Text::apply`], but the replacement may wait in the batch.
    pub(crate) fn apply_batched(
        &self,
        cell: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> Outcome {
        let start = out.len();
        if self.mask.apply_short(cell, row, out, batch) {
            return self.finish(start, out);
        }
        self.apply(cell, row, out)
    }

    fn finish(&self, start: usize, out: &mut Vec<u8>) -> Outcome {
        if self.pad {
            fill(self.mask.max_chars(), start, out);
        }
        Outcome::Value
    }
}

/// Adds blanks until what stands from `start` on has the declared length.
fn fill(width: Option<usize>, start: usize, out: &mut Vec<u8>) {
    let missing = width
        .unwrap_or(0)
        .saturating_sub(count_chars(&out[start..]));
    out.resize(out.len() + missing, b' ');
}

/// Characters of text that is UTF-8, or bytes of ASCII.
pub(crate) fn count_chars(text: &[u8]) -> usize {
    text.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// Searches a text.
pub(crate) struct ScanText {
    scrubber: Arc<dyn TextScrubber + Send + Sync>,
    max_chars: Option<usize>,
    pad: bool,
}

impl fmt::Debug for ScanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScanText(..)")
    }
}

impl ScanText {
    pub(crate) fn new(
        scrubber: Arc<dyn TextScrubber + Send + Sync>,
        max_chars: Option<u32>,
        pad: bool,
    ) -> Self {
        Self {
            scrubber,
            max_chars: max_chars.map(|chars| chars as usize),
            pad,
        }
    }

    pub(crate) fn apply(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let mut scrubbed = String::new();
        // Bytes of another encoding are searched for what is ASCII in them; a finding cannot be
        // written back in that encoding, so the value goes.
        let Ok(text) = std::str::from_utf8(cell) else {
            let found = self
                .scrubber
                .scrub(&String::from_utf8_lossy(cell), &mut scrubbed);
            return if found {
                Outcome::Null
            } else {
                Outcome::Unchanged
            };
        };
        if !self.scrubber.scrub(text, &mut scrubbed) {
            return Outcome::Unchanged;
        }
        let kept = match self.max_chars {
            Some(max) => scrubbed
                .char_indices()
                .nth(max)
                .map_or(scrubbed.len(), |(at, _)| at),
            None => scrubbed.len(),
        };
        let start = out.len();
        out.extend_from_slice(&scrubbed.as_bytes()[..kept]);
        if self.pad {
            fill(self.max_chars, start, out);
        }
        Outcome::Value
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::Batch;
    use crate::operators::TextMask;
    use crate::prf::DomainKey;
    use crate::row::Row;
    use crate::spec::{OperatorSpec, TypeSpec};
    use crate::types::tests::{masked_binary, masked_text, scanned_text};

    fn char(max_chars: u32) -> TypeSpec {
        TypeSpec::Text {
            max_chars: Some(max_chars),
            pad: true,
        }
    }

    #[test]
    fn both_formats_are_the_same_bytes() {
        let masked = masked_text(&char(9), "Zelda    ").unwrap();
        assert_eq!(
            masked_binary(&char(9), b"Zelda    "),
            Some(masked.clone().into_bytes())
        );
        assert!(masked.len() == 9 && masked.ends_with("    "), "{masked}");
        assert_eq!(masked_text(&char(3), "   ").as_deref(), Some("   "));
    }

    #[test]
    fn other_encodings_become_ascii() {
        let type_ = TypeSpec::Text {
            max_chars: None,
            pad: false,
        };
        let masked = masked_binary(&type_, b"Zo\xeb").unwrap();
        assert!(masked.is_ascii() && masked != masked_binary(&type_, b"Zo\xe9").unwrap());
    }

    #[test]
    fn a_scan_keeps_the_declared_length() {
        assert_eq!(
            scanned_text(&char(9), "SECRET ab").as_deref(),
            Some("<found> a")
        );
        assert_eq!(
            scanned_text(&char(8), "SECRET  ").as_deref(),
            Some("<found> ")
        );
        assert_eq!(
            scanned_text(&char(12), "a SECRET    ").as_deref(),
            Some("a <found>   ")
        );
    }

    #[test]
    fn a_number_without_another_of_its_kind_does_not_wait() {
        let key = std::sync::Arc::new(DomainKey::new(&[3; 16], &[4; 16], &[5; 16]));
        let mask = TextMask::new(&OperatorSpec::Phone {}, key, None).unwrap();
        let text = super::Text::new(mask, false);
        let (mut alone, mut out, mut batch) = (Vec::new(), Vec::new(), Batch::default());
        text.apply(b"000000", Row::NONE, &mut alone);
        text.apply_batched(b"000000", Row::NONE, &mut out, &mut batch);
        batch.flush(&mut out);
        assert_eq!(out, alone);
        assert_ne!(out, b"000000");
    }
}
