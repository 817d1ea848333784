//! Assertions that only one provider can read (XML Encryption 1.1; SAML Core §6).
//!
//! Owns who can read them and in which form they stand in a response; [`methods`] is the closed set
//! of what is encrypted with.

mod methods;

use std::fmt;

use aws_lc_rs::rsa::{
    OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey,
};
use latchkey_core::Rng;
use zeroize::Zeroizing;

pub use self::methods::{DataEncryption, Encryption, KeyTransport};
use crate::keys::Certificate;
use crate::xml::sign::{ds, key_info};
use crate::xml::write::{Name, Namespace, WriteError, Writer, attribute};

const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
const SHA1: &str = "http://www.w3.org/2000/09/xmldsig#sha1";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const MGF1_SHA256: &str = "http://www.w3.org/2009/xmlenc11#mgf1sha256";

/// Why nothing can be encrypted for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("only RSA keys of 2048 to 8192 bits can be encrypted for")]
pub struct RecipientError;

/// Who is to read an assertion.
pub struct Recipient {
    key: OaepPublicEncryptingKey,
    certificate: Option<Certificate>,
    encryption: Encryption,
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("encryption", &self.encryption).finish_non_exhaustive()
    }
}

impl Recipient {
    /// Whoever has the private half of a certificate's key. The certificate goes along, so that a
    /// reader with several keys finds the one.
    ///
    /// # Errors
    /// When its key is none that can be encrypted for.
    pub fn of_certificate(
        certificate: Certificate,
        encryption: Encryption,
    ) -> Result<Self, RecipientError> {
        let one = Self::of_public_key(certificate.public_key(), encryption)?;
        Ok(Self { certificate: Some(certificate), ..one })
    }

    /// Whoever has the private half of a key, a `SubjectPublicKeyInfo` in DER.
    ///
    /// # Errors
    /// When it is none that can be encrypted for.
    pub fn of_public_key(der: &[u8], encryption: Encryption) -> Result<Self, RecipientError> {
        let key = PublicEncryptingKey::from_der(der).map_err(|_| RecipientError)?;
        let key = OaepPublicEncryptingKey::new(key).map_err(|_| RecipientError)?;
        Ok(Self { key, certificate: None, encryption })
    }

    /// How it is encrypted.
    #[must_use]
    pub fn encryption(&self) -> Encryption {
        self.encryption
    }

    /// Writes an assertion as an `EncryptedAssertion` (SAML Core §2.3.4). Key and initialisation
    /// vector are of `rng`; OAEP's seed is of aws-lc, which takes no other.
    pub(crate) fn encrypt(&self, writer: &mut Writer, plain: &str, rng: &dyn Rng) {
        if writer.has_failed() {
            return;
        }
        match self.octets(plain, rng) {
            Ok((key, data)) => self.write(writer, &key, &data),
            Err(failure) => writer.fail(failure),
        }
    }

    /// The octets of both `CipherValue`s, the key's and the assertion's.
    fn octets(&self, plain: &str, rng: &dyn Rng) -> Result<(Vec<u8>, Vec<u8>), WriteError> {
        let data = self.encryption.data;
        let mut key = Zeroizing::new(vec![0; data.key_length()]);
        rng.fill(&mut key);
        let octets = data.encrypt(&key, plain.as_bytes(), rng)?;
        let algorithm = match self.encryption.key {
            KeyTransport::OaepMgf1p => &OAEP_SHA1_MGF1SHA1,
            KeyTransport::OaepSha256 => &OAEP_SHA256_MGF1SHA256,
        };
        let mut sealed = vec![0; self.key.ciphertext_size()];
        let length = self.key.encrypt(algorithm, &key, &mut sealed, None);
        let length = length.map_err(|_| WriteError::Encrypting)?.len();
        sealed.truncate(length);
        Ok((sealed, octets))
    }

    fn write(&self, writer: &mut Writer, key: &[u8], data: &[u8]) {
        writer.element(Name(Namespace::Saml, "EncryptedAssertion"), [], |w| {
            w.element(xenc("EncryptedData"), [attribute("Type", ELEMENT)], |w| {
                let method = [attribute("Algorithm", self.encryption.data.uri())];
                w.leaf(xenc("EncryptionMethod"), method, "");
                w.element(ds("KeyInfo"), [], |w| {
                    w.element(xenc("EncryptedKey"), [], |w| {
                        self.key_method(w);
                        if let Some(certificate) = &self.certificate {
                            key_info(w, certificate);
                        }
                        cipher_data(w, key);
                    });
                });
                cipher_data(w, data);
            });
        });
    }

    /// Both digests are said, for what a reader takes them for otherwise is another one in each
    /// (XML Encryption §5.5.2).
    fn key_method(&self, writer: &mut Writer) {
        let transport = self.encryption.key;
        let method = [attribute("Algorithm", transport.uri())];
        writer.element(xenc("EncryptionMethod"), method, |w| {
            let digest = match transport {
                KeyTransport::OaepMgf1p => SHA1,
                KeyTransport::OaepSha256 => SHA256,
            };
            w.leaf(ds("DigestMethod"), [attribute("Algorithm", digest)], "");
            if transport == KeyTransport::OaepSha256 {
                let generation = [attribute("Algorithm", MGF1_SHA256)];
                w.leaf(Name(Namespace::Xenc11, "MGF"), generation, "");
            }
        });
    }

    pub(crate) fn is_authenticated(&self) -> bool {
        self.encryption.data.is_authenticated()
    }
}

fn xenc(local: &'static str) -> Name {
    Name(Namespace::Xenc, local)
}

fn cipher_data(writer: &mut Writer, octets: &[u8]) {
    writer.element(xenc("CipherData"), [], |w| {
        w.element(xenc("CipherValue"), [], |w| w.base64(octets));
    });
}

#[cfg(test)]
mod tests;
