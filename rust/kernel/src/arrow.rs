//! Masked columns as Python's bytes, which Arrow takes for buffers without copying them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use scrim_rows::arrow::{Beside, FixedWidth, MaskedColumn, Texts, Validity};
use scrim_rows::{Counters, Fixed, Format, RowError};

/// Offsets, values and validity.
pub(crate) type MaskedBuffers = (Py<PyBytes>, Py<PyBytes>, Option<Py<PyBytes>>);
/// Values that were replaced, that became NULL, and in which a search replaced something.
pub(crate) type Counts = (u64, u64, u64);

/// A column that another one's rule looks at; of texts or bytes where it has no layout.
#[pyclass(name = "Beside", frozen, module = "scrim._kernel")]
pub(crate) struct PyBeside {
    layout: Option<Fixed>,
    offsets: PyBackedBytes,
    data: PyBackedBytes,
    validity: Option<PyBackedBytes>,
    first: usize,
    wide: bool,
    format: Format,
}

#[pymethods]
impl PyBeside {
    #[new]
    #[pyo3(signature = (layout, offsets, data, validity, *, first=0, wide=false, binary=false))]
    fn new(
        layout: Option<&str>,
        offsets: PyBackedBytes,
        data: PyBackedBytes,
        validity: Option<PyBackedBytes>,
        first: usize,
        wide: bool,
        binary: bool,
    ) -> PyResult<Self> {
        Ok(Self {
            layout: layout.map(self::layout).transpose()?,
            offsets,
            data,
            validity,
            first,
            wide,
            format: format(binary),
        })
    }
}

impl PyBeside {
    pub(crate) fn values(&self) -> Beside<'_> {
        let validity = Validity {
            bits: self.validity.as_deref(),
            first: self.first,
        };
        match self.layout {
            Some(layout) => Beside::Fixed(FixedWidth {
                data: &self.data,
                layout,
                validity,
            }),
            None => Beside::Texts(Texts {
                offsets: &self.offsets,
                wide: self.wide,
                data: &self.data,
                validity,
                format: self.format,
            }),
        }
    }
}

/// The format of texts, or of values in PostgreSQL's binary format.
pub(crate) fn format(binary: bool) -> Format {
    if binary {
        Format::Binary
    } else {
        Format::Text
    }
}

/// The layout of that name.
pub(crate) fn layout(name: &str) -> PyResult<Fixed> {
    Fixed::named(name).ok_or_else(|| PyValueError::new_err("there is no such layout of values"))
}

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
