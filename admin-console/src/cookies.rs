//! What the console keeps in a browser, sealed: who is logged in, and log-ins under way.
//! Nothing of it is kept anywhere else.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use latchkey_core::secrets::{Plain, Sealed, SealingKey};
use latchkey_core::{Clock, Rng, Timestamp};
use latchkey_web::cookies::{Cookies, Lifetime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::Settings;

/// Who is logged in.
const SESSION: &str = "latchkey-console";
/// The beginning of the names of log-ins under way: each has one of its own, so that pages that are
/// open beside each other do not end each other's.
const LOG_IN: &str = "latchkey-console-login-";
/// Browsers drop a cookie of more than 4096 bytes with its name and attributes (RFC 6265bis §5.5).
const LONGEST_VALUE: usize = 3_900;
/// How long a log-in may take, and how long a form waits.
const WAITS: Duration = Duration::from_secs(15 * 60);
/// Log-ins under way at the same time: all their cookies must fit into the head of a request.
const LOG_INS: usize = 4;

/// A log-in at the provider. The session is the grant there; this only refers to it.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Session {
    /// Who, as the provider names them.
    pub(crate) sub: String,
    /// What opens the admin API.
    pub(crate) access_token: String,
    /// What the provider told, to be shown when logging out.
    pub(crate) id_token: String,
    /// What every form of this log-in carries.
    pub(crate) form_token: String,
    /// When it began.
    pub(crate) opened_at: Timestamp,
    /// When the access token stops counting.
    pub(crate) expires_at: Timestamp,
}

/// A log-in under way.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct LogIn {
    /// What comes back with the answer.
    pub(crate) state: String,
    /// What the ID token has to carry.
    pub(crate) nonce: String,
    /// What proves that the code is ours (RFC 7636 §4.1).
    pub(crate) verifier: String,
    /// Where to go on.
    pub(crate) to: String,
}

/// Something sealed, with the time at which it stops counting.
#[derive(Serialize, Deserialize)]
struct Dated<T> {
    until: Timestamp,
    value: T,
}

/// More than a cookie holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Seals what is kept in a browser, and opens it again.
pub(crate) struct Sealer {
    key: SealingKey,
    cookies: Cookies,
    rng: Arc<dyn Rng>,
    clock: Arc<dyn Clock>,
}

impl Sealer {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            key: SealingKey::new(&settings.cookie_key),
            cookies: Cookies { secure: settings.url.starts_with("https:") },
            rng: Arc::clone(&settings.rng),
            clock: Arc::clone(&settings.clock),
        }
    }

    /// The cookies of this origin.
    pub(crate) fn cookies(&self) -> Cookies {
        self.cookies
    }

    /// A random text that nobody guesses.
    pub(crate) fn secret(&self) -> String {
        Plain::generate(&*self.rng).expose().to_owned()
    }

    fn put<T: Serialize>(
        &self,
        name: &str,
        value: T,
        until: Timestamp,
        lifetime: Lifetime,
    ) -> Result<HeaderValue, TooLong> {
        let text = serde_json::to_vec(&Dated { until, value }).map_err(|_| TooLong)?;
        let sealed = URL_SAFE_NO_PAD.encode(self.key.seal(&*self.rng, name, &text).as_bytes());
        if sealed.len() > LONGEST_VALUE {
            return Err(TooLong);
        }
        self.cookies.set(name, &sealed, lifetime).ok_or(TooLong)
    }

    /// What a cookie holds, until its time is over.
    fn current<T: DeserializeOwned>(&self, headers: &HeaderMap, name: &str) -> Option<T> {
        let text = self.cookies.read(headers, name)?;
        let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
        let dated: Dated<T> = serde_json::from_slice(&self.key.open(name, &sealed).ok()?).ok()?;
        (self.clock.now() < dated.until).then_some(dated.value)
    }

    /// Who is logged in.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.current(headers, SESSION)
    }

    /// Logs somebody in, until the browser closes or the access token is over.
    pub(crate) fn open(&self, session: &Session) -> Result<HeaderValue, TooLong> {
        self.put(SESSION, session, session.expires_at, Lifetime::Session)
    }

    /// Forgets who is logged in.
    pub(crate) fn close(&self) -> Option<HeaderValue> {
        self.cookies.clear(SESSION)
    }

    /// Keeps a log-in under way. Of too many the browser forgets the others.
    pub(crate) fn begin(
        &self,
        headers: &HeaderMap,
        log_in: &LogIn,
    ) -> Result<Vec<HeaderValue>, TooLong> {
        let until = self.clock.now().plus(WAITS);
        let mut lines = Vec::new();
        let others = self.log_ins(headers);
        if others.len() >= LOG_INS {
            lines.extend(others.iter().filter_map(|name| self.cookies.clear(name)));
        }
        let name = log_in_name(&log_in.state);
        lines.push(self.put(&name, log_in, until, Lifetime::MaxAge(WAITS))?);
        Ok(lines)
    }

    fn log_ins(&self, headers: &HeaderMap) -> Vec<String> {
        let start = self.cookies.name(LOG_IN);
        let lines = headers.get_all(http::header::COOKIE).iter();
        let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        let names = pairs.filter_map(|pair| Some(pair.split_once('=')?.0.trim()));
        let rest = names.filter_map(|name| name.strip_prefix(&start));
        rest.filter(|rest| rest.len() == STATE_CHARS && rest.bytes().all(is_base64url))
            .map(|rest| format!("{LOG_IN}{rest}"))
            .collect()
    }

    /// The log-in under way that an answer belongs to, and the line that forgets it.
    pub(crate) fn finish(&self, headers: &HeaderMap, state: &str) -> Option<(LogIn, HeaderValue)> {
        let name = log_in_name(state);
        let log_in = self.current::<LogIn>(headers, &name)?;
        let same =
            Plain::new(log_in.state.clone()).digest() == Plain::new(state.to_owned()).digest();
        Some((log_in, self.cookies.clear(&name)?)).filter(|_| same)
    }
}

