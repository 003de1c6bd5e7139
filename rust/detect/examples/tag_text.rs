//! Tags JSON lines `{"text": ...}` from stdin: prints each with its `spans`, in bytes.
//!
//! `tag_text MODEL` reads a model file, `tag_text` takes the embedded one. With `--speed FILE`
//! after the model, prints the speed over the file instead.

#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::error::Error;
use std::io::{stdin, BufRead};
use std::time::Instant;

use scrim_detect::tagger::Tagger;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tagger = match arguments.first().map(String::as_str) {
        None | Some("-") => Tagger::embedded(),
        Some(path) => Tagger::read(&std::fs::read(path)?),
    };
    let tagger = tagger.map_err(|_| "not a model of this version")?;
    let mut out = Vec::new();
    if let [_, option, file] = &arguments[..] {
        if option == "--speed" {
            let text = std::fs::read(file)?;
            for _ in 0..3 {
                out.clear();
                let start = Instant::now();
                tagger.tag(&text, &mut out);
                let seconds = start.elapsed().as_secs_f64();
                let speed = text.len() as f64 / seconds / 1e6;
                println!("{speed:.1} MB/s, {} spans", out.len());
            }
            return Ok(());
        }
    }
    for line in stdin().lock().lines() {
        let mut value: serde_json::Value = serde_json::from_str(&line?)?;
        out.clear();
        tagger.tag(
            value["text"].as_str().ok_or("no text")?.as_bytes(),
            &mut out,
        );
        let spans = out.iter().map(|found| {
            serde_json::json!([found.start, found.end, found.label.name(), found.confidence])
        });
        value["tags"] = spans.collect();
        println!("{value}");
    }
    Ok(())
}
