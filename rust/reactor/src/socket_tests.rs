use super::*;

const BOUND: usize = 256 * 1024;
const CHUNK: usize = 128 * 1024;

#[test]
fn what_was_sent_is_not_kept_for_a_peer_that_always_leaves_something_waiting() {
    let (near, mut far) = UnixStream::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    let mut socket = Socket::new(Side {
        descriptor: OwnedFd::from(near),
        first: Vec::new(),
        tls: None,
    });
    let chunk: Vec<u8> = (0..=255).cycle().take(CHUNK).collect();
    let mut heard = vec![0; 16 * 1024];
    let mut expected = 0_u8;
    for _ in 0..2_000 {
        while socket.waiting() <= BOUND {
            socket.send(&chunk);
        }
        far.read_exact(&mut heard).unwrap();
        for byte in &heard {
            assert_eq!(*byte, expected);
            expected = expected.wrapping_add(1);
        }
        socket.flush();
    }
    assert!(socket.out.len() <= 4 * (BOUND + CHUNK));
}
