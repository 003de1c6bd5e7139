use super::*;

fn key() -> DomainKey {
    DomainKey::new(&[3; 16], &[4; 16], &[5; 16])
}

#[test]
fn small_domains_are_permuted_without_a_fixed_point() {
    let key = key();
    for size in (2..60).chain([999, 4096]) {
        let mut seen = vec![false; size];
        for value in 0..size {
            let place = derange(&key, 7, size as u128, value as u128) as usize;
            assert_ne!(place, value, "size {size}");
            assert!(!std::mem::replace(&mut seen[place], true), "size {size}");
        }
    }
}

#[test]
fn large_domains_are_injective_without_a_fixed_point() {
    let key = key();
    for size in [
        1_000_000,
        1_000_003,
        10_000_000,
        1 << 31,
        10u128.pow(16),
        SIZE_MAX,
    ] {
        let mut seen = std::collections::HashSet::new();
        for index in 0..300 {
            let value = index * (size / 300);
            let place = derange(&key, 1, size, value);
            assert!(place < size && place != value);
            assert!(seen.insert(place));
        }
    }
}

#[test]
fn a_key_that_is_turned_round_leads_back() {
    let (key, back) = (key(), key().turned_round());
    for size in (2..60).chain([
        999,
        1_000_003,
        10u128.pow(9),
        10u128.pow(16),
        1 << 40,
        SIZE_MAX,
    ]) {
        for index in 0..size.min(300) {
            let value = index * (size / size.min(300));
            let place = derange(&key, 7, size, value);
            assert_eq!(derange(&back, 7, size, place), value, "size {size}");
        }
    }
}

#[test]
fn roots_are_just_large_enough() {
    for size in [
        1_000_001,
        1 << 20,
        (1 << 32) - 1,
        1 << 32,
        (1 << 32) + 1,
        SIZE_MAX,
    ] {
        let (radix, length) = root(size);
        assert!(radix <= 1 << 16 && u128::from(radix).pow(length) >= size);
        assert!(u128::from(radix - 1).pow(length) < size);
    }
}

#[test]
fn tweaks_give_other_arrangements() {
    let key = key();
    let all = |tweak| {
        (0..100)
            .map(|v| derange(&key, tweak, 100, v))
            .collect::<Vec<_>>()
    };
    assert_ne!(all(1), all(2));
}

#[test]
fn several_values_at_once_have_the_places_of_each() {
    let key = key();
    for size in [500, 2_000_000, 1_000_000_007, 6_400_000_000, 1 << 63] {
        let values: [u64; LANES] = std::array::from_fn(|lane| size / 9 * lane as u64);
        let mut places = values;
        derange_lanes(&key, 5, size, &mut places);
        let alone = values.map(|value| derange(&key, 5, size.into(), value.into()) as u64);
        assert_eq!(places, alone);
    }
}

#[test]
fn more_arrangements_than_are_kept_stay_the_same() {
    let key = key();
    let all = || {
        (2..200)
            .map(|size| derange(&key, 3, size * 7919, size))
            .collect::<Vec<_>>()
    };
    assert_eq!(all(), all());
    let alone = |size| derange(&self::key(), 3, size * 7919, size);
    assert_eq!(all(), (2..200).map(alone).collect::<Vec<_>>());
}

#[test]
fn a_domain_of_one_value_stays() {
    assert_eq!(derange(&key(), 1, 1, 0), 0);
}
