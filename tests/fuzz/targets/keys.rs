//! What browsers send after a ceremony (WebAuthn Level 3 §7): texts of any kind, and honest ones
//! with changes.

use std::sync::LazyLock;

use latchkey::authn::passkey::{Assertion, Known, Owner, Passkeys};
use latchkey::authn::software::{Behaviour, SoftwareKey};
use latchkey_core::Timestamp;
use latchkey_core::credentials::{Credential, CredentialState, Nickname, Registered};
use latchkey_core::ids::{CredentialId, PersonId, UserHandle};
use latchkey_core::people::Username;
use latchkey_core::policy::Attestation;
use latchkey_core::rng::SeededRng;
use serde_json::Value;

use super::edited;
use crate::Target;

/// One ceremony of each kind, with the honest answer to it.
struct Ceremonies {
    passkeys: Passkeys,
    registration: String,
    created: String,
    assertion: String,
    got: String,
    credential: Credential,
}

static CEREMONIES: LazyLock<Ceremonies> = LazyLock::new(|| {
    let origin = "https://login.example.org";
    let rng = SeededRng::new(5);
    let passkeys = Passkeys::new("login.example.org", "Latchkey", &origin.parse().expect("a URL"));
    let passkeys = passkeys.expect("ceremonies");
    let (handle, username) = (UserHandle::new(&rng), Username::parse("amy.ward").expect("a name"));
    let owner = Owner { handle: &handle, username: &username, name: "Amy Ward" };
    let mut key = SoftwareKey::new();
    let behaviour = Behaviour::honest(origin);

    let started = passkeys.start_registration(&rng, owner, &[], Attestation::Direct);
    let started = started.expect("started");
    let created = key.create(&started.options, &behaviour).expect("created").to_string();
    let registered = passkeys.finish_registration(&started.state, &created).expect("registered");
    let credential = credential(&rng, registered);
    let known = Known {
        credential_id: credential.credential_id.clone(),
        transports: credential.transports.clone(),
    };
    let asked = passkeys.start_assertion(&rng, &[known]).expect("started");
    let got = key.get(&asked.options, &behaviour).expect("got").to_string();
    let (registration, assertion) = (started.state, asked.state);
    Ceremonies { passkeys, registration, created, assertion, got, credential }
});

fn credential(rng: &SeededRng, registered: Registered) -> Credential {
    let at = Timestamp::from_millis(0);
    Credential {
        id: CredentialId::new(rng, at),
        person: PersonId::new(rng, at),
        credential_id: registered.credential_id,
        public_key: registered.public_key,
        nickname: Nickname::parse("Blue key").expect("a name"),
        asset_tag: None,
        aaguid: registered.aaguid,
        counter: registered.counter,
        counter_alerts: 0,
        backup_eligible: registered.backup_eligible,
        backed_up: registered.backed_up,
        transports: registered.transports,
        discoverable: registered.discoverable,
        attestation_format: registered.attestation_format,
        hardware: false,
        state: CredentialState::Active,
        added_at: at,
        last_used_at: None,
    }
}

/// A member of a response, as text.
fn member(json: &str, name: &str) -> String {
    let json: Value = serde_json::from_str(json).expect("it was read before");
    json["response"][name].as_str().unwrap_or_default().to_owned()
}

const WORDS: &[&str] = &[
    "id",
    "rawId",
    "type",
    "public-key",
    "response",
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
    "transports",
    "usb",
    "null",
    "{}",
    "[]",
    "\"",
    ":",
    ",",
    "clientExtensionResults",
    "credProps",
    "AAAA",
];

/// A registration's response.
pub(super) const REGISTRATION: Target = Target {
    name: "registration",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        let of = &*CEREMONIES;
        let finish = |text: &str| of.passkeys.finish_registration(&of.registration, text);
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(finish(text).is_err(), "nobody knows the challenge: {text}");
        }
        let Ok(text) = String::from_utf8(edited(of.created.as_bytes(), bytes)) else { return };
        if finish(&text).is_ok() {
            // The key signed both.
            for name in ["clientDataJSON", "attestationObject"] {
                assert_eq!(member(&text, name), member(&of.created, name), "{name} was changed");
            }
            let wrong = of.passkeys.finish_registration(&of.assertion, &text);
            assert!(wrong.is_err(), "a registration answers no assertion");
        } else {
            assert_ne!(text, of.created, "the honest answer is taken");
        }
    },
};

/// An assertion's response.
pub(super) const ASSERTION: Target = Target {
    name: "assertion",
    cost: 1,
    words: WORDS,
    run: |bytes| {
        let of = &*CEREMONIES;
        let finish = |text: &str| {
            let assertion = Assertion::parse(text).ok()?;
            of.passkeys.finish_assertion(&of.assertion, &assertion, &of.credential).ok()
        };
        if let Ok(text) = std::str::from_utf8(bytes) {
            assert!(finish(text).is_none(), "nobody has the key: {text}");
        }
        let Ok(text) = String::from_utf8(edited(of.got.as_bytes(), bytes)) else { return };
        if let Some(asserted) = finish(&text) {
            for name in ["clientDataJSON", "authenticatorData"] {
                assert_eq!(member(&text, name), member(&of.got, name), "{name} was changed");
            }
            assert_eq!(asserted.credential_id, of.credential.credential_id);
        } else {
            assert_ne!(text, of.got, "the honest answer is taken");
        }
    },
};
