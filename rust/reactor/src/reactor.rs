//! The thread that moves bytes, and how sessions come to it and leave it.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry, Token, Waker};
use scrim_relay::ClientNeed;
use slab::Slab;

use crate::link::{Event, Link, Turn};
use crate::sides::{Sides, Watch, CLIENT, UPSTREAM};
use crate::socket::{Buffers, Socket};

const EVENTS_PER_WAKE_UP: usize = 1024;
/// What is read at once. Larger chunks take fewer calls, smaller ones stay in the cache.
const READ_BYTES: usize = 128 * 1024;
/// How long a client that does not read may keep the last words of its session waiting.
const LINGER: Duration = Duration::from_secs(30);
/// How long a client that was told all may take to hang up.
const PART: Duration = Duration::from_secs(2);
const FAILED_POLL_PAUSE: Duration = Duration::from_millis(10);
const SWEEP: Duration = Duration::from_secs(1);
const WAKE: Token = Token(usize::MAX);

/// A session could not be linked.
#[derive(Debug)]
pub struct LinkError(std::io::Error);

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a socket could not be watched: {}", self.0.kind())
    }
}

impl std::error::Error for LinkError {}

/// Sessions by key, and when those that only wait for their last words to be read give up.
#[derive(Default)]
struct Table {
    links: Slab<Arc<Link>>,
    lingering: Vec<(Instant, usize, Arc<Link>)>,
    /// Sessions that may go on because of an answer.
    nudged: Vec<(usize, Arc<Link>)>,
}

impl Table {
    /// Forgets a session, unless its key is another one's by now.
    fn remove(&mut self, key: usize, link: &Arc<Link>) {
        if self
            .links
            .get(key)
            .is_some_and(|known| Arc::ptr_eq(known, link))
        {
            self.links.remove(key);
        }
    }
}

struct Shared {
    registry: Arc<Registry>,
    table: Mutex<Table>,
    /// Keys of sessions that the deciding side has to look at.
    posted: Mutex<Vec<usize>>,
    /// Written to when `posted` is no longer empty.
    bell: UnixStream,
    stopping: AtomicBool,
}

/// The event loop of one process.
pub struct Reactor {
    shared: Arc<Shared>,
    waker: Waker,
    listener: UnixStream,
    thread: Option<JoinHandle<()>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reactor {
    /// Starts the thread.
    ///
    /// # Errors
    /// When the system refuses a descriptor or the thread.
    pub fn start() -> std::io::Result<Self> {
        let poll = Poll::new()?;
        let waker = Waker::new(poll.registry(), WAKE)?;
        let (bell, listener) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        listener.set_nonblocking(true)?;
        let shared = Arc::new(Shared {
            registry: Arc::new(poll.registry().try_clone()?),
            table: Mutex::new(Table::default()),
            posted: Mutex::new(Vec::new()),
            bell,
            stopping: AtomicBool::new(false),
        });
        let of_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("scrim-reactor".into())
            .spawn(move || run(&of_thread, poll))?;
        Ok(Self {
            shared,
            waker,
            listener,
            thread: Some(thread),
        })
    }

    /// The descriptor that is readable while [`Self::take_posted`] has something to give.
    #[must_use]
    pub fn bell(&self) -> RawFd {
        self.listener.as_raw_fd()
    }

    /// Takes the keys of the sessions to look at, each at most a few times.
    #[must_use]
    pub fn take_posted(&self) -> Vec<usize> {
        let mut ring = [0; 64];
        while matches!((&self.listener).read(&mut ring), Ok(count) if count == ring.len()) {}
        std::mem::take(&mut *locked(&self.shared.posted))
    }

    /// Links a session to its sockets and begins to move its bytes; returns its key.
    ///
    /// # Errors
    /// When the sockets cannot be watched; they are closed then.
    pub fn link(&self, link: &Arc<Link>, sides: Sides) -> Result<usize, LinkError> {
        let mut state = link.lock();
        let client = sides.client.descriptor();
        let upstream = sides.upstream.as_ref().map(Socket::descriptor);
        let key = locked(&self.shared.table).links.insert(Arc::clone(link));
        // The thread may have an event of the session before this is done; it waits for the lock.
        state.sides = Some(sides);
        let watch = Watch {
            registry: Arc::clone(&self.shared.registry),
            key,
        };
        let mut watched = self.read(client, watch.token(CLIENT));
        if let (Ok(()), Some(upstream)) = (&watched, upstream) {
            watched = self.read(upstream, watch.token(UPSTREAM));
        }
        if let Err(error) = watched {
            state.sides = None;
            locked(&self.shared.table).remove(key, link);
            return Err(LinkError(error));
        }
        if let Some(sides) = &mut state.sides {
            sides.watch = Some(watch);
            sides.flush();
            sides.watch_writes();
        }
        Ok(key)
    }

    fn read(&self, descriptor: RawFd, token: Token) -> std::io::Result<()> {
        self.shared
            .registry
            .register(&mut SourceFd(&descriptor), token, Interest::READABLE)
    }

    /// Takes the data store's socket out of a session, if it is still there, and says whether
    /// everything was sent to it.
    #[must_use]
    pub fn take_upstream(&self, link: &Link) -> Option<(OwnedFd, bool)> {
        let mut state = link.lock();
        let upstream = state.sides.as_mut()?.upstream.take()?;
        let _ = self
            .shared
            .registry
            .deregister(&mut SourceFd(&upstream.descriptor()));
        let whole = upstream.waiting() == 0;
        (!upstream.ended).then(|| (upstream.into_descriptor(), whole))
    }

    /// Ends the client's side as soon as all is said, and the data store's at once.
    pub fn close(&self, key: usize, link: &Arc<Link>) {
        let mut state = link.lock();
        let leaves = state.relay.client_need() == Some(&ClientNeed::Terminated);
        let Some(sides) = &mut state.sides else {
            return;
        };
        sides.upstream = None;
        sides.client.closing = true;
        sides.client.send_close();
        sides.watch_writes();
        let said = sides.client.finished();
        if said && (leaves || sides.client.ended) {
            state.sides = None;
            drop(state);
            locked(&self.shared.table).remove(key, link);
            return;
        }
        drop(state);
        let until = Instant::now() + if said { PART } else { LINGER };
        locked(&self.shared.table)
            .lingering
            .push((until, key, Arc::clone(link)));
        // So that the thread takes leave of the client, and begins to count.
        self.nudge(key, link);
    }

    /// Ends both sides at once.
    pub fn abort(&self, key: usize, link: &Arc<Link>) {
        link.lock().sides = None;
        locked(&self.shared.table).remove(key, link);
    }

    /// Has the thread go on with a session of which the system tells nothing new, such as one that
    /// may have something to move after an answer.
    pub fn nudge(&self, key: usize, link: &Arc<Link>) {
        locked(&self.shared.table)
            .nudged
            .push((key, Arc::clone(link)));
        let _ = self.waker.wake();
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        if self.waker.wake().is_ok() {
            if let Some(thread) = self.thread.take() {
                let _ = thread.join();
            }
        }
    }
}

impl Shared {
    fn find(&self, key: usize) -> Option<Arc<Link>> {
        locked(&self.table).links.get(key).map(Arc::clone)
    }

