//! TLS towards clients, sans-IO: what came from the socket goes in, plain text and what is to be
//! sent come out.
//!
//! TLS 1.2 and 1.3 by `rustls`. Clients of databases do not resume sessions, so there are no
//! tickets, whose keys would have to be kept and turned.

#![forbid(unsafe_code)]

mod acceptor;
mod session;

pub use acceptor::{Acceptor, AcceptorError};
pub use session::{Failed, Session};
