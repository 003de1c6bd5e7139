//! What replaces a text, one operator a file.
//!
//! An operator writes its replacement and returns true, or returns false where the text is not of
//! its kind or the room does not suffice; then the generic text operator answers. Whatever an
//! operator wrote is checked here once more: it must fit, and it must not show the raw text.

mod address;
mod age_bin;
mod auto;
mod bin;
mod card;
mod category;
pub(crate) mod change;
mod classes;
mod compact;
mod company;
mod constant;
mod coordinates;
mod date_jitter;
mod date_shift;
mod date_text;
mod date_trunc;
mod digits;
mod email;
mod ff1;
mod fictional_phone;
pub(crate) mod fold;
mod geo_round;
mod hash;
mod hierarchy;
mod iban;
pub(crate) mod ip;
mod ip_prefix;
mod mac;
pub(crate) mod made;
mod name;
mod national_id;
mod noise;
pub(crate) mod numeral;
mod partial;
pub(crate) mod phone;
mod place;
mod plate;
mod postal;
mod redact;
mod secret;
mod shown;
mod siv;
mod ssn;
mod tag;
mod template;
mod text;
mod token;
mod top_bottom;
mod url;
mod username;
mod uuid;
mod vin;
mod zip3;

pub use national_id::entities as national_id_entities;

use std::borrow::Cow;
use std::sync::Arc;

use crate::batch::Batch;
use crate::error::Error;
use crate::operators::change::Change;
use crate::operators::fold::Folded;
use crate::operators::numeral::Numeral;
use crate::operators::shown::shows;
use crate::prf::DomainKey;
use crate::row::Row;
use crate::spec::{Alphabet, NamePart, OperatorSpec, PlacePart};
use crate::types::text::count_chars;
use crate::types::uuid::Uuid;

/// Purposes of the keyed hash, so that no two operators share their choices.
pub(crate) mod purpose {
    pub(crate) const TEXT: u8 = 1;
    pub(crate) const COMPACT: u8 = 2;
    pub(crate) const LAYOUT: u8 = 3;
    pub(crate) const LAYOUT_FOREIGN: u8 = 4;
    pub(crate) const TOKEN: u8 = 5;
    pub(crate) const NAME: u8 = 6;
    pub(crate) const EMAIL: u8 = 7;
    pub(crate) const ADDRESS: u8 = 8;
    pub(crate) const SECRET: u8 = 9;
    pub(crate) const IPV6: u8 = 10;
    pub(crate) const BYTES: u8 = 11;
    pub(crate) const BITS: u8 = 12;
    pub(crate) const DECIMAL: u8 = 15;
    pub(crate) const VECTOR: u8 = 16;
    pub(crate) const LABEL: u8 = 17;
    pub(crate) const JITTER: u8 = 18;
    pub(crate) const NOISE: u8 = 19;
    pub(crate) const SHIFT: u8 = 20;
    pub(crate) const OUTSIDE: u8 = 40;
    // From 41 on, those of texts.
    pub(crate) const COMPANY: u8 = 46;
    pub(crate) const FICTIONAL_PHONE: u8 = 47;
    pub(crate) const HASH: u8 = 41;
    pub(crate) const URL: u8 = 42;
    pub(crate) const URL_PATH: u8 = 43;
    pub(crate) const PLACE: u8 = 45;
    pub(crate) const USERNAME: u8 = 44;
    pub(crate) const CATEGORY: u8 = 48;
    pub(crate) const MADE: u8 = 49;
}

