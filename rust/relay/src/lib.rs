//! The PostgreSQL session relay: both directions of a session after its startup, sans-IO.
//!
//! Bytes of the client go in by [`Relay::client`], bytes of the server by [`Relay::server`]; each
//! call takes a whole chunk and gives the bytes for the other side. A statement whose shape has a
//! [`Decision`] and a result whose description has a plan never leave this crate; nor does a
//! statement of a new shape that does the same as one for which there is a [`Ruling`]. For everything
//! else the relay stops at the message in question, keeps what follows, and says by
//! [`ClientNeed`] or [`ServerNeed`] what has to be decided.
//!
//! The law of the state, checked in `server.rs`: every message that the server answers has one
//! entry in the queue of pending requests, in the order in which the messages were forwarded, and
//! a row passes only while the entry at the front has a plan for it.
//!
//! A refused statement is replaced by a message that the server is sure to refuse too. So the
//! order of a pipeline, the skipping to Sync and the failure of the transaction are the server's
//! own; only the text of its error is ours.

#![forbid(unsafe_code)]

mod audit;
mod bind;
mod bounded;
mod client;
mod copying;
mod decision;
mod description;
mod failures;
mod filling;
mod forward;
mod message;
mod objects;
mod pending;
mod relay;
mod reshaping;
mod rowflow;
mod ruling;
mod server;
mod shapes;
mod spelling;
mod statistics;
mod turning;
mod turns;
mod wire;

pub use audit::{AuditFailure, AuditLog, Counts};
pub use bounded::{Naming, RowLimit};
pub use decision::{Decision, DecisionSpec, PlanSlot, Refusal};
pub use filling::Fill;
pub use forward::Output;
pub use message::Limits;
pub use relay::{ClientNeed, Relay, ServerNeed};
pub use ruling::{ColumnsRecord, Planned, Ruling, RulingScope};
pub use shapes::Shapes;
pub use statistics::{Moved, Statistics, Tally};
pub use turning::{Role, Turning};
pub use turns::TurnSpec;
