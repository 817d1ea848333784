//! A security key in software, with the browser around it: for smoke tests, benchmarks and the test
//! suite; never used to serve anybody. Honest unless a [`Behaviour`] makes it lie.
//!
//! WebAuthn Level 3 §5.1.3 and §5.1.4 (the browser's part), §6.3.2 and §6.3.3 (the key's part).

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The model that a software key says it is, unless told otherwise.
pub const MODEL: Uuid = Uuid::from_u128(0x6c61_7463_686b_6579_8000_736f_6674_6b79);

/// A key that holds ES256 credentials in memory.
pub struct SoftwareKey {
    /// The model that it tells.
    pub aaguid: Uuid,
    /// The transports that the browser names.
    pub transports: Vec<String>,
    /// Whether it keeps credentials that can be found without a user name, where that is preferred.
    pub discoverable: bool,
    /// What its maker had it attest with; it attests with each new key itself without.
    pub attestation: Option<Attestation>,
    held: Vec<Held>,
}

/// What a maker's keys attest with (WebAuthn Level 3 §6.5.3).
#[derive(Clone, Debug)]
pub struct Attestation {
    /// The private key, on P-256 (PKCS#8).
    pub private_key: Vec<u8>,
    /// Its certificate, and those that vouch for it (DER).
    pub chain: Vec<Vec<u8>>,
}

struct Held {
    id: Vec<u8>,
    rp_id: String,
    /// Kept for discoverable credentials only, as real keys do.
    user_handle: Option<String>,
    key: EcdsaKeyPair,
    counter: u32,
}

/// How browser and key behave in one ceremony.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// The origin of the page.
    pub origin: String,
    /// Somebody touched the key (UP).
    pub present: bool,
    /// The key checked a PIN, a finger or a face (UV).
    pub verified: bool,
    /// The credential may be copied to other devices (BE).
    pub backup_eligible: bool,
    /// The credential is copied at present (BS).
    pub backed_up: bool,
    /// The signature counter; the key's own next value without.
    pub counter: Option<u32>,
    /// The relying party that the key signs for; the options' own without.
    pub rp_id: Option<String>,
    /// Members set over the honest client data, before it is signed.
    pub client_data: Map<String, Value>,
}

impl Behaviour {
    /// A person with a device-bound key who does everything right on a page of `origin`.
    #[must_use]
    pub fn honest(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            present: true,
            verified: true,
            backup_eligible: false,
            backed_up: false,
            counter: None,
            rp_id: None,
            client_data: Map::new(),
        }
    }

    fn flags(&self, more: u8) -> u8 {
        let bit = |set: bool, at: u8| u8::from(set) << at;
        more | bit(self.present, 0)
            | bit(self.verified, 2)
            | bit(self.backup_eligible, 3)
            | bit(self.backed_up, 4)
    }
}

/// Why there is no response. Displayed as the name of the browser's `DOMException`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The key already holds one of the excluded credentials.
    #[error("InvalidStateError")]
    AlreadyHeld,
    /// The key holds no credential that would do.
    #[error("NotAllowedError")]
    NoCredential,
    /// No algorithm that the key knows is wanted.
    #[error("NotSupportedError")]
    Algorithm,
    /// The options are not what the specification says.
    #[error("TypeError")]
    Options,
    /// Key generation or signing failed.
    #[error("UnknownError")]
    Crypto,
}

impl Default for SoftwareKey {
    fn default() -> Self {
        Self::new()
    }
}

impl SoftwareKey {
    /// An empty key with USB that keeps discoverable credentials.
    #[must_use]
    pub fn new() -> Self {
        Self {
            aaguid: MODEL,
            transports: vec!["usb".to_owned()],
            discoverable: true,
            attestation: None,
            held: Vec::new(),
        }
    }

