//! Pages about a key or an authenticator app that is lost: reporting it, what follows, and undoing
//! that when it is found.

use latchkey_core::Timestamp;
use latchkey_core::credentials::Loss;
use latchkey_web::{Form, Help, Link, Page, Problem, Tone};
use serde::Serialize;

use super::Key;
use super::Kind;
use super::factor::sample_key;
use super::message::Message;

/// What somebody can still log in with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// So many keys.
    pub keys: usize,
    /// Their authenticator app, with their password.
    pub app: bool,
    /// Their password alone.
    pub password: bool,
}

impl Left {
    /// Whether that is nothing.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Whether something is among it that undoes a report. A password does not.
    #[must_use]
    pub fn undoes(&self) -> bool {
        self.keys > 0 || self.app
    }
}

/// "Report 'Blue key' lost".
#[derive(Clone, Debug, Serialize)]
pub struct ReportLost {
    /// Posts `loss`, and `end_sessions` = `yes` when ticked.
    pub form: Form,
    /// The key; `None` when it is the authenticator app.
    pub key: Option<Key>,
    /// What may have become of it.
    pub losses: Vec<Loss>,
    /// What is chosen of that.
    pub loss: Loss,
    /// "Log me out everywhere" is ticked.
    pub end_sessions: bool,
    /// What will be left.
    pub left: Left,
    /// A letter asks first.
    pub by_mail: bool,
    /// In how many places they are logged in, this one included.
    pub sessions: usize,
    /// Where "Go back" leads.
    pub back: Link,
    /// Why it was not taken.
    pub problem: Option<Problem>,
}

impl ReportLost {
    /// What may become of a key, or of a phone with an app on it.
    #[must_use]
    pub fn losses_of(key: bool) -> Vec<Loss> {
        Loss::ALL.into_iter().filter(|loss| key || *loss != Loss::PinKnown).collect()
    }

    /// An app that is the last way in.
    pub(super) fn last_sample() -> Self {
        Self {
            form: Form::new("/account/app/lost").with("step", "s1"),
            key: None,
            losses: Self::losses_of(false),
            loss: Loss::Stolen,
            end_sessions: true,
            left: Left::default(),
            by_mail: true,
            back: Link::new("go-back", "/account/self-service"),
            ..Self::sample()
        }
    }

    /// After another thing today.
    pub(super) fn refused_sample() -> Self {
        Self { problem: Some(one_a_day()), ..Self::sample() }
    }
}

impl Page for ReportLost {
    const TEMPLATE: &'static str = "lost/report.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/account/keys/1/lost").with("step", "s1"),
            key: Some(sample_key("Blue key", Kind::UsbNfc)),
            losses: Self::losses_of(true),
            loss: Loss::Misplaced,
            end_sessions: false,
            left: Left { keys: 2, app: true, password: false },
            by_mail: false,
            sessions: 3,
            back: Link::new("go-back", "/account/keys"),
            problem: None,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::KeyNotWorking]
    }
}

/// "Report something lost", on the way to log in.
#[derive(Clone, Debug, Serialize)]
pub struct ReportLostHere {
    /// Posts `lost`, `loss`, and `end_sessions` = `yes` when ticked.
    pub form: Form,
    /// What may be lost. Never empty.
    pub things: Vec<Thing>,
    /// Which of them is chosen.
    pub chosen: String,
    /// What may have become of it.
    pub losses: Vec<Loss>,
    /// What is chosen of that.
    pub loss: Loss,
    /// "Log me out everywhere else" is ticked.
    pub end_sessions: bool,
    /// In how many other places they are logged in.
    pub sessions: usize,
    /// There is one, and it is their last way to log in.
    pub last: bool,
    /// A letter asks first.
    pub by_mail: bool,
    /// Where "Go back" leads.
    pub back: Link,
    /// Why it was not taken.
    pub problem: Option<Problem>,
}

/// A key or the authenticator app, to choose from.
#[derive(Clone, Debug, Serialize)]
pub struct Thing {
    /// As the form names it.
    pub value: String,
    /// The key; `None` when it is the authenticator app.
    pub key: Option<Key>,
}

impl ReportLostHere {
    /// One thing, and nothing beside it.
    pub(super) fn last_sample() -> Self {
        let things: Vec<_> = Self::sample().things.into_iter().take(1).collect();
        Self { things, last: true, by_mail: true, ..Self::sample() }
    }

    /// After another thing today.
    pub(super) fn refused_sample() -> Self {
        Self { problem: Some(one_a_day()), ..Self::sample() }
    }
}

impl Page for ReportLostHere {
    const TEMPLATE: &'static str = "lost/report-here.html";

