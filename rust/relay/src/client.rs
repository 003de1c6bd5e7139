//! The client's direction: which messages go to the server, and as what.

use std::sync::Arc;
use std::time::Instant;

use scrim_sql::{essence_json, shape};

use crate::decision::{Decision, Refusal};
use crate::forward::{Forward, Output};
use crate::message::{
    cstring, frame, write_message, write_poison_parse, write_poison_query, Frame, HEADER,
};
use crate::pending::{Execution, Pending};
use crate::relay::{locked, ClientNeed, Relay};
use crate::statistics::{count, length};
use crate::turns::{Rewritten, Turns};

/// What is to be done with a message of the client.
pub(crate) enum Step {
    /// It goes on as it is.
    Keep,
    /// The output already holds what goes in its place.
    Replace,
    /// It stays here until the need is met.
    Hold(ClientNeed),
    /// It goes on as it is, and what follows stays here until it has been answered.
    KeepThenWait,
    /// These messages go in its place, as if the client had sent them.
    Expand(Vec<u8>),
    /// The session ends with this SQLSTATE and message.
    Fatal(&'static str, &'static str),
}

/// Longest statement string of a new shape that is parsed here; the deciding side, which nobody else
/// waits for, parses longer ones.
const MAX_RULED_BYTES: usize = 8_192;

pub(crate) const MALFORMED: Step = Step::Fatal("08P01", "the message is malformed");

impl Relay {
    /// Takes a chunk of the client and gives the bytes for the server.
    ///
    /// While [`Self::client_need`] is set the chunk is kept. A fatal error is in
    /// [`Self::server_need`] as `Close`, with the text for the client in [`Self::take_farewell`].
    pub fn client(&mut self, data: &[u8]) -> Output {
        let output = self.take_client(data);
        self.statistics.bytes.from_client += count(data.len());
        self.statistics.bytes.to_server += length(&output, data);
        output
    }

    fn take_client(&mut self, data: &[u8]) -> Output {
        if self.closed {
            return Output::Nothing;
        }
        if self.client_need == Some(ClientNeed::Resume) {
            self.client_need = None;
            if let Some((portal, rows)) = self.bounds.again.take() {
                return self.ask_again(&portal, rows, data);
            }
        }
        if self.client_need.is_some() || self.client_buffer.len() + data.len() < self.client_wanted
        {
            self.client_buffer.extend_from_slice(data);
            return Output::Nothing;
        }
        if self.client_buffer.is_empty() {
            return self.walk_client(data, true);
        }
        let mut buffer = std::mem::take(&mut self.client_buffer);
        buffer.extend_from_slice(data);
        self.walk_client(&buffer, false)
    }

    pub(crate) fn walk_client(&mut self, input: &[u8], whole: bool) -> Output {
        self.client_wanted = 0;
        let mut forward = Forward::new(input);
        let mut at = self.rest_of_message(input.len(), &mut forward);
        while at < input.len() {
            if let Some(end) = self.filled(input, at, &mut forward) {
                if end == at {
                    break;
                }
                at = end;
                continue;
            }
            let (kind, total) = match frame(input, at) {
                Frame::Whole { kind, total } => (kind, total),
                Frame::NoHeader => break,
                Frame::Partial { kind: b'd', total } => {
                    self.client_passthrough = total - (input.len() - at);
                    at = input.len();
                    break;
                }
                Frame::Partial { kind, total } if total <= self.bound(kind) => {
                    self.client_wanted = total;
                    break;
                }
                Frame::Partial { kind, total } if self.refuses_long(kind) => {
                    self.refuse_long(kind, at, &mut forward);
                    self.client_discard = total - (input.len() - at);
                    at = input.len();
                    forward.skip_to(at);
                    break;
                }
                Frame::Partial { .. } => {
                    return self
                        .client_fatal("54000", "the message is longer than the configured bound");
                }
                Frame::Bad { .. } => return self.client_fatal("08P01", "invalid message length"),
            };
            let end = at + total;
            match self.whole_message(kind, &input[at..end], at, &mut forward) {
                Step::Keep => at = end,
                Step::Replace => {
                    forward.skip_to(end);
                    at = end;
                }
                Step::Hold(ClientNeed::Barrier) => {
                    self.wait(at, &mut forward);
                    break;
                }
                Step::Hold(need) => {
                    self.client_need = Some(need);
                    break;
                }
                Step::KeepThenWait => {
                    at = end;
                    self.wait(at, &mut forward);
                    break;
                }
                Step::Expand(messages) => {
                    let mut rest = messages;
                    rest.extend_from_slice(&input[end..]);
                    return self.walk_expanded(forward.finish(at, false), &rest);
                }
                Step::Fatal(code, message) => return self.client_fatal(code, message),
            }
        }
        self.client_buffer.extend_from_slice(&input[at..]);
        // The records of Parse may still wait in the log's buffer; nothing goes before them.
        if std::mem::take(&mut self.unwritten) && locked(&self.audit).flush().is_err() {
            return self.client_fatal("58030", "the audit record could not be written");
        }
        forward.finish(at, whole)
    }

