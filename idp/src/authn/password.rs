//! Passwords: Argon2id (RFC 9106) on a small pool of threads of its own.
//!
//! Hashing costs memory and time on purpose. The pool is bounded and off the threads that serve
//! requests, so that a storm of log-ins waits in its own queue and delays nobody else. Unknown
//! people cost the same as known ones. A hash from elsewhere costs what it asks for, until the first
//! right log-in takes its place with one of ours.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use anyhow::{Context as _, anyhow};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use latchkey_core::Rng;
use latchkey_core::passwords;
use latchkey_core::secrets::Plain;
use tokio::sync::oneshot;
use tracing::Instrument as _;

use super::stored_hash::StoredHash;
use crate::config::Passwords;

/// The factor that a password is.
pub struct Factor;

/// The longest password that is looked at. Nobody types more; a hash of megabytes is an attack.
pub const MAX_BYTES: usize = passwords::LONGEST_BYTES;

/// Why a password was not judged.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// The queue is full.
    #[error("too many passwords are waiting to be checked")]
    Busy,
    /// Something that should not happen.
    #[error("password: {0:#}")]
    Internal(anyhow::Error),
}

/// Where passwords are hashed.
pub struct Hasher {
    jobs: mpsc::SyncSender<Job>,
    waiting: Arc<AtomicUsize>,
    params: Params,
    rng: Arc<dyn Rng>,
    /// A hash of nobody's password, at the same cost as everybody's.
    nobody: String,
}

enum Work {
    Hash { salt: [u8; 16] },
    Verify { hash: String },
}

enum Answer {
    Hash(String),
    Verified(bool),
}

struct Job {
    password: Plain,
    work: Work,
    reply: oneshot::Sender<anyhow::Result<Answer>>,
}

impl Hasher {
    /// Starts the pool.
    ///
    /// # Errors
    /// When the costs are none that Argon2 knows, or no thread can be had.
    pub fn start(config: &Passwords, rng: Arc<dyn Rng>) -> anyhow::Result<Self> {
        let params = Params::new(config.memory_kib, config.iterations, config.lanes, Some(32))
            .map_err(|error| anyhow!("the password costs: {error}"))?;
        let (jobs, waiting) = mpsc::sync_channel(config.queue.max(1));
        let waiting = Arc::new(Mutex::new(waiting));
        let queued = Arc::new(AtomicUsize::new(0));
        for number in 0..config.parallel.max(1) {
            let (waiting, params) = (Arc::clone(&waiting), params.clone());
            let queued = Arc::clone(&queued);
            std::thread::Builder::new()
                .name(format!("latchkey-password-{number}"))
                .spawn(move || serve(&waiting, &queued, &params))
                .context("a thread for passwords")?;
        }
        let salt = STANDARD_NO_PAD.encode(rng.bytes::<16>());
        let output = STANDARD_NO_PAD.encode(rng.bytes::<32>());
        let nobody = phc(&params, &salt, &output);
        Ok(Self { jobs, waiting: queued, params, rng, nobody })
    }

    /// Hashes a password, as a PHC string.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn hash(&self, password: Plain) -> anyhow::Result<String> {
        let password = Plain::new(passwords::normal(password.expose()));
        match self.ask(password, Work::Hash { salt: self.rng.bytes() }).await? {
            Answer::Hash(hash) => Ok(hash),
            Answer::Verified(_) => Err(anyhow!("the pool answered another question")),
        }
    }

    /// Whether a password is the one that was hashed. Without a hash it takes the same time and is
    /// never right.
    ///
    /// # Errors
    /// When too many wait, or the stored hash is none.
    pub async fn verify(&self, password: Plain, hash: Option<&str>) -> Result<bool, HashError> {
        let known = hash.is_some() && password.expose().len() <= MAX_BYTES;
        let hash = if known { hash } else { None }.unwrap_or(&self.nobody).to_owned();
        let typed = if known { passwords::normal(password.expose()) } else { "nobody".into() };
        let password = Plain::new(typed);
        match self.ask(password, Work::Verify { hash }).await? {
            Answer::Verified(right) => Ok(right && known),
            Answer::Hash(_) => Err(HashError::Internal(anyhow!("another question was answered"))),
        }
    }

    /// How many passwords wait to be hashed.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Whether a stored hash is of another kind, or was made at other costs, than those of today.
    #[must_use]
    pub fn is_outdated(&self, hash: &str) -> bool {
        StoredHash::parse(hash).is_ok_and(|stored| !stored.is_like(&self.params))
    }

    async fn ask(&self, password: Plain, work: Work) -> Result<Answer, HashError> {
        let (reply, answer) = oneshot::channel();
        // Counted first: a thread may take it at once.
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.jobs.try_send(Job { password, work, reply }).map_err(|_| {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            HashError::Busy
        })?;
        let stopped = |_| HashError::Internal(anyhow!("the password threads have stopped"));
        let span = tracing::debug_span!(target: "latchkey_trace", "password hash");
        answer.instrument(span).await.map_err(stopped)?.map_err(HashError::Internal)
    }
}

