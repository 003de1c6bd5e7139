//! The cells of a row that other columns of it ask for.

use std::borrow::Cow;

use scrim_mask::Format;

use crate::plan::{Column, Plan};

/// The raw cells of one row, in the order of [`Plan::beside`]; a NULL is None.
///
/// It is empty, and costs nothing, for the plans in which no column asks for another.
#[derive(Debug, Default)]
pub(crate) struct Neighbours<'a>(Vec<Option<(Format, Cow<'a, [u8]>)>>);

impl<'a> Neighbours<'a> {
    /// Those of a row of which nothing has been read yet.
    pub(crate) fn of(plan: &Plan) -> Self {
        Self(vec![None; plan.beside().len()])
    }

    /// Keeps a cell if another column asks for it.
    pub(crate) fn keep(
        &mut self,
        plan: &Plan,
        column: usize,
        read: impl FnOnce() -> Option<(Format, Cow<'a, [u8]>)>,
    ) {
        if let Ok(slot) = plan.beside().binary_search(&column) {
            if let Some(kept) = self.0.get_mut(slot) {
                *kept = read();
            }
        }
    }

    /// What stands beside the cells of a column.
    #[inline]
    pub(crate) fn beside(&self, column: &Column) -> Option<(Format, &[u8])> {
        let (format, cell) = self.0.get(column.slot()?)?.as_ref()?;
        Some((*format, cell))
    }
}
