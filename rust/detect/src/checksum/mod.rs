//! Check digits: those of `scrim_checksum`, and those of wallets, which need hashes.

pub(crate) mod wallet;

pub(crate) use scrim_checksum::{by_name, device, luhn, mod97, only_confirms, Checksum};
