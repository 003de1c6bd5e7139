use std::collections::HashSet;

use super::*;
use crate::keys::{Keyring, TenantKey};
use crate::operators::tests::mask;
use crate::prf::Stream;
use crate::spec::OperatorSpec;

/// Tries for a number that passes, and how many of four hundred must.
const TRIES: usize = 400;
const PASSED_MIN: usize = 8;

fn key(domain: &str) -> DomainKey {
    let ring = Keyring::new(TenantKey::new([7; 32]), 1);
    ring.domain(domain).unwrap()
}

fn masked(form: &str, text: &str) -> String {
    let form = Some(form.to_owned());
    mask(&OperatorSpec::NationalId { form }, None, text)
}

/// A number of the layout that passes, from random choices.
fn sample(
    form: &Form,
    layout: &Layout,
    template: &[u8],
    random: &mut Stream<'_>,
) -> Option<Vec<u8>> {
    let mut number = template.to_vec();
    let (total, _) = layout.rank(&number)?;
    (0..TRIES).find_map(|_| {
        layout.unrank(random_below(total, random), &mut number);
        form.complete(layout, &mut number, 0)
            .then(|| number.clone())
    })
}

fn random_below(total: u128, random: &mut Stream<'_>) -> u128 {
    (u128::from(random.next_u64()) << 64 | u128::from(random.next_u64())) % total
}

/// Any number of the layout: the first character of each place, and of a state where one stays.
fn template(pattern: &str, state: [u8; 2]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut state = state.into_iter();
    let mut rest = pattern.trim_start_matches('~').as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let skip = |rest: &mut &[u8], close: u8| {
            let end = rest.iter().position(|byte| *byte == close).unwrap();
            let inner = rest[..end].to_vec();
            *rest = &rest[end + 1..];
            inner
        };
        match first {
            b'a' => out.push(b'A'),
            b'k' => out.extend(state.next()),
            b'm' | b'n' => {
                rest = &rest[1..];
                out.extend(b"01");
            }
            b'[' => out.push(skip(&mut rest, b']')[0]),
            b'{' => out.extend(&skip(&mut rest, b'}')[..2]),
            b'#' if rest.first() == Some(&b'(') => out.push(skip(&mut rest, b')')[1]),
            b'd' | b'x' | b'#' => out.push(b'0'),
            other => out.push(*other),
        }
    }
    out
}

#[test]
fn the_table_is_sorted_and_written_well() {
    assert!(table::ENTRIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    for (entity, checksum, layouts) in table::ENTRIES {
        assert!(Form::new(checksum, layouts).is_some(), "{entity}");
    }
    assert!(table::ENTRIES.len() >= 150, "{}", table::ENTRIES.len());
}

/// What is wrong with the layouts, by a check of each that gets numbers of it.
fn wrong(
    check: impl Fn(&Form, &Layout, &[Vec<u8>], &DomainKey) -> Option<&'static str>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (entity, checksum, layouts) in table::ENTRIES {
        let form = Form::new(checksum, layouts).unwrap();
        let key = key(entity);
        let mut random = key.stream(255, b"samples");
        let state = match *checksum {
            "mx_curp" => b"DF",
            "in_vehicle" => b"MH",
            _ => b"US",
        };
        for (layout, pattern) in form.layouts.iter().zip(layouts.split_ascii_whitespace()) {
            let sample = || sample(&form, layout, &template(pattern, *state), &mut random);
            let numbers: Vec<_> = std::iter::repeat_with(sample).take(200).flatten().collect();
            let found = if numbers.len() < 200 {
                Some("has no valid number")
            } else {
                check(&form, layout, &numbers, &key)
            };
            wrong.extend(found.map(|why| format!("{entity} {pattern} {why}")));
        }
    }
    wrong
}

