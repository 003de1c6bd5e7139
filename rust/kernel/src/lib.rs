//! `scrim._kernel`: the Python face of the native crates, and nothing else.
//!
//! Every class here is documented in `src/scrim/_kernel.pyi`, from which the types are checked.

use pyo3::prelude::*;

mod arrow;
mod detect;
mod log;
mod masking;
mod reactor;
mod relay;
mod ruling;
mod statements;
mod tls;
mod turning;

/// Chunks longer than this are worked on without the interpreter lock. Below it, giving the lock
/// away and taking it back costs more than the work.
const RELEASE_LOCK_BYTES: usize = 16 * 1024;

/// The compiled kernel behind `scrim.kernel`.
#[pymodule]
mod _kernel {
    #[pymodule_export]
    use super::arrow::PyBeside;
    #[pymodule_export]
    use super::detect::{classify_values, native_shapes, value_classes, PyDetector};
    #[pymodule_export]
    use super::log::PyAuditLog;
    #[pymodule_export]
    use super::masking::national_id_entities;
    #[pymodule_export]
    use super::masking::{PyKeyring, PyMasker, PyPlan};
    #[pymodule_export]
    use super::reactor::PyReactor;
    #[pymodule_export]
    use super::relay::PyRelay;
    #[pymodule_export]
    use super::ruling::{PyEpoch, PyRuling, PyShapes};
    #[pymodule_export]
    use super::statements::{analyse, essence, normalise, PyShapeHasher};

    #[pymodule_export]
    use super::tls::{PyTlsAcceptor, PyTlsSession};
    #[pymodule_export]
    use super::turning::PyTurning;

    use super::pyfunction;

    /// The version of the kernel that was compiled, to be compared with the package's own.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
