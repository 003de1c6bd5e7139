//! Where the rows of the text and CSV formats end (`CopyReadLineText` of the server).

use super::{CopyReader, FaultKind, Found, IncomingOptions};

/// What ends a line: that which ended the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    Unknown,
    LineFeed,
    Return,
    Both,
}

const MIXED: FaultKind = FaultKind::Format("its line ends in another way than the first");
const NOT_ALONE: FaultKind =
    FaultKind::Format("the mark that ends the data is not alone on its line");

impl CopyReader {
    /// A backslash hides the byte that follows it, also a line end.
    pub(super) fn text_row(
        &mut self,
        data: &[u8],
        start: usize,
        last: bool,
    ) -> Result<Found, FaultKind> {
        let mut at = start + self.searched;
        while let Some(found) = memchr::memchr3(b'\\', b'\n', b'\r', &data[at..]) {
            at += found;
            if data[at] != b'\\' {
                return self.line_ends(data, start, at, last);
            }
            match data.get(at + 1) {
                None if last => return Err(FaultKind::Format("a lone backslash ends it")),
                None => return Ok(self.more(at - start)),
                Some(b'.') if at == start => {
                    return self.marker(data, start, last)?.ok_or(NOT_ALONE);
                }
                Some(b'.') => return Err(NOT_ALONE),
                Some(_) => at += 2,
            }
        }
        Ok(self.at_end(data, start, last))
    }

    /// Only quotes hide a line end.
    pub(super) fn csv_row(
        &mut self,
        options: &IncomingOptions,
        data: &[u8],
        start: usize,
        last: bool,
    ) -> Result<Found, FaultKind> {
        // Servers up to 17 look for the mark whatever the quotes are.
        if self.searched == 0 && data[start] == b'\\' {
            match data.get(start + 1) {
                None if !last => return Ok(self.more(0)),
                Some(b'.') => {
                    if let Some(found) = self.marker(data, start, last)? {
                        return Ok(found);
                    }
                }
                _ => {}
            }
        }
        let IncomingOptions { quote, escape, .. } = *options;
        let mut at = start + self.searched;
        while let Some(found) = if self.in_quotes {
            memchr::memchr2(quote, escape, &data[at..])
        } else {
            memchr::memchr3(quote, b'\n', b'\r', &data[at..])
        } {
            at += found;
            let byte = data[at];
            if self.in_quotes && byte == escape && escape != quote {
                if at + 1 == data.len() {
                    break;
                }
                at += 2;
            } else if byte == quote {
                self.in_quotes = !self.in_quotes;
                at += 1;
            } else {
                return self.line_ends(data, start, at, last);
            }
        }
        if last && self.in_quotes {
            return Err(FaultKind::Format("the data ends inside quotes"));
        }
        if self.in_quotes && at < data.len() && data[at] == escape && at + 1 == data.len() {
            return Ok(self.more(at - start));
        }
        Ok(self.at_end(data, start, last))
    }

    /// The mark that ends the data, if that is what begins here.
    fn marker(
        &mut self,
        data: &[u8],
        start: usize,
        last: bool,
    ) -> Result<Option<Found>, FaultKind> {
        let end = start + 2;
        match data.get(end) {
            None if last => Ok(Some(Found::Marker { end })),
            None => Ok(Some(self.more(0))),
            Some(b'\n' | b'\r') => Ok(Some(match self.line_ends(data, start, end, last)? {
                Found::Row { end, .. } => Found::Marker { end },
                other => {
                    self.searched = 0;
                    other
                }
            })),
            Some(_) => Ok(None),
        }
    }

    /// The row whose line end is at `at`.
    fn line_ends(
        &mut self,
        data: &[u8],
        start: usize,
        at: usize,
        last: bool,
    ) -> Result<Found, FaultKind> {
        let (line_end, length) = match (self.line_end, data[at], data.get(at + 1)) {
            (LineEnd::Unknown | LineEnd::LineFeed, b'\n', _) => (LineEnd::LineFeed, 1),
            (LineEnd::Unknown | LineEnd::Both, b'\r', Some(b'\n')) => (LineEnd::Both, 2),
            (LineEnd::Unknown | LineEnd::Both, b'\r', None) if !last => {
                return Ok(self.more(at - start));
            }
            (LineEnd::Unknown | LineEnd::Return, b'\r', _) => (LineEnd::Return, 1),
            _ => return Err(MIXED),
        };
        self.line_end = line_end;
        Ok(Found::Row {
            body: at,
            end: at + length,
        })
    }

    fn at_end(&mut self, data: &[u8], start: usize, last: bool) -> Found {
        if last {
            let end = data.len();
            return Found::Row { body: end, end };
        }
        self.more(data.len() - start)
    }

    pub(super) fn more(&mut self, searched: usize) -> Found {
        self.searched = searched;
        Found::More
    }
}
