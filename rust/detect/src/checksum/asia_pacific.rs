//! Check digits of identifiers of Asia, Africa and the Pacific.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[];
