//! Word lists of the pseudonyms.
