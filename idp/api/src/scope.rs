//! The scopes of the API. They are enumerated, and reading is never implied by writing: a caller gets
//! what it names (RFC 6749 §3.3).

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a caller of the admin API may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
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
    /// Help a person who cannot log in, and nothing else: find them, see and remove what they log
    /// in with, hand over a pass or a link, end their sessions.
    #[serde(rename = "credentials:help")]
    CredentialsHelp,
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
    /// See who has which role.
    #[serde(rename = "roles:read")]
    RolesRead,
    /// Give and take roles.
    #[serde(rename = "roles:write")]
    RolesWrite,
    /// See the signing keys, without what they sign with.
    #[serde(rename = "keys:read")]
    KeysRead,
    /// Publish new signing keys.
    #[serde(rename = "keys:write")]
    KeysWrite,
    /// See how the installation is: its nodes, its queue of letters.
    #[serde(rename = "health:read")]
    HealthRead,
    /// Have letters that did not leave tried again, and take them back.
    #[serde(rename = "health:write")]
    HealthWrite,
    /// Agree to what another administrator asked for, or not.
    #[serde(rename = "approvals:write")]
    ApprovalsWrite,
    /// Read the audit trail. Nobody writes it.
    #[serde(rename = "audit:read")]
    AuditRead,
}

impl AdminScope {
    /// Every scope.
    pub const ALL: [Self; 19] = [
        Self::PeopleRead,
        Self::PeopleWrite,
        Self::CredentialsRead,
        Self::CredentialsWrite,
        Self::CredentialsHelp,
        Self::SessionsRead,
        Self::SessionsWrite,
        Self::OrganisationsRead,
        Self::OrganisationsWrite,
        Self::ApplicationsRead,
        Self::ApplicationsWrite,
        Self::RolesRead,
        Self::RolesWrite,
        Self::KeysRead,
        Self::KeysWrite,
        Self::HealthRead,
        Self::HealthWrite,
        Self::ApprovalsWrite,
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
            Self::CredentialsHelp => "credentials:help",
            Self::SessionsRead => "sessions:read",
            Self::SessionsWrite => "sessions:write",
            Self::OrganisationsRead => "organisations:read",
            Self::OrganisationsWrite => "organisations:write",
            Self::ApplicationsRead => "applications:read",
            Self::ApplicationsWrite => "applications:write",
            Self::RolesRead => "roles:read",
            Self::RolesWrite => "roles:write",
            Self::KeysRead => "keys:read",
            Self::KeysWrite => "keys:write",
            Self::HealthRead => "health:read",
            Self::HealthWrite => "health:write",
            Self::ApprovalsWrite => "approvals:write",
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
        self == Self::CredentialsHelp || self.as_str().ends_with(":write")
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
        assert!(AdminScope::CredentialsHelp.writes());
        assert!(!AdminScope::PeopleRead.writes());
        assert!(!AdminScope::AuditRead.writes());
    }
}
