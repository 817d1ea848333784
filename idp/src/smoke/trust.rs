//! What the smoke test trusts when the server speaks TLS itself: the certificate that its settings
//! name, and no other. It is asked for by the issuer's name, and must not have run out; who vouches
//! for it is the browsers' question.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// TLS with whoever presents the certificate in this file.
pub(super) fn exactly(cert: &Path) -> anyhow::Result<ClientConfig> {
    let named = || cert.display().to_string();
    let chain: Vec<_> = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect)
        .with_context(|| format!("{}: the certificate cannot be read", named()))?;
    let expected = chain.first().with_context(|| format!("{}: no certificate", named()))?.clone();
    let mut anchors = RootCertStore::empty();
    anchors.add_parsable_certificates(chain);
    let provider = Arc::new(default_provider());
    let judge =
        WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), Arc::clone(&provider))
            .build()
            .with_context(named)?;
    Ok(ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Exactly { expected, judge }))
        .with_no_client_auth())
}

/// Takes one certificate.
#[derive(Debug)]
struct Exactly {
    expected: CertificateDer<'static>,
    judge: Arc<WebPkiServerVerifier>,
}

impl ServerCertVerifier for Exactly {
    fn verify_server_cert(
        &self,
        presented: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *presented != self.expected {
            let text = "another certificate is presented than the file of [listen] tls holds";
            return Err(Error::General(text.to_owned()));
        }
        match self.judge.verify_server_cert(presented, intermediates, name, ocsp, now) {
            // The chain ends before one that is trusted, as chains in files do, or is no chain: it
            // is its own authority.
            Err(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::Other(_),
            )) => {
                verify_server_name(&ParsedCertificate::try_from(presented)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.judge.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.judge.supported_verify_schemes()
    }
}
