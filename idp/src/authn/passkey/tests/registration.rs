//! §7.1.

use super::*;

#[test]
fn a_registration_tells_all_there_is_to_know_of_an_unattested_key() {
    let mut scene = scene();
    let behaviour =
        Behaviour { backup_eligible: true, backed_up: true, counter: Some(41), ..honest() };
    scene.key.transports = vec!["usb".into(), "smart-card".into(), "<b>".into()];
    let told = scene.register(&behaviour).expect("a registration");
    assert_eq!(told.aaguid, scene.key.aaguid, "although nothing is attested");
    assert_eq!(told.counter, 41);
    assert!(told.user_verified && told.backup_eligible && told.backed_up);
    assert_eq!(told.transports, ["smart-card", "usb"], "unknown ones kept, impossible ones not");
    assert_eq!(told.discoverable, Some(true));
    assert_eq!(told.attestation_format, "none");
    assert_eq!(told.credential_id.len(), 32);
}

#[test]
fn a_key_that_cannot_keep_credentials_is_registered_as_such() {
    let mut scene = scene();
    scene.key.discoverable = false;
    assert_eq!(scene.register(&honest()).expect("a registration").discoverable, Some(false));
    let started = scene.passkeys.start_discoverable(&scene.rng).expect("assertion");
    assert_eq!(scene.key.get(&started.options, &honest()), Err(Failure::NoCredential));
}

#[test]
fn direct_attestation_is_verified_and_its_format_told() {
    let mut scene = scene();
    let started = scene.start_registration_with(&[], Attestation::Direct);
    let response = scene.key.create(&started.options, &honest()).expect("response");
    let told = scene.passkeys.finish_registration(&started.state, &response.to_string());
    assert_eq!(told.expect("a registration").attestation_format, "packed");

    let mut forged = response;
    change_bytes(&mut forged, "attestationObject", |bytes| {
        let at = bytes.windows(3).position(|window| window == b"sig").expect("signature") + 20;
        bytes[at] ^= 1;
    });
    refused!(
        scene.passkeys.finish_registration(&started.state, &forged.to_string()),
        CeremonyError::Attestation(_)
    );
}

#[test]
fn the_same_key_twice_is_refused_by_the_key_and_by_us() {
    let mut scene = scene();
    let credential = scene.registered();
    let started = scene.start_registration(&[known(&credential)]);
    assert_eq!(scene.key.create(&started.options, &honest()), Err(Failure::AlreadyHeld));

    // A client that ignores the list, and a key that makes the same id again.
    let mut options = started.options.clone();
    options["excludeCredentials"] = json!([]);
    let response = scene.key.create(&options, &honest()).expect("response");
    let id = URL_SAFE_NO_PAD.decode(response["id"].as_str().expect("id")).expect("base64url");
    let started = scene.start_registration(&[Known { credential_id: id, transports: vec![] }]);
    refused!(
        scene.passkeys.finish_registration(&started.state, &response.to_string()),
        CeremonyError::Excluded
    );
}

#[test]
fn a_registration_that_verified_nobody_is_refused() {
    let behaviour = Behaviour { verified: false, ..honest() };
    refused!(scene().register(&behaviour), CeremonyError::NotVerified);
}

#[test]
fn a_registration_that_nobody_touched_is_refused() {
    let behaviour = Behaviour { present: false, ..honest() };
    refused!(scene().register(&behaviour), CeremonyError::NotPresent);
}

#[test]
fn a_registration_for_another_challenge_is_refused() {
    let behaviour = client_data(&json!({ "challenge": encode(&[0; 32]) }));
    refused!(scene().register(&behaviour), CeremonyError::Challenge);
}

#[test]
fn a_response_that_was_used_answers_no_later_challenge() {
    let mut scene = scene();
    let first = scene.start_registration(&[]);
    let response = scene.key.create(&first.options, &honest()).expect("response");
    let second = scene.start_registration(&[]);
    refused!(
        scene.passkeys.finish_registration(&second.state, &response.to_string()),
        CeremonyError::Challenge
    );
}

#[test]
fn the_origin_must_be_ours_to_the_letter() {
    for origin in [
        "https://evil.example",
        "https://login.example.org:444",
        "https://login.example.org.evil.example",
        "https://sub.login.example.org",
        "http://login.example.org",
        "https://login.example.org/",
        "https://user@login.example.org",
        "https://LOGIN.example.org",
        "android:apk-key-hash:AAAA",
        "null",
        "",
    ] {
        let behaviour = Behaviour::honest(origin);
        refused!(scene().register(&behaviour), CeremonyError::Origin);
        let mut scene = scene();
        let credential = scene.registered();
        refused!(scene.assert(&credential, &behaviour), CeremonyError::Origin);
    }
}

#[test]
fn a_port_in_the_issuer_belongs_to_the_origin() {
    let mut scene = scene();
    let origin = Url::parse("http://localhost:8080/base/").expect("url");
    scene.passkeys = Passkeys::new("localhost", "Latchkey", &origin).expect("passkeys");
    assert!(scene.register(&Behaviour::honest("http://localhost:8080")).is_ok());
    refused!(scene.register(&Behaviour::honest("http://localhost:8081")), CeremonyError::Origin);
    refused!(scene.register(&Behaviour::honest("http://localhost")), CeremonyError::Origin);
}

#[test]
fn a_response_from_inside_another_page_is_refused() {
    for members in [
        json!({ "crossOrigin": true }),
        json!({ "crossOrigin": true, "topOrigin": "https://evil.example" }),
        json!({ "topOrigin": ORIGIN }),
    ] {
        refused!(scene().register(&client_data(&members)), CeremonyError::Origin);
        let mut scene = scene();
        let credential = scene.registered();
        refused!(scene.assert(&credential, &client_data(&members)), CeremonyError::Origin);
    }
}

