//! Check digits of devices, vehicles and health records.

use super::Checksum;

/// The checksums here, by name.
pub(super) const ALL: &[(&str, Checksum)] = &[];
