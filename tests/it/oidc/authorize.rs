//! The authorization request: what is refused, where, and with which code (RFC 6749 §4.1.2.1,
//! RFC 9207, OpenID Connect Core §3.1.2, RFC 7636 §4.4.1).

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::support::http::{
    CHALLENGE, Client, DAN, NOTES, PHONE, REDIRECT_URI, ROTA, Request, Site,
};

/// The error that a request is sent back with, of somebody who is not logged in.
async fn refused(site: &Site, request: &Request) -> String {
    let callback = site.get(&request.path()).await.callback();
    assert_eq!(callback.one("iss"), Some(&*site.issuer));
    assert_eq!(callback.one("code"), None);
    assert!(callback.url.starts_with(&format!("{REDIRECT_URI}&")), "{}", callback.url);
    callback.error()
}

#[tokio::test]
async fn an_unknown_client_or_return_address_is_a_page_and_never_a_redirect() {
    let site = Site::start().await;
    let ask = Request::new;
    for request in [
        ask(ROTA).with("client_id", "nobody"),
        ask(ROTA).without("client_id"),
        ask(ROTA).also("client_id", "rota"),
        ask(ROTA).with("redirect_uri", "https://evil.example/callback"),
        ask(ROTA).with("redirect_uri", "https://app.example/callback"),
        ask(ROTA).with("redirect_uri", &format!("{REDIRECT_URI}&more=1")),
        ask(ROTA).with("redirect_uri", "https://app.example/callback/../other"),
        ask(ROTA).with("redirect_uri", "https://app.example@evil.example/callback?kept=1"),
        ask(ROTA).with("redirect_uri", "javascript:alert(1)"),
        ask(ROTA).with("redirect_uri", "/callback"),
        ask(ROTA).without("redirect_uri"),
        ask(ROTA).also("redirect_uri", REDIRECT_URI),
    ] {
        for request in [request.clone(), request.with("prompt", "none")] {
            let answer = site.get(&request.path()).await;
            assert_eq!(answer.status, 400, "{}", request.path());
            assert_eq!(answer.location(), None, "{}", request.path());
            assert!(answer.body.contains("<h1"), "{}", answer.body);
            assert!(answer.links().contains(&"/account".to_owned()), "a dead end: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn wrong_requests_go_back_with_their_code() {
    let site = Site::start().await;
    let plain = |client: Client| {
        Request::new(client)
            .with("code_challenge_method", "plain")
            .with("code_challenge", CHALLENGE)
    };
    for (request, error) in [
        (Request::new(ROTA).also("scope", "openid"), "invalid_request"),
        (Request::new(ROTA).also("nonce", "2"), "invalid_request"),
        (Request::new(ROTA).also("x", "1").also("x", "2"), "invalid_request"),
        (plain(ROTA), "invalid_request"),
        (plain(PHONE), "invalid_request"),
        (Request::new(PHONE).without("code_challenge_method"), "invalid_request"),
        (Request::new(ROTA).with("code_challenge", "short"), "invalid_request"),
        (Request::new(ROTA).without("code_challenge"), "invalid_request"),
        (
            Request::new(PHONE).without("code_challenge").without("code_challenge_method"),
            "invalid_request",
        ),
        (Request::new(ROTA).without("response_type"), "invalid_request"),
        (Request::new(ROTA).with("response_type", "token"), "unsupported_response_type"),
        (Request::new(ROTA).with("response_type", "code id_token"), "unsupported_response_type"),
        (Request::new(ROTA).with("response_mode", "fragment"), "invalid_request"),
        (Request::new(ROTA).with("scope", "profile"), "invalid_scope"),
        (Request::new(ROTA).without("scope"), "invalid_scope"),
        (Request::new(ROTA).with("prompt", "none login"), "invalid_request"),
        (Request::new(ROTA).with("prompt", "none consent"), "invalid_request"),
        (Request::new(ROTA).with("prompt", "dance"), "invalid_request"),
        (Request::new(ROTA).with("max_age", "-1"), "invalid_request"),
        (Request::new(ROTA).with("claims", "[]"), "invalid_request"),
        (Request::new(ROTA).with("id_token_hint", "x.y.z"), "invalid_request"),
        (Request::new(ROTA).with("request", "x"), "request_not_supported"),
        (Request::new(ROTA).with("request_uri", "https://x.example/"), "request_uri_not_supported"),
        (Request::new(ROTA).with("registration", "{}"), "registration_not_supported"),
        (Request::new(ROTA).with("prompt", "none"), "login_required"),
    ] {
        assert_eq!(refused(&site, &request).await, error, "{}", request.path());
    }
}

#[tokio::test]
async fn what_is_not_understood_is_ignored() {
    let site = Site::start().await;
    let request = Request::new(ROTA)
        .with("scope", "openid unheard of")
        .with("display", "hologram")
        .with("acr_values", "urn:x:strong")
        .with("claims_locales", "xx")
        .with("foo", "bar");
    assert!(!site.person().log_in(&request, DAN).await.code().is_empty());
}

#[tokio::test]
async fn every_answer_names_the_issuer_and_returns_the_state_byte_for_byte() {
    let site = Site::start().await;
    let mut dan = site.person();
    for state in ["a b+c%20&=#\"<>'", "日本語 😀 ü", "", &"x".repeat(3000)] {
        let request = Request::new(ROTA).with("state", state);
        let back = if dan.session().is_none() {
            dan.log_in(&request, DAN).await
        } else {
            dan.open(&request.path()).await.callback()
        };
        let expected = Some(state).filter(|state| !state.is_empty());
        assert_eq!(back.one("state"), expected);
        assert_eq!(back.one("iss"), Some(&*site.issuer));
        assert_eq!(back.one("kept"), Some("1"));
        let wrong = site.get(&request.with("response_type", "token").path()).await.callback();
        assert_eq!(wrong.one("state"), expected);
    }
    let none = dan.open(&Request::new(ROTA).without("state").path()).await.callback();
    assert_eq!(none.one("state"), None);
    assert_ne!(none.code(), "");
    // RFC 6749 appendix A.5 has no control characters.
    let split = Request::new(ROTA).with("state", "\r\nSet-Cookie: a=b");
    let answer = dan.get(&split.path()).await;
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.callback().error(), "invalid_request");
}

#[tokio::test]
async fn a_code_is_kept_out_of_caches_and_referers() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let answer = dan.open(&Request::new(ROTA).path()).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
}

#[tokio::test]
async fn form_post_hands_the_answer_over_on_a_page_that_only_leads_there() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let request = Request::new(ROTA)
        .with("response_mode", "form_post")
        .with("state", "\"><script>x</script>");
    let answer = dan.open(&request.path()).await;
    assert_eq!((answer.status, answer.location()), (200, None));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(!answer.body.contains("<script>x"));
    let policy = answer.header("content-security-policy").expect("a policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let form = answer.form(REDIRECT_URI);
    assert_eq!(form.field("state"), Some("\"><script>x</script>"));
    assert_eq!(form.field("iss"), Some(&*site.issuer));
    let code = form.field("code").expect("a code");
    assert_eq!(site.redeem(ROTA, code).await.status, 200);
    let refused = dan.get(&request.with("prompt", "none login").path()).await;
    assert_eq!(refused.form(REDIRECT_URI).field("error"), Some("invalid_request"));
}

#[tokio::test]
async fn a_posted_request_does_the_same_wherever_it_comes_from() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let post = dan
        .request(Method::POST, "/oauth2/authorize")
        .header(ORIGIN, "https://app.example")
        .header("sec-fetch-site", "cross-site")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Request::new(ROTA).body());
    let answer = dan.send(post).await;
    let answer = dan.follow(answer).await;
    assert!(!answer.callback().code().is_empty());
    let wrong = dan
        .request(Method::POST, "/oauth2/authorize")
        .header(CONTENT_TYPE, "text/plain")
        .body(Request::new(ROTA).body());
    assert_eq!(dan.send(wrong).await.status, 415);
}

#[tokio::test]
async fn an_application_gets_no_more_scope_than_it_registered() {
    let site = Site::start().await;
    let request = Request::new(NOTES).with("scope", "openid profile address phone");
    let page = site.person();
    let mut dan = page;
    let page = dan.open(&request.path()).await;
    let consent = dan.type_password(&page, DAN).await;
    let form = consent.form("/consent").with("decision", "allow");
    let code = dan.submit(&form).await.callback().code();
    let answer = site.redeem(NOTES, &code).await.json();
    assert_eq!(answer["scope"], "openid profile");
}
