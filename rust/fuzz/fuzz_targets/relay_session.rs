//! A session whose both sides send anything: no panic, and no row passes without a plan.
#![no_main]

use std::fs::OpenOptions;
use std::sync::{Arc, Mutex};

use libfuzzer_sys::fuzz_target;
use scrim_relay::{
    AuditLog, ClientNeed, Decision, DecisionSpec, Limits, Output, Relay, ServerNeed, Shapes,
};
use scrim_sql::ShapeHasher;

/// Stands in every row of the server, and must never reach the client.
const CANARY: &[u8] = b"canary-7f3a";

fn row() -> Vec<u8> {
    let mut body = vec![0, 1];
    body.extend_from_slice(&u32::try_from(CANARY.len()).unwrap_or(0).to_be_bytes());
    body.extend_from_slice(CANARY);
    let mut message = vec![b'D'];
    message.extend_from_slice(&u32::try_from(body.len() + 4).unwrap_or(0).to_be_bytes());
    message.extend_from_slice(&body);
    message
}

fn leaks(output: &Output, input: &[u8]) -> bool {
    let bytes = match output {
        Output::Nothing => return false,
        Output::Same => input,
        Output::Bytes(bytes) => bytes,
    };
    bytes.windows(CANARY.len()).any(|window| window == CANARY)
}

fuzz_target!(|steps: Vec<(u8, &[u8])>| {
    let log = OpenOptions::new()
        .append(true)
        .open("/dev/null")
        .expect("/dev/null");
    let limits = Limits {
        statement_bytes: 1 << 16,
        message_bytes: 1 << 16,
        row_bytes: 1 << 16,
        ..Limits::default()
    };
    let mut relay = Relay::new(
        "fuzz".into(),
        false,
        limits,
        Arc::new(Mutex::new(Shapes::new(4))),
        Arc::new(Mutex::new(AuditLog::new(log, false))),
        Arc::new(Mutex::new(ShapeHasher::new([7; 16]))),
    );
    for (choice, data) in steps.into_iter().take(64) {
        if choice & 1 == 0 {
            relay.client(data);
            while matches!(relay.client_need(), Some(ClientNeed::Statement { .. })) {
                let spec = DecisionSpec {
                    intent: b"{\"a\":1".to_vec(),
                    ..DecisionSpec::default()
                };
                relay.decide(Arc::new(Decision::new(spec)), choice & 2 == 0);
                relay.client(b"");
            }
            if relay.client_need() == Some(&ClientNeed::Resume) {
                relay.client(b"");
            }
        } else {
            let bytes = if choice & 2 == 0 {
                row()
            } else {
                data.to_vec()
            };
            if bytes.windows(4).any(|window| window == &CANARY[..4]) && choice & 2 != 0 {
                continue; // the canary comes in rows only
            }
            let output = relay.server(&bytes);
            assert!(!leaks(&output, &bytes));
            if let Some(ServerNeed::Message { .. }) = relay.server_need() {
                relay.message(Vec::new());
                assert!(!leaks(&relay.server(b""), b""));
            }
        }
    }
    let _ = relay.quiet();
});
