//! Passwords that people choose: whether one is taken, in words, and setting it.

use latchkey_core::audit::What;
use latchkey_core::ids::SessionId;
use latchkey_core::passwords::{self, Refusal};
use latchkey_core::people::Person;
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, PersonRecord, Tx};
use latchkey_web::{Problem, Text};

use crate::App;
use crate::audit::Origin;
use crate::authn::password::HashError;
use crate::mail::{self, Letter};

/// The field of every form in which a password is chosen.
pub const FIELD: &str = "new_password";

/// Why a password was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unset {
    /// It was changed meanwhile, in another place.
    Overtaken,
    /// Too many passwords are being hashed.
    Busy,
}

/// The password that somebody chose, if it is taken; else what to tell them. The same on every form
/// in which one is chosen.
///
/// # Errors
/// What is wrong with it, at [`FIELD`].
pub fn choose(typed: &str, person: &Person, organisation: &str) -> Result<Plain, Problem> {
    let email = person.email.as_deref().unwrap_or_default();
    let personal = [person.username.as_str(), &person.name, email, organisation];
    if typed.is_empty() {
        return Err(Problem::at(FIELD, "problem-new-password-missing"));
    }
    let words = match passwords::judge(typed, &personal) {
        Ok(()) => return Ok(Plain::new(passwords::normal(typed))),
        Err(Refusal::Short) => {
            let least = u64::try_from(passwords::SHORTEST).unwrap_or(u64::MAX);
            Text::new("problem-new-password-short").with("least", least)
        }
        Err(Refusal::Long) => Text::new("problem-new-password-long"),
        Err(Refusal::Known) => Text::new("problem-new-password-known"),
        Err(Refusal::Personal) => Text::new("problem-new-password-personal"),
        Err(Refusal::Pattern) => Text::new("problem-new-password-pattern"),
    };
    Err(Problem::at(FIELD, words).advise("advice-new-password"))
}

/// Sets somebody's own password, and ends their other sessions if they want that; tells how many.
///
/// # Errors
/// When the database fails.
pub async fn set(
    app: &App,
    origin: &Origin,
    record: &PersonRecord,
    session: SessionId,
    new: Plain,
    end_others: bool,
) -> anyhow::Result<Result<usize, Unset>> {
    let hash = match app.hasher.hash(new).await {
        Ok(hash) => hash,
        Err(error) if matches!(error.downcast_ref(), Some(HashError::Busy)) => {
            return Ok(Err(Unset::Busy));
        }
        Err(error) => return Err(error),
    };
    let (person, now) = (record.person.id, origin.at);
    let seen = record.password_hash.clone();
    let event = origin.event(&*app.rng, &record.person, Some(session), What::PasswordChanged);
    let letter = Letter::PasswordChanged;
    let letters = mail::write(app, origin, person, Some(session), letter).await?;
    let (origin, of, rng) = (origin.clone(), record.person.clone(), app.rng.clone());
    let write = async move |tx: &Tx| {
        if !tx.set_password(person, seen.as_deref(), &hash, now).await? {
            return Ok(Err(Unset::Overtaken));
        }
        letters.queue(tx).await?;
        tx.insert_event(&event).await?;
        if !end_others {
            return Ok(Ok(0));
        }
        let ended = tx.end_other_sessions(person, session, now).await?;
        for other in &ended {
            let event = origin.event(&*rng, &of, Some(*other), What::LoggedOut);
            tx.insert_event(&event).await?;
        }
        Ok(Ok(ended.len()))
    };
    let done = app.store.write::<_, Error, _>(write).await?;
    mail::wake(app);
    Ok(done)
}
