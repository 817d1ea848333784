//! What the admin API and its callers must agree on. Wire types only: no store, no HTTP.
//!
//! Scopes are enumerated, and reading is never implied by writing: a caller gets what it names
//! (RFC 6749 §3.3).

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a caller of the admin API may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AdminScope {
    /// Find people and see who they are.
    #[serde(rename = "people:read")]
    PeopleRead,
    /// Add, change, disable and remove people.
    #[serde(rename = "people:write")]
    PeopleWrite,
    /// See the keys that a person has.
    #[serde(rename = "credentials:read")]
    CredentialsRead,
    /// Remove, suspend and reinstate a person's keys.
    #[serde(rename = "credentials:write")]
    CredentialsWrite,
    /// See where a person is logged in.
    #[serde(rename = "sessions:read")]
    SessionsRead,
    /// Log a person out.
    #[serde(rename = "sessions:write")]
    SessionsWrite,
    /// See organisations and their policies.
    #[serde(rename = "organisations:read")]
    OrganisationsRead,
    /// Change organisations and their policies.
    #[serde(rename = "organisations:write")]
    OrganisationsWrite,
    /// See the relying applications.
    #[serde(rename = "applications:read")]
    ApplicationsRead,
    /// Add, change and remove relying applications.
    #[serde(rename = "applications:write")]
    ApplicationsWrite,
    /// Read the audit trail. Nobody writes it.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl AdminScope {
    /// Every scope.
    pub const ALL: [Self; 11] = [
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::CredentialsRead,
        Self::CredentialsWrite,
        Self::SessionsRead,
        Self::SessionsWrite,
        Self::OrganisationsRead,
        Self::OrganisationsWrite,
        Self::ApplicationsRead,
        Self::ApplicationsWrite,
        Self::AuditRead,
    ];

    /// The scope as it is written in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PeopleRead => "people:read",
            Self::PeopleWrite => "people:write",
            Self::CredentialsRead => "credentials:read",
            Self::CredentialsWrite => "credentials:write",
            Self::SessionsRead => "sessions:read",
            Self::SessionsWrite => "sessions:write",
            Self::OrganisationsRead => "organisations:read",
            Self::OrganisationsWrite => "organisations:write",
            Self::ApplicationsRead => "applications:read",
            Self::ApplicationsWrite => "applications:write",
            Self::AuditRead => "audit:read",
        }
    }

    /// The scope from how it is written. Scopes are case-sensitive (RFC 6749 §3.3).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Whether it changes something: then the log-in behind the request must be fresh.
    #[must_use]
    pub fn writes(self) -> bool {
        self.as_str().ends_with(":write")
    }
}

impl fmt::Display for AdminScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_reads_back_as_it_is_written_in_requests_and_in_json() {
        for scope in AdminScope::ALL {
            assert_eq!(AdminScope::parse(scope.as_str()), Some(scope));
            let json = serde_json::to_value(scope).expect("json");
            assert_eq!(json, scope.as_str());
            assert_eq!(serde_json::from_value::<AdminScope>(json).expect("a scope"), scope);
        }
    }

    #[test]
    fn nothing_like_a_scope_is_a_scope() {
        for text in ["", "people", "people:*", "People:read", "people:read ", "audit:write"] {
            assert_eq!(AdminScope::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_writing_scopes_write() {
        assert!(AdminScope::PeopleWrite.writes());
        assert!(!AdminScope::PeopleRead.writes());
        assert!(!AdminScope::AuditRead.writes());
    }
}
