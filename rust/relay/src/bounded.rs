//! Results that may have only so many rows.
//!
//! The row after the last one that is allowed is answered by an error in its place, and the server
//! is made to fail as well, so that both sides agree on what has happened. For that nothing may
//! follow the statement to the server before its answer is there, and it must not have been
//! committed by then. So such a statement goes upstream by the extended protocol, whichever the
//! client speaks, and its Sync waits: where there were too many rows, a message that the server
//! refuses goes before it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use scrim_sql::analyse;

use crate::decision::{Decision, Refusal};
use crate::forward::{Forward, Output};
use crate::message::{frame, write_error, write_message, Frame};
use crate::pending::{Pending, Portal};
use crate::relay::Relay;
use crate::server::Step;

/// SQLSTATE of a result with too many rows: `program_limit_exceeded`.
const TOO_MANY: &str = "54000";

/// How many rows of one result a client may get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLimit {
    /// The rows.
    pub rows: u64,
    /// The policy that says so.
    pub policy: Arc<str>,
}

/// What a statement has to do with a result that others refer to by a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// It opens a cursor.
    Declares(Box<[u8]>),
    /// It prepares a statement.
    Prepares(Box<[u8]>),
    /// It takes rows of a cursor.
    Fetches(Box<[u8]>),
    /// It runs a prepared statement.
    Executes(Box<[u8]>),
    /// It closes a cursor; all of them where there is no name.
    Closes(Box<[u8]>),
}

/// What of a limit one result has used.
#[derive(Debug)]
pub(crate) struct Allowance {
    limit: RowLimit,
    sent: AtomicU64,
}

impl Allowance {
    fn new(limit: RowLimit, sent: u64) -> Arc<Self> {
        let sent = AtomicU64::new(sent);
        Arc::new(Self { limit, sent })
    }

    pub(crate) fn left(&self) -> u64 {
        self.limit
            .rows
            .saturating_sub(self.sent.load(Ordering::Relaxed))
    }

    pub(crate) fn add(&self, rows: u64) {
        self.sent.fetch_add(rows, Ordering::Relaxed);
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

/// What is known of limits in one session.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the protocol's state"
)]
pub(crate) struct Bounds {
    /// Cursors that SQL opened; none for one without a limit.
    cursors: HashMap<Box<[u8]>, Option<Arc<Allowance>>>,
    /// Statements that SQL prepared.
    prepared: HashMap<Box<[u8]>, Option<RowLimit>>,
    /// The smallest limit so far. It holds for what is not known by its name, such as a cursor that
    /// a function opened.
    smallest: Option<RowLimit>,
    /// Whether the result that arrives now has had its last row.
    pub(crate) over: bool,
    /// Whether the server is to fail before the next Sync.
    pub(crate) poison: bool,
    /// Rows that were left out of the result that arrives now.
    pub(crate) dropped: u64,
    /// A portal that the server is to be asked for so many more rows.
    pub(crate) again: Option<(Box<[u8]>, i32)>,
    /// Whether such a result was asked for since the last Sync: nothing of it has been committed.
    pub(crate) unsynced: bool,
    /// Whether a simple query is under way as messages of the extended protocol.
    pub(crate) expanded: bool,
}

impl Bounds {
    /// Notes the limit of a statement that the client may run.
    pub(crate) fn note(&mut self, decision: &Decision) {
        if let Some(limit) = &decision.limit {
            let smaller = |smallest: &RowLimit| limit.rows < smallest.rows;
            if self.smallest.as_ref().is_none_or(smaller) {
                self.smallest = Some(limit.clone());
            }
        }
    }

    /// Notes what a completed statement has to do with names.
    pub(crate) fn completed(&mut self, decision: &Decision, index: usize, most: usize) -> bool {
        for (_, naming) in decision.naming.iter().filter(|(at, _)| *at == index) {
            let limit = decision.limit.clone();
            match naming {
                Naming::Declares(name) => {
                    let allowance = limit.map(|limit| Allowance::new(limit, 0));
                    self.cursors.insert(name.clone(), allowance);
                }
                Naming::Prepares(name) => {
                    self.prepared.insert(name.clone(), limit);
                }
                // Whatever has that name next may be another one's.
                Naming::Closes(name) => self.cursors.retain(|known, allowance| {
                    allowance.is_some() || !(name.is_empty() || known == name)
                }),
                Naming::Fetches(_) | Naming::Executes(_) => {}
            }
        }
        self.cursors.len() <= most && self.prepared.len() <= most
    }

