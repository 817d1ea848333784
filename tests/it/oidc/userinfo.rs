//! Userinfo (OpenID Connect Core §5.3) and bearer tokens (RFC 6750).

use reqwest::header::CONTENT_TYPE;

use crate::support::http::{DAN, ROTA, Request, Site, encode};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn the_scopes_decide_what_is_told() {
    let site = Site::start().await;
    let tokens = site.person().tokens(ROTA, DAN).await;
    let told = site.userinfo(&tokens.access).await;
    assert_eq!(told.header("content-type"), Some("application/json"));
    assert_eq!(told.header("cache-control"), Some("no-store"));
    let json = told.json();
    assert_eq!(json["name"], "Dan Quay");
    assert_eq!(json["email"], "dan@harbour.example");
    assert_eq!(json["preferred_username"], "dan.quay");
    let request = Request::new(ROTA).with("scope", "openid");
    let tokens = site.person().tokens_for(ROTA, &request, DAN).await;
    let told = site.userinfo(&tokens.access).await.json();
    let members = told.as_object().expect("an object");
    assert_eq!(members.keys().collect::<Vec<_>>(), ["sub"]);
}

#[tokio::test]
async fn a_token_comes_in_the_header_or_in_a_form_and_not_in_both_or_the_query() {
    let site = Site::start().await;
    let token = site.person().tokens(ROTA, DAN).await.access;
    let post = || site.http.post(site.url("/oauth2/userinfo"));
    let body = encode(&[("access_token", &token)]);
    let form = post().header(CONTENT_TYPE, FORM).body(body.clone());
    assert_eq!(site.send(form).await.status, 200);
    assert_eq!(site.send(post().bearer_auth(&token)).await.status, 200);
    let both = post().bearer_auth(&token).header(CONTENT_TYPE, FORM).body(body.clone());
    assert_eq!(site.send(both).await.status, 400);
    let query = site.get(&format!("/oauth2/userinfo?{body}")).await;
    assert_eq!(query.status, 401);
}

#[tokio::test]
async fn what_is_no_access_token_is_refused_and_told_how() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    let code = dan.open(&Request::new(ROTA).path()).await.callback().code();
    let mut cut = tokens.access.clone();
    cut.pop();
    let mut turned = tokens.access.clone().into_bytes();
    let middle = turned.len() / 2;
    turned[middle] = if turned[middle] == b'A' { b'B' } else { b'A' };
    let turned = String::from_utf8(turned).expect("ASCII");
    let long = "a".repeat(16_000);
    for token in [&*code, &tokens.refresh, &tokens.id, &cut, &turned, "x", &long] {
        let answer = site.userinfo(token).await;
        assert_eq!(answer.status, 401);
        let told = answer.header("www-authenticate").expect("a scheme");
        assert!(told.starts_with("Bearer") && told.contains("invalid_token"), "{told}");
    }
    let silent = site.get("/oauth2/userinfo").await;
    assert_eq!(silent.status, 401);
    let told = silent.header("www-authenticate").expect("a scheme");
    assert!(told.starts_with("Bearer") && !told.contains("error"), "{told}");
    assert_eq!(site.redeem(ROTA, &tokens.access).await.error(), "invalid_grant");
    assert_eq!(site.userinfo(&tokens.access).await.status, 200);
}

#[tokio::test]
async fn an_access_token_expires() {
    let site = Site::start().await;
    let tokens = site.person().tokens(ROTA, DAN).await;
    site.clock.advance(site.app.config.lifetimes.access_token);
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
}
