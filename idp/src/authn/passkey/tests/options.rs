//! What browsers are asked, with decoys, and told, with signals.

use latchkey_core::secrets::MacKey;

use super::*;

#[test]
fn creation_options_ask_for_what_the_policy_of_the_house_is() {
    let scene = scene();
    let existing = [Known { credential_id: vec![9; 20], transports: vec!["smart-card".into()] }];
    let options = scene.start_registration(&existing).options;
    assert_eq!(options["rp"], json!({ "id": "login.example.org", "name": "Latchkey" }));
    assert_eq!(options["user"]["id"], encode(&[7; 64]));
    assert_eq!(options["user"]["name"], "amy.ward");
    assert_eq!(options["user"]["displayName"], "Amy Ward");
    assert_eq!(
        options["pubKeyCredParams"],
        json!([{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }])
    );
    assert_eq!(
        options["authenticatorSelection"],
        json!({
            "residentKey": "preferred",
            "requireResidentKey": false,
            "userVerification": "required",
        })
    );
    assert_eq!(
        options["excludeCredentials"],
        json!([{ "type": "public-key", "id": encode(&[9; 20]), "transports": ["smart-card"] }])
    );
    assert_eq!(options["attestation"], "none");
    assert_eq!(options["extensions"], json!({ "credProps": true }));
    assert_eq!(options["timeout"], 600_000);
    assert!(options.get("hints").is_none());
    let direct = scene.start_registration_with(&[], Attestation::Direct).options;
    assert_eq!(direct["attestation"], "direct");
}

#[test]
fn the_challenge_is_32_bytes_of_the_injected_randomness() {
    let scene = scene();
    let first: [u8; 32] = (&SeededRng::new(1) as &dyn Rng).bytes();
    let options = scene.start_registration(&[]).options;
    assert_eq!(options["challenge"], encode(&first));
    let again = scene.passkeys.start_discoverable(&scene.rng).expect("assertion").options;
    assert_ne!(again["challenge"], options["challenge"]);
}

#[test]
fn somebody_without_a_name_is_shown_by_their_user_name() {
    let scene = scene();
    let owner = Owner { name: " ", ..scene.owner() };
    let started =
        scene.passkeys.start_registration(&scene.rng, owner, &[], Attestation::None).expect("ok");
    assert_eq!(started.options["user"]["displayName"], "amy.ward");
}

#[test]
fn request_options_for_a_typed_name_always_name_credentials() {
    let scene = scene();
    assert!(scene.passkeys.start_assertion(&scene.rng, &[]).is_err());
    let known = Known { credential_id: vec![9; 20], transports: vec![] };
    let options = scene.passkeys.start_assertion(&scene.rng, &[known]).expect("ok").options;
    assert_eq!(
        options["allowCredentials"],
        json!([{ "type": "public-key", "id": encode(&[9; 20]) }])
    );
    assert_eq!(options["rpId"], "login.example.org");
    assert_eq!(options["userVerification"], "required");
    let options = scene.passkeys.start_discoverable(&scene.rng).expect("ok").options;
    assert_eq!(options["allowCredentials"], json!([]));
}

#[test]
fn a_relying_party_that_no_browser_would_take_is_refused_at_once() {
    let new = |id: &str, origin: &str| {
        Passkeys::new(id, "Latchkey", &Url::parse(origin).expect("url")).is_ok()
    };
    assert!(new("login.example.org", "https://login.example.org"));
    assert!(new("example.org", "https://login.example.org:8443/realms"));
    assert!(new("localhost", "http://localhost:8080"));
    assert!(!new("login.example.org", "http://login.example.org"));
    assert!(!new("ample.org", "https://login.example.org"));
    assert!(!new("login.example.org", "https://example.org"));
    assert!(!new("", "https://example.org"));
    assert!(!new("127.0.0.1", "http://127.0.0.1:8080"));
}

#[test]
fn decoys_are_stable_plausible_and_apart_for_each_name() {
    let mac = MacKey::new(&[3; 32]);
    let mut ids = std::collections::HashSet::new();
    let mut counts = [0; 3];
    for number in 0..500 {
        let username = Username::parse(&format!("person{number}")).expect("name");
        let made = decoys(&mac, &username);
        assert_eq!(made, decoys(&mac, &username));
        assert_ne!(made, decoys(&MacKey::new(&[4; 32]), &username));
        counts[made.len()] += 1;
        for decoy in made {
            assert!([16, 20, 32, 48, 64].contains(&decoy.credential_id.len()));
            assert!(!decoy.transports.is_empty());
            assert!(ids.insert(decoy.credential_id));
        }
    }
    assert_eq!(counts[0], 0);
    assert!(counts[1] > 200 && counts[2] > 100, "{counts:?}");
}

#[test]
fn names_that_are_the_same_to_us_have_the_same_decoys() {
    let mac = MacKey::new(&[3; 32]);
    let made = |typed| decoys(&mac, &Username::parse(typed).expect("name"));
    assert_eq!(made("Amy.Ward "), made("amy.ward"));
}

#[test]
fn options_for_unknown_and_known_names_have_the_same_shape() {
    let mut scene = scene();
    let credential = scene.registered();
    let mac = MacKey::new(&[3; 32]);
    let unknown = decoys(&mac, &Username::parse("nobody").expect("name"));
    let shape = |known: &[Known]| {
        let mut options =
            scene.passkeys.start_assertion(&scene.rng, known).expect("assertion").options;
        let first = options["allowCredentials"][0].take();
        let keys =
            |value: &Value| value.as_object().expect("object").keys().cloned().collect::<Vec<_>>();
        (keys(&options), keys(&first))
    };
    assert_eq!(shape(&unknown), shape(&[known(&credential)]));
}

#[test]
fn signals_carry_what_the_browser_needs_and_no_more() {
    let scene = scene();
    assert_eq!(
        scene.passkeys.unknown_credential(&[1, 2]),
        json!({ "rpId": "login.example.org", "credentialId": "AQI" })
    );
    assert_eq!(
        scene.passkeys.accepted_credentials(&HANDLE, [&[1, 2][..]]),
        json!({
            "rpId": "login.example.org",
            "userId": encode(&[7; 64]),
            "allAcceptedCredentialIds": ["AQI"],
        })
    );
    assert_eq!(
        scene.passkeys.user_details(scene.owner()),
        json!({
            "rpId": "login.example.org",
            "userId": encode(&[7; 64]),
            "name": "amy.ward",
            "displayName": "Amy Ward",
        })
    );
}
