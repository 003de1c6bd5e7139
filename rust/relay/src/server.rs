//! The server's direction: matching answers to requests, and rewriting rows.

use std::sync::Arc;

use crate::audit::Outcome;
use crate::decision::{Decision, PlanSlot};
use crate::description::{reshaped, Description};
use crate::forward::{Forward, Output};
use crate::message::{cstring, frame, write_message, Frame, HEADER};
use crate::pending::{Described, Execution, Pending};
use crate::relay::{locked, ClientNeed, Relay, ServerNeed};
use crate::rowflow::RowPlan;
use crate::ruling::Planned;
use crate::statistics::{count, length};

/// What is to be done with a message of the server.
pub(crate) enum Step {
    Keep,
    /// The output already holds what goes in its place, possibly nothing.
    Replace,
    /// It stays here until the need is met.
    Hold(ServerNeed),
    Fatal(&'static str, String),
}

/// Answers other than rows are bounded by this.
const MAX_ANSWER: usize = 64 << 20;

pub(crate) fn unexpected(kind: u8) -> Step {
    Step::Fatal(
        "08P01",
        format!(
            "the data store sent an unexpected message (type {:?})",
            char::from(kind)
        ),
    )
}

impl Relay {
    /// Takes a chunk of the server and gives the bytes for the client.
    ///
    /// While [`Self::server_need`] is set the chunk is kept.
    pub fn server(&mut self, data: &[u8]) -> Output {
        let output = self.take_server(data);
        self.statistics.bytes.from_server += count(data.len());
        self.statistics.bytes.to_client += length(&output, data);
        output
    }

    fn take_server(&mut self, data: &[u8]) -> Output {
        if self.closed {
            return Output::Nothing;
        }
        if self.server_need.is_some() || self.server_buffer.len() + data.len() < self.server_wanted
        {
            self.server_buffer.extend_from_slice(data);
            return Output::Nothing;
        }
        if self.server_buffer.is_empty() {
            return self.walk_server(data, true);
        }
        let mut buffer = std::mem::take(&mut self.server_buffer);
        buffer.extend_from_slice(data);
        self.walk_server(&buffer, false)
    }

    fn walk_server(&mut self, input: &[u8], whole: bool) -> Output {
        self.server_wanted = 0;
        let mut forward = Forward::new(input);
        let mut at = self.server_passthrough.min(input.len());
        self.server_passthrough -= at;
        while at < input.len() {
            let (kind, total) = match frame(input, at) {
                Frame::Whole { kind, total } => (kind, total),
                Frame::NoHeader => break,
                Frame::Partial { kind, total } => match self.partial(kind, total) {
                    Ok(true) => {
                        self.server_passthrough = total - (input.len() - at);
                        at = input.len();
                        break;
                    }
                    Ok(false) => {
                        self.server_wanted = total;
                        break;
                    }
                    Err(message) => return self.server_fatal(forward, at, "54000", &message),
                },
                Frame::Bad { .. } => {
                    let message = "the data store sent a message of impossible length";
                    return self.server_fatal(forward, at, "08P01", message);
                }
            };
            let step = if kind == b'D' && !matches!(self.pending.front(), Some(Pending::Probe)) {
                match self.rows(at, &mut forward) {
                    Ok(end) => {
                        at = end;
                        continue;
                    }
                    Err(step) => step,
                }
            } else {
                self.server_message(kind, &input[at + HEADER..at + total], at, &mut forward)
            };
            match step {
                Step::Keep => at += total,
                Step::Replace => {
                    at += total;
                    forward.skip_to(at);
                }
                Step::Hold(need) => {
                    self.server_need = Some(need);
                    break;
                }
                Step::Fatal(code, message) => {
                    return self.server_fatal(forward, at, code, &message)
                }
            }
        }
        self.server_buffer.extend_from_slice(&input[at..]);
        let passable = self.pending.is_empty() || self.bounds.again.is_some() || self.copy_in;
        if self.client_need == Some(ClientNeed::Barrier) && passable {
            self.client_need = Some(ClientNeed::Resume);
        }
        forward.finish(at, whole)
    }

