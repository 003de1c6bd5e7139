//! Sessions over real sockets: what moves by itself, what is posted, and what an end looks like.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use scrim_reactor::{Attention, Link, Reactor, Side, Sides};
use scrim_relay::{AuditLog, ClientNeed, Decision, DecisionSpec, Limits, Relay, Shapes};
use scrim_sql::ShapeHasher;

const PATIENCE: Duration = Duration::from_secs(10);
const CLIENT_WAITING_BYTES: usize = 64 * 1024;

/// A linked session with the far ends of its sockets.
struct Session {
    reactor: Reactor,
    link: Arc<Link>,
    key: usize,
    client: UnixStream,
    server: UnixStream,
}

fn relay() -> Relay {
    static FILES: AtomicU32 = AtomicU32::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("scrim-reactor-{}-{number}", std::process::id()));
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    Relay::new(
        "session-1".into(),
        true,
        Limits::default(),
        Arc::new(Mutex::new(Shapes::new(100))),
        Arc::new(Mutex::new(AuditLog::new(file, false))),
        Arc::new(Mutex::new(ShapeHasher::new([7; 16]))),
    )
}

fn side(stream: UnixStream) -> Side {
    stream.set_nonblocking(true).unwrap();
    Side {
        descriptor: OwnedFd::from(stream),
        first: Vec::new(),
        tls: None,
    }
}

fn session() -> Session {
    let reactor = Reactor::start().unwrap();
    let (client, near_client) = UnixStream::pair().unwrap();
    let (server, near_server) = UnixStream::pair().unwrap();
    for stream in [&client, &server] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
    }
    let link = Arc::new(Link::new(relay()));
    let sides = Sides::new(side(near_client), side(near_server), CLIENT_WAITING_BYTES);
    let key = reactor.link(&link, sides).unwrap();
    Session {
        reactor,
        link,
        key,
        client,
        server,
    }
}

/// The decision that lets everything pass.
fn permitted() -> Arc<Decision> {
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        raw: true,
        ..DecisionSpec::default()
    }))
}

impl Session {
    /// Waits until the session is posted with one of these bits open.
    fn posted(&self, bits: u8) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if self.reactor.take_posted().contains(&self.key)
                && self.link.lock().attention().bits() & bits != 0
            {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("nothing was posted");
    }

    /// Decides the statement that waits, for good.
    fn decide(&self) {
        self.posted(Attention::CLIENT);
        let mut state = self.link.lock();
        state.relay.decide(permitted(), true);
        state.client_chunk(b"");
    }

