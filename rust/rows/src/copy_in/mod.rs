//! Replacing values in the data of a COPY FROM (PostgreSQL manual, COPY, "File Formats").
//!
//! A [`CopyReader`] takes the payloads of `CopyData` messages in their order; a row may span
//! payloads, and what is incomplete is kept until the rest arrives, within a bound.
//!
//! Whoever sends the data may want the server to read it in another way than it is read here, so
//! that a value gets past. So rows and values are found just as the server finds them, what it
//! would read in two ways is an error, and every row goes on with a line feed of its own.

mod binary;
mod csv;
mod lines;
mod text;

use std::fmt;

use scrim_mask::Format;
use serde::Deserialize;

use crate::copy::CopyFormat;
use lines::LineEnd;

/// How the data of a COPY FROM is written, and which columns it is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomingOptions {
    /// `text`, `csv` or `binary`.
    pub format: CopyFormat,
    /// The byte between fields.
    pub delimiter: u8,
    /// What stands for NULL.
    pub null: String,
    /// What stands for the column's default.
    pub default: Option<String>,
    /// The quoting byte of CSV.
    pub quote: u8,
    /// The escaping byte inside CSV quotes.
    pub escape: u8,
    /// Whether the first line is no row.
    pub header: bool,
    /// The columns in the order of the fields.
    pub columns: Vec<IncomingColumn>,
}

/// A column that is filled.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomingColumn {
    /// Its name, for messages.
    pub name: String,
    /// Whether its values are replaced.
    #[serde(skip)]
    pub turned: bool,
    /// Whether what stands for NULL is a value there.
    pub force_not_null: bool,
    /// Whether what stands for NULL does so in quotes, too.
    pub force_null: bool,
}

/// Gives what stands in the place of a value of a column, by the column's place; none where the
/// value cannot be read.
pub type Turn<'a> = &'a mut dyn FnMut(usize, Format, &[u8]) -> Option<Vec<u8>>;

/// Why the data cannot go on. It has nothing of the data in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CopyFault {
    /// The row that it is about, from 1; a header is none.
    pub row: u64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// It has no value for a column.
    Missing(usize),
    /// It has more values than there are columns.
    Extra,
    /// The value for a column cannot be read.
    Unreadable(usize),
    /// It is longer than the bound.
    TooLong,
    /// It breaks the rules of its format.
    Format(&'static str),
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing(_) => "it has too few values",
            Self::Extra => "it has more values than there are columns",
            Self::Unreadable(_) => "a value cannot be turned back",
            Self::TooLong => "it is longer than the configured bound",
            Self::Format(what) => what,
        })
    }
}

/// What begins at a position of the data.
enum Found {
    /// A row, or the header; `body` is where its line end begins.
    Row { body: usize, end: usize },
    /// The mark that ends the data.
    Marker { end: usize },
    /// More is needed to tell.
    More,
}

#[derive(Debug, PartialEq, Eq)]
enum Stage {
    Header,
    Rows,
    Ended,
}

/// Replaces values in the data of one COPY FROM.
#[derive(Debug)]
pub struct CopyReader {
    pending: Vec<u8>,
    stage: Stage,
    /// Rows that went on.
    rows: u64,
    /// Bytes from the start of the row that have been looked at.
    searched: usize,
    in_quotes: bool,
    line_end: LineEnd,
    /// Fields of a binary row that are yet to be looked at.
    fields_left: Option<usize>,
    max_row_bytes: usize,
    /// The value in hand.
    value: Vec<u8>,
}

impl CopyReader {
    /// Starts the data of a COPY whose rows have at most `max_row_bytes`.
    #[must_use]
    pub fn new(options: &IncomingOptions, max_row_bytes: usize) -> Self {
        let header = options.header || options.format == CopyFormat::Binary;
        Self {
            pending: Vec::new(),
            stage: if header { Stage::Header } else { Stage::Rows },
            rows: 0,
            searched: 0,
            in_quotes: false,
            line_end: LineEnd::Unknown,
            fields_left: None,
            max_row_bytes,
            value: Vec::new(),
        }
    }

