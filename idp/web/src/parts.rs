//! The small things that pages are made of: words with their arguments, links, forms, problems.
//!
//! Plain data for templates. Nothing here is a sentence: sentences live in the theme's messages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message of the theme with its arguments; said in the reader's language when rendered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The message's key.
    pub key: String,
    /// Its arguments.
    pub args: BTreeMap<String, Value>,
}

impl Text {
    /// A message by its key.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    /// The same with one more argument: a text or a whole number.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

impl From<&str> for Text {
    fn from(key: &str) -> Self {
        Self::new(key)
    }
}

/// Somewhere to go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// What it is called.
    pub label: Text,
    /// Where it leads.
    pub url: String,
}

impl Link {
    /// A link.
    #[must_use]
    pub fn new(label: impl Into<Text>, url: impl Into<String>) -> Self {
        Self { label: label.into(), url: url.into() }
    }
}

/// Where a form posts to, and what it carries unseen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Form {
    /// The address that it posts to.
    pub action: String,
    /// Hidden inputs: name and value.
    pub hidden: Vec<(String, String)>,
}

impl Form {
    /// A form that posts to an address.
    #[must_use]
    pub fn new(action: impl Into<String>) -> Self {
        Self { action: action.into(), hidden: Vec::new() }
    }

    /// The same with one more hidden input.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }
}

/// A WebAuthn ceremony on a page. The script fetches options from `options_url` when its button
/// is pressed, and submits `form` with `credential` (the browser's answer as JSON) or `failure`
/// (the name of its `DOMException`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ceremony {
    /// The form that carries the result.
    pub form: Form,
    /// Where the script fetches options: `POST` with `{"step", "username"?, "conditional"?}`.
    pub options_url: String,
}

/// What went wrong, in words, and at which field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The sentence.
    pub text: Text,
    /// What to do about it, where one sentence is not enough.
    pub advice: Vec<Text>,
    /// The name of the input that it concerns.
    pub field: Option<String>,
}

impl Problem {
    /// A problem that concerns no one field.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self { text: text.into(), advice: Vec::new(), field: None }
    }

    /// A problem with one field.
    #[must_use]
    pub fn at(field: &str, text: impl Into<Text>) -> Self {
        Self { text: text.into(), advice: Vec::new(), field: Some(field.to_owned()) }
    }

    /// The same with one more piece of advice.
    #[must_use]
    pub fn advise(mut self, text: impl Into<Text>) -> Self {
        self.advice.push(text.into());
        self
    }
}

/// The latch beside a page's heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Where you are.
    #[default]
    Normal,
    /// Yours to put right.
    Bad,
    /// Done.
    Good,
}

/// The help pages: each is an address under `/help/` and a link on other pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Help {
    /// What to try when a key does not work.
    KeyNotWorking,
    /// How to start over with a key whose PIN nobody knows.
    ForgottenPin,
    /// What to do without the password.
    ForgottenPassword,
    /// What to do without the key.
    LostKey,
    /// How to come by a key.
    StartUsing,
    /// How to put a key on an account.
    RegisterKey,
    /// How to give a key another name.
    RenameKey,
    /// How to take a key off an account.
    RemoveKey,
    /// How to make a key as new, and what that wipes.
    FactoryReset,
    /// What FIDO2 and security keys are.
    WhatIsAKey,
    /// Who of an organisation helps, for whoever cannot log in too.
    LocalAdministrator,
    /// Whom to call.
    GetHelp,
    /// How these pages can be used, and whom to tell when they cannot.
    Accessibility,
    /// What is kept about a person.
    Privacy,
}

impl Help {
    /// Every help page.
    pub const ALL: [Self; 14] = [
        Self::KeyNotWorking,
        Self::ForgottenPin,
        Self::ForgottenPassword,
        Self::LostKey,
        Self::StartUsing,
        Self::RegisterKey,
        Self::RenameKey,
        Self::RemoveKey,
        Self::FactoryReset,
        Self::WhatIsAKey,
        Self::LocalAdministrator,
        Self::GetHelp,
        Self::Accessibility,
        Self::Privacy,
    ];

    /// Its last path segment. Also the stem of its messages and its template.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::KeyNotWorking => "key-not-working",
            Self::ForgottenPin => "forgotten-pin",
            Self::ForgottenPassword => "forgotten-password",
            Self::LostKey => "lost-key",
            Self::StartUsing => "start-using",
            Self::RegisterKey => "register-key",
            Self::RenameKey => "rename-key",
            Self::RemoveKey => "remove-key",
            Self::FactoryReset => "factory-reset",
            Self::WhatIsAKey => "what-is-a-key",
            Self::LocalAdministrator => "local-administrator",
            Self::GetHelp => "get-help",
            Self::Accessibility => "accessibility",
            Self::Privacy => "privacy",
        }
    }

    /// Its address. With an organisation, the page shows whom that one's people call, to somebody
    /// who is not logged in too.
    #[must_use]
    pub fn url(self, organisation: Option<&str>) -> String {
        let slug = self.slug();
        match organisation {
            Some(organisation) => format!("/help/{slug}?organisation={organisation}"),
            None => format!("/help/{slug}"),
        }
    }

    /// The page of a last path segment.
    #[must_use]
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|help| help.slug() == slug)
    }
}

/// What a page tells the browser's password and passkey store (WebAuthn Level 3 §5.1.10).
/// The browser may not know how; then nothing happens. Byte strings are base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Signal {
    /// This credential is not known here (any more).
    UnknownCredential {
        /// The relying party.
        rp_id: String,
        /// Which.
        credential_id: String,
    },
    /// These are all credentials of a person.
    AllAcceptedCredentials {
        /// The relying party.
        rp_id: String,
        /// The person's user handle.
        user_id: String,
        /// Their credentials.
        all_accepted_credential_ids: Vec<String>,
    },
    /// What a person is called now.
    CurrentUserDetails {
        /// The relying party.
        rp_id: String,
        /// The person's user handle.
        user_id: String,
        /// Their user name.
        name: String,
        /// Their name.
        display_name: String,
    },
}