/// Tweaks of the permutations; the low bits are free for a class of values.
pub(crate) mod tweak {
    pub(crate) const TEXT: u64 = 1 << 56;
    pub(crate) const DIGITS: u64 = 2 << 56;
    pub(crate) const PHONE: u64 = 3 << 56;
    pub(crate) const CARD: u64 = 4 << 56;
    pub(crate) const IBAN: u64 = 5 << 56;
    pub(crate) const SSN: u64 = 6 << 56;
    pub(crate) const IPV4: u64 = 7 << 56;
    pub(crate) const INTEGER: u64 = 8 << 56;
    pub(crate) const DECIMAL: u64 = 9 << 56;
    pub(crate) const DAY: u64 = 10 << 56;
    pub(crate) const SECOND: u64 = 11 << 56;
    pub(crate) const FRACTION: u64 = 12 << 56;
    pub(crate) const BITS: u64 = 13 << 56;
    pub(crate) const LABEL: u64 = 14 << 56;
    pub(crate) const UUID: u64 = 32 << 56;
    /// The low byte is the radix.
    pub(crate) const FF1: u64 = 33 << 56;
    // From 40 on, those of texts.
    pub(crate) const MAC: u64 = 43 << 56;
    pub(crate) const NATIONAL_ID: u64 = 40 << 56;
    pub(crate) const PLACE: u64 = 41 << 56;
    pub(crate) const VIN: u64 = 42 << 56;
    pub(crate) const CATEGORY: u64 = 44 << 56;
    pub(crate) const COORDINATES: u64 = 45 << 56;

    /// The radix that an arrangement is to be enciphered in, where its use names one.
    pub(crate) fn radix(tweak: u64) -> Option<u32> {
        (tweak >> 56 == FF1 >> 56).then_some((tweak & 0xff) as u32)
    }
}

/// What an operator is given.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    pub(crate) key: &'a DomainKey,
    /// The raw text in one composition and without surrounding white space, never empty.
    pub(crate) text: &'a str,
    /// The most characters that the type takes.
    pub(crate) room: usize,
    /// What is known of the row.
    pub(crate) row: Row<'a>,
}

impl<'a> Input<'a> {
    fn place(&self) -> Place<'a> {
        Place {
            key: self.key,
            room: self.room,
            row: self.row,
        }
    }
}

/// What an operator is given beside the text.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) key: &'a DomainKey,
    /// The most characters that the type takes.
    pub(crate) room: usize,
    /// What is known of the row.
    pub(crate) row: Row<'a>,
}

