use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::routing::{get, post};
use tower::ServiceExt as _;

use super::*;

async fn ask(router: &Router, method: &str, uri: &str) {
    let request = Request::builder().method(method).uri(uri).body(Body::empty());
    router.clone().oneshot(request.expect("a request")).await.expect("an answer");
}

#[tokio::test]
async fn requests_are_counted_by_pattern_and_never_by_address() {
    let metrics = Arc::new(Metrics::new().expect("metrics"));
    let router = Router::new()
        .route("/people/{name}", get(async || "her"))
        .route("/broken", post(async || StatusCode::BAD_GATEWAY));
    let router = metrics.observe(router);
    ask(&router, "GET", "/people/amy.ward?code=secret").await;
    ask(&router, "GET", "/people/dan.quay").await;
    ask(&router, "POST", "/broken").await;
    for strange in ["GET", "BREW", "PROPFIND", "AMY"] {
        ask(&router, strange, "/nowhere/amy.ward").await;
    }
    let text = metrics.recorder.handle().render();
    let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    has("latchkey_http_requests_total{route=\"/people/{name}\",method=\"GET\",status=\"2xx\"} 2");
    has("latchkey_http_requests_total{route=\"/broken\",method=\"POST\",status=\"5xx\"} 1");
    has("latchkey_http_requests_total{route=\"none\",method=\"other\",status=\"4xx\"} 3");
    has("latchkey_errors_total 1");
    has("latchkey_http_request_duration_seconds_count{route=\"/people/{name}\",method=\"GET\"} 2");
    for personal in ["amy", "dan", "secret", "BREW", "AMY", "nowhere"] {
        assert!(!text.contains(personal), "{personal} in\n{text}");
    }
}

#[tokio::test]
async fn made_up_addresses_and_methods_add_no_lines() {
    let metrics = Arc::new(Metrics::new().expect("metrics"));
    let router = metrics.observe(Router::new().route("/", get(async || "")));
    ask(&router, "ANY", "/0").await;
    let before = metrics.recorder.handle().render().lines().count();
    for number in 1..100 {
        ask(&router, &format!("M{number}"), &format!("/{number}")).await;
    }
    assert_eq!(metrics.recorder.handle().render().lines().count(), before);
}

#[test]
fn every_means_and_grant_has_a_line_from_the_start() {
    let metrics = Metrics::new().expect("metrics");
    metrics.logged_in(Factors::Both);
    metrics.refused(Factors::Key);
    metrics.issued(GrantType::RefreshToken);
    let text = metrics.recorder.handle().render();
    let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    has("latchkey_logins_total{method=\"password_and_key\",outcome=\"success\"} 1");
    has("latchkey_logins_total{method=\"password_and_key\",outcome=\"refused\"} 0");
    has("latchkey_logins_total{method=\"key\",outcome=\"refused\"} 1");
    has("latchkey_logins_total{method=\"password\",outcome=\"success\"} 0");
    has("latchkey_tokens_issued_total{grant=\"refresh_token\"} 1");
    has("latchkey_tokens_issued_total{grant=\"authorization_code\"} 0");
    has("# TYPE latchkey_logins_total counter");
}

#[test]
fn what_somebody_logged_in_with_is_told_by_the_methods() {
    let of = |methods: &[&str]| {
        Factors::of(&methods.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(of(&["pwd"]), Factors::Password);
    assert_eq!(of(&["pwd", "otp", "mfa"]), Factors::Code);
    assert_eq!(of(&["hwk", "user", "mfa"]), Factors::Key);
    assert_eq!(of(&["pop", "user", "mfa"]), Factors::Key);
    assert_eq!(of(&["pwd", "hwk", "user", "mfa"]), Factors::Both);
}
