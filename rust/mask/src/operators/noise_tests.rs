use super::*;
use crate::operators::tests::mask;
use crate::spec::OperatorSpec;
use crate::types::tests::key;
use proptest::prelude::*;

fn absolute(amount: &str, distribution: Distribution) -> Noise {
    Noise::compile(Some(amount), None, distribution).unwrap()
}

fn relative(percent: &str) -> Noise {
    Noise::compile(None, Some(percent), Distribution::Uniform).unwrap()
}

const WHOLE: Grid = Grid {
    scale: Some(0),
    range: None,
};

#[test]
fn every_small_integer_moves_within_the_bound_and_keeps_its_sign() {
    let key = key();
    for distribution in [Distribution::Uniform, Distribution::Triangular] {
        for bound in [1i128, 2, 7, 1000] {
            let noise = absolute(&bound.to_string(), distribution);
            for value in -2000..2000 {
                let moved = noise.number(&key, Number::new(value, 0), &WHOLE).unwrap();
                assert_eq!(moved.scale, 0);
                let change = (moved.units - value).abs();
                assert!(change >= 1 && change <= bound, "{value} {moved:?}");
                assert!(value < 0 || moved.units >= 0);
                assert!(value >= 0 || moved.units <= 0);
            }
        }
    }
}

#[test]
fn all_changes_within_the_bound_occur_as_often_as_the_distribution_says() {
    let key = key();
    let count = |distribution| {
        let noise = absolute("10", distribution);
        let mut seen = [0u32; 21];
        for value in 1000..41_000 {
            let moved = noise
                .number(&key, Number::new(value, 0), &WHOLE)
                .unwrap()
                .units;
            seen[(moved - value + 10) as usize] += 1;
        }
        seen
    };
    let even = count(Distribution::Uniform);
    let others = even.iter().enumerate().filter(|(at, _)| *at != 10);
    assert!(
        others.clone().all(|(_, n)| (1800..2200).contains(n)),
        "{even:?}"
    );
    let peaked = count(Distribution::Triangular);
    assert!(
        peaked[9] > 2 * peaked[3] && peaked[11] > 2 * peaked[17],
        "{peaked:?}"
    );
    assert_eq!((even[10], peaked[10]), (0, 0));
}

/// The attack that fresh noise would not survive: the mean of many answers.
#[test]
fn asking_again_and_again_tells_no_more_than_asking_once() {
    let key = key();
    let noise = absolute("100", Distribution::Uniform);
    let mut hits = 0;
    for value in 10_000..10_200 {
        let answers: Vec<i128> = (0..1000)
            .map(|_| {
                noise
                    .number(&key, Number::new(value, 0), &WHOLE)
                    .unwrap()
                    .units
            })
            .collect();
        let mean = answers.iter().sum::<i128>() / 1000;
        assert!(answers.iter().all(|answer| *answer == answers[0]));
        hits += i128::from((mean - value).abs() <= 3);
    }
    // Chance alone puts six answers in two hundred as near as the mean of a thousand fresh ones,
    // whose standard error is below two.
    assert!(hits < 20, "{hits}");
}

/// Known pairs of a number and its answer tell nothing of other numbers.
#[test]
fn changes_of_neighbours_are_unrelated() {
    let key = key();
    let noise = absolute("1000", Distribution::Uniform);
    let change = |value: i128| {
        noise
            .number(&key, Number::new(value, 0), &WHOLE)
            .unwrap()
            .units
            - value
    };
    let pairs = 5000;
    let sum: i128 = (100_000..100_000 + pairs)
        .map(|value| change(value) * change(value + 1))
        .sum();
    // Of unrelated changes the mean product is near zero; its standard error is 4,700.
    assert!((sum / pairs).abs() < 25_000, "{}", sum / pairs);
    let other = crate::prf::DomainKey::new(&[1; 16], &[2; 16], &[3; 16]);
    let same = (100_000..101_000)
        .filter(|value| {
            let moved = noise
                .number(&other, Number::new(*value, 0), &WHOLE)
                .unwrap();
            moved.units - value == change(*value)
        })
        .count();
    assert!(same < 10, "{same} of 1000 with another key");
}

