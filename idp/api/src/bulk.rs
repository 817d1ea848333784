//! The same for many people at once, with what became of each.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::help::Handling;
use crate::people::{PersonSummary, Role};

/// What is done for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// They are invited by e-mail.
    Invite,
    /// They can log in no more.
    Disable,
    /// They can log in again.
    Enable,
    /// They move to another organisation.
    Move,
    /// They are logged out everywhere.
    EndSessions,
    /// Everything but their password is removed. It takes `in_person` or `badge_on_video` among
    /// the checks, which then was done with each of them.
    Reset,
}

/// Something to be done for many people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// What.
    pub action: BulkAction,
    /// For whom: 1 to 200.
    #[schema(min_items = 1, max_items = 200)]
    pub people: Vec<Uuid>,
    /// Where to, by its name in documents: for `move` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// How it came about: the same for all.
    #[serde(default)]
    pub handling: Handling,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// It may lock people out: without this, whoever would lose their last way in by a `move` or
    /// a `reset` is left as they are.
    #[serde(default)]
    pub lock_out: bool,
}

/// What became of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkResult {
    /// Whom it was for.
    pub id: Uuid,
    /// Who that is; absent where there is nobody, or they are outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonSummary>,
    /// Whether it was done.
    pub done: bool,
    /// Why it was not, or would not be, as the kind of a problem: `not-found`,
    /// `untouchable-yourself`, `already`, `locks-out`…
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Whether it takes their last way in away. Always so of `disable`, where it is what is meant.
    pub locked_out: bool,
    /// How many sessions end.
    pub sessions: u32,
    /// The roles that end.
    pub roles_ended: Vec<Role>,
}

/// What became of all of them, in the order in which they were named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkReceipt {
    /// Whether it was done: `false` after a dry run.
    pub done: bool,
    /// What became of each.
    pub results: Vec<BulkResult>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}
