//! Registration (WebAuthn Level 3 §7.1).

use anyhow::Context as _;
use latchkey_core::Rng;
use latchkey_core::credentials::{Registered, Trust};
use latchkey_core::ids::UserHandle;
use latchkey_core::people::Username;
use latchkey_core::policy::Attestation;
use serde::Deserialize;
use serde_cbor_2::Value as Cbor;
use webauthn_rs_core::proto::{COSEKey, COSEKeyType, ECDSACurve};
use webauthn_rs_proto::{
    AttestationConveyancePreference, AuthenticatorAttestationResponseRaw, COSEAlgorithm,
    RegisterPublicKeyCredential, RegistrationExtensionsClientOutputs,
    RequestRegistrationExtensions, ResidentKeyRequirement, UserVerificationPolicy,
};

use super::authenticator_data::AuthenticatorData;
use super::{
    Base64, CeremonyError, Known, Passkeys, Started, State, challenge, descriptors, ids, malformed,
    read_response, read_state, with_challenge,
};

/// What is offered, best first. webauthn-rs-core cannot verify EdDSA; every key of the last decade
/// has ES256, and computers with an old TPM have only RS256.
const ALGORITHMS: [COSEAlgorithm; 2] = [COSEAlgorithm::ES256, COSEAlgorithm::RS256];

/// The person that a key is registered for, as the key will keep and show them (§5.4.3).
#[derive(Clone, Copy, Debug)]
pub struct Owner<'a> {
    /// What the key knows them by.
    pub handle: &'a UserHandle,
    /// Their user name.
    pub username: &'a Username,
    /// Their name as people read it; the user name where it is empty.
    pub name: &'a str,
}

impl<'a> Owner<'a> {
    /// What a browser shows them as.
    pub(super) fn shown_name(&self) -> &'a str {
        if self.name.trim().is_empty() { self.username.as_str() } else { self.name }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttestationResponse {
    #[serde(rename = "clientDataJSON")]
    client_data: Base64,
    attestation_object: Base64,
    #[serde(default)]
    transports: Vec<String>,
}

impl Passkeys {
    /// Starts the registration of a key: discoverable if the key can, with user verification.
    /// `existing` are all the person's credentials, those that do not work at present too.
    ///
    /// # Errors
    /// Only when webauthn-rs-core does not build what it is asked for.
    pub fn start_registration(
        &self,
        rng: &dyn Rng,
        owner: Owner<'_>,
        existing: &[Known],
        attestation: Attestation,
    ) -> anyhow::Result<Started> {
        let builder = self
            .core
            .new_challenge_register_builder(
                &owner.handle.0,
                owner.username.as_str(),
                owner.shown_name(),
            )?
            .attestation(match attestation {
                Attestation::None => AttestationConveyancePreference::None,
                Attestation::Direct => AttestationConveyancePreference::Direct,
            })
            .user_verification_policy(UserVerificationPolicy::Required)
            .credential_algorithms(ALGORITHMS.to_vec())
            .extensions(Some(RequestRegistrationExtensions {
                cred_protect: None,
                uvm: None,
                cred_props: Some(true),
                min_pin_length: None,
                hmac_create_secret: None,
            }));
        let (mut response, core) = self.core.generate_challenge_register(builder)?;

        let challenge = challenge(rng);
        response.public_key.challenge = challenge.to_vec();
        // The builder knows "required" and "discouraged" only.
        response
            .public_key
            .authenticator_selection
            .as_mut()
            .context("no authenticator selection")?
            .resident_key = Some(ResidentKeyRequirement::Preferred);
        let mut options = serde_json::to_value(response.public_key)?;
        options["excludeCredentials"] = descriptors(existing);

        let core = with_challenge(&core, &challenge)?;
        let state = serde_json::to_string(&State::Registration { excluded: ids(existing), core })?;
        Ok(Started { options, state })
    }