/// The operators that replace a text; `null` never gets this far.
#[derive(Debug)]
enum Operator {
    Redact,
    Category(category::Category),
    Classes(classes::Classes),
    Company,
    Constant(String),
    Hash(hash::Hash),
    Mac,
    NationalId(&'static national_id::Form),
    Partial(partial::Partial),
    Place(PlacePart),
    Postal,
    Tag(String),
    Template(template::Template),
    Token(token::Token),
    Url,
    Username,
    Uuid(Uuid),
    Vin,
    Name(NamePart),
    Email { keep_domain: bool },
    Ff1(Alphabet),
    FictionalPhone(fictional_phone::FictionalPhone),
    Phone,
    Address,
    Digits,
    Card,
    Iban,
    Siv(siv::Siv),
    Ssn,
    Ip,
    Secret,
    Text,
    Auto,
    Change(Change),
}

impl Operator {
    #[expect(clippy::too_many_lines, reason = "a line or two for each operator")]
    fn compile(spec: &OperatorSpec, key: &Arc<DomainKey>) -> Result<Self, Error> {
        if let Some(change) = Change::compile(spec)? {
            return Ok(Self::Change(change));
        }
        Ok(match spec {
            OperatorSpec::Null {} | OperatorSpec::Redact {} => Self::Redact,
            OperatorSpec::Category { list } => Self::Category(category::Category::new(*list)),
            OperatorSpec::Classes { keep, mask_char } => {
                Self::Classes(classes::Classes::compile(keep, *mask_char)?)
            }
            OperatorSpec::Company {} => Self::Company,
            OperatorSpec::Constant { value } => Self::Constant(constant::compile(value)?),
            OperatorSpec::Hash {
                length,
                encoding,
                exact,
            } => Self::Hash(hash::Hash::compile(*length, *encoding, *exact)?),
            OperatorSpec::Mac {} => Self::Mac,
            OperatorSpec::NationalId { form } => {
                national_id::compile(form.as_deref(), key.domain())?
                    .map_or(Self::Digits, Self::NationalId)
            }
            OperatorSpec::ByRow { .. } => Self::compile(spec.alone(), key)?,
            OperatorSpec::Place {
                part: PlacePart::PostalCode,
                ..
            } => Self::Postal,
            OperatorSpec::Place { part, .. } => Self::Place(*part),
            OperatorSpec::Plate {} => Self::NationalId(plate::compile()?),
            OperatorSpec::Tag {} => Self::Tag(tag::compile(key.domain())),
            OperatorSpec::Template { template } => {
                Self::Template(template::Template::compile(template)?)
            }
            OperatorSpec::Url {} => Self::Url,
            OperatorSpec::Username {} => Self::Username,
            OperatorSpec::Uuid {} => Self::Uuid(Uuid::new(Arc::clone(key))),
            OperatorSpec::Vin {} => Self::Vin,
            OperatorSpec::Partial {
                keep_first,
                keep_last,
                mask_char,
            } => Self::Partial(partial::Partial::compile(
                *keep_first,
                *keep_last,
                *mask_char,
            )?),
            OperatorSpec::Token { prefix, exact } => {
                Self::Token(token::Token::compile(prefix, *exact)?)
            }
            OperatorSpec::Name { part, .. } => Self::Name(*part),
            OperatorSpec::Email { keep_domain } => Self::Email {
                keep_domain: *keep_domain,
            },
            OperatorSpec::Ff1 { alphabet } => Self::Ff1(*alphabet),
            OperatorSpec::FictionalPhone { country } => Self::FictionalPhone(
                fictional_phone::FictionalPhone::compile(country.as_deref())?,
            ),
            OperatorSpec::Phone {} => Self::Phone,
            OperatorSpec::Address {} => Self::Address,
            OperatorSpec::Digits {} => Self::Digits,
            OperatorSpec::Card {} => Self::Card,
            OperatorSpec::Iban {} => Self::Iban,
            OperatorSpec::Ssn {} => Self::Ssn,
            OperatorSpec::Ip {} => Self::Ip,
            OperatorSpec::Secret {} => Self::Secret,
            OperatorSpec::Siv { prefix, encoding } => {
                Self::Siv(siv::Siv::compile(prefix, *encoding)?)
            }
            OperatorSpec::Text {} => Self::Text,
            OperatorSpec::Auto {} => Self::Auto,
            // These are changes, compiled above.
            OperatorSpec::AgeBin { .. }
            | OperatorSpec::Bin { .. }
            | OperatorSpec::Coordinates {}
            | OperatorSpec::DateJitter { .. }
            | OperatorSpec::DateShift { .. }
            | OperatorSpec::DateTrunc { .. }
            | OperatorSpec::GeoRound { .. }
            | OperatorSpec::Hierarchy { .. }
            | OperatorSpec::IpPrefix { .. }
            | OperatorSpec::Made { .. }
            | OperatorSpec::Noise { .. }
            | OperatorSpec::TopBottom { .. }
            | OperatorSpec::Zip3 { .. } => return Err(Error::Option { name: "name" }),
        })
    }

    fn write(&self, input: &Input<'_>, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Redact => redact::write(input, out),
            Self::Category(category) => category.write(input, out),
            Self::Classes(classes) => classes.write(input, out),
            Self::Constant(value) => constant::write(value, input, out),
            Self::Hash(hash) => hash.write(input, out),
            Self::Mac => mac::write(input, out),
            Self::NationalId(form) => national_id::write(form, input, out),
            Self::Partial(partial) => partial.write(input, out),
            Self::Tag(tag) => tag::write(tag, input, out),
            Self::Template(template) => template.write(input, out),
            Self::Url => url::write(input, out),
            Self::Uuid(uuid) => uuid::write(uuid, input, out),
            Self::Vin => vin::write(input, out),
            Self::Token(token) => token.write(input, out),
            Self::Name(_)
            | Self::Email { .. }
            | Self::Address
            | Self::Company
            | Self::Place(_)
            | Self::Username => self.write_folded(input.place(), &Folded::new(input.text), out),
            Self::Postal => postal::write(input, out),
            Self::Ff1(alphabet) => ff1::write(*alphabet, input, out),
            Self::FictionalPhone(fictional) => fictional.write(input, out),
            Self::Phone => phone::write(input, out),
            Self::Digits => digits::write(input, out),
            Self::Card => card::write(input, out),
            Self::Iban => iban::write(input, out),
            Self::Siv(siv) => siv.write(input, out),
            Self::Ssn => ssn::write(input, out),
            Self::Ip => ip::write(input, out),
            Self::Secret => secret::write(input, out),
            Self::Text => text::write(input, out),
            Self::Auto => auto::write(input, out),
            Self::Change(change) => change.write(input, out),
        }
    }