#[test]
fn a_key_that_signed_for_another_relying_party_is_refused() {
    let behaviour = Behaviour { rp_id: Some("evil.example".into()), ..honest() };
    refused!(scene().register(&behaviour), CeremonyError::RelyingParty);
    let mut scene = scene();
    let credential = scene.registered();
    refused!(scene.assert(&credential, &behaviour), CeremonyError::RelyingParty);
}

#[test]
fn backed_up_without_being_eligible_is_refused() {
    let behaviour = Behaviour { backed_up: true, ..honest() };
    refused!(scene().register(&behaviour), CeremonyError::BackupState);
    let mut scene = scene();
    let credential = scene.registered();
    refused!(scene.assert(&credential, &behaviour), CeremonyError::BackupState);
}

#[test]
fn an_algorithm_that_was_not_offered_is_refused() {
    // ES256 becomes ES384, EdDSA, and one that nobody knows.
    for algorithm in [&[0x38, 0x22][..], &[0x27], &[0x38, 0x60]] {
        let mut scene = scene();
        let started = scene.start_registration(&[]);
        let response = scene.key.create(&started.options, &honest()).expect("response");
        let response = with_data(&response, |data| {
            let at = data.windows(3).position(|window| window == [0x03, 0x26, 0x20]).expect("alg");
            data.splice(at + 1..at + 2, algorithm.iter().copied());
        });
        refused!(
            scene.passkeys.finish_registration(&started.state, &response.to_string()),
            CeremonyError::Algorithm
        );
    }
}

#[test]
fn an_es256_key_on_another_curve_is_refused() {
    use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
    let pair = EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).expect("key");
    let point = pair.public_key().as_ref();
    let mut scene = scene();
    let started = scene.start_registration(&[]);
    let response = scene.key.create(&started.options, &honest()).expect("response");
    let response = with_data(&response, |data| {
        data.truncate(37 + 18 + 32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x02, 0x21, 0x58, 48]);
        data.extend(&point[1..49]);
        data.extend([0x22, 0x58, 48]);
        data.extend(&point[49..]);
    });
    refused!(
        scene.passkeys.finish_registration(&started.state, &response.to_string()),
        CeremonyError::Algorithm
    );
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let mut scene = scene();
    let started = scene.start_registration(&[]);
    let response = scene.key.create(&started.options, &honest()).expect("response");
    let response = with_data(&response, |data| *data.last_mut().expect("byte") ^= 1);
    refused!(
        scene.passkeys.finish_registration(&started.state, &response.to_string()),
        CeremonyError::Malformed(_)
    );
}

#[test]
fn a_credential_id_that_is_too_short_or_too_long_is_refused() {
    for (length, fits) in [(0, false), (15, false), (16, true), (1023, true), (1024, false)] {
        let mut scene = scene();
        let started = scene.start_registration(&[]);
        let response = scene.key.create(&started.options, &honest()).expect("response");
        let mut response = with_data(&response, |data| {
            let id = vec![5; usize::from(length)];
            let length: u16 = length;
            data.splice(53..87, length.to_be_bytes().into_iter().chain(id));
        });
        response["id"] = encode(&vec![5; usize::from(length)]).into();
        response["rawId"] = response["id"].clone();
        let told = scene.passkeys.finish_registration(&started.state, &response.to_string());
        if fits {
            assert_eq!(told.expect("a registration").credential_id.len(), usize::from(length));
        } else {
            refused!(told, CeremonyError::Malformed("credential id length"));
        }
    }
}

#[test]
fn the_credential_id_must_be_the_same_wherever_it_is_written() {
    for member in ["id", "rawId"] {
        let mut scene = scene();
        let started = scene.start_registration(&[]);
        let mut response = scene.key.create(&started.options, &honest()).expect("response");
        response[member] = encode(&[5; 32]).into();
        let text = response.to_string();
        refused!(
            scene.passkeys.finish_registration(&started.state, &text),
            CeremonyError::Malformed("two credential ids")
        );
    }
    let mut scene = scene();
    let started = scene.start_registration(&[]);
    let mut response = scene.key.create(&started.options, &honest()).expect("response");
    response["id"] = encode(&[5; 32]).into();
    response["rawId"] = response["id"].clone();
    refused!(
        scene.passkeys.finish_registration(&started.state, &response.to_string()),
        CeremonyError::Malformed("two credential ids")
    );
}

#[test]
fn authenticator_data_with_something_behind_its_end_is_refused() {
    let mut scene = scene();
    let started = scene.start_registration(&[]);
    let response = scene.key.create(&started.options, &honest()).expect("response");
    let response = with_data(&response, |data| data.push(0));
    refused!(
        scene.passkeys.finish_registration(&started.state, &response.to_string()),
        CeremonyError::Malformed("authenticator data")
    );
}

#[test]
fn extensions_that_nobody_asked_for_are_ignored() {
    let mut scene = scene();
    let started = scene.start_registration(&[]);
    let mut response = scene.key.create(&started.options, &honest()).expect("response");
    response["clientExtensionResults"]["appid"] = true.into();
    response["clientExtensionResults"]["prf"] = json!({ "enabled": 7 });
    response["clientExtensionResults"]["credProps"] = json!({ "rk": "yes" });
    // credProtect, as Chromium sets it by itself.
    let response = with_data(&response, |data| {
        data[32] |= 0x80;
        data.extend(b"\xa1\x6bcredProtect\x02");
    });
    let told = scene.passkeys.finish_registration(&started.state, &response.to_string());
    assert_eq!(told.expect("a registration").discoverable, None);
}
