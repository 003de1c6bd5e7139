//! A column in Arrow's layout that the rule of another one looks at.

use scrim_mask::Format;

use crate::arrow::{FixedWidth, Texts};
use crate::error::RowError;
use crate::fixed::WIDTH_MAX;

/// The column whose raw values the rule of another one looks at, with as many rows.
#[derive(Debug, Clone, Copy)]
pub enum Beside<'a> {
    /// Values of any length.
    Texts(Texts<'a>),
    /// Values of one width.
    Fixed(FixedWidth<'a>),
}

impl<'a> Beside<'a> {
    /// The value in a row; what has one width is written into the scratch.
    pub(crate) fn cell<'s>(
        &self,
        row: usize,
        scratch: &'s mut [u8; WIDTH_MAX],
    ) -> Result<Option<(Format, &'s [u8])>, RowError>
    where
        'a: 's,
    {
        match self {
            Self::Texts(texts) => {
                if !texts.validity.has(row)? {
                    return Ok(None);
                }
                let base = texts.offset(0)?;
                let at = |row| {
                    texts
                        .offset(row)?
                        .checked_sub(base)
                        .ok_or(RowError::Truncated)
                };
                let cell = texts.data.get(at(row)?..at(row + 1)?);
                Ok(Some((texts.format, cell.ok_or(RowError::Truncated)?)))
            }
            Self::Fixed(values) => {
                if !values.validity.has(row)? {
                    return Ok(None);
                }
                let (layout, width) = (values.layout, values.layout.width());
                let raw = values.data.get(row * width..(row + 1) * width);
                let length = layout.encode(raw.ok_or(RowError::Truncated)?, scratch);
                let cell = length.and_then(|length| scratch.get(..length));
                Ok(cell.map(|cell| (layout.format(), cell)))
            }
        }
    }
}