    /// Whether texts that are written differently stay different, whatever they mean.
    fn is_exact(&self) -> bool {
        match self {
            Self::Hash(hash) => hash.is_exact(),
            Self::Token(token) => token.is_exact(),
            // What it hides has to come back as it was.
            Self::Siv(_) => true,
            _ => false,
        }
    }

    /// As [`Operator::write`], where all that counts is the folded text.
    #[inline]
    fn write_folded(&self, place: Place<'_>, raw: &Folded<'_>, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Name(part) => name::write(*part, place, raw, out),
            Self::Company => company::write(place, raw, out),
            Self::Email { keep_domain } => email::write(*keep_domain, place, raw, out),
            Self::Place(part) => place::write(*part, place, raw, out),
            Self::Username => username::write(place, raw, out),
            Self::Address => address::write(place, raw, out),
            _ => false,
        }
    }
}

/// What becomes of a text that is not of the operator's kind.
#[derive(Clone, Copy, Debug)]
enum Others {
    Constant,
    Made,
    Words,
}

/// An operator with its key and the type's length.
#[derive(Debug)]
pub(crate) struct TextMask {
    operator: Operator,
    others: Others,
    key: Arc<DomainKey>,
    max_chars: Option<usize>,
}

impl TextMask {
    pub(crate) fn new(
        spec: &OperatorSpec,
        key: Arc<DomainKey>,
        max_chars: Option<u32>,
    ) -> Result<Self, Error> {
        let (own, others) = match spec {
            OperatorSpec::Made { text } => (text.as_deref().unwrap_or(spec), Others::Made),
            _ if Change::redacts_others(spec) => (spec, Others::Constant),
            _ => (spec, Others::Words),
        };
        let operator = Operator::compile(own, &key)?;
        Ok(Self {
            operator,
            others,
            key,
            max_chars: max_chars.map(|chars| chars as usize),
        })
    }

    pub(crate) fn max_chars(&self) -> Option<usize> {
        self.max_chars
    }

    /// Appends the replacement of a text; white space alone becomes the empty text, unless a query
    /// made it: then it may tell that two parts of values are the same.
    pub(crate) fn apply(&self, text: &str, out: &mut Vec<u8>) {
        self.apply_row(text, Row::NONE, out);
    }

    /// As [`TextMask::apply`] for a text in a row of which more is known.
    pub(crate) fn apply_row(&self, text: &str, row: Row<'_>, out: &mut Vec<u8>) {
        let composed = if self.operator.is_exact() {
            Cow::Borrowed(text)
        } else {
            fold::composed(text)
        };
        let trimmed = composed.trim();
        let room = self.max_chars.unwrap_or(usize::MAX);
        let input = Input {
            key: &self.key,
            text: trimmed,
            room,
            row,
        };
        if trimmed.is_empty() {
            if matches!(self.others, Others::Made) {
                made::write(&input, out);
            }
            return;
        }
        let start = out.len();
        let raw = text.trim().as_bytes();
        let hides = |masked: &[u8], row| {
            self.acceptable(masked, raw, room, row)
                && (trimmed.as_bytes() == raw
                    || self.acceptable(masked, trimmed.as_bytes(), room, row))
        };
        if self.operator.write(&input, out) && hides(&out[start..], row) {
            return;
        }
        out.truncate(start);
        let written = match self.others {
            Others::Constant => {
                redact::write(&input, out);
                return;
            }
            Others::Made => made::write(&input, out),
            Others::Words => text::write(&input, out),
        };
        if written && hides(&out[start..], Row::NONE) {
            return;
        }
        out.truncate(start);
        compact::write(&input, out);
    }

    /// Whether the operator permutes texts of digits and letters of one length.
    pub(crate) fn permutes(&self) -> bool {
        matches!(self.operator, Operator::NationalId(_) | Operator::Digits)
    }

