//! Documents: organisations, people, groups, roles and applications as operators write them, read and put
//! into the database all or nothing.
//!
//! A document says everything about the thing that it names: what it leaves out takes its default.
//! Four things stay as they are when a document is silent, because people and administrators change
//! them too: a person's password, their state and whether they have shown to read their address, and
//! who is in a group. Nothing is ever removed by leaving it out.

mod brand;
mod change;
mod export;
mod groups;
pub mod import;
mod letters;
mod passwords;
mod people;
mod providers;
mod read;
mod reference;
mod references;
mod seeds;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use latchkey_core::ids::{ClientId, Subject};
use latchkey_core::organisations::{Brand, Helpdesk};
use latchkey_core::people::{PersonState, Username};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::roles::Role;
use latchkey_core::secrets::Plain;
use latchkey_core::totp::Seed;
use latchkey_core::usernames::UsernameRules;
use latchkey_core::{Clock, Rng};
use latchkey_oidc::Client;
use latchkey_store::Store;

pub use brand::picture;
pub use change::{Change, Outcome};
pub use export::{ExportError, export, service_provider};
use groups::{GroupDocument, PlatformDocument};
pub use letters::{Letters, Moved};
pub use passwords::Passwords;
use providers::ProviderDocument;
pub use providers::{Judged, MetadataSource, Wrong, judge, members};
pub use reference::reference;
pub use seeds::Seeds;

use crate::App;
use crate::mail;
use crate::source::{Place, Problems};

/// What several texts say together.
#[derive(Default)]
pub struct Documents {
    organisations: Vec<OrganisationDocument>,
    people: Vec<PersonDocument>,
    groups: Vec<GroupDocument>,
    platform: Vec<PlatformDocument>,
    roles: Vec<RoleDocument>,
    clients: Vec<ClientDocument>,
    providers: Vec<ProviderDocument>,
}

/// `[[organisation]]`
struct OrganisationDocument {
    place: Place,
    slug: String,
    parent: Option<Named<String>>,
    name: String,
    preset: Preset,
    helpdesk: Helpdesk,
    brand: Brand,
    overrides: Overrides,
    usernames: UsernameRules,
}

/// `[[person]]`
struct PersonDocument {
    place: Place,
    username: Username,
    organisation: Named<String>,
    name: String,
    email: Option<String>,
    /// Whether they have shown to read it, if that is said.
    email_verified: Option<bool>,
    staff_number: Option<String>,
    state: Option<PersonState>,
    password: Password,
    /// What their authenticator app shares with us, if that is said.
    totp: Option<Seed>,
    /// As JSON: a tree of each would take most of the memory.
    claims: String,
    /// What applications know them by, when they come from elsewhere.
    subject: Option<Subject>,
    /// They had a key elsewhere. Never takes that back.
    ever_had_factor: bool,
}

/// `[[role]]`
struct RoleDocument {
    person: Named<Username>,
    role: Role,
    organisation: Named<String>,
}

/// `[[client]]`
struct ClientDocument {
    place: Place,
    client: Client,
    organisation: Option<Named<String>>,
}

impl ClientDocument {
    fn id(&self) -> &ClientId {
        &self.client.id
    }
}

/// A name of something else, with where it stands.
struct Named<T> {
    name: T,
    place: Place,
}

/// What a document says about a password.
enum Password {
    /// Nothing.
    Unsaid,
    /// What it is.
    Plain(Plain),
    /// What it hashes to, as a PHC string.
    Hash(String),
}

/// What documents are applied to.
pub struct Installation<'a, S> {
    /// Its database.
    pub store: &'a Store,
    /// Its clock.
    pub clock: &'a dyn Clock,
    /// Its randomness.
    pub rng: &'a Arc<dyn Rng>,
    /// Its way to hash passwords, to seal what apps share with it and to write to people.
    pub ways: &'a S,
}

/// Whether anything is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// All of it.
    Keep,
    /// Nothing: what would change is told.
    DryRun,
}

/// Why documents were not applied. Nothing of them was kept.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// They are wrong.
    #[error("{0}")]
    Documents(Problems),
    /// A password, an authenticator app or an e-mail address was changed by somebody else meanwhile.
    #[error(
        "the password, app or e-mail address of {0} was changed at the same time; apply the \
         documents again"
    )]
    Overtaken(Username),
    /// They change the e-mail addresses of more people than can be told in one go.
    #[error(
        "the documents change the e-mail addresses of {0} people who have started, each of whom is \
         told by letters; that is possible for {most} people at once. Apply the documents in parts, \
         or change the addresses with `latchkey import`",
        most = letters::MOVED_AT_ONCE
    )]
    TooManyMoved(usize),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] latchkey_store::Error),
    /// Anything else.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl Documents {
    /// Puts the documents into the database of an application.
    ///
    /// # Errors
    /// Why nothing was kept.
    pub async fn apply_to(self, app: &App, mode: Mode) -> Result<Outcome, ApplyError> {
        let to = Installation { store: &app.store, clock: &*app.clock, rng: &app.rng, ways: app };
        let outcome = self.apply(&to, mode).await?;
        mail::wake(app);
        Ok(outcome)
    }

    /// Puts the documents into the database.
    ///
    /// # Errors
    /// Why nothing was kept.
    pub async fn apply<S: Passwords + Seeds + Letters + MetadataSource>(
        mut self,
        to: &Installation<'_, S>,
        mode: Mode,
    ) -> Result<Outcome, ApplyError> {
        let now = to.clock.now();
        let letters = letters::prepare(&self.people, to.store, now, to.ways).await?;
        let passwords = passwords::prepare(&self.people, to.store, to.ways).await?;
        let seeds = seeds::prepare(&self.people, to, now).await?;
        let providers = std::mem::take(&mut self.providers);
        let providers = providers::prepare(providers, to.ways, now).await;
        let providers = providers.map_err(ApplyError::Documents)?;
        let prepared = write::Prepared { passwords, seeds, letters, providers };
        let changes = write::write(self, prepared, to.store, now, Arc::clone(to.rng), mode).await?;
        Ok(Outcome { changes, mode })
    }
}
