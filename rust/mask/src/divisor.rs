//! Remainders of a divisor that is used often, without the processor's slow division.

/// A divisor of at most 2^32, with its reciprocal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divisor {
    size: u64,
    reciprocal: u64,
}

impl Divisor {
    /// `size` is from 1 to 2^32.
    pub(crate) fn new(size: u64) -> Self {
        debug_assert!((1..=1 << 32).contains(&size));
        Self {
            size,
            reciprocal: u64::MAX / size,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The quotient and the remainder.
    #[inline]
    pub(crate) fn divide(&self, number: u64) -> (u64, u64) {
        // The reciprocal is rounded down by less than one, so the quotient is short by one at most.
        let wide = u128::from(number) * u128::from(self.reciprocal);
        let quotient = (wide >> 64) as u64;
        let rest = number - quotient * self.size;
        if rest >= self.size {
            (quotient + 1, rest - self.size)
        } else {
            (quotient, rest)
        }
    }

    #[inline]
    pub(crate) fn remainder(&self, number: u64) -> u64 {
        self.divide(number).1
    }

    /// The remainder of a number below twice the divisor.
    #[inline]
    pub(crate) fn wrap(&self, number: u64) -> u64 {
        // What is below the divisor becomes very large when the divisor is taken from it.
        number.min(number.wrapping_sub(self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::Divisor;

    #[test]
    fn quotients_and_remainders_are_those_of_division() {
        let sizes = [
            1,
            2,
            3,
            7,
            9,
            10,
            283,
            80_089,
            99_999,
            1 << 31,
            u32::MAX.into(),
            1 << 32,
        ];
        for size in sizes {
            let divisor = Divisor::new(size);
            let near = (0..200).map(|step| u64::MAX / 200 * step);
            let edges = (0..50).flat_map(|step| {
                let multiple = u64::MAX / size / 50 * step * size;
                [
                    multiple.saturating_sub(1),
                    multiple,
                    multiple + 1,
                    u64::MAX - step,
                ]
            });
            for number in near.chain(edges) {
                assert_eq!(divisor.divide(number), (number / size, number % size));
            }
        }
    }

    #[test]
    fn a_number_below_twice_the_divisor_wraps() {
        for size in [1, 7, 1 << 32] {
            let divisor = Divisor::new(size);
            for number in [0, size - 1, size, 2 * size - 1] {
                assert_eq!(divisor.wrap(number), number % size);
            }
        }
    }
}
