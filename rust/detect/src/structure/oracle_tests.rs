//! The walk against a parser, and over texts that nobody would write.

use proptest::prelude::*;
use serde_json::Value;

use super::costly::UNITS;
use super::tests::pairs;
use super::walk;

/// What a parser finds: the leaves with their nearest key and the one above.
fn leaves(value: &Value, key: &str, parent: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(name, value)| leaves(value, name, key, out)),
        Value::Array(list) => list
            .iter()
            .for_each(|value| leaves(value, key, parent, out)),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => out.push(format!("{parent}.{key}={text}")),
        other => out.push(format!("{parent}.{key}={other}")),
    }
}

fn documents() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        "[a-z ,;|&é'(\\[{}]{0,9}x".prop_map(Value::from),
        Just(Value::Null)
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_is_walked_as_by_a_parser(list in prop::collection::btree_map("[a-z]{1,6}", documents(), 0..5), pretty: bool) {
        let document = Value::Object(list.into_iter().collect());
        let text = if pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) }.unwrap();
        let mut expected = Vec::new();
        leaves(&document, "", "", &mut expected);
        let mut found = pairs(&text);
        // Strings that look like lists are walked again; everything else is exact.
        let inside = |pair: &String| expected.contains(pair);
        if !text.contains("\"[") && !text.contains("\"{") && !text.contains("\"(") {
            prop_assert_eq!(&found, &expected);
        }
        found.retain(inside);
        prop_assert!(expected.iter().all(|pair| found.contains(pair)));
    }

    #[test]
    fn any_text_is_walked_within_bounds(text in "([a-z\"'`{}()<>/=:;,|&?\n\\\\\\[\\] -]|<a |</a>|\\]\\]>|é|VALUES|INSERT INTO t|\n---|\"\"\"){0,60}") {
        let mut bytes = 0;
        walk(text.as_bytes(), &mut |pair| {
            for span in [&pair.key, &pair.parent, &pair.value] {
                assert!(span.start <= span.end && span.end <= text.len());
            }
            bytes += pair.value.len();
        });
        prop_assert!(bytes <= 12 * text.len());
    }

    #[test]
    fn any_bytes_are_walked(text in prop::collection::vec(any::<u8>(), 0..200)) {
        walk(&text, &mut |pair| assert!(pair.value.end <= text.len()));
    }
}

/// With quadratic time, each of these would take minutes; linear, it takes milliseconds.
#[test]
fn adversarial_texts_take_linear_time() {
    for unit in UNITS {
        let text = unit.repeat((1 << 19) / unit.len());
        let start = std::time::Instant::now();
        let mut bytes = 0;
        walk(text.as_bytes(), &mut |pair| bytes += pair.value.len());
        assert!(bytes <= 12 * text.len(), "{unit:?} {bytes}");
        assert!(
            start.elapsed() < std::time::Duration::from_secs(10),
            "{unit:?}"
        );
    }
}
