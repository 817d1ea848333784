//! Identifiers, one type each, so that a person's cannot be handed where a session's belongs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::rng::Rng;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new, time-ordered identifier (UUIDv7).
            #[must_use]
            pub fn new(rng: &dyn Rng, now: Timestamp) -> Self {
                Self(rng.uuid_v7(now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// An organisation's key.
    OrganisationId;
    /// A group's key.
    GroupId;
    /// A person's key. Never leaves the house: relying applications see a [`Subject`].
    PersonId;
    /// The key of one enrolled security key or passkey (not the WebAuthn credential id).
    CredentialId;
    /// A session's immutable key. What relying applications see as `sid` is derived from it.
    SessionId;
    /// One person's way through the log-in pages.
    FlowId;
    /// A test of a log-in to an application. Part of an address, so never anything but random.
    LogInTestId;
    /// A log-out on its way round the applications. Part of an address, so never anything but random.
    LogoutId;
    /// One WebAuthn ceremony under way.
    CeremonyId;
    /// What a relying application was granted: a code's, its tokens' and their family's key.
    GrantId;
    /// An audit event's key.
    EventId;
    /// The database key of what waits for a second administrator.
    ApprovalId;
    /// The key of an import of people.
    ImportId;
    /// A letter's key.
    MessageId;
    /// The key of an authenticator app, a recovery code or a pass.
    CodeId;
}

/// The subject identifier that relying applications see (OpenID Connect Core §2 `sub`): a random
/// UUID of its own, because a database key would tell when the person was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(pub Uuid);

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A relying application's `client_id` (RFC 6749 §2.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(pub String);

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The entity ID of an application that speaks SAML (SAML Metadata §2.3.2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityId(pub String);

impl fmt::Display for EntityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The WebAuthn user handle: 64 random bytes that carry no personal data
/// (WebAuthn Level 3 §14.6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UserHandle(pub [u8; 64]);

impl UserHandle {
    /// A new handle.
    #[must_use]
    pub fn new(rng: &dyn Rng) -> Self {
        Self(rng.bytes())
    }
}
