//! Independent service providers: pysaml2 and python3-saml on Python, node-saml on Node.js, samael
//! in `tests/samael-sp`. They know the provider by its metadata, and write their own.
//!
//! None of them asks the provider anything itself, but to resolve an artifact: the test is the browser
//! in between, and its thread may wait for them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::clock::{Clock as _, SystemClock};
use latchkey_core::rng::SystemRng;
use latchkey_saml::keys::{Certificate, SignatureAlgorithm, SigningKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::talk::{Language, Refusal, Talk};

/// Which implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    /// pysaml2 (Python), which asks the program xmlsec1.
    Pysaml2,
    /// OneLogin's python3-saml (Python), which has the SAML schemas.
    Python3Saml,
    /// node-saml (Node.js).
    NodeSaml,
    /// samael, which asks the library xmlsec.
    Samael,
}

impl Library {
    /// All that can do whatever is asked of them here: samael logs people in and no more.
    pub(crate) const ALL: [Self; 3] = [Self::Pysaml2, Self::Python3Saml, Self::NodeSaml];

    fn script(self) -> (Language, &'static str) {
        match self {
            Self::Pysaml2 => (Language::Python, "pysaml2"),
            Self::Python3Saml => (Language::Python, "python3_saml"),
            Self::NodeSaml => (Language::Node, "node-saml"),
            Self::Samael => (Language::Rust, "samael-sp"),
        }
    }
}

/// How a message travels with the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Binding {
    Redirect,
    Post,
    /// By reference: what it stands for the receiver fetches itself.
    Artifact,
}

impl Binding {
    /// Both that requests come by.
    pub(crate) const ALL: [Self; 2] = [Self::Redirect, Self::Post];
}

/// What a service provider is told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Setup {
    /// The provider's.
    pub(crate) provider_metadata: String,
    pub(crate) entity_id: String,
    /// Its assertion consumer service.
    pub(crate) consumer: String,
    /// How answers come there: by POST but at pysaml2, which resolves artifacts as well.
    pub(crate) answers_by: Binding,
    /// The single logout service of its metadata.
    pub(crate) logout: String,
    /// Whether it signs its requests, and says so in its metadata.
    pub(crate) signs_requests: bool,
    pub(crate) wants_response_signed: bool,
    pub(crate) wants_assertion_signed: bool,
    /// Whether its metadata has a key for encryption.
    pub(crate) encryption: bool,
}

impl Setup {
    /// One that wants everything signed and nothing encrypted.
    pub(crate) fn new(provider_metadata: &str, host: &str) -> Self {
        Self {
            provider_metadata: provider_metadata.to_owned(),
            entity_id: format!("https://{host}/saml"),
            consumer: format!("https://{host}/saml/consumer"),
            answers_by: Binding::Post,
            logout: format!("https://{host}/saml/logout"),
            signs_requests: true,
            wants_response_signed: true,
            wants_assertion_signed: true,
            encryption: false,
        }
    }
}

/// A request for a log-in, as far as the libraries let their callers choose.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LogIn {
    pub(crate) binding: Binding,
    pub(crate) relay_state: Option<&'static str>,
    /// Of a `NameIDPolicy`. A URI.
    pub(crate) name_id_format: Option<&'static str>,
    /// Of a `RequestedAuthnContext`. URIs.
    pub(crate) classes: &'static [&'static str],
    pub(crate) comparison: &'static str,
    /// `ForceAuthn`.
    pub(crate) force: bool,
    /// `IsPassive`.
    pub(crate) passive: bool,
}

impl LogIn {
    /// One that asks for nothing more.
    pub(crate) const fn by(binding: Binding) -> Self {
        Self {
            binding,
            relay_state: None,
            name_id_format: None,
            classes: &[],
            comparison: "exact",
            force: false,
            passive: false,
        }
    }
}

/// Where a message goes with the browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) url: String,
    /// What is posted there; where there is nothing, the message is in the address.
    pub(crate) fields: Option<Fields>,
}

/// The fields of a form.
pub(crate) type Fields = BTreeMap<String, String>;

/// What a service provider knows somebody by.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Name {
    pub(crate) value: String,
    pub(crate) format: Option<String>,
    pub(crate) name_qualifier: Option<String>,
    pub(crate) sp_name_qualifier: Option<String>,
}

