//! ID tokens: minting them (OpenID Connect Core §2) and recognising our own when they come back as
//! a hint (§3.1.2.1, RP-Initiated Logout §2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use latchkey_core::Timestamp;
use latchkey_core::ids::{ClientId, Subject};
use latchkey_core::secrets::Plain;
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::facade::{
    AccessToken, Audience, AuthenticationContextClass, AuthenticationMethodReference, IdToken,
    IdTokenClaims, JsonWebTokenError, Nonce, SessionClaims, StandardClaims, SubjectIdentifier,
};
use crate::issuer::Issuer;
use crate::keys::{Algorithm, KeySet, SigningKey};

/// What an ID token says.
#[derive(Clone, Copy)]
pub struct IdTokenFacts<'a> {
    /// Who says it.
    pub issuer: &'a Issuer,
    /// Of whom.
    pub subject: Subject,
    /// To whom.
    pub audience: &'a ClientId,
    /// The request's nonce.
    pub nonce: Option<&'a str>,
    /// When the person logged in.
    pub auth_time: Timestamp,
    /// How strongly.
    pub acr: &'a str,
    /// With what.
    pub amr: &'a [String],
    /// In which session.
    pub sid: &'a str,
    /// Now.
    pub issued_at: Timestamp,
    /// Until when the token is to be believed.
    pub expires_at: Timestamp,
    /// The access token that is issued with it, for `at_hash` (§3.1.3.6).
    pub access_token: Option<&'a Plain>,
    /// What the client's claims profile adds. None takes the place of a claim above.
    pub further: &'a Map<String, Value>,
}

/// Why no token was minted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// A time beyond what a calendar holds.
    #[error("a time is out of range")]
    Time,
    /// The signature failed.
    #[error("the ID token could not be signed")]
    Signing(#[from] JsonWebTokenError),
    /// Its claims are no JSON.
    #[error("the claims of the ID token could not be written")]
    Claims(#[from] serde_json::Error),
}

/// The claims that the protocol itself makes (§2, §3.1.3.6, §3.3.2.11; Back-Channel Logout §2.1).
pub(crate) const PROTOCOL_CLAIMS: [&str; 17] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "cnf",
    "sid",
];

/// What an ID token would say, but for the hashes of what is issued with it. Nobody can use it for
/// anything: nothing is signed.
///
/// # Errors
/// For a time beyond what a calendar holds.
pub fn unsigned(facts: &IdTokenFacts<'_>) -> Result<Map<String, Value>, MintError> {
    match serde_json::to_value(claims(facts)?)? {
        Value::Object(claims) => Ok(claims),
        _ => Ok(Map::new()),
    }
}

/// Mints an ID token, signed by `key`.
///
/// # Errors
/// When it cannot be signed.
pub fn mint(key: &SigningKey, facts: &IdTokenFacts<'_>) -> Result<String, MintError> {
    let access_token = facts.access_token.map(|token| AccessToken::new(token.expose().to_owned()));
    let algorithm = key.algorithm().jws();
    let token = IdToken::new(claims(facts)?, key, algorithm, access_token.as_ref(), None)?;
    Ok(token.to_string())
}

fn claims(facts: &IdTokenFacts<'_>) -> Result<IdTokenClaims, MintError> {
    let further = facts
        .further
        .iter()
        .filter(|(name, _)| !PROTOCOL_CLAIMS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Ok(IdTokenClaims::new(
        facts.issuer.url().clone(),
        vec![Audience::new(facts.audience.0.clone())],
        date(facts.expires_at)?,
        date(facts.issued_at)?,
        StandardClaims::new(SubjectIdentifier::new(facts.subject.to_string())),
        SessionClaims { sid: facts.sid.to_owned(), further },
    )
    .set_auth_time(Some(date(facts.auth_time)?))
    .set_nonce(facts.nonce.map(|nonce| Nonce::new(nonce.to_owned())))
    .set_auth_context_ref(Some(AuthenticationContextClass::new(facts.acr.to_owned())))
    .set_auth_method_refs(Some(
        facts.amr.iter().cloned().map(AuthenticationMethodReference::new).collect(),
    )))
}

fn date(time: Timestamp) -> Result<DateTime<Utc>, MintError> {
    DateTime::from_timestamp(time.seconds(), 0).ok_or(MintError::Time)
}

/// Recognises our own ID tokens.
#[derive(Clone, Copy, Debug)]
pub struct HintVerifier<'a> {
    /// Who must have issued them.
    pub issuer: &'a Issuer,
    /// With one of these keys.
    pub keys: &'a KeySet,
}

/// What a token that came back as a hint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Of whom it was.
    pub subject: Subject,
    /// To whom it was issued.
    pub audience: Vec<ClientId>,
    /// In which session.
    pub sid: Option<String>,
}

/// A token is not ours. One reason only: a forger learns nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an ID token of ours")]
pub struct NotOurs;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Uuid,
    aud: OneOrMany,
    #[serde(default)]
    sid: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(ClientId),
    Many(Vec<ClientId>),
}

impl HintVerifier<'_> {
    /// Verifies a token that we issued, at whatever time: a hint outlives its token's validity
    /// (§3.1.2.1, RP-Initiated Logout §2). The algorithm is the key's, never the header's.
    ///
    /// # Errors
    /// [`NotOurs`].
    pub fn verify(self, token: &str) -> Result<Hint, NotOurs> {
        let (signed, signature) = token.rsplit_once('.').ok_or(NotOurs)?;
        let (header, payload) = signed.split_once('.').ok_or(NotOurs)?;
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| NotOurs)?;
        let key = self.keys.find(&header.kid).ok_or(NotOurs)?;
        if Algorithm::parse(&header.alg) != Some(key.algorithm()) || header.crit.is_some() {
            return Err(NotOurs);
        }
        if !key.verifies(signed.as_bytes(), &decode(signature)?) {
            return Err(NotOurs);
        }
        let claims: Claims = serde_json::from_slice(&decode(payload)?).map_err(|_| NotOurs)?;
        if claims.iss != self.issuer.as_str() {
            return Err(NotOurs);
        }
        let audience = match claims.aud {
            OneOrMany::One(client) => vec![client],
            OneOrMany::Many(clients) => clients,
        };
        Ok(Hint { subject: Subject(claims.sub), audience, sid: claims.sid })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, NotOurs> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| NotOurs)
}

#[cfg(test)]
#[path = "idtoken_tests.rs"]
pub(crate) mod tests;
