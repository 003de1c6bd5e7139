//! The append-only log as the data path writes it: JSON lines, one `write` for each batch.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::ruling::Intent;

/// The log could not be written; the statement must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditFailure;

impl fmt::Display for AuditFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the audit record could not be written")
    }
}

impl std::error::Error for AuditFailure {}

/// How many records there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Before statements.
    pub intents: u64,
    /// After them.
    pub outcomes: u64,
    /// Of what the columns of results get.
    pub columns: u64,
    /// Before statements that were refused since it could not be written.
    pub failures: u64,
}

/// Lines waiting to be written are bounded by this; then they are written without being asked.
const MAX_BUFFERED: usize = 256 * 1024;

/// One process's end of the audit log.
#[derive(Debug)]
pub struct AuditLog {
    file: File,
    sync: bool,
    buffer: Vec<u8>,
    written: u64,
    counts: Counts,
    sequence: u64,
    /// The second for which `clock` was rendered.
    second: u64,
    clock: String,
}

impl AuditLog {
    /// Writes to `file`, which was opened for appending. With `sync` every write reaches the disk
    /// before it counts.
    #[must_use]
    pub fn new(file: File, sync: bool) -> Self {
        Self {
            file,
            sync,
            buffer: Vec::new(),
            written: 0,
            counts: Counts::default(),
            sequence: 0,
            second: u64::MAX,
            clock: String::new(),
        }
    }

    /// Bytes written to the current file.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.written
    }

    /// The records of statements so far, in this file and those before it.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Continues in another file after writing what waits.
    ///
    /// # Errors
    /// When what waits cannot be written to the old file.
    pub fn rotate(&mut self, file: File) -> Result<(), AuditFailure> {
        self.flush()?;
        self.file = file;
        self.written = 0;
        Ok(())
    }

    /// Appends the record of a statement. Returns the sequence number that joins an intent with its
    /// outcome.
    pub(crate) fn intent(&mut self, intent: &Intent, session: &str, phase: &str) -> u64 {
        self.sequence += 1;
        self.counts.intents += 1;
        self.render_clock();
        intent.append_to(&mut self.buffer);
        let _ = writeln!(
            self.buffer,
            ",\"phase\":\"{phase}\",\"session\":\"{session}\",\"statement_id\":{},\"time\":\"{}\"}}",
            self.sequence, self.clock,
        );
        self.sequence
    }

    /// As [`Self::record`], but may leave the writing to the next [`Self::flush`].
    ///
    /// # Errors
    /// When too much waits already that cannot be written.
    pub(crate) fn intent_to_be_flushed(
        &mut self,
        intent: &Intent,
        session: &str,
        phase: &str,
    ) -> Result<(), AuditFailure> {
        if self.buffer.len() > MAX_BUFFERED {
            return self.record(intent, session, phase).map(|_| ());
        }
        self.intent(intent, session, phase);
        Ok(())
    }

    /// As [`Self::intent`], and writes it.
    ///
    /// # Errors
    /// When it is not written; a line of which nothing was written is taken back.
    pub(crate) fn record(
        &mut self,
        intent: &Intent,
        session: &str,
        phase: &str,
    ) -> Result<u64, AuditFailure> {
        let before = self.buffer.len();
        let id = self.intent(intent, session, phase);
        self.flush_from(before).inspect_err(|_| {
            self.counts.intents -= 1;
            self.counts.failures += 1;
        })?;
        Ok(id)
    }

    /// Appends the outcome of the statement `id`; it is written with the next intent or flush.
    pub(crate) fn outcome(&mut self, id: u64, session: &str, outcome: &Outcome<'_>) {
        self.counts.outcomes += 1;
        self.render_clock();
        let _ = writeln!(
            self.buffer,
            "{{\"record\":\"outcome\",\"session\":\"{session}\",\"statement_id\":{id},\"sqlstate\":\"{}\",\"rows\":{},\"duration_us\":{},\"time\":\"{}\"}}",
            outcome.sqlstate, outcome.rows, outcome.duration_us, self.clock,
        );
        if self.buffer.len() > MAX_BUFFERED {
            // A failure shows again at the next intent, which then is refused.
            let _ = self.flush();
        }
    }

    /// Appends a record of columns, to which its time is added, and writes it: `prefix` is a JSON
    /// object without its closing brace.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub(crate) fn columns(&mut self, prefix: &[u8]) -> Result<(), AuditFailure> {
        self.render_clock();
        let before = self.buffer.len();
        self.buffer.extend_from_slice(prefix);
        let _ = writeln!(self.buffer, ",\"time\":\"{}\"}}", self.clock);
        self.flush_from(before)
            .inspect_err(|_| self.counts.failures += 1)?;
        self.counts.columns += 1;
        Ok(())
    }

    /// Appends a line that Python rendered whole, with its line end, and writes it.
    ///
    /// # Errors
    /// As [`Self::record`].
    pub fn line(&mut self, line: &[u8]) -> Result<(), AuditFailure> {
        let before = self.buffer.len();
        self.buffer.extend_from_slice(line);
        self.flush_from(before)
    }

    /// Writes what waits. When that fails, the line that begins there is taken back, unless a part
    /// of it was written: what it is about does not happen, and a full disk must not fill memory.
    fn flush_from(&mut self, start: usize) -> Result<(), AuditFailure> {
        let line = self.buffer.len() - start;
        self.flush().inspect_err(|_| {
            if let Some(length) = self.buffer.len().checked_sub(line) {
                self.buffer.truncate(length);
            }
        })
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// When it cannot be written. What was not written stays and is tried again.
    pub fn flush(&mut self) -> Result<(), AuditFailure> {
        let mut done = 0;
        let mut failed = false;
        while done < self.buffer.len() {
            match self.file.write(&self.buffer[done..]) {
                Ok(0) => {
                    failed = true;
                    break;
                }
                Ok(count) => done += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => {
                    failed = true;
                    break;
                }
            }
        }
        self.written += u64::try_from(done).unwrap_or(0);
        self.buffer.drain(..done);
        if !failed && self.sync && done > 0 {
            failed = self.file.sync_data().is_err();
        }
        if failed {
            Err(AuditFailure)
        } else {
            Ok(())
        }
    }

    fn render_clock(&mut self) {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let second = now.as_secs();
        if second == self.second {
            self.clock.truncate(SECOND_LENGTH);
        } else {
            self.second = second;
            self.clock = render_second(second);
        }
        let _ = fmt::Write::write_fmt(
            &mut self.clock,
            format_args!(".{:06}Z", now.subsec_micros()),
        );
    }
}

/// Length of `2026-01-31T23:59:59`.
const SECOND_LENGTH: usize = 19;

/// Renders a Unix time in UTC (days to civil date after H. Hinnant's published algorithm).
fn render_second(second: u64) -> String {
    let days = second / 86_400 + 719_468;
    let of_day = second % 86_400;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// How a statement ended.
pub(crate) struct Outcome<'a> {
    /// `00000` on success.
    pub(crate) sqlstate: &'a str,
    pub(crate) rows: u64,
    pub(crate) duration_us: u128,
}

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;
