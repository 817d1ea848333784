//! Pages of the security key: use it, set one up, name it, try it, done. The same pages serve the
//! log-in flow and the account.

use latchkey_core::Timestamp;
use latchkey_web::{Ceremony, Form, Help, Link, Page, Problem, Text, Tone};
use serde::Serialize;

use super::{Key, Kind};

/// "Now use your key": the second factor, and the step-up before a change.
#[derive(Clone, Debug, Serialize)]
pub struct UseKey {
    /// "Use your security key".
    pub ceremony: Ceremony,
    /// Who is logging in.
    pub username: String,
    /// The person's own keys that work.
    pub keys: Vec<Key>,
    /// Where "Not you?" leads.
    pub not_you_url: Option<String>,
    /// What the key is for, when it is not to log in, e.g. `step-up-remove`.
    pub reason: Option<Text>,
    /// The other enrolled ways. "Get help" always stands after them.
    pub other_ways: Vec<Link>,
    /// Where something is reported lost.
    pub lost_url: Option<String>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl UseKey {
    /// The first try, nothing else enrolled.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self {
            problem: None,
            reason: None,
            other_ways: Vec::new(),
            lost_url: None,
            ..Self::sample()
        }
    }
}

impl Page for UseKey {
    const TEMPLATE: &'static str = "factor/use-key.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            ceremony: sample_ceremony("/login/1/factor/passkey"),
            username: "amy.ward".into(),
            keys: sample_keys(),
            not_you_url: Some("/login/1/restart".into()),
            reason: Some("step-up-remove".into()),
            other_ways: vec![Link::new("way-totp", "/login/1/factor/totp")],
            lost_url: Some("/login/1/lost".into()),
            problem: Some(
                Problem::new("problem-key-no-answer")
                    .advise("advice-key-pin")
                    .advise("advice-key-again"),
            ),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::KeyNotWorking, Help::LostKey]
    }
}

/// "Set up your security key", step 1 of 3.
#[derive(Clone, Debug, Serialize)]
pub struct SetUpKey {
    /// "Set up your security key".
    pub ceremony: Ceremony,
    /// The organisation's name.
    pub organisation: String,
    /// The organisation asks for it; otherwise the person adds one of their own will.
    pub required: bool,
    /// Where an authenticator app is set up instead, where that is allowed.
    pub app_url: Option<String>,
    /// "I do not have my key with me", in the log-in flow.
    pub without_key_url: Option<String>,
    /// "Cancel", in the account.
    pub cancel_url: Option<String>,
    /// What went wrong. Nothing was stored.
    pub problem: Option<Problem>,
}

impl SetUpKey {
    /// The first try, from the account.
    #[must_use]
    pub fn plain_sample() -> Self {
        let cancel_url = Some("/account/keys".into());
        Self {
            problem: None,
            required: false,
            app_url: None,
            without_key_url: None,
            cancel_url,
            ..Self::sample()
        }
    }
}

impl Page for SetUpKey {
    const TEMPLATE: &'static str = "factor/set-up-key.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            ceremony: sample_ceremony("/login/1/enrol/passkey"),
            organisation: "Northgate Trust".into(),
            required: true,
            app_url: Some("/login/1/enrol/totp".into()),
            without_key_url: Some("/login/1/help-needed".into()),
            cancel_url: None,
            problem: Some(Problem::new("problem-key-already").advise("advice-nothing-stored")),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::WhatIsAKey, Help::KeyNotWorking]
    }
}

/// "Name this key", step 2 of 3.
#[derive(Clone, Debug, Serialize)]
pub struct NameKey {
    /// Posts `nickname`.
    pub form: Form,
    /// What stands in the field: the model's name at first.
    pub nickname: String,
    /// The most characters that a name has.
    pub longest: usize,
    /// The model's name, if known.
    pub model: Option<String>,
    /// It may be copied to other devices.
    pub synced: bool,
    /// What went wrong, at `nickname`.
    pub problem: Option<Problem>,
}

impl NameKey {
    /// The first try.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self { problem: None, ..Self::sample() }
    }
}

impl Page for NameKey {
    const TEMPLATE: &'static str = "factor/name-key.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            form: Form::new("/login/1/enrol/passkey/name").with("step", "s1"),
            nickname: "Tern Key 2 NFC".into(),
            longest: 40,
            model: Some("Tern Key 2 NFC".into()),
            synced: false,
            problem: Some(Problem::at(
                "nickname",
                Text::new("problem-nickname-long").with("longest", 40),
            )),
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::RegisterKey, Help::KeyNotWorking]
    }
}

/// "Try your key", step 3 of 3.
#[derive(Clone, Debug, Serialize)]
pub struct TryKey {
    /// "Use your security key".
    pub ceremony: Ceremony,
    /// The new key.
    pub key: Key,
    /// "Skip this": the key is stored already.
    pub skip_url: Option<String>,
    /// What went wrong.
    pub problem: Option<Problem>,
}

