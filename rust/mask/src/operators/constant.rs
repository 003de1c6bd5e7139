//! A given text for every value.

use crate::error::Error;
use crate::operators::Input;

const LENGTH_MAX: usize = 1000;

/// Checks the text.
pub(crate) fn compile(value: &str) -> Result<String, Error> {
    // PostgreSQL takes no zero byte in any text.
    if value.len() > LENGTH_MAX || value.contains('\0') {
        return Err(Error::Option { name: "value" });
    }
    Ok(value.to_owned())
}

/// Writes the text.
pub(crate) fn write(value: &str, _: &Input<'_>, out: &mut Vec<u8>) -> bool {
    out.extend_from_slice(value.as_bytes());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_bounded() {
        assert!(compile("hidden").is_ok() && compile("").is_ok());
        assert!(compile(&"x".repeat(1001)).is_err());
        assert!(compile("a\0b").is_err());
    }
}
