use std::sync::LazyLock;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::error::AuthorizationErrorCode as Code;
use crate::idtoken::tests::token;
use crate::keys::{Algorithm, KeySet, SigningKey};
use crate::samples::{API, issuer, pairs, public_client, rota};
use crate::scopes::Scope;

static KEYS: LazyLock<KeySet> = LazyLock::new(|| {
    KeySet::new(vec![SigningKey::generate(Algorithm::EdDsa).expect("a key")]).expect("a set")
});

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn phase_one(client: &Client, request: &[(&str, &str)]) -> Result<(), Unredirectable> {
    let pairs = pairs(request);
    identify(&Parameters::new(&pairs)?, Some(client)).map(drop)
}

/// A request of `client` that is good but for what `extra` adds; a name of `extra` takes the place
/// of what is there.
fn judge(client: &Client, extra: &[(&str, &str)]) -> Result<AuthorizationRequest, Box<Refused>> {
    let redirect_uri = client.redirect_uris[0].clone();
    let mut request = vec![
        ("client_id", client.id.0.as_str()),
        ("redirect_uri", &redirect_uri),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "xyz"),
    ];
    request.retain(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    request.extend(extra);
    let pairs = pairs(&request);
    let parameters = Parameters::new(&pairs).expect("few");
    let identified = identify(&parameters, Some(client)).expect("phase one");
    identified.judge(HintVerifier { issuer: &issuer(), keys: &KEYS }, &[API])
}

pub(crate) fn judged(
    client: &Client,
    extra: &[(&str, &str)],
) -> Result<AuthorizationRequest, AuthorizationError> {
    judge(client, extra).map_err(|refused| refused.error)
}

fn refusal(extra: &[(&str, &str)]) -> &'static str {
    judged(&rota(), extra).expect_err("refused").code.as_str()
}

#[test]
fn an_unknown_client_or_address_must_not_be_redirected_to() {
    let rota = rota();
    let uri = ("redirect_uri", "https://rota.example/cb");
    let id = ("client_id", "rota");
    assert_eq!(phase_one(&rota, &[id, uri]), Ok(()));
    assert_eq!(phase_one(&rota, &[uri]), Err(Unredirectable::ClientIdMissing));
    assert_eq!(phase_one(&rota, &[id, id, uri]), Err(Unredirectable::ClientIdMissing));
    assert_eq!(
        phase_one(&rota, &[("client_id", "other"), uri]),
        Err(Unredirectable::ClientUnknown)
    );
    assert_eq!(phase_one(&rota, &[id]), Err(Unredirectable::RedirectUriMissing));
    assert_eq!(phase_one(&rota, &[id, uri, uri]), Err(Unredirectable::RedirectUriMissing));
    assert_eq!(
        phase_one(&rota, &[id, ("redirect_uri", "https://evil.example/cb")]),
        Err(Unredirectable::RedirectUriUnregistered)
    );
    let unknown = pairs(&[id, uri]);
    let unknown = identify(&Parameters::new(&unknown).expect("few"), None).map(drop);
    assert_eq!(unknown, Err(Unredirectable::ClientUnknown));
}

#[test]
fn everything_else_is_told_to_the_client_with_state_and_issuer() {
    let refused = judge(&rota(), &[("response_type", "token")]).expect_err("refused");
    assert_eq!(
        refused.deliver(&issuer()),
        Delivery::Location(
            "https://rota.example/cb?error=unsupported_response_type\
             &error_description=response_type%20must%20be%20code&state=xyz\
             &iss=https%3A%2F%2Flogin.example.org"
                .into()
        )
    );
    let posted = [("response_type", "token"), ("response_mode", "form_post")];
    let refused = judge(&rota(), &posted).expect_err("refused");
    assert!(matches!(refused.deliver(&issuer()), Delivery::FormPost { .. }));
}

#[test]
fn a_repeated_parameter_is_refused_and_a_repeated_state_not_returned() {
    assert_eq!(refusal(&[("nonce", "a"), ("nonce", "a")]), "invalid_request");
    assert_eq!(refusal(&[("x", "a"), ("x", "a")]), "invalid_request");
    let refused = judge(&rota(), &[("state", "a"), ("state", "b")]).expect_err("refused");
    assert_eq!(refused.back.state, None);
    assert_eq!(refused.error.code, Code::InvalidRequest);
}

#[test]
fn the_code_flow_and_no_other() {
    assert_eq!(refusal(&[("response_type", "")]), "invalid_request");
    for other in ["token", "id_token", "code id_token", "none", "CODE"] {
        assert_eq!(refusal(&[("response_type", other)]), "unsupported_response_type");
    }
    assert_eq!(refusal(&[("response_mode", "fragment")]), "invalid_request");
}

