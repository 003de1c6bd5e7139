//! The server's direction: matching answers to requests, and rewriting rows.

use std::sync::atomic::Ordering;
use std::sync::Arc;

use scrim_rows::copy::CopyRewriter;
use scrim_rows::data_row::{self, Formats};
use scrim_rows::{Format, Plan, RowError};

use crate::audit::Outcome;
use crate::decision::{Decision, Refusal};
use crate::message::{
    cstring, error_code, frame, write_error, write_message, Frame, HEADER,
};
use crate::pending::{Described, Execution, Pending};
use crate::relay::{locked, ClientNeed, Forward, Output, Relay, ServerNeed};

/// What is to be done with a message of the server.
enum Step {
    Keep,
    /// The output already holds what goes in its place, possibly nothing.
    Replace,
    /// It stays here until the need is met.
    Hold(ServerNeed),
    Fatal(&'static str, String),
}

/// Answers other than rows are bounded by this.
const MAX_ANSWER: usize = 64 << 20;

fn unexpected(kind: u8) -> Step {
    Step::Fatal(
        "08P01",
        format!("the data store sent an unexpected message (type {:?})", char::from(kind)),
    )
}

/// How the rows that arrive now are treated.
enum RowPlan {
    Pass,
    Rewrite { plan: Arc<Plan>, formats: Box<[u8]> },
}

impl Relay {
    /// Takes a chunk of the server and gives the bytes for the client.
    ///
    /// While [`Self::server_need`] is set the chunk is kept.
    pub fn server(&mut self, data: &[u8]) -> Output {
        if self.closed {
            return Output::Nothing;
        }
        if self.server_need.is_some() {
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
                    Ok(false) => break,
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
                Step::Fatal(code, message) => return self.server_fatal(forward, at, code, &message),
            }
        }
        self.server_buffer.extend_from_slice(&input[at..]);
        if self.client_need == Some(ClientNeed::Barrier) && self.pending.is_empty() {
            self.client_need = Some(ClientNeed::Resume);
        }
        forward.finish(at, whole)
    }

