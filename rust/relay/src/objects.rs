//! The client's messages of the extended protocol: statements and portals.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::bind::BindMessage;
use crate::client::{audit_refusal, Step, MALFORMED};
use crate::decision::{Decision, Refusal};
use crate::forward::Forward;
use crate::message::{cstring, int32, write_execute, write_message, HEADER, OWN_NAME};
use crate::pending::{Execution, Pending, Portal, Statement, Target};
use crate::relay::{locked, ClientNeed, Relay};
use crate::turns::Turns;

impl Relay {
    pub(crate) fn parse(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((name, rest)) = cstring(body) else {
            return MALFORMED;
        };
        let Some((sql, types)) = cstring(rest) else {
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
        if let Err(refusal) = self.recorded_parse(&decision) {
            return self.refuse(refusal, at, forward);
        }
        if !exists && self.statements.len() >= self.limits.objects {
            let refusal = Refusal::new(
                "54000",
                "too many prepared statements",
                "Close some of them.",
            );
            return self.refuse(refusal, at, forward);
        }
        let turned = decision.turns.as_ref().map(|turns| self.turned(turns, sql));
        let mut statement = Statement::new(decision, sql.into(), self.generation);
        statement.types = types.get(2..).unwrap_or_default().into();
        match turned.transpose() {
            Ok(turned) => {
                if let Some((text, splices)) = turned.flatten() {
                    write_message(forward.up_to(at), b'P', |out| {
                        out.extend_from_slice(name);
                        out.push(0);
                        out.extend_from_slice(&text);
                        out.push(0);
                        out.extend_from_slice(types);
                    });
                    forward.skip_to(at + HEADER + body.len());
                    statement.splices = splices;
                }
            }
            Err(refusal) => return self.refuse(refusal, at, forward),
        }
        let statement = Arc::new(statement);
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

    pub(crate) fn bind(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some(mut bind) = BindMessage::read(body) else {
            return MALFORMED;
        };
        let exists = !bind.portal.is_empty() && self.portals.contains_key(bind.portal);
        if exists && !self.pending.is_empty() {
            return Step::Hold(ClientNeed::Barrier);
        }
        let statement = match self.statement_now(bind.statement, at, forward) {
            Ok(statement) => statement,
            Err(step) => return step,
        };
        let codes = match self.result_codes(&statement, &bind, at, forward) {
            Ok(codes) => codes,
            Err(step) => return step,
        };
        if !exists && self.portals.len() >= self.limits.objects {
            return self.refuse(
                Refusal::new("54000", "too many portals", "Close some of them."),
                at,
                forward,
            );
        }
        let decision = Arc::clone(&statement.decision);
        let sql = Arc::clone(&statement.sql);
        let metered = match self.meter(&decision, &sql, Some((&bind, &statement.types))) {
            Ok(Ok(number)) => number,
            Ok(Err(refusal)) => return self.refuse(refusal, at, forward),
            Err(step) => return step,
        };
        let parameters = match bind.turned_back(&statement, self.limits.message_bytes) {
            Ok(parameters) => parameters,
            Err(refusal) => return self.refuse(refusal, at, forward),
        };
        if parameters.is_some() || codes.is_some() {
            write_message(forward.up_to(at), b'B', |out| {
                bind.write(parameters.as_deref(), codes.as_deref(), out);
            });
            forward.skip_to(at + HEADER + body.len());
        }
        if let Some(codes) = codes {
            bind.formats = codes;
        }
        let portal = Arc::new(Portal {
            statement,
            formats: bind.formats,
            described: OnceLock::new(),
            asked: false.into(),
            syncs: self.syncs,
            metered,
            allowance: OnceLock::new(),
            sent_before: 0,
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

    /// A prepared statement, as it is decided now.
    fn statement_now(
        &mut self,
        name: &[u8],
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Result<Arc<Statement>, Step> {
        let Some(statement) = self.statements.get(name).cloned() else {
            return Err(self.refuse(unknown_statement(), at, forward));
        };
        if statement.generation == self.generation {
            return Ok(statement);
        }
        let fresh = self.decide_anew(&statement, at, forward)?;
        self.statements.insert(name.into(), Arc::clone(&fresh));
        Ok(fresh)
    }

    /// Decides a statement that was prepared under other policies or another catalog, once more.
    ///
    /// What is under way is waited for, because undoing it goes by the objects that it stored.
    fn decide_anew(
        &mut self,
        former: &Statement,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Result<Arc<Statement>, Step> {
        if !self.pending.is_empty() {
            return Err(Step::Hold(ClientNeed::Barrier));
        }
        let decision = self.decision(&former.sql, true)?;
        if let Err(refusal) = self.recorded_parse(&decision) {
            return Err(self.refuse(refusal, at, forward));
        }
        if !Turns::same_literals(former.decision.turns.as_ref(), decision.turns.as_ref()) {
            // The server has it with values that it would not be given now.
            return Err(self.refuse(outdated(), at, forward));
        }
        let sql = Arc::clone(&former.sql);
        let mut statement = Statement::new(decision, sql, self.generation);
        statement.types.clone_from(&former.types);
        statement.splices.clone_from(&former.splices);
        Ok(Arc::new(statement))
    }

    /// Records that a statement is prepared, and says why it must not be.
    fn recorded_parse(&mut self, decision: &Decision) -> Result<(), Refusal> {
        self.unwritten = true;
        self.bounds.note(decision);
        locked(&self.audit)
            .intent_to_be_flushed(&decision.intent, &self.session, "parse")
            .map_err(|_| audit_refusal())?;
        let Some(refusal) = &decision.refusal else {
            return Ok(());
        };
        self.statistics.of(&decision.operation).refused += 1;
        Err(refusal.clone())
    }

    pub(crate) fn describe(&mut self, body: &[u8]) -> Step {
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

    pub(crate) fn execute(&mut self, body: &[u8], at: usize, forward: &mut Forward<'_>) -> Step {
        let Some((name, rest)) = cstring(body) else {
            return MALFORMED;
        };
        let Some((rows, [])) = int32(rest) else {
            return MALFORMED;
        };
        let Some(mut portal) = self.portals.get(name).cloned() else {
            return self.refuse(unknown_portal(), at, forward);
        };
        if portal.statement.generation != self.generation {
            portal = match self.decide_anew(&portal.statement, at, forward) {
                Ok(statement) => Arc::new(portal.of(statement)),
                Err(step) => return step,
            };
            if portal.statement.decision.metered && portal.metered == 0 {
                // Its values were not counted when it was bound.
                return self.refuse(outdated(), at, forward);
            }
            self.portals.insert(name.into(), Arc::clone(&portal));
        }
        let decision = &portal.statement.decision;
        let recorded = locked(&self.audit).record(&decision.intent, &self.session, "execute");
        let Ok(id) = recorded else {
            return self.refuse(audit_refusal(), at, forward);
        };
        self.unwritten = false;
        let allowance = self.portal_allowance(&portal);
        let decision = &portal.statement.decision;
        self.fills.asked |= !decision.fills.is_empty();
        let mut waits = decision.deallocates.is_some() || allowance.is_some();
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
            operation: Arc::clone(&decision.operation),
            started: Instant::now(),
            rows: 0,
        };
        let mut rows = rows;
        if let Some(allowance) = &allowance {
            rows = rows_asked(rows, allowance.left());
            write_execute(forward.up_to(at), name, rows);
            forward.skip_to(at + HEADER + body.len());
        }
        self.bounds.unsynced |= allowance.is_some();
        let asked = u64::try_from(rows).ok().filter(|&rows| rows > 0);
        let asked = asked.filter(|_| portal.statement.decision.reshapes);
        let asked = asked.map(|rows| (Box::from(name), rows));
        waits |= asked.is_some();
        self.pending.push_back(Pending::Execute {
            portal,
            execution,
            allowance,
            asked,
        });
        if waits {
            Step::KeepThenWait
        } else {
            Step::Keep
        }
    }

    pub(crate) fn close(&mut self, body: &[u8]) -> Step {
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

/// How many rows the server is asked for: one more than may be sent tells that there are too many.
fn rows_asked(rows: i32, left: u64) -> i32 {
    let most = i32::try_from(left.saturating_add(1)).unwrap_or(0);
    match rows {
        ..=0 => most,
        _ if most == 0 => rows,
        _ => rows.min(most),
    }
}

fn unknown_statement() -> Refusal {
    Refusal::new(
        "26000",
        "the prepared statement does not exist",
        "Prepare it with a Parse message.",
    )
}

fn outdated() -> Refusal {
    Refusal::new(
        "26000",
        "the prepared statement was made under other policies",
        "Prepare it once more.",
    )
}

fn unknown_portal() -> Refusal {
    Refusal::new(
        "34000",
        "the portal does not exist",
        "Open it with a Bind message.",
    )
}
