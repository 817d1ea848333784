//! A person's way through an organisation and out of it: disabled and enabled, moved, erased. Each
//! is one write with its events, and the same when it is asked for again.
//!
//! Whether the actor may do it is the caller's to judge; that somebody is left who can help the rest
//! is judged here, whoever asks.

use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::ids::{EventId, OrganisationId, PersonId};
use latchkey_core::people::{Person, PersonState};
use latchkey_core::roles::{Role, RoleGrant};
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, PersonRecord, Store, Tx, View};

use crate::audit::Origin;

/// What became of a wish to change a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It was done.
    Done(T),
    /// It was so already; nothing was changed.
    Already,
    /// There is no such person.
    Unknown,
    /// There is no such organisation.
    NoOrganisation,
    /// Nobody else could look after the platform.
    LastAdministrator,
}

/// What rests or works again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Sessions that ended.
    pub sessions: u64,
    /// Keys.
    pub keys: u64,
}

/// What the events of an action have in common. A write may be run again, and tells the same then.
struct Told {
    origin: Origin,
    handling: Handling,
    ids: [EventId; 2],
}

impl Told {
    fn new(rng: &dyn Rng, origin: &Origin, handling: &Handling) -> Self {
        let ids = [EventId::new(rng, origin.at), EventId::new(rng, origin.at)];
        Self { origin: origin.clone(), handling: handling.clone(), ids }
    }

    fn at(&self) -> Timestamp {
        self.origin.at
    }

    fn event(&self, number: usize, person: &Person, what: What) -> Event {
        let [first, second] = self.ids;
        self.origin
            .event_as(if number == 0 { first } else { second }, person, None, what)
            .handled(&self.handling)
    }
}

/// Lets somebody who left log in no more: everything that they have open ends, and their working
/// keys rest until [`enable`].
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn disable(
    store: &Store,
    rng: &dyn Rng,
    origin: &Origin,
    handling: &Handling,
    person: PersonId,
) -> anyhow::Result<Outcome<Touched>> {
    let told = Told::new(rng, origin, handling);
    let write = async move |tx: &Tx| {
        let Some(record) = tx.view().find_person(person).await? else {
            return Ok(Outcome::Unknown);
        };
        if record.person.state == PersonState::Disabled {
            return Ok(Outcome::Already);
        }
        if is_last_administrator(tx, &record.person).await? {
            return Ok(Outcome::LastAdministrator);
        }
        set_state(tx, &record, PersonState::Disabled, told.at()).await?;
        let sessions = tx.end_everything(person, told.at()).await?;
        let keys = tx.withhold_credentials(person, told.at()).await?;
        tx.delete_pass(person).await?;
        tx.delete_links(person, None).await?;
        let what = What::PersonDisabled { sessions, keys };
        tx.insert_event(&told.event(0, &record.person, what)).await?;
        Ok(Outcome::Done(Touched { sessions, keys }))
    };
    Ok(store.write::<_, Error, _>(write).await?)
}

/// Lets somebody who was disabled log in again, with the keys that rested for that and no others.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn enable(
    store: &Store,
    rng: &dyn Rng,
    origin: &Origin,
    handling: &Handling,
    person: PersonId,
) -> anyhow::Result<Outcome<Touched>> {
    let told = Told::new(rng, origin, handling);
    let write = async move |tx: &Tx| {
        let Some(record) = tx.view().find_person(person).await? else {
            return Ok(Outcome::Unknown);
        };
        if record.person.state != PersonState::Disabled {
            return Ok(Outcome::Already);
        }
        // Without a password or a factor they have accepted nothing yet.
        let started = record.password_hash.is_some() || record.person.ever_had_factor;
        let state = if started { PersonState::Active } else { PersonState::Invited };
        set_state(tx, &record, state, told.at()).await?;
        let keys = tx.release_credentials(person).await?;
        let what = What::PersonEnabled { keys };
        tx.insert_event(&told.event(0, &record.person, what)).await?;
        Ok(Outcome::Done(Touched { sessions: 0, keys }))
    };
    Ok(store.write::<_, Error, _>(write).await?)
}

/// The roles that end when somebody leaves an organisation: what they may do for it and those below
/// it, but not for the whole platform.
///
/// # Errors
/// When the database fails.
pub async fn ending(view: &View<'_>, record: &PersonRecord) -> Result<Vec<RoleGrant>, Error> {
    let left = view.list_subtree(record.person.organisation).await?;
    let mut held = view.list_roles(record.person.id).await?;
    held.retain(|grant| {
        grant.role != Role::PlatformAdministrator && left.contains(&grant.organisation)
    });
    Ok(held)
}

/// Moves a person to another organisation. What they may do for the one before and those below it
/// ends, but for what they may do for the whole platform; tells which roles ended.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn transfer(
    store: &Store,
    rng: &dyn Rng,
    origin: &Origin,
    handling: &Handling,
    person: PersonId,
    to: OrganisationId,
) -> anyhow::Result<Outcome<Vec<Role>>> {
    let told = Told::new(rng, origin, handling);
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let Some(record) = view.find_person(person).await? else { return Ok(Outcome::Unknown) };
        if view.find_organisation(to).await?.is_none() {
            return Ok(Outcome::NoOrganisation);
        }
        let before = record.person.organisation;
        if before == to {
            return Ok(Outcome::Already);
        }
        let mut ended = Vec::new();
        for grant in ending(&view, &record).await? {
            tx.delete_role(&grant).await?;
            ended.push(grant.role);
        }
        let mut moved = record.clone();
        (moved.person.organisation, moved.person.updated_at) = (to, told.at());
        tx.update_person(&moved).await?;
        let roles = ended.iter().map(|role| role.as_str().to_owned()).collect();
        let what = What::PersonMoved { before, after: to, roles };
        // Both organisations read of it.
        tx.insert_event(&told.event(0, &record.person, what.clone())).await?;
        tx.insert_event(&told.event(1, &moved.person, what)).await?;
        Ok(Outcome::Done(ended))
    };
    Ok(store.write::<_, Error, _>(write).await?)
}

/// Erases a person with everything that is kept about them. Their user name is free again; what
/// applications knew them by is nobody's for good.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn erase(
    store: &Store,
    rng: &dyn Rng,
    origin: &Origin,
    handling: &Handling,
    person: PersonId,
) -> anyhow::Result<Outcome<()>> {
    let told = Told::new(rng, origin, handling);
    let write = async move |tx: &Tx| {
        let Some(record) = tx.view().find_person(person).await? else {
            return Ok(Outcome::Unknown);
        };
        if is_last_administrator(tx, &record.person).await? {
            return Ok(Outcome::LastAdministrator);
        }
        tx.delete_person(person).await?;
        tx.insert_event(&told.event(0, &record.person, What::PersonErased)).await?;
        Ok(Outcome::Done(()))
    };
    Ok(store.write::<_, Error, _>(write).await?)
}

async fn set_state(
    tx: &Tx,
    record: &PersonRecord,
    state: PersonState,
    now: Timestamp,
) -> Result<(), Error> {
    let mut changed = record.clone();
    (changed.person.state, changed.person.updated_at) = (state, now);
    tx.update_person(&changed).await
}

async fn is_last_administrator(tx: &Tx, person: &Person) -> Result<bool, Error> {
    let view = tx.view();
    let roles = view.list_roles(person.id).await?;
    let holds = roles.iter().any(|grant| grant.role == Role::PlatformAdministrator);
    Ok(holds
        && person.state == PersonState::Active
        && !view.is_held_by_others(Role::PlatformAdministrator, person.id).await?)
}
