//! What callers rely on, whatever the text: recognisers of every kind together.

mod entities;

use std::sync::LazyLock;

use entities::specs;
use proptest::prelude::*;
use scrim_detect::{Detector, Evidence, Finding};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(&specs()).unwrap());

fn findings(text: &[u8], hint: Option<u16>) -> Vec<Finding> {
    let mut out = Vec::new();
    DETECTOR.scan(text, hint, &mut out);
    out
}

const PIECES: [&str; 72] = [
    "4111",
    "1111",
    "536-22-",
    "8137",
    "79927398713",
    "12",
    "0",
    "AB",
    "123456",
    "tok_",
    "key-",
    "a1B2c3D4e5F6",
    "acme_token",
    "pwd",
    "=",
    ": ",
    ":",
    " = \"",
    "\"",
    "'",
    "hunter2!x",
    "diabetes",
    "heart ",
    "failure",
    "糖尿病",
    "LC-",
    "é",
    "x",
    "nickname",
    "member_id",
    "Martha ",
    "Winterbottom ",
    "Yesterday I spoke with ",
    "lives in Berlin. ",
    "Dr. ",
    "ada@",
    "example.com",
    "@",
    ".",
    "-",
    " ",
    "/",
    "://",
    "https://",
    "u:p@h/",
    "DE89",
    "3704 0044 0532 0130 00",
    "+44 20 ",
    "7123 4567",
    "192.168.",
    "1.1",
    "fe80::",
    "1",
    "%40",
    "%2540",
    "&#64;",
    "&amp;",
    "\\u0040",
    "\\n",
    "QUJDREVGR0hJ",
    "{\"",
    "\":\"",
    "\"}",
    "[",
    "]",
    "<a b=\"",
    "\">",
    "</a>",
    "４",
    "\u{200b}",
    "\u{ad}",
    "番号",
];

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..28)
        .prop_map(|list| list.concat())
}

/// Whether every string and tag has as many ends as beginnings.
#[expect(clippy::ptr_arg, reason = "as proptest calls it")]
fn is_closed(text: &String) -> bool {
    let count = |character| text.matches(character).count();
    count('"') % 2 == 0
        && count('\'') % 2 == 0
        && count('<') == count('>')
        && count('[') == count(']')
        && count('{') == count('}')
}

fn check(text: &[u8], found: &[Finding]) -> Result<(), TestCaseError> {
    let utf8 = std::str::from_utf8(text).ok();
    let mut last = 0;
    for finding in found {
        prop_assert!(finding.start >= last && finding.start < finding.end);
        prop_assert!(finding.end <= text.len());
        prop_assert!((0.0..=1.0).contains(&finding.confidence));
        prop_assert!(finding.evidence != Evidence::default());
        prop_assert!(usize::from(finding.entity) < DETECTOR.names().len());
        if let Some(text) = utf8 {
            let whole = text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end);
            prop_assert!(whole, "{finding:?} {text:?}");
        }
        last = finding.end;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 600,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn findings_are_sorted_disjoint_and_whole(text in soup(), hint in prop::option::of(0_u16..40)) {
        check(text.as_bytes(), &findings(text.as_bytes(), hint))?;
    }

    #[test]
    fn text_that_is_cut_anywhere_or_is_no_text_is_scanned(
        text in soup(), bytes in prop::collection::vec(any::<u8>(), 0..9), from: prop::sample::Index
    ) {
        let mut text = text.into_bytes();
        let at = from.index(text.len() + 1);
        text.splice(at..at, bytes);
        check(&text, &findings(&text, None))?;
        check(&text[at..], &findings(&text[at..], None))?;
    }

    #[test]
    fn a_scan_does_not_depend_on_earlier_ones(text in soup(), other in soup()) {
        let alone = findings(text.as_bytes(), None);
        let fresh = Detector::new(&specs()).unwrap();
        let mut both = Vec::new();
        fresh.scan(other.as_bytes(), None, &mut both);
        let before = both.len();
        fresh.scan(text.as_bytes(), None, &mut both);
        prop_assert_eq!(&both[before..], alone.as_slice());
    }

    #[test]
    fn a_key_and_its_parent_are_any_text(key in soup(), parent in soup(), value in soup()) {
        let mut found = Vec::new();
        DETECTOR.scan_named(key.as_bytes(), parent.as_bytes(), value.as_bytes(), &mut found);
        check(value.as_bytes(), &found)?;
    }

    /// What the tagger reads depends on the whole text, as its confidence does; and what follows a
    /// string or a tag that nothing closes is a part of it, so that such texts are left out.
    #[test]
    fn unrelated_text_far_away_hides_nothing(text in soup().prop_filter("closed", is_closed)) {
        let filler = "\n\n\n".to_owned() + &"the sky was blue and quiet\n".repeat(8) + "\n\n";
        // A `=` at the end of a line would go on in the next one.
        let long = format!("{filler}{text} {filler}");
        let found = findings(long.as_bytes(), None);
        for alone in findings(text.as_bytes(), None) {
            if alone.evidence == Evidence::SENTENCE {
                continue;
            }
            let (start, end) = (alone.start + filler.len(), alone.end + filler.len());
            let covered = (start..end).all(|at| found.iter().any(|one| one.start <= at && at < one.end));
            prop_assert!(covered, "{alone:?} {:?} {text:?}", &text[alone.start..alone.end]);
        }
    }
}

/// As the property above found it: nothing closes the quotes, and a bracket is open.
#[test]
fn a_string_that_nothing_closes_ends_with_its_line() {
    let text = "[diabetes \"member_id\":\"7123 4567AB";
    let code = |text: &str| {
        let found = findings(text.as_bytes(), None);
        found
            .iter()
            .any(|one| DETECTOR.names()[usize::from(one.entity)] == "xx.code")
    };
    assert!(code(text));
    assert!(code(&format!("{text}\n\nthe sky was blue")));
}
