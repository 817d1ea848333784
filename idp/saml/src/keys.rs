//! Keys that sign messages, and the certificates that carry their public halves.
//!
//! Owns the closed set of signature algorithms. Where keys are kept, sealed, is not known here, and
//! no chain is ever built: in SAML a certificate counts because metadata has it (Metadata
//! Interoperability Profile §2.5.1).

use std::fmt;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::{Rng, Timestamp};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{
    Any, BitString, GeneralizedTime, OctetString, SetOfVec, UintRef, UtcTime, Utf8StringRef,
};
use x509_cert::der::oid::{AssociatedOid as _, ObjectIdentifier};
use x509_cert::der::{DateTime, Decode as _, Encode as _, Tag};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::name::{Name, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{TbsCertificate, Version};
use zeroize::Zeroizing;

/// What messages are signed by (RFC 6931 §2.3.2, §2.3.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[default]
    RsaSha256,
    /// ECDSA with P-256 and SHA-256. In XML its value is r‖s, each of 32 bytes.
    EcdsaSha256,
}

impl SignatureAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 2] = [Self::RsaSha256, Self::EcdsaSha256];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        }
    }

    /// What it is called where people read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RsaSha256 => "RSA-SHA256",
            Self::EcdsaSha256 => "ECDSA-SHA256",
        }
    }

    /// The algorithm that is called so.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    /// The algorithm of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.uri() == uri)
    }

    /// As certificates name it: RSA with an explicit NULL (RFC 4055 §5), ECDSA without anything
    /// (RFC 5758 §3.2).
    fn identifier(self) -> AlgorithmIdentifierOwned {
        let (oid, parameters) = match self {
            Self::RsaSha256 => ("1.2.840.113549.1.1.11", Some(Any::null())),
            Self::EcdsaSha256 => ("1.2.840.10045.4.3.2", None),
        };
        AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(oid), parameters }
    }
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The generator failed.
    #[error("the key could not be generated")]
    Generation,
    /// The bytes are no key of this algorithm.
    #[error("the bytes are not a PKCS#8 key of this algorithm")]
    Rejected,
    /// The key could not be written.
    #[error("the key could not be encoded")]
    Encoding,
    /// Nothing could be signed.
    #[error("the key does not sign")]
    Signing,
}

/// Why there is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// The bytes are something else.
    #[error("this is not an X.509 certificate")]
    Unreadable,
    /// The name of its subject is empty, or longer than 64 characters (RFC 5280 Appendix A.1).
    #[error("a certificate's name has 1 to 64 characters")]
    Name,
    /// It would begin or end at a time that a certificate cannot tell.
    #[error("a certificate begins and ends between 1970 and 9999, and ends after it begins")]
    Time,
    /// It carries another key than the one that it is for.
    #[error("the certificate is not of this key")]
    OtherKey,
    /// It could not be signed or written.
    #[error("the certificate could not be made")]
    Making,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// A private key that signs by one algorithm.
pub struct SigningKey {
    pair: Pair,
    public: Vec<u8>,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?})", self.algorithm())
    }
}