    /// What a permutation makes of a text, forwards or backwards; None where it is no such text.
    pub(crate) fn step(&self, text: &str) -> Option<String> {
        let input = Input {
            key: &self.key,
            text,
            room: usize::MAX,
            row: Row::NONE,
        };
        let mut out = Vec::with_capacity(text.len());
        let written = self.operator.write(&input, &mut out) && out.len() == text.len();
        written.then(|| String::from_utf8(out).ok()).flatten()
    }

    /// Whether the key is turned round, so that [`TextMask::restore`] is what there is to do.
    pub(crate) fn restores(&self) -> bool {
        self.key.backwards()
    }

    /// Appends the text of which the operator would make the given one; false, and nothing is
    /// done, where there is none. Whoever asks masks it once more to be certain.
    pub(crate) fn restore(&self, masked: &str, out: &mut Vec<u8>) -> bool {
        let text = masked.trim();
        let start = out.len();
        let room = self.max_chars.unwrap_or(usize::MAX);
        let input = Input {
            key: &self.key,
            text,
            room,
            row: Row::NONE,
        };
        let restored = text.is_empty()
            || (text.is_ascii()
                && self.operator.write(&input, out)
                && count_chars(&out[start..]) <= room);
        if !restored {
            out.truncate(start);
        }
        restored
    }

    /// As [`TextMask::apply`] for what takes the short way, in which the replacement may wait in the
    /// batch; false, and nothing is done, where the text has to go the other.
    pub(crate) fn apply_short(
        &self,
        text: &[u8],
        row: Row<'_>,
        out: &mut Vec<u8>,
        batch: &mut Batch,
    ) -> bool {
        let [first, .., last] = text else {
            return false;
        };
        // What is ASCII without white space around it needs neither decoding nor trimming.
        if !(text.is_ascii() && first.is_ascii_graphic() && last.is_ascii_graphic()) {
            return false;
        }
        let room = self.max_chars.unwrap_or(usize::MAX);
        let numeral = match &self.operator {
            Operator::Phone => phone::Number::read(text).map(Numeral::Phone),
            Operator::Card => card::Number::read(text).map(Numeral::Card),
            Operator::Name(_)
            | Operator::Email { .. }
            | Operator::Address
            | Operator::Company
            | Operator::Place(_)
            | Operator::Username => {
                let key = &self.key;
                let start = out.len();
                let raw = Folded::Ascii(text);
                let written = self
                    .operator
                    .write_folded(Place { key, room, row }, &raw, out)
                    && self.acceptable(&out[start..], text, room, row);
                if !written {
                    out.truncate(start);
                }
                return written;
            }
            _ => None,
        };
        // The replacement is as long as the text, and no number becomes itself.
        numeral
            .is_some_and(|numeral| text.len() <= room && batch.put(&self.key, text, numeral, out))
    }

    /// Appends an ASCII replacement of bytes in an unknown encoding.
    pub(crate) fn apply_foreign(&self, bytes: &[u8], out: &mut Vec<u8>) {
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let room = self.max_chars.unwrap_or(usize::MAX);
        compact::write(
            &Input {
                key: &self.key,
                text: &text,
                room,
                row: Row::NONE,
            },
            out,
        );
    }

    /// Whether a replacement fits and does not show the raw text.
    fn acceptable(&self, masked: &[u8], raw: &[u8], room: usize, row: Row<'_>) -> bool {
        let fits = masked.len() <= room || count_chars(masked) <= room;
        let hides = match &self.operator {
            // A constant shows nothing even where it equals the value, nor does what stands for a
            // class.
            // Of two words of a list one may stay, which nothing shows.
            Operator::Redact | Operator::Category(_) | Operator::Constant(_) | Operator::Tag(_) => {
                true
            }
            // What lies at a postal code is chosen without the raw place, and so may be that place.
            Operator::Place(_) if row.beside().is_some() => true,
            Operator::Change(change) if !matches!(change, Change::Coordinates) => {
                change.generalises() || !shows(masked, raw)
            }
            // A bijection over letters of both cases reaches the other case of a few short values,
            // and the degrees 1.25 may become 71.25.
            Operator::Ff1(_) | Operator::Change(_) => masked != raw,
            _ => !shows(masked, raw),
        };
        fits && hides
    }
}

#[cfg(test)]
#[path = "mod_tests.rs"]
pub(crate) mod tests;
