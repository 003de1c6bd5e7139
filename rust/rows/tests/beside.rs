//! A column whose replacements depend on another one, on every way that a row can take.

use std::sync::Arc;

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::arrow::{Beside, FixedWidth, Texts, Validity};
use scrim_rows::copy::{CopyFormat, CopyOptions, CopyRewriter};
use scrim_rows::data_row::{cells, rewrite, Formats};
use scrim_rows::{Counters, Fixed, Format, Masker, Plan};

/// A date by its customer, who stands behind it, and a name by its kind; the customer is masked too.
const RULES: &str = r#"{"columns":[
    {"action":"mask","type":{"kind":"date"},"domain":"person.birth_date",
     "operator":{"name":"date_shift","subject":["customer"],"max_days":50}},
    {"action":"mask","type":{"kind":"int4"},"domain":"c","operator":{"name":"auto"}},
    {"action":"mask","type":{"kind":"text"},"domain":"person.full","operator":{"name":"by_row",
     "column":["kind"],"cases":{"a \"b\", c":{"name":"name"},"gone":{"name":"null"}},
     "otherwise":{"name":"redact"}}},
    {"action":"pass"}],
    "beside":{"0":{"column":1,"type":{"kind":"int4"}},"2":{"column":3,"type":{"kind":"text"}}}}"#;
const KIND: &str = r#"a "b", c"#;

fn plan() -> Plan {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    Plan::compile(RULES, &Masker::new(keys, detector, config).unwrap()).unwrap()
}

type Row = Vec<Option<Vec<u8>>>;

fn body(row: &[Option<&[u8]>]) -> Vec<u8> {
    let mut body = u16::try_from(row.len()).unwrap().to_be_bytes().to_vec();
    for cell in row {
        let length = cell.map_or(-1, |cell| i32::try_from(cell.len()).unwrap());
        body.extend(length.to_be_bytes());
        body.extend(cell.unwrap_or_default());
    }
    body
}

fn in_result(row: &[Option<&[u8]>], codes: &[u8]) -> Row {
    let (mut out, mut counters) = (Vec::new(), Counters::default());
    let formats = Formats::Each(codes);
    rewrite(&plan(), formats, &body(row), &mut out, &mut counters).unwrap();
    let mut masked = Row::new();
    cells(&out[5..], |_, cell| masked.push(cell.map(<[u8]>::to_vec))).unwrap();
    masked
}

fn copied(options: &CopyOptions, stream: &[u8]) -> Vec<u8> {
    let mut rewriter = CopyRewriter::new(options.clone(), 1 << 12);
    let (mut out, mut counters) = (Vec::new(), Counters::default());
    let plan = plan();
    rewriter
        .payload(&plan, stream, &mut out, &mut counters)
        .unwrap();
    rewriter.finish(&plan, &mut out, &mut counters).unwrap();
    out
}

const DATE: &[u8] = b"2024-02-29";
const NAME: &[u8] = b"Ada Lovelace";

fn row(customer: Option<&'static str>, kind: Option<&'static str>) -> Row {
    let cell = |text: Option<&'static str>| text.map(str::as_bytes);
    in_result(
        &[Some(DATE), cell(customer), Some(NAME), cell(kind)],
        &[0, 0, 0, 0],
    )
}

#[test]
fn the_raw_cell_beside_decides_also_where_it_is_masked_itself() {
    let [first, second] = [row(Some("7"), Some(KIND)), row(Some("8"), Some("other"))];
    assert_ne!(first[0], second[0]);
    assert_ne!(first[1].as_deref(), Some(&b"7"[..]));
    assert_ne!(first[2], second[2]);
    let alone = row(None, None);
    assert!(alone[0] != first[0] && alone[0].as_deref() != Some(DATE));
    assert_eq!(alone[2], second[2], "NULL is none of the cases");
    assert_eq!(row(None, Some("gone"))[2], None);
}

