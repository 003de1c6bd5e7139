//! What the tagger finds in texts of many kinds, and that no text upsets it.

use super::{BadModel, Label, Tagged, Tagger, WINDOW};

fn tagger() -> Tagger {
    Tagger::embedded().unwrap_or_else(|_| panic!("the embedded model is of this version"))
}

fn tagged(text: &str) -> Vec<(&str, Label)> {
    let mut out = Vec::new();
    tagger().tag(text.as_bytes(), &mut out);
    out.iter()
        .map(|found| (&text[found.start..found.end], found.label))
        .collect()
}

/// Pseudo-random bytes that are rich in what the tokeniser treats in special ways.
fn hostile(len: usize, mut state: u32) -> Vec<u8> {
    let alphabet = b"aZ\xC3\xB6\xE2\x80\x99'@.:/w\n\t 0-,\xF0\xFF\xCE\xA9";
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            alphabet[(state >> 16) as usize % alphabet.len()]
        })
        .collect()
}

#[test]
fn names_in_a_sentence_are_found() {
    let text = "Yesterday Mr. Jānis Bērziņš met Agnieszka Kowalczyk in Marseille.";
    let expected = [
        ("Mr.", Label::Title),
        ("Jānis Bērziņš", Label::Person),
        ("Agnieszka Kowalczyk", Label::Person),
        ("Marseille", Label::Place),
    ];
    assert_eq!(tagged(text), expected);
}

#[test]
fn names_in_lower_case_are_found() {
    let found = tagged("my name is piotr wisniewski and i moved to gdansk");
    assert_eq!(
        found,
        [
            ("piotr wisniewski", Label::Person),
            ("gdansk", Label::Place)
        ]
    );
}

#[test]
fn companies_dates_and_origins_are_found() {
    let found = tagged("The Danish engineer joined Lindqvist Logistics GmbH in 2016.");
    let expected = [
        ("Danish", Label::Nationality),
        ("Lindqvist Logistics GmbH", Label::Organisation),
        ("2016", Label::DateTime),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_address_in_a_sentence_is_one_span() {
    let found = tagged("Please send the card to 14 Maple Avenue, Suite 9, Dublin, Ireland.");
    let address = "14 Maple Avenue, Suite 9, Dublin, Ireland";
    assert_eq!(found, [(address, Label::StreetAddress)]);
}

#[test]
fn the_lines_of_an_address_block_are_found() {
    let found = tagged("Marie Dubois\n\nHauptstraße 12\nSuite 501\nLinz\nAustria 4020");
    let labels: Vec<Label> = found.iter().map(|&(_, label)| label).collect();
    assert_eq!(found[0], ("Marie Dubois", Label::Person));
    assert_eq!(found[1], ("Hauptstraße 12", Label::StreetAddress));
    assert!(labels.contains(&Label::Place), "{found:?}");
}

#[test]
fn ordinary_prose_and_program_text_have_no_names() {
    for text in [
        "The order was late, but the quality of the product is great.",
        "Please check the settings and restart the service before you upgrade.",
        "Could not open the file: permission denied after 30 seconds",
        "for (i = 0; i < count; i++) { total += prices[i]; }",
        "SELECT id, total FROM orders WHERE status = 'open' LIMIT 10",
        "Terms and Conditions apply to every purchase in our shop.",
    ] {
        assert_eq!(tagged(text), [], "{text}");
    }
}

#[test]
fn any_bytes_give_spans_in_order_within_the_text() {
    let tagger = tagger();
    for round in 0..300 {
        let text = hostile(round * 7, u32::try_from(round).unwrap_or(0));
        let mut out = Vec::new();
        tagger.tag(&text, &mut out);
        let mut end = 0;
        for found in out {
            assert!(found.start >= end && found.end > found.start && found.end <= text.len());
            assert!((0.5..=1.0).contains(&found.confidence));
            end = found.end;
        }
    }
}

#[test]
fn a_text_of_many_windows_is_tagged_to_its_end() {
    let sentence = "Then Agnieszka Kowalczyk went home. ";
    let rounds = WINDOW;
    let text = sentence.repeat(rounds);
    let names = tagged(&text);
    assert_eq!(names.len(), rounds);
    assert!(names
        .iter()
        .all(|&name| name == ("Agnieszka Kowalczyk", Label::Person)));
}

#[test]
fn windows_without_a_place_to_cut_are_cut_all_the_same() {
    for unit in ["a ", "x,", "Ann ", "\u{a0}", "'", "7", "@", "a@", "http://"] {
        let text = unit.repeat(20_000);
        let mut out = Vec::new();
        tagger().tag(text.as_bytes(), &mut out);
        assert!(
            out.windows(2).all(|pair| pair[0].end <= pair[1].start),
            "{unit}"
        );
    }
}

#[test]
fn the_same_text_has_the_same_tags_whatever_came_before() {
    let tagger = tagger();
    let text = "Call Ingrid Halvorsen at Nordlys Bank in Bergen on Monday.";
    let tag = |text: &[u8]| {
        let mut out: Vec<Tagged> = Vec::new();
        tagger.tag(text, &mut out);
        out
    };
    let first = tag(text.as_bytes());
    tag(&hostile(5_000, 3));
    assert_eq!(tag(text.as_bytes()), first);
    assert!(!first.is_empty());
}

#[test]
fn what_is_no_model_is_refused() {
    assert_eq!(Tagger::read(b"scrmtag1").err(), Some(BadModel));
    assert_eq!(Tagger::read(b"").err(), Some(BadModel));
}
