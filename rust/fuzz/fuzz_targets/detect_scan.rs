//! The scanner over any bytes, as any column and under any key: no panic, and findings that callers
//! can rely on. Recognisers of every kind are compiled, the tagger among them.

#![no_main]

#[path = "../../detect/tests/entities/mod.rs"]
mod entities;

use std::sync::LazyLock;

use entities::specs;
use libfuzzer_sys::fuzz_target;
use scrim_detect::{Detector, Evidence, Finding};

static DETECTOR: LazyLock<Detector> =
    LazyLock::new(|| Detector::new(&specs()).expect("the entities are known"));

fn check(text: &[u8], findings: &[Finding]) {
    let utf8 = std::str::from_utf8(text).ok();
    let mut last = 0;
    for finding in findings {
        assert!(finding.start >= last && finding.start < finding.end && finding.end <= text.len());
        assert!(usize::from(finding.entity) < DETECTOR.names().len());
        assert!((0.0..=1.0).contains(&finding.confidence));
        assert!(finding.evidence != Evidence::default());
        if let Some(text) = utf8 {
            assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
        }
        last = finding.end;
    }
}

fuzz_target!(|input: (Option<u8>, &[u8], &[u8])| {
    let (hint, key, text) = input;
    let mut findings = Vec::new();
    DETECTOR.scan(text, hint.map(u16::from), &mut findings);
    check(text, &findings);
    findings.clear();
    DETECTOR.scan_named(key, b"", text, &mut findings);
    check(text, &findings);
    let mut candidates = Vec::new();
    DETECTOR.candidates(text, &mut candidates);
    assert!(candidates
        .iter()
        .all(|&entity| usize::from(entity) < DETECTOR.names().len()));
});