#[test]
fn both_formats_agree_and_may_be_mixed() {
    let day = 8_825i32; // 2024-02-29
    let expected = row(Some("7"), Some(KIND));
    let binary = in_result(
        &[
            Some(&day.to_be_bytes()),
            Some(&7i32.to_be_bytes()),
            Some(NAME),
            Some(KIND.as_bytes()),
        ],
        &[1, 1, 1, 1],
    );
    let mixed = in_result(
        &[
            Some(DATE),
            Some(&7i32.to_be_bytes()),
            Some(NAME),
            Some(KIND.as_bytes()),
        ],
        &[0, 1, 0, 1],
    );
    assert_eq!(mixed[0], expected[0]);
    assert_eq!(binary[2], expected[2]);
    let back = in_result(&[Some(DATE), Some(b"7"), None, None], &[0, 0, 1, 1]);
    assert_eq!(back[0], expected[0]);
    let moved = |cell: &[u8]| i32::from_be_bytes(cell.try_into().unwrap()) - day;
    assert!((1..=50).contains(&moved(binary[0].as_ref().unwrap()).abs()));
}

#[test]
fn copy_gives_what_results_give() {
    let expected = row(Some("7"), Some(KIND));
    let texts: Vec<String> = expected
        .iter()
        .map(|cell| String::from_utf8(cell.clone().unwrap()).unwrap())
        .collect();
    let text = format!("2024-02-29\t7\tAda Lovelace\t{KIND}\n");
    let masked = copied(&CopyOptions::default(), text.as_bytes());
    let shown = format!("{}\n", texts.join("\t"));
    assert_eq!(String::from_utf8(masked).unwrap(), shown);
    // The kind with escapes, and the customer NULL.
    let masked = copied(
        &CopyOptions::default(),
        b"2024-02-29\t\\N\tAda Lovelace\t\\147one\n",
    );
    let alone = row(None, Some("gone"));
    let date = String::from_utf8(alone[0].clone().unwrap()).unwrap();
    let shown = format!("{date}\t\\N\t\\N\t\\147one\n");
    assert_eq!(String::from_utf8(masked).unwrap(), shown);

    let csv = CopyOptions {
        format: CopyFormat::Csv,
        delimiter: b',',
        null: String::new(),
        ..CopyOptions::default()
    };
    let quoted = r#""a ""b"", c""#;
    let line = format!("2024-02-29,\"7\",Ada Lovelace,{quoted}\n2024-02-29,,Ada Lovelace,gone\n");
    let masked = String::from_utf8(copied(&csv, line.as_bytes())).unwrap();
    let shown = format!(
        "{},\"{}\",{},{quoted}\n{date},,,gone\n",
        texts[0], texts[1], texts[2]
    );
    assert_eq!(masked, shown);

    let binary = CopyOptions {
        format: CopyFormat::Binary,
        ..CopyOptions::default()
    };
    let mut stream = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0".to_vec();
    let head = stream.len();
    let (day, customer) = (8_825i32.to_be_bytes(), 7i32.to_be_bytes());
    let cells_ = [
        Some(&day[..]),
        Some(&customer),
        Some(NAME),
        Some(KIND.as_bytes()),
    ];
    stream.extend(body(&cells_));
    stream.extend([0xff, 0xff]);
    let masked = copied(&binary, &stream);
    let expected: Vec<Option<Vec<u8>>> = in_result(&cells_, &[1, 1, 1, 1]);
    let expected: Vec<Option<&[u8]>> = expected.iter().map(Option::as_deref).collect();
    assert_eq!(&masked[head..masked.len() - 2], body(&expected));
}

#[test]
fn a_broken_row_is_refused_before_anything_of_it_is_written() {
    let mut out = Vec::new();
    let mut counters = Counters::default();
    let mut broken = body(&[Some(DATE), Some(b"7"), Some(NAME), None]);
    broken.truncate(broken.len() - 6);
    for body in [&broken[..], &[0, 4], &[]] {
        let formats = Formats::All(Format::Text);
        assert!(rewrite(&plan(), formats, body, &mut out, &mut counters).is_err());
        assert!(out.is_empty());
    }
    let codes = Formats::Each(&[0, 7, 0, 0]);
    let whole = body(&[Some(DATE), Some(b"7"), Some(NAME), None]);
    assert!(rewrite(&plan(), codes, &whole, &mut out, &mut counters).is_err());
}

