//! What an organisation asks of its people, and who could not log in with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::people::PersonSummary;

/// The settings of an organisation's policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// The preset that it starts from: `small` or `hospital`.
    pub preset: String,
    /// Every setting.
    pub settings: Vec<Setting>,
}

/// A setting, with where its value comes from. Values are written as documents write them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Setting {
    /// Its name, e.g. `keys_required`.
    pub name: String,
    /// What the preset says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<serde_json::Value>,
    /// What the organisation says instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<serde_json::Value>,
    /// What the platform or an organisation above demands on top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demanded: Option<serde_json::Value>,
    /// What holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<serde_json::Value>,
}

/// An organisation's own settings, in full: what is not there goes by the preset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutPolicy {
    /// The preset; as it is when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The settings, as documents write them.
    #[schema(value_type = Object)]
    pub own: serde_json::Map<String, serde_json::Value>,
    /// How many people may be locked out by it, as a trial told: more, and it is refused.
    #[serde(default)]
    pub locks_out_at_most: u64,
}

/// Who could not log in tomorrow, if a policy were in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Trial {
    /// How many people were judged.
    pub judged: u64,
    /// How many could not log in before, and cannot after.
    pub already: u64,
    /// How many can log in before, and cannot after.
    pub locked_out: u64,
    /// How many would have to set something up at their next log-in.
    pub would_enrol: u64,
    /// The settings that come out different, by name.
    pub changed: Vec<String>,
    /// The first of those who would be locked out.
    pub people: Vec<LockedOut>,
}

/// Somebody who could not log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LockedOut {
    /// Who.
    pub person: PersonSummary,
    /// Why, as a word: the setting that does it.
    pub because: String,
}
