//! The closed set of what is encrypted with, and how it is chosen from what a provider publishes.

use aws_lc_rs::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    AES_128, AES_256, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use latchkey_core::Rng;

use crate::xml::write::WriteError;

/// What an assertion is encrypted with (XML Encryption §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataEncryption {
    /// AES with 256 bits in Galois/Counter Mode.
    Aes256Gcm,
    /// AES with 128 bits in Galois/Counter Mode.
    Aes128Gcm,
    /// AES with 256 bits in Cipher Block Chaining. Does not show that it was changed.
    Aes256Cbc,
    /// AES with 128 bits in Cipher Block Chaining. Does not show that it was changed.
    Aes128Cbc,
}

impl DataEncryption {
    /// Every way, best first.
    pub const ALL: [Self; 4] = [Self::Aes256Gcm, Self::Aes128Gcm, Self::Aes256Cbc, Self::Aes128Cbc];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            Self::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
            Self::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
            Self::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        }
    }

    /// The way of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|data| data.uri() == uri)
    }

    /// Whether whoever decrypts notices that somebody changed it.
    #[must_use]
    pub fn is_authenticated(self) -> bool {
        matches!(self, Self::Aes256Gcm | Self::Aes128Gcm)
    }

    /// In bytes.
    pub(super) fn key_length(self) -> usize {
        match self {
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
        }
    }

    /// The octets of `CipherValue`: the initialisation vector, the ciphertext, and GCM's tag
    /// (XML Encryption §5.2.2, §5.2.4).
    pub(super) fn encrypt(
        self,
        key: &[u8],
        plain: &[u8],
        rng: &dyn Rng,
    ) -> Result<Vec<u8>, WriteError> {
        let failed = |_| WriteError::Encrypting;
        if self.is_authenticated() {
            let algorithm = if key.len() == 32 { &AES_256_GCM } else { &AES_128_GCM };
            let key = LessSafeKey::new(UnboundKey::new(algorithm, key).map_err(failed)?);
            let nonce: [u8; NONCE_LEN] = rng.bytes();
            let mut octets = Vec::with_capacity(plain.len() + 64);
            octets.extend(nonce);
            octets.extend(plain);
            let nonce = Nonce::assume_unique_for_key(nonce);
            let tag = key
                .seal_in_place_separate_tag(nonce, Aad::empty(), &mut octets[NONCE_LEN..])
                .map_err(failed)?;
            octets.extend(tag.as_ref());
            Ok(octets)
        } else {
            let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
            let key = UnboundCipherKey::new(algorithm, key).map_err(failed)?;
            let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(failed)?;
            let vector: [u8; 16] = rng.bytes();
            let mut octets = plain.to_vec();
            let context = EncryptionContext::Iv128(FixedLength::from(vector));
            // Its padding is one that XML Encryption §5.2.1 allows: the last byte is its length.
            key.less_safe_encrypt(&mut octets, context).map_err(failed)?;
            octets.splice(..0, vector);
            Ok(octets)
        }
    }
}

/// What the key is encrypted with that the assertion is encrypted with (XML Encryption §5.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyTransport {
    /// RSA-OAEP with SHA-1, twice; whoever decrypts at all can do this. OAEP does not need of its
    /// digest what signatures need of theirs.
    OaepMgf1p,
    /// RSA-OAEP with SHA-256, twice.
    OaepSha256,
}

impl KeyTransport {
    /// Every way, the widest first.
    pub const ALL: [Self; 2] = [Self::OaepMgf1p, Self::OaepSha256];

    /// The URI that names it.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::OaepMgf1p => "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
            Self::OaepSha256 => "http://www.w3.org/2009/xmlenc11#rsa-oaep",
        }
    }

    /// The way of a URI, if it is one of these: the same text, to the letter.
    #[must_use]
    pub fn parse(uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.uri() == uri)
    }
}

/// The two ways together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Encryption {
    /// Of the assertion.
    pub data: DataEncryption,
    /// Of its key.
    pub key: KeyTransport,
}

impl Encryption {
    /// The best that a provider can decrypt, from the algorithms of the `EncryptionMethod`s that
    /// stand beside its key (SAML Metadata §2.4.1.1); what is listed there and unknown here does not
    /// count. None where there is nothing that both sides do.
    ///
    /// Where none of the methods is for data, every reader of XML Encryption 1.1 does AES-128-GCM;
    /// where none is for keys, every reader does `rsa-oaep-mgf1p`. CBC is taken only where `cbc`
    /// says that this provider needs it, and then only for want of GCM.
    #[must_use]
    pub fn choose<'a>(methods: impl IntoIterator<Item = &'a str>, cbc: bool) -> Option<Self> {
        let (mut data, mut keys): (Vec<&str>, Vec<&str>) =
            methods.into_iter().partition(|uri| !is_key_method(uri));
        if data.is_empty() {
            data.push(
                if cbc { DataEncryption::Aes128Cbc } else { DataEncryption::Aes128Gcm }.uri(),
            );
        }
        if keys.is_empty() {
            keys.push(KeyTransport::OaepMgf1p.uri());
        }
        let allowed = |way: &DataEncryption| way.is_authenticated() || cbc;
        Some(Self {
            data: DataEncryption::ALL
                .into_iter()
                .filter(allowed)
                .find(|way| data.contains(&way.uri()))?,
            key: KeyTransport::ALL.into_iter().find(|way| keys.contains(&way.uri()))?,
        })
    }
}

/// Whether it is a way to encrypt keys, known here or not (XML Encryption §5.5 to §5.7).
fn is_key_method(uri: &str) -> bool {
    let name = uri.rsplit_once('#').map_or(uri, |(_, name)| name);
    name.starts_with("rsa-") || name.starts_with("kw-") || name.contains("ECDH") || name == "dh"
}
