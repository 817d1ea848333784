//! Help for somebody who cannot log in: what is asked for, and the receipt.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How a caller was verified. Nothing that somebody can find out counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallerCheck {
    /// Called back at the number on record.
    CalledBack,
    /// They stood there.
    InPerson,
    /// They showed their badge on video.
    BadgeOnVideo,
    /// Their manager vouched for them with their own key.
    ManagerVouched,
}

/// Why they need help; it decides what else is worth doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A key is mislaid.
    Lost,
    /// A key was taken: sessions end too, unless somebody says otherwise.
    Stolen,
    /// Somebody got at a password or a code: sessions end too, unless somebody says otherwise.
    Phished,
    /// A key does not work any more.
    Broken,
    /// The PIN is forgotten.
    ForgottenPin,
    /// They leave: sessions end too, unless somebody says otherwise.
    Leaver,
    /// Something else: `note` says what.
    Other,
}

/// How a change came about. Kept in the audit trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Handling {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Why, in the words of whoever does it. At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The number of the case at the helpdesk. At most 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// How the caller was verified: at least one for whatever hands something over or takes the
    /// last way in away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CallerCheck>,
    /// The number that the caller's browser shows. It connects, and unlocks nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

/// Something to be done for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Help {
    /// How it came about.
    #[serde(default)]
    pub handling: Handling,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether their sessions end too. When not said: after `stolen`, `phished` and `leaver`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_sessions: Option<bool>,
    /// Issue a pass in the same step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassWish>,
    /// It may lock them out: without this and without a pass, what takes the last way in away is
    /// refused.
    #[serde(default)]
    pub lock_out: bool,
}

/// How a pass reaches its person; it decides how long it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassWish {
    /// Read out: 10 minutes.
    Spoken,
    /// Written down or sent: an hour.
    Written,
}

/// A pass or a link, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Told {
    /// The characters of a pass in groups of four, or the address of a link.
    pub secret: String,
    /// When it stops counting.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// What was done, or would be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Receipt {
    /// Whether it was done: `false` after a dry run, and while a second administrator has to agree.
    pub done: bool,
    /// What waits for a second administrator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Uuid>,
    /// The keys that are different, by nickname.
    pub keys: Vec<String>,
    /// Whether the authenticator app went, or works again.
    pub app: bool,
    /// Whether recovery codes went.
    pub recovery_codes: bool,
    /// How many sessions end.
    pub sessions: u32,
    /// How many of those rest on a key or app that goes.
    pub sessions_of_keys: u32,
    /// Whether they cannot log in afterwards, as policy asks.
    pub locked_out: bool,
    /// The pass that counted and counts no more.
    pub pass_voided: bool,
    /// Where the letters go that tell them, masked, e.g. `a…@northgate.example`; absent when nobody
    /// can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// The pass or link, told once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<Told>,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// A browser that shows a call number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Call {
    /// Six digits.
    pub number: String,
    /// When the number stops counting.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Who helps already, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helper: Option<String>,
}

/// Who is helped by whom in a call. The caller's page then shows the helper's name and case number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerCall {
    /// Whom the caller says to be.
    pub person: Uuid,
    /// The number of the case at the helpdesk. At most 60 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

/// Something that a second administrator has to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Approval {
    /// Its key.
    pub id: Uuid,
    /// What is to be done: `reset`, `pass`.
    pub action: String,
    /// For whom.
    pub person: crate::people::PersonSummary,
    /// Who asked.
    pub asked_by: crate::people::PersonSummary,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// When it lapses.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// How it came about.
    pub handling: Handling,
    /// The pass that would be issued with it, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass: Option<PassWish>,
    /// Whether their sessions would end.
    #[serde(default)]
    pub end_sessions: bool,
    /// Whether the caller may decide: never whoever asked, nor whom it is for.
    pub decidable: bool,
}

/// Why something is not agreed to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Disagreement {
    /// Why, in the words of whoever refuses. At most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
