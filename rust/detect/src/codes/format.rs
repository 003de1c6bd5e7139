//! Layouts of identifiers, written as in `###-##-####`.
//!
//! `#` is a digit, `@` a letter, `*` either, `[...]` one of a set with ranges; capital letters and
//! digits stand for themselves, and a letter matches in either case. Space, `-`, `.`, `/`, `+` and
//! `:` separate groups, and `(` does where `)` stands behind the group, as in `@######(#)`. `{8}` and `{8,10}` repeat what stands before. `~` is nothing, or the same
//! one of space, `-` and `.` wherever it stands in the format.

/// Most groups of a layout, and most characters of a group.
pub(super) const MAX_GROUPS: usize = 10;
pub(super) const MAX_GROUP: usize = 48;
/// Most layouts that one format stands for.
const MAX_LAYOUTS: usize = 512;
const TILDES: [Option<u8>; 4] = [None, Some(b' '), Some(b'-'), Some(b'.')];

/// The ASCII characters that one position can have, as a set of bits.
pub(super) type Class = u128;

/// One layout: groups of classes with single separators between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) groups: Vec<Vec<Class>>,
    pub(super) separators: Vec<u8>,
}

#[derive(Clone, Debug)]
enum Item {
    Class(Class),
    Separator(u8),
    Tilde,
}

/// An item with its least and largest number of repetitions.
type Repeated = (Item, usize, usize);

pub(super) const DIGITS: Class = range(b'0', b'9');
const LETTERS: Class = range(b'A', b'Z') | range(b'a', b'z');

const fn range(low: u8, high: u8) -> Class {
    let mut set = 0;
    let mut byte = low;
    while byte <= high {
        set |= 1 << byte;
        byte += 1;
    }
    set
}

/// A character with, for a letter, its other case.
const fn one(byte: u8) -> Class {
    (1 << byte.to_ascii_uppercase()) | (1 << byte.to_ascii_lowercase())
}

pub(super) const fn is_separator(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.' | b'/' | b'+' | b':' | b'(')
}

/// The layouts that a format stands for.
///
/// # Errors
/// Says what is wrong with the format.
pub(super) fn layouts(format: &str) -> Result<Vec<Layout>, String> {
    let items = parse(format)?;
    let tildes: &[Option<u8>] = if items.iter().any(|(item, ..)| matches!(item, Item::Tilde)) {
        &TILDES
    } else {
        &TILDES[..1]
    };
    let mut found = Vec::new();
    for tilde in tildes {
        let mut partial = vec![Layout {
            groups: vec![Vec::new()],
            separators: Vec::new(),
        }];
        for (item, least, most) in &items {
            let grown = partial.iter().flat_map(|layout| {
                (*least..=*most).map(move |times| {
                    let mut longer = layout.clone();
                    (0..times).for_each(|_| longer.push(item, *tilde));
                    longer
                })
            });
            partial = grown.take(MAX_LAYOUTS + 1).collect();
            if partial.len() > MAX_LAYOUTS {
                return Err(format!("format `{format}` stands for too many layouts"));
            }
        }
        found.extend(partial);
    }
    if let Some(reason) = found.iter().find_map(Layout::defect) {
        return Err(format!("format `{format}` {reason}"));
    }
    Ok(found)
}

impl Layout {
    fn push(&mut self, item: &Item, tilde: Option<u8>) {
        let separator = match item {
            Item::Class(class) => {
                if let Some(group) = self.groups.last_mut() {
                    group.push(*class);
                }
                return;
            }
            Item::Separator(byte) => Some(*byte),
            Item::Tilde => tilde,
        };
        if let Some(byte) = separator {
            self.separators.push(byte);
            self.groups.push(Vec::new());
        }
    }

    fn defect(&self) -> Option<&'static str> {
        if self.groups.iter().any(Vec::is_empty) {
            Some("has a separator at an end or beside another one")
        } else if self.groups.len() > MAX_GROUPS {
            Some("has too many groups")
        } else if self.groups.iter().any(|group| group.len() > MAX_GROUP) {
            Some("has a group that is too long")
        } else if self.groups.iter().map(Vec::len).sum::<usize>() < 3 {
            Some("has fewer than three characters")
        } else {
            None
        }
    }

    /// Whether every position can be a letter.
    pub(super) fn may_be_letters(&self) -> bool {
        self.groups
            .iter()
            .flatten()
            .all(|class| class & !DIGITS != 0)
    }
}

