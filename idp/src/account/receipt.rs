//! The receipt for what was just done, carried in the address of the page that shows it. It is sealed for
//! one session, because the page must say nothing that a link could make it say.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Timestamp;
use latchkey_core::ids::SessionId;
use latchkey_core::secrets::Sealed;
use latchkey_web::Text;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::pages::account;

/// How long the page shows what was "just" done.
const FRESH: Duration = Duration::from_secs(300);

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Done {
    /// It was added.
    Added,
    /// It was renamed.
    Renamed,
    /// It was removed.
    Removed,
    /// It was found after it had been reported lost.
    Found,
    /// The authenticator app was.
    AppFound,
    /// It was removed, and the other sessions ended.
    RemovedSessions,
    /// An authenticator app was turned on.
    AppAdded,
    /// It was removed.
    AppRemoved,
    /// The password was set or changed.
    PasswordChanged,
    /// The same, and the other sessions ended.
    PasswordChangedSessions,
    /// One other session ended.
    SessionEnded,
    /// All others ended.
    SessionsEnded,
    /// An application is connected no more.
    Disconnected,
}

impl Done {
    fn message(self) -> &'static str {
        match self {
            Self::Added => "receipt-added",
            Self::Renamed => "receipt-renamed",
            Self::Removed => "receipt-removed",
            Self::Found => "receipt-found",
            Self::AppFound => "receipt-app-found",
            Self::RemovedSessions => "receipt-removed-sessions",
            Self::AppAdded => "receipt-app-added",
            Self::AppRemoved => "receipt-app-removed",
            Self::PasswordChanged => "receipt-password",
            Self::PasswordChangedSessions => "receipt-password-sessions",
            Self::SessionEnded => "receipt-session-ended",
            Self::SessionsEnded => "receipt-sessions-ended",
            Self::Disconnected => "receipt-disconnected",
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Receipt {
    done: Done,
    nickname: String,
    at: Timestamp,
}

fn purpose(session: SessionId) -> String {
    format!("account receipt {session}")
}

/// The address of the list of keys, with a receipt on it.
pub(super) fn address(
    app: &App,
    session: SessionId,
    done: Done,
    nickname: &str,
) -> anyhow::Result<String> {
    Ok(format!("/account/keys?done={}", sealed(app, session, done, nickname)?))
}

/// The address of the self-service page, with a receipt on it.
pub(super) fn address_of_app(app: &App, session: SessionId, done: Done) -> anyhow::Result<String> {
    address_at(app, "/account/self-service", session, done)
}

/// The address of another page, with a receipt on it.
pub(super) fn address_at(
    app: &App,
    page: &str,
    session: SessionId,
    done: Done,
) -> anyhow::Result<String> {
    Ok(format!("{page}?done={}", sealed(app, session, done, "")?))
}

fn sealed(app: &App, session: SessionId, done: Done, nickname: &str) -> anyhow::Result<String> {
    let receipt = Receipt { done, nickname: nickname.to_owned(), at: app.clock.now() };
    let receipt = serde_json::to_vec(&receipt)?;
    let sealed = app.keys.tokens.seal(&*app.rng, &purpose(session), &receipt);
    Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
}

/// The receipt on an address, if this session got it a short while ago.
pub(super) fn read(app: &App, session: SessionId, text: &str) -> Option<account::Receipt> {
    let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
    let opened = app.keys.tokens.open(&purpose(session), &sealed).ok()?;
    let receipt: Receipt = serde_json::from_slice(&opened).ok()?;
    let fresh = app.clock.now() < receipt.at.plus(FRESH);
    fresh.then(|| account::Receipt {
        text: Text::new(receipt.done.message()).with("nickname", receipt.nickname),
        at: receipt.at,
    })
}
