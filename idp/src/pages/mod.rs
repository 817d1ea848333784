//! What each page says: one plain struct per page, filled by the step that shows it.
//!
//! No logic, no store, no request. Sentences live in the theme; a page carries facts and the keys
//! of messages. Every page has a sample, and [`samples`] renders them all.

use latchkey_core::Timestamp;
use latchkey_core::credentials::{Cause, Credential, Suspension};
use latchkey_web::{Frame, Page, TemplateError, Theme};
use serde::Serialize;

pub mod account;
mod check;
pub mod code;
pub mod factor;
pub mod help;
pub mod letter;
pub mod link;
pub mod login;
pub mod lost;
pub mod message;
pub mod not_me;

#[cfg(test)]
mod tests;

pub use check::check;

/// A security key or passkey as pages show it.
#[derive(Clone, Debug, Serialize)]
pub struct Key {
    /// Its database key, for addresses and element ids.
    pub id: String,
    /// What the person calls it.
    pub nickname: String,
    /// Its model's name, if known.
    pub model: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// It may be copied to other devices.
    pub synced: bool,
    /// Why it does not work, if it does not.
    pub suspended: Option<Suspended>,
    /// What speaks against it, where its owner is told.
    pub doubt: Option<Doubt>,
    /// When it was registered.
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    pub last_used_at: Option<Timestamp>,
}

impl Key {
    /// A credential, with the name of its model.
    #[must_use]
    pub fn new(credential: &Credential, model: Option<String>) -> Self {
        Self {
            id: credential.id.to_string(),
            nickname: credential.nickname.as_str().to_owned(),
            model,
            kind: Kind::of(&credential.transports, credential.backup_eligible),
            synced: credential.backup_eligible,
            suspended: credential.state.suspension().map(Suspended::from),
            doubt: None,
            added_at: credential.added_at,
            last_used_at: credential.last_used_at,
        }
    }
}

/// What speaks against a key that is not suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Policy does not take it any more.
    NotAllowed,
    /// Its model is marked revoked or broken; it logs in all the same.
    Unsafe,
    /// Its model is marked revoked or broken, and policy does not take it therefore.
    UnsafeNotAllowed,
}

/// Why and since when a key or an authenticator app does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suspended {
    /// Why.
    pub cause: Cause,
    /// Since when, if known.
    pub at: Option<Timestamp>,
}

impl From<Suspension> for Suspended {
    fn from(suspension: Suspension) -> Self {
        Self { cause: suspension.cause, at: suspension.at }
    }
}

/// What a key is, as far as its transports tell. Picks its icon and its description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A security key that is put in.
    Usb,
    /// A security key that is held near.
    Nfc,
    /// A security key that can be put in or held near.
    UsbNfc,
    /// A passkey on a phone, used across devices.
    Phone,
    /// A passkey on this or another computer or phone.
    Device,
}

impl Kind {
    /// Judged from what the browser named at registration (WebAuthn Level 3 §5.8.4).
    #[must_use]
    pub fn of(transports: &[String], synced: bool) -> Self {
        let has = |name: &str| transports.iter().any(|transport| transport == name);
        match (has("usb"), has("nfc")) {
            (true, true) => Self::UsbNfc,
            (true, false) => Self::Usb,
            (false, true) => Self::Nfc,
            (false, false) if has("hybrid") && !has("internal") => Self::Phone,
            (false, false) if has("internal") || synced => Self::Device,
            (false, false) => Self::Usb,
        }
    }
}

/// Renders every page's sample, by the name of its template. For tests and for looking at them.
#[must_use]
pub fn samples(theme: &Theme, frame: &Frame) -> Vec<(String, Result<String, String>)> {
    let pages = rendered(theme, frame).into_iter();
    pages.map(|(name, html)| (name, html.map_err(|error| format!("{error:#}")))).collect()
}

/// A page by its name, rendered.
type Rendered = (String, Result<String, TemplateError>);

/// The same with the errors as they are.
fn rendered(theme: &Theme, frame: &Frame) -> Vec<Rendered> {
    let mut pages = Vec::new();
    let mut add = |name: &str, html| pages.push((name.to_owned(), html));
    let out = logged_out(frame);
    macro_rules! samples {
        ($frame:expr, $($page:ty),+ $(,)?) => {$(
            let page = <$page as Page>::sample();
            add(<$page as Page>::TEMPLATE, theme.html($frame, &page));
        )+};
    }
    samples!(
        &out,
        login::Login,
        login::FirstPass,
        login::Consent,
        login::NotStarted,
        login::HelpNeeded,
        login::Unmet,
        login::FormPost,
        login::LoggedOut,
        login::LoggingOut,
        login::LogOutPost,
        factor::UseKey,
        factor::TryKey,
        factor::SpareKey,
        code::TypeCode,
        link::Accept,
        link::Follow,
        link::Over,
        link::Forgotten,
        link::Sent,
        link::NewPassword,
        lost::ReportLostHere,
        lost::AskedByMail,
        lost::ConfirmLost,
        message::Message,
        not_me::NotMe,
    );
    samples!(
        frame,
        login::LogOut,
        factor::SetUpKey,
        factor::NameKey,
        factor::KeyReady,
        code::SetUpApp,
        account::Profile,
        account::SelfService,
        account::Keys,
        account::EditKey,
        account::RemoveKey,
        account::KeepKey,
        account::RemoveApp,
        lost::ReportLost,
        lost::Reported,
        lost::Found,
        account::RecoveryCodes,
        account::ChangePassword,
        account::Sessions,
        help::Index,
    );
    for (name, page) in variants() {
        add(&name, page(theme, frame));
    }
    pages.extend(latchkey_console::pages::rendered(theme, frame));
    pages
}

