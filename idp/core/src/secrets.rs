//! Secrets by what may be done with them: [`Plain`] may be shown once or compared, [`Digest`] and
//! [`Sealed`] may be stored. `Plain` has no `Debug`, `Display`, `Serialize` or column mapping, so
//! that logging or storing one does not compile.

mod ring;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use crate::rng::Rng;

pub use ring::{KeyRing, Unopened, Versioned};

/// A secret in the clear. Wiped when dropped.
#[derive(Clone, ZeroizeOnDrop, Deserialize)]
#[serde(transparent)]
pub struct Plain(String);

impl Plain {
    /// Takes a text as a secret.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// A new secret of 256 random bits, as 43 URL-safe characters.
    #[must_use]
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = rng.bytes::<32>();
        let text = URL_SAFE_NO_PAD.encode(bytes);
        bytes.zeroize();
        Self(text)
    }

    /// The secret itself. Every call is a place to look at in review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What may be stored of it. For secrets of at least 128 random bits; passwords are hashed
    /// with Argon2id instead.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

/// The SHA-256 of a secret. Equality takes the same time whatever differs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let mut out = [0; 32];
        out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
        Self(out)
    }

    /// A digest as it was stored.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for storing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

/// Bytes sealed under a [`SealingKey`]: authenticated, confidential, bound to their purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Sealed bytes as they were stored or received.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes, for storing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why sealed bytes did not open. One reason only: a forger learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open under this key and purpose")]
pub struct DoesNotOpen;

/// A 256-bit key that seals small pieces of data with AES-256-GCM-SIV (RFC 8452), whose random
/// nonces stay safe over more messages than a node will ever mint.
pub struct SealingKey {
    key: LessSafeKey,
}

impl SealingKey {
    /// A key from its 32 bytes.
    ///
    /// # Panics
    /// Never: the length is the algorithm's.
    #[must_use]
    #[allow(clippy::expect_used, reason = "the length is right by type")]
    pub fn new(bytes: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, bytes).expect("32 bytes");
        Self { key: LessSafeKey::new(key) }
    }

    /// Seals `plaintext` for one `purpose`; only the same purpose opens it again.
    ///
    /// # Panics
    /// Never for data of the sizes used here (the algorithm's limit is 64 GiB).
    #[must_use]
    #[allow(clippy::expect_used, reason = "only fails above 64 GiB")]
    pub fn seal(&self, rng: &dyn Rng, purpose: &str, plaintext: &[u8]) -> Sealed {
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut out = Vec::with_capacity(NONCE_LEN + plaintext.len() + 16);
        out.extend_from_slice(&nonce);
        let mut body = plaintext.to_vec();
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.as_bytes()),
                &mut body,
            )
            .expect("within the size limit");
        out.append(&mut body);
        Sealed(out)
    }

    /// Opens what [`seal`](Self::seal) made for the same purpose.
    ///
    /// # Errors
    /// [`DoesNotOpen`] for anything else.
    pub fn open(&self, purpose: &str, sealed: &Sealed) -> Result<Vec<u8>, DoesNotOpen> {
        let (nonce, body) = sealed.0.split_at_checked(NONCE_LEN).ok_or(DoesNotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| DoesNotOpen)?;
        let mut body = body.to_vec();
        let opened = self
            .key
            .open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut body)
            .map_err(|_| DoesNotOpen)?
            .len();
        body.truncate(opened);
        Ok(body)
    }
}

/// A key for HMAC-SHA-256: stable values that only we can compute (fake ids, pairwise subjects).
pub struct MacKey(hmac::Key);

impl MacKey {
    /// A key from its bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The 32 bytes for `message`, apart for each `purpose`.
    #[must_use]
    pub fn derive(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(message);
        let mut out = [0; 32];
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    #[test]
    fn sealed_data_opens_for_its_purpose_only() {
        let rng = SeededRng::new(1);
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&rng, "code", b"who");
        assert_eq!(key.open("code", &sealed).as_deref(), Ok(&b"who"[..]));
        assert_eq!(key.open("token", &sealed), Err(DoesNotOpen));
        assert_eq!(SealingKey::new(&[8; 32]).open("code", &sealed), Err(DoesNotOpen));
    }

    #[test]
    fn a_flipped_bit_anywhere_does_not_open() {
        let key = SealingKey::new(&[7; 32]);
        let sealed = key.seal(&SeededRng::new(2), "code", b"who");
        for index in 0..sealed.as_bytes().len() {
            let mut bytes = sealed.as_bytes().to_vec();
            bytes[index] ^= 1;
            assert_eq!(key.open("code", &Sealed::from_bytes(bytes)), Err(DoesNotOpen));
        }
        for length in 0..sealed.as_bytes().len() {
            let cut = Sealed::from_bytes(sealed.as_bytes()[..length].to_vec());
            assert_eq!(key.open("code", &cut), Err(DoesNotOpen));
        }
    }
}
