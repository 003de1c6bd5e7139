//! The event loop of established sessions.
//!
//! A session whose two sides are sockets of the operating system is *linked*: from then on its
//! bytes are read, taken through the relay and written by one thread that knows nothing of Python
//! and never waits for it. A statement of a known shape costs two reads and two writes here and
//! nothing elsewhere. What needs a decision is posted to the deciding side, which answers from its
//! own thread under the session's lock and goes on with the bytes itself; the other sessions do
//! not notice.
//!
//! Everything is edge-triggered: each side remembers whether it may have something to read, so
//! holding a side back costs no system call.

#![forbid(unsafe_code)]

mod link;
mod reactor;
mod sides;
mod socket;

pub use link::{Attention, Link, State};
pub use reactor::{LinkError, Reactor};
pub use sides::Sides;
pub use socket::Side;
