//! Any bytes have a shape and a bounded, literal-free text; equal shapes have equal parse results.
#![no_main]

use libfuzzer_sys::fuzz_target;
use scrim_sql::{analyse_within, normalise, shape, Limits, ShapeHasher};

const LIMITS: Limits = Limits {
    bytes: 4096,
    tokens: 1000,
    depth: 100,
};

fuzz_target!(|data: (&[u8], &[u8])| {
    let (first, second) = data;
    let mut hasher = ShapeHasher::new([7; 16]);
    let same = shape(first, &mut hasher) == shape(second, &mut hasher);
    assert!(normalise(first, 200).len() <= 200);
    let texts = (std::str::from_utf8(first), std::str::from_utf8(second));
    let (Ok(first), Ok(second)) = texts else {
        return;
    };
    let (left, right) = (
        analyse_within(first, &LIMITS),
        analyse_within(second, &LIMITS),
    );
    if same && first.len() <= LIMITS.bytes && second.len() <= LIMITS.bytes {
        // One may hold a literal that its type refuses, but what both say must be the same.
        if let (Ok(left), Ok(right)) = (left, right) {
            assert_eq!(left.len(), right.len());
            for (one, other) in left.iter().zip(&right) {
                assert_eq!(one.operation, other.operation);
                assert_eq!(one.relations, other.relations);
                assert_eq!(one.columns, other.columns);
                assert_eq!(one.query, other.query);
            }
        }
    }
});
