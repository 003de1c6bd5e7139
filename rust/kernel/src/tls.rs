//! TLS towards clients.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use scrim_tls::{Acceptor, Session};

#[pyclass(name = "TlsAcceptor", frozen, module = "scrim._kernel")]
pub(crate) struct PyTlsAcceptor(Acceptor);

#[pymethods]
impl PyTlsAcceptor {
    #[new]
    #[pyo3(signature = (chain, key, client_authorities, protocol))]
    fn new(
        chain: &[u8],
        key: &[u8],
        client_authorities: Option<&[u8]>,
        protocol: &[u8],
    ) -> PyResult<Self> {
        Acceptor::new(chain, key, client_authorities, protocol)
            .map(Self)
            .map_err(|error| PyValueError::new_err(error.to_string()))
    }

    /// Begins a session with one client.
    fn session(&self) -> PyResult<PyTlsSession> {
        let session = self
            .0
            .session()
            .ok_or_else(|| PyOSError::new_err("a TLS session cannot be begun"))?;
        Ok(PyTlsSession(Mutex::new(Some(Box::new(session)))))
    }
}

/// A session until it is linked; the event loop has it from then on.
#[pyclass(name = "TlsSession", frozen, module = "scrim._kernel")]
pub(crate) struct PyTlsSession(Mutex<Option<Box<Session>>>);

impl PyTlsSession {
    /// Gives the session away.
    pub(crate) fn take(&self) -> Option<Box<Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Session) -> T) -> PyResult<T> {
        let mut session = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *session {
            Some(session) => Ok(work(session)),
            None => Err(PyOSError::new_err("the TLS session is linked")),
        }
    }
}

#[pymethods]
impl PyTlsSession {
    /// Takes what came from the socket. Returns plain text, what is to be sent, and whether the
    /// session has failed.
    fn receive<'py>(
        &self,
        py: Python<'py>,
        data: &[u8],
    ) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, bool)> {
        let (mut plain, mut out) = (Vec::new(), Vec::new());
        let failed = self.with(|session| session.receive(data, &mut plain, &mut out).is_err())?;
        Ok((PyBytes::new(py, &plain), PyBytes::new(py, &out), failed))
    }

    /// Encrypts plain text.
    fn send<'py>(&self, py: Python<'py>, plain: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let mut out = Vec::new();
        self.with(|session| session.send(plain, &mut out))?;
        Ok(PyBytes::new(py, &out))
    }

    /// The notice that nothing follows.
    fn send_close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let mut out = Vec::new();
        self.with(|session| session.send_close(&mut out))?;
        Ok(PyBytes::new(py, &out))
    }

    /// Whether the client has said that nothing follows.
    #[getter]
    fn closed(&self) -> PyResult<bool> {
        self.with(|session| session.closed())
    }

    /// Whether the handshake is still under way.
    #[getter]
    fn handshaking(&self) -> PyResult<bool> {
        self.with(|session| session.handshaking())
    }

    /// The application protocol that was agreed on.
    #[getter]
    fn protocol<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.with(|session| session.protocol().map(|name| PyBytes::new(py, name)))
    }

    /// The client's certificate in DER form, verified.
    #[getter]
    fn peer_certificate<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.with(|session| session.peer_certificate().map(|der| PyBytes::new(py, der)))
    }
}
