//! Letters that did not leave: tried again before their time, and taken back. What a try comes to is
//! the worker's; a letter that is being tried is nobody's until that is over.

use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::codes::LinkKind;
use latchkey_core::ids::MessageId;
use latchkey_core::roles::Scope;
use latchkey_store::{Error, FailedMessage, Tx};

use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Letter};

/// Why nothing is done about a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotDone {
    /// It was sent, given up or taken back meanwhile.
    Gone,
    /// It is being tried, and may be in its reader's hands already.
    OnItsWay,
}

/// Whom a letter goes to; `None` when what is kept of it cannot be opened.
#[must_use]
pub fn reader(app: &App, letter: &FailedMessage) -> Option<String> {
    mail::reader_of(app, letter.id, &letter.sealed)
}

/// What the link opens that a letter is for, if it is for one.
#[must_use]
pub fn link(letter: &FailedMessage) -> Option<LinkKind> {
    Letter::link_of(&letter.kind)
}

/// Has a letter tried at once, by whichever node comes first.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn retry(
    app: &App,
    origin: &Origin,
    letter: &FailedMessage,
) -> anyhow::Result<Result<(), NotDone>> {
    let what = What::LetterRetried { letter: letter.kind.clone() };
    let (id, event) = (letter.id, about(app, origin, letter, what));
    let write = async move |tx: &Tx| {
        if !tx.hasten_message(id, event.at).await? {
            return Ok(Err(not_done(tx, id).await?));
        }
        tx.insert_event(&event).await?;
        Ok(Ok(()))
    };
    let done = app.store.write::<_, Error, _>(write).await?;
    mail::wake(app);
    Ok(done)
}

/// Has every letter that did not leave tried at once, but those that are being tried. How many there
/// were.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn retry_all(app: &App, origin: &Origin) -> anyhow::Result<u64> {
    let none = What::LettersRetried { letters: 0 };
    let event = origin.event_of_installation(&*app.rng, none);
    let write = async move |tx: &Tx| {
        let letters = tx.hasten_messages(event.at).await?;
        if letters > 0 {
            let what = What::LettersRetried { letters };
            tx.insert_event(&Event { what, ..event.clone() }).await?;
        }
        Ok(letters)
    };
    let letters = app.store.write::<u64, Error, _>(write).await?;
    mail::wake(app);
    Ok(letters)
}

/// Takes a letter back, and voids the link that it is for: nobody gets to know its secret.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn withdraw(
    app: &App,
    origin: &Origin,
    letter: &FailedMessage,
    handling: &Handling,
) -> anyhow::Result<Result<(), NotDone>> {
    let link = link(letter);
    let what = What::LetterWithdrawn { letter: letter.kind.clone(), link };
    let event = about(app, origin, letter, what).handled(handling);
    let (id, person, written_at) = (letter.id, letter.person, letter.created_at);
    let write = async move |tx: &Tx| {
        if !tx.withdraw_message(id, event.at).await? {
            return Ok(Err(not_done(tx, id).await?));
        }
        if let (Some(kind), Some(person)) = (link, person) {
            // Another one may have taken its place, which went out in a letter of its own.
            tx.delete_link_of(person, kind, written_at).await?;
        }
        tx.insert_event(&event).await?;
        Ok(Ok(()))
    };
    Ok(app.store.write::<_, Error, _>(write).await?)
}

/// An event that tells of whom a letter is for.
fn about(app: &App, origin: &Origin, letter: &FailedMessage, what: What) -> Event {
    Event {
        person: letter.person,
        organisation: letter.organisation,
        ..origin.event_of_installation(&*app.rng, what)
    }
}

async fn not_done(tx: &Tx, id: MessageId) -> Result<NotDone, Error> {
    let there = tx.view().within(&Scope::Platform).find_failed_message(id).await?;
    Ok(there.map_or(NotDone::Gone, |_| NotDone::OnItsWay))
}
