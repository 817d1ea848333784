//! Signing keys through aws-lc-rs, parsed once, and the set of them that is published (RFC 7517,
//! RFC 7518, RFC 8037).
//!
//! Where keys are kept, sealed, is not known here.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256,
    RsaKeyPair, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use crate::facade::{JsonWebKey, JsonWebKeySet, JwsAlgorithm, PrivateSigningKey, SigningError};

/// What ID tokens are signed with. A client chooses one; the default is the specification's
/// (OpenID Connect Registration §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits.
    #[default]
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA with P-256 and SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The algorithm as it stands in tokens and metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of a name, if it is one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == text)
    }

    pub(crate) fn jws(self) -> JwsAlgorithm {
        match self {
            Self::Rs256 => JwsAlgorithm::RsaSsaPkcs1V15Sha256,
            Self::Es256 => JwsAlgorithm::EcdsaP256Sha256,
            Self::EdDsa => JwsAlgorithm::EdDsa,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Self::Es256 => &ECDSA_P256_SHA256_FIXED,
            Self::EdDsa => &ED25519,
        }
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
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A private key that signs by one algorithm. Its public JWK is built once.
pub struct SigningKey {
    pair: Pair,
    algorithm: Algorithm,
    kid: String,
    jwk: JsonWebKey,
    public: ParsedPublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({} {})", self.algorithm.as_str(), self.kid)
    }
}

impl SigningKey {
    /// A new key. aws-lc draws the randomness itself and takes no other source: a key is not
    /// something that a test may repeat.
    ///
    /// # Errors
    /// When the generator fails.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            Algorithm::Es256 => {
                EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Pair::Ecdsa)
            }
            Algorithm::EdDsa => Ed25519KeyPair::generate().map(Pair::Ed25519),
        };
        Self::new(pair.map_err(|_| KeyError::Generation)?, algorithm)
    }

    /// A key from its PKCS#8 form.
    ///
    /// # Errors
    /// When the bytes are something else.
    pub fn from_pkcs8(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let pair = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::from_pkcs8(bytes).map(Pair::Rsa),
            Algorithm::Es256 => {
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes).map(Pair::Ecdsa)
            }
            Algorithm::EdDsa => Ed25519KeyPair::from_pkcs8(bytes).map(Pair::Ed25519),
        };
        Self::new(pair.map_err(|_| KeyError::Rejected)?, algorithm)
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
            Pair::Ed25519(pair) => pair.to_pkcs8v1().map(|der| der.as_ref().to_vec()),
        };
        bytes.map(Zeroizing::new).map_err(|_| KeyError::Encoding)
    }

    fn new(pair: Pair, algorithm: Algorithm) -> Result<Self, KeyError> {
        let bytes = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ecdsa(pair) => pair.public_key().as_ref(),
            Pair::Ed25519(pair) => pair.public_key().as_ref(),
        };
        let parsed = UnparsedPublicKey::new(algorithm.verification(), bytes).parse();
        let public = parsed.map_err(|_| KeyError::Rejected)?;
        let (kid, jwk) = describe(algorithm, bytes).ok_or(KeyError::Rejected)?;
        Ok(Self { pair, algorithm, kid, jwk, public })
    }

    /// What it signs by.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its name: the thumbprint of RFC 7638.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// A text that says `payload` and is signed (RFC 7515 §7.1). `typ` tells it from tokens.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn sign_compact(&self, typ: &str, payload: &[u8]) -> Result<String, KeyError> {
        let header = json!({ "alg": self.algorithm.as_str(), "kid": self.kid, "typ": typ });
        let header = URL_SAFE_NO_PAD.encode(header.to_string());
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
        let signature = PrivateSigningKey::sign(self, &self.algorithm.jws(), text.as_bytes());
        let signature = signature.map_err(|_| KeyError::Encoding)?;
        Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }
}

impl PrivateSigningKey for SigningKey {
    type VerificationKey = JsonWebKey;

    fn sign(&self, algorithm: &JwsAlgorithm, message: &[u8]) -> Result<Vec<u8>, SigningError> {
        if *algorithm != self.algorithm.jws() {
            return Err(SigningError::UnsupportedAlg(format!("{algorithm:?}")));
        }
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign_digest(&RSA_PKCS1_SHA256, &digest(&SHA256, message), &mut signature)
                    .map(|()| signature)
            }
            // By digest, since that call does not want a generator which it then ignores.
            Pair::Ecdsa(pair) => pair
                .sign_digest(&digest(&SHA256, message))
                .map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(pair) => {
                pair.try_sign(message).map(|signature| signature.as_ref().to_vec())
            }
        }
        .map_err(|_| SigningError::CryptoError)
    }

    fn as_verification_key(&self) -> JsonWebKey {
        self.jwk.clone()
    }
}

