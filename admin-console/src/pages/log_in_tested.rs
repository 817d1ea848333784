//! What a test of a log-in came to, in plain words and claim by claim.

use latchkey_api::log_in_tests::{Hint, HintKind, LogInTest, Refused, Released};
use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_web::{Help, Page, Text, Tone};
use serde::Serialize;
use serde_json::{Map, Value};

use super::applications::address;
use super::log_in_test::ask_address;
use super::shell::{Place, Shell};
use super::{at, samples};

/// The claims that we have words for.
const CLAIMS: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "name",
    "preferred_username",
    "email",
    "email_verified",
    "updated_at",
];
/// Those that are times, in seconds.
const TIMES: [&str; 4] = ["exp", "iat", "auth_time", "updated_at"];
/// The errors that we have words for, and those words.
const ERRORS: [(&str, &str); 17] = [
    ("invalid_request", "request"),
    ("access_denied", "denied"),
    ("unsupported_response_type", "response-type"),
    ("invalid_scope", "scope"),
    ("login_required", "silent"),
    ("consent_required", "silent"),
    ("interaction_required", "silent"),
    ("request_not_supported", "unsupported"),
    ("request_uri_not_supported", "unsupported"),
    ("registration_not_supported", "unsupported"),
    ("unmet_authentication_requirements", "unmet"),
    ("invalid_target", "target"),
    ("redirect_uri_missing", "redirect-missing"),
    ("redirect_uri_unregistered", "redirect-unregistered"),
    ("client_id_missing", "client"),
    ("too_many_parameters", "request"),
    ("", "other"),
];

/// What a test came to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Tested {
    shell: Shell,
    name: String,
    /// Where the log-in begins, if it has not.
    begin: Option<String>,
    until: Timestamp,
    refused: Option<Why>,
    released: Option<Received>,
    hints: Vec<Text>,
    asked: Vec<Fact>,
    again: String,
    edit: String,
    back: String,
}

/// Why the application would receive nothing.
#[derive(Clone, Debug, Serialize)]
struct Why {
    said: Text,
    advice: Text,
    error: String,
    description: String,
    to_application: bool,
    /// Where people would go, and where they may, if that is what is wrong.
    redirects: Option<Redirects>,
}

/// An address that is not registered, and those that are.
#[derive(Clone, Debug, Serialize)]
struct Redirects {
    sent: String,
    registered: Vec<String>,
}

/// What the application would receive.
#[derive(Clone, Debug, Serialize)]
struct Received {
    id_token: Vec<Claim>,
    userinfo: Vec<Claim>,
    lasts: Vec<Fact>,
    everything: String,
}

/// A claim, and what it is in words.
#[derive(Clone, Debug, Serialize)]
struct Claim {
    name: String,
    about: Option<Text>,
    value: String,
    said: Option<Text>,
    time: Option<Timestamp>,
}

/// Something by the stem of its words: as words, or as it is written.
#[derive(Clone, Debug, Serialize)]
struct Fact {
    about: &'static str,
    said: Option<Text>,
    value: String,
}

impl Fact {
    fn written(about: &'static str, value: impl Into<String>) -> Self {
        Self { about, said: None, value: value.into() }
    }

    fn said(about: &'static str, said: Text) -> Self {
        Self { about, said: Some(said), value: String::new() }
    }
}

/// What an `acr` value says, where it is one that is everybody's.
fn strength(acr: &str) -> Option<Text> {
    let known = Level::from_acr(acr)?;
    let word = match known {
        Level::Password => "password",
        Level::Mfa => "mfa",
        Level::PhishingResistant => "key",
        Level::Hardware => "hardware",
    };
    Some(Text::new(format!("console-test-acr-{word}")))
}

/// A length of time in the largest unit that it is a whole number of.
fn length(seconds: u64) -> Text {
    let (word, count) = match seconds {
        it if it > 0 && it.is_multiple_of(86_400) => ("days", it / 86_400),
        it if it > 0 && it.is_multiple_of(3600) => ("hours", it / 3600),
        it if it > 0 && it.is_multiple_of(60) => ("minutes", it / 60),
        it => ("seconds", it),
    };
    Text::new(format!("console-test-{word}")).with("count", count)
}

