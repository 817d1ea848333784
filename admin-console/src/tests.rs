//! The console against a provider and an API of a few lines that can lie.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::body::Body;
use axum::extract::{Form, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::tz::TimeZone;
use latchkey_core::clock::MovableClock;
use latchkey_core::rng::SeededRng;
use latchkey_core::secrets::Plain;
use latchkey_web::Theme;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use super::*;

const ISSUER: &str = "https://login.example.org";
const URL: &str = "https://admin.example.org";
const SECRET: &str = "a secret that both sides know well";

/// What the provider and its API say in place of what would be right.
#[derive(Clone, Default)]
struct Lies {
    claims: serde_json::Map<String, Value>,
    signed_with: Option<u8>,
    /// The status and the challenge that every call of the API is answered with.
    refused: Option<(u16, &'static str)>,
    person: Option<&'static str>,
}

struct Fake {
    clock: Arc<MovableClock>,
    lies: Mutex<Lies>,
    nonce: Mutex<String>,
    /// Paths that were asked for, with their tokens.
    asked: Mutex<Vec<(String, String)>>,
    form: Mutex<HashMap<String, String>>,
}

impl Fake {
    fn lie(&self, change: impl FnOnce(&mut Lies)) {
        change(&mut self.lies.lock().expect("unpoisoned"));
    }

    fn id_token(&self) -> String {
        let lies = self.lies.lock().expect("unpoisoned").clone();
        let now = self.clock.now().seconds();
        let hash = digest::digest(&digest::SHA512, b"access");
        let at_hash = URL_SAFE_NO_PAD.encode(&hash.as_ref()[..32]);
        let mut claims = json!({
            "iss": ISSUER, "aud": CLIENT_ID, "sub": lies.person.unwrap_or("sam"), "iat": now,
            "exp": now + 60, "nonce": *self.nonce.lock().expect("unpoisoned"), "at_hash": at_hash,
        });
        claims.as_object_mut().expect("an object").extend(lies.claims);
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input =
            format!("{}.{}", encode(&json!({ "alg": "EdDSA", "kid": "first" })), encode(&claims));
        let key = signing_key(lies.signed_with.unwrap_or(FIRST_KEY));
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())))
    }
}

/// The seed of the key that the provider publishes.
const FIRST_KEY: u8 = 7;

fn signing_key(seed: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).expect("a seed")
}

async fn jwks() -> Json<Value> {
    let x = URL_SAFE_NO_PAD.encode(signing_key(FIRST_KEY).public_key());
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "first", "x": x,
    });
    Json(json!({ "keys": [key] }))
}

