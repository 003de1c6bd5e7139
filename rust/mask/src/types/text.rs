//! text, varchar, char(n) and name: the same bytes in both formats.

use std::fmt;
use std::sync::Arc;

use crate::cell::{Outcome, TextScrubber};
use crate::operators::TextMask;

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

    pub(crate) fn apply(&self, cell: &[u8], out: &mut Vec<u8>) -> Outcome {
        let start = out.len();
        match std::str::from_utf8(cell) {
            Ok(text) => self.mask.apply(text, out),
            Err(_) => self.mask.apply_foreign(cell, out),
        }
        if let (true, Some(width)) = (self.pad, self.mask.max_chars()) {
            let chars = count_chars(&out[start..]);
            out.resize(out.len() + width.saturating_sub(chars), b' ');
        }
        Outcome::Value
    }
}

/// Characters of text that is UTF-8, or bytes of ASCII.
pub(crate) fn count_chars(text: &[u8]) -> usize {
    text.iter().filter(|byte| (**byte & 0xc0) != 0x80).count()
}

/// Searches a text.
pub(crate) struct ScanText {
    scrubber: Arc<dyn TextScrubber + Send + Sync>,
    max_chars: Option<usize>,
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
    ) -> Self {
        Self {
            scrubber,
            max_chars: max_chars.map(|chars| chars as usize),
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
        out.extend_from_slice(&scrubbed.as_bytes()[..kept]);
        Outcome::Value
    }
}
