//! The event loop of linked sessions.

use std::os::fd::{FromRawFd, OwnedFd};
use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use scrim_reactor::Reactor;

#[pyclass(name = "Reactor", frozen, module = "scrim._kernel")]
pub(crate) struct PyReactor(pub(crate) Arc<Reactor>);

#[pymethods]
impl PyReactor {
    #[new]
    fn new() -> PyResult<Self> {
        let reactor = Reactor::start().map_err(|error| {
            PyOSError::new_err(format!("the event loop cannot be started: {error}"))
        })?;
        Ok(Self(Arc::new(reactor)))
    }

    /// The descriptor that is readable while sessions wait to be looked at.
    fn bell(&self) -> i32 {
        self.0.bell()
    }

    /// The keys of those sessions.
    fn take_posted(&self) -> Vec<usize> {
        self.0.take_posted()
    }
}

/// Takes over a descriptor that Python gives away.
pub(crate) fn owned(descriptor: i32) -> PyResult<OwnedFd> {
    if descriptor < 0 {
        return Err(PyValueError::new_err("the socket is closed"));
    }
    // SAFETY: the caller has detached the descriptor from its Python object and never uses it
    // again, so this is its only owner.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}
