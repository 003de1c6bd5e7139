//! One client's session.

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};

/// The session cannot go on; what is to be sent still tells the client why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failed;

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the TLS session failed")
    }
}

impl std::error::Error for Failed {}

/// The server's end of one TLS session.
#[derive(Debug)]
pub struct Session {
    connection: ServerConnection,
    closed: bool,
}

impl Session {
    pub(crate) fn new(config: Arc<ServerConfig>) -> Option<Self> {
        let mut connection = ServerConnection::new(config).ok()?;
        // What is sent is taken out at once, and how much that may be is for the caller to bound.
        connection.set_buffer_limit(None);
        Some(Self {
            connection,
            closed: false,
        })
    }

    /// Takes what came from the socket. Appends what the client said to `plain` and what is to be
    /// sent to `out`.
    ///
    /// # Errors
    /// When the client does not follow the protocol or is not trusted.
    pub fn receive(
        &mut self,
        mut data: &[u8],
        plain: &mut Vec<u8>,
        out: &mut Vec<u8>,
    ) -> Result<(), Failed> {
        while !data.is_empty() {
            let taken = self.connection.read_tls(&mut data).map_err(|_| Failed)?;
            let processed = self.connection.process_new_packets();
            self.take_outgoing(out);
            let state = processed.map_err(|_| Failed)?;
            let length = plain.len();
            plain.resize(length + state.plaintext_bytes_to_read(), 0);
            self.connection
                .reader()
                .read_exact(&mut plain[length..])
                .map_err(|_| Failed)?;
            self.closed |= state.peer_has_closed();
            if taken == 0 || self.closed {
                break;
            }
        }
        Ok(())
    }

    /// Encrypts plain text and appends it to `out`.
    pub fn send(&mut self, plain: &[u8], out: &mut Vec<u8>) {
        // Without a limit to its buffer the writer takes everything.
        let _ = self.connection.writer().write_all(plain);
        self.take_outgoing(out);
    }

    /// Appends the notice that nothing follows.
    pub fn send_close(&mut self, out: &mut Vec<u8>) {
        self.connection.send_close_notify();
        self.take_outgoing(out);
    }

    /// Whether the client has said that nothing follows.
    #[must_use]
    pub fn closed(&self) -> bool {
        self.closed
    }

    /// Whether the handshake is still under way.
    #[must_use]
    pub fn handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// The application protocol that was agreed on.
    #[must_use]
    pub fn protocol(&self) -> Option<&[u8]> {
        self.connection.alpn_protocol()
    }

    /// The client's certificate in DER form, verified; none if it showed none.
    #[must_use]
    pub fn peer_certificate(&self) -> Option<&[u8]> {
        self.connection
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(AsRef::as_ref)
    }

    fn take_outgoing(&mut self, out: &mut Vec<u8>) {
        // Writing to memory does not fail.
        while self.connection.wants_write() && self.connection.write_tls(out).is_ok() {}
    }
}
