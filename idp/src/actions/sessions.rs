//! Sessions: what was opened in them, and ending them.

use latchkey_core::audit::What;
use latchkey_core::ids::{ClientId, SessionId};
use latchkey_core::people::Person;
use latchkey_oidc::Client;
use latchkey_store::{Error, Tx};

use crate::App;
use crate::audit::Origin;

/// The applications that a session has by OpenID Connect, by name, in the order in which they were
/// opened.
///
/// # Errors
/// When the database fails.
pub async fn applications(app: &App, session: SessionId) -> anyhow::Result<Vec<String>> {
    let view = app.store.view();
    let mut applications = Vec::new();
    for id in view.list_participants(session).await? {
        let document = view.find_client(&id).await?.map(|stored| stored.document);
        applications.push(name(id, document.as_deref()));
    }
    Ok(applications)
}

/// What people know an application by, were it removed meanwhile.
#[must_use]
pub fn name(id: ClientId, document: Option<&str>) -> String {
    if id.0 == latchkey_console::CLIENT_ID {
        return latchkey_console::NAME.to_owned();
    }
    let client = document.and_then(|text| serde_json::from_str::<Client>(text).ok());
    client.map_or(id.0, |client| client.name)
}

/// Ends a session of a person and what hangs on it; `false` when it had ended.
///
/// # Errors
/// When the database fails.
pub async fn end(
    app: &App,
    origin: &Origin,
    person: &Person,
    session: SessionId,
) -> anyhow::Result<bool> {
    let event = origin.event(&*app.rng, person, Some(session), What::LoggedOut);
    let now = origin.at;
    let write = async move |tx: &Tx| {
        let ended = tx.end_session(session, now).await?;
        if ended {
            tx.insert_event(&event).await?;
        }
        Ok(ended)
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Ends every session of a person but one; tells how many.
///
/// # Errors
/// When the database fails.
pub async fn end_others(
    app: &App,
    origin: &Origin,
    person: &Person,
    but: SessionId,
) -> anyhow::Result<usize> {
    let (origin, person, rng) = (origin.clone(), person.clone(), app.rng.clone());
    let write = async move |tx: &Tx| {
        let ended = tx.end_other_sessions(person.id, but, origin.at).await?;
        for session in &ended {
            let event = origin.event(&*rng, &person, Some(*session), What::LoggedOut);
            tx.insert_event(&event).await?;
        }
        Ok(ended.len())
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// Takes back what an application may do while a person is away; `false` when it may nothing.
///
/// # Errors
/// When the database fails.
pub async fn disconnect(
    app: &App,
    origin: &Origin,
    person: &Person,
    client: ClientId,
) -> anyhow::Result<bool> {
    let what = What::ApplicationDisconnected { client: client.clone() };
    let event = origin.event(&*app.rng, person, None, what);
    let (id, now) = (person.id, origin.at);
    let write = async move |tx: &Tx| {
        let revoked = tx.revoke_offline_grants(id, &client, now).await? > 0;
        if revoked {
            tx.insert_event(&event).await?;
        }
        Ok(revoked)
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}
