//! The log-in page, consent, and the pages that end a log-in or a session.

use latchkey_core::Timestamp;
use latchkey_core::release::words;
use latchkey_web::{Ceremony, Form, FormPage, Help, Link, Page, Problem, Text, Tone};
use serde::Serialize;
use serde_json::{Map, Value};

/// The one log-in page. Its shape never depends on who might be logging in.
#[derive(Clone, Debug, Serialize)]
pub struct Login {
    /// Posts `username` and `password`.
    pub form: Form,
    /// "Use a passkey or security key", and autofill: also posts `username` as typed.
    pub key: Ceremony,
    /// What stands in the user name field.
    pub username: String,
    /// The application that asked, by its name.
    pub application: Option<String>,
    /// Offer passkeys in the user name field's autofill (conditional mediation).
    pub autofill: bool,
    /// Where somebody goes who has a pass from their helpdesk.
    pub pass_url: String,
    /// What went wrong; at `username`, `password` or neither.
    pub problem: Option<Problem>,
}

/// "Use a pass", for somebody who has nothing else to begin with.
#[derive(Clone, Debug, Serialize)]
pub struct FirstPass {
    /// Posts `username`, `password` and `code`.
    pub form: Form,
    /// What stands in the user name field.
    pub username: String,
    /// The way back.
    pub back: Link,
    /// What went wrong; at `username`, `code` or neither.
    pub problem: Option<Problem>,
}

impl FirstPass {
    /// Nothing typed yet.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self { problem: None, username: String::new(), ..Self::sample() }
    }
}

impl Page for FirstPass {
    const TEMPLATE: &'static str = "first-pass.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/login/1/pass").with("step", "s1"),
            username: "amy.ward".into(),
            back: Link::new("back-to-log-in", "/login/1/identify"),
            problem: Some(Problem::at("code", "problem-pass-together").advise("advice-pass-new")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::ForgottenPassword]
    }
}

impl Login {
    /// Nothing typed yet.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self { problem: None, username: String::new(), ..Self::sample() }
    }
}

impl Page for Login {
    const TEMPLATE: &'static str = "login.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/login/1/identify").with("step", "s1"),
            key: Ceremony {
                form: Form::new("/login/1/identify/passkey").with("step", "s1"),
                options_url: "/login/1/identify/options".into(),
            },
            username: "amy.ward".into(),
            application: Some("Rota".into()),
            autofill: true,
            pass_url: "/login/1/pass".into(),
            problem: Some(Problem::at("password", "problem-password-missing")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::KeyNotWorking, Help::ForgottenPassword, Help::StartUsing]
    }
}

/// "Let this application see your details?"
#[derive(Clone, Debug, Serialize)]
pub struct Consent {
    /// Posts `decision` = `allow` or `deny`.
    pub form: Form,
    /// The application, by its name.
    pub application: String,
    /// Where it lives, e.g. `ward-notes.example`.
    pub host: String,
    /// What it would see: what it is (a message, e.g. `claim-email`) and its value for this person.
    pub items: Vec<Item>,
    /// What else it would be told, by the names that it knows it by.
    pub further: Vec<Released>,
    /// It asked to go on while the person is away (`offline_access`).
    pub offline: bool,
}

/// Something that an application is told by a rule of its own.
#[derive(Clone, Debug, Serialize)]
pub struct Released {
    /// What the application calls it.
    pub name: String,
    /// Its value for this person.
    pub value: String,
}

impl Released {
    /// All that rules release.
    #[must_use]
    pub fn all(released: &Map<String, Value>) -> Vec<Self> {
        let told = released.iter();
        told.map(|(name, value)| Self { name: name.clone(), value: words(value) }).collect()
    }

    /// A few.
    #[must_use]
    pub fn samples() -> Vec<Self> {
        let told = |name: &str, value: &str| Self { name: name.into(), value: value.into() };
        vec![told("ward", "4B"), told("https://notes.example/groups", "theatre, <b>porters")]
    }
}

/// One thing that an application would see.
#[derive(Clone, Debug, Serialize)]
pub struct Item {
    /// What it is.
    pub label: Text,
    /// Its value.
    pub value: String,
}

