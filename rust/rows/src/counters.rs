//! What the rewriting did, for metrics and records.

/// Counts since the counters were made.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counters {
    /// Rows that went through a plan which is not all pass.
    pub rows: u64,
    /// Cells replaced by a masked value.
    pub masked: u64,
    /// Cells replaced by NULL because their type has no masked value.
    pub nulled: u64,
    /// Cells in which a scan found and replaced something.
    pub scrubbed: u64,
}