fn texts<'a>(offsets: &'a [u8], data: &'a [u8], bits: Option<&'a [u8]>) -> Texts<'a> {
    Texts {
        offsets,
        wide: false,
        data,
        validity: Validity { bits, first: 0 },
        format: Format::Text,
    }
}

fn offsets(ends: &[i32]) -> Vec<u8> {
    ends.iter().flat_map(|end| end.to_ne_bytes()).collect()
}

#[test]
fn columns_in_memory_give_what_results_give() {
    let (plan, mut counters) = (plan(), Counters::default());
    // Days from 1970-01-01: 2024-02-29 twice, with the customers 7 and NULL.
    let day = 19_782i32.to_ne_bytes();
    let dates = FixedWidth {
        data: &[day, day].concat(),
        layout: Fixed::Date32,
        validity: Validity {
            bits: None,
            first: 0,
        },
    };
    let customers = FixedWidth {
        data: &[7i32.to_ne_bytes(), [0; 4]].concat(),
        layout: Fixed::named("int4").unwrap(),
        validity: Validity {
            bits: Some(&[1]),
            first: 0,
        },
    };
    let beside = Beside::Fixed(customers);
    let masked = plan
        .mask_fixed(0, &dates, Some(&beside), &mut counters)
        .unwrap()
        .unwrap();
    let shown = |row: Row| String::from_utf8(row[0].clone().unwrap()).unwrap();
    let expected = [shown(row(Some("7"), None)), shown(row(None, None))];
    let days: Vec<i32> = masked
        .data
        .chunks_exact(4)
        .map(|bytes| i32::from_ne_bytes(bytes.try_into().unwrap()))
        .collect();
    assert_eq!(
        days.iter().map(|day| civil(*day)).collect::<Vec<_>>(),
        expected
    );

    // The same name three times, with a kind that is a case, one that is none, and NULL.
    let names = [NAME, NAME, NAME].concat();
    let name_ends = offsets(&[0, 12, 24, 36]);
    let kinds = format!("{KIND}other");
    let kind_ends = offsets(&[0, 8, 13, 13]);
    let beside = Beside::Texts(texts(&kind_ends, kinds.as_bytes(), Some(&[0b011])));
    let names = texts(&name_ends, &names, None);
    let masked = plan
        .mask_texts(2, &names, Some(&beside), &mut counters)
        .unwrap()
        .unwrap();
    let expected: Vec<u8> = [Some(KIND), Some("other"), None]
        .into_iter()
        .flat_map(|kind| row(None, kind)[2].clone().unwrap())
        .collect();
    assert_eq!(masked.data, expected);
    // Fewer values beside than there are rows.
    let short = Beside::Texts(texts(&kind_ends[..8], kinds.as_bytes(), None));
    assert!(plan
        .mask_texts(2, &names, Some(&short), &mut counters)
        .is_err());
}

/// A day from 1970-01-01 as text, counted month by month.
fn civil(day: i32) -> String {
    let (mut year, mut rest) = (1970, day);
    let leap = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while rest >= 365 + i32::from(leap(year)) {
        rest -= 365 + i32::from(leap(year));
        year += 1;
    }
    let february = 28 + i32::from(leap(year));
    for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        if rest < length {
            return format!("{year:04}-{month:02}-{:02}", rest + 1);
        }
        rest -= length;
    }
    unreachable!("a year has twelve months")
}

#[test]
fn a_plan_says_which_columns_are_asked_for() {
    assert_eq!(plan().beside(), [1, 3]);
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let masker = Masker::new(keys, detector, config).unwrap();
    for beside in [
        r#"{"0":{"column":4,"type":{"kind":"int4"}}}"#,
        r#"{"4":{"column":0,"type":{"kind":"int4"}}}"#,
        r#"{"0":{"column":1,"kind":"int4"}}"#,
        r#"{"x":{"column":1,"type":{"kind":"int4"}}}"#,
        r#"{"0":{"column":-1,"type":{"kind":"int4"}}}"#,
    ] {
        let rules = RULES.split_once("\"beside\"").unwrap().0;
        let rules = format!("{rules}\"beside\":{beside}}}");
        assert!(Plan::compile(&rules, &masker).is_err(), "{beside}");
    }
}
