//! Who calls: the token is opened once for every request, and each endpoint says which scopes open
//! it. Whoever changes something logged in a short while ago.

use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use latchkey_api::AdminScope;
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::ids::{OrganisationId, PersonId, SessionId};
use latchkey_core::roles::{Actor, RoleGrant, Scope};
use latchkey_oidc::bearer::access_token;
use latchkey_oidc::error::BearerError;
use latchkey_store::{OrganisationRecord, PersonRecord};

use super::failure::Failure;
use super::reach::{Reach, Reached};
use crate::App;
use crate::audit::Origin;
use crate::oidc::caller::{self, Caller};

/// The scopes that open an endpoint: any of them does.
pub(super) trait Opens: Send + Sync + 'static {
    /// The scopes.
    const ANY: &'static [AdminScope];
    /// Whether what is posted there changes nothing, so that no fresh log-in is asked for.
    const ONLY_LOOKS: bool = false;
}

/// Tries a policy, which keeps nothing.
pub(super) struct PolicyTrial;

impl Opens for PolicyTrial {
    const ANY: &'static [AdminScope] = &[AdminScope::OrganisationsWrite];
    const ONLY_LOOKS: bool = true;
}

/// Tries what joining a group would come to for somebody, which keeps nothing.
pub(super) struct JoinTrial;

impl Opens for JoinTrial {
    const ANY: &'static [AdminScope] = &[AdminScope::PeopleWrite];
    const ONLY_LOOKS: bool = true;
}

/// Begins to go through a table of people. One that is to be kept asks for a fresh log-in itself:
/// a table is large, and is not sent twice because a dry run came late.
pub(super) struct ImportsBegin;

impl Opens for ImportsBegin {
    const ANY: &'static [AdminScope] = &[AdminScope::PeopleWrite];
    const ONLY_LOOKS: bool = true;
}

/// Tries a log-in to an application: what whoever tries it is told is their own.
pub(super) struct ApplicationsTest;

impl Opens for ApplicationsTest {
    const ANY: &'static [AdminScope] = &[AdminScope::ApplicationsWrite];
    const ONLY_LOOKS: bool = true;
}

/// Has something looked at that concerns applications.
pub(super) struct ApplicationsLook;

impl Opens for ApplicationsLook {
    const ANY: &'static [AdminScope] = &[AdminScope::ApplicationsRead];
    const ONLY_LOOKS: bool = true;
}

