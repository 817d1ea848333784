use serde_json::json;

use super::*;

fn register(metadata: Value) -> Result<Client, MetadataError> {
    Client::register(serde_json::from_value(metadata).expect("metadata"))
}

fn with(member: &str, value: Value) -> Value {
    let mut metadata = json!({
        "client_id": "rota",
        "client_secret": "a secret of the rota",
        "redirect_uris": ["https://rota.example/cb"],
    });
    metadata[member] = value;
    metadata
}

fn refusal(member: &str, value: Value) -> String {
    register(with(member, value)).expect_err("refused").to_string()
}

#[test]
fn absent_members_take_their_specifications_defaults() {
    let client = register(with("client_id", json!("rota"))).expect("a client");
    assert_eq!(client.name, "rota");
    assert_eq!(client.authentication, AuthenticationMethod::ClientSecretBasic);
    assert_eq!(client.secret, Some(Digest::of(b"a secret of the rota")));
    assert_eq!(client.grants, [GrantType::AuthorizationCode]);
    assert_eq!(client.id_token_algorithm, Algorithm::Rs256);
    assert_eq!(client.scopes.to_string(), "openid profile email phone address");
    assert_eq!(client.application, ApplicationType::Web);
    assert!(!client.trusted);
    assert!(!client.is_public());
}

#[test]
fn a_client_is_stored_and_read_again_without_its_secret() {
    let mut metadata = with("latchkey_require_acr", json!("phrh"));
    metadata["grant_types"] = json!(["authorization_code", "refresh_token"]);
    let client = register(metadata).expect("a client");
    let json = serde_json::to_string(&client).expect("json");
    assert!(!json.contains("a secret of the rota"));
    assert_eq!(serde_json::from_str::<Client>(&json).expect("client"), client);
    assert_eq!(client.required_level, Some(Level::Hardware));
    assert!(client.scopes.contains(Scope::OfflineAccess));
}

#[test]
fn acr_values_of_its_own_are_asked_for_and_told() {
    let mut metadata =
        with("latchkey_acr_values", json!({ "urn:two": "mfa", "urn:best": "hardware" }));
    metadata["default_acr_values"] = json!(["urn:two", "phr"]);
    metadata["latchkey_require_acr"] = json!("urn:two");
    metadata["latchkey_claims_profile"] = json!("single_amr");
    let client = register(metadata).expect("a client");
    assert_eq!(client.required_level, Some(Level::Mfa));
    assert_eq!(
        (client.level("urn:two"), client.level("phr")),
        (Some(Level::Mfa), Some(Level::PhishingResistant))
    );
    let key = Assurance {
        level: Level::PhishingResistant,
        amr: ["pwd", "pop", "user", "mfa"].map(str::to_owned).into(),
        auth_time: latchkey_core::Timestamp::from_seconds(1),
    };
    assert_eq!(client.acr(&key, []), "urn:two", "the strongest of its own that was reached");
    assert_eq!(client.acr(&key, ["urn:best", "phr"]), "phr");
    assert_eq!(client.acr(&key, ["urn:best"]), "urn:two", "never more than was reached");
    assert_eq!(client.amr(&key), ["pop"]);
    let weak = Assurance { level: Level::Password, amr: vec!["pwd".to_owned()], ..key };
    assert_eq!(client.acr(&weak, ["urn:two"]), Level::Password.acr());
    assert_eq!(client.amr(&weak), ["pwd"]);
}

#[test]
fn acr_values_of_its_own_can_neither_redefine_ours_nor_be_cut_in_two() {
    let of = |value: &str| refusal("latchkey_acr_values", json!({ value: "mfa" }));
    assert!(of("phr").contains("means what it means"), "{}", of("phr"));
    for value in ["", "two words", "a\u{7}b"] {
        assert!(of(value).contains("is no acr value"), "{value}: {}", of(value));
    }
    let many: serde_json::Map<_, _> = (0..17).map(|n| (format!("urn:{n}"), json!("mfa"))).collect();
    assert!(refusal("latchkey_acr_values", many.into()).contains("more than 16"));
}

#[test]
fn a_public_client_has_no_secret_and_every_other_one_has() {
    let public = json!({
        "client_id": "phone",
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "redirect_uris": ["org.example.phone:/cb", "http://127.0.0.1/cb"],
    });
    assert!(register(public.clone()).expect("a client").is_public());
    let mut with_secret = public;
    with_secret["client_secret"] = json!("x");
    assert!(register(with_secret).expect_err("refused").to_string().starts_with("client_secret"));
    let without = json!({ "client_id": "a", "redirect_uris": ["https://a.example"] });
    assert_eq!(register(without).expect_err("refused").member, "client_secret");
}