    /// What becomes of a message that is there with its header, unless it is beyond a bound.
    fn whole_message(
        &mut self,
        kind: u8,
        message: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        let long = message.len() > self.bound(kind) && kind != b'd';
        if long && self.refuses_long(kind) {
            self.refuse_long(kind, at, forward)
        } else if long {
            Step::Fatal("54000", "the message is longer than the configured bound")
        } else if self.pending.len() >= self.limits.pending {
            Step::Fatal("54000", "too many requests wait for their answers")
        } else {
            self.client_message(kind, &message[HEADER..], at, forward)
        }
    }

    /// How much of `available` bytes belongs to a message of which the beginning was dealt with.
    fn rest_of_message(&mut self, available: usize, forward: &mut Forward<'_>) -> usize {
        if self.client_discard > 0 {
            let rest = self.client_discard.min(available);
            self.client_discard -= rest;
            forward.skip_to(rest);
            return rest;
        }
        let rest = self.client_passthrough.min(available);
        self.client_passthrough -= rest;
        rest
    }

    /// Whether a message of this kind that is too long is refused, and does not end the session.
    fn refuses_long(&self, kind: u8) -> bool {
        matches!(kind, b'Q' | b'P') && self.pending.len() < self.limits.pending
    }

    /// Refuses a statement unread, by its length alone.
    fn refuse_long(&mut self, kind: u8, at: usize, forward: &mut Forward<'_>) -> Step {
        self.decided = None;
        if self.skipping {
            // The server ignores it and will not answer it.
            forward.up_to(at);
            return Step::Replace;
        }
        let refusal = Refusal::new(
            "54000",
            "the statement is too long to be checked",
            "Send it in parts; load data with COPY, and long lists as one array parameter.",
        );
        if kind == b'Q' {
            self.refuse_query(refusal, at, forward)
        } else {
            self.refuse(refusal, at, forward)
        }
    }

    fn bound(&self, kind: u8) -> usize {
        match kind {
            b'Q' | b'P' => self.limits.statement_bytes + 1024,
            b'B' | b'd' | b'F' => self.limits.message_bytes,
            _ => 64 * 1024,
        }
    }

    fn client_fatal(&mut self, code: &str, message: &str) -> Output {
        let mut farewell = Vec::new();
        self.fatal(&mut farewell, code, message);
        self.farewell = farewell;
        Output::Nothing
    }

