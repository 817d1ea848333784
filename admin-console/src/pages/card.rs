//! The card of a person: what they log in with and when it last worked, what is asked of them, the
//! one thing to do next, where they are logged in, and what happened.

use latchkey_api::audit::Event;
use latchkey_api::credentials::{App, Cause, Credentials, Demanded, Key, NextStep};
use latchkey_api::organisations::PartQuery;
use latchkey_api::people::{Person, PersonState, Session, Untouchable};
use latchkey_core::Timestamp;
use latchkey_web::Text;
use serde::Serialize;
use uuid::Uuid;

use super::act::{Action, Subject};
use super::call::{Offer, address};
use super::event::Happened;
use super::shell::role;
use super::watch::Watch;
use super::{at, samples};
use crate::client::Failure;
use crate::visitor::{Admin, Stop};

/// How much of what happened is shown beside everything else.
const LATEST: u16 = 10;
/// A refusal is worth telling for so long.
const LATELY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// The card.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) url: String,
    pub(crate) name: String,
    username: String,
    email: Option<String>,
    staff_number: Option<String>,
    organisation: String,
    state: &'static str,
    roles: Vec<Held>,
    /// Why nothing may be changed, if so.
    pub(crate) untouchable: Option<Text>,
    /// Why they could not log in.
    why: Option<Why>,
    /// What becomes of a pass.
    watch: Option<Watch>,
    can_log_in: bool,
    keys: Vec<KeyRow>,
    app: Option<AppRow>,
    password: bool,
    recovery_codes: Option<u32>,
    pass: Option<PassRow>,
    invited_until: Option<Timestamp>,
    demanded: Vec<Text>,
    next: Text,
    sessions: Vec<SessionRow>,
    history: Vec<Happened>,
    history_url: String,
    #[serde(skip)]
    next_step: NextStep,
    #[serde(skip)]
    is_disabled: bool,
}

/// A role that they hold.
#[derive(Clone, Debug, Serialize)]
struct Held {
    role: Text,
    organisation: String,
}

/// A refusal in plain words.
#[derive(Clone, Debug, Serialize)]
struct Why {
    text: Text,
    at: Timestamp,
}

/// A key.
#[derive(Clone, Debug, Serialize)]
struct KeyRow {
    id: Uuid,
    nickname: String,
    model: String,
    asset_tag: Option<String>,
    synced: bool,
    added_at: Timestamp,
    last_used_at: Option<Timestamp>,
    failure: Option<Why>,
    state: Text,
    works: bool,
    suspended_at: Option<Timestamp>,
    actions: Vec<Offer>,
}

/// An authenticator app.
#[derive(Clone, Debug, Serialize)]
struct AppRow {
    added_at: Timestamp,
    last_used_at: Option<Timestamp>,
    state: Text,
    works: bool,
    actions: Vec<Offer>,
}

/// A pass that counts.
#[derive(Clone, Debug, Serialize)]
struct PassRow {
    issued_at: Timestamp,
    expires_at: Timestamp,
    tries_left: u32,
}

/// A session.
#[derive(Clone, Debug, Serialize)]
struct SessionRow {
    started_at: Timestamp,
    last_seen_at: Timestamp,
    applications: Vec<String>,
}

/// The key of why something is suspended.
fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::ReportedLost => "console-suspended-lost",
        Cause::Copied => "console-suspended-copied",
        Cause::NotMe => "console-suspended-not-me",
        Cause::Administrator => "console-suspended-administrator",
        Cause::Closed => "console-suspended-closed",
    }
}

/// The key of why a key was refused.
fn refusal(word: &str) -> &'static str {
    match word {
        "policy" => "console-refused-policy",
        "marked" => "console-refused-marked",
        "counter" => "console-refused-counter",
        "backup-eligibility" => "console-refused-backup",
        _ => "console-refused-other",
    }
}

impl KeyRow {
    fn new(key: &Key, person: Uuid) -> Self {
        let suspended = key.suspended.as_ref();
        let state = match (suspended, key.refused_by_policy.as_deref()) {
            (Some(suspension), _) => cause(suspension.cause),
            (None, Some("marked")) => "console-key-marked",
            (None, Some(_)) => "console-key-refused",
            (None, None) => "console-key-works",
        };
        let of = |action| action_of(action, person, Some(key.id));
        let actions = match suspended.map(|suspension| suspension.cause) {
            // Its owner finds it again themselves.
            Some(Cause::ReportedLost | Cause::Closed) => vec![of(Action::RemoveKey)],
            Some(_) => vec![of(Action::RestoreKey), of(Action::RemoveKey)],
            None => vec![of(Action::SuspendKey), of(Action::RemoveKey)],
        };
        Self {
            id: key.id,
            nickname: key.nickname.clone(),
            model: key.model.clone(),
            asset_tag: key.asset_tag.clone(),
            synced: key.synced,
            added_at: at(key.added_at),
            last_used_at: key.last_used_at.map(at),
            failure: key.last_failure.as_ref().map(|attempt| Why {
                text: Text::new(refusal(attempt.refused.as_deref().unwrap_or_default())),
                at: at(attempt.at),
            }),
            state: Text::new(state),
            works: suspended.is_none() && key.refused_by_policy.is_none(),
            suspended_at: suspended.and_then(|suspension| suspension.at).map(at),
            actions,
        }
    }
}