/// Declares which scopes open endpoints.
macro_rules! opens {
    ($($(#[$doc:meta])* $name:ident: $($scope:ident)|+;)*) => {
        $(
            $(#[$doc])*
            pub(super) struct $name;

            impl Opens for $name {
                const ANY: &'static [AdminScope] = &[$(AdminScope::$scope),+];
            }
        )*
    };
}

opens! {
    /// Anybody with a token.
    Anything: PeopleRead | PeopleWrite | CredentialsRead | CredentialsWrite | CredentialsHelp
        | SessionsRead | SessionsWrite | OrganisationsRead | OrganisationsWrite | ApplicationsRead
        | ApplicationsWrite | RolesRead | RolesWrite | KeysRead | KeysWrite | HealthRead
        | HealthWrite | ApprovalsWrite | AuditRead;
    /// Sees people.
    PeopleRead: PeopleRead | CredentialsHelp;
    /// Changes people.
    PeopleWrite: PeopleWrite;
    /// Sees what people log in with.
    CredentialsRead: CredentialsRead | CredentialsHelp;
    /// Changes what people log in with.
    CredentialsWrite: CredentialsWrite | CredentialsHelp;
    /// Sees where people are logged in.
    SessionsRead: SessionsRead | CredentialsHelp;
    /// Logs people out.
    SessionsWrite: SessionsWrite | CredentialsHelp;
    /// Sees organisations.
    OrganisationsRead: OrganisationsRead;
    /// Changes organisations.
    OrganisationsWrite: OrganisationsWrite;
    /// Sees roles.
    RolesRead: RolesRead;
    /// Gives and ends roles.
    RolesWrite: RolesWrite;
    /// Sees applications.
    ApplicationsRead: ApplicationsRead;
    /// Changes applications.
    ApplicationsWrite: ApplicationsWrite;
    /// Sees signing keys.
    KeysRead: KeysRead;
    /// Publishes signing keys.
    KeysWrite: KeysWrite;
    /// Reads the audit trail.
    AuditRead: AuditRead;
    /// Reads what happened to people.
    HistoryRead: AuditRead | CredentialsHelp;
    /// Sees how imports of people went.
    ImportsRead: PeopleRead;
    /// Sees how the installation is.
    HealthRead: HealthRead;
    /// Sees to letters that did not leave.
    HealthWrite: HealthWrite;
    /// Decides what another administrator asked for.
    ApprovalsWrite: ApprovalsWrite;
}

/// What is known of whoever calls, for all of a request.
pub(super) struct Known {
    pub(super) caller: Caller,
    /// The roles that a person holds; none for a service account.
    pub(super) roles: Vec<RoleGrant>,
}

/// Opens the token of a request, before anything is looked up.
pub(super) async fn authenticate(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).cloned();
    match known(&app, header).await {
        Ok(known) => {
            request.extensions_mut().insert(Arc::new(known));
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    }
}

async fn known(app: &App, header: Option<HeaderValue>) -> Result<Known, Failure> {
    let header = header.as_ref().map(|value| value.to_str().unwrap_or_default());
    let token = access_token(header, None)?;
    let caller = caller::open(app, &token).await??;
    let roles = match &caller {
        Caller::Administrator(who) => {
            // A session of theirs is a session of an administrator: RFC 9470 says what would do.
            if !who.device_bound || who.level < Level::PhishingResistant {
                let acr = Some(Level::PhishingResistant.acr());
                let weak = BearerError::InsufficientUserAuthentication { max_age: None, acr };
                return Err(weak.into());
            }
            app.store.view().list_roles(who.person.person.id).await?
        }
        Caller::Service(_) => Vec::new(),
    };
    Ok(Known { caller, roles })
}

/// Whoever calls an endpoint that `O` opens.
pub(super) struct Admin<O> {
    /// The installation.
    pub(super) app: Arc<App>,
    pub(super) known: Arc<Known>,
    /// How far they reach with the scopes that open this endpoint.
    pub(super) reach: Reach,
    address: Option<String>,
    opens: PhantomData<O>,
}

impl<O: Opens> FromRequestParts<Arc<App>> for Admin<O> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        let known = parts.extensions.get::<Arc<Known>>().cloned();
        let known = known.ok_or(BearerError::Missing)?;
        let held: Vec<_> =
            O::ANY.iter().copied().filter(|scope| known.caller.scopes().contains(scope)).collect();
        let Some(first) = O::ANY.first().copied() else { return Err(Failure::NotFound) };
        if held.is_empty() {
            return Err(BearerError::InsufficientScope { scope: first.as_str() }.into());
        }
        let reach = Reach::of(app, &known, &held).await?;
        if reach.is_nowhere() && O::ANY.len() < AdminScope::ALL.len() {
            return Err(Failure::Forbidden("Your role does not do this"));
        }
        if parts.method != Method::GET && !O::ONLY_LOOKS {
            fresh(app, &known).await?;
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            address: peer.map(|ConnectInfo(address)| address.ip().to_string()),
            app: Arc::clone(app),
            known,
            reach,
            opens: PhantomData,
        })
    }
}

/// Checks that the log-in behind a change is fresh. Service accounts prove who they are each time.
async fn fresh(app: &App, known: &Known) -> Result<(), Failure> {
    let Caller::Administrator(who) = &known.caller else { return Ok(()) };
    let age = app.policy_of(&who.person.person).await?.step_up_age;
    if app.clock.now().since(who.auth_time) <= age {
        return Ok(());
    }
    let max_age = Some(u32::try_from(age.as_secs()).unwrap_or(u32::MAX));
    Err(BearerError::InsufficientUserAuthentication { max_age, acr: None }.into())
}

