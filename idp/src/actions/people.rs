//! What people say about themselves, and which roles they get.

use anyhow::Context as _;
use latchkey_core::Rng;
use latchkey_core::audit::What;
use latchkey_core::codes::LinkKind;
use latchkey_core::ids::{OrganisationId, PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Reminder, Standing, Username};
use latchkey_core::roles::{Role, RoleGrant};
use latchkey_core::usernames::Unfit;
use latchkey_store::{Error, PersonRecord, Tx, View};

use super::credentials::{Outcome, settle, told};
use super::moved::{self, Moved};
use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Drafts, Letter};

/// Notes that a person would like a key before their organisation hands any out.
///
/// # Errors
/// When the database fails.
pub async fn register_interest(app: &App, origin: &Origin, person: &Person) -> anyhow::Result<()> {
    let event = origin.event(&*app.rng, person, None, What::InterestRegistered);
    let (id, now) = (person.id, origin.at);
    let write = async move |tx: &Tx| {
        if tx.mark_interested(id, now).await? {
            tx.insert_event(&event).await?;
        }
        Ok(())
    };
    Ok(app.store.write::<(), Error, _>(write).await?)
}

/// Puts off adding a spare key. They are reminded at a log-in after that, a few times.
///
/// # Errors
/// When the database fails.
pub async fn put_off_spare(app: &App, person: PersonId) -> anyhow::Result<()> {
    let now = app.clock.now();
    let write = async move |tx: &Tx| tx.put_off_spare(person, now, now.plus(Reminder::PAUSE)).await;
    Ok(app.store.write::<(), Error, _>(write).await?)
}

/// A role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Where it starts.
    pub organisation: String,
    /// They did not have it before.
    pub new: bool,
}

/// Gives a person a role in an organisation and those below it: their own, unless another is named.
///
/// # Errors
/// When the database fails, or there is no such organisation.
pub async fn grant_role(
    app: &App,
    origin: &Origin,
    person: &Person,
    role: Role,
    organisation: Option<&str>,
) -> anyhow::Result<Granted> {
    let view = app.store.view();
    let record = match organisation {
        Some(slug) => {
            let found = view.find_organisation_by_slug(slug).await?;
            found.with_context(|| format!("there is no organisation {slug:?}"))?
        }
        None => {
            let own = view.find_organisation(person.organisation).await?;
            own.context("the person has no organisation")?
        }
    };
    let grant = RoleGrant { person: person.id, role, organisation: record.id };
    let what = What::RoleGranted { role, organisation: record.id };
    let event = origin.event(&*app.rng, person, None, what);
    let letter = Letter::RoleGiven { role, organisation: record.name };
    let letters = mail::write(app, origin, person.id, None, letter).await?;
    let write = async move |tx: &Tx| {
        let new = tx.grant_role(&grant).await?;
        if new {
            letters.queue(tx).await?;
            tx.insert_event(&event).await?;
        }
        Ok(new)
    };
    let new = app.store.write::<bool, Error, _>(write).await?;
    mail::wake(app);
    Ok(Granted { organisation: record.slug, new })
}

/// Somebody to be added, as it was read.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// What they will type to log in.
    pub username: Username,
    /// Where they belong.
    pub organisation: OrganisationId,
    /// Their name as people read it.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// What their organisation's payroll knows them by.
    pub staff_number: Option<String>,
}

/// Why somebody was not added or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unkept {
    /// There is no such person any more.
    Gone,
    /// They were changed since they were read.
    Stale,
    /// Somebody has the user name.
    UsernameTaken,
    /// Their organisation gives out no such user names.
    Unfit(Unfit),
    /// Somebody else of the organisation has the staff number.
    StaffNumberTaken,
}

/// Adds a person, who has nothing to log in with yet.
///
/// # Errors
/// When the database fails, or there is no such organisation.
pub async fn add(
    app: &App,
    origin: &Origin,
    new: &Newcomer,
) -> anyhow::Result<Result<PersonRecord, Unkept>> {
    let home = app.organisation(new.organisation).await?;
    if let Err(unfit) = home.usernames.judge()?.judge(&new.username) {
        return Ok(Err(Unkept::Unfit(unfit)));
    }
    let record = newcomer(&*app.rng, origin, new);
    let event = origin.event(&*app.rng, &record.person, None, What::PersonAdded);
    let kept = record.clone();
    let write = async move |tx: &Tx| {
        let (view, person) = (tx.view(), &kept.person);
        if view.find_person_by_username(&person.username).await?.is_some() {
            return Err(Outcome::Refused(Unkept::UsernameTaken));
        }
        refuse_staff_number(&view, person).await?;
        tx.insert_person(&kept).await?;
        Ok(tx.insert_event(&event).await?)
    };
    match app.store.write(write).await {
        Ok(()) => Ok(Ok(record)),
        Err(Outcome::Refused(unkept)) => Ok(Err(unkept)),
        // Somebody took the name at the same moment.
        Err(Outcome::Failed(error)) if error.is_conflict() => Ok(Err(Unkept::UsernameTaken)),
        Err(Outcome::Failed(error)) => Err(error.into()),
    }
}

