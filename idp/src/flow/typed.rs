//! A name and a password as somebody typed them together: whose name it is, and whether the password
//! is theirs. One check for every page that asks for both, so that none of them throttles, hashes or
//! tells the audit trail in another way, and each takes as long for a name that nobody has.
//!
//! Knows no page: what is said of what came out is theirs.

use latchkey_core::audit::{Event, What};
use latchkey_core::people::Username;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, PersonRecord};

use super::asked::{Asked, Stop};
use super::way::{Traveller, Way};
use crate::App;
use crate::audit::Origin;
use crate::authn::password::HashError;
use crate::authn::throttle::{self, Subject, Ticket, Wait};
use crate::metrics::Factors;

/// A way on which nobody is known for sure yet.
pub(super) type Unknown = Way<Option<Traveller>>;

/// What was typed, checked. Whatever a page makes of it, it ends in [`right`](Self::right) or
/// [`wrong`](Self::wrong), which count it.
pub(super) struct Checked {
    /// Who has this name.
    pub(super) found: Option<PersonRecord>,
    /// Whether the password is theirs.
    pub(super) verified: bool,
    ticket: Ticket,
    factor: &'static str,
}

/// Why nothing was checked.
pub(super) enum Unchecked {
    /// Too many were wrong before.
    Throttled(Wait),
    /// Too many passwords wait to be hashed.
    Busy,
}

/// Checks a name and a password. `factor` is what the audit trail calls what is tried with them.
pub(super) async fn check(
    asked: &Asked,
    way: &Unknown,
    factor: &'static str,
    name: &str,
    password: &str,
) -> Result<Result<Checked, Unchecked>, Stop> {
    let app = &asked.app;
    let found = named(app, name).await?;
    let subject = Subject::Password {
        person: found.as_ref().map(|found| found.person.id),
        name,
        browser: Some(way.browser()),
    };
    let ticket = match throttle::admit(app, subject, asked.visitor.address().as_deref()).await? {
        Ok(ticket) => ticket,
        Err(wait) => {
            let reason = format!("too many were wrong: {} in a row", wait.failures);
            let event = refusal(asked, way, found.as_ref(), factor, reason);
            throttle::note(app, &wait, event).await?;
            return Ok(Err(Unchecked::Throttled(wait)));
        }
    };
    let hash = found.as_ref().and_then(|found| found.password_hash.as_deref());
    match app.hasher.verify(Plain::new(password.to_owned()), hash).await {
        Ok(verified) => Ok(Ok(Checked { found, verified, ticket, factor })),
        Err(HashError::Busy) => Ok(Err(Unchecked::Busy)),
        Err(error) => Err(anyhow::Error::from(error).into()),
    }
}

impl Checked {
    /// It was right: failures are forgotten, and the way knows whether its browser is noted.
    pub(super) async fn right(self, app: &App, way: &mut Unknown) -> Result<(), Error> {
        way.progress.browser_noted = self.ticket.browser_noted();
        self.ticket.right(app).await
    }

    /// It was wrong, or what came with it was: it is counted, and told to the audit trail.
    pub(super) async fn wrong(
        self,
        asked: &Asked,
        way: &Unknown,
        reason: &str,
    ) -> Result<(), Error> {
        asked.app.metrics.refused(Factors::Password);
        let event = refusal(asked, way, self.found.as_ref(), self.factor, reason.to_owned());
        self.ticket.wrong(&asked.app, event).await
    }
}

/// Whose name was typed: a user name, or an address that stands in for one. A name that nobody can
/// have is a name that nobody has: same time, same words.
async fn named(app: &App, typed: &str) -> Result<Option<PersonRecord>, Error> {
    match Username::parse(typed) {
        Ok(name) => app.store.view().find_person_by_login_name(&name).await,
        Err(_) => Ok(None),
    }
}

/// A wrong try, for the audit trail. One of nobody is told too, so that it takes as long; the name is
/// not, because people type their password there.
fn refusal(
    asked: &Asked,
    way: &Unknown,
    found: Option<&PersonRecord>,
    factor: &str,
    reason: String,
) -> Event {
    let what = What::LoginRefused { factor: factor.to_owned(), reason };
    let (rng, at) = (&*asked.app.rng, asked.app.clock.now());
    match found.map(|found| &found.person) {
        Some(person) => way.origin(asked, person.id).event(rng, person, None, what),
        None => {
            let origin = Origin { actor: Actor::System, address: asked.visitor.address(), at };
            origin.event_of_installation(rng, what)
        }
    }
}
