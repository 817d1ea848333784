//! The grants of the token endpoint, one file and one line in [`ALL`] each. A grant decides inside
//! its write, since sessions and people change; signing happens after it.

mod authorization_code;
mod client_credentials;
mod refresh_token;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::future::BoxFuture;
use latchkey_core::Timestamp;
use latchkey_core::audit::{Event, What};
use latchkey_core::people::{Person, PersonState};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::error::TokenError;
use latchkey_oidc::idtoken::mint;
use latchkey_oidc::keys::KeySet;
use latchkey_oidc::token::{GrantRequest, TokenResponse};
use latchkey_oidc::{Algorithm, Scopes, VerifiedClient};
use latchkey_store::{PersonRecord, Tx};
use serde_json::{Map, Value};

use super::code::{AccessFacts, AdminFacts, Audience, GrantFacts, Holder};
use super::released::Said;
use crate::App;
use crate::audit::Origin;

/// One grant.
pub trait Grant: Sync {
    /// As requests name it.
    fn grant_type(&self) -> GrantType;

    /// Judges a request of a client that proved who it is, and keeps what it leads to.
    fn issue<'a>(
        &'a self,
        app: &'a Arc<App>,
        client: VerifiedClient<'a>,
        request: &'a GrantRequest,
    ) -> BoxFuture<'a, Result<Issued, Refused>>;
}

/// Every grant.
pub static ALL: &[&dyn Grant] = &[
    &authorization_code::AuthorizationCode,
    &refresh_token::RefreshToken,
    &client_credentials::ClientCredentials,
];

/// Why there are no tokens.
#[derive(Debug)]
pub enum Refused {
    /// The client is told.
    Token(TokenError),
    /// We failed.
    Ours(anyhow::Error),
}

impl From<TokenError> for Refused {
    fn from(error: TokenError) -> Self {
        Self::Token(error)
    }
}

impl From<anyhow::Error> for Refused {
    fn from(error: anyhow::Error) -> Self {
        Self::Ours(error)
    }
}

impl From<latchkey_store::Error> for Refused {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// What is to be issued; kept already where it has to be, to be sealed and signed.
pub enum Issued {
    /// To an application, for what a person granted it.
    ToApplication(Box<Granted>),
    /// To a service account, for itself.
    ToService {
        /// What its token stands for.
        access: AdminFacts,
        /// How long that lasts.
        lasts: Duration,
    },
}

/// What a person granted an application.
pub struct Granted {
    facts: GrantFacts,
    person: Person,
    algorithm: Algorithm,
    nonce: Option<String>,
    scopes: Scopes,
    /// What the application's own rules release.
    ruled: Map<String, Value>,
    refresh: Option<Plain>,
    at: Timestamp,
}

impl Issued {
    /// Seals and signs: the answer's body.
    ///
    /// # Errors
    /// When there is no key, or signing fails.
    pub async fn body(&self, app: &App) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::ToApplication(granted) => granted.body(app, &super::signing(app).await.set),
            Self::ToService { access, lasts } => {
                let words: Vec<_> = access.scopes.iter().map(|scope| scope.as_str()).collect();
                let response = TokenResponse {
                    access_token: &access.seal(&app.keys.tokens, &*app.rng)?,
                    expires_in: lasts.as_secs(),
                    // RFC 6749 §4.4.3.
                    refresh_token: None,
                    scope: &words.join(" "),
                    id_token: None,
                };
                Ok(response.body()?)
            }
        }
    }
}

impl Granted {
    fn body(&self, app: &App, keys: &KeySet) -> anyhow::Result<Vec<u8>> {
        let lifetimes = &app.config.lifetimes;
        let (grant, client) = (self.facts.id, self.facts.client.clone());
        let lasts = self.facts.audience.lifetime(lifetimes);
        let expires_at = self.at.plus(lasts);
        let access = match &self.facts.audience {
            Audience::Userinfo => {
                let facts = AccessFacts { grant, client, scopes: self.scopes, expires_at };
                facts.seal(&app.keys.tokens, &*app.rng)?
            }
            Audience::AdminApi(scopes) => {
                let (holder, scopes) = (Holder::Grant(grant), scopes.clone());
                let facts = AdminFacts { holder, client, scopes, expires_at };
                facts.seal(&app.keys.tokens, &*app.rng)?
            }
        };
        let key = keys.signer(self.algorithm).context("there is no signing key")?;
        let (nonce, further) = (self.nonce.as_deref(), self.ruled.clone());
        let said = Said::new(app, &self.facts, self.person.subject, nonce, further, self.at);
        let id_token = mint(key, &said.id_token(Some(&access)))?;
        let response = TokenResponse {
            access_token: &access,
            expires_in: lasts.as_secs(),
            refresh_token: self.refresh.as_ref(),
            scope: &self.facts.audience.scope(self.scopes),
            id_token: Some(&id_token),
        };
        Ok(response.body()?)
    }
}

/// The person of a grant, if they may still use it: active, and in a session that is open, unless
/// the grant outlives it.
async fn entitled(
    tx: &Tx,
    facts: &GrantFacts,
    offline: bool,
    now: Timestamp,
) -> latchkey_store::Result<Option<PersonRecord>> {
    let view = tx.view();
    if !offline {
        let session = view.find_session_by_id(facts.session).await?;
        if !session.is_some_and(|session| session.is_open(now)) {
            return Ok(None);
        }
    }
    let record = view.find_person(facts.person).await?;
    Ok(record.filter(|record| record.person.state == PersonState::Active))
}

/// The resource that tokens of a grant are for, if they are for one (RFC 8707).
fn resource<'a>(app: &'a App, facts: &GrantFacts) -> Option<&'a str> {
    match facts.audience {
        Audience::Userinfo => None,
        Audience::AdminApi(_) => Some(&app.oidc.admin_api),
    }
}

/// An event of a grant. It came from the application's address, which says nothing of the person.
fn event(app: &App, facts: &GrantFacts, person: &Person, what: What, at: Timestamp) -> Event {
    let actor = Actor::Person { person: person.id, session: Some(facts.session) };
    let origin = Origin { actor, address: None, at };
    origin.event(&*app.rng, person, Some(facts.session), what)
}
