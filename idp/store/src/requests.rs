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
use sea_orm::{ConnectionTrait as _, Statement};

use crate::writer::Writer;
use crate::{Result, SamlParticipant, Store, Tx};

/// How long after an answer it is written, at the latest, that its request was answered.
const WRITTEN_WITHIN: Duration = Duration::from_millis(50);
/// How many may wait to be written. Beyond that, each is written before its answer goes out.
const WAITING: usize = 4096;

/// Of the hot path, and so one statement for three questions: are session and person as they have to
/// be, is the request new, and does the provider know all that already.
const USE: &str = "INSERT INTO assertions (digest, expires_at) \
     SELECT $1, $2 FROM sessions JOIN people ON people.id = sessions.person_id \
     WHERE sessions.id = $3 AND sessions.ended_at IS NULL AND sessions.expires_at > $4 \
     AND people.state = $5 \
     ON CONFLICT (digest) DO NOTHING \
     RETURNING (SELECT COUNT(*) FROM saml_participants WHERE session_id = $3 \
     AND provider_id = $6 AND name_id = $7 AND name_id_format = $8) AS known";

/// The same questions, with nothing written. SQLite numbers the values as they come.
const LOOK: &str = "SELECT (SELECT COUNT(*) FROM assertions WHERE digest = $1), \
     (SELECT COUNT(*) FROM saml_participants WHERE session_id = $2 \
     AND provider_id = $3 AND name_id = $4 AND name_id_format = $5) \
     FROM sessions JOIN people ON people.id = sessions.person_id \
     WHERE sessions.id = $2 AND sessions.ended_at IS NULL AND sessions.expires_at > $6 \
     AND people.state = $7";

const KEEP: &str =
    "INSERT INTO assertions (digest, expires_at) VALUES ($1, $2) ON CONFLICT (digest) DO NOTHING";

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
pub struct Claim(Option<(Arc<Claims>, Digest)>);

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some((claims, request)) = self.0.take() {
            claims.state().held.remove(request.as_bytes());
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
    held: HashSet<[u8; 32]>,
    /// Those that were answered and wait to be written, and until when that is to be known.
    waiting: Vec<(Digest, Timestamp)>,
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
    fn claim(self: &Arc<Self>, request: Digest) -> Option<Claim> {
        let free = self.state().held.insert(*request.as_bytes());
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
            Ok(()) => rows.iter().for_each(|(request, _)| {
                state.held.remove(request.as_bytes());
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
    /// The request was answered: that is written soon, and known until `until`. Gives the claim back
    /// where too many wait.
    fn keep(mut self, until: Timestamp) -> Option<Self> {
        let Some((claims, request)) = self.0.take() else { return Some(self) };
        let mut state = claims.state();
        if state.waiting.len() >= WAITING {
            drop(state);
            self.0 = Some((claims, request));
            return Some(self);
        }
        state.waiting.push((request, until));
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
        request: Digest,
        until: Timestamp,
        opened: &SamlParticipant,
    ) -> Result<Claimed> {
        let Some(claims) = &self.claims else { return Ok(Claimed::Open(Claim(None))) };
        // First, so that whoever is later finds either this or what was written.
        let Some(claim) = claims.claim(request) else {
            return Ok(Claimed::Settled(UsedRequest::Before));
        };
        let values = [
            request.as_bytes().to_vec().into(),
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
            Some((false, true)) => match claim.keep(until) {
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
        request: Digest,
        until: Timestamp,
        opened: &SamlParticipant,
    ) -> Result<UsedRequest> {
        let conn = self.conn();
        let values = [
            request.as_bytes().to_vec().into(),
            until.millis().into(),
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

    async fn keep_requests(&self, answered: &[(Digest, Timestamp)]) -> Result<()> {
        let conn = self.conn();
        let backend = conn.get_database_backend();
        for (request, until) in answered {
            let values = [request.as_bytes().to_vec().into(), until.millis().into()];
            let statement = Statement::from_sql_and_values(backend, KEEP, values);
            conn.execute_raw(statement).await?;
        }
        Ok(())
    }
}
