//! Values that are known by the name that they are given to.

use super::assignment::{self, Assignment, Rest};
use super::keys::{is_key, words};
use super::numbers::{is_uuid, UUID_LEN};
use super::token::{checksum_of, Anchored};
use super::{entropy, nearby, placeholder, support, weigh, Candidate, Slot};
use crate::bytes::{before, is_word, word_at};
use crate::checksum::Checksum;
use crate::context::Keywords;
use crate::sink::Sink;
use crate::spec::{EntitySpec, Error};

/// How sure a value of the right shape is under the right name.
const PLAIN: f32 = 0.8;
const CHECKED: f32 = 0.95;
/// The same for a whole cell whose column is believed to hold the entity.
const IN_COLUMN: f32 = 0.5;
/// An entity whose values may be shorter is one that people choose.
const MIN_DRAWN: usize = 8;
/// A name that says less by itself needs support.
const WEAK: f32 = 0.5;
/// Fewest bytes of a layout that is looked for near a name without an operator.
const MIN_LAYOUT: usize = 20;
/// Shortest key.
const MIN_KEY: usize = 2;
/// Words of a name that say that its value is no secret.
///
/// Only the name itself may say so: what stands elsewhere in a text must not hide a secret.
const MADE_UP: [&str; 8] = [
    "example",
    "dummy",
    "fake",
    "mock",
    "bogus",
    "invalid",
    "placeholder",
    "non",
];

/// An entity of the form `assigned`.
#[derive(Debug)]
pub(crate) struct Assigned {
    slot: Slot,
    /// The same without keywords, for a name that has supported a weak key already.
    owned: Slot,
    anchored: Anchored,
    checksum: Option<Checksum>,
    counter_words: Vec<String>,
    confidence: f32,
}

impl Assigned {
    pub(crate) fn compile(spec: &EntitySpec, slot: Slot) -> Result<Self, Error> {
        if spec.keys.is_empty() || spec.keys.iter().any(|key| key.trim().len() < MIN_KEY) {
            let reason = format!("`keys` need at least {MIN_KEY} bytes each");
            return Err(Error::new(&spec.name, reason));
        }
        let checksum = checksum_of(spec)?;
        let sure = if checksum.is_some() { CHECKED } else { PLAIN };
        Ok(Self {
            owned: Slot {
                entity: slot.entity,
                min_confidence: slot.min_confidence,
                keywords: Keywords::compile(&spec.name, &[])?,
            },
            slot,
            anchored: Anchored::compile(spec)?,
            checksum,
            counter_words: spec
                .counter_words
                .iter()
                .map(|word| word.to_ascii_lowercase())
                .collect(),
            confidence: spec.confidence.unwrap_or(sure),
        })
    }

    /// What the values are.
    pub(crate) fn entity(&self) -> u16 {
        self.slot.entity
    }

    /// Whether people choose the values.
    pub(crate) fn chosen(&self) -> bool {
        self.anchored.min_len < MIN_DRAWN
    }

    /// The value given to the name that has the key `start..end` in it.
    pub(crate) fn scan(
        &self,
        text: &[u8],
        (start, end): (usize, usize),
        places: &mut Places,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) {
        if !is_key(text, start, end, self.chosen()) {
            return;
        }
        let place = places.of(text, start, end, !self.chosen());
        let place = place.filter(|place| is_argument(text, place));
        let Some(sure) = self.weigh_name(text, start, end) else {
            return;
        };
        if let Some(place) = place {
            if self.given(text, place, places, sure, hint, out) {
                return;
            }
        }
        if !self.chosen() {
            self.search(text, end, place, sure, hint, out);
        }
    }

    /// How sure a value is under the name around the key `start..end`; none if the name says that
    /// it is something else.
    ///
    /// A key that says little by itself, as `key` does, needs a word more, or a keyword beside.
    fn weigh_name(&self, text: &[u8], start: usize, end: usize) -> Option<f32> {
        let (name_start, name_end) = assignment::name_of(text, start, end);
        let weak = self.confidence < WEAK && !self.chosen();
        let begin = if weak {
            nearby::with_word_before(text, name_start)
        } else {
            name_start
        };
        if self.is_countered(&text[begin..name_end]) {
            return None;
        }
        let owned = weak && text[begin..start].iter().any(u8::is_ascii_alphabetic);
        Some(if owned {
            support(self.confidence)
        } else {
            self.confidence
        })
    }

    /// Whether the value that an operator gives to the name is one, and reported.
    fn given(
        &self,
        text: &[u8],
        place: Assignment,
        places: &mut Places,
        sure: f32,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) -> bool {
        let Some(((_, until), (from, to))) = self.anchored.at(&text[..place.end], place.start)
        else {
            return false;
        };
        let cut = place.cut.filter(|_| until == place.end && to == until);
        if cut.is_none() && !ends_value(text, until) || !self.accepts(&text[from..to], place.quoted)
        {
            return false;
        }
        if self.chosen() && !is_chosen_argument(text, place, &text[from..to]) {
            return false;
        }
        let to = cut.map_or(to, |rest| places.rest_end(text, to, rest));
        self.propose(text, from, to, sure, hint, out)
    }

