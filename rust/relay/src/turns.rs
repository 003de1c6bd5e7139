//! The places of a statement string whose values are turned back, and the string with other values.

use std::collections::HashMap;
use std::sync::Arc;

use scrim_mask::Format;
use scrim_sql::{literals, places, quote, At, LiteralKind, Place, Placed};

use crate::decision::Refusal;
use crate::turning::{unreadable, Turning};
use crate::wire::{self, Wire};

/// One instruction of a decision.
#[derive(Clone)]
pub struct TurnSpec {
    /// Position of the statement in its string.
    pub statement: usize,
    /// How many statements it is inside of.
    pub depth: usize,
    /// Number of what is compared there, as `scrim_sql` counts.
    pub number: usize,
    /// What is done with its values.
    pub turning: Arc<Turning>,
}

/// What is turned back in a statement string of one shape.
#[derive(Default)]
pub(crate) struct Turns {
    /// By position among the literals.
    literals: Vec<LiteralTurn>,
    parameters: HashMap<usize, ParameterTurn>,
}

struct LiteralTurn {
    ordinal: usize,
    negated: bool,
    array: bool,
    turning: Arc<Turning>,
}

struct ParameterTurn {
    array: bool,
    cast: String,
    turning: Arc<Turning>,
}

/// A literal that was replaced, in characters of the statement string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Splice {
    /// Where it began, from 0.
    start: usize,
    /// How long it was.
    before: usize,
    /// How long it is now.
    after: usize,
}

/// A statement string with other literals, and where they stand.
pub(crate) type Rewritten = (Vec<u8>, Box<[Splice]>);

impl Turns {
    /// Finds the places of the instructions in a statement string; none where there are none.
    pub(crate) fn find(sql: &[u8], specs: &[TurnSpec]) -> Result<Option<Self>, Refusal> {
        if specs.is_empty() {
            return Ok(None);
        }
        let placed = places(sql)
            .map_err(|error| Refusal::new(error.code, "the statement cannot be checked", ""))?;
        let by_key: HashMap<_, _> = specs
            .iter()
            .map(|spec| ((spec.statement, spec.depth, spec.number), &spec.turning))
            .collect();
        let mut turns = Self::default();
        for Placed {
            statement,
            depth,
            number,
            place,
        } in placed
        {
            if let Some(turning) = by_key.get(&(statement, depth, number)) {
                turns.add(place, turning)?;
            }
        }
        turns.literals.sort_by_key(|literal| literal.ordinal);
        let none = turns.literals.is_empty() && turns.parameters.is_empty();
        Ok((!none).then_some(turns))
    }

    fn add(&mut self, place: Place, turning: &Arc<Turning>) -> Result<(), Refusal> {
        let (turning, array) = (Arc::clone(turning), place.array);
        match place.at {
            At::Literal { ordinal, negated } => self.literals.push(LiteralTurn {
                ordinal,
                negated,
                array,
                turning,
            }),
            At::Parameter(number) => {
                let turn = ParameterTurn {
                    array,
                    cast: place.cast,
                    turning,
                };
                match self.parameters.get_mut(&number) {
                    None => {
                        self.parameters.insert(number, turn);
                    }
                    Some(known) if known.array == array => known.join(turn)?,
                    Some(_) => return Err(two_meanings()),
                }
            }
            At::Unreadable => return Err(unreadable()),
        }
        Ok(())
    }

    /// Whether a statement that was prepared by the one can be used under the other.
    pub(crate) fn same_literals(one: Option<&Self>, other: Option<&Self>) -> bool {
        let list = |turns: Option<&Self>| -> Vec<(usize, Arc<Turning>)> {
            turns.map_or_else(Vec::new, |turns| {
                let literals = turns.literals.iter();
                literals
                    .map(|literal| (literal.ordinal, Arc::clone(&literal.turning)))
                    .collect()
            })
        };
        let (one, other) = (list(one), list(other));
        one.len() == other.len()
            && one
                .iter()
                .zip(&other)
                .all(|(a, b)| a.0 == b.0 && a.1.same(&b.1))
    }

    pub(crate) fn has_parameters(&self) -> bool {
        !self.parameters.is_empty()
    }