impl<O> Admin<O> {
    /// Checks that the log-in of whoever calls is fresh, where that is not asked of all who come.
    ///
    /// # Errors
    /// What would do (RFC 9470 §3).
    pub(super) async fn check_fresh(&self) -> Result<(), Failure> {
        fresh(&self.app, &self.known).await
    }

    /// Reads inside what they reach.
    #[must_use]
    pub(super) fn scope(&self) -> &Scope {
        self.reach.scope()
    }

    /// A person whom they may see.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none, or they are outside.
    pub(super) async fn find(&self, id: PersonId) -> Result<PersonRecord, Failure> {
        let view = self.app.store.view();
        view.within(self.scope()).find_person(id).await?.ok_or(Failure::NotFound)
    }

    /// A person whom they may change, and as whom they do it.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none, or they are outside; [`Failure::Untouchable`]
    /// when it is they themselves, a peer or a superior.
    pub(super) async fn touch(&self, id: PersonId) -> Result<(PersonRecord, Origin), Failure> {
        let record = self.find(id).await?;
        match self.reach.of_person(&self.app, &self.known, &record).await? {
            Reached::Touchable(actor) => Ok((record, self.origin(actor))),
            Reached::Untouchable(why) => Err(Failure::Untouchable(why)),
        }
    }

    /// An organisation whose data they may see, by its name in documents, with when it was last
    /// changed.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when there is none, or it is outside.
    pub(super) async fn organisation(
        &self,
        slug: &str,
    ) -> Result<(OrganisationRecord, Timestamp), Failure> {
        let view = self.app.store.view();
        view.within(self.scope()).find_organisation_named(slug).await?.ok_or(Failure::NotFound)
    }

    /// As whom they act in an organisation.
    ///
    /// # Errors
    /// [`Failure::NotFound`] when it is outside.
    pub(super) fn acting_in(&self, organisation: OrganisationId) -> Result<Origin, Failure> {
        let actor = self.reach.actor(&self.known, organisation).ok_or(Failure::NotFound)?;
        Ok(self.origin(actor))
    }

    /// As whom they act for the whole installation.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when they do not reach that far.
    pub(super) fn acting_everywhere(&self) -> Result<Origin, Failure> {
        let actor = self.reach.actor_everywhere(&self.known);
        let actor =
            actor.ok_or(Failure::Forbidden("Only the platform's administrators do this"))?;
        Ok(self.origin(actor))
    }

    /// As whom they hand out rights of their own over the whole installation: only people do, so
    /// that no program makes itself, or another, more than it is.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when they do not reach that far, or are a program.
    pub(super) fn acting_in_person(&self) -> Result<Origin, Failure> {
        match self.person() {
            Some(_) => self.acting_everywhere(),
            None => Err(Failure::Forbidden("Only a person hands out rights")),
        }
    }

    /// The person who calls, and their session: what a test of a log-in is bound to.
    ///
    /// # Errors
    /// [`Failure::Forbidden`] when it is a program.
    pub(super) fn in_person(&self) -> Result<(PersonId, SessionId), Failure> {
        match &self.known.caller {
            Caller::Administrator(who) => Ok((who.person.person.id, who.session)),
            Caller::Service(_) => Err(Failure::Forbidden("Only a person logs in")),
        }
    }

    fn origin(&self, actor: Actor) -> Origin {
        Origin { actor, address: self.address.clone(), at: self.app.clock.now() }
    }

    /// The person who calls, if it is one.
    #[must_use]
    pub(super) fn person(&self) -> Option<&PersonRecord> {
        match &self.known.caller {
            Caller::Administrator(who) => Some(&who.person),
            Caller::Service(_) => None,
        }
    }
}
