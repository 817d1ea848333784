//! The conversation with the provider: discovery, the authorization request, the code's exchange, and
//! the judgement of the ID token (OpenID Connect Core 1.0 §3.1, RFC 7636, RFC 8707, RFC 9470 §5).
//!
//! What was discovered is remembered; nothing is asked for before somebody logs in. How strong a
//! log-in was is for the API to judge, at each call.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, UNIX_EPOCH};

use http::{Method, Request};
use latchkey_core::{Clock, Timestamp};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreGrantType, CoreIdToken,
    CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalProviderMetadata, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, LogoutProviderMetadata, LogoutRequest, Nonce,
    OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadata, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    StandardErrorResponse, TokenResponse as _,
};

use crate::client::Challenge;
use crate::cookies::{LogIn, Session};
use crate::transport::{Transport, TransportError, causes};
use crate::{CALLBACK_PATH, CLIENT_ID, PATH, Settings};

/// The `state` that a log-out comes back with.
pub(crate) const LOGGED_OUT: &str = "logged-out";

/// How long an access token of unknown lifetime is tried.
const TRIED_FOR: Duration = Duration::from_secs(3600);

type Metadata = ProviderMetadata<
    LogoutProviderMetadata<EmptyAdditionalProviderMetadata>,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type RelyingParty = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why somebody cannot be logged in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The provider cannot be reached, or does not answer as one.
    #[error("the provider cannot be used: {0}")]
    Unreachable(String),
    /// The provider said no (RFC 6749 §5.2).
    #[error("the provider refused: {0}")]
    Refused(String),
    /// A token does not hold what it must.
    #[error("a token was refused: {0}")]
    Untrusted(String),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// What is asked of a log-in beside who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What the API said is missing.
    pub(crate) challenge: Option<Challenge>,
    /// A whole log-in again, even where one is under way: another key is to be used.
    pub(crate) again: bool,
}

pub(crate) struct Provider {
    issuer: IssuerUrl,
    secret: ClientSecret,
    url: String,
    callback: RedirectUrl,
    logged_out: PostLogoutRedirectUrl,
    resource: String,
    scopes: Vec<Scope>,
    clock: Arc<dyn Clock>,
    transport: Arc<dyn Transport>,
    metadata: RwLock<Option<Arc<Metadata>>>,
    keys: RwLock<Option<CoreJsonWebKeySet>>,
}

