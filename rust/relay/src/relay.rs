//! The session's state, and what Python asks and answers.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scrim_rows::copy::CopyRewriter;
use scrim_rows::{data_row, Context};
use scrim_sql::ShapeHasher;

use crate::audit::AuditLog;
use crate::bounded::Bounds;
use crate::decision::{Decision, PlanSlot, Refusal};
use crate::filling::Fills;
use crate::message::{frame, write_error, write_message, Frame, Limits, HEADER, OWN_NAME};
use crate::pending::{Pending, Portal, Statement};
use crate::ruling::{Planned, Ruling};
use crate::shapes::Shapes;
use crate::statistics::Statistics;

/// Why the client's direction stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientNeed {
    /// A statement of unknown shape: decide it by [`Relay::decide`].
    Statement {
        /// Key of the shape.
        shape: u128,
        /// The text as the client sent it.
        sql: Vec<u8>,
        /// Whether it came by the extended protocol.
        extended: bool,
    },
    /// The answers of earlier requests are awaited; nothing to do.
    Barrier,
    /// The answers are there: call [`Relay::client`] with no bytes.
    Resume,
    /// The client ended the session.
    Terminated,
}

/// Why the server's direction stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerNeed {
    /// A result without a plan: the body of its RowDescription. Answer by [`Relay::plan`].
    Fields {
        /// Index of the statement in its string.
        index: usize,
        /// Body of the message.
        description: Vec<u8>,
    },
    /// The first rows of a result whose columns are not decided: read [`Relay::sample`], answer by
    /// [`Relay::plan`].
    Sample,
    /// An error, notice, notification or parameter that may carry values: answer by
    /// [`Relay::message`].
    Message {
        /// Its type byte.
        kind: u8,
        /// Its body.
        body: Vec<u8>,
    },
    /// The probe's answer: the body of a `RowDescription`, of an `ErrorResponse`, or nothing.
    Probed {
        /// Type byte: `T`, `E` or `n`.
        kind: u8,
        /// Its body.
        body: Vec<u8>,
    },
    /// The session cannot go on; the client has been told in the output.
    Close,
}

/// One established session.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the protocol's state"
)]
pub struct Relay {
    pub(crate) session: String,
    pub(crate) limits: Limits,
    /// Whether the principal may see everything of this connection.
    pub(crate) raw: bool,
    pub(crate) shapes: Arc<Mutex<Shapes>>,
    pub(crate) audit: Arc<Mutex<AuditLog>>,
    pub(crate) hasher: Arc<Mutex<ShapeHasher>>,

    pub(crate) client_buffer: Vec<u8>,
    pub(crate) client_passthrough: usize,
    /// Bytes of a refused message that are still to come and go nowhere.
    pub(crate) client_discard: usize,
    /// How long the message at the start of the buffer is; before it is whole nothing can be done.
    pub(crate) client_wanted: usize,
    pub(crate) client_need: Option<ClientNeed>,
    /// The answer to [`ClientNeed::Statement`], with the shape that it is about: the statement may
    /// be skipped before it is taken, and must not lend its decision to the one behind it.
    pub(crate) decided: Option<(u128, Arc<Decision>)>,

    pub(crate) server_buffer: Vec<u8>,
    pub(crate) server_passthrough: usize,
    /// As [`Self::client_wanted`].
    pub(crate) server_wanted: usize,
    pub(crate) server_need: Option<ServerNeed>,
    pub(crate) plan_answer: Option<Planned>,
    pub(crate) message_answer: Option<Vec<u8>>,
    /// Whether the rows that now arrive have been sampled.
    pub(crate) sampled: bool,
    pub(crate) sample_slot: Option<Arc<PlanSlot>>,
    pub(crate) probe_answer: Option<(u8, Vec<u8>)>,

