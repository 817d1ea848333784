//! The sample application against a provider of a few lines that can lie.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey_core::clock::SystemClock;
use latchkey_core::rng::SystemRng;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::*;
use crate::samples;

const SECRET: &str = "a secret that both sides know well";

/// What the provider answers with, in place of what would be right.
#[derive(Clone, Default)]
struct Lies {
    claims: serde_json::Map<String, Value>,
    userinfo_sub: Option<&'static str>,
    signed_with: Option<&'static str>,
}

struct Fake {
    issuer: String,
    lies: Lies,
    nonce: Mutex<String>,
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let origin = format!("http://{}", listener.local_addr().expect("bound"));
    (listener, origin)
}

fn id_token(fake: &Fake) -> String {
    let now = SystemClock.now().seconds();
    let mut claims = json!({
        "iss": fake.issuer, "aud": "rota", "sub": "person-1", "iat": now, "exp": now + 60,
        "nonce": *fake.nonce.lock().expect("unpoisoned"), "auth_time": now - 5, "acr": "phr",
        "amr": ["pwd", "hwk"], "sid": "session-1",
    });
    claims.as_object_mut().expect("an object").extend(fake.lies.claims.clone());
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(&json!({ "alg": "HS256" })), encode(&claims));
    let secret = fake.lies.signed_with.unwrap_or(SECRET);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&key, input.as_bytes()));
    format!("{input}.{tag}")
}

async fn token(
    State(fake): State<Arc<Fake>>,
    Form(form): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let right = match form["grant_type"].as_str() {
        "authorization_code" => form["code"] == "right" && form["code_verifier"].len() == 43,
        _ => form["refresh_token"] == "renew",
    };
    if right {
        let tokens = json!({
            "access_token": "access", "token_type": "Bearer", "expires_in": 60,
            "refresh_token": "renew", "id_token": id_token(&fake),
        });
        (StatusCode::OK, Json(tokens))
    } else {
        let error = json!({ "error": "invalid_grant", "error_description": "The code was used." });
        (StatusCode::BAD_REQUEST, Json(error))
    }
}

async fn start_fake(lies: Lies) -> Arc<Fake> {
    let (listener, issuer) = listener().await;
    let fake = Arc::new(Fake { issuer, lies, nonce: Mutex::default() });
    let discovery = |State(fake): State<Arc<Fake>>| async move {
        let at = |path| format!("{}/{path}", fake.issuer);
        Json(json!({
            "issuer": fake.issuer, "authorization_endpoint": at("authorize"),
            "token_endpoint": at("token"), "userinfo_endpoint": at("userinfo"),
            "jwks_uri": at("jwks"), "end_session_endpoint": at("logout"),
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256"],
        }))
    };
    let userinfo = |State(fake): State<Arc<Fake>>| async move {
        Json(json!({ "sub": fake.lies.userinfo_sub.unwrap_or("person-1"), "name": "<Amy>" }))
    };
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(async || Json(json!({ "keys": [] }))))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .with_state(Arc::clone(&fake));
    tokio::spawn(async move { axum::serve(listener, router).await });
    fake
}

/// The application with a browser in front of it.
struct Visit {
    fake: Arc<Fake>,
    origin: String,
    http: reqwest::Client,
    cookies: Mutex<HashMap<String, String>>,
}

struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

impl Visit {
    async fn start(lies: Lies) -> Self {
        let fake = start_fake(lies).await;
        Self::of(fake).await
    }

