//! How fixed strings begin, as bits: most places of a text can begin none of them, and a text that
//! begins none anywhere need not be searched.
//!
//! A search reads a state for each byte, and must wait for it before it can look up the next. These
//! bits do not depend on each other, so that the processor looks at many places at once.

/// Bits that the first bytes of a string are hashed to.
const LONG_BITS: u32 = 15;
const LONG: usize = 1 << (LONG_BITS - 6);
/// Words of 64 bits for every two bytes.
const SHORT: usize = 1 << (16 - 6);
/// The bits in which capitals differ from small letters, in each of four bytes.
const CASE: u32 = 0x2020_2020;
/// Places that are looked at together.
const BLOCK: usize = 32;
const SPREAD: u32 = 0x9E37_79B1;

/// The beginnings of a set of strings. It never denies one that is there.
#[derive(Debug)]
pub(crate) struct Begins {
    /// Set in every value that is looked up, so that case does not count.
    case: u32,
    /// Whether a string of one byte makes every place one where a string may begin.
    everywhere: bool,
    /// Strings of two bytes, of three bytes, and the first four bytes of longer ones.
    two: Box<[u64; SHORT]>,
    three: Box<[u64; LONG]>,
    four: Box<[u64; LONG]>,
    /// Of the last, what is shorter than seven bytes, and the next three bytes of the others.
    whole: Box<[u64; LONG]>,
    seven: Box<[u64; LONG]>,
}

impl Default for Begins {
    fn default() -> Self {
        Self::of::<&[u8]>([], true)
    }
}

impl Begins {
    /// The beginnings of these strings; with `any_case`, ASCII letters count in either case.
    pub(crate) fn of<T: AsRef<[u8]>>(strings: impl IntoIterator<Item = T>, any_case: bool) -> Self {
        let mut begins = Self {
            case: if any_case { CASE } else { 0 },
            everywhere: false,
            two: Box::new([0; SHORT]),
            three: Box::new([0; LONG]),
            four: Box::new([0; LONG]),
            whole: Box::new([0; LONG]),
            seven: Box::new([0; LONG]),
        };
        for string in strings {
            match *string.as_ref() {
                [] | [_] => begins.everywhere = true,
                [a, b] => {
                    let place = begins.pair([a, b]);
                    set(&mut begins.two[..], place);
                }
                [a, b, c] => {
                    let place = begins.hash([a, b, c, 0]);
                    set(&mut begins.three[..], place);
                }
                [a, b, c, d, ref rest @ ..] => {
                    let first = [a, b, c, d];
                    let place = begins.hash(first);
                    set(&mut begins.four[..], place);
                    if let [e, f, g, ..] = *rest {
                        let place = begins.long(first, [e, f, g]);
                        set(&mut begins.seven[..], place);
                    } else {
                        set(&mut begins.whole[..], place);
                    }
                }
            }
        }
        begins
    }

    /// Whether a string may begin anywhere in the text.
    pub(crate) fn anywhere(&self, text: &[u8]) -> bool {
        if self.everywhere {
            return !text.is_empty();
        }
        for (block, bytes) in text.chunks(BLOCK).enumerate() {
            let from = block * BLOCK;
            let last = bytes.len().min(text.len().saturating_sub(from + 3));
            // Without a branch for each place; few places are looked at more closely.
            let mut places = 0_u32;
            for at in (0..last).rev() {
                let four = text[from + at..].first_chunk();
                places = places << 1 | four.map_or(0, |&four| self.may(four));
            }
            while places != 0 {
                if self.at(&text[from + places.trailing_zeros() as usize..]) {
                    return true;
                }
                places &= places - 1;
            }
            if (last..bytes.len()).any(|at| self.at(&text[from + at..])) {
                return true;
            }
        }
        false
    }

    /// Whether a string may begin where the text does.
    pub(crate) fn at(&self, text: &[u8]) -> bool {
        let four = match *text {
            [] => return false,
            [a, b, c, d, ..] => [a, b, c, d],
            // No string ends in the zeros.
            [a, b, c] => [a, b, c, 0],
            [a, b] => return self.everywhere || has(&self.two[..], self.pair([a, b])),
            [_] => return self.everywhere,
        };
        if self.everywhere
            || has(&self.two[..], self.pair([four[0], four[1]]))
            || has(&self.three[..], self.hash([four[0], four[1], four[2], 0]))
        {
            return true;
        }
        let place = self.hash(four);
        let rest = text.get(4..).and_then(<[u8]>::first_chunk);
        has(&self.four[..], place)
            && (has(&self.whole[..], place)
                || rest.is_some_and(|&rest| has(&self.seven[..], self.long(four, rest))))
    }

    /// Whether a string may begin with the first of four bytes, from no more than these.
    fn may(&self, [a, b, c, d]: [u8; 4]) -> u32 {
        let bit = |bits: &[u64], place: usize| (bits[place / 64] >> (place % 64) & 1) as u32;
        bit(&self.two[..], self.pair([a, b]))
            | bit(&self.three[..], self.hash([a, b, c, 0]))
            | bit(&self.four[..], self.hash([a, b, c, d]))
    }

    fn pair(&self, [a, b]: [u8; 2]) -> usize {
        ((u32::from_le_bytes([a, b, 0, 0]) | self.case) & 0xffff) as usize
    }

    fn hash(&self, bytes: [u8; 4]) -> usize {
        place((u32::from_le_bytes(bytes) | self.case).wrapping_mul(SPREAD))
    }

    fn long(&self, first: [u8; 4], [e, f, g]: [u8; 3]) -> usize {
        let first = (u32::from_le_bytes(first) | self.case).wrapping_mul(SPREAD);
        place((first ^ (u32::from_le_bytes([e, f, g, 0]) | self.case)).wrapping_mul(SPREAD))
    }
}

fn place(hash: u32) -> usize {
    (hash >> (32 - LONG_BITS)) as usize
}

fn set(bits: &mut [u64], place: usize) {
    bits[place / 64] |= 1 << (place % 64);
}

fn has(bits: &[u64], place: usize) -> bool {
    bits[place / 64] >> (place % 64) & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::Begins;

    #[test]
    fn no_string_that_is_there_is_denied() {
        let strings = ["s.", "ghp_", "Key", "password", "secret_", "日本", "://"];
        for any_case in [false, true] {
            let begins = Begins::of(strings, any_case);
            for string in strings {
                for before in 0..6 {
                    for behind in 0..6 {
                        let text = "x".repeat(before) + string + &"x".repeat(behind);
                        assert!(begins.anywhere(text.as_bytes()), "{text}");
                        assert!(begins.at(&text.as_bytes()[before..]), "{text}");
                    }
                }
            }
        }
        assert!(Begins::of(["key"], true).anywhere(b"MY KEY"));
    }

    #[test]
    fn most_texts_begin_none() {
        let begins = Begins::of(["ghp_", "s."], false);
        for text in ["", "g", "gh", "the quick brown fox", "GHP_", "as"] {
            assert!(!begins.anywhere(text.as_bytes()), "{text}");
        }
        assert!(!Begins::default().anywhere(b"anything"));
    }

    #[test]
    fn a_string_of_one_byte_begins_everywhere() {
        let begins = Begins::of(["x"], false);
        assert!(begins.anywhere(b"a") && begins.at(b"a") && !begins.at(b""));
    }
}
