//! Shares of classes from their scores, by integers, so that training is the same everywhere.

/// One, in the fixed point of scores and shares.
pub const ONE: i64 = 1 << 16;
/// Steps of the exponential's table for one unit.
const STEPS: i64 = 64;
const TABLE: usize = 12 * 64;
/// `exp(-1 / 64)` times two to the 32nd.
const STEP_FACTOR: u64 = 4_228_379_718;

/// `exp(-k / 64)` in the fixed point, by repeated multiplication.
const fn table() -> [i64; TABLE] {
    let mut values = [0; TABLE];
    let mut power: u64 = 1 << 32;
    let mut at = 0;
    while at < TABLE {
        values[at] = (power >> 16).cast_signed();
        power = ((power >> 4) * (STEP_FACTOR >> 4)) >> 24;
        at += 1;
    }
    values
}

static EXPONENTIALS: [i64; TABLE] = table();

/// Divides a sum of the weights of `features` features by the square root of their number, so that
/// long values are not surer than short ones by their length alone.
#[must_use]
pub fn scaled(sum: i64, features: usize) -> i64 {
    let root = i64::try_from((features.max(1) << 12).isqrt()).unwrap_or(i64::MAX);
    (sum << 6) / root
}

/// Turns scores into shares that add up to about [`ONE`].
pub fn softmax(scores: &mut [i64]) {
    let highest = scores.iter().copied().max().unwrap_or(0);
    let mut total = 0;
    for score in scores.iter_mut() {
        let steps = usize::try_from((highest - *score) * STEPS / ONE).unwrap_or(TABLE);
        *score = EXPONENTIALS.get(steps).copied().unwrap_or(0);
        total += *score;
    }
    for score in scores.iter_mut() {
        *score = *score * ONE / total.max(1);
    }
}

#[cfg(test)]
mod tests {
    use super::{scaled, softmax, EXPONENTIALS, ONE, TABLE};

    #[test]
    fn the_table_is_the_exponential() {
        for (step, &value) in EXPONENTIALS.iter().enumerate().take(TABLE) {
            let exact = (-(f64::from(u16::try_from(step).unwrap())) / 64.0).exp() * 65536.0;
            let value = f64::from(i32::try_from(value).unwrap());
            assert!((exact - value).abs() < 2.0, "{step}");
        }
    }

    #[test]
    fn shares_add_up_and_follow_the_scores() {
        let mut scores = [3 * ONE, 2 * ONE, -50 * ONE];
        softmax(&mut scores);
        assert!((scores.iter().sum::<i64>() - ONE).abs() < 4);
        assert!(scores[0] > 2 * scores[1] && scores[2] == 0);
    }

    #[test]
    fn sums_are_scaled_by_the_root_of_their_number() {
        assert_eq!(scaled(100 * ONE, 100), 10 * ONE);
        assert_eq!(scaled(0, 0), 0);
    }
}
