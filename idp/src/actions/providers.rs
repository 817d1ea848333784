//! Changes to applications that speak SAML, beside what documents say of them.

use latchkey_core::Rng;
use latchkey_core::audit::What;
use latchkey_core::ids::EntityId;
use latchkey_store::{Error, Store, Tx};

use crate::audit::Origin;

/// Removes a service provider, with where people were logged in to it; `false` when it is gone.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn remove(
    store: &Store,
    rng: &dyn Rng,
    origin: &Origin,
    id: &EntityId,
) -> anyhow::Result<bool> {
    let event = origin.event_of_installation(rng, What::ProviderRemoved { provider: id.clone() });
    let id = id.clone();
    let write = async move |tx: &Tx| {
        let removed = tx.delete_provider(&id).await?;
        if removed {
            tx.insert_event(&event).await?;
        }
        Ok(removed)
    };
    Ok(store.write::<bool, Error, _>(write).await?)
}