#[test]
fn what_is_not_supported_is_refused_by_its_own_code() {
    assert_eq!(refusal(&[("request", "a.b.c")]), "request_not_supported");
    assert_eq!(refusal(&[("request_uri", "https://a.example")]), "request_uri_not_supported");
    assert_eq!(refusal(&[("registration", "{}")]), "registration_not_supported");
}

#[test]
fn scope_must_contain_openid_and_gives_no_more_than_is_registered() {
    assert_eq!(refusal(&[("scope", "profile")]), "invalid_scope");
    assert_eq!(refusal(&[("scope", "")]), "invalid_scope");
    let all = [("scope", "openid email groups offline_access")];
    let rota = judged(&rota(), &all).expect("a request");
    assert_eq!(rota.scopes.to_string(), "openid email offline_access");
    let phone = [all[0], ("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let phone = judged(&public_client(), &phone).expect("a request");
    assert!(!phone.scopes.contains(Scope::OfflineAccess));
}

#[test]
fn a_public_client_must_use_pkce_with_s256() {
    let phone = public_client();
    let code = |extra: &[(&str, &str)]| judged(&phone, extra).map_err(|error| error.code);
    let invalid = Err(Code::InvalidRequest);
    let s256 = ("code_challenge_method", "S256");
    let challenge = ("code_challenge", CHALLENGE);
    assert!(code(&[challenge, s256]).expect("a request").code_challenge.is_some());
    assert_eq!(code(&[]), invalid);
    assert_eq!(code(&[challenge]), invalid, "without a method, plain is meant");
    assert_eq!(code(&[challenge, ("code_challenge_method", "plain")]), invalid);
    assert_eq!(code(&[s256]), invalid);
    assert_eq!(code(&[("code_challenge", "short"), s256]), invalid);
    assert_eq!(refusal(&[challenge, ("code_challenge_method", "plain")]), "invalid_request");
    assert_eq!(judged(&rota(), &[]).expect("a request").code_challenge, None);
}

#[test]
fn prompt_none_must_stand_alone() {
    let prompt = |text| judged(&rota(), &[("prompt", text)]).map(|request| request.prompt);
    let none = Prompt { none: true, ..Prompt::default() };
    assert_eq!(prompt("none"), Ok(none));
    let both = Prompt { login: true, consent: true, ..Prompt::default() };
    assert_eq!(prompt("login consent"), Ok(both));
    assert_eq!(refusal(&[("prompt", "none login")]), "invalid_request");
    assert_eq!(refusal(&[("prompt", "create")]), "invalid_request");
}

#[test]
fn max_age_is_a_number_of_seconds() {
    let age = |text| judged(&rota(), &[("max_age", text)]).map(|request| request.max_age);
    assert_eq!(age("0"), Ok(Some(0)));
    assert_eq!(age("99999999999999999999"), Ok(Some(u32::MAX)));
    for wrong in ["-1", "+1", "1.5", "1e3", "an hour", "0x10"] {
        assert_eq!(refusal(&[("max_age", wrong)]), "invalid_request", "{wrong}");
    }
}

#[test]
fn the_claims_parameter_goes_before_acr_values() {
    let acr = |extra: &[(&str, &str)]| judged(&rota(), extra).map(|request| request.acr);
    let listed = ("acr_values", "phrh phr");
    let wish = acr(&[listed]).expect("acr");
    assert_eq!((wish.values, wish.essential), (vec!["phrh".into(), "phr".into()], false));
    let claims =
        r#"{"userinfo":{"name":null},"id_token":{"acr":{"essential":true,"value":"phr"}}}"#;
    let must = acr(&[listed, ("claims", claims)]).expect("acr");
    assert_eq!((must.values, must.essential), (vec!["phr".into()], true));
    assert_eq!(acr(&[("claims", r#"{"id_token":{"acr":null}}"#)]), Ok(RequestedAcr::default()));
    for wrong in [
        "[",
        "[]",
        "7",
        r#"{"id_token":[]}"#,
        r#"{"id_token":{"acr":7}}"#,
        r#"{"id_token":{"acr":{"values":"phr"}}}"#,
        r#"{"id_token":{"acr":{"value":7}}}"#,
    ] {
        assert_eq!(refusal(&[("claims", wrong)]), "invalid_request", "{wrong}");
    }
    let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
    assert_eq!(refusal(&[("claims", &deep)]), "invalid_request");
}

#[test]
fn an_id_token_hint_must_be_ours_and_the_clients_own() {
    let key = KEYS.signer(Algorithm::EdDsa).expect("a key");
    let amy = Subject(Uuid::from_u128(7));
    let own = token(key, &issuer(), "rota", amy);
    let request = judged(&rota(), &[("id_token_hint", &own)]).expect("a request");
    assert_eq!(request.subject, Some(amy));
    let others = token(key, &issuer(), "phone", amy);
    assert_eq!(refusal(&[("id_token_hint", &others)]), "invalid_request");
    let stranger = SigningKey::generate(Algorithm::EdDsa).expect("a key");
    let forged = token(&stranger, &issuer(), "rota", amy);
    assert_eq!(refusal(&[("id_token_hint", &forged)]), "invalid_request");

    let sub = |text: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{text}"}}}}}}"#);
    let same = sub(&amy.to_string());
    let request = judged(&rota(), &[("claims", &same)]).expect("a request");
    assert_eq!(request.subject, Some(amy));
    let other = sub(&Uuid::nil().to_string());
    assert_eq!(refusal(&[("id_token_hint", &own), ("claims", &other)]), "invalid_request");
    assert_eq!(refusal(&[("claims", &sub("amy"))]), "login_required");
}

#[test]
fn hints_that_are_not_understood_are_no_errors() {
    let long = "x".repeat(300);
    let extra = [("ui_locales", "cy en-GB x_y toolongatag"), ("login_hint", long.as_str())];
    let request = judged(&rota(), &extra).expect("a request");
    assert_eq!(request.ui_locales, ["cy", "en-GB"]);
    assert_eq!(request.login_hint, None);
    let extra = [("login_hint", "amy.ward"), ("display", "touch")];
    let request = judged(&rota(), &extra).expect("a request");
    assert_eq!(request.login_hint.as_deref(), Some("amy.ward"));
}

#[test]
fn a_resource_and_its_scopes_are_for_a_client_that_may_have_them_and_uses_pkce() {
    let mut console = rota();
    console.resource_scopes = vec!["people:read"];
    let asked = [
        ("resource", API.identifier),
        ("scope", "openid people:read"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let request = judged(&console, &asked).expect("a request");
    let target = request.target.as_ref().expect("a target");
    assert_eq!((target.resource.as_str(), target.scopes.len()), (API.identifier, 1));
    assert_eq!(request.scopes.to_string(), "openid");
    let code = |client: &Client, extra: &[(&str, &str)]| {
        judged(client, extra).map_err(|error| error.code).map(drop)
    };
    assert_eq!(code(&console, &asked[..2]), Err(Code::InvalidRequest), "without PKCE");
    assert_eq!(code(&rota(), &asked[..1]), Err(Code::InvalidTarget));
    assert_eq!(code(&rota(), &asked[1..2]), Err(Code::InvalidScope));
    assert_eq!(code(&rota(), &[("resource", "https://a.example")]), Err(Code::InvalidTarget));
    assert_eq!(code(&rota(), &[("resource", "/api")]), Err(Code::InvalidTarget));
    let more = [asked[0], ("scope", "openid people:write"), asked[2], asked[3]];
    assert_eq!(code(&console, &more), Err(Code::InvalidScope));
}

#[test]
fn a_kept_request_finds_its_way_back_only_while_the_address_is_registered() {
    let mut rota = rota();
    let request = judged(&rota, &[]).expect("a request");
    let json = serde_json::to_string(&request).expect("json");
    let kept: AuthorizationRequest = serde_json::from_str(&json).expect("a request");
    assert_eq!(kept, request);
    assert!(kept.return_path(&rota).is_some());
    assert!(kept.return_path(&public_client()).is_none());
    rota.redirect_uris = vec!["https://rota.example/new".into()];
    assert!(kept.return_path(&rota).is_none());
}

proptest! {
    #[test]
    fn no_request_makes_the_judge_panic(
        extra in prop::collection::vec((
            prop_oneof![
                any::<String>(),
                prop::sample::select(vec![
                    "response_type", "response_mode", "scope", "state", "nonce", "prompt",
                    "max_age", "acr_values", "claims", "login_hint", "id_token_hint",
                    "ui_locales", "code_challenge", "code_challenge_method", "resource",
                ]).prop_map(str::to_owned),
            ],
            any::<String>(),
        ), 0..12),
    ) {
        let mut request = pairs(&[
            ("client_id", "rota"),
            ("redirect_uri", "https://rota.example/cb"),
            ("response_type", "code"),
            ("scope", "openid"),
        ]);
        request.extend(extra);
        let client = rota();
        let parameters = Parameters::new(&request).expect("few");
        if let Ok(identified) = identify(&parameters, Some(&client)) {
            let hints = HintVerifier { issuer: &issuer(), keys: &KEYS };
            if let Err(refused) = identified.judge(hints, &[API]) {
                let _ = refused.deliver(&issuer());
            }
        }
    }
}
