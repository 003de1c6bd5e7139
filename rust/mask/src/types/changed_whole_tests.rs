use super::date_tests::date_cell;
use super::tests::{age, bin, both, clamp, double, jitter, lower, noise, number, percent, trunc};
use super::*;
use crate::operators::change::tests::samples;
use crate::spec::{BinAnswer, DatePart, Otherwise};
use crate::types::calendar::{civil, days};
use crate::types::tests::{masked_text, masked_with, run};
use proptest::prelude::*;

#[test]
fn labels_and_codes_climb() {
    let parents = [
        ("S", "small"),
        ("XS", "small"),
        ("4711", "4700"),
        ("5", "many"),
    ];
    let op = OperatorSpec::Hierarchy {
        parents: parents
            .map(|(child, parent)| (child.to_owned(), parent.to_owned()))
            .into(),
        level: 1,
        top: "any".into(),
    };
    let labels = |names: &[&str]| TypeSpec::Enum {
        labels: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    let full = labels(&["XS", "S", "L", "small", "any"]);
    assert_eq!(masked_with(&op, &full, "XS").as_deref(), Some("small"));
    assert_eq!(masked_with(&op, &full, "L").as_deref(), Some("any"));
    assert_eq!(
        masked_with(&op, &labels(&["XS", "S"]), "XS"),
        None,
        "no label says it"
    );
    let whole = |raw| masked_with(&op, &TypeSpec::Int4 {}, raw);
    assert_eq!(whole("4711").as_deref(), Some("4700"));
    assert_eq!((whole("5"), whole("6")), (None, None));
}

fn json_type() -> TypeSpec {
    TypeSpec::Json { mask_keys: false }
}

#[test]
fn containers_hand_their_values_to_the_operator() {
    let array = |element| TypeSpec::Array {
        element: Box::new(element),
        element_oid: 0,
        delimiter: ',',
    };
    let range = |subtype| TypeSpec::Range {
        subtype: Box::new(subtype),
    };
    let json = json_type();
    for (op, type_, raw, expected) in [
        (
            lower("10"),
            array(TypeSpec::Int4 {}),
            "{12,NULL,-1}",
            "{10,NULL,-10}",
        ),
        (lower("10"), range(TypeSpec::Int4 {}), "[12,37)", "[10,30)"),
        (
            trunc(DatePart::Month),
            range(TypeSpec::Date {}),
            "[2024-01-15,2024-03-02)",
            "[2024-01-01,2024-03-01)",
        ),
        (
            lower("1000"),
            json.clone(),
            r#"{"a":1.2345e5,"b":[12,-7e-3]}"#,
            r#"{"a":123000,"b":[0,-1000]}"#,
        ),
        (
            trunc(DatePart::Year),
            json.clone(),
            r#"["2024-05-06"]"#,
            r#"["2024-01-01"]"#,
        ),
        (lower("10"), json, r#"{"n":null}"#, r#"{"n":null}"#),
    ] {
        assert_eq!(masked_with(&op, &type_, raw).as_deref(), Some(expected));
    }
    for (raw, longest) in [("[1e99999,1e-99999]", 20), ("[5e30]", 40)] {
        let masked = masked_with(&percent("5"), &json_type(), raw).unwrap();
        assert!(
            masked.len() <= longest,
            "an exponent does not become zeros: {masked}"
        );
    }
    for low in 0..200 {
        let raw = format!("[{low},{})", low + 5);
        let masked = masked_with(&noise("20"), &range(TypeSpec::Int4 {}), &raw).unwrap();
        let bounds: Vec<i32> = masked[1..masked.len() - 1]
            .split(',')
            .map(|b| b.parse().unwrap())
            .collect();
        assert!(bounds[0] <= bounds[1], "{raw} {masked}");
    }
}

#[test]
fn a_type_that_an_operator_does_not_take_has_its_own() {
    for (op, _) in samples() {
        for (type_, raw) in [
            (TypeSpec::Uuid {}, "00000000-0000-4000-8000-000000000001"),
            (TypeSpec::Macaddr {}, "08:00:2b:01:02:03"),
        ] {
            assert_eq!(masked_with(&op, &type_, raw), masked_text(&type_, raw));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// What an operator answers is a value of the type, in the same notation.
    #[test]
    fn an_answer_is_valid_again(
        integer in any::<i64>(), real in any::<f64>(), day in -2_451_545i64..3_000_000, part in 0usize..6,
    ) {
        let part = [DatePart::Hour, DatePart::Day, DatePart::Week, DatePart::Month, DatePart::Quarter,
            DatePart::Year][part];
        let (year, month, of_month) = civil(day);
        prop_assert_eq!(days(year, month, of_month), day);
        let mut date = Vec::new();
        date::write(Format::Text, day, &mut date);
        let date = String::from_utf8(date).unwrap();
        let numbers = [lower("1000"), bin("0.3", "-7", BinAnswer::Centre), noise("5000"), percent("0.5"),
            clamp("-1000000", "1000000"), age(7), OperatorSpec::Zip3 { otherwise: Otherwise::Keyed }];
        for op in &numbers {
            let whole = |text: &str| text.parse::<i64>().unwrap().to_be_bytes().to_vec();
            let masked = both(op, &TypeSpec::Int8 {}, &integer.to_string(), &whole);
            let negative_age = integer < 0 && *op == age(7);
            prop_assert!(masked.is_some() || negative_age);
            number(op, &format!("{}.{}", integer / 1000, (integer % 1000).abs()));
            if real.is_finite() {
                double(op, real);
            }
        }
        for op in [trunc(part), jitter(40), age(5)] {
            let masked = both(&op, &TypeSpec::Date {}, &date, &date_cell);
            prop_assert!(masked.is_some(), "{:?} {}", op, date);
        }
    }

    #[test]
    fn hostile_cells_never_panic(cell in prop::collection::vec(any::<u8>(), 0..24), text in "[-0-9.eE,:+T /]{0,24}") {
        let types = ["int2", "int8", "numeric", "float4", "float8", "money", "date", "time", "timetz",
            "timestamp", "timestamptz", "interval", "inet", "cidr", "text", "json"];
        for kind in types {
            let type_: TypeSpec = serde_json::from_value(serde_json::json!({ "kind": kind })).unwrap();
            for (op, _) in samples() {
                run(&op, &type_, Format::Binary, &cell);
                run(&op, &type_, Format::Text, &cell);
                let first = run(&op, &type_, Format::Text, text.as_bytes());
                prop_assert_eq!(&first, &run(&op, &type_, Format::Text, text.as_bytes()));
                // What is valid stays valid for the same reader.
                if let Some(masked) = first {
                    prop_assert!(run(&op, &type_, Format::Text, &masked).is_some(), "{:?} {} {:?}", op, kind, text);
                }
            }
        }
    }
}
