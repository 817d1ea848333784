//! Who calls the admin API, by the access token that they show. Judged anew at each call, since
//! grants are revoked, sessions end, people leave and clients are removed.
//!
//! Tells how somebody logged in, and not whether that is enough: that is the API's to say.

use latchkey_api::AdminScope;
use latchkey_core::Timestamp;
use latchkey_core::assurance::{Level, Method};
use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::ids::{ClientId, FlowId, GrantId, OrganisationId, SessionId};
use latchkey_core::people::PersonState;
use latchkey_core::secrets::Plain;
use latchkey_oidc::error::BearerError;
use latchkey_oidc::{Client, service};
use latchkey_store::{PersonRecord, Session};
use uuid::Uuid;

use super::code::{AdminFacts, GrantFacts, Holder};
use super::{Registered, registered};
use crate::App;

/// Whoever calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A person, by way of an application. What they may do is their role's to say.
    Administrator(Box<Administrator>),
    /// A service account, by itself.
    Service(Service),
}

/// A service account that calls.
#[derive(Clone, Debug)]
pub struct Service {
    /// Which.
    pub client: ClientId,
    /// On whom it may act.
    pub reach: Reach,
    /// What the token was granted, and the account may do still.
    pub scopes: Vec<AdminScope>,
}

/// On whom a service account may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// On everybody.
    Platform,
    /// On an organisation and those below it.
    Organisation(OrganisationId),
}

/// A person who calls.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// Who.
    pub person: PersonRecord,
    /// In which session.
    pub session: SessionId,
    /// By way of which application.
    pub client: ClientId,
    /// When the log-in was that the token comes from. A later one in the same session makes the
    /// token no fresher.
    pub auth_time: Timestamp,
    /// How strong the session's present log-in is.
    pub level: Level,
    /// With what it was done (RFC 8176).
    pub amr: Vec<String>,
    /// Whether a key that never leaves its device, and checked who they are, was used in it. It is
    /// theirs and in use still.
    pub device_bound: bool,
    /// What the token was granted.
    pub scopes: Vec<AdminScope>,
}

impl Caller {
    /// What the token opens.
    #[must_use]
    pub fn scopes(&self) -> &[AdminScope] {
        match self {
            Self::Administrator(administrator) => &administrator.scopes,
            Self::Service(service) => &service.scopes,
        }
    }

    /// Checks that the token opens something.
    ///
    /// # Errors
    /// [`BearerError::InsufficientScope`].
    pub fn may(&self, scope: AdminScope) -> Result<(), BearerError> {
        if self.scopes().contains(&scope) {
            return Ok(());
        }
        Err(BearerError::InsufficientScope { scope: scope.as_str() })
    }
}

/// Opens an access token for the admin API.
///
/// # Errors
/// When the database fails. What is wrong with the token is the value's to tell.
pub async fn open(app: &App, token: &Plain) -> anyhow::Result<Result<Caller, BearerError>> {
    let invalid = Ok(Err(BearerError::InvalidToken));
    let Some(facts) = AdminFacts::open(&app.keys.tokens, token, app.clock.now()) else {
        return invalid;
    };
    let Some(found) = registered(app, &facts.client.0).await? else { return invalid };
    let caller = match facts.holder {
        Holder::Grant(id) => {
            let administrator = administrator(app, id, facts, &found.client).await?;
            administrator.map(Caller::Administrator)
        }
        Holder::Service => service(facts, &found).map(Caller::Service),
    };
    Ok(caller.ok_or(BearerError::InvalidToken))
}

/// A service account as its client is now: what it may not do any more, no token of before does.
fn service(facts: AdminFacts, found: &Registered) -> Option<Service> {
    let account = found.client.service.as_ref()?;
    let reach = match account.reach {
        service::Reach::Platform => Reach::Platform,
        service::Reach::Organisation(_) => Reach::Organisation(found.organisation?),
    };
    let still = |scope: &AdminScope| account.scopes.iter().any(|word| word == scope.as_str());
    let scopes = facts.scopes.into_iter().filter(still).collect();
    Some(Service { client: facts.client, reach, scopes })
}

async fn administrator(
    app: &App,
    id: GrantId,
    facts: AdminFacts,
    client: &Client,
) -> anyhow::Result<Option<Box<Administrator>>> {
    let view = app.store.view();
    let Some((grant, person)) = view.find_live_grant(id).await? else { return Ok(None) };
    if grant.client != facts.client || person.person.state != PersonState::Active {
        return Ok(None);
    }
    let granted: GrantFacts = serde_json::from_str(&grant.facts)?;
    let session = view.find_session_by_id(grant.session).await?;
    let open = session.filter(|session| session.is_open(app.clock.now()));
    let Some(session) = open else { return Ok(None) };
    let Some(assurance) = session.assurance.clone() else { return Ok(None) };
    let device_bound = is_device_bound(app, &session).await?;
    let still = |scope: &AdminScope| client.resource_scopes.contains(&scope.as_str());
    Ok(Some(Box::new(Administrator {
        person,
        session: session.id,
        client: grant.client,
        auth_time: granted.auth_time,
        level: assurance.level,
        amr: assurance.amr,
        device_bound,
        scopes: facts.scopes.into_iter().filter(still).collect(),
    })))
}

/// Whether a log-in rests on a key that is bound to its device and checked the person, and that
/// still works.
async fn is_device_bound(app: &App, session: &Session) -> anyhow::Result<bool> {
    let view = app.store.view();
    let proofs = view.list_proofs(session.id, FlowId(Uuid::nil())).await?.counted;
    let verified: Vec<_> = proofs
        .into_iter()
        .filter_map(|proof| match proof.method {
            Method::Key { credential, user_verified: true, .. } => Some(credential),
            _ => None,
        })
        .collect();
    if verified.is_empty() {
        return Ok(false);
    }
    let counts = |key: &Credential| {
        key.state == CredentialState::Active && !key.backup_eligible && verified.contains(&key.id)
    };
    Ok(view.list_credentials(session.person).await?.iter().any(counts))
}
