//! What people say about themselves.

use latchkey_core::audit::What;
use latchkey_core::people::Person;
use latchkey_store::{Error, Tx};

use crate::App;
use crate::audit::Origin;

/// Notes that a person would like a key before their organisation hands any out.
///
/// # Errors
/// When the database fails.
pub async fn register_interest(app: &App, origin: &Origin, person: &Person) -> anyhow::Result<()> {
    let event = origin.event(&*app.rng, person, None, What::InterestRegistered);
    let (id, now) = (person.id, origin.at);
    let write = async move |tx: &Tx| {
        if tx.mark_interested(id, now).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    Ok(app.store.write::<(), Error, _>(write).await?)
}
