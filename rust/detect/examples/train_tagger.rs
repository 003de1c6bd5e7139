//! Makes the tagger's model: `train_tagger DOCUMENTS WORDS MODEL [ROUNDS]`.
//!
//! `scripts/train_tagger.py` writes the documents and the words and runs this program.

// A program that shows its progress.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::fs;

use scrim_detect::tagger::training::{Document, Trainer};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [documents, words, model, rounds @ ..] = &arguments[..] else {
        return Err("usage: train_tagger DOCUMENTS WORDS MODEL [ROUNDS]".into());
    };
    let rounds: usize = rounds.first().map_or(Ok(4), |rounds| rounds.parse())?;
    let mut trainer = Trainer::new(&fs::read_to_string(words)?)?;
    let text = fs::read_to_string(documents)?;
    let documents: Vec<Document> = text
        .lines()
        .map(Document::parse)
        .collect::<Result<_, _>>()?;
    let tokens: usize = documents.iter().map(Document::len).sum();
    println!("{} documents, {tokens} tokens", documents.len());
    let mut order: Vec<usize> = (0..documents.len()).collect();
    for round in 1..=rounds {
        for at in (1..order.len()).rev() {
            let other = trainer.random(at as u64 + 1);
            order.swap(at, usize::try_from(other)?);
        }
        let part = order.len().div_ceil(4).max(1);
        for (quarter, part) in order.chunks(part).enumerate() {
            for &at in part {
                trainer.learn(&documents[at]);
            }
            println!(
                "round {round} of {rounds}, quarter {}: {} wrong tokens",
                quarter + 1,
                trainer.errors()
            );
        }
    }
    fs::write(model, trainer.model())?;
    println!("wrote {model}");
    Ok(())
}