    async fn of(fake: Arc<Fake>) -> Self {
        let (listener, origin) = listener().await;
        let settings = Settings {
            application: Application {
                id: "rota".into(),
                name: "Rota".into(),
                description: "Shifts.".into(),
                own_origin: origin.clone(),
                provider: fake.issuer.clone(),
            },
            client_secret: Some(Plain::new(SECRET.into())),
            scopes: vec!["openid".into(), "profile".into()],
            acr_values: vec!["phr".into()],
            clock: Arc::new(SystemClock),
            rng: Arc::new(SystemRng),
        };
        tokio::spawn(samples::serve(listener, samples::Settings::Oidc(settings)));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { fake, origin, http, cookies: Mutex::default() }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = {
            let jar = self.cookies.lock().expect("unpoisoned");
            jar.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let answer = request.header("cookie", cookies.join("; ")).send().await.expect("answered");
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().expect("text").split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a pair");
            self.cookies.lock().expect("unpoisoned").insert(name.into(), value.into());
        }
        let header = answer.headers().get("location").map(|value| value.to_str().expect("text"));
        Answer {
            status: answer.status(),
            location: header.map(str::to_owned),
            body: answer.text().await.expect("text"),
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(format!("{}{path}", self.origin))).await
    }

    async fn post(&self, path: &str, origin: &str) -> Answer {
        self.send(self.http.post(format!("{}{path}", self.origin)).header("origin", origin)).await
    }

    /// Starts a log-in: the parameters that the provider is sent.
    async fn log_in(&self, path: &str) -> HashMap<String, String> {
        let location = self.get(path).await.location.expect("a redirect");
        let address = url::Url::parse(&location).expect("an address");
        let sent: HashMap<String, String> = address.query_pairs().into_owned().collect();
        *self.fake.nonce.lock().expect("unpoisoned") = sent["nonce"].clone();
        sent
    }

    async fn answer(&self, more: &[(&str, &str)]) -> Answer {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(more).finish();
        self.get(&format!("/callback?{query}")).await
    }

    /// A whole log-in, started at `path`.
    async fn whole(&self, path: &str) -> Answer {
        let sent = self.log_in(path).await;
        let issuer = self.fake.issuer.clone();
        self.answer(&[("state", &sent["state"]), ("iss", &issuer), ("code", "right")]).await
    }
}

fn lie(claim: &str, value: Value) -> Lies {
    Lies { claims: [(claim.to_owned(), value)].into_iter().collect(), ..Lies::default() }
}

#[tokio::test]
async fn somebody_logs_in_renews_and_logs_out() {
    let visit = Visit::start(Lies::default()).await;
    assert!(visit.get("/").await.body.contains("Nobody is logged in"));
    let sent = visit.log_in("/login?prompt=login&login_hint=amy&evil=1").await;
    assert_eq!(sent["scope"], "openid profile");
    assert_eq!(sent["code_challenge_method"], "S256");
    assert_eq!(sent["acr_values"], "phr");
    assert_eq!((sent["prompt"].as_str(), sent["login_hint"].as_str()), ("login", "amy"));
    assert!(!sent.contains_key("evil"));
    let answer = visit.whole("/login").await;
    assert_eq!(answer.location.as_deref(), Some("/"), "{}", answer.body);
    let home = visit.get("/").await.body;
    for shown in ["&lt;Amy&gt;", "person-1", "pwd hwk", "session-1", ">phr<", "0 times"] {
        assert!(home.contains(shown), "{shown}: {home}");
    }
    let own = visit.origin.clone();
    assert_eq!(visit.post("/refresh", &own).await.status, StatusCode::SEE_OTHER);
    assert!(visit.get("/").await.body.contains(">once<"));
    let out = visit.post("/logout", &own).await.location.expect("a redirect");
    assert!(out.starts_with(&format!("{}/logout?", visit.fake.issuer)), "{out}");
    assert!(out.contains("id_token_hint=ey") && out.contains("post_logout_redirect_uri="), "{out}");
    assert!(visit.get("/").await.body.contains("Nobody is logged in"));
}

