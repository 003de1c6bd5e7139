//! Layouts of numbers: what may stand at each place, and which number of its kind a value is.

use crate::layout::{class_of, Slot};

/// The most characters of a number without its separators.
pub(super) const LENGTH_MAX: usize = 32;
/// Numbers are counted in 128 bits, of which the permutation takes 118.
const TOTAL_MAX: u128 = 1 << 118;
const NONE: u8 = u8::MAX;

/// What may stand at one place or at two.
#[derive(Debug)]
enum Field {
    /// Exactly this.
    Fixed(u8),
    /// What stands there stays.
    Kept,
    /// A character of the raw one's class.
    Class,
    /// One of these.
    One(Alphabet),
    /// Two digits that are one of these numbers.
    Two(Numbers),
    /// One of these, whichever makes the checksum right.
    Check(Alphabet),
}

/// Characters and their places.
#[derive(Debug)]
struct Alphabet {
    characters: Vec<u8>,
    places: [u8; 128],
}

impl Alphabet {
    fn new(characters: Vec<u8>) -> Self {
        let mut places = [NONE; 128];
        for (place, character) in characters.iter().enumerate() {
            places[usize::from(*character & 127)] = place as u8;
        }
        Self { characters, places }
    }

    fn place(&self, character: u8) -> Option<u8> {
        let place = self.places.get(usize::from(character))?;
        (*place != NONE).then_some(*place)
    }
}

/// Numbers of two digits and their places.
#[derive(Debug)]
struct Numbers {
    list: Vec<u8>,
    places: [u8; 100],
    /// What they become instead.
    others: Option<Vec<u8>>,
}

impl Numbers {
    fn new(numbers: Vec<u8>, others: Option<Vec<u8>>) -> Self {
        let mut places = [NONE; 100];
        for (place, number) in numbers.iter().enumerate() {
            places[usize::from(*number)] = place as u8;
        }
        // The others have the places of those that they stand for.
        for (place, number) in others.iter().flatten().enumerate() {
            places[usize::from(*number)] = place as u8;
        }
        Self {
            list: numbers,
            places,
            others,
        }
    }

    fn place(&self, tens: u8, ones: u8) -> Option<u8> {
        let [tens, ones] = [tens, ones].map(|digit| usize::from(digit.wrapping_sub(b'0')));
        if tens > 9 || ones > 9 {
            return None;
        }
        let place = self.places[tens * 10 + ones];
        (place != NONE).then_some(place)
    }

    fn written(&self) -> &[u8] {
        self.others.as_ref().unwrap_or(&self.list)
    }
}

/// One layout of a number.
#[derive(Debug)]
pub(super) struct Layout {
    fields: Vec<Field>,
    /// Characters in all.
    length: usize,
    /// Where the check digits stand.
    checks: Vec<usize>,
    /// Whether several check digits may fit.
    pub(super) ambiguous: bool,
}

impl Layout {
    /// Reads a layout as the table writes it; None where it is not written well.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, ambiguous) = match text.strip_prefix('~') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let mut bytes = text.as_bytes();
        let mut layout = Self {
            fields: Vec::new(),
            length: 0,
            checks: Vec::new(),
            ambiguous,
        };
        while let [first, rest @ ..] = bytes {
            bytes = rest;
            let field = match first {
                b'd' => Field::One(Alphabet::new((b'0'..=b'9').collect())),
                b'a' => Field::One(Alphabet::new((b'A'..=b'Z').collect())),
                b'x' => Field::Class,
                b'k' => Field::Kept,
                b'm' | b'n' => {
                    bytes = bytes.strip_prefix(&[*first])?;
                    let last = if *first == b'm' { 12 } else { 31 };
                    Field::Two(Numbers::new((1..=last).collect(), None))
                }
                b'[' => Field::One(Alphabet::new(ranges(until(&mut bytes, b']')?)?)),
                b'{' => Field::Two(numbers(until(&mut bytes, b'}')?)?),
                b'#' => {
                    layout.checks.push(layout.length);
                    let characters = match bytes.strip_prefix(b"(") {
                        Some(rest) => {
                            bytes = rest;
                            ranges(until(&mut bytes, b')')?)?
                        }
                        None => (b'0'..=b'9').collect(),
                    };
                    Field::Check(Alphabet::new(characters))
                }
                b'A'..=b'Z' | b'0'..=b'9' => Field::Fixed(*first),
                _ => return None,
            };
            layout.length += if matches!(field, Field::Two(_)) { 2 } else { 1 };
            layout.fields.push(field);
        }
        (1..=LENGTH_MAX).contains(&layout.length).then_some(layout)
    }

    /// How many numbers of the layout there are, and which of them it is, check digits aside; none
    /// where it has another layout.
    pub(super) fn rank(&self, number: &[u8]) -> Option<(u128, u128)> {
        if number.len() != self.length {
            return None;
        }
        // Nearly all fit into 64 bits, in which multiplying is cheap.
        let (mut total, mut rank) = (1u128, 0u128);
        let mut at = 0;
        for field in &self.fields {
            let (size, place) = match field {
                Field::Fixed(character) if number[at] == *character => (1, 0),
                Field::Fixed(_) => return None,
                Field::Kept => (1, 0),
                Field::Class => {
                    let Slot { base, size } = class_of(number[at])?;
                    (size, number[at] - base)
                }
                Field::One(alphabet) => {
                    (alphabet.characters.len() as u8, alphabet.place(number[at])?)
                }
                Field::Two(numbers) => {
                    let place = numbers.place(number[at], number[at + 1])?;
                    at += 1;
                    (numbers.list.len() as u8, place)
                }
                Field::Check(alphabet) => {
                    alphabet.place(number[at])?;
                    (1, 0)
                }
            };
            at += 1;
            total *= u128::from(size);
            rank = rank * u128::from(size) + u128::from(place);
            if total > TOTAL_MAX {
                return None;
            }
        }
        Some((total, rank))
    }

    /// Becomes another number of the layout; check digits stay for the caller to find.
    pub(super) fn unrank(&self, mut rank: u128, number: &mut [u8]) {
        let mut low = u64::try_from(rank).ok();
        // Division of 128 bits is slow, so it ends as soon as the number is short enough.
        let mut take = |size: u8| {
            if let Some(short) = low {
                let size = u64::from(size);
                low = Some(short / size);
                return (short % size) as usize;
            }
            let place = rank % u128::from(size);
            rank /= u128::from(size);
            low = u64::try_from(rank).ok();
            place as usize
        };
        let mut at = self.length;
        for field in self.fields.iter().rev() {
            at -= 1;
            match field {
                Field::Fixed(_) | Field::Kept | Field::Check(_) => {}
                Field::Class => {
                    if let Some(Slot { base, size }) = class_of(number[at]) {
                        number[at] = base + take(size) as u8;
                    }
                }
                Field::One(alphabet) => {
                    number[at] = alphabet.characters[take(alphabet.characters.len() as u8)];
                }
                Field::Two(numbers) => {
                    let two = numbers.written()[take(numbers.list.len() as u8)];
                    number[at] = b'0' + two % 10;
                    at -= 1;
                    number[at] = b'0' + two / 10;
                }
            }
        }
    }

    /// The characters that a check digit may be, for each of them.
    pub(super) fn checks(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let alphabets = self.fields.iter().filter_map(|field| match field {
            Field::Check(alphabet) => Some(alphabet.characters.as_slice()),
            _ => None,
        });
        self.checks.iter().copied().zip(alphabets)
    }
}

