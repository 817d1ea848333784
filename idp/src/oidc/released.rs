//! What an application receives of a log-in: what its ID token says, what userinfo answers, and how
//! long what it gets lasts. The one place for it, whether it is issued or only told.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::ids::Subject;
use latchkey_core::people::Person;
use latchkey_core::secrets::Plain;
use latchkey_oidc::claims::SubjectClaims;
use latchkey_oidc::client::GrantType;
use latchkey_oidc::idtoken::IdTokenFacts;
use latchkey_oidc::{Client, Issuer, Scope, Scopes};
use serde_json::{Map, Value};

use super::code::GrantFacts;
use crate::App;
use crate::config::Lifetimes;
use crate::release::released;

/// What an ID token says of a log-in at one application.
pub(super) struct Said<'a> {
    issuer: &'a Issuer,
    facts: &'a GrantFacts,
    subject: Subject,
    nonce: Option<&'a str>,
    sid: String,
    further: Map<String, Value>,
    at: Timestamp,
    lasts: Duration,
}

impl<'a> Said<'a> {
    /// Of what was granted by somebody, at a time.
    pub(super) fn new(
        app: &'a App,
        facts: &'a GrantFacts,
        subject: Subject,
        nonce: Option<&'a str>,
        further: Map<String, Value>,
        at: Timestamp,
    ) -> Self {
        Self {
            issuer: &app.issuer,
            facts,
            subject,
            nonce,
            sid: super::sid(app, facts.session),
            further,
            at,
            lasts: app.config.lifetimes.id_token,
        }
    }

    /// The ID token that is issued with an access token, or with none.
    pub(super) fn id_token(&'a self, access_token: Option<&'a Plain>) -> IdTokenFacts<'a> {
        IdTokenFacts {
            issuer: self.issuer,
            subject: self.subject,
            audience: &self.facts.client,
            nonce: self.nonce,
            auth_time: self.facts.auth_time,
            acr: &self.facts.acr,
            amr: &self.facts.amr,
            sid: &self.sid,
            issued_at: self.at,
            expires_at: self.at.plus(self.lasts),
            access_token,
            further: &self.further,
        }
    }
}

/// What an application's own rules release of a person. Most have none, which costs nothing.
pub(crate) async fn ruled(
    app: &App,
    client: &Client,
    person: &Person,
) -> anyhow::Result<Map<String, Value>> {
    if client.claims.is_empty() {
        return Ok(Map::new());
    }
    released(app, &client.claims, person).await
}

/// What there is to say about a person, with what is [`ruled`].
pub(super) fn claims<'p>(person: &'p Person, ruled: &'p Map<String, Value>) -> SubjectClaims<'p> {
    SubjectClaims {
        subject: person.subject,
        name: &person.name,
        preferred_username: person.username.as_str(),
        email: person.email.as_deref(),
        email_verified: person.has_verified_email(),
        updated_at: person.updated_at,
        further: &person.claims,
        ruled,
    }
}

/// How long a refresh token lasts that goes with these scopes, if the application gets one.
pub(super) fn refresh_lasts(
    client: &Client,
    scopes: Scopes,
    lifetimes: &Lifetimes,
) -> Option<Duration> {
    client.may_use(GrantType::RefreshToken).then(|| match scopes.contains(Scope::OfflineAccess) {
        true => lifetimes.offline_refresh_token,
        false => lifetimes.refresh_token,
    })
}
