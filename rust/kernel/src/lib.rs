//! `scrim._kernel`: the Python face of the native crates, and nothing else.

use pyo3::prelude::*;

/// The compiled kernel behind `scrim.kernel`.
#[pymodule]
mod _kernel {
    use super::pyfunction;

    /// The version of the kernel that was compiled, to be compared with the package's own.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
