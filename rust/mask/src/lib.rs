//! Replaces one cell of a result by a realistic value of the same type.
//!
//! [`CellMask`] is compiled from a type, an operator and a semantic domain; it takes the bytes of a
//! cell in PostgreSQL's text or binary format and appends the masked bytes in the same format.
//! [`CellScan`] walks the texts inside a cell and lets a [`TextScrubber`] replace what it finds.
//! [`CellReveal`] turns masked cells back where operator and type are bijections.
//!
//! Three rules hold for every type. A masked value is valid for its type, or the outcome is NULL.
//! Equal values of one semantic domain are equal after masking, in either format. The raw value is
//! never in the output, except where the answer depends on nothing but the class that it is in
//! (see `operators::change`).
//!
//! Layout: `keys` and `prf` give each semantic domain its keyed functions, `ff1` and `permutation`
//! build bijections on them, `siv` enciphers, `operators` replace a text, `types` know the formats, `cell` ties them
//! together, and `batch` lets numbers of several cells wait for each other.

#![forbid(unsafe_code)]
// Keyed choices take the low bits of wider numbers, wire formats mix signs, and every bound was
// checked before its cast.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]
// Oracles in tests are written to be obvious.
#![cfg_attr(
    test,
    allow(clippy::float_cmp, clippy::format_collect, clippy::needless_for_each)
)]

mod batch;
mod block;
mod cell;
mod divisor;
mod error;
mod ff1;
mod figure;
mod fresh;
mod keys;
mod layout;
mod number;
mod operators;
mod permutation;
mod prf;
mod reveal;
mod row;
mod siv;
mod spec;
mod stamp;
mod type_spec;
mod types;
mod words;

pub use batch::Batch;
pub use cell::{CellMask, CellScan, Format, Name, Outcome, TextScrubber};
pub use error::Error;
pub use fresh::FreshMask;
pub use keys::{Keyring, TenantKey};
pub use operators::national_id_entities;
pub use reveal::CellReveal;
pub use row::RowMask;
pub use spec::{
    Alphabet, BinAnswer, CategoryList, CharClass, ColumnRule, DatePart, Distribution, Encoding,
    HashEncoding, NamePart, OperatorSpec, PlacePart, TypeSpec,
};