    fn server_fatal(
        &mut self,
        mut forward: Forward<'_>,
        at: usize,
        code: &str,
        message: &str,
    ) -> Output {
        let mut text = Vec::new();
        self.fatal(&mut text, code, message);
        forward.up_to(at).extend_from_slice(&text);
        let length = forward.input.len();
        forward.skip_to(length);
        forward.finish(length, false)
    }

    /// Whether an incomplete message may go on in pieces; an error when it is too long to keep.
    fn partial(&mut self, kind: u8, total: usize) -> Result<bool, String> {
        let passes = match kind {
            b'D' => {
                !self.bounds.over
                    && self.rows_left() > 0
                    && matches!(self.row_plan(), Ok(RowPlan::Pass))
            }
            b'd' => self.copy.is_none() && self.copy_out_passes(),
            _ => false,
        };
        let bound = if matches!(kind, b'D' | b'd') {
            self.limits.row_bytes
        } else {
            MAX_ANSWER
        };
        if passes {
            if kind == b'D' {
                self.count_rows(1);
            }
            Ok(true)
        } else if total <= bound {
            Ok(false)
        } else {
            Err(format!(
                "a row of {total} bytes is longer than the bound for masked rows ({bound} bytes); \
                 select fewer or shorter columns, or raise limits.max_row_bytes"
            ))
        }
    }

    pub(crate) fn copy_out_passes(&self) -> bool {
        match self.pending.front() {
            Some(Pending::Query { decision, .. }) => decision.raw,
            Some(Pending::Execute { portal, .. }) => portal.statement.decision.raw,
            _ => false,
        }
    }

    fn server_message(
        &mut self,
        kind: u8,
        body: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        while matches!(self.pending.front(), Some(Pending::CopyEnd)) {
            self.pending.pop_front();
        }
        if matches!(self.pending.front(), Some(Pending::Probe)) {
            return self.probe_message(kind, body, at, forward);
        }
        if self.bounds.over {
            if let Some(step) = self.after_overrun(kind, at, forward) {
                return step;
            }
        }
        let step = self.answer(kind, body, at, forward);
        if self.bounds.expanded && matches!((kind, &step), (b'1' | b'2' | b'n' | b's', Step::Keep))
        {
            forward.up_to(at);
            return Step::Replace;
        }
        step
    }

    fn answer(&mut self, kind: u8, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        match kind {
            b'T' => self.row_description(body, at, forward),
            b'n' => self.described_as(Described::NoRows, kind, at, forward),
            b't' => match self.pending.front() {
                Some(Pending::Describe { own: false, .. }) => Step::Keep,
                Some(Pending::Describe { own: true, .. }) => {
                    forward.up_to(at);
                    Step::Replace
                }
                _ => unexpected(kind),
            },
            b's' if self.goes_on(at, forward) => Step::Replace,
            b'C' | b'I' | b's' => self.completed(kind, body, at, forward),
            b'Z' => self.ready(body),
            b'E' => self.error(body, at, forward),
            b'N' | b'A' | b'S' => self.asynchronous(kind, body, at, forward),
            b'1' => self.parse_complete(),
            b'2' => self.bind_complete(),
            b'3' => match self.pending.pop_front() {
                Some(Pending::CloseStatement { .. } | Pending::ClosePortal { .. }) => Step::Keep,
                _ => unexpected(kind),
            },
            b'G' => self.copy_in_response(body),
            b'H' => self.copy_out_response(body, at, forward),
            b'd' => self.copy_data(body, at, forward),
            b'c' => self.copy_done(at, forward),
            _ => unexpected(kind),
        }
    }

    fn probe_message(
        &mut self,
        kind: u8,
        body: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        match kind {
            b'T' | b'E' | b'n' if self.probe_answer.is_none() => {
                self.probe_answer = Some((kind, body.to_vec()));
            }
            b'Z' => {
                self.status = body.first().copied().unwrap_or(b'I');
                self.pending.pop_front();
                let (kind, body) = self.probe_answer.take().unwrap_or((b'n', Vec::new()));
                self.server_need = Some(ServerNeed::Probed { kind, body });
            }
            b'N' | b'A' | b'S' => return self.asynchronous(kind, body, at, forward),
            _ => {}
        }
        forward.up_to(at);
        Step::Replace
    }

