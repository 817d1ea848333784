//! Keys that were registered for a provider, and nothing that a message brings along.

use aws_lc_rs::rsa::PublicEncryptingKey;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA256_FIXED,
    ECDSA_P521_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
    VerificationAlgorithm,
};

use super::Algorithm;

/// Somebody's public key for signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    kind: Kind,
    /// `SubjectPublicKeyInfo`, DER.
    spki: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rsa,
    P256,
    P384,
    P521,
}

/// Why a key cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It does not decode.
    #[error("the certificate cannot be read")]
    Certificate,
    /// Smaller ones can be broken, and bigger ones only cost time.
    #[error("the RSA key is not between 2048 and 8192 bits long")]
    Size,
    /// It is neither RSA nor on one of three curves.
    #[error("the key is neither RSA nor on the curve P-256, P-384 or P-521")]
    Kind,
}

impl Key {
    /// The key of an X.509 certificate, DER. The rest of the certificate is not judged: metadata
    /// says whose key it is, and until when is for whoever keeps it (Metadata Interoperability
    /// Profile §2.5).
    ///
    /// # Errors
    ///
    /// [`KeyError`], when there is no such key in it.
    pub fn from_certificate(der: &[u8]) -> Result<Self, KeyError> {
        Self::from_spki(subject_public_key_info(der).ok_or(KeyError::Certificate)?)
    }

    /// The key of a `SubjectPublicKeyInfo`, DER.
    ///
    /// # Errors
    ///
    /// [`KeyError`], when it is of another kind, or of a size that is not used.
    pub fn from_spki(spki: &[u8]) -> Result<Self, KeyError> {
        if ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).is_ok() {
            let size = PublicEncryptingKey::from_der(spki).map(|key| key.key_size_bits());
            let fits = size.is_ok_and(|bits| (2048..=8192).contains(&bits));
            return if fits {
                Ok(Self { kind: Kind::Rsa, spki: spki.to_vec() })
            } else {
                Err(KeyError::Size)
            };
        }
        let kinds: [(Kind, &'static dyn VerificationAlgorithm); 3] = [
            (Kind::P256, &ECDSA_P256_SHA256_FIXED),
            (Kind::P384, &ECDSA_P384_SHA384_FIXED),
            (Kind::P521, &ECDSA_P521_SHA512_FIXED),
        ];
        kinds
            .into_iter()
            .find(|(_, algorithm)| ParsedPublicKey::new(*algorithm, spki).is_ok())
            .map(|(kind, _)| Self { kind, spki: spki.to_vec() })
            .ok_or(KeyError::Kind)
    }

    /// Whether `signature` is this key's, by this algorithm, over `octets`. ECDSA signatures are
    /// the two numbers one after the other (RFC 6931 §2.3.6).
    #[must_use]
    pub(crate) fn verifies(&self, algorithm: Algorithm, octets: &[u8], signature: &[u8]) -> bool {
        let algorithm: &'static dyn VerificationAlgorithm = match (self.kind, algorithm) {
            (Kind::Rsa, Algorithm::RsaSha256) => &RSA_PKCS1_2048_8192_SHA256,
            (Kind::Rsa, Algorithm::RsaSha384) => &RSA_PKCS1_2048_8192_SHA384,
            (Kind::Rsa, Algorithm::RsaSha512) => &RSA_PKCS1_2048_8192_SHA512,
            (Kind::P256, Algorithm::EcdsaSha256) => &ECDSA_P256_SHA256_FIXED,
            (Kind::P384, Algorithm::EcdsaSha384) => &ECDSA_P384_SHA384_FIXED,
            (Kind::P521, Algorithm::EcdsaSha256) => &ECDSA_P521_SHA256_FIXED,
            (Kind::P521, Algorithm::EcdsaSha384) => &ECDSA_P521_SHA384_FIXED,
            (Kind::P521, Algorithm::EcdsaSha512) => &ECDSA_P521_SHA512_FIXED,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, &self.spki).verify(octets, signature).is_ok()
    }
}

