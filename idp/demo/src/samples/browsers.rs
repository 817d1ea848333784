//! What a sample application remembers of each browser: log-ins under way, and who is logged in.
//!
//! In memory and bounded; a restart forgets it. Cookies do not know ports, so each name carries
//! the application's own.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, header};
use latchkey_core::Rng;
use latchkey_core::secrets::{Digest, Plain};
use moka::sync::Cache;

use super::Application;

/// What is under way with whom (`P`), and who is logged in (`L`).
pub(super) struct Browsers<P, L> {
    rng: Arc<dyn Rng>,
    browser_cookie: String,
    session_cookie: String,
    pending: Cache<String, Arc<Pending<P>>>,
    sessions: Cache<[u8; 32], Arc<L>>,
}

/// Something that the provider was asked, and will answer.
struct Pending<P> {
    /// The browser that it belongs to.
    browser: Digest,
    what: Arc<P>,
}

impl<P: Send + Sync + 'static, L: Send + Sync + 'static> Browsers<P, L> {
    pub(super) fn new(application: &Application, rng: &Arc<dyn Rng>) -> Self {
        let own = format!("{}-{}", application.id, application.own_origin);
        let own: String = own.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        Self {
            rng: Arc::clone(rng),
            browser_cookie: format!("{own}-browser"),
            session_cookie: format!("{own}-session"),
            pending: remembered(Duration::from_secs(10 * 60)),
            sessions: remembered(Duration::from_secs(12 * 60 * 60)),
        }
    }

    /// This browser, known by a cookie from here on.
    pub(super) fn browser(&self, headers: &HeaderMap) -> (Digest, String) {
        let known = cookie(headers, &self.browser_cookie).map(|text| Plain::new(text.to_owned()));
        let secret = known.unwrap_or_else(|| Plain::generate(self.rng.as_ref()));
        let cookie = set(&self.browser_cookie, secret.expose());
        (secret.digest(), cookie)
    }

    /// Remembers what was asked, under what the provider will send back.
    pub(super) fn begin(&self, key: String, browser: Digest, what: P) {
        self.pending.insert(key, Arc::new(Pending { browser, what: Arc::new(what) }));
    }

    /// What was asked, in whichever browser. It stays.
    pub(super) fn asked(&self, key: &str) -> Option<Arc<P>> {
        self.pending.get(key).map(|pending| Arc::clone(&pending.what))
    }

    /// What was asked, once, and only for the browser that it belongs to.
    pub(super) fn take(&self, headers: &HeaderMap, key: &str) -> Option<Arc<P>> {
        let browser = Digest::of(cookie(headers, &self.browser_cookie)?.as_bytes());
        if self.pending.get(key)?.browser != browser {
            return None;
        }
        self.pending.remove(key).map(|pending| Arc::clone(&pending.what))
    }

    /// Logs somebody in: the cookie that says so is always a new one.
    pub(super) fn open(&self, login: L) -> String {
        let secret = Plain::generate(self.rng.as_ref());
        self.sessions.insert(*secret.digest().as_bytes(), Arc::new(login));
        set(&self.session_cookie, secret.expose())
    }

    /// Who is logged in.
    pub(super) fn session(&self, headers: &HeaderMap) -> Option<Arc<L>> {
        self.sessions.get(&self.key(headers)?)
    }

    /// Keeps what was learned anew, unless the session ended meanwhile.
    pub(super) fn replace(&self, headers: &HeaderMap, login: L) {
        if let Some(key) = self.key(headers)
            && self.sessions.contains_key(&key)
        {
            self.sessions.insert(key, Arc::new(login));
        }
    }

    /// Logs this browser out.
    pub(super) fn close(&self, headers: &HeaderMap) -> Option<Arc<L>> {
        self.sessions.remove(&self.key(headers)?)
    }

    /// Logs out whoever is meant, in whichever browser.
    pub(super) fn close_where(&self, is_meant: impl Fn(&L) -> bool) {
        for (key, login) in &self.sessions {
            if is_meant(&login) {
                self.sessions.invalidate(&*key);
            }
        }
    }

    fn key(&self, headers: &HeaderMap) -> Option<[u8; 32]> {
        let secret = cookie(headers, &self.session_cookie)?;
        Some(*Digest::of(secret.as_bytes()).as_bytes())
    }
}

pub(super) fn remembered<K, V>(time: Duration) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder().max_capacity(10_000).time_to_live(time).build()
}

/// `Lax`: the provider's redirect is a navigation from another site, which has to carry them.
fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax")
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}
