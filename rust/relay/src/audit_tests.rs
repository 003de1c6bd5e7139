use std::fs::OpenOptions;

use super::*;

#[test]
fn seconds_render_as_utc() {
    assert_eq!(render_second(0), "1970-01-01T00:00:00");
    assert_eq!(render_second(951_782_400), "2000-02-29T00:00:00");
    assert_eq!(render_second(1_798_761_599), "2026-12-31T23:59:59");
}

#[test]
fn a_full_disk_does_not_fill_memory() {
    let full = OpenOptions::new().append(true).open("/dev/full").unwrap();
    let mut log = AuditLog::new(full, false);
    let record = vec![b'x'; 1_000];
    let intent = Intent::whole(record.clone());
    let mut refused = 0;
    for _ in 0..2_000 {
        assert!(log.line(&record).is_err());
        assert!(log.columns(&record).is_err());
        assert!(log.record(&intent, "session-1", "query").is_err());
        refused += usize::from(
            log.intent_to_be_flushed(&intent, "session-1", "parse")
                .is_err(),
        );
        assert!(log.flush().is_err());
    }
    assert!(refused > 1_000);
    assert!(log.buffer.len() <= MAX_BUFFERED + 2_000);
}
