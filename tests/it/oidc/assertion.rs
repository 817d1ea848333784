//! Clients that prove who they are by a key of their own (`private_key_jwt`; RFC 7521, RFC 7523,
//! OpenID Connect Core §9).

use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use latchkey_oidc::{Algorithm, KeySet, SigningKey};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::support::http::{
    Answer, DAN, REDIRECT_URI, ROTA, Request, SECRET, Site, VERIFIER, basic, encode,
};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

struct Stage {
    site: Site,
    keys: KeySet,
}

impl Stage {
    /// A service account and an application, which keep the same key.
    async fn set() -> Self {
        let key = SigningKey::generate(Algorithm::Es256).expect("a key");
        let keys = KeySet::new(vec![key]).expect("a set");
        let site = Site::start().await;
        site.clock.stand_still();
        let jwks: Value = serde_json::from_slice(keys.jwks()).expect("JSON");
        let documents = json!({ "client": [
            {
                "client_id": "payroll",
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "ES256",
                "jwks": jwks,
                "grant_types": ["client_credentials"],
                "latchkey_service_account": { "scopes": ["people:read"], "platform": true },
            },
            {
                "client_id": "board",
                "token_endpoint_auth_method": "private_key_jwt",
                "jwks": jwks,
                "redirect_uris": [REDIRECT_URI],
                "latchkey_trusted": true,
            },
        ] });
        let source = Source::from_text("keys.json", &documents.to_string());
        let read = Documents::read(&[source]).unwrap_or_else(|problems| panic!("{problems}"));
        read.apply_to(&site.app, Mode::Keep).await.expect("applied");
        Self { site, keys }
    }

    /// What an assertion should say.
    fn claims(&self, client: &str, jti: &str) -> Value {
        let now = latchkey_core::Clock::now(&*self.site.clock).seconds();
        json!({
            "iss": client,
            "sub": client,
            "aud": self.site.issuer,
            "exp": now + 60,
            "iat": now,
            "jti": jti,
        })
    }

    fn sign(&self, claims: &Value) -> String {
        let key = self.keys.signer(Algorithm::Es256).expect("a key");
        key.sign_compact("JWT", claims.to_string().as_bytes()).expect("signed")
    }

    async fn post(&self, pairs: &[(&str, &str)], header: Option<String>) -> Answer {
        let site = &self.site;
        let mut request = site.http.post(site.url("/oauth2/token"));
        if let Some(header) = header {
            request = request.header(AUTHORIZATION, header);
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        site.send(request.body(encode(pairs))).await
    }

    /// Asks for a token for the service account itself.
    async fn ask(&self, assertion: &str, more: &[(&str, &str)]) -> Answer {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("scope", "people:read"),
            ("client_assertion_type", TYPE),
            ("client_assertion", assertion),
        ];
        self.post(&[&pairs, more].concat(), None).await
    }
}

#[tokio::test]
async fn a_client_proves_who_it_is_by_what_it_signs() {
    let stage = Stage::set().await;
    let assertion = stage.sign(&stage.claims("payroll", "1"));
    assert_eq!(stage.ask(&assertion, &[]).await.status, 200);
    let mut endpoint = stage.claims("payroll", "2");
    endpoint["aud"] = json!([stage.site.url("/oauth2/token")]);
    let named = [("client_id", "payroll")];
    assert_eq!(stage.ask(&stage.sign(&endpoint), &named).await.status, 200);

    let mut dan = stage.site.person();
    let asked = Request::new(ROTA).with("client_id", "board");
    let code = dan.log_in(&asked, DAN).await.code();
    let assertion = stage.sign(&stage.claims("board", "1"));
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("client_assertion_type", TYPE),
        ("client_assertion", &assertion),
    ];
    let answer = stage.post(&pairs, None).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

