//! One socket of a linked session: what it has to say, and what could not be said to it yet.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use scrim_tls::Session;

/// What one attempt to read gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// These, of which a TLS session may need more to make sense.
    Bytes(&'a [u8]),
    /// Nothing now.
    Nothing,
    /// The peer is gone.
    Ended,
}

/// How often a turn reads from a peer that nobody listens to any more.
const DROPS_PER_TURN: usize = 16;

/// What is read is put here, for all sessions of a thread in turn.
pub(crate) struct Buffers {
    raw: Vec<u8>,
    plain: Vec<u8>,
}

impl Buffers {
    pub(crate) fn new(size: usize) -> Self {
        Self {
            raw: vec![0; size],
            plain: Vec::new(),
        }
    }
}

/// A socket, what it is to be sent first, and its TLS session if it has one.
#[derive(Debug)]
pub struct Side {
    /// Connected and non-blocking.
    pub descriptor: OwnedFd,
    /// Sent before anything else, as it is.
    pub first: Vec<u8>,
    /// Established.
    pub tls: Option<Box<Session>>,
}

/// One side of a session.
///
/// `UnixStream` stands for any connected stream socket here: it reads and writes by the calls that
/// serve all of them, and never raises SIGPIPE.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of the socket's state"
)]
pub(crate) struct Socket {
    stream: UnixStream,
    tls: Option<Box<Session>>,
    out: Vec<u8>,
    sent: usize,
    /// Whether there may be something to read.
    readable: bool,
    /// Whether the peer said that nothing follows what can be read.
    last: bool,
    /// Whether the peer has been told that nothing follows.
    parted: bool,
    /// Whether the system tells when the peer takes bytes again.
    pub(crate) writes_watched: bool,
    /// Whether the peer takes nothing any more; what it said before can still be read.
    deaf: bool,
    /// Whether the peer is gone and everything it said was read.
    pub(crate) ended: bool,
    /// Whether nothing is to be read any more, and the socket goes when all is said.
    pub(crate) closing: bool,
}

impl Socket {
    pub(crate) fn new(side: Side) -> Self {
        Self {
            stream: UnixStream::from(side.descriptor),
            tls: side.tls,
            out: side.first,
            sent: 0,
            readable: true,
            last: false,
            parted: false,
            writes_watched: false,
            deaf: false,
            ended: false,
            closing: false,
        }
    }

    pub(crate) fn descriptor(&self) -> RawFd {
        self.stream.as_raw_fd()
    }

    /// Gives the socket away; what was not sent is lost.
    pub(crate) fn into_descriptor(self) -> OwnedFd {
        self.stream.into()
    }

    /// Notes that there may be something to read, the last thing perhaps.
    pub(crate) fn note_readable(&mut self, last: bool) {
        self.readable = true;
        self.last |= last;
    }

    /// Whether reading may give something.
    pub(crate) fn has_something(&self) -> bool {
        self.readable && !self.ended && !self.closing
    }

    /// Says that nothing follows, once all is said, and drops what the peer still says: closing a
    /// socket with something unread in it would take the last words from the peer. Returns whether
    /// the peer has hung up too, or cannot be told anything.
    pub(crate) fn part(&mut self, buffers: &mut Buffers) -> bool {
        self.flush();
        if !self.finished() {
            return false;
        }
        if !self.parted {
            self.parted = true;
            let _ = self.stream.shutdown(Shutdown::Write);
        }
        for _ in 0..DROPS_PER_TURN {
            if self.readable && !self.ended {
                self.receive(buffers);
            }
        }
        self.ended || self.deaf
    }

    /// Says, where the protocol knows such a thing, that nothing follows.
    pub(crate) fn send_close(&mut self) {
        if let Some(tls) = &mut self.tls {
            tls.send_close(&mut self.out);
        }
        self.flush();
    }

    /// Whether nothing more can be said to the peer.
    pub(crate) fn finished(&self) -> bool {
        self.ended || self.deaf || self.waiting() == 0
    }

    /// Bytes that wait to be sent.
    pub(crate) fn waiting(&self) -> usize {
        self.out.len() - self.sent
    }

    pub(crate) fn receive<'a>(&mut self, buffers: &'a mut Buffers) -> Received<'a> {
        let count = loop {
            match self.stream.read(&mut buffers.raw) {
                Ok(0) => {
                    self.ended = true;
                    return Received::Ended;
                }
                Ok(count) => break count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Received::Nothing;
                }
                Err(_) => {
                    self.ended = true;
                    return Received::Ended;
                }
            }
        };
        // A short read has emptied the socket, and what comes later is told anew.
        self.readable = count == buffers.raw.len() || self.last;
        if self.tls.is_some() {
            return self.decrypt(count, buffers);
        }
        Received::Bytes(&buffers.raw[..count])
    }

    fn decrypt<'a>(&mut self, count: usize, buffers: &'a mut Buffers) -> Received<'a> {
        let Some(tls) = &mut self.tls else {
            return Received::Nothing;
        };
        buffers.plain.clear();
        let failed = tls
            .receive(&buffers.raw[..count], &mut buffers.plain, &mut self.out)
            .is_err();
        let closed = tls.closed();
        self.flush();
        if failed || (closed && buffers.plain.is_empty()) {
            self.ended = true;
            return Received::Ended;
        }
        if closed {
            // The end comes after what was said before it.
            self.note_readable(true);
        }
        Received::Bytes(&buffers.plain)
    }

    /// Sends bytes, and keeps what cannot be sent now.
    pub(crate) fn send(&mut self, data: &[u8]) {
        if let Some(tls) = &mut self.tls {
            if !self.deaf {
                tls.send(data, &mut self.out);
                self.flush();
            }
            return;
        }
        let done = if self.waiting() == 0 {
            self.write(data)
        } else {
            0
        };
        if done < data.len() && !self.deaf {
            self.out.extend_from_slice(&data[done..]);
        }
    }

    /// As [`Self::send`], for bytes that need not be copied.
    pub(crate) fn send_owned(&mut self, data: Vec<u8>) {
        if self.waiting() > 0 || self.tls.is_some() {
            self.send(&data);
            return;
        }
        let done = self.write(&data);
        if done < data.len() && !self.deaf {
            self.out = data;
            self.sent = done;
        }
    }

    /// Sends what waits, as far as it can be sent now.
    pub(crate) fn flush(&mut self) {
        if self.waiting() == 0 {
            return;
        }
        let out = std::mem::take(&mut self.out);
        self.sent += self.write(&out[self.sent..]);
        if self.sent < out.len() && !self.deaf {
            self.out = out;
            self.forget_sent();
        } else {
            self.sent = 0;
        }
    }

    /// Drops what was sent, which a peer that always leaves something waiting would have kept for
    /// ever. Half of the buffer at least goes at once, so a byte is moved about once.
    fn forget_sent(&mut self) {
        if self.sent >= self.waiting() {
            self.out.drain(..self.sent);
            self.sent = 0;
        }
    }

    /// Writes as much as the system takes; returns how much that was.
    fn write(&mut self, data: &[u8]) -> usize {
        let mut done = 0;
        while done < data.len() && !self.deaf {
            match self.stream.write(&data[done..]) {
                Ok(count) => done += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => {
                    // Reading tells the rest: the last words, if there are any, and the end.
                    self.deaf = true;
                    self.note_readable(true);
                }
            }
        }
        done
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
