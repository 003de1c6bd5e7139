//! Labelled texts that the tagger is trained on.
//!
//! A document of the training file is one line of JSON: `{"t": text, "s": [[start, end, "LABEL"]]}`
//! with byte offsets; the label `?` says that it is not known whether the span names anything.

use super::label::{first, is_first, later, Label};
use super::token::{Token, Tokeniser};

/// In place of a label: none is known.
pub(super) const ANY: u8 = u8::MAX;

/// A labelled text.
pub struct Document {
    pub(super) tokens: Vec<Token>,
    /// The label of each token, or [`ANY`].
    pub(super) gold: Vec<u8>,
}

impl Document {
    /// Reads one line of the training file.
    ///
    /// # Errors
    /// The line is not of the form.
    pub fn parse(line: &str) -> Result<Self, String> {
        let value: serde_json::Value =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = value["t"].as_str().ok_or("no text")?;
        let tokens: Vec<Token> = Tokeniser::new(text.as_bytes())
            .take(super::WINDOW)
            .collect();
        let mut gold = vec![0; tokens.len()];
        for span in value["s"].as_array().ok_or("no spans")? {
            let offset = |at: usize| span[at].as_u64().and_then(|at| usize::try_from(at).ok());
            let (start, end) = offset(0).zip(offset(1)).ok_or("no offsets")?;
            let name = span[2].as_str().ok_or("no label")?;
            let label = Label::MODELLED
                .iter()
                .position(|label| label.name() == name);
            let mut inside = false;
            for (token, gold) in tokens.iter().zip(&mut gold) {
                if token.start >= end || token.end <= start {
                    continue;
                }
                let tag = label.map(|label| if inside { later(label) } else { first(label) });
                *gold = tag.and_then(|tag| u8::try_from(tag).ok()).unwrap_or(ANY);
                inside = true;
            }
        }
        Ok(Self { tokens, gold })
    }

    /// Number of tokens.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether a span begins at some token.
    #[must_use]
    pub fn has_spans(&self) -> bool {
        self.gold
            .iter()
            .any(|&tag| tag != ANY && is_first(usize::from(tag)))
    }
}
