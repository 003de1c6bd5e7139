use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::operators::tests::mask;
use crate::operators::TextMask;
use crate::prf::DomainKey;
use crate::spec::OperatorSpec;

const ALL: [CategoryList; 8] = [
    CategoryList::BloodType,
    CategoryList::Country,
    CategoryList::Education,
    CategoryList::Gender,
    CategoryList::Job,
    CategoryList::MaritalStatus,
    CategoryList::Nationality,
    CategoryList::Title,
];

fn category(list: CategoryList, text: &str) -> String {
    mask(&OperatorSpec::Category { list }, None, text)
}

/// Whether the rows of all groups have all forms of their group, and no word stands twice.
#[test]
fn lists_are_tables() {
    for list in ALL {
        for rows in words(list).groups {
            assert!(rows.len() >= 2);
            assert!(
                rows.iter().all(|row| row.len() == rows[0].len()),
                "{list:?} {:?}",
                rows[0]
            );
            for form in 0..rows[0].len() {
                let column: HashSet<Vec<u8>> = rows.iter().map(|row| folded(row[form])).collect();
                assert_eq!(column.len(), rows.len(), "{list:?} {:?}", rows[0][form]);
            }
        }
        let first = words(list).groups[0][0];
        assert!(first.get(words(list).form).is_some());
        for (_, known) in words(list).others {
            assert!(
                Category::new(list).places.contains_key(&folded(known)),
                "{known}"
            );
        }
    }
}

#[test]
fn words_are_permuted_within_their_form_and_rows_keep_together() {
    for list in ALL {
        let places = Category::new(list).places;
        for (group, rows) in words(list).groups.iter().enumerate() {
            let mut targets = vec![None; rows.len()];
            for form in 0..rows[0].len() {
                for (row, forms) in rows.iter().enumerate() {
                    if places[&folded(forms[form])] != (group, row, form) {
                        continue;
                    }
                    let masked = category(list, forms[form]);
                    let target = rows.iter().position(|row| row[form] == masked);
                    assert!(target.is_some(), "{list:?} {masked}");
                    let seen = targets[row].get_or_insert(target);
                    assert_eq!(*seen, target, "{list:?} {masked}");
                    assert!(rows.len() == 2 || target != Some(row), "{list:?} {masked}");
                }
            }
            let distinct: HashSet<_> = targets.iter().flatten().collect();
            assert_eq!(distinct.len(), targets.iter().flatten().count(), "{list:?}");
        }
    }
}

#[test]
fn codes_and_names_of_one_country_become_those_of_one_other() {
    let country = |text| category(CategoryList::Country, text);
    let row = COUNTRY.groups[0]
        .iter()
        .find(|row| row[0] == country("FR"))
        .unwrap();
    assert_eq!(
        [row[1], row[2]].map(str::to_owned),
        ["FRA", "France"].map(country)
    );
    assert_eq!(category(CategoryList::Nationality, "French"), row[3]);
    assert_eq!(country("FRANCE"), country("france"));
    assert_eq!(country("uk"), country("GB"));
    assert_eq!(country("Germany"), country("Deutschland"));
}

#[test]
fn unknown_words_are_of_the_list_and_have_the_form_of_a_code() {
    for (text, form) in [("Atlantis", 2), ("QQ", 0), ("QQQ", 1)] {
        let masked = category(CategoryList::Country, text);
        assert!(
            COUNTRY.groups[0].iter().any(|row| row[form] == masked),
            "{text} {masked}"
        );
    }
    let masked = category(CategoryList::Job, "Keeper of the Queen's swans");
    assert!(JOB.groups[0].iter().any(|row| row[0] == masked), "{masked}");
    let long = category(CategoryList::Job, &"word ".repeat(40));
    assert!(!JOB.groups[0].iter().any(|row| row[0] == long));
}

#[test]
fn some_keys_swap_two_words_and_some_do_not() {
    let mut kept = 0;
    for seed in 0..64 {
        let key = Arc::new(DomainKey::new(
            &[seed; 16],
            &[seed ^ 1; 16],
            &[seed ^ 2; 16],
        ));
        let spec = OperatorSpec::Category {
            list: CategoryList::Gender,
        };
        let operator = TextMask::new(&spec, key, None).unwrap();
        let masked = |text: &str| {
            let mut out = Vec::new();
            operator.apply(text, &mut out);
            String::from_utf8(out).unwrap()
        };
        let pair = ["male", "female"].map(masked);
        assert_ne!(pair[0], pair[1]);
        assert_eq!(masked("M") == "M", pair[0] == "male");
        kept += u32::from(pair[0] == "male");
    }
    assert!((16..48).contains(&kept), "{kept}");
}

#[test]
fn what_does_not_fit_becomes_a_text() {
    let spec = OperatorSpec::Category {
        list: CategoryList::Country,
    };
    for row in COUNTRY.groups[0] {
        assert!(mask(&spec, Some(4), row[2]).len() <= 4);
        assert_eq!(mask(&spec, Some(2), row[0]).len(), 2);
    }
}
