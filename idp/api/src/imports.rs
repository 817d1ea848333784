//! Tables of people, taken in.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::organisations::OrganisationRef;

/// How an import is to be done. The table itself is the body, `text/csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Into which organisation, by its name in documents.
    pub organisation: String,
    /// Only tell what would be done.
    #[serde(default)]
    pub dry_run: bool,
    /// Invite whoever is new.
    #[serde(default)]
    pub invite: bool,
}

/// Whose imports a list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportsQuery {
    /// Of people of this organisation and those below it, by its name in documents.
    pub organisation: String,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It is under way.
    Running,
    /// It is done.
    Done,
    /// Rows are wrong, and nothing was kept.
    Refused,
    /// It stopped; what was kept is kept, and the same table goes on from there.
    Failed,
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// Its key.
    pub id: Uuid,
    /// Into which organisation.
    pub organisation: OrganisationRef,
    /// Whether it only tells what would be done.
    pub dry_run: bool,
    /// Whether whoever is new is invited.
    pub invite: bool,
    /// How far it is.
    pub state: ImportState,
    /// Rows in the table, once it was read.
    pub rows: u64,
    /// Rows that are done.
    pub done: u64,
    /// People who were added, or would be.
    pub added: u64,
    /// People who were changed, or would be.
    pub changed: u64,
    /// People who are as the table says already.
    pub same: u64,
    /// What is wrong, the first thousand.
    pub errors: Vec<RowError>,
    /// How many rows are wrong.
    pub wrong: u64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// Until when the table of a dry run can be taken in without being sent again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub table_until: Option<Timestamp>,
    /// The import that took the table of a dry run in, or does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_in: Option<Uuid>,
}

/// How the table of a dry run is to be taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeIn {
    /// Invite those who have nothing to log in with and no invitation that counts.
    #[serde(default)]
    pub invite: bool,
}

/// A row that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowError {
    /// Its line in the table, from 1; 0 for what is no row's.
    pub line: u64,
    /// What is wrong, as a word that programs know: one of [`ROW_ERRORS`]. More may come.
    pub code: String,
    /// What the words are about, by the names that the code has.
    pub values: BTreeMap<String, String>,
    /// What is wrong, in English.
    pub message: String,
}

/// The code of what is told in words alone.
pub const OTHER_ROW_ERROR: &str = "other";

/// Every other code, with the names of its values.
pub const ROW_ERRORS: [(&str, &[&str]); 33] = [
    ("empty", &[]),
    ("utf-16", &[]),
    ("not-utf-8", &[]),
    ("long-line", &["kibibytes"]),
    ("no-row", &[]),
    ("quotation-mark", &[]),
    ("cells", &["there", "named"]),
    ("column-unknown", &["column", "columns"]),
    ("column-misspelt", &["column", "nearest"]),
    ("column-twice", &["column"]),
    ("no-username-column", &[]),
    ("no-name-column", &[]),
    ("username-empty", &[]),
    ("username-long", &["most"]),
    ("username-character", &[]),
    ("username-reserved", &["username"]),
    ("username-shape", &["username", "example"]),
    ("username-elsewhere", &["username", "organisation"]),
    ("username-twice", &["username", "line"]),
    ("cell-long", &["column", "most"]),
    ("email", &["typed"]),
    ("language", &["typed", "languages"]),
    ("group-unknown", &["group", "organisation"]),
    ("group-misspelt", &["group", "nearest", "organisation"]),
    ("staff-number-taken", &["staff_number", "username"]),
    ("staff-number-twice", &["staff_number", "line"]),
    ("no-name", &["username"]),
    ("has-role", &["username"]),
    ("locks-out", &["username", "groups"]),
    ("forbidden", &[]),
    ("running", &[]),
    ("no-mail", &[]),
    ("unread", &[]),
];