    fn post(&self, key: usize) {
        let mut posted = locked(&self.posted);
        let silent = posted.is_empty();
        posted.push(key);
        drop(posted);
        if silent {
            // A full pipe rings already.
            let _ = (&self.bell).write(&[1]);
        }
    }

    /// Has a session take its turn, and does what follows; says whether it wants another one.
    ///
    /// A fault in one session's code ends that session and no other.
    fn serve(&self, key: usize, link: &Arc<Link>, turn: impl FnOnce(&Link) -> Turn) -> bool {
        let taken = catch_unwind(AssertUnwindSafe(|| turn(link)));
        let turn = taken.unwrap_or_else(|_| link.lock().give_up());
        self.after(key, link, turn)
    }

    /// Does what a turn asks for; says whether the session wants another one.
    fn after(&self, key: usize, link: &Arc<Link>, turn: Turn) -> bool {
        if turn.over {
            link.lock().sides = None;
            locked(&self.table).remove(key, link);
            return false;
        }
        if turn.post {
            self.post(key);
        }
        turn.more
    }

    /// Gives up on clients that do not take their last words; says when to look again.
    fn sweep(&self) -> Option<Duration> {
        let mut table = locked(&self.table);
        if table.lingering.is_empty() {
            return None;
        }
        let now = Instant::now();
        let mut given_up = Vec::new();
        let Table {
            links, lingering, ..
        } = &mut *table;
        lingering.retain(|(until, key, link)| {
            let waits = links
                .get(*key)
                .is_some_and(|known| Arc::ptr_eq(known, link));
            if waits && now >= *until {
                given_up.push((*key, Arc::clone(link)));
            }
            waits && now < *until
        });
        for (key, link) in &given_up {
            table.remove(*key, link);
        }
        drop(table);
        for (_, link) in given_up {
            link.lock().sides = None;
        }
        Some(SWEEP)
    }
}

fn run(shared: &Shared, mut poll: Poll) {
    let mut events = Events::with_capacity(EVENTS_PER_WAKE_UP);
    let mut buffers = Buffers::new(READ_BYTES);
    let mut again: Vec<(usize, Arc<Link>)> = Vec::new();
    while !shared.stopping.load(Ordering::Acquire) {
        let wait = if again.is_empty() {
            shared.sweep()
        } else {
            Some(Duration::ZERO)
        };
        match poll.poll(&mut events, wait) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            // Nobody else would serve the sessions.
            Err(_) => std::thread::sleep(FAILED_POLL_PAUSE),
        }
        let mut unfinished = Vec::new();
        for event in &events {
            if event.token() == WAKE {
                again.append(&mut locked(&shared.table).nudged);
                continue;
            }
            let key = event.token().0 / 2;
            let Some(link) = shared.find(key) else {
                continue;
            };
            let happened = Event {
                of_client: event.token().0 % 2 == CLIENT,
                readable: event.is_readable() || event.is_read_closed() || event.is_error(),
                last: event.is_read_closed() || event.is_error(),
            };
            if shared.serve(key, &link, |link| link.on_event(happened, &mut buffers)) {
                unfinished.push((key, link));
            }
        }
        for (key, link) in again.drain(..) {
            if shared.serve(key, &link, |link| link.go_on(&mut buffers)) {
                unfinished.push((key, link));
            }
        }
        again = unfinished;
    }
}
