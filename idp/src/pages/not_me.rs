//! The page behind "This wasn't me" in a letter: what was told and one button; what the button did;
//! and that a link does not work any more.

use latchkey_core::Timestamp;
use latchkey_core::credentials::Authenticator;
use latchkey_web::{Form, Page, Text};
use serde::Serialize;

use super::message::Message;

/// What "This wasn't me" suspends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Suspends {
    /// A key.
    Key,
    /// An authenticator app.
    App,
}

impl From<Authenticator> for Suspends {
    fn from(about: Authenticator) -> Self {
        match about {
            Authenticator::Key(_) => Self::Key,
            Authenticator::App(_) => Self::App,
        }
    }
}

/// Asks whether what was told was really not them.
#[derive(Clone, Debug, Serialize)]
pub struct NotMe {
    /// What the letter said.
    pub told: Text,
    /// When it was written.
    pub at: Timestamp,
    /// What the button suspends, if it was about that.
    pub suspends: Option<Suspends>,
    /// Whether it tells the helpdesk.
    pub helpdesk: bool,
    /// The button.
    pub form: Form,
}

impl Page for NotMe {
    const TEMPLATE: &'static str = "not-me.html";

    fn sample() -> Self {
        Self {
            told: Text::new("mail-key-added-lede").with("key", "Blue <key>"),
            at: Timestamp::from_millis(1_788_417_120_000),
            suspends: Some(Suspends::Key),
            helpdesk: true,
            form: Form::new("/not-me/AbC-_1").with("step", "s1"),
        }
    }
}

impl NotMe {
    /// With as little as can be on it.
    pub(super) fn plain_sample() -> Self {
        Self { suspends: None, helpdesk: false, ..Self::sample() }
    }

    /// About an authenticator app.
    pub(super) fn app_sample() -> Self {
        let told = "mail-app-added-lede".into();
        Self { told, suspends: Some(Suspends::App), ..Self::sample() }
    }
}

/// What the button did, and when.
#[must_use]
pub fn done(suspended: Option<Suspends>, helpdesk: bool, at: Timestamp) -> Message {
    let mut message = Message::new("not-me-done");
    match suspended {
        Some(Suspends::Key) => message.body.push("not-me-done-key".into()),
        Some(Suspends::App) => message.body.push("not-me-done-app".into()),
        None => {}
    }
    message.body.push("not-me-done-password".into());
    if helpdesk {
        message.body.push("not-me-done-helpdesk".into());
    }
    message.tone = latchkey_web::Tone::Good;
    message.at = Some(at);
    message.to("log-in", "/login")
}

/// The button was pressed in a browser that does not send our cookie. Leads to the page again.
#[must_use]
pub fn again(path: &str) -> Message {
    Message::new("not-me-again").to("not-me-again-action", path)
}

/// There is nothing behind a link any more, or never was.
#[must_use]
pub fn over() -> Message {
    Message::new("link-over").to("start-page", "/account")
}