    fn row_description(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let (decision, index): (Arc<Decision>, usize) = match self.pending.front() {
            Some(Pending::Query {
                decision, index, ..
            }) => (Arc::clone(decision), *index),
            Some(Pending::Describe { target, .. }) => match target.decision() {
                Some(decision) => (Arc::clone(decision), 0),
                None => return self.described_as(Described::NoRows, b'T', at, forward),
            },
            _ => return unexpected(b'T'),
        };
        if decision.raw {
            return match self.pending.front() {
                Some(Pending::Query { .. }) => Step::Keep,
                _ => self.described_as(Described::NoRows, b'T', at, forward),
            };
        }
        let answer = self.plan_answer.take();
        let slot = match decision.plan(index, body).filter(|_| answer.is_none()) {
            Some(slot) => slot,
            None => match self.planned(&decision, index, body, answer) {
                Ok(slot) => slot,
                Err(step) => return step,
            },
        };
        let current = slot.get();
        let replacement = match current.shape().map(|shape| reshaped(body, shape)) {
            Some(None) => return unexpected(b'T'),
            Some(Some(body)) => Some(body),
            None => None,
        };
        let step = if let Some(Pending::Query { plan, .. }) = self.pending.front_mut() {
            *plan = Some(slot);
            Step::Keep
        } else {
            self.described_as(Described::Rows(slot), b'T', at, forward)
        };
        match (step, replacement) {
            (Step::Keep, Some(body)) => {
                write_message(forward.up_to(at), b'T', |out| out.extend_from_slice(&body));
                Step::Replace
            }
            (step, _) => step,
        }
    }

    /// Takes the plan of a result that this statement did not have before: the one just decided, or
    /// the one of a statement that does the same.
    fn planned(
        &self,
        decision: &Decision,
        index: usize,
        body: &[u8],
        answer: Option<Planned>,
    ) -> Result<Arc<PlanSlot>, Step> {
        let ask = || {
            Step::Hold(ServerNeed::Fields {
                index,
                description: body.to_vec(),
            })
        };
        let answered = answer.is_some();
        let Some(described) = Description::parse(body) else {
            // The deciding side says what is wrong with it.
            return Err(if answered { unexpected(b'T') } else { ask() });
        };
        let now = {
            let shapes = locked(&self.shapes);
            (shapes.serial(), shapes.epoch())
        };
        let results = decision.results.as_deref();
        let planned = answer
            .or_else(|| results?.get(now, index, &described))
            .ok_or_else(ask)?;
        if let Some(record) = &planned.record {
            let line = record.render(&self.session, decision.shape, &described.names);
            locked(&self.audit).columns(&line).map_err(|_| {
                let message = "the audit record could not be written";
                Step::Fatal("58030", message.to_owned())
            })?;
        }
        if let (Some(results), true) = (results, answered) {
            results.keep(now, index, &described, &planned);
        }
        Ok(decision.remember(index, body, planned.plan))
    }

    /// Ends the Describe at the front.
    fn described_as(
        &mut self,
        described: Described,
        kind: u8,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        match self.pending.pop_front() {
            Some(Pending::Describe { target, own }) => {
                // A raw decision needs no description, and none is kept for it.
                if target.decision().is_some_and(|decision| !decision.raw) {
                    target.set_described(described);
                }
                if own {
                    forward.up_to(at);
                    return Step::Replace;
                }
                Step::Keep
            }
            _ => unexpected(kind),
        }
    }

    fn completed(&mut self, kind: u8, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        self.sampled = false;
        self.copy = None;
        self.copy_in_over();
        let dropped = std::mem::take(&mut self.bounds.dropped);
        let (tag, tagged) = match dropped {
            0 => (None, tag_rows(body)),
            // What was left out has not been seen.
            _ => (self.tag_without(body, dropped), 0),
        };
        let (decision, index) = match self.pending.front_mut() {
            Some(Pending::Query {
                decision,
                execution,
                index,
                plan,
                ..
            }) if kind != b's' => {
                execution.rows = execution.rows.max(tagged);
                *index += 1;
                *plan = None;
                (Arc::clone(decision), *index - 1)
            }
            Some(Pending::Execute { .. }) => {
                let Some(Pending::Execute {
                    portal,
                    mut execution,
                    ..
                }) = self.pending.pop_front()
                else {
                    return unexpected(kind);
                };
                execution.rows = execution.rows.max(tagged);
                self.outcome(&execution, "00000");
                (Arc::clone(&portal.statement.decision), 0)
            }
            _ => return unexpected(kind),
        };
        if !self.bounds.completed(&decision, index, self.limits.objects) {
            return Step::Fatal("54000", "too many cursors or prepared statements".into());
        }
        if let Some(name) = &decision.deallocates {
            if name.is_empty() {
                self.statements.clear();
                self.portals.clear();
            } else {
                self.statements.remove(name.as_bytes());
                self.portals.remove(name.as_bytes());
            }
        }
        if let Some(tag) = tag.filter(|_| kind == b'C') {
            write_message(forward.up_to(at), b'C', |out| out.extend_from_slice(&tag));
            return Step::Replace;
        }
        Step::Keep
    }

