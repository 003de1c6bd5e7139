//! Columns and rows that are left out of a result.

use crate::error::RowError;

/// What becomes of one column of the data store's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It stays.
    Keep,
    /// It is left out.
    Drop,
    /// It stays, and rows with a value in it are left out.
    DropRows,
}

/// How a result differs in columns and rows from the data store's.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    fates: Vec<Fate>,
    kept: Vec<usize>,
}

impl Shape {
    /// None where nothing is left out; false in the place of a shape for indexes that are not there.
    pub(crate) fn new(
        columns: usize,
        dropped: &[usize],
        rows: &[usize],
    ) -> Result<Option<Self>, ()> {
        if dropped.iter().chain(rows).any(|&index| index >= columns) {
            return Err(());
        }
        if dropped.is_empty() && rows.is_empty() {
            return Ok(None);
        }
        let fates: Vec<Fate> = (0..columns)
            .map(|index| match () {
                () if rows.contains(&index) => Fate::DropRows,
                () if dropped.contains(&index) => Fate::Drop,
                () => Fate::Keep,
            })
            .collect();
        let kept = (0..columns)
            .filter(|&index| fates[index] != Fate::Drop)
            .collect();
        Ok(Some(Self { fates, kept }))
    }

    /// The same for a line with the names of the columns.
    pub(crate) fn of_header(&self) -> Self {
        let kept = |fate: &Fate| {
            if *fate == Fate::Drop {
                Fate::Drop
            } else {
                Fate::Keep
            }
        };
        Self {
            fates: self.fates.iter().map(kept).collect(),
            kept: self.kept.clone(),
        }
    }

    pub(crate) fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// Columns of the data store's result.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.fates.len()
    }

    /// Those that stay, by their index.
    #[must_use]
    pub fn kept(&self) -> &[usize] {
        &self.kept
    }

    /// Checks that a row has as many fields as there are columns.
    pub(crate) fn check(&self, found: usize) -> Result<(), RowError> {
        let expected = self.fates.len();
        if found == expected {
            Ok(())
        } else {
            Err(RowError::ColumnCount { expected, found })
        }
    }

    /// The fields of a row that stay; none where the row is left out.
    ///
    /// Each field comes with what it is and whether there is a value.
    pub(crate) fn fields<'a>(
        &self,
        fields: impl Iterator<Item = Result<(&'a [u8], bool), RowError>>,
    ) -> Result<Option<Vec<&'a [u8]>>, RowError> {
        let mut kept = Vec::with_capacity(self.kept.len());
        let mut found = 0;
        let mut stays = true;
        for field in fields {
            let (field, has_value) = field?;
            match self.fates.get(found) {
                Some(Fate::DropRows) if has_value => stays = false,
                Some(Fate::Keep | Fate::DropRows) => kept.push(field),
                Some(Fate::Drop) | None => {}
            }
            found += 1;
        }
        self.check(found)?;
        Ok(stays.then_some(kept))
    }
}

#[cfg(test)]
#[path = "shape_tests.rs"]
mod tests;
