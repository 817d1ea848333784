//! Groups: what is demanded of some people on top, and who they are.

use latchkey_core::audit::What;
use latchkey_core::organisations::Group;
use latchkey_core::people::Person;
use latchkey_store::{Error, Tx};

use crate::App;
use crate::audit::Origin;

/// Adds a group, or changes it to what `new` says, unless it was added or changed since it was seen:
/// `false` then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn put(
    app: &App,
    origin: &Origin,
    seen: Option<&Group>,
    new: Group,
) -> anyhow::Result<bool> {
    if seen == Some(&new) {
        return Ok(true);
    }
    let group = new.slug.clone();
    let what = match seen {
        None => What::GroupAdded { group, demanded: Box::new(new.overrides.clone()) },
        Some(seen) => What::GroupChanged {
            group,
            before: Box::new(seen.overrides.clone()),
            after: Box::new(new.overrides.clone()),
        },
    };
    let event = origin.event_of_organisation(&*app.rng, new.organisation, what);
    let (seen, now) = (seen.cloned(), origin.at);
    let write = async move |tx: &Tx| {
        let there = tx.view().find_group_named(new.organisation, &new.slug).await?;
        if there != seen {
            return Ok(false);
        }
        tx.put_group(&new, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    match app.store.write::<bool, Error, _>(write).await {
        Err(error) if error.is_conflict() => Ok(false),
        written => Ok(written?),
    }
}

/// Removes a group; nothing is demanded of its members on top any more. `false` when it is gone.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn remove(app: &App, origin: &Origin, group: &Group) -> anyhow::Result<bool> {
    let before = Box::new(group.overrides.clone());
    let what = What::GroupRemoved { group: group.slug.clone(), demanded: before };
    let event = origin.event_of_organisation(&*app.rng, group.organisation, what);
    let id = group.id;
    let write = async move |tx: &Tx| {
        let removed = tx.delete_group(id).await?;
        if removed {
            tx.insert_event(&event).await?;
        }
        Ok(removed)
    };
    Ok(app.store.write::<bool, Error, _>(write).await?)
}

/// Puts somebody into a group; in it already, it is the same.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn join(
    app: &App,
    origin: &Origin,
    person: &Person,
    group: &Group,
) -> anyhow::Result<()> {
    let what = What::GroupJoined { group: group.slug.clone() };
    let event = origin.event(&*app.rng, person, None, what);
    let (id, group) = (person.id, group.id);
    let write = async move |tx: &Tx| {
        if tx.add_member(group, id).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    Ok(app.store.write::<(), Error, _>(write).await?)
}

/// Takes somebody out of a group; not in it, it is the same.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn leave(
    app: &App,
    origin: &Origin,
    person: &Person,
    group: &Group,
) -> anyhow::Result<()> {
    let what = What::GroupLeft { group: group.slug.clone() };
    let event = origin.event(&*app.rng, person, None, what);
    let (id, group) = (person.id, group.id);
    let write = async move |tx: &Tx| {
        if tx.remove_member(group, id).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    Ok(app.store.write::<(), Error, _>(write).await?)
}