/// The frame of a page that whoever sees it is not logged in on, or not yet.
fn logged_out(frame: &Frame) -> Frame {
    Frame { person: None, ..frame.clone() }
}

type Render = Box<dyn Fn(&Theme, &Frame) -> Result<String, TemplateError>>;

/// What a page looks like in its other states.
fn variants() -> Vec<(String, Render)> {
    fn variant<P: Page + 'static>(name: impl Into<String>, page: P) -> (String, Render) {
        let render = move |theme: &Theme, frame: &Frame| theme.html(frame, &page);
        (name.into(), Box::new(render))
    }
    fn out<P: Page + 'static>(name: impl Into<String>, page: P) -> (String, Render) {
        let render = move |theme: &Theme, frame: &Frame| theme.html(&logged_out(frame), &page);
        (name.into(), Box::new(render))
    }
    let at = Timestamp::from_millis(1_788_417_120_000);
    let mut all = vec![
        out("login, plain", login::Login::plain_sample()),
        out("first-pass, plain", login::FirstPass::plain_sample()),
        out("not-started, registered", login::NotStarted::registered_sample()),
        out("use-key, plain", factor::UseKey::plain_sample()),
        variant("set-up-key, plain", factor::SetUpKey::plain_sample()),
        variant(
            "set-up-key, closed window",
            factor::SetUpKey {
                problem: Some(factor::browser_problem("NotAllowedError", true)),
                ..factor::SetUpKey::sample()
            },
        ),
        variant("key-ready, one of several", factor::KeyReady::plain_sample()),
        out("spare-key, the last reminder", factor::SpareKey::last_sample()),
        variant("keys, empty", account::Keys::empty_sample()),
        variant(
            "keys, closed by the organisation",
            account::Keys::closed_sample(account::Closed::Organisation),
        ),
        variant(
            "keys, closed while suspended",
            account::Keys::closed_sample(account::Closed::Suspended),
        ),
        variant("keys, closed without a key", account::Keys::closed_sample(account::Closed::NoKey)),
        out("accept, without a key alone", link::Accept::plain_sample()),
        out("follow, to a new password", link::Follow::password_sample()),
        out("follow, beside the operator", link::Follow::operator_sample()),
        out("forgotten, without e-mail", link::Forgotten::without_mail_sample()),
        out("type-code, recovery", code::TypeCode::sample_of(code::Kind::Recovery)),
        out("type-code, pass", code::TypeCode::sample_of(code::Kind::Pass)),
        variant("set-up-app, after a wrong code", code::SetUpApp::wrong_sample()),
        variant("recovery-codes, none yet", account::RecoveryCodes::sample_with(0)),
        variant("recovery-codes, some left", account::RecoveryCodes::sample_with(3)),
        variant("remove-app, the last way in", account::RemoveApp::last_sample()),
        variant(
            "self-service, without an app",
            account::SelfService::sample_with(account::AppState::Off),
        ),
        variant(
            "self-service, with a suspended app",
            account::SelfService::sample_with(account::AppState::Suspended),
        ),
        variant(
            "self-service, without the choice of an app",
            account::SelfService::sample_with(account::AppState::Closed),
        ),
        variant("report-lost, an app, the last", lost::ReportLost::last_sample()),
        variant("report-lost, refused", lost::ReportLost::refused_sample()),
        out("report-lost-here, the last", lost::ReportLostHere::last_sample()),
        out("report-lost-here, refused", lost::ReportLostHere::refused_sample()),
        out(
            "asked-by-mail, an app",
            lost::AskedByMail { app: true, ..lost::AskedByMail::sample() },
        ),
        out("confirm-lost, an app", lost::ConfirmLost::app_sample()),
        variant("reported, the last", lost::Reported::last_sample()),
        out("reported, logged out", lost::Reported::logged_out_sample()),
        variant("found, an app", lost::Found::app_sample()),
        variant("found, nothing to show", lost::no_other()),
        variant("keys, suspended for every cause", account::Keys::suspended_sample()),
        variant("name-key, plain", factor::NameKey::plain_sample()),
        variant("help, forgotten-pin, on an iPhone", help::Article::iphone_sample()),
        variant("help, get-help, answered", help::Article::answered_sample()),
        variant("help, local-administrator, of one", help::Article::administrators_sample()),
        variant("help, local-administrator, of any", help::Article::organisations_sample()),
        out("not-me, no key", not_me::NotMe::plain_sample()),
        out("not-me, an app", not_me::NotMe::app_sample()),
        out("not-me, done", not_me::done(Some(not_me::Suspends::Key), true, at)),
        out("not-me, done with an app", not_me::done(Some(not_me::Suspends::App), true, at)),
        out("not-me, done without a key", not_me::done(None, false, at)),
        out("not-me, over", not_me::over()),
        out("not-me, again", not_me::again("/not-me/AbC-_1")),
    ];
    all.extend(
        latchkey_web::Help::ALL
            .map(|topic| variant(format!("help, {}", topic.slug()), help::Article::of(topic))),
    );
    all.extend(message::Notice::samples().map(|(notice, goes_on)| {
        let name = format!("notice, {}", notice.slug());
        let onward = goes_on.then(|| "/login/1/restart".to_owned());
        out(name, message::Message::notice(notice, onward))
    }));
    all.extend(message::Failure::ALL.map(|failure| {
        out(format!("failure, {}", failure.slug()), message::Message::failure(failure, None))
    }));
    all
}
