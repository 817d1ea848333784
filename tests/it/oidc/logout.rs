//! Log-out by applications (OpenID Connect RP-Initiated Logout 1.0).

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};

use crate::support::http::{
    Callback, DAN, LOGGED_OUT_URI, Person, ROBIN, ROTA, Request, STOCK, Site, encode,
};

fn path(pairs: &[(&str, &str)]) -> String {
    format!("/oauth2/logout?{}", encode(pairs))
}

async fn is_logged_in(person: &mut Person<'_>) -> bool {
    let request = Request::new(ROTA).with("prompt", "none");
    let back: Callback = person.get(&request.path()).await.callback();
    back.one("code").is_some()
}

#[tokio::test]
async fn a_hint_of_this_session_ends_it_at_once_and_returns_with_the_state() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    assert!(is_logged_in(&mut dan).await);
    let before = dan.jar.clone();
    let out = path(&[
        ("id_token_hint", &tokens.id),
        ("post_logout_redirect_uri", LOGGED_OUT_URI),
        ("state", "a b&c=%"),
    ]);
    let answer = dan.get(&out).await;
    assert_eq!(answer.status, 303, "{}", answer.heading());
    let back = answer.callback();
    assert!(back.url.starts_with(LOGGED_OUT_URI), "{}", back.url);
    assert_eq!(back.one("state"), Some("a b&c=%"));
    assert_eq!(dan.session(), None);
    dan.jar = before;
    assert!(!is_logged_in(&mut dan).await, "the cookie is worth nothing, even if kept");
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
    assert_eq!(site.refresh(ROTA, &tokens.refresh).await.error(), "invalid_grant");
    let again = dan.get(&out).await.callback();
    assert_eq!(again.one("state"), Some("a b&c=%"), "logged out already");
}

#[tokio::test]
async fn an_unregistered_return_address_is_a_page_and_nothing_ends() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    for address in ["https://evil.example/", "https://app.example/bye/", "javascript:x", "//evil"] {
        for pairs in [
            vec![("id_token_hint", &*tokens.id), ("post_logout_redirect_uri", address)],
            vec![("client_id", "rota"), ("post_logout_redirect_uri", address)],
            vec![("client_id", "nobody"), ("post_logout_redirect_uri", LOGGED_OUT_URI)],
            vec![("post_logout_redirect_uri", LOGGED_OUT_URI)],
        ] {
            let answer = dan.get(&path(&pairs)).await;
            assert_eq!((answer.status, answer.location()), (400, None), "{pairs:?}");
        }
    }
    assert!(is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn without_a_hint_of_this_session_the_person_is_asked() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let robin = site.person().tokens(ROTA, ROBIN).await;
    let elsewhere = site.person().tokens(ROTA, DAN).await;
    for pairs in [
        vec![],
        vec![("client_id", "rota"), ("post_logout_redirect_uri", LOGGED_OUT_URI)],
        vec![("id_token_hint", &*robin.id), ("post_logout_redirect_uri", LOGGED_OUT_URI)],
        vec![("id_token_hint", &*elsewhere.id), ("post_logout_redirect_uri", LOGGED_OUT_URI)],
    ] {
        let answer = dan.get(&path(&pairs)).await;
        assert_eq!((answer.status, answer.location()), (200, None), "{pairs:?}");
        assert!(answer.has_form("/oauth2/logout/confirm"), "{pairs:?}");
        assert!(is_logged_in(&mut dan).await);
    }
    let question = path(&[
        ("client_id", "rota"),
        ("post_logout_redirect_uri", LOGGED_OUT_URI),
        ("state", "s"),
    ]);
    let form = dan.get(&question).await.form("/oauth2/logout/confirm");
    let forged = dan
        .request(Method::POST, &form.action)
        .header(ORIGIN, "https://evil.example")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.body());
    assert_eq!(dan.send(forged).await.status, 403);
    assert!(is_logged_in(&mut dan).await);
    let back = dan.post(&form).await.callback();
    assert_eq!(back.one("state"), Some("s"));
    assert!(!is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn hints_that_are_forged_or_not_the_clients_are_refused() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    let (head, _) = tokens.id.rsplit_once('.').expect("three parts");
    let unsigned = format!("{head}.");
    for pairs in [
        vec![("id_token_hint", "x.y.z")],
        vec![("id_token_hint", &*unsigned)],
        vec![("id_token_hint", &*tokens.id), ("client_id", STOCK.id)],
        vec![("client_id", "rota"), ("client_id", "rota")],
    ] {
        let answer = dan.get(&path(&pairs)).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{pairs:?}");
    }
    assert!(is_logged_in(&mut dan).await);
}

#[tokio::test]
async fn a_posted_log_out_does_the_same() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(ROTA, DAN).await;
    let body =
        encode(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", LOGGED_OUT_URI)]);
    let post = dan
        .request(Method::POST, "/oauth2/logout")
        .header(ORIGIN, "https://app.example")
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    let answer = dan.send(post).await;
    let back = dan.follow(answer).await.callback();
    assert!(back.url.starts_with(LOGGED_OUT_URI));
    assert!(!is_logged_in(&mut dan).await);
}