    pub(crate) fn outcome(&mut self, execution: &Execution, sqlstate: &str) {
        self.statistics
            .ended(&execution.operation, sqlstate, execution.rows);
        let outcome = Outcome {
            sqlstate,
            rows: execution.rows,
            duration_us: execution.started.elapsed().as_micros(),
        };
        locked(&self.audit).outcome(execution.id, &self.session, &outcome);
    }

    fn ready(&mut self, body: &[u8]) -> Step {
        let &[status @ (b'I' | b'T' | b'E')] = body else {
            return unexpected(b'Z');
        };
        match self.pending.pop_front() {
            Some(Pending::Query {
                execution,
                failed,
                index,
                ..
            }) => {
                if !failed {
                    self.outcome(&execution, "00000");
                }
                if !failed && index == 0 {
                    // Nothing of it has been answered: this belongs to a message that was taken
                    // for ignored, and all answers from here on would be matched wrongly.
                    return unexpected(b'Z');
                }
            }
            Some(Pending::RefusedQuery { failed: true, .. }) => {}
            Some(Pending::Sync) => {
                self.syncs_answered += 1;
                self.bounds.expanded = false;
                self.bounds.unsynced = false;
            }
            _ => return unexpected(b'Z'),
        }
        self.status = status;
        self.sampled = false;
        self.copy = None;
        self.copy_in_over();
        if status == b'I' {
            self.bounds.transaction_ended();
        }
        if status == b'I' && !self.portals.is_empty() {
            let answered = self.syncs_answered;
            self.portals.retain(|_, portal| portal.syncs >= answered);
        }
        Step::Keep
    }

    fn parse_complete(&mut self) -> Step {
        match self.pending.pop_front() {
            Some(Pending::Parse {
                name,
                statement,
                stored,
                ..
            }) => {
                if !stored {
                    self.statements.insert(name, statement);
                }
                Step::Keep
            }
            _ => unexpected(b'1'),
        }
    }

    fn bind_complete(&mut self) -> Step {
        match self.pending.pop_front() {
            Some(Pending::Bind {
                name,
                portal,
                stored,
                ..
            }) => {
                if !stored {
                    self.portals.insert(name, portal);
                }
                Step::Keep
            }
            _ => unexpected(b'2'),
        }
    }

    fn asynchronous(
        &mut self,
        kind: u8,
        body: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        if self.raw {
            return Step::Keep;
        }
        match self.message_answer.take() {
            Some(answer) => {
                forward.up_to(at).extend_from_slice(&answer);
                Step::Replace
            }
            None => Step::Hold(ServerNeed::Message {
                kind,
                body: body.to_vec(),
            }),
        }
    }
}

/// The row count at the end of a command tag, such as 5 in `SELECT 5` and `INSERT 0 5`.
fn tag_rows(body: &[u8]) -> u64 {
    cstring(body)
        .and_then(|(tag, _)| std::str::from_utf8(tag).ok())
        .and_then(|tag| tag.rsplit(' ').next())
        .and_then(|count| count.parse().ok())
        .unwrap_or(0)
}

impl Drop for Relay {
    /// Requests that were never answered get an outcome too.
    fn drop(&mut self) {
        let pending = std::mem::take(&mut self.pending);
        for request in pending {
            if let Pending::Query {
                execution,
                failed: false,
                ..
            }
            | Pending::Execute { execution, .. } = request
            {
                self.outcome(&execution, "08006");
            }
        }
    }
}
