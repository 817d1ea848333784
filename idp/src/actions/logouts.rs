//! Log-outs, and what follows from them at the applications that speak SAML: a browser goes round to
//! them, or they are told without one. Owns what is kept of that. How anything is told is no concern
//! of this module.

use std::time::Duration;

use anyhow::Context as _;
use latchkey_core::audit::What;
use latchkey_core::ids::{EntityId, LogoutId, SessionId};
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, Farewell, Logout, Told, Tx};
use serde::{Deserialize, Serialize};

use crate::App;
use crate::audit::Origin;

/// Where applications that speak SAML log out (SAML 2.0 Profiles §4.4).
pub const PATH: &str = "/saml/slo";
/// How long a browser may take to go round. What is left then is told without it.
const ROUND: Duration = Duration::from_secs(10 * 60);
/// For how long it can be looked at what became of it.
const SHOWN: Duration = Duration::from_secs(60 * 60);

/// Where a log-out leads when the applications have been told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// To a page of ours that says what became of it.
    Page,
    /// To such a page with a way back to an application.
    Link {
        /// The application's name.
        name: String,
        /// Its address, which it registered.
        url: String,
    },
    /// To an address that an application registered.
    Address(String),
    /// To the application that speaks SAML and asked for it.
    Answer(Answer),
}

/// What an application that speaks SAML is answered with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Its entity ID.
    pub provider: EntityId,
    /// Its request.
    pub request: String,
    /// What comes back to it, to the byte.
    pub relay_state: Option<String>,
    /// The binding that the request came by.
    pub binding: String,
}

/// What is kept of a log-out while a browser goes round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// Where it leads.
    pub back: Back,
    /// Other applications of the session, by name. They cannot be told.
    pub applications: Vec<String>,
}

impl Leaving {
    /// What was kept.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn of(logout: &Logout) -> anyhow::Result<Self> {
        serde_json::from_str(&logout.leaving).context("logouts.leaving")
    }
}

/// Where a browser goes round the applications from.
#[must_use]
pub fn address(id: LogoutId) -> String {
    format!("{PATH}/{id}")
}

fn new(app: &App, session: SessionId, leaving: &Leaving, now: Timestamp) -> anyhow::Result<Logout> {
    Ok(Logout {
        id: LogoutId(app.rng.uuid_v4()),
        session,
        leaving: serde_json::to_string(leaving)?,
        created_at: now,
        expires_at: now.plus(SHOWN),
    })
}

/// Keeps a log-out on its way, where there is an application to go to.
async fn go_round(tx: &Tx, logout: &Logout) -> Result<Option<LogoutId>, Error> {
    let farewells = tx.view().list_farewells(logout.session).await?;
    if farewells.iter().all(|farewell| farewell.due_at.is_none()) {
        return Ok(None);
    }
    tx.insert_logout(logout).await?;
    tx.leave_farewells_until(logout.session, logout.created_at.plus(ROUND)).await?;
    Ok(Some(logout.id))
}

