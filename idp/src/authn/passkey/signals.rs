//! What browsers are told so that they can forget or rename passkeys: the arguments of the Signal
//! API (WebAuthn Level 3 §5.1.10). For people who have proved who they are, but for
//! [`Passkeys::unknown_credential`], which tells nothing that its receiver did not say.

use latchkey_core::ids::UserHandle;
use serde_json::{Value, json};

use super::{Owner, Passkeys, encode};

impl Passkeys {
    /// For `signalUnknownCredential()`: this credential is nobody's here.
    #[must_use]
    pub fn unknown_credential(&self, credential_id: &[u8]) -> Value {
        json!({ "rpId": self.rp_id, "credentialId": encode(credential_id) })
    }

    /// For `signalAllAcceptedCredentials()`: the person has these and no others. Suspended ones
    /// belong in the list: browsers may drop what is missing for good.
    #[must_use]
    pub fn accepted_credentials<'a>(
        &self,
        handle: &UserHandle,
        credential_ids: impl IntoIterator<Item = &'a [u8]>,
    ) -> Value {
        let ids: Vec<_> = credential_ids.into_iter().map(encode).collect();
        json!({
            "rpId": self.rp_id,
            "userId": encode(&handle.0),
            "allAcceptedCredentialIds": ids,
        })
    }

    /// For `signalCurrentUserDetails()`: what the person is called now.
    #[must_use]
    pub fn user_details(&self, owner: Owner<'_>) -> Value {
        json!({
            "rpId": self.rp_id,
            "userId": encode(&owner.handle.0),
            "name": owner.username.as_str(),
            "displayName": owner.shown_name(),
        })
    }
}
