//! What Python decided, and how long it holds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use scrim_relay::{
    DecisionSpec, Fill, Naming, Refusal, RowLimit, Ruling, RulingScope, Shapes, TurnSpec,
};
use scrim_rows::copy::CopyOptions;
use scrim_rows::copy_in::IncomingOptions;
use scrim_rows::Context;

use crate::masking::PyPlan;
use crate::turning::PyTurning;

#[pyclass(name = "Ruling", frozen, module = "scrim._kernel")]
pub(crate) struct PyRuling(pub(crate) Arc<Ruling>);

/// Index of the statement, options of the COPY as JSON, the way back of each column.
type FillParts = (usize, String, Vec<Option<Py<PyTurning>>>);

#[pymethods]
impl PyRuling {
    #[new]
    #[expect(
        clippy::too_many_arguments,
        reason = "a constructor for Python, by keyword there"
    )]
    #[pyo3(signature = (intent, *, operation=String::new(), refusal=None, raw=false, copies=Vec::new(), deallocates=None, context=None, scope=None, turns=Vec::new(), fills=Vec::new(), limit=None, naming=Vec::new(), reshapes=false))]
    fn new(
        intent: (Vec<u8>, Vec<u8>),
        operation: String,
        refusal: Option<(String, String, String, String, usize)>,
        raw: bool,
        copies: Vec<(usize, String, Py<PyPlan>)>,
        deallocates: Option<String>,
        context: Option<Py<PyAny>>,
        scope: Option<(Vec<u8>, u64)>,
        turns: Vec<(usize, usize, usize, Py<PyTurning>)>,
        fills: Vec<FillParts>,
        limit: Option<(u64, String)>,
        naming: Vec<(usize, String, String)>,
        reshapes: bool,
    ) -> PyResult<Self> {
        let fills = fills
            .into_iter()
            .map(|(index, options, turnings)| Ok((index, Arc::new(fill(&options, turnings)?))))
            .collect::<PyResult<Vec<_>>>()?;
        let copies = copies
            .into_iter()
            .map(|(index, options, plan)| {
                let options: CopyOptions = serde_json::from_str(&options)
                    .map_err(|error| PyValueError::new_err(format!("copy options: {error}")))?;
                Ok((index, options, Arc::clone(&plan.get().0.plan)))
            })
            .collect::<PyResult<Vec<_>>>()?;
        let refusal = refusal.map(|(code, message, detail, hint, position)| Refusal {
            code,
            message,
            detail,
            hint,
            position,
        });
        let (head, tail) = intent;
        let spec = DecisionSpec {
            refusal,
            intent: head,
            operation,
            raw,
            copies,
            fills,
            deallocates,
            context: context.map(|context| Arc::new(context) as Context),
            turns: turns
                .into_iter()
                .map(|(statement, depth, number, turning)| TurnSpec {
                    statement,
                    depth,
                    number,
                    turning: Arc::clone(&turning.get().0),
                })
                .collect(),
            limit: limit.map(|(rows, policy)| RowLimit {
                rows,
                policy: policy.into(),
            }),
            naming: naming
                .into_iter()
                .map(|(index, what, name)| Ok((index, naming_of(&what, name)?)))
                .collect::<PyResult<Vec<_>>>()?,
            reshapes,
        };
        let scope = scope.map(|(essence, epoch)| RulingScope {
            essence: essence.into(),
            epoch,
        });
        Ok(Self(Arc::new(Ruling::new(spec, tail, scope))))
    }
}

/// How the data of a COPY FROM is turned back.
fn fill(options: &str, turnings: Vec<Option<Py<PyTurning>>>) -> PyResult<Fill> {
    let options: IncomingOptions = serde_json::from_str(options)
        .map_err(|error| PyValueError::new_err(format!("copy options: {error}")))?;
    let turnings = turnings
        .into_iter()
        .map(|turning| turning.map(|turning| Arc::clone(&turning.get().0)))
        .collect();
    Fill::new(options, turnings)
        .ok_or_else(|| PyValueError::new_err("copy options: columns are missing"))
}

fn naming_of(what: &str, name: String) -> PyResult<Naming> {
    let name = name.into_bytes().into_boxed_slice();
    match what {
        "declares" => Ok(Naming::Declares(name)),
        "prepares" => Ok(Naming::Prepares(name)),
        "fetches" => Ok(Naming::Fetches(name)),
        "executes" => Ok(Naming::Executes(name)),
        "closes" => Ok(Naming::Closes(name)),
        _ => Err(PyValueError::new_err("there is no such use of a name")),
    }
}

#[pyclass(name = "Epoch", frozen, module = "scrim._kernel")]
pub(crate) struct PyEpoch(Arc<AtomicU64>);

#[pymethods]
impl PyEpoch {
    #[new]
    fn new() -> Self {
        Self(Arc::default())
    }

    /// Its number.
    #[getter]
    fn value(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Begins the next one.
    fn advance(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

#[pyclass(name = "Shapes", frozen, module = "scrim._kernel")]
pub(crate) struct PyShapes(pub(crate) Arc<Mutex<Shapes>>);

#[pymethods]
impl PyShapes {
    #[new]
    fn new(capacity: usize, epoch: &PyEpoch) -> Self {
        let shapes = Shapes::within(capacity, Arc::clone(&epoch.0));
        Self(Arc::new(Mutex::new(shapes)))
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

    /// Rulings that hold for more than one statement.
    #[getter]
    fn rulings(&self) -> usize {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .rulings()
    }
}
