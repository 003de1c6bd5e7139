//! Rewriting of COPY streams (PostgreSQL manual, COPY, "File Formats").
//!
//! A [`CopyRewriter`] takes the payloads of `CopyData` messages in their order. A row may span
//! payloads: what is incomplete is kept until the rest arrives, within a bound.

mod binary;
mod bound;
mod csv;
pub(crate) mod text;

use bound::Bound;
use scrim_mask::Batch;
use serde::Deserialize;

use crate::counters::Counters;
use crate::error::RowError;
use crate::plan::Plan;
use crate::shape::Shape;

/// The options of a COPY TO that change the bytes of its stream.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CopyOptions {
    /// `text`, `csv` or `binary`.
    pub format: CopyFormat,
    /// The byte between fields.
    pub delimiter: u8,
    /// What stands for NULL.
    pub null: String,
    /// The quoting byte of CSV.
    pub quote: u8,
    /// The escaping byte inside CSV quotes.
    pub escape: u8,
    /// Whether the first line holds column names.
    pub header: bool,
}

/// The three formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyFormat {
    /// Tab-separated with backslash escapes.
    Text,
    /// Comma-separated values.
    Csv,
    /// Length-prefixed fields in binary send format.
    Binary,
}

impl Default for CopyOptions {
    fn default() -> Self {
        Self {
            format: CopyFormat::Text,
            delimiter: b'\t',
            null: "\\N".into(),
            quote: b'"',
            escape: b'"',
            header: false,
        }
    }
}

/// Rewrites one COPY stream.
#[derive(Debug)]
pub struct CopyRewriter {
    options: CopyOptions,
    pending: Vec<u8>,
    /// Bytes of `pending` already searched for the end of a row.
    searched: usize,
    in_quotes: bool,
    header_done: bool,
    trailer_seen: bool,
    max_row_bytes: usize,
    bound: Bound,
}

impl CopyRewriter {
    /// Starts a stream whose rows have at most `max_row_bytes`.
    #[must_use]
    pub fn new(options: CopyOptions, max_row_bytes: usize) -> Self {
        let header_done = !options.header && options.format != CopyFormat::Binary;
        Self {
            options,
            pending: Vec::new(),
            searched: 0,
            in_quotes: false,
            header_done,
            trailer_seen: false,
            max_row_bytes,
            bound: Bound::default(),
        }
    }

    /// Gives so many rows and no more; `u64::MAX` is no bound.
    #[must_use]
    pub fn with_at_most(mut self, rows: u64) -> Self {
        self.bound.left = (rows != u64::MAX).then_some(rows);
        self
    }

