//! The models over any bytes: the tagger of free text, the classifier of values, and its file.

#![no_main]

use std::hint::black_box;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrim_detect::classify::{builtin, tally, Model};
use scrim_detect::tagger::{looks_like_prose, Tagger};

static TAGGER: LazyLock<Tagger> =
    LazyLock::new(|| Tagger::embedded().expect("the model is of this version"));

fuzz_target!(|text: &[u8]| {
    black_box(looks_like_prose(text));
    let mut tags = Vec::new();
    TAGGER.tag(text, &mut tags);
    let mut last = 0;
    for tag in &tags {
        assert!(tag.start >= last && tag.start < tag.end && tag.end <= text.len());
        assert!((0.5..=1.0).contains(&tag.confidence));
        last = tag.end;
    }
    black_box(tally(builtin(), text.split(|&byte| byte == b'\n')));
    if let Ok(model) = Model::parse(text) {
        black_box(tally(&model, std::iter::once(text)));
    }
});
