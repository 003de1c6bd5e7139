//! COPY in both directions, as the server announces and sends it.

use std::sync::Arc;

use scrim_rows::copy::CopyRewriter;
use scrim_rows::{Plan, RowError};

use crate::decision::Decision;
use crate::description::reshaped_copy;
use crate::filling::Filling;
use crate::forward::Forward;
use crate::message::write_message;
use crate::pending::Pending;
use crate::relay::Relay;
use crate::rowflow::row_failure;
use crate::server::{unexpected, Step};

impl Relay {
    pub(crate) fn copy_in_response(&mut self, body: &[u8]) -> Step {
        match self.pending.front() {
            Some(Pending::Query { .. } | Pending::Execute { .. }) => {}
            _ => return unexpected(b'G'),
        }
        self.copy_in = true;
        self.fills.filling = self.new_filling(body);
        // The server ignores a Sync that it reads while it waits for COPY data: all that came
        // before the client's end of data.
        let mut ended = false;
        let mut index = 1;
        while index < self.pending.len() {
            match self.pending[index] {
                Pending::CopyEnd => {
                    self.pending.remove(index);
                    self.copy_in = false;
                    self.fills.filling = Filling::AsItIs;
                    ended = true;
                }
                Pending::Sync if !ended => {
                    self.pending.remove(index);
                    self.syncs_answered += 1;
                }
                _ => index += 1,
            }
            if ended {
                break;
            }
        }
        Step::Keep
    }

    pub(crate) fn copy_out_response(
        &mut self,
        body: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        let (decision, index): (&Arc<Decision>, usize) = match self.pending.front() {
            Some(Pending::Query {
                decision, index, ..
            }) => (decision, *index),
            Some(Pending::Execute { portal, .. }) => (&portal.statement.decision, 0),
            _ => return unexpected(b'H'),
        };
        if decision.raw {
            return Step::Keep;
        }
        let Some(copy) = decision.copies.get(&index) else {
            return Step::Fatal(
                "0A000",
                "a COPY stream without a decision about its columns".into(),
            );
        };
        let shape = copy.plan.shape();
        let response = match shape.map(|shape| reshaped_copy(body, shape)) {
            Some(None) => return unexpected(b'H'),
            Some(response) => response,
            None => None,
        };
        let left = self.rows_left();
        let rewriter = CopyRewriter::new(copy.options.clone(), self.limits.row_bytes);
        self.copy = Some(rewriter.with_at_most(left));
        let Some(body) = response else {
            return Step::Keep;
        };
        write_message(forward.up_to(at), b'H', |out| out.extend_from_slice(&body));
        Step::Replace
    }

    fn copy_plan(&self) -> Option<Arc<Plan>> {
        let (decision, index) = match self.pending.front()? {
            Pending::Query {
                decision, index, ..
            } => (decision, *index),
            Pending::Execute { portal, .. } => (&portal.statement.decision, 0),
            _ => return None,
        };
        decision
            .copies
            .get(&index)
            .map(|copy| Arc::clone(&copy.plan))
    }

    pub(crate) fn copy_data(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        if self.copy.is_none() && self.copy_out_passes() {
            return Step::Keep;
        }
        let (Some(copy), Some(plan)) = (self.copy.take(), self.copy_plan()) else {
            return unexpected(b'd');
        };
        if plan.passes() && !copy.is_bounded() {
            self.copy = Some(copy);
            return Step::Keep;
        }
        self.rewrite_copy(copy, &plan, Some(body), at, forward)
    }

    pub(crate) fn copy_done(&mut self, at: usize, forward: &mut Forward<'_>) -> Step {
        if self.copy.is_none() && self.copy_out_passes() {
            return Step::Keep;
        }
        let (Some(copy), Some(plan)) = (self.copy.take(), self.copy_plan()) else {
            return unexpected(b'c');
        };
        if plan.passes() && !copy.is_bounded() {
            return Step::Keep;
        }
        match self.rewrite_copy(copy, &plan, None, at, forward) {
            Step::Replace if !self.bounds.over => {
                write_message(forward.up_to(at), b'c', |_| {});
                Step::Replace
            }
            step => step,
        }
    }

    /// Rewrites one payload, or with `None` what is left at the end of the stream.
    fn rewrite_copy(
        &mut self,
        mut copy: CopyRewriter,
        plan: &Plan,
        payload: Option<&[u8]>,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        let mut counters = self.statistics.rows;
        let (out, batch) = forward.rows_from(at);
        let start = out.len();
        out.extend_from_slice(&[b'd', 0, 0, 0, 0]);
        let result = match payload {
            Some(payload) => copy.payload_batched(plan, payload, out, batch, &mut counters),
            None => copy.finish(plan, out, &mut counters),
        };
        self.statistics.rows = counters;
        let length = out.len() - start - 1;
        match (result, i32::try_from(length)) {
            (Err(error), _) => {
                out.truncate(start);
                return row_failure(error);
            }
            (Ok(()), Err(_)) => {
                batch.cut(start);
                out.truncate(start);
                return row_failure(RowError::TooLong);
            }
            (Ok(()), Ok(4)) => out.truncate(start),
            (Ok(()), Ok(length)) => {
                out[start + 1..start + 5].copy_from_slice(&length.to_be_bytes());
            }
        }
        let over = copy.is_over();
        self.bounds.dropped += copy.take_dropped();
        self.count_rows(copy.take_sent());
        self.copy = Some(copy);
        if over {
            self.overrun(at, forward);
        }
        Step::Replace
    }
}