async fn discovery() -> Json<Value> {
    let at = |path| format!("{ISSUER}/oauth2/{path}");
    Json(json!({
        "issuer": ISSUER, "authorization_endpoint": at("authorize"),
        "token_endpoint": at("token"), "jwks_uri": at("jwks"),
        "end_session_endpoint": at("logout"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn token(
    State(fake): State<Arc<Fake>>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let right = form["code"] == "right" && form["code_verifier"].len() == 43;
    *fake.form.lock().expect("unpoisoned") = form;
    if !right {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" })));
    }
    let tokens = json!({
        "access_token": "access", "token_type": "Bearer", "expires_in": 3600,
        "id_token": fake.id_token(),
    });
    (StatusCode::OK, Json(tokens))
}

async fn me(State(fake): State<Arc<Fake>>, headers: HeaderMap) -> Response {
    let token = headers[header::AUTHORIZATION].to_str().expect("text").to_owned();
    fake.asked.lock().expect("unpoisoned").push(("/me".to_owned(), token));
    if let Some((status, challenge)) = fake.lies.lock().expect("unpoisoned").refused {
        let answer = Response::builder().status(status).header(header::WWW_AUTHENTICATE, challenge);
        return answer.body(Body::from("{}")).expect("an answer");
    }
    Json(pages::can::sample_me()).into_response()
}

struct Visit {
    fake: Arc<Fake>,
    clock: Arc<MovableClock>,
    router: Router,
    jar: Mutex<BTreeMap<String, String>>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |it| it.to_str().expect("text"))
    }

    /// A parameter of the address that it leads to.
    fn parameter(&self, name: &str) -> Option<String> {
        let address = url::Url::parse(self.location()).expect("an address");
        let found = address.query_pairs().find(|(key, _)| key == name);
        found.map(|(_, value)| value.into_owned())
    }
}

impl Visit {
    fn start() -> Self {
        let clock = Arc::new(MovableClock::default());
        let fake = Arc::new(Fake {
            clock: Arc::clone(&clock),
            lies: Mutex::default(),
            nonce: Mutex::default(),
            asked: Mutex::default(),
            form: Mutex::default(),
        });
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/oauth2/jwks", get(jwks))
            .route("/oauth2/token", post(token))
            .route("/api/admin/v1/me", get(me))
            .with_state(Arc::clone(&fake));
        let settings = Settings {
            issuer: ISSUER.into(),
            url: URL.into(),
            api: None,
            client_secret: Plain::new(SECRET.into()),
            cookie_key: [7; 32],
            theme: Arc::new(Theme::load(None).expect("the built-in theme")),
            zone: TimeZone::UTC,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            rng: Arc::new(SeededRng::new(1)),
            transport: Arc::new(InProcess::new(provider)),
        };
        let router = standalone(settings).expect("a console");
        Self { fake, clock, router, jar: Mutex::default() }
    }

    async fn send(&self, request: http::request::Builder, body: &str) -> Answer {
        let cookies: Vec<String> = {
            let jar = self.jar.lock().expect("unpoisoned");
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let request = request.header(header::COOKIE, cookies.join("; "));
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let answer = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let body = String::from_utf8(body.to_vec()).expect("text");
        let mut jar = self.jar.lock().expect("unpoisoned");
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().expect("text");
            let (name, value) =
                line.split(';').next().expect("a pair").split_once('=').expect("a pair");
            if line.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path), "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, URL);
        self.send(request, body).await
    }

    /// What the provider answers to an authorization request.
    async fn answered(&self, start: &Answer) -> Answer {
        let parameter = |name| start.parameter(name).expect("a parameter");
        *self.fake.nonce.lock().expect("unpoisoned") = parameter("nonce");
        let state = parameter("state");
        self.get(&format!("/admin/callback?code=right&state={state}&iss={ISSUER}")).await
    }

    async fn log_in(&self) {
        let start = self.get("/admin/can").await;
        let back = self.answered(&start).await;
        assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/admin/can"));
    }

    /// What every form of this log-in carries.
    async fn form_token(&self) -> String {
        let body = self.get("/admin/can").await.body;
        let (_, rest) = body.split_once("name=\"token\" value=\"").expect("a form");
        rest.split('"').next().expect("a value").to_owned()
    }
}

#[tokio::test]
async fn a_log_in_asks_for_the_api_with_every_scope_and_comes_back_to_where_it_was_needed() {
    let visit = Visit::start();
    let start = visit.get("/admin/can?a=b").await;
    assert_eq!(start.status, StatusCode::SEE_OTHER);
    assert!(start.location().starts_with("https://login.example.org/oauth2/authorize?"));
    let parameter = |name| start.parameter(name).unwrap_or_default();
    assert_eq!(parameter("client_id"), CLIENT_ID);
    assert_eq!(parameter("redirect_uri"), "https://admin.example.org/admin/callback");
    assert_eq!(parameter("scope"), scope());
    assert_eq!(parameter("resource"), "https://login.example.org/api/admin/v1");
    assert_eq!(parameter("acr_values"), "phr");
    assert_eq!(parameter("code_challenge_method"), "S256");
    let back = visit.answered(&start).await;
    assert_eq!((back.status, back.location()), (StatusCode::SEE_OTHER, "/admin/can?a=b"));
    let form = visit.fake.form.lock().expect("unpoisoned").clone();
    assert_eq!(form["resource"], "https://login.example.org/api/admin/v1");
    let page = visit.get("/admin/can?a=b").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Sam Desk"), "{}", page.body);
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(page.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    let asked = visit.fake.asked.lock().expect("unpoisoned").clone();
    assert_eq!(asked, [("/me".to_owned(), "Bearer access".to_owned())]);
}

#[tokio::test]
async fn an_answer_that_is_not_this_browsers_or_not_this_providers_logs_nobody_in() {
    let visit = Visit::start();
    let start = visit.get("/admin/can").await;
    let state = start.parameter("state").expect("a state");
    *visit.fake.nonce.lock().expect("unpoisoned") = start.parameter("nonce").expect("a nonce");
    let other = Visit { jar: Mutex::default(), ..Visit::start() };
    let right = format!("code=right&state={state}&iss={ISSUER}");
    for (visit, query, status) in [
        (&other, right.clone(), 400),
        (&visit, format!("code=right&state={state}x&iss={ISSUER}"), 400),
        (&visit, format!("code=right&iss={ISSUER}"), 400),
        (&visit, format!("{right}&code=other"), 400),
        (&visit, format!("{right}&state={state}"), 400),
        (&visit, format!("code=right&state={state}"), 400),
        (&visit, format!("code=right&state={state}&iss=https://evil.example"), 400),
        (&visit, format!("code=wrong&state={state}&iss={ISSUER}"), 400),
        (&visit, format!("error=access_denied&state={state}&iss={ISSUER}"), 403),
    ] {
        let answer = visit.get(&format!("/admin/callback?{query}")).await;
        assert_eq!(answer.status.as_u16(), status, "{query}");
        assert!(!visit.jar.lock().expect("unpoisoned").contains_key("__Host-latchkey-console"));
        assert!(answer.body.contains("<h1"), "{query}");
    }
    visit.clock.advance(Duration::from_secs(16 * 60));
    let late = visit.get(&format!("/admin/callback?{right}")).await;
    assert!(late.body.contains("This log-in took too long"), "{}", late.body);
}

#[tokio::test]
async fn a_token_that_does_not_hold_what_it_must_logs_nobody_in() {
    let lies: [(&str, Value); 6] = [
        ("iss", json!("https://evil.example")),
        ("aud", json!("rota")),
        ("nonce", json!("another")),
        ("exp", json!(1)),
        ("at_hash", json!("A".repeat(43))),
        ("at_hash", Value::Null),
    ];
    for (claim, lie) in lies {
        let visit = Visit::start();
        visit.fake.lie(|lies| drop(lies.claims.insert(claim.to_owned(), lie.clone())));
        let start = visit.get("/admin/can").await;
        let back = visit.answered(&start).await;
        assert_eq!(back.status, StatusCode::BAD_REQUEST, "{claim} {lie}");
        assert!(!visit.jar.lock().expect("unpoisoned").contains_key("__Host-latchkey-console"));
    }
    let visit = Visit::start();
    visit.fake.lie(|lies| lies.signed_with = Some(8));
    let start = visit.get("/admin/can").await;
    assert_eq!(visit.answered(&start).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_code_counts_once_because_its_log_in_is_forgotten_with_it() {
    let visit = Visit::start();
    let start = visit.get("/admin/can").await;
    assert_eq!(visit.answered(&start).await.status, StatusCode::SEE_OTHER);
    assert_eq!(visit.answered(&start).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_token_that_counts_no_more_leads_to_another_log_in_but_never_round_and_round() {
    let visit = Visit::start();
    visit.log_in().await;
    visit.fake.lie(|lies| lies.refused = Some((401, r#"Bearer error="invalid_token""#)));
    let down = visit.get("/admin/can").await;
    assert_eq!(down.status, StatusCode::SERVICE_UNAVAILABLE, "it was just issued");
    assert_eq!(down.headers[header::RETRY_AFTER], "5");
    visit.clock.advance(Duration::from_secs(60));
    let again = visit.get("/admin/can").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(again.parameter("prompt"), None);
}

#[tokio::test]
async fn a_log_in_without_a_key_that_stays_with_its_owner_is_told_so_and_not_sent_round() {
    let visit = Visit::start();
    visit.log_in().await;
    let weak = r#"Bearer error="insufficient_user_authentication", acr_values="phr""#;
    visit.fake.lie(|lies| lies.refused = Some((401, weak)));
    let page = visit.get("/admin/can").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("Log in with your security key"), "{}", page.body);
    assert!(page.body.contains("?to=%2Fadmin%2Fcan&amp;again=yes"), "{}", page.body);
    let start = visit.get("/admin/log-in?to=%2Fadmin%2Fcan&again=yes").await;
    assert_eq!(start.parameter("prompt").as_deref(), Some("login"));
}

#[tokio::test]
async fn an_api_that_is_down_or_says_no_becomes_a_page() {
    let visit = Visit::start();
    visit.log_in().await;
    for (status, shown) in [(500, 503), (502, 503), (404, 503), (302, 503)] {
        visit.fake.lie(|lies| lies.refused = Some((status, "")));
        let page = visit.get("/admin/can").await;
        assert_eq!(page.status.as_u16(), shown, "{status}");
        assert!(page.body.contains("Nothing was changed"), "{}", page.body);
        assert!(page.body.contains("LK-"), "{}", page.body);
    }
}

#[tokio::test]
async fn logging_out_ends_the_session_at_the_provider_and_forgets_it_here() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let answer = visit.post("/admin/log-out", &format!("token={token}")).await;
    assert!(answer.location().starts_with("https://login.example.org/oauth2/logout?"));
    assert!(answer.parameter("id_token_hint").is_some_and(|hint| hint.split('.').count() == 3));
    let back = answer.parameter("post_logout_redirect_uri");
    assert_eq!(back.as_deref(), Some("https://admin.example.org/admin"));
    assert!(visit.jar.lock().expect("unpoisoned").is_empty());
    let back = visit.get("/admin?state=logged-out").await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(back.body.contains("You are logged out"), "{}", back.body);
    assert_eq!(visit.get("/admin").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let visit = Visit::start();
    visit.log_in().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", ISSUER),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("referer", URL),
    ] {
        let request = Request::post("/admin/log-out")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(name, value);
        let answer = visit.send(request, "").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
        assert!(!answer.headers.contains_key(header::SET_COOKIE), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_chosen_language_is_remembered_and_addresses_that_are_not_there_say_so() {
    let visit = Visit::start();
    visit.log_in().await;
    let page = visit.get("/admin/can?ui_locales=cy").await;
    assert!(page.body.contains("<html lang=\"cy\">"), "{}", page.body);
    let page = visit.get("/admin/can").await;
    assert!(page.body.contains("Allgofnodi"), "{}", page.body);
    let nowhere = visit.get("/admin/nowhere").await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    assert!(nowhere.body.contains("<h1"), "{}", nowhere.body);
    assert_eq!(visit.post("/admin/can", "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(visit.get("/").await.location(), "/admin");
    assert_eq!(visit.get("/healthz").await.body, "ok\n");
}

#[test]
fn every_page_renders_in_every_language_and_lets_nothing_through_unescaped() {
    let theme = Theme::load(None).expect("the built-in theme");
    for locale in theme.strings().locales() {
        let mut frame = latchkey_web::Frame::new(
            &SeededRng::new(1),
            latchkey_core::Timestamp::from_millis(0),
            "/admin",
        );
        frame.locale = locale;
        for (name, html) in pages::rendered(&theme, &frame) {
            let html = html.unwrap_or_else(|error| panic!("{name}: {error:#}"));
            for forbidden in ["<script>alert", "<Trust>", " style=", " onclick="] {
                assert!(!html.contains(forbidden), "{name} lets {forbidden} through");
            }
        }
        let missing = theme.strings().untranslated(locale);
        assert!(missing.is_empty(), "{missing:?}");
    }
}