/// Ends the session of the browser that asks; tells where it goes round to applications from, where
/// there are any to be told.
///
/// # Errors
/// When the database fails.
pub async fn end(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: SessionId,
    leaving: &Leaving,
) -> anyhow::Result<Option<LogoutId>> {
    let event = origin.event(&*app.rng, person, Some(session), What::LoggedOut);
    let logout = new(app, session, leaving, origin.at)?;
    let write = async move |tx: &Tx| {
        if !tx.end_session(session, logout.created_at).await? {
            return Ok(None);
        }
        tx.insert_event(&event).await?;
        go_round(tx, &logout).await
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// A request of an application to end sessions.
pub struct Asked {
    /// Its entity ID.
    pub provider: EntityId,
    /// What makes the request one of a kind.
    pub request: Digest,
    /// Until when it is remembered.
    pub until: Timestamp,
    /// The sessions that it names, with whose they are.
    pub sessions: Vec<(SessionId, Person)>,
    /// The one of them that is this browser's.
    pub here: Option<SessionId>,
}

/// What became of such a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It was carried out before.
    Replayed,
    /// The sessions have ended; there, where there is one, the browser goes round to others.
    Ended(Option<LogoutId>),
}

/// Ends sessions for an application, once for each request. It needs not be told itself.
///
/// # Errors
/// When the database fails; nothing has ended then.
pub async fn end_for(
    app: &App,
    origin: &Origin,
    asked: Asked,
    leaving: &Leaving,
) -> anyhow::Result<Done> {
    let (now, provider) = (origin.at, asked.provider);
    let what = || What::ProviderLoggedOut { provider: provider.clone() };
    let ending: Vec<_> = asked
        .sessions
        .into_iter()
        .map(|(id, person)| (id, origin.event(&*app.rng, &person, Some(id), what())))
        .collect();
    let logout = asked.here.map(|here| new(app, here, leaving, now)).transpose()?;
    let rng = app.rng.clone();
    let write = async move |tx: &Tx| {
        if !tx.use_assertion(asked.request, asked.until).await? {
            return Ok(Done::Replayed);
        }
        let mut round = None;
        for (session, event) in &ending {
            let ended = tx.end_session(*session, now).await?;
            let settled = tx.settle_farewell(*session, &provider, Told::Confirmed, now).await?;
            if ended {
                tx.insert_event(event).await?;
                let here = logout.as_ref().filter(|logout| logout.session == *session);
                if let Some(logout) = here {
                    round = go_round(tx, logout).await?;
                }
            }
            if settled {
                tell_of(tx, &*rng, *session, now).await?;
            }
        }
        Ok(Done::Ended(round))
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Notes that a browser is sent to an application with a request; `false` when something was done
/// there already.
///
/// # Errors
/// When the database fails.
pub async fn ask(
    app: &App,
    session: SessionId,
    provider: &EntityId,
    request: &str,
) -> anyhow::Result<bool> {
    let (now, provider, request) = (app.clock.now(), provider.clone(), request.to_owned());
    let write = async move |tx: &Tx| tx.ask_farewell(session, &provider, &request, now).await;
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// What is known of a log-out at an application now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is over there.
    Settled(Told),
    /// It could not be told, so often now, and is tried again then.
    Again(u32, Timestamp),
}

/// Notes what became of the log-out of a session at an application.
///
/// # Errors
/// When the database fails.
pub async fn note(
    app: &App,
    session: SessionId,
    provider: &EntityId,
    outcome: Outcome,
) -> anyhow::Result<()> {
    let (now, provider, rng) = (app.clock.now(), provider.clone(), app.rng.clone());
    let write = async move |tx: &Tx| match outcome {
        Outcome::Settled(told) => match tx.settle_farewell(session, &provider, told, now).await? {
            true => tell_of(tx, &*rng, session, now).await,
            false => Ok(()),
        },
        Outcome::Again(tries, at) => tx.retry_farewell(session, &provider, tries, at).await,
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Tells the audit trail which applications were told, once nothing is left to do. An application
/// that answers after that is told of again.
async fn tell_of(tx: &Tx, rng: &dyn Rng, session: SessionId, now: Timestamp) -> Result<(), Error> {
    let view = tx.view();
    let farewells = view.list_farewells(session).await?;
    if farewells.iter().any(|farewell| farewell.due_at.is_some()) {
        return Ok(());
    }
    let Some(ended) = view.find_session_by_id(session).await? else { return Ok(()) };
    let Some(record) = view.find_person(ended.person).await? else { return Ok(()) };
    let (confirmed, untold): (Vec<_>, Vec<_>) =
        farewells.into_iter().partition(Farewell::is_confirmed);
    let names =
        |of: Vec<Farewell>| of.into_iter().map(|farewell| farewell.participant.provider).collect();
    let (confirmed, untold): (Vec<_>, Vec<_>) = (names(confirmed), names(untold));
    let what = match untold.is_empty() {
        true => What::ProvidersTold { confirmed },
        false => What::ProvidersUntold { confirmed, untold },
    };
    let origin = Origin { actor: Actor::System, address: None, at: now };
    tx.insert_event(&origin.event(rng, &record.person, Some(session), what)).await
}
