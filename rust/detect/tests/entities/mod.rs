//! Entities of every kind, for what holds of any text; `rust/fuzz` takes them from here.

use scrim_detect::EntitySpec;

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn named(name: &str, shape: &str) -> EntitySpec {
    EntitySpec {
        name: name.to_owned(),
        ..EntitySpec::of_shape(shape, &["id", "番号"])
    }
}

/// All native shapes, and entities of every form.
pub(crate) fn specs() -> Vec<EntitySpec> {
    let native = EntitySpec::SHAPES.iter().map(|shape| EntitySpec {
        columns: strings(&[shape]),
        ..EntitySpec::of_shape(shape, &["key", "電話"])
    });
    let forms = [
        EntitySpec {
            formats: strings(&["###~##~####", "@@######", "*{8,10}"]),
            checksum: None,
            columns: strings(&["member_id"]),
            ..named("xx.code", "code")
        },
        EntitySpec {
            formats: strings(&["#{11}"]),
            checksum: Some("luhn".to_owned()),
            confidence: Some(0.6),
            bare_confidence: Some(0.55),
            ..named("xx.checked", "code")
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
            pattern: Some("LC-[0-9]{4,}|é+x".to_owned()),
            ..named("xx.pattern", "pattern")
        },
        EntitySpec {
            columns: strings(&["nickname"]),
            label: Some("PERSON".to_owned()),
            ..named("person.name", "column")
        },
        EntitySpec {
            label: Some("PLACE".to_owned()),
            ..named("contact.place", "column")
        },
    ];
    native.chain(forms).collect()
}
