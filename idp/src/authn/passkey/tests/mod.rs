//! Each check of WebAuthn Level 3 §7.1 and §7.2 with its attack. What the tests share is here.

mod assertion;
mod hostile;
mod options;
mod others;
mod registration;

use latchkey_core::clock::Timestamp;
use latchkey_core::credentials::{Credential, CredentialState, Nickname, Registered};
use latchkey_core::ids::{CredentialId, PersonId, UserHandle};
use latchkey_core::people::Username;
use latchkey_core::policy::Attestation;
use latchkey_core::rng::SeededRng;
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;

use super::super::software::{Behaviour, Failure, SoftwareKey};
use super::*;

const ORIGIN: &str = "https://login.example.org";
const HANDLE: UserHandle = UserHandle([7; 64]);

/// A relying party, a key, and a person who uses it.
struct Scene {
    passkeys: Passkeys,
    rng: SeededRng,
    key: SoftwareKey,
    username: Username,
}

fn scene() -> Scene {
    let origin = Url::parse(ORIGIN).expect("origin");
    Scene {
        passkeys: Passkeys::new("login.example.org", "Latchkey", &origin).expect("passkeys"),
        rng: SeededRng::new(1),
        key: SoftwareKey::new(),
        username: Username::parse("amy.ward").expect("name"),
    }
}

fn honest() -> Behaviour {
    Behaviour::honest(ORIGIN)
}

impl Scene {
    fn owner(&self) -> Owner<'_> {
        Owner { handle: &HANDLE, username: &self.username, name: "Amy Ward" }
    }

    fn start_registration(&self, existing: &[Known]) -> Started {
        self.start_registration_with(existing, Attestation::None)
    }

    fn start_registration_with(&self, existing: &[Known], attestation: Attestation) -> Started {
        self.passkeys
            .start_registration(&self.rng, self.owner(), existing, attestation)
            .expect("registration")
    }

    fn register(&mut self, behaviour: &Behaviour) -> Result<Registered, CeremonyError> {
        let started = self.start_registration(&[]);
        let response = self.key.create(&started.options, behaviour).expect("response");
        self.passkeys.finish_registration(&started.state, &response.to_string())
    }

    fn registered(&mut self) -> Credential {
        stored(self.register(&honest()).expect("a registration"))
    }

    /// A named person's assertion by `credential`, whose response passes through `change`.
    fn assert_changed(
        &mut self,
        credential: &Credential,
        behaviour: &Behaviour,
        change: impl FnOnce(&mut Value),
    ) -> Result<latchkey_core::credentials::Asserted, CeremonyError> {
        let started =
            self.passkeys.start_assertion(&self.rng, &[known(credential)]).expect("assertion");
        let mut response = self.key.get(&started.options, behaviour).expect("response");
        change(&mut response);
        let assertion = Assertion::parse(&response.to_string())?;
        self.passkeys.finish_assertion(&started.state, &assertion, credential)
    }

    fn assert(
        &mut self,
        credential: &Credential,
        behaviour: &Behaviour,
    ) -> Result<latchkey_core::credentials::Asserted, CeremonyError> {
        self.assert_changed(credential, behaviour, |_| {})
    }
}

fn stored(told: Registered) -> Credential {
    Credential {
        id: CredentialId(Uuid::nil()),
        person: PersonId(Uuid::nil()),
        credential_id: told.credential_id,
        public_key: told.public_key,
        nickname: Nickname::parse("Blue").expect("nickname"),
        asset_tag: None,
        aaguid: told.aaguid,
        counter: told.counter,
        counter_alerts: 0,
        backup_eligible: told.backup_eligible,
        backed_up: told.backed_up,
        transports: told.transports,
        discoverable: told.discoverable,
        attestation_format: told.attestation_format,
        hardware: false,
        state: CredentialState::Active,
        added_at: Timestamp::from_seconds(0),
        last_used_at: None,
    }
}

fn known(credential: &Credential) -> Known {
    Known {
        credential_id: credential.credential_id.clone(),
        transports: credential.transports.clone(),
    }
}

fn client_data(members: &Value) -> Behaviour {
    Behaviour { client_data: members.as_object().expect("members").clone(), ..honest() }
}

/// Changes bytes inside a response's base64url member.
fn change_bytes(response: &mut Value, member: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let text = response["response"][member].as_str().expect("member");
    let mut bytes = URL_SAFE_NO_PAD.decode(text).expect("base64url");
    change(&mut bytes);
    response["response"][member] = encode(&bytes).into();
}

/// Expects a refusal that matches a pattern.
macro_rules! refused {
    ($result:expr, $pattern:pat) => {
        match $result {
            Err($pattern) => {}
            Err(other) => panic!("refused otherwise: {other}"),
            Ok(_) => panic!("not refused"),
        }
    };
}

use refused;

/// An unattested registration whose authenticator data was changed and put together again.
fn with_data(response: &Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut changed = response.clone();
    let mut data = vec![];
    change_bytes(&mut changed, "authenticatorData", |bytes| {
        change(bytes);
        data.clone_from(bytes);
    });
    change_bytes(&mut changed, "attestationObject", |bytes| {
        let at = bytes.windows(8).position(|window| window == b"authData").expect("member") + 8;
        bytes.truncate(at);
        bytes.push(0x59);
        bytes.extend(u16::try_from(data.len()).expect("short").to_be_bytes());
        bytes.extend(&data);
    });
    changed
}
