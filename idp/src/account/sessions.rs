//! Where somebody is logged in, the applications that stay connected while they are away, and what
//! those that speak SAML are told of them. They end what they like; what hangs on it ends too.

use std::collections::BTreeMap;

use axum::response::{IntoResponse as _, Redirect, Response};
use latchkey_core::ids::{ClientId, SessionId};
use latchkey_oidc::Client;
use latchkey_store::Session;
use latchkey_web::limits::Params;

use super::gate::{Entered, Place, Submitted};
use super::profile;
use super::receipt::{self, Done};
use crate::App;
use crate::actions::sessions;
use crate::agent;
use crate::flow::Current;
use crate::pages::account::{Connected, Open, Opened, Sessions};
use crate::pages::login::Released;
use crate::release::released;
use crate::saml::told::{self, Known};

/// The list.
pub(super) const LIST: &str = List::PATH;

/// Where sessions are listed.
pub(super) struct List;

impl Place for List {
    const PATH: &'static str = "/account/sessions";
    const STEP_UP: bool = false;
    type About = ();
}

/// Where else a person is logged in, the latest first.
pub(super) async fn elsewhere(app: &App, current: &Current) -> anyhow::Result<Vec<Session>> {
    let now = app.clock.now();
    let mut open = app.store.view().list_sessions(current.person.person.id, now).await?;
    open.retain(|other| {
        let address = other.address.as_deref().and_then(|text| text.parse().ok());
        let level = other.assurance.as_ref().map(|reached| reached.level).unwrap_or_default();
        let idle = current.policy.session_lasts(level, address).idle;
        other.id != current.session.id && now.since(other.last_seen_at) <= idle
    });
    Ok(open)
}

/// `GET /account/sessions`
pub(super) async fn show(at: Entered<List>) -> Response {
    let work = async {
        let (app, current) = (&at.asked.app, &at.current);
        let query = Params::of_query(at.asked.visitor.uri()).unwrap_or_default();
        let done = query.one("done").ok().flatten();
        let receipt = done.and_then(|text| receipt::read(app, current.session.id, text));
        let others = elsewhere(app, current).await?;
        let page = Sessions {
            form: at.form(),
            here: shown(&current.session),
            others: others.iter().map(shown).collect(),
            connected: connected(app, current).await?,
            opened: opened(app, current, &others).await?,
            receipt,
        };
        Ok(at.page(&page))
    };
    at.asked.answer(work).await
}

/// `POST /account/sessions`: one is ended, or all others, or an application is disconnected.
pub(super) async fn submit(submitted: Submitted<List>) -> Response {
    let at = &submitted.at;
    let work = async {
        let (app, current) = (&at.asked.app, &at.current);
        let (person, origin) = (&current.person.person, at.origin());
        let session = current.session.id;
        let client = submitted.field("disconnect")?;
        let done = if submitted.field("others")? == "yes" {
            sessions::end_others(app, &origin, person, session).await?;
            Some(Done::SessionsEnded)
        } else if !client.is_empty() {
            let client = ClientId(client.to_owned());
            sessions::disconnect(app, &origin, person, client).await?.then_some(Done::Disconnected)
        } else {
            let wanted = submitted.field("end")?.parse::<SessionId>().ok();
            // Of their own only: another person's is not there.
            let open = app.store.view().list_sessions(person.id, origin.at).await?;
            match open.iter().find(|other| Some(other.id) == wanted && other.id != session) {
                Some(other) => sessions::end(app, &origin, person, other.id)
                    .await?
                    .then_some(Done::SessionEnded),
                None => None,
            }
        };
        let to = match done {
            Some(done) => receipt::address_at(app, LIST, session, done)?,
            None => LIST.to_owned(),
        };
        Ok(Redirect::to(&to).into_response())
    };
    at.asked.answer(work).await
}

fn shown(session: &Session) -> Open {
    let (browser, system) = agent::described(session.agent.as_deref().unwrap_or_default());
    Open {
        id: session.id.to_string(),
        browser: browser.map(str::to_owned),
        system: system.map(str::to_owned),
        address: session.address.clone(),
        since: session.started_at,
        seen: session.last_seen_at,
        with: profile::logged_in_with(session.assurance.as_ref()).into(),
    }
}

async fn connected(app: &App, current: &Current) -> anyhow::Result<Vec<Connected>> {
    let view = app.store.view();
    let grants = view.list_offline_grants(current.person.person.id, app.clock.now()).await?;
    let mut since = BTreeMap::new();
    for grant in grants {
        let first = since.entry(grant.client.0).or_insert(grant.created_at);
        *first = (*first).min(grant.created_at);
    }
    let mut connected = Vec::with_capacity(since.len());
    for (client, since) in since {
        let id = ClientId(client.clone());
        let document = view.find_client(&id).await?.map(|stored| stored.document);
        let known = document.as_deref().and_then(|text| serde_json::from_str::<Client>(text).ok());
        let told = match known {
            Some(known) => {
                Released::all(&released(app, &known.claims, &current.person.person).await?)
            }
            None => Vec::new(),
        };
        let name = sessions::name(id, document.as_deref());
        connected.push(Connected { client, name, since, told });
    }
    Ok(connected)
}

/// The applications that speak SAML that somebody opened where they are logged in, with what each is
/// told of them.
async fn opened(app: &App, current: &Current, others: &[Session]) -> anyhow::Result<Vec<Opened>> {
    let mut since = BTreeMap::new();
    for session in others.iter().chain([&current.session]) {
        for participant in app.store.view().list_saml_participants(session.id).await? {
            let first = since.entry(participant.provider.0).or_insert(participant.opened_at);
            *first = (*first).min(participant.opened_at);
        }
    }
    let level = current.session.assurance.as_ref().map(|reached| reached.level).unwrap_or_default();
    let mut opened = Vec::with_capacity(since.len());
    for (provider, since) in since {
        let known = told::of(app, &provider, &current.person.person, level).await?;
        let Some(Known { name, told }) = known else { continue };
        let told = told.into_iter().map(|(name, value)| Released { name, value }).collect();
        opened.push(Opened { name, since, told });
    }
    Ok(opened)
}
