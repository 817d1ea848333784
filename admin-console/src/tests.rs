//! The console against a provider and an API of a few lines that can lie.

mod log_in_test;
mod people;
mod platform;
mod policy;
mod providers;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::body::Body;
use axum::extract::{Form, Path, Query, State};
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
    /// The log-in is too old for changes.
    stale: bool,
    /// A key that was removed is there no more.
    forgets: bool,
    /// Nothing is changed without a check of the caller, as the API has it.
    unchecked: bool,
    policy: policy::Lies,
    /// How every wish about a letter is refused.
    letters: Option<(StatusCode, &'static str)>,
    /// What is said to be an organisation's picture: its type and its bytes.
    logo: Option<(&'static str, Vec<u8>)>,
    /// Who asks, and what they may.
    me: Option<latchkey_api::people::Me>,
}

struct Fake {
    clock: Arc<MovableClock>,
    lies: Mutex<Lies>,
    nonce: Mutex<String>,
    /// Paths that were asked for, with their tokens.
    asked: Mutex<Vec<(String, String)>>,
    form: Mutex<HashMap<String, String>>,
    /// What was sent to be done: where, with which `Idempotency-Key`, and what.
    done: Mutex<Vec<(String, String, Value)>>,
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

async fn places() -> Json<Value> {
    Json(json!({ "items": pages::samples::places() }))
}

async fn me(State(fake): State<Arc<Fake>>, headers: HeaderMap) -> Response {
    let token = headers[header::AUTHORIZATION].to_str().expect("text").to_owned();
    fake.asked.lock().expect("unpoisoned").push(("/me".to_owned(), token));
    if let Some((status, challenge)) = fake.lies.lock().expect("unpoisoned").refused {
        let answer = Response::builder().status(status).header(header::WWW_AUTHENTICATE, challenge);
        return answer.body(Body::from("{}")).expect("an answer");
    }
    let lies = fake.lies.lock().expect("unpoisoned").clone();
    let mut me = lies.me.unwrap_or_else(pages::samples::me);
    let until = fake.clock.now().millis() + if lies.stale { 0 } else { 300_000 };
    me.fresh_until = jiff::Timestamp::from_millisecond(until).ok();
    Json(me).into_response()
}

/// Somebody whom Sam may help.
fn bethan() -> latchkey_api::people::Person {
    let mut person = pages::samples::person();
    (person.untouchable, person.roles) = (None, vec![]);
    person
}

async fn people(Query(query): Query<HashMap<String, String>>) -> Json<Value> {
    let found = if query["search"] == "beth pr" { vec![bethan().summary] } else { vec![] };
    Json(json!({ "items": found }))
}

async fn person(Path(id): Path<String>) -> Response {
    if id == uuid::Uuid::nil().to_string() {
        return ([(header::ETAG, "\"2\"")], Json(bethan())).into_response();
    }
    let problem = json!({ "type": "urn:latchkey:problem:not-found", "title": "x", "status": 404 });
    (StatusCode::NOT_FOUND, Json(problem)).into_response()
}

fn wrong(field: &str, code: &str) -> Response {
    let problem = json!({
        "type": "urn:latchkey:problem:validation", "title": "x", "status": 422,
        "errors": [{ "field": field, "code": code, "message": "x" }],
    });
    (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
}

/// Adds somebody, unless their user name is taken.
async fn add(State(fake): State<Arc<Fake>>, Json(new): Json<Value>) -> Response {
    if new["username"] == "amy.ward" {
        return wrong("username", "taken");
    }
    fake.done.lock().expect("unpoisoned").push(("/people".into(), String::new(), new));
    (StatusCode::CREATED, Json(bethan())).into_response()
}

/// Changes what was read as the second version.
async fn change(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(change): Json<Value>,
) -> Response {
    if headers[header::IF_MATCH] != "\"2\"" {
        let kind = "urn:latchkey:problem:stale";
        let problem = json!({ "type": kind, "title": "x", "status": 412 });
        return (StatusCode::PRECONDITION_FAILED, Json(problem)).into_response();
    }
    fake.done.lock().expect("unpoisoned").push(("/people/id".into(), String::new(), change));
    Json(bethan()).into_response()
}

async fn credentials(State(fake): State<Arc<Fake>>) -> Json<Value> {
    let mut found = pages::samples::credentials();
    let done = fake.done.lock().expect("unpoisoned");
    let is_gone =
        done.iter().any(|(path, _, body)| path.ends_with("/remove") && body["dry_run"] != true);
    if is_gone && fake.lies.lock().expect("unpoisoned").forgets {
        found.keys.clear();
    }
    Json(serde_json::to_value(found).expect("JSON"))
}

async fn number(Path(number): Path<String>) -> Response {
    if number == "482915" {
        return Json(json!({ "number": number, "expires_at": "2030-01-01T00:00:00Z" }))
            .into_response();
    }
    person(Path(number)).await
}

/// Everything that is done for somebody.
async fn help(State(fake): State<Arc<Fake>>, request: axum::extract::Request) -> Response {
    let lies = fake.lies.lock().expect("unpoisoned").clone();
    let path = request.uri().path().to_owned();
    let once = request.headers()["idempotency-key"].to_str().expect("text").to_owned();
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let dry = body["dry_run"] == true;
    let checks = body["handling"]["checks"].as_array().map_or(0, Vec::len);
    if lies.unchecked && checks == 0 {
        let kind = "urn:latchkey:problem:check-needed";
        let problem = json!({ "type": kind, "title": "x", "status": 422 });
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response();
    }
    if lies.stale && !dry {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    let passes = !dry && !body["pass"].is_null();
    let answered = path.ends_with("/answer");
    fake.done.lock().expect("unpoisoned").push((path, once, body));
    if answered {
        return number(Path("482915".to_owned())).await;
    }
    let mut receipt = pages::samples::receipt();
    (receipt.done, receipt.secret) = (!dry, receipt.secret.filter(|_| passes));
    Json(receipt).into_response()
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
            done: Mutex::default(),
        });
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/oauth2/jwks", get(jwks))
            .route("/oauth2/token", post(token))
            .route("/api/admin/v1/me", get(me))
            .route("/api/admin/v1/me/organisations", get(places))
            .route("/api/admin/v1/people", get(people).post(add))
            .merge(people::routes())
            .route("/api/admin/v1/people/{id}", get(person).patch(change).delete(people::erase))
            .route("/api/admin/v1/people/{id}/credentials", get(credentials))
            .route(
                "/api/admin/v1/people/{id}/sessions",
                get(async || Json(vec![pages::samples::session()])).post(help),
            )
            .route(
                "/api/admin/v1/people/{id}/history",
                get(async || Json(json!({ "items": pages::event::samples() }))),
            )
            .route("/api/admin/v1/people/{id}/{*what}", post(help))
            .route("/api/admin/v1/calls/{number}", get(number))
            .route("/api/admin/v1/calls/{number}/answer", post(help))
            .merge(platform::routes())
            .merge(providers::routes())
            .merge(log_in_test::routes())
            .merge(policy::api())
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

const BETHAN: &str = "/admin/people/00000000-0000-0000-0000-000000000000";

impl Visit {
    /// Sends a form of a page of this log-in.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.form_token().await;
        let mut pairs = vec![("token", token.as_str())];
        pairs.extend(fields);
        self.post(path, &serde_urlencoded::to_string(pairs).expect("pairs")).await
    }

    /// What was sent to be done and was no trial.
    fn done(&self) -> Vec<(String, String, Value)> {
        let done = self.fake.done.lock().expect("unpoisoned").clone();
        done.into_iter().filter(|(.., body)| body["dry_run"] != true).collect()
    }
}

/// The value of a field that is not seen.
fn hidden(body: &str, name: &str) -> String {
    let (_, rest) = body.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
    rest.split('"').next().expect("a value").to_owned()
}

/// Whether a page leads to doing something.
fn offers(page: &Answer, action: &str) -> bool {
    page.body.contains(&format!("{BETHAN}/do/{action}"))
}

#[tokio::test]
async fn whoever_calls_is_found_and_the_rest_opens_when_they_were_checked() {
    let visit = Visit::start();
    visit.log_in().await;
    let page = visit.get("/admin?search=beth+pr&call=482915").await;
    assert!(page.body.contains("<mark>Beth</mark>an <mark>Pr</mark>ice"), "{}", page.body);
    assert!(page.body.contains("A screen shows this number"), "{}", page.body);
    let found = visit.get("/admin/search?search=nobody").await;
    assert!(found.body.contains("Nobody like that"), "{}", found.body);
    assert!(!found.body.contains("<html"), "{}", found.body);
    let page = visit.get(BETHAN).await;
    assert!(page.body.contains("How do you know that it is them?"), "{}", page.body);
    assert!(!offers(&page, "pass") && !offers(&page, "remove-key"), "{}", page.body);
    assert!(offers(&page, "suspend-key"), "it only makes the account safer");
    let wrong = visit.submit(&format!("{BETHAN}/check"), &[("check", "her-mothers-name")]).await;
    assert!(wrong.body.contains("Choose how you checked the caller"), "{}", wrong.body);
    let right = visit.submit(&format!("{BETHAN}/check"), &[("check", "called-back")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let page = visit.get(BETHAN).await;
    assert!(page.body.contains("Called back on the number on record"), "{}", page.body);
    assert!(offers(&page, "pass") && offers(&page, "remove-key"), "{}", page.body);
    let nobody = visit.get("/admin/people/11111111-0000-0000-0000-000000000000").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
    assert!(nobody.body.contains("There is nobody like that"), "{}", nobody.body);
    assert_eq!(visit.get("/admin/people/amy").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_call_number_connects_and_a_wrong_one_is_told_with_what_was_typed() {
    let visit = Visit::start();
    visit.log_in().await;
    let path = format!("{BETHAN}/call");
    let wrong = visit.submit(&path, &[("case", "NG-1 <b>"), ("number", "12 34")]).await;
    assert!(wrong.body.contains("No screen shows this number now"), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"NG-1 &lt;b&gt;\""), "{}", wrong.body);
    assert!(wrong.body.contains("value=\"12 34\""), "{}", wrong.body);
    let long = visit.submit(&path, &[("case", &"x".repeat(61)), ("number", "")]).await;
    assert!(long.body.contains("at most 60 characters"), "{}", long.body);
    assert!(visit.done().is_empty());
    let right = visit.submit(&path, &[("case", "NG-20418"), ("number", "482 915")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
    let done = visit.done();
    assert!(done[0].0.ends_with("/calls/482915/answer"), "{done:?}");
    assert_eq!(done[0].2["case"], "NG-20418");
    let page = visit.get(BETHAN).await;
    assert!(page.body.contains("Case NG-20418"), "{}", page.body);
    assert!(page.body.contains("<strong>Connected</strong> by 482915"), "{}", page.body);
    let ended = visit.submit(&format!("{BETHAN}/end-call"), &[]).await;
    assert_eq!(ended.location(), "/admin");
    assert!(!visit.get(BETHAN).await.body.contains("Case NG-20418"));
}

#[tokio::test]
async fn a_pass_is_shown_before_it_is_issued_and_then_told_once() {
    let visit = Visit::start();
    visit.log_in().await;
    visit.submit(&format!("{BETHAN}/check"), &[("check", "in-person")]).await;
    let path = format!("{BETHAN}/do/pass");
    let none = visit.submit(&path, &[("step", "preview"), ("note", "typed <b>")]).await;
    assert!(none.body.contains("Choose why"), "{}", none.body);
    assert!(none.body.contains("typed &lt;b&gt;"), "nothing typed is lost");
    let other = visit.submit(&path, &[("step", "preview"), ("reason", "other")]).await;
    assert!(other.body.contains("Say what it is"), "{}", other.body);
    let fields = [("reason", "lost"), ("case", "NG-1"), ("delivery", "spoken")];
    let shown = visit.submit(&path, &[&[("step", "preview")], &fields[..]].concat()).await;
    assert!(shown.body.contains("What will change"), "{}", shown.body);
    assert!(visit.done().is_empty(), "a trial changes nothing");
    let once = hidden(&shown.body, "once");
    let told = visit
        .submit(&path, &[&[("step", "do"), ("once", once.as_str())], &fields[..]].concat())
        .await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(told.body.contains("<strong>K</strong> <span>Kilo</span>"), "{}", told.body);
    assert_eq!(told.headers[header::CACHE_CONTROL], "no-store");
    let (at, key, body) = visit.done().pop().expect("it was done");
    assert!(at.ends_with("/pass"), "{at}");
    assert_eq!(key, once);
    let all = visit.fake.done.lock().expect("unpoisoned").clone();
    assert_eq!(all.iter().filter(|(_, key, _)| *key == once).count(), 1, "a trial has its own");
    assert_eq!(body["pass"], "spoken");
    assert_eq!(body["handling"]["checks"], json!(["in_person"]));
    assert_eq!(body["handling"]["reason"], "lost");
    assert_eq!(body["end_sessions"], false);
    let page = visit.get(BETHAN).await;
    assert!(page.body.contains("Pass issued"), "{}", page.body);
    assert!(!page.body.contains("K7QD"), "{}", page.body);
}

#[tokio::test]
async fn what_takes_the_last_way_in_away_offers_a_pass_first_and_a_stolen_key_ends_sessions() {
    let visit = Visit::start();
    visit.log_in().await;
    let key = "00000000-0000-0000-0000-000000000001";
    visit.fake.lie(|lies| lies.forgets = true);
    let path = format!("{BETHAN}/do/remove-key?key={key}");
    let fields = [("step", "preview"), ("reason", "stolen")];
    let shown = visit.submit(&path, &fields).await;
    assert!(shown.body.contains("could not log in afterwards"), "{}", shown.body);
    assert!(shown.body.contains("value=\"yes\" checked"), "{}", shown.body);
    let lost = visit.submit(&path, &[("step", "preview"), ("reason", "lost")]).await;
    assert!(!lost.body.contains("value=\"yes\" checked"), "{}", lost.body);
    let both = [("step", "do"), ("reason", "stolen"), ("end_sessions", "yes"), ("with", "pass")];
    assert_eq!(visit.submit(&path, &both).await.status, StatusCode::OK);
    let alone = [("step", "do"), ("reason", "lost"), ("with", "lock-out")];
    assert_eq!(visit.submit(&path, &alone).await.location(), format!("{BETHAN}#receipt"));
    let done = visit.done();
    let (with_pass, without) = (&done[0].2, &done[1].2);
    assert_eq!((&with_pass["pass"], &with_pass["lock_out"]), (&json!("spoken"), &json!(false)));
    assert_eq!(with_pass["end_sessions"], true);
    assert_eq!((&without["pass"], &without["lock_out"]), (&Value::Null, &json!(true)));
    assert_eq!(without["end_sessions"], false);
    assert!(done.iter().all(|(at, ..)| at.ends_with(&format!("/credentials/{key}/remove"))));
    let other = format!("{BETHAN}/do/remove-key?key=00000000-0000-0000-0000-0000000000ff");
    assert_eq!(visit.get(&other).await.status, StatusCode::NOT_FOUND);
    assert_eq!(visit.get(&format!("{BETHAN}/do/remove-key")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(visit.get(&format!("{BETHAN}/do/erase")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_is_handed_over_before_the_caller_was_checked() {
    let visit = Visit::start();
    visit.log_in().await;
    visit.fake.lie(|lies| lies.unchecked = true);
    let path = format!("{BETHAN}/do/pass");
    let answer = visit.submit(&path, &[("step", "preview"), ("reason", "lost")]).await;
    assert!(answer.body.contains("Check the caller first"), "{}", answer.body);
}

#[tokio::test]
async fn a_log_in_that_is_too_old_is_asked_for_and_the_form_waits_to_be_pressed_again() {
    let visit = Visit::start();
    visit.log_in().await;
    visit.fake.lie(|lies| lies.stale = true);
    let path = format!("{BETHAN}/do/reset");
    let fields = [
        ("step", "do"),
        ("reason", "phished"),
        ("note", "“Ünïcode” & more"),
        ("end_sessions", "yes"),
    ];
    let start = visit.submit(&path, &fields).await;
    assert_eq!(start.status, StatusCode::SEE_OTHER);
    assert_eq!(start.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    let back = visit.answered(&start).await;
    assert_eq!(back.location(), path);
    assert!(visit.done().is_empty(), "nothing is done by itself");
    let again = visit.get(&path).await;
    assert!(again.body.contains("What will change"), "{}", again.body);
    assert!(again.body.contains("value=\"“Ünïcode” &amp; more\""), "{}", again.body);
    assert!(again.body.contains("value=\"yes\" checked"), "{}", again.body);
    assert!(visit.done().is_empty());
    let once = visit.get(&path).await;
    assert!(!once.body.contains("Ünïcode"), "it is shown once");
}

#[tokio::test]
async fn a_form_that_waited_is_not_shown_to_somebody_else_at_the_same_computer() {
    let visit = Visit::start();
    visit.log_in().await;
    visit.fake.lie(|lies| lies.stale = true);
    let path = format!("{BETHAN}/do/reset");
    let fields = [("step", "do"), ("reason", "other"), ("note", "between us")];
    let start = visit.submit(&path, &fields).await;
    visit.fake.lie(|lies| lies.person = Some("jo"));
    assert_eq!(visit.answered(&start).await.location(), path);
    assert!(!visit.get(&path).await.body.contains("between us"));
    assert!(!visit.get(BETHAN).await.body.contains("Caller checked"));
}

#[tokio::test]
async fn a_form_of_another_log_in_is_not_taken_and_shown_again_as_it_was_filled_in() {
    let visit = Visit::start();
    visit.log_in().await;
    let path = format!("{BETHAN}/do/reset");
    let body = "token=forged&step=preview&reason=lost&note=kept";
    let answer = visit.post(&path, body).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, path.as_str()));
    assert!(visit.get(&path).await.body.contains(">kept</textarea>"));
    assert!(visit.fake.done.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn a_form_that_is_sent_after_the_log_in_is_over_comes_back_with_it() {
    let visit = Visit::start();
    visit.log_in().await;
    let path = format!("{BETHAN}/do/reset");
    visit.clock.advance(Duration::from_secs(3601));
    let start = visit.post(&path, "token=old&step=preview&reason=lost&note=kept").await;
    assert_eq!(start.status, StatusCode::SEE_OTHER);
    assert_eq!(visit.answered(&start).await.location(), path);
    assert!(visit.get(&path).await.body.contains(">kept</textarea>"));
}

#[tokio::test]
async fn an_address_that_is_too_long_to_wait_or_cannot_be_read_leads_to_the_log_in_all_the_same() {
    for query in [format!("search={}", "x".repeat(6000)), "search=%zz".to_owned()] {
        let visit = Visit::start();
        let start = visit.get(&format!("/admin?{query}")).await;
        assert_eq!(start.status, StatusCode::SEE_OTHER, "{query}");
        let back = visit.answered(&start).await;
        assert!(back.location().starts_with("/admin"), "{}", back.location());
    }
}

#[tokio::test]
async fn somebody_is_added_and_changed_and_what_is_wrong_is_told_at_its_field_with_nothing_lost() {
    let visit = Visit::start();
    visit.log_in().await;
    let path = "/admin/people/new";
    assert!(visit.get(path).await.body.contains("Invite them by e-mail at once"));
    let fields = [("name", "Amy <Ward>"), ("organisation", "tywi"), ("email", "a@b.example")];
    let taken = [&fields[..], &[("username", "amy.ward"), ("invite", "yes")]].concat();
    let answer = visit.submit(path, &taken).await;
    assert!(answer.body.contains("Somebody has that user name already"), "{}", answer.body);
    assert!(answer.body.contains("value=\"Amy &lt;Ward&gt;\""), "{}", answer.body);
    assert!(answer.body.contains("value=\"tywi\" selected"), "{}", answer.body);
    assert!(visit.done().is_empty());
    let free = [&fields[..], &[("username", "amy.w"), ("invite", "yes")]].concat();
    assert_eq!(visit.submit(path, &free).await.location(), BETHAN);
    let new = visit.done().pop().expect("added").2;
    assert_eq!((&new["organisation"], &new["invite"]), (&json!("tywi"), &json!(true)));
    assert!(new.get("staff_number").is_none(), "{new}");

    let path = format!("{BETHAN}/details");
    let page = visit.get(&path).await;
    assert!(page.body.contains("value=\"NG 004 118\""), "{}", page.body);
    let version = hidden(&page.body, "version").replace("&quot;", "\"");
    // Somebody else wrote the staff number meanwhile, and the name.
    let read = [("was_name", "Bethan"), ("was_email", "bethan@northgate.example")];
    let stale = [("name", "Beth"), ("email", ""), ("version", "\"1\"")];
    let answer = visit.submit(&path, &[&read[..], &stale].concat()).await;
    assert!(answer.body.contains("Somebody else changed this person meanwhile"));
    assert!(answer.body.contains("value=\"Beth\""), "{}", answer.body);
    assert!(answer.body.contains("Somebody else wrote meanwhile: Bethan Price"), "{}", answer.body);
    assert!(answer.body.contains("value=\"NG 004 118\""), "what was not typed: {}", answer.body);
    let again = hidden(&answer.body, "version").replace("&quot;", "\"");
    assert_eq!(again, version, "pressed again, it counts");
    let was = ["was_name", "was_email", "was_staff_number"];
    let was = was.map(|name| (name, hidden(&answer.body, name)));
    let was = was.each_ref().map(|(name, value)| (*name, value.as_str()));
    let typed = [("name", "Beth"), ("email", ""), ("staff_number", "NG 004 118")];
    let right = [&was[..], &typed, &[("version", version.as_str())]].concat();
    assert_eq!(visit.submit(&path, &right).await.location(), BETHAN);
    let change = visit.done().pop().expect("changed").2;
    assert_eq!(change, json!({ "name": "Beth", "email": null }), "only what was changed");
}
