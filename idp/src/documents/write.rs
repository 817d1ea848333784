//! The one write that puts documents into the database. A dry run is the same write, refused at its
//! end: what it tells is what would happen.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use latchkey_core::audit::{Event, What};
use latchkey_core::ids::{EventId, OrganisationId, PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::roles::{Actor, RoleGrant, Scope};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::Client;
use latchkey_store::{OrganisationRecord, PersonRecord, Store, StoredClient, Tx};
use serde_json::{Value, json};

use super::passwords::Prepared;
use super::{
    ApplyError, Change, ClientDocument, Documents, Mode, Named, OrganisationDocument,
    PersonDocument, RoleDocument,
};
use crate::source::{Problems, described};

/// How many changes one audit event names.
const PER_EVENT: usize = 500;
/// How many of the database's people are looked at for the nearest name.
const NEAREST_OF: u64 = 1000;

/// Why the write was refused.
enum Refusal {
    Apply(ApplyError),
    DryRun(Vec<Change>),
}

impl From<latchkey_store::Error> for Refusal {
    fn from(error: latchkey_store::Error) -> Self {
        Self::Apply(error.into())
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        Self::Apply(ApplyError::Internal(error.into()))
    }
}

impl From<Problems> for Refusal {
    fn from(problems: Problems) -> Self {
        Self::Apply(ApplyError::Documents(problems))
    }
}

pub(super) async fn write(
    documents: Documents,
    prepared: HashMap<Username, Prepared>,
    store: &Store,
    now: Timestamp,
    rng: Arc<dyn Rng>,
    mode: Mode,
) -> Result<Vec<Change>, ApplyError> {
    let work = Work { documents, prepared, now, rng };
    let written = store
        .write(async move |tx: &Tx| {
            let changes = work.carry_out(tx).await?;
            match mode {
                Mode::Keep => Ok(changes),
                Mode::DryRun => Err(Refusal::DryRun(changes)),
            }
        })
        .await;
    match written {
        Ok(changes) | Err(Refusal::DryRun(changes)) => Ok(changes),
        Err(Refusal::Apply(error)) => Err(error),
    }
}

struct Work {
    documents: Documents,
    prepared: HashMap<Username, Prepared>,
    now: Timestamp,
    rng: Arc<dyn Rng>,
}

/// The organisations that there are, by slug.
type Organisations = BTreeMap<String, OrganisationRecord>;

impl Work {
    async fn carry_out(&self, tx: &Tx) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        let organisations = self.organisations(tx, &mut changes).await?;
        let mut problems = Problems::default();
        for document in &self.documents.people {
            self.person(tx, document, &organisations, &mut changes, &mut problems).await?;
        }
        for document in &self.documents.roles {
            self.role(tx, document, &organisations, &mut changes, &mut problems).await?;
        }
        for document in &self.documents.clients {
            self.client(tx, document, &organisations, &mut changes, &mut problems).await?;
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        for some in changes.chunks(PER_EVENT) {
            let changes = some.iter().map(|change| change.what.clone()).collect();
            tx.insert_event(&Event {
                id: EventId::new(&*self.rng, self.now),
                at: self.now,
                actor: Actor::Cli,
                person: None,
                organisation: None,
                session: None,
                address: None,
                what: What::DocumentsApplied { changes },
            })
            .await?;
        }
        Ok(changes)
    }

    async fn organisations(
        &self,
        tx: &Tx,
        changes: &mut Vec<Change>,
    ) -> Result<Organisations, Refusal> {
        let stored = tx.view().list_organisations().await?;
        let slugs: BTreeMap<OrganisationId, String> =
            stored.iter().map(|record| (record.id, record.slug.clone())).collect();
        let mut known: Organisations =
            stored.into_iter().map(|record| (record.slug.clone(), record)).collect();
        for document in in_tree_order(&self.documents.organisations, &known, &slugs)? {
            let parent = document.parent.as_ref().and_then(|named| known.get(&named.name));
            let before = known.get(&document.slug);
            let record = OrganisationRecord {
                id: before.map_or_else(|| OrganisationId::new(&*self.rng, self.now), |it| it.id),
                slug: document.slug.clone(),
                parent: parent.map(|parent| parent.id),
                name: document.name.clone(),
                helpdesk: document.helpdesk.clone(),
                brand: document.brand.clone(),
                preset: document.preset,
                overrides: document.overrides.clone(),
            };
            if before != Some(&record) {
                let earlier = before.map(|before| {
                    let parent = before.parent.and_then(|id| slugs.get(&id)).map(String::as_str);
                    shown_organisation(before, parent)
                });
                let parent = document.parent.as_ref().map(|named| named.name.as_str());
                let what = format!("organisation {}", record.slug);
                let after = shown_organisation(&record, parent);
                changes.extend(Change::between(what, earlier.as_ref(), &after));
                match before {
                    Some(_) => tx.update_organisation(&record, self.now).await?,
                    None => tx.insert_organisation(&record, self.now).await?,
                }
            }
            known.insert(record.slug.clone(), record);
        }
        Ok(known)
    }

    async fn person(
        &self,
        tx: &Tx,
        document: &PersonDocument,
        organisations: &Organisations,
        changes: &mut Vec<Change>,
        problems: &mut Problems,
    ) -> Result<(), Refusal> {
        let Some(home) = find(organisations, &document.organisation, problems) else {
            return Ok(());
        };
        let before = tx.view().find_person_by_username(&document.username).await?;
        let mut after = match &before {
            Some(record) => record.clone(),
            None => self.newcomer(&document.username, home.id),
        };
        after.person.organisation = home.id;
        after.person.name = document.name.clone();
        after.person.email = document.email.clone();
        after.person.claims = document.claims.clone();
        after.person.state = document.state.unwrap_or(after.person.state);
        let mut new_password = false;
        if let Some(prepared) = self.prepared.get(&document.username) {
            if before.as_ref().and_then(|it| it.password_hash.as_ref()) != prepared.seen.as_ref() {
                let overtaken = ApplyError::Overtaken(document.username.clone());
                return Err(Refusal::Apply(overtaken));
            }
            if let Some(hash) = &prepared.replacement {
                after.password_hash = Some(hash.clone());
                new_password = true;
            }
        }

        let slug = |record: &PersonRecord| {
            let id = record.person.organisation;
            organisations.values().find(|it| it.id == id).map(|it| it.slug.as_str())
        };
        let earlier = before.as_ref().map(|before| shown_person(before, slug(before)));
        let what = format!("person {}", document.username);
        let shown = shown_person(&after, slug(&after));
        let mut change = Change::between(what.clone(), earlier.as_ref(), &shown);
        if new_password {
            let change = change.get_or_insert(Change { added: false, what, details: Vec::new() });
            change.details.push("password: set anew".to_owned());
        }
        let Some(change) = change else { return Ok(()) };
        after.person.updated_at = self.now;
        match before {
            None => tx.insert_person(&after).await?,
            Some(_) => {
                tx.update_person(&after).await?;
                // Whoever is logged in with the old password, or left, is not any more.
                if new_password || after.person.state != PersonState::Active {
                    for session in tx.view().list_sessions(after.person.id, self.now).await? {
                        tx.end_session(session.id, self.now).await?;
                    }
                }
            }
        }
        changes.push(change);
        Ok(())
    }

    fn newcomer(&self, username: &Username, home: OrganisationId) -> PersonRecord {
        PersonRecord {
            password_hash: None,
            person: Person {
                id: PersonId::new(&*self.rng, self.now),
                organisation: home,
                subject: Subject(self.rng.uuid_v4()),
                user_handle: UserHandle::new(&*self.rng),
                username: username.clone(),
                name: String::new(),
                email: None,
                state: PersonState::Active,
                ever_had_factor: false,
                interested_at: None,
                claims: serde_json::Map::new(),
                updated_at: self.now,
            },
        }
    }

    async fn role(
        &self,
        tx: &Tx,
        document: &RoleDocument,
        organisations: &Organisations,
        changes: &mut Vec<Change>,
        problems: &mut Problems,
    ) -> Result<(), Refusal> {
        let organisation = find(organisations, &document.organisation, problems);
        let Named { name, place } = &document.person;
        let Some(person) = tx.view().find_person_by_username(name).await? else {
            if self.documents.people.iter().any(|document| document.username == *name) {
                // What is wrong with that document was told there.
                return Ok(());
            }
            let some = tx.view().within(&Scope::Platform).list_people(None, NEAREST_OF).await?;
            let stored = some.iter().map(|record| record.person.username.as_str());
            problems.at(place, described("person", name.as_str(), stored));
            return Ok(());
        };
        let Some(organisation) = organisation else { return Ok(()) };
        let grant = RoleGrant {
            person: person.person.id,
            role: document.role,
            organisation: organisation.id,
        };
        if tx.grant_role(&grant).await? {
            let role = document.role.as_str();
            let what = format!("role {role} of {name} in {}", organisation.slug);
            changes.push(Change { added: true, what, details: Vec::new() });
        }
        Ok(())
    }

    async fn client(
        &self,
        tx: &Tx,
        document: &ClientDocument,
        organisations: &Organisations,
        changes: &mut Vec<Change>,
        problems: &mut Problems,
    ) -> Result<(), Refusal> {
        let organisation = match &document.organisation {
            None => None,
            Some(named) => match find(organisations, named, problems) {
                Some(organisation) => Some(organisation.id),
                None => return Ok(()),
            },
        };
        let stored = tx.view().find_client(document.id()).await?;
        // A document that an earlier version wrote in another way counts as different.
        let before = stored.as_ref().map(|stored| {
            let client = serde_json::from_str::<Client>(&stored.document).ok();
            (client, stored.organisation)
        });
        let client = &document.client;
        if let Some((Some(before), home)) = &before
            && before == client
            && *home == organisation
        {
            return Ok(());
        }
        let new_secret = match &before {
            Some((Some(before), _)) => before.secret != client.secret,
            _ => client.secret.is_some(),
        };
        let earlier = match &before {
            None => None,
            Some((Some(client), _)) => Some(shown_client(client)?),
            Some((None, _)) => Some(Value::Null),
        };
        let what = format!("client {}", client.id);
        let after = shown_client(client)?;
        let mut change = Change::between(what.clone(), earlier.as_ref(), &after)
            .unwrap_or(Change { added: false, what, details: Vec::new() });
        if new_secret {
            change.details.push("client_secret: set anew".to_owned());
        }
        let record = StoredClient {
            id: client.id.clone(),
            organisation,
            document: serde_json::to_string(client)?,
        };
        tx.put_client(&record, self.now).await?;
        changes.push(change);
        Ok(())
    }
}

fn find<'o>(
    organisations: &'o Organisations,
    wanted: &Named<String>,
    problems: &mut Problems,
) -> Option<&'o OrganisationRecord> {
    let found = organisations.get(&wanted.name);
    if found.is_none() {
        let known = organisations.keys().map(String::as_str);
        problems.at(&wanted.place, described("organisation", &wanted.name, known));
    }
    found
}

