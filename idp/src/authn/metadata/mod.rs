//! What makers say of their authenticators, as the FIDO Alliance publishes it (FIDO Metadata
//! Service v3.0): names, what became of a model, and the roots of its attestations.
//!
//! Owns reading and verifying a published BLOB. Pure: opens no file, asks nobody, decides no policy.

mod blob;
mod chain;
mod known;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use latchkey_core::Timestamp;
use uuid::Uuid;

pub use blob::BlobError;
pub(crate) use blob::LARGEST;
pub use chain::{Roots, RootsError};
pub use known::{Known, Trusted};

/// A BLOB that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    number: u32,
    next_update: Date,
    models: HashMap<Uuid, Entry>,
}

/// What is published of a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    name: Option<String>,
    /// What became of it makes it unfit, whatever was reported afterwards.
    marked: bool,
    /// Its keys never leave its hardware.
    hardware: bool,
    /// Who vouches for its attestations (DER).
    roots: Vec<Vec<u8>>,
}

/// What an attestation proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The key is in hardware.
    pub hardware: bool,
}

impl Metadata {
    /// Reads and verifies a BLOB: a JWT whose signer's certificate is for `signer` and leads to one
    /// of the roots.
    ///
    /// # Errors
    /// Why it cannot be relied on.
    pub fn verify(
        text: &[u8],
        roots: &Roots,
        signer: &str,
        now: Timestamp,
    ) -> Result<Self, BlobError> {
        blob::verify(text, roots, signer, now)
    }

    /// Its serial number: a later BLOB has a higher one.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The day by which a later BLOB was promised.
    #[must_use]
    pub fn next_update(&self) -> Date {
        self.next_update
    }

    /// When that day begins (UTC).
    #[must_use]
    pub fn promised(&self) -> Timestamp {
        start_of(Some(self.next_update))
    }

    /// Whether the day of the next BLOB is over.
    #[must_use]
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        start_of(self.next_update.tomorrow().ok()) <= now
    }

    /// Whether this may follow another BLOB: the number never goes back.
    #[must_use]
    pub fn follows(&self, before: &Self) -> bool {
        self.number > before.number
    }

    /// What a model is called.
    #[must_use]
    pub fn name(&self, model: &Uuid) -> Option<&str> {
        self.models.get(model)?.name.as_deref()
    }

    /// Every model that is marked revoked or broken.
    #[must_use]
    pub fn marked(&self) -> BTreeSet<Uuid> {
        let marked = self.models.iter().filter(|(_, entry)| entry.marked);
        marked.map(|(model, _)| *model).collect()
    }

    /// What a chain of certificates (DER, the attesting one first) proves about a model; `None`
    /// when it leads to none of the model's roots, or nobody may rely on the model.
    #[must_use]
    pub fn vouch(&self, model: &Uuid, chain: &[Vec<u8>], now: Timestamp) -> Option<Vouched> {
        let entry = self.models.get(model).filter(|entry| !entry.marked)?;
        chain::leads_to(chain, &entry.roots, now).then_some(Vouched { hardware: entry.hardware })
    }
}

/// The first moment of a day (UTC); the last moment that there is, for none.
fn start_of(day: Option<Date>) -> Timestamp {
    let zoned = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    let millis = zoned.map_or(i64::MAX, |zoned| zoned.timestamp().as_millisecond());
    Timestamp::from_millis(millis)
}
