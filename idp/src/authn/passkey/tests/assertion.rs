//! §7.2.

use latchkey_core::policy::{self, AssertionRefusal};

use super::*;

#[test]
fn an_assertion_tells_what_the_key_said() {
    let mut scene = scene();
    let credential = scene.registered();
    let told = scene.assert(&credential, &honest()).expect("an assertion");
    assert_eq!(told.credential_id, credential.credential_id);
    assert_eq!(told.user_handle.as_deref(), Some(&HANDLE.0[..]));
    assert_eq!(told.counter, 2);
    assert!(told.user_verified && !told.backup_eligible && !told.backed_up);
    assert_eq!(policy::judge_assertion(&credential, &told), Ok(()));
}

#[test]
fn nobody_needs_to_be_named_for_a_discoverable_credential() {
    let mut scene = scene();
    let credential = scene.registered();
    let started = scene.passkeys.start_discoverable(&scene.rng).expect("assertion");
    let mut response = scene.key.get(&started.options, &honest()).expect("response");
    let assertion = Assertion::parse(&response.to_string()).expect("response");
    assert_eq!(assertion.credential_id(), credential.credential_id);
    assert_eq!(assertion.user_handle(), Some(&HANDLE.0[..]));
    assert!(scene.passkeys.finish_assertion(&started.state, &assertion, &credential).is_ok());

    for nothing in [Value::Null, "".into()] {
        response["response"]["userHandle"] = nothing;
        let assertion = Assertion::parse(&response.to_string()).expect("response");
        refused!(
            scene.passkeys.finish_assertion(&started.state, &assertion, &credential),
            CeremonyError::NoUserHandle
        );
    }
}

#[test]
fn a_counter_that_did_not_increase_is_told_and_left_to_policy() {
    let mut scene = scene();
    let mut credential = scene.registered();
    credential.counter = 9;
    for counter in [0, 3, 9] {
        let behaviour = Behaviour { counter: Some(counter), ..honest() };
        let told = scene.assert(&credential, &behaviour).expect("an assertion");
        assert_eq!(told.counter, counter);
        assert_eq!(
            policy::judge_assertion(&credential, &told),
            Err(AssertionRefusal::Counter { again: false })
        );
    }
}

#[test]
fn a_changed_backup_eligibility_is_told_and_left_to_policy() {
    for registered in [false, true] {
        let mut scene = scene();
        let behaviour = |backup_eligible| Behaviour { backup_eligible, ..honest() };
        let credential = stored(scene.register(&behaviour(registered)).expect("a registration"));
        let told = scene.assert(&credential, &behaviour(!registered)).expect("an assertion");
        assert_eq!(told.backup_eligible, !registered);
        assert_eq!(
            policy::judge_assertion(&credential, &told),
            Err(AssertionRefusal::BackupEligibility)
        );
    }
}

#[test]
fn a_forged_backup_eligibility_is_a_bad_signature_and_no_alert() {
    let mut scene = scene();
    let credential = scene.registered();
    let told = scene.assert_changed(&credential, &honest(), |response| {
        change_bytes(response, "authenticatorData", |data| data[32] |= 0x08);
    });
    refused!(told, CeremonyError::Signature);
}

#[test]
fn the_backup_state_may_come_and_go() {
    let mut scene = scene();
    let behaviour = |backed_up| Behaviour { backup_eligible: true, backed_up, ..honest() };
    let credential = stored(scene.register(&behaviour(false)).expect("a registration"));
    for backed_up in [true, false] {
        let told = scene.assert(&credential, &behaviour(backed_up)).expect("an assertion");
        assert_eq!(told.backed_up, backed_up);
    }
}

#[test]
fn an_assertion_that_verified_nobody_is_refused() {
    let mut scene = scene();
    let credential = scene.registered();
    let behaviour = Behaviour { verified: false, ..honest() };
    refused!(scene.assert(&credential, &behaviour), CeremonyError::NotVerified);
}

#[test]
fn an_assertion_that_nobody_touched_is_refused() {
    let mut scene = scene();
    let credential = scene.registered();
    let behaviour = Behaviour { present: false, ..honest() };
    refused!(scene.assert(&credential, &behaviour), CeremonyError::NotPresent);
}

#[test]
fn a_bogus_signature_is_refused() {
    let mut scene = scene();
    let credential = scene.registered();
    for length in [0, 1, 64, 70, 5000] {
        let told = scene.assert_changed(&credential, &honest(), |response| {
            change_bytes(response, "signature", |bytes| *bytes = vec![0x30; length]);
        });
        refused!(told, CeremonyError::Signature);
    }
    let told = scene.assert_changed(&credential, &honest(), |response| {
        change_bytes(response, "signature", |bytes| *bytes.last_mut().expect("byte") ^= 1);
    });
    refused!(told, CeremonyError::Signature);
}

#[test]
fn what_was_signed_cannot_be_changed() {
    let mut scene = scene();
    let credential = scene.registered();
    let counter = scene.assert_changed(&credential, &honest(), |response| {
        change_bytes(response, "authenticatorData", |data| data[36] = 200);
    });
    refused!(counter, CeremonyError::Signature);
    let unverified = Behaviour { verified: false, ..honest() };
    let verified = scene.assert_changed(&credential, &unverified, |response| {
        change_bytes(response, "authenticatorData", |data| data[32] |= 0x04);
    });
    refused!(verified, CeremonyError::Signature);
    let space = scene.assert_changed(&credential, &honest(), |response| {
        change_bytes(response, "clientDataJSON", |data| data.push(b' '));
    });
    refused!(space, CeremonyError::Signature);
}

