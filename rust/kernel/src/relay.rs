//! The session relay.

use std::os::fd::IntoRawFd;
use std::sync::{Arc, OnceLock};

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use scrim_reactor::{Link, Reactor, Side, Sides, State};
use scrim_relay::{ClientNeed, Limits, Output, Refusal, Relay, ServerNeed};
use scrim_rows::Context;

use crate::log::PyAuditLog;
use crate::masking::PyPlan;
use crate::reactor::{owned, PyReactor};
use crate::ruling::{PyRuling, PyShapes};
use crate::statements::PyShapeHasher;
use crate::tls::PyTlsSession;
use crate::RELEASE_LOCK_BYTES;

/// Where a linked session is: its event loop, and its key there.
struct Place {
    reactor: Arc<Reactor>,
    key: usize,
}

#[pyclass(name = "Relay", frozen, module = "scrim._kernel")]
pub(crate) struct PyRelay {
    link: Arc<Link>,
    place: OnceLock<Place>,
}

/// Name, statement, extended, shape.
type ClientAsks<'py> = (&'static str, Bound<'py, PyBytes>, bool, String);

/// Context, text, and parameters.
type Metered<'py> = (
    Py<PyAny>,
    Bound<'py, PyBytes>,
    Vec<(bool, u32, Option<Bound<'py, PyBytes>>)>,
);

impl PyRelay {
    /// Runs something short on the session. The event loop may hold its lock for as long as it
    /// works on a chunk; then the interpreter's lock is not kept from others meanwhile.
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut State) -> T + Send) -> T {
        if let Some(mut state) = self.link.try_lock() {
            return work(&mut state);
        }
        let link = &self.link;
        py.detach(|| work(&mut link.lock()))
    }

    /// Takes a chunk through the relay, without the interpreter's lock where it may take long.
    fn chunk<'py>(
        &self,
        data: &Bound<'py, PyBytes>,
        work: impl FnOnce(&mut State, &[u8]) -> Output + Send,
    ) -> Option<Bound<'py, PyBytes>> {
        let bytes = data.as_bytes();
        let Some(place) = self.place.get() else {
            let output = if bytes.len() < RELEASE_LOCK_BYTES {
                self.with(data.py(), |state| work(state, bytes))
            } else {
                let link = &self.link;
                data.py().detach(|| work(&mut link.lock(), bytes))
            };
            return deliver(output, data);
        };
        let link = &self.link;
        data.py().detach(|| {
            let mut state = link.lock();
            work(&mut state, bytes);
            let more = state.may_go_on();
            drop(state);
            if more {
                place.reactor.nudge(place.key, link);
            }
        });
        None
    }
}

