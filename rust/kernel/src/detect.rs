//! The scanner.

use std::sync::Arc;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use scrim_detect::{classify, Detector, EntitySpec};

/// One finding: start, end, entity index, confidence, evidence bits.
type Finding = (usize, usize, u16, f32, u32);

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
    fn scan(
        &self,
        py: Python<'_>,
        cells: Vec<PyBackedBytes>,
        hint: Option<u16>,
    ) -> Vec<Vec<Finding>> {
        py.detach(|| {
            let mut found = Vec::new();
            cells
                .iter()
                .map(|cell| {
                    found.clear();
                    self.0.scan(cell, hint, &mut found);
                    found
                        .iter()
                        .map(|f| {
                            (
                                f.start,
                                f.end,
                                f.entity,
                                f.confidence,
                                u32::from(f.evidence.bits()),
                            )
                        })
                        .collect()
                })
                .collect()
        })
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
