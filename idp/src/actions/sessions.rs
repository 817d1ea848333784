//! Ending sessions.

use latchkey_core::audit::What;
use latchkey_core::ids::SessionId;
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
