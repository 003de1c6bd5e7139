//! One session: its relay and, while it is linked, its two sockets.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use scrim_relay::{ClientNeed, Output, Relay, ServerNeed};

use crate::sides::Sides;
use crate::socket::{Buffers, Received, Socket};

/// How much one session may read before the others have their turn.
const READS_PER_TURN: usize = 16;
/// What may wait for a data store that does not read before its client is held back.
const UPSTREAM_WAITING_BYTES: usize = 256 * 1024;

/// What the deciding side has to look at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Attention(u8);

impl Attention {
    /// The client's direction waits for an answer.
    pub const CLIENT: u8 = 1;
    /// The server's direction waits for an answer.
    pub const SERVER: u8 = 2;
    /// The client's socket has ended.
    pub const CLIENT_GONE: u8 = 4;
    /// The data store's socket has ended.
    pub const UPSTREAM_GONE: u8 = 8;

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u8 {
        self.0
    }
}

/// What happened on a socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) of_client: bool,
    pub(crate) readable: bool,
    pub(crate) last: bool,
}

/// What became of a turn.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// There is something new for the deciding side.
    pub(crate) post: bool,
    /// There is more to read, after the others.
    pub(crate) more: bool,
    /// The session is over and all is said.
    pub(crate) over: bool,
}

/// A relay, and the sockets that it is linked to.
pub struct Link {
    state: Mutex<State>,
}

/// What the lock of a link guards.
pub struct State {
    /// The session.
    pub relay: Relay,
    pub(crate) sides: Option<Sides>,
}

impl Link {
    /// A relay that is not linked: its bytes are handed in and out.
    #[must_use]
    pub fn new(relay: Relay) -> Self {
        Self {
            state: Mutex::new(State { relay, sides: None }),
        }
    }

    /// The session, for as long as the guard lives.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session, unless another thread is at work on it.
    pub fn try_lock(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(error)) => Some(error.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Notes what happened on a socket and moves what can be moved.
    pub(crate) fn on_event(&self, event: Event, buffers: &mut Buffers) -> Turn {
        let mut state = self.lock();
        if let Some(sides) = &mut state.sides {
            let side = if event.of_client {
                Some(&mut sides.client)
            } else {
                sides.upstream.as_mut()
            };
            if let (Some(side), true) = (side, event.readable) {
                side.note_readable(event.last);
            }
        }
        state.turn(buffers)
    }

    /// Goes on where the last turn stopped.
    pub(crate) fn go_on(&self, buffers: &mut Buffers) -> Turn {
        self.lock().turn(buffers)
    }
}

impl State {
    /// Whether sockets are linked, so that nothing is handed in or out.
    #[must_use]
    pub fn linked(&self) -> bool {
        self.sides.is_some()
    }

    /// What the deciding side has to look at now.
    #[must_use]
    pub fn attention(&self) -> Attention {
        let mut bits = match self.relay.client_need() {
            None | Some(ClientNeed::Barrier) => 0,
            Some(ClientNeed::Resume) if self.linked() => 0,
            Some(_) => Attention::CLIENT,
        };
        if self.relay.server_need().is_some() {
            bits |= Attention::SERVER;
        }
        if let Some(sides) = &self.sides {
            if sides.client.ended {
                bits |= Attention::CLIENT_GONE;
            }
            if sides.upstream.as_ref().is_some_and(|side| side.ended) {
                bits |= Attention::UPSTREAM_GONE;
            }
        }
        Attention(bits)
    }

    /// Sends the client something of the gateway's own.
    pub fn tell_client(&mut self, data: &[u8]) {
        if let Some(sides) = &mut self.sides {
            sides.client.send(data);
            sides.watch_writes();
        }
    }

    /// Sends the data store something of the gateway's own.
    pub fn tell_upstream(&mut self, data: &[u8]) {
        if let Some(side) = self
            .sides
            .as_mut()
            .and_then(|sides| sides.upstream.as_mut())
        {
            side.send(data);
        }
        if let Some(sides) = &mut self.sides {
            sides.watch_writes();
        }
    }

    /// Whether the client has sent something since this was last asked.
    pub fn take_activity(&mut self) -> bool {
        self.sides
            .as_mut()
            .is_some_and(|sides| std::mem::take(&mut sides.active))
    }

    /// Takes a chunk of the client, or goes on after an answer. Returns the bytes for the data
    /// store of a session that is not linked; a linked session has sent them.
    pub fn client_chunk(&mut self, data: &[u8]) -> Output {
        let output = self.relay.client(data);
        if self.linked() {
            self.forward_to_upstream(output, data);
            self.answered();
            return Output::Nothing;
        }
        output
    }

