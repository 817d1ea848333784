//! Requests by which people are logged in to service providers: each is answered once.
//!
//! Which ones were is in the database until they are too old anyway. On a server that is written before
//! the answer goes out, for other nodes have to see it. On the embedded database one process answers
//! all of them, and what it holds in memory is enough: the rows follow within a moment, those of many
//! requests in one write. A crash in that moment forgets which requests were answered in it, so that
//! one of them could be sent again, by the same browser and in the same session, to where its
//! first answer went: no more than a new request could do.

use std::collections::HashSet;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::people::PersonState;
use latchkey_core::secrets::Digest;
use sea_orm::{ConnectionTrait as _, Statement, Value};

use crate::writer::Writer;
use crate::{PORTION, Result, SamlParticipant, Store, Tx};

/// How long after an answer it is written, at the latest, that its request was answered.
const WRITTEN_WITHIN: Duration = Duration::from_millis(50);
/// How many may wait to be written. Beyond that, each is written before its answer goes out.
const WAITING: usize = 4096;

/// Of the hot path, and so one statement for three questions: are session and person as they have to
/// be, is the request new, and does the provider know all that already.
const USE: &str = "INSERT INTO saml_requests (asked_at, digest) \
     SELECT $1, $2 FROM sessions JOIN people ON people.id = sessions.person_id \
     WHERE sessions.id = $3 AND sessions.ended_at IS NULL AND sessions.expires_at > $4 \
     AND people.state = $5 \
     ON CONFLICT (asked_at, digest) DO NOTHING \
     RETURNING (SELECT COUNT(*) FROM saml_participants WHERE session_id = $3 \
     AND provider_id = $6 AND name_id = $7 AND name_id_format = $8) AS known";

/// The same questions, with nothing written. SQLite numbers the values as they come.
const LOOK: &str = "SELECT (SELECT COUNT(*) FROM saml_requests \
     WHERE asked_at = $1 AND digest = $2), \
     (SELECT COUNT(*) FROM saml_participants WHERE session_id = $3 \
     AND provider_id = $4 AND name_id = $5 AND name_id_format = $6) \
     FROM sessions JOIN people ON people.id = sessions.person_id \
     WHERE sessions.id = $3 AND sessions.ended_at IS NULL AND sessions.expires_at > $7 \
     AND people.state = $8";

const KEEP: &str = "INSERT INTO saml_requests (asked_at, digest) VALUES ($1, $2) \
     ON CONFLICT (asked_at, digest) DO NOTHING";

/// A portion of them, the oldest first.
const FORGET: &str = "DELETE FROM saml_requests WHERE (asked_at, digest) IN \
     (SELECT asked_at, digest FROM saml_requests WHERE asked_at < $1 \
     ORDER BY asked_at LIMIT $2)";

/// A request of a service provider: the same message is the same request.
#[derive(Clone, Copy, Debug)]
pub struct SamlRequest {
    /// When it was made, as the message says.
    pub asked_at: Timestamp,
    /// Of who made it and what they call it.
    pub digest: Digest,
}

impl SamlRequest {
    fn key(&self) -> Key {
        (self.asked_at.millis(), *self.digest.as_bytes())
    }

    fn values(&self) -> [Value; 2] {
        let (asked_at, digest) = self.key();
        [asked_at.into(), digest.to_vec().into()]
    }
}

type Key = (i64, [u8; 32]);

/// What became of a request by which somebody is to be logged in to a service provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsedRequest {
    /// It was new. Whether the provider knows the person by the very same name in this session
    /// already: otherwise [`Tx::open_provider`] has something to note.
    Now {
        /// Whether it does.
        known: bool,
    },
    /// It was answered before.
    Before,
    /// The session is not open any more, or the person is closed out.
    Ended,
}

/// What a claim to be the one who answers a request came to.
#[derive(Debug)]
pub enum Claimed {
    /// Nothing has to be written before the answer.
    Settled(UsedRequest),
    /// [`Tx::use_request`] has to say, while this is held.
    Open(Claim),
}

/// A claim to be the one who answers a request, which no other can hold in this process.
#[derive(Debug)]
#[must_use = "a claim is given up when it is dropped"]
pub struct Claim(Option<(Arc<Claims>, SamlRequest)>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((claims, request)) = self.0.take() {
            claims.state().held.remove(&request.key());
        }
    }
}

/// The requests of the embedded database that are being answered or not written yet.
pub(crate) struct Claims {
    state: Mutex<State>,
    /// Held while they are written, so that whoever waits for that waits for all of them.
    writing: tokio::sync::Mutex<()>,
    writer: Arc<Writer>,
}

#[derive(Default)]
struct State {
    /// All of them.
    held: HashSet<Key>,
    /// Those that were answered and wait to be written.
    waiting: Vec<SamlRequest>,
    /// Whether somebody is about to write them.
    followed: bool,
}