fn parse(format: &str) -> Result<Vec<Repeated>, String> {
    let refuse = |reason: &str| format!("format `{format}` {reason}");
    let bytes = format.as_bytes();
    let mut items: Vec<Repeated> = Vec::new();
    let mut at = 0;
    let mut opened = false;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        let item = match byte {
            b'#' => Item::Class(DIGITS),
            b'@' => Item::Class(LETTERS),
            b'*' => Item::Class(DIGITS | LETTERS),
            b'~' => Item::Tilde,
            b'0'..=b'9' | b'A'..=b'Z' => Item::Class(one(byte)),
            b'[' => {
                let length = bytes[at..]
                    .iter()
                    .position(|&byte| byte == b']')
                    .ok_or_else(|| refuse("has a set that is not closed"))?;
                let set = set(&bytes[at..at + length]).ok_or_else(|| refuse("has a bad set"))?;
                at += length + 1;
                Item::Class(set)
            }
            b'{' => {
                let length = bytes[at..]
                    .iter()
                    .position(|&byte| byte == b'}')
                    .ok_or_else(|| refuse("has a count that is not closed"))?;
                let (least, most) =
                    count(&format[at..at + length]).ok_or_else(|| refuse("has a bad count"))?;
                at += length + 1;
                match items.last_mut() {
                    Some((Item::Class(_), low, high)) => (*low, *high) = (least, most),
                    _ => return Err(refuse("has a count without a character before it")),
                }
                continue;
            }
            // The tree knows the group by what opens it.
            b')' if opened => {
                opened = false;
                continue;
            }
            byte if is_separator(byte) => {
                opened = byte == b'(';
                Item::Separator(byte)
            }
            _ => return Err(refuse("has a character that formats do not have")),
        };
        items.push((item, 1, 1));
    }
    if opened {
        return Err(refuse("has a parenthesis that is not closed"));
    }
    Ok(items)
}

/// The characters of a set such as `A-CE0-9`.
fn set(mut bytes: &[u8]) -> Option<Class> {
    let mut set = 0;
    while let Some(&low) = bytes.first() {
        let high = if let [_, b'-', high, ..] = bytes {
            bytes = &bytes[3..];
            *high
        } else {
            bytes = &bytes[1..];
            low
        };
        let ordered = low <= high
            && (low.is_ascii_digit() == high.is_ascii_digit())
            && low.is_ascii_alphanumeric()
            && high.is_ascii_alphanumeric()
            && !low.is_ascii_lowercase()
            && !high.is_ascii_lowercase();
        if !ordered {
            return None;
        }
        (low..=high).for_each(|byte| set |= one(byte));
    }
    (set != 0).then_some(set)
}

fn count(text: &str) -> Option<(usize, usize)> {
    let (least, most) = text.split_once(',').unwrap_or((text, text));
    let (least, most) = (least.parse().ok()?, most.parse().ok()?);
    (least <= most && (1..=MAX_GROUP).contains(&most)).then_some((least, most))
}

#[cfg(test)]
mod tests {
    use super::layouts;

    fn shown(format: &str) -> Vec<String> {
        let mut all: Vec<String> = layouts(format)
            .unwrap()
            .iter()
            .map(|layout| {
                let mut text = layout.groups[0].len().to_string();
                for (separator, group) in layout.separators.iter().zip(&layout.groups[1..]) {
                    text.push(char::from(*separator));
                    text.push_str(&group.len().to_string());
                }
                text
            })
            .collect();
        all.sort();
        all
    }

    #[test]
    fn formats_become_layouts() {
        assert_eq!(shown("###-##-####"), ["3-2-4"]);
        assert_eq!(shown("DE#{9}"), ["11"]);
        assert_eq!(shown("#{8,10}"), ["10", "8", "9"]);
        assert_eq!(shown("##~##~@"), ["2 2 1", "2-2-1", "2.2.1", "5"]);
        assert_eq!(shown("##.###/####[A-CZ0-9]"), ["2.3/5"]);
        assert_eq!(shown("@#{0,1} ###"), ["1 3", "2 3"]);
        assert_eq!(shown("@{6}(#)"), ["6(1"]);
    }

    #[test]
    fn sets_hold_both_cases() {
        let class = layouts("[A-CX1]##").unwrap()[0].groups[0][0];
        let holds: String = (0..128_u8)
            .filter(|byte| class >> byte & 1 == 1)
            .map(char::from)
            .collect();
        assert_eq!(holds, "1ABCXabcx");
    }

    #[test]
    fn bad_formats_say_what_is_wrong() {
        for (format, reason) in [
            ("", "separator"),
            ("##", "fewer"),
            ("-###", "separator"),
            ("###-", "separator"),
            ("##--##", "separator"),
            ("[A-", "closed"),
            ("[]###", "set"),
            ("[z]###", "set"),
            ("[9-1]##", "set"),
            ("#{", "closed"),
            ("###(#", "not closed"),
            ("###)", "character"),
            ("{3}#", "count"),
            ("-{3}#", "count"),
            ("#{3,2}", "count"),
            ("#{99}", "count"),
            ("abc", "character"),
            ("#-#-#-#-#-#-#-#-#-#-#", "groups"),
            ("#{1,40}-#{1,40}", "many"),
        ] {
            let error = layouts(format).unwrap_err();
            assert!(error.contains(reason), "{format}: {error}");
        }
    }
}