impl SigningKey {
    /// A new key: RSA of 2048 bits, or P-256. aws-lc draws the randomness itself and takes no other
    /// source: a key is not something that a test may repeat.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn generate(algorithm: SignatureAlgorithm) -> Result<Self, KeyError> {
        let pair = match algorithm {
            SignatureAlgorithm::RsaSha256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            SignatureAlgorithm::EcdsaSha256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ecdsa)
            }
        };
        Self::new(pair.map_err(|_| KeyError::Generation)?)
    }

    /// A key from its PKCS#8 form.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_pkcs8(algorithm: SignatureAlgorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let pair = match algorithm {
            SignatureAlgorithm::RsaSha256 => RsaKeyPair::from_pkcs8(bytes).map(Pair::Rsa),
            SignatureAlgorithm::EcdsaSha256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map(Pair::Ecdsa)
            }
        };
        Self::new(pair.map_err(|_| KeyError::Rejected)?)
    }

    /// The PKCS#8 form, for sealing. Wiped when dropped.
    ///
    /// # Errors
    /// When the key cannot be encoded.
    pub fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = match &self.pair {
            Pair::Rsa(pair) => {
                let der: Result<Pkcs8V1Der<'static>, _> = pair.as_der();
                der.map(|der| der.as_ref().to_vec())
            }
            Pair::Ecdsa(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
        };
        bytes.map(Zeroizing::new).map_err(|_| KeyError::Encoding)
    }

    fn new(pair: Pair) -> Result<Self, KeyError> {
        let public: Result<PublicKeyX509Der<'static>, _> = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ecdsa(pair) => pair.public_key().as_der(),
        };
        let public = public.map_err(|_| KeyError::Rejected)?.as_ref().to_vec();
        Ok(Self { pair, public })
    }

    /// What it signs by.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match self.pair {
            Pair::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Pair::Ecdsa(_) => SignatureAlgorithm::EcdsaSha256,
        }
    }

    /// Its public half, a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// The signature of these octets, as XML and addresses carry it: of RSA's length, or r‖s of 64
    /// bytes (RFC 4050 §3.3; XML Signature 1.1 §6.4.3).
    ///
    /// # Errors
    /// When the key does not sign.
    pub fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, KeyError> {
        // By digest, since those calls do not want a generator which they then ignore.
        let digest = digest(&SHA256, octets);
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, &digest, &mut signature).map(|()| signature)
            }
            Pair::Ecdsa(pair) => {
                pair.sign_digest(&digest).map(|signature| signature.as_ref().to_vec())
            }
        }
        .map_err(|_| KeyError::Signing)
    }

    /// The same as certificates carry it: ECDSA's is a sequence of two integers (RFC 5758 §3.2).
    fn sign_der(&self, octets: &[u8]) -> Result<Vec<u8>, CertificateError> {
        let signature = self.sign(octets).map_err(|_| CertificateError::Making)?;
        match &self.pair {
            Pair::Rsa(_) => Ok(signature),
            Pair::Ecdsa(_) => {
                let (r, s) = signature.split_at(signature.len() / 2);
                let integers = [UintRef::new(r), UintRef::new(s)];
                let [r, s] = integers.map(|integer| integer.map_err(|_| CertificateError::Making));
                vec![r?, s?].to_der().map_err(|_| CertificateError::Making)
            }
        }
    }
}

/// An X.509 certificate: a public key, and until when it is meant to be used.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    base64: String,
    public: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.base64)
    }
}

/// The SHA-256 of a certificate or key, as `openssl x509 -fingerprint -sha256` writes it.
#[must_use]
pub fn fingerprint(der: &[u8]) -> String {
    let hashed = digest(&SHA256, der);
    let bytes: Vec<_> = hashed.as_ref().iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(":")
}

