//! The client's direction: which messages go to the server, and as what.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use scrim_sql::shape;

use crate::decision::{Decision, Refusal};
use crate::message::{
    cstring, frame, int16, int32, write_message, write_poison_parse, write_poison_query, Frame,
    HEADER, OWN_NAME,
};
use crate::pending::{Execution, Pending, Portal, Statement, Target};
use crate::relay::{locked, ClientNeed, Forward, Output, Relay};

/// What is to be done with a message of the client.
enum Step {
    /// It goes on as it is.
    Keep,
    /// The output already holds what goes in its place.
    Replace,
    /// It stays here until the need is met.
    Hold(ClientNeed),
    /// It goes on as it is, and what follows stays here until it has been answered.
    KeepThenWait,
    /// The session ends with this SQLSTATE and message.
    Fatal(&'static str, &'static str),
}

const MALFORMED: Step = Step::Fatal("08P01", "the message is malformed");

impl Relay {
    /// Takes a chunk of the client and gives the bytes for the server.
    ///
    /// While [`Self::client_need`] is set the chunk is kept. A fatal error is in
    /// [`Self::server_need`] as `Close`, with the text for the client in [`Self::take_farewell`].
    pub fn client(&mut self, data: &[u8]) -> Output {
        if self.closed {
            return Output::Nothing;
        }
        if self.client_need == Some(ClientNeed::Resume) {
            self.client_need = None;
        }
        if self.client_need.is_some() {
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

    fn walk_client(&mut self, input: &[u8], whole: bool) -> Output {
        let mut forward = Forward::new(input);
        let mut at = self.client_passthrough.min(input.len());
        self.client_passthrough -= at;
        while at < input.len() {
            let (kind, total) = match frame(input, at) {
                Frame::Whole { kind, total } => (kind, total),
                Frame::NoHeader => break,
                Frame::Partial { kind: b'd', total } => {
                    self.client_passthrough = total - (input.len() - at);
                    at = input.len();
                    break;
                }
                Frame::Partial { kind, total } if total <= self.bound(kind) => break,
                Frame::Partial { .. } => {
                    return self
                        .client_fatal("54000", "the message is longer than the configured bound");
                }
                Frame::Bad { .. } => return self.client_fatal("08P01", "invalid message length"),
            };
            let end = at + total;
            let step = if total > self.bound(kind) && kind != b'd' {
                Step::Fatal("54000", "the message is longer than the configured bound")
            } else if self.pending.len() >= self.limits.pending {
                Step::Fatal("54000", "too many requests wait for their answers")
            } else {
                self.client_message(kind, &input[at + HEADER..end], at, &mut forward)
            };
            match step {
                Step::Keep => at = end,
                Step::Replace => {
                    forward.skip_to(end);
                    at = end;
                }
                Step::Hold(need) => {
                    if need == ClientNeed::Barrier {
                        // The server answers a pipeline only when asked to.
                        write_message(forward.up_to(at), b'H', |_| {});
                    }
                    self.client_need = Some(need);
                    break;
                }
                Step::KeepThenWait => {
                    at = end;
                    write_message(forward.up_to(at), b'H', |_| {});
                    self.client_need = Some(ClientNeed::Barrier);
                    break;
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
            b'S' => {
                self.skipping = false;
                self.syncs += 1;
                self.pending.push_back(Pending::Sync);
                Step::Keep
            }
            b'H' | b'd' => Step::Keep,
            b'c' | b'f' => {
                if self.copy_in {
                    self.copy_in = false;
                } else if !self.pending.is_empty() {
                    self.pending.push_back(Pending::CopyEnd);
                }
                Step::Keep
            }
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
    fn decision(&mut self, sql: &[u8], extended: bool) -> Result<Arc<Decision>, Step> {
        let shape = shape(sql, &mut locked(&self.hasher)).key;
        if let Some(decided) = self.decided.take() {
            return Ok(decided);
        }
        locked(&self.shapes).get(shape).ok_or_else(|| {
            Step::Hold(ClientNeed::Statement {
                shape,
                sql: sql.to_vec(),
                extended,
            })
        })
    }

    fn query(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((sql, [])) = cstring(body) else {
            return MALFORMED;
        };
        let decision = match self.decision(sql, false) {
            Ok(decision) => decision,
            Err(step) => return step,
        };
        let recorded = locked(&self.audit).record(&decision.intent, &self.session, "query");
        if let Some(refusal) = &decision.refusal {
            return self.refuse_query(refusal.clone(), at, forward);
        }
        let Ok(id) = recorded else {
            return self.refuse_query(audit_refusal(), at, forward);
        };
        self.statistics.statements += 1;
        self.statements.remove(&b""[..]);
        self.portals.remove(&b""[..]);
        let waits = decision.deallocates.is_some();
        self.pending.push_back(Pending::Query {
            decision,
            execution: Execution {
                id,
                started: Instant::now(),
                rows: 0,
            },
            index: 0,
            plan: None,
            failed: false,
        });
        if waits {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    fn refuse_query(&mut self, refusal: Refusal, at: usize, forward: &mut Forward<'_>) -> Step {
        self.statistics.refused += 1;
        write_poison_query(forward.up_to(at));
        self.pending.push_back(Pending::RefusedQuery { refusal });
        Step::Replace
    }

    fn refuse(&mut self, refusal: Refusal, at: usize, forward: &mut Forward<'_>) -> Step {
        self.statistics.refused += 1;
        write_poison_parse(forward.up_to(at));
        self.pending.push_back(Pending::Refused { refusal });
        Step::Replace
    }

    fn parse(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((name, rest)) = cstring(body) else {
            return MALFORMED;
        };
        let Some((sql, _types)) = cstring(rest) else {
            return MALFORMED;
        };
        if name.starts_with(OWN_NAME) {
            return self.refuse(
                Refusal::new("42602", "the statement name is reserved", ""),
                at,
                forward,
            );
        }
        let exists = !name.is_empty() && self.statements.contains_key(name);
        if exists && !self.pending.is_empty() {
            return Step::Hold(ClientNeed::Barrier);
        }
        let decision = match self.decision(sql, true) {
            Ok(decision) => decision,
            Err(step) => return step,
        };
        locked(&self.audit).intent(&decision.intent, &self.session, "parse");
        self.unwritten = true;
        if let Some(refusal) = &decision.refusal {
            return self.refuse(refusal.clone(), at, forward);
        }
        if !exists && self.statements.len() >= self.limits.objects {
            let refusal = Refusal::new(
                "54000",
                "too many prepared statements",
                "Close some of them.",
            );
            return self.refuse(refusal, at, forward);
        }
        let statement = Arc::new(Statement {
            decision,
            described: OnceLock::new(),
            asked: false.into(),
        });
        let name: Box<[u8]> = Box::from(name);
        let previous = if exists {
            None
        } else {
            self.statements.insert(name.clone(), Arc::clone(&statement))
        };
        self.pending.push_back(Pending::Parse {
            name,
            statement,
            previous,
            stored: !exists,
        });
        // The server refuses a second statement of one name, unless the first has gone by a way
        // that the relay did not see. Its answer tells which.
        if exists {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    fn bind(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some(bind) = BindMessage::read(body) else {
            return MALFORMED;
        };
        let exists = !bind.portal.is_empty() && self.portals.contains_key(bind.portal);
        if exists && !self.pending.is_empty() {
            return Step::Hold(ClientNeed::Barrier);
        }
        let Some(statement) = self.statements.get(bind.statement).cloned() else {
            return self.refuse(unknown_statement(), at, forward);
        };
        if !exists && self.portals.len() >= self.limits.objects {
            return self.refuse(
                Refusal::new("54000", "too many portals", "Close some of them."),
                at,
                forward,
            );
        }
        let portal = Arc::new(Portal {
            statement,
            formats: bind.formats,
            described: OnceLock::new(),
            asked: false.into(),
            syncs: self.syncs,
        });
        let name: Box<[u8]> = Box::from(bind.portal);
        let previous = if exists {
            None
        } else {
            self.portals.insert(name.clone(), Arc::clone(&portal))
        };
        self.pending.push_back(Pending::Bind {
            name,
            portal,
            previous,
            stored: !exists,
        });
        if exists {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    fn describe(&mut self, body: &[u8]) -> Step {
        let Some((&kind, rest)) = body.split_first() else {
            return MALFORMED;
        };
        let Some((name, [])) = cstring(rest) else {
            return MALFORMED;
        };
        let target = match kind {
            b'S' => self.statements.get(name).cloned().map(Target::Statement),
            b'P' => self.portals.get(name).cloned().map(Target::Portal),
            _ => return MALFORMED,
        };
        let target = target.unwrap_or(Target::Foreign);
        target.set_asked(true);
        self.pending
            .push_back(Pending::Describe { target, own: false });
        Step::Keep
    }

    fn execute(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((name, rest)) = cstring(body) else {
            return MALFORMED;
        };
        if int32(rest).is_none_or(|(_, rest)| !rest.is_empty()) {
            return MALFORMED;
        }
        let Some(portal) = self.portals.get(name).cloned() else {
            return self.refuse(unknown_portal(), at, forward);
        };
        let decision = &portal.statement.decision;
        let recorded = locked(&self.audit).record(&decision.intent, &self.session, "execute");
        let Ok(id) = recorded else {
            return self.refuse(audit_refusal(), at, forward);
        };
        self.unwritten = false;
        self.statistics.statements += 1;
        let waits = decision.deallocates.is_some();
        if !decision.raw && !portal.will_be_described() {
            // Rows may not pass before their columns are known, so the relay asks for itself.
            write_message(forward.up_to(at), b'D', |out| {
                out.push(b'P');
                out.extend_from_slice(name);
                out.push(0);
            });
            portal.asked.store(true, Ordering::Relaxed);
            self.pending.push_back(Pending::Describe {
                target: Target::Portal(Arc::clone(&portal)),
                own: true,
            });
        }
        let execution = Execution {
            id,
            started: Instant::now(),
            rows: 0,
        };
        self.pending
            .push_back(Pending::Execute { portal, execution });
        if waits {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    fn close(&mut self, body: &[u8]) -> Step {
        let Some((&kind, rest)) = body.split_first() else {
            return MALFORMED;
        };
        let Some((name, [])) = cstring(rest) else {
            return MALFORMED;
        };
        if name.starts_with(OWN_NAME) {
            return MALFORMED;
        }
        let boxed: Box<[u8]> = Box::from(name);
        self.pending.push_back(match kind {
            b'S' => Pending::CloseStatement {
                previous: self.statements.remove(name),
                name: boxed,
            },
            b'P' => Pending::ClosePortal {
                previous: self.portals.remove(name),
                name: boxed,
            },
            _ => return MALFORMED,
        });
        Step::Keep
    }
}

/// The parts of a Bind message that the relay needs.
struct BindMessage<'a> {
    portal: &'a [u8],
    statement: &'a [u8],
    formats: Box<[u8]>,
}

impl<'a> BindMessage<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        let (portal, rest) = cstring(body)?;
        let (statement, rest) = cstring(rest)?;
        let (count, mut rest) = int16(rest)?;
        rest = rest.get(usize::from(count.cast_unsigned()) * 2..)?;
        let (count, mut rest) = int16(rest)?;
        for _ in 0..count.cast_unsigned() {
            let (length, after) = int32(rest)?;
            rest = match usize::try_from(length) {
                Ok(length) => after.get(length..)?,
                Err(_) if length == -1 => after,
                Err(_) => return None,
            };
        }
        let (count, mut rest) = int16(rest)?;
        let mut formats = Vec::with_capacity(usize::from(count.cast_unsigned()).min(rest.len()));
        for _ in 0..count.cast_unsigned() {
            let (code, after) = int16(rest)?;
            formats.push(u8::try_from(code).ok().filter(|&code| code <= 1)?);
            rest = after;
        }
        rest.is_empty().then(|| Self {
            portal,
            statement,
            formats: formats.into(),
        })
    }
}

fn audit_refusal() -> Refusal {
    Refusal::new(
        "58030",
        "the statement was refused because its audit record could not be written",
        "Ask the gateway's operator to look at the audit directory.",
    )
}

fn unknown_statement() -> Refusal {
    Refusal::new(
        "26000",
        "the prepared statement does not exist",
        "Prepare it with a Parse message.",
    )
}

fn unknown_portal() -> Refusal {
    Refusal::new(
        "34000",
        "the portal does not exist",
        "Open it with a Bind message.",
    )
}
