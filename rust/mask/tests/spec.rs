//! The rules as the deciding side writes them.

use scrim_mask::{ColumnRule, NamePart, OperatorSpec, TypeSpec};

fn rule(json: &str) -> Result<ColumnRule, serde_json::Error> {
    serde_json::from_str(json)
}

#[test]
fn rules_are_read_with_their_defaults() {
    let masked = r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"name"},
        "domain":"person.full"}"#;
    assert_eq!(
        rule(masked).unwrap(),
        ColumnRule::Mask {
            type_: TypeSpec::Text {
                max_chars: None,
                pad: false
            },
            operator: OperatorSpec::Name {
                part: NamePart::Full,
                of: Vec::new(),
            },
            domain: "person.full".into(),
        }
    );
    assert_eq!(
        rule(r#"{"action":"pass"}"#).unwrap(),
        ColumnRule::Pass { type_: None }
    );
    let nested = r#"{"action":"scan","type":{"kind":"array","element":{"kind":"composite",
        "fields":[{"action":"null"},{"action":"scan","type":{"kind":"jsonb"}}]},
        "element_oid":16400}}"#;
    assert!(rule(nested).is_ok());
}

#[test]
fn unknown_words_are_errors() {
    for json in [
        r#"{"action":"skip"}"#,
        r#"{"action":"pass","why":1}"#,
        r#"{"action":"null","type":{"kind":"text"}}"#,
        r#"{"action":"scan","type":{"kind":"text","max":5}}"#,
        r#"{"action":"scan","type":{"kind":"box"}}"#,
        r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"hide"},"domain":"d"}"#,
        r#"{"action":"mask","type":{"kind":"int4","n":1},"operator":{"name":"auto"},"domain":"d"}"#,
        r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"email","x":1},"domain":"d"}"#,
        r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"auto"}}"#,
        r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"bin","widht":"5"},"domain":"d"}"#,
        r#"{"action":"mask","type":{"kind":"text"},"operator":{"name":"bin","width":5},"domain":"d"}"#,
        r#"{"action":"mask","type":{"kind":"date"},"operator":{"name":"date_trunc","part":"era"},"domain":"d"}"#,
    ] {
        assert!(rule(json).is_err(), "{json}");
    }
}

#[test]
fn rules_survive_being_written() {
    let masked = ColumnRule::Mask {
        type_: TypeSpec::Enum {
            labels: vec!["a".into()],
        },
        operator: OperatorSpec::Partial {
            keep_first: 1,
            keep_last: 2,
            mask_char: '#',
        },
        domain: "d".into(),
    };
    let json = serde_json::to_string(&masked).unwrap();
    assert_eq!(rule(&json).unwrap(), masked);
}