    /// Whether rows are counted against a bound.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.bound.left.is_some()
    }

    /// Whether there was a row more than the bound.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.bound.over
    }

    /// The rows that were given since this was last called.
    pub fn take_sent(&mut self) -> u64 {
        std::mem::take(&mut self.bound.sent)
    }

    /// The rows that were left out since this was last called.
    pub fn take_dropped(&mut self) -> u64 {
        std::mem::take(&mut self.bound.dropped)
    }

    /// Takes one payload and appends the rewritten bytes of the rows that it completes to `out`.
    ///
    /// # Errors
    /// When the stream breaks its format's rules, a row does not fit the plan, or is too long.
    pub fn payload(
        &mut self,
        plan: &Plan,
        payload: &[u8],
        out: &mut Vec<u8>,
        counters: &mut Counters,
    ) -> Result<(), RowError> {
        let mut batch = Batch::default();
        self.payload_batched(plan, payload, out, &mut batch, counters)?;
        batch.flush(out);
        Ok(())
    }

    /// As [`Self::payload`], but parts of the rows may wait in the batch, which the caller flushes
    /// before it sends `out` and before it cuts or moves what is in it.
    ///
    /// # Errors
    /// As [`Self::payload`]; nothing of the payload then waits in the batch.
    pub fn payload_batched(
        &mut self,
        plan: &Plan,
        payload: &[u8],
        out: &mut Vec<u8>,
        batch: &mut Batch,
        counters: &mut Counters,
    ) -> Result<(), RowError> {
        let start = out.len();
        let result = self.take(plan, payload, out, batch, counters);
        if result.is_err() {
            batch.cut(start);
        }
        result
    }

    fn take(
        &mut self,
        plan: &Plan,
        payload: &[u8],
        out: &mut Vec<u8>,
        batch: &mut Batch,
        counters: &mut Counters,
    ) -> Result<(), RowError> {
        if self.pending.is_empty() {
            // The server sends whole rows, which need not be kept.
            let end = self.rows(plan, payload, out, batch, counters)?;
            self.pending.extend_from_slice(&payload[end..]);
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(payload);
            let end = self.rows(plan, &pending, out, batch, counters)?;
            pending.drain(..end);
            self.pending = pending;
        }
        if self.pending.len() > self.max_row_bytes {
            return Err(RowError::CopyFormat(
                "a row is longer than the configured bound",
            ));
        }
        Ok(())
    }

    /// Rewrites the whole rows of `data`; returns where they end.
    fn rows(
        &mut self,
        plan: &Plan,
        data: &[u8],
        out: &mut Vec<u8>,
        batch: &mut Batch,
        counters: &mut Counters,
    ) -> Result<usize, RowError> {
        let mut start = 0;
        while let Some(end) = self.row_end(data, start)? {
            self.row(plan, &data[start..end], out, batch, counters)?;
            start = end;
        }
        self.searched -= start;
        Ok(start)
    }

    /// Ends the stream: a last row without its line end is rewritten too.
    ///
    /// # Errors
    /// As [`Self::payload`]; and when a binary stream stops inside a tuple.
    pub fn finish(
        &mut self,
        plan: &Plan,
        out: &mut Vec<u8>,
        counters: &mut Counters,
    ) -> Result<(), RowError> {
        if self.options.format == CopyFormat::Binary {
            return match (self.pending.is_empty(), self.trailer_seen) {
                (true, true) => Ok(()),
                _ => Err(RowError::CopyFormat(
                    "the binary stream ends without its trailer",
                )),
            };
        }
        if self.pending.is_empty() {
            return Ok(());
        }
        if self.in_quotes {
            return Err(RowError::CopyFormat("the stream ends inside quotes"));
        }
        let row = std::mem::take(&mut self.pending);
        self.searched = 0;
        let mut batch = Batch::default();
        self.row(plan, &row, out, &mut batch, counters)?;
        batch.flush(out);
        Ok(())
    }

    /// The end of the row that starts at `start`, past its line end, if it is complete.
    fn row_end(&mut self, data: &[u8], start: usize) -> Result<Option<usize>, RowError> {
        let from = self.searched.max(start);
        match self.options.format {
            CopyFormat::Text => {
                // A line feed inside a value is always written as an escape.
                let end = memchr::memchr(b'\n', &data[from..]).map(|at| from + at + 1);
                self.searched = end.unwrap_or(data.len());
                Ok(end)
            }
            CopyFormat::Csv => Ok(self.csv_row_end(data, from)),
            CopyFormat::Binary => {
                let end = if self.header_done {
                    binary::tuple_end(&data[start..])?
                } else {
                    binary::header_end(&data[start..])?
                };
                let end = end.map(|length| start + length);
                self.searched = end.unwrap_or(start);
                Ok(end)
            }
        }
    }

    fn csv_row_end(&mut self, data: &[u8], from: usize) -> Option<usize> {
        // Where the escape is the quote itself, a doubled quote leaves and enters the quotes and
        // the state after both is right. Any other escape hides the byte after it.
        let CopyOptions { quote, escape, .. } = self.options;
        let mut at = from;
        while let Some(found) = if self.in_quotes {
            memchr::memchr2(quote, escape, &data[at..])
        } else {
            memchr::memchr2(quote, b'\n', &data[at..])
        } {
            at += found;
            let byte = data[at];
            if self.in_quotes && byte == escape && escape != quote {
                if at + 1 == data.len() {
                    self.searched = at;
                    return None;
                }
                at += 2;
                continue;
            }
            at += 1;
            if byte == quote {
                self.in_quotes = !self.in_quotes;
            } else {
                self.searched = at;
                return Some(at);
            }
        }
        self.searched = data.len();
        None
    }

    fn row(
        &mut self,
        plan: &Plan,
        row: &[u8],
        out: &mut Vec<u8>,
        batch: &mut Batch,
        counters: &mut Counters,
    ) -> Result<(), RowError> {
        if !self.header_done {
            self.header_done = true;
            match plan
                .shape()
                .filter(|_| self.options.format != CopyFormat::Binary)
            {
                Some(shape) => {
                    let line = self.reshaped(&shape.of_header(), row)?;
                    out.extend_from_slice(&line.unwrap_or_default());
                }
                None => out.extend_from_slice(row),
            }
            return Ok(());
        }
        let trailer = match self.options.format {
            CopyFormat::Text => row.starts_with(b"\\.\n") || row.starts_with(b"\\.\r\n"),
            CopyFormat::Csv => false,
            CopyFormat::Binary => row == [0xff, 0xff],
        };
        let reshaped;
        let row = match plan.shape().filter(|_| !trailer) {
            None => row,
            Some(shape) => {
                let Some(kept) = self.reshaped(shape, row)? else {
                    self.bound.dropped += 1;
                    return Ok(());
                };
                reshaped = kept;
                reshaped.as_slice()
            }
        };
        if !trailer && !self.bound.takes() {
            return Ok(());
        }
        match self.options.format {
            CopyFormat::Text => text::row(&self.options, plan, row, out, batch, counters)?,
            CopyFormat::Csv => csv::row(&self.options, plan, row, out, batch, counters)?,
            CopyFormat::Binary => {
                if self.trailer_seen {
                    return Err(RowError::CopyFormat("bytes after the trailer"));
                }
                self.trailer_seen = binary::tuple(plan, row, out, batch, counters)?;
            }
        }
        counters.rows += 1;
        Ok(())
    }

    /// A row without what is left out of it; none where it is left out itself.
    fn reshaped(&self, shape: &Shape, row: &[u8]) -> Result<Option<Vec<u8>>, RowError> {
        match self.options.format {
            CopyFormat::Text => text::reshape(&self.options, shape, row),
            CopyFormat::Csv => csv::reshape(&self.options, shape, row),
            CopyFormat::Binary => binary::reshape(shape, row),
        }
    }
}

/// A line of fields with its line end.
fn line_of(fields: &[&[u8]], delimiter: u8, end: &[u8]) -> Vec<u8> {
    let mut line = fields.join(&delimiter);
    line.extend_from_slice(end);
    line
}

/// Splits a row from its line end (`\n`, `\r\n` or none).
fn split_line_end(row: &[u8]) -> (&[u8], &[u8]) {
    let length = match row {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    };
    row.split_at(row.len() - length)
}
