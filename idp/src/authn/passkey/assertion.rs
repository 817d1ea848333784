//! Assertions (WebAuthn Level 3 §7.2).

use anyhow::Context as _;
use latchkey_core::Rng;
use latchkey_core::credentials::{Asserted, Credential};
use serde::Deserialize;
use webauthn_rs_core::proto as core;
use webauthn_rs_proto::{
    AttestationFormat, AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw,
    PublicKeyCredential, RegisteredExtensions, UserVerificationPolicy,
};

use super::authenticator_data::AuthenticatorData;
use super::{
    Allowed, Base64, CeremonyError, Known, Passkeys, Started, State, challenge, descriptors, ids,
    malformed, read_response, read_state, with_challenge,
};

/// A browser's response to an assertion, read but not verified: enough to look the credential up.
pub struct Assertion {
    response: PublicKeyCredential,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssertionResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64,
    authenticator_data: Base64,
    signature: Base64,
    #[serde(default)]
    user_handle: Option<Base64>,
}

impl Assertion {
    /// Reads a response.
    ///
    /// # Errors
    /// When it is not what a browser sends.
    pub fn parse(json: &str) -> Result<Self, CeremonyError> {
        let read = read_response::<AssertionResponse>(json)?;
        // Some browsers write an absent handle as an empty one. Present, it has 1 to 64 bytes
        // (§5.4.3).
        let user_handle = read.response.user_handle.map(|handle| handle.0);
        let user_handle = user_handle.filter(|handle| !handle.is_empty());
        if user_handle.as_ref().is_some_and(|handle| handle.len() > 64) {
            return Err(malformed("user handle"));
        }
        let response = PublicKeyCredential {
            id: read.id.encoded(),
            raw_id: read.raw_id.0,
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: read.response.authenticator_data.0,
                client_data_json: read.response.client_data.0,
                signature: read.response.signature.0,
                user_handle,
            },
            // We ask for none here, so that whatever comes is ignored (§7.2 step 23): `appid`
            // would widen what the key may sign for.
            extensions: AuthenticationExtensionsClientOutputs::default(),
            type_: read.kind,
        };
        Ok(Self { response })
    }

    /// The credential that claims to have signed.
    #[must_use]
    pub fn credential_id(&self) -> &[u8] {
        &self.response.raw_id
    }

    /// Whose it claims to be.
    #[must_use]
    pub fn user_handle(&self) -> Option<&[u8]> {
        self.response.response.user_handle.as_deref()
    }
}

impl Passkeys {
    /// Starts an assertion by one of the named credentials. Never with none: for somebody who has
    /// none, or is not known, with [`decoys`](super::decoys).
    ///
    /// # Errors
    /// When `allowed` is empty, or webauthn-rs-core does not build what it is asked for.
    pub fn start_assertion(&self, rng: &dyn Rng, allowed: &[Known]) -> anyhow::Result<Started> {
        // An empty list would mean any credential of anybody (§5.5).
        anyhow::ensure!(!allowed.is_empty(), "no credential to ask for");
        self.start(rng, allowed, Allowed::These(ids(allowed)))
    }

    /// Starts an assertion by whichever discoverable credential the person picks: by button, or by
    /// autofill.
    ///
    /// # Errors
    /// Only when webauthn-rs-core does not build what it is asked for.
    pub fn start_discoverable(&self, rng: &dyn Rng) -> anyhow::Result<Started> {
        self.start(rng, &[], Allowed::Discoverable)
    }

    fn start(&self, rng: &dyn Rng, known: &[Known], allowed: Allowed) -> anyhow::Result<Started> {
        let policy = Some(UserVerificationPolicy::Required);
        let builder = self.core.new_challenge_authenticate_builder(Vec::new(), policy)?;
        let (mut response, core) = self.core.generate_challenge_authenticate(builder)?;
        let challenge = challenge(rng);
        response.public_key.challenge = challenge.to_vec();
        let mut options = serde_json::to_value(response.public_key)?;
        options["allowCredentials"] = descriptors(known);

        let core = with_challenge(&core, &challenge)?;
        let state = serde_json::to_string(&State::Assertion { allowed, core })?;
        Ok(Started { options, state })
    }

    /// Verifies an assertion by `credential`, which the caller found by
    /// [`Assertion::credential_id`]. That the user handle is the owner's (§7.2 step 6) is for the
    /// caller, the counter and BE (steps 22 and 19) for
    /// [`judge_assertion`](latchkey_core::policy::judge_assertion).
    ///
    /// # Errors
    /// Why the response does not count.
    pub fn finish_assertion(
        &self,
        state: &str,
        assertion: &Assertion,
        credential: &Credential,
    ) -> Result<Asserted, CeremonyError> {
        let State::Assertion { allowed, core } = read_state(state)? else {
            return Err(CeremonyError::WrongCeremony);
        };
        let response = &assertion.response;
        match allowed {
            // Step 5.
            Allowed::These(ids) if !ids.iter().any(|id| id.0 == response.raw_id) => {
                return Err(CeremonyError::NotAllowed);
            }
            // Step 6: nobody was named before the ceremony.
            Allowed::Discoverable if assertion.user_handle().is_none() => {
                return Err(CeremonyError::NoUserHandle);
            }
            Allowed::These(_) | Allowed::Discoverable => {}
        }
        self.check_client_data(&response.response.client_data_json)?;
        let data = AuthenticatorData::parse(&response.response.authenticator_data)?;
        // §6.1: an assertion has no attested credential data.
        if data.attested.is_some() {
            return Err(malformed("authenticator data"));
        }

        // Core judges BE before it has verified the signature, and a counter in its own way. What is
        // told here is compared with what is stored where both are known to be true: by policy. So
        // core gets BE as told and a counter of 0, which any value increases.
        let key = core::Credential {
            cred_id: credential.credential_id.clone(),
            cred: serde_json::from_str(&credential.public_key).context("stored public key")?,
            counter: 0,
            transports: None,
            user_verified: true,
            backup_eligible: data.backup_eligible,
            backup_state: data.backed_up,
            registration_policy: UserVerificationPolicy::Required,
            extensions: RegisteredExtensions::none(),
            attestation: core::ParsedAttestation::default(),
            attestation_format: AttestationFormat::None,
        };
        // Steps 10, 11, 15 to 18, 20 and 21, and that it is this credential's response.
        let result = self.core.authenticate_single_credential(response, &core, &key)?;
        Ok(Asserted {
            credential_id: credential.credential_id.clone(),
            user_handle: assertion.user_handle().map(<[u8]>::to_vec),
            counter: result.counter(),
            user_verified: result.user_verified(),
            backup_eligible: result.backup_eligible(),
            backed_up: result.backup_state(),
        })
    }
}
