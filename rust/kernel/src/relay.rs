//! The session relay.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use scrim_relay::{
    ClientNeed, Decision, DecisionSpec, Limits, Output, Refusal, Relay, ServerNeed, Shapes,
};
use scrim_rows::copy::CopyOptions;
use scrim_rows::Context;

use crate::log::PyAuditLog;
use crate::masking::PyPlan;
use crate::statements::PyShapeHasher;
use crate::RELEASE_LOCK_BYTES;

#[pyclass(name = "Decision", frozen, module = "scrim._kernel")]
pub(crate) struct PyDecision(Arc<Decision>);

#[pymethods]
impl PyDecision {
    #[new]
    #[pyo3(signature = (intent, *, refusal=None, raw=false, copies=Vec::new(), deallocates=None, context=None))]
    fn new(
        intent: &[u8],
        refusal: Option<(String, String, String, String, usize)>,
        raw: bool,
        copies: Vec<(usize, String, Py<PyPlan>)>,
        deallocates: Option<String>,
        context: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let copies = copies
            .into_iter()
            .map(|(index, options, plan)| {
                let options: CopyOptions = serde_json::from_str(&options)
                    .map_err(|error| PyValueError::new_err(format!("copy options: {error}")))?;
                Ok((index, options, Arc::clone(&plan.get().0)))
            })
            .collect::<PyResult<Vec<_>>>()?;
        let refusal = refusal.map(|(code, message, detail, hint, position)| Refusal {
            code,
            message,
            detail,
            hint,
            position,
        });
        let context = context.map(|context| Arc::new(context) as Context);
        let spec = DecisionSpec {
            refusal,
            intent: intent.to_vec(),
            raw,
            copies,
            deallocates,
            context,
        };
        Ok(Self(Arc::new(Decision::new(spec))))
    }
}

#[pyclass(name = "Shapes", frozen, module = "scrim._kernel")]
pub(crate) struct PyShapes(Arc<Mutex<Shapes>>);

#[pymethods]
impl PyShapes {
    #[new]
    fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Shapes::new(capacity))))
    }

    fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn __len__(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[pyclass(name = "Relay", module = "scrim._kernel")]
pub(crate) struct PyRelay {
    relay: Relay,
}

/// Name, statement, extended, shape.
type ClientAsks<'py> = (&'static str, Bound<'py, PyBytes>, bool, String);

/// The client's direction waits for Python.
const CLIENT: u8 = 1;
/// The server's direction waits for Python.
const SERVER: u8 = 2;

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
        Self { relay }
    }

    /// Takes bytes of the client, gives bytes for the server or None.
    fn client<'py>(&mut self, data: &Bound<'py, PyBytes>) -> Option<Bound<'py, PyBytes>> {
        let output = self.relay.client(data.as_bytes());
        deliver(output, data)
    }

    /// Takes bytes of the server, gives bytes for the client or None.
    fn server<'py>(&mut self, data: &Bound<'py, PyBytes>) -> Option<Bound<'py, PyBytes>> {
        let bytes = data.as_bytes();
        let output = if bytes.len() < RELEASE_LOCK_BYTES {
            self.relay.server(bytes)
        } else {
            let relay = &mut self.relay;
            data.py().detach(|| relay.server(bytes))
        };
        deliver(output, data)
    }

    /// Which directions wait for Python: 1 the client's, 2 the server's.
    #[getter]
    fn attention(&self) -> u8 {
        let client = match self.relay.client_need() {
            None | Some(ClientNeed::Barrier) => 0,
            Some(_) => CLIENT,
        };
        client
            | if self.relay.server_need().is_some() {
                SERVER
            } else {
                0
            }
    }

    /// What the client's direction waits for: its name, and for `statement` the text, whether it
    /// came by the extended protocol, and its shape in hexadecimal digits.
    fn client_need<'py>(&self, py: Python<'py>) -> Option<ClientAsks<'py>> {
        let empty = |name| (name, PyBytes::new(py, b""), false, String::new());
        Some(match self.relay.client_need()? {
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
        Some(match self.relay.server_need()? {
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
    fn decide(&mut self, decision: &PyDecision, remember: bool) {
        self.relay.decide(Arc::clone(&decision.0), remember);
    }

    /// Answers the needs `fields` and `sample`.
    fn plan(&mut self, plan: &PyPlan) {
        self.relay.plan(Arc::clone(&plan.0));
    }

    /// Answers the need `message`, and acknowledges `probed`.
    fn message(&mut self, replacement: Vec<u8>) {
        self.relay.message(replacement);
    }

    /// Values of the columns to be sampled.
    fn sample<'py>(&self, py: Python<'py>, max_rows: usize) -> Vec<Vec<Bound<'py, PyBytes>>> {
        let columns = self.relay.sample(max_rows);
        columns
            .iter()
            .map(|values| values.iter().map(|value| PyBytes::new(py, value)).collect())
            .collect()
    }

    /// The bytes that ask the server for the columns of a query.
    fn probe<'py>(&mut self, py: Python<'py>, sql: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.relay.probe(sql))
    }

    /// The bytes of a statement of the gateway's own, sent before what follows of the client.
    fn prelude<'py>(&mut self, py: Python<'py>, sql: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.relay.prelude(sql))
    }

    /// The context of the decision whose answer now arrives.
    fn context(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        object(py, &self.relay.context()?)
    }

    /// The context of the plan to be sampled.
    fn sampled_context(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        object(py, &self.relay.sampled_context()?)
    }

    /// The fatal error for the client after its own direction ended the session.
    fn take_farewell<'py>(&mut self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.relay.take_farewell())
    }

    /// Moves the session to other decided shapes.
    fn set_shapes(&mut self, shapes: &PyShapes, raw: bool) {
        self.relay.set_shapes(Arc::clone(&shapes.0), raw);
    }

    /// Whether the server has answered everything.
    #[getter]
    fn quiet(&self) -> bool {
        self.relay.quiet()
    }

    /// Transaction status of the last `ReadyForQuery`: `I`, `T` or `E`.
    #[getter]
    fn status(&self) -> char {
        char::from(self.relay.status())
    }

    /// Counts since the last call.
    fn take_statistics<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let statistics = self.relay.take_statistics();
        let counts = PyDict::new(py);
        for (name, value) in [
            ("rows", statistics.rows.rows),
            ("masked", statistics.rows.masked),
            ("nulled", statistics.rows.nulled),
            ("scrubbed", statistics.rows.scrubbed),
            ("statements", statistics.statements),
            ("refused", statistics.refused),
            ("errors", statistics.errors),
        ] {
            counts.set_item(name, value)?;
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
