use super::*;
use crate::keys::TenantKey;
use crate::spec::{NamePart, PlacePart};
use crate::types::calendar::days;

const TEXT: TypeSpec = TypeSpec::Text {
    max_chars: None,
    pad: false,
};

fn keys() -> Keyring {
    Keyring::new(TenantKey::new([7; 32]), 1)
}

fn shift() -> OperatorSpec {
    OperatorSpec::DateShift {
        subject: vec!["customer".into()],
        max_days: 100,
        day_first: false,
    }
}

fn compiled(type_: &TypeSpec, op: &OperatorSpec, domain: &str, beside: &TypeSpec) -> RowMask {
    RowMask::compile(type_, op, domain, Some(beside), &keys()).unwrap()
}

fn masked(
    mask: &RowMask,
    format: Format,
    cell: &[u8],
    beside: Option<(Format, &[u8])>,
) -> Option<Vec<u8>> {
    let mut batch = Batch::default();
    let mut out = b"before".to_vec();
    let outcome = mask.mask_batched(format, cell, beside, &mut out, &mut batch);
    batch.flush(&mut out);
    let masked = out.split_off(6);
    assert!(outcome == Outcome::Value || (outcome == Outcome::Null && masked.is_empty()));
    (outcome == Outcome::Value).then_some(masked)
}

fn text(mask: &RowMask, cell: &str, beside: Option<&str>) -> Option<String> {
    let beside = beside.map(|beside| (Format::Text, beside.as_bytes()));
    masked(mask, Format::Text, cell.as_bytes(), beside).map(|out| String::from_utf8(out).unwrap())
}

fn day(text: &str) -> i64 {
    let mut parts = text[..10].split('-').map(|part| part.parse().unwrap());
    let mut next = || parts.next().unwrap();
    days(next(), next(), next())
}

#[test]
fn dates_of_one_subject_keep_their_distance_over_types_domains_and_formats() {
    let born = compiled(
        &TypeSpec::Date {},
        &shift(),
        "person.birth_date",
        &TypeSpec::Int4 {},
    );
    let seen = compiled(&TypeSpec::Timestamp {}, &shift(), "health.visit", &TEXT);
    let first = text(&born, "2001-02-03", Some("42")).unwrap();
    let moved = day(&first) - day("2001-02-03");
    assert!((1..=100).contains(&moved.abs()));
    let second = text(&seen, "2024-05-06 07:08:09.5", Some("42")).unwrap();
    assert_eq!(day(&second) - day("2024-05-06"), moved);
    assert!(second.ends_with(" 07:08:09.5"), "{second}");
    // Cell and subject in binary format.
    let raw = (day("2001-02-03") as i32).to_be_bytes();
    let subject = 42i32.to_be_bytes();
    let binary = masked(
        &born,
        Format::Binary,
        &raw,
        Some((Format::Binary, &subject)),
    )
    .unwrap();
    assert_eq!(
        i64::from(i32::from_be_bytes(binary.try_into().unwrap())),
        day(&first)
    );
}

#[test]
fn without_a_subject_a_date_moves_by_itself() {
    let mask = compiled(&TypeSpec::Date {}, &shift(), "x", &TypeSpec::Int4 {});
    let alone = text(&mask, "2001-02-03", None).unwrap();
    assert!((1..=100).contains(&(day(&alone) - day("2001-02-03")).abs()));
    // What is no number says nothing, as NULL does.
    assert_eq!(text(&mask, "2001-02-03", Some("x")), Some(alone.clone()));
    let nobody = RowMask::compile(&TypeSpec::Date {}, &shift(), "x", None, &keys()).unwrap();
    assert_eq!(text(&nobody, "2001-02-03", Some("42")), Some(alone.clone()));
    // Nor does a document.
    let json = TypeSpec::Jsonb { mask_keys: false };
    let mask = compiled(&TypeSpec::Date {}, &shift(), "x", &json);
    assert_eq!(text(&mask, "2001-02-03", Some("1")), Some(alone));
}