impl Page for Consent {
    const TEMPLATE: &'static str = "consent.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let item = |key: &str, value: &str| Item { label: key.into(), value: value.to_owned() };
        Self {
            form: Form::new("/login/1/consent").with("step", "s1"),
            application: "Ward Notes".into(),
            host: "ward-notes.example".into(),
            items: vec![
                item("claim-name", "Amy Ward"),
                item("claim-preferred-username", "amy.ward"),
                item("claim-email", "amy@northgate.example"),
                item("claim-phone", "01632 960 118"),
                item("claim-address", "Ward 4B, Northgate"),
                item("claim-language", "English"),
            ],
            further: Released::samples(),
            offline: true,
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::Privacy]
    }
}

/// The organisation has not switched on security keys.
#[derive(Clone, Debug, Serialize)]
pub struct NotStarted {
    /// The organisation's name.
    pub organisation: String,
    /// The application that asked, by its name.
    pub application: Option<String>,
    /// Its local administrators.
    pub administrators: Vec<Contact>,
    /// "Register interest".
    pub form: Form,
    /// When they registered their interest, if they have.
    pub registered: Option<Timestamp>,
    /// The way back, e.g. to the application or the account.
    pub back: Option<Link>,
}

/// Somebody who can help.
#[derive(Clone, Debug, Serialize)]
pub struct Contact {
    /// Their name.
    pub name: String,
    /// Their e-mail address.
    pub email: Option<String>,
}

impl NotStarted {
    /// After "Register interest".
    #[must_use]
    pub fn registered_sample() -> Self {
        let registered = Some(Timestamp::from_millis(1_788_417_120_000));
        Self { registered, administrators: Vec::new(), ..Self::sample() }
    }
}

impl Page for NotStarted {
    const TEMPLATE: &'static str = "not-started.html";

    fn sample() -> Self {
        let sam = Contact { name: "Sam Desk".into(), email: Some("sam@northgate.example".into()) };
        Self {
            organisation: "Northgate Trust".into(),
            application: Some("Rota".into()),
            administrators: vec![sam, Contact { name: "Jo Penn".into(), email: None }],
            form: Form::new("/login/1/interest").with("step", "s1"),
            registered: None,
            back: Some(Link::new(Text::new("back-to-log-in"), "/login/1/restart")),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::StartUsing, Help::WhatIsAKey, Help::LocalAdministrator]
    }
}

/// A key is needed, and only the helpdesk can open the way to one.
#[derive(Clone, Debug, Serialize)]
pub struct HelpNeeded {
    /// The organisation's name.
    pub organisation: String,
    /// The application that asked, by its name.
    pub application: Option<String>,
    /// The person has keys, but none at hand; otherwise they never had one that works here.
    pub has_keys: bool,
    /// Where "Use a pass" leads.
    pub pass_url: String,
    /// Where "Use a recovery code" leads, for who has one.
    pub recovery_url: Option<String>,
    /// Where something is reported lost.
    pub lost_url: Option<String>,
    /// The way back to the page before.
    pub back: Option<Link>,
}

impl Page for HelpNeeded {
    const TEMPLATE: &'static str = "help-needed.html";

    fn sample() -> Self {
        Self {
            organisation: "Northgate Trust".into(),
            application: Some("Rota".into()),
            has_keys: false,
            pass_url: "/login/1/factor/pass".into(),
            recovery_url: Some("/login/1/factor/recovery-code".into()),
            lost_url: Some("/login/1/lost".into()),
            back: Some(Link::new("back-to-log-in", "/login/1")),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::LostKey, Help::LocalAdministrator]
    }
}

/// The application asks for a stronger log-in than this person can give.
#[derive(Clone, Debug, Serialize)]
pub struct Unmet {
    /// The application, by its name.
    pub application: String,
    /// What it asks for, e.g. `needs-hardware`.
    pub needs: Text,
    /// Goes back to the application and tells it so: posts `decision` = `deny`.
    pub form: Form,
}

