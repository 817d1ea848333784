//! What a document says about a person, written: who they are, what they log in with, and what they
//! are told of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use latchkey_core::audit::What;
use latchkey_core::codes::{AuthenticatorApp, LinkKind};
use latchkey_core::ids::{OrganisationId, PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Standing, Username};
use latchkey_core::usernames::UsernameJudge;
use latchkey_store::{OrganisationRecord, PersonRecord, Tx};
use serde_json::{Value, json};

use super::{Refusal, Work, find, secret_line};
use crate::documents::letters::Moved;
use crate::documents::passwords::Replacement;
use crate::documents::references::Organisations;
use crate::documents::{ApplyError, Change, Password, PersonDocument};
use crate::mail::Drafts;
use crate::source::Problems;

impl Work {
    pub(super) async fn person(
        &self,
        tx: &Tx,
        document: &PersonDocument,
        organisations: &Organisations,
        judges: &mut Judges,
        (changes, problems): (&mut Vec<Change>, &mut Problems),
    ) -> Result<(), Refusal> {
        let home = find(organisations, &document.organisation)?;
        let before = tx.view().find_person_by_username(&document.username).await?;
        let mut after = match &before {
            Some(record) => record.clone(),
            None => {
                // Whoever is there already keeps their name, whatever is asked since.
                let judge = judges.of(home)?;
                if let Err(unfit) = judge.judge(&document.username) {
                    problems.at(&document.place, unfit.to_string());
                    return Ok(());
                }
                self.newcomer(&document.username, home.id)
            }
        };
        if let Some(subject) = document.subject
            && subject != after.person.subject
        {
            let taken = tx.view().find_person_by_subject(subject).await?;
            if before.is_some() || taken.is_some() {
                let name = &document.username;
                let text = match taken {
                    Some(other) => format!(
                        "the subject {subject} of \"{name}\" is that of \"{}\"",
                        other.person.username
                    ),
                    None => format!(
                        "applications know \"{name}\" as {}; a subject never changes",
                        after.person.subject
                    ),
                };
                problems.at(&document.place, text);
                return Ok(());
            }
            after.person.subject = subject;
        }
        after.person.ever_had_factor |= document.ever_had_factor;
        after.person.organisation = home.id;
        after.person.name = document.name.clone();
        after.person.email = document.email.clone();
        if let Some(verified) = document.email_verified {
            after.person.verified_email = document.email.clone().filter(|_| verified);
        }
        after.person.staff_number = document.staff_number.clone();
        after.person.claims = serde_json::from_str(&document.claims)?;
        after.person.state = document.state.unwrap_or(after.person.state);
        let mut new_password = false;
        if let Some(prepared) = self.prepared.passwords.get(&document.username) {
            if before.as_ref().and_then(|it| it.password_hash.as_ref()) != prepared.seen.as_ref() {
                let overtaken = ApplyError::Overtaken(document.username.clone());
                return Err(Refusal::Apply(overtaken));
            }
            let hash = match (&prepared.replacement, &document.password) {
                (Some(Replacement::Made(hash)), _)
                | (Some(Replacement::Said), Password::Hash(hash)) => Some(hash),
                _ => None,
            };
            if let Some(hash) = hash {
                after.password_hash = Some(hash.clone());
                new_password = true;
            }
        }
        let app = self.app_of(tx, document, &mut after, before.is_some()).await?;
        let letters = self.letters_to(document, before.as_ref())?;

        let slug = |record: &PersonRecord| {
            let id = record.person.organisation;
            if id == home.id {
                return Some(home.slug.as_str());
            }
            organisations.values().find(|it| it.id == id).map(|it| it.slug.as_str())
        };
        let earlier = before.as_ref().map(|before| shown_person(before, slug(before)));
        let what = format!("person {}", document.username);
        let shown = shown_person(&after, slug(&after));
        let mut change = Change::between(what.clone(), earlier.as_ref(), &shown);
        if new_password {
            let what = what.clone();
            let change = change.get_or_insert(Change { added: false, what, details: Vec::new() });
            change.details.push(secret_line("password", change.added));
        }
        if app.is_some() {
            let change = change.get_or_insert(Change { added: false, what, details: Vec::new() });
            change.details.push(secret_line("totp_secret", change.added));
        }
        let Some(mut change) = change else { return Ok(()) };
        if let (None, Some(subject)) = (&before, document.subject) {
            change.details.push(format!("subject: {subject}"));
        }
        // There may be very many.
        change.details.shrink_to_fit();
        after.person.updated_at = self.now;
        match before {
            None => tx.insert_person(&after).await?,
            Some(before) => {
                tx.update_person(&after).await?;
                if before.person.email != after.person.email {
                    // They went to whoever reads the address of before.
                    for kind in LinkKind::MAILED {
                        tx.delete_links(after.person.id, Some(kind)).await?;
                    }
                }
                // Whoever is logged in with the old password, or left, is not any more.
                if new_password || after.person.state != PersonState::Active {
                    for session in tx.view().list_sessions(after.person.id, self.now).await? {
                        tx.end_session(session.id, self.now).await?;
                    }
                }
            }
        }
        if let Some(app) = app {
            tx.put_app(after.person.id, app).await?;
        }
        if let Some(letters) = letters {
            letters.queue(tx).await?;
        }
        let what = What::PersonDescribed { added: change.added, changes: change.details.clone() };
        tx.insert_event(&self.origin().event(&*self.rng, &after.person, None, what)).await?;
        changes.push(change);
        Ok(())
    }

