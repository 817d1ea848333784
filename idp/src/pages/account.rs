//! Pages at `/account`: who you are, how you log in, and your keys.

use latchkey_core::Timestamp;
use latchkey_core::credentials::Cause;
use latchkey_web::{Form, Help, Link, Page, Problem, Text};
use serde::Serialize;

use super::factor::{sample_key, sample_keys};
use super::login::Released;
use super::{Doubt, Key, Kind, Suspended};

/// The Profile tab.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// The person's name.
    pub name: String,
    /// Their user name.
    pub username: String,
    /// The organisation's name.
    pub organisation: String,
    /// Their e-mail address.
    pub email: Option<String>,
    /// When this session began.
    pub logged_in_at: Timestamp,
    /// How, e.g. `logged-in-key`.
    pub logged_in_with: Text,
}

impl Page for Profile {
    const TEMPLATE: &'static str = "account/profile.html";

    fn sample() -> Self {
        Self {
            name: "Amy Ward".into(),
            username: "amy.ward".into(),
            organisation: "Northgate Trust".into(),
            email: Some("amy@northgate.example".into()),
            logged_in_at: Timestamp::from_millis(1_788_417_120_000),
            logged_in_with: "logged-in-password-key".into(),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::KeyNotWorking, Help::ForgottenPin]
    }
}

/// The Self-Service tab.
#[derive(Clone, Debug, Serialize)]
pub struct SelfService {
    /// The person's name.
    pub name: String,
    /// Their user name.
    pub username: String,
    /// The organisation's name.
    pub organisation: String,
    /// How many keys work.
    pub working: usize,
    /// How many are suspended.
    pub suspended: usize,
    /// Their authenticator app.
    pub app: AppState,
    /// Why that does not work, if it does not.
    pub app_suspended: Option<Suspended>,
    /// How many recovery codes are left, where people have some.
    pub recovery_codes: Option<usize>,
    /// They have a password.
    pub password: bool,
    /// What was just done.
    pub receipt: Option<Receipt>,
}

/// What there is to say of somebody's authenticator app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AppState {
    /// It logs them in.
    On,
    /// There is none, and they may turn one on.
    Off,
    /// It does not log them in.
    Suspended,
    /// There is none, and they may not turn one on.
    Closed,
}

impl SelfService {
    /// With an app in another state.
    #[must_use]
    pub fn sample_with(app: AppState) -> Self {
        let app_suspended = (app == AppState::Suspended).then_some(Suspended {
            cause: Cause::ReportedLost,
            at: Some(Timestamp::from_millis(1_788_417_120_000)),
        });
        Self { app, app_suspended, recovery_codes: None, receipt: None, ..Self::sample() }
    }
}

impl Page for SelfService {
    const TEMPLATE: &'static str = "account/self-service.html";

    fn sample() -> Self {
        Self {
            name: "Amy Ward".into(),
            username: "amy.ward".into(),
            organisation: "Northgate Trust".into(),
            working: 3,
            suspended: 1,
            app: AppState::On,
            app_suspended: None,
            recovery_codes: Some(3),
            password: true,
            receipt: Some(Receipt {
                text: "receipt-app-added".into(),
                at: Timestamp::from_millis(1_788_417_120_000),
            }),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::KeyNotWorking, Help::ForgottenPin]
    }
}

/// "Recovery codes": how many are left, or those that were just made.
#[derive(Clone, Debug, Serialize)]
pub struct RecoveryCodes {
    /// Makes a new set.
    pub form: Form,
    /// How many are left.
    pub left: usize,
    /// Those that were just made, in groups of four; shown once.
    pub made: Vec<String>,
    /// Whose they are.
    pub username: String,
    /// Where they work.
    pub issuer: String,
}

impl RecoveryCodes {
    /// With so many left, and none just made.
    #[must_use]
    pub fn sample_with(left: usize) -> Self {
        Self { left, made: Vec::new(), ..Self::sample() }
    }
}

impl Page for RecoveryCodes {
    const TEMPLATE: &'static str = "account/recovery-codes.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/account/recovery-codes").with("step", "s1"),
            left: 10,
            made: (0..10).map(|number| format!("ABC{number} DEFG HI")).collect(),
            username: "amy.ward".into(),
            issuer: "https://login.example.org".into(),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey]
    }
}

/// "Manage FIDO2 tokens".
#[derive(Clone, Debug, Serialize)]
pub struct Keys {
    /// Every key, newest last.
    pub keys: Vec<Key>,
    /// What was just done, e.g. `receipt-removed`, with when.
    pub receipt: Option<Receipt>,
    /// Why no key can be added by the person now; they may when there is no reason.
    pub closed: Option<Closed>,
}

