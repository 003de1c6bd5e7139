//! Ways to write a value so that it does not look like itself: each must be found with its span.

use std::fmt::Write;

use scrim_detect::{Detector, EntitySpec};

/// The values, and the entities that they are.
fn values() -> [(&'static str, String); 6] {
    [
        ("email", "ada.lovelace@example.com".to_owned()),
        ("card", ["4111", "1111", "1111", "1111"].join("-")),
        ("ssn", ["536", "22", "8137"].join("-")),
        ("iban", ["DE89370400", "440532013000"].concat()),
        ("phone", "+44 20 7123 4567".to_owned()),
        ("ipv4", "192.168.44.12".to_owned()),
    ]
}

fn detector(shape: &str) -> Detector {
    let columns = vec![shape.to_owned()];
    let spec = EntitySpec {
        columns,
        ..EntitySpec::of_shape(shape, &[])
    };
    Detector::new(&[spec]).unwrap()
}

/// What is found in the text.
fn found<'t>(shape: &str, text: &'t str) -> Vec<&'t str> {
    let mut findings = Vec::new();
    detector(shape).scan(text.as_bytes(), None, &mut findings);
    findings
        .iter()
        .map(|finding| &text[finding.start..finding.end])
        .collect()
}

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn each_mark(text: &str, write: impl Fn(char) -> String) -> String {
    each(text, |c| {
        if c.is_ascii_alphanumeric() {
            c.to_string()
        } else {
            write(c)
        }
    })
}

fn shifted(c: char, zero: u32) -> String {
    let value = c.to_digit(10).and_then(|v| char::from_u32(zero + v));
    value.unwrap_or(c).to_string()
}

fn wide(c: char) -> String {
    match c {
        '!'..='~' => char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap_or(c),
        other => other,
    }
    .to_string()
}

fn percent(c: char) -> String {
    format!("%{:02X}", u32::from(c))
}

