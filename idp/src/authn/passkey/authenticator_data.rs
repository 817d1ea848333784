//! Authenticator data (WebAuthn Level 3 §6.1), as far as webauthn-rs-core keeps it to itself: the
//! model of unattested keys, BE as told, and whether anything stands behind the end.

use serde::Deserialize as _;
use serde::de::IgnoredAny;
use uuid::Uuid;

use super::{CeremonyError, malformed};

const BE: u8 = 1 << 3;
const BS: u8 = 1 << 4;
const AT: u8 = 1 << 6;
const ED: u8 = 1 << 7;

/// What is read here.
pub(super) struct AuthenticatorData<'a> {
    pub(super) backup_eligible: bool,
    pub(super) backed_up: bool,
    pub(super) attested: Option<Attested<'a>>,
}

/// Attested credential data (§6.5.1), without its public key.
pub(super) struct Attested<'a> {
    pub(super) aaguid: Uuid,
    pub(super) credential_id: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads the whole of `bytes`.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, CeremonyError> {
        let broken = || malformed("authenticator data");
        // The hash of the relying party id, flags, counter.
        let (head, mut rest) = bytes.split_at_checked(37).ok_or_else(broken)?;
        let flags = head[32];
        let attested = if flags & AT != 0 {
            let (aaguid, tail) = rest.split_first_chunk::<16>().ok_or_else(broken)?;
            let (length, tail) = tail.split_first_chunk::<2>().ok_or_else(broken)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (credential_id, tail) = tail.split_at_checked(length).ok_or_else(broken)?;
            rest = after_item(tail)?;
            Some(Attested { aaguid: Uuid::from_bytes(*aaguid), credential_id })
        } else {
            None
        };
        if flags & ED != 0 {
            rest = after_item(rest)?;
        }
        if !rest.is_empty() {
            return Err(broken());
        }
        let (backup_eligible, backed_up) = (flags & BE != 0, flags & BS != 0);
        Ok(Self { backup_eligible, backed_up, attested })
    }
}

/// What stands behind one CBOR item.
fn after_item(bytes: &[u8]) -> Result<&[u8], CeremonyError> {
    let mut deserializer = serde_cbor_2::Deserializer::from_slice(bytes);
    IgnoredAny::deserialize(&mut deserializer).map_err(|_| malformed("authenticator data"))?;
    bytes.get(deserializer.byte_offset()..).ok_or_else(|| malformed("authenticator data"))
}
