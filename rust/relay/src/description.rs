//! `RowDescription`, as far as telling results apart takes.

use scrim_rows::Shape;

use crate::message::cstring;

/// Relation, column number, type, its length and its modifier, of every field.
const FACTS_BYTES: usize = 4 + 2 + 4 + 2 + 4;
/// The format code, which says nothing of what is in a column.
const FORMAT_BYTES: usize = 2;

/// What a result is: the names of its fields, and everything else about them.
pub(crate) struct Description<'a> {
    pub(crate) names: Vec<&'a [u8]>,
    pub(crate) types: Vec<u8>,
}

impl<'a> Description<'a> {
    /// Reads the body of a `RowDescription`; none when it is malformed.
    pub(crate) fn parse(body: &'a [u8]) -> Option<Self> {
        let (count, mut rest) = body.split_first_chunk::<2>()?;
        let count = usize::from(u16::from_be_bytes(*count));
        // A field takes more bytes than this, so a count that is a lie reserves nothing.
        let room = count.min(rest.len() / FACTS_BYTES);
        let mut names = Vec::with_capacity(room);
        let mut types = Vec::with_capacity(room * FACTS_BYTES);
        for _ in 0..count {
            let (name, after) = cstring(rest)?;
            let facts = after.get(..FACTS_BYTES)?;
            rest = after.get(FACTS_BYTES + FORMAT_BYTES..)?;
            names.push(name);
            types.extend_from_slice(facts);
        }
        rest.is_empty().then_some(Self { names, types })
    }
}

/// The body of a `RowDescription` without the fields that are left out; none when it is malformed.
pub(crate) fn reshaped(body: &[u8], shape: &Shape) -> Option<Vec<u8>> {
    let mut fields = Vec::with_capacity(shape.columns());
    let (count, mut rest) = body.split_first_chunk::<2>()?;
    for _ in 0..u16::from_be_bytes(*count) {
        let (name, _) = cstring(rest)?;
        let length = name.len() + 1 + FACTS_BYTES + FORMAT_BYTES;
        fields.push(rest.get(..length)?);
        rest = &rest[length..];
    }
    let mut out = u16::try_from(shape.kept().len())
        .ok()?
        .to_be_bytes()
        .to_vec();
    for &index in shape.kept() {
        out.extend_from_slice(fields.get(index)?);
    }
    Some(out)
}

/// The same of a `CopyOutResponse`: a format, and one for each column.
pub(crate) fn reshaped_copy(body: &[u8], shape: &Shape) -> Option<Vec<u8>> {
    let (&format, rest) = body.split_first()?;
    let codes = rest.get(2..)?;
    let mut out = vec![format];
    out.extend_from_slice(&u16::try_from(shape.kept().len()).ok()?.to_be_bytes());
    for &index in shape.kept() {
        out.extend_from_slice(codes.get(index * 2..index * 2 + 2)?);
    }
    Some(out)
}
