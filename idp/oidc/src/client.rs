//! Clients: metadata that was judged. What a [`Client`] says can be relied on.
//!
//! Holds a digest of the secret and never the secret.

use std::collections::BTreeMap;

use latchkey_core::assurance::{Assurance, Level};
use latchkey_core::ids::ClientId;
use latchkey_core::release::Source;
use latchkey_core::secrets::{Digest, Plain};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::assertion::AssertionAlgorithm;
use crate::idtoken::PROTOCOL_CLAIMS;
use crate::keys::Algorithm;
use crate::metadata::{ApplicationType, AuthenticationMethod, ClaimsProfile, ClientMetadata};
use crate::scopes::{Scope, Scopes, UnknownScope};
use crate::service::{self, ServiceAccount};
use crate::uri::{self, UriError};

/// A registered client. Stored as JSON; made from metadata only, by [`Client::register`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Client {
    /// Its identifier.
    pub id: ClientId,
    /// What people know it by: its name, or its identifier.
    pub name: String,
    /// How it said that it authenticates. With a secret it may present that in either way.
    pub authentication: AuthenticationMethod,
    /// What it signs its assertions with, if it authenticates by them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assertion_algorithm: Option<AssertionAlgorithm>,
    /// The digest of its secret; `None` for a public client, and for one that keeps a key.
    pub secret: Option<Digest>,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after a log-out.
    pub post_logout_redirect_uris: Vec<String>,
    /// The grants that it may use.
    pub grants: Vec<GrantType>,
    /// What its ID tokens are signed with.
    pub id_token_algorithm: Algorithm,
    /// The scopes that it may ask for.
    pub scopes: Scopes,
    /// Where it runs.
    pub application: ApplicationType,
    /// Its home page.
    pub client_uri: Option<String>,
    /// Its picture.
    pub logo_uri: Option<String>,
    /// How it uses people's data.
    pub policy_uri: Option<String>,
    /// Its terms of service.
    pub tos_uri: Option<String>,
    /// How old a log-in may be, in seconds, when a request does not say.
    pub default_max_age: Option<u32>,
    /// The authentication contexts that it would like when a request does not say.
    pub default_acr_values: Vec<String>,
    /// Its public keys.
    pub jwks: Option<Value>,
    /// The organisation that it belongs to, as documents name it.
    pub organisation: Option<String>,
    /// Whether people are spared the question what it may know.
    pub trusted: bool,
    /// How strong every log-in to it must be.
    pub required_level: Option<Level>,
    /// Its own `acr` values, and how strong a log-in each asks for.
    #[serde(default)]
    pub acr_values: BTreeMap<String, Level>,
    /// What it is told of people beside what scopes release.
    #[serde(default)]
    pub claims: BTreeMap<String, Source>,
    /// How claims are put together for it.
    pub claims_profile: ClaimsProfile,
    /// What it may do by itself, if it is a service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceAccount>,
    /// The scopes of protected resources that people may lend it. Never read or stored: what has
    /// any is defined in code.
    #[serde(skip)]
    pub resource_scopes: Vec<&'static str>,
}

/// An application's own `acr` values.
type OwnAcr = BTreeMap<String, Level>;
/// More than anybody has.
const MOST_ACR: usize = 16;
/// The most claims that an application has by rules of its own: tokens have to fit into headers.
const MOST_CLAIMS: usize = 32;

/// The grants that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 3] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials];

    /// The grant as requests name it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The grant that a request names, if it is one of ours.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }
}

/// Why metadata does not make a client. Names the member and says what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{member}: {reason}")]
pub struct MetadataError {
    /// The member.
    pub member: &'static str,
    /// What is wrong.
    pub reason: String,
}

pub(crate) fn wrong(member: &'static str, reason: impl Into<String>) -> MetadataError {
    MetadataError { member, reason: reason.into() }
}