    /// Forgets cursors without a limit at the end of a transaction, which has ended most of them.
    pub(crate) fn transaction_ended(&mut self) {
        if !self.cursors.is_empty() {
            self.cursors.retain(|_, allowance| allowance.is_some());
        }
    }

    /// Forgets everything without a limit, which there may be by now.
    pub(crate) fn policies_changed(&mut self) {
        self.transaction_ended();
        self.prepared.retain(|_, limit| limit.is_some());
    }
}

impl Relay {
    /// What the rows of a decided statement count against.
    fn allowance(&mut self, decision: &Decision, sent: u64) -> Option<Arc<Allowance>> {
        let found = decision.naming.iter().map(|(_, naming)| naming).next();
        match found {
            Some(Naming::Fetches(name)) => {
                let cursor = self.bounds.cursors.get(name).cloned();
                let portal = self.portals.get(name).cloned();
                let portal = portal.map(|portal| self.fetched(&portal));
                if cursor.is_some() || portal.is_some() {
                    let both = [cursor.flatten(), portal.flatten()];
                    return both.into_iter().flatten().min_by_key(|one| one.left());
                }
                let allowance = Allowance::new(self.bounds.smallest.clone()?, 0);
                let kept = Some(Arc::clone(&allowance));
                self.bounds.cursors.insert(name.clone(), kept);
                Some(allowance)
            }
            Some(Naming::Executes(name)) => {
                let prepared = self.bounds.prepared.get(name).cloned();
                let statement = self.statements.get(name);
                let statement = statement.map(|known| known.decision.limit.clone());
                let limit = if prepared.is_some() || statement.is_some() {
                    let both = [prepared.flatten(), statement.flatten()];
                    both.into_iter().flatten().min_by_key(|limit| limit.rows)
                } else {
                    self.bounds.smallest.clone()
                };
                Some(Allowance::new(limit?, sent))
            }
            _ => Some(Allowance::new(decision.limit.clone()?, sent)),
        }
    }

    /// What rows count against that SQL takes of a portal.
    fn fetched(&mut self, portal: &Portal) -> Option<Arc<Allowance>> {
        if portal.statement.decision.naming.is_empty() {
            return self.portal_allowance(portal);
        }
        // It may name itself.
        Some(Allowance::new(self.bounds.smallest.clone()?, 0))
    }

    /// What the rows of a portal count against, all its parts together.
    pub(crate) fn portal_allowance(&mut self, portal: &Portal) -> Option<Arc<Allowance>> {
        if let Some(known) = portal.allowance.get() {
            return known.clone();
        }
        let allowance = self.allowance(&portal.statement.decision, portal.sent_before);
        portal.allowance.get_or_init(|| allowance).clone()
    }

    /// Whether rows of the statement are counted, so that it has to go by the extended protocol.
    pub(crate) fn is_bounded(&self, decision: &Decision) -> bool {
        decision.limit.is_some()
            || (self.bounds.smallest.is_some()
                && decision
                    .naming
                    .iter()
                    .any(|(_, naming)| matches!(naming, Naming::Fetches(_) | Naming::Executes(_))))
    }

    /// A simple query as messages of the extended protocol, which do the same one by one.
    pub(crate) fn expansion(&mut self, sql: &[u8]) -> Result<Vec<u8>, Refusal> {
        let texts = statements(sql).ok_or_else(|| {
            Refusal::new(
                "0A000",
                "COPY stands beside statements of which a limited number of rows may be seen",
                "Send it by itself.",
            )
        })?;
        let mut out = Vec::with_capacity(sql.len() + 64);
        for text in texts {
            write_message(&mut out, b'P', |out| {
                out.push(0);
                out.extend_from_slice(text);
                out.extend_from_slice(&[0, 0, 0]);
            });
            write_message(&mut out, b'B', |out| out.extend_from_slice(&[0; 8]));
            write_message(&mut out, b'D', |out| out.extend_from_slice(b"P\0"));
            write_message(&mut out, b'E', |out| out.extend_from_slice(&[0; 5]));
        }
        write_message(&mut out, b'S', |_| {});
        self.bounds.expanded = true;
        Ok(out)
    }

