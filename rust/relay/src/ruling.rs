//! What was decided about all statement strings that do the same.
//!
//! A string of a new shape is still parsed. Where it does just what another one did, under other
//! names for its result columns, with other literals or longer lists, that one's ruling is applied
//! to it: it gets its own record, and its own decision for the next time.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use scrim_rows::Plan;
use scrim_sql::normalise;

use crate::decision::{Decision, DecisionSpec};
use crate::description::Description;
use crate::relay::locked;
use crate::turns::Turns;

/// Longest text of a statement in a record.
const MAX_AUDITED_BYTES: usize = 16_000;
/// Characters of a column's name in a record.
const MAX_NAME: usize = 512;
/// Descriptions of results that are kept for one ruling.
const MAX_RESULTS: usize = 64;

/// A decision about every statement string of one essence.
pub struct Ruling {
    spec: DecisionSpec,
    /// What goes before text and shape in the record.
    head: Arc<[u8]>,
    /// What follows them.
    tail: Arc<[u8]>,
    operation: Arc<str>,
    scope: Option<RulingScope>,
}

/// Which statement strings a ruling holds for, beside the one that it was made for.
#[derive(Clone, Debug)]
pub struct RulingScope {
    /// Their essence, as [`scrim_sql::essence_json`] gives it.
    pub essence: Arc<[u8]>,
    /// It holds until the epoch is another one.
    pub epoch: u64,
}

impl Ruling {
    /// The record of a string that it is applied to is the spec's `intent`, the text, the shape and
    /// `tail`: a JSON object without its closing brace. Without a `scope` the ruling holds for one
    /// string alone.
    #[must_use]
    pub fn new(mut spec: DecisionSpec, tail: Vec<u8>, scope: Option<RulingScope>) -> Self {
        let head = std::mem::take(&mut spec.intent);
        let operation = std::mem::take(&mut spec.operation);
        Self {
            spec,
            head: head.into(),
            tail: tail.into(),
            operation: operation.into(),
            scope,
        }
    }

    /// The strings that it holds for, if it is of that epoch.
    pub(crate) fn scope(&self, epoch: u64) -> Option<&RulingScope> {
        self.scope.as_ref().filter(|scope| scope.epoch == epoch)
    }

    /// The decision about one string.
    pub(crate) fn apply(
        &self,
        sql: &[u8],
        shape: u128,
        results: Option<Arc<Results>>,
    ) -> Arc<Decision> {
        let statement = normalise(sql, MAX_AUDITED_BYTES);
        let mut own = b",\"statement\":".to_vec();
        push_quoted(&mut own, &statement);
        push_shape(&mut own, shape);
        own.push(b',');
        let mut decision = Decision::new(self.spec.clone());
        decision.intent = Intent {
            head: Arc::clone(&self.head),
            own: own.into_boxed_slice(),
            tail: Arc::clone(&self.tail),
        };
        decision.operation = Arc::clone(&self.operation);
        decision.statement = statement.into_boxed_str();
        decision.shape = shape;
        decision.results = results;
        if decision.refusal.is_none() {
            match Turns::find(sql, &self.spec.turns) {
                Ok(turns) => decision.turns = turns,
                Err(refusal) => decision.refusal = Some(refusal),
            }
        }
        Arc::new(decision)
    }
}

/// The record of a statement, without its closing brace. Most of it is shared.
#[derive(Clone)]
pub(crate) struct Intent {
    head: Arc<[u8]>,
    /// The text and the shape.
    own: Box<[u8]>,
    tail: Arc<[u8]>,
}

impl Intent {
    /// One that shares nothing.
    pub(crate) fn whole(record: Vec<u8>) -> Self {
        Self {
            head: record.into(),
            own: Box::default(),
            tail: Arc::default(),
        }
    }

    pub(crate) fn append_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head);
        out.extend_from_slice(&self.own);
        out.extend_from_slice(&self.tail);
    }
}

