//! Columns in Arrow's layout become what the same values become in a result.

use std::sync::Arc;

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
use scrim_rows::arrow::{FixedWidth, MaskedColumn, Texts, Validity};
use scrim_rows::data_row::{cells, rewrite, Formats};
use scrim_rows::{Counters, Fixed, Format, Masker, Plan, RowError};

const ALL: Validity<'_> = Validity {
    bits: None,
    first: 0,
};

fn plan(kind: &str) -> Plan {
    with_operator(kind, r#"{"name":"auto"}"#)
}

fn with_operator(kind: &str, operator: &str) -> Plan {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let config = r#"{"operators":{},"default":{"name":"redact"}}"#;
    let keys = Keyring::new(TenantKey::new([7; 32]), 1);
    let rules = format!(
        r#"{{"columns":[{{"action":"mask","type":{{"kind":"{kind}"}},"domain":"d","operator":{operator}}}]}}"#
    );
    Plan::compile(&rules, &Masker::new(keys, detector, config).unwrap()).unwrap()
}

/// What a result's cell becomes.
fn in_result(plan: &Plan, format: Format, cell: &[u8]) -> Option<Vec<u8>> {
    let mut body = vec![0, 1];
    body.extend(i32::try_from(cell.len()).unwrap().to_be_bytes());
    body.extend(cell);
    let mut out = Vec::new();
    rewrite(
        plan,
        Formats::All(format),
        &body,
        &mut out,
        &mut Counters::default(),
    )
    .unwrap();
    let mut masked = None;
    cells(&out[5..], |_, cell| masked = cell.map(<[u8]>::to_vec)).unwrap();
    masked
}

fn offsets(texts: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let mut data = Vec::new();
    let mut offsets = 0i32.to_ne_bytes().to_vec();
    for text in texts {
        data.extend(text.as_bytes());
        offsets.extend(i32::try_from(data.len()).unwrap().to_ne_bytes());
    }
    (offsets, data)
}

fn texts_of(masked: &MaskedColumn) -> Vec<&[u8]> {
    let ends: Vec<usize> = masked
        .offsets
        .chunks_exact(4)
        .map(|bytes| usize::try_from(i32::from_ne_bytes(bytes.try_into().unwrap())).unwrap())
        .collect();
    ends.windows(2)
        .map(|pair| &masked.data[pair[0]..pair[1]])
        .collect()
}

fn fixed(plan: &Plan, layout: Fixed, data: &[u8]) -> (Option<MaskedColumn>, Counters) {
    let mut counters = Counters::default();
    let values = FixedWidth {
        data,
        layout,
        validity: ALL,
    };
    let masked = plan.mask_fixed(0, &values, None, &mut counters).unwrap();
    (masked, counters)
}

#[test]
fn texts_become_what_they_become_in_a_result() {
    let plan = plan("text");
    let raw = ["INV-2024", "", "a sentence of some words", "INV-2024"];
    let (offsets, data) = offsets(&raw);
    let texts = Texts {
        offsets: &offsets,
        wide: false,
        data: &data,
        validity: Validity {
            bits: Some(&[0b1011_0000]),
            first: 4,
        },
        format: Format::Text,
    };
    let mut counters = Counters::default();
    let masked = plan
        .mask_texts(0, &texts, None, &mut counters)
        .unwrap()
        .unwrap();
    let found = texts_of(&masked);
    for row in [0, 1, 3] {
        let expected = in_result(&plan, Format::Text, raw[row].as_bytes());
        assert_eq!(found[row], expected.unwrap());
    }
    assert_eq!(found[2], b"");
    assert_eq!(masked.validity.unwrap()[0] & 0b1111, 0b1011);
    assert_eq!((counters.masked, counters.nulled), (3, 0));
}

#[test]
fn integers_become_what_they_become_in_a_result() {
    for (kind, layout) in [("int2", "int2"), ("int4", "int4"), ("int8", "int8")] {
        let plan = plan(kind);
        for raw in [0i16, -1, 7, 1234, -32_768, 32_767] {
            let (cell, data) = match kind {
                "int2" => (raw.to_be_bytes().to_vec(), raw.to_ne_bytes().to_vec()),
                "int4" => (
                    i32::from(raw).to_be_bytes().to_vec(),
                    i32::from(raw).to_ne_bytes().to_vec(),
                ),
                _ => (
                    i64::from(raw).to_be_bytes().to_vec(),
                    i64::from(raw).to_ne_bytes().to_vec(),
                ),
            };
            let (masked, _) = fixed(&plan, Fixed::named(layout).unwrap(), &data);
            let mut found = masked.unwrap().data;
            if cfg!(target_endian = "little") {
                found.reverse();
            }
            assert_eq!(Some(found), in_result(&plan, Format::Binary, &cell));
        }
    }
}

#[test]
fn every_narrow_integer_becomes_another_of_its_type() {
    for layout in ["int1", "uint1"] {
        let data: Vec<u8> = (0..=255).collect();
        let layout = Fixed::named(layout).unwrap();
        let (masked, counters) = fixed(&plan("int2"), layout, &data);
        let mut found = masked.unwrap().data;
        assert_eq!((counters.masked, counters.nulled), (256, 0));
        assert!(found.iter().zip(&data).all(|(new, raw)| new != raw));
        found.sort_unstable();
        assert_eq!(found, data);
    }
    let data: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_ne_bytes).collect();
    let (masked, counters) = fixed(&plan("int4"), Fixed::named("uint2").unwrap(), &data);
    assert_eq!((counters.masked, counters.nulled), (65_536, 0));
    let masked = masked.unwrap().data;
    let distinct: std::collections::HashSet<&[u8]> = masked.chunks(2).collect();
    assert_eq!(distinct.len(), 65_536);
}