impl Client {
    /// Judges metadata.
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn register(metadata: ClientMetadata) -> Result<Self, MetadataError> {
        let id = identifier(metadata.client_id.clone())?;
        let authentication = metadata.token_endpoint_auth_method.unwrap_or_default();
        let application = metadata.application_type.unwrap_or_default();
        let grants = grants(metadata.grant_types.as_deref())?;
        let service = service::judge(&metadata, &grants)?;
        if let Some(account) = service {
            return Self::serving(metadata, id, grants, account);
        }
        let assertion_algorithm = assertion_algorithm(authentication, &metadata)?;
        let own_acr = own_acr(metadata.latchkey_acr_values)?;
        Ok(Self {
            name: name(metadata.client_name, &id)?,
            authentication,
            assertion_algorithm,
            secret: secret(authentication, metadata.client_secret.as_ref())?,
            redirect_uris: redirect_uris(metadata.redirect_uris, application)?,
            post_logout_redirect_uris: addresses(
                "post_logout_redirect_uris",
                metadata.post_logout_redirect_uris,
                application,
            )?,
            id_token_algorithm: metadata.id_token_signed_response_alg.unwrap_or_default(),
            scopes: scopes(metadata.scope.as_deref(), &grants)?,
            application,
            client_uri: link("client_uri", metadata.client_uri)?,
            logo_uri: link("logo_uri", metadata.logo_uri)?,
            policy_uri: link("policy_uri", metadata.policy_uri)?,
            tos_uri: link("tos_uri", metadata.tos_uri)?,
            default_max_age: metadata.default_max_age,
            default_acr_values: default_acr(metadata.default_acr_values, &own_acr)?,
            jwks: jwks(metadata.jwks)?,
            organisation: metadata.latchkey_organisation,
            trusted: metadata.latchkey_trusted.unwrap_or(false),
            required_level: level(metadata.latchkey_require_acr.as_deref(), &own_acr)?,
            acr_values: own_acr,
            claims: claims(metadata.latchkey_claims)?,
            claims_profile: metadata.latchkey_claims_profile.unwrap_or_default(),
            grants: response_types(metadata.response_types.as_deref(), grants)?,
            service: None,
            resource_scopes: Vec::new(),
            id,
        })
    }

    /// A service account: nobody logs in to it.
    fn serving(
        metadata: ClientMetadata,
        id: ClientId,
        grants: Vec<GrantType>,
        account: ServiceAccount,
    ) -> Result<Self, MetadataError> {
        let authentication = metadata.token_endpoint_auth_method.unwrap_or_default();
        let assertion_algorithm = assertion_algorithm(authentication, &metadata)?;
        Ok(Self {
            name: name(metadata.client_name, &id)?,
            authentication,
            assertion_algorithm,
            secret: secret(authentication, metadata.client_secret.as_ref())?,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            grants,
            id_token_algorithm: Algorithm::default(),
            scopes: Scopes::default(),
            application: metadata.application_type.unwrap_or_default(),
            client_uri: link("client_uri", metadata.client_uri)?,
            logo_uri: link("logo_uri", metadata.logo_uri)?,
            policy_uri: link("policy_uri", metadata.policy_uri)?,
            tos_uri: link("tos_uri", metadata.tos_uri)?,
            default_max_age: None,
            default_acr_values: Vec::new(),
            jwks: jwks(metadata.jwks)?,
            organisation: account.organisation().map(str::to_owned),
            trusted: false,
            required_level: None,
            acr_values: BTreeMap::new(),
            claims: BTreeMap::new(),
            claims_profile: ClaimsProfile::default(),
            service: Some(account),
            resource_scopes: Vec::new(),
            id,
        })
    }

    /// How strong a log-in an `acr` value asks for, of its own values and of everybody's.
    #[must_use]
    pub fn level(&self, acr: &str) -> Option<Level> {
        meaning(acr, &self.acr_values)
    }

