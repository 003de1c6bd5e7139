//! Check digits of identifiers of the Americas.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[];
