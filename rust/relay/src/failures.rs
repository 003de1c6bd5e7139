//! Errors of the server: what they say, and what they undo.

use std::collections::HashMap;
use std::sync::Arc;

use crate::forward::Forward;
use crate::message::{cstring, error_code, write_error};
use crate::pending::{Execution, Pending};
use crate::relay::{Relay, ServerNeed};
use crate::server::Step;
use crate::turns::original_position;

impl Relay {
    pub(crate) fn error(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        self.sampled = false;
        let refusal = match self.pending.front() {
            Some(Pending::Refused { refusal } | Pending::RefusedQuery { refusal, .. }) => {
                Some(refusal.clone())
            }
            _ => None,
        };
        let ended = self.ended_copy(body);
        let own = ended.as_ref().map(|refusal| refusal.code.clone());
        let refusal = refusal.or(ended);
        let mut replaced = false;
        if let Some(refusal) = refusal {
            write_error(forward.up_to(at), "ERROR", &refusal);
            replaced = true;
        } else if matches!(self.pending.front(), Some(Pending::Poison)) {
            forward.up_to(at);
            replaced = true;
        } else if !self.front_is_raw() {
            let Some(answer) = self.message_answer.take() else {
                return Step::Hold(ServerNeed::Message {
                    kind: b'E',
                    body: self.repositioned(body),
                });
            };
            forward.up_to(at).extend_from_slice(&answer);
            replaced = true;
        }
        self.copy = None;
        self.copy_in_over();
        let code = error_code(body).and_then(|code| std::str::from_utf8(code).ok());
        let code = own.as_deref().or(code);
        let code = code
            .filter(|code| code.bytes().all(|b| b.is_ascii_alphanumeric()))
            .unwrap_or("XX000");
        self.fail_front(code);
        if replaced {
            Step::Replace
        } else {
            Step::Keep
        }
    }

    /// An error as it would be about the statement that the client sent.
    fn repositioned(&self, body: &[u8]) -> Vec<u8> {
        let splices = match self.pending.front() {
            Some(Pending::Query { splices, .. }) => splices,
            Some(Pending::Parse { statement, .. }) => &statement.splices,
            Some(Pending::Bind { portal, .. } | Pending::Execute { portal, .. }) => {
                &portal.statement.splices
            }
            _ => return body.to_vec(),
        };
        if splices.is_empty() {
            return body.to_vec();
        }
        let mut out = Vec::with_capacity(body.len());
        let mut rest = body;
        while let Some((&field, after)) = rest.split_first() {
            let Some((text, after)) = cstring(after) else {
                break;
            };
            out.push(field);
            let position = std::str::from_utf8(text).ok().and_then(|t| t.parse().ok());
            match position {
                Some(position) if field == b'P' => {
                    let position = original_position(splices, position);
                    out.extend_from_slice(position.to_string().as_bytes());
                }
                _ => out.extend_from_slice(text),
            }
            out.push(0);
            rest = after;
        }
        out.extend_from_slice(rest);
        out
    }

    fn front_is_raw(&self) -> bool {
        self.raw
            || match self.pending.front() {
                Some(Pending::Query { decision, .. }) => decision.raw,
                Some(Pending::Parse { statement, .. }) => statement.decision.raw,
                Some(Pending::Bind { portal, .. } | Pending::Execute { portal, .. }) => {
                    portal.statement.decision.raw
                }
                _ => false,
            }
    }

    /// An error answers the request at the front; in the extended protocol the server skips what
    /// follows up to Sync.
    pub(crate) fn fail_front(&mut self, code: &str) {
        self.bounds.dropped = 0;
        self.bounds.again = None;
        match self.pending.front_mut() {
            Some(Pending::Query {
                execution,
                failed,
                plan,
                ..
            }) => {
                *failed = true;
                *plan = None;
                let execution = Execution {
                    id: execution.id,
                    operation: Arc::clone(&execution.operation),
                    started: execution.started,
                    rows: execution.rows,
                };
                self.outcome(&execution, code);
                return;
            }
            Some(Pending::RefusedQuery { failed, .. }) => {
                *failed = true;
                return;
            }
            None | Some(Pending::Sync) => return,
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
            // A Parse that failed has already dropped the unnamed statement; one that was skipped
            // has not. Likewise a Bind.
            Pending::Parse {
                name,
                statement,
                previous,
                stored: true,
            } => {
                put_back(
                    &mut self.statements,
                    name,
                    &statement,
                    previous.filter(|_| code == "skipped"),
                );
            }
            Pending::Bind {
                name,
                portal,
                previous,
                stored: true,
            } => {
                put_back(
                    &mut self.portals,
                    name,
                    &portal,
                    previous.filter(|_| code == "skipped"),
                );
            }
            Pending::CloseStatement {
                name,
                previous: Some(previous),
            } => {
                self.statements.entry(name).or_insert(previous);
            }
            Pending::ClosePortal {
                name,
                previous: Some(previous),
            } => {
                self.portals.entry(name).or_insert(previous);
            }
            Pending::Describe { target, .. } => target.set_asked(false),
            Pending::Execute { execution, .. } | Pending::Query { execution, .. } => {
                self.outcome(&execution, code);
            }
            _ => {}
        }
    }
}

/// Takes back what a refused message stored, if it is still there.
fn put_back<T>(
    objects: &mut HashMap<Box<[u8]>, Arc<T>>,
    name: Box<[u8]>,
    stored: &Arc<T>,
    previous: Option<Arc<T>>,
) {
    if objects
        .get(&name)
        .is_some_and(|current| Arc::ptr_eq(current, stored))
    {
        match previous {
            Some(previous) => objects.insert(name, previous),
            None => objects.remove(&name),
        };
    }
}