/// What stands before the closing bracket.
fn until<'a>(bytes: &mut &'a [u8], close: u8) -> Option<&'a [u8]> {
    let end = memchr::memchr(close, bytes)?;
    let inner = &bytes[..end];
    *bytes = &bytes[end + 1..];
    Some(inner)
}

/// Characters, of which two with a hyphen between them stand for all from one to the other.
fn ranges(mut text: &[u8]) -> Option<Vec<u8>> {
    let mut characters = Vec::new();
    while let [first, rest @ ..] = text {
        text = rest;
        let last = match rest {
            [b'-', last, rest @ ..] => {
                text = rest;
                last
            }
            _ => first,
        };
        if !first.is_ascii_alphanumeric() || last < first {
            return None;
        }
        characters.extend((*first..=*last).filter(u8::is_ascii_alphanumeric));
    }
    (!characters.is_empty()).then_some(characters)
}

/// Numbers of two digits and ranges of them, with commas between; `>` and what they become.
fn numbers(text: &[u8]) -> Option<Numbers> {
    let text = std::str::from_utf8(text).ok()?;
    let list = |text: &str| -> Option<Vec<u8>> {
        let mut numbers = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let [first, last]: [Option<u8>; 2] = [first, last].map(|number| number.parse().ok());
            numbers.extend(first?..=last.filter(|last| *last < 100)?);
        }
        Some(numbers)
    };
    Some(match text.split_once('>') {
        Some((from, to)) => {
            let (from, to) = (list(from)?, list(to)?);
            if from.len() != to.len() {
                return None;
            }
            Numbers::new(from, Some(to))
        }
        None => Numbers::new(list(text)?, None),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(layout: &str, number: &str) -> String {
        let layout = Layout::parse(layout).unwrap();
        let mut number = number.as_bytes().to_vec();
        let (total, rank) = layout.rank(&number).unwrap();
        layout.unrank((rank + 1) % total, &mut number);
        String::from_utf8(number).unwrap()
    }

    #[test]
    fn numbers_are_counted_in_their_layout() {
        assert_eq!(next("Add#", "A095"), "A105");
        assert_eq!(next("mm", "12"), "01");
        assert_eq!(next("d{01-12,41-52}", "012"), "041");
        assert_eq!(next("nn[13-5]", "015"), "021");
        assert_eq!(next("xx", "9Z"), "0A");
        assert_eq!(next("{01-12>81-92}", "01"), "82");
        assert_eq!(next("{01-12>81-92}", "81"), "82");
        assert_eq!(next("kd", "Q9"), "Q0");
        assert_eq!(next(&"a".repeat(20), &"Z".repeat(20)), "A".repeat(20));
    }

    #[test]
    fn other_layouts_have_no_rank() {
        let layout = Layout::parse("Add#(0-9X)mm").unwrap();
        for other in ["A12X1", "B12X12", "A1XX12", "A12Y12", "A12X13", "A12X1A"] {
            assert_eq!(layout.rank(other.as_bytes()), None, "{other}");
        }
        assert!(layout.rank(b"A12X12").is_some());
        assert!(Layout::parse(&"a".repeat(30))
            .unwrap()
            .rank(&[b'Z'; 30])
            .is_none());
    }

    #[test]
    fn layouts_are_written_well_or_refused() {
        for wrong in [
            "", "m", "[", "[a", "[9-0]", "{1-100}", "{1>2-3}", "#(", "é", "d d", "d~",
        ] {
            assert!(Layout::parse(wrong).is_none(), "{wrong}");
        }
    }
}