    /// The fatal error for the client, when the client's direction ended the session.
    pub fn take_farewell(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.farewell)
    }

    fn client_message(
        &mut self,
        kind: u8,
        body: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        if self.skipping && !matches!(kind, b'S' | b'X') {
            // The server ignores it and will not answer it.
            self.decided = None;
            self.meter.answer = None;
            forward.up_to(at);
            return Step::Replace;
        }
        match kind {
            b'Q' => self.query(body, at, forward),
            b'P' => self.parse(body, at, forward),
            b'B' => self.bind(body, at, forward),
            b'D' => self.describe(body),
            b'E' => self.execute(body, at, forward),
            b'C' => self.close(body),
            // While the server waits for COPY data it ignores a Sync and does not answer it.
            b'S' if self.copy_in => Step::Keep,
            b'S' => {
                self.skipping = false;
                self.syncs += 1;
                if std::mem::take(&mut self.bounds.poison) {
                    write_poison_parse(forward.up_to(at));
                    self.pending.push_back(Pending::Poison);
                }
                self.pending.push_back(Pending::Sync);
                if self.bounds.expanded {
                    Step::KeepThenWait
                } else {
                    Step::Keep
                }
            }
            b'H' | b'd' => Step::Keep,
            b'c' | b'f' => self.data_ends(kind, at, forward),
            b'F' => {
                let refusal = Refusal::new(
                    "0A000",
                    "the function call protocol is not supported",
                    "Use SELECT.",
                );
                self.refuse_query(refusal, at, forward)
            }
            b'X' => Step::Hold(ClientNeed::Terminated),
            _ => Step::Fatal("08P01", "invalid message type"),
        }
    }

    /// Finds the decision of a statement, or says that one is needed.
    pub(crate) fn decision(&mut self, sql: &[u8], extended: bool) -> Result<Arc<Decision>, Step> {
        let shape = shape(sql, &mut locked(&self.hasher)).key;
        if let Some((_, decided)) = self.decided.take().filter(|(about, _)| *about == shape) {
            self.statistics.shape_misses += 1;
            return Ok(decided);
        }
        let known = locked(&self.shapes).get(shape);
        let known = known.or_else(|| self.ruled(sql, shape));
        self.statistics.shape_hits += u64::from(known.is_some());
        known.ok_or_else(|| {
            Step::Hold(ClientNeed::Statement {
                shape,
                sql: sql.to_vec(),
                extended,
            })
        })
    }

    /// Decides a statement of a new shape as those that do the same were decided.
    fn ruled(&self, sql: &[u8], shape: u128) -> Option<Arc<Decision>> {
        if sql.len() > MAX_RULED_BYTES || !locked(&self.shapes).has_rulings() {
            return None;
        }
        let essence = essence_json(sql).ok()?;
        let (ruling, results) = locked(&self.shapes).ruling(&essence)?;
        let decision = ruling.apply(sql, shape, Some(results));
        locked(&self.shapes).put(shape, Arc::clone(&decision));
        Some(decision)
    }

    fn query(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((sql, [])) = cstring(body) else {
            return MALFORMED;
        };
        let decision = match self.decision(sql, false) {
            Ok(decision) => decision,
            Err(step) => return step,
        };
        if let Some(step) = self.bounded_query(&decision, sql, at, forward) {
            return step;
        }
        let number = match self.meter_query(&decision, sql) {
            Ok(number) => number,
            Err(step) => return step,
        };
        let recorded = locked(&self.audit).record(&decision.intent, &self.session, "query");
        if let Some(refusal) = &decision.refusal {
            self.statistics.of(&decision.operation).refused += 1;
            return self.refuse_query(refusal.clone(), at, forward);
        }
        let Ok(id) = recorded else {
            return self.refuse_query(audit_refusal(), at, forward);
        };
        let number = match number {
            Ok(number) => number,
            Err(refusal) => return self.refuse_recorded(id, &decision, refusal, at, forward),
        };
        let mut splices = Box::default();
        if let Some(turns) = &decision.turns {
            match self.turned(turns, sql) {
                Ok(None) => {}
                Ok(Some((text, found))) => {
                    write_message(forward.up_to(at), b'Q', |out| {
                        out.extend_from_slice(&text);
                        out.push(0);
                    });
                    forward.skip_to(at + HEADER + body.len());
                    splices = found;
                }
                Err(refusal) => return self.refuse_recorded(id, &decision, refusal, at, forward),
            }
        }
        self.statements.remove(&b""[..]);
        self.portals.remove(&b""[..]);
        let waits = decision.deallocates.is_some();
        self.fills.asked |= !decision.fills.is_empty();
        let operation = Arc::clone(&decision.operation);
        self.pending.push_back(Pending::Query {
            decision,
            execution: Execution {
                id,
                operation,
                started: Instant::now(),
                rows: 0,
            },
            index: 0,
            plan: None,
            failed: false,
            splices,
            metered: number,
            few: false,
        });
        if waits {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    /// A statement whose literals are turned back, and where it was changed.
    pub(crate) fn turned(&self, turns: &Turns, sql: &[u8]) -> Result<Option<Rewritten>, Refusal> {
        let found = turns.rewrite(sql)?;
        let bound = self.limits.statement_bytes.saturating_mul(2);
        if found.as_ref().is_some_and(|(text, _)| text.len() > bound) {
            return Err(Refusal::new("54000", "the statement is too long", ""));
        }
        Ok(found)
    }

    /// What becomes of a permitted statement string of which a limited number of rows may be seen.
    fn bounded_query(
        &mut self,
        decision: &Arc<Decision>,
        sql: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Option<Step> {
        if decision.refusal.is_some() {
            return None;
        }
        self.bounds.note(decision);
        if !self.is_bounded(decision) {
            return None;
        }
        let key = shape(sql, &mut locked(&self.hasher)).key;
        self.decided = Some((key, Arc::clone(decision)));
        if !self.pending.is_empty() {
            return Some(Step::Hold(ClientNeed::Barrier));
        }
        Some(match self.expansion(sql) {
            Ok(messages) => Step::Expand(messages),
            Err(refusal) => self.refuse_decided(decision, refusal, at, forward),
        })
    }

    /// The number of a statement string whose values are counted, unless it is refused anyway.
    fn meter_query(
        &mut self,
        decision: &Arc<Decision>,
        sql: &[u8],
    ) -> Result<Result<u64, Refusal>, Step> {
        if decision.refusal.is_some() {
            return Ok(Ok(0));
        }
        let metered = self.meter(decision, sql, None);
        if metered.is_err() {
            // It may be the only one who knows the decision.
            let shape = shape(sql, &mut locked(&self.hasher)).key;
            self.decided = Some((shape, Arc::clone(decision)));
        }
        metered
    }

    /// Refuses a permitted statement that has not been recorded yet.
    fn refuse_decided(
        &mut self,
        decision: &Decision,
        refusal: Refusal,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        self.decided = None;
        let recorded = locked(&self.audit).record(&decision.intent, &self.session, "query");
        match recorded {
            Ok(id) => self.refuse_recorded(id, decision, refusal, at, forward),
            Err(_) => self.refuse_query(audit_refusal(), at, forward),
        }
    }

    /// Refuses a statement that has been recorded as permitted: a value in it cannot be turned back, or
    /// is one too many.
    fn refuse_recorded(
        &mut self,
        id: u64,
        decision: &Decision,
        refusal: Refusal,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        let execution = Execution {
            id,
            operation: Arc::clone(&decision.operation),
            started: Instant::now(),
            rows: 0,
        };
        self.outcome(&execution, &refusal.code);
        self.refuse_query(refusal, at, forward)
    }

    fn refuse_query(&mut self, refusal: Refusal, at: usize, forward: &mut Forward<'_>) -> Step {
        self.statistics.refused += 1;
        write_poison_query(forward.up_to(at));
        self.pending.push_back(Pending::RefusedQuery {
            refusal,
            failed: false,
        });
        Step::Replace
    }

    pub(crate) fn refuse(
        &mut self,
        refusal: Refusal,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Step {
        self.statistics.refused += 1;
        write_poison_parse(forward.up_to(at));
        self.pending.push_back(Pending::Refused { refusal });
        Step::Replace
    }
}

pub(crate) fn audit_refusal() -> Refusal {
    Refusal::new(
        "58030",
        "the statement was refused because its audit record could not be written",
        "Ask the gateway's operator to look at the audit directory.",
    )
}
