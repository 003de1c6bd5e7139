//! `RowDescription`, as far as telling results apart takes.

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
