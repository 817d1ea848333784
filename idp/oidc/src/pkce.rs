//! Proof Key for Code Exchange, method S256 and no other (RFC 7636; RFC 9700 §2.1.1).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::secrets::Plain;
use serde::{Deserialize, Serialize};

/// A `code_challenge` of method S256: the base64url form of 32 bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge(String);

/// A `code_verifier` (RFC 7636 §4.1): 43 to 128 unreserved characters.
pub struct Verifier(Plain);

/// Why code and verifier do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    /// The request had a challenge and no verifier came.
    #[error("code_verifier is missing (RFC 7636 section 4.5)")]
    Missing,
    /// A verifier came for a request without challenge: the challenge was stripped on its way
    /// (RFC 9700 §2.1.1).
    #[error("code_verifier was sent for a request without code_challenge")]
    Unexpected,
    /// The verifier is another one's (RFC 7636 §4.6).
    #[error("code_verifier does not match code_challenge (RFC 7636 section 4.6)")]
    Mismatch,
}

impl Challenge {
    /// Reads a challenge (RFC 7636 §4.2).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // A last character with stray low bits would be a second spelling; the decoder refuses it.
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }
}

impl Verifier {
    /// Reads a verifier (RFC 7636 §4.1).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ((43..=128).contains(&text.len()) && text.bytes().all(unreserved))
            .then(|| Self(Plain::new(text.to_owned())))
    }

    /// The challenge that this verifier answers (RFC 7636 §4.2).
    #[must_use]
    pub fn challenge(&self) -> Challenge {
        Challenge(URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.expose().as_bytes())))
    }
}

/// Checks the verifier of a token request against the challenge of its authorization request, in
/// constant time.
///
/// # Errors
/// When one is there without the other, or they do not match. The answer is `invalid_grant`.
pub fn verify(challenge: Option<&Challenge>, verifier: Option<&Verifier>) -> Result<(), PkceError> {
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(PkceError::Missing),
        (None, Some(_)) => Err(PkceError::Unexpected),
        (Some(challenge), Some(verifier)) => {
            let answered = verifier.challenge();
            verify_slices_are_equal(challenge.0.as_bytes(), answered.0.as_bytes())
                .map_err(|_| PkceError::Mismatch)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 Appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_specification_verifies_and_another_verifier_does_not() {
        let challenge = Challenge::parse(CHALLENGE);
        assert_eq!(verify(challenge.as_ref(), Verifier::parse(VERIFIER).as_ref()), Ok(()));
        let other = Verifier::parse(&"a".repeat(43));
        assert_eq!(verify(challenge.as_ref(), other.as_ref()), Err(PkceError::Mismatch));
        let plain = Verifier::parse(CHALLENGE);
        assert_eq!(verify(challenge.as_ref(), plain.as_ref()), Err(PkceError::Mismatch));
    }

    #[test]
    fn challenge_and_verifier_come_together_or_not_at_all() {
        let (challenge, verifier) = (Challenge::parse(CHALLENGE), Verifier::parse(VERIFIER));
        assert_eq!(verify(None, None), Ok(()));
        assert_eq!(verify(challenge.as_ref(), None), Err(PkceError::Missing));
        assert_eq!(verify(None, verifier.as_ref()), Err(PkceError::Unexpected));
    }

    #[test]
    fn what_is_not_43_to_128_unreserved_characters_is_no_verifier() {
        assert!(Verifier::parse(&"~".repeat(43)).is_some());
        assert!(Verifier::parse(&"~".repeat(128)).is_some());
        assert!(Verifier::parse(&"~".repeat(42)).is_none());
        assert!(Verifier::parse(&"~".repeat(129)).is_none());
        assert!(Verifier::parse(&"+".repeat(43)).is_none());
    }

    #[test]
    fn what_is_not_32_bytes_in_base64url_is_no_challenge() {
        assert!(Challenge::parse(&CHALLENGE[..42]).is_none());
        assert!(Challenge::parse(&format!("{CHALLENGE}=")).is_none());
        assert!(Challenge::parse(&CHALLENGE.replace('-', "+")).is_none());
    }
}
