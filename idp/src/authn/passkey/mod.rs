//! WebAuthn ceremonies: options and state for the browser, and the checks on what it answers.
//!
//! The only module that touches webauthn types. Pure: challenges come from an injected [`Rng`], and
//! there is no clock, person or session in here. It tells facts, as [`Registered`] and [`Asserted`];
//! whether they are good enough (counter, BE, models) is for `latchkey_core::policy`, whose person a
//! credential or user handle is for the caller. Level 3 of Web Authentication, §7.1 and §7.2.
//!
//! [`Registered`]: latchkey_core::credentials::Registered
//! [`Asserted`]: latchkey_core::credentials::Asserted

mod assertion;
mod authenticator_data;
mod decoys;
mod registration;
mod signals;
#[cfg(test)]
mod tests;

use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{AuthenticationState, RegistrationState};

pub use assertion::Assertion;
pub use decoys::decoys;
pub use registration::Owner;

/// The factor that these ceremonies make.
pub struct Factor;

/// How long a ceremony may take: the timeout in the options, and the longest that its state is to be
/// kept (§5.4, §15.1 recommends 5 to 10 minutes where the user is verified).
pub const LIFETIME: Duration = Duration::from_secs(600);

/// The longest response that is read. Attestations with certificate chains stay below a quarter.
pub const MAX_RESPONSE: usize = 64 * 1024;

/// The ceremonies of one relying party.
pub struct Passkeys {
    core: WebauthnCore,
    rp_id: String,
    /// The one origin that responses may come from, as browsers write it.
    origin: String,
}

/// A ceremony that was started.
#[derive(Clone, Debug)]
pub struct Started {
    /// For the browser: `PublicKeyCredentialCreationOptionsJSON` (§5.1.8) or
    /// `PublicKeyCredentialRequestOptionsJSON` (§5.1.9).
    pub options: Value,
    /// For the server: kept beside the person and the browser that it belongs to, consumed once,
    /// whatever the outcome.
    pub state: String,
}

/// A credential as the options of a ceremony name it (§5.8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// How the authenticator can be reached, as the browser named it.
    pub transports: Vec<String>,
}

/// Why a response does not count. The display is for logs and audit events, not for people.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    /// It is not what a browser sends.
    #[error("malformed response: {0}")]
    Malformed(&'static str),
    /// It answers another kind of ceremony than was started.
    #[error("response to another kind of ceremony")]
    WrongCeremony,
    /// It answers another challenge.
    #[error("challenge does not match")]
    Challenge,
    /// It comes from a page of another origin, or from inside one.
    #[error("origin does not match")]
    Origin,
    /// The key signed for another relying party.
    #[error("relying party does not match")]
    RelyingParty,
    /// Nobody touched the key (UP).
    #[error("user was not present")]
    NotPresent,
    /// The key checked neither PIN nor finger nor face (UV).
    #[error("user was not verified")]
    NotVerified,
    /// It says to be backed up (BS) without being eligible for it (BE).
    #[error("backed up without being backup eligible")]
    BackupState,
    /// Registration: the key is of an algorithm that was not offered.
    #[error("public key algorithm was not offered")]
    Algorithm,
    /// Registration: the attestation statement does not verify.
    #[error("attestation does not verify: {0}")]
    Attestation(String),
    /// Registration: this person has the credential already.
    #[error("credential was excluded")]
    Excluded,
    /// Assertion: none of the credentials that were asked for, or not the one handed in.
    #[error("credential was not asked for")]
    NotAllowed,
    /// Assertion: no user handle, although nobody had been named.
    #[error("user handle is missing")]
    NoUserHandle,
    /// Assertion: the signature is not the credential's.
    #[error("signature does not verify")]
    Signature,
    /// What we stored cannot be read.
    #[error("internal: {0}")]
    Internal(#[from] anyhow::Error),
}

/// What is stored while a ceremony is under way. Its variant is the tag that keeps a registration's
/// challenge from logging anybody in.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Registration { excluded: Vec<Base64>, core: Box<RegistrationState> },
    Assertion { allowed: Allowed, core: Box<AuthenticationState> },
}

/// Whose assertion a ceremony accepts.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Allowed {
    /// Any discoverable credential.
    Discoverable,
    /// One of these.
    These(Vec<Base64>),
}

/// Bytes that JSON carries as base64url without padding.
#[derive(Clone, PartialEq, Eq)]
struct Base64(Vec<u8>);

impl Base64 {
    fn encoded(&self) -> String {
        encode(&self.0)
    }
}

impl Serialize for Base64 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encoded())
    }
}

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        URL_SAFE_NO_PAD.decode(text).map(Self).map_err(serde::de::Error::custom)
    }
}

impl Passkeys {
    /// The ceremonies of the relying party `rp_id`, on pages of `origin` alone.
    ///
    /// # Errors
    /// When no browser would take this relying party on such pages (§5.1.3): the id must be the
    /// origin's host or end it, and pages must be https, or on `localhost`.
    pub fn new(rp_id: &str, rp_name: &str, origin: &Url) -> anyhow::Result<Self> {
        let Some(Host::Domain(host)) = origin.host() else {
            bail!("security keys need a host name, and {origin} has none");
        };
        ensure!(
            origin.scheme() == "https" || host == "localhost" || host.ends_with(".localhost"),
            "security keys need https, and {origin} is not"
        );
        ensure!(
            !rp_id.is_empty() && (host == rp_id || host.ends_with(&format!(".{rp_id}"))),
            "the relying party id {rp_id} does not end the host {host}"
        );
        let mut page = origin.clone();
        page.set_path("");
        page.set_query(None);
        page.set_fragment(None);
        Ok(Self {
            // No subdomains, no other ports.
            core: WebauthnCore::new_unsafe_experts_only(
                rp_name,
                rp_id,
                vec![page],
                LIFETIME,
                Some(false),
                Some(false),
            ),
            rp_id: rp_id.to_owned(),
            origin: origin.origin().ascii_serialization(),
        })
    }

