//! The way back of a column's masked values.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use scrim_relay::Turning;

use crate::masking::PyMasker;

#[pyclass(name = "Turning", frozen, module = "scrim._kernel")]
pub(crate) struct PyTurning(pub(crate) Arc<Turning>);

#[pymethods]
impl PyTurning {
    /// The way back of what a column's rule masks; None where there is none.
    #[staticmethod]
    #[pyo3(signature = (rule, type_id, masker, *, writes))]
    fn compile(
        rule: &str,
        type_id: u32,
        masker: &PyMasker,
        writes: bool,
    ) -> PyResult<Option<Self>> {
        Turning::compile(rule, type_id, writes, masker.keys())
            .map(|turning| turning.map(|turning| Self(Arc::new(turning))))
            .map_err(PyValueError::new_err)
    }
}
