//! The one place that names the types of the `openidconnect` crate: ours are its provider-side
//! types with our additional members. No other module imports from it.
//!
//! Its `new_random` constructors bypass the injected generator and are never used.

use openidconnect::core::{
    CoreAuthDisplay, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
};
pub(crate) use openidconnect::core::{
    CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGenderClaim, CoreGrantType,
    CoreJsonWebKey as JsonWebKey, CoreJwsSigningAlgorithm as JwsAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType,
};
pub(crate) use openidconnect::{
    AccessToken, Audience, AuthUrl, AuthenticationContextClass, AuthenticationMethodReference,
    EndSessionUrl, IssuerUrl, JsonWebKeySetUrl, JsonWebTokenError, LanguageTag, Nonce,
    PrivateSigningKey, ResponseTypes, Scope, SigningError, StandardClaims, SubjectIdentifier,
    TokenUrl, UserInfoUrl,
};
use openidconnect::{AdditionalClaims, AdditionalProviderMetadata};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An ID token with our claims.
pub(crate) type IdToken = openidconnect::IdToken<
    SessionClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    JwsAlgorithm,
>;

/// An ID token's claims.
pub(crate) type IdTokenClaims = openidconnect::IdTokenClaims<SessionClaims, CoreGenderClaim>;

/// The set of our public keys (RFC 7517 §5).
pub(crate) type JsonWebKeySet = openidconnect::JsonWebKeySet<JsonWebKey>;

/// The discovery document with our members.
pub(crate) type ProviderMetadata = openidconnect::ProviderMetadata<
    FurtherMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    JsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What an ID token says beside the claims of OpenID Connect Core §2.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SessionClaims {
    /// The session (OpenID Connect Back-Channel Logout §2.1).
    pub(crate) sid: String,
    /// What the application's claims profile adds.
    #[serde(flatten)]
    pub(crate) further: Map<String, Value>,
}

impl AdditionalClaims for SessionClaims {}

/// Members of the discovery document that other specifications define.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct FurtherMetadata {
    /// RP-Initiated Logout §2.1.
    pub(crate) end_session_endpoint: EndSessionUrl,
    /// RFC 8414 §2.
    pub(crate) code_challenge_methods_supported: Vec<String>,
    /// RFC 9207 §3.
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// Initiating User Registration via OpenID Connect §4.
    pub(crate) prompt_values_supported: Vec<String>,
    /// RFC 9728 §4.
    pub(crate) protected_resources: Vec<String>,
}

impl AdditionalProviderMetadata for FurtherMetadata {}
