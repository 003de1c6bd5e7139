//! The native recognisers and what they work with.

pub(crate) mod adjacent;
pub(crate) mod anchors;
pub(crate) mod assigned;
pub(crate) mod assignment;
pub(crate) mod aws;
pub(crate) mod calendar;
pub(crate) mod calling_codes;
pub(crate) mod card;
pub(crate) mod connection;
pub(crate) mod coordinates;
pub(crate) mod email;
pub(crate) mod entropy;
pub(crate) mod iban;
pub(crate) mod ip;
pub(crate) mod jwt;
mod keys;
pub(crate) mod mac;
mod nearby;
pub(crate) mod numbers;
pub(crate) mod pem;
pub(crate) mod personal;
pub(crate) mod phone;
pub(crate) mod placeholder;
pub(crate) mod plain;
mod published;
pub(crate) mod runs;
pub(crate) mod seed;
pub(crate) mod ssn;
pub(crate) mod token;
pub(crate) mod track;
pub(crate) mod url;
pub(crate) mod uuid;

use crate::context::Keywords;
use crate::finding::{Evidence, Finding};
use crate::sink::Sink;
use crate::spec::EntitySpec;

/// A native recogniser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Email,
    Phone,
    Card,
    Iban,
    Ssn,
    Ipv4,
    Ipv6,
    AwsAccessKey,
    AwsSecretKey,
    Jwt,
    PemPrivateKey,
    ConnectionString,
    Bitcoin,
    Ethereum,
    Litecoin,
    Monero,
    Ripple,
    Tron,
    Cardano,
    Solana,
    Vin,
    SeedPhrase,
    Url,
    Mac,
    Uuid,
    BirthDate,
    Age,
    Coordinates,
    TrackData,
}

impl Shape {
    pub(crate) const COUNT: usize = EntitySpec::SHAPES.len();

    /// The recogniser that the catalogue calls by this name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "email" => Self::Email,
            "phone" => Self::Phone,
            "card" => Self::Card,
            "iban" => Self::Iban,
            "ssn" => Self::Ssn,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "aws_access_key" => Self::AwsAccessKey,
            "aws_secret_key" => Self::AwsSecretKey,
            "jwt" => Self::Jwt,
            "pem_private_key" => Self::PemPrivateKey,
            "connection_string" => Self::ConnectionString,
            "bitcoin" => Self::Bitcoin,
            "ethereum" => Self::Ethereum,
            "litecoin" => Self::Litecoin,
            "monero" => Self::Monero,
            "ripple" => Self::Ripple,
            "tron" => Self::Tron,
            "cardano" => Self::Cardano,
            "solana" => Self::Solana,
            "vin" => Self::Vin,
            "seed_phrase" => Self::SeedPhrase,
            "url" => Self::Url,
            "mac" => Self::Mac,
            "uuid" => Self::Uuid,
            "birth_date" => Self::BirthDate,
            "age" => Self::Age,
            "coordinates" => Self::Coordinates,
            "track_data" => Self::TrackData,
            _ => return None,
        })
    }
}

/// An entity that uses a native recogniser.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) entity: u16,
    pub(crate) min_confidence: f32,
    pub(crate) keywords: Keywords,
}

/// The entities by recogniser.
pub(crate) type Slots = [Option<Slot>; Shape::COUNT];

/// What is left of the doubt when a keyword or the column supports a candidate.
const DOUBT_LEFT: f32 = 0.4;
/// A candidate that is this sure is reported without looking for keywords.
pub(crate) const SURE: f32 = 0.9;

/// The confidence after a keyword or the column has supported it.
pub(crate) fn support(confidence: f32) -> f32 {
    1.0 - (1.0 - confidence) * DOUBT_LEFT
}

/// Something that could be a value of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) confidence: f32,
    pub(crate) evidence: Evidence,
}

impl Candidate {
    pub(crate) const fn pattern(start: usize, end: usize, confidence: f32) -> Self {
        Self {
            start,
            end,
            confidence,
            evidence: Evidence::PATTERN,
        }
    }

    pub(crate) fn checked(start: usize, end: usize, confidence: f32) -> Self {
        let evidence = Evidence::PATTERN | Evidence::CHECKSUM;
        Self {
            start,
            end,
            confidence,
            evidence,
        }
    }
}

/// One text while it is being scanned.
pub(crate) struct Scan<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) slots: &'a Slots,
    pub(crate) hint: Option<u16>,
    pub(crate) out: Sink<'a>,
}

impl Scan<'_> {
    /// Whether an entity uses this recogniser.
    pub(crate) fn wants(&self, shape: Shape) -> bool {
        self.slots[shape as usize].is_some()
    }

    /// Whether the column is believed to hold the entity of this recogniser.
    pub(crate) fn hinted(&self, shape: Shape) -> bool {
        self.slots[shape as usize]
            .as_ref()
            .is_some_and(|slot| self.hint == Some(slot.entity))
    }

    /// Weighs a candidate with column and keywords and reports it if that is enough.
    pub(crate) fn propose(&mut self, shape: Shape, candidate: Candidate) -> bool {
        let Some(slot) = &self.slots[shape as usize] else {
            return false;
        };
        weigh(slot, self.text, self.hint, candidate, &mut self.out)
    }
}

/// Widens a span that a limit has cut inside a character of UTF-8.
fn whole_characters(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    let inside = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    for _ in 0..3 {
        start -= usize::from(start > 0 && inside(start));
        end += usize::from(inside(end));
    }
    (start, end)
}

/// Reports the candidate if it reaches the entity's least confidence; each support leaves a part of
/// the doubt only.
pub(crate) fn weigh(
    slot: &Slot,
    text: &[u8],
    hint: Option<u16>,
    candidate: Candidate,
    out: &mut Sink<'_>,
) -> bool {
    let Candidate {
        mut confidence,
        mut evidence,
        ..
    } = candidate;
    let (start, end) = whole_characters(text, candidate.start, candidate.end);
    if hint == Some(slot.entity) {
        evidence |= Evidence::COLUMN;
        confidence = support(confidence);
    }
    if confidence < SURE && slot.keywords.near(text, start, end) {
        evidence |= Evidence::CONTEXT;
        confidence = support(confidence);
    }
    let enough = confidence >= slot.min_confidence;
    if enough {
        out.push(Finding {
            start,
            end,
            entity: slot.entity,
            confidence,
            evidence,
        });
    }
    enough
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_that_is_listed_has_a_recogniser_of_its_own() {
        let mut found: Vec<Shape> = EntitySpec::SHAPES
            .iter()
            .map(|name| Shape::by_name(name).unwrap())
            .collect();
        found.dedup();
        assert_eq!(found.len(), Shape::COUNT);
        assert_eq!(Shape::by_name("column"), None);
    }
}
