//! The scanner.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyList, PyTuple};
use scrim_detect::{classify, Detector, EntitySpec, Finding};

/// A finding as Python has it: start, end, entity index, confidence, evidence bits.
fn as_tuple(finding: &Finding) -> (usize, usize, u16, f32, u32) {
    let bits = u32::from(finding.evidence.bits());
    (
        finding.start,
        finding.end,
        finding.entity,
        finding.confidence,
        bits,
    )
}

#[pyclass(name = "Detector", frozen, module = "scrim._kernel")]
pub(crate) struct PyDetector(pub(crate) Arc<Detector>);

#[pymethods]
impl PyDetector {
    #[new]
    fn new(entities: &str) -> PyResult<Self> {
        let entities: Vec<EntitySpec> = serde_json::from_str(entities)
            .map_err(|error| PyValueError::new_err(format!("entities: {error}")))?;
        let detector =
            Detector::new(&entities).map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self(Arc::new(detector)))
    }

    /// Scans a batch of cells without the interpreter lock.
    #[pyo3(signature = (cells, hint=None))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it holds references to the objects of Python's list"
    )]
    fn scan<'py>(
        &self,
        py: Python<'py>,
        cells: Vec<PyBackedBytes>,
        hint: Option<u16>,
    ) -> PyResult<Bound<'py, PyList>> {
        let (findings, counts) = py.detach(|| {
            let mut found = Vec::new();
            let mut counts = Vec::with_capacity(cells.len());
            for cell in &cells {
                let before = found.len();
                self.0.scan(cell, hint, &mut found);
                counts.push(found.len() - before);
            }
            (found, counts)
        });
        // Most cells have no findings, and share what says so: each object of its own would have to
        // be looked at again and again by Python's collector.
        let none = PyTuple::empty(py);
        let mut findings = findings.iter().map(as_tuple);
        let of_cell = |count: usize| match count {
            0 => Ok(none.clone()),
            _ => PyTuple::new(py, findings.by_ref().take(count).collect::<Vec<_>>()),
        };
        let cells = counts.into_iter().map(of_cell);
        PyList::new(py, cells.collect::<PyResult<Vec<_>>>()?)
    }

    /// The entities whose check digits each whole cell passes, however little that proves.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "it holds references to the objects of Python's list"
    )]
    fn candidates(&self, py: Python<'_>, cells: Vec<PyBackedBytes>) -> Vec<Vec<u32>> {
        py.detach(|| {
            let mut found = Vec::new();
            let mut of_cell = |cell: &PyBackedBytes| {
                found.clear();
                self.0.candidates(cell, &mut found);
                // As numbers: a vector of bytes would become `bytes`.
                found.iter().copied().map(u32::from).collect()
            };
            cells.iter().map(&mut of_cell).collect()
        })
    }

    /// The names of the entities, by index.
    fn names(&self) -> Vec<String> {
        self.0.names().iter().map(|name| (*name).clone()).collect()
    }
}

/// The recognisers that are native: the shapes that an entity can have beside the forms.
#[pyfunction]
pub(crate) fn native_shapes() -> [&'static str; EntitySpec::SHAPES.len()] {
    EntitySpec::SHAPES
}

/// The classes of short values, in the order of `classify_values`.
#[pyfunction]
pub(crate) fn value_classes() -> Vec<String> {
    classify::builtin().names().to_vec()
}

/// Tells what the values of a column are, without the interpreter lock.
#[pyfunction]
#[expect(
    clippy::needless_pass_by_value,
    reason = "it holds references to the objects of Python's list"
)]
pub(crate) fn classify_values(
    py: Python<'_>,
    values: Vec<PyBackedBytes>,
) -> (Vec<u32>, Vec<f32>, Vec<f32>) {
    py.detach(|| {
        let tally = classify::tally(classify::builtin(), values.iter().map(|value| &**value));
        // As numbers: a vector of bytes would become `bytes`.
        let winners = tally.winners.into_iter().map(u32::from).collect();
        (winners, tally.shares, tally.likelihoods)
    })
}