    fn said_to_server(&mut self, length: usize) -> Vec<u8> {
        let mut heard = vec![0; length];
        self.server.read_exact(&mut heard).unwrap();
        heard
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

fn query(text: &str) -> Vec<u8> {
    message(b'Q', format!("{text}\0").as_bytes())
}

fn answer() -> Vec<u8> {
    [message(b'C', b"SELECT 0\0"), message(b'Z', b"I")].concat()
}

#[test]
fn a_known_shape_passes_without_being_posted() {
    let mut session = session();
    for number in 0..3 {
        let sent = query(&format!("SELECT {number}"));
        session.client.write_all(&sent).unwrap();
        if number == 0 {
            session.decide();
        }
        assert_eq!(session.said_to_server(sent.len()), sent);
        session.server.write_all(&answer()).unwrap();
        let mut heard = vec![0; answer().len()];
        session.client.read_exact(&mut heard).unwrap();
        assert_eq!(heard, answer());
    }
    assert!(session.reactor.take_posted().is_empty());
}

#[test]
fn a_second_unknown_shape_is_posted_though_the_first_is_unanswered() {
    let mut session = session();
    let (first, second) = (query("SELECT 1"), query("SELECT 1, 2"));
    session.client.write_all(&first).unwrap();
    session.decide();
    session.said_to_server(first.len());
    session.client.write_all(&second).unwrap();
    session.decide();
    assert_eq!(session.said_to_server(second.len()), second);
}

#[test]
fn what_the_client_sent_while_it_was_held_back_follows_the_answer() {
    let mut session = session();
    let (first, second) = (query("SELECT 1"), query("SELECT 7"));
    session.client.write_all(&first).unwrap();
    session.posted(Attention::CLIENT);
    // It stays in the socket, because nothing is read while a decision is awaited.
    session.client.write_all(&second).unwrap();
    thread::sleep(Duration::from_millis(50));
    {
        let mut state = session.link.lock();
        assert!(matches!(
            state.relay.client_need(),
            Some(ClientNeed::Statement { .. })
        ));
        state.relay.decide(permitted(), true);
        state.client_chunk(b"");
        assert!(state.may_go_on());
    }
    session.reactor.nudge(session.key, &session.link);
    assert_eq!(
        session.said_to_server(first.len() + second.len()),
        [first, second].concat()
    );
}

#[test]
fn a_client_that_does_not_read_holds_the_data_store_back_and_loses_nothing() {
    let mut session = session();
    let sent = query("SELECT 1");
    session.client.write_all(&sent).unwrap();
    session.decide();
    session.said_to_server(sent.len());
    let row = message(
        b'D',
        &[&[0, 1, 0, 0, 4, 0], [b'x'; 1024].as_slice()].concat(),
    );
    let rows = 20_000;
    let mut result = row.repeat(rows);
    result.extend_from_slice(&answer());
    let mut server = session.server.try_clone().unwrap();
    server
        .set_write_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let mut written = 0;
    let stuck = loop {
        match server.write(&result[written..]) {
            Ok(count) => written += count,
            Err(error) => break error.kind(),
        }
    };
    assert!(matches!(stuck, ErrorKind::WouldBlock | ErrorKind::TimedOut));
    assert!(written < 4 << 20, "{written} bytes were taken");
    let whole = result.clone();
    let writer = thread::spawn(move || {
        server.set_write_timeout(Some(PATIENCE)).unwrap();
        server.write_all(&result[written..]).unwrap();
    });
    let mut heard = vec![0; whole.len()];
    session.client.read_exact(&mut heard).unwrap();
    writer.join().unwrap();
    assert!(heard == whole);
}

#[test]
fn a_client_that_vanishes_is_posted() {
    let session = session();
    drop(session.client.try_clone().unwrap());
    session.client.shutdown(std::net::Shutdown::Both).unwrap();
    session.posted(Attention::CLIENT_GONE);
}

#[test]
fn the_last_words_of_a_data_store_come_before_its_end() {
    let mut session = session();
    let sent = query("SELECT 1");
    session.client.write_all(&sent).unwrap();
    session.decide();
    session.said_to_server(sent.len());
    let words = message(b'E', b"SFATAL\0C57P01\0Mgoing\0\0");
    session.server.write_all(&words).unwrap();
    session.server.shutdown(std::net::Shutdown::Both).unwrap();
    let mut heard = vec![0; words.len()];
    session.client.read_exact(&mut heard).unwrap();
    assert_eq!(heard, words);
    session.posted(Attention::UPSTREAM_GONE);
}

#[test]
fn the_data_stores_socket_can_be_taken_out_and_used() {
    let mut session = session();
    let (taken, whole) = session.reactor.take_upstream(&session.link).unwrap();
    assert!(whole);
    let mut taken = UnixStream::from(taken);
    taken.write_all(b"again").unwrap();
    let mut heard = [0; 5];
    session.server.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"again");
    assert!(session.reactor.take_upstream(&session.link).is_none());
}

#[test]
fn a_closed_session_sends_its_last_words_to_a_slow_client_first() {
    let mut session = session();
    let words = vec![b'w'; 4 << 20];
    {
        session.link.lock().tell_client(&words);
    }
    session.reactor.close(session.key, &session.link);
    let mut heard = Vec::new();
    session.client.read_to_end(&mut heard).unwrap();
    assert!(heard == words);
    // The client may still say something, which must not cost it what it was told.
    session.client.write_all(&query("SELECT 1")).unwrap();
    let mut nothing = [0; 1];
    assert_eq!(session.server.read(&mut nothing).unwrap(), 0);
}

#[test]
fn an_aborted_session_is_gone_at_once() {
    let mut session = session();
    session.reactor.abort(session.key, &session.link);
    let mut nothing = [0; 1];
    assert_eq!(session.client.read(&mut nothing).unwrap(), 0);
    assert_eq!(session.server.read(&mut nothing).unwrap(), 0);
    assert!(!session.link.lock().linked());
}

#[test]
fn a_session_with_much_to_move_lets_others_have_their_turn() {
    let mut busy = session();
    let (other_client, near_client) = UnixStream::pair().unwrap();
    let (other_server, near_server) = UnixStream::pair().unwrap();
    other_server.set_read_timeout(Some(PATIENCE)).unwrap();
    let link = Arc::new(Link::new(relay()));
    let sides = Sides::new(side(near_client), side(near_server), CLIENT_WAITING_BYTES);
    let key = busy.reactor.link(&link, sides).unwrap();
    let sent = query("SELECT 1");
    busy.client.write_all(&sent).unwrap();
    busy.decide();
    busy.said_to_server(sent.len());
    let mut client = busy.client.try_clone().unwrap();
    let mut server = busy.server.try_clone().unwrap();
    let reader = thread::spawn(move || {
        let mut sink = vec![0; 1 << 20];
        while client.read(&mut sink).is_ok_and(|count| count > 0) {}
    });
    let row = message(
        b'D',
        &[&[0, 1, 0, 1, 0, 0], vec![b'x'; 65_536].as_slice()].concat(),
    );
    let writer = thread::spawn(move || {
        for _ in 0..2_000 {
            if server.write_all(&row).is_err() {
                return;
            }
        }
    });
    (&other_client).write_all(&sent).unwrap();
    let until = Instant::now() + PATIENCE;
    while !busy.reactor.take_posted().contains(&key) {
        assert!(Instant::now() < until, "the other session was not served");
        thread::sleep(Duration::from_millis(1));
    }
    busy.reactor.abort(busy.key, &busy.link);
    writer.join().unwrap();
    reader.join().unwrap();
}
