//! The scanner over any bytes, as any column and under any key: no panic, and findings that callers
//! can rely on. Recognisers of every kind are compiled, the tagger among them.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scrim_detect::{Detector, EntitySpec, Evidence, Finding};

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn named(name: &str, shape: &str) -> EntitySpec {
    EntitySpec {
        name: name.to_owned(),
        ..EntitySpec::of_shape(shape, &["id", "番号"])
    }
}

/// All native shapes, and one entity of every form.
fn specs() -> Vec<EntitySpec> {
    let native = EntitySpec::SHAPES.iter().map(|shape| EntitySpec {
        columns: strings(&[shape]),
        ..EntitySpec::of_shape(shape, &["key", "電話"])
    });
    let forms = [
        EntitySpec {
            formats: strings(&["###~##~####", "@@######", "*{8,10}", "#{11}"]),
            columns: strings(&["member_id"]),
            ..named("xx.code", "code")
        },
        EntitySpec {
            prefixes: strings(&["tok_", "key-"]),
            pattern: Some("(?:tok_|key-)[A-Za-z0-9]{12,}".to_owned()),
            ..named("secret.token", "token")
        },
        EntitySpec {
            keys: strings(&["acme token", "pwd"]),
            pattern: Some("[!-~]{8,}".to_owned()),
            ..named("secret.assigned", "assigned")
        },
        EntitySpec {
            words: strings(&["diabetes", "heart failure", "糖尿病"]),
            ..named("health.words", "words")
        },
        EntitySpec {
            pattern: Some("LC-[0-9]{4,}".to_owned()),
            ..named("xx.pattern", "pattern")
        },
        EntitySpec {
            columns: strings(&["nickname"]),
            label: Some("PERSON".to_owned()),
            ..named("person.name", "column")
        },
    ];
    native.chain(forms).collect()
}

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