/// Name and JWK of a public key. The `new_*` constructors of the facade's type leave `alg` unset,
/// so it is read from JSON.
fn describe(algorithm: Algorithm, public: &[u8]) -> Option<(String, JsonWebKey)> {
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    // RFC 7638 §3.2: the required members in lexicographic order, which `json!` keeps.
    let mut members = match algorithm {
        Algorithm::Rs256 => {
            let (n, e) = rsa_components(public)?;
            json!({ "e": text(e), "kty": "RSA", "n": text(n) })
        }
        Algorithm::Es256 => {
            let (x, y) = public.strip_prefix(&[4])?.split_at_checked(32)?;
            json!({ "crv": "P-256", "kty": "EC", "x": text(x), "y": text(y) })
        }
        Algorithm::EdDsa => json!({ "crv": "Ed25519", "kty": "OKP", "x": text(public) }),
    };
    let kid = text(digest(&SHA256, members.to_string().as_bytes()).as_ref());
    members["alg"] = algorithm.as_str().into();
    members["use"] = "sig".into();
    members["kid"] = kid.as_str().into();
    Some((kid, serde_json::from_value(members).ok()?))
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 Appendix A.1.1), without sign bytes.
pub(crate) fn rsa_components(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, _) = der_value(0x30, der)?;
    let (modulus, rest) = der_value(0x02, sequence)?;
    let (exponent, _) = der_value(0x02, rest)?;
    let unsigned = |integer| <[u8]>::strip_prefix(integer, &[0]).unwrap_or(integer);
    Some((unsigned(modulus), unsigned(exponent)))
}

/// The value of a DER element that is expected to have this tag, and what follows it.
fn der_value(tag: u8, input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = input.strip_prefix(&[tag])?.split_first()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81 | 0x82 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length - 0x80))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// The keys that sign, and those that only verify what was signed before. The published document
/// is written once.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<Arc<SigningKey>>,
    jwks: Vec<u8>,
}

impl KeySet {
    /// A set of keys. Of each algorithm the first one signs; all are published, so that a key can
    /// be announced before it signs and kept after.
    ///
    /// # Errors
    /// When the document cannot be written.
    pub fn new(
        keys: impl IntoIterator<Item = impl Into<Arc<SigningKey>>>,
    ) -> Result<Self, KeyError> {
        let keys: Vec<Arc<SigningKey>> = keys.into_iter().map(Into::into).collect();
        let document = JsonWebKeySet::new(keys.iter().map(|key| key.jwk.clone()).collect());
        let jwks = serde_json::to_vec(&document).map_err(|_| KeyError::Encoding)?;
        Ok(Self { keys, jwks })
    }

    /// The key that signs by an algorithm.
    #[must_use]
    pub fn signer(&self, algorithm: Algorithm) -> Option<&SigningKey> {
        self.keys.iter().map(Arc::as_ref).find(|key| key.algorithm == algorithm)
    }

