//! The sample application's side of the conversation with the provider, over HTTP.
//!
//! Everything but the issuer address is discovered, when first needed, so that the application
//! starts before its provider does. What comes back is judged in `verified`.

use std::sync::{Arc, PoisonError, RwLock};

use latchkey_core::secrets::Plain;
use latchkey_core::{Clock, Rng};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
    CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse, CoreSubjectIdentifierType,
    CoreTokenIntrospectionResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, DiscoveryError, EndSessionUrl,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    LogoutProviderMetadata, LogoutRequest, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadata, RedirectUrl, RequestTokenError, Scope,
    StandardErrorResponse, SubjectIdentifier, UserInfoError,
};

use super::verified::{self, Login, SessionClaims, Tokens};
use super::{Failure, Pending, Settings};
use crate::samples::{LONGEST_ANSWER, causes, http};

type Metadata = ProviderMetadata<
    LogoutProviderMetadata<openidconnect::EmptyAdditionalProviderMetadata>,
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

/// The provider as this application's client library sees it.
pub(super) type RelyingParty = Client<
    SessionClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What was discovered.
struct Discovered {
    client: RelyingParty,
    end_session: Option<EndSessionUrl>,
}

/// Where to send the browser, and what to remember until it comes back.
pub(super) struct Start {
    pub(super) address: String,
    pub(super) state: String,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
}

/// Why the provider could not be asked.
#[derive(Debug, thiserror::Error)]
enum Transport {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("the answer is too long")]
    TooLong,
    #[error("the answer is no HTTP answer")]
    Malformed,
}

pub(super) struct Provider {
    http: reqwest::Client,
    issuer: IssuerUrl,
    client_id: ClientId,
    client_secret: Option<ClientSecret>,
    callback: RedirectUrl,
    logged_out: PostLogoutRedirectUrl,
    scopes: Vec<Scope>,
    acr_values: String,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    discovered: RwLock<Option<Arc<Discovered>>>,
}

impl Provider {
    pub(super) fn new(settings: &Settings) -> anyhow::Result<Self> {
        let application = &settings.application;
        let scopes = settings.scopes.iter().filter(|scope| *scope != "openid");
        Ok(Self {
            http: http()?,
            issuer: IssuerUrl::new(application.provider.clone())?,
            client_id: ClientId::new(application.id.clone()),
            client_secret: settings
                .client_secret
                .as_ref()
                .map(|secret| ClientSecret::new(secret.expose().to_owned())),
            callback: RedirectUrl::new(format!("{}/callback", application.own_origin))?,
            logged_out: PostLogoutRedirectUrl::new(format!(
                "{}/logged-out",
                application.own_origin
            ))?,
            scopes: scopes.cloned().map(Scope::new).collect(),
            acr_values: settings.acr_values.join(" "),
            clock: Arc::clone(&settings.clock),
            rng: Arc::clone(&settings.rng),
            discovered: RwLock::new(None),
        })
    }

