//! What no browser sends.

use proptest::prelude::*;

use super::*;

#[test]
fn what_no_browser_sends_is_malformed() {
    let mut scene = scene();
    let credential = scene.registered();
    let registration = scene.start_registration(&[]);
    let created = scene.key.create(&registration.options, &honest()).expect("response");
    let padded = format!("{}{}", created, " ".repeat(MAX_RESPONSE));
    let mut kind = created.clone();
    kind["type"] = "password".into();
    let deep = "[".repeat(MAX_RESPONSE);
    let twice = created.to_string().replacen('{', r#"{"type":"public-key","#, 1);
    for text in ["", "null", "{}", "[]", "\u{feff}{}", &padded, &kind.to_string(), &deep, &twice] {
        refused!(
            scene.passkeys.finish_registration(&registration.state, text),
            CeremonyError::Malformed(_)
        );
        refused!(Assertion::parse(text), CeremonyError::Malformed(_));
    }
    for (member, bytes) in [
        ("clientDataJSON", b"{\"origin\":7}".to_vec()),
        ("clientDataJSON", b"\xff\xfe".to_vec()),
        ("authenticatorData", vec![]),
        ("authenticatorData", vec![0xff; 36]),
    ] {
        let told = scene.assert_changed(&credential, &honest(), |response| {
            change_bytes(response, member, |old| *old = bytes);
        });
        refused!(told, CeremonyError::Malformed(_));
    }
    // CBOR that claims to be large, and CBOR that is deep.
    for bytes in [vec![0x9b; 9], vec![0xbf; 9], vec![0x81; 40_000], vec![0x5b; 9], vec![0xa0]] {
        let mut changed = created.clone();
        change_bytes(&mut changed, "attestationObject", |old| *old = bytes);
        refused!(
            scene.passkeys.finish_registration(&registration.state, &changed.to_string()),
            CeremonyError::Malformed(_)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let scene = scene();
        let started = scene.start_registration(&[]);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(scene.passkeys.finish_registration(&started.state, &text).is_err());
        prop_assert!(Assertion::parse(&text).is_err());
        let wrapped = json!({
            "id": encode(&[5; 32]), "rawId": encode(&[5; 32]), "type": "public-key",
            "response": {
                "clientDataJSON": encode(&json!({
                    "type": "webauthn.create", "origin": ORIGIN,
                    "challenge": started.options["challenge"],
                }).to_string().into_bytes()),
                "attestationObject": encode(&bytes),
            },
        });
        let told = scene.passkeys.finish_registration(&started.state, &wrapped.to_string());
        prop_assert!(told.is_err());
    }

    #[test]
    fn no_change_to_a_registration_makes_it_panic(
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
        member in prop_oneof![Just("attestationObject"), Just("clientDataJSON")],
        attestation in prop_oneof![Just(Attestation::None), Just(Attestation::Direct)],
    ) {
        let mut scene = scene();
        let started = scene.start_registration_with(&[], attestation);
        let mut response = scene.key.create(&started.options, &honest()).expect("response");
        change_bytes(&mut response, member, |bytes| {
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
        });
        let told = scene.passkeys.finish_registration(&started.state, &response.to_string());
        if cut {
            prop_assert!(told.is_err());
        }
    }

    #[test]
    fn no_change_to_an_assertion_is_accepted(
        at in any::<proptest::sample::Index>(),
        flip in 1..=255_u8,
        member in prop_oneof![
            Just("authenticatorData"), Just("clientDataJSON"), Just("signature")
        ],
    ) {
        let mut scene = scene();
        let credential = scene.registered();
        let told = scene.assert_changed(&credential, &honest(), |response| {
            change_bytes(response, member, |bytes| {
                let at = at.index(bytes.len());
                bytes[at] ^= flip;
            });
        });
        prop_assert!(told.is_err());
    }
}