#[test]
fn infinities_and_the_ends_of_the_calendar_become_null() {
    let mask = compiled(&TypeSpec::Date {}, &shift(), "x", &TEXT);
    for raw in ["infinity", "-infinity", "2024-02-30", "", "x"] {
        assert_eq!(text(&mask, raw, Some("7")), None, "{raw}");
        assert_eq!(text(&mask, raw, None), None, "{raw}");
    }
    let subjects: Vec<String> = (0..40).map(|subject| subject.to_string()).collect();
    for raw in ["4714-11-24 BC", "5874897-12-31"] {
        let ends = |subject: &String| text(&mask, raw, Some(subject)).is_none();
        let count = subjects.iter().filter(|subject| ends(subject)).count();
        assert!((5..35).contains(&count), "{raw}: {count}");
        assert!(text(&mask, raw, None).is_some());
    }
}

#[test]
fn arrays_and_ranges_move_as_their_elements_do() {
    let date = || Box::new(TypeSpec::Date {});
    let array = TypeSpec::Array {
        element: date(),
        element_oid: 1082,
        delimiter: ',',
    };
    let range = TypeSpec::Range { subtype: date() };
    let plain = compiled(&TypeSpec::Date {}, &shift(), "x", &TEXT);
    let one = |raw: &str| text(&plain, raw, Some("7")).unwrap();
    let (from, to) = (one("2024-01-31"), one("2024-03-01"));
    let array = compiled(&array, &shift(), "x", &TEXT);
    assert_eq!(
        text(&array, "{2024-01-31,NULL,2024-03-01}", Some("7")),
        Some(format!("{{{from},NULL,{to}}}"))
    );
    let range = compiled(&range, &shift(), "x", &TEXT);
    assert_eq!(
        text(&range, "[2024-01-31,2024-03-01)", Some("7")),
        Some(format!("[{from},{to})"))
    );
    let json = TypeSpec::Jsonb { mask_keys: false };
    let json = compiled(&json, &shift(), "x", &TEXT);
    let document = text(&json, r#"{"born": "2024-01-31"}"#, Some("7")).unwrap();
    assert!(!document.contains("2024-01-31"), "{document}");
}

fn by_kind(otherwise: OperatorSpec) -> OperatorSpec {
    let name = OperatorSpec::Name {
        part: NamePart::Full,
        of: Vec::new(),
    };
    OperatorSpec::ByRow {
        column: vec!["kind".into()],
        cases: BTreeMap::from([
            ("person".into(), name),
            ("Company".into(), OperatorSpec::Company {}),
            ("phone".into(), OperatorSpec::Phone {}),
            ("gone".into(), OperatorSpec::Null {}),
        ]),
        otherwise: Box::new(otherwise),
    }
}

#[test]
fn another_column_chooses_the_operator() {
    let mask = compiled(
        &TEXT,
        &by_kind(OperatorSpec::Redact {}),
        "person.full",
        &TEXT,
    );
    let alone = |op: &OperatorSpec, raw: &str| {
        let mask = CellMask::compile(&TEXT, op, "person.full", &keys()).unwrap();
        let mut out = Vec::new();
        mask.mask(Format::Text, raw.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    let person = OperatorSpec::Name {
        part: NamePart::Full,
        of: Vec::new(),
    };
    let raw = "Ada Lovelace";
    assert_eq!(text(&mask, raw, Some("person")), Some(alone(&person, raw)));
    assert_eq!(
        text(&mask, raw, Some(" PERSON ")),
        Some(alone(&person, raw))
    );
    let company = alone(&OperatorSpec::Company {}, raw);
    assert_eq!(text(&mask, raw, Some("company")), Some(company));
    assert_eq!(text(&mask, raw, Some("gone")), None);
    let redacted = Some(alone(&OperatorSpec::Redact {}, raw));
    for beside in [None, Some("unheard of"), Some("")] {
        assert_eq!(text(&mask, raw, beside), redacted);
    }
    // What waits in the batch is filled in.
    let phone = "+1 415 555 0132";
    let expected = alone(&OperatorSpec::Phone {}, phone);
    assert_eq!(text(&mask, phone, Some("phone")), Some(expected));
}

#[test]
fn cases_are_values_of_the_other_columns_type() {
    let cases = |value: &str| OperatorSpec::ByRow {
        column: vec!["kind".into()],
        cases: BTreeMap::from([(value.into(), OperatorSpec::Null {})]),
        otherwise: Box::new(OperatorSpec::Text {}),
    };
    let null = |type_: &TypeSpec, value: &str, format: Format, beside: &[u8]| {
        let mask = compiled(&TEXT, &cases(value), "x", type_);
        masked(&mask, Format::Text, b"Zelda", Some((format, beside))).is_none()
    };
    assert!(null(
        &TypeSpec::Int4 {},
        "7",
        Format::Binary,
        &7i32.to_be_bytes()
    ));
    assert!(!null(
        &TypeSpec::Int4 {},
        "7",
        Format::Binary,
        &8i32.to_be_bytes()
    ));
    assert!(!null(&TypeSpec::Int4 {}, "seven", Format::Text, b"7"));
    assert!(null(&TypeSpec::Bool {}, "true", Format::Text, b"t"));
    assert!(null(&TypeSpec::Bool {}, "true", Format::Binary, &[1]));
}

#[test]
fn nobody_choosing_means_otherwise() {
    let nothing = by_kind(OperatorSpec::Null {});
    let mask = RowMask::compile(&TEXT, &nothing, "x", None, &keys()).unwrap();
    assert_eq!(text(&mask, "Zelda", Some("person")), None);
    // Where texts are masked one by one, such as what a search found, there is no row at all.
    let alone = CellMask::compile(&TEXT, &by_kind(OperatorSpec::Text {}), "x", &keys()).unwrap();
    let plain = CellMask::compile(&TEXT, &OperatorSpec::Text {}, "x", &keys()).unwrap();
    let of = |mask: &CellMask| {
        let mut out = Vec::new();
        mask.mask(Format::Text, b"Zelda", &mut out);
        out
    };
    assert_eq!(of(&alone), of(&plain));
}

#[test]
fn a_place_follows_the_postal_code_beside_it_in_every_format() {
    let of = |part| OperatorSpec::Place {
        part,
        of: vec!["zip".into()],
    };
    let town = compiled(&TEXT, &of(PlacePart::City), "contact.city", &TEXT);
    let number = compiled(
        &TEXT,
        &of(PlacePart::City),
        "person.birth_place",
        &TypeSpec::Int4 {},
    );
    let expected = text(&town, "Springfield", Some("62701"));
    assert_eq!(text(&town, "Elsewhere", Some(" 62701")), expected);
    let binary = 62_701i32.to_be_bytes();
    let masked = masked(
        &number,
        Format::Text,
        b"Springfield",
        Some((Format::Binary, &binary)),
    );
    assert_eq!(masked.map(|out| String::from_utf8(out).unwrap()), expected);
}

#[test]
fn parts_of_a_name_are_those_of_the_full_name_beside() {
    let name = |part, of: &[&str]| OperatorSpec::Name {
        part,
        of: of.iter().map(|name| (*name).to_owned()).collect(),
    };
    let alone = |op: &OperatorSpec, domain, raw: &str| {
        let mask = CellMask::compile(&TEXT, op, domain, &keys()).unwrap();
        let mut out = Vec::new();
        mask.mask(Format::Text, raw.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    };
    let part = |part, domain| compiled(&TEXT, &name(part, &["full_name"]), domain, &TEXT);
    let given = part(NamePart::Given, "person.given");
    let family = part(NamePart::Family, "person.family");
    for (full, first, last) in [
        ("Zelda Fitzgerald", "Zelda", "Fitzgerald"),
        ("Dr. Susan Miller", "Susan", "Miller"),
        ("Miller, Susan", "susan", "MILLER"),
        ("Ren\u{e9} Zola", "Ren\u{e9}", "Zola"),
    ] {
        let masked = alone(&name(NamePart::Full, &[]), "person.full", full);
        let [one, two] = [
            text(&given, first, Some(full)),
            text(&family, last, Some(full)),
        ];
        assert_eq!(format!("{} {}", one.unwrap(), two.unwrap()), masked);
    }
    for beside in [None, Some("")] {
        let masked = text(&given, "Zelda", beside).unwrap();
        let by_itself = name(NamePart::Given, &[]);
        assert_eq!(masked, alone(&by_itself, "person.full", "Zelda"));
    }
}