#[test]
fn a_coarser_number_of_a_narrow_type_may_be_the_number_itself() {
    let ages = with_operator("int2", r#"{"name":"age_bin","width":5}"#);
    let raw = [40u8, 41, 93, 0];
    let (masked, counters) = fixed(&ages, Fixed::named("uint1").unwrap(), &raw);
    assert_eq!(masked.unwrap().data, [40, 40, 90, 0]);
    assert_eq!((counters.masked, counters.nulled), (4, 0));
}

#[test]
fn numbers_without_a_sign_use_all_of_their_bits() {
    let raw = [u64::MAX, 1 << 63, 42, 0];
    let data: Vec<u8> = raw.iter().flat_map(|value| value.to_ne_bytes()).collect();
    let (masked, counters) = fixed(&plan("numeric"), Fixed::named("uint8").unwrap(), &data);
    assert_eq!(counters.masked, 4);
    assert_ne!(masked.unwrap().data, data);
}

#[test]
fn days_and_ticks_become_what_they_become_in_a_result() {
    let day = 19_000i32;
    let (masked, _) = fixed(&plan("date"), Fixed::Date32, &day.to_ne_bytes());
    let found = i32::from_ne_bytes(masked.unwrap().data.try_into().unwrap());
    let expected = in_result(&plan("date"), Format::Binary, &(day - 10_957).to_be_bytes());
    assert_eq!((found - 10_957).to_be_bytes().to_vec(), expected.unwrap());

    let seconds = 1_700_000_000i64;
    let mut instants = Vec::new();
    for rate in ["1", "1000", "1000000", "1000000000"] {
        let layout = Fixed::named(&format!("timestamp:{rate}")).unwrap();
        let rate: i64 = rate.parse().unwrap();
        let data = (seconds * rate).to_ne_bytes();
        let (masked, _) = fixed(&plan("timestamp"), layout, &data);
        let ticks = i64::from_ne_bytes(masked.unwrap().data.try_into().unwrap());
        instants.push(ticks.div_euclid(rate));
        assert_ne!(ticks, seconds * rate);
    }
    assert!(instants.iter().all(|instant| *instant == instants[0]));
}

#[test]
fn what_the_type_cannot_hold_is_null() {
    for raw in [i64::MIN, i64::MAX] {
        for rate in ["1", "1000", "1000000", "1000000000"] {
            let layout = Fixed::named(&format!("timestamp:{rate}")).unwrap();
            let (masked, counters) = fixed(&plan("timestamp"), layout, &raw.to_ne_bytes());
            let masked = masked.unwrap();
            if counters.nulled == 1 {
                assert_eq!(masked.validity.unwrap()[0] & 1, 0);
                assert_eq!(masked.data, [0; 8]);
            } else {
                assert_ne!(masked.data, raw.to_ne_bytes());
            }
        }
    }
}

#[test]
fn buffers_that_contradict_each_other_are_refused() {
    let plan = plan("text");
    let check = |offsets: &[i32], data: &[u8], bits: Option<&[u8]>| {
        let offsets: Vec<u8> = offsets.iter().flat_map(|at| at.to_ne_bytes()).collect();
        let texts = Texts {
            offsets: &offsets,
            wide: false,
            data,
            validity: Validity { bits, first: 0 },
            format: Format::Text,
        };
        plan.mask_texts(0, &texts, None, &mut Counters::default())
            .map(|_| ())
    };
    assert_eq!(check(&[0, 1], b"a", None), Ok(()));
    assert_eq!(check(&[0], b"", None), Ok(()));
    for offsets in [&[][..], &[0, 2], &[1, 0], &[-1, 1], &[0, i32::MAX]] {
        assert_eq!(check(offsets, b"a", None), Err(RowError::Truncated));
    }
    assert_eq!(check(&[0, 1], b"a", Some(&[])), Err(RowError::Truncated));
    let values = FixedWidth {
        data: &[0; 7],
        layout: Fixed::Date32,
        validity: ALL,
    };
    let mut counters = Counters::default();
    assert!(plan.mask_fixed(0, &values, None, &mut counters).is_err());
    assert!(plan.mask_fixed(1, &values, None, &mut counters).is_err());
}

#[test]
fn layouts_without_a_meaning_have_no_name() {
    for name in [
        "",
        "int3",
        "float2",
        "date",
        "timestamp:7",
        "uuid4",
        "int:1000000000x",
    ] {
        assert_eq!(Fixed::named(name), None, "{name}");
    }
}

#[test]
fn decimals_become_what_they_become_in_a_result() {
    let plan = plan("numeric");
    let check = |value: i128, scale: usize, text: &str| {
        let layout = Fixed::named(&format!("decimal16:38.{scale}")).unwrap();
        let (masked, _) = fixed(&plan, layout, &value.to_ne_bytes());
        let found = i128::from_ne_bytes(masked.unwrap().data.try_into().unwrap());
        let expected = in_result(&plan, Format::Text, text.as_bytes()).unwrap();
        let expected = String::from_utf8(expected).unwrap().replace('.', "");
        assert_eq!(found, expected.parse::<i128>().unwrap(), "{text}");
    };
    check(123_456, 2, "1234.56");
    check(-5, 4, "-0.0005");
    check(1500, 12, "0.000000001500");
    check(42, 0, "42");
    check(
        99_999_999_999_999_999_999_999_999,
        3,
        "99999999999999999999999.999",
    );
}

#[test]
fn decimals_of_every_width_come_back() {
    for (width, digits) in [(4, 9), (8, 18), (16, 38), (32, 76)] {
        // As many places as digits leave none for another number than zero.
        for scale in [0, 1, digits - 1] {
            let mut raw = vec![0; width];
            raw[0] = 0x39;
            raw[1] = 0x30;
            let negative: Vec<u8> = raw.iter().map(|byte| !byte).collect();
            let layout = Fixed::named(&format!("decimal{width}:{digits}.{scale}")).unwrap();
            for raw in [raw, negative, vec![0; width]] {
                let (masked, counters) = fixed(&plan("numeric"), layout, &raw);
                assert_eq!((counters.masked, counters.nulled), (1, 0));
                assert_ne!(masked.unwrap().data, raw);
            }
        }
    }
}
