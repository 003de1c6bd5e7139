//! Checksums that tokens carry.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[];
