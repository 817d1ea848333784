//! Authenticators that are not ours.

use webauthn_authenticator_rs::AuthenticatorBackendHashedClientData as _;
use webauthn_authenticator_rs::softpasskey::SoftPasskey;
use webauthn_authenticator_rs::softtoken::SoftToken;
use webauthn_rs_proto::{PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions};

use super::*;

#[test]
fn soft_passkeys_and_soft_tokens_of_webauthn_rs_register_and_log_in() {
    let mut passkey = SoftPasskey::new(true);
    let (mut token, _) = SoftToken::new(true).expect("token");
    round_trip(
        |hash, options| passkey.perform_register(hash, options, 60_000).expect("register"),
        "packed",
    );
    round_trip(
        |hash, options| token.perform_register(hash, options, 60_000).expect("register"),
        "packed",
    );
    assertion_round_trip(&mut SoftPasskey::new(true));
}

fn signed_client_data(kind: &str, options: &Value) -> (Vec<u8>, Vec<u8>) {
    let client_data = json!({
        "type": kind,
        "challenge": options["challenge"],
        "origin": ORIGIN,
    });
    let client_data = client_data.to_string().into_bytes();
    let hash = latchkey_core::secrets::Digest::of(&client_data).as_bytes().to_vec();
    (client_data, hash)
}

fn round_trip(
    mut register: impl FnMut(
        Vec<u8>,
        PublicKeyCredentialCreationOptions,
    ) -> webauthn_rs_proto::RegisterPublicKeyCredential,
    format: &str,
) {
    let scene = scene();
    let started = scene.start_registration_with(&[], Attestation::Direct);
    let (client_data, hash) = signed_client_data("webauthn.create", &started.options);
    let options = serde_json::from_value(started.options).expect("options");
    let mut response = register(hash, options);
    response.response.client_data_json = client_data;
    response.response.transports = Some(vec![]);
    let response = serde_json::to_string(&response).expect("json");
    let told = scene.passkeys.finish_registration(&started.state, &response).expect("registered");
    assert_eq!(told.attestation_format, format);
}

fn assertion_round_trip(passkey: &mut SoftPasskey) {
    let scene = scene();
    let started = scene.start_registration(&[]);
    let (client_data, hash) = signed_client_data("webauthn.create", &started.options);
    let options: PublicKeyCredentialCreationOptions =
        serde_json::from_value(started.options).expect("options");
    let mut created = passkey.perform_register(hash, options, 60_000).expect("created");
    created.response.client_data_json = client_data;
    created.response.transports = Some(vec![]);
    let response = serde_json::to_string(&created).expect("json");
    let told = scene.passkeys.finish_registration(&started.state, &response).expect("registered");
    let credential = stored(told);

    let started =
        scene.passkeys.start_assertion(&scene.rng, &[known(&credential)]).expect("assertion");
    let (client_data, hash) = signed_client_data("webauthn.get", &started.options);
    let options: PublicKeyCredentialRequestOptions =
        serde_json::from_value(started.options).expect("options");
    let mut asserted = passkey.perform_auth(hash, options, 60_000).expect("asserted");
    asserted.response.client_data_json = client_data;
    let response = serde_json::to_string(&asserted).expect("json");
    let assertion = Assertion::parse(&response).expect("response");
    let told = scene.passkeys.finish_assertion(&started.state, &assertion, &credential);
    assert!(told.expect("an assertion").user_verified);
}
