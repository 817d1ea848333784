//! What the console keeps in a browser, sealed: who is logged in, log-ins under way, a form that
//! waits for one, and the calls that are being helped. Nothing of it is kept anywhere else.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use latchkey_api::help::CallerCheck;
use latchkey_core::secrets::{Plain, Sealed, SealingKey};
use latchkey_core::{Clock, Rng, Timestamp};
use latchkey_web::Text;
use latchkey_web::cookies::{Cookies, Lifetime};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Settings;
use crate::pages::policy::draft::Drafts;

/// Who is logged in.
const SESSION: &str = "latchkey-console";
/// The beginning of the names of log-ins under way: each has one of its own, so that pages that are
/// open beside each other do not end each other's.
const LOG_IN: &str = "latchkey-console-login-";
/// A form that waits to be shown again.
const KEPT: &str = "latchkey-console-form";
/// The calls that are being helped.
const CALLS: &str = "latchkey-console-calls";
/// Changes of policies that are not saved.
const DRAFTS: &str = "latchkey-console-drafts";
/// Browsers drop a cookie of more than 4096 bytes with its name and attributes (RFC 6265bis §5.5).
const LONGEST_VALUE: usize = 3_900;
/// How long a log-in may take, and how long a form waits.
const WAITS: Duration = Duration::from_secs(15 * 60);
/// How long a call is remembered, and with it how its caller was checked.
const CALL_LASTS: Duration = Duration::from_secs(2 * 3600);
/// How long changes wait to be saved.
const DRAFT_LASTS: Duration = Duration::from_secs(7 * 86_400);
/// How many lines of a call's receipt are remembered.
const RECEIPT_LINES: usize = 8;
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

/// A form as somebody filled it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// Whose it is.
    pub(crate) sub: String,
    /// The address that shows it.
    pub(crate) to: String,
    /// Names and values.
    pub(crate) form: Vec<(String, String)>,
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
    /// The form that waits for it.
    pub(crate) form: Option<Kept>,
}

/// What was done in a call, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) text: Text,
    pub(crate) at: Timestamp,
}

impl Line {
    pub(crate) fn new(text: Text, at: Timestamp) -> Self {
        Self { text, at }
    }
}

/// A call that is being helped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Helped {
    /// Whom the caller says to be.
    pub(crate) person: Uuid,
    pub(crate) since: Timestamp,
    /// The number of the case at the helpdesk.
    pub(crate) case: Option<String>,
    /// The number that connects the caller's browser.
    pub(crate) number: Option<String>,
    /// How the caller was checked, and when.
    pub(crate) checks: Vec<(CallerCheck, Timestamp)>,
    /// What was done, the latest first.
    pub(crate) receipt: Vec<Line>,
}

impl Helped {
    /// Adds to what was done.
    pub(crate) fn note(&mut self, mut lines: Vec<Line>) {
        lines.append(&mut self.receipt);
        lines.truncate(RECEIPT_LINES);
        self.receipt = lines;
    }
}

/// The calls of one administrator, the latest last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Calls {
    sub: String,
    list: Vec<Helped>,
}

impl Calls {
    /// The call with somebody.
    pub(crate) fn find(&self, person: Uuid) -> Option<&Helped> {
        self.list.iter().find(|call| call.person == person)
    }

    /// The call with somebody, which becomes the latest. It begins now, if there is none.
    pub(crate) fn begin(&mut self, person: Uuid, now: Timestamp) -> &mut Helped {
        let known = self.list.iter().position(|call| call.person == person);
        let call = known.map(|at| self.list.remove(at)).unwrap_or_else(|| Helped {
            person,
            since: now,
            case: None,
            number: None,
            checks: Vec::new(),
            receipt: Vec::new(),
        });
        let at = self.list.len();
        self.list.push(call);
        &mut self.list[at]
    }

    /// Forgets the call with somebody.
    pub(crate) fn end(&mut self, person: Uuid) {
        self.list.retain(|call| call.person != person);
    }
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

    /// What a cookie holds, whether or not its time is over.
    fn take<T: DeserializeOwned>(&self, headers: &HeaderMap, name: &str) -> Option<Dated<T>> {
        let text = self.cookies.read(headers, name)?;
        let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
        serde_json::from_slice(&self.key.open(name, &sealed).ok()?).ok()
    }

    fn current<T: DeserializeOwned>(&self, headers: &HeaderMap, name: &str) -> Option<T> {
        let dated = self.take::<T>(headers, name)?;
        (self.clock.now() < dated.until).then_some(dated.value)
    }