    /// The statement string with its literals turned back; none where it has none of them.
    pub(crate) fn rewrite(&self, sql: &[u8]) -> Result<Option<Rewritten>, Refusal> {
        if self.literals.is_empty() {
            return Ok(None);
        }
        let mut out = Vec::with_capacity(sql.len() + sql.len() / 8);
        let mut splices = Vec::with_capacity(self.literals.len());
        let mut wanted = self.literals.iter().peekable();
        let (mut done, mut characters) = (0, 0);
        for (ordinal, literal) in literals(sql).enumerate() {
            let Some(turn) = wanted.next_if(|turn| turn.ordinal == ordinal) else {
                if wanted.peek().is_none() {
                    break;
                }
                continue;
            };
            let start = if turn.negated {
                literal.minus.ok_or_else(unreadable)?
            } else {
                literal.start
            };
            let kept = sql.get(done..start).ok_or_else(unreadable)?;
            out.extend_from_slice(kept);
            characters += count_characters(kept);
            let written = out.len();
            let value = literal.value(sql).ok_or_else(unreadable)?;
            turn.write(literal.kind, &value, &mut out)?;
            let before = count_characters(&sql[start..literal.end]);
            splices.push(Splice {
                start: characters,
                before,
                after: count_characters(&out[written..]),
            });
            characters += before;
            done = literal.end;
        }
        if wanted.peek().is_some() {
            return Err(unreadable());
        }
        out.extend_from_slice(&sql[done..]);
        Ok(Some((out, splices.into_boxed_slice())))
    }

    /// The value of a parameter turned back, in the format in which it came; none where it stays.
    pub(crate) fn parameter(
        &self,
        number: usize,
        format: Format,
        declared: u32,
        value: &[u8],
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let Some(turn) = self.parameters.get(&number) else {
            return Ok(None);
        };
        let turning = &turn.turning;
        let found = if turn.array {
            wire::array(turning, format, value)
        } else {
            let wire = match format {
                Format::Text => Wire::Text,
                Format::Binary => wire::of_parameter(turning, declared, &turn.cast)
                    .ok_or_else(|| unknown_type(number))?,
            };
            wire::scalar(turning, wire, value)
        };
        found.map(Some)
    }
}

impl ParameterTurn {
    /// Takes the same parameter in another place.
    fn join(&mut self, other: Self) -> Result<(), Refusal> {
        if other.turning.covers(&self.turning) {
            self.turning = other.turning;
        } else if !self.turning.covers(&other.turning) {
            return Err(two_meanings());
        }
        if self.cast.is_empty() {
            self.cast = other.cast;
        }
        Ok(())
    }
}

impl LiteralTurn {
    /// Writes what stands in the place of the literal.
    fn write(&self, kind: LiteralKind, value: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        if kind == LiteralKind::Number {
            let signed = [if self.negated { b"-" } else { &b""[..] }, value].concat();
            let raw = self.turning.value(Format::Text, &signed)?;
            let digits = raw.strip_prefix(b"-").unwrap_or(&raw);
            if digits.is_empty() || !digits.iter().all(|b| b.is_ascii_digit() || *b == b'.') {
                return Err(unreadable());
            }
            // The sign must not reach what stands around.
            out.push(b'(');
            out.extend_from_slice(&raw);
            out.push(b')');
            return Ok(());
        }
        let raw = if self.array {
            wire::array(&self.turning, Format::Text, value)?
        } else {
            self.turning.value(Format::Text, value)?
        };
        if kind == LiteralKind::Bits {
            out.push(b'B');
        }
        quote(&raw, out);
        Ok(())
    }
}

/// The position that the client knows for one that the server reports of a rewritten statement; both
/// count characters from 1.
pub(crate) fn original_position(splices: &[Splice], reported: usize) -> usize {
    let Some(reported) = reported.checked_sub(1) else {
        return 0;
    };
    // How much longer the rewritten string is before the place.
    let (mut added, mut removed) = (0, 0);
    for splice in splices {
        let start = splice.start + added - removed;
        if reported < start {
            break;
        }
        if reported < start + splice.after {
            return splice.start + 1;
        }
        added += splice.after;
        removed += splice.before;
    }
    (reported + removed).saturating_sub(added) + 1
}

fn count_characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn two_meanings() -> Refusal {
    Refusal::new(
        "0A000",
        "a parameter that is compared with masked data is used for something else, too",
        "Use a parameter of its own for each.",
    )
}

fn unknown_type(number: usize) -> Refusal {
    Refusal::new(
        "0A000",
        &format!("parameter {number}, which is compared with masked data, has another type"),
        "Send it as text, or give it the type of the column.",
    )
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
