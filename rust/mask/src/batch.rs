//! Replacements that wait for others like them, so that their permutations are computed together.
//!
//! A round of FF1 waits for the one before, and meanwhile the processor could work on other values.
//! A value whose replacement has its own layout is written with zeros for its digits, and the digits
//! follow when enough values wait or when the caller wants the output.

use std::fmt;
use std::sync::Arc;

use crate::ff1::LANES;
use crate::layout::put_digits;
use crate::operators::numeral::Numeral;
use crate::operators::phone::WALK_MAX;
use crate::permutation::derange_lanes;
use crate::prf::DomainKey;

/// Columns and layouts that can wait at a time.
const GROUPS_MAX: usize = 8;

/// What has been written to an output but not yet filled in; one for each output.
///
/// Until [`Batch::flush`] the output may only be appended to.
#[derive(Default)]
pub struct Batch(Vec<Group>);

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Batch(..)")
    }
}

/// Values that one permutation takes.
struct Group {
    key: Arc<DomainKey>,
    tweak: u64,
    size: u64,
    waiting: Vec<Waiting>,
}

struct Waiting {
    /// Where the text stands in the output.
    start: usize,
    end: usize,
    numeral: Numeral,
    raw: u64,
    /// Where it is on its walk, and after how many steps.
    place: u64,
    steps: u16,
}

impl Batch {
    /// Appends the text with the digits left open; false, and nothing is done, where they cannot be.
    pub(crate) fn put(
        &mut self,
        key: &Arc<DomainKey>,
        text: &[u8],
        numeral: Numeral,
        out: &mut Vec<u8>,
    ) -> bool {
        let Some((size, rank)) = numeral
            .rank()
            .filter(|(size, rank)| *size > 1 && rank < size)
        else {
            return false;
        };
        let start = out.len();
        if numeral.digits().len() == text.len() {
            out.resize(start + text.len(), b'0');
        } else {
            let open = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
            out.extend(text.iter().copied().map(open));
        }
        let group = self.group(key, numeral.tweak(), size, out);
        group.waiting.push(Waiting {
            start,
            end: out.len(),
            numeral,
            raw: rank,
            place: rank,
            steps: 0,
        });
        while group.waiting.len() >= LANES {
            group.step(out);
        }
        true
    }

    fn group(&mut self, key: &Arc<DomainKey>, tweak: u64, size: u64, out: &mut [u8]) -> &mut Group {
        let same = |group: &Group| {
            Arc::ptr_eq(&group.key, key) && group.tweak == tweak && group.size == size
        };
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            if self.0.len() == GROUPS_MAX {
                self.0[0].fill_in(out);
                self.0.remove(0);
            }
            self.0.push(Group {
                key: Arc::clone(key),
                tweak,
                size,
                waiting: Vec::with_capacity(LANES),
            });
            self.0.len() - 1
        });
        &mut self.0[at]
    }

    /// Fills in all that waits.
    pub fn flush(&mut self, out: &mut [u8]) {
        for group in &mut self.0 {
            group.fill_in(out);
        }
    }

    /// Forgets what stands in the output from `start` on, which is cut off.
    pub fn cut(&mut self, start: usize) {
        for group in &mut self.0 {
            group.waiting.retain(|waiting| waiting.start < start);
        }
    }
}

impl Group {
    fn fill_in(&mut self, out: &mut [u8]) {
        while !self.waiting.is_empty() {
            self.step(out);
        }
    }

    /// One step of all that waits; most have then arrived.
    fn step(&mut self, out: &mut [u8]) {
        let mut places = [0; LANES];
        for (place, waiting) in places.iter_mut().zip(&self.waiting) {
            *place = waiting.place;
        }
        derange_lanes(&self.key, self.tweak, self.size, &mut places);
        let mut places = places.into_iter();
        self.waiting.retain_mut(|waiting| {
            waiting.place = places.next().unwrap_or(waiting.raw);
            waiting.steps += 1;
            waiting.numeral.settle(waiting.place);
            if waiting.place != waiting.raw && waiting.numeral.landed() {
                let text = &mut out[waiting.start..waiting.end];
                put_digits(waiting.numeral.digits(), text);
                return false;
            }
            // A walk that came round to the raw number leaves the zeros.
            waiting.steps < WALK_MAX
        });
    }
}
