//! The authorization request (OpenID Connect Core §3.1.2), judged in the two phases of RFC 6749
//! §4.1.2.1: client and redirect address first, whose errors are shown on a page and never
//! redirected; then everything else, whose errors go back to the client.

mod acr;
mod checks;

use latchkey_core::ids::{ClientId, Subject};
use serde::{Deserialize, Serialize};

pub use self::acr::RequestedAcr;
pub(crate) use self::checks::locales;
use crate::client::Client;
use crate::error::AuthorizationError;
use crate::idtoken::HintVerifier;
use crate::issuer::Issuer;
use crate::params::{ParameterError, Parameters};
use crate::pkce::Challenge;
use crate::redirect::{Delivery, ResponseMode, ReturnPath, VerifiedRedirectUri};
use crate::resource::{Resource, Target};
use crate::scopes::Scopes;

/// A judged request. Serialisable, so that it can be kept while the person logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: ClientId,
    /// Where the answer goes, as the request said it. Checked again when it is used:
    /// [`return_path`](Self::return_path).
    pub redirect_uri: String,
    /// How the answer goes there.
    pub response_mode: ResponseMode,
    /// To be returned as it is.
    pub state: Option<String>,
    /// What is asked for, less what the client may not ask.
    pub scopes: Scopes,
    /// What is asked of a protected resource.
    #[serde(default)]
    pub target: Option<Target>,
    /// To be put into the ID token.
    pub nonce: Option<String>,
    /// What the code's receiver must answer.
    pub code_challenge: Option<Challenge>,
    /// What may and must be asked of the person.
    pub prompt: Prompt,
    /// How old the log-in may be, in seconds: the request's word, or the client's default.
    pub max_age: Option<u32>,
    /// How strong it should be.
    pub acr: RequestedAcr,
    /// Who it must be.
    pub subject: Option<Subject>,
    /// A user name to fill in.
    pub login_hint: Option<String>,
    /// The languages that the person reads, best first.
    pub ui_locales: Vec<String>,
}

/// The `prompt` parameter (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// Nothing may be asked.
    pub none: bool,
    /// The person logs in again.
    pub login: bool,
    /// The person is asked for consent again.
    pub consent: bool,
    /// The person chooses who they are.
    pub select_account: bool,
}

/// Why a request is answered with a page and never with a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unredirectable {
    /// No `client_id`, or more than one.
    #[error("client_id is missing or repeated")]
    ClientIdMissing,
    /// Nobody registered it.
    #[error("the application is not registered here")]
    ClientUnknown,
    /// No `redirect_uri`, or more than one.
    #[error("redirect_uri is missing or repeated")]
    RedirectUriMissing,
    /// The client did not register it.
    #[error("redirect_uri is not registered for the application")]
    RedirectUriUnregistered,
    /// More parameters than any specification has.
    #[error("the request has too many parameters")]
    TooMany,
}

impl From<ParameterError> for Unredirectable {
    fn from(_: ParameterError) -> Self {
        Self::TooMany
    }
}

/// The `client_id` of a request, for looking the client up.
///
/// # Errors
/// When it is missing or repeated.
pub fn client_id<'r>(parameters: &Parameters<'r>) -> Result<&'r str, Unredirectable> {
    parameters.one("client_id").ok().flatten().ok_or(Unredirectable::ClientIdMissing)
}

/// A request whose client and redirect address are known: phase one is behind it.
#[derive(Clone, Debug)]
pub struct Identified<'r> {
    parameters: Parameters<'r>,
    client: &'r Client,
    redirect_uri: VerifiedRedirectUri,
}

/// Phase one: the client, as looked up by [`client_id`], and the redirect address.
///
/// # Errors
/// When the request cannot be answered by redirect.
pub fn identify<'r>(
    parameters: &Parameters<'r>,
    client: Option<&'r Client>,
) -> Result<Identified<'r>, Unredirectable> {
    let id = client_id(parameters)?;
    let client = client.filter(|client| client.id.0 == id).ok_or(Unredirectable::ClientUnknown)?;
    // OpenID Connect Core §3.1.2.1 demands it, also where only one is registered.
    let uri =
        parameters.one("redirect_uri").ok().flatten().ok_or(Unredirectable::RedirectUriMissing)?;
    let redirect_uri =
        VerifiedRedirectUri::verify(client, uri).ok_or(Unredirectable::RedirectUriUnregistered)?;
    Ok(Identified { parameters: *parameters, client, redirect_uri })
}

/// A refused request: what to tell the client, and the way back to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong.
    pub error: AuthorizationError,
    /// Where to tell it.
    pub back: ReturnPath,
}

impl Refused {
    /// The answer.
    #[must_use]
    pub fn deliver(&self, issuer: &Issuer) -> Delivery {
        self.back.error(issuer, self.error)
    }
}

impl Identified<'_> {
    /// Phase two: everything else, one check a line. `resources` are those that there are.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn judge(
        self,
        hints: HintVerifier<'_>,
        resources: &[Resource<'_>],
    ) -> Result<AuthorizationRequest, Box<Refused>> {
        self.request(hints, resources).map_err(|error| {
            Box::new(Refused {
                error,
                back: ReturnPath {
                    redirect_uri: self.redirect_uri.clone(),
                    // An error is told even where the way of telling it is wrong.
                    mode: checks::response_mode(&self.parameters).unwrap_or_default(),
                    state: checks::state(&self.parameters).unwrap_or_default(),
                },
            })
        })
    }

    fn request(
        &self,
        hints: HintVerifier<'_>,
        resources: &[Resource<'_>],
    ) -> Result<AuthorizationRequest, AuthorizationError> {
        let (parameters, client) = (&self.parameters, self.client);
        parameters.check()?;
        checks::unsupported(parameters)?;
        checks::response_type(parameters)?;
        let claims = acr::Claims::read(parameters)?;
        Ok(AuthorizationRequest {
            client: client.id.clone(),
            redirect_uri: self.redirect_uri.as_str().to_owned(),
            response_mode: checks::response_mode(parameters)?,
            state: checks::state(parameters)?,
            scopes: checks::scopes(parameters, client)?,
            target: checks::target(parameters, client, resources)?,
            nonce: checks::nonce(parameters)?,
            code_challenge: checks::code_challenge(parameters, client)?,
            prompt: checks::prompt(parameters)?,
            max_age: checks::max_age(parameters)?.or(client.default_max_age),
            acr: RequestedAcr::read(parameters, &claims, client)?,
            subject: checks::subject(parameters, &claims, client, hints)?,
            login_hint: checks::login_hint(parameters)?,
            ui_locales: checks::ui_locales(parameters)?,
        })
    }
}

impl AuthorizationRequest {
    /// The way back, if the client still has the redirect address: it may have lost it while the
    /// person was logging in.
    #[must_use]
    pub fn return_path(&self, client: &Client) -> Option<ReturnPath> {
        if client.id != self.client {
            return None;
        }
        Some(ReturnPath {
            redirect_uri: VerifiedRedirectUri::verify(client, &self.redirect_uri)?,
            mode: self.response_mode,
            state: self.state.clone(),
        })
    }
}

#[cfg(test)]
#[path = "authorize/tests.rs"]
pub(crate) mod tests;
