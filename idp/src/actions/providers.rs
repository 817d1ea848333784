//! Applications that speak SAML: added, changed, removed. What one may be is judged by who reads its
//! document; here it is kept, with an event that tells of it.

use std::sync::Arc;

use latchkey_core::Rng;
use latchkey_core::audit::{Event, What};
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_store::{Error, StoredProvider, Tx};
use serde_json::Value;

use crate::App;
use crate::audit::Origin;
use crate::documents::{Judged, members};
use crate::saml::providers::{Provider, forget};

/// Adds a service provider; `false` when there is one of that entity ID.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn add(
    app: &App,
    origin: &Origin,
    judged: &Judged,
    organisation: Option<OrganisationId>,
) -> anyhow::Result<bool> {
    let new = stored(judged, organisation)?;
    let what = What::ProviderAdded { provider: new.id.clone() };
    let (event, now) = (event(&*app.rng, origin, what, organisation), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_provider(&new.id.0).await?.is_some() {
            return Ok(false);
        }
        tx.put_provider(&new, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Changes a service provider to what was judged, unless it was changed since it was seen: `false`
/// then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &StoredProvider,
    judged: &Judged,
    organisation: Option<OrganisationId>,
) -> anyhow::Result<bool> {
    let new = stored(judged, organisation)?;
    if *seen == new {
        return Ok(true);
    }
    let what = What::ProviderChanged {
        provider: new.id.clone(),
        members: differing(&Provider::open(seen.clone())?, judged)?,
    };
    let event = event(&*app.rng, origin, what, organisation);
    let (seen, now, id) = (seen.clone(), origin.at, new.id.clone());
    let write = async move |tx: &Tx| {
        if tx.view().find_provider(&seen.id.0).await?.as_ref() != Some(&seen) {
            return Ok(false);
        }
        tx.put_provider(&new, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    let done = app.store.write::<bool, Error, _>(write).await?;
    forget(app, &id);
    Ok(done)
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
    let done = app.store.write::<bool, Error, _>(write).await?;
    forget(app, id);
    Ok(done)
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

fn stored(judged: &Judged, organisation: Option<OrganisationId>) -> anyhow::Result<StoredProvider> {
    Ok(StoredProvider {
        id: EntityId(judged.metadata.entity_id.clone()),
        organisation,
        document: serde_json::to_string(&judged.settings)?,
        metadata: serde_json::to_string(&judged.metadata)?,
    })
}

/// The members of its document that are different.
fn differing(before: &Provider, after: &Judged) -> anyhow::Result<Vec<String>> {
    let (earlier, later) = (members(&before.settings)?, members(&after.settings)?);
    let of = |all: &[(&'static str, Value)], name: &str| {
        all.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
    };
    let mut names: Vec<&str> = earlier.iter().chain(&later).map(|(name, _)| *name).collect();
    names.retain(|name| of(&earlier, name) != of(&later, name));
    let elsewhere = before.settings.metadata_address != after.settings.metadata_address;
    if elsewhere || before.metadata != after.metadata {
        names.push("metadata");
    }
    names.sort_unstable();
    names.dedup();
    Ok(names.into_iter().map(str::to_owned).collect())
}
