//! Keys that public documentation and libraries print for everyone, so that they protect nothing.

/// What begins the keys, and their rest: those of Google's own samples and of libraries that were
/// published with one, as the allow list of gitleaks collects them
/// (<https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml>).
const GOOGLE: (&str, [&str; 15]) = (
    "AIzaSy",
    [
        "abcdefghijklmnopqrstuvwxyz1234567",
        "AnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs",
        "CkEhVjf3pduRDt6d1yKOMitrUEke8agEM",
        "DMAScliyLx7F0NPDEJi1QmyCgHIAODrlU",
        "D3asb-2pEZVqMkmL6M9N6nHZRR_znhrh0",
        "AdOS2zB6NCsk1pCdZ4-P6GBdi_UUPwX7c",
        "ASWm6HmTMdYWpgMnjRBjxcQ9CKctWmLd4",
        "ANUvH9H9BsUccjsu2pCmEkOPjjaXeDQgY",
        "A5_iVawFQ8ABuTZNUdcwERLJv_a_p4wtM",
        "A4UrcGxgwQFTfaI3no3t7Lt1sjmdnP5sQ",
        "DSb51JiIcB6OJpwwMicseKRhhrOq1cS7g",
        "BF2RrAIm4a0mO64EShQfqfd2AFnzAvvuU",
        "BcE-OOIbhjyR83gm4r2MFCu4MJmprNXsw",
        "B8qGxt4ec15vitgn44duC5ucxaOi4FmqE",
        "A8vmApnrHNFE0bApF4hoZ11srVL_n0nvY",
    ],
);

/// Whether everyone knows the value.
pub(super) fn is_published(value: &[u8]) -> bool {
    let (prefix, rests) = GOOGLE;
    value
        .strip_prefix(prefix.as_bytes())
        .is_some_and(|rest| rests.iter().any(|known| known.as_bytes() == rest))
}

#[cfg(test)]
mod tests {
    use super::{is_published, GOOGLE};

    #[test]
    fn only_whole_keys_are_published() {
        let key = [GOOGLE.0, GOOGLE.1[0]].concat();
        assert!(is_published(key.as_bytes()));
        assert!(!is_published(&key.as_bytes()[1..]));
        assert!(!is_published(format!("{key}A").as_bytes()));
    }
}