#[test]
fn an_assertion_answers_one_challenge_only() {
    let mut scene = scene();
    let credential = scene.registered();
    let start = |scene: &Scene| {
        scene.passkeys.start_assertion(&scene.rng, &[known(&credential)]).expect("assertion")
    };
    let (first, second) = (start(&scene), start(&scene));
    let response = scene.key.get(&first.options, &honest()).expect("response");
    let assertion = Assertion::parse(&response.to_string()).expect("response");
    refused!(
        scene.passkeys.finish_assertion(&second.state, &assertion, &credential),
        CeremonyError::Challenge
    );
    assert!(scene.passkeys.finish_assertion(&first.state, &assertion, &credential).is_ok());
}

#[test]
fn a_registrations_challenge_logs_nobody_in() {
    let mut scene = scene();
    let credential = scene.registered();
    let registration = scene.start_registration(&[]);
    // A key that signs an assertion over the registration's challenge.
    let options = json!({
        "rpId": "login.example.org",
        "challenge": registration.options["challenge"],
        "allowCredentials": [],
    });
    let response = scene.key.get(&options, &honest()).expect("response");
    let assertion = Assertion::parse(&response.to_string()).expect("response");
    refused!(
        scene.passkeys.finish_assertion(&registration.state, &assertion, &credential),
        CeremonyError::WrongCeremony
    );
}

#[test]
fn an_assertions_challenge_registers_nothing() {
    let mut scene = scene();
    let assertion = scene.passkeys.start_discoverable(&scene.rng).expect("assertion");
    let mut options = scene.start_registration(&[]).options;
    options["challenge"] = assertion.options["challenge"].clone();
    let response = scene.key.create(&options, &honest()).expect("response");
    refused!(
        scene.passkeys.finish_registration(&assertion.state, &response.to_string()),
        CeremonyError::WrongCeremony
    );
}

#[test]
fn client_data_of_the_other_ceremony_is_refused() {
    let behaviour = client_data(&json!({ "type": "webauthn.get" }));
    refused!(scene().register(&behaviour), CeremonyError::WrongCeremony);
    let mut scene = scene();
    let credential = scene.registered();
    for kind in ["webauthn.create", "payment.get", ""] {
        let behaviour = client_data(&json!({ "type": kind }));
        refused!(scene.assert(&credential, &behaviour), CeremonyError::WrongCeremony);
    }
}

#[test]
fn a_credential_that_was_not_asked_for_is_refused() {
    let mut scene = scene();
    let (asked, other) = (scene.registered(), scene.registered());
    let start = |scene: &Scene, credential: &Credential| {
        scene.passkeys.start_assertion(&scene.rng, &[known(credential)]).expect("assertion")
    };
    let started = start(&scene, &asked);
    let mut options = started.options.clone();
    options["allowCredentials"] = start(&scene, &other).options["allowCredentials"].clone();
    let response = scene.key.get(&options, &honest()).expect("response");
    let assertion = Assertion::parse(&response.to_string()).expect("response");
    for credential in [&other, &asked] {
        refused!(
            scene.passkeys.finish_assertion(&started.state, &assertion, credential),
            CeremonyError::NotAllowed
        );
    }
}

#[test]
fn one_keys_signature_under_another_ones_id_is_refused() {
    let mut scene = scene();
    let (mine, theirs) = (scene.registered(), scene.registered());
    let asked = [known(&mine), known(&theirs)];
    let started = scene.passkeys.start_assertion(&scene.rng, &asked).expect("assertion");
    let mut response = scene.key.get(&started.options, &honest()).expect("response");
    assert_eq!(response["id"], encode(&mine.credential_id));
    response["id"] = encode(&theirs.credential_id).into();
    response["rawId"] = response["id"].clone();
    let assertion = Assertion::parse(&response.to_string()).expect("response");
    refused!(
        scene.passkeys.finish_assertion(&started.state, &assertion, &theirs),
        CeremonyError::Signature
    );
}

#[test]
fn an_assertion_that_carries_attested_data_is_refused() {
    let mut scene = scene();
    let credential = scene.registered();
    let started = scene.start_registration(&[]);
    let created = scene.key.create(&started.options, &honest()).expect("response");
    let told = scene.assert_changed(&credential, &honest(), |response| {
        response["response"]["authenticatorData"] =
            created["response"]["authenticatorData"].clone();
    });
    refused!(told, CeremonyError::Malformed("authenticator data"));
}

#[test]
fn a_user_handle_has_at_most_64_bytes() {
    let mut scene = scene();
    let credential = scene.registered();
    let told = scene.assert_changed(&credential, &honest(), |response| {
        response["response"]["userHandle"] = encode(&[7; 65]).into();
    });
    refused!(told, CeremonyError::Malformed("user handle"));
}

#[test]
fn a_public_key_that_cannot_be_read_is_our_own_failure() {
    let mut scene = scene();
    let mut credential = scene.registered();
    credential.public_key = "{}".into();
    refused!(scene.assert(&credential, &honest()), CeremonyError::Internal(_));
}
