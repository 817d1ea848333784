//! Tests of log-ins: what an application would receive if an administrator logged in to it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// A log-in to try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLogInTest {
    /// The authorization request as the application sends it: the whole address, or what stands
    /// after its question mark. Without one, the simplest that it could send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// A test of a log-in. Nothing in it can be used anywhere: no code and no token was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogInTest {
    /// Its identifier.
    pub id: Uuid,
    /// The application.
    pub client_id: String,
    /// Where the log-in begins, once, in the browser and the session of whoever asked for the test.
    /// Absent once it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begin: Option<String>,
    /// Until when it can go on, and be read.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// What there is to tell of it.
    #[serde(flatten)]
    pub told: Outcome,
}

/// What there is to tell of a test.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInOutcome)]
pub struct Outcome {
    /// What the application asks; absent where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// What is amiss, though it stops nobody.
    #[serde(default)]
    pub hints: Vec<Hint>,
    /// What the application would receive, once the log-in is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Released>,
    /// Why it would receive nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refused>,
}

/// What an application asks of a log-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInAsked)]
pub struct Asked {
    /// Where people would go afterwards.
    pub redirect_uri: String,
    /// What it would be granted, less what it may not ask.
    pub scope: String,
    /// How strong it would like the log-in to be.
    #[serde(default)]
    pub acr_values: Vec<String>,
    /// How strong every log-in to it has to be, as an `acr` value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_acr: Option<String>,
    /// How old the log-in may be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
}

/// Something that is amiss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInHint)]
pub struct Hint {
    /// What.
    pub kind: HintKind,
    /// Which words of the request it is about, if about any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// What can be amiss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInHintKind)]
#[serde(rename_all = "kebab-case")]
pub enum HintKind {
    /// It asks for scopes that there are none of: they are ignored.
    UnknownScope,
    /// It asks for scopes that it may not ask for: they are left out.
    ScopeNotAllowed,
    /// It asks for `acr` values that mean nothing here.
    UnknownAcr,
    /// The log-in was not as strong as it would like.
    AcrNotReached,
    /// It does not bind its request to its code (RFC 7636).
    NoChallenge,
    /// People go to an address on their own computer.
    Loopback,
    /// A key is asked for, and nobody in the application's organisation has one.
    NobodyHasKey,
}

impl HintKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::UnknownScope,
        Self::ScopeNotAllowed,
        Self::UnknownAcr,
        Self::AcrNotReached,
        Self::NoChallenge,
        Self::Loopback,
        Self::NobodyHasKey,
    ];
}

/// What an application would receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInReleased)]
pub struct Released {
    /// What it would be granted.
    pub scope: String,
    /// What its ID token would say. None was signed.
    #[schema(value_type = Object)]
    pub id_token: Map<String, Value>,
    /// What an ID token for it is signed with.
    pub signed_with: String,
    /// What the userinfo endpoint would answer.
    #[schema(value_type = Object)]
    pub userinfo: Map<String, Value>,
    /// How long what it gets would last.
    pub lasts: Lasts,
}

/// How long what an application gets lasts, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInLasts)]
pub struct Lasts {
    /// The code.
    pub code: u64,
    /// The access token.
    pub access_token: u64,
    /// The ID token.
    pub id_token: u64,
    /// The refresh token, if it gets one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<u64>,
}

/// Why an application would receive nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LogInRefused)]
pub struct Refused {
    /// The error as the application is told it; where only the person is told, one of
    /// `redirect_uri_missing`, `redirect_uri_unregistered`, `client_id_missing`,
    /// `too_many_parameters`.
    pub error: String,
    /// More, for the application's developer.
    pub description: String,
    /// Whether the application is told. Else the person sees a page of ours.
    pub to_application: bool,
    /// Where people would go afterwards, if that is what is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_uri: Option<String>,
    /// Where they may go: to none but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub registered: Vec<String>,
}
