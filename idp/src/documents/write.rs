//! The one write that puts documents into the database. A dry run is the same write, refused at its
//! end: what it tells is what would happen.

mod person;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use latchkey_core::audit::What;
use latchkey_core::ids::OrganisationId;
use latchkey_core::people::Username;
use latchkey_core::roles::{Actor, RoleGrant};
use latchkey_core::secrets::Digest;
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::Client;
use latchkey_store::{OrganisationRecord, Store, StoredClient, Tx};
use serde_json::{Value, json};

use self::person::Judges;
use super::references::{self, Organisations};
use super::{ApplyError, Change, ClientDocument, Documents, Mode, Named, RoleDocument};
use super::{groups, letters, passwords, providers, seeds};
use crate::audit::Origin;
use crate::source::Problems;

/// How many changes one audit event names.
const PER_EVENT: usize = 500;

/// Why the write was refused.
pub(super) enum Refusal {
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
    prepared: Prepared,
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

/// What was made of documents before: a write hashes no password and writes no letter.
pub(super) struct Prepared {
    pub(super) passwords: HashMap<Username, passwords::Prepared>,
    pub(super) seeds: HashMap<Username, seeds::Prepared>,
    pub(super) letters: HashMap<Username, letters::Prepared>,
    pub(super) providers: Vec<providers::Prepared>,
}

struct Work {
    documents: Documents,
    prepared: Prepared,
    now: Timestamp,
    rng: Arc<dyn Rng>,
}

impl Work {
    async fn carry_out(&self, tx: &Tx) -> Result<Vec<Change>, Refusal> {
        let mut changes = Vec::new();
        let mut problems = Problems::default();
        let stored = tx.view().list_organisations().await?;
        let stored = stored.into_iter().map(|record| (record.slug.clone(), record)).collect();
        references::check(&self.documents, &self.prepared.providers, tx, &stored, &mut problems)
            .await?;
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let organisations = self.organisations(tx, stored, &mut changes).await?;
        let first = changes.len();
        let mut judges = Judges::default();
        for document in &self.documents.people {
            let told = (&mut changes, &mut problems);
            self.person(tx, document, &organisations, &mut judges, told).await?;
        }
        let people = first..changes.len();
        for document in &self.documents.platform {
            changes.extend(groups::write_platform(tx, document).await?);
        }
        for document in &self.documents.groups {
            let made = (&*self.rng, self.now);
            let written =
                groups::write_group(tx, document, &organisations, made, &mut problems).await?;
            changes.extend(written);
        }
        let first = changes.len();
        for document in &self.documents.roles {
            self.role(tx, document, &organisations, &mut changes).await?;
        }
        let roles = first..changes.len();
        for document in &self.documents.clients {
            self.client(tx, document, &organisations, &mut changes).await?;
        }
        for document in &self.prepared.providers {
            let written = providers::write(tx, document, &organisations, self.now).await?;
            changes.extend(written);
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        // People are named by events of their own alone, which are sealed with their keys.
        let others = changes.iter().enumerate();
        let others = others.filter(|(at, _)| !people.contains(at) && !roles.contains(at));
        let others: Vec<&str> = others.map(|(_, change)| change.what.as_str()).collect();
        self.tell(tx, &others, (people.len(), roles.len())).await?;
        Ok(changes)
    }

    /// Tells the audit trail what was done, if anything was, in events that are not too long.
    async fn tell(
        &self,
        tx: &Tx,
        others: &[&str],
        (mut people, mut roles): (usize, usize),
    ) -> Result<(), Refusal> {
        let mut some = others.chunks(PER_EVENT);
        let mut next = some.next();
        while next.is_some() || people + roles > 0 {
            let changes = next.unwrap_or_default().iter().map(|&what| what.to_owned()).collect();
            let what = What::DocumentsApplied { changes, people, roles };
            tx.insert_event(&self.origin().event_of_installation(&*self.rng, what)).await?;
            (next, people, roles) = (some.next(), 0, 0);
        }
        Ok(())
    }

    fn origin(&self) -> Origin {
        Origin { actor: Actor::Cli, address: None, at: self.now }
    }

    async fn organisations(
        &self,
        tx: &Tx,
        mut known: Organisations,
        changes: &mut Vec<Change>,
    ) -> Result<Organisations, Refusal> {
        let slugs: BTreeMap<OrganisationId, String> =
            known.values().map(|record| (record.id, record.slug.clone())).collect();
        for document in references::in_tree_order(&self.documents.organisations, &known) {
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
                usernames: document.usernames.clone(),
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

    async fn role(
        &self,
        tx: &Tx,
        document: &RoleDocument,
        organisations: &Organisations,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let organisation = find(organisations, &document.organisation)?;
        let name = &document.person.name;
        let Some(person) = tx.view().find_person_by_username(name).await? else {
            // What is wrong with that person's document was told there.
            return Ok(());
        };
        let grant = RoleGrant {
            person: person.person.id,
            role: document.role,
            organisation: organisation.id,
        };
        if tx.grant_role(&grant).await? {
            let role = document.role.as_str();
            let what = format!("role {role} of {name} in {}", organisation.slug);
            changes.push(Change { added: true, what, details: Vec::new() });
            let what = What::RoleGranted { role: grant.role, organisation: grant.organisation };
            tx.insert_event(&self.origin().event(&*self.rng, &person.person, None, what)).await?;
        }
        Ok(())
    }

    async fn client(
        &self,
        tx: &Tx,
        document: &ClientDocument,
        organisations: &Organisations,
        changes: &mut Vec<Change>,
    ) -> Result<(), Refusal> {
        let organisation = match &document.organisation {
            None => None,
            Some(named) => Some(find(organisations, named)?.id),
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
            change.details.push(secret_line("client_secret", change.added));
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

/// An organisation that [`references::check`] found.
pub(super) fn find<'o>(
    organisations: &'o Organisations,
    wanted: &Named<String>,
) -> Result<&'o OrganisationRecord, Refusal> {
    organisations.get(&wanted.name).ok_or_else(|| {
        let missing = anyhow::anyhow!("the organisation {} was not written", wanted.name);
        Refusal::Apply(ApplyError::Internal(missing))
    })
}

/// All that is told about a secret.
fn secret_line(name: &str, new: bool) -> String {
    format!("{name}: {}", if new { "set" } else { "changed" })
}

fn shown_organisation(record: &OrganisationRecord, parent: Option<&str>) -> Value {
    json!({
        "name": record.name,
        "parent": parent,
        "preset": record.preset,
        "helpdesk": record.helpdesk,
        "brand": { "colour": record.brand.colour, "logo": shown_logo(record.brand.logo.as_deref()) },
        "policy": record.overrides,
        "usernames": record.usernames,
    })
}

/// A picture by its type and digest: its bytes say nothing to a reader.
fn shown_logo(logo: Option<&str>) -> Option<String> {
    let logo = logo?;
    let kind = logo.strip_prefix("data:").and_then(|rest| rest.split(';').next());
    let digest = Digest::of(logo.as_bytes());
    let start: String = digest.as_bytes().iter().take(4).map(|b| format!("{b:02x}")).collect();
    Some(format!("{} {start}", kind.unwrap_or("picture")))
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
