//! Looks whether a replacement shows what it replaces.

/// Whether the raw text stands in the replacement, in any ASCII case.
pub(crate) fn shows(masked: &[u8], raw: &[u8]) -> bool {
    if raw.len() < 4 || raw.len() >= masked.len() {
        return masked.eq_ignore_ascii_case(raw);
    }
    let end = raw.len() - 1;
    masked.windows(raw.len()).any(|window| {
        // Both ends at once, because one alone is too often alike for the processor to guess.
        let alike = ((window[0] ^ raw[0]) | (window[end] ^ raw[end])) & !0x20 == 0;
        alike && window.eq_ignore_ascii_case(raw)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_inside_the_replacement_is_noticed() {
        assert!(shows(b"say ZELDA now", b"zelda"));
        assert!(shows(b"ab", b"AB"));
        assert!(!shows(b"zelda", b"zeldas"));
    }
}
