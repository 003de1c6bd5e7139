//! Turns masked values that a client sends back into the raw ones.
//!
//! A client that sees a column masked writes masked values. Where a decision says which literals and
//! parameters stand for such a column, they are replaced on their way to the server, so that what was
//! shown finds its row, and a guess of a raw value finds nothing.

use std::collections::HashMap;
use std::sync::Arc;

use scrim_mask::{CellMask, CellReveal, ColumnRule, Error, Format, Keyring, Outcome, TypeSpec};
use scrim_sql::{literals, places, quote, At, LiteralKind, Place, Placed};

use crate::decision::Refusal;
use crate::spelling::shown;
use crate::wire::{self, Wire};

/// How the values of one column are turned back.
#[derive(Debug)]
pub struct Turning {
    /// What it was compiled from: equal for columns that are masked alike.
    rule: String,
    /// The column's type in the data store.
    type_id: u32,
    /// Whether a value that is no masked one is written as it is.
    writes: bool,
    type_: TypeSpec,
    reveal: CellReveal,
    mask: CellMask,
}

impl Turning {
    /// Compiles the way back of a column whose rule, as JSON, is `rule`; none where there is no way
    /// back.
    ///
    /// # Errors
    /// When the rule is malformed or cannot be compiled.
    pub fn compile(
        rule: &str,
        type_id: u32,
        writes: bool,
        keys: &Keyring,
    ) -> Result<Option<Self>, String> {
        let parsed: ColumnRule = serde_json::from_str(rule).map_err(|error| error.to_string())?;
        let ColumnRule::Mask {
            type_,
            operator,
            domain,
        } = parsed
        else {
            return Ok(None);
        };
        let reveal = match CellReveal::compile(&type_, &operator, &domain, keys) {
            Ok(reveal) => reveal,
            Err(Error::Irreversible) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        };
        let mask = CellMask::compile(&type_, &operator, &domain, keys)
            .map_err(|error| error.to_string())?;
        Ok(Some(Self {
            rule: rule.to_owned(),
            type_id,
            writes,
            type_,
            reveal,
            mask,
        }))
    }

    pub(crate) fn type_id(&self) -> u32 {
        self.type_id
    }

    pub(crate) fn is_text(&self) -> bool {
        matches!(self.type_, TypeSpec::Text { .. } | TypeSpec::Name {})
    }

    /// The value that a masked one stands for. What is none is written as it is, since it can only be
    /// new; compared, it becomes what nothing is equal to.
    pub(crate) fn value(&self, format: Format, masked: &[u8]) -> Result<Vec<u8>, Refusal> {
        let spelled = match format {
            Format::Text => shown(&self.type_, masked),
            Format::Binary => masked.into(),
        };
        if let Some(raw) = self.reveal.reveal(format, &spelled) {
            return Ok(raw);
        }
        if self.writes {
            return Ok(masked.to_vec());
        }
        let mut out = Vec::with_capacity(masked.len());
        if self.is_text() && self.mask.mask(format, masked, &mut out) == Outcome::Value {
            return Ok(out);
        }
        Err(unreadable())
    }

    fn same(&self, other: &Self) -> bool {
        self.rule == other.rule && self.writes == other.writes && self.type_id == other.type_id
    }
}

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
                    Some(known) if known.turning.same(&turn.turning) && known.array == array => {
                        if known.cast.is_empty() {
                            known.cast = turn.cast;
                        }
                    }
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

pub(crate) fn unreadable() -> Refusal {
    Refusal::new(
        "22023",
        "a value that is compared with masked data cannot be read",
        "Write the value as it was shown.",
    )
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
#[path = "turning_tests.rs"]
mod tests;
