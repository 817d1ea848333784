//! What an organisation asks of its people, and who could not log in with it.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::people::PersonSummary;

/// The settings of an organisation's policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    /// The preset that it starts from: `small` or `hospital`.
    pub preset: String,
    /// Every setting.
    pub settings: Vec<Setting>,
    /// What the models are called that settings name.
    pub models: Vec<ModelName>,
}

/// What a model of key is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModelName {
    /// The model.
    pub aaguid: Uuid,
    /// The model in words; absent where nobody published any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Who demands something of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemandedBy {
    /// The platform, of everybody.
    Platform,
    /// An organisation above.
    Above,
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
    /// Who demands it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demanded_by: Vec<DemandedBy>,
    /// What holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<serde_json::Value>,
    /// What holds for people with a role, where that is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrators: Option<serde_json::Value>,
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
    /// How many of those who would be locked out have what. Only what there is, the commonest first.
    pub causes: Vec<Cause>,
    /// What it comes to for people with a role.
    pub administrators: Administrators,
    /// The first of those who would be locked out.
    pub people: Vec<LockedOut>,
}

/// What somebody has who could not log in with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Has {
    /// A working key.
    Key,
    /// An authenticator app, and no key.
    App,
    /// Neither, and they are let in to begin until a date.
    Grace,
    /// Neither.
    Nothing,
}

impl Has {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Key, Self::App, Self::Grace, Self::Nothing];
}

/// How many people would be locked out who have the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cause {
    /// What they have.
    pub has: Has,
    /// How many.
    pub people: u64,
}

/// What a policy comes to for people with a role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Administrators {
    /// Whether whoever asks would be locked out.
    pub you_locked_out: bool,
    /// How many others could still log in.
    pub others: u64,
    /// How many others would be locked out.
    pub others_locked_out: u64,
}

/// Whom a trial names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrialQuery {
    /// Only people who have this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[param(inline)]
    pub has: Option<Has>,
}

/// Somebody who could not log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LockedOut {
    /// Who.
    pub person: PersonSummary,
    /// What they have.
    pub has: Has,
    /// Why, as a word: the setting that does it.
    pub because: String,
}