/// Who logged in, as the library understands and verified it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Identity {
    pub(crate) name_id: Name,
    /// By their names.
    pub(crate) attributes: BTreeMap<String, Vec<String>>,
    /// By their friendly names, or by the library's own for names that it knows. node-saml knows
    /// neither.
    pub(crate) friendly: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) session_index: Option<String>,
    /// `AuthnContextClassRef`.
    pub(crate) class: String,
    pub(crate) relay_state: Option<String>,
}

/// What became of a log-out, as the library understood and verified it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct LoggedOut {
    /// Status codes, the outer one first.
    pub(crate) statuses: Vec<String>,
    pub(crate) relay_state: Option<String>,
}

/// Who is to be logged out, as the library understood and verified it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ToldToLogOut {
    pub(crate) name_id: String,
    pub(crate) session_indexes: Vec<String>,
    /// What it answers.
    pub(crate) answer: Place,
}

/// A service provider on a library that others wrote.
pub(crate) struct ServiceProvider {
    pub(crate) library: Library,
    pub(crate) setup: Setup,
    talk: Talk,
    _keys: TempDir,
}

impl ServiceProvider {
    /// Starts one, with a key of its own.
    pub(crate) fn start(library: Library, setup: Setup) -> Self {
        let keys = tempfile::tempdir().expect("a folder");
        let [key, certificate] = make_keys(&keys);
        let mut told = serde_json::to_value(&setup).expect("JSON");
        told["key"] = json!(key);
        told["certificate"] = json!(certificate);
        let (language, script) = library.script();
        let talk = Talk::start(language, script, &told.to_string());
        Self { library, setup, talk, _keys: keys }
    }

    fn ask<T: for<'de> Deserialize<'de>>(&mut self, ask: &str, with: Value) -> Result<T, Refusal> {
        let mut with = with;
        with["ask"] = ask.into();
        self.talk.say(&with.to_string())
    }

    #[track_caller]
    fn must<T>(&self, answer: Result<T, Refusal>) -> T {
        answer.unwrap_or_else(|refusal| panic!("{:?}: {refusal:?}", self.library))
    }

    /// Its metadata, which its library writes.
    pub(crate) fn metadata(&mut self) -> String {
        #[derive(Deserialize)]
        struct Metadata {
            metadata: String,
        }
        let answer: Result<Metadata, _> = self.ask("metadata", json!({}));
        self.must(answer).metadata
    }

    /// Starts a log-in: where the browser goes.
    pub(crate) fn log_in(&mut self, log_in: &LogIn) -> Place {
        let answer = self.ask("log_in", serde_json::to_value(log_in).expect("JSON"));
        self.must(answer)
    }

    /// What the library makes of the answer that the browser brought.
    pub(crate) fn judge(&mut self, fields: &Fields) -> Result<Identity, Refusal> {
        self.ask("judge", json!({ "fields": fields }))
    }

    /// A signed request to log out whoever was logged in last. pysaml2 makes the RelayState itself.
    pub(crate) fn log_out(&mut self, binding: Binding, relay_state: Option<&str>) -> Place {
        let with = json!({ "binding": binding, "relay_state": relay_state });
        let answer = self.ask("log_out", with);
        self.must(answer)
    }

    /// What the library makes of the answer to that.
    pub(crate) fn logged_out(&mut self, came: &Place) -> Result<LoggedOut, Refusal> {
        self.ask("logged_out", json!(came))
    }

    /// What the library makes of a request of ours.
    pub(crate) fn told_to_log_out(&mut self, came: &Place) -> Result<ToldToLogOut, Refusal> {
        self.ask("told_to_log_out", json!(came))
    }
}

/// Files with a private key and its certificate.
fn make_keys(folder: &TempDir) -> [PathBuf; 2] {
    let key = SigningKey::generate(SignatureAlgorithm::RsaSha256).expect("a key");
    let lasts = Duration::from_secs(86_400);
    let certificate =
        Certificate::self_signed(&key, "Service provider", SystemClock.now(), lasts, &SystemRng)
            .expect("a certificate");
    let private = key.to_pkcs8().expect("PKCS#8");
    [("key", "PRIVATE KEY", &**private), ("certificate", "CERTIFICATE", certificate.der())].map(
        |(name, label, der)| {
            let encoded = STANDARD.encode(der);
            // The libraries read lines of the length that PEM has.
            let lines: Vec<&str> = encoded
                .as_bytes()
                .chunks(64)
                .map(|line| std::str::from_utf8(line).expect("ASCII"))
                .collect();
            let pem =
                format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"));
            let path = folder.path().join(name);
            std::fs::write(&path, pem).expect("written");
            path
        },
    )
}