#[test]
fn every_refusal_names_the_member_and_the_reason() {
    assert_eq!(refusal("client_id", json!(" ")), "client_id: is missing");
    assert_eq!(refusal("redirect_uris", json!([])), "redirect_uris: is missing");
    assert_eq!(
        refusal("redirect_uris", json!(["http://rota.example/cb"])),
        "redirect_uris: \"http://rota.example/cb\" must begin with https:// \
         (http:// only for localhost, 127.0.0.1 and [::1])"
    );
    assert_eq!(
        refusal("post_logout_redirect_uris", json!(["https://rota.example/#bye"])),
        "post_logout_redirect_uris: \"https://rota.example/#bye\" has a fragment (#…)"
    );
    assert_eq!(
        refusal("logo_uri", json!("javascript:alert(1)")),
        "logo_uri: \"javascript:alert(1)\" must begin with https:// \
         (http:// only for localhost, 127.0.0.1 and [::1])"
    );
    assert_eq!(
        refusal("grant_types", json!(["implicit"])),
        "grant_types: \"implicit\" is none of authorization_code, refresh_token, client_credentials"
    );
    assert_eq!(
        refusal("grant_types", json!(["refresh_token"])),
        "grant_types: lacks authorization_code"
    );
    assert_eq!(
        refusal("response_types", json!(["code id_token"])),
        "response_types: \"code id_token\" is not supported, only \"code\""
    );
    assert_eq!(refusal("scope", json!("profile")), "scope: lacks openid");
    assert_eq!(
        refusal("scope", json!("openid offline_access")),
        "scope: offline_access needs the grant type refresh_token"
    );
    assert!(refusal("latchkey_require_acr", json!("gold")).contains("\"gold\" is none of"));
    assert!(refusal("default_acr_values", json!(["gold"])).starts_with("default_acr_values: "));
    assert_eq!(
        refusal("client_name", json!("two\nlines")),
        "client_name: is 1 to 100 characters in one line"
    );
}

#[test]
fn private_keys_are_not_registered() {
    let public = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "…", "y": "…" }] });
    assert!(register(with("jwks", public)).is_ok());
    let private = json!({ "keys": [{ "kty": "EC", "crv": "P-256", "d": "…" }] });
    assert_eq!(refusal("jwks", private), "jwks: has a private key; register public keys only");
    assert!(refusal("jwks", json!([])).starts_with("jwks: is a set of keys"));
}

#[test]
fn a_client_that_signs_has_a_key_for_one_algorithm_and_no_secret() {
    let point = "A".repeat(43);
    let ec = json!({ "kty": "EC", "crv": "P-256", "x": point, "y": point });
    let rsa = json!({ "kty": "RSA", "n": format!("{}w", "_".repeat(341)), "e": "AQAB" });
    let of = |keys: Value, algorithm: Value| {
        register(json!({
            "client_id": "rota",
            "redirect_uris": ["https://rota.example/cb"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": algorithm,
            "jwks": { "keys": keys },
        }))
        .map(|client| client.assertion_algorithm)
        .map_err(|error| error.to_string())
    };
    use AssertionAlgorithm::{Es256, Ps256, Rs256};
    assert_eq!(of(json!([ec]), Value::Null), Ok(Some(Es256)));
    assert_eq!(of(json!([rsa]), Value::Null), Ok(Some(Rs256)));
    assert_eq!(of(json!([ec, rsa]), json!("PS256")), Ok(Some(Ps256)));
    assert_eq!(of(json!([ec]), json!("PS256")), Err("jwks: has no key for PS256".into()));
    let none = Err("jwks: has no key for RS256, PS256, ES256 or EdDSA".into());
    assert_eq!(of(json!([]), Value::Null), none);
    let short = json!({ "kty": "RSA", "n": format!("{}8", "_".repeat(170)), "e": "AQAB" });
    assert_eq!(of(json!([short]), Value::Null), none, "1024 bits");
    let mut metadata = with("token_endpoint_auth_method", json!("private_key_jwt"));
    metadata["jwks"] = json!({ "keys": [ec] });
    let told = register(metadata).expect_err("refused");
    assert_eq!(told.member, "client_secret");
    let told = register(with("token_endpoint_auth_signing_alg", json!("ES256")));
    assert_eq!(told.expect_err("refused").member, "token_endpoint_auth_signing_alg");
}
