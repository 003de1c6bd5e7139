//! Rows of the server: which plan they get, and their rewriting.

use std::sync::Arc;

use scrim_rows::data_row::{self, Formats, Rewritten};
use scrim_rows::{Format, Plan, RowError};

use crate::forward::Forward;
use crate::message::{frame, Frame, HEADER};
use crate::pending::{Described, Pending};
use crate::relay::{Relay, ServerNeed};
use crate::server::{unexpected, Step};

/// How the rows that arrive now are treated.
pub(crate) enum RowPlan {
    Pass,
    Rewrite { plan: Arc<Plan>, formats: Box<[u8]> },
}

impl Relay {
    /// Counts rows that are sent.
    pub(crate) fn count_rows(&mut self, rows: u64) {
        self.rows_sent(rows);
        if let Some(Pending::Query { execution, .. } | Pending::Execute { execution, .. }) =
            self.pending.front_mut()
        {
            execution.rows += rows;
        }
    }

    /// The treatment of the rows of the request at the front.
    pub(crate) fn row_plan(&mut self) -> Result<RowPlan, Step> {
        let (slot, formats) = match self.pending.front() {
            Some(Pending::Query { decision, .. }) if decision.raw => return Ok(RowPlan::Pass),
            Some(Pending::Query {
                plan: Some(slot), ..
            }) => (slot, Box::default()),
            Some(Pending::Execute { portal, .. }) if portal.statement.decision.raw => {
                return Ok(RowPlan::Pass);
            }
            Some(Pending::Execute { portal, .. }) => match portal.description() {
                Some(Described::Rows(slot)) => (slot, portal.formats.clone()),
                _ => return Err(unexpected(b'D')),
            },
            _ => return Err(unexpected(b'D')),
        };
        let plan = slot.get();
        if plan.passes() {
            return Ok(RowPlan::Pass);
        }
        if !self.sampled && !plan.sample().is_empty() {
            self.sample_slot = Some(Arc::clone(slot));
            return Err(Step::Hold(ServerNeed::Sample));
        }
        Ok(RowPlan::Rewrite { plan, formats })
    }

    /// Rewrites the run of whole rows at `at`; returns where it ends.
    pub(crate) fn rows(&mut self, mut at: usize, forward: &mut Forward<'_>) -> Result<usize, Step> {
        if self.bounds.over {
            return Ok(Self::drop_rows(at, forward));
        }
        let plan = self.row_plan()?;
        let left = self.rows_left();
        let input = forward.input;
        let mut rows = 0;
        let mut over = false;
        let mut counters = self.statistics.rows;
        while let Frame::Whole { kind: b'D', total } = frame(input, at) {
            if rows == left {
                over = true;
                break;
            }
            if let RowPlan::Rewrite { plan, formats } = &plan {
                if total > self.limits.row_bytes {
                    let bound = self.limits.row_bytes;
                    return Err(Step::Fatal(
                        "54000",
                        format!("a row of {total} bytes is longer than the bound for masked rows ({bound} bytes)"),
                    ));
                }
                let body = &input[at + HEADER..at + total];
                let formats = match **formats {
                    [] | [0] => Formats::All(Format::Text),
                    [1] => Formats::All(Format::Binary),
                    _ => Formats::Each(formats),
                };
                let (out, batch) = forward.rows_from(at);
                let mark = out.len();
                match data_row::rewrite_batched(plan, formats, body, out, batch, &mut counters) {
                    Ok(Rewritten::Changed) => forward.skip_to(at + total),
                    Ok(Rewritten::Same) => {}
                    Ok(Rewritten::Dropped) => {
                        at += total;
                        forward.skip_to(at);
                        self.bounds.dropped += 1;
                        continue;
                    }
                    Err(error) => {
                        out.truncate(mark);
                        return Err(row_failure(error));
                    }
                }
            }
            rows += 1;
            at += total;
        }
        self.statistics.rows = counters;
        self.count_rows(rows);
        if over {
            self.overrun(at, forward);
            return Ok(Self::drop_rows(at, forward));
        }
        Ok(at)
    }
}

pub(crate) fn row_failure(error: RowError) -> Step {
    Step::Fatal(
        "XX000",
        format!("a row could not be masked and was not sent: {error}"),
    )
}