    fn sample() -> Self {
        let key = sample_key("Blue <key>", Kind::UsbNfc);
        Self {
            form: Form::new("/login/1/lost").with("step", "s1"),
            chosen: key.id.clone(),
            things: vec![
                Thing { value: key.id.clone(), key: Some(key) },
                Thing { value: "app".into(), key: None },
            ],
            losses: ReportLost::losses_of(true),
            loss: Loss::PinKnown,
            end_sessions: false,
            sessions: 2,
            last: false,
            by_mail: false,
            back: Link::new("go-back", "/login/1"),
            problem: None,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::KeyNotWorking]
    }
}

/// A password alone reported something today.
#[must_use]
pub fn one_a_day() -> Problem {
    Problem::new("problem-lost-one-a-day").advise("advice-lost-helpdesk")
}

/// "Look in your e-mail": the last way in was reported with a password alone. The same whether or
/// not a letter was sent.
#[derive(Clone, Debug, Serialize)]
pub struct AskedByMail {
    /// It is the authenticator app, and no key.
    pub app: bool,
    /// The way on.
    pub onward: Link,
}

impl Page for AskedByMail {
    const TEMPLATE: &'static str = "lost/sent.html";

    fn sample() -> Self {
        Self { app: false, onward: Link::new("go-on-logging-in", "/login/1") }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::KeyNotWorking]
    }
}

/// "Report 'Blue key' lost", by the link of a letter.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmLost {
    /// Suspends it.
    pub form: Form,
    /// What it is called; `None` when it is the authenticator app.
    pub nickname: Option<String>,
    /// Every session ends with it.
    pub end_sessions: bool,
    /// What will be left.
    pub left: Left,
}

impl ConfirmLost {
    /// An app, where a key was added meanwhile.
    pub(super) fn app_sample() -> Self {
        let left = Left { keys: 1, app: false, password: false };
        Self { nickname: None, end_sessions: false, left, ..Self::sample() }
    }
}

impl Page for ConfirmLost {
    const TEMPLATE: &'static str = "lost/confirm.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/link/1"),
            nickname: Some("Blue <key>".into()),
            end_sessions: true,
            left: Left::default(),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey]
    }
}

/// "'Blue key' is suspended": it was reported lost.
#[derive(Clone, Debug, Serialize)]
pub struct Reported {
    /// What it is called; `None` when it is the authenticator app.
    pub nickname: Option<String>,
    /// Since when, if known.
    pub at: Option<Timestamp>,
    /// What is left.
    pub left: Left,
    /// Every session ended, this one too.
    pub logged_out: bool,
    /// They may set up another by themselves.
    pub may_add: bool,
    /// Where it is undone, for whoever is still logged in and has what undoes it.
    pub found_url: Option<String>,
    /// The way on.
    pub onward: Link,
}

impl Reported {
    /// The last way in.
    pub(super) fn last_sample() -> Self {
        let left = Left::default();
        Self { nickname: None, left, may_add: false, found_url: None, ..Self::sample() }
    }

    /// With all sessions ended.
    pub(super) fn logged_out_sample() -> Self {
        let onward = Link::new("log-in", "/account");
        Self { logged_out: true, may_add: false, found_url: None, onward, ..Self::sample() }
    }
}

impl Page for Reported {
    const TEMPLATE: &'static str = "lost/reported.html";

    fn sample() -> Self {
        Self {
            nickname: Some("Blue <key>".into()),
            at: Some(Timestamp::from_millis(1_788_417_120_000)),
            left: Left { keys: 1, app: false, password: false },
            logged_out: false,
            may_add: true,
            found_url: Some("/account/keys/1/found".into()),
            onward: Link::new("manage-keys", "/account/keys"),
        }
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::WhatIsAKey]
    }
}

/// "Have you found 'Blue key'?"
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Undoes the report.
    pub form: Form,
    /// The key; `None` when it is the authenticator app.
    pub key: Option<Key>,
    /// Where "Go back" leads.
    pub back: Link,
}

impl Found {
    /// An authenticator app.
    pub(super) fn app_sample() -> Self {
        Self { key: None, ..Self::sample() }
    }
}

impl Page for Found {
    const TEMPLATE: &'static str = "lost/found.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/account/keys/1/found").with("step", "s1"),
            key: Some(sample_key("Blue key", Kind::UsbNfc)),
            back: Link::new("go-back", "/account/keys"),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey]
    }
}

/// Nothing that works is there to undo a report with.
#[must_use]
pub fn no_other() -> Message {
    let also = Some(Link::new("manage-keys", "/account/keys"));
    let help = Help::GetHelp.url(None);
    Message { also, ..Message::new("found-no-other").to("help-get-help", help) }
}
