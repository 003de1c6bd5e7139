use crate::testing::spec;
use crate::{Detector, EntitySpec, Evidence};

fn code(name: &str, formats: &[&str], checksum: Option<&str>, keywords: &[&str]) -> EntitySpec {
    EntitySpec {
        formats: formats.iter().map(|&format| format.to_owned()).collect(),
        checksum: checksum.map(str::to_owned),
        keywords: keywords.iter().map(|&word| word.to_owned()).collect(),
        ..spec(name, "code")
    }
}

fn detector() -> Detector {
    Detector::new(&[
        code("a.luhn", &["###~###~###"], Some("luhn"), &["sin"]),
        code(
            "b.plain",
            &["@@######@", "@@ ## ## ## @"],
            None,
            &["insurance"],
        ),
        code("c.nine", &["#{9}"], None, &["account", "Konto", "счёт"]),
        code("d.bic", &["@{6}**", "@{6}*****"], None, &["bic"]),
    ])
    .unwrap()
}

fn found(text: &str, hint: Option<u16>) -> Vec<(&str, u16)> {
    let mut findings = Vec::new();
    detector().scan(text.as_bytes(), hint, &mut findings);
    findings
        .iter()
        .map(|finding| (&text[finding.start..finding.end], finding.entity))
        .collect()
}

#[test]
fn a_separated_number_with_a_check_digit_is_found_alone() {
    assert_eq!(found("no. 046-454-286.", None), [("046-454-286", 0)]);
    assert!(found("046-454-287", None).is_empty());
    assert!(found("046454286", None).is_empty());
}

#[test]
fn a_bare_number_needs_a_word_or_its_column() {
    assert_eq!(found("SIN: 046454286", None), [("046454286", 0)]);
    assert_eq!(found("046454286", Some(0)), [("046454286", 0)]);
    assert_eq!(found("046454286", Some(2)), [("046454286", 2)]);
    assert!(found("046454287", Some(0)).is_empty());
    assert_eq!(found("Account 046454286 open", None), [("046454286", 2)]);
    assert_eq!(found("Номер СЧЁТ 046454286", None), [("046454286", 2)]);
}

#[test]
fn the_surest_reading_of_the_same_digits_stays() {
    assert_eq!(found("sin or account: 046454286", None), [("046454286", 0)]);
    assert_eq!(found("sin or account: 046454287", None), [("046454287", 2)]);
}

#[test]
fn letters_match_in_either_case() {
    assert_eq!(found("insurance ab123456c", None), [("ab123456c", 1)]);
    assert_eq!(found("AB 12 34 56 C", Some(1)), [("AB 12 34 56 C", 1)]);
    assert_eq!(found("BIC DEUTDEFF, x", None), [("DEUTDEFF", 3)]);
    assert!(found("bic shipment", None).is_empty());
}

#[test]
fn a_part_of_a_longer_code_is_left() {
    for text in [
        "1-046-454-286",
        "046-454-286-1",
        "046 454 286 1",
        "1 046 454 286",
        "x046-454-286",
        "046-454-286x",
        "046-454-286_1",
        "v_046-454-286",
        "046-454 286",
        "046 - 454 - 286",
    ] {
        assert!(found(text, None).is_empty(), "{text}");
    }
    assert_eq!(found("SIN-046-454-286", None), [("046-454-286", 0)]);
}

#[test]
fn evidence_says_why() {
    let mut findings = Vec::new();
    detector().scan(b"sin 046454286", Some(0), &mut findings);
    let all = Evidence::PATTERN | Evidence::CHECKSUM | Evidence::CONTEXT | Evidence::COLUMN;
    assert!(findings[0].evidence.contains(all));
}

#[test]
fn a_whole_value_names_every_entity_whose_check_digits_agree() {
    let mut candidates = Vec::new();
    detector().candidates(b"046454286", &mut candidates);
    detector().candidates(b"046-454-286", &mut candidates);
    assert_eq!(candidates, [0]);
    for value in [
        &b"046454287"[..],
        b"",
        b"-",
        b"046-454-",
        b"046-454-286-",
        b"x 046454286",
    ] {
        candidates.clear();
        detector().candidates(value, &mut candidates);
        assert!(candidates.is_empty());
    }
}

#[test]
fn bad_declarations_say_what_is_wrong() {
    for (bad, reason) in [
        (code("x", &[], None, &[]), "formats"),
        (code("x", &["##"], None, &[]), "fewer"),
        (code("x", &["###"], Some("none"), &[]), "checksum"),
    ] {
        let error = Detector::new(&[bad]).unwrap_err();
        assert!(error.reason.contains(reason), "{error}");
    }
}

#[test]
fn a_check_digit_may_stand_in_parentheses() {
    let detector = Detector::new(&[code("a.card", &["@######(#)"], None, &["card"])]).unwrap();
    let spans = |text: &str| {
        let mut findings = Vec::new();
        detector.scan(text.as_bytes(), None, &mut findings);
        findings
            .iter()
            .map(|finding| text[finding.start..finding.end].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(spans("card A123456(3), open"), ["A123456(3)"]);
    assert!(spans("card A123456(3").is_empty());
    assert!(spans("card A123456(3]").is_empty());
    assert!(spans("card A1234563").is_empty());
}
