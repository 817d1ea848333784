//! Ending sessions.

use latchkey_core::audit::What;
use latchkey_core::ids::{ClientId, SessionId};
use latchkey_core::people::Person;
use latchkey_store::{Error, Tx};

use crate::App;
use crate::audit::Origin;

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
