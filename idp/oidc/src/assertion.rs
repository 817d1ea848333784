//! Client assertions: a client proves who it is by a token that it signs, and keeps its key to
//! itself (`private_key_jwt`; RFC 7523 §2.2 and §3, OpenID Connect Core §9).
//!
//! Each works once. Whether one was used before is for the caller to find out.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::ids::ClientId;
use latchkey_core::secrets::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::issuer::Issuer;

/// The `client_assertion_type` of these.
pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far ahead an assertion may expire, in seconds: so long it is kept in mind. Libraries sign for
/// a minute to an hour.
const AHEAD: i64 = 60 * 60;
/// How far clocks may differ, in seconds.
const SKEW: i64 = 60;

/// What a client signs its assertions with. A client has one; the header of a token never chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AssertionAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// ECDSA with P-256 and SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl AssertionAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::Rs256, Self::Ps256, Self::Es256, Self::EdDsa];

    /// The algorithm as it stands in tokens and metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Whether a signature is one by this public key (RFC 7517, RFC 7518 §6, RFC 8037 §2); `None`
    /// when the key is none of this algorithm.
    fn verify(self, key: &Value, message: &[u8], signature: &[u8]) -> Option<bool> {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let part = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let is = |name: &str, wanted: &str| text(name) == Some(wanted);
        // RFC 7517 §4.2, §4.4: what a key says of its use holds.
        if text("alg").is_some_and(|alg| alg != self.as_str())
            || text("use").is_some_and(|of| of != "sig")
        {
            return None;
        }
        let good = match self {
            Self::Rs256 | Self::Ps256 if is("kty", "RSA") => {
                let key = RsaPublicKeyComponents { n: part("n")?, e: part("e")? };
                // Fewer bits are none of the algorithm's.
                if !(256..=1024).contains(&key.n.len()) {
                    return None;
                }
                let by = match self {
                    Self::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                key.verify(by, message, signature)
            }
            Self::Es256 if is("kty", "EC") && is("crv", "P-256") => {
                let (x, y) = (part("x")?, part("y")?);
                if (x.len(), y.len()) != (32, 32) {
                    return None;
                }
                let point = [&[4][..], &x, &y].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Self::EdDsa if is("kty", "OKP") && is("crv", "Ed25519") => {
                let x = part("x").filter(|x| x.len() == 32)?;
                UnparsedPublicKey::new(&ED25519, x).verify(message, signature)
            }
            _ => return None,
        };
        Some(good.is_ok())
    }

    /// Whether a key can be used with this algorithm at all.
    pub(crate) fn suits(self, key: &Value) -> bool {
        self.verify(key, b"", b"").is_some()
    }
}

/// An assertion that is good if it was not used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// What it is known by: the digest of its client and `jti`.
    pub digest: Digest,
    /// Until when it would be good, and is kept in mind.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: ClientId,
    sub: ClientId,
    aud: OneOrMany,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// The client that an assertion says it is of. Nobody has to believe it yet.
pub(crate) fn claimed(assertion: &str) -> Option<String> {
    let payload = assertion.split('.').nth(1)?;
    let claims: Map<String, Value> = serde_json::from_slice(&decode(payload)?).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

/// Judges an assertion of a client, by its registered keys and algorithm. `endpoint` is the
/// address that it was sent to.
pub(crate) fn judge(
    assertion: &str,
    client: &ClientId,
    (algorithm, jwks): (AssertionAlgorithm, &Value),
    (issuer, endpoint): (&Issuer, &str),
    now: Timestamp,
) -> Option<Once> {
    let (signed, signature) = assertion.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    // RFC 7515 §4.1.11: extensions that are not understood; we understand none.
    if header.alg != algorithm.as_str() || header.crit.is_some() {
        return None;
    }
    let signature = decode(signature)?;
    let keys = jwks.get("keys").and_then(Value::as_array)?;
    // RFC 7515 §4.1.4: a hint which key it is.
    let named = |key: &&Value| {
        header.kid.as_deref().is_none_or(|kid| key.get("kid").and_then(Value::as_str) == Some(kid))
    };
    let good = |key: &Value| algorithm.verify(key, signed.as_bytes(), &signature) == Some(true);
    if !keys.iter().filter(named).any(good) {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&decode(payload)?).ok()?;
    let audience = match &claims.aud {
        OneOrMany::One(one) => std::slice::from_ref(one),
        OneOrMany::Many(many) => many,
    };
    // One for somebody else as well is one that somebody else can send us.
    let ours = |name: &String| name == issuer.as_str() || name == endpoint;
    if audience.is_empty() || !audience.iter().all(ours) {
        return None;
    }
    let now = now.seconds() as f64;
    let [skew, ahead] = [SKEW, AHEAD].map(|seconds| seconds as f64);
    let expired = claims.exp <= now;
    let too_far = claims.exp > now + ahead + skew;
    let early = [claims.nbf, claims.iat].into_iter().flatten().any(|at| at > now + skew);
    if expired || too_far || early || !claims.exp.is_finite() {
        return None;
    }
    if claims.iss != *client || claims.sub != *client {
        return None;
    }
    if claims.jti.is_empty() || claims.jti.len() > 512 {
        return None;
    }
    // The client's name has no zero byte.
    let known = [client.0.as_bytes(), &[0], claims.jti.as_bytes()].concat();
    let expires_at = Timestamp::from_seconds(claims.exp.ceil() as i64);
    Some(Once { digest: Digest::of(&known), expires_at })
}

fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::digest::{SHA256, digest};
    use aws_lc_rs::rsa::{KeyPair, KeySize};
    use aws_lc_rs::signature::{KeyPair as _, RSA_PSS_SHA256};
    use serde_json::json;

    use super::*;
    use crate::facade::PrivateSigningKey as _;
    use crate::keys::{Algorithm, KeySet, SigningKey, rsa_components};
    use crate::samples::issuer;

    const ENDPOINT: &str = "https://login.example.org/oauth2/token";
    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn key(algorithm: Algorithm) -> (KeySet, Value) {
        let key = SigningKey::generate(algorithm).expect("a key");
        let keys = KeySet::new(vec![key]).expect("a set");
        let jwks = serde_json::from_slice(keys.jwks()).expect("JSON");
        (keys, jwks)
    }

    fn claims() -> String {
        let exp = NOW.seconds() + 600;
        let issuer = issuer();
        json!({ "iss": "rota", "sub": "rota", "aud": issuer.as_str(), "exp": exp, "jti": "1" })
            .to_string()
    }

    fn encoded(header: &Value, payload: &str) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!("{}.{}", text(header.to_string().as_bytes()), text(payload.as_bytes()))
    }

    fn is_good(assertion: &str, algorithm: AssertionAlgorithm, jwks: &Value) -> bool {
        let client = ClientId("rota".into());
        judge(assertion, &client, (algorithm, jwks), (&issuer(), ENDPOINT), NOW).is_some()
    }

    #[test]
    fn the_registered_algorithm_counts_and_never_the_headers() {
        for (signs, registered) in [
            (Algorithm::Rs256, AssertionAlgorithm::Rs256),
            (Algorithm::Es256, AssertionAlgorithm::Es256),
            (Algorithm::EdDsa, AssertionAlgorithm::EdDsa),
        ] {
            let (keys, jwks) = key(signs);
            let signer = keys.signer(signs).expect("a key");
            let assertion = signer.sign_compact("JWT", claims().as_bytes()).expect("signed");
            for algorithm in AssertionAlgorithm::ALL {
                let good = is_good(&assertion, algorithm, &jwks);
                assert_eq!(good, algorithm == registered, "{signs:?} as {algorithm:?}");
            }
            // The same words under another name, and under none.
            let (_, rest) = assertion.split_once('.').expect("a header");
            for alg in ["none", "HS256", "PS256", "ES384", ""] {
                let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg }).to_string());
                assert!(!is_good(&format!("{header}.{rest}"), registered, &jwks), "{alg}");
            }
            let unsigned = encoded(&json!({ "alg": "none" }), &claims());
            assert!(!is_good(&format!("{unsigned}."), registered, &jwks));
        }
    }

    #[test]
    fn rsa_with_pss_is_verified_as_such() {
        let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let (n, e) = rsa_components(pair.public_key().as_ref()).expect("a public key");
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let jwks = json!({ "keys": [{ "kty": "RSA", "n": part(n), "e": part(e) }] });
        let signed = encoded(&json!({ "alg": "PS256" }), &claims());
        let mut signature = vec![0; pair.public_modulus_len()];
        let hashed = digest(&SHA256, signed.as_bytes());
        pair.sign_digest(&RSA_PSS_SHA256, &hashed, &mut signature).expect("signed");
        let assertion = format!("{signed}.{}", part(&signature));
        assert!(is_good(&assertion, AssertionAlgorithm::Ps256, &jwks));
        assert!(!is_good(&assertion, AssertionAlgorithm::Rs256, &jwks));
    }

    #[test]
    fn a_key_is_picked_by_its_name_and_extensions_are_refused() {
        let (keys, mut jwks) = key(Algorithm::EdDsa);
        let signer = keys.signer(Algorithm::EdDsa).expect("a key");
        let sign = |header: Value| {
            let signed = encoded(&header, &claims());
            let whole = signer.sign(&Algorithm::EdDsa.jws(), signed.as_bytes()).expect("signed");
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(whole))
        };
        let of = AssertionAlgorithm::EdDsa;
        assert!(is_good(&sign(json!({ "alg": "EdDSA" })), of, &jwks));
        assert!(is_good(&sign(json!({ "alg": "EdDSA", "kid": signer.kid() })), of, &jwks));
        assert!(!is_good(&sign(json!({ "alg": "EdDSA", "kid": "other" })), of, &jwks));
        let critical = json!({ "alg": "EdDSA", "crit": ["x"], "x": 1 });
        assert!(!is_good(&sign(critical), of, &jwks));
        jwks["keys"][0]["use"] = "enc".into();
        assert!(!is_good(&sign(json!({ "alg": "EdDSA" })), of, &jwks), "not for signatures");
    }

    #[test]
    fn an_assertion_is_known_by_its_client_and_name_until_it_expires() {
        let (keys, jwks) = key(Algorithm::EdDsa);
        let signer = keys.signer(Algorithm::EdDsa).expect("a key");
        let assertion = signer.sign_compact("JWT", claims().as_bytes()).expect("signed");
        let client = ClientId("rota".into());
        let at = (&issuer(), ENDPOINT);
        let once = judge(&assertion, &client, (AssertionAlgorithm::EdDsa, &jwks), at, NOW);
        let once = once.expect("good");
        assert_eq!(once.expires_at, Timestamp::from_seconds(NOW.seconds() + 600));
        assert_eq!(once.digest, Digest::of(b"rota\x001"));
        assert_eq!(claimed(&assertion).as_deref(), Some("rota"));
        assert_eq!(claimed("a.b.c"), None);
    }
}
