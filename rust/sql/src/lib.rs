//! Reads PostgreSQL statements, for three purposes of very different cost.
//!
//! - [`shape`] gives a 128-bit key that ignores literals, in a few hundred nanoseconds. Equal shapes
//!   take equal decisions, so that a statement seen before is never analysed again.
//! - [`normalise`] gives the text of a statement without its literals, for records.
//! - [`analyse`] parses with PostgreSQL's own grammar and reports [`Facts`]: what a statement does,
//!   what it touches, and what can flow into each column of its result. [`essence`] leaves out what
//!   no decision depends on.
//!
//! What the grammar refuses is an error here too, and what a function here does not understand is
//! reported as such: the callers refuse or mask it.
#![forbid(unsafe_code)]

mod analyse;
mod asking;
mod asking_functions;
mod combining;
mod compare;
mod compared;
mod defining;
mod depth;
mod essence;
mod facts;
mod fate;
mod flow;
mod held;
mod lexer;
mod literal;
mod normalise;
mod places;
mod queries;
mod query;
mod row_influence;
mod shape;
mod sources;
mod standing;
mod statement;
mod tree;
mod walk;

pub use analyse::{analyse, analyse_within, Limits, ParseError};
pub use essence::{essence, essence_json};
pub use facts::{
    Asking, ColumnName, Compared, Copy, Cte, Facts, Flow, Function, Joined, Mark, Name,
    OptionValue, Query, Reference, Relation, RowField, RowFunction, RowInfluence, Setting, Source,
    Target, Write,
};
pub use held::{influencing, Held, Influencing, Values};
pub use literal::{literals, quote, Literal, LiteralKind};
pub use normalise::normalise;
pub use places::{places, At, Place, Placed};
pub use shape::{shape, Shape, ShapeHasher};
