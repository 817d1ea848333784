//! Telling people: a letter is written before a change, queued in the change's own write, and sent
//! by a worker beside whatever people do.
//!
//! Owns addresses, envelopes and when a letter is tried again. Changes nothing about anybody; what
//! a letter says is `pages`', and what is kept of it until it is sent is sealed.

mod envelope;
mod place;
mod transport;
mod worker;

use anyhow::Context as _;
use latchkey_core::ids::{MessageId, OrganisationId, PersonId, SessionId};
use latchkey_core::roles::{Actor, Role};
use latchkey_core::secrets::{Plain, Sealed};
use latchkey_store::{Alert, Error, Outgoing, Tx};
use latchkey_web::{Frame, Text, Theme};
use lettre::Address;
use tokio::sync::Notify;

use crate::App;
use crate::audit::Origin;
use crate::config::Config;
use crate::pages::letter::{self, Happened};
use envelope::Envelope;
use transport::Transport;

pub use crate::pages::letter::Letter;
pub use worker::{Delivered, Worker, deliver, spawn};

/// How long "This wasn't me" can be said.
const DENIED_WITHIN: std::time::Duration = std::time::Duration::from_secs(30 * 86_400);
/// Where it is said; the token follows.
pub const NOT_ME_PATH: &str = "/not-me";

/// The way out of the house.
pub struct Mail {
    transport: Transport,
    from: Address,
    /// What stands after the `@` in our Message-IDs.
    host: String,
    /// Something was queued on this node.
    queued: Notify,
}

impl Mail {
    /// Makes the way out ready, if one is set. Connects to nothing.
    ///
    /// # Errors
    /// Why letters could not be written or sent, in words for an operator.
    pub fn open(config: &Config, theme: &Theme) -> anyhow::Result<Option<Self>> {
        let Some(settings) = &config.mail else { return Ok(None) };
        // A mistake in a theme is an error now, and not when somebody's key is removed.
        for (name, written) in letter::all(theme) {
            written.with_context(|| format!("the {name} of the theme"))?;
        }
        let host = config.issuer.host_str().context("the issuer has no host")?.to_owned();
        let transport = Transport::open(&settings.post, &host)?;
        let from = settings.from.parse().context("[mail] from")?;
        Ok(Some(Self { transport, from, host, queued: Notify::new() }))
    }

    /// Lets the worker of this node look at once: something was queued.
    pub fn wake(&self) {
        self.queued.notify_one();
    }
}

/// Whom a letter is for, when it is not for a person at their own address.
#[derive(Clone, Debug)]
pub struct Reader {
    /// What they are called.
    pub name: String,
    /// Where they read it.
    pub email: String,
}

/// Letters that are written and not queued yet. Nothing, where no letters are sent or nobody can
/// be reached: whoever drops one has told nobody.
#[derive(Clone, Debug, Default)]
#[must_use = "a letter that is not queued is never sent"]
pub struct Drafts {
    messages: Vec<Outgoing>,
    alerts: Vec<Alert>,
}

impl Drafts {
    /// No letter.
    pub fn none() -> Self {
        Self::default()
    }

    /// Whether nobody will be told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// These and others.
    pub fn and(mut self, others: Self) -> Self {
        self.messages.extend(others.messages);
        self.alerts.extend(others.alerts);
        self
    }

    /// Queues them, in the write that they tell of. [`wake`] follows, once that is kept.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue(&self, tx: &Tx) -> Result<(), Error> {
        for alert in &self.alerts {
            tx.insert_alert(alert).await?;
        }
        for message in &self.messages {
            tx.queue_message(message).await?;
        }
        Ok(())
    }
}

/// Lets this node's worker look at once.
pub fn wake(app: &App) {
    if let Some(mail) = &app.mail {
        mail.wake();
    }
}

/// Writes a letter to a person, at their own address and in their own language. `session` is the
/// one of theirs in which it happened, if they did it themselves.
///
/// # Errors
/// When the database fails or the theme cannot write it.
pub async fn write(
    app: &App,
    origin: &Origin,
    person: PersonId,
    session: Option<SessionId>,
    letter: Letter,
) -> anyhow::Result<Drafts> {
    write_to(app, origin, person, None, session, letter).await
}