    /// The key of a name.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&SigningKey> {
        self.keys.iter().map(Arc::as_ref).find(|key| key.kid == kid)
    }

    /// What a text of [`SigningKey::sign_compact`] says; `None` in it when its key is not among
    /// these any more, so that nobody can tell who signed it.
    ///
    /// # Errors
    /// When it is no such text, or was changed.
    pub fn open_compact(
        &self,
        typ: &str,
        text: &str,
    ) -> Result<(Vec<u8>, Option<&SigningKey>), KeyError> {
        let read = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| KeyError::Rejected);
        let (signed, signature) = text.rsplit_once('.').ok_or(KeyError::Rejected)?;
        let (header, payload) = signed.split_once('.').ok_or(KeyError::Rejected)?;
        let header: serde_json::Value =
            serde_json::from_slice(&read(header)?).map_err(|_| KeyError::Rejected)?;
        let kid = header["kid"].as_str().ok_or(KeyError::Rejected)?;
        if header["typ"] != typ {
            return Err(KeyError::Rejected);
        }
        let key = self.find(kid);
        if let Some(key) = key
            && (header["alg"] != key.algorithm.as_str()
                || !key.verifies(signed.as_bytes(), &read(signature)?))
        {
            return Err(KeyError::Rejected);
        }
        Ok((read(payload)?, key))
    }

    /// The algorithms that there are keys for, in their usual order.
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        Algorithm::ALL.into_iter().filter(|alg| self.signer(*alg).is_some()).collect()
    }

    /// The JWKS document (RFC 7517 §5), `application/jwk-set+json`.
    #[must_use]
    pub fn jwks(&self) -> &[u8] {
        &self.jwks
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_key_survives_its_pkcs8_form_and_another_algorithm_refuses_it() {
        for algorithm in Algorithm::ALL {
            let key = SigningKey::generate(algorithm).expect("a key");
            let bytes = key.to_pkcs8().expect("bytes");
            let again = SigningKey::from_pkcs8(algorithm, &bytes).expect("a key");
            assert_eq!(again.kid(), key.kid());
            let signature = key.sign(&algorithm.jws(), b"message").expect("a signature");
            assert!(again.verifies(b"message", &signature));
            assert!(!again.verifies(b"massage", &signature));
            for other in Algorithm::ALL.into_iter().filter(|other| *other != algorithm) {
                assert_eq!(SigningKey::from_pkcs8(other, &bytes).err(), Some(KeyError::Rejected));
                assert!(key.sign(&other.jws(), b"message").is_err());
            }
        }
    }

    #[test]
    fn a_public_key_tells_algorithm_use_and_thumbprint_and_nothing_private() {
        for algorithm in Algorithm::ALL {
            let set = KeySet::new(vec![SigningKey::generate(algorithm).expect("a key")]);
            let set = set.expect("a set");
            let document: Value = serde_json::from_slice(set.jwks()).expect("json");
            let jwk = document["keys"][0].as_object().expect("a key");
            assert_eq!(jwk["alg"], algorithm.as_str());
            assert_eq!(jwk["use"], "sig");
            assert!(jwk.keys().all(|name| !["d", "p", "q", "k"].contains(&name.as_str())));
            let required: &[&str] = match algorithm {
                Algorithm::Rs256 => &["e", "kty", "n"],
                Algorithm::Es256 => &["crv", "kty", "x", "y"],
                Algorithm::EdDsa => &["crv", "kty", "x"],
            };
            let members: Vec<_> = required.iter().map(|m| format!("\"{m}\":{}", jwk[*m])).collect();
            let input = format!("{{{}}}", members.join(","));
            let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, input.as_bytes()));
            assert_eq!(jwk["kid"], thumbprint, "{algorithm:?}");
        }
    }

    #[test]
    fn the_thumbprint_of_the_specifications_example() {
        // RFC 8037 Appendix A.2 and A.3.
        let public = URL_SAFE_NO_PAD.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let (kid, _) = describe(Algorithm::EdDsa, &public.expect("base64url")).expect("a key");
        assert_eq!(kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn rsa_components_are_read_without_their_sign_byte() {
        let key = SigningKey::generate(Algorithm::Rs256).expect("a key");
        let jwk = serde_json::to_value(&key.jwk).expect("json");
        assert_eq!(jwk["e"], "AQAB");
        let modulus = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().expect("n")).expect("base64url");
        assert_eq!(modulus.len(), 256);
        assert!(modulus[0] >= 0x80);
    }

    #[test]
    fn the_first_key_of_an_algorithm_signs_and_all_are_published() {
        let keys: Vec<_> = [Algorithm::EdDsa, Algorithm::EdDsa, Algorithm::Es256]
            .map(|algorithm| SigningKey::generate(algorithm).expect("a key"))
            .into();
        let kids: Vec<_> = keys.iter().map(|key| key.kid().to_owned()).collect();
        let set = KeySet::new(keys).expect("a set");
        assert_eq!(set.signer(Algorithm::EdDsa).expect("a key").kid(), kids[0]);
        assert!(set.find(&kids[1]).is_some());
        assert!(set.signer(Algorithm::Rs256).is_none());
        assert_eq!(set.algorithms(), [Algorithm::Es256, Algorithm::EdDsa]);
    }

    #[test]
    fn signing_keys_are_shared_between_threads() {
        fn shared<T: Send + Sync>() {}
        shared::<KeySet>();
    }
}