    fn server_fatal(&mut self, mut forward: Forward<'_>, at: usize, code: &str, message: &str) -> Output {
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
            b'D' => matches!(self.row_plan(), Ok(RowPlan::Pass)),
            b'd' => self.copy.is_none() && self.copy_out_passes(),
            _ => false,
        };
        let bound = if matches!(kind, b'D' | b'd') { self.limits.row_bytes } else { MAX_ANSWER };
        if passes {
            if kind == b'D' {
                self.count_row();
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

    fn copy_out_passes(&self) -> bool {
        match self.pending.front() {
            Some(Pending::Query { decision, .. }) => decision.raw,
            Some(Pending::Execute { portal, .. }) => portal.statement.decision.raw,
            _ => false,
        }
    }

    fn count_row(&mut self) {
        if let Some(Pending::Query { execution, .. } | Pending::Execute { execution, .. }) =
            self.pending.front_mut()
        {
            execution.rows += 1;
        }
    }

    /// The treatment of the rows of the request at the front.
    fn row_plan(&mut self) -> Result<RowPlan, Step> {
        let (slot, formats) = match self.pending.front() {
            Some(Pending::Query { decision, .. }) if decision.raw => return Ok(RowPlan::Pass),
            Some(Pending::Query { plan: Some(slot), .. }) => (slot, Box::default()),
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

    /// Rewrites the run of whole DataRows at `at`; returns where it ends.
    fn rows(&mut self, mut at: usize, forward: &mut Forward<'_>) -> Result<usize, Step> {
        let plan = self.row_plan()?;
        let input = forward.input;
        let mut rows = 0;
        let mut counters = self.statistics.rows;
        while let Frame::Whole { kind: b'D', total } = frame(input, at) {
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
                let out = forward.up_to(at);
                let mark = out.len();
                match data_row::rewrite(plan, formats, body, out, &mut counters) {
                    Ok(true) => forward.skip_to(at + total),
                    Ok(false) => {}
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
        if let Some(Pending::Query { execution, .. } | Pending::Execute { execution, .. }) =
            self.pending.front_mut()
        {
            execution.rows += rows;
        }
        Ok(at)
    }

    fn server_message(&mut self, kind: u8, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        while matches!(self.pending.front(), Some(Pending::CopyEnd)) {
            self.pending.pop_front();
        }
        if matches!(self.pending.front(), Some(Pending::Probe)) {
            return self.probe_message(kind, body, at, forward);
        }
        match kind {
            b'T' => self.row_description(body, at, forward),
            b'n' => self.described_as(Described::NoRows, kind, at, forward),
            b't' => match self.pending.front() {
                Some(Pending::Describe { own: false, .. }) => Step::Keep,
                _ => unexpected(kind),
            },
            b'C' | b'I' | b's' => self.completed(kind, body),
            b'Z' => self.ready(body),
            b'E' => self.error(body, at, forward),
            b'N' | b'A' | b'S' => self.asynchronous(kind, body, at, forward),
            b'1' => self.parse_complete(),
            b'2' => self.bind_complete(),
            b'3' => match self.pending.pop_front() {
                Some(Pending::CloseStatement { .. } | Pending::ClosePortal { .. }) => Step::Keep,
                _ => unexpected(kind),
            },
            b'G' => self.copy_in_response(),
            b'H' => self.copy_out_response(),
            b'd' => self.copy_data(body, at, forward),
            b'c' => self.copy_done(at, forward),
            _ => unexpected(kind),
        }
    }

    fn probe_message(&mut self, kind: u8, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        match kind {
            b'T' | b'E' | b'n' => {
                if self.probe_answer.is_none() {
                    self.probe_answer = Some((kind, body.to_vec()));
                }
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
            Some(Pending::Query { decision, index, .. }) => (Arc::clone(decision), *index),
            Some(Pending::Describe { target, .. }) => (Arc::clone(target.decision()), 0),
            _ => return unexpected(b'T'),
        };
        if decision.raw {
            return match self.pending.front() {
                Some(Pending::Query { .. }) => Step::Keep,
                _ => self.described_as(Described::NoRows, b'T', at, forward),
            };
        }
        let slot = match self.plan_answer.take() {
            Some(plan) => decision.remember(index, body, plan),
            None => match decision.plan(index, body) {
                Some(slot) => slot,
                None => {
                    return Step::Hold(ServerNeed::Fields { index, description: body.to_vec() });
                }
            },
        };
        if let Some(Pending::Query { plan, .. }) = self.pending.front_mut() {
            *plan = Some(slot);
            return Step::Keep;
        }
        self.described_as(Described::Rows(slot), b'T', at, forward)
    }

    /// Ends the Describe at the front.
    fn described_as(&mut self, described: Described, kind: u8, at: usize, forward: &mut Forward<'_>) -> Step {
        match self.pending.pop_front() {
            Some(Pending::Describe { target, own }) => {
                // A raw decision needs no description, and none is kept for it.
                if !target.decision().raw {
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

    fn completed(&mut self, kind: u8, body: &[u8]) -> Step {
        self.sampled = false;
        self.copy = None;
        self.copy_in = false;
        let tagged = tag_rows(body);
        let decision = match self.pending.front_mut() {
            Some(Pending::Query { decision, execution, index, plan, .. }) if kind != b's' => {
                execution.rows = execution.rows.max(tagged);
                *index += 1;
                *plan = None;
                Arc::clone(decision)
            }
            Some(Pending::Execute { .. }) => {
                let Some(Pending::Execute { portal, mut execution }) = self.pending.pop_front() else {
                    return unexpected(kind);
                };
                execution.rows = execution.rows.max(tagged);
                self.outcome(&execution, "00000");
                Arc::clone(&portal.statement.decision)
            }
            _ => return unexpected(kind),
        };
        if let Some(name) = &decision.deallocates {
            if name.is_empty() {
                self.statements.clear();
                self.portals.clear();
            } else {
                self.statements.remove(name.as_bytes());
                self.portals.remove(name.as_bytes());
            }
        }
        Step::Keep
    }

    fn outcome(&mut self, execution: &Execution, sqlstate: &str) {
        let outcome = Outcome {
            sqlstate,
            rows: execution.rows,
            duration_us: execution.started.elapsed().as_micros(),
        };
        locked(&self.audit).outcome(execution.id, &self.session, &outcome);
    }

    fn ready(&mut self, body: &[u8]) -> Step {
        let &[status @ (b'I' | b'T' | b'E')] = body else { return unexpected(b'Z') };
        match self.pending.pop_front() {
            Some(Pending::Query { execution, failed, .. }) => {
                if !failed {
                    self.outcome(&execution, "00000");
                }
            }
            Some(Pending::RefusedQuery { .. }) => {}
            Some(Pending::Sync) => self.syncs_answered += 1,
            _ => return unexpected(b'Z'),
        }
        self.status = status;
        self.sampled = false;
        self.copy = None;
        self.copy_in = false;
        if status == b'I' && !self.portals.is_empty() {
            let answered = self.syncs_answered;
            self.portals.retain(|_, portal| portal.syncs >= answered);
        }
        Step::Keep
    }

    fn parse_complete(&mut self) -> Step {
        match self.pending.pop_front() {
            Some(Pending::Parse { name, statement, stored, .. }) => {
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
            Some(Pending::Bind { name, portal, stored, .. }) => {
                if !stored {
                    self.portals.insert(name, portal);
                }
                Step::Keep
            }
            _ => unexpected(b'2'),
        }
    }

    fn error(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        self.sampled = false;
        let refusal = match self.pending.front() {
            Some(Pending::Refused { refusal } | Pending::RefusedQuery { refusal }) => Some(refusal.clone()),
            _ => None,
        };
        let mut replaced = false;
        if let Some(refusal) = refusal {
            write_refusal(forward.up_to(at), &refusal);
            replaced = true;
        } else if !self.front_is_raw() {
            let Some(answer) = self.message_answer.take() else {
                return Step::Hold(ServerNeed::Message { kind: b'E', body: body.to_vec() });
            };
            forward.up_to(at).extend_from_slice(&answer);
            replaced = true;
        }
        self.statistics.errors += 1;
        self.copy = None;
        self.copy_in = false;
        let code = error_code(body).and_then(|code| std::str::from_utf8(code).ok());
        let code = code.filter(|code| code.bytes().all(|b| b.is_ascii_alphanumeric())).unwrap_or("XX000");
        self.fail_front(code);
        if replaced { Step::Replace } else { Step::Keep }
    }

    fn front_is_raw(&self) -> bool {
        self.raw
            || match self.pending.front() {
                Some(Pending::Query { decision, .. }) => decision.raw,
                Some(Pending::Execute { portal, .. }) => portal.statement.decision.raw,
                Some(Pending::Parse { statement, .. }) => statement.decision.raw,
                Some(Pending::Bind { portal, .. }) => portal.statement.decision.raw,
                _ => false,
            }
    }

    /// An error answers the request at the front; in the extended protocol the server skips what
    /// follows up to Sync.
    fn fail_front(&mut self, code: &str) {
        match self.pending.front_mut() {
            Some(Pending::Query { execution, failed, plan, .. }) => {
                *failed = true;
                *plan = None;
                let execution = Execution { id: execution.id, started: execution.started, rows: execution.rows };
                self.outcome(&execution, code);
                return;
            }
            None | Some(Pending::RefusedQuery { .. } | Pending::Sync) => return,
            _ => {}
        }
        let mut skipped = Vec::new();
        while !matches!(self.pending.front(), None | Some(Pending::Sync)) {
            skipped.extend(self.pending.pop_front());
        }
        self.skipping = self.pending.is_empty();
        let last = skipped.len();
        for (index, pending) in skipped.into_iter().rev().enumerate() {
            // What the client cannot have seen to fail is recorded as skipped.
            self.undo(pending, if index + 1 == last { code } else { "skipped" });
        }
    }

    fn undo(&mut self, pending: Pending, code: &str) {
        match pending {
            Pending::Parse { name, statement, previous, stored: true } => {
                if self.statements.get(&name).is_some_and(|current| Arc::ptr_eq(current, &statement)) {
                    self.statements.remove(&name);
                    // A Parse that failed has already dropped the unnamed statement; one that was
                    // skipped has not.
                    if let Some(previous) = previous.filter(|_| code == "skipped") {
                        self.statements.insert(name, previous);
                    }
                }
            }
            Pending::Bind { name, portal, previous, stored: true } => {
                if self.portals.get(&name).is_some_and(|current| Arc::ptr_eq(current, &portal)) {
                    self.portals.remove(&name);
                    if let Some(previous) = previous.filter(|_| code == "skipped") {
                        self.portals.insert(name, previous);
                    }
                }
            }
            Pending::CloseStatement { name, previous: Some(previous) } => {
                self.statements.entry(name).or_insert(previous);
            }
            Pending::ClosePortal { name, previous: Some(previous) } => {
                self.portals.entry(name).or_insert(previous);
            }
            Pending::Describe { target, .. } => target.asked().store(false, Ordering::Relaxed),
            Pending::Execute { execution, .. } | Pending::Query { execution, .. } => {
                self.outcome(&execution, code);
            }
            _ => {}
        }
    }

    fn asynchronous(&mut self, kind: u8, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        if self.raw {
            return Step::Keep;
        }
        match self.message_answer.take() {
            Some(answer) => {
                forward.up_to(at).extend_from_slice(&answer);
                Step::Replace
            }
            None => Step::Hold(ServerNeed::Message { kind, body: body.to_vec() }),
        }
    }

    fn copy_in_response(&mut self) -> Step {
        match self.pending.front() {
            Some(Pending::Query { .. } | Pending::Execute { .. }) => {}
            _ => return unexpected(b'G'),
        }
        self.copy_in = true;
        // The server ignores a Sync that it reads while it waits for COPY data: all that came
        // before the client's end of data.
        let mut ended = false;
        let mut index = 1;
        while index < self.pending.len() {
            match self.pending[index] {
                Pending::CopyEnd => {
                    self.pending.remove(index);
                    self.copy_in = false;
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

    fn copy_out_response(&mut self) -> Step {
        let (decision, index): (&Arc<Decision>, usize) = match self.pending.front() {
            Some(Pending::Query { decision, index, .. }) => (decision, *index),
            Some(Pending::Execute { portal, .. }) => (&portal.statement.decision, 0),
            _ => return unexpected(b'H'),
        };
        if decision.raw {
            return Step::Keep;
        }
        let Some(copy) = decision.copies.get(&index) else {
            return Step::Fatal("0A000", "a COPY stream without a decision about its columns".into());
        };
        self.copy = Some(CopyRewriter::new(copy.options.clone(), self.limits.row_bytes));
        Step::Keep
    }

    fn copy_plan(&self) -> Option<Arc<Plan>> {
        let (decision, index) = match self.pending.front()? {
            Pending::Query { decision, index, .. } => (decision, *index),
            Pending::Execute { portal, .. } => (&portal.statement.decision, 0),
            _ => return None,
        };
        decision.copies.get(&index).map(|copy| Arc::clone(&copy.plan))
    }

    fn copy_data(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        if self.copy.is_none() && self.copy_out_passes() {
            return Step::Keep;
        }
        let (Some(copy), Some(plan)) = (self.copy.take(), self.copy_plan()) else {
            return unexpected(b'd');
        };
        if plan.passes() {
            self.copy = Some(copy);
            return Step::Keep;
        }
        self.rewrite_copy(copy, &plan, Some(body), at, forward)
    }

    fn copy_done(&mut self, at: usize, forward: &mut Forward<'_>) -> Step {
        if self.copy.is_none() && self.copy_out_passes() {
            return Step::Keep;
        }
        let (Some(copy), Some(plan)) = (self.copy.take(), self.copy_plan()) else {
            return unexpected(b'c');
        };
        if plan.passes() {
            return Step::Keep;
        }
        match self.rewrite_copy(copy, &plan, None, at, forward) {
            Step::Replace => {
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
        let out = forward.up_to(at);
        let start = out.len();
        out.extend_from_slice(&[b'd', 0, 0, 0, 0]);
        let result = match payload {
            Some(payload) => copy.payload(plan, payload, out, &mut counters),
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
                out.truncate(start);
                return row_failure(RowError::TooLong);
            }
            (Ok(()), Ok(4)) => out.truncate(start),
            (Ok(()), Ok(length)) => out[start + 1..start + 5].copy_from_slice(&length.to_be_bytes()),
        }
        self.copy = Some(copy);
        Step::Replace
    }
}

fn row_failure(error: RowError) -> Step {
    Step::Fatal("XX000", format!("a row could not be masked and was not sent: {error}"))
}

fn write_refusal(out: &mut Vec<u8>, refusal: &Refusal) {
    write_error(out, "ERROR", &refusal.code, &refusal.message, &refusal.detail, &refusal.hint);
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
            if let Pending::Query { execution, failed: false, .. } | Pending::Execute { execution, .. } = request {
                self.outcome(&execution, "08006");
            }
        }
    }
}