/// A name, and how it writes a value.
type Writing = (&'static str, fn(&str) -> String);

/// Other characters that look the same, or like nothing.
const CHARACTERS: [Writing; 12] = [
    ("arabic digits", |v| each(v, |c| shifted(c, 0x660))),
    ("devanagari digits", |v| each(v, |c| shifted(c, 0x966))),
    ("full width", |v| each(v, wide)),
    ("zero width", |v| each(v, |c| format!("{c}\u{200b}"))),
    ("soft hyphens", |v| each(v, |c| format!("{c}\u{ad}"))),
    ("joiners", |v| each(v, |c| format!("{c}\u{2060}\u{200d}"))),
    ("variation", |v| each(v, |c| format!("{c}\u{fe0f}"))),
    ("tags", |v| each(v, |c| format!("{c}\u{e0041}"))),
    ("other hyphens", |v| v.replace('-', "\u{2011}")),
    ("dashes", |v| v.replace('-', "\u{2013}")),
    ("hard spaces", |v| v.replace(' ', "\u{a0}")),
    ("narrow spaces", |v| v.replace(' ', "\u{202f}")),
];

/// Escapes of URLs, HTML, JSON and programs.
const ESCAPES: [Writing; 15] = [
    ("percent", |v| each_mark(v, percent)),
    ("percent all", |v| each(v, percent)),
    ("percent twice", |v| {
        each_mark(&each_mark(v, percent), percent)
    }),
    ("percent u", |v| {
        each_mark(v, |c| format!("%u{:04x}", u32::from(c)))
    }),
    ("html decimal", |v| {
        each_mark(v, |c| format!("&#{};", u32::from(c)))
    }),
    ("html padded", |v| {
        each_mark(v, |c| format!("&#{:07};", u32::from(c)))
    }),
    ("html hexadecimal", |v| {
        each(v, |c| format!("&#x{:x};", u32::from(c)))
    }),
    ("html twice", |v| {
        each_mark(v, |c| format!("&amp;#{};", u32::from(c)))
    }),
    ("html names", |v| {
        v.replace('@', "&commat;")
            .replace('.', "&period;")
            .replace('+', "&plus;")
            .replace(' ', "&nbsp;")
            .replace('-', "&hyphen;")
    }),
    ("json", |v| each(v, |c| format!("\\u{:04x}", u32::from(c)))),
    ("json twice", |v| {
        each(v, |c| format!("\\\\u{:04X}", u32::from(c)))
    }),
    ("javascript", |v| {
        each_mark(v, |c| format!("\\x{:02x}", u32::from(c)))
    }),
    ("octal", |v| {
        each_mark(v, |c| format!("\\{:03o}", u32::from(c)))
    }),
    ("markdown", |v| each_mark(v, |c| format!("\\{c}"))),
    ("code points", |v| {
        each(v, |c| format!("\\u{{{:x}}}", u32::from(c)))
    }),
];

#[test]
fn writing_it_otherwise_does_not_hide_a_value() {
    let mut missed = Vec::new();
    for (shape, value) in values() {
        for (name, write) in CHARACTERS.into_iter().chain(ESCAPES) {
            let written = write(&value);
            let invisible = |c: char| {
                matches!(
                    c,
                    '\u{200b}' | '\u{ad}' | '\u{2060}' | '\u{200d}' | '\u{fe0f}' | '\u{e0041}'
                )
            };
            let expected = written.trim_end_matches(invisible);
            for (before, after) in [
                ("", ""),
                ("see: ", " there"),
                ("{\"note\": \"", "\"}"),
                ("[", "]"),
            ] {
                let text = format!("{before}{written}{after}");
                let spans = found(shape, &text);
                let visible: Vec<&str> = spans
                    .iter()
                    .map(|span| span.trim_end_matches(invisible))
                    .collect();
                if visible != [expected] {
                    missed.push(format!("{shape} {name}: {text} {spans:?}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(text: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut encoded = String::new();
    for chunk in text.chunks(3) {
        let mut bytes = [0; 4];
        bytes[1..=chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes(bytes);
        for place in 0..4 {
            if place <= chunk.len() {
                let value = usize::try_from(bits >> (18 - 6 * place) & 63).unwrap_or(0);
                encoded.push(char::from(alphabet[value]));
            } else if padded {
                encoded.push('=');
            }
        }
    }
    encoded
}

fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn in_lines(encoded: &str, length: usize, end: &str) -> String {
    let characters: Vec<char> = encoded.chars().collect();
    let lines: Vec<String> = characters
        .chunks(length)
        .map(|line| line.iter().collect())
        .collect();
    lines.join(end)
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// The text that a finding covers stands in the encoded form somewhere: its place is checked by
/// what it decodes from, which is only known to the character of base64 that it begins in.
#[test]
fn encodings_do_not_hide_a_value() {
    let mut missed = Vec::new();
    for (shape, value) in values() {
        for lead in ["", "a", "to", "Ünï "] {
            let plain = format!("{lead} {value} and other words that make it longer than a line");
            let short = format!("{lead} {value}");
            let encoded = base64(plain.as_bytes(), STANDARD, true);
            let mime = in_lines(&encoded, 76, "\r\n");
            let texts = [
                ("padded", base64(short.as_bytes(), STANDARD, true)),
                ("unpadded", base64(short.as_bytes(), STANDARD, false)),
                ("url-safe", base64(plain.as_bytes(), URL_SAFE, false)),
                ("mime", mime.clone()),
                ("pem", in_lines(&encoded, 64, "\n")),
                ("twice", base64(encoded.as_bytes(), STANDARD, true)),
                ("json", format!("{{\"data\": {}}}", quoted(&encoded))),
                ("json lines", format!("{{\"data\": {}}}", quoted(&mime))),
                ("json twice", quoted(&quoted(&encoded))),
                (
                    "json of base64 of json",
                    quoted(&base64(quoted(&plain).as_bytes(), STANDARD, true)),
                ),
                (
                    "percent",
                    encoded
                        .replace('=', "%3D")
                        .replace('+', "%2B")
                        .replace('/', "%2F"),
                ),
                ("data url", format!("data:text/plain;base64,{encoded}")),
                ("attribute", format!("<a b=\"{encoded}\"/>")),
                ("bytea", format!("\\x{}", hexadecimal(&plain))),
                ("hexadecimal", hexadecimal(&plain).to_uppercase()),
                ("prefixed", format!("0x{}", hexadecimal(&plain))),
            ];
            for (name, text) in texts {
                let spans = found(shape, &text);
                let size = value.len() * 4 / 3;
                if spans.len() != 1 || spans[0].len() < size || spans[0].len() > 4 * size {
                    missed.push(format!("{shape} {name}: {text} {spans:?}"));
                }
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn a_form_does_not_hide_a_value() {
    let written = ["536", "22", "8137"].join("-");
    assert_eq!(
        found("ssn", &format!("q=my+ssn+{written}+ok&b=1")),
        [written.as_str()]
    );
    assert_eq!(
        found("phone", "q=call+%2B44+20+7123+4567+now"),
        ["%2B44+20+7123+4567"]
    );
    let card = ["4111", "1111", "1111", "1111"].join("+");
    assert_eq!(found("card", &format!("pay=with+{card}")), [card.as_str()]);
    assert_eq!(
        found("email", "a=1&to=ada%2540example.com&c=2"),
        ["ada%2540example.com"]
    );
}

#[test]
fn strings_in_strings_have_keys_to_the_second_level() {
    let bare = ["536", "22", "8137"].concat();
    let inner = format!("{{\"ssn\":\"{bare}\"}}");
    for text in [
        inner.clone(),
        format!("{{\"a\":{}}}", quoted(&inner)),
        format!(
            "{{\"a\":{}}}",
            quoted(&format!("{{\"b\":{}}}", quoted(&inner)))
        ),
        format!("[{}]", quoted(&format!("[{}]", quoted(&inner)))),
        format!(
            "body={}",
            inner
                .replace('"', "%22")
                .replace('{', "%7B")
                .replace('}', "%7D")
                .replace(':', "%3A")
        ),
        format!("<a>{}</a>", inner.replace('"', "&quot;")),
        base64(inner.as_bytes(), STANDARD, true),
    ] {
        let spans = found("ssn", &text);
        assert_eq!(spans.len(), 1, "{text} {spans:?}");
        assert!(
            !text.contains(&bare) || spans == [bare.as_str()],
            "{text} {spans:?}"
        );
    }
}
