//! Features of a short value, each hashed to a bucket: its words, runs of characters in them, and
//! how words, capitals and punctuation follow each other.

/// Buckets that features are hashed to.
pub const BUCKETS: usize = 1 << 16;
/// Most features of a value; what a longer one has besides is not looked at.
pub const MAX_FEATURES: usize = 320;
/// Characters that are looked at, from the beginning.
const MAX_CHARACTERS: usize = 64;
const MAX_WORDS: usize = 12;
/// Longest run of characters.
const MAX_RUN: usize = 5;

/// The buckets of a value; kept between values, so that nothing is allocated for each.
#[derive(Debug, Default)]
pub struct Buckets {
    /// The bucket of each feature.
    pub list: Vec<u16>,
    characters: Vec<char>,
    shape: Vec<u8>,
}

/// Kinds of features, so that equal texts of different kinds have different buckets.
#[derive(Clone, Copy)]
enum Kind {
    Whole = 1,
    Word,
    First,
    Last,
    Pair,
    Run,
    Shape,
    Length,
    Words,
    Script,
    Mark,
}

/// FNV-1a over characters, mixed at the end so that the low bits depend on all.
struct Hash(u64);

impl Hash {
    const fn new(kind: Kind) -> Self {
        Self(0xcbf2_9ce4_8422_2325 ^ ((kind as u64) << 56))
    }

    fn add(&mut self, value: u32) {
        self.0 = (self.0 ^ u64::from(value)).wrapping_mul(0x0000_0100_0000_01b3);
    }

    const fn bucket(&self) -> u16 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (mixed >> 48) as u16
    }
}

/// Finds the features of a value, in any encoding.
pub fn buckets(value: &[u8], found: &mut Buckets) {
    found.list.clear();
    found.characters.clear();
    found.shape.clear();
    // A character has at most four bytes; more are never needed.
    let head = &value[..value.len().min(4 * MAX_CHARACTERS)];
    let text = String::from_utf8_lossy(head);
    let mut words: [(usize, usize); MAX_WORDS] = [(0, 0); MAX_WORDS];
    let count = split(&text, found, &mut words);
    let words = &words[..count];
    let Buckets {
        list,
        characters,
        shape,
    } = found;
    for (place, &(start, end)) in words.iter().enumerate() {
        word_features(list, &characters[start..end], place, count);
    }
    for pair in words.windows(2).take(4) {
        let mut hash = Hash::new(Kind::Pair);
        add_all(&mut hash, &characters[pair[0].0..pair[0].1]);
        hash.add(u32::from(' '));
        add_all(&mut hash, &characters[pair[1].0..pair[1].1]);
        list.push(hash.bucket());
    }
    whole_features(list, characters, shape, value.len(), words);
    list.truncate(MAX_FEATURES);
}

/// Puts the words in small letters one after another, and notes the shape of the value.
fn split(text: &str, found: &mut Buckets, words: &mut [(usize, usize); MAX_WORDS]) -> usize {
    let mut count = 0;
    let mut start = None;
    let mut former = ' ';
    for character in text.trim().chars().take(MAX_CHARACTERS) {
        if is_part(character) {
            if start.is_none() {
                start = Some(found.characters.len());
            }
            push_shape(&mut found.shape, character, former);
            let digit = character.is_numeric();
            if digit {
                found.characters.push('0');
            } else {
                found.characters.extend(character.to_lowercase().take(2));
            }
        } else {
            if let Some(from) = start.take() {
                if count == MAX_WORDS {
                    return count;
                }
                words[count] = (from, found.characters.len());
                count += 1;
            }
            let mark = if character.is_ascii() && !character.is_ascii_whitespace() {
                character as u8
            } else if character.is_whitespace() {
                b' '
            } else {
                b'~'
            };
            found.shape.push(mark);
        }
        former = character;
    }
    if let (Some(from), true) = (start, count < MAX_WORDS) {
        words[count] = (from, found.characters.len());
        count += 1;
    }
    count
}

/// Whether a character belongs to a word; marks above and below letters do in many scripts.
fn is_part(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(character, '\'' | '\u{2019}')
        || (u32::from(character) >= 0x300 && !character.is_whitespace() && !is_mark(character))
}

const fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}' | '\u{30fb}'
    )
}

