//! Applications that speak SAML: added, changed, removed. What one may be is judged by who reads its
//! document; here it is kept, with an event that tells of it.

use std::sync::Arc;

use latchkey_core::Rng;
use latchkey_core::audit::{Event, What};
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_store::{Error, StoredProvider, Tx};

use crate::App;
use crate::audit::Origin;

/// Adds a service provider; `false` when there is one of that entity ID.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn add(app: &App, origin: &Origin, new: StoredProvider) -> anyhow::Result<bool> {
    let what = What::ProviderAdded { provider: new.id.clone() };
    let (event, now) = (event(&*app.rng, origin, what, new.organisation), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_provider(&new.id.0).await?.is_some() {
            return Ok(false);
        }
        tx.put_provider(&new, now).await?;
        tx.note_provider_read(&new.id, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Changes a service provider to `new`, in which `members` are different, unless it was changed
/// since it was seen: `false` then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &StoredProvider,
    new: StoredProvider,
    members: Vec<String>,
) -> anyhow::Result<bool> {
    if *seen == new {
        return Ok(true);
    }
    let is_read = members.iter().any(|member| member == "metadata");
    let what = What::ProviderChanged { provider: new.id.clone(), members };
    let event = event(&*app.rng, origin, what, new.organisation);
    let (seen, now) = (seen.clone(), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_provider(&seen.id.0).await?.as_ref() != Some(&seen) {
            return Ok(false);
        }
        tx.put_provider(&new, now).await?;
        if is_read {
            tx.note_provider_read(&new.id, now).await?;
        }
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Removes a service provider, with where people were logged in to it; `false` when it is gone.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn remove(app: &App, origin: &Origin, id: &EntityId) -> anyhow::Result<bool> {
    let rng = Arc::clone(&app.rng);
    let (origin, wanted) = (origin.clone(), id.clone());
    let write = async move |tx: &Tx| {
        let Some(seen) = tx.view().find_provider(&wanted.0).await? else { return Ok(false) };
        let what = What::ProviderRemoved { provider: seen.id.clone() };
        tx.insert_event(&event(&*rng, &origin, what, seen.organisation)).await?;
        tx.delete_provider(&seen.id).await
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

fn event(
    rng: &dyn Rng,
    origin: &Origin,
    what: What,
    organisation: Option<OrganisationId>,
) -> Event {
    match organisation {
        Some(organisation) => origin.event_of_organisation(rng, organisation, what),
        None => origin.event_of_installation(rng, what),
    }
}
