//! Who acts, in which role, over whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, OrganisationId, PersonId, SessionId};

/// What a person may do for others. Each but the last holds for one organisation and those below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Helps with credentials, and nothing else.
    Helpdesk,
    /// Looks after the people of an organisation.
    LocalAdministrator,
    /// Reads.
    Auditor,
    /// Organisations, relying applications, policy floor, keys, audit.
    PlatformAdministrator,
}

impl Role {
    /// The role as documents and the database write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Helpdesk => "helpdesk",
            Self::LocalAdministrator => "local-administrator",
            Self::Auditor => "auditor",
            Self::PlatformAdministrator => "platform-administrator",
        }
    }

    /// The role from how it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Helpdesk, Self::LocalAdministrator, Self::Auditor, Self::PlatformAdministrator]
            .into_iter()
            .find(|role| role.as_str() == text)
    }
}

/// A role that a person holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleGrant {
    /// Who holds it.
    pub person: PersonId,
    /// Which.
    pub role: Role,
    /// Where it starts.
    pub organisation: OrganisationId,
}

/// The organisations that somebody may see and change. "Everything" is a variant of its own, never
/// an absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// These organisations; empty means none.
    Organisations(BTreeSet<OrganisationId>),
    /// All of them.
    Platform,
}

impl Scope {
    /// Whether an organisation lies inside.
    #[must_use]
    pub fn contains(&self, organisation: OrganisationId) -> bool {
        match self {
            Self::Organisations(ids) => ids.contains(&organisation),
            Self::Platform => true,
        }
    }
}

/// Who carries an action out. Every multi-step change takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, for themselves.
    Person {
        /// Who.
        person: PersonId,
        /// In which session, once there is one.
        session: Option<SessionId>,
    },
    /// An administrator, for the people in their scope.
    Administrator {
        /// Who.
        person: PersonId,
        /// In which session.
        session: SessionId,
        /// In which role.
        role: Role,
        /// Over whom.
        scope: Scope,
    },
    /// A service account, by itself.
    Service {
        /// Which.
        client: ClientId,
        /// Over whom.
        scope: Scope,
    },
    /// The server's own command line.
    Cli,
    /// Latchkey itself, by its rules.
    System,
}
