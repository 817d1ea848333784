//! "This wasn't me": what a person was told of is undone as far as that can be done without asking
//! who they are, and never more: nothing that it does lets anybody in.

use latchkey_core::Timestamp;
use latchkey_core::audit::{Event, What};
use latchkey_core::credentials::{Authenticator, Cause};
use latchkey_core::organisations::Organisation;
use latchkey_core::people::Person;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Digest;
use latchkey_store::{Alert, Error, Tx};
use latchkey_web::Text;

use crate::App;
use crate::audit::Origin;
use crate::mail::{self, Drafts, Letter, Reader};

/// What a link answers to, with whom it is about.
pub struct Raised {
    /// What was told, and when.
    pub alert: Alert,
    /// The person.
    pub person: Person,
}

impl Raised {
    /// What the letter said.
    ///
    /// # Errors
    /// When what is stored is none of ours.
    pub fn told(&self) -> anyhow::Result<Text> {
        Ok(serde_json::from_str(&self.alert.told)?)
    }

    /// Whether the link can still be used.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.alert.used_at.is_none() && self.alert.expires_at > now
    }
}

/// What a link answers to: a used one for as long as an unused one.
///
/// # Errors
/// When the database fails.
pub async fn find(app: &App, token: Digest) -> anyhow::Result<Option<Raised>> {
    let view = app.store.view();
    let Some(alert) = view.find_alert(token).await? else { return Ok(None) };
    if alert.expires_at <= app.clock.now() {
        return Ok(None);
    }
    let person = view.find_person(alert.person).await?;
    Ok(person.map(|record| Raised { alert, person: record.person }))
}

/// Does what the button promises, once: suspends the key or app that was added, voids passes and
/// links that are open, ends every session, tells the helpdesk. Again, it does nothing.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn deny(
    app: &App,
    address: Option<String>,
    raised: &Raised,
    organisation: &Organisation,
) -> anyhow::Result<()> {
    let Raised { alert, person } = raised;
    let now = app.clock.now();
    // Whoever reads their letters: it is not known to be them.
    let actor = Actor::Person { person: person.id, session: None };
    let origin = Origin { actor, address, at: now };
    let drafts = report(app, &origin, raised, organisation).await?;
    let (alert, person, rng) = (alert.clone(), person.clone(), app.rng.clone());
    let write = async move |tx: &Tx| {
        if !tx.use_alert(alert.token, now).await? {
            return Ok(());
        }
        let suspended = match alert.about {
            Some(Authenticator::Key(key)) => {
                tx.suspend_credential(person.id, key, Cause::NotMe, now).await?
            }
            Some(Authenticator::App(app)) => {
                tx.suspend_app(person.id, app, Cause::NotMe, now).await?
            }
            None => false,
        };
        // What is open may have been meant for somebody else: the helpdesk makes it anew.
        tx.delete_pass(person.id).await?;
        tx.delete_links(person.id, None).await?;
        let ended = tx.end_all_sessions(person.id, now).await?;
        for session in &ended {
            let event = origin.event(&*rng, &person, Some(*session), What::LoggedOut);
            tx.insert_event(&event).await?;
        }
        let sessions = u64::try_from(ended.len()).unwrap_or(u64::MAX);
        let what = What::NotMe {
            credential: alert.about.and_then(Authenticator::key),
            app: alert.about.and_then(Authenticator::app),
            suspended,
            sessions,
        };
        let event: Event = origin.event(&*rng, &person, None, what);
        tx.insert_event(&event).await?;
        drafts.queue(tx).await
    };
    app.store.write::<(), Error, _>(write).await?;
    mail::wake(app);
    Ok(())
}

/// The letter to the helpdesk, if it can be written to.
async fn report(
    app: &App,
    origin: &Origin,
    raised: &Raised,
    organisation: &Organisation,
) -> anyhow::Result<Drafts> {
    let helpdesk = &organisation.helpdesk;
    let Some(email) = helpdesk.email.clone() else { return Ok(Drafts::none()) };
    let name = helpdesk.name.clone().unwrap_or_else(|| organisation.name.clone());
    let letter = Letter::NotMe {
        person: raised.person.name.clone(),
        username: raised.person.username.to_string(),
        told: raised.told()?,
        suspended: raised.alert.about,
    };
    let reader = Some(Reader { name, email });
    mail::write_to(app, origin, raised.person.id, reader, None, letter).await
}