    /// What `navigator.credentials.create()` would answer to the options, as `toJSON()` writes it
    /// (§5.1.3). Attestation other than `none` is answered with the maker's, or with self
    /// attestation.
    ///
    /// # Errors
    /// As a browser or a key would fail.
    pub fn create(&mut self, options: &Value, behaviour: &Behaviour) -> Result<Value, Failure> {
        let rp_id = text(&options["rp"]["id"])?;
        let wanted = options["pubKeyCredParams"].as_array().ok_or(Failure::Options)?;
        if !wanted.iter().any(|param| param["alg"] == -7) {
            return Err(Failure::Algorithm);
        }
        if self.find(rp_id, &options["excludeCredentials"])?.is_some() {
            return Err(Failure::AlreadyHeld);
        }
        let discoverable = match options["authenticatorSelection"]["residentKey"].as_str() {
            Some("required" | "preferred") => self.discoverable,
            _ => false,
        };

        let key =
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(|_| Failure::Crypto)?;
        let point = key.public_key().as_ref().to_vec();
        let id = digest(&SHA256, &point).as_ref().to_vec();
        let counter = behaviour.counter.unwrap_or(1);

        let mut data = authenticator_data(behaviour, rp_id, 0x40, counter);
        data.extend(self.aaguid.as_bytes());
        data.extend(u16::try_from(id.len()).unwrap_or(u16::MAX).to_be_bytes());
        data.extend(&id);
        data.extend(cose_key(&point));

        let challenge = text(&options["challenge"])?;
        let client_data = client_data(behaviour, "webauthn.create", challenge);
        let mut object = cbor::map(3);
        object.extend(cbor::text("fmt"));
        if options["attestation"].as_str().is_none_or(|wanted| wanted == "none") {
            object.extend(cbor::text("none"));
            object.extend(cbor::text("attStmt"));
            object.extend(cbor::map(0));
        } else {
            object.extend(cbor::text("packed"));
            object.extend(cbor::text("attStmt"));
            object.extend(cbor::map(if self.attestation.is_some() { 3 } else { 2 }));
            object.extend(cbor::text("alg"));
            object.extend(cbor::int(-7));
            object.extend(cbor::text("sig"));
            let signature = match &self.attestation {
                Some(Attestation { private_key, .. }) => {
                    let how = &ECDSA_P256_SHA256_ASN1_SIGNING;
                    let makers = EcdsaKeyPair::from_pkcs8(how, private_key);
                    sign(&makers.map_err(|_| Failure::Crypto)?, &data, &client_data)?
                }
                None => sign(&key, &data, &client_data)?,
            };
            object.extend(cbor::bytes(&signature));
            if let Some(Attestation { chain, .. }) = &self.attestation {
                object.extend(cbor::text("x5c"));
                object.extend(cbor::array(chain.len() as u64));
                chain.iter().for_each(|certificate| object.extend(cbor::bytes(certificate)));
            }
        }
        object.extend(cbor::text("authData"));
        object.extend(cbor::bytes(&data));

        let user_handle = discoverable.then(|| text(&options["user"]["id"])).transpose()?;
        self.held.push(Held {
            id: id.clone(),
            rp_id: rp_id.to_owned(),
            user_handle: user_handle.map(str::to_owned),
            key,
            counter,
        });
        let mut results = Map::new();
        if options["extensions"]["credProps"] == true {
            results.insert("credProps".to_owned(), json!({ "rk": discoverable }));
        }
        Ok(json!({
            "id": encode(&id),
            "rawId": encode(&id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": results,
            "response": {
                "clientDataJSON": encode(&client_data),
                "authenticatorData": encode(&data),
                "attestationObject": encode(&object),
                "publicKeyAlgorithm": -7,
                "transports": self.transports,
            },
        }))
    }

    /// What `navigator.credentials.get()` would answer to the options, as `toJSON()` writes it
    /// (§5.1.4). Without `allowCredentials`, the newest discoverable credential answers.
    ///
    /// # Errors
    /// As a browser or a key would fail.
    pub fn get(&mut self, options: &Value, behaviour: &Behaviour) -> Result<Value, Failure> {
        let rp_id = text(&options["rpId"])?;
        let allowed = &options["allowCredentials"];
        let found = if allowed.as_array().is_none_or(Vec::is_empty) {
            let fits = |held: &Held| held.rp_id == rp_id && held.user_handle.is_some();
            self.held.iter().rposition(fits)
        } else {
            self.find(rp_id, allowed)?
        };
        let held = &mut self.held[found.ok_or(Failure::NoCredential)?];
        held.counter = behaviour.counter.unwrap_or(held.counter.saturating_add(1));

        let data = authenticator_data(behaviour, rp_id, 0, held.counter);
        let client_data = client_data(behaviour, "webauthn.get", text(&options["challenge"])?);
        let mut response = json!({
            "clientDataJSON": encode(&client_data),
            "authenticatorData": encode(&data),
            "signature": encode(&sign(&held.key, &data, &client_data)?),
        });
        if let Some(handle) = &held.user_handle {
            response["userHandle"] = handle.as_str().into();
        }
        Ok(json!({
            "id": encode(&held.id),
            "rawId": encode(&held.id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {},
            "response": response,
        }))
    }

    /// Which held credential is the first that a list of descriptors names.
    fn find(&self, rp_id: &str, descriptors: &Value) -> Result<Option<usize>, Failure> {
        let Some(descriptors) = descriptors.as_array() else { return Ok(None) };
        for descriptor in descriptors {
            let id =
                URL_SAFE_NO_PAD.decode(text(&descriptor["id"])?).map_err(|_| Failure::Options)?;
            let at = self.held.iter().position(|held| held.rp_id == rp_id && held.id == id);
            if at.is_some() {
                return Ok(at);
            }
        }
        Ok(None)
    }
}

/// The part of the authenticator data that both ceremonies have (§6.1).
fn authenticator_data(behaviour: &Behaviour, rp_id: &str, more: u8, counter: u32) -> Vec<u8> {
    let rp_id = behaviour.rp_id.as_deref().unwrap_or(rp_id);
    let mut data = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
    data.push(behaviour.flags(more));
    data.extend(counter.to_be_bytes());
    data
}

fn client_data(behaviour: &Behaviour, kind: &str, challenge: &str) -> Vec<u8> {
    let mut members = Map::new();
    members.insert("type".to_owned(), kind.into());
    members.insert("challenge".to_owned(), challenge.into());
    members.insert("origin".to_owned(), behaviour.origin.as_str().into());
    members.insert("crossOrigin".to_owned(), false.into());
    members.extend(behaviour.client_data.clone());
    Value::Object(members).to_string().into_bytes()
}

fn sign(key: &EcdsaKeyPair, data: &[u8], client_data: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut message = data.to_vec();
    message.extend(digest(&SHA256, client_data).as_ref());
    let signature = key.sign_digest(&digest(&SHA256, &message)).map_err(|_| Failure::Crypto)?;
    Ok(signature.as_ref().to_vec())
}

/// An uncompressed P-256 point as a COSE key (§6.5.1.1).
fn cose_key(point: &[u8]) -> Vec<u8> {
    let mut key = cbor::map(5);
    for (label, value) in [(1, 2), (3, -7), (-1, 1)] {
        key.extend(cbor::int(label));
        key.extend(cbor::int(value));
    }
    for (label, coordinate) in [(-2, &point[1..33]), (-3, &point[33..65])] {
        key.extend(cbor::int(label));
        key.extend(cbor::bytes(coordinate));
    }
    key
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or(Failure::Options)
}

/// The six kinds of CBOR that a key writes (RFC 8949 §3.1).
mod cbor {
    fn head(major: u8, value: u64) -> Vec<u8> {
        let major = major << 5;
        match (u8::try_from(value), u16::try_from(value)) {
            (Ok(short), _) if short < 24 => vec![major | short],
            (Ok(byte), _) => vec![major | 24, byte],
            (_, Ok(two)) => [&[major | 25], &two.to_be_bytes()[..]].concat(),
            _ => [&[major | 27], &value.to_be_bytes()[..]].concat(),
        }
    }

    pub(super) fn int(value: i64) -> Vec<u8> {
        if value < 0 { head(1, !value.cast_unsigned()) } else { head(0, value.unsigned_abs()) }
    }

    pub(super) fn bytes(value: &[u8]) -> Vec<u8> {
        [head(2, value.len() as u64), value.to_vec()].concat()
    }

    pub(super) fn text(value: &str) -> Vec<u8> {
        [head(3, value.len() as u64), value.as_bytes().to_vec()].concat()
    }

    pub(super) fn array(items: u64) -> Vec<u8> {
        head(4, items)
    }

    pub(super) fn map(entries: u64) -> Vec<u8> {
        head(5, entries)
    }
}
