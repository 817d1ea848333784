//! Judges tokens: whether the ID token is the provider's, for this application, this browser and
//! this log-in, and strong and fresh enough.
//!
//! Pure but for the key material that was discovered. OpenID Connect Core 1.0 §3.1.3.7, §12.2.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use latchkey_core::Clock;
use openidconnect::core::{
    CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, ClaimsVerificationError, EmptyExtraTokenFields,
    IdToken, IdTokenClaims, IdTokenFields, Nonce, OAuth2TokenResponse, RefreshToken,
    SignatureVerificationError, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};

use super::provider::RelyingParty;
use super::{Failure, Pending};

/// How far two clocks may be apart, in seconds.
const LEEWAY: i64 = 60;

/// Claims beside the standard ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SessionClaims {
    /// The provider's session (OpenID Connect Front-Channel Logout 1.0 §3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sid: Option<String>,
}

impl AdditionalClaims for SessionClaims {}

pub(super) type SessionIdToken = IdToken<
    SessionClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        SessionClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// Somebody who is logged in, as the provider told.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) sub: String,
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    pub(super) acr: Option<String>,
    pub(super) amr: Vec<String>,
    /// In seconds since the epoch.
    pub(super) auth_time: Option<i64>,
    pub(super) sid: Option<String>,
    /// How often the tokens were renewed since.
    pub(super) renewals: u32,
    pub(super) id_token: SessionIdToken,
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
}

/// Why a token is not believed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It is signed with a key that the provider had not published when we looked.
    #[error("the ID token is signed with a key that the provider does not publish")]
    UnknownKey,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Untrusted(refusal.to_string())
    }
}

fn refuse(why: impl Into<String>) -> Refusal {
    Refusal::Other(why.into())
}

/// Judges what came for a code.
pub(super) fn judge(
    client: &RelyingParty,
    tokens: &Tokens,
    pending: &Pending,
    clock: &Arc<dyn Clock>,
) -> Result<Login, Refusal> {
    let id_token = tokens.id_token().ok_or_else(|| refuse("there is no ID token"))?;
    let claims = verify(client, tokens, id_token, clock, &pending.nonce)?;
    let login = read(claims, id_token, tokens);
    // Core §3.1.3.7 step 12: `acr_values` is a wish to the provider, so the answer is looked at.
    let strong = |acr: &String| pending.strengths.contains(acr);
    if !pending.strengths.is_empty() && !login.acr.as_ref().is_some_and(strong) {
        return Err(refuse("the log-in was not as strong as this application asks for"));
    }
    // Core §3.1.3.7 step 13.
    if let Some(max_age) = pending.max_age {
        let oldest = clock.now().seconds().saturating_sub(max_age).saturating_sub(LEEWAY);
        if login.auth_time.is_none_or(|time| time < oldest) {
            return Err(refuse("the log-in is older than this application allows"));
        }
    }
    Ok(login)
}

/// Judges what came for a refresh token (Core §12.2): still the same person in the same log-in.
pub(super) fn judge_renewed(
    client: &RelyingParty,
    tokens: &Tokens,
    before: &Login,
    clock: &Arc<dyn Clock>,
) -> Result<Login, Refusal> {
    let renewed = match tokens.id_token() {
        None => Login { access_token: tokens.access_token().clone(), ..before.clone() },
        Some(id_token) => {
            let any_nonce = |_: Option<&Nonce>| Ok(());
            let claims = verify(client, tokens, id_token, clock, any_nonce)?;
            read(claims, id_token, tokens)
        }
    };
    if renewed.sub != before.sub {
        return Err(refuse("the renewed ID token is about somebody else"));
    }
    if renewed.auth_time != before.auth_time {
        return Err(refuse("the renewed ID token tells another time of log-in"));
    }
    let refresh_token = tokens.refresh_token().or(before.refresh_token.as_ref()).cloned();
    Ok(Login { refresh_token, renewals: before.renewals + 1, ..renewed })
}

fn verify<'a>(
    client: &RelyingParty,
    tokens: &Tokens,
    id_token: &'a SessionIdToken,
    clock: &Arc<dyn Clock>,
    nonce: impl openidconnect::NonceVerifier,
) -> Result<&'a IdTokenClaims<SessionClaims, CoreGenderClaim>, Refusal> {
    let now =
        UNIX_EPOCH + Duration::from_millis(u64::try_from(clock.now().millis()).unwrap_or_default());
    let verifier = client.id_token_verifier().set_time_fn(move || now.into());
    let claims = id_token.claims(&verifier, nonce).map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => Refusal::UnknownKey,
        error => refuse(error.to_string()),
    })?;
    // Core §3.1.3.8: the access token that came along, and no other.
    if let Some(told) = claims.access_token_hash() {
        let hash = id_token
            .signing_alg()
            .map_err(|error| error.to_string())
            .and_then(|alg| {
                let key = id_token.signing_key(&verifier).map_err(|error| error.to_string())?;
                AccessTokenHash::from_token(tokens.access_token(), alg, key)
                    .map_err(|error| error.to_string())
            })
            .map_err(refuse)?;
        if hash != *told {
            return Err(refuse("the access token is not the ID token's"));
        }
    }
    Ok(claims)
}

fn read(
    claims: &IdTokenClaims<SessionClaims, CoreGenderClaim>,
    id_token: &SessionIdToken,
    tokens: &Tokens,
) -> Login {
    let methods = claims.auth_method_refs().map(Vec::as_slice).unwrap_or_default();
    Login {
        sub: claims.subject().to_string(),
        name: None,
        email: None,
        acr: claims.auth_context_ref().map(|acr| acr.to_string()),
        amr: methods.iter().map(|method| method.to_string()).collect(),
        auth_time: claims.auth_time().map(|time| time.timestamp()),
        sid: claims.additional_claims().sid.clone(),
        renewals: 0,
        id_token: id_token.clone(),
        access_token: tokens.access_token().clone(),
        refresh_token: tokens.refresh_token().cloned(),
    }
}
