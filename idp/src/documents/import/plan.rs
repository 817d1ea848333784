//! What rows change: judged against what is stored, and carried out in a write.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use latchkey_core::codes::LinkKind;
use latchkey_core::ids::{GroupId, PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Reminder, Standing, Username};
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{PersonRecord, Result, Tx, View};
use serde_json::{Value, json};
use uuid::Uuid;

use super::table::{Row, Said};
use super::{Context, Fault, Problems};
use crate::documents::{Change, Moved};

/// What some rows change.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) people: Vec<Planned>,
    pub(super) problems: Problems,
}

impl Plan {
    /// Writes the rows of those who are new, all at once.
    pub(super) async fn add(&mut self, tx: &Tx, rng: &dyn Rng, now: Timestamp) -> Result<()> {
        let mut new = Vec::new();
        for planned in self.people.iter_mut().filter(|it| it.new && it.change.is_some()) {
            let person = &mut planned.record.person;
            person.id = PersonId::new(rng, now);
            person.subject = Subject(rng.uuid_v4());
            person.user_handle = UserHandle::new(rng);
            person.updated_at = now;
            planned.record.locale.clone_from(&planned.language);
            new.push(planned.record.clone());
        }
        tx.insert_people(&new).await
    }
}

/// What one row changes.
pub(super) struct Planned {
    /// Its line.
    pub(super) line: u64,
    /// The person once it is done. A new one gets their ids when they are written.
    pub(super) record: PersonRecord,
    /// What is told of it, if anything is different.
    pub(super) change: Option<Change>,
    /// They are to be invited.
    pub(super) invite: bool,
    /// They would be, and have no address.
    pub(super) no_address: bool,
    new: bool,
    language: Option<String>,
    joined: BTreeSet<GroupId>,
    left: BTreeSet<GroupId>,
    email_changed: bool,
    moved: Option<Moved>,
}

impl Planned {
    /// What is told of it and of the invitation.
    pub(super) fn told(&self) -> Option<Change> {
        let mut told = self.change.clone();
        if self.invite {
            let what = what(&self.record.person.username);
            let unchanged = Change { added: false, what, details: Vec::new() };
            told.get_or_insert(unchanged).details.push("invitation: by e-mail".to_owned());
        }
        told
    }

    /// The groups that somebody who is here already is put into; none for whoever is new, who has to
    /// set everything up in any case.
    pub(super) fn joins(&self) -> Option<&BTreeSet<GroupId>> {
        (!self.new && !self.joined.is_empty()).then_some(&self.joined)
    }

    /// The addresses of somebody who knows about their account, and is written to elsewhere now.
    pub(super) fn address_moved(&self) -> Option<&Moved> {
        self.moved.as_ref()
    }

    /// Writes it, but for a new person's row; `None` when there is nothing to write.
    pub(super) async fn carry_out(&mut self, tx: &Tx, now: Timestamp) -> Result<Option<&Change>> {
        if self.change.is_none() {
            return Ok(None);
        }
        if !self.new {
            self.record.person.updated_at = now;
            tx.update_person(&self.record).await?;
            if let Some(tag) = &self.language {
                tx.set_locale(self.record.person.id, tag).await?;
            }
        }
        let id = self.record.person.id;
        if self.email_changed {
            // They went to whoever reads the address of before.
            for kind in LinkKind::MAILED {
                tx.delete_links(id, Some(kind)).await?;
            }
        }
        for group in &self.left {
            tx.remove_members(*group, &[id]).await?;
        }
        for group in &self.joined {
            tx.add_members(*group, &[id]).await?;
        }
        Ok(self.change.as_ref())
    }
}

/// Plans some rows, by what is stored now.
///
/// # Errors
/// When the database fails.
pub(super) async fn plan(
    view: &View<'_>,
    context: &Context,
    rows: &[Row],
    now: Timestamp,
) -> Result<Plan> {
    let names: Vec<Username> = rows.iter().map(|row| row.username.clone()).collect();
    let stored = view.list_people_by_username(&names).await?.into_iter();
    let stored: HashMap<Username, PersonRecord> =
        stored.map(|record| (record.person.username.clone(), record)).collect();
    let ids: Vec<PersonId> = stored.values().map(|record| record.person.id).collect();
    let memberships = view.list_memberships(&ids).await?;
    let invited = match context.invite {
        true => view.list_linked(&ids, LinkKind::Invitation, now).await?,
        false => BTreeSet::new(),
    };
    let numbers: Vec<String> =
        rows.iter().filter_map(|row| row.staff_number.value().cloned()).collect();
    let holders = view.list_people_by_staff_number(context.organisation, &numbers).await?;
    let holders: HashMap<String, Username> = holders
        .into_iter()
        .filter_map(|it| Some((it.person.staff_number?, it.person.username)))
        .collect();

    let mut plan = Plan::default();
    for row in rows {
        if let Some(number) = row.staff_number.value()
            && let Some(holder) = holders.get(number)
            && *holder != row.username
        {
            let (staff_number, username) = (number.clone(), holder.clone());
            plan.problems.at(row.line, Fault::StaffNumberTaken { staff_number, username });
            continue;
        }
        let before = stored.get(&row.username);
        let known = Known { context, memberships: &memberships, invited: &invited };
        match known.plan_row(row, before) {
            Ok(planned) => plan.people.push(planned),
            Err(fault) => plan.problems.at(row.line, fault),
        }
    }
    Ok(plan)
}

