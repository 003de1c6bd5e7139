//! Decisions about statement shapes.

use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use scrim_relay::{Decision, DecisionSpec, Refusal, Shapes};
use scrim_rows::copy::CopyOptions;
use scrim_rows::Context;

use crate::masking::PyPlan;

#[pyclass(name = "Decision", frozen, module = "scrim._kernel")]
pub(crate) struct PyDecision(pub(crate) Arc<Decision>);

#[pymethods]
impl PyDecision {
    #[new]
    #[pyo3(signature = (intent, *, operation=String::new(), refusal=None, raw=false, copies=Vec::new(), deallocates=None, context=None))]
    fn new(
        intent: &[u8],
        operation: String,
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
            operation,
            raw,
            copies,
            deallocates,
            context,
        };
        Ok(Self(Arc::new(Decision::new(spec))))
    }
}

#[pyclass(name = "Shapes", frozen, module = "scrim._kernel")]
pub(crate) struct PyShapes(pub(crate) Arc<Mutex<Shapes>>);

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