    /// Goes on with messages that stand for one of the client, after what goes before them.
    pub(crate) fn walk_expanded(&mut self, before: Output, rest: &[u8]) -> Output {
        let after = self.walk_client(rest, false);
        match (before, after) {
            (Output::Bytes(mut bytes), Output::Bytes(more)) => {
                bytes.extend_from_slice(&more);
                Output::Bytes(bytes)
            }
            (before, Output::Nothing) => before,
            (_, after) => after,
        }
    }

    fn front_allowance(&self) -> Option<&Arc<Allowance>> {
        match self.pending.front() {
            Some(Pending::Execute { allowance, .. }) => allowance.as_ref(),
            _ => None,
        }
    }

    /// Rows of the result that arrives now which may yet be sent.
    pub(crate) fn rows_left(&self) -> u64 {
        self.front_allowance()
            .map_or(u64::MAX, |allowance| allowance.left())
    }

    /// Counts rows against the limit of their result.
    pub(crate) fn rows_sent(&self, rows: u64) {
        if let Some(allowance) = self.front_allowance() {
            allowance.add(rows);
        }
    }

    /// Answers the first row that may not be sent, at `at`, by an error.
    pub(crate) fn overrun(&mut self, at: usize, forward: &mut Forward<'_>) {
        self.bounds.over = true;
        let Some(allowance) = self.front_allowance() else {
            return;
        };
        let RowLimit { rows, policy } = &allowance.limit;
        let mut refusal = Refusal::new(
            TOO_MANY,
            &format!("the policy \"{policy}\" lets at most {rows} rows of a result through"),
            "Ask for fewer rows, for example with LIMIT.",
        );
        refusal.detail = "The result has more. The statement has failed.".into();
        write_error(forward.up_to(at), "ERROR", &refusal);
    }

    /// Leaves out the whole rows at `at`; returns where they end.
    pub(crate) fn drop_rows(mut at: usize, forward: &mut Forward<'_>) -> usize {
        forward.up_to(at);
        while let Frame::Whole { kind: b'D', total } = frame(forward.input, at) {
            at += total;
        }
        forward.skip_to(at);
        at
    }

    /// Leaves out what the server says of a result that has ended for the client; none for what
    /// has nothing to do with it.
    pub(crate) fn after_overrun(
        &mut self,
        kind: u8,
        at: usize,
        forward: &mut Forward<'_>,
    ) -> Option<Step> {
        match kind {
            b'd' | b'c' => {}
            b'C' | b's' | b'I' => {
                self.bounds.over = false;
                self.bounds.dropped = 0;
                self.copy = None;
                self.sampled = false;
                if let Some(Pending::Execute { execution, .. }) = self.pending.pop_front() {
                    self.outcome(&execution, TOO_MANY);
                }
                // The client takes everything up to Sync for skipped, and the server will.
                self.skipping = true;
                self.bounds.poison = true;
            }
            b'E' => {
                self.bounds.over = false;
                self.copy = None;
                self.sampled = false;
                self.fail_front(TOO_MANY);
            }
            _ => return None,
        }
        forward.up_to(at);
        Some(Step::Replace)
    }
}

/// The texts of the statements in a string; the string itself where there is one. None where they
/// cannot be sent one by one: what follows a COPY would come before its data.
fn statements(sql: &[u8]) -> Option<Vec<&[u8]>> {
    let found = analyse(std::str::from_utf8(sql).ok()?).ok()?;
    if found.len() < 2 {
        return Some(vec![sql]);
    }
    if found.iter().any(|facts| facts.copy.is_some()) {
        return None;
    }
    found
        .iter()
        .map(|facts| sql.get(facts.start..facts.end))
        .collect()
}
