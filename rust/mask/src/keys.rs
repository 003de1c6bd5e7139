//! The key hierarchy: tenant key, then semantic domain, then version, each step by HKDF-SHA-256.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

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
///
/// It stays where it was put: moving a box leaves no copy behind.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct TenantKey(Box<[u8; KEY_BYTES]>);

impl TenantKey {
    /// Takes exactly 32 bytes.
    #[must_use]
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Box::new(bytes))
    }

    /// Takes a slice that must have exactly 32 bytes.
    ///
    /// # Errors
    /// [`Error::KeyLength`] when it has another length.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() != KEY_BYTES {
            return Err(Error::KeyLength {
                needed: KEY_BYTES,
                given: bytes.len(),
            });
        }
        let mut key = Box::new([0; KEY_BYTES]);
        key.copy_from_slice(bytes);
        Ok(Self(key))
    }
}

impl TenantKey {
    /// A key that follows from this one and a number.
    pub(crate) fn derived(&self, number: u64) -> Self {
        Self::new(expand(
            &self.0,
            &[b"scrim mask fresh\0", &number.to_be_bytes()],
        ))
    }
}

impl fmt::Debug for TenantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TenantKey(..)")
    }
}

/// Hands out the keys of semantic domains at one version, and knows the tenant key of others.
///
/// A version may share its tenant key with another or have one of its own: its number goes into
/// the derivation, so that no two versions have a key in common either way. Clones share the keys.
#[derive(Clone)]
pub struct Keyring {
    tenants: Arc<BTreeMap<u32, TenantKey>>,
    version: u32,
    turns: bool,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring(..)")
    }
}

impl Keyring {
    /// A keyring of one tenant with one version; `version` counts rotations.
    #[must_use]
    pub fn new(tenant: TenantKey, version: u32) -> Self {
        Self {
            tenants: Arc::new(BTreeMap::from([(version, tenant)])),
            version,
            turns: false,
        }
    }

    /// A keyring of several versions, of which `active` masks.
    ///
    /// # Errors
    /// [`Error::Version`] when `active` is not among them, or one is there twice.
    pub fn with_versions(
        tenants: impl IntoIterator<Item = (u32, TenantKey)>,
        active: u32,
    ) -> Result<Self, Error> {
        let mut by_version = BTreeMap::new();
        for (version, tenant) in tenants {
            if by_version.insert(version, tenant).is_some() {
                return Err(Error::Version { version });
            }
        }
        if !by_version.contains_key(&active) {
            return Err(Error::Version { version: active });
        }
        Ok(Self {
            tenants: Arc::new(by_version),
            version: active,
            turns: false,
        })
    }

    /// The same, but for that its keys make no two values alike.
    pub(crate) fn with_turns(mut self) -> Self {
        self.turns = true;
        self
    }

    /// The version whose keys it hands out.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Every version that it has a key of, the one in use first, then from the newest.
    pub fn versions(&self) -> impl Iterator<Item = u32> + '_ {
        let others = self.tenants.keys().rev().copied();
        std::iter::once(self.version).chain(others.filter(|version| *version != self.version))
    }

    /// The same keys at another version, for revealing what that version has masked; `None` when
    /// it is not there.
    #[must_use]
    pub fn at(&self, version: u32) -> Option<Self> {
        self.tenants.contains_key(&version).then(|| Self {
            tenants: Arc::clone(&self.tenants),
            version,
            turns: self.turns,
        })
    }

    /// The key of a semantic domain such as `contact.email`.
    pub(crate) fn domain(&self, domain: &str) -> Result<DomainKey, Error> {
        if domain.is_empty() || domain.len() > DOMAIN_BYTES_MAX {
            return Err(Error::Domain);
        }
        let version = self.version;
        let tenant = self.tenants.get(&version);
        let tenant = tenant.ok_or(Error::Version { version })?;
        let mut of_domain: [u8; KEY_BYTES] =
            expand(&tenant.0, &[b"scrim mask domain\0", domain.as_bytes()]);
        let mut of_version = expand(
            &of_domain,
            &[b"scrim mask version\0", &version.to_be_bytes()],
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
        let key = if self.turns { key.with_turns() } else { key };
        Ok(key.named(domain))
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
    fn older_versions_stay_at_hand() {
        let key = |byte| TenantKey::new([byte; 32]);
        // Version 2 is derived from the tenant key of version 1, version 3 has its own.
        let ring = Keyring::with_versions([(1, key(1)), (2, key(1)), (3, key(9))], 3).unwrap();
        let at = |version| {
            ring.at(version)
                .unwrap()
                .domain("x")
                .unwrap()
                .hash(0, b"value")
        };
        assert_eq!(at(1), digest(1, 1, "x"));
        assert_eq!(at(2), digest(1, 2, "x"));
        assert_eq!(at(3), digest(9, 3, "x"));
        assert_eq!(ring.domain("x").unwrap().hash(0, b"value"), at(3));
        assert!(ring.at(4).is_none());
        assert_eq!(ring.versions().collect::<Vec<_>>(), [3, 2, 1]);
        let older = ring.at(2).unwrap();
        assert_eq!(older.version(), 2);
        assert_eq!(older.versions().collect::<Vec<_>>(), [2, 3, 1]);
    }

    #[test]
    fn a_keyring_needs_its_active_version_and_each_version_once() {
        let key = || TenantKey::new([1; 32]);
        let missing = Keyring::with_versions([(1, key())], 2).unwrap_err();
        assert_eq!(missing, Error::Version { version: 2 });
        let twice = Keyring::with_versions([(1, key()), (1, key())], 1).unwrap_err();
        assert_eq!(twice, Error::Version { version: 1 });
        assert!(Keyring::with_versions([], 1).is_err());
    }

    #[test]
    fn a_domain_must_have_a_name() {
        let ring = Keyring::new(TenantKey::new([1; 32]), 1);
        assert!(ring.domain("").is_err());
        assert!(ring.domain(&"d".repeat(201)).is_err());
    }
}