impl AppRow {
    fn new(app: &App, person: Uuid) -> Self {
        let suspended = app.suspended.as_ref();
        let state = match (suspended, app.allowed) {
            (Some(suspension), _) => cause(suspension.cause),
            (None, false) => "console-key-refused",
            (None, true) => "console-key-works",
        };
        let of = |action| action_of(action, person, None);
        let actions = match suspended.map(|suspension| suspension.cause) {
            Some(Cause::ReportedLost | Cause::Closed) => vec![of(Action::RemoveApp)],
            Some(_) => vec![of(Action::RestoreApp), of(Action::RemoveApp)],
            None => vec![of(Action::SuspendApp), of(Action::RemoveApp)],
        };
        Self {
            added_at: at(app.added_at),
            last_used_at: app.last_used_at.map(at),
            state: Text::new(state),
            works: suspended.is_none() && app.allowed,
            actions,
        }
    }
}

fn action_of(action: Action, person: Uuid, key: Option<Uuid>) -> Offer {
    let url = Subject { person, action, key }.url();
    Offer {
        label: Text::new(format!("console-do-{}", action.slug())),
        url,
        next: false,
        safe: !action.needs_check(),
    }
}

/// The latest refusal, when nothing worked since.
fn why(events: &[Event], keys: &[Key], now: Timestamp) -> Option<Why> {
    let mut events = events.iter();
    let event = events.find(|event| {
        matches!(
            event.kind.as_str(),
            "logged_in" | "login_refused" | "key_refused" | "counter_alert"
        )
    })?;
    let happened = at(event.at);
    if event.kind == "logged_in" || now.since(happened) > LATELY {
        return None;
    }
    let factor = event.event.get("factor").and_then(|factor| factor.as_str());
    let key = match (event.kind.as_str(), factor) {
        ("login_refused", Some("password")) => "console-why-password",
        ("login_refused", Some("totp")) => "console-why-code",
        ("login_refused", Some("recovery-code")) => "console-why-recovery-code",
        ("login_refused", Some("pass")) => "console-why-pass",
        // A key is asked of those whose password was right, and only one of theirs would do.
        ("login_refused", Some("passkey")) => return Some(no_answer(keys, happened)),
        ("key_refused", _) => "console-why-key-refused",
        ("counter_alert", _) => "console-why-counter",
        _ => "console-why-key",
    };
    Some(Why { text: Text::new(key), at: happened })
}

/// A key that did not answer, by its name where it can only have been that one.
fn no_answer(keys: &[Key], at: Timestamp) -> Why {
    let mut work = keys.iter().filter(|key| key.suspended.is_none());
    let text = match (work.next(), work.next()) {
        (Some(only), None) => {
            Text::new("console-why-no-answer").with("nickname", only.nickname.clone())
        }
        _ => Text::new("console-why-no-answer-any"),
    };
    Why { text, at }
}

/// What policy asks, in words.
pub(crate) fn demands(demanded: &Demanded) -> Vec<Text> {
    let mut demands = vec![Text::new(match demanded.required.as_str() {
        "password" => "console-demand-password",
        "phishing-resistant" => "console-demand-phishing-resistant",
        "hardware" => "console-demand-hardware",
        _ => "console-demand-mfa",
    })];
    if demanded.keys_required {
        demands.push(Text::new("console-demand-keys").with("count", demanded.keys));
    }
    if !demanded.keys_open {
        demands.push(Text::new("console-demand-closed"));
    }
    demands
}

impl Card {
    /// Asks for everything at once.
    pub(crate) async fn load(admin: &Admin, id: Uuid, now: Timestamp) -> Result<Self, Stop> {
        let part = PartQuery { limit: Some(LATEST), ..PartQuery::default() };
        let (person, credentials, sessions, history) = tokio::try_join!(
            admin.api.person(id),
            admin.api.credentials(id),
            admin.api.sessions(id),
            async {
                match admin.api.history(id, &part).await {
                    // Whoever helps may not always read what happened: they see the rest.
                    Err(Failure::Refused(_)) => Ok(Vec::new()),
                    history => Ok(history?.items),
                }
            },
        )?;
        Ok(Self::new(&person, &credentials, &sessions, &history, now))
    }

