//! What people say about themselves, and which roles they get.

use anyhow::Context as _;
use latchkey_core::audit::What;
use latchkey_core::ids::PersonId;
use latchkey_core::people::{Person, Reminder};
use latchkey_core::roles::{Role, RoleGrant};
use latchkey_store::{Error, Tx};

use crate::App;
use crate::audit::Origin;

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
    let write = async move |tx: &Tx| {
        let new = tx.grant_role(&grant).await?;
        if new {
            tx.insert_event(&event).await?;
        }
        Ok(new)
    };
    let new = app.store.write::<bool, Error, _>(write).await?;
    Ok(Granted { organisation: record.slug, new })
}
