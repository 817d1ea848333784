//! Links that are sent or handed over: an invitation, a forgotten password, enrolment in the presence
//! of an administrator. What each opens is the log-in flow's; here they are issued.

use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::audit::{Handling, What};
use latchkey_core::codes::LinkKind;
use latchkey_core::people::{Person, PersonState};
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_core::usernames::Unfit;
use latchkey_store::{Error, Link, PersonRecord, Tx};

use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Letter};

/// A person is sent no second link for a forgotten password within this time: a new one voids the
/// one before, and whoever asks for it may be somebody else.
const NOT_AGAIN_WITHIN: Duration = Duration::from_secs(15 * 60);

/// A link that was issued.
pub struct Issued {
    /// Its address, with the secret in it.
    pub url: Plain,
    /// When it stops counting.
    pub until: Timestamp,
    /// It is on its way by e-mail.
    pub sent: bool,
}

/// Why nobody is invited.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotInvited {
    /// They have a password or a key, or are disabled.
    #[error("they have accepted an invitation before, or may not log in")]
    NotNew,
    /// Their user name is not one that their organisation gives out any more.
    #[error("{0}; describe them under another")]
    Username(Unfit),
}

/// The address of a link.
pub(super) fn url(app: &App, secret: &Plain) -> Plain {
    let issuer = app.issuer.as_str().trim_end_matches('/');
    Plain::new(format!("{issuer}/link/{}", secret.expose()))
}

/// Invites a person who has nothing to log in with yet, by e-mail where that is possible. Any
/// earlier invitation is void.
///
/// # Errors
/// When the database fails.
pub async fn invite(
    app: &App,
    origin: &Origin,
    record: &PersonRecord,
    handling: &Handling,
) -> anyhow::Result<Result<Issued, NotInvited>> {
    if let Err(why) = may_be_invited(app, record).await? {
        return Ok(Err(why));
    }
    let person = &record.person;
    let organisation = app.organisation(person.organisation).await?.name.clone();
    let letter = |link, until| Letter::Invitation { organisation, link, until };
    Ok(Ok(issue(app, origin, person, LinkKind::Invitation, handling, letter).await?))
}

/// Whether somebody is one who can be invited.
///
/// # Errors
/// When the database fails.
pub async fn may_be_invited(
    app: &App,
    record: &PersonRecord,
) -> anyhow::Result<Result<(), NotInvited>> {
    let person = &record.person;
    let view = app.store.view();
    let fresh = record.password_hash.is_none()
        && person.state != PersonState::Disabled
        && view.list_credentials(person.id).await?.is_empty();
    if !fresh {
        return Ok(Err(NotInvited::NotNew));
    }
    let home = app.organisation(person.organisation).await?;
    if let Err(unfit) = home.usernames.judge()?.judge(&person.username) {
        return Ok(Err(NotInvited::Username(unfit)));
    }
    Ok(Ok(()))
}

/// Opens enrolment for a person through a link that an administrator hands over in person. They are
/// told of it by e-mail, without the link: whoever reads their letters is not in the room.
///
/// # Errors
/// When the database fails.
pub async fn supervise(
    app: &App,
    origin: &Origin,
    person: &Person,
    handling: &Handling,
) -> anyhow::Result<Issued> {
    let letter = |_, _| Letter::SupervisedLink;
    issue(app, origin, person, LinkKind::Supervised, handling, letter).await
}

/// Sends a link for a forgotten password, unless one was sent a moment ago. Tells nothing of what
/// it did: whoever asks is nobody yet.
///
/// # Errors
/// When the database fails.
pub async fn forgotten(app: &App, origin: &Origin, record: &PersonRecord) -> anyhow::Result<()> {
    let person = &record.person;
    if person.state != PersonState::Active || person.email.is_none() || app.mail.is_none() {
        return Ok(());
    }
    let last = app.store.view().find_last_link(person.id, LinkKind::Password).await?;
    if last.is_some_and(|last| origin.at.since(last.issued_at) < NOT_AGAIN_WITHIN) {
        return Ok(());
    }
    let letter = |link, until| Letter::PasswordLink { link, until };
    let handling = Handling::default();
    issue(app, origin, person, LinkKind::Password, &handling, letter).await?;
    Ok(())
}

async fn issue(
    app: &App,
    origin: &Origin,
    person: &Person,
    kind: LinkKind,
    handling: &Handling,
    letter: impl FnOnce(String, Timestamp) -> Letter,
) -> anyhow::Result<Issued> {
    let secret = Plain::generate(&*app.rng);
    let (url, until) = (url(app, &secret), origin.at.plus(kind.lives()));
    let letter = letter(url.expose().to_owned(), until);
    // A letter without the link shows nothing about whoever opens it.
    let carried = letter.carries_link();
    let letters = mail::write(app, origin, person.id, None, letter).await?;
    let sent = carried && !letters.is_empty();
    let link = Link {
        digest: secret.digest(),
        person: person.id,
        kind,
        issuer: match origin.actor {
            Actor::Administrator { person, .. } => Some(person),
            Actor::Person { .. } | Actor::Service { .. } | Actor::Cli | Actor::System => None,
        },
        issued_at: origin.at,
        expires_at: until,
        used_at: None,
        flow: None,
        sent_to: person.email.clone().filter(|_| sent),
    };
    let event = origin.event(&*app.rng, person, None, What::LinkIssued { link: kind, until });
    let event = event.handled(handling);
    let write = async move |tx: &Tx| {
        tx.put_link(&link).await?;
        if link.kind == LinkKind::Invitation {
            tx.mark_invited(link.person).await?;
        }
        letters.queue(tx).await?;
        tx.insert_event(&event).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(Issued { url, until, sent })
}
