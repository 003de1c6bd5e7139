//! The Bind message: which statement, with which parameters, and how its result is wanted.

use scrim_mask::Format;

use crate::decision::Refusal;
use crate::message::{cstring, int16, int32};
use crate::pending::Statement;
use crate::turns::Turns;

/// Format, declared type (0 for none), and value, none for NULL.
pub(crate) type Parameter<'a> = (Format, u32, Option<&'a [u8]>);

/// The parts of a Bind message that the relay needs.
pub(crate) struct BindMessage<'a> {
    pub(crate) portal: &'a [u8],
    pub(crate) statement: &'a [u8],
    /// Result format codes: none, one or one for each column.
    pub(crate) formats: Box<[u8]>,
    /// Format codes of parameters, with their number.
    parameter_formats: &'a [u8],
    /// Parameters behind their number.
    parameters: &'a [u8],
    /// Result format codes with their number.
    rest: &'a [u8],
}

impl<'a> BindMessage<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Option<Self> {
        let (portal, rest) = cstring(body)?;
        let (statement, all) = cstring(rest)?;
        let (count, _) = int16(all)?;
        let formats = 2 + usize::from(count.cast_unsigned()) * 2;
        let parameters = all.get(formats..)?;
        let (count, mut rest) = int16(parameters)?;
        for _ in 0..count.cast_unsigned() {
            let (_, after) = parameter(rest)?;
            rest = after;
        }
        let parameters = &parameters[..parameters.len() - rest.len()];
        let result = rest;
        let (count, mut rest) = int16(rest)?;
        let mut codes = Vec::with_capacity(usize::from(count.cast_unsigned()).min(rest.len()));
        for _ in 0..count.cast_unsigned() {
            let (code, after) = int16(rest)?;
            codes.push(u8::try_from(code).ok().filter(|&code| code <= 1)?);
            rest = after;
        }
        rest.is_empty().then(|| Self {
            portal,
            statement,
            formats: codes.into(),
            parameter_formats: &all[..formats],
            parameters,
            rest: result,
        })
    }

    /// The parameters of a statement as the server gets them; none where they stay as they are.
    pub(crate) fn turned_back(
        &self,
        statement: &Statement,
        max_bytes: usize,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        match &statement.decision.turns {
            Some(turns) if turns.has_parameters() => {
                self.turned(turns, &statement.types, max_bytes).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The parameters, with their number, as the server gets them.
    ///
    /// `types` are those that Parse declared, four bytes each.
    fn turned(&self, turns: &Turns, types: &[u8], max_bytes: usize) -> Result<Vec<u8>, Refusal> {
        let malformed = || Refusal::new("08P01", "the message is malformed", "");
        let (_, mut rest) = int16(self.parameters).ok_or_else(malformed)?;
        let mut out = self.parameters[..2].to_vec();
        let mut number = 0;
        while !rest.is_empty() {
            let (value, after) = parameter(rest).ok_or_else(malformed)?;
            rest = after;
            number += 1;
            let Some(value) = value else {
                out.extend_from_slice(&(-1_i32).to_be_bytes());
                continue;
            };
            let format = self.format(number).ok_or_else(malformed)?;
            let declared = types.chunks_exact(4).nth(number - 1);
            let declared = declared.and_then(|bytes| bytes.try_into().ok());
            let declared = declared.map_or(0, u32::from_be_bytes);
            let raw = turns.parameter(number, format, declared, value)?;
            let value = raw.as_deref().unwrap_or(value);
            let length = i32::try_from(value.len()).map_err(|_| malformed())?;
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(value);
            if out.len() > max_bytes {
                return Err(Refusal::new("54000", "the parameters are too long", ""));
            }
        }
        Ok(out)
    }

    /// The parameters.
    ///
    /// `types` are those that Parse declared, four bytes each. None when the message is malformed.
    pub(crate) fn values(&self, types: &[u8]) -> Option<Vec<Parameter<'a>>> {
        let (_, mut rest) = int16(self.parameters)?;
        let mut found = Vec::new();
        while !rest.is_empty() {
            let (value, after) = parameter(rest)?;
            rest = after;
            let declared = types.chunks_exact(4).nth(found.len());
            let declared = declared.and_then(|bytes| bytes.try_into().ok());
            let declared = declared.map_or(0, u32::from_be_bytes);
            found.push((self.format(found.len() + 1)?, declared, value));
        }
        Some(found)
    }

    /// The message with other parameters, or other codes for the columns of the result.
    pub(crate) fn write(&self, parameters: Option<&[u8]>, codes: Option<&[u8]>, out: &mut Vec<u8>) {
        for name in [self.portal, self.statement] {
            out.extend_from_slice(name);
            out.push(0);
        }
        out.extend_from_slice(self.parameter_formats);
        out.extend_from_slice(parameters.unwrap_or(self.parameters));
        let Some(codes) = codes else {
            out.extend_from_slice(self.rest);
            return;
        };
        // There are no more of them than columns of a result.
        out.extend_from_slice(&u16::try_from(codes.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend(codes.iter().flat_map(|&code| [0, code]));
    }

    /// The format of a parameter by its number, from 1: each has its code, or all the same, or there
    /// are no codes and all are texts.
    fn format(&self, number: usize) -> Option<Format> {
        let codes = self.parameter_formats.get(2..)?;
        let code = match codes.len() / 2 {
            0 => return Some(Format::Text),
            1 => codes,
            _ => codes.get(number * 2 - 2..number * 2)?,
        };
        match code {
            [0, 0] => Some(Format::Text),
            [0, 1] => Some(Format::Binary),
            _ => None,
        }
    }
}

/// A parameter, none for NULL, and what follows it.
fn parameter(rest: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, after) = int32(rest)?;
    match usize::try_from(length) {
        Ok(length) => Some((Some(after.get(..length)?), after.get(length..)?)),
        Err(_) => (length == -1).then_some((None, after)),
    }
}