    /// What it is told of how strong a log-in was: the first requested value that is satisfied,
    /// else its own value for the strongest it names, else ours.
    #[must_use]
    pub fn acr<'r>(
        &'r self,
        assurance: &Assurance,
        requested: impl IntoIterator<Item = &'r str>,
    ) -> &'r str {
        let reached = self.acr_values.iter().filter(|(_, level)| **level <= assurance.level);
        let own = reached.max_by_key(|(_, level)| **level).map(|(value, _)| value.as_str());
        let asked = assurance.answer(requested, |acr| self.level(acr));
        asked.or(own).unwrap_or(assurance.level.acr())
    }

    /// What it is told of how somebody logged in.
    #[must_use]
    pub fn amr(&self, assurance: &Assurance) -> Vec<String> {
        match self.claims_profile {
            ClaimsProfile::Standard => assurance.amr.clone(),
            ClaimsProfile::SingleAmr => {
                assurance.single_amr().map(str::to_owned).into_iter().collect()
            }
        }
    }

    /// Whether it cannot keep a secret (RFC 6749 §2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.authentication == AuthenticationMethod::None
    }

    /// Whether its requests must carry a challenge: it cannot keep a secret (RFC 9700 §2.1.1), or
    /// gets more than who somebody is.
    #[must_use]
    pub fn must_use_pkce(&self) -> bool {
        self.is_public() || !self.resource_scopes.is_empty()
    }

    /// Whether it may use a grant.
    #[must_use]
    pub fn may_use(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }
}

/// A client that proved who it is, or that is public and said so. Only
/// [`ClientCredentials::authenticate`](crate::credentials::ClientCredentials::authenticate)
/// makes one.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedClient<'c>(pub(crate) &'c Client);

impl<'c> VerifiedClient<'c> {
    /// The client.
    #[must_use]
    pub fn client(self) -> &'c Client {
        self.0
    }
}

/// RFC 6749 Appendix A.1: visible characters and the space; ours are short and not blank.
fn identifier(text: String) -> Result<ClientId, MetadataError> {
    if text.trim().is_empty() {
        return Err(wrong("client_id", "is missing"));
    }
    if text.len() > 255 || !is_visible(&text) {
        return Err(wrong("client_id", "is at most 255 visible ASCII characters"));
    }
    Ok(ClientId(text))
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

fn name(text: Option<String>, id: &ClientId) -> Result<String, MetadataError> {
    let name = text.map_or_else(|| id.0.clone(), |text| text.trim().to_owned());
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(wrong("client_name", "is 1 to 100 characters in one line"));
    }
    Ok(name)
}

/// OpenID Connect Registration §2: what a client signs its assertions with. Where it does not say,
/// what its keys are for, so that no token ever chooses.
fn assertion_algorithm(
    method: AuthenticationMethod,
    metadata: &ClientMetadata,
) -> Result<Option<AssertionAlgorithm>, MetadataError> {
    const MEMBER: &str = "token_endpoint_auth_signing_alg";
    let said = metadata.token_endpoint_auth_signing_alg;
    if method != AuthenticationMethod::PrivateKeyJwt {
        return match said {
            None => Ok(None),
            Some(_) => Err(wrong(
                MEMBER,
                "is of no use without token_endpoint_auth_method \"private_key_jwt\"",
            )),
        };
    }
    let keys = metadata.jwks.as_ref().and_then(|set| set.get("keys")).and_then(Value::as_array);
    let Some(keys) = keys else {
        return Err(wrong("jwks", "is missing, which \"private_key_jwt\" is verified with"));
    };
    let suits = |algorithm: &AssertionAlgorithm| keys.iter().any(|key| algorithm.suits(key));
    let found = match said {
        Some(algorithm) => Some(algorithm).filter(suits),
        None => AssertionAlgorithm::ALL.into_iter().find(suits),
    };
    let wanted = said.map_or("RS256, PS256, ES256 or EdDSA", AssertionAlgorithm::as_str);
    found.map(Some).ok_or_else(|| wrong("jwks", format!("has no key for {wanted}")))
}