#[test]
fn a_relative_bound_grows_with_the_number() {
    let key = key();
    for value in [1i128, 19, 20, 12_345, 10i128.pow(18)] {
        let moved = relative("5")
            .number(&key, Number::new(value, 0), &WHOLE)
            .unwrap();
        let change = (moved.units - value).abs();
        assert!(
            change >= 1 && change <= (value / 20).max(1),
            "{value} {change}"
        );
    }
    let tiny = Number::parse(b"3e-200").unwrap();
    let moved = relative("10").number(&key, tiny, &Grid::FREE).unwrap();
    assert!(moved.order(Number::parse(b"2.7e-200").unwrap()).is_ge());
    assert!(moved.order(Number::parse(b"3.3e-200").unwrap()).is_le());
    let huge = Number::parse(b"3e200").unwrap();
    let moved = relative("10").number(&key, huge, &Grid::FREE).unwrap();
    assert!(moved.order(Number::parse(b"3.3e200").unwrap()).is_le());
}

#[test]
fn the_ends_of_the_type_hold() {
    let key = key();
    let grid = Grid::new(0, i16::MIN.into(), i16::MAX.into());
    for value in [i16::MIN, i16::MIN + 1, i16::MAX - 1, i16::MAX] {
        let moved = absolute("50", Distribution::Uniform)
            .number(&key, Number::new(value.into(), 0), &grid)
            .unwrap();
        assert!(i16::try_from(moved.units).is_ok_and(|moved| moved != value));
    }
}

#[test]
fn equal_numbers_move_alike_whatever_their_zeros() {
    let key = key();
    let noise = absolute("10", Distribution::Uniform);
    let whole = noise.number(&key, Number::new(42, 0), &WHOLE).unwrap();
    let money = noise.number(&key, Number::new(4200, 2), &Grid::new(2, -1 << 60, 1 << 60));
    assert_eq!(Some(whole), money);
    let free = noise.number(&key, Number::new(42_000_000, 6), &Grid::FREE);
    assert_eq!(Some(whole), free);
}

#[test]
fn texts_keep_their_layout() {
    let spec = OperatorSpec::Noise {
        amount: Some("100".into()),
        percent: None,
        distribution: Distribution::Uniform,
    };
    let masked = mask(&spec, None, "$12,345.67");
    assert!(
        masked.len() == 10 && masked.starts_with("$12,") && masked != "$12,345.67",
        "{masked}"
    );
    assert!(!mask(&spec, None, "12345-6").contains("12345"));
}

#[test]
fn options_are_bounded() {
    let compile = |amount, percent| Noise::compile(amount, percent, Distribution::Uniform);
    assert!(compile(None, None).is_ok());
    assert!(compile(Some("1"), Some("1")).is_err());
    for bad in ["0", "-1", "", "x"] {
        assert!(compile(Some(bad), None).is_err() && compile(None, Some(bad)).is_err());
    }
    assert!(compile(None, Some("100.5")).is_err() && compile(None, Some("0.0001")).is_err());
}

proptest! {
    #[test]
    fn the_bound_holds_for_every_number(
        units in -10i128.pow(28)..10i128.pow(28), scale in -20i32..40, amount in 1u64..1_000_000,
    ) {
        let raw = Number::new(units, scale);
        let noise = absolute(&amount.to_string(), Distribution::Triangular);
        if let Some(moved) = noise.number(&key(), raw, &Grid::FREE) {
            let both = raw.trimmed().scale.max(moved.scale);
            if let (Some(a), Some(b), Some(bound)) =
                (raw.at(both), moved.at(both), Number::new(amount.into(), 0).at(both))
            {
                // What is too long for thirty digits was cut at the last of them.
                let unit = 10i128.pow((both - moved.scale).unsigned_abs().min(30));
                prop_assert!((a - b).abs() <= bound.max(unit) + unit);
                prop_assert!(a != b);
            }
        }
    }
}
