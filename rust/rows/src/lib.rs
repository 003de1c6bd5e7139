//! Column plans, and the rewriting of result rows by them.
//!
//! A [`Plan`] says for every column of a result what happens to its cells. [`data_row`] applies it to
//! the body of a `DataRow` message, [`copy`] to the payload of `CopyData` in the three COPY formats,
//! [`arrow`] to columns in memory.
//! A row that does not fit its plan is an error and never passes.

#![forbid(unsafe_code)]

pub mod arrow;
mod beside;
mod clean;
pub mod copy;
pub mod copy_in;
mod counters;
pub mod data_row;
mod decimal;
mod error;
mod fixed;
mod masker;
mod neighbours;
mod plan;
mod shape;

pub use counters::Counters;
pub use error::RowError;
pub use fixed::Fixed;
pub use masker::{Masker, MaskerError};
pub use plan::{Column, Context, Plan};
pub use scrim_mask::{Batch, Format};
pub use shape::Shape;