/// Why somebody cannot add a key by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Closed {
    /// Their organisation does not let people register keys.
    Organisation,
    /// No key of theirs works, and there is one on the account that is suspended.
    Suspended,
    /// They had a key and have none.
    NoKey,
}

/// What was just done.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// What.
    pub text: Text,
    /// When.
    pub at: Timestamp,
}

/// A key that does not work. When that is since is not known of all.
fn suspended_key(cause: Cause) -> Key {
    let at = (cause != Cause::NotMe).then(|| Timestamp::from_millis(1_788_417_120_000));
    Key { suspended: Some(Suspended { cause, at }), ..sample_key("Drawer key", Kind::Usb) }
}

impl Keys {
    /// No key yet.
    #[must_use]
    pub fn empty_sample() -> Self {
        Self { keys: Vec::new(), receipt: None, closed: None }
    }

    /// A key for every cause of its suspension.
    #[must_use]
    pub fn suspended_sample() -> Self {
        let keys = Cause::ALL.into_iter().map(suspended_key).collect();
        Self { keys, receipt: None, closed: None }
    }

    /// No key can be added, for a reason.
    #[must_use]
    pub fn closed_sample(reason: Closed) -> Self {
        let suspended = suspended_key(Cause::Copied);
        let keys = if reason == Closed::Suspended { vec![suspended] } else { Vec::new() };
        Self { keys, receipt: None, closed: Some(reason) }
    }
}

impl Page for Keys {
    const TEMPLATE: &'static str = "account/keys.html";

    fn sample() -> Self {
        let mut keys = sample_keys();
        keys.push(suspended_key(Cause::ReportedLost));
        for (nickname, doubt) in [
            ("Old key", Doubt::NotAllowed),
            ("Clinic key", Doubt::Unsafe),
            ("Home key", Doubt::UnsafeNotAllowed),
        ] {
            keys.push(Key { doubt: Some(doubt), ..sample_key(nickname, Kind::Nfc) });
        }
        let receipt = Receipt {
            text: Text::new("receipt-renamed").with("nickname", "Blue key"),
            at: Timestamp::from_millis(1_788_417_120_000),
        };
        Self { keys, receipt: Some(receipt), closed: None }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::RenameKey, Help::RemoveKey, Help::LostKey]
    }
}

/// "Rename 'Blue key'".
#[derive(Clone, Debug, Serialize)]
pub struct EditKey {
    /// Posts `nickname`.
    pub form: Form,
    /// The key as it is.
    pub key: Key,
    /// What stands in the field.
    pub nickname: String,
    /// The most characters that a name has.
    pub longest: usize,
    /// What went wrong, at `nickname`.
    pub problem: Option<Problem>,
}

impl Page for EditKey {
    const TEMPLATE: &'static str = "account/edit-key.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/account/keys/1/edit").with("step", "s1"),
            key: sample_key("Blue key", Kind::UsbNfc),
            nickname: "Ward phone".into(),
            longest: 40,
            problem: Some(Problem::at("nickname", "problem-nickname-taken")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RenameKey, Help::KeyNotWorking]
    }
}

/// "Remove 'Blue key'?"
#[derive(Clone, Debug, Serialize)]
pub struct RemoveKey {
    /// Posts `end_sessions` = `yes` when ticked.
    pub form: Form,
    /// The key.
    pub key: Key,
    /// How many other keys work.
    pub others: usize,
    /// A password alone still logs them in.
    pub password: bool,
    /// An authenticator app remains, which suffices with the password.
    pub with_app: bool,
    /// In how many other places they are logged in.
    pub sessions: usize,
}

impl Page for RemoveKey {
    const TEMPLATE: &'static str = "account/remove-key.html";

    fn sample() -> Self {
        Self {
            form: Form::new("/account/keys/1/remove").with("step", "s1"),
            key: sample_key("Blue key", Kind::UsbNfc),
            others: 2,
            password: true,
            with_app: false,
            sessions: 2,
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RemoveKey, Help::LostKey, Help::ForgottenPin]
    }
}

/// "You cannot remove 'Blue key'": it is the last way in.
#[derive(Clone, Debug, Serialize)]
pub struct KeepKey {
    /// The key.
    pub key: Key,
    /// The organisation lets people enrol keys now: then "Register new token" is offered.
    pub may_add: bool,
    /// Where "Go back" leads.
    pub back: Link,
}

