//! Masking and revealing: the raw value comes back, or nothing does.

use std::collections::HashSet;

use proptest::prelude::*;
use scrim_mask::{
    Alphabet, CellMask, CellReveal, Encoding, Error, Format, Keyring, OperatorSpec, Outcome,
    TenantKey, TypeSpec,
};

fn keys() -> Keyring {
    Keyring::new(TenantKey::new([7; 32]), 1)
}

fn type_of(json: &str) -> TypeSpec {
    let spec = if json.starts_with('{') {
        json.to_owned()
    } else {
        format!("{{\"kind\": \"{json}\"}}")
    };
    serde_json::from_str(&spec).unwrap()
}

fn operator(json: &str) -> OperatorSpec {
    serde_json::from_str(json).unwrap()
}

fn siv() -> OperatorSpec {
    operator(r#"{"name": "siv"}"#)
}

fn named(name: &str) -> OperatorSpec {
    operator(&format!("{{\"name\": \"{name}\"}}"))
}

/// A rule in both directions.
struct Both {
    mask: CellMask,
    reveal: CellReveal,
}

impl Both {
    fn new(type_: &TypeSpec, op: &OperatorSpec) -> Self {
        Self {
            mask: CellMask::compile(type_, op, "test", &keys()).unwrap(),
            reveal: CellReveal::compile(type_, op, "test", &keys()).unwrap(),
        }
    }

    fn masked(&self, format: Format, raw: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        (self.mask.mask(format, raw, &mut out) == Outcome::Value).then_some(out)
    }

    fn there_and_back(&self, format: Format, raw: &[u8]) -> Option<Vec<u8>> {
        let masked = self.masked(format, raw).unwrap();
        assert!(masked != raw || raw.is_empty());
        self.reveal.reveal(format, &masked)
    }

    #[track_caller]
    fn comes_back(&self, raw: &str) {
        let back = self.there_and_back(Format::Text, raw.as_bytes());
        let back = back.map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(back.as_deref(), Some(raw));
    }
}

/// Types with values of theirs.
const COLUMNS: &[(&str, &[&str])] = &[
    ("int2", &["0", "7", "-7", "32767", "-32768", "100"]),
    (
        "int4",
        &["0", "2147483647", "-2147483648", "99999", "123456789"],
    ),
    (
        "int8",
        &[
            "9",
            "9223372036854775807",
            "-9223372036854775808",
            "4111111111111111",
        ],
    ),
    (
        "numeric",
        &[
            "0",
            "0.5",
            "12.50",
            "-12.05",
            "1234567890123456.789",
            "99999999999999999999",
        ],
    ),
    ("money", &["$1,234.56", "-$0.07"]),
    (
        "date",
        &["2024-02-29", "1970-01-01", "0044-03-15 BC", "5874897-12-31"],
    ),
    ("time", &["00:00:00", "12:34:56.789", "23:59:59.999999"]),
    ("timetz", &["12:34:56+02"]),
    (
        "timestamp",
        &["2024-02-29 12:34:56.5", "2024-02-29 00:00:00"],
    ),
    (
        "timestamptz",
        &["2024-02-29 12:34:56+05:30", "1999-12-31 23:59:59.999999-08"],
    ),
    (
        "uuid",
        &[
            "00112233-4455-4677-8899-aabbccddeeff",
            "018f4e2b-7c1d-7e55-b3a0-5f2d9c1e4a77",
        ],
    ),
    ("varbit", &["10", "1011", "111100001111000011110000"]),
    (
        r#"{"kind": "enum", "labels": ["a", "b", "c", "d"]}"#,
        &["a", "b", "c", "d"],
    ),
    (
        r#"{"kind": "array", "element": {"kind": "int4"}}"#,
        &["{1,22,NULL,333}", "{}", "{{1,2},{3,4}}"],
    ),
    (
        r#"{"kind": "array", "element": {"kind": "date"}}"#,
        &["{2024-02-29}"],
    ),
];

#[test]
fn values_of_every_reversible_type_come_back_in_text() {
    for op in ["auto", "digits", "ff1", "siv"] {
        for (type_, values) in COLUMNS {
            let both = Both::new(&type_of(type_), &named(op));
            for value in *values {
                let masked = both.masked(Format::Text, value.as_bytes()).unwrap();
                let back = both.reveal.reveal(Format::Text, &masked);
                assert_eq!(
                    back.as_deref(),
                    Some(value.as_bytes()),
                    "{op} {type_} {value}"
                );
            }
        }
    }
}

#[test]
fn numbers_of_a_national_id_come_back_from_every_type_that_holds_them() {
    for form in ["nl.bsn", "br.cpf", "pl.pesel", "cl.rut"] {
        let op = operator(&format!(r#"{{"name": "national_id", "form": "{form}"}}"#));
        for (type_, values) in [
            ("int2", &["7", "32767", "-12"][..]),
            ("int4", &["100000009", "111222333", "2147483647", "0"]),
            ("int8", &["39053344705", "44051401458", "100000001"]),
            ("numeric", &["39053344705", "44051401458", "12.50"]),
            (
                r#"{"kind": "array", "element": {"kind": "int8"}}"#,
                &["{39053344705,NULL}"],
            ),
        ] {
            let both = Both::new(&type_of(type_), &op);
            for value in values {
                both.comes_back(value);
            }
        }
    }
}

#[test]
fn texts_come_back_from_every_reversible_operator() {
    let text = type_of("text");
    let cases: &[(&str, &[&str])] = &[
        (
            r#"{"name": "digits"}"#,
            &["12-34/56 78", "AB-12 cd/7", "0012", "Zelda0"],
        ),
        (r#"{"name": "auto"}"#, &["INV-2024", "AB12cd", "a7"]),
        (
            r#"{"name": "card"}"#,
            &["4111 1111 1111 1111", "378282246310005", "6304000000000000"],
        ),
        (
            r#"{"name": "iban"}"#,
            &["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"],
        ),
        (
            r#"{"name": "national_id", "form": "br.cpf"}"#,
            &["390.533.447-05", "123.456.789-00", "39053344705"],
        ),
        (
            r#"{"name": "national_id", "form": "fi.hetu"}"#,
            &["131052-308T", "131052A308T", "ABC"],
        ),
        (
            r#"{"name": "phone"}"#,
            &[
                "+1 415 555 0132",
                "(415) 555-0132",
                "+44 20 7946 0958",
                "0044 20 7946 0958",
                "030 1234567",
                "41234567890",
                "14155550132",
                "911",
            ],
        ),
        (
            r#"{"name": "ff1"}"#,
            &["0", "42", "123456", "4111 1111 1111 1111"],
        ),
        (
            r#"{"name": "ff1", "alphabet": "lower"}"#,
            &["zelda", "zelda fitzgerald"],
        ),
        (
            r#"{"name": "ff1", "alphabet": "alnum"}"#,
            &["Zelda7", "a", "AB-12 cd/7"],
        ),
        (
            r#"{"name": "ff1", "alphabet": "hex"}"#,
            &["d41d8cd98f00b204e9800998ecf8427e"],
        ),
        (
            r#"{"name": "siv"}"#,
            &["z", "zelda@corp.test", "Zoë Fitzgerald", "日本語\nصفر"],
        ),
        (
            r#"{"name": "siv", "encoding": "base64url", "prefix": ""}"#,
            &["zelda@corp.test", "é"],
        ),
    ];
    for (op, values) in cases {
        let both = Both::new(&text, &operator(op));
        for value in *values {
            both.comes_back(value);
        }
    }
}

#[test]
fn normalisation_is_all_that_is_lost() {
    let back = |op: &str, raw: &str| {
        let both = Both::new(&type_of("text"), &operator(op));
        String::from_utf8(both.there_and_back(Format::Text, raw.as_bytes()).unwrap()).unwrap()
    };
    assert_eq!(back(r#"{"name": "siv"}"#, "  zelda \n"), "zelda");
    assert_eq!(
        back(r#"{"name": "iban"}"#, "de89370400440532013000"),
        "DE89370400440532013000"
    );
    let hex = r#"{"name": "ff1", "alphabet": "hex"}"#;
    assert_eq!(back(hex, "DEADBEEF"), "deadbeef");
    assert_eq!(
        back(r#"{"name": "card"}"#, "4111111111111112"),
        "4111111111111111"
    );
}

#[test]
fn a_padded_column_gives_padded_values() {
    let both = Both::new(
        &type_of(r#"{"kind": "text", "max_chars": 10, "pad": true}"#),
        &named("ff1"),
    );
    both.comes_back("123456    ");
}

#[test]
fn numbers_by_their_digits_come_back_or_stay_hidden() {
    for op in ["card", "phone"] {
        let both = Both::new(&TypeSpec::Int8 {}, &named(op));
        for raw in [
            4_111_111_111_111_111i64,
            14_155_550_132,
            4_155_550_132,
            7,
            1_000_000,
        ] {
            let back = both.there_and_back(Format::Text, raw.to_string().as_bytes());
            assert!(
                back.is_none() || back == Some(raw.to_string().into_bytes()),
                "{op} {raw}"
            );
        }
        both.comes_back("4111111111111111");
        assert_eq!(
            CellReveal::compile(&TypeSpec::Int4 {}, &named(op), "test", &keys()).unwrap_err(),
            Error::Irreversible
        );
    }
}

#[test]
fn what_cannot_be_turned_back_says_so() {
    for op in [
        "null", "redact", "partial", "token", "name", "email", "address", "ssn", "ip", "secret",
        "text",
    ] {
        let result = CellReveal::compile(&type_of("text"), &named(op), "test", &keys());
        assert_eq!(result.unwrap_err(), Error::Irreversible, "{op}");
    }
    for type_ in [
        "bool", "char1", "float8", "bytea", "inet", "macaddr", "json", "xml", "interval", "unknown",
    ] {
        let result = CellReveal::compile(&type_of(type_), &siv(), "test", &keys());
        assert_eq!(result.unwrap_err(), Error::Irreversible, "{type_}");
    }
    let two = type_of(r#"{"kind": "enum", "labels": ["yes", "no"]}"#);
    assert!(CellReveal::compile(&two, &siv(), "test", &keys()).is_err());
}

#[test]
fn what_was_masked_under_another_key_domain_or_version_stays_hidden() {
    let text = type_of("text");
    let both = Both::new(&text, &siv());
    let masked = both.masked(Format::Text, b"zelda@corp.test").unwrap();
    let other = Keyring::new(TenantKey::new([8; 32]), 1);
    let both = [(1, TenantKey::new([7; 32])), (2, TenantKey::new([7; 32]))];
    let rotated = Keyring::with_versions(both, 2).unwrap();
    for (domain, keys) in [
        ("test", other),
        ("test", rotated.clone()),
        ("other", keys()),
    ] {
        let reveal = CellReveal::compile(&text, &siv(), domain, &keys).unwrap();
        assert_eq!(reveal.reveal(Format::Text, &masked), None);
    }
    let again = CellReveal::compile(&text, &siv(), "test", &rotated.at(1).unwrap()).unwrap();
    assert_eq!(
        again.reveal(Format::Text, &masked).unwrap(),
        b"zelda@corp.test"
    );
}

#[test]
fn a_stand_in_without_room_stays_hidden() {
    let narrow = type_of(r#"{"kind": "text", "max_chars": 12}"#);
    let both = Both::new(&narrow, &siv());
    assert_eq!(both.there_and_back(Format::Text, b"zelda fitz"), None);
    let both = Both::new(&narrow, &named("ff1"));
    assert_eq!(both.there_and_back(Format::Text, b"not digits"), None);
    let both = Both::new(&type_of("text"), &named("auto"));
    assert_eq!(
        both.there_and_back(Format::Text, b"a sentence with words"),
        None
    );
    let result = CellReveal::compile(&narrow, &named("auto"), "test", &keys());
    assert_eq!(result.unwrap_err(), Error::Irreversible);
}

#[test]
fn a_token_survives_a_change_of_case() {
    let both = Both::new(&type_of("text"), &siv());
    let masked = both.masked(Format::Text, b"zelda@corp.test").unwrap();
    let token = String::from_utf8(masked).unwrap();
    let shouted = format!(" siv_{} ", token["siv_".len()..].to_uppercase());
    let back = both.reveal.reveal(Format::Text, shouted.as_bytes());
    assert_eq!(back.as_deref(), Some(&b"zelda@corp.test"[..]));
}

#[test]
fn every_small_domain_is_a_bijection() {
    let alphabets = [
        Alphabet::Digits,
        Alphabet::Lower,
        Alphabet::Hex,
        Alphabet::Alnum,
    ];
    let radixes = [10usize, 26, 16, 62];
    for (alphabet, radix) in alphabets.into_iter().zip(radixes) {
        let both = Both::new(&type_of("text"), &OperatorSpec::Ff1 { alphabet });
        let characters: Vec<char> = match alphabet {
            Alphabet::Digits => ('0'..='9').collect(),
            Alphabet::Lower => ('a'..='z').collect(),
            Alphabet::Hex => ('0'..='9').chain('a'..='f').collect(),
            Alphabet::Alnum => ('0'..='9').chain('A'..='Z').chain('a'..='z').collect(),
        };
        assert_eq!(characters.len(), radix);
        let mut seen = HashSet::new();
        for first in &characters {
            for second in &characters {
                let raw = format!("{first}{second}");
                both.comes_back(&raw);
                seen.insert(both.masked(Format::Text, raw.as_bytes()).unwrap());
            }
        }
        assert_eq!(seen.len(), radix * radix);
    }
}

fn reversible_operators() -> impl Strategy<Value = OperatorSpec> {
    let alphabet = prop_oneof![
        Just(Alphabet::Digits),
        Just(Alphabet::Lower),
        Just(Alphabet::Alnum),
        Just(Alphabet::Hex),
    ];
    prop_oneof![
        alphabet.prop_map(|alphabet| OperatorSpec::Ff1 { alphabet }),
        Just(OperatorSpec::Digits {}),
        Just(OperatorSpec::Siv {
            prefix: "siv_".into(),
            encoding: Encoding::Base32,
        }),
        Just(OperatorSpec::Siv {
            prefix: String::new(),
            encoding: Encoding::Base64url,
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn integers_come_back(op in reversible_operators(), value: i64) {
        let both = Both::new(&TypeSpec::Int8 {}, &op);
        let raw = value.to_be_bytes();
        prop_assert_eq!(both.there_and_back(Format::Binary, &raw), Some(raw.to_vec()));
        let narrow = Both::new(&TypeSpec::Int4 {}, &op);
        let raw = i32::from_be_bytes(value.to_be_bytes()[4..].try_into().unwrap()).to_be_bytes();
        prop_assert_eq!(narrow.there_and_back(Format::Binary, &raw), Some(raw.to_vec()));
    }

    #[test]
    fn days_and_instants_come_back(op in reversible_operators(), day in -2_451_545..2_145_031_948i32, micros in -60_000_000_000_000_000i64..60_000_000_000_000_000) {
        let both = Both::new(&TypeSpec::Date {}, &op);
        prop_assert_eq!(both.there_and_back(Format::Binary, &day.to_be_bytes()), Some(day.to_be_bytes().to_vec()));
        let both = Both::new(&TypeSpec::Timestamptz {}, &op);
        prop_assert_eq!(both.there_and_back(Format::Binary, &micros.to_be_bytes()), Some(micros.to_be_bytes().to_vec()));
        let both = Both::new(&TypeSpec::Time {}, &op);
        let clock = micros.rem_euclid(86_400_000_000);
        prop_assert_eq!(both.there_and_back(Format::Binary, &clock.to_be_bytes()), Some(clock.to_be_bytes().to_vec()));
    }

    #[test]
    fn identifiers_come_back(op in reversible_operators(), value: u128) {
        let both = Both::new(&TypeSpec::Uuid {}, &op);
        let raw = value.to_be_bytes();
        prop_assert_eq!(both.there_and_back(Format::Binary, &raw), Some(raw.to_vec()));
    }

    #[test]
    fn numerics_come_back(op in reversible_operators(), raw in "-?[1-9][0-9]{0,17}(\\.[0-9]{0,9}[1-9])?") {
        Both::new(&type_of("numeric"), &op).comes_back(&raw);
    }

    #[test]
    fn sealed_texts_come_back(raw in "\\PC{1,80}") {
        let both = Both::new(&type_of("text"), &siv());
        let back = both.there_and_back(Format::Text, raw.as_bytes());
        prop_assert_eq!(back, Some(raw.trim().as_bytes().to_vec()));
    }

    #[test]
    fn digits_come_back(raw in "[0-9][0-9 -]{0,38}[0-9]") {
        Both::new(&type_of("text"), &named("ff1")).comes_back(&raw);
    }

    #[test]
    fn phone_numbers_come_back(raw in "(\\+|00|0|)[1-9][0-9]{4,14}") {
        Both::new(&type_of("text"), &named("phone")).comes_back(&raw);
    }

    #[test]
    fn nothing_that_a_stranger_sends_is_revealed_as_what_it_is_not(
        op in reversible_operators(), bytes in proptest::collection::vec(any::<u8>(), 0..60), binary: bool
    ) {
        let format = if binary { Format::Binary } else { Format::Text };
        for kind in ["text", "name", "int8", "numeric", "date", "timestamptz", "uuid", "varbit"] {
            let both = Both::new(&type_of(kind), &op);
            if let Some(raw) = both.reveal.reveal(format, &bytes) {
                let again = both.masked(format, &raw).unwrap();
                prop_assert!(again.trim_ascii().eq_ignore_ascii_case(bytes.trim_ascii()));
            }
        }
    }
}

#[test]
fn texts_that_are_dates_come_back_and_impossible_dates_are_no_dates() {
    let text = Both::new(&type_of("text"), &named("auto"));
    let date = Both::new(&type_of("date"), &named("auto"));
    for raw in [
        "1980-01-02",
        "02.01.1980",
        "01/02/1980",
        "31/12/1999 23:59",
        "2024-02-29T12:34:56.1234567+05:30",
        "2024-02-30",
        "0000-00-00",
    ] {
        let raw = raw.as_bytes();
        assert_eq!(text.there_and_back(Format::Text, raw).as_deref(), Some(raw));
    }
    let masked = text.masked(Format::Text, b"1980-01-02").unwrap();
    assert_eq!(date.masked(Format::Text, b"1980-01-02"), Some(masked));
}

#[test]
fn coordinates_come_back_as_texts_and_exact_numbers() {
    let coordinates = named("coordinates");
    let text = Both::new(&type_of("text"), &coordinates);
    for raw in ["48.8566, 2.3522", "(52.5200,-13.40)", "48.8566", "-151.5"] {
        let raw = raw.as_bytes();
        assert_eq!(text.there_and_back(Format::Text, raw).as_deref(), Some(raw));
    }
    for raw in ["052.5", "-0.0", "91.5, 13.4"] {
        assert_eq!(text.there_and_back(Format::Text, raw.as_bytes()), None);
    }
    let numeric = Both::new(
        &type_of(r#"{"kind": "numeric", "precision": 9, "scale": 6}"#),
        &coordinates,
    );
    for raw in ["48.856600", "-151.209312"] {
        let raw = raw.as_bytes();
        assert_eq!(
            numeric.there_and_back(Format::Text, raw).as_deref(),
            Some(raw)
        );
    }
    let double = CellReveal::compile(&type_of("float8"), &coordinates, "test", &keys());
    assert_eq!(double.unwrap_err(), Error::Irreversible);
}
