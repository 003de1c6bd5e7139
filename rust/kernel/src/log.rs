//! The audit log of the data path.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use scrim_relay::{AuditFailure, AuditLog};

#[pyclass(name = "AuditLog", frozen, module = "scrim._kernel")]
pub(crate) struct PyAuditLog(pub(crate) Arc<Mutex<AuditLog>>);

fn failed(_: AuditFailure) -> PyErr {
    PyOSError::new_err("the audit record could not be written")
}

/// Duplicates a descriptor that Python owns.
fn duplicate(descriptor: i32) -> PyResult<File> {
    // SAFETY: the descriptor is borrowed only for the duplication; Python keeps its own open.
    let borrowed = unsafe { std::os::fd::BorrowedFd::borrow_raw(descriptor) };
    let owned: OwnedFd = borrowed
        .try_clone_to_owned()
        .map_err(|error| PyOSError::new_err(format!("the audit file cannot be used: {error}")))?;
    Ok(File::from(owned))
}

#[pymethods]
impl PyAuditLog {
    #[new]
    #[pyo3(signature = (descriptor, sync=false))]
    fn new(descriptor: i32, sync: bool) -> PyResult<Self> {
        Ok(Self(Arc::new(Mutex::new(AuditLog::new(
            duplicate(descriptor)?,
            sync,
        )))))
    }

    /// Continues in another file, after writing what waits to the old one.
    fn rotate(&self, descriptor: i32) -> PyResult<()> {
        let file = duplicate(descriptor)?;
        self.locked().rotate(file).map_err(failed)
    }

    /// Writes one whole line that Python rendered.
    fn line(&self, line: &[u8]) -> PyResult<()> {
        self.locked().line(line).map_err(failed)
    }

    /// Writes the outcomes that wait.
    fn flush(&self) -> PyResult<()> {
        self.locked().flush().map_err(failed)
    }

    /// Records of statements so far: those before them, those after them, those of columns, and
    /// those that could not be written.
    fn counts(&self) -> (u64, u64, u64, u64) {
        let counts = self.locked().counts();
        (
            counts.intents,
            counts.outcomes,
            counts.columns,
            counts.failures,
        )
    }

    /// Bytes written to the current file.
    #[getter]
    fn written(&self) -> u64 {
        self.locked().written()
    }
}

impl PyAuditLog {
    fn locked(&self) -> std::sync::MutexGuard<'_, AuditLog> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