    /// The address that starts a log-in, with the parameters handed on as they are.
    pub(super) async fn start(&self, handed_on: &[(String, String)]) -> Result<Start, Failure> {
        let discovered = self.discover().await?;
        let verifier = PkceCodeVerifier::new(self.secret());
        let (state, nonce) = (CsrfToken::new(self.secret()), Nonce::new(self.secret()));
        let mut request = discovered
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(self.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        for (name, value) in handed_on {
            request = request.add_extra_param(name.clone(), value.clone());
        }
        if !self.acr_values.is_empty() && !handed_on.iter().any(|(name, _)| name == "acr_values") {
            request = request.add_extra_param("acr_values", self.acr_values.clone());
        }
        let (address, state, nonce) = request.url();
        Ok(Start { address: address.into(), state: state.into_secret(), nonce, verifier })
    }

    /// Trades the code for tokens and believes them only when they hold what they must.
    pub(super) async fn finish(&self, code: &str, pending: &Pending) -> Result<Login, Failure> {
        let discovered = self.discover().await?;
        let verifier = PkceCodeVerifier::new(pending.verifier.secret().clone());
        let tokens = discovered
            .client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .set_pkce_verifier(verifier)
            .request_async(&self.transport())
            .await
            .map_err(refused)?;
        let login = match verified::judge(&discovered.client, &tokens, pending, &self.clock) {
            // Signed with a key that was published after we looked.
            Err(verified::Refusal::UnknownKey) => {
                self.forget();
                let fresh = self.discover().await?;
                verified::judge(&fresh.client, &tokens, pending, &self.clock)?
            }
            judged => judged?,
        };
        self.ask_about(&discovered, login).await
    }

    /// Renews the tokens of a log-in.
    pub(super) async fn refresh(&self, login: &Login) -> Result<Login, Failure> {
        let Some(refresh_token) = &login.refresh_token else { return Ok(login.clone()) };
        let discovered = self.discover().await?;
        let tokens = discovered
            .client
            .exchange_refresh_token(refresh_token)
            .map_err(|error| Failure::Unreachable(error.to_string()))?
            .request_async(&self.transport())
            .await
            .map_err(refused)?;
        let renewed = verified::judge_renewed(&discovered.client, &tokens, login, &self.clock)?;
        self.ask_about(&discovered, renewed).await
    }

    /// Where the browser goes to be logged out at the provider too, if it can be.
    pub(super) async fn log_out_address(&self, login: &Login) -> Option<String> {
        let end_session = self.discover().await.ok()?.end_session.clone()?;
        let request = LogoutRequest::from(end_session)
            .set_id_token_hint(&login.id_token)
            .set_client_id(self.client_id.clone())
            .set_post_logout_redirect_uri(self.logged_out.clone())
            .set_state(CsrfToken::new(self.secret()));
        Some(request.http_get_url().into())
    }

    /// Userinfo (OpenID Connect Core 1.0 §5.3), which has to be about the same person.
    async fn ask_about(&self, discovered: &Discovered, login: Login) -> Result<Login, Failure> {
        let subject = SubjectIdentifier::new(login.sub.clone());
        let request = discovered
            .client
            .user_info(login.access_token.clone(), Some(subject))
            .map_err(|error| Failure::Unreachable(error.to_string()))?;
        let claims: CoreUserInfoClaims =
            request.request_async(&self.transport()).await.map_err(|error| match error {
                UserInfoError::ClaimsVerification(error) => Failure::Untrusted(error.to_string()),
                error => Failure::Unreachable(format!("userinfo: {}", causes(&error))),
            })?;
        let name = claims.name().and_then(|name| name.get(None)).map(|name| name.to_string());
        let email = claims.email().map(|email| email.to_string());
        Ok(Login { name, email, ..login })
    }

    async fn discover(&self) -> Result<Arc<Discovered>, Failure> {
        let known = self.discovered.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            return Ok(known);
        }
        let transport = self.transport();
        let metadata =
            Metadata::discover_async(self.issuer.clone(), &transport).await.map_err(|error| {
                Failure::Unreachable(match error {
                    DiscoveryError::Request(error) => causes(&error),
                    error => causes(&error),
                })
            })?;
        let discovered = Arc::new(Discovered {
            end_session: metadata.additional_metadata().end_session_endpoint.clone(),
            client: RelyingParty::from_provider_metadata(
                metadata,
                self.client_id.clone(),
                self.client_secret.clone(),
            )
            .set_redirect_uri(self.callback.clone()),
        });
        *self.discovered.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Arc::clone(&discovered));
        Ok(discovered)
    }

    fn forget(&self) {
        *self.discovered.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// 256 random bits as 43 characters, which is what a code verifier takes (RFC 7636 §4.1).
    fn secret(&self) -> String {
        Plain::generate(self.rng.as_ref()).expose().to_owned()
    }

    fn transport(
        &self,
    ) -> impl Fn(
        HttpRequest,
    )
        -> std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, Transport>> + Send>>
    + use<> {
        let http = self.http.clone();
        move |request| Box::pin(call(http.clone(), request))
    }
}

async fn call(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, Transport> {
    let mut answer = http.execute(request.try_into()?).await?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(Transport::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = HttpResponse::new(body);
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    if response.status().is_informational() { Err(Transport::Malformed) } else { Ok(response) }
}

/// A token endpoint's answer (RFC 6749 §5.2), or the lack of one.
fn refused(
    error: RequestTokenError<Transport, StandardErrorResponse<CoreErrorResponseType>>,
) -> Failure {
    match error {
        RequestTokenError::ServerResponse(answer) => Failure::Refused {
            error: answer.error().to_string(),
            description: answer.error_description().cloned(),
        },
        error => Failure::Unreachable(format!("token: {}", causes(&error))),
    }
}
