//! What the database holds, read beside the server that serves it. Writes nothing.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use latchkey::config::MasterKey;
use latchkey::keys::Keys;
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::clock::SystemClock;
use latchkey_core::credentials::Credential;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::secrets::Digest;
use latchkey_store::{PersonRecord, Refresh, Store};
use rusqlite::{Connection, OpenFlags};

use crate::server::Installation;

/// More events than a person ever has.
const EVENTS: u64 = 1_000_000;

/// The database of an installation.
pub struct Database {
    store: Store,
    url: String,
}

/// What it holds of one person.
pub struct Stored {
    /// The person.
    pub record: PersonRecord,
    /// Their keys.
    pub keys: Vec<Credential>,
    /// What happened to them.
    pub events: Vec<What>,
}

impl Stored {
    /// How many events there are of each kind.
    pub fn tally(&self) -> Result<BTreeMap<String, usize>> {
        let mut tally = BTreeMap::new();
        for event in &self.events {
            let event = serde_json::to_value(event)?;
            let kind = event["kind"].as_str().context("an event without a kind")?;
            *tally.entry(kind.to_owned()).or_default() += 1;
        }
        Ok(tally)
    }
}

impl Database {
    /// Opens the one of an installation, with its keys: events tell of people under them.
    pub async fn open(installation: &Installation) -> Result<Self> {
        let url = installation.database.clone();
        let store = Store::open(&url).await?;
        let master = MasterKey::File(installation.path("master.key"));
        Keys::open(&master, &store, &SystemRng, SystemClock.now()).await?;
        Ok(Self { store, url })
    }

    /// What there is of somebody.
    pub async fn person(&self, username: &str) -> Result<Stored> {
        let view = self.store.view();
        let username = Username::parse(username)?;
        let record = view.find_person_by_username(&username).await?;
        let record = record.with_context(|| format!("{username} is gone"))?;
        let id = record.person.id;
        let keys = view.list_credentials(id).await?;
        let events = view.list_events_of(id, EVENTS).await?;
        Ok(Stored { record, keys, events: events.into_iter().map(|(_, what)| what).collect() })
    }

    /// A refresh token.
    pub async fn refresh(&self, token: &str) -> Result<Option<Refresh>> {
        Ok(self.store.view().find_refresh(Digest::of(token.as_bytes())).await?)
    }

    /// Whether it is the embedded one.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    /// What the database system finds wrong with its own files and references. PostgreSQL keeps
    /// its references itself and has no such command.
    pub fn damage(&self) -> Result<Vec<String>> {
        self.url.strip_prefix("sqlite:").map_or(Ok(Vec::new()), damage)
    }
}

/// What SQLite finds wrong with a file, and that it cannot go on looking.
pub fn damage(path: &str) -> Result<Vec<String>> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let lines = |sql| -> Vec<String> {
        let asked = || -> rusqlite::Result<Vec<String>> {
            connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        asked().unwrap_or_else(|error| vec![error.to_string()])
    };
    let mut found = lines("PRAGMA integrity_check");
    found.retain(|line| line != "ok");
    let dangling =
        lines("SELECT 'a row refers to nothing: ' || \"table\" FROM pragma_foreign_key_check");
    found.extend(dangling);
    Ok(found)
}