    pub(crate) pending: VecDeque<Pending>,
    pub(crate) statements: HashMap<Box<[u8]>, Arc<Statement>>,
    pub(crate) portals: HashMap<Box<[u8]>, Arc<Portal>>,
    /// Which shapes are in use: how often they were replaced.
    pub(crate) generation: u64,
    /// Number of Syncs forwarded; portals older than an answered one are gone outside a block.
    pub(crate) syncs: u64,
    pub(crate) syncs_answered: u64,
    /// After an error in the extended protocol the server ignores everything up to Sync.
    pub(crate) skipping: bool,
    /// Whether a record waits that must be written before anything is forwarded.
    pub(crate) unwritten: bool,
    pub(crate) copy: Option<CopyRewriter>,
    pub(crate) copy_in: bool,
    /// What becomes of the COPY data that the client sends.
    pub(crate) fills: Fills,
    /// Transaction status of the last `ReadyForQuery`: `I`, `T` or `E`.
    pub(crate) status: u8,
    pub(crate) closed: bool,
    pub(crate) farewell: Vec<u8>,
    pub(crate) statistics: Statistics,
    pub(crate) bounds: Bounds,
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Relay {
    /// Starts relaying a session whose server is idle outside a transaction.
    #[must_use]
    pub fn new(
        session: String,
        raw: bool,
        limits: Limits,
        shapes: Arc<Mutex<Shapes>>,
        audit: Arc<Mutex<AuditLog>>,
        hasher: Arc<Mutex<ShapeHasher>>,
    ) -> Self {
        Self {
            session,
            limits,
            raw,
            shapes,
            audit,
            hasher,
            client_buffer: Vec::new(),
            client_passthrough: 0,
            client_discard: 0,
            client_wanted: 0,
            client_need: None,
            decided: None,
            server_buffer: Vec::new(),
            server_passthrough: 0,
            server_wanted: 0,
            server_need: None,
            plan_answer: None,
            message_answer: None,
            sampled: false,
            sample_slot: None,
            probe_answer: None,
            pending: VecDeque::new(),
            statements: HashMap::new(),
            portals: HashMap::new(),
            generation: 0,
            syncs: 0,
            syncs_answered: 0,
            skipping: false,
            unwritten: false,
            copy: None,
            copy_in: false,
            fills: Fills::default(),
            status: b'I',
            closed: false,
            farewell: Vec::new(),
            statistics: Statistics::default(),
            bounds: Bounds::default(),
        }
    }

    /// What the client's direction waits for.
    #[must_use]
    pub fn client_need(&self) -> Option<&ClientNeed> {
        self.client_need.as_ref()
    }

    /// What the server's direction waits for.
    #[must_use]
    pub fn server_need(&self) -> Option<&ServerNeed> {
        self.server_need.as_ref()
    }

    /// Whether the server has answered everything, so that it waits for the client.
    #[must_use]
    pub fn quiet(&self) -> bool {
        self.pending.is_empty()
            && self.server_buffer.is_empty()
            && self.server_passthrough == 0
            && !self.bounds.unsynced
    }

    /// Whether [`Self::quiet`] will come about without another message of the client.
    #[must_use]
    pub fn settles(&self) -> bool {
        let waits = matches!(
            self.pending.back(),
            Some(
                Pending::Parse { .. }
                    | Pending::Bind { .. }
                    | Pending::Describe { .. }
                    | Pending::Execute { .. }
                    | Pending::CloseStatement { .. }
                    | Pending::ClosePortal { .. }
                    | Pending::Refused { .. }
                    | Pending::CopyEnd
            )
        );
        !waits && !self.bounds.unsynced
    }

    /// Transaction status of the last `ReadyForQuery`.
    #[must_use]
    pub fn status(&self) -> u8 {
        self.status
    }

    /// Answers [`ClientNeed::Statement`]. With `remember` the shape keeps the decision. Call
    /// [`Self::client`] with no bytes afterwards.
    pub fn decide(&mut self, decision: Arc<Decision>, remember: bool) {
        if let Some(ClientNeed::Statement { shape, .. }) = self.client_need.take() {
            if remember {
                locked(&self.shapes).put(shape, Arc::clone(&decision));
            }
            self.decided = Some((shape, decision));
        }
    }

    /// As [`Self::decide`], by a ruling that may hold for more than this statement.
    pub fn rule(&mut self, ruling: &Arc<Ruling>, remember: bool) {
        if let Some(ClientNeed::Statement { shape, sql, .. }) = &self.client_need {
            let results = locked(&self.shapes).keep(ruling);
            let decision = ruling.apply(sql, *shape, results);
            self.decide(decision, remember);
        }
    }

    /// Moves the session to other decided shapes, after a change of policy or catalog.
    ///
    /// A statement that is prepared already may be something else now: forbidden, no longer raw, or
    /// one of a view that was replaced. It is decided, described and planned anew when it is used.
    pub fn set_shapes(&mut self, shapes: Arc<Mutex<Shapes>>, raw: bool) {
        self.shapes = shapes;
        self.raw = raw;
        self.generation += 1;
        self.bounds.policies_changed();
    }

    /// Answers [`ServerNeed::Fields`] and [`ServerNeed::Sample`]. Call [`Self::server`] with no
    /// bytes afterwards.
    pub fn plan(&mut self, planned: impl Into<Planned>) {
        let planned = planned.into();
        match self.server_need.take() {
            Some(ServerNeed::Sample) => {
                if let Some(slot) = self.sample_slot.take() {
                    slot.set(planned.plan);
                }
                self.sampled = true;
            }
            Some(ServerNeed::Fields { .. }) => self.plan_answer = Some(planned),
            other => self.server_need = other,
        }
    }

    /// Answers [`ServerNeed::Message`] by the whole messages to send instead (none to drop it), and
    /// acknowledges [`ServerNeed::Probed`]. Call [`Self::server`] with no bytes afterwards.
    pub fn message(&mut self, replacement: Vec<u8>) {
        match self.server_need.take() {
            Some(ServerNeed::Message { .. }) => self.message_answer = Some(replacement),
            Some(ServerNeed::Probed { .. }) => {}
            other => self.server_need = other,
        }
    }

    /// The values of the sampled columns in the rows that have arrived, at most `max_rows` of them:
    /// one list a column in the order of the plan's sample. A value in binary format that has no
    /// readable text is left out.
    #[must_use]
    pub fn sample(&self, max_rows: usize) -> Vec<Vec<Vec<u8>>> {
        let Some(slot) = &self.sample_slot else {
            return Vec::new();
        };
        let plan = slot.get();
        let wanted = plan.sample();
        let mut values = vec![Vec::new(); wanted.len()];
        let mut at = 0;
        for _ in 0..max_rows {
            let Frame::Whole { kind: b'D', total } = frame(&self.server_buffer, at) else {
                break;
            };
            let body = &self.server_buffer[at + HEADER..at + total];
            let read = data_row::cells(body, |column, cell| {
                if let (Some(position), Some(cell)) =
                    (wanted.iter().position(|&index| index == column), cell)
                {
                    values[position].push(cell.to_vec());
                }
            });
            if read.is_err() {
                break;
            }
            at += total;
        }
        values
    }

    /// What the deciding side kept beside the plan to be sampled.
    #[must_use]
    pub fn sampled_context(&self) -> Option<Context> {
        self.sample_slot.as_ref()?.get().context().cloned()
    }

    /// Asks the server for the columns of `sql` without running it. Only while [`Self::quiet`].
    /// Returns the bytes for the server; the answer comes as [`ServerNeed::Probed`].
    pub fn probe(&mut self, sql: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(sql.len() + 64);
        write_message(&mut out, b'P', |out| {
            out.extend_from_slice(OWN_NAME);
            out.push(0);
            out.extend(sql.iter().copied().filter(|&byte| byte != 0));
            out.extend_from_slice(&[0, 0, 0]);
        });
        for kind in [b'D', b'C'] {
            write_message(&mut out, kind, |out| {
                out.push(b'S');
                out.extend_from_slice(OWN_NAME);
                out.push(0);
            });
        }
        write_message(&mut out, b'S', |_| {});
        self.probe_answer = None;
        self.pending.push_back(Pending::Probe);
        out
    }

    /// Sends a statement of the gateway's own before what follows of the client, such as the
    /// client's settings. Its answer is swallowed; what became of it comes as
    /// [`ServerNeed::Probed`]. Returns the bytes for the server.
    pub fn prelude(&mut self, sql: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(sql.len() + 8);
        write_message(&mut out, b'Q', |out| {
            out.extend(sql.iter().copied().filter(|&byte| byte != 0));
            out.push(0);
        });
        self.probe_answer = None;
        self.pending.push_back(Pending::Probe);
        out
    }

    /// What the deciding side kept beside the decision whose answer now arrives, and the text of
    /// its statement without literals.
    #[must_use]
    pub fn context(&self) -> Option<(Context, &str)> {
        let decision = match self.pending.front()? {
            Pending::Query { decision, .. } => decision,
            Pending::Parse { statement, .. } => &statement.decision,
            Pending::Bind { portal, .. } | Pending::Execute { portal, .. } => {
                &portal.statement.decision
            }
            Pending::Describe { target, .. } => target.decision()?,
            _ => return None,
        };
        Some((decision.context.clone()?, &decision.statement))
    }

    /// Takes the counts since the last call.
    pub fn take_statistics(&mut self) -> Statistics {
        std::mem::take(&mut self.statistics)
    }

    /// Whether a fatal error ended the session.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Appends a fatal error for the client and closes the relay.
    pub(crate) fn fatal(&mut self, out: &mut Vec<u8>, code: &str, message: &str) {
        write_error(out, "FATAL", &Refusal::new(code, message, ""));
        self.closed = true;
        self.client_buffer = Vec::new();
        self.server_buffer = Vec::new();
        self.server_need = Some(ServerNeed::Close);
    }
}