/// Writes a letter about a person to somebody else: their helpdesk, or their address of before.
///
/// # Errors
/// When the database fails or the theme cannot write it.
pub async fn write_to(
    app: &App,
    origin: &Origin,
    person: PersonId,
    reader: Option<Reader>,
    session: Option<SessionId>,
    letter: Letter,
) -> anyhow::Result<Drafts> {
    let Some(mail) = &app.mail else { return Ok(Drafts::none()) };
    let Some(record) = app.store.view().find_person(person).await? else {
        return Ok(Drafts::none());
    };
    let reader = reader.or_else(|| {
        let email = record.person.email.clone()?;
        Some(Reader { name: record.person.name.clone(), email })
    });
    let Some(Reader { name, email }) = reader else { return Ok(Drafts::none()) };
    let Some(to) = envelope::address(&email) else {
        // Not the address: the log names nobody.
        tracing::warn!(letter = letter.slug(), "an e-mail address cannot be written to");
        return Ok(Drafts::none());
    };
    let organisation = app.organisation(record.person.organisation).await?;
    let strings = app.theme.strings();
    let mut frame = Frame::new(&*app.rng, origin.at, "/");
    frame.locale = record.locale.and_then(|tag| strings.find(&tag)).unwrap_or_default();
    frame.organisation = Some((&*organisation).into());
    let happened = happened(app, origin, session).await?;
    let denial = letter.may_be_denied().then(|| Plain::generate(&*app.rng));
    let url = denial.as_ref().map(|token| not_me_url(app, token));
    let written = letter::write(&app.theme, &frame, &name, &letter, &happened, url.as_deref())?;
    let id = MessageId::new(&*app.rng, origin.at);
    let envelope = Envelope::new(mail, id, origin.at, &organisation.name, (&name, &to), written)?;
    let sealed = app.keys.seal_data(&*app.rng, &purpose(id), &envelope.to_bytes()?);
    let told = Told { letter: &letter, organisation: organisation.id, person };
    let message = told.outgoing(id, sealed, origin);
    let alert = denial.map(|token| told.alert(&token, origin)).transpose()?;
    Ok(Drafts { messages: vec![message], alerts: alert.into_iter().collect() })
}

/// Whom a letter that waits goes to; `None` when what is kept of it cannot be opened.
#[must_use]
pub fn reader_of(app: &App, id: MessageId, sealed: &Sealed) -> Option<String> {
    let opened = app.keys.open_data(&purpose(id), sealed).ok()?;
    Some(Envelope::from_bytes(&opened).ok()?.to)
}

/// What is sealed of a letter is bound to its row.
fn purpose(id: MessageId) -> String {
    format!("outbox {id}")
}

fn not_me_url(app: &App, token: &Plain) -> String {
    let issuer = app.issuer.as_str().trim_end_matches('/');
    format!("{issuer}{NOT_ME_PATH}/{}", token.expose())
}

struct Told<'l> {
    letter: &'l Letter,
    organisation: OrganisationId,
    person: PersonId,
}

impl Told<'_> {
    fn outgoing(&self, id: MessageId, sealed: Sealed, origin: &Origin) -> Outgoing {
        Outgoing {
            id,
            person: Some(self.person),
            organisation: Some(self.organisation),
            kind: self.letter.slug().to_owned(),
            sealed,
            tries: 0,
            created_at: origin.at,
            next_at: origin.at,
        }
    }

    fn alert(&self, token: &Plain, origin: &Origin) -> anyhow::Result<Alert> {
        Ok(Alert {
            token: token.digest(),
            person: self.person,
            told: serde_json::to_string(&self.letter.lede())?,
            about: self.letter.about(),
            created_at: origin.at,
            expires_at: origin.at.plus(DENIED_WITHIN),
            used_at: None,
        })
    }
}

/// Where it happened, as far as the reader may know: an administrator's own place is not theirs to
/// know.
async fn happened(
    app: &App,
    origin: &Origin,
    session: Option<SessionId>,
) -> anyhow::Result<Happened> {
    let by = match &origin.actor {
        Actor::Person { .. } => None,
        Actor::Administrator { role: Role::Helpdesk, .. } => Some(Text::new("mail-by-helpdesk")),
        Actor::Administrator { .. } => Some(Text::new("mail-by-administrator")),
        Actor::Service { .. } => Some(Text::new("mail-by-administrator")),
        Actor::Cli => Some(Text::new("mail-by-operator")),
        Actor::System => Some(Text::new("mail-by-rule")),
    };
    if by.is_some() {
        return Ok(Happened { at: origin.at, by, browser: None, address: None });
    }
    let session = match session {
        Some(id) => app.store.view().find_session_by_id(id).await?,
        None => None,
    };
    let browser = session.and_then(|session| session.agent).and_then(|it| place::browser(&it));
    Ok(Happened { at: origin.at, by: None, browser, address: origin.address.clone() })
}