#[test]
fn numbers_of_every_layout_stay_valid_and_distinct() {
    let wrong = wrong(|form, _, numbers, key| {
        let inputs: HashSet<&Vec<u8>> = numbers.iter().collect();
        let mut outputs = HashSet::new();
        for raw in &inputs {
            let mut number = (*raw).clone();
            if !form.walk(key, &mut number) || number == **raw {
                return Some("does not change");
            }
            if form.layout_of(&number).is_none() {
                return Some("does not pass");
            }
            outputs.insert(number);
        }
        (inputs.len() != outputs.len()).then_some("lets numbers meet")
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_marked_layouts_have_several_check_digits() {
    let wrong = wrong(|form, layout, numbers, _| {
        let twice = |raw: &Vec<u8>| form.complete(layout, &mut raw.clone(), 1);
        let marked = layout.ambiguous;
        (!marked && numbers.iter().any(twice)).then_some("has several check digits")
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn walks_are_short() {
    let wrong = wrong(|form, layout, numbers, key| {
        let mut random = key.stream(254, b"places");
        let mut number = numbers[0].clone();
        let (total, _) = layout.rank(&number)?;
        let passed = (0..TRIES)
            .filter(|_| {
                layout.unrank(random_below(total, &mut random), &mut number);
                form.complete(layout, &mut number, 0)
            })
            .count();
        (passed < PASSED_MIN).then_some("passes too seldom")
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn published_numbers_become_others_that_pass() {
    for (form, raw) in [
        ("br.cpf", "390.533.447-05"),
        ("za.id", "7503305044089"),
        ("it.codice_fiscale", "MRTMTT91D08F205J"),
        ("fi.hetu", "131052-308T"),
        ("health.gb_nhs", "943 476 5919"),
        ("us.itin", "912-90-3456"),
        ("es.nif", "12345678Z"),
        ("in.aadhaar", "2341 2341 2346"),
    ] {
        let (_, checksum, _) = table::ENTRIES.iter().find(|entry| entry.0 == form).unwrap();
        let masked = masked(form, raw);
        let compact: Vec<u8> = masked.bytes().filter(u8::is_ascii_alphanumeric).collect();
        assert!(
            scrim_checksum::by_name(checksum).unwrap()(&compact),
            "{form} {masked}"
        );
        let marks = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_ascii_alphanumeric() { '0' } else { c })
                .collect()
        };
        assert_eq!(marks(&masked), marks(raw));
        assert_ne!(masked, raw);
    }
}

#[test]
fn case_and_separators_do_not_matter() {
    let masked = masked("es.nif", "12345678Z");
    for raw in ["12345678z", "12.345.678-Z", "12345678-z"] {
        let other = mask(
            &OperatorSpec::NationalId {
                form: Some("es.nif".into()),
            },
            None,
            raw,
        );
        assert_eq!(other.replace(['.', '-'], ""), masked);
    }
}

#[test]
fn wrong_numbers_become_other_wrong_ones() {
    let pass = |text: &str| scrim_checksum::by_name("br_cpf").unwrap()(text.as_bytes());
    let mut all = HashSet::new();
    for number in 0..3000 {
        let raw = format!("3905334{number:04}");
        let masked = masked("br.cpf", &raw);
        assert_eq!(pass(&masked), pass(&raw), "{raw} {masked}");
        assert!(all.insert(masked));
    }
}

#[test]
fn numbers_of_norway_become_synthetic_ones() {
    // The tax administration's test numbers have eighty added to the month.
    let masked = masked("no.fodselsnummer", "11077941012");
    let month: u32 = masked[2..4].parse().unwrap();
    assert!((81..=92).contains(&month), "{masked}");
}

#[test]
fn the_domain_names_the_form() {
    assert!(compile(None, "br.cpf").unwrap().is_some());
    assert!(compile(None, "own.number").unwrap().is_none());
    assert!(compile(Some("own.number"), "br.cpf").is_err());
}

#[test]
fn other_texts_are_masked_without_a_form() {
    for raw in [
        "Zelda",
        "12",
        "é12345678Z",
        &"1".repeat(200),
        "----",
        "123*45",
    ] {
        assert_ne!(masked("es.nif", raw), raw);
    }
}
