//! Relying applications: added, changed, removed, given another secret, tried. What a client may be is
//! judged by who reads its metadata; here it is kept, with an event that tells of it.

use latchkey_core::audit::{Event, What};
use latchkey_core::ids::OrganisationId;
use latchkey_core::secrets::Plain;
use latchkey_oidc::Client;
use latchkey_store::{Error, LogInTest, StoredClient, Tx};
use serde_json::Value;

use crate::App;
use crate::audit::Origin;

/// Adds an application; `false` when there is one of that identifier.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn add(
    app: &App,
    origin: &Origin,
    client: &Client,
    organisation: Option<OrganisationId>,
) -> anyhow::Result<bool> {
    let stored = stored(client, organisation)?;
    let what = What::ClientAdded { client: client.id.clone() };
    let (event, now) = (kept(app, origin, what, organisation), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_client(&stored.id).await?.is_some() {
            return Ok(false);
        }
        tx.put_client(&stored, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Changes an application to what `client` says, unless it was changed since it was seen: `false`
/// then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &StoredClient,
    client: &Client,
    organisation: Option<OrganisationId>,
) -> anyhow::Result<bool> {
    let new = stored(client, organisation)?;
    let members = differing(&serde_json::from_str(&seen.document)?, client)?;
    let what = What::ClientChanged { client: client.id.clone(), members };
    replace(app, origin, seen, new, what).await
}

/// Gives an application another secret in place of the one that it has, told once; `None` when it
/// was changed since it was seen.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn rotate_secret(
    app: &App,
    origin: &Origin,
    seen: &StoredClient,
) -> anyhow::Result<Option<Plain>> {
    let mut client: Client = serde_json::from_str(&seen.document)?;
    let secret = Plain::generate(&*app.rng);
    client.secret = Some(secret.digest());
    let what = What::ClientSecretRotated { client: client.id.clone() };
    let new = stored(&client, seen.organisation)?;
    Ok(replace(app, origin, seen, new, what).await?.then_some(secret))
}

/// Removes an application, with all that it was granted; `false` when it is gone.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn remove(app: &App, origin: &Origin, seen: &StoredClient) -> anyhow::Result<bool> {
    let what = What::ClientRemoved { client: seen.id.clone() };
    let event = kept(app, origin, what, seen.organisation);
    let id = seen.id.clone();
    let write = async move |tx: &Tx| {
        let removed = tx.delete_client(&id).await?;
        if removed {
            tx.insert_event(&event).await?;
        }
        Ok(removed)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Begins a test of a log-in to an application; `false` when it is gone.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn test_log_in(
    app: &App,
    origin: &Origin,
    test: &LogInTest,
    organisation: Option<OrganisationId>,
) -> anyhow::Result<bool> {
    let what = What::LogInTested { client: test.client.clone() };
    let (event, test) = (kept(app, origin, what, organisation), test.clone());
    let write = async move |tx: &Tx| {
        if tx.view().find_client(&test.client).await?.is_none() {
            return Ok(false);
        }
        tx.insert_log_in_test(&test).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

async fn replace(
    app: &App,
    origin: &Origin,
    seen: &StoredClient,
    new: StoredClient,
    what: What,
) -> anyhow::Result<bool> {
    if *seen == new {
        return Ok(true);
    }
    let event = kept(app, origin, what, new.organisation);
    let (seen, now) = (seen.clone(), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_client(&seen.id).await?.as_ref() != Some(&seen) {
            return Ok(false);
        }
        tx.put_client(&new, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

fn kept(app: &App, origin: &Origin, what: What, organisation: Option<OrganisationId>) -> Event {
    match organisation {
        Some(organisation) => origin.event_of_organisation(&*app.rng, organisation, what),
        None => origin.event_of_installation(&*app.rng, what),
    }
}

fn stored(client: &Client, organisation: Option<OrganisationId>) -> anyhow::Result<StoredClient> {
    let document = serde_json::to_string(client)?;
    Ok(StoredClient { id: client.id.clone(), organisation, document })
}

/// The members of its metadata that are different.
fn differing(before: &Client, after: &Client) -> anyhow::Result<Vec<String>> {
    let members = |client: &Client| match serde_json::to_value(client.metadata())? {
        Value::Object(members) => anyhow::Ok(members),
        _ => anyhow::bail!("metadata is no object"),
    };
    let (before, after) = (members(before)?, members(after)?);
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    Ok(names)
}
