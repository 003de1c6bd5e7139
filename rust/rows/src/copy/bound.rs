//! Rows of a stream that are given, and those that are not.

/// How many rows are given.
#[derive(Debug, Default)]
pub(super) struct Bound {
    /// Rows that may yet be given; none where there is no bound.
    pub(super) left: Option<u64>,
    /// Rows given since this was last asked.
    pub(super) sent: u64,
    /// Rows left out since this was last asked.
    pub(super) dropped: u64,
    /// Whether there was one too many.
    pub(super) over: bool,
}

impl Bound {
    /// Whether one more row may be given.
    pub(super) fn takes(&mut self) -> bool {
        if let Some(left) = &mut self.left {
            if self.over || *left == 0 {
                self.over = true;
                return false;
            }
            *left -= 1;
        }
        self.sent += 1;
        true
    }
}
