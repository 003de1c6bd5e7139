//! Counts of one session, for metrics.

use std::sync::Arc;

use scrim_rows::Counters;

use crate::forward::Output;

/// Counts of one session since [`crate::Relay::take_statistics`] was last called.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// What the row rewriting did.
    pub rows: Counters,
    /// Rows of statements that ended, rewritten or not.
    pub rows_sent: u64,
    /// Statements that ended or were refused, by what they do.
    pub operations: Vec<(Arc<str>, Tally)>,
    /// Statements that were refused, those without a decision among them.
    pub refused: u64,
    /// Statements whose decision was known.
    pub shape_hits: u64,
    /// Statements that had to be decided.
    pub shape_misses: u64,
    /// Bytes that moved.
    pub bytes: Moved,
}

/// How statements ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Without an error.
    pub completed: u64,
    /// With an error of the server.
    pub failed: u64,
    /// Not run, as one before it in its pipeline failed.
    pub skipped: u64,
    /// Not forwarded.
    pub refused: u64,
}

/// Bytes by direction.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Received from the client.
    pub from_client: u64,
    /// Sent to the client.
    pub to_client: u64,
    /// Received from the server.
    pub from_server: u64,
    /// Sent to the server.
    pub to_server: u64,
}

impl Statistics {
    /// The tally of one kind of statement.
    pub(crate) fn of(&mut self, operation: &Arc<str>) -> &mut Tally {
        // Few kinds occur in one session between two calls, so a list is the quickest map.
        let known = self
            .operations
            .iter()
            .position(|(name, _)| Arc::ptr_eq(name, operation) || name == operation);
        let index = known.unwrap_or_else(|| {
            self.operations
                .push((Arc::clone(operation), Tally::default()));
            self.operations.len() - 1
        });
        &mut self.operations[index].1
    }

    pub(crate) fn ended(&mut self, operation: &Arc<str>, sqlstate: &str, rows: u64) {
        self.rows_sent += rows;
        let tally = self.of(operation);
        match sqlstate {
            "00000" => tally.completed += 1,
            "skipped" => tally.skipped += 1,
            _ => tally.failed += 1,
        }
    }
}

/// The length of what leaves for a chunk of so many bytes.
pub(crate) fn length(output: &Output, chunk: &[u8]) -> u64 {
    count(match output {
        Output::Nothing => 0,
        Output::Same => chunk.len(),
        Output::Bytes(bytes) => bytes.len(),
    })
}

pub(crate) fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_counted_by_what_they_do_and_how_they_ended() {
        let mut statistics = Statistics::default();
        let (select, insert): (Arc<str>, Arc<str>) = ("select".into(), "insert".into());
        statistics.ended(&select, "00000", 3);
        statistics.ended(&Arc::from("select"), "00000", 2);
        statistics.ended(&select, "skipped", 0);
        statistics.ended(&insert, "23505", 0);
        statistics.of(&insert).refused += 1;
        let tally = |completed, failed, skipped, refused| Tally {
            completed,
            failed,
            skipped,
            refused,
        };
        assert_eq!(
            statistics.operations,
            [(select, tally(2, 0, 1, 0)), (insert, tally(0, 1, 0, 1))]
        );
        assert_eq!(statistics.rows_sent, 5);
    }
}