impl Provider {
    pub(crate) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let scope = crate::scope();
        Ok(Self {
            issuer: IssuerUrl::new(settings.issuer.clone())?,
            secret: ClientSecret::new(settings.client_secret.expose().to_owned()),
            url: settings.url.clone(),
            callback: RedirectUrl::new(format!("{}{CALLBACK_PATH}", settings.url))?,
            logged_out: PostLogoutRedirectUrl::new(format!("{}{PATH}", settings.url))?,
            resource: format!("{}{}", settings.issuer, latchkey_api::PATH),
            // `openid` is asked for anyway.
            scopes: scope.split(' ').skip(1).map(|name| Scope::new(name.to_owned())).collect(),
            clock: Arc::clone(&settings.clock),
            transport: Arc::clone(&settings.transport),
            metadata: RwLock::new(None),
            keys: RwLock::new(None),
        })
    }

    /// What it calls itself.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// The address that starts a log-in. Of a provider at our own origin it is the path alone.
    pub(crate) async fn start(&self, log_in: &LogIn, wanted: &Wanted) -> Result<String, Failure> {
        let metadata = self.metadata().await?;
        let client = self.client((*metadata).clone());
        let verifier = PkceCodeVerifier::new(log_in.verifier.clone());
        let (state, nonce) = (log_in.state.clone(), log_in.nonce.clone());
        let challenge = wanted.challenge.clone().unwrap_or_default();
        let strength = challenge.acr_values.unwrap_or_else(|| "phr".to_owned());
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("resource", self.resource.clone())
            .add_extra_param("acr_values", strength);
        if let Some(age) = challenge.max_age {
            request = request.set_max_age(Duration::from_secs(age));
        }
        if wanted.again {
            request = request.add_prompt(CoreAuthPrompt::Login);
        }
        let address = String::from(request.url().0);
        let own = address.strip_prefix(&self.url).filter(|path| path.starts_with('/'));
        Ok(own.map(str::to_owned).unwrap_or(address))
    }

    /// Trades a code for tokens and believes them only when they hold what they must.
    pub(crate) async fn finish(&self, code: &str, log_in: &LogIn) -> Result<Session, Failure> {
        let metadata = self.metadata().await?;
        let client = self.client((*metadata).clone().set_jwks(self.keys(&metadata).await?));
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(log_in.verifier.clone()))
            .add_extra_param("resource", self.resource.clone())
            .request_async(&self.carrier())
            .await
            .map_err(refused)?;
        let judged = judge(&client, &tokens, &log_in.nonce, self.clock.now());
        let (sub, id_token) = match judged {
            // Signed with a key that was published after we looked.
            Err(Refusal::UnknownKey) => {
                *self.keys.write().unwrap_or_else(PoisonError::into_inner) = None;
                let keys = self.keys(&metadata).await?;
                let client = self.client((*metadata).clone().set_jwks(keys));
                judge(&client, &tokens, &log_in.nonce, self.clock.now())?
            }
            judged => judged?,
        };
        let now = self.clock.now();
        Ok(Session {
            sub,
            access_token: tokens.access_token().secret().clone(),
            id_token,
            form_token: String::new(),
            opened_at: now,
            expires_at: now.plus(tokens.expires_in().unwrap_or(TRIED_FOR)),
        })
    }

    /// Where the browser goes to be logged out at the provider (RP-Initiated Logout 1.0 §2). What it
    /// shows there ends the session, and with it the console's grant.
    pub(crate) async fn log_out_address(&self, session: &Session) -> Option<String> {
        let metadata = self.metadata().await.ok()?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone()?;
        let hint: CoreIdToken = serde_json::from_value(session.id_token.clone().into()).ok()?;
        let request = LogoutRequest::from(end_session)
            .set_id_token_hint(&hint)
            .set_client_id(ClientId::new(CLIENT_ID.to_owned()))
            .set_post_logout_redirect_uri(self.logged_out.clone())
            .set_state(CsrfToken::new(LOGGED_OUT.to_owned()));
        Some(request.http_get_url().into())
    }

    fn client(&self, metadata: Metadata) -> RelyingParty {
        CoreClient::from_provider_metadata(
            metadata,
            ClientId::new(CLIENT_ID.to_owned()),
            Some(self.secret.clone()),
        )
        .set_redirect_uri(self.callback.clone())
    }

    fn carrier(&self) -> impl Fn(HttpRequest) -> Carried + use<> {
        let transport = Arc::clone(&self.transport);
        move |request| {
            let transport = Arc::clone(&transport);
            Box::pin(async move { transport.call(request).await })
        }
    }

    /// What the provider publishes of itself (OpenID Connect Discovery 1.0 §4).
    async fn metadata(&self) -> Result<Arc<Metadata>, Failure> {
        let known = self.metadata.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.issuer.as_str().trim_end_matches('/')
        );
        let found: Metadata = self.document(&address).await?;
        if found.issuer() != &self.issuer {
            return Err(Failure::Unreachable("it calls itself something else".to_owned()));
        }
        let found = Arc::new(found);
        let mut known = self.metadata.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(&found));
        Ok(found)
    }

    async fn keys(&self, metadata: &Metadata) -> Result<CoreJsonWebKeySet, Failure> {
        let known = self.keys.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let found: CoreJsonWebKeySet = self.document(metadata.jwks_uri().as_str()).await?;
        let mut known = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(found.clone());
        Ok(found)
    }

    async fn document<T: serde::de::DeserializeOwned>(&self, address: &str) -> Result<T, Failure> {
        let lost = |why: String| Failure::Unreachable(why);
        let request = Request::builder().method(Method::GET).uri(address).body(Vec::new());
        let request = request.map_err(|error| lost(error.to_string()))?;
        let answer = self.transport.call(request).await?;
        if !answer.status().is_success() {
            return Err(lost(format!("it answers {}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(|error| lost(error.to_string()))
    }
}

type Carried = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send>>;

/// Why a token is not believed.
enum Refusal {
    /// It is signed with a key that the provider had not published when we looked.
    UnknownKey,
    Other(String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Untrusted(match refusal {
            Refusal::UnknownKey => "the provider publishes no key that signed it".to_owned(),
            Refusal::Other(why) => why,
        })
    }
}

/// Judges what came for a code (OpenID Connect Core 1.0 §3.1.3.7): who it is, and the ID token.
fn judge(
    client: &RelyingParty,
    tokens: &CoreTokenResponse,
    nonce: &str,
    now: Timestamp,
) -> Result<(String, String), Refusal> {
    let other = |why: String| Refusal::Other(why);
    let id_token = tokens.id_token().ok_or_else(|| other("there is no ID token".to_owned()))?;
    let now = UNIX_EPOCH + Duration::from_millis(u64::try_from(now.millis()).unwrap_or_default());
    let verifier = client.id_token_verifier().set_time_fn(move || now.into());
    let claims = id_token.claims(&verifier, &Nonce::new(nonce.to_owned()));
    let claims = claims.map_err(|error| match error {
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        ) => Refusal::UnknownKey,
        error => other(error.to_string()),
    })?;
    // Core §3.1.3.8: the access token that came along, and no other.
    let told = claims.access_token_hash();
    let told = told.ok_or_else(|| other("it does not name the access token".to_owned()))?;
    let hash = hash_of(id_token, &verifier, tokens).map_err(other)?;
    if hash != *told {
        return Err(other("the access token is not the ID token's".to_owned()));
    }
    Ok((claims.subject().to_string(), id_token.to_string()))
}

fn hash_of(
    id_token: &CoreIdToken,
    verifier: &openidconnect::core::CoreIdTokenVerifier<'_>,
    tokens: &CoreTokenResponse,
) -> Result<AccessTokenHash, String> {
    let algorithm = id_token.signing_alg().map_err(|error| error.to_string())?;
    let key = id_token.signing_key(verifier).map_err(|error| error.to_string())?;
    AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
        .map_err(|error| error.to_string())
}

/// A token endpoint's answer (RFC 6749 §5.2), or the lack of one.
fn refused(
    error: RequestTokenError<TransportError, StandardErrorResponse<CoreErrorResponseType>>,
) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer) => Failure::Refused(answer.error().to_string()),
        error => Failure::Unreachable(causes(&error)),
    }
}
