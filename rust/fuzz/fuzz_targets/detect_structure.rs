//! The walk by structure and the decoders over any bytes: no panic, spans within the text, and no
//! more output than a bound times the input.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scrim_detect::{decoded, walk, walk_structured, DEPTH};

fuzz_target!(|text: &[u8]| {
    let mut bytes = 0;
    walk(text, &mut |pair| {
        for span in [&pair.key, &pair.parent, &pair.value] {
            assert!(span.start <= span.end && span.end <= text.len());
        }
        bytes += pair.value.len();
    });
    assert!(bytes <= 12 * text.len());
    walk_structured(text, &mut |pair| assert!(!pair.value.is_empty()));
    decoded(text, DEPTH, &mut |view| {
        assert!(view.bytes().len() <= text.len());
        let mut last = 0;
        for at in 0..view.bytes().len() {
            let span = view.original(&(at..at + 1));
            assert!(span.start >= last && span.start < span.end && span.end <= text.len());
            last = span.start;
        }
    });
});
