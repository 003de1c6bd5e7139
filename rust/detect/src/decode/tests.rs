use proptest::prelude::*;

use super::{decoded, DEPTH};

/// The texts of the views, with the whole of each mapped back.
fn texts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    decoded(text.as_bytes(), DEPTH, &mut |view| {
        found.push(String::from_utf8_lossy(view.bytes()).into_owned());
    });
    found
}

/// What of the original stands for `value` in the first view that has it.
fn origin(text: &str, value: &str) -> Option<String> {
    let mut found = None;
    decoded(text.as_bytes(), DEPTH, &mut |view| {
        let length = value.len();
        let at = view
            .bytes()
            .windows(length)
            .position(|window| window == value.as_bytes());
        if let (Some(at), None) = (at, &found) {
            let span = view.original(&(at..at + length));
            found = Some(text[span].to_owned());
        }
    });
    found
}

/// Base64 as RFC 4648 describes it, bit by bit.
fn base64(bytes: &[u8], alphabet: &str, pad: bool) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let bits: String = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1))
        .map(|bit| char::from(b'0' + bit))
        .collect();
    let mut out: String = bits
        .as_bytes()
        .chunks(6)
        .map(|six| {
            let six = format!("{:0<6}", std::str::from_utf8(six).unwrap());
            letters[usize::from_str_radix(&six, 2).unwrap()]
        })
        .collect();
    while pad && !out.len().is_multiple_of(4) {
        out.push('=');
    }
    out
}

fn standard() -> String {
    ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("+/".chars())
        .collect()
}