impl Certificate {
    /// A certificate for a key, signed by that key: what SAML metadata carries keys in. Its serial
    /// number is random; whoever knows the key by its certificate tells two of one name apart.
    ///
    /// `lifetime` counts from `now` and is cut to whole seconds.
    ///
    /// # Errors
    /// When the name or the times cannot be said in a certificate, or the key does not sign.
    pub fn self_signed(
        key: &SigningKey,
        common_name: &str,
        now: Timestamp,
        lifetime: Duration,
        rng: &dyn Rng,
    ) -> Result<Self, CertificateError> {
        if common_name.is_empty() || common_name.chars().count() > 64 {
            return Err(CertificateError::Name);
        }
        let made = |_| CertificateError::Making;
        let validity = Validity {
            not_before: certificate_time(now)?,
            not_after: certificate_time(now.plus(lifetime))?,
        };
        if now.plus(lifetime).seconds() <= now.seconds() {
            return Err(CertificateError::Time);
        }
        // Positive, and never shorter than 16 bytes (RFC 5280 §4.1.2.2).
        let mut serial: [u8; 16] = rng.bytes();
        serial[0] = serial[0] & 0x7f | 0x40;
        let name = distinguished_name(common_name).map_err(made)?;
        let signature = key.algorithm().identifier();
        // Any unique value will do; RFC 7093 §2 takes the leftmost 160 bits of a SHA-256.
        let key_id = digest(&SHA256, &key.public);
        let key_id = OctetString::new(&key_id.as_ref()[..20]).and_then(|id| id.to_der());
        let to_be_signed = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&serial).map_err(made)?,
            signature: signature.clone(),
            issuer: name.clone(),
            validity,
            subject: name,
            subject_public_key_info: SubjectPublicKeyInfoOwned::from_der(&key.public)
                .map_err(made)?,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(vec![Extension {
                extn_id: SubjectKeyIdentifier::OID,
                critical: false,
                extn_value: key_id.and_then(OctetString::new).map_err(made)?,
            }]),
        };
        let octets = to_be_signed.to_der().map_err(made)?;
        let certificate = x509_cert::Certificate {
            tbs_certificate: to_be_signed,
            signature_algorithm: signature,
            signature: BitString::from_bytes(&key.sign_der(&octets)?).map_err(made)?,
        };
        Self::parse(&certificate.to_der().map_err(made)?)
    }

    /// The certificate of these bytes in DER. Its own signature is not looked at: whoever takes a
    /// certificate takes it because of where it stands.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        let unreadable = |_| CertificateError::Unreadable;
        let read = x509_cert::Certificate::from_der(der).map_err(unreadable)?.tbs_certificate;
        let time = |time: Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
            Timestamp::from_seconds(seconds)
        };
        Ok(Self {
            der: der.to_vec(),
            base64: STANDARD.encode(der),
            public: read.subject_public_key_info.to_der().map_err(unreadable)?,
            not_before: time(read.validity.not_before),
            not_after: time(read.validity.not_after),
        })
    }

    /// The certificate of an `X509Certificate` element: base64, with white space anywhere
    /// (XML Signature §4.4.4).
    ///
    /// # Errors
    /// When the text is something else.
    pub fn parse_base64(text: &str) -> Result<Self, CertificateError> {
        let dense: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(dense).map_err(|_| CertificateError::Unreadable)?;
        Self::parse(&der)
    }

    /// Its bytes, in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The same as `X509Certificate` holds them: base64 in one line.
    #[must_use]
    pub fn base64(&self) -> &str {
        &self.base64
    }

    /// In PEM (RFC 7468 §5), for whoever wants a file.
    #[must_use]
    pub fn pem(&self) -> String {
        let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
        let mut rest = self.base64.as_str();
        while !rest.is_empty() {
            // Base64 is ASCII: every place is between two characters.
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// What people compare it by.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.der)
    }

    /// Its public key, a `SubjectPublicKeyInfo` in DER (RFC 5280 §4.1.2.7).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public
    }

    /// The second from which on it is meant to be used.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last second in which it is meant to be used.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }
}

/// A key with the certificate that others know it by.
#[derive(Debug)]
pub struct Credential {
    key: SigningKey,
    certificate: Certificate,
}

impl Credential {
    /// The two together.
    ///
    /// # Errors
    /// When the certificate carries another key: nobody could verify what is signed.
    pub fn new(key: SigningKey, certificate: Certificate) -> Result<Self, CertificateError> {
        if key.public_key() == certificate.public_key() {
            Ok(Self { key, certificate })
        } else {
            Err(CertificateError::OtherKey)
        }
    }

    /// What signs.
    #[must_use]
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// What others verify by.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// `CN=…` and nothing else. The text is taken as it is: nothing in it separates anything.
fn distinguished_name(common_name: &str) -> x509_cert::der::Result<Name> {
    let value = Utf8StringRef::new(common_name)?;
    let name = AttributeTypeAndValue {
        oid: ObjectIdentifier::new_unwrap("2.5.4.3"),
        value: Any::new(Tag::Utf8String, value.as_bytes())?,
    };
    Ok(Name::from(vec![RelativeDistinguishedName::from(SetOfVec::try_from(vec![name])?)]))
}

/// Until 2049 in two digits of the year, then in four (RFC 5280 §4.1.2.5).
fn certificate_time(time: Timestamp) -> Result<Time, CertificateError> {
    let seconds = u64::try_from(time.seconds()).map_err(|_| CertificateError::Time)?;
    let read = DateTime::from_unix_duration(Duration::from_secs(seconds));
    let read = read.map_err(|_| CertificateError::Time)?;
    Ok(match UtcTime::from_date_time(read) {
        Ok(short) => Time::UtcTime(short),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_date_time(read)),
    })
}

#[cfg(test)]
mod tests;
