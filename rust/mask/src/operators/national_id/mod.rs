//! A number that an authority could have issued: of the same layout, and its checksum passes.
//!
//! All digits but those of the check are permuted as one number, then the check digits are found by
//! asking the checksum; where none fits, such as for a day that does not exist, the number is
//! permuted once more. So the numbers that pass are permuted among themselves, and those that do
//! not among the others: two never meet.

mod layout;
mod table;

use std::collections::HashMap;
use std::sync::OnceLock;

use scrim_checksum::Checksum;

use crate::error::Error;
use crate::layout::{class_of, permute};
use crate::operators::{digits, tweak, Input};
use crate::permutation::derange;
use crate::prf::DomainKey;
use layout::{Layout, LENGTH_MAX};

/// Steps of a walk; the longest that a layout needs on average is about thirty.
const WALK_MAX: usize = 5000;
/// Longer texts hold more than a number.
const TEXT_MAX: usize = 64;

/// The layouts of one kind of number.
#[derive(Debug)]
pub(crate) struct Form {
    checksum: Option<Checksum>,
    layouts: Vec<Layout>,
}

impl Form {
    fn new(checksum: &str, layouts: &str) -> Option<Self> {
        let layouts = layouts.split_ascii_whitespace().map(Layout::parse);
        Some(Self {
            checksum: match checksum {
                "" => None,
                name => Some(scrim_checksum::by_name(name)?),
            },
            layouts: layouts.collect::<Option<_>>()?,
        })
    }

    fn passes(&self, number: &[u8]) -> bool {
        self.checksum.is_none_or(|checksum| checksum(number))
    }

    /// The layout of a number that passes.
    fn layout_of(&self, number: &[u8]) -> Option<(usize, u128, u128)> {
        let mut layouts = self.layouts.iter().enumerate();
        let (at, (total, rank)) =
            layouts.find_map(|(at, layout)| Some((at, layout.rank(number)?)))?;
        self.passes(number).then_some((at, total, rank))
    }

    /// Finds the check digits of a number, the `nth` that fit; false where there are not so many.
    fn complete(&self, layout: &Layout, number: &mut [u8], mut nth: usize) -> bool {
        let mut alphabets: [(usize, &[u8]); 3] = [(0, &[]); 3];
        let mut count = 0;
        for (place, check) in alphabets.iter_mut().zip(layout.checks()) {
            *place = check;
            count += 1;
        }
        let alphabets = &alphabets[..count];
        let mut digits = [0; 3];
        for (at, characters) in alphabets {
            number[*at] = characters[0];
        }
        loop {
            if self.passes(number) {
                if nth == 0 {
                    return true;
                }
                nth -= 1;
            }
            // The next combination, the last check digit running fastest.
            let mut turn = count;
            loop {
                let Some(next) = turn.checked_sub(1) else {
                    return false;
                };
                turn = next;
                let (at, characters) = alphabets[turn];
                digits[turn] = (digits[turn] + 1) % characters.len();
                number[at] = characters[digits[turn]];
                if digits[turn] > 0 {
                    break;
                }
            }
        }
    }

    /// Which of the check digits that fit a number has.
    fn nth(&self, layout: &Layout, number: &[u8]) -> usize {
        if !layout.ambiguous {
            return 0;
        }
        let mut other = [0; LENGTH_MAX];
        let other = &mut other[..number.len()];
        other.copy_from_slice(number);
        let mut nth = 0;
        while self.complete(layout, other, nth) && other != number {
            nth += 1;
        }
        nth
    }

    /// Becomes another number of its layout that passes; false where there is none.
    fn walk(&self, key: &DomainKey, number: &mut [u8]) -> bool {
        let Some((at, total, rank)) = self.layout_of(number) else {
            return self.stray(key, number);
        };
        let layout = &self.layouts[at];
        let nth = self.nth(layout, number);
        let tweak = tweak::NATIONAL_ID | (at as u64) << 32;
        let mut raw = [0; LENGTH_MAX];
        let raw = &mut raw[..number.len()];
        raw.copy_from_slice(number);
        let mut place = rank;
        for _ in 0..WALK_MAX {
            place = derange(key, tweak, total, place);
            layout.unrank(place, number);
            if self.complete(layout, number, nth) && number != raw {
                return true;
            }
            if place == rank {
                break;
            }
        }
        false
    }

    /// As [`Form::walk`] for what does not pass: it becomes something else that does not pass.
    fn stray(&self, key: &DomainKey, number: &mut [u8]) -> bool {
        for _ in 0..WALK_MAX {
            if !permute(key, tweak::NATIONAL_ID | 1 << 48, number, |_, byte| {
                class_of(byte)
            }) {
                return false;
            }
            if self.layout_of(number).is_none() {
                return true;
            }
        }
        false
    }
}

fn forms() -> &'static HashMap<&'static str, Form> {
    static FORMS: OnceLock<HashMap<&'static str, Form>> = OnceLock::new();
    FORMS.get_or_init(|| {
        let read = |(entity, checksum, layouts): &table::Entry| {
            Form::new(checksum, layouts).map(|form| (*entity, form))
        };
        table::ENTRIES.iter().filter_map(read).collect()
    })
}

/// The entities whose numbers have a form.
pub fn entities() -> impl Iterator<Item = &'static str> {
    table::ENTRIES.iter().map(|(entity, _, _)| *entity)
}

/// The form of that name, else that of the domain; none where neither has one.
///
/// # Errors
/// [`Error::Option`] where a name is given that has no form.
pub(crate) fn compile(name: Option<&str>, domain: &str) -> Result<Option<&'static Form>, Error> {
    match name {
        Some(name) => match forms().get(name) {
            Some(form) => Ok(Some(form)),
            None => Err(Error::Option { name: "form" }),
        },
        None => Ok(forms().get(domain)),
    }
}

/// Writes the number with its separators where they stand, its letters as capitals.
pub(crate) fn write(form: &Form, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    let text = input.text.as_bytes();
    let mut number = [0; LENGTH_MAX];
    let mut count = 0;
    for byte in text {
        if byte.is_ascii_alphanumeric() && count < LENGTH_MAX {
            number[count] = byte.to_ascii_uppercase();
            count += 1;
        } else if !matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')' | b'+') {
            return digits::write(input, out);
        }
    }
    let number = &mut number[..count];
    if count == 0 || text.len() > TEXT_MAX || !form.walk(input.key, number) {
        return digits::write(input, out);
    }
    let mut characters = number.iter();
    out.extend(text.iter().map(|byte| {
        if byte.is_ascii_alphanumeric() {
            *characters.next().unwrap_or(&b'0')
        } else {
            *byte
        }
    }));
    true
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
