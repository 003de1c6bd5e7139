//! The binary format: a header, rows of fields behind their lengths, a mark at the end.

use scrim_mask::Format;

use super::{CopyReader, FaultKind, Found, IncomingOptions, Turn};

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const HEADER: usize = SIGNATURE.len() + 8;
/// Readers skip the header's extension, whose content nobody has defined; this bounds it.
const MAX_EXTENSION: usize = 65_536;

fn int32(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The length of the header, once all of it is there.
pub(super) fn header(bytes: &[u8]) -> Result<Option<usize>, FaultKind> {
    let seen = bytes.len().min(SIGNATURE.len());
    if bytes[..seen] != SIGNATURE[..seen] {
        return Err(FaultKind::Format("the signature of the data is wrong"));
    }
    // Flags tell of other formats, such as the old one with identifiers before each row.
    if int32(bytes, SIGNATURE.len()).is_some_and(|flags| flags != 0) {
        return Err(FaultKind::Format("the flags of the data are not known"));
    }
    let Some(extension) = int32(bytes, HEADER - 4) else {
        return Ok(None);
    };
    match usize::try_from(extension) {
        Ok(length) if length <= MAX_EXTENSION => {
            let end = HEADER + length;
            Ok((bytes.len() >= end).then_some(end))
        }
        _ => Err(FaultKind::Format("the header of the data is too long")),
    }
}

impl CopyReader {
    pub(super) fn binary_row(
        &mut self,
        options: &IncomingOptions,
        data: &[u8],
        start: usize,
    ) -> Result<Found, FaultKind> {
        let mut at = start + self.searched;
        let mut left = match (self.fields_left, data.get(start..start + 2)) {
            (Some(left), _) => left,
            (None, None) => return Ok(self.more(0)),
            (None, Some([0xff, 0xff])) => return Ok(Found::Marker { end: start + 2 }),
            (None, Some(count)) => {
                let count = usize::from(u16::from_be_bytes([count[0], count[1]]));
                let expected = options.columns.len();
                if count < expected {
                    return Err(FaultKind::Missing(count));
                }
                if count > expected {
                    return Err(FaultKind::Extra);
                }
                at += 2;
                count
            }
        };
        while left > 0 {
            let end = match int32(data, at) {
                None => None,
                Some(-1) => Some(at + 4),
                Some(length) => {
                    let length = usize::try_from(length)
                        .map_err(|_| FaultKind::Format("the length of a value is negative"))?;
                    if length > self.max_row_bytes {
                        return Err(FaultKind::TooLong);
                    }
                    Some(at + 4 + length).filter(|&end| end <= data.len())
                }
            };
            let Some(end) = end else {
                self.fields_left = Some(left);
                return Ok(self.more(at - start));
            };
            at = end;
            left -= 1;
        }
        self.fields_left = None;
        Ok(Found::Row { body: at, end: at })
    }
}

/// Appends a row with other values.
pub(super) fn row(
    options: &IncomingOptions,
    row: &[u8],
    out: &mut Vec<u8>,
    turn: Turn<'_>,
) -> Result<(), FaultKind> {
    out.extend_from_slice(&row[..2]);
    let mut at = 2;
    for (index, column) in options.columns.iter().enumerate() {
        let missing = FaultKind::Missing(index);
        let length = int32(row, at).ok_or(missing)?;
        let start = at + 4;
        let end = start + usize::try_from(length).unwrap_or(0);
        let field = row.get(at..end).ok_or(missing)?;
        at = end;
        if length < 0 || !column.turned {
            out.extend_from_slice(field);
            continue;
        }
        let unreadable = FaultKind::Unreadable(index);
        let raw = turn(index, Format::Binary, &field[4..]).ok_or(unreadable)?;
        let length = i32::try_from(raw.len()).map_err(|_| FaultKind::TooLong)?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&raw);
    }
    Ok(())
}