#[tokio::test]
async fn of_many_at_once_an_assertion_serves_one_and_nobody_after_it() {
    let stage = Stage::set().await;
    let assertion = stage.sign(&stage.claims("payroll", "once"));
    let asked = (0..20).map(|_| stage.ask(&assertion, &[]));
    let answers = futures_util::future::join_all(asked).await;
    let served = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(served, 1);
    assert!(answers.iter().all(|it| it.status == 200 || it.error() == "invalid_client"));
    assert_eq!(stage.ask(&assertion, &[]).await.error(), "invalid_client");
    // Another token with the same name is the same to us; another client's is not.
    let mut later = stage.claims("payroll", "once");
    later["exp"] = json!(later["exp"].as_i64().expect("a time") + 60);
    assert_eq!(stage.ask(&stage.sign(&later), &[]).await.error(), "invalid_client");
    let others = stage.sign(&stage.claims("board", "once"));
    assert_eq!(stage.ask(&others, &[]).await.error(), "unauthorized_client");
}

#[tokio::test]
async fn what_proves_nothing_is_refused_and_uses_nothing_up() {
    let stage = Stage::set().await;
    let good = stage.claims("payroll", "1");
    let now = good["iat"].as_i64().expect("a time");
    for (name, value) in [
        ("iss", json!("board")),
        ("sub", json!("board")),
        ("sub", json!("nobody")),
        ("aud", json!("https://other.example")),
        ("aud", json!([stage.site.issuer, "https://other.example"])),
        ("aud", json!(format!("{}/", stage.site.issuer))),
        ("aud", json!([])),
        ("exp", json!(now)),
        ("exp", json!(now + 3661)),
        ("exp", Value::Null),
        ("exp", json!("soon")),
        ("nbf", json!(now + 61)),
        ("iat", json!(now + 61)),
        ("jti", Value::Null),
        ("jti", json!("")),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let answer = stage.ask(&stage.sign(&claims), &[]).await;
        assert_eq!(answer.error(), "invalid_client", "{claims}");
    }
    let signed = stage.sign(&good);
    let (text, signature) = signed.rsplit_once('.').expect("a signature");
    let stranger = SigningKey::generate(Algorithm::Es256).expect("a key");
    let strangers = stranger.sign_compact("JWT", good.to_string().as_bytes()).expect("signed");
    let (_, of_another) = strangers.rsplit_once('.').expect("a signature");
    let cut = &signature[..signature.len() - 4];
    for wrong in [of_another, cut, "", "AAAA"] {
        let answer = stage.ask(&format!("{text}.{wrong}"), &[]).await;
        assert_eq!(answer.error(), "invalid_client");
    }
    for wrong in [&*strangers, text, "a.b.c", "..", "x"] {
        assert_eq!(stage.ask(wrong, &[]).await.error(), "invalid_client", "{wrong}");
    }
    assert_eq!(stage.ask(&signed, &[]).await.status, 200);
}

#[tokio::test]
async fn a_client_must_not_authenticate_in_several_ways_at_once_or_in_anothers() {
    let stage = Stage::set().await;
    let assertion = stage.sign(&stage.claims("payroll", "1"));
    let secret = stage.ask(&assertion, &[("client_secret", SECRET)]).await;
    assert_eq!(secret.error(), "invalid_request");
    let other = stage.ask(&assertion, &[("client_id", "rota")]).await;
    assert_eq!(other.error(), "invalid_request");
    let pairs = [
        ("grant_type", "client_credentials"),
        ("scope", "people:read"),
        ("client_assertion_type", TYPE),
        ("client_assertion", &*assertion),
    ];
    let both = stage.post(&pairs, Some(basic(ROTA))).await;
    assert_eq!(both.error(), "invalid_request");
    for half in [&pairs[..3], &[pairs[0], pairs[1], pairs[3]]] {
        assert_eq!(stage.post(half, None).await.error(), "invalid_request");
    }
    let alone = [pairs[0], pairs[1], ("client_id", "payroll")];
    assert_eq!(stage.post(&alone, None).await.error(), "invalid_client");
    let guessed = [pairs[0], pairs[1], ("client_id", "payroll"), ("client_secret", SECRET)];
    assert_eq!(stage.post(&guessed, None).await.error(), "invalid_client");
    // A client that has a secret has no key.
    let rotas = stage.sign(&stage.claims("rota", "1"));
    assert_eq!(stage.ask(&rotas, &[]).await.error(), "invalid_client");
    assert_eq!(stage.ask(&assertion, &[]).await.status, 200, "none of it used it up");
}