    /// As [`Self::client_chunk`], for the data store's side.
    pub fn server_chunk(&mut self, data: &[u8]) -> Output {
        let output = self.relay.server(data);
        if self.linked() {
            self.forward_to_client(output, data);
            self.answered();
            return Output::Nothing;
        }
        output
    }

    /// Whether a turn may move something: what an answer let go on is not told by the system.
    #[must_use]
    pub fn may_go_on(&self) -> bool {
        self.relay.client_need() == Some(&ClientNeed::Resume)
            || self.sides.as_ref().is_some_and(|sides| {
                sides.client.has_something()
                    || sides.upstream.as_ref().is_some_and(Socket::has_something)
            })
    }

    /// The deciding side sees what is open after its answer by itself.
    fn answered(&mut self) {
        let bits = self.attention().bits();
        if let Some(sides) = &mut self.sides {
            sides.posted = bits;
            sides.watch_writes();
        }
    }

    fn forward_to_upstream(&mut self, output: Output, chunk: &[u8]) {
        if let Some(side) = self
            .sides
            .as_mut()
            .and_then(|sides| sides.upstream.as_mut())
        {
            forward(side, output, chunk);
        }
    }

    fn forward_to_client(&mut self, output: Output, chunk: &[u8]) {
        if let Some(sides) = &mut self.sides {
            forward(&mut sides.client, output, chunk);
        }
    }

    /// Lets nothing pass any more, after a fault; the deciding side ends the session.
    pub(crate) fn give_up(&mut self) -> Turn {
        if let Some(sides) = &mut self.sides {
            sides.client.ended = true;
            if let Some(side) = &mut sides.upstream {
                side.ended = true;
            }
        }
        Turn {
            post: true,
            ..Turn::default()
        }
    }

    /// Moves bytes both ways until nothing can be moved, or it is the others' turn.
    pub(crate) fn turn(&mut self, buffers: &mut Buffers) -> Turn {
        if let Some(sides) = &mut self.sides {
            sides.flush();
        }
        let mut reads = 0;
        while self.sides.is_some() && reads < READS_PER_TURN {
            let moved = self.client_to_upstream(buffers) | self.upstream_to_client(buffers);
            if !moved {
                break;
            }
            reads += 1;
        }
        if let Some(sides) = &mut self.sides {
            sides.watch_writes();
        }
        let bits = self.attention().bits();
        let Some(sides) = &mut self.sides else {
            return Turn::default();
        };
        let post = bits & !sides.posted != 0;
        sides.posted = bits;
        let parting = sides.client.closing && sides.upstream.is_none();
        Turn {
            post,
            more: reads == READS_PER_TURN,
            over: parting && sides.client.part(buffers),
        }
    }

    fn client_to_upstream(&mut self, buffers: &mut Buffers) -> bool {
        if self.relay.client_need() == Some(&ClientNeed::Resume) {
            let output = self.relay.client(b"");
            self.forward_to_upstream(output, b"");
            return true;
        }
        let Some(sides) = &mut self.sides else {
            return false;
        };
        let Some(upstream) = &mut sides.upstream else {
            return false;
        };
        if !sides.client.has_something() {
            return false;
        }
        if self.relay.client_need().is_some()
            || self.relay.server_need() == Some(&ServerNeed::Close)
            || upstream.waiting() > UPSTREAM_WAITING_BYTES
            || upstream.ended
        {
            return false;
        }
        match sides.client.receive(buffers) {
            Received::Bytes(data) => {
                sides.active = true;
                let output = self.relay.client(data);
                self.forward_to_upstream(output, data);
                true
            }
            Received::Nothing | Received::Ended => false,
        }
    }

    fn upstream_to_client(&mut self, buffers: &mut Buffers) -> bool {
        let Some(sides) = &mut self.sides else {
            return false;
        };
        let Some(upstream) = &mut sides.upstream else {
            return false;
        };
        if !upstream.has_something() || self.relay.server_need().is_some() {
            return false;
        }
        if sides.client.waiting() > sides.client_waiting_bytes || sides.client.ended {
            return false;
        }
        match upstream.receive(buffers) {
            Received::Bytes(data) => {
                let output = self.relay.server(data);
                self.forward_to_client(output, data);
                true
            }
            Received::Nothing | Received::Ended => false,
        }
    }
}

fn forward(side: &mut Socket, output: Output, chunk: &[u8]) {
    match output {
        Output::Nothing => {}
        Output::Same => side.send(chunk),
        Output::Bytes(bytes) => side.send_owned(bytes),
    }
}
