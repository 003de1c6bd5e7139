//! Finds sensitive values in the bytes of a cell.

#![forbid(unsafe_code)]

mod detector;
mod finding;
mod spec;

pub use detector::Detector;
pub use finding::{EntityId, Evidence, Finding};
pub use spec::{EntitySpec, Error};
