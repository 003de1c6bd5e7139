//! Masked columns as Python's bytes, which Arrow takes for buffers without copying them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use scrim_rows::arrow::MaskedColumn;
use scrim_rows::{Counters, RowError};

/// Offsets, values and validity.
pub(crate) type MaskedBuffers = (Py<PyBytes>, Py<PyBytes>, Option<Py<PyBytes>>);
/// Values that were replaced, that became NULL, and in which a search replaced something.
pub(crate) type Counts = (u64, u64, u64);

/// Masks without the interpreter lock.
pub(crate) fn masked(
    py: Python<'_>,
    mask: impl FnOnce(&mut Counters) -> Result<Option<MaskedColumn>, RowError> + Send,
) -> PyResult<(Option<MaskedBuffers>, Counts)> {
    let mut counters = Counters::default();
    let column = py
        .detach(|| mask(&mut counters))
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let bytes = |content: &[u8]| PyBytes::new(py, content).unbind();
    let buffers = column.map(|column| {
        let validity = column.validity.as_deref().map(bytes);
        (bytes(&column.offsets), bytes(&column.data), validity)
    });
    Ok((
        buffers,
        (counters.masked, counters.nulled, counters.scrubbed),
    ))
}