    /// Takes one payload and appends the rows that it completes to `out`, with other values.
    ///
    /// # Errors
    /// When the data breaks its format's rules, a row has another number of values than there are
    /// columns, is too long, or has a value that `turn` cannot read.
    pub fn payload(
        &mut self,
        options: &IncomingOptions,
        payload: &[u8],
        out: &mut Vec<u8>,
        turn: Turn<'_>,
    ) -> Result<(), CopyFault> {
        let row = |reader: &Self, kind| CopyFault {
            row: reader.rows + 1,
            kind,
        };
        if self.pending.is_empty() {
            let end = self
                .take(options, payload, false, out, turn)
                .map_err(|kind| row(self, kind))?;
            self.pending.extend_from_slice(&payload[end..]);
        } else {
            let mut pending = std::mem::take(&mut self.pending);
            pending.extend_from_slice(payload);
            let end = self
                .take(options, &pending, false, out, turn)
                .map_err(|kind| row(self, kind))?;
            pending.drain(..end);
            self.pending = pending;
        }
        if self.pending.len() > self.max_row_bytes {
            return Err(row(self, FaultKind::TooLong));
        }
        Ok(())
    }

    /// Ends the data: a last row without its line end goes on, too.
    ///
    /// # Errors
    /// As [`Self::payload`]; and when the data ends inside a row.
    pub fn finish(
        &mut self,
        options: &IncomingOptions,
        out: &mut Vec<u8>,
        turn: Turn<'_>,
    ) -> Result<(), CopyFault> {
        let pending = std::mem::take(&mut self.pending);
        let end = self.take(options, &pending, true, out, turn);
        match end {
            Ok(end) if end == pending.len() => Ok(()),
            Ok(_) => Err(FaultKind::Format("the data ends inside it")),
            Err(kind) => Err(kind),
        }
        .map_err(|kind| CopyFault {
            row: self.rows + 1,
            kind,
        })
    }

    /// Takes the whole rows of `data`, of which `last` says that nothing follows it; returns where
    /// they end.
    fn take(
        &mut self,
        options: &IncomingOptions,
        data: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        turn: Turn<'_>,
    ) -> Result<usize, FaultKind> {
        let mut start = 0;
        while start < data.len() {
            if self.stage == Stage::Ended {
                // What follows the mark in the text format is read by nobody.
                return match options.format {
                    CopyFormat::Text => Ok(data.len()),
                    _ => Err(FaultKind::Format("it follows the mark that ends the data")),
                };
            }
            let found = match options.format {
                CopyFormat::Text => self.text_row(data, start, last)?,
                CopyFormat::Csv => self.csv_row(options, data, start, last)?,
                CopyFormat::Binary if self.stage == Stage::Header => {
                    binary::header(&data[start..])?.map_or(Found::More, |length| Found::Row {
                        body: start + length,
                        end: start + length,
                    })
                }
                CopyFormat::Binary => self.binary_row(options, data, start)?,
            };
            let end = match found {
                Found::More => return Ok(start),
                Found::Marker { end } => {
                    self.stage = Stage::Ended;
                    out.extend_from_slice(&data[start..start + 2]);
                    if end > start + 2 {
                        out.push(b'\n');
                    }
                    end
                }
                Found::Row { body, end } => {
                    if end - start > self.max_row_bytes {
                        return Err(FaultKind::TooLong);
                    }
                    self.row(options, &data[start..body], out, &mut *turn)?;
                    end
                }
            };
            self.searched = 0;
            start = end;
        }
        Ok(start)
    }

    fn row(
        &mut self,
        options: &IncomingOptions,
        row: &[u8],
        out: &mut Vec<u8>,
        turn: Turn<'_>,
    ) -> Result<(), FaultKind> {
        let binary = options.format == CopyFormat::Binary;
        if !binary && memchr::memchr(0, row).is_some() {
            // The server's own search for the ends of rows goes wrong there before it objects.
            return Err(FaultKind::Format("it has a zero byte"));
        }
        if self.stage == Stage::Header {
            self.stage = Stage::Rows;
            out.extend_from_slice(row);
        } else {
            match options.format {
                CopyFormat::Text => text::row(options, row, &mut self.value, out, turn)?,
                CopyFormat::Csv => csv::row(options, row, &mut self.value, out, turn)?,
                CopyFormat::Binary => binary::row(options, row, out, turn)?,
            }
            self.rows += 1;
        }
        if !binary {
            out.push(b'\n');
        }
        Ok(())
    }
}

/// Appends a value that stays a whole field, by its place in the line: what is between two fields
/// that are replaced is copied in one piece.
struct Line<'a> {
    line: &'a [u8],
    copied: usize,
}

impl<'a> Line<'a> {
    fn new(line: &'a [u8]) -> Self {
        Self { line, copied: 0 }
    }

    /// Copies up to a field, which the caller writes, and leaves it out.
    fn replace(&mut self, start: usize, end: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.line[self.copied..start]);
        self.copied = end;
    }

    fn finish(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.line[self.copied..]);
    }
}
