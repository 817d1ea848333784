//! Organisations: added to the tree, renamed, told whom their people call.

use latchkey_core::audit::What;
use latchkey_core::ids::OrganisationId;
use latchkey_core::organisations::{Brand, Helpdesk};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::usernames::UsernameRules;
use latchkey_store::{Error, OrganisationRecord, Tx};

use crate::App;
use crate::audit::Origin;

/// An organisation to be added.
#[derive(Clone, Debug)]
pub struct New {
    /// Its name in documents.
    pub slug: String,
    /// Its name as people read it.
    pub name: String,
    /// The organisation above it.
    pub parent: Option<OrganisationId>,
    /// What its policy starts from.
    pub preset: Preset,
    /// Whom its people call.
    pub helpdesk: Helpdesk,
}

/// Adds an organisation; `None` when there is one of that name.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn add(
    app: &App,
    origin: &Origin,
    new: New,
) -> anyhow::Result<Option<OrganisationRecord>> {
    let record = OrganisationRecord {
        id: OrganisationId::new(&*app.rng, origin.at),
        slug: new.slug,
        parent: new.parent,
        name: new.name,
        helpdesk: new.helpdesk,
        brand: Brand::default(),
        preset: new.preset,
        overrides: Overrides::default(),
        usernames: UsernameRules::default(),
    };
    let what = What::OrganisationAdded { organisation: record.slug.clone() };
    let event = origin.event_of_organisation(&*app.rng, record.id, what);
    let (kept, now) = (record.clone(), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_organisation_by_slug(&kept.slug).await?.is_some() {
            return Ok(false);
        }
        tx.insert_organisation(&kept, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    match app.store.write::<bool, Error, _>(write).await {
        Ok(added) => Ok(added.then_some(record)),
        // Somebody else added one in the same moment.
        Err(error) if error.is_conflict() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Changes an organisation to what `new` says, unless it was changed since it was seen: `false`
/// then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &OrganisationRecord,
    new: OrganisationRecord,
) -> anyhow::Result<bool> {
    let changes = differences(seen, &new);
    if changes.is_empty() {
        return Ok(true);
    }
    let what = What::OrganisationChanged { changes };
    let event = origin.event_of_organisation(&*app.rng, seen.id, what);
    let (seen, now) = (seen.clone(), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_organisation(seen.id).await?.as_ref() != Some(&seen) {
            return Ok(false);
        }
        tx.update_organisation(&new, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    let changed = app.store.write::<_, Error, _>(write).await?;
    app.forget_organisations();
    Ok(changed)
}

fn differences(before: &OrganisationRecord, after: &OrganisationRecord) -> Vec<String> {
    let facts = |record: &OrganisationRecord| {
        let helpdesk = record.helpdesk.clone();
        [
            ("name", Some(record.name.clone())),
            ("helpdesk.name", helpdesk.name),
            ("helpdesk.phone", helpdesk.phone),
            ("helpdesk.hours", helpdesk.hours),
            ("helpdesk.email", helpdesk.email),
            ("helpdesk.reporting", helpdesk.reporting),
        ]
    };
    let pairs = facts(before).into_iter().zip(facts(after));
    let differ = pairs.filter(|((_, before), (_, after))| before != after);
    let shown = |text: Option<String>| text.unwrap_or_else(|| "nothing".to_owned());
    differ
        .map(|((name, before), (_, after))| format!("{name}: {} → {}", shown(before), shown(after)))
        .collect()
}
