//! A relay with its log, and the messages that go in and out.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
pub(crate) use std::sync::Arc;
use std::sync::Mutex;

use scrim_detect::Detector;
use scrim_mask::{Keyring, TenantKey};
pub(crate) use scrim_relay::{
    AuditLog, ClientNeed, Decision, DecisionSpec, Limits, Output, Refusal, Relay, ServerNeed,
    Shapes,
};
pub(crate) use scrim_rows::copy::CopyOptions;
use scrim_rows::{Masker, Plan};
use scrim_sql::ShapeHasher;

pub(crate) static FILES: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Bench {
    pub(crate) relay: Relay,
    path: PathBuf,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(false, Limits::default())
    }

    pub(crate) fn with(raw: bool, limits: Limits) -> Self {
        let number = FILES.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("scrim-relay-{}-{number}", std::process::id()));
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap();
        Self {
            relay: relay(raw, limits, file),
            path,
        }
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.path).unwrap()
    }

    /// Feeds the client's bytes in pieces and answers every question by `decide`.
    pub(crate) fn client(
        &mut self,
        data: &[u8],
        piece: usize,
        decide: impl Fn(&[u8]) -> Arc<Decision>,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in data.chunks(piece) {
            collect(&mut out, self.relay.client(chunk), chunk);
            while let Some(ClientNeed::Statement { sql, .. }) = self.relay.client_need().cloned() {
                self.relay.decide(decide(&sql), false);
                collect(&mut out, self.relay.client(b""), b"");
            }
        }
        out
    }

    /// Continues after a barrier.
    pub(crate) fn resume(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        collect(&mut out, self.relay.client(b""), b"");
        out
    }

    /// Feeds the server's bytes in pieces, masking the second column of every result.
    pub(crate) fn server(&mut self, data: &[u8], piece: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for chunk in data.chunks(piece) {
            collect(&mut out, self.relay.server(chunk), chunk);
            loop {
                match self.relay.server_need().cloned() {
                    Some(ServerNeed::Fields { .. }) => self.relay.plan(masking_plan()),
                    Some(ServerNeed::Message { kind, .. }) => {
                        self.relay.message(message(kind, b"Mscrubbed\0\0"));
                    }
                    _ => break,
                }
                collect(&mut out, self.relay.server(b""), b"");
            }
        }
        out
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

pub(crate) fn relay(raw: bool, limits: Limits, file: File) -> Relay {
    Relay::new(
        "session-1".into(),
        raw,
        limits,
        Arc::new(Mutex::new(Shapes::new(100))),
        Arc::new(Mutex::new(AuditLog::new(file, false))),
        Arc::new(Mutex::new(ShapeHasher::new([7; 16]))),
    )
}

pub(crate) fn collect(out: &mut Vec<u8>, output: Output, chunk: &[u8]) {
    match output {
        Output::Nothing => {}
        Output::Same => out.extend_from_slice(chunk),
        Output::Bytes(bytes) => out.extend_from_slice(&bytes),
    }
}

pub(crate) fn masker() -> Masker {
    let detector = Arc::new(Detector::new(&[]).unwrap());
    let keys = Keyring::new(
        TenantKey::new(core::array::from_fn(|i| u8::try_from(i * 7 + 3).unwrap())),
        1,
    );
    Masker::new(
        keys,
        detector,
        r#"{"operators":{},"default":{"name":"redact"}}"#,
    )
    .unwrap()
}

pub(crate) fn masking_plan() -> Arc<Plan> {
    let rules = r#"{"columns":[{"action":"pass"},{"action":"mask","type":{"kind":"text"},
        "operator":{"name":"redact"},"domain":"contact.email"}]}"#;
    Arc::new(Plan::compile(rules, &masker()).unwrap())
}

pub(crate) fn decision(raw: bool, refusal: Option<&str>) -> Arc<Decision> {
    Arc::new(Decision::new(DecisionSpec {
        intent: br#"{"record":"intent""#.to_vec(),
        raw,
        refusal: refusal.map(|text| Refusal::new("42501", text, "")),
        ..DecisionSpec::default()
    }))
}

pub(crate) fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend_from_slice(&u32::try_from(body.len() + 4).unwrap().to_be_bytes());
    out.extend_from_slice(body);
    out
}

pub(crate) fn query(sql: &str) -> Vec<u8> {
    message(b'Q', format!("{sql}\0").as_bytes())
}

pub(crate) fn parse(name: &str, sql: &str) -> Vec<u8> {
    message(b'P', format!("{name}\0{sql}\0\0\0").as_bytes())
}

pub(crate) fn bind(portal: &str, statement: &str) -> Vec<u8> {
    message(
        b'B',
        format!("{portal}\0{statement}\0\0\0\0\0\0\0").as_bytes(),
    )
}

pub(crate) fn describe(kind: char, name: &str) -> Vec<u8> {
    message(b'D', format!("{kind}{name}\0").as_bytes())
}

pub(crate) fn execute(portal: &str) -> Vec<u8> {
    message(b'E', format!("{portal}\0\0\0\0\0").as_bytes())
}

pub(crate) fn close(kind: char, name: &str) -> Vec<u8> {
    message(b'C', format!("{kind}{name}\0").as_bytes())
}

pub(crate) fn sync() -> Vec<u8> {
    message(b'S', b"")
}

pub(crate) fn fields() -> Vec<u8> {
    let mut body = vec![0, 2];
    for name in ["id", "email"] {
        body.extend_from_slice(name.as_bytes());
        body.push(0);
        body.extend_from_slice(&[
            0, 0, 64, 0, 0, 1, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0,
        ]);
    }
    message(b'T', &body)
}

pub(crate) fn row(cells: &[Option<&str>]) -> Vec<u8> {
    let mut body = u16::try_from(cells.len()).unwrap().to_be_bytes().to_vec();
    for cell in cells {
        match cell {
            None => body.extend_from_slice(&(-1_i32).to_be_bytes()),
            Some(text) => {
                body.extend_from_slice(&u32::try_from(text.len()).unwrap().to_be_bytes());
                body.extend_from_slice(text.as_bytes());
            }
        }
    }
    message(b'D', &body)
}

pub(crate) fn complete(tag: &str) -> Vec<u8> {
    message(b'C', format!("{tag}\0").as_bytes())
}

pub(crate) fn ready(status: char) -> Vec<u8> {
    message(b'Z', &[u8::try_from(status).unwrap()])
}

pub(crate) fn error() -> Vec<u8> {
    message(
        b'E',
        b"SERROR\0C42601\0Msyntax error at or near \"raw@secret\"\0\0",
    )
}

pub(crate) const SECRET: &str = "ada@example.org";

pub(crate) fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

pub(crate) fn in_pieces(run: impl Fn(usize)) {
    for piece in [usize::MAX / 2, 1, 7] {
        run(piece);
    }
}

pub(crate) fn full_disk() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}