    /// Who is logged in.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.current(headers, SESSION)
    }

    /// Who was logged in last, as the provider names them.
    pub(crate) fn last_sub(&self, headers: &HeaderMap) -> Option<String> {
        self.take::<Session>(headers, SESSION).map(|dated| dated.value.sub)
    }

    /// Logs somebody in, until the browser closes or the access token is over.
    pub(crate) fn open(&self, session: &Session) -> Result<HeaderValue, TooLong> {
        self.put(SESSION, session, session.expires_at, Lifetime::Session)
    }

    /// Forgets who is logged in and everything else of them.
    pub(crate) fn close(&self) -> Vec<HeaderValue> {
        [SESSION, KEPT, CALLS, DRAFTS]
            .into_iter()
            .filter_map(|name| self.cookies.clear(name))
            .collect()
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

    /// Keeps a form to be shown again.
    pub(crate) fn keep(&self, kept: &Kept) -> Result<HeaderValue, TooLong> {
        self.put(KEPT, kept, self.clock.now().plus(WAITS), Lifetime::MaxAge(WAITS))
    }

    /// The form that waits at an address, and the line that forgets it.
    pub(crate) fn kept(&self, headers: &HeaderMap, at: &str) -> Option<(Kept, HeaderValue)> {
        let kept = self.current::<Kept>(headers, KEPT).filter(|kept| kept.to == at)?;
        Some((kept, self.cookies.clear(KEPT)?))
    }

    /// The calls that somebody helps. Those of whoever was at this browser before are not theirs,
    /// and a check does not count for ever.
    pub(crate) fn calls(&self, headers: &HeaderMap, sub: &str) -> Calls {
        let none = || Calls { sub: sub.to_owned(), list: Vec::new() };
        let known = self.current::<Calls>(headers, CALLS).filter(|calls| calls.sub == sub);
        let mut calls = known.unwrap_or_else(none);
        let now = self.clock.now();
        calls.list.retain(|call| now.since(call.since) < CALL_LASTS);
        calls
    }

    /// The changes that somebody has not saved. Those of whoever was at this browser before are not
    /// theirs.
    pub(crate) fn drafts(&self, headers: &HeaderMap, sub: &str) -> Drafts {
        let known = self.current::<Drafts>(headers, DRAFTS).filter(|drafts| drafts.is_of(sub));
        known.unwrap_or_else(|| Drafts::new(sub))
    }

    /// Keeps changes until they are saved: all of them, or none.
    pub(crate) fn keep_drafts(&self, drafts: &Drafts) -> Result<HeaderValue, TooLong> {
        let until = self.clock.now().plus(DRAFT_LASTS);
        self.put(DRAFTS, drafts, until, Lifetime::MaxAge(DRAFT_LASTS))
    }

    /// Keeps calls: the latest, as many as a cookie holds.
    pub(crate) fn keep_calls(&self, mut calls: Calls) -> Option<HeaderValue> {
        let until = self.clock.now().plus(CALL_LASTS);
        loop {
            if calls.list.is_empty() {
                return self.cookies.clear(CALLS);
            }
            match self.put(CALLS, &calls, until, Lifetime::Session) {
                Ok(line) => return Some(line),
                Err(TooLong) => drop(calls.list.remove(0)),
            }
        }
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
            form: None,
        }
    }

    #[test]
    fn a_session_is_read_back_until_it_is_over_and_then_only_tells_whose_it_was() {
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
        assert_eq!(sealer.last_sub(&headers).as_deref(), Some("amy"));
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
        assert!(sealer.kept(&with(KEPT, value), "/admin").is_none());
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

    #[test]
    fn a_form_waits_at_its_address_for_a_while_and_one_that_is_too_long_is_not_taken() {
        let (sealer, clock) = sealer();
        let form = vec![("note".to_owned(), "x".repeat(2_500))];
        let kept = Kept { sub: "amy".into(), to: "/admin/people/1".into(), form };
        let headers = sent(&[sealer.keep(&kept).expect("kept")]);
        assert_eq!(sealer.kept(&headers, "/admin/people/1").expect("it waits").0, kept);
        assert!(sealer.kept(&headers, "/admin/people/2").is_none());
        clock.advance(WAITS);
        assert!(sealer.kept(&headers, "/admin/people/1").is_none());
        let form = vec![("note".to_owned(), "x".repeat(3_000))];
        assert_eq!(sealer.keep(&Kept { form, ..kept }), Err(TooLong));
    }

    #[test]
    fn calls_are_kept_for_whoever_helps_until_they_are_old_and_the_latest_fit() {
        let (sealer, clock) = sealer();
        let mut calls = sealer.calls(&HeaderMap::new(), "sam");
        let people: Vec<Uuid> = (1..40).map(Uuid::from_u128).collect();
        for person in &people {
            let call = calls.begin(*person, clock.now());
            call.checks.push((CallerCheck::InPerson, clock.now()));
            let line = Line::new(
                Text::new("console-was-told").with("address", "x".repeat(40)),
                clock.now(),
            );
            call.note(vec![line; 20]);
            assert_eq!(call.receipt.len(), RECEIPT_LINES);
        }
        let headers = sent(&[sealer.keep_calls(calls).expect("kept")]);
        let kept = sealer.calls(&headers, "sam");
        let latest = people.last().expect("somebody");
        assert!(kept.find(*latest).is_some_and(|call| call.checks.len() == 1));
        assert!(kept.find(people[0]).is_none(), "there was no room");
        assert!(sealer.calls(&headers, "amy").find(*latest).is_none(), "somebody else's");
        clock.advance(CALL_LASTS);
        assert!(sealer.calls(&headers, "sam").find(*latest).is_none(), "too old");
        let mut kept = kept;
        let all: Vec<Uuid> = kept.list.iter().map(|call| call.person).collect();
        all.into_iter().for_each(|person| kept.end(person));
        let line = sealer.keep_calls(kept).expect("a line");
        assert!(line.to_str().expect("text").contains("Max-Age=0"));
    }
}