impl Page for TryKey {
    const TEMPLATE: &'static str = "factor/try-key.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            ceremony: sample_ceremony("/account/keys/1/try"),
            key: sample_key("Blue key", Kind::UsbNfc),
            skip_url: Some("/account/keys".into()),
            problem: None,
        }
    }

    fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }
}

/// "Your key is ready".
#[derive(Clone, Debug, Serialize)]
pub struct KeyReady {
    /// The new key.
    pub key: Key,
    /// It was tried and worked.
    pub tried: bool,
    /// "Continue".
    pub form: Form,
    /// The application that the person goes on to, by its name.
    pub application: Option<String>,
    /// "Add a spare key" is offered, which posts `next` = `spare` as well: only when this is the
    /// person's only key, and not copied anywhere.
    pub spare: bool,
}

impl KeyReady {
    /// A second key, from the account.
    #[must_use]
    pub fn plain_sample() -> Self {
        Self { spare: false, application: None, tried: false, ..Self::sample() }
    }
}

impl Page for KeyReady {
    const TEMPLATE: &'static str = "factor/key-ready.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            key: sample_key("Blue key", Kind::UsbNfc),
            tried: true,
            form: Form::new("/login/1/ready").with("step", "s1"),
            application: Some("Rota".into()),
            spare: true,
        }
    }

    fn tone(&self) -> Tone {
        Tone::Good
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::LostKey, Help::KeyNotWorking]
    }
}

/// "Add a spare key": the reminder at a log-in.
#[derive(Clone, Debug, Serialize)]
pub struct SpareKey {
    /// The only key.
    pub key: Key,
    /// Posts `decision`: `add` or `later`.
    pub form: Form,
    /// For how many days it is put off.
    pub days: u64,
    /// There is no other reminder after this one.
    pub last: bool,
    /// The application that the person goes on to, by its name.
    pub application: Option<String>,
}

impl SpareKey {
    /// The last reminder, on the way to no application.
    #[must_use]
    pub fn last_sample() -> Self {
        Self { last: true, application: None, ..Self::sample() }
    }
}

impl Page for SpareKey {
    const TEMPLATE: &'static str = "factor/spare-key.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self {
            key: sample_key("Blue key", Kind::UsbNfc),
            form: Form::new("/login/1/spare").with("step", "s1"),
            days: 7,
            last: false,
            application: Some("Rota".into()),
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![Help::WhatIsAKey, Help::LostKey]
    }
}

/// Whether a browser says that no key answered.
#[must_use]
pub fn is_no_answer(failure: &str) -> bool {
    matches!(failure, "NotAllowedError" | "AbortError" | "TimeoutError")
}

/// What a browser's failure means for a person. `failure` is the name of its `DOMException`, or
/// empty when the form was sent without the script (WebAuthn Level 3 §5.1.3 and §5.1.4 list them).
#[must_use]
pub fn browser_problem(failure: &str, registering: bool) -> Problem {
    let problem = match failure {
        "InvalidStateError" if registering => {
            Problem::new("problem-key-already").advise("advice-key-have")
        }
        // Browsers tell a missing PIN, a locked key and a closed window alike, on purpose.
        failure if is_no_answer(failure) => Problem::new("problem-key-no-answer")
            .advise("advice-key-pin")
            .advise("advice-key-again"),
        "ConstraintError" => Problem::new("problem-key-no-pin").advise("advice-key-verify"),
        "SecurityError" => Problem::new("problem-key-address").advise("advice-key-address"),
        "NotSupportedError" => {
            Problem::new("problem-key-not-supported").advise("advice-key-browser")
        }
        "NetworkError" | "OptionsError" => {
            Problem::new("problem-key-network").advise("advice-key-network")
        }
        "" => Problem::new("problem-key-no-script").advise("advice-key-script"),
        _ => Problem::new("problem-key-other").advise("advice-key-again"),
    };
    if registering { problem.advise("advice-nothing-stored") } else { problem }
}

fn sample_ceremony(action: &str) -> Ceremony {
    let form = Form::new(action).with("step", "s1");
    Ceremony { form, options_url: format!("{action}/options") }
}

pub(super) fn sample_key(nickname: &str, kind: Kind) -> Key {
    let at = |hours: i64| Timestamp::from_millis(1_788_417_120_000 - hours * 3_600_000);
    Key {
        id: format!("key-{nickname}").replace(|c: char| !c.is_ascii_alphanumeric(), "-"),
        nickname: nickname.to_owned(),
        model: (kind != Kind::Device).then(|| "Tern Key 2 NFC".to_owned()),
        kind,
        synced: matches!(kind, Kind::Phone | Kind::Device),
        suspended: None,
        doubt: None,
        added_at: at(900),
        last_used_at: (kind != Kind::Usb).then(|| at(1)),
    }
}

pub(super) fn sample_keys() -> Vec<Key> {
    vec![
        sample_key("Blue key", Kind::UsbNfc),
        sample_key("Ward phone", Kind::Phone),
        sample_key("<script>alert(1)</script>", Kind::Device),
        sample_key("Allwedd sbâr ar gylch allweddi’r ward 4B", Kind::Usb),
    ]
}