fn serve(waiting: &Mutex<mpsc::Receiver<Job>>, queued: &AtomicUsize, params: &Params) {
    // One thread's memory, from its first password on, and kept: asking the system for it anew
    // costs a tenth of the hash.
    let mut memory = Vec::new();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        queued.fetch_sub(1, Ordering::Relaxed);
        let answer = match &job.work {
            Work::Hash { salt } => hash(&job.password, salt, params, &mut memory),
            Work::Verify { hash } => verify(&job.password, hash, &mut memory),
        };
        // What a hash from elsewhere needed on top is given back.
        if memory.len() > params.block_count() {
            memory.truncate(params.block_count());
            memory.shrink_to_fit();
        }
        // Whoever asked may have gone.
        drop(job.reply.send(answer));
    }
}

fn hash(
    password: &Plain,
    salt: &[u8],
    params: &Params,
    memory: &mut Vec<Block>,
) -> anyhow::Result<Answer> {
    let output = compute(password, salt, params, 32, memory)?;
    let text = phc(params, &STANDARD_NO_PAD.encode(salt), &STANDARD_NO_PAD.encode(output));
    Ok(Answer::Hash(text))
}

fn verify(password: &Plain, hash: &str, memory: &mut Vec<Block>) -> anyhow::Result<Answer> {
    let stored = StoredHash::parse(hash).map_err(|why| anyhow!("a stored password hash {why}"))?;
    Ok(Answer::Verified(stored.matches(password.expose().as_bytes(), memory)?))
}

fn compute(
    password: &Plain,
    salt: &[u8],
    params: &Params,
    length: usize,
    memory: &mut Vec<Block>,
) -> anyhow::Result<Vec<u8>> {
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut output = vec![0; length];
    argon2
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, &mut output, memory)
        .map_err(|error| anyhow!("argon2: {error}"))?;
    Ok(output)
}

fn phc(params: &Params, salt: &str, output: &str) -> String {
    let (m, t, p) = (params.m_cost(), params.t_cost(), params.p_cost());
    format!("$argon2id$v=19$m={m},t={t},p={p}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    fn hasher() -> Hasher {
        let cheap = Passwords { memory_kib: 64, parallel: 1, ..Passwords::default() };
        Hasher::start(&cheap, Arc::new(SeededRng::new(1))).expect("a pool")
    }

    fn plain(text: &str) -> Plain {
        Plain::new(text.to_owned())
    }

    #[tokio::test]
    async fn a_password_is_right_and_any_other_is_wrong() {
        let hasher = hasher();
        let hash = hasher.hash(plain("correct horse battery")).await.expect("a hash");
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"));
        for (typed, right) in
            [("correct horse battery", true), ("correct horse", false), ("", false)]
        {
            assert_eq!(hasher.verify(plain(typed), Some(&hash)).await.ok(), Some(right));
        }
        assert!(!hasher.is_outdated(&hash));
    }

    #[tokio::test]
    async fn nobodys_password_is_never_right() {
        let hasher = hasher();
        for typed in ["nobody", "", "x"] {
            assert_eq!(hasher.verify(plain(typed), None).await.ok(), Some(false));
        }
        let long = "x".repeat(MAX_BYTES + 1);
        let hash = hasher.hash(plain(&long)).await.expect("a hash");
        assert_eq!(hasher.verify(plain(&long), Some(&hash)).await.ok(), Some(false));
    }

    #[tokio::test]
    async fn a_hash_from_elsewhere_is_compared_and_outdated() {
        let hasher = hasher();
        // Made by libxcrypt.
        let bcrypt = "$2y$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
        for (typed, right) in [("correct horse battery", true), ("correct horse", false)] {
            assert_eq!(hasher.verify(plain(typed), Some(bcrypt)).await.ok(), Some(right));
        }
        assert!(hasher.is_outdated(bcrypt));
        let garbled = hasher.verify(plain("x"), Some("$2y$04$abc")).await.expect_err("no hash");
        assert!(!garbled.to_string().contains("$2y$"), "{garbled}");
    }
}