    fn new(
        person: &Person,
        credentials: &Credentials,
        sessions: &[Session],
        history: &[Event],
        now: Timestamp,
    ) -> Self {
        let summary = &person.summary;
        let id = summary.id;
        Self {
            id,
            url: address(id),
            name: summary.name.clone(),
            username: summary.username.clone(),
            email: summary.email.clone(),
            staff_number: summary.staff_number.clone(),
            organisation: summary.organisation.name.clone(),
            state: match summary.state {
                PersonState::Invited => "invited",
                PersonState::Active => "active",
                PersonState::Disabled => "disabled",
            },
            roles: person
                .roles
                .iter()
                .map(|grant| Held {
                    role: Text::new(role(grant.role)),
                    organisation: grant.organisation.name.clone(),
                })
                .collect(),
            untouchable: person.untouchable.map(|why| {
                Text::new(match why {
                    Untouchable::Yourself => "console-yourself-body",
                    Untouchable::Peer => "console-peer-body",
                    Untouchable::HasRole => "console-has-role-body",
                })
            }),
            why: why(history, &credentials.keys, now),
            watch: Watch::of(id, credentials.pass.as_ref(), &credentials.keys, history, now)
                .map(|it| if person.untouchable.is_some() { it.untouchable() } else { it }),
            can_log_in: credentials.can_log_in,
            keys: credentials.keys.iter().map(|key| KeyRow::new(key, id)).collect(),
            app: credentials.app.as_ref().map(|app| AppRow::new(app, id)),
            password: credentials.password,
            recovery_codes: credentials.recovery_codes,
            pass: credentials.pass.as_ref().map(|pass| PassRow {
                issued_at: at(pass.issued_at),
                expires_at: at(pass.expires_at),
                tries_left: pass.tries_left,
            }),
            invited_until: credentials.invited_until.map(at),
            demanded: demands(&credentials.demanded),
            next: Text::new(match credentials.next_step {
                NextStep::Nothing => "console-next-nothing",
                NextStep::Invite => "console-next-invite",
                NextStep::UsePass => "console-next-use-pass",
                NextStep::IssuePass => "console-next-issue-pass",
                NextStep::RestoreOrPass => "console-next-restore-or-pass",
                NextStep::UseOther => "console-next-use-other",
                NextStep::Enable => "console-next-enable",
            }),
            sessions: sessions
                .iter()
                .map(|session| SessionRow {
                    started_at: at(session.started_at),
                    last_seen_at: at(session.last_seen_at),
                    applications: session.applications.clone(),
                })
                .collect(),
            history: history.iter().map(Happened::new).collect(),
            history_url: format!("{}/history", address(id)),
            next_step: credentials.next_step,
            is_disabled: summary.state == PersonState::Disabled,
        }
    }

    /// What can be done for them: everything when the caller was checked, else what needs no check;
    /// and whether they may log in, for whoever may change people.
    pub(crate) fn offers(&self, open: bool, may_change: bool) -> Vec<Offer> {
        if self.untouchable.is_some() {
            return Vec::new();
        }
        let mut offers = Vec::new();
        let mut offer = |action: Action, next| {
            if open || !action.needs_check() {
                offers.push(Offer { next, ..action_of(action, self.id, None) });
            }
        };
        if !self.is_disabled {
            let pass = matches!(self.next_step, NextStep::IssuePass | NextStep::RestoreOrPass);
            offer(Action::Pass, pass);
            offer(Action::SupervisedLink, false);
        }
        let has_any = !self.keys.is_empty() || self.app.is_some() || self.recovery_codes.is_some();
        if has_any {
            offer(Action::Reset, false);
        }
        if self.recovery_codes.is_some() {
            offer(Action::RemoveCodes, false);
        }
        if !self.sessions.is_empty() {
            offer(Action::EndSessions, false);
        }
        if may_change {
            match self.state {
                "disabled" => offer(Action::Enable, true),
                "invited" => offer(Action::Invite, self.next_step == NextStep::Invite),
                _ => {}
            }
            if !self.is_disabled {
                offer(Action::Disable, false);
            }
        }
        offers
    }

    /// Somebody with everything that there can be.
    pub(crate) fn sample() -> Self {
        let (person, credentials) = (samples::person(), samples::credentials());
        let (sessions, history) = ([samples::session()], super::event::samples());
        Self::new(&person, &credentials, &sessions, &history, Timestamp::from_millis(0))
    }

    /// Somebody with nothing.
    pub(crate) fn plain_sample() -> Self {
        let (mut person, credentials) = (samples::person(), samples::credentials());
        person.roles = vec![];
        person.untouchable = None;
        person.summary.state = PersonState::Invited;
        (person.summary.email, person.summary.staff_number) = (None, None);
        let mut credentials = Credentials {
            keys: vec![],
            app: None,
            password: false,
            recovery_codes: None,
            pass: None,
            invited_until: None,
            next_step: NextStep::Invite,
            ..credentials
        };
        credentials.demanded.keys_open = true;
        Self::new(&person, &credentials, &[], &[], Timestamp::from_millis(0))
    }
}
