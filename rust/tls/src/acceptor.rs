//! What a listener's sessions have in common: certificate, key, and whose certificates it trusts.

use std::fmt;
use std::sync::Arc;

use rustls::crypto::{ring, CryptoProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{InconsistentKeys, RootCertStore, ServerConfig};

use crate::session::Session;

/// A listener's files cannot be used. The text says which and why.
#[derive(Debug, PartialEq, Eq)]
pub enum AcceptorError {
    /// There is no certificate in the chain.
    Certificate,
    /// There is no private key that can be read.
    Key,
    /// Certificate and key do not belong together, or are of a kind that is not known.
    Pair(String),
    /// There is no certificate of an authority.
    ClientAuthority,
}

impl fmt::Display for AcceptorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate => f.write_str("certificate: not a PEM certificate chain"),
            Self::Key => f.write_str("key: not a PEM private key"),
            Self::Pair(why) => write!(f, "pair: {why}"),
            Self::ClientAuthority => f.write_str("client CA: not a PEM certificate"),
        }
    }
}

impl std::error::Error for AcceptorError {}

/// Makes the sessions of one listener.
#[derive(Debug, Clone)]
pub struct Acceptor {
    config: Arc<ServerConfig>,
}

impl Acceptor {
    /// Reads a chain, its key, and the authorities of clients' certificates, all in PEM.
    ///
    /// With authorities a certificate that a client shows is verified; without, none is asked for.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn new(
        chain: &[u8],
        key: &[u8],
        client_authorities: Option<&[u8]>,
        protocol: &[u8],
    ) -> Result<Self, AcceptorError> {
        let chain = certificates(chain).ok_or(AcceptorError::Certificate)?;
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| AcceptorError::Key)?;
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(pair)?;
        let builder = match client_authorities {
            None => builder.with_no_client_auth(),
            Some(authorities) => {
                let mut roots = RootCertStore::empty();
                for authority in certificates(authorities).ok_or(AcceptorError::ClientAuthority)? {
                    roots
                        .add(authority)
                        .map_err(|_| AcceptorError::ClientAuthority)?;
                }
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                        .allow_unauthenticated()
                        .build()
                        .map_err(|_| AcceptorError::ClientAuthority)?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let mut config = builder.with_cert_resolver(Arc::new(resolver(&provider, chain, key)?));
        config.alpn_protocols = vec![protocol.to_vec()];
        config.ignore_client_order = true;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Self {
            config: Arc::new(config),
        })
    }

    /// Begins a session with one client. `None` if the library refuses its own configuration.
    #[must_use]
    pub fn session(&self) -> Option<Session> {
        Session::new(Arc::clone(&self.config))
    }
}

/// Pairs a chain with its key.
///
/// A certificate of version 1, as older recipes for databases' servers make them, is served like
/// any other: it is for the client to judge. Whether the key fits it the library cannot tell then.
fn resolver(
    provider: &CryptoProvider,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<SingleCertAndKey, AcceptorError> {
    let key = provider.key_provider.load_private_key(key).map_err(pair)?;
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Err(rustls::Error::InconsistentKeys(why)) if why != InconsistentKeys::Unknown => {
            Err(pair(rustls::Error::InconsistentKeys(why)))
        }
        _ => Ok(SingleCertAndKey::from(certified)),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "its shape is that of map_err's argument"
)]
fn pair(error: rustls::Error) -> AcceptorError {
    AcceptorError::Pair(error.to_string())
}

/// The certificates of a PEM file; none when there is none, or one is malformed.
fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.ok().filter(|found| !found.is_empty())
}