impl Claims {
    pub(crate) fn new(writer: Arc<Writer>) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), writing: tokio::sync::Mutex::default(), writer })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in between two changes of it panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A claim, unless somebody has it.
    fn claim(self: &Arc<Self>, request: SamlRequest) -> Option<Claim> {
        let free = self.state().held.insert(request.key());
        free.then(|| Claim(Some((Arc::clone(self), request))))
    }

    /// Writes what waits. When that fails it goes on waiting.
    async fn write(&self) -> Result<()> {
        let _alone = self.writing.lock().await;
        let rows: Arc<[_]> = mem::take(&mut self.state().waiting).into();
        if rows.is_empty() {
            return Ok(());
        }
        let written = Arc::clone(&rows);
        let work = async move |tx: &Tx| tx.keep_requests(&written).await;
        let kept: Result<()> = self.writer.write(work).await;
        let mut state = self.state();
        match &kept {
            // From here on the database says so.
            Ok(()) => rows.iter().for_each(|request| {
                state.held.remove(&request.key());
            }),
            Err(_) => state.waiting.extend_from_slice(&rows),
        }
        kept
    }

    /// Writes what waits after a moment, and again until nothing does.
    async fn follow(self: Arc<Self>) {
        loop {
            tokio::time::sleep(WRITTEN_WITHIN).await;
            if let Err(error) = self.write().await {
                tracing::warn!(%error, "which requests were answered could not be written yet");
            }
            let mut state = self.state();
            if state.waiting.is_empty() {
                state.followed = false;
                return;
            }
        }
    }
}

impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims").finish_non_exhaustive()
    }
}

impl Claim {
    /// The request was answered: that is written soon. Gives the claim back where too many wait.
    fn keep(mut self) -> Option<Self> {
        let Some((claims, request)) = self.0.take() else { return Some(self) };
        let mut state = claims.state();
        if state.waiting.len() >= WAITING {
            drop(state);
            self.0 = Some((claims, request));
            return Some(self);
        }
        state.waiting.push(request);
        let follows = !mem::replace(&mut state.followed, true);
        drop(state);
        if follows {
            tokio::spawn(claims.follow());
        }
        None
    }
}

impl Store {
    /// Claims to be the one who answers a request, by which somebody is about to be logged in: see
    /// [`Tx::use_request`], for which there is nothing left to do where the answer is settled.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn claim_request(
        &self,
        request: SamlRequest,
        opened: &SamlParticipant,
    ) -> Result<Claimed> {
        let Some(claims) = &self.claims else { return Ok(Claimed::Open(Claim(None))) };
        // First, so that whoever is later finds either this or what was written.
        let Some(claim) = claims.claim(request) else {
            return Ok(Claimed::Settled(UsedRequest::Before));
        };
        let [asked_at, digest] = request.values();
        let values = [
            asked_at,
            digest,
            opened.session.0.into(),
            opened.provider.0.as_str().into(),
            opened.name_id.as_str().into(),
            opened.name_id_format.as_str().into(),
            opened.opened_at.millis().into(),
            PersonState::Active.as_str().into(),
        ];
        let conn = self.view().conn;
        let look = Statement::from_sql_and_values(conn.get_database_backend(), LOOK, values);
        let counts = |cells: &mut crate::cells::Cells<'_>| {
            Ok((cells.take::<i64>()? > 0, cells.take::<i64>()? > 0))
        };
        Ok(match conn.read_one(look, counts).await? {
            None => Claimed::Settled(UsedRequest::Ended),
            Some((true, _)) => Claimed::Settled(UsedRequest::Before),
            Some((false, false)) => Claimed::Open(claim),
            Some((false, true)) => match claim.keep() {
                None => Claimed::Settled(UsedRequest::Now { known: true }),
                Some(claim) => Claimed::Open(claim),
            },
        })
    }

    /// Writes what was to be written within a moment, before the process ends.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn settle(&self) -> Result<()> {
        match &self.claims {
            Some(claims) => claims.write().await,
            None => Ok(()),
        }
    }
}

impl Tx {
    /// Uses a request up, by which somebody is about to be logged in: each works once, on whichever
    /// node, and only in a session that is open, of a person who is active. Called while a claim to
    /// it is held ([`Store::claim_request`]).
    pub async fn use_request(
        &self,
        request: SamlRequest,
        opened: &SamlParticipant,
    ) -> Result<UsedRequest> {
        let conn = self.conn();
        let [asked_at, digest] = request.values();
        let values = [
            asked_at,
            digest,
            opened.session.0.into(),
            opened.opened_at.millis().into(),
            PersonState::Active.as_str().into(),
            opened.provider.0.as_str().into(),
            opened.name_id.as_str().into(),
            opened.name_id_format.as_str().into(),
        ];
        let backend = conn.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, USE, values);
        if let Some(row) = conn.query_one_raw(statement).await? {
            let known: i64 = row.try_get("", "known")?;
            return Ok(UsedRequest::Now { known: known > 0 });
        }
        let usable = self.is_usable(opened.session, opened.opened_at).await?;
        Ok(if usable { UsedRequest::Before } else { UsedRequest::Ended })
    }

    async fn keep_requests(&self, answered: &[SamlRequest]) -> Result<()> {
        let conn = self.conn();
        let backend = conn.get_database_backend();
        for request in answered {
            let statement = Statement::from_sql_and_values(backend, KEEP, request.values());
            conn.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// Forgets requests that were made before a time: at most [`PORTION`] of them.
    pub async fn delete_requests_made_before(&self, before: Timestamp) -> Result<u64> {
        let conn = self.conn();
        let values = [before.millis().into(), PORTION.into()];
        let backend = conn.get_database_backend();
        let gone = conn.execute_raw(Statement::from_sql_and_values(backend, FORGET, values));
        Ok(gone.await?.rows_affected())
    }
}