/// RFC 6749 §2.3: a public client has no secret, nor has one that keeps a key; every other one has.
fn secret(
    method: AuthenticationMethod,
    secret: Option<&Plain>,
) -> Result<Option<Digest>, MetadataError> {
    match (method, secret) {
        (AuthenticationMethod::None | AuthenticationMethod::PrivateKeyJwt, None) => Ok(None),
        (AuthenticationMethod::PrivateKeyJwt, Some(_)) => {
            Err(wrong("client_secret", "is of no use with \"private_key_jwt\""))
        }
        (AuthenticationMethod::None, Some(_)) => {
            Err(wrong("client_secret", "is of no use with token_endpoint_auth_method \"none\""))
        }
        (_, None) => Err(wrong(
            "client_secret",
            "is missing (a public client says token_endpoint_auth_method \"none\")",
        )),
        (_, Some(secret)) => {
            let text = secret.expose();
            if text.is_empty() || text.len() > 512 || !is_visible(text) {
                return Err(wrong("client_secret", "is 1 to 512 visible ASCII characters"));
            }
            Ok(Some(secret.digest()))
        }
    }
}

/// RFC 6749 §3.1.2.2: without one, nobody can be sent back.
fn redirect_uris(
    uris: Vec<String>,
    application: ApplicationType,
) -> Result<Vec<String>, MetadataError> {
    if uris.is_empty() {
        return Err(wrong("redirect_uris", "is missing"));
    }
    addresses("redirect_uris", uris, application)
}

fn addresses(
    member: &'static str,
    uris: Vec<String>,
    application: ApplicationType,
) -> Result<Vec<String>, MetadataError> {
    let native = application == ApplicationType::Native;
    for text in &uris {
        uri::check_redirect(text, native).map_err(|error| refused(member, text, error))?;
    }
    Ok(uris)
}

fn link(member: &'static str, uri: Option<String>) -> Result<Option<String>, MetadataError> {
    if let Some(text) = &uri {
        uri::check_link(text).map_err(|error| refused(member, text, error))?;
    }
    Ok(uri)
}

fn refused(member: &'static str, text: &str, error: UriError) -> MetadataError {
    wrong(member, format!("{text:?} {error}"))
}

