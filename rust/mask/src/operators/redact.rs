//! A constant that says that something was there.

use crate::operators::Input;

const REDACTED: &[u8] = b"[redacted]";

/// Writes the constant, or number signs where it does not fit.
pub(crate) fn write(input: &Input<'_>, out: &mut Vec<u8>) -> bool {
    if input.room >= REDACTED.len() {
        out.extend_from_slice(REDACTED);
    } else {
        out.resize(out.len() + input.room.min(3), b'#');
    }
    true
}
