//! Statements whose values are counted: the deciding side is asked each time before one is run.
//!
//! What it permits it gives a number. When the statement has ended with two rows or more, the number is
//! handed back: its answer does not count as one that told of a single row.

use std::sync::Arc;

use scrim_mask::Format;
use scrim_rows::Context;

use crate::bind::BindMessage;
use crate::client::Step;
use crate::decision::{Decision, Refusal};
use crate::relay::{ClientNeed, Relay};

/// Numbers that wait to be handed back; more are forgotten, and their answers count.
const MAX_SEVERAL: usize = 4_096;

/// A parameter as the client sent it: whether in binary format, its declared type (0 for none), and
/// its value, none for NULL.
pub type MeteredParameter = (bool, u32, Option<Vec<u8>>);

/// What is about to be run.
#[derive(Clone)]
pub struct Metering {
    /// What the deciding side kept beside the decision.
    pub context: Option<Context>,
    /// The text as the client sent it.
    pub sql: Arc<[u8]>,
    /// Its parameters.
    pub parameters: Vec<MeteredParameter>,
}

/// What of the client's statements is being counted.
#[derive(Default)]
pub(crate) struct Meter {
    asked: Option<Metering>,
    pub(crate) answer: Option<Result<u64, Refusal>>,
    several: Vec<u64>,
}

impl Meter {
    /// Notes how many rows a statement gave, or changed.
    pub(crate) fn ended(&mut self, number: u64, rows: u64) {
        if number != 0 && rows > 1 && self.several.len() < MAX_SEVERAL {
            self.several.push(number);
        }
    }
}

impl Relay {
    /// What [`ClientNeed::Meter`] is about.
    #[must_use]
    pub fn metering(&self) -> Option<&Metering> {
        self.meter.asked.as_ref()
    }

    /// Answers [`ClientNeed::Meter`] by a number, which is not 0, or why the statement is not run. Call
    /// [`Self::client`] with no bytes afterwards.
    pub fn metered(&mut self, answer: Result<u64, Refusal>) {
        if self.client_need == Some(ClientNeed::Meter) {
            self.client_need = None;
            self.meter.asked = None;
            self.meter.answer = Some(answer);
        }
    }

    /// Takes the numbers of statements that ended with two rows or more.
    pub fn take_several(&mut self) -> Vec<u64> {
        std::mem::take(&mut self.meter.several)
    }

    /// The number of a statement that is about to be run, 0 where it is not counted.
    pub(crate) fn meter(
        &mut self,
        decision: &Decision,
        sql: &[u8],
        bind: Option<(&BindMessage<'_>, &[u8])>,
    ) -> Result<Result<u64, Refusal>, Step> {
        if !decision.metered {
            return Ok(Ok(0));
        }
        if let Some(answer) = self.meter.answer.take() {
            return Ok(answer);
        }
        let parameters = match bind {
            None => Vec::new(),
            Some((bind, types)) => bind
                .values(types)
                .ok_or(crate::client::MALFORMED)?
                .into_iter()
                .map(|(format, declared, value)| {
                    (
                        format == Format::Binary,
                        declared,
                        value.map(<[u8]>::to_vec),
                    )
                })
                .collect(),
        };
        self.meter.asked = Some(Metering {
            context: decision.context.clone(),
            sql: sql.into(),
            parameters,
        });
        Err(Step::Hold(ClientNeed::Meter))
    }
}