fn claim(name: &str, value: &Value) -> Claim {
    let list = value.as_array().filter(|all| all.iter().all(Value::is_string));
    let text = match (value, list) {
        (Value::String(text), _) => text.clone(),
        (_, Some(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        (other, None) => other.to_string(),
    };
    let known = CLAIMS.contains(&name);
    let stem = format!("console-test-claim-{}", name.replace('_', "-"));
    let seconds = value.as_i64().filter(|_| TIMES.contains(&name));
    Claim {
        name: name.to_owned(),
        about: known.then(|| Text::new(stem)),
        said: strength(&text).filter(|_| name == "acr"),
        time: seconds.map(Timestamp::from_seconds),
        value: text,
    }
}

/// Claims in the order of our words, and then all others.
fn claims(all: &Map<String, Value>) -> Vec<Claim> {
    let known = CLAIMS.iter().filter_map(|name| all.get_key_value(*name));
    let others = all.iter().filter(|(name, _)| !CLAIMS.contains(&name.as_str()));
    known.chain(others).map(|(name, value)| claim(name, value)).collect()
}

impl Received {
    fn new(released: &Released) -> Self {
        let lasts = released.lasts;
        let mut facts = vec![
            Fact::written("scope", released.scope.as_str()),
            Fact::written("signed", released.signed_with.as_str()),
            Fact::said("code", length(lasts.code)),
            Fact::said("id-token-lasts", length(lasts.id_token)),
            Fact::said("access-token", length(lasts.access_token)),
        ];
        facts.push(match lasts.refresh_token {
            Some(seconds) => Fact::said("refresh-token", length(seconds)),
            None => Fact::said("refresh-token", Text::new("console-test-no-refresh-token")),
        });
        let both = serde_json::json!({
            "id_token": released.id_token, "userinfo": released.userinfo,
        });
        Self {
            id_token: claims(&released.id_token),
            userinfo: claims(&released.userinfo),
            lasts: facts,
            everything: serde_json::to_string_pretty(&both).unwrap_or_default(),
        }
    }
}

impl Why {
    fn new(refused: &Refused) -> Self {
        let words = ERRORS.iter().find(|(error, _)| *error == refused.error);
        let words = words.map_or("other", |(_, words)| words);
        Self {
            said: Text::new(format!("console-test-refused-{words}")),
            advice: Text::new(format!("console-test-refused-{words}-advice")),
            error: refused.error.clone(),
            description: refused.description.clone(),
            to_application: refused.to_application,
            redirects: refused.redirect_uri.clone().map(|sent| {
                let registered = refused.registered.clone();
                Redirects { sent, registered }
            }),
        }
    }
}

fn hint(hint: &Hint) -> Text {
    let word = match hint.kind {
        HintKind::UnknownScope => "unknown-scope",
        HintKind::ScopeNotAllowed => "scope-not-allowed",
        HintKind::UnknownAcr => "unknown-acr",
        HintKind::AcrNotReached => "acr-not-reached",
        HintKind::NoChallenge => "no-challenge",
        HintKind::Loopback => "loopback",
        HintKind::NobodyHasKey => "nobody-has-key",
    };
    Text::new(format!("console-test-hint-{word}")).with("words", hint.words.clone())
}

impl Tested {
    pub(crate) fn new(shell: Shell, name: &str, test: &LogInTest) -> Self {
        let told = &test.told;
        let mut asked = Vec::new();
        if let Some(it) = &told.asked {
            asked.push(Fact::written("redirect", it.redirect_uri.as_str()));
            asked.push(Fact::written("asks-scope", it.scope.as_str()));
            if let Some(acr) = &it.required_acr {
                asked.push(match strength(acr) {
                    Some(said) => Fact::said("required", said),
                    None => Fact::written("required", acr.as_str()),
                });
            }
            if !it.acr_values.is_empty() {
                asked.push(Fact::written("wished", it.acr_values.join(" ")));
            }
            if let Some(seconds) = it.max_age {
                asked.push(Fact::said("max-age", length(seconds.into())));
            }
        }
        Self {
            shell,
            name: name.to_owned(),
            begin: test.begin.clone(),
            until: at(test.expires_at),
            refused: told.refused.as_ref().map(Why::new),
            released: told.released.as_ref().map(Received::new),
            hints: told.hints.iter().map(hint).collect(),
            asked,
            again: ask_address(&test.client_id),
            edit: format!("{}/edit", address(&test.client_id)),
            back: address(&test.client_id),
        }
    }

    /// One that waits, one that was begun, and one for each reason to be refused.
    pub(crate) fn samples() -> Vec<Self> {
        let waits = samples::log_in_test();
        let shown =
            |test: &LogInTest| Self::new(samples::shell(Place::Applications), "Rota <b>", test);
        let mut begun = waits.clone();
        begun.begin = None;
        let mut all = vec![shown(&waits), shown(&begun)];
        for (to_application, (error, _)) in [true, false].into_iter().cycle().zip(ERRORS) {
            let mut test = begun.clone();
            test.told.refused = Some(Refused {
                error: error.to_owned(),
                description: "state <b> is longer".to_owned(),
                to_application,
                redirect_uri: Some("https://rota.example/<Trust>/".into()),
                registered: vec!["https://rota.example/<Trust>".into()],
            });
            all.push(shown(&test));
        }
        all
    }
}

impl Page for Tested {
    const TEMPLATE: &'static str = "console/log-in-tested.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        let test = samples::finished_log_in_test();
        Self::new(samples::shell(Place::Applications), "Rota <script>alert(1)</script>", &test)
    }

    fn tone(&self) -> Tone {
        match (&self.released, &self.refused) {
            (Some(_), _) => Tone::Good,
            (None, Some(_)) => Tone::Bad,
            (None, None) => Tone::Normal,
        }
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_the_largest_unit_that_it_is_whole_of() {
        let said = |seconds| {
            let text = length(seconds);
            (text.key.trim_start_matches("console-test-").to_owned(), text.args["count"].clone())
        };
        assert_eq!(said(0), ("seconds".into(), 0.into()));
        assert_eq!(said(90), ("seconds".into(), 90.into()));
        assert_eq!(said(60), ("minutes".into(), 1.into()));
        assert_eq!(said(5400), ("minutes".into(), 90.into()));
        assert_eq!(said(7200), ("hours".into(), 2.into()));
        assert_eq!(said(2_592_000), ("days".into(), 30.into()));
    }

    #[test]
    fn a_claim_is_shown_as_it_is_and_in_words_where_there_are_any() {
        let amr = claim("amr", &serde_json::json!(["pop", "mfa"]));
        assert_eq!((amr.value.as_str(), amr.said.is_none()), ("pop mfa", true));
        let acr = claim("acr", &"phr".into());
        assert_eq!(acr.said.map(|text| text.key), Some("console-test-acr-key".into()));
        assert!(claim("acr", &"urn:gold".into()).said.is_none());
        assert!(claim("address", &"phr".into()).said.is_none(), "it is no strength there");
        assert_eq!(claim("exp", &7.into()).time, Some(Timestamp::from_seconds(7)));
        assert!(claim("exp", &"soon".into()).time.is_none());
        let address = claim("address", &serde_json::json!({ "locality": "Bangor" }));
        assert_eq!((address.value.as_str(), address.about), (r#"{"locality":"Bangor"}"#, None));
    }

    #[test]
    fn an_error_that_we_have_no_words_for_is_told_by_its_name() {
        let refused = Refused {
            error: "server_error".into(),
            description: "x".into(),
            to_application: true,
            redirect_uri: None,
            registered: vec![],
        };
        let why = Why::new(&refused);
        assert_eq!(why.said.key, "console-test-refused-other");
        assert_eq!(why.error, "server_error");
    }
}