/// The record of what the columns of a result get, but for who saw it first, the shape and the
/// names of the columns.
#[derive(Debug, Default)]
pub struct ColumnsRecord {
    /// The JSON object's beginning.
    pub head: Vec<u8>,
    /// For each column listed, what follows its name, with the closing brace.
    pub columns: Vec<Vec<u8>>,
}

impl ColumnsRecord {
    /// The record as a JSON object without its closing brace.
    pub(crate) fn render(&self, session: &str, shape: u128, names: &[&[u8]]) -> Vec<u8> {
        let mut out = self.head.clone();
        out.extend_from_slice(b",\"session\":");
        push_quoted(&mut out, session);
        push_shape(&mut out, shape);
        out.extend_from_slice(b",\"columns\":[");
        for (place, (name, rest)) in names.iter().zip(&self.columns).enumerate() {
            if place > 0 {
                out.push(b',');
            }
            out.extend_from_slice(b"{\"name\":");
            let name = String::from_utf8_lossy(name);
            let end = name.char_indices().nth(MAX_NAME);
            push_quoted(&mut out, &name[..end.map_or(name.len(), |(at, _)| at)]);
            out.push(b',');
            out.extend_from_slice(rest);
        }
        out.push(b']');
        out
    }
}

/// A plan, the record of it, and until when it holds.
#[derive(Clone)]
pub struct Planned {
    /// What happens to the cells.
    pub plan: Arc<Plan>,
    /// Written when the plan is first used for a statement.
    pub record: Option<Arc<ColumnsRecord>>,
    /// Until when it holds for the same result of other statements; none when it does not.
    pub epoch: Option<u64>,
}

impl From<Arc<Plan>> for Planned {
    fn from(plan: Arc<Plan>) -> Self {
        Self {
            plan,
            record: None,
            epoch: None,
        }
    }
}

/// The index of the statement in its string, and what its result is but for names.
type ResultKey = (usize, Box<[u8]>);

/// What was decided about results under one ruling, by what they are but for their columns' names.
pub(crate) struct Results {
    /// Whose answers these are.
    serial: u64,
    known: Mutex<HashMap<ResultKey, Planned>>,
}

impl Results {
    pub(crate) fn new(serial: u64) -> Self {
        Self {
            serial,
            known: Mutex::new(HashMap::new()),
        }
    }

    /// What was decided about a result, if it is this session's answer and holds yet.
    pub(crate) fn get(
        &self,
        (serial, epoch): (u64, u64),
        index: usize,
        described: &Description<'_>,
    ) -> Option<Planned> {
        if self.serial != serial {
            return None;
        }
        let known = locked(&self.known);
        let planned = known.get(&(index, Box::from(described.types.as_slice())))?;
        (planned.epoch == Some(epoch)).then(|| planned.clone())
    }

    /// Keeps what was decided just now.
    pub(crate) fn keep(
        &self,
        (serial, epoch): (u64, u64),
        index: usize,
        described: &Description<'_>,
        planned: &Planned,
    ) {
        if self.serial != serial || planned.epoch != Some(epoch) {
            return;
        }
        let mut known = locked(&self.known);
        if known.len() >= MAX_RESULTS {
            known.clear();
        }
        let key = (index, described.types.clone().into_boxed_slice());
        known.insert(key, planned.clone());
    }
}

fn push_shape(out: &mut Vec<u8>, shape: u128) {
    out.extend_from_slice(format!(",\"shape\":\"{shape:032x}\"").as_bytes());
}

/// Appends a text as JSON in ASCII.
fn push_quoted(out: &mut Vec<u8>, text: &str) {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            ' '..='\x7f' => quoted.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String cannot fail.
                    let _ = write!(quoted, "\\u{unit:04x}");
                }
            }
        }
    }
    quoted.push('"');
    out.extend_from_slice(quoted.as_bytes());
}

#[cfg(test)]
#[path = "ruling_tests.rs"]
mod tests;
