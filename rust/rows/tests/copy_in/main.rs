//! COPY FROM data of every shape, whole and in pieces, against how PostgreSQL's
//! `copyfromparse.c` reads it.

mod binary_and_faults;
mod random;
mod text_and_csv;

use scrim_mask::Format;
use scrim_rows::copy::CopyFormat;
use scrim_rows::copy_in::{CopyFault, CopyReader, FaultKind, IncomingColumn, IncomingOptions};

pub(crate) const BOUND: usize = 1 << 10;

/// Three columns, of which the second has other values.
pub(crate) fn text() -> IncomingOptions {
    IncomingOptions {
        format: CopyFormat::Text,
        delimiter: b'\t',
        null: "\\N".into(),
        default: None,
        quote: b'"',
        escape: b'"',
        header: false,
        columns: ["a", "b", "c"]
            .map(|name| IncomingColumn {
                name: name.into(),
                turned: name == "b",
                force_not_null: false,
                force_null: false,
            })
            .into(),
    }
}

pub(crate) fn csv() -> IncomingOptions {
    IncomingOptions {
        format: CopyFormat::Csv,
        delimiter: b',',
        null: String::new(),
        ..text()
    }
}

pub(crate) fn binary() -> IncomingOptions {
    IncomingOptions {
        format: CopyFormat::Binary,
        ..text()
    }
}

/// A value that has a number in brackets stands for the number; `bad` cannot be read.
pub(crate) fn turned(column: usize, _: Format, value: &[u8]) -> Option<Vec<u8>> {
    assert_eq!(column, 1);
    match value {
        b"bad" => None,
        [b'<', inner @ .., b'>'] => Some(inner.to_vec()),
        other => Some([b"=", other].concat()),
    }
}

pub(crate) fn pieces<'a>(
    options: &IncomingOptions,
    pieces: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<u8>, CopyFault> {
    let mut reader = CopyReader::new(options, BOUND);
    let mut out = Vec::new();
    for piece in pieces {
        reader.payload(options, piece, &mut out, &mut turned)?;
    }
    reader.finish(options, &mut out, &mut turned)?;
    Ok(out)
}

/// What becomes of the data: the same whole, byte by byte, and cut anywhere.
pub(crate) fn read(options: &IncomingOptions, data: &[u8]) -> Result<Vec<u8>, CopyFault> {
    let whole = pieces(options, std::iter::once(data));
    assert_eq!(pieces(options, data.chunks(1)), whole, "byte by byte");
    for cut in 0..=data.len() {
        let (head, tail) = data.split_at(cut);
        let found = pieces(options, [head, tail].into_iter());
        assert_eq!(found, whole, "cut at {cut}");
    }
    whole
}

pub(crate) fn rewritten(options: &IncomingOptions, data: &str) -> String {
    String::from_utf8(read(options, data.as_bytes()).unwrap()).unwrap()
}

pub(crate) fn fault(options: &IncomingOptions, data: &[u8]) -> (u64, FaultKind) {
    let CopyFault { row, kind } = read(options, data).unwrap_err();
    (row, kind)
}

pub(crate) fn is_format(found: (u64, FaultKind), row: u64) -> bool {
    found.0 == row && matches!(found.1, FaultKind::Format(_))
}

pub(crate) fn tuple(fields: &[Option<&[u8]>]) -> Vec<u8> {
    let mut out = u16::try_from(fields.len()).unwrap().to_be_bytes().to_vec();
    for field in fields {
        let length = field.map_or(-1, |field| i32::try_from(field.len()).unwrap());
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(field.unwrap_or_default());
    }
    out
}

pub(crate) fn stream(tuples: &[Vec<u8>]) -> Vec<u8> {
    let header = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\x03ext".to_vec();
    [vec![header], tuples.to_vec()].concat().concat()
}
