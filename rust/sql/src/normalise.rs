//! The text of a statement without its literals.

/// Returns `sql` with each literal replaced by `?` and without comments, at most `max_bytes` long.
#[must_use]
pub fn normalise(sql: &[u8], max_bytes: usize) -> String {
    let _ = (sql, max_bytes);
    String::new()
}
