//! Everything that Latchkey remembers, behind typed reads and write closures.
//!
//! With the migrations this is the only crate that names the ORM. One file per aggregate; each adds
//! its reads to [`View`] and its writes to [`Tx`]. No password is hashed, nothing signed and
//! nobody else talked to inside a write. What an administrator may touch is reached through [`View::within`] and [`Tx::within`]
//! only.

mod alerts;
mod approvals;
mod assertions;
mod attestations;
mod audit;
pub mod backup;
mod calls;
mod cells;
mod ceremonies;
mod clients;
mod codes;
mod counts;
mod credentials;
mod embedded;
mod enrolment;
mod entity;
mod error;
mod expired;
mod fixed;
mod flows;
mod grants;
mod groups;
mod idempotency;
mod imports;
mod leases;
mod line;
mod links;
mod log_in_tests;
mod logouts;
mod metadata;
mod opening;
mod organisations;
mod outbox;
mod people;
mod requests;
mod saml_artifacts;
mod saml_keys;
mod schema;
mod server;
mod service_providers;
mod sessions;
mod settings;
mod signing_keys;
#[cfg(test)]
mod tests;
mod throttles;
mod throwaway;
mod within;
mod words;
mod writer;

use std::sync::{Arc, OnceLock};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend};
use tracing::Instrument as _;

use embedded::{Lines, WriteLine};
use line::{Line, Lost};
use requests::Claims;

pub use alerts::Alert;
pub use approvals::Approval;
pub use attestations::Attested;
pub use audit::{AuditKeys, Checkpoint, Fault, Kept, Link as ChainLink, Selection, Walked};
pub use calls::Call;
pub use ceremonies::Ceremony;
pub use clients::{ConsentRecord, StoredClient};
pub use counts::Counts;
pub use credentials::Descriptor;
pub use error::{Error, Result};
pub use expired::PORTION;
pub use flows::Flow;
pub use grants::{Grant, Redeemed, Refresh};
pub use idempotency::{KeptAnswer, Repeatable};
pub use imports::{ImportPart, ImportRecord, ImportState};
pub use links::Link;
pub use log_in_tests::LogInTest;
pub use logouts::{Farewell, Logout, Told};
pub use metadata::{MetadataRecord, MetadataState};
pub use organisations::OrganisationRecord;
pub use outbox::Outgoing;
pub use people::PersonRecord;
pub use requests::{Claim, Claimed, SamlRequest, UsedRequest};
pub use saml_artifacts::StoredArtifact;
pub use saml_keys::StoredSamlKey;
pub use schema::Schema;
pub use server::{check_server_address, is_server_address};
pub use service_providers::{ProviderCounts, ProviderState, SamlParticipant, StoredProvider};
pub use sessions::{Proofs, Session, SessionWithPerson};
pub use signing_keys::StoredKey;
pub use throttles::ThrottleRecord;
pub use within::{
    AppFacts, CodeFacts, DayProgress, Enrolled, EventFilter, FailedMessage, Found,
    GRACE_ENDS_WITHIN, HeldKey, Holders, Holding, KeyModel, Need, OrganisationProgress, Outbox,
    PassFacts, PeopleFilter, Progress, Within, WithinTx,
};
use writer::Writer;
pub use writer::Writes;

/// The database of one installation.
pub struct Store {
    readers: Readers,
    writer: Arc<Writer>,
    /// Of the embedded database.
    claims: Option<Arc<Claims>>,
    audit: Audit,
}

/// Where reads go.
enum Readers {
    Embedded(Lines),
    Server(DatabaseConnection),
}

/// The keys of the audit trail, once they are known.
type Audit = Arc<OnceLock<AuditKeys>>;

/// Reads, from the pool or inside a write.
pub struct View<'c> {
    conn: Line<'c>,
    audit: &'c Audit,
}

/// One write under way. Reads see what it wrote.
pub struct Tx {
    open: Open,
    audit: Audit,
}

/// The transaction of a write.
enum Open {
    Embedded(Arc<Lines>),
    Server(DatabaseTransaction, Lost),
}

impl Store {
    /// Reads from the pool.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let conn = match &self.readers {
            Readers::Embedded(lines) => Line::Embedded(lines),
            Readers::Server(pool) => Line::Pool(pool),
        };
        View { conn, audit: &self.audit }
    }

    /// Seals what events tell of people with these keys from now on. The first ones stay.
    pub fn seal_events_with(&self, keys: AuditKeys) {
        // Those that were there first are of the same installation.
        drop(self.audit.set(keys));
    }

    /// Carries out one write: everything that `work` does is kept, durably, or nothing of it.
    ///
    /// `work` may be called again when the database asks for a retry, so it captures what it needs
    /// and changes nothing outside. Writes that wait at the same time share one commit.
    ///
    /// # Errors
    /// What `work` returns (nothing is kept then), or that the database could not commit.
    pub async fn write<T, E, F>(&self, work: F) -> std::result::Result<T, E>
    where
        F: AsyncFn(&Tx) -> std::result::Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let span = tracing::debug_span!(target: "latchkey_trace", "database write");
        self.writer.write(work).instrument(span).await
    }

    /// How busy the writer is, and has been.
    #[must_use]
    pub fn writes(&self) -> Writes {
        self.writer.writes()
    }
}

impl View<'_> {
    /// What kind of database it is: `sqlite` or `postgresql`.
    #[must_use]
    pub fn database(&self) -> &'static str {
        match self.conn.get_database_backend() {
            DbBackend::Postgres => "postgresql",
            _ => "sqlite",
        }
    }
}

impl Tx {
    /// Reads that see what this write has done so far.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View { conn: self.conn(), audit: &self.audit }
    }

    fn embedded(line: &WriteLine, audit: &Audit) -> Self {
        Self { open: Open::Embedded(Arc::clone(line.lines())), audit: Arc::clone(audit) }
    }

    fn server(transaction: DatabaseTransaction, audit: &Audit) -> Self {
        Self { open: Open::Server(transaction, Lost::default()), audit: Arc::clone(audit) }
    }

    /// The server's transaction, and whether it was lost.
    fn into_server(self) -> Result<(DatabaseTransaction, bool)> {
        match self.open {
            Open::Server(transaction, lost) => Ok((transaction, lost.happened())),
            Open::Embedded(_) => Err(Error::Internal("not a server's transaction".to_owned())),
        }
    }

    fn conn(&self) -> Line<'_> {
        match &self.open {
            Open::Embedded(lines) => Line::Embedded(lines),
            Open::Server(transaction, lost) => Line::Transaction(transaction, lost),
        }
    }
}