    /// Reports the first value near the name that nothing binds to it but that looks like one.
    fn search(
        &self,
        text: &[u8],
        key_end: usize,
        place: Option<Assignment>,
        sure: f32,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) {
        let is_value = |&(from, to): &(usize, usize)| {
            let found = self.anchored.at(&text[..to], from);
            found.is_some_and(|((_, until), (start, end))| {
                until == to && self.accepts(&text[start..end], false)
            })
        };
        let length = self.anchored.min_len;
        let found = nearby::glued(text, key_end)
            .filter(is_value)
            .or_else(|| nearby::words(text, place?).find(is_value))
            .or_else(|| {
                let near = self.anchored.fixed && length >= MIN_LAYOUT;
                near.then(|| nearby::of_length(text, key_end, length).find(is_value))?
            });
        if let Some((from, to)) = found {
            self.propose(text, from, to, sure, hint, out);
        }
    }

    /// The whole cell, which a column that is believed to hold the entity gives its name to.
    pub(crate) fn scan_cell(&self, text: &[u8], out: &mut Sink<'_>) {
        if text.len() > assignment::MAX_VALUE {
            return;
        }
        let start = text.len() - text.trim_ascii_start().len();
        let end = start + text.trim_ascii().len();
        if start < end {
            if let Some(((_, until), (from, to))) = self.anchored.at(&text[..end], start) {
                if until == end && self.accepts(&text[from..to], false) {
                    let hint = Some(self.slot.entity);
                    self.propose(text, from, to, IN_COLUMN, hint, out);
                }
            }
        }
    }

    fn propose(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        confidence: f32,
        hint: Option<u16>,
        out: &mut Sink<'_>,
    ) -> bool {
        let candidate = match self.checksum.map(|checksum| checksum(&text[from..to])) {
            None => Candidate::pattern(from, to, confidence),
            Some(true) => Candidate::checked(from, to, confidence),
            Some(false) => return false,
        };
        let supported = confidence > self.confidence;
        let slot = if supported { &self.owned } else { &self.slot };
        weigh(slot, text, hint, candidate, out)
    }

    /// A pattern of one length is a layout by itself; any other says little about the value.
    fn accepts(&self, value: &[u8], quoted: bool) -> bool {
        if self.chosen() {
            placeholder::is_password(value, quoted)
        } else if self.anchored.fixed {
            entropy::is_drawn(value)
        } else {
            // An identifier of a row is called a key as well.
            let uuid = value.len() == UUID_LEN && is_uuid(value, 0);
            let identifier = uuid || !value.iter().any(u8::is_ascii_alphabetic);
            entropy::is_keyed(value)
                && !(identifier && self.confidence < WEAK)
                && (quoted
                    || entropy::digits(value) > 0
                        && !entropy::is_reference(value)
                        && !entropy::is_number(value))
        }
    }

    /// Whether another word of the name says that it holds something else.
    fn is_countered(&self, name: &[u8]) -> bool {
        words(name).any(|word| {
            let counters = self.counter_words.iter().map(String::as_str);
            MADE_UP
                .into_iter()
                .chain(counters)
                .any(|counter| word.eq_ignore_ascii_case(counter.as_bytes()))
        })
    }
}

/// Where the value stands of the name that was looked at last, since a name may have several keys.
#[derive(Debug, Default)]
pub(crate) struct Places {
    last: [Option<(usize, Option<Assignment>)>; 2],
    /// Where the last value ends that is longer than what is looked at of one.
    long: usize,
}

impl Places {
    /// Where a value ends that goes on at `at`; what was searched for it is not searched again.
    fn rest_end(&mut self, text: &[u8], at: usize, rest: Rest) -> usize {
        if at > self.long {
            self.long = assignment::rest_end(text, at, rest);
        }
        self.long
    }

    fn of(&mut self, text: &[u8], start: usize, end: usize, words: bool) -> Option<Assignment> {
        let (_, name_end) = assignment::name_of(text, start, end);
        let last = &mut self.last[usize::from(words)];
        match last {
            Some((known, place)) if *known == name_end => *place,
            _ => {
                last.insert((name_end, assignment::after_key(text, start, end, words)))
                    .1
            }
        }
    }
}

/// Whether no list has been taken for an argument: after a comma, the value stands in the same line.
fn is_argument(text: &[u8], place: &Assignment) -> bool {
    let between = &text[place.name_end..place.start];
    !between.contains(&b',') || !between.contains(&b'\n') || has_value(between)
}

/// Whether a value that a person chose may be one after a comma: words of a list have letters only.
fn is_chosen_argument(text: &[u8], place: Assignment, value: &[u8]) -> bool {
    let comma = text[place.name_end..place.start].contains(&b',');
    let quote = |byte: &u8| matches!(byte, b'"' | b'\'' | b'`' | b' ');
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii() || quote(byte);
    !comma || (place.quoted && !value.iter().all(letter))
}

/// Whether the field `value` follows a name, as in `"name": "token",\n "value": "..."`.
fn has_value(between: &[u8]) -> bool {
    between
        .windows(5)
        .any(|word| word.eq_ignore_ascii_case(b"value"))
}

/// Whether nothing at `at` continues a value.
fn ends_value(text: &[u8], at: usize) -> bool {
    match text.get(at) {
        // A mark that the value ends with belongs to its alphabet.
        Some(mark @ (b'-' | b'+' | b'/' | b'.')) if before(text, at) == Some(*mark) => false,
        Some(b'-' | b'+' | b'/' | b'.' | b':') => {
            !text.get(at + 1).is_some_and(|&byte| is_word(byte))
        }
        // What is called is a function.
        Some(b'=' | b'~' | b'%' | b'(') => false,
        _ => !word_at(text, at),
    }
}
