//! The key hierarchy: tenant key, then semantic domain, then version, each step by HKDF-SHA-256.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::Error;
use crate::prf::DomainKey;
use crate::siv::{self, SivKey};

const KEY_BYTES: usize = 32;
/// AES-128, whose rounds decide the speed of every operator.
const CIPHER_KEY_BYTES: usize = 16;
const DOMAIN_BYTES_MAX: usize = 200;

/// The secret from which every masking key of a tenant follows.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TenantKey([u8; KEY_BYTES]);

impl TenantKey {
    /// Takes exactly 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Takes a slice that must have exactly 32 bytes.
    ///
    /// # Errors
    /// [`Error::KeyLength`] when it has another length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        let array = bytes.try_into().map_err(|_| Error::KeyLength {
            needed: KEY_BYTES,
            given: bytes.len(),
        })?;
        Ok(Self(array))
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantKey(..)")
    }
}

/// Hands out the keys of semantic domains at one version.
#[derive(Debug, Clone)]
pub struct Keyring {
    tenant: TenantKey,
    version: u32,
}

impl Keyring {
    /// A keyring of one tenant; `version` counts rotations.
    #[must_use]
    pub fn new(tenant: TenantKey, version: u32) -> Self {
        Self { tenant, version }
    }

    /// The version whose keys it hands out.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The keyring of the same tenant at another version.
    #[must_use]
    pub fn at(&self, version: u32) -> Self {
        Self::new(self.tenant.clone(), version)
    }

    /// The key of a semantic domain such as `contact.email`.
    pub(crate) fn domain(&self, domain: &str) -> Result<DomainKey, Error> {
        if domain.is_empty() || domain.len() > DOMAIN_BYTES_MAX {
            return Err(Error::Domain);
        }
        let mut of_domain: [u8; KEY_BYTES] =
            expand(&self.tenant.0, &[b"scrim mask domain\0", domain.as_bytes()]);
        let mut of_version = expand(
            &of_domain,
            &[b"scrim mask version\0", &self.version.to_be_bytes()],
        );
        of_domain.zeroize();
        let mut ciphers: [[u8; CIPHER_KEY_BYTES]; 3] = [
            expand(&of_version, &[b"scrim mask hash"]),
            expand(&of_version, &[b"scrim mask permutation"]),
            expand(&of_version, &[b"scrim mask stream"]),
        ];
        let mut siv: [u8; siv::KEY_BYTES] = expand(&of_version, &[b"scrim mask siv"]);
        of_version.zeroize();
        let key = DomainKey::new(&ciphers[0], &ciphers[1], &ciphers[2])
            .with_siv(SivKey::new(siv, domain));
        ciphers.zeroize();
        siv.zeroize();
        Ok(key)
    }
}

fn expand<const N: usize>(key: &[u8; KEY_BYTES], info: &[&[u8]]) -> [u8; N] {
    let mut out = [0; N];
    // One output block is far below HKDF's bound, so this cannot fail.
    let done = Hkdf::<Sha256>::new(None, key).expand_multi_info(info, &mut out);
    assert!(done.is_ok(), "HKDF gives up to 255 blocks");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(tenant: u8, version: u32, domain: &str) -> u128 {
        let ring = Keyring::new(TenantKey::new([tenant; 32]), version);
        ring.domain(domain).unwrap().hash(0, b"value")
    }

    #[test]
    fn every_level_changes_the_key() {
        let base = digest(1, 1, "contact.email");
        assert_eq!(base, digest(1, 1, "contact.email"));
        assert_ne!(base, digest(2, 1, "contact.email"));
        assert_ne!(base, digest(1, 2, "contact.email"));
        assert_ne!(base, digest(1, 1, "contact.phone"));
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(TenantKey::from_slice(&[0; 31]).is_err());
        assert!(TenantKey::from_slice(&[0; 32]).is_ok());
    }

    #[test]
    fn debug_shows_no_key() {
        let text = format!("{:?}", Keyring::new(TenantKey::new([7; 32]), 3));
        assert!(!text.contains('7'), "{text}");
    }

    #[test]
    fn a_domain_must_have_a_name() {
        let ring = Keyring::new(TenantKey::new([1; 32]), 1);
        assert!(ring.domain("").is_err());
        assert!(ring.domain(&"d".repeat(201)).is_err());
    }
}
