//! What an identity provider's metadata says, as far as whoever has people log in there needs it
//! (SAML Metadata §2.4.3).

use latchkey_core::Timestamp;

use super::provider::{Endpoint, KeyDescriptor};
use crate::Binding;
use crate::verify::Key;

/// An identity provider as its `EntityDescriptor` describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// Until when this may be relied on: the earliest of its own and of what it stands in.
    pub valid_until: Option<Timestamp>,
    /// After how many seconds it should be read again: the shortest, likewise.
    pub cache_seconds: Option<u64>,
    /// It wants requests signed.
    pub wants_requests_signed: bool,
    /// Its keys.
    pub keys: Vec<KeyDescriptor>,
    /// Where requests for a log-in go. Never empty.
    pub single_sign_on: Vec<Endpoint>,
    /// Where log-outs go.
    pub logout: Vec<Endpoint>,
}

impl IdentityProvider {
    /// What its signatures are verified by.
    #[must_use]
    pub fn verifying(&self) -> Vec<Key> {
        self.keys.iter().flat_map(KeyDescriptor::verifying).collect()
    }

    /// Where requests for a log-in go by this binding.
    #[must_use]
    pub fn single_sign_on_by(&self, binding: Binding) -> Option<&Endpoint> {
        self.single_sign_on.iter().find(|endpoint| endpoint.binding == binding.uri())
    }

    /// Where log-outs go by this binding.
    #[must_use]
    pub fn logout_by(&self, binding: Binding) -> Option<&Endpoint> {
        self.logout.iter().find(|endpoint| endpoint.binding == binding.uri())
    }
}