    /// The letters to somebody whose address changes, which tell of just this change.
    fn letters_to(
        &self,
        document: &PersonDocument,
        before: Option<&PersonRecord>,
    ) -> Result<Option<&Drafts>, Refusal> {
        let moved = before
            .and_then(|before| Moved::between(before, &document.name, document.email.as_deref()));
        let prepared = self.prepared.letters.get(&document.username);
        if moved.as_ref() != prepared.map(|prepared| &prepared.moved) {
            return Err(Refusal::Apply(ApplyError::Overtaken(document.username.clone())));
        }
        Ok(prepared.map(|prepared| &prepared.letters))
    }

    /// The authenticator app that takes the place of the one that somebody has, if it is another.
    async fn app_of(
        &self,
        tx: &Tx,
        document: &PersonDocument,
        after: &mut PersonRecord,
        known: bool,
    ) -> Result<Option<&AuthenticatorApp>, Refusal> {
        let Some(prepared) = self.prepared.seeds.get(&document.username) else { return Ok(None) };
        let there = tx.view().list_codes(after.person.id).await?.app;
        let overtaken = known && prepared.person != after.person.id;
        if overtaken || there.map(|app| app.id) != prepared.seen {
            return Err(Refusal::Apply(ApplyError::Overtaken(document.username.clone())));
        }
        // What it shares is sealed for this person.
        after.person.id = prepared.person;
        after.person.ever_had_factor = true;
        Ok(prepared.replacement.as_ref())
    }

    fn newcomer(&self, username: &Username, home: OrganisationId) -> PersonRecord {
        PersonRecord {
            password_hash: None,
            locale: None,
            person: Person {
                id: PersonId::new(&*self.rng, self.now),
                organisation: home,
                subject: Subject(self.rng.uuid_v4()),
                user_handle: UserHandle::new(&*self.rng),
                username: username.clone(),
                name: String::new(),
                email: None,
                verified_email: None,
                staff_number: None,
                state: PersonState::Active,
                ever_had_factor: false,
                interested_at: None,
                claims: serde_json::Map::new(),
                updated_at: self.now,
                standing: Standing::default(),
                reminder: Default::default(),
            },
        }
    }
}

/// The rules for user names, made ready once for each organisation.
#[derive(Default)]
pub(super) struct Judges(HashMap<OrganisationId, UsernameJudge>);

impl Judges {
    fn of(&mut self, home: &OrganisationRecord) -> Result<&UsernameJudge, Refusal> {
        match self.0.entry(home.id) {
            Entry::Occupied(there) => Ok(there.into_mut()),
            Entry::Vacant(new) => {
                let ready = home.usernames.judge().map_err(anyhow::Error::from);
                Ok(new.insert(ready.map_err(|error| Refusal::Apply(error.into()))?))
            }
        }
    }
}

fn shown_person(record: &PersonRecord, organisation: Option<&str>) -> Value {
    json!({
        "organisation": organisation,
        "name": record.person.name,
        "email": record.person.email,
        "email_verified": record.person.has_verified_email().then_some(true),
        "staff_number": record.person.staff_number,
        "state": record.person.state,
        "claims": record.person.claims,
        "ever_had_factor": record.person.ever_had_factor.then_some(true),
    })
}