/// One letter for a run of the same kind of characters, with a second letter where it is longer.
fn push_shape(shape: &mut Vec<u8>, character: char, former: char) {
    let kind = if character.is_numeric() {
        b'0'
    } else if character.is_uppercase() {
        b'A'
    } else if character.is_lowercase() {
        b'a'
    } else if character == '\'' || character == '\u{2019}' {
        b'\''
    } else {
        b'x'
    };
    let long = match kind {
        b'A' => b'B',
        b'a' => b'b',
        b'0' => b'1',
        b'x' => b'y',
        other => other,
    };
    let last = shape.last().copied();
    if !is_part(former) || (last != Some(kind) && last != Some(long)) {
        shape.push(kind);
    } else if let Some(last) = shape.last_mut() {
        *last = long;
    }
}

fn add_all(hash: &mut Hash, characters: &[char]) {
    for &character in characters {
        hash.add(u32::from(character));
    }
}

fn word_features(list: &mut Vec<u16>, word: &[char], place: usize, count: usize) {
    let kinds = [
        (true, Kind::Word),
        (place == 0, Kind::First),
        (place + 1 == count, Kind::Last),
    ];
    for (_, kind) in kinds.into_iter().filter(|(here, _)| *here) {
        let mut hash = Hash::new(kind);
        add_all(&mut hash, word);
        list.push(hash.bucket());
    }
    let wide = word.first().is_some_and(|&c| u32::from(c) >= 0x2e80);
    let shortest = if wide { 1 } else { 2 };
    // The word with a mark at both ends.
    let length = word.len() + 2;
    let at = |index: usize| match index {
        0 => 2,
        index if index == length - 1 => 3,
        index => u32::from(word[index - 1]),
    };
    for start in 0..length {
        let mut hash = Hash::new(Kind::Run);
        for end in start..length.min(start + MAX_RUN) {
            hash.add(at(end));
            if end + 1 - start >= shortest && list.len() < MAX_FEATURES {
                list.push(hash.bucket());
            }
        }
    }
}

fn whole_features(
    list: &mut Vec<u16>,
    characters: &[char],
    shape: &[u8],
    bytes: usize,
    words: &[(usize, usize)],
) {
    list.truncate(MAX_FEATURES - 16);
    let mut push = |kind: Kind, values: &mut dyn Iterator<Item = u32>| {
        let mut hash = Hash::new(kind);
        for value in values {
            hash.add(value);
        }
        list.push(hash.bucket());
    };
    push(Kind::Whole, &mut characters.iter().map(|&c| u32::from(c)));
    push(Kind::Shape, &mut shape.iter().take(24).map(|&s| s.into()));
    push(Kind::Shape, &mut shape.iter().take(4).map(|&s| s.into()));
    let kinds = shape.iter().map(u8::to_ascii_lowercase).take(24);
    push(Kind::Shape, &mut kinds.map(u32::from).chain([1]));
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    push(Kind::Words, &mut [count(words.len())].into_iter());
    let length =
        (usize::BITS - bytes.leading_zeros()) * 2 + count(bytes >> (bytes.max(2).ilog2() - 1)) % 2;
    push(Kind::Length, &mut [length].into_iter());
    let script = characters.first().map_or(0, |&c| u32::from(c) >> 7);
    push(
        Kind::Script,
        &mut [script, count(words.len().min(3))].into_iter(),
    );
    let marks = [b',', b'.', b'-', b'&', b'/', b'(', b'\'', b'@', b':'];
    for mark in marks
        .into_iter()
        .filter(|mark| shape.contains(mark))
        .take(8)
    {
        push(Kind::Mark, &mut [u32::from(mark)].into_iter());
    }
}

#[cfg(test)]
mod tests {
    use super::{buckets, Buckets, MAX_FEATURES};

    fn of(value: &str) -> Vec<u16> {
        let mut found = Buckets::default();
        buckets(value.as_bytes(), &mut found);
        found.list
    }

    #[test]
    fn equal_values_have_equal_features() {
        assert_eq!(of("Ada Lovelace"), of("Ada Lovelace"));
        assert_ne!(of("Ada Lovelace"), of("Lovelace Ada"));
    }

    #[test]
    fn capitals_change_the_shape_alone() {
        let (small, large) = (of("smith"), of("SMITH"));
        let shared = small.iter().filter(|one| large.contains(one)).count();
        assert_eq!(small.len(), large.len());
        assert!(shared + 3 >= small.len());
    }

    #[test]
    fn the_number_of_features_is_bounded() {
        for text in ["x ".repeat(10_000), "y".repeat(10_000), "é,".repeat(5_000)] {
            assert!(of(&text).len() <= MAX_FEATURES);
        }
        assert!(!of("").is_empty());
    }
}