/// Finds `subjectPublicKeyInfo` in a certificate (RFC 5280 §4.1). Whatever stands around it is
/// stepped over, for there are many certificates about that a stricter parser refuses.
fn subject_public_key_info(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const VERSION: u8 = 0xa0;
    let (whole, after) = Element::read(certificate)?;
    let (signed, _) = Element::read(whole.of(SEQUENCE)?)?;
    let mut rest = signed.of(SEQUENCE)?;
    let (first, after_first) = Element::read(rest)?;
    if first.tag == VERSION {
        rest = after_first;
    }
    // serialNumber, signature, issuer, validity, subject.
    for _ in 0..5 {
        rest = Element::read(rest)?.1;
    }
    let (key, after_key) = Element::read(rest)?;
    key.of(SEQUENCE)?;
    after.is_empty().then(|| &rest[..rest.len() - after_key.len()])
}

/// A DER element with a tag of one byte (X.690 §8.1).
struct Element<'d> {
    tag: u8,
    content: &'d [u8],
}

impl<'d> Element<'d> {
    /// The first element, and what follows it.
    fn read(bytes: &'d [u8]) -> Option<(Self, &'d [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        let (&first, mut rest) = rest.split_first()?;
        let length = match first {
            0..=0x7f => usize::from(first),
            // More than three bytes of length is more than any certificate is long.
            0x81..=0x83 => {
                let (length, after) = rest.split_at_checked(usize::from(first - 0x80))?;
                rest = after;
                length.iter().fold(0, |length, &byte| length << 8 | usize::from(byte))
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        Some((Self { tag, content }, rest))
    }

    fn of(&self, tag: u8) -> Option<&'d [u8]> {
        (self.tag == tag).then_some(self.content)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;
    use crate::testing::{self, Party};

    #[test]
    fn the_key_of_a_certificate_verifies_what_its_owner_signed() {
        for party in [Party::rsa(), Party::ecdsa()] {
            let key = Key::from_certificate(party.certificate).expect("a key");
            let signature = party.sign(b"octets");
            assert!(key.verifies(party.algorithm, b"octets", &signature));
            assert!(!key.verifies(party.algorithm, b"Octets", &signature));
            assert!(!key.verifies(party.algorithm, b"octets", &signature[1..]));
            for other in Algorithm::ALL.into_iter().filter(|other| *other != party.algorithm) {
                assert!(!key.verifies(other, b"octets", &signature), "{other:?}");
            }
        }
    }

    #[test]
    fn a_key_says_nothing_of_what_another_signed() {
        let key = Key::from_certificate(Party::rsa().certificate).expect("a key");
        let other = Party::stranger();
        assert!(!key.verifies(Algorithm::RsaSha256, b"octets", &other.sign(b"octets")));
    }

    #[test]
    fn rsa_keys_shorter_than_2048_bits_are_refused() {
        assert_eq!(Key::from_certificate(testing::short()), Err(KeyError::Size));
    }

    #[test]
    fn the_three_curves_are_taken_and_no_other() {
        use aws_lc_rs::signature as s;
        for algorithm in [
            &s::ECDSA_P256_SHA256_FIXED_SIGNING,
            &s::ECDSA_P384_SHA384_FIXED_SIGNING,
            &s::ECDSA_P521_SHA512_FIXED_SIGNING,
        ] {
            let pair = s::EcdsaKeyPair::generate(algorithm).expect("a key pair");
            let spki = pair.public_key().as_der().expect("DER");
            assert!(Key::from_spki(spki.as_ref()).is_ok());
        }
        let pair = s::EcdsaKeyPair::generate(&s::ECDSA_P256K1_SHA256_FIXED_SIGNING).expect("one");
        let spki = pair.public_key().as_der().expect("DER");
        assert_eq!(Key::from_spki(spki.as_ref()), Err(KeyError::Kind));
        let ed = s::Ed25519KeyPair::generate().expect("a key pair");
        let spki = ed.public_key().as_der().expect("DER");
        assert_eq!(Key::from_spki(spki.as_ref()), Err(KeyError::Kind));
    }

    #[test]
    fn a_broken_certificate_is_refused_wherever_it_breaks() {
        let whole = Party::rsa().certificate;
        for length in 0..whole.len() {
            assert_eq!(Key::from_certificate(&whole[..length]), Err(KeyError::Certificate));
        }
        let longer = [whole, b"x"].concat();
        assert_eq!(Key::from_certificate(&longer), Err(KeyError::Certificate));
        let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).expect("a key");
        let spki = private.public_key().as_der().expect("DER").as_ref().to_vec();
        assert_eq!(Key::from_certificate(&spki), Err(KeyError::Certificate));
        assert!(Key::from_spki(&spki).is_ok());
    }
}