#[tokio::test]
async fn a_token_that_is_not_what_it_must_be_logs_nobody_in() {
    let stale = json!(SystemClock.now().seconds() - 3600);
    let cases = [
        ("signature", Lies { signed_with: Some("another"), ..Lies::default() }),
        ("issuer", lie("iss", json!("http://elsewhere.example"))),
        ("audience", lie("aud", json!("ward-notes"))),
        ("nonce", lie("nonce", json!("another"))),
        ("expiry", lie("exp", stale.clone())),
        ("strength", lie("acr", json!("pwd"))),
        ("age", lie("auth_time", stale)),
        ("access token", lie("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"))),
        ("userinfo", Lies { userinfo_sub: Some("person-2"), ..Lies::default() }),
    ];
    for (case, lies) in cases {
        let visit = Visit::start(lies).await;
        let answer = visit.whole("/login?max_age=60").await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{case}: {}", answer.body);
        assert!(answer.body.contains("answer_refused"), "{case}: {}", answer.body);
        assert!(visit.get("/").await.body.contains("Nobody is logged in"), "{case}");
    }
}

#[tokio::test]
async fn an_answer_that_belongs_elsewhere_is_refused() {
    let visit = Visit::start(Lies::default()).await;
    let issuer = visit.fake.issuer.clone();
    let refused = async |parameters: &[(&str, &str)], code: &str| {
        let answer = visit.answer(parameters).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{code}");
        assert!(answer.body.contains(code), "{code}: {}", answer.body);
    };
    refused(&[("code", "right"), ("iss", &issuer)], "state_missing").await;
    refused(&[("code", "right"), ("state", "guess"), ("iss", &issuer)], "state_mismatch").await;
    let state = visit.log_in("/login").await["state"].clone();
    refused(&[("code", "right"), ("state", &state), ("iss", "http://x.example")], "iss_mismatch")
        .await;
    refused(&[("code", "right"), ("state", &state), ("iss", &issuer)], "state_mismatch").await;
    let state = visit.log_in("/login").await["state"].clone();
    refused(&[("code", "right"), ("state", &state)], "iss_mismatch").await;
    // The right answer, in another browser.
    let sent = visit.log_in("/login").await;
    visit.cookies.lock().expect("unpoisoned").clear();
    let parameters = [("code", "right"), ("state", &sent["state"]), ("iss", issuer.as_str())];
    refused(&parameters, "state_mismatch").await;
}

#[tokio::test]
async fn an_error_of_the_provider_is_told_in_plain_words() {
    let visit = Visit::start(Lies::default()).await;
    let issuer = visit.fake.issuer.clone();
    let state = visit.log_in("/login").await["state"].clone();
    let answer = visit
        .answer(&[
            ("state", &state),
            ("iss", &issuer),
            ("error", "access_denied"),
            ("error_description", "<b>No</b>"),
        ])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("<code id=\"error\">access_denied</code>"), "{}", answer.body);
    assert!(answer.body.contains("&lt;b&gt;No"), "{}", answer.body);
    let state = visit.log_in("/login").await["state"].clone();
    let answer = visit.answer(&[("state", &state), ("iss", &issuer), ("code", "used")]).await;
    assert!(answer.body.contains("<code id=\"error\">invalid_grant</code>"), "{}", answer.body);
}

#[tokio::test]
async fn a_provider_that_is_down_gives_a_page_with_a_way_on() {
    let (listener, issuer) = listener().await;
    drop(listener);
    let fake = Arc::new(Fake { issuer, lies: Lies::default(), nonce: Mutex::default() });
    let visit = Visit::of(fake).await;
    let answer = visit.get("/login").await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(answer.body.contains("provider_unreachable"), "{}", answer.body);
    assert!(answer.body.contains("Try again"), "{}", answer.body);
}

#[tokio::test]
async fn a_form_from_another_site_changes_nothing() {
    let visit = Visit::start(Lies::default()).await;
    visit.whole("/login").await;
    for path in ["/logout", "/refresh"] {
        let answer = visit.post(path, "http://127.0.0.1:1").await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(visit.get("/").await.body.contains("person-1"));
}
