//! Whether everything that documents refer to is there, in them or in the database: found out
//! before anything is written, so that all that is wrong is told at once.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use latchkey_core::ids::OrganisationId;
use latchkey_core::people::Username;
use latchkey_core::roles::Scope;
use latchkey_store::{OrganisationRecord, PeopleFilter, Tx};

use super::providers::Prepared as Provider;
use super::{Documents, Named, OrganisationDocument};
use crate::source::{Problems, described};

/// How many of the database's people are looked at for the nearest name.
const NEAREST_OF: u64 = 1000;

/// The organisations that there are, by slug.
pub(super) type Organisations = BTreeMap<String, OrganisationRecord>;

/// Notes what refers to nothing, and organisations that would be below themselves.
///
/// # Errors
/// When the database fails.
pub(super) async fn check(
    documents: &Documents,
    providers: &[Provider],
    tx: &Tx,
    stored: &Organisations,
    problems: &mut Problems,
) -> latchkey_store::Result<()> {
    let parents = parents(&documents.organisations, stored);
    for document in &documents.organisations {
        check_parent(document, &parents, problems);
    }
    let people = documents.people.iter().map(|document| &document.organisation);
    let roles = documents.roles.iter().map(|document| &document.organisation);
    let clients = documents.clients.iter().filter_map(|document| document.organisation.as_ref());
    let groups = documents.groups.iter().map(|document| &document.organisation);
    let providers = providers.iter().filter_map(|document| document.organisation.as_ref());
    for named in people.chain(roles).chain(groups).chain(clients).chain(providers) {
        if !parents.contains_key(named.name.as_str()) {
            let text = described("organisation", &named.name, parents.keys().copied());
            problems.at(&named.place, text);
        }
    }
    check_people(documents, tx, problems).await
}

async fn check_people(
    documents: &Documents,
    tx: &Tx,
    problems: &mut Problems,
) -> latchkey_store::Result<()> {
    let described_here: HashSet<&Username> =
        documents.people.iter().map(|document| &document.username).collect();
    let mut near: Option<Vec<String>> = None;
    let members = documents.groups.iter().flat_map(|document| document.members.iter().flatten());
    for Named { name, place } in documents.roles.iter().map(|it| &it.person).chain(members) {
        if described_here.contains(name) || tx.view().find_person_by_username(name).await?.is_some()
        {
            continue;
        }
        let near = match &mut near {
            Some(near) => near,
            None => near.insert(some_names(documents, tx).await?),
        };
        let text = described("person", name.as_str(), near.iter().map(String::as_str));
        problems.at(place, text);
    }
    Ok(())
}

/// People whose names somebody may have meant: enough of them for a hint.
async fn some_names(documents: &Documents, tx: &Tx) -> latchkey_store::Result<Vec<String>> {
    let stored = tx
        .view()
        .within(&Scope::Platform)
        .list_people(&PeopleFilter::default(), None, NEAREST_OF)
        .await?;
    let here = documents.people.iter().map(|document| document.username.as_str());
    let here = here.take(usize::try_from(NEAREST_OF).unwrap_or(usize::MAX));
    let there = stored.iter().map(|record| record.person.username.as_str());
    Ok(here.chain(there).map(str::to_owned).collect())
}

/// What is above each organisation, once the documents are applied.
fn parents<'d>(
    documents: &'d [OrganisationDocument],
    stored: &'d Organisations,
) -> BTreeMap<&'d str, Option<&'d str>> {
    let slugs: BTreeMap<OrganisationId, &str> =
        stored.values().map(|record| (record.id, record.slug.as_str())).collect();
    let mut parents: BTreeMap<&str, Option<&str>> = stored
        .values()
        .map(|it| (it.slug.as_str(), it.parent.and_then(|id| slugs.get(&id).copied())))
        .collect();
    for document in documents {
        let parent = document.parent.as_ref().map(|named| named.name.as_str());
        parents.insert(&document.slug, parent);
    }
    parents
}

fn check_parent(
    document: &OrganisationDocument,
    parents: &BTreeMap<&str, Option<&str>>,
    problems: &mut Problems,
) {
    let Some(parent) = &document.parent else { return };
    if !parents.contains_key(parent.name.as_str()) {
        let text = described("organisation", &parent.name, parents.keys().copied());
        problems.at(&parent.place, text);
        return;
    }
    let mut seen = BTreeSet::new();
    let mut at = Some(document.slug.as_str());
    while let Some(slug) = at {
        if !seen.insert(slug) {
            let text = format!("the organisation \"{}\" would be below itself", document.slug);
            problems.at(&parent.place, text);
            return;
        }
        at = parents.get(slug).copied().flatten();
    }
}

/// The documents so that each parent comes before its children. Their tree was checked.
pub(super) fn in_tree_order<'d>(
    documents: &'d [OrganisationDocument],
    stored: &Organisations,
) -> Vec<&'d OrganisationDocument> {
    let parents = parents(documents, stored);
    let depth = |document: &&OrganisationDocument| {
        let above = |slug: &&str| parents.get(slug).copied().flatten();
        std::iter::successors(Some(document.slug.as_str()), above).take(parents.len() + 1).count()
    };
    let mut ordered: Vec<&OrganisationDocument> = documents.iter().collect();
    ordered.sort_by_cached_key(depth);
    ordered
}
