//! Names of persons, organisations and places, addresses, titles and dates in free English text.
//!
//! A linear model labels every token of a text. The text is cut into tokens (`token`, `form`, `letters`),
//! each is described by hashed features of its neighbourhood (`features`), their weights are added
//! up, and the best row of labels is taken (`decode`). Weights and word list come from one file
//! (`model`) that `scripts/train_tagger.py` makes from generated text (`training`, `document`). All arithmetic
//! is on integers, so that the same text has the same tags everywhere.
//!
//! Time is linear in the length of the text. A text is read in windows of at most 1024
//! tokens, so memory does not depend on its length, save for the tags themselves.

mod decode;
#[cfg(feature = "tagger-training")]
mod document;
mod features;
mod form;
mod label;
mod letters;
mod model;
mod prose;
mod token;
#[cfg(feature = "tagger-training")]
pub mod training;

use std::cell::RefCell;

use crate::bytes::run_end;
use decode::{Chunk, Search};
use features::{look_at, View};
use form::hash_of_letters;
pub use label::Label;
pub use model::BadModel;
use model::Model;
pub use prose::looks_like_prose;
use token::{Shape, Token, Tokeniser};

/// Most tokens that are labelled together.
const WINDOW: usize = 1024;
/// Fewest tokens of a full window; it ends at the last line or sentence behind them.
const WINDOW_KEPT: usize = 512;

/// Margin, in units of training, at which a span is as likely right as most are.
const SURE: i32 = 12;

static TRAINED: &[u8] = include_bytes!("../../models/tagger.bin");

/// A span of the text that names something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tagged {
    /// First byte.
    pub start: usize,
    /// First byte after it.
    pub end: usize,
    /// What it is.
    pub label: Label,
    /// How sure the model is, from 0.5 to 1.
    pub confidence: f32,
}

/// Memory of a tagger that is used again for the next text of the thread.
#[derive(Default)]
struct Scratch {
    tokens: Vec<Token>,
    views: Vec<View>,
    chunks: Vec<Chunk>,
    search: Search,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Labels the names in texts.
pub struct Tagger {
    model: Model,
}

impl Tagger {
    /// The tagger with the model that is part of the program.
    ///
    /// # Errors
    /// The model file that the program was built with is not of this version.
    pub fn embedded() -> Result<Self, BadModel> {
        Self::read(TRAINED)
    }

    /// The tagger with another model.
    ///
    /// # Errors
    /// The bytes are not a model of this version.
    pub fn read(model: &[u8]) -> Result<Self, BadModel> {
        Ok(Self {
            model: Model::read(model)?,
        })
    }

    /// Adds the spans of `text` that name something to `out`, in order and without overlaps.
    ///
    /// The text need not be valid UTF-8.
    pub fn tag(&self, text: &[u8], out: &mut Vec<Tagged>) {
        if self.is_plain_note(text) {
            return;
        }
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => self.tag_with(text, &mut scratch, out),
            Err(_) => self.tag_with(text, &mut Scratch::default(), out),
        });
    }

    /// Whether a text is a note of ordinary words, none of which can be a name: told without
    /// cutting it into tokens, and only where that would come to the same.
    pub(crate) fn is_plain_note(&self, text: &[u8]) -> bool {
        let mut at = 0;
        while at < text.len() {
            let end = run_end(text, at, |byte| byte.is_ascii_alphabetic());
            if end > at {
                let capital = text[at].is_ascii_uppercase();
                if text[at + 1..end].iter().any(u8::is_ascii_uppercase) {
                    return false;
                }
                let classes = self.model.words.classes(hash_of_letters(&text[at..end]));
                // A capital by itself is an initial.
                let initial = capital && end - at == 1;
                if initial || !features::is_ordinary(classes, capital, at == 0) {
                    return false;
                }
            }
            if !matches!(text.get(end), None | Some(b' ' | b',' | b'.')) {
                return false;
            }
            at = end + 1;
        }
        true
    }

    fn tag_with(&self, text: &[u8], scratch: &mut Scratch, out: &mut Vec<Tagged>) {
        let mut tokeniser = Tokeniser::new(text);
        loop {
            fill(&mut tokeniser, &mut scratch.tokens);
            if scratch.tokens.is_empty() {
                return;
            }
            look_at(&scratch.tokens, &self.model.words, &mut scratch.views);
            if !scratch.views.iter().any(View::may_name) {
                continue;
            }
            scratch.chunks.clear();
            scratch
                .search
                .run(&self.model, &scratch.views, &mut scratch.chunks);
            self.report(text, &scratch.tokens, &scratch.chunks, out);
        }
    }

    /// Turns the spans of tokens into spans of bytes.
    fn report(&self, text: &[u8], tokens: &[Token], chunks: &[Chunk], out: &mut Vec<Tagged>) {
        for chunk in chunks {
            let (start, end) = (tokens[chunk.first].start, tokens[chunk.last].end);
            let inside = text[start..end].trim_ascii();
            if inside.is_empty() {
                continue;
            }
            out.push(Tagged {
                start,
                end: start + inside.len(),
                label: chunk.label,
                confidence: self.confidence(chunk.margin),
            });
        }
    }

    /// A half for a tie, three quarters at [`SURE`] units of training, towards 1.
    fn confidence(&self, margin: i32) -> f32 {
        // Both are far below the 24 bits that a float holds exactly.
        #[allow(clippy::cast_precision_loss)]
        let (margin, unit) = (
            margin.clamp(0, 1 << 20) as f32,
            (SURE * self.model.scale) as f32,
        );
        0.5 + 0.5 * margin / (margin + unit)
    }
}

/// Takes the tokens of the next window from the tokeniser.
fn fill(tokeniser: &mut Tokeniser<'_>, tokens: &mut Vec<Token>) {
    tokens.clear();
    tokens.extend(tokeniser.by_ref().take(WINDOW));
    if tokens.len() < WINDOW {
        return;
    }
    let ends = |token: &Token| token.shape.is_break() || token.shape == Shape::Period;
    let cut = tokens[WINDOW_KEPT..].iter().rposition(ends);
    if let Some(cut) = cut {
        tokens.truncate(WINDOW_KEPT + cut + 1);
    }
    if let Some(last) = tokens.last() {
        tokeniser.rewind(last.end);
    }
}

#[cfg(test)]
mod tests;