fn grants(names: Option<&[String]>) -> Result<Vec<GrantType>, MetadataError> {
    let Some(names) = names else { return Ok(vec![GrantType::AuthorizationCode]) };
    let mut grants = Vec::with_capacity(names.len());
    for name in names {
        let grant = GrantType::parse(name).ok_or_else(|| {
            let known = GrantType::ALL.map(GrantType::as_str).join(", ");
            wrong("grant_types", format!("{name:?} is none of {known}"))
        })?;
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

/// RFC 7591 §2.1: the response type `code` goes with the grant `authorization_code`.
fn response_types(
    names: Option<&[String]>,
    grants: Vec<GrantType>,
) -> Result<Vec<GrantType>, MetadataError> {
    if let Some(other) = names.into_iter().flatten().find(|name| *name != "code") {
        return Err(wrong("response_types", format!("{other:?} is not supported, only \"code\"")));
    }
    if names.is_some_and(<[String]>::is_empty) {
        return Err(wrong("response_types", "is empty; leave it out or say [\"code\"]"));
    }
    if !grants.contains(&GrantType::AuthorizationCode) {
        return Err(wrong("grant_types", "lacks authorization_code"));
    }
    Ok(grants)
}

/// RFC 7591 §2: without the member, the usual ones.
fn scopes(text: Option<&str>, grants: &[GrantType]) -> Result<Scopes, MetadataError> {
    let Some(text) = text else {
        let all = Scopes::all();
        let refreshes = grants.contains(&GrantType::RefreshToken);
        return Ok(if refreshes { all } else { all.without(Scope::OfflineAccess) });
    };
    let scopes: Scopes =
        text.parse().map_err(|error: UnknownScope| wrong("scope", error.to_string()))?;
    if !scopes.contains(Scope::OpenId) {
        return Err(wrong("scope", "lacks openid"));
    }
    if scopes.contains(Scope::OfflineAccess) && !grants.contains(&GrantType::RefreshToken) {
        return Err(wrong("scope", "offline_access needs the grant type refresh_token"));
    }
    Ok(scopes)
}

/// What an `acr` value asks for, where an application may have values of its own.
fn meaning(acr: &str, own: &OwnAcr) -> Option<Level> {
    own.get(acr).copied().or_else(|| Level::from_acr(acr))
}

fn own_acr(values: OwnAcr) -> Result<OwnAcr, MetadataError> {
    const MEMBER: &str = "latchkey_acr_values";
    for value in values.keys() {
        if Level::from_acr(value).is_some() {
            return Err(wrong(MEMBER, format!("{value:?} means what it means")));
        }
        // `acr_values` separates them by spaces.
        if value.is_empty() || value.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(wrong(MEMBER, format!("{value:?} is no acr value")));
        }
    }
    if values.len() > MOST_ACR {
        return Err(wrong(MEMBER, format!("has more than {MOST_ACR} values")));
    }
    Ok(values)
}

/// Rules never take the place of what the protocol says, nor of what a scope releases: an
/// application could not tell the two apart.
fn claims(rules: BTreeMap<String, String>) -> Result<BTreeMap<String, Source>, MetadataError> {
    const MEMBER: &str = "latchkey_claims";
    if rules.len() > MOST_CLAIMS {
        return Err(wrong(MEMBER, format!("has more than {MOST_CLAIMS} claims")));
    }
    let judged = rules.into_iter().map(|(name, source)| {
        if PROTOCOL_CLAIMS.contains(&name.as_str()) {
            return Err(wrong(MEMBER, format!("{name:?} is the protocol's own")));
        }
        if let Some(scope) = Scope::ALL.into_iter().find(|it| it.claims().contains(&&*name)) {
            let scope = scope.as_str();
            return Err(wrong(MEMBER, format!("{name:?} is released by the scope {scope}")));
        }
        if name.is_empty() || name.len() > 128 || name.chars().any(char::is_control) {
            return Err(wrong(MEMBER, format!("{name:?} is no name of a claim")));
        }
        let source = Source::parse(&source).map_err(|error| {
            wrong(MEMBER, format!("{name:?}: {source:?} is no source, which {error}"))
        })?;
        Ok((name, source))
    });
    judged.collect()
}

fn default_acr(values: Vec<String>, own: &OwnAcr) -> Result<Vec<String>, MetadataError> {
    for value in &values {
        if meaning(value, own).is_none() {
            return Err(wrong("default_acr_values", unknown_acr(value, own)));
        }
    }
    Ok(values)
}

fn level(acr: Option<&str>, own: &OwnAcr) -> Result<Option<Level>, MetadataError> {
    acr.map(|acr| {
        meaning(acr, own).ok_or_else(|| wrong("latchkey_require_acr", unknown_acr(acr, own)))
    })
    .transpose()
}

fn unknown_acr(value: &str, own: &OwnAcr) -> String {
    let mut known: Vec<&str> = own.keys().map(String::as_str).collect();
    known.extend(Level::ALL.map(Level::acr));
    format!("{value:?} is none of {}", known.join(", "))
}

/// RFC 7517 §5, without private members: those would be a leak waiting in our database.
fn jwks(set: Option<Value>) -> Result<Option<Value>, MetadataError> {
    let Some(set) = set else { return Ok(None) };
    let Some(keys) = set.get("keys").and_then(Value::as_array) else {
        return Err(wrong("jwks", "is a set of keys: { \"keys\": [ … ] }"));
    };
    for key in keys {
        if !key.get("kty").is_some_and(Value::is_string) {
            return Err(wrong("jwks", "has a key without kty"));
        }
        if ["d", "k", "p", "q"].iter().any(|private| key.get(private).is_some()) {
            return Err(wrong("jwks", "has a private key; register public keys only"));
        }
    }
    Ok(Some(set))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