impl Page for KeepKey {
    const TEMPLATE: &'static str = "account/keep-key.html";

    fn sample() -> Self {
        Self {
            key: sample_key("Blue key", Kind::UsbNfc),
            may_add: true,
            back: Link::new("go-back", "/account/keys"),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RemoveKey, Help::LostKey, Help::ForgottenPin]
    }
}

/// "Remove your authenticator app?"
#[derive(Clone, Debug, Serialize)]
pub struct RemoveApp {
    /// Removes it; `None` when it is the last way in.
    pub form: Option<Form>,
}

impl RemoveApp {
    /// The last way in.
    #[must_use]
    pub fn last_sample() -> Self {
        Self { form: None }
    }
}

impl Page for RemoveApp {
    const TEMPLATE: &'static str = "account/remove-app.html";

    fn sample() -> Self {
        Self { form: Some(Form::new("/account/app/remove").with("step", "s1")) }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey]
    }
}

/// "Change your password".
#[derive(Clone, Debug, Serialize)]
pub struct ChangePassword {
    /// Posts `new_password`, and `end_sessions` = `yes` when ticked.
    pub form: Form,
    /// For password managers.
    pub username: String,
    /// There is one already.
    pub replaces: bool,
    /// The fewest characters.
    pub least: usize,
    /// "Log me out everywhere else" is ticked.
    pub end_others: bool,
    /// In how many other places they are logged in.
    pub sessions: usize,
    /// What went wrong, at `new_password` or nowhere.
    pub problem: Option<Problem>,
}

impl Page for ChangePassword {
    const TEMPLATE: &'static str = "account/password.html";

    fn sample() -> Self {
        let known = Problem::at("new_password", "problem-new-password-known");
        Self {
            form: Form::new("/account/password").with("step", "s1"),
            username: "amy.ward".into(),
            replaces: true,
            least: 12,
            end_others: true,
            sessions: 2,
            problem: Some(known.advise("advice-new-password")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::ForgottenPassword]
    }
}

/// Where somebody is logged in.
#[derive(Clone, Debug, Serialize)]
pub struct Sessions {
    /// Posts `end` = a session, `others` = `yes`, or `disconnect` = an application.
    pub form: Form,
    /// This one.
    pub here: Open,
    /// The others, the latest first.
    pub others: Vec<Open>,
    /// Applications that stay connected.
    pub connected: Vec<Connected>,
    /// Applications that speak SAML and were opened where they are logged in.
    pub opened: Vec<Opened>,
    /// What was just done.
    pub receipt: Option<Receipt>,
}

/// An open session.
#[derive(Clone, Debug, Serialize)]
pub struct Open {
    /// Its database key.
    pub id: String,
    /// The browser's family, if known.
    pub browser: Option<String>,
    /// Its system, if known.
    pub system: Option<String>,
    /// The network address that it began from.
    pub address: Option<String>,
    /// When it began.
    pub since: Timestamp,
    /// When it was last used, to the minute.
    pub seen: Timestamp,
    /// How, e.g. `logged-in-key`.
    pub with: Text,
}

/// An application that goes on while a person is away.
#[derive(Clone, Debug, Serialize)]
pub struct Connected {
    /// Its key.
    pub client: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// What it is told of the person by rules of its own.
    pub told: Vec<Released>,
}

/// An application that speaks SAML and was opened where somebody is logged in.
#[derive(Clone, Debug, Serialize)]
pub struct Opened {
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
    /// What it is told of the person.
    pub told: Vec<Released>,
}

impl Page for Sessions {
    const TEMPLATE: &'static str = "account/sessions.html";

    fn sample() -> Self {
        let at = Timestamp::from_millis(1_788_417_120_000);
        let here = Open {
            id: "1".into(),
            browser: Some("Firefox".into()),
            system: Some("Windows".into()),
            address: Some("192.0.2.7".into()),
            since: at,
            seen: at,
            with: "logged-in-password-key".into(),
        };
        let unknown = Open { id: "2".into(), browser: None, system: None, ..here.clone() };
        let connected = Connected {
            client: "ward-notes".into(),
            name: "Ward Notes".into(),
            since: at,
            told: Released::samples(),
        };
        Self {
            form: Form::new("/account/sessions").with("step", "s1"),
            here,
            others: vec![unknown],
            connected: vec![connected],
            opened: vec![
                Opened { name: "Lab <b>".into(), since: at, told: Released::samples() },
                Opened { name: "Rota".into(), since: at, told: Vec::new() },
            ],
            receipt: Some(Receipt { text: "receipt-session-ended".into(), at }),
        }
    }
}