/// What was looked up for rows.
struct Known<'k> {
    context: &'k Context,
    memberships: &'k BTreeMap<PersonId, BTreeSet<GroupId>>,
    invited: &'k BTreeSet<PersonId>,
}

impl Known<'_> {
    fn plan_row(
        &self,
        row: &Row,
        before: Option<&PersonRecord>,
    ) -> std::result::Result<Planned, Fault> {
        let name = &row.username;
        if let Some(before) = before
            && before.person.organisation != self.context.organisation
        {
            let (username, organisation) = (name.clone(), self.context.slug.clone());
            return Err(Fault::UsernameElsewhere { username, organisation });
        }
        let mut after = match (before, &row.name) {
            (Some(before), _) => before.clone(),
            (None, Some(_)) => self.newcomer(name),
            (None, None) => return Err(Fault::NoName(name.clone())),
        };
        let groups_before = match before {
            Some(before) => self.own_groups(before.person.id),
            None => BTreeSet::new(),
        };
        let groups = match &row.groups {
            Said::Unsaid => groups_before.clone(),
            said => said.over(None).unwrap_or_default(),
        };
        apply(row, &mut after.person);
        // People choose their language themselves, once they have.
        let language = row.language.clone().filter(|_| after.locale.is_none());

        let earlier = before.map(|it| self.shown(&it.person, it.locale.as_ref(), &groups_before));
        let locale = language.as_ref().or(after.locale.as_ref());
        let shown = self.shown(&after.person, locale, &groups);
        let change = Change::between(what(name), earlier.as_ref(), &shown);
        if change.is_some() && after.person.standing.administrator {
            return Err(Fault::HasRole(name.clone()));
        }
        let email_before = before.and_then(|it| it.person.email.as_ref());
        let email_changed = before.is_some() && email_before != after.person.email.as_ref();
        let started = after.password_hash.is_some() || after.person.ever_had_factor;
        let moved = before.and_then(|before| {
            Moved::between(before, &after.person.name, after.person.email.as_deref())
        });
        let wanted = self.context.invite
            && !started
            && after.person.state != PersonState::Disabled
            && !after.person.standing.administrator
            && (email_changed || !self.invited.contains(&after.person.id));
        // Nobody knows the name yet: later it stays, whatever is asked since.
        if before.is_none() || wanted {
            self.context.usernames.judge(name).map_err(Fault::Unfit)?;
        }
        Ok(Planned {
            line: row.line,
            change,
            invite: wanted && after.person.email.is_some(),
            no_address: wanted && after.person.email.is_none(),
            new: before.is_none(),
            language,
            joined: groups.difference(&groups_before).copied().collect(),
            left: groups_before.difference(&groups).copied().collect(),
            email_changed,
            moved,
            record: after,
        })
    }

    /// The groups of this organisation that somebody is in: others are nobody's here to change.
    fn own_groups(&self, person: PersonId) -> BTreeSet<GroupId> {
        let own: BTreeSet<GroupId> = self.context.groups.values().copied().collect();
        let theirs = self.memberships.get(&person);
        theirs.map(|theirs| theirs & &own).unwrap_or_default()
    }

    fn newcomer(&self, username: &Username) -> PersonRecord {
        PersonRecord {
            password_hash: None,
            locale: None,
            person: Person {
                id: PersonId(Uuid::nil()),
                organisation: self.context.organisation,
                subject: Subject(Uuid::nil()),
                user_handle: UserHandle([0; 64]),
                username: username.clone(),
                name: String::new(),
                email: None,
                verified_email: None,
                staff_number: None,
                state: PersonState::Active,
                ever_had_factor: false,
                interested_at: None,
                claims: serde_json::Map::new(),
                updated_at: Timestamp::from_millis(0),
                standing: Standing::default(),
                reminder: Reminder::default(),
            },
        }
    }

    fn shown(
        &self,
        person: &Person,
        language: Option<&String>,
        groups: &BTreeSet<GroupId>,
    ) -> Value {
        let names = self.context.groups.iter();
        let names: Vec<&str> =
            names.filter(|(_, id)| groups.contains(id)).map(|(name, _)| name.as_str()).collect();
        json!({
            "name": person.name,
            "email": person.email,
            "staff_number": person.staff_number,
            "claims": person.claims,
            "language": language,
            "groups": (!names.is_empty()).then(|| names.join(" ")),
        })
    }
}

fn what(name: &Username) -> String {
    format!("person {name}")
}

/// Puts what a row says about a person on them.
fn apply(row: &Row, person: &mut Person) {
    if let Some(name) = &row.name {
        person.name.clone_from(name);
    }
    person.email = row.email.over(person.email.take());
    person.staff_number = row.staff_number.over(person.staff_number.take());
    let phone = person.claims.get("phone_number").cloned();
    for (claim, said) in [
        ("given_name", &row.given_name),
        ("family_name", &row.family_name),
        ("phone_number", &row.phone),
    ] {
        match said {
            Said::Unsaid => {}
            Said::Nothing => drop(person.claims.remove(claim)),
            Said::Value(text) => {
                person.claims.insert(claim.to_owned(), Value::String(text.clone()));
            }
        }
    }
    // Another number is not the one that was verified.
    if person.claims.get("phone_number") != phone.as_ref() {
        person.claims.remove("phone_number_verified");
    }
}