    /// Checks the browser's response to a registration. That nobody else has the credential (§7.1
    /// step 26) is for the store's unique index.
    ///
    /// # Errors
    /// Why the response does not count.
    pub fn finish_registration(
        &self,
        state: &str,
        response: &str,
    ) -> Result<Registered, CeremonyError> {
        let State::Registration { excluded, core } = read_state(state)? else {
            return Err(CeremonyError::WrongCeremony);
        };
        let read = read_response::<AttestationResponse>(response)?;
        let AttestationResponse { client_data, attestation_object, transports } = read.response;
        self.check_client_data(&client_data.0)?;
        let object = AttestationObject::read(&attestation_object.0)?;
        let data = AuthenticatorData::parse(&object.data)?;
        let attested = data.attested.ok_or_else(|| malformed("no credential"))?;
        // The one inside counts; its length was checked on the one outside (step 25).
        if attested.credential_id != read.raw_id.0 {
            return Err(malformed("two credential ids"));
        }
        // Core would call it an algorithm that was not offered.
        if excluded.contains(&read.raw_id) {
            return Err(CeremonyError::Excluded);
        }

        // Steps 7, 8, 12 to 17 and 20 to 22. Unsolicited extension outputs are ignored, as step 28
        // allows: browsers set `credProtect` of their own accord.
        let credential = self.core.register_credential(
            &RegisterPublicKeyCredential {
                id: read.id.encoded(),
                raw_id: read.raw_id.0,
                response: AuthenticatorAttestationResponseRaw {
                    attestation_object: attestation_object.0,
                    client_data_json: client_data.0,
                    transports: None,
                },
                type_: read.kind,
                extensions: RegistrationExtensionsClientOutputs::default(),
            },
            &core,
            None,
        )?;
        check_curve(&credential.cred)?;
        Ok(Registered {
            credential_id: credential.cred_id,
            public_key: serde_json::to_string(&credential.cred).context("public key")?,
            aaguid: attested.aaguid,
            counter: credential.counter,
            user_verified: credential.user_verified,
            backup_eligible: credential.backup_eligible,
            backed_up: credential.backup_state,
            transports: plausible(transports),
            discoverable: read.client_extension_results["credProps"]["rk"].as_bool(),
            attestation_format: object.format,
            attestation_chain: object.chain,
            trust: Trust::Unjudged,
        })
    }
}

/// What is read of an attestation object (§6.5.4).
struct AttestationObject {
    format: String,
    /// The authenticator data.
    data: Vec<u8>,
    /// The certificates of its statement.
    chain: Vec<Vec<u8>>,
}

impl AttestationObject {
    fn read(bytes: &[u8]) -> Result<Self, CeremonyError> {
        let broken = || malformed("attestation object");
        let Ok(Cbor::Map(mut object)) = serde_cbor_2::from_slice(bytes) else {
            return Err(broken());
        };
        let mut take = |name: &str| object.remove(&Cbor::Text(name.to_owned()));
        match (take("fmt"), take("authData")) {
            (Some(Cbor::Text(format)), Some(Cbor::Bytes(data))) => {
                let chain = certificates(take("attStmt")).ok_or_else(broken)?;
                Ok(Self { format, data, chain })
            }
            _ => Err(broken()),
        }
    }
}

/// The certificates of a statement; every format that has any names them alike. Core has verified
/// what they signed; who vouches for them is judged elsewhere.
fn certificates(statement: Option<Cbor>) -> Option<Vec<Vec<u8>>> {
    let Some(Cbor::Map(mut statement)) = statement else { return Some(Vec::new()) };
    let Some(chain) = statement.remove(&Cbor::Text("x5c".to_owned())) else {
        return Some(Vec::new());
    };
    let Cbor::Array(chain) = chain else { return None };
    let certificate = |item| match item {
        Cbor::Bytes(certificate) => Some(certificate),
        _ => None,
    };
    chain.into_iter().map(certificate).collect()
}

/// ES256 keys are on P-256 (§5.8.5); core takes any curve that it knows.
fn check_curve(key: &COSEKey) -> Result<(), CeremonyError> {
    match (key.type_, &key.key) {
        (COSEAlgorithm::ES256, COSEKeyType::EC_EC2(point))
            if point.curve == ECDSACurve::SECP256R1 =>
        {
            Ok(())
        }
        (COSEAlgorithm::RS256, COSEKeyType::RSA(_)) => Ok(()),
        _ => Err(CeremonyError::Algorithm),
    }
}

/// Transports as the browser named them, unknown ones too (§5.2.1), within reason: nobody signed
/// them, and they come back in every later ceremony's options.
fn plausible(mut transports: Vec<String>) -> Vec<String> {
    transports.retain(|name| {
        (1..=32).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
    });
    transports.sort_unstable();
    transports.dedup();
    transports.truncate(8);
    transports
}
