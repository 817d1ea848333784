//! Chains of certificates (RFC 5280): to the roots that an operator trusts, and to those that
//! metadata names for a model.

use std::time::Duration;

use latchkey_core::Timestamp;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, TrustAnchor, UnixTime,
};
use webpki::aws_lc_rs::{
    ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

static ALGORITHMS: &[&dyn SignatureVerificationAlgorithm] = &[
    ECDSA_P256_SHA256,
    ECDSA_P256_SHA384,
    ECDSA_P384_SHA256,
    ECDSA_P384_SHA384,
    RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
];

/// No honest chain is longer; every further certificate is a signature to verify.
pub(super) const LONGEST: usize = 8;

/// Who is trusted to have the last word on metadata.
#[derive(Clone, Debug)]
pub struct Roots(Vec<TrustAnchor<'static>>);

/// Why something makes no roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// There is no certificate in it.
    #[error("there is no certificate in it, neither PEM nor DER")]
    None,
    /// One of the certificates cannot be read.
    #[error("a certificate in it cannot be read")]
    Malformed,
}

impl Roots {
    /// The certificates of a few files, each PEM or DER.
    ///
    /// # Errors
    /// When one holds none, or one that cannot be read.
    pub fn read<'f>(files: impl IntoIterator<Item = &'f [u8]>) -> Result<Self, RootsError> {
        let mut anchors = Vec::new();
        for file in files {
            let pem: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(file).collect();
            let mut certificates = pem.map_err(|_| RootsError::Malformed)?;
            if certificates.is_empty() {
                // An ASN.1 sequence.
                if file.first() != Some(&0x30) {
                    return Err(RootsError::None);
                }
                certificates.push(CertificateDer::from(file.to_vec()));
            }
            for certificate in &certificates {
                let anchor = anchor_from_trusted_cert(certificate);
                anchors.push(anchor.map_err(|_| RootsError::Malformed)?.to_owned());
            }
        }
        Ok(Self(anchors))
    }
}

fn time(now: Timestamp) -> UnixTime {
    let millis = u64::try_from(now.millis()).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_millis(millis))
}

/// The first certificate of a chain, once it is for `name` and leads to a root.
pub(super) fn signer<'c>(
    chain: &'c [CertificateDer<'c>],
    roots: &Roots,
    name: &str,
    now: Timestamp,
) -> Result<EndEntityCert<'c>, webpki::Error> {
    let (first, others) = chain.split_first().ok_or(webpki::Error::BadDer)?;
    let first = EndEntityCert::try_from(first)?;
    let usage = KeyUsage::server_auth();
    first.verify_for_usage(ALGORITHMS, &roots.0, others, time(now), usage, None, None)?;
    let name = ServerName::try_from(name).map_err(|_| webpki::Error::MalformedDnsIdentifier)?;
    first.verify_is_valid_for_subject_name(&name)?;
    Ok(first)
}

/// Whether an attestation's chain leads to one of a model's roots, or begins with one (FIDO Metadata
/// Statement v3.0 §4, `attestationRootCertificates`).
pub(super) fn leads_to(chain: &[Vec<u8>], roots: &[Vec<u8>], now: Timestamp) -> bool {
    let Some((first, others)) = chain.split_first() else { return false };
    if chain.len() > LONGEST {
        return false;
    }
    if roots.contains(first) {
        return true;
    }
    let roots: Vec<_> = roots.iter().map(|root| CertificateDer::from(root.as_slice())).collect();
    // One that cannot be read vouches for nothing; the others may.
    let anchors: Vec<_> =
        roots.iter().filter_map(|root| anchor_from_trusted_cert(root).ok()).collect();
    let first = CertificateDer::from(first.as_slice());
    let others: Vec<_> = others.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let Ok(first) = EndEntityCert::try_from(&first) else { return false };
    // Attesting certificates name no purpose (WebAuthn Level 3 §8.2.1); those that do are for else.
    let usage = KeyUsage::client_auth();
    first.verify_for_usage(ALGORITHMS, &anchors, &others, time(now), usage, None, None).is_ok()
}
