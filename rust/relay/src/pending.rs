//! The requests that wait for the server's answer, and the objects that they refer to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::bounded::Allowance;
use crate::decision::{Decision, PlanSlot};
use crate::turns::Splice;

/// A prepared statement of the session.
pub(crate) struct Statement {
    pub(crate) decision: Arc<Decision>,
    /// Its text, to be decided anew.
    pub(crate) sql: Arc<[u8]>,
    /// What it was decided by; see `Relay::set_shapes`.
    pub(crate) generation: u64,
    /// Set when the server has described it.
    pub(crate) described: OnceLock<Described>,
    /// Whether a Describe of it is under way.
    pub(crate) asked: AtomicBool,
    /// The types that Parse declared, four bytes each.
    pub(crate) types: Box<[u8]>,
    /// Where the server's text differs from the client's.
    pub(crate) splices: Box<[Splice]>,
}

impl Statement {
    /// A statement that the server has yet to describe.
    pub(crate) fn new(decision: Arc<Decision>, sql: Arc<[u8]>, generation: u64) -> Self {
        Self {
            decision,
            types: Box::default(),
            splices: Box::default(),
            sql,
            generation,
            described: OnceLock::new(),
            asked: AtomicBool::new(false),
        }
    }
}

/// A portal of the session.
pub(crate) struct Portal {
    pub(crate) statement: Arc<Statement>,
    /// Result format codes as Bind gave them: none, one or one for each column.
    pub(crate) formats: Box<[u8]>,
    /// Set when the server has described the portal itself.
    pub(crate) described: OnceLock<Described>,
    /// Whether a Describe of it is under way.
    pub(crate) asked: AtomicBool,
    /// Syncs forwarded before it was bound.
    pub(crate) syncs: u64,
    /// The number under which its values were counted, 0 where they were not.
    pub(crate) metered: u64,
    /// What its rows count against, since it was first executed.
    pub(crate) allowance: OnceLock<Option<Arc<Allowance>>>,
    /// Rows that were sent of it before its statement was decided anew.
    pub(crate) sent_before: u64,
}

impl Portal {
    /// The same portal, of a statement that was decided anew.
    pub(crate) fn of(&self, statement: Arc<Statement>) -> Self {
        Self {
            statement,
            formats: self.formats.clone(),
            described: OnceLock::new(),
            asked: AtomicBool::new(false),
            syncs: self.syncs,
            metered: self.metered,
            allowance: OnceLock::new(),
            sent_before: self.allowance().map_or(self.sent_before, |one| one.sent()),
        }
    }

    pub(crate) fn allowance(&self) -> Option<Arc<Allowance>> {
        self.allowance.get().cloned().flatten()
    }

    pub(crate) fn description(&self) -> Option<&Described> {
        self.described
            .get()
            .or_else(|| self.statement.described.get())
    }

    /// Whether the server's description is known, or comes before the rows.
    pub(crate) fn will_be_described(&self) -> bool {
        self.description().is_some()
            || self.asked.load(Ordering::Relaxed)
            || self.statement.asked.load(Ordering::Relaxed)
    }
}

/// What the server said of a statement's or portal's result.
pub(crate) enum Described {
    NoRows,
    Rows(Arc<PlanSlot>),
}

/// Identifies one execution in the audit log.
pub(crate) struct Execution {
    pub(crate) id: u64,
    pub(crate) operation: Arc<str>,
    pub(crate) started: Instant,
    pub(crate) rows: u64,
}

/// What a Describe asked about.
#[derive(Clone)]
pub(crate) enum Target {
    Statement(Arc<Statement>),
    Portal(Arc<Portal>),
    /// A statement or cursor that SQL made. Its description is no row, so it may pass; running it
    /// by the protocol is refused.
    Foreign,
}

impl Target {
    /// Notes whether a Describe of it is under way.
    pub(crate) fn set_asked(&self, asked: bool) {
        match self {
            Self::Statement(statement) => statement.asked.store(asked, Ordering::Relaxed),
            Self::Portal(portal) => portal.asked.store(asked, Ordering::Relaxed),
            Self::Foreign => {}
        }
    }

    pub(crate) fn decision(&self) -> Option<&Arc<Decision>> {
        match self {
            Self::Statement(statement) => Some(&statement.decision),
            Self::Portal(portal) => Some(&portal.statement.decision),
            Self::Foreign => None,
        }
    }

    /// Keeps the server's description; the first one stays.
    pub(crate) fn set_described(&self, described: Described) {
        let _ = match self {
            Self::Statement(statement) => statement.described.set(described),
            Self::Portal(portal) => portal.described.set(described),
            Self::Foreign => Ok(()),
        };
    }
}

/// One forwarded message that the server answers.
pub(crate) enum Pending {
    /// A simple query; answered up to `ReadyForQuery`.
    Query {
        decision: Arc<Decision>,
        execution: Execution,
        /// Index of the statement of the string that is being answered.
        index: usize,
        plan: Option<Arc<PlanSlot>>,
        failed: bool,
        /// Where the server's text differs from the client's.
        splices: Box<[Splice]>,
        /// The number under which its values were counted, 0 where they were not.
        metered: u64,
        /// Whether one of its statements gave one row or none.
        few: bool,
    },
    /// Parse; undone when the server refuses or skips it.
    Parse {
        name: Box<[u8]>,
        statement: Arc<Statement>,
        previous: Option<Arc<Statement>>,
        stored: bool,
    },
    /// Bind; likewise.
    Bind {
        name: Box<[u8]>,
        portal: Arc<Portal>,
        previous: Option<Arc<Portal>>,
        stored: bool,
    },
    /// Describe of the client, or one that the relay put in (`own`), whose answer is swallowed.
    Describe { target: Target, own: bool },
    /// Execute of a portal.
    Execute {
        portal: Arc<Portal>,
        execution: Execution,
        /// What its rows count against.
        allowance: Option<Arc<Allowance>>,
        /// The portal's name and the rows that were asked for, where rows may be left out.
        asked: Option<(Box<[u8]>, u64)>,
    },
    /// Close of a statement; `previous` comes back when the server skips it.
    CloseStatement {
        name: Box<[u8]>,
        previous: Option<Arc<Statement>>,
    },
    /// Close of a portal; likewise.
    ClosePortal {
        name: Box<[u8]>,
        previous: Option<Arc<Portal>>,
    },
    /// A message replaced by one that the server refuses; the error is ours.
    Refused { refusal: crate::decision::Refusal },
    /// A refused simple query or function call, answered by an error and `ReadyForQuery`.
    RefusedQuery {
        refusal: crate::decision::Refusal,
        /// Whether its error has arrived.
        failed: bool,
    },
    /// A message that the server refuses, after an error that the client has had already.
    Poison,
    /// Sync.
    Sync,
    /// The client ended COPY data before the server asked for it.
    CopyEnd,
    /// The relay's own question about a query's columns; everything is swallowed.
    Probe,
}
