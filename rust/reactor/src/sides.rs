//! The two sockets of a linked session, and when the system is asked about them.

use std::sync::Arc;

use mio::unix::SourceFd;
use mio::{Interest, Registry, Token};

use crate::socket::{Side, Socket};

/// The two sockets of a linked session.
#[derive(Debug)]
pub struct Sides {
    pub(crate) client: Socket,
    /// Gone when the session has given it back.
    pub(crate) upstream: Option<Socket>,
    /// Answers of the data store that may wait for the client before no more are read.
    pub(crate) client_waiting_bytes: usize,
    /// What has been posted and not yet been dealt with.
    pub(crate) posted: u8,
    /// Who has the system tell when a socket takes bytes again.
    pub(crate) watch: Option<Watch>,
    /// Whether the client has sent something since it was last asked.
    pub(crate) active: bool,
}

impl Sides {
    /// Joins two connected, non-blocking sockets.
    ///
    /// `client_waiting_bytes` may wait for a client before no more answers are read.
    #[must_use]
    pub fn new(client: Side, upstream: Side, client_waiting_bytes: usize) -> Self {
        Self {
            client: Socket::new(client),
            upstream: Some(Socket::new(upstream)),
            client_waiting_bytes,
            posted: 0,
            watch: None,
            active: true,
        }
    }

    pub(crate) fn flush(&mut self) {
        self.client.flush();
        if let Some(side) = &mut self.upstream {
            side.flush();
        }
    }

    /// Has the system tell when a socket that took no more takes bytes again.
    pub(crate) fn watch_writes(&mut self) {
        if let Some(watch) = &self.watch {
            watch.writes(&mut self.client, CLIENT);
            if let Some(side) = &mut self.upstream {
                watch.writes(side, UPSTREAM);
            }
        }
    }
}

/// Sides of a session, as its tokens count them.
pub(crate) const CLIENT: usize = 0;
pub(crate) const UPSTREAM: usize = 1;

/// Where a session's sockets are watched, and its key there.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) registry: Arc<Registry>,
    pub(crate) key: usize,
}

impl Watch {
    pub(crate) fn token(&self, side: usize) -> Token {
        Token(self.key * 2 + side)
    }

    /// Most sockets always take what they are given, so they are watched only once they do not.
    fn writes(&self, socket: &mut Socket, side: usize) {
        if socket.waiting() == 0 || socket.writes_watched {
            return;
        }
        let watched = self.registry.reregister(
            &mut SourceFd(&socket.descriptor()),
            self.token(side),
            Interest::READABLE | Interest::WRITABLE,
        );
        if watched.is_err() {
            // Without it the session would stand still for ever.
            socket.ended = true;
        }
        socket.writes_watched = true;
    }
}