    /// The relying party's id.
    #[must_use]
    pub fn rp_id(&self) -> &str {
        &self.rp_id
    }

    /// Checks of the client data that webauthn-rs-core leaves out or takes less strictly: it compares
    /// URLs, which lets a path or user name through, and does not know `topOrigin`.
    fn check_client_data(&self, client_data: &[u8]) -> Result<(), CeremonyError> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct ClientData {
            origin: String,
            #[serde(default)]
            cross_origin: Option<bool>,
            #[serde(default)]
            top_origin: Option<String>,
        }
        let data: ClientData =
            serde_json::from_slice(client_data).map_err(|_| malformed("client data"))?;
        // §7.1 steps 9 to 11, §7.2 steps 12 to 14: we are never framed by others.
        let framed = data.cross_origin == Some(true) || data.top_origin.is_some();
        if data.origin != self.origin || framed {
            return Err(CeremonyError::Origin);
        }
        Ok(())
    }
}

impl From<WebauthnError> for CeremonyError {
    fn from(error: WebauthnError) -> Self {
        use WebauthnError as E;
        match error {
            E::InvalidClientDataType => Self::WrongCeremony,
            E::MismatchedChallenge => Self::Challenge,
            E::InvalidRPOrigin | E::CredentialCrossOrigin => Self::Origin,
            E::InvalidRPIDHash => Self::RelyingParty,
            E::UserNotPresent => Self::NotPresent,
            E::UserNotVerified => Self::NotVerified,
            // Synchronised credentials are allowed in the state, so that this is BS without BE.
            E::CredentialMayNotBeHardwareBound => Self::BackupState,
            E::CredentialNotFound => Self::NotAllowed,
            E::AuthenticationFailure | E::SignatureInvalid => Self::Signature,
            E::CredentialAlteredAlgFromRequest
            | E::COSEKeyInvalidAlgorithm
            | E::COSEKeyInvalidType
            | E::COSEKeyEDUnsupported
            | E::SshPublicKeyEDUnsupported => Self::Algorithm,
            E::ParseBase64Failure(_)
            | E::ParseCBORFailure(_)
            | E::ParseJSONFailure(_)
            | E::ParseNOMFailure
            | E::ParseInsufficientBytesAvailable
            | E::MissingAttestationCredentialData => malformed("ceremony data"),
            E::COSEKeyInvalidCBORValue
            | E::COSEKeyECDSAXYInvalid
            | E::COSEKeyECDSAInvalidCurve
            | E::COSEKeyRSANEInvalid
            | E::COSEKeyEDDSAXInvalid
            | E::COSEKeyEDDSAInvalidCurve
            | E::EcdsaPointInvalid
            | E::RsaParametersInvalid => malformed("public key"),
            other => Self::Attestation(other.to_string()),
        }
    }
}

fn malformed(what: &'static str) -> CeremonyError {
    CeremonyError::Malformed(what)
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A challenge (§13.4.3) of ours: the builders draw theirs from a generator of their own.
fn challenge(rng: &dyn Rng) -> [u8; 32] {
    rng.bytes()
}

/// A ceremony's state with our challenge in the place of the one that the builder drew.
fn with_challenge<T>(state: &T, challenge: &[u8]) -> anyhow::Result<Box<T>>
where
    T: Serialize + DeserializeOwned,
{
    let mut state = serde_json::to_value(state)?;
    *state.get_mut("challenge").context("the state has no challenge")? = encode(challenge).into();
    Ok(Box::new(serde_json::from_value(state)?))
}

fn read_state(state: &str) -> Result<State, CeremonyError> {
    Ok(serde_json::from_str(state).context("stored ceremony")?)
}

/// Credentials as `PublicKeyCredentialDescriptorJSON`, transports exactly as the browser named them:
/// webauthn-rs knows too few (§5.2.1: relying parties should store unknown ones).
fn descriptors(known: &[Known]) -> Value {
    known
        .iter()
        .map(|known| {
            let mut descriptor =
                json!({ "type": "public-key", "id": encode(&known.credential_id) });
            if !known.transports.is_empty() {
                descriptor["transports"] = known.transports.clone().into();
            }
            descriptor
        })
        .collect()
}

fn ids(known: &[Known]) -> Vec<Base64> {
    known.iter().map(|known| Base64(known.credential_id.clone())).collect()
}

/// The parts that both kinds of `PublicKeyCredential` JSON have (§5.1), checked: webauthn-rs-core
/// looks at neither `id` nor `type`.
fn read_response<R: DeserializeOwned>(json: &str) -> Result<Response<R>, CeremonyError> {
    if json.len() > MAX_RESPONSE {
        return Err(malformed("too long"));
    }
    let read: Response<R> = serde_json::from_str(json).map_err(|_| malformed("not the JSON"))?;
    if read.kind != "public-key" {
        return Err(malformed("type"));
    }
    if read.id != read.raw_id {
        return Err(malformed("two credential ids"));
    }
    // §4 "Credential ID": at least 16 bytes. §7.1 step 25: at most 1023.
    if !(16..=1023).contains(&read.raw_id.0.len()) {
        return Err(malformed("credential id length"));
    }
    Ok(read)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response<R> {
    id: Base64,
    raw_id: Base64,
    #[serde(rename = "type")]
    kind: String,
    response: R,
    #[serde(default)]
    client_extension_results: Value,
}