fn encode(text: &str) -> String {
    base64(text.as_bytes(), &standard(), true)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap();
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[test]
fn escapes_lead_back_to_what_was_written() {
    for (text, expected) in [
        ("mail ada%40example.com now", "ada%40example.com"),
        ("<b>ada&#64;example.com</b>", "ada&#64;example.com"),
        (
            "<b>ada&commat;example&period;com</b>",
            "ada&commat;example&period;com",
        ),
        (r#"{"a": "ada\u0040example.com"}"#, r"ada\u0040example.com"),
        (r"'ada\x40example\056com'", r"ada\x40example\056com"),
        (r"ada\@example.com", r"ada\@example.com"),
        ("Mail=3A ada=40exam=\r\nple.com", "ada=40exam=\r\nple.com"),
        ("ada%2540example.com", "ada%2540example.com"),
        ("ada&#64;exam&shy;ple.com", "ada&#64;exam&shy;ple.com"),
        (r"ada\u0040exam\u200bple.com", r"ada\u0040exam\u200bple.com"),
    ] {
        assert_eq!(
            origin(text, "ada@example.com").as_deref(),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn plus_is_a_space_in_a_query_only() {
    assert_eq!(
        texts("/find?name=Jane+Roe&x=1"),
        ["/find?name=Jane Roe&x=1"]
    );
    assert_eq!(texts("+1 212 555 0100, 1+1"), [""; 0]);
}

#[test]
fn base64_leads_back_to_the_characters_of_the_value() {
    for prefix in ["", "x", "xy", "xyz"] {
        let text = format!("{prefix} ada@example.com, tel. 1");
        let encoded = encode(&text);
        let found = origin(&format!("v={encoded};"), "ada@example.com").unwrap();
        let first = (prefix.len() + 1) * 8 / 6;
        let last = ((prefix.len() + 16) * 8).div_ceil(6);
        assert_eq!(found, encoded[first..last], "{prefix}");
    }
}

#[test]
fn base64_is_found_in_paths_and_data_urls_and_broken_lines() {
    let value = "Jane Roe <jane@example.com>, 12 Main Street, Springfield, phone 212 555 0100";
    let encoded = encode(value);
    let lines = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| String::from_utf8_lossy(line).into_owned());
    for text in [
        format!("data:text/plain;base64,{encoded}"),
        format!(
            "https://example.com/path/{}/end",
            encoded
                .replace('+', "-")
                .replace('/', "_")
                .trim_end_matches('=')
        ),
        lines.collect::<Vec<_>>().join("\r\n"),
        format!(r#"{{"blob": "{}"}}"#, encoded.replace('/', r"\/")),
    ] {
        assert!(
            texts(&text)
                .iter()
                .any(|text| text.contains("jane@example.com")),
            "{text}"
        );
    }
}

#[test]
fn wide_characters_inside_base64_become_narrow() {
    for marked in [false, true] {
        let mark: &[u16] = if marked { &[0xfeff] } else { &[] };
        let units: Vec<u16> = mark
            .iter()
            .copied()
            .chain("ada@example.com é".encode_utf16())
            .collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [little, big] {
            assert_eq!(
                texts(&base64(&bytes, &standard(), true)),
                ["ada@example.com é"]
            );
        }
    }
}

#[test]
fn hexadecimal_text_is_read() {
    let encoded = hexadecimal(b"ada@example.com");
    for text in [
        encoded.clone(),
        format!(r"\x{encoded}"),
        format!("0x{encoded}"),
        format!("X'{encoded}'"),
        encoded.to_uppercase(),
    ] {
        let found = origin(&text, "ada@example.com").unwrap();
        assert_eq!(found.to_lowercase(), encoded, "{text}");
    }
}

#[test]
fn json_in_a_string_is_read_two_levels_deep() {
    let inner = r#"{"mail": "ada\u0040example.com"}"#;
    let middle = serde_json::to_string(&serde_json::json!({ "b": inner })).unwrap();
    let outer = serde_json::to_string(&serde_json::json!({ "a": middle })).unwrap();
    let found = texts(&middle);
    assert!(
        found.iter().any(|text| text.contains("ada@example.com")),
        "{found:?}"
    );
    let found = texts(&outer);
    assert!(
        found
            .iter()
            .any(|text| text.contains(r#""mail": "ada\u0040"#)),
        "{found:?}"
    );
}

#[test]
fn two_levels_are_undone_and_no_more() {
    let mut text = "ada@example.com and more".to_owned();
    for level in 1..=3 {
        text = encode(&text);
        assert_eq!(
            origin(&text, "ada@example.com").is_some(),
            level <= DEPTH,
            "{level}"
        );
    }
}

#[test]
fn ordinary_cells_have_no_views() {
    let number = ["4111", "1111", "1111", "1111"].concat();
    for text in [
        "",
        "Left with the neighbour on the second floor, internationalisation.",
        "2024-01-10 01:02:03.123456+00",
        "0b3c1f2e-1a2b-4c3d-8e4f-0123456789ab",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "https://shop.example.com/products/blue-widget?ref=mail&campaign=spring",
        "a=1&b=2 100% 5 & 6",
        &number,
    ] {
        assert_eq!(texts(text), [""; 0], "{text}");
    }
}

#[test]
fn values_are_found_across_windows() {
    for at in [40_962, 49_140, 49_152, 57_344, 65_530, 65_536, 130_000] {
        let text = format!(
            "{} ada@example.com {}",
            "é-".repeat(at / 3),
            "ü".repeat(20_000)
        );
        let percent: String = text.replace('@', "%40").replace('é', "%C3%A9");
        for text in [percent, encode(&text), hexadecimal(text.as_bytes())] {
            let mut whole = 0;
            decoded(text.as_bytes(), 1, &mut |view| {
                let value = b"ada@example.com";
                let found = view
                    .bytes()
                    .windows(value.len())
                    .position(|window| window == value);
                if let Some(at) = found {
                    whole += usize::from(view.is_whole(&(at..at + value.len())));
                }
            });
            assert!(whole >= 1, "{at}");
        }
    }
}

/// Percent-decoding by definition.
fn percent(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let strict = digits.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        if let Some(byte) = strict.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            out.push(byte);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn percent_is_decoded_by_definition(text in "([a-z.@ ]|%[0-9a-fA-F]{2}|%){0,30}") {
        let expected = percent(&text);
        let mut found = Vec::new();
        decoded(text.as_bytes(), 1, &mut |view| found.push(view.bytes().to_vec()));
        if expected == text.as_bytes() {
            prop_assert!(found.is_empty());
        } else {
            prop_assert_eq!(&found[0], &expected);
        }
    }

    #[test]
    fn base64_is_decoded_by_definition(text in "[ -~]{9,80}", pad: bool, url_safe: bool) {
        let alphabet = if url_safe { standard().replace('+', "-").replace('/', "_") } else { standard() };
        let encoded = base64(text.as_bytes(), &alphabet, pad);
        let mut found = Vec::new();
        decoded(encoded.as_bytes(), 1, &mut |view| found.push(view.bytes().to_vec()));
        prop_assert!(found.contains(&text.clone().into_bytes()), "{encoded}");
    }

    #[test]
    fn json_strings_are_decoded_as_by_a_parser(text in "[a-z\"\\\\/\n\té😀]{1,30}") {
        let escaped = serde_json::to_string(&text).unwrap();
        prop_assume!(escaped.contains('\\'));
        let mut found = Vec::new();
        decoded(escaped.as_bytes(), 1, &mut |view| found.push(view.bytes().to_vec()));
        prop_assert_eq!(String::from_utf8_lossy(&found[0]), format!("\"{text}\""));
    }

    #[test]
    fn views_of_any_bytes_map_back_in_order(text in prop::collection::vec(prop::sample::select(
        b"%40&#;x@\\u0041=\r\nQUJDabc+/-_ \xc3\xa9\xff{\"".to_vec()), 0..200)) {
        decoded(&text, DEPTH, &mut |view| {
            assert!(view.bytes().len() <= text.len());
            let mut last = 0;
            for at in 0..view.bytes().len() {
                let span = view.original(&(at..at + 1));
                assert!(span.start < span.end && span.end <= text.len() && span.start >= last);
                last = span.start;
            }
        });
    }
}

/// With quadratic time, each of these would take minutes; linear, it takes milliseconds.
#[test]
fn adversarial_texts_take_linear_time() {
    for unit in [
        "%",
        "%25",
        "%2525",
        "&",
        "&#",
        "&#0",
        "&amp;",
        "\\",
        "\\\\",
        "\\u",
        "\\u0",
        "=",
        "=\n",
        "=4",
        "=3D",
        "+",
        "=+",
        "QUJD",
        "A",
        "41",
        "0x",
        "x41",
        "/QUJDQUJDQUJD",
        "-",
        "a-",
        "QUJDQUJDQUJD ",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let start = std::time::Instant::now();
        let mut bytes = 0;
        decoded(text.as_bytes(), DEPTH, &mut |view| {
            bytes += view.bytes().len();
        });
        assert!(bytes <= 4 * text.len(), "{unit:?} {bytes}");
        assert!(
            start.elapsed() < std::time::Duration::from_secs(10),
            "{unit:?}"
        );
    }
}
