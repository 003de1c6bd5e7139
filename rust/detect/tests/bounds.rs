//! What is longer, deeper or farther apart than a bound is found all the same.

use scrim_detect::{Detector, EntitySpec};

fn found(specs: &[EntitySpec], text: &str) -> Vec<(usize, usize)> {
    let mut findings = Vec::new();
    let detector = Detector::new(specs).unwrap();
    detector.scan(text.as_bytes(), None, &mut findings);
    findings.iter().map(|one| (one.start, one.end)).collect()
}

fn of(shape: &str) -> EntitySpec {
    EntitySpec::of_shape(shape, &[])
}

/// Letters and digits without an order.
fn random(length: usize) -> String {
    const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        char::from(LETTERS[state as usize % LETTERS.len()])
    };
    (0..length).map(|_| next()).collect()
}

fn base64(text: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter =
        |bits: u32, place: u32| char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]);
    text.chunks_exact(3)
        .flat_map(|chunk| {
            let bits = u32::from_be_bytes([0, chunk[0], chunk[1], chunk[2]]);
            (0..4).map(move |place| letter(bits, place))
        })
        .collect()
}

#[test]
fn a_token_of_any_length_is_covered_to_its_end() {
    let token = EntitySpec {
        prefixes: vec!["tok_".to_owned()],
        pattern: Some("tok_[A-Za-z0-9]{20,}".to_owned()),
        ..of("token")
    };
    for length in [20, 4000, 4091, 4092, 4093, 5000, 100_000] {
        let text = format!("x tok_{} y", random(length));
        assert_eq!(
            found(std::slice::from_ref(&token), &text),
            [(2, text.len() - 2)],
            "{length}"
        );
    }
}

#[test]
fn a_value_of_a_name_of_any_length_is_covered_to_its_end() {
    let assigned = EntitySpec {
        keys: vec!["acme token".to_owned()],
        pattern: Some("[A-Za-z0-9]{20,}".to_owned()),
        ..of("assigned")
    };
    for length in [20, 511, 512, 513, 600, 100_000] {
        for (before, after) in [
            ("acme_token=", ""),
            ("acme_token = \"", "\"\n"),
            ("acme_token: ", " b"),
        ] {
            let text = format!("{before}{}{after}", random(length));
            let span = (before.len(), text.len() - after.len());
            assert_eq!(
                found(std::slice::from_ref(&assigned), &text),
                [span],
                "{length} {before}"
            );
        }
    }
}

#[test]
fn a_password_of_any_length_is_covered_to_its_end() {
    for length in [20, 511, 512, 513, 600, 100_000] {
        let before = "host=db user=app password=";
        let text = format!("{before}{} next", random(length));
        let span = (before.len(), text.len() - 5);
        assert_eq!(found(&[of("connection_string")], &text), [span], "{length}");
    }
}

#[test]
fn an_address_of_any_length_is_covered_to_its_end() {
    for length in [20, 9000, 100_000] {
        let text = format!("see https://example.com/{} now", random(length));
        assert_eq!(
            found(&[of("url")], &text),
            [(4, text.len() - 4)],
            "{length}"
        );
    }
}

#[test]
fn a_web_token_with_a_long_header_is_one() {
    for certificate in [10, 4000, 9000] {
        let header = format!(
            "{{\"alg\":\"RS256\",\"x5c\":\"{}\"}}  ",
            random(certificate / 3 * 3)
        );
        let header = base64(header.as_bytes());
        let payload = base64(b"{\"sub\":\"1234567890\"} ");
        let token = format!("{header}.{payload}.{}", random(86));
        for before in ["Bearer ", "session_", "a-"] {
            let text = format!("{before}{token} x");
            let span = (before.len(), text.len() - 2);
            assert_eq!(found(&[of("jwt")], &text), [span], "{certificate} {before}");
        }
    }
}

/// The window of decoded text is cut within the key, wherever it stands.
#[test]
fn an_encoded_private_key_is_covered_across_windows() {
    let label = ["PRIVATE", "KEY"].join(" ");
    let lines: Vec<String> = (0..50).map(|_| random(64)).collect();
    let key = format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----",
        lines.join("\n")
    );
    for at in [0, 30_000, 43_000, 46_000, 48_900, 49_140, 49_152, 60_000] {
        let text = format!("{}{key} {}", "word ".repeat(at / 5), "word ".repeat(20_000));
        let encoded = base64(text.as_bytes());
        let spans = found(&[of("pem_private_key")], &encoded);
        let start = at / 5 * 5 / 3 * 4;
        let end = start + key.len() / 3 * 4;
        let covers = |&(from, to): &(usize, usize)| from <= start + 4 && to >= end && to <= end + 8;
        assert!(
            spans.len() == 1 && spans.iter().all(covers),
            "{at} {spans:?} {start} {end}"
        );
    }
}

/// A value longer than what windows share is reported by each of them.
#[test]
fn an_encoded_value_of_any_length_is_not_left_out() {
    let value = random(30_000);
    let text = format!(
        "{}see https://example.com/{value} now ",
        "word ".repeat(9000)
    );
    let encoded = base64(text.as_bytes());
    let spans = found(&[of("url")], &encoded);
    let covered: usize = spans.iter().map(|(start, end)| end - start).sum();
    assert!(covered > 4096, "{spans:?}");
}

#[test]
fn deeper_brackets_than_are_remembered_do_not_hide_a_value() {
    let card = ["4111", "1111", "1111", "1111"].concat();
    for depth in [1, 256, 511, 512, 513, 5000] {
        for (open, close) in [("{\"a\":", "}"), ("[", "]"), ("<a>", "</a>"), ("(", ")")] {
            let text = format!("{}{card}{}", open.repeat(depth), close.repeat(depth));
            let start = open.len() * depth;
            let spans = found(&[of("card")], &text);
            assert_eq!(spans, [(start, start + card.len())], "{depth} {open}");
        }
    }
}

#[test]
fn numbers_beside_a_card_do_not_hide_it() {
    let card = ["4111", "1111", "1111", "1111"].join(" ");
    for before in [
        "",
        "1, ",
        "12; 34; 56; 78; 90; 12; 34; 56; 78; ",
        "7 items: ",
    ] {
        for after in ["", ", 1", "; 12; 34", "\t5", "\n17 22 9"] {
            let text = format!("{before}{card}{after}");
            let span = (before.len(), before.len() + card.len());
            assert_eq!(found(&[of("card")], &text), [span], "{text}");
        }
    }
}
