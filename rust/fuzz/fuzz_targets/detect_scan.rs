//! The scanner over any bytes, as any column: no panic, and findings that callers can rely on.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrim_detect::{Detector, EntitySpec};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let specs: Vec<EntitySpec> = EntitySpec::SHAPES
        .iter()
        .map(|shape| EntitySpec::of_shape(shape, &["key", "電話"]))
        .collect();
    Detector::new(&specs).expect("the shapes are known")
});

fuzz_target!(|input: (Option<u8>, &[u8])| {
    let (hint, text) = input;
    let mut findings = Vec::new();
    DETECTOR.scan(text, hint.map(u16::from), &mut findings);
    let mut last = 0;
    for finding in &findings {
        assert!(finding.start >= last && finding.start < finding.end && finding.end <= text.len());
        assert!(usize::from(finding.entity) < EntitySpec::SHAPES.len());
        last = finding.end;
    }
});
