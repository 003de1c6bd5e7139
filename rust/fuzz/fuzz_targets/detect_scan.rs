//! The scanner over any bytes, as any column: no panic, and findings that callers can rely on.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrim_detect::{Detector, EntitySpec};

const SHAPES: [&str; 12] = [
    "email",
    "phone",
    "card",
    "iban",
    "ssn",
    "ipv4",
    "ipv6",
    "aws_access_key",
    "aws_secret_key",
    "jwt",
    "pem_private_key",
    "connection_string",
];

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    let specs: Vec<EntitySpec> = SHAPES
        .iter()
        .map(|shape| EntitySpec {
            name: (*shape).to_owned(),
            shape: (*shape).to_owned(),
            pattern: None,
            keywords: vec!["key".to_owned(), "電話".to_owned()],
            checksum: None,
            min_confidence: 0.5,
        })
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
        assert!(usize::from(finding.entity) < SHAPES.len());
        last = finding.end;
    }
});