#[pymethods]
impl PyRelay {
    #[new]
    #[pyo3(signature = (session, raw, shapes, audit, hasher, *, max_statement_bytes, max_message_bytes, max_row_bytes))]
    #[expect(
        clippy::too_many_arguments,
        reason = "a constructor for Python, by keyword there"
    )]
    fn new(
        session: String,
        raw: bool,
        shapes: &PyShapes,
        audit: &PyAuditLog,
        hasher: &PyShapeHasher,
        max_statement_bytes: usize,
        max_message_bytes: usize,
        max_row_bytes: usize,
    ) -> Self {
        let limits = Limits {
            statement_bytes: max_statement_bytes,
            message_bytes: max_message_bytes,
            row_bytes: max_row_bytes,
            ..Limits::default()
        };
        let relay = Relay::new(
            session,
            raw,
            limits,
            Arc::clone(&shapes.0),
            Arc::clone(&audit.0),
            Arc::clone(&hasher.0),
        );
        Self {
            link: Arc::new(Link::new(relay)),
            place: OnceLock::new(),
        }
    }

    /// Takes bytes of the client, gives bytes for the server or None. A linked session has sent
    /// them already.
    fn client<'py>(&self, data: &Bound<'py, PyBytes>) -> Option<Bound<'py, PyBytes>> {
        self.chunk(data, State::client_chunk)
    }

    /// Takes bytes of the server, gives bytes for the client or None. A linked session has sent
    /// them already.
    fn server<'py>(&self, data: &Bound<'py, PyBytes>) -> Option<Bound<'py, PyBytes>> {
        self.chunk(data, State::server_chunk)
    }

    /// Gives the two sockets of the session to the event loop, which moves its bytes from now on.
    /// The client's comes with what could not be sent to it yet, and its TLS session.
    /// Returns the key under which it posts what has to be looked at.
    fn link(
        &self,
        reactor: &PyReactor,
        client: (i32, Vec<u8>, Option<Py<PyTlsSession>>),
        upstream: i32,
        client_waiting_bytes: usize,
    ) -> PyResult<usize> {
        let (descriptor, first, tls) = client;
        let descriptor = owned(descriptor)?;
        let tls = match tls {
            None => None,
            // Without it the session would go on in plain text.
            Some(session) => Some(
                session
                    .get()
                    .take()
                    .ok_or_else(|| PyValueError::new_err("the TLS session is linked already"))?,
            ),
        };
        let client = Side {
            descriptor,
            first,
            tls,
        };
        let upstream = Side {
            descriptor: owned(upstream)?,
            first: Vec::new(),
            tls: None,
        };
        let sides = Sides::new(client, upstream, client_waiting_bytes);
        let key = reactor
            .0
            .link(&self.link, sides)
            .map_err(|error| PyOSError::new_err(error.to_string()))?;
        let place = Place {
            reactor: Arc::clone(&reactor.0),
            key,
        };
        self.place
            .set(place)
            .map_err(|_| PyValueError::new_err("the session is linked already"))?;
        Ok(key)
    }

    /// Sends the client of a linked session something of the gateway's own.
    fn tell_client(&self, py: Python<'_>, data: &[u8]) {
        self.with(py, |state| state.tell_client(data));
    }

    /// Sends the data store of a linked session something of the gateway's own.
    fn tell_upstream(&self, py: Python<'_>, data: &[u8]) {
        self.with(py, |state| state.tell_upstream(data));
    }

    /// Takes the data store's socket out of a linked session, and says whether everything was
    /// sent to it; None when it has ended.
    fn take_upstream(&self, py: Python<'_>) -> Option<(i32, bool)> {
        let place = self.place.get()?;
        let link = &self.link;
        let (upstream, whole) = py.detach(|| place.reactor.take_upstream(link))?;
        Some((upstream.into_raw_fd(), whole))
    }

    /// Ends a linked session: the client's side when all is said, the data store's at once.
    fn close(&self, py: Python<'_>) {
        if let Some(place) = self.place.get() {
            let link = &self.link;
            py.detach(|| place.reactor.close(place.key, link));
        }
    }

    /// Ends both sides of a linked session at once.
    fn abort(&self, py: Python<'_>) {
        if let Some(place) = self.place.get() {
            let link = &self.link;
            py.detach(|| place.reactor.abort(place.key, link));
        }
    }

    /// Whether the client of a linked session has sent something since this was last asked.
    fn take_activity(&self, py: Python<'_>) -> bool {
        self.with(py, State::take_activity)
    }

    /// What waits for Python: 1 the client's direction, 2 the server's, 4 the end of the client's
    /// socket, 8 the end of the data store's.
    #[getter]
    fn attention(&self, py: Python<'_>) -> u8 {
        self.with(py, |state| state.attention().bits())
    }

    /// What the client's direction waits for: its name, and for `statement` the text, whether it
    /// came by the extended protocol, and its shape in hexadecimal digits.
    fn client_need<'py>(&self, py: Python<'py>) -> Option<ClientAsks<'py>> {
        let empty = |name| (name, PyBytes::new(py, b""), false, String::new());
        let need = self.with(py, |state| state.relay.client_need().cloned())?;
        Some(match &need {
            ClientNeed::Statement {
                sql,
                extended,
                shape,
            } => (
                "statement",
                PyBytes::new(py, sql),
                *extended,
                format!("{shape:032x}"),
            ),
            ClientNeed::Meter => empty("meter"),
            ClientNeed::Barrier => empty("barrier"),
            ClientNeed::Resume => empty("resume"),
            ClientNeed::Terminated => empty("terminated"),
        })
    }

    /// What the server's direction waits for: its name, a number (statement index or message type)
    /// and a message body.
    fn server_need<'py>(
        &self,
        py: Python<'py>,
    ) -> Option<(&'static str, usize, Bound<'py, PyBytes>)> {
        let need = self.with(py, |state| state.relay.server_need().cloned())?;
        Some(match &need {
            ServerNeed::Fields { index, description } => {
                ("fields", *index, PyBytes::new(py, description))
            }
            ServerNeed::Sample => ("sample", 0, PyBytes::new(py, b"")),
            ServerNeed::Message { kind, body } => {
                ("message", usize::from(*kind), PyBytes::new(py, body))
            }
            ServerNeed::Probed { kind, body } => {
                ("probed", usize::from(*kind), PyBytes::new(py, body))
            }
            ServerNeed::Close => ("close", 0, PyBytes::new(py, b"")),
        })
    }

    /// Answers the need `statement`.
    fn decide(&self, py: Python<'_>, ruling: &PyRuling, remember: bool) {
        self.with(py, |state| state.relay.rule(&ruling.0, remember));
    }

    /// What the need `meter` is about: the context of its decision, the text of the statement, and its
    /// parameters, each with whether it is in binary format, its declared type, and its value.
    fn metering<'py>(&self, py: Python<'py>) -> Option<Metered<'py>> {
        let metering = self.with(py, |state| state.relay.metering().cloned())?;
        let parameters = metering.parameters.iter().map(|(binary, declared, value)| {
            let value = value.as_deref().map(|value| PyBytes::new(py, value));
            (*binary, *declared, value)
        });
        Some((
            object(py, &metering.context?)?,
            PyBytes::new(py, &metering.sql),
            parameters.collect(),
        ))
    }

    /// Answers the need `meter`: a number that is not 0, or why the statement is not run.
    fn metered(
        &self,
        py: Python<'_>,
        number: u64,
        refusal: Option<(String, String, String, String, usize)>,
    ) {
        let answer = match refusal {
            None => Ok(number),
            Some((code, message, detail, hint, position)) => Err(Refusal {
                code,
                message,
                detail,
                hint,
                position,
            }),
        };
        self.with(py, |state| state.relay.metered(answer));
    }

    /// The numbers of counted statements that ended with two rows or more since the last call.
    fn take_several(&self, py: Python<'_>) -> Vec<u64> {
        self.with(py, |state| state.relay.take_several())
    }

    /// Answers the needs `fields` and `sample`.
    fn plan(&self, py: Python<'_>, plan: &PyPlan) {
        self.with(py, |state| state.relay.plan(plan.0.clone()));
    }

    /// Answers the need `message`, and acknowledges `probed`.
    fn message(&self, py: Python<'_>, replacement: Vec<u8>) {
        self.with(py, |state| state.relay.message(replacement));
    }

    /// Values of the columns to be sampled.
    fn sample<'py>(&self, py: Python<'py>, max_rows: usize) -> Vec<Vec<Bound<'py, PyBytes>>> {
        let columns = self.with(py, |state| state.relay.sample(max_rows));
        columns
            .iter()
            .map(|values| values.iter().map(|value| PyBytes::new(py, value)).collect())
            .collect()
    }

    /// The bytes that ask the server for the columns of a query.
    fn probe<'py>(&self, py: Python<'py>, sql: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.with(py, |state| state.relay.probe(sql)))
    }

    /// The bytes of a statement of the gateway's own, sent before what follows of the client.
    fn prelude<'py>(&self, py: Python<'py>, sql: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.with(py, |state| state.relay.prelude(sql)))
    }

    /// The context of the decision whose answer now arrives, and the text of its statement without
    /// literals.
    fn context(&self, py: Python<'_>) -> Option<(Py<PyAny>, String)> {
        let (context, statement) = self.with(py, |state| {
            let (context, statement) = state.relay.context()?;
            Some((context, statement.to_owned()))
        })?;
        Some((object(py, &context)?, statement))
    }

    /// The context of the plan to be sampled.
    fn sampled_context(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        object(py, &self.with(py, |state| state.relay.sampled_context())?)
    }

    /// The fatal error for the client after its own direction ended the session.
    fn take_farewell<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.with(py, |state| state.relay.take_farewell()))
    }

    /// Moves the session to other decided shapes.
    fn set_shapes(&self, py: Python<'_>, shapes: &PyShapes, raw: bool) {
        self.with(py, |state| {
            state.relay.set_shapes(Arc::clone(&shapes.0), raw);
        });
    }

    /// Whether the server has answered everything.
    #[getter]
    fn quiet(&self, py: Python<'_>) -> bool {
        self.with(py, |state| state.relay.quiet())
    }

    /// Whether `quiet` will come about without another message of the client.
    #[getter]
    fn settles(&self, py: Python<'_>) -> bool {
        self.with(py, |state| state.relay.settles())
    }

    /// Transaction status of the last `ReadyForQuery`: `I`, `T` or `E`.
    #[getter]
    fn status(&self, py: Python<'_>) -> char {
        char::from(self.with(py, |state| state.relay.status()))
    }

    /// Counts since the last call, by name; the parts of a name are joined by dots.
    fn take_statistics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let statistics = self.with(py, |state| state.relay.take_statistics());
        let counts = PyDict::new(py);
        for (name, value) in [
            ("rows", statistics.rows_sent),
            ("masked", statistics.rows.masked),
            ("nulled", statistics.rows.nulled),
            ("scrubbed", statistics.rows.scrubbed),
            ("refused", statistics.refused),
            ("shapes.hits", statistics.shape_hits),
            ("shapes.misses", statistics.shape_misses),
            ("bytes.from_client", statistics.bytes.from_client),
            ("bytes.to_client", statistics.bytes.to_client),
            ("bytes.from_server", statistics.bytes.from_server),
            ("bytes.to_server", statistics.bytes.to_server),
        ] {
            counts.set_item(name, value)?;
        }
        for (operation, tally) in &statistics.operations {
            for (outcome, value) in [
                ("completed", tally.completed),
                ("failed", tally.failed),
                ("skipped", tally.skipped),
                ("refused", tally.refused),
            ] {
                counts.set_item(format!("statements.{operation}.{outcome}"), value)?;
            }
        }
        Ok(counts)
    }
}

fn object(py: Python<'_>, context: &Context) -> Option<Py<PyAny>> {
    context
        .downcast_ref::<Py<PyAny>>()
        .map(|object| object.clone_ref(py))
}

/// The chunk itself where nothing changed, so that it is not copied.
fn deliver<'py>(output: Output, chunk: &Bound<'py, PyBytes>) -> Option<Bound<'py, PyBytes>> {
    match output {
        Output::Nothing => None,
        Output::Same => Some(chunk.clone()),
        Output::Bytes(bytes) => Some(PyBytes::new(chunk.py(), &bytes)),
    }
}