/// How much of a state names its cookie.
const STATE_CHARS: usize = 8;

fn log_in_name(state: &str) -> String {
    let start: String = state
        .bytes()
        .filter(|byte| is_base64url(*byte))
        .map(char::from)
        .take(STATE_CHARS)
        .collect();
    format!("{LOG_IN}{start}")
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use latchkey_core::clock::MovableClock;
    use latchkey_core::rng::SeededRng;

    use super::*;

    fn sealer() -> (Sealer, Arc<MovableClock>) {
        let clock = Arc::new(MovableClock::default());
        let sealer = Sealer {
            key: SealingKey::new(&[7; 32]),
            cookies: Cookies { secure: true },
            rng: Arc::new(SeededRng::new(1)),
            clock: clock.clone(),
        };
        (sealer, clock)
    }

    /// The request headers of a browser that was given these lines.
    fn sent(lines: &[HeaderValue]) -> HeaderMap {
        let pairs = lines.iter().filter_map(|line| line.to_str().ok()?.split(';').next());
        let line = pairs.collect::<Vec<_>>().join("; ");
        HeaderMap::from_iter([(http::header::COOKIE, HeaderValue::try_from(line).expect("a line"))])
    }

    fn session(sealer: &Sealer) -> Session {
        let now = sealer.clock.now();
        Session {
            sub: "amy".into(),
            access_token: "opens".into(),
            id_token: "told".into(),
            form_token: "form".into(),
            opened_at: now,
            expires_at: now.plus(Duration::from_secs(3600)),
        }
    }

    fn log_in(sealer: &Sealer) -> LogIn {
        LogIn {
            state: sealer.secret(),
            nonce: sealer.secret(),
            verifier: sealer.secret(),
            to: "/admin".into(),
        }
    }

    #[test]
    fn a_session_is_read_back_until_it_is_over() {
        let (sealer, clock) = sealer();
        let line = sealer.open(&session(&sealer)).expect("a cookie");
        let text = line.to_str().expect("text");
        assert!(text.starts_with("__Host-latchkey-console="), "{text}");
        assert!(text.ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{text}");
        assert!(!text.contains("opens"), "{text}");
        let headers = sent(&[line]);
        assert_eq!(sealer.session(&headers).expect("open").access_token, "opens");
        clock.advance(Duration::from_secs(3601));
        assert!(sealer.session(&headers).is_none());
    }

    #[test]
    fn a_cookie_opens_in_no_other_ones_place_and_not_when_it_was_touched() {
        let (sealer, _) = sealer();
        let line = sealer.open(&session(&sealer)).expect("a cookie");
        let value = line.to_str().expect("text").split(['=', ';']).nth(1).expect("a value");
        let with = |name: &str, value: &str| {
            let line = HeaderValue::try_from(format!("__Host-{name}={value}")).expect("a line");
            HeaderMap::from_iter([(http::header::COOKIE, line)])
        };
        assert!(sealer.session(&with(SESSION, value)).is_some());
        assert!(sealer.finish(&with(&log_in_name("abcdefgh"), value), "abcdefgh").is_none());
        let other = if value.starts_with('A') { "B" } else { "A" };
        let touched = format!("{other}{}", &value[1..]);
        assert!(sealer.session(&with(SESSION, &touched)).is_none());
        let elsewhere = Sealer { key: SealingKey::new(&[8; 32]), ..sealer };
        assert!(elsewhere.session(&with(SESSION, value)).is_none());
    }

    #[test]
    fn an_answer_belongs_to_the_browser_that_asked_and_to_its_whole_state() {
        let (sealer, clock) = sealer();
        let (one, two) = (log_in(&sealer), log_in(&sealer));
        let mut lines = sealer.begin(&HeaderMap::new(), &one).expect("kept");
        lines.extend(sealer.begin(&HeaderMap::new(), &two).expect("kept"));
        let headers = sent(&lines);
        let (found, cleared) = sealer.finish(&headers, &two.state).expect("under way");
        assert_eq!(found.nonce, two.nonce);
        assert!(cleared.to_str().expect("text").contains("Max-Age=0"));
        assert!(sealer.finish(&headers, &one.state).is_some());
        let forged = format!("{}x", &one.state[..one.state.len() - 1]);
        assert!(sealer.finish(&headers, &forged).is_none(), "the same beginning");
        assert!(sealer.finish(&HeaderMap::new(), &one.state).is_none(), "another browser");
        clock.advance(WAITS);
        assert!(sealer.finish(&headers, &one.state).is_none(), "too late");
    }

    #[test]
    fn too_many_log_ins_under_way_make_room_for_a_new_one() {
        let (sealer, _) = sealer();
        let mut lines = Vec::new();
        for _ in 0..LOG_INS {
            lines.extend(sealer.begin(&sent(&lines), &log_in(&sealer)).expect("kept"));
        }
        assert_eq!(lines.len(), LOG_INS);
        let more = sealer.begin(&sent(&lines), &log_in(&sealer)).expect("kept");
        assert_eq!(more.len(), LOG_INS + 1);
        let cleared = more.iter().filter(|it| it.to_str().is_ok_and(|it| it.contains("Max-Age=0")));
        assert_eq!(cleared.count(), LOG_INS);
    }
}
