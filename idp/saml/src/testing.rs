//! Parties with keys of their own, for this crate's tests.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_STANDARD, Engine as _};

use crate::keys::{SignatureAlgorithm, SigningKey};
use crate::names::DSIG_NS;
use crate::verify::{Algorithm, Key, LIMITS};
use crate::xml::{Document, canonical};

/// Somebody who signs.
#[derive(Clone, Copy)]
pub(crate) struct Party {
    pub(crate) algorithm: Algorithm,
    pub(crate) certificate: &'static [u8],
    private: &'static [u8],
}

macro_rules! der {
    ($file:literal) => {{
        static DER: LazyLock<Vec<u8>> = LazyLock::new(|| decode(include_str!($file)));
        &**DER
    }};
}

impl Party {
    /// Signs with RSA.
    pub(crate) fn rsa() -> Self {
        Self {
            algorithm: Algorithm::RsaSha256,
            certificate: der!("testing/rsa.cert.pem"),
            private: der!("testing/rsa.key.pem"),
        }
    }

    /// Signs with ECDSA.
    pub(crate) fn ecdsa() -> Self {
        Self {
            algorithm: Algorithm::EcdsaSha256,
            certificate: der!("testing/ec.cert.pem"),
            private: der!("testing/ec.key.pem"),
        }
    }

    /// Signs with RSA too, and is trusted by nobody.
    pub(crate) fn stranger() -> Self {
        Self {
            algorithm: Algorithm::RsaSha256,
            certificate: der!("testing/stranger.cert.pem"),
            private: der!("testing/stranger.key.pem"),
        }
    }

    /// What others know it by.
    pub(crate) fn key(self) -> Key {
        Key::from_certificate(self.certificate).expect("the certificate is good")
    }

    /// Its signature, as XML and queries have it.
    pub(crate) fn sign(self, octets: &[u8]) -> Vec<u8> {
        let algorithm = match self.algorithm {
            Algorithm::EcdsaSha256 => SignatureAlgorithm::EcdsaSha256,
            _ => SignatureAlgorithm::RsaSha256,
        };
        let key = SigningKey::from_pkcs8(algorithm, self.private).expect("a key");
        key.sign(octets).expect("signed")
    }
}

/// A request for a log-in by [`Party::rsa`], signed by `xmlsec1`.
pub(crate) const REQUEST: &str = include_str!("testing/messages/request.xml");
/// A request for a log-out by [`Party::ecdsa`] in a SOAP envelope, signed by `xmlsec1`.
pub(crate) const LOGOUT: &str = include_str!("testing/messages/logout.xml");
/// A response by [`Party::rsa`] with an assertion, both signed by `xmlsec1`.
pub(crate) const RESPONSE: &str = include_str!("testing/messages/response.xml");

/// The metadata of a service provider, with all that one may say.
pub(crate) const PROVIDER: &str = include_str!("testing/metadata/provider.xml");
/// The metadata of a federation that has it too, signed by [`Party::rsa`] with `xmlsec1`.
pub(crate) const FEDERATION: &str = include_str!("testing/metadata/federation.xml");

/// Signs the element of that ID in an XML text, in which `{signature}` stands where the signature
/// goes. `edit` changes what the signature says of itself before that is signed.
pub(crate) fn sign_xml(
    party: Party,
    xml: &str,
    id: &str,
    edit: impl Fn(String) -> String,
) -> String {
    let bare = xml.replace("{signature}", "");
    let document = Document::parse(bare.as_bytes(), LIMITS).expect("it is good");
    let mut elements = document.root().descendants();
    let signed = elements.find(|e| e.attribute("ID") == Some(id)).expect("it is there");
    let octets = canonical::octets(signed, None, &[]).expect("short enough");
    let digest = BASE64_STANDARD.encode(digest(&SHA256, &octets));
    let signed_info = edit(format!(
        "<ds:SignedInfo xmlns:ds=\"{DSIG_NS}\"><ds:CanonicalizationMethod \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod \
         Algorithm=\"{}\"/><ds:Reference URI=\"#{id}\"><ds:Transforms><ds:Transform \
         Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/><ds:Transform \
         Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></ds:Transforms><ds:DigestMethod \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{digest}\
         </ds:DigestValue></ds:Reference></ds:SignedInfo>",
        party.algorithm.uri()
    ));
    let document = Document::parse(signed_info.as_bytes(), LIMITS).expect("it is good");
    let octets = canonical::octets(document.root(), None, &[]).expect("short enough");
    let value = BASE64_STANDARD.encode(party.sign(&octets));
    let certificate = BASE64_STANDARD.encode(party.certificate);
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{DSIG_NS}\">{signed_info}<ds:SignatureValue>{value}\
         </ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificate}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    );
    xml.replace("{signature}", &signature)
}

/// A certificate with an RSA key of 1024 bits.
pub(crate) fn short() -> &'static [u8] {
    der!("testing/short.cert.pem")
}

fn decode(pem: &str) -> Vec<u8> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    BASE64_STANDARD.decode(body).expect("PEM")
}
