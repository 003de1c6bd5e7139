//! One pass over a cell that tells which recognisers could find anything in it.

/// How many bytes of each class that a recogniser is anchored on a text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub(crate) len: usize,
    pub(crate) digits: usize,
    pub(crate) ats: usize,
    pub(crate) colons: usize,
    pub(crate) dots: usize,
    pub(crate) dashes: usize,
    pub(crate) equals: usize,
    pub(crate) uppers: usize,
    pub(crate) highs: usize,
}

/// Most bytes that can be summed before an eight-bit lane could overflow.
const LANE_LIMIT: usize = 255;

const LANES: [u64; 256] = lanes();

const fn lanes() -> [u64; 256] {
    let mut table = [0; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        // The loop ends at 256, so the cast keeps the value.
        #[allow(clippy::cast_possible_truncation)]
        let lane = match byte as u8 {
            b'0'..=b'9' => 0,
            b'@' => 1,
            b':' => 2,
            b'.' => 3,
            b'-' => 4,
            b'=' => 5,
            b'A'..=b'Z' => 6,
            0x80.. => 7,
            _ => 8,
        };
        if lane < 8 {
            table[byte] = 1 << (8 * lane);
        }
        byte += 1;
    }
    table
}

impl Survey {
    /// Counts the classes: one table load and one addition per byte, eight counters in one word.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut survey = Self {
            len: text.len(),
            ..Self::default()
        };
        for chunk in text.chunks(LANE_LIMIT) {
            let sum = chunk
                .iter()
                .fold(0_u64, |sum, &byte| sum + LANES[usize::from(byte)]);
            let [digits, ats, colons, dots, dashes, equals, uppers, highs] =
                sum.to_le_bytes().map(usize::from);
            survey.digits += digits;
            survey.ats += ats;
            survey.colons += colons;
            survey.dots += dots;
            survey.dashes += dashes;
            survey.equals += equals;
            survey.uppers += uppers;
            survey.highs += highs;
        }
        survey
    }
}

#[cfg(test)]
mod tests {
    use super::Survey;

    #[test]
    fn counts_every_class_beyond_one_chunk() {
        let unit = b"a1@:.-=Z\xff";
        let survey = Survey::of(&unit.repeat(100));
        let expected = Survey {
            len: 900,
            digits: 100,
            ats: 100,
            colons: 100,
            dots: 100,
            dashes: 100,
            equals: 100,
            uppers: 100,
            highs: 100,
        };
        assert_eq!(survey, expected);
    }

    #[test]
    fn a_full_chunk_of_one_class_does_not_spill_into_the_next() {
        let survey = Survey::of(&[b'7'; 255]);
        assert_eq!((survey.digits, survey.ats), (255, 0));
    }
}