/// The documents so that each parent comes before its children.
fn in_tree_order<'d>(
    documents: &'d [OrganisationDocument],
    stored: &Organisations,
    slugs: &BTreeMap<OrganisationId, String>,
) -> Result<Vec<&'d OrganisationDocument>, Problems> {
    let mut problems = Problems::default();
    let mut parents: BTreeMap<&str, Option<&str>> = stored
        .values()
        .map(|it| (it.slug.as_str(), it.parent.and_then(|id| slugs.get(&id)).map(String::as_str)))
        .collect();
    for document in documents {
        let parent = document.parent.as_ref().map(|named| named.name.as_str());
        parents.insert(&document.slug, parent);
    }
    let mut ordered = Vec::with_capacity(documents.len());
    for document in documents {
        let Some(parent) = &document.parent else {
            ordered.push((0, document));
            continue;
        };
        if !parents.contains_key(parent.name.as_str()) {
            let text = described("organisation", &parent.name, parents.keys().copied());
            problems.at(&parent.place, text);
            continue;
        }
        let mut above = BTreeSet::new();
        let mut at = Some(document.slug.as_str());
        while let Some(slug) = at {
            if !above.insert(slug) {
                let text = format!("the organisation \"{}\" would be below itself", document.slug);
                problems.at(&parent.place, text);
                break;
            }
            at = parents.get(slug).copied().flatten();
        }
        ordered.push((above.len(), document));
    }
    ordered.sort_by_key(|(depth, _)| *depth);
    problems.or(ordered.into_iter().map(|(_, document)| document).collect())
}

fn shown_organisation(record: &OrganisationRecord, parent: Option<&str>) -> Value {
    json!({
        "name": record.name,
        "parent": parent,
        "preset": record.preset,
        "helpdesk": record.helpdesk,
        "brand": record.brand,
        "policy": record.overrides,
    })
}

fn shown_person(record: &PersonRecord, organisation: Option<&str>) -> Value {
    json!({
        "organisation": organisation,
        "name": record.person.name,
        "email": record.person.email,
        "state": record.person.state,
        "claims": record.person.claims,
    })
}

/// A client without what its secret is stored as.
fn shown_client(client: &Client) -> Result<Value, serde_json::Error> {
    let mut shown = serde_json::to_value(client)?;
    if let Some(members) = shown.as_object_mut() {
        members.remove("secret");
        members.remove("id");
    }
    Ok(shown)
}
