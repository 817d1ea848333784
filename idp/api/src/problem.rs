//! Why something was not done (RFC 9457).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something was not done. `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// What kind of problem, as a reference relative to `urn:latchkey:problem:`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What it is about in this case, for whoever asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Which members of the request are wrong, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What to name when asking whoever runs the installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A member of a request that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Which, e.g. `email`.
    pub field: String,
    /// What is wrong, as a word that programs know, e.g. `taken`.
    pub code: String,
    /// What is wrong, in words.
    pub message: String,
}
