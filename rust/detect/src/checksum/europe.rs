//! Check digits of identifiers that European states issue.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[];
