//! `[[group]]` and `[[platform]]`: what is demanded of some people, and of everybody.
//!
//! Owns both documents from tree to database and back to what a change tells. Groups belong to an
//! organisation; their members are people of it and of those below.

use std::collections::BTreeSet;

use latchkey_core::ids::{GroupId, OrganisationId, PersonId};
use latchkey_core::organisations::Group;
use latchkey_core::people::Username;
use latchkey_core::policy::Overrides;
use latchkey_core::{Rng, Timestamp};
use latchkey_store::Tx;
use serde_json::json;

use super::read::{line, named, policy, slug, username};
use super::references::Organisations;
use super::{Change, Named};
use crate::source::{Fields, Place, Problems, Table};

/// `[[group]]`
pub(super) struct GroupDocument {
    pub(super) place: Place,
    pub(super) slug: String,
    pub(super) organisation: Named<String>,
    name: String,
    /// Who is in it, if that is said.
    pub(super) members: Option<Vec<Named<Username>>>,
    overrides: Overrides,
}

/// `[[platform]]`
pub(super) struct PlatformDocument {
    pub(super) place: Place,
    floor: Overrides,
}

impl GroupDocument {
    /// What tells it from others.
    pub(super) fn id(&self) -> String {
        format!("{}/{}", self.organisation.name, self.slug)
    }
}

pub(super) fn group(table: Table, problems: &mut Problems) -> Option<GroupDocument> {
    let place = table.place.clone();
    let mut fields = Fields::new("a group", table, problems);
    let slug = slug(&mut fields, "theatre");
    let organisation = named(fields.required_text("organisation"));
    let name = fields.required_text("name");
    let name = line(&mut fields, "name", name, 100);
    let members = fields.texts("members").map(|texts| {
        let read =
            texts.into_iter().filter_map(|text| username(&mut fields, "members", Some(text)));
        read.collect::<Vec<_>>()
    });
    let overrides = fields.table("policy");
    fields.finish();
    let overrides = policy(overrides, &place, problems);
    Some(GroupDocument {
        slug: slug?,
        organisation: organisation?,
        name: name?,
        place,
        members,
        overrides,
    })
}

pub(super) fn platform(table: Table, problems: &mut Problems) -> PlatformDocument {
    let place = table.place.clone();
    let mut fields = Fields::new("the platform", table, problems);
    let floor = fields.table("policy");
    fields.finish();
    PlatformDocument { floor: policy(floor, &place, problems), place }
}

/// Puts what the platform demands into the database.
pub(super) async fn write_platform(
    tx: &Tx,
    document: &PlatformDocument,
) -> latchkey_store::Result<Option<Change>> {
    let before = tx.view().find_floor().await?;
    if before == document.floor {
        return Ok(None);
    }
    tx.put_floor(&document.floor).await?;
    let [before, after] = [&before, &document.floor].map(|floor| json!({ "policy": floor }));
    Ok(Change::between("platform".to_owned(), Some(&before), &after))
}

/// Puts a group into the database, or notes which of its members may be in none of this
/// organisation.
pub(super) async fn write_group(
    tx: &Tx,
    document: &GroupDocument,
    organisations: &Organisations,
    (rng, now): (&dyn Rng, Timestamp),
    problems: &mut Problems,
) -> latchkey_store::Result<Option<Change>> {
    let Some(home) = organisations.get(&document.organisation.name) else { return Ok(None) };
    let stored = tx.view().list_groups().await?;
    let before =
        stored.into_iter().find(|it| it.organisation == home.id && it.slug == document.slug);
    let group = Group {
        id: before.as_ref().map_or_else(|| GroupId::new(rng, now), |it| it.id),
        organisation: home.id,
        slug: document.slug.clone(),
        name: document.name.clone(),
        overrides: document.overrides.clone(),
    };
    let members_before = tx.view().list_members(group.id).await?;
    let mut members = members_before.clone();
    if let Some(wanted) = &document.members {
        members.clear();
        for Named { name, place } in wanted {
            let Some(record) = tx.view().find_person_by_username(name).await? else { continue };
            if is_below(record.person.organisation, home.id, organisations) {
                members.insert(record.person.id);
            } else {
                let text = format!(
                    "\"{name}\" belongs neither to {} nor to an organisation below it",
                    home.slug
                );
                problems.at(place, text);
            }
        }
    }
    let shown = |group: &Group, members: &BTreeSet<PersonId>| json!({ "name": group.name, "policy": group.overrides, "members": members.len() });
    let earlier = before.as_ref().map(|before| shown(before, &members_before));
    let what = format!("group {} of {}", group.slug, home.slug);
    let mut change = Change::between(what.clone(), earlier.as_ref(), &shown(&group, &members));
    if change.is_none() && members != members_before {
        let details = vec!["members: others".to_owned()];
        change = Some(Change { added: false, what, details });
    }
    if change.is_some() {
        tx.put_group(&group, now).await?;
        tx.set_members(group.id, &members).await?;
    }
    Ok(change)
}

/// Whether an organisation is another or below it.
fn is_below(one: OrganisationId, above: OrganisationId, all: &Organisations) -> bool {
    let parent =
        |id: &OrganisationId| all.values().find(|it| it.id == *id).and_then(|it| it.parent);
    std::iter::successors(Some(one), parent).take(all.len()).any(|id| id == above)
}
