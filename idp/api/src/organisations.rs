//! Organisations and groups, and how far their people are.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::people::{Enrolment, Need, PersonSummary};

/// An organisation, named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct OrganisationRef {
    /// Its name in documents and addresses, e.g. `northgate`.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
}

/// An organisation as it heads pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Branded {
    /// Its names.
    #[serde(flatten)]
    pub named: OrganisationRef,
    /// Its colour as `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    /// Whether it has a picture.
    pub logo: bool,
}

/// Whom its people call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Helpdesk {
    /// What the helpdesk is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its telephone number as people write it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Its e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What else to do about a lost or stolen key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporting: Option<String>,
}

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organisation {
    /// Its names.
    #[serde(flatten)]
    pub named: OrganisationRef,
    /// The organisation above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<OrganisationRef>,
    /// The preset that its policy starts from: `small` or `hospital`.
    pub preset: String,
    /// Whom its people call.
    pub helpdesk: Helpdesk,
    /// How far the roll-out of keys is, all resolved.
    pub rollout: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An organisation to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// Its name in documents and addresses: small letters, digits and hyphens.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// The organisation above it, by its name in documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// The preset that its policy starts from: `small` or `hospital`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Whom its people call.
    #[serde(default)]
    pub helpdesk: Helpdesk,
}

/// What is different about an organisation. What is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationChange {
    /// Its name as people read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whom its people call, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helpdesk: Option<Helpdesk>,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Group {
    /// Its name in documents: unique in its organisation.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// Where it belongs.
    pub organisation: OrganisationRef,
    /// How many people are in it.
    pub members: u64,
    /// What is demanded of its members on top, as policies write it.
    #[schema(value_type = Object)]
    pub demanded: serde_json::Map<String, serde_json::Value>,
}

/// A group to be added or replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGroup {
    /// Its name as people read it.
    pub name: String,
    /// What is demanded of its members on top, as policies write it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub demanded: serde_json::Map<String, serde_json::Value>,
    /// How many members may be locked out by it, as a trial told: more, and it is refused.
    #[serde(default)]
    pub locks_out_at_most: u64,
}

/// What whoever puts somebody into a group agrees to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JoinQuery {
    /// 1 where they may be locked out by it, as a trial told; else it is refused then.
    #[serde(default)]
    pub locks_out_at_most: u64,
}

/// How far the people of an organisation and those below it are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    /// Of this organisation.
    pub organisation: OrganisationRef,
    /// How many people may log in or are invited.
    pub people: u64,
    /// How many of them are how far. Every class is there, empty ones too.
    pub classes: Vec<Class>,
    /// Until when people without a factor are let in, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub grace_until: Option<Timestamp>,
    /// How many said that they would like a key before their organisation hands any out.
    pub interested: u64,
    /// When they were counted; the oldest time where organisations were counted at several. Absent
    /// when none was counted yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub counted_at: Option<Timestamp>,
    /// How many organisations were not counted yet: their people are in none of the numbers.
    pub uncounted: u64,
    /// How many people need help first, for each reason.
    pub first: Vec<First>,
    /// The organisation and each of those below it, by their names. One that was not counted yet is
    /// not there.
    pub organisations: Vec<OrganisationProgress>,
    /// How it was on each day of the last 13 weeks that was counted, the oldest first; the last one
    /// is today.
    pub days: Vec<DayProgress>,
}

/// How far the people of one organisation are, without those of organisations below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrganisationProgress {
    /// Which.
    pub organisation: OrganisationRef,
    /// How many people may log in or are invited.
    pub people: u64,
    /// How many of them are how far. Every class is there, empty ones too.
    pub classes: Vec<Class>,
    /// When they were counted.
    #[schema(value_type = String, format = DateTime)]
    pub counted_at: Timestamp,
}

/// How many people need help first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct First {
    /// Why.
    pub need: Need,
    /// How many.
    pub people: u64,
}

/// How it was on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DayProgress {
    /// Which day (UTC).
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How many people there were.
    pub people: u64,
    /// How many of them had a key.
    pub with_key: u64,
    /// How many of those had two or more.
    #[serde(default)]
    pub two_keys: u64,
}

/// How many people are equally far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Class {
    /// How far.
    pub enrolment: Enrolment,
    /// How many.
    pub people: u64,
}

/// A model of key in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyModel {
    /// The model; absent for keys that did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aaguid: Option<Uuid>,
    /// The model in words.
    pub model: String,
    /// How many working keys of it active people have.
    pub keys: u64,
    /// How many of them are proven to be in hardware.
    pub hardware: u64,
    /// Whether what is published of it marks it revoked or broken.
    pub marked: bool,
    /// Whether policy lets it be registered.
    pub allowed: bool,
}

/// Who could not log in if a model of key were denied at log-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyModelNeeded {
    /// The model.
    #[serde(flatten)]
    pub model: KeyModel,
    /// How many active people have a working key of it.
    pub holders: u64,
    /// How many of them could not log in without.
    pub would_lock_out: u64,
    /// The first of those.
    pub people: Vec<PersonSummary>,
}

/// Which part of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PartQuery {
    /// From where the part before ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many at most: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
}
