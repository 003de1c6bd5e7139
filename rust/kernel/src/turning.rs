//! The way back of a column's masked values.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use scrim_relay::{Role, Turning};

use crate::masking::PyMasker;

#[pyclass(name = "Turning", frozen, module = "scrim._kernel")]
pub(crate) struct PyTurning(pub(crate) Arc<Turning>);

#[pymethods]
impl PyTurning {
    /// The way back of what a column's rule masks; None where there is none.
    #[staticmethod]
    fn compile(
        rule: &str,
        type_id: u32,
        masker: &PyMasker,
        purpose: &str,
    ) -> PyResult<Option<Self>> {
        let wanted = match purpose {
            "compared" => Role::Compared,
            "inserted" => Role::Inserted,
            "updated" => Role::Updated,
            _ => return Err(PyValueError::new_err("the purpose is unknown")),
        };
        Turning::compile(rule, type_id, wanted, masker.keys())
            .map(|turning| turning.map(|turning| Self(Arc::new(turning))))
            .map_err(PyValueError::new_err)
    }
}
