//! Reading of statements.

use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use scrim_sql::{Held, ShapeHasher};

/// Analyses a statement string; the answer is JSON, a list of facts or an object with the error.
#[pyfunction]
pub(crate) fn analyse(py: Python<'_>, sql: &str) -> PyResult<String> {
    let rendered = py.detach(|| match scrim_sql::analyse(sql) {
        Ok(facts) => serde_json::to_string(&facts),
        Err(error) => serde_json::to_string(&error),
    });
    rendered.map_err(|error| PyValueError::new_err(error.to_string()))
}

/// Statement strings longer than this are analysed without the interpreter lock.
const RELEASE_LOCK_BYTES: usize = 1024;

/// What of a statement string decisions depend on: JSON as of `analyse`, equal for strings that are
/// decided alike.
#[pyfunction]
pub(crate) fn essence<'py>(py: Python<'py>, sql: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    let work = || match scrim_sql::essence_json(sql) {
        Ok(json) => Ok(json),
        Err(error) => serde_json::to_vec(&error),
    };
    let rendered = if sql.len() < RELEASE_LOCK_BYTES {
        work()
    } else {
        py.detach(work)
    };
    rendered
        .map(|json| PyBytes::new(py, &json))
        .map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A value that a column is put against: the text of a literal, or the number of a parameter (0 for a
/// literal), and whether it is an array.
type HeldValue = (Option<String>, usize, bool);

/// Statement, depth and number of an influence, what is done there with its values, whether each
/// counts by itself, and the values.
type InfluencingValues = (usize, usize, usize, String, bool, Vec<HeldValue>);

/// The values of everything that influences the statements of a string, as `asks` of their
/// facts name it by number.
#[pyfunction]
pub(crate) fn influencing(py: Python<'_>, sql: &[u8]) -> PyResult<Vec<InfluencingValues>> {
    let found = if sql.len() < RELEASE_LOCK_BYTES {
        scrim_sql::influencing(sql)
    } else {
        py.detach(|| scrim_sql::influencing(sql))
    };
    let found = found.map_err(|_| PyValueError::new_err("the statement cannot be read"))?;
    Ok(found
        .into_iter()
        .map(|one| {
            let held = one.values.held.into_iter().map(|held| match held {
                Held::Literal(text, array) => (Some(text), 0, array),
                Held::Parameter(number, array) => (None, number, array),
            });
            (
                one.statement,
                one.depth,
                one.number,
                one.values.structure,
                one.values.each,
                held.collect(),
            )
        })
        .collect())
}

/// The text of a statement without its literals and comments, at most `max_bytes` long.
#[pyfunction]
pub(crate) fn normalise(sql: &[u8], max_bytes: usize) -> String {
    scrim_sql::normalise(sql, max_bytes)
}

#[pyclass(name = "ShapeHasher", frozen, module = "scrim._kernel")]
pub(crate) struct PyShapeHasher(pub(crate) Arc<Mutex<ShapeHasher>>);

#[pymethods]
impl PyShapeHasher {
    #[new]
    fn new(key: [u8; 16]) -> Self {
        Self(Arc::new(Mutex::new(ShapeHasher::new(key))))
    }

    /// The shape of a statement, for tests and benchmarks.
    fn shape(&self, sql: &[u8]) -> u128 {
        let mut hasher = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        scrim_sql::shape(sql, &mut hasher).key
    }
}
