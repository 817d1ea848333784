//! Made-up keys, for tests.

use latchkey_core::Timestamp;
use latchkey_core::credentials::{Credential, CredentialState, Nickname};
use latchkey_core::ids::{CredentialId, PersonId};
use uuid::Uuid;

/// When everything takes place.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
/// The key of [`key`].
pub(crate) const KEY: CredentialId = CredentialId(Uuid::from_u128(9));

pub(crate) fn key(state: CredentialState) -> Credential {
    Credential {
        id: KEY,
        person: PersonId(Uuid::from_u128(1)),
        credential_id: vec![1; 32],
        public_key: String::new(),
        nickname: Nickname::parse("Blue key").expect("a nickname"),
        asset_tag: None,
        aaguid: Uuid::nil(),
        counter: 0,
        counter_alerts: 0,
        backup_eligible: false,
        backed_up: false,
        transports: Vec::new(),
        discoverable: None,
        attestation_format: "none".into(),
        hardware: false,
        state,
        added_at: NOW,
        last_used_at: None,
    }
}
