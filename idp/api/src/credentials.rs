//! What a person logs in with, as the helpdesk sees it. Never a secret.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Why and since when something does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suspension {
    /// Why.
    pub cause: Cause,
    /// Since when, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// Why a key or an authenticator app was suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Its owner reported it lost.
    ReportedLost,
    /// Its counter did not rise a second time: there may be two of it.
    Copied,
    /// Its owner said of a letter about it that this was not them.
    NotMe,
    /// An administrator suspended it.
    Administrator,
    /// It rests while its owner's account is closed.
    Closed,
}

/// A log-in with a key, or one that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why it was refused, as a word; absent when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// A security key or passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Key {
    /// Its key here.
    pub id: Uuid,
    /// What its owner calls it.
    pub nickname: String,
    /// The sticker of the organisation on it, as somebody typed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset_tag: Option<String>,
    /// Its model in words.
    pub model: String,
    /// Its model; absent when it did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<Uuid>,
    /// It may be copied to other devices: a passkey.
    pub synced: bool,
    /// It is proven to be in hardware.
    pub hardware: bool,
    /// Why it does not work, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// Why policy does not take it for a log-in, if so: a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_by_policy: Option<String>,
    /// When it was registered.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
    /// The last time that it was refused, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_failure: Option<Attempt>,
}

/// An authenticator app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct App {
    /// Why it does not work, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// Whether policy counts it.
    pub allowed: bool,
    /// When it was enrolled.
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A pass that counts: that there is one, never what it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LivePass {
    /// When it was issued.
    #[schema(value_type = String, format = DateTime)]
    pub issued_at: Timestamp,
    /// When it stops counting.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// How often it may still be tried.
    pub tries_left: u32,
}

/// What somebody logs in with, and what to do for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Credentials {
    /// Their keys, in the order in which they were added.
    pub keys: Vec<Key>,
    /// Their authenticator app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<App>,
    /// Whether they have a password.
    pub password: bool,
    /// How many recovery codes are left; absent when they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_codes: Option<u32>,
    /// The pass that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<LivePass>,
    /// Until when an invitation counts that was not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub invited_until: Option<Timestamp>,
    /// Whether they can log in as policy asks.
    pub can_log_in: bool,
    /// What policy asks of them.
    pub demanded: Demanded,
    /// The one thing to do next.
    pub next_step: NextStep,
}

/// What policy asks of a person, in what the helpdesk needs of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Demanded {
    /// How strong every log-in is at least, as policies write it: `password`, `mfa`,
    /// `phishing-resistant`, `hardware`.
    pub required: String,
    /// Whether they have to have keys now.
    pub keys_required: bool,
    /// How many.
    pub keys: u32,
    /// Whether they can enrol a key at all.
    pub keys_open: bool,
    /// What opens enrolment for somebody who has nothing: `pass`, `invitation`.
    pub bootstrap: String,
}

/// The one thing to do next for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// They can log in; nothing needs doing.
    Nothing,
    /// They never accepted their invitation: invite them again.
    Invite,
    /// A pass counts: they use it.
    UsePass,
    /// They have nothing that works: a pass lets them set up a new key.
    IssuePass,
    /// What they have is suspended: restore it if they have it back, or issue a pass.
    RestoreOrPass,
    /// They have another way in: log in with that, and replace the key at `/account`.
    UseOther,
    /// They are disabled: enable them first.
    Enable,
}

/// What is different about a key. What is absent stays; `null` clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// What its owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// The sticker on it.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::people::cleared")]
    #[schema(value_type = Option<String>)]
    pub asset_tag: Option<Option<String>>,
}