impl Page for Unmet {
    const TEMPLATE: &'static str = "unmet.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            application: "Pharmacy Orders".into(),
            needs: "needs-hardware".into(),
            form: Form::new("/login/1/unmet").with("step", "s1"),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::WhatIsAKey, Help::KeyNotWorking]
    }
}

/// An authorization response that a form carries to the application (OAuth 2.0 Form Post Response
/// Mode). It posts itself, and has a button for when it cannot.
#[derive(Clone, Debug, Serialize)]
pub struct FormPost {
    /// Where it leads, with the response in it.
    pub form: Form,
}

impl Page for FormPost {
    const TEMPLATE: &'static str = "form-post.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self { form: Form::new("https://rota.example/callback").with("code", "c1") }
    }

    fn help(&self) -> Vec<Help> {
        Vec::new()
    }
}

impl FormPage for FormPost {
    fn new(form: Form) -> Self {
        Self { form }
    }
}

/// "Log out?"
#[derive(Clone, Debug, Serialize)]
pub struct LogOut {
    /// Logs out.
    pub form: Form,
    /// The application that asked for it, by its name.
    pub application: Option<String>,
    /// Where "Stay logged in" leads.
    pub stay_url: String,
}

impl Page for LogOut {
    const TEMPLATE: &'static str = "log-out.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/oauth2/logout").with("step", "s1"),
            application: Some("Rota".into()),
            stay_url: "/account".into(),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// "You are logged out."
#[derive(Clone, Debug, Serialize)]
pub struct LoggedOut {
    /// The applications that this session used, by name, with when they were told.
    pub applications: Vec<Told>,
    /// Back to the application that asked for it.
    pub back: Option<Link>,
    /// Where "Log in again" leads.
    pub login_url: String,
}

/// An application that a session used, and what became of it there.
#[derive(Clone, Debug, Serialize)]
pub struct Told {
    /// The application, by its name.
    pub name: String,
    /// When it logged the person out; `None` when it did not, or cannot be told.
    pub at: Option<Timestamp>,
    /// It is still to be told.
    pub waits: bool,
}

impl Told {
    /// One that cannot be told.
    #[must_use]
    pub fn never(name: String) -> Self {
        Self { name, at: None, waits: false }
    }
}

/// "You are logged out here": the browser goes round the applications next.
#[derive(Clone, Debug, Serialize)]
pub struct LoggingOut {
    /// The applications that the session used, in the order in which they are told.
    pub applications: Vec<Told>,
    /// Where it goes on: to the next of them, or to the end.
    pub next_url: String,
    /// The application that the browser was sent to and that did not send it back.
    pub waits_for: Option<String>,
}

impl Page for LoggingOut {
    const TEMPLATE: &'static str = "logging-out.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let told = |name: &str, at: Option<i64>, waits| Told {
            name: name.into(),
            at: at.map(Timestamp::from_millis),
            waits,
        };
        Self {
            applications: vec![
                told("Rota", Some(1_788_417_120_000), false),
                told("The ledger", None, true),
                told("Pharmacy Orders", None, false),
            ],
            next_url: "/saml/slo/l1/on".into(),
            waits_for: None,
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// A log-out that a form carries to an application (SAML 2.0 Bindings §3.5). It posts itself, and has
/// a button for when it cannot.
#[derive(Clone, Debug, Serialize)]
pub struct LogOutPost {
    /// Where it leads, with the message in it.
    pub form: Form,
}

impl Page for LogOutPost {
    const TEMPLATE: &'static str = "log-out-post.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self { form: Form::new("https://rota.example/logout").with("SAMLRequest", "PHNhbWxwOi8+") }
    }

    fn help(&self) -> Vec<Help> {
        Vec::new()
    }
}

impl Page for LoggedOut {
    const TEMPLATE: &'static str = "logged-out.html";

    fn sample() -> Self {
        let at = Some(Timestamp::from_millis(1_788_417_120_000));
        Self {
            applications: vec![
                Told { name: "Rota".into(), at, waits: false },
                Told::never("Pharmacy Orders".into()),
            ],
            back: Some(Link::new(
                Text::new("back-to").with("application", "Rota"),
                "https://rota.example",
            )),
            login_url: "/login".into(),
        }
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}
