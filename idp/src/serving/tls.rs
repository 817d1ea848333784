//! TLS (RFC 8446, RFC 5246) by rustls with aws-lc-rs: a certificate and its key from two files,
//! read again when they change.
//!
//! Owns what is presented to clients; whom they may be is not asked here. A certificate that cannot
//! be used never takes the place of one that can.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use latchkey_core::secrets::Digest;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{InconsistentKeys, ServerConfig};
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsAcceptor;
use zeroize::Zeroizing;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why a certificate cannot be presented. Names the file.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// A file holds no certificate.
    #[error("{0}: there is no certificate in it (\"BEGIN CERTIFICATE\")")]
    NoCertificate(String),
    /// A file holds no key that can be used.
    #[error(
        "{0}: there is no private key in it that can be used: PKCS#8, SEC1 or PKCS#1, RSA or \
         ECDSA, not encrypted"
    )]
    NoKey(String),
    /// The two are strangers to each other.
    #[error("the key in {key} does not belong to the certificate in {cert}")]
    Strangers {
        /// Where the certificate is.
        cert: String,
        /// Where the key is.
        key: String,
    },
    /// The certificate cannot be read.
    #[error("{0}: the certificate cannot be read: {1}")]
    Certificate(String, rustls::Error),
    /// This build's TLS does not work at all.
    #[error("TLS cannot be set up: {0}")]
    SetUp(rustls::Error),
}

/// A certificate with its key, as their files hold them.
pub struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    looks: Mutex<Looks>,
}

/// What the files were when they were looked at.
struct Looks {
    last: Option<Digest>,
    tried: Option<Digest>,
    /// Looks in a row that found a file missing: one is a replacement, two are a fault.
    missed: u8,
}

/// What another look at the files came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// As before, or changing at the moment.
    Nothing,
    /// Another certificate is presented from now on.
    Renewed,
}

struct Files {
    cert: Vec<u8>,
    key: Zeroizing<Vec<u8>>,
}

impl Files {
    fn read(cert: &Path, key: &Path) -> Result<Self, TlsError> {
        let read = |path: &Path| fs::read(path).map_err(|error| TlsError::File(named(path), error));
        Ok(Self { cert: read(cert)?, key: Zeroizing::new(read(key)?) })
    }

    fn digest(&self) -> Digest {
        let length = self.cert.len().to_be_bytes();
        let all = [&length[..], self.cert.as_slice(), self.key.as_slice()].concat();
        Digest::of(&Zeroizing::new(all))
    }
}

/// Whether a certificate with those that vouch for it, and its key, could be presented (PEM).
///
/// # Errors
/// Why not, without a word of the key.
pub fn check_pem(cert: &[u8], key: &[u8]) -> Result<(), TlsError> {
    let files = Files { cert: cert.to_vec(), key: Zeroizing::new(key.to_vec()) };
    certified(Path::new("the certificate"), Path::new("the key"), &files).map(drop)
}

impl Certificate {
    /// Reads a certificate, followed by those that vouch for it, and its key.
    ///
    /// # Errors
    /// Why it cannot be presented.
    pub fn open(cert: &Path, key: &Path) -> Result<Arc<Self>, TlsError> {
        let files = Files::read(cert, key)?;
        let current = certified(cert, key, &files)?;
        let digest = Some(files.digest());
        let looks = Looks { last: digest, tried: digest, missed: 0 };
        Ok(Arc::new(Self {
            cert: cert.to_owned(),
            key: key.to_owned(),
            current: RwLock::new(Arc::new(current)),
            looks: Mutex::new(looks),
        }))
    }

    /// What takes connections with it.
    ///
    /// # Errors
    /// When this build's TLS does not work at all.
    pub(super) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, TlsError> {
        let presents: Arc<dyn ResolvesServerCert> = Arc::<Self>::clone(self);
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(TlsError::SetUp)?
            .with_no_client_auth()
            .with_cert_resolver(presents);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    /// Looks at the files again; what is in them is tried once it has stayed the same for two
    /// looks, because whoever replaces two files replaces one first.
    ///
    /// # Errors
    /// Why what is there cannot be presented; told once for each content.
    pub(super) fn look(&self) -> Result<Look, TlsError> {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        let files = match Files::read(&self.cert, &self.key) {
            Ok(files) => files,
            Err(error) => {
                looks.missed = looks.missed.saturating_add(1);
                return if looks.missed == 2 { Err(error) } else { Ok(Look::Nothing) };
            }
        };
        looks.missed = 0;
        let digest = Some(files.digest());
        let settled = looks.last == digest;
        looks.last = digest;
        if !settled || looks.tried == digest {
            return Ok(Look::Nothing);
        }
        looks.tried = digest;
        let renewed = Arc::new(certified(&self.cert, &self.key, &files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = renewed;
        Ok(Look::Renewed)
    }

    /// Looks at the files every few seconds, for as long as it is polled.
    pub(super) async fn keep(self: Arc<Self>) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let this = Arc::clone(&self);
            match tokio::task::spawn_blocking(move || this.look()).await {
                Ok(Ok(Look::Nothing)) => {}
                Ok(Ok(Look::Renewed)) => tracing::info!("a new certificate is presented"),
                Ok(Err(error)) => {
                    tracing::error!(%error, "the certificate is not renewed; the old one is kept");
                }
                Err(error) => tracing::error!(%error, "the certificate could not be looked at"),
            }
        }
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("cert", &self.cert).finish_non_exhaustive()
    }
}

fn named(path: &Path) -> String {
    path.display().to_string()
}

fn certified(cert: &Path, key: &Path, files: &Files) -> Result<CertifiedKey, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&files.cert).collect();
    let chain = chain.ok().filter(|chain| !chain.is_empty());
    let chain = chain.ok_or_else(|| TlsError::NoCertificate(named(cert)))?;
    let no_key = || TlsError::NoKey(named(key));
    let secret = PrivateKeyDer::from_pem_slice(&files.key).map_err(|_| no_key())?;
    let signs = default_provider().key_provider.load_private_key(secret).map_err(|_| no_key())?;
    let certified = CertifiedKey::new(chain, signs);
    match certified.keys_match() {
        Ok(()) => Ok(certified),
        Err(rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
            Err(TlsError::Strangers { cert: named(cert), key: named(key) })
        }
        Err(error) => Err(TlsError::Certificate(named(cert), error)),
    }
}