fn newcomer(rng: &dyn Rng, origin: &Origin, new: &Newcomer) -> PersonRecord {
    PersonRecord {
        password_hash: None,
        locale: None,
        person: Person {
            id: PersonId::new(rng, origin.at),
            organisation: new.organisation,
            subject: Subject(rng.uuid_v4()),
            user_handle: UserHandle(rng.bytes()),
            username: new.username.clone(),
            name: new.name.clone(),
            email: new.email.clone(),
            verified_email: None,
            staff_number: new.staff_number.clone(),
            state: PersonState::Invited,
            ever_had_factor: false,
            interested_at: None,
            claims: serde_json::Map::new(),
            updated_at: origin.at,
            standing: Standing::default(),
            reminder: Reminder::default(),
        },
    }
}

async fn refuse_staff_number(view: &View<'_>, person: &Person) -> Result<(), Outcome<Unkept>> {
    let Some(number) = &person.staff_number else { return Ok(()) };
    let numbers = std::slice::from_ref(number);
    let holders = view.list_people_by_staff_number(person.organisation, numbers).await?;
    if holders.iter().any(|holder| holder.person.id != person.id) {
        return Err(Outcome::Refused(Unkept::StaffNumberTaken));
    }
    Ok(())
}

/// Changes the name, the e-mail address and the staff number of a person from what was `seen` to
/// what `wanted` says. Both addresses are told of another one, and links that were sent to the one
/// before open nothing any more.
///
/// # Errors
/// When the database fails or a letter cannot be written.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &PersonRecord,
    wanted: &Person,
) -> anyhow::Result<Result<PersonRecord, Unkept>> {
    let changes = differences(&seen.person, wanted);
    if changes.is_empty() {
        return Ok(Ok(seen.clone()));
    }
    let moves = Moved::between(seen, &wanted.name, wanted.email.as_deref());
    let letters = match &moves {
        Some(moves) => moved::tell(app, origin, moves).await?,
        None => Drafts::none(),
    };
    let what = What::PersonChanged { changes };
    let event = origin.event(&*app.rng, &seen.person, None, what);
    let (seen, wanted, now) = (seen.clone(), wanted.clone(), origin.at);
    let write = async move |tx: &Tx| {
        let view = tx.view();
        let Some(mut record) = view.find_person(seen.person.id).await? else {
            return Err(Outcome::Refused(Unkept::Gone));
        };
        if record.person.updated_at != seen.person.updated_at {
            return Err(Outcome::Refused(Unkept::Stale));
        }
        let person = &mut record.person;
        let readdressed = person.email != wanted.email;
        person.name.clone_from(&wanted.name);
        person.email.clone_from(&wanted.email);
        person.staff_number.clone_from(&wanted.staff_number);
        person.updated_at = now;
        refuse_staff_number(&view, person).await?;
        tx.update_person(&record).await?;
        if readdressed {
            for kind in LinkKind::MAILED {
                tx.delete_links(record.person.id, Some(kind)).await?;
            }
        }
        letters.queue(tx).await?;
        tx.insert_event(&event).await?;
        Ok(record)
    };
    told(app, settle(app.store.write(write).await))
}

/// What is different, e.g. `name: A → B`.
fn differences(before: &Person, after: &Person) -> Vec<String> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        ("name", before.name.clone(), after.name.clone()),
        ("email", optional(&before.email), optional(&after.email)),
        ("staff_number", optional(&before.staff_number), optional(&after.staff_number)),
    ]
    .into_iter()
    .filter(|(_, before, after)| before != after)
    .map(|(name, before, after)| format!("{name}: {before} → {after}"))
    .collect()
}

/// What became of the wish to end a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// They do not have it any more.
    Done,
    /// They do not have it.
    NotHeld,
    /// Nobody else could look after the platform.
    LastAdministrator,
}

/// Ends a role of a person, but for that of the last who looks after the platform.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn end_role(
    app: &App,
    origin: &Origin,
    person: &Person,
    grant: RoleGrant,
) -> anyhow::Result<Ended> {
    let place = app.store.view().find_organisation(grant.organisation).await?;
    let Some(place) = place else { return Ok(Ended::NotHeld) };
    let (id, role) = (person.id, grant.role);
    let what = What::RoleEnded { role, organisation: grant.organisation };
    let event = origin.event(&*app.rng, person, None, what);
    let letter = Letter::RoleEnded { role, organisation: place.name };
    let letters = mail::write(app, origin, id, None, letter).await?;
    let write = async move |tx: &Tx| {
        if !tx.delete_role(&grant).await? {
            return Ok(Ended::NotHeld);
        }
        let view = tx.view();
        let still = view.list_roles(id).await?.iter().any(|held| held.role == role);
        let last = role == Role::PlatformAdministrator && !still;
        if last && !view.is_held_by_others(role, id).await? {
            return Err(Stays::Last);
        }
        letters.queue(tx).await?;
        tx.insert_event(&event).await?;
        Ok(Ended::Done)
    };
    match app.store.write(write).await {
        Ok(ended) => {
            mail::wake(app);
            Ok(ended)
        }
        Err(Stays::Last) => Ok(Ended::LastAdministrator),
        Err(Stays::Failed(error)) => Err(error.into()),
    }
}

/// Why a role stays.
enum Stays {
    Last,
    Failed(Error),
}

impl From<Error> for Stays {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
