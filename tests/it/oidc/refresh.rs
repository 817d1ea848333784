//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2, OpenID Connect Core §11 and §12).

use std::time::Duration;

use crate::support::http::{
    Client, DAN, NOTES, PHONE, ROTA, Request, STOCK, Site, Tokens, payload,
};

const SECOND: Duration = Duration::from_secs(1);

fn offline(client: Client) -> Request {
    Request::new(client).with("scope", "openid profile offline_access")
}

#[tokio::test]
async fn a_refresh_token_is_replaced_and_the_new_id_token_is_about_the_same_log_in() {
    let site = Site::start().await;
    for client in [ROTA, STOCK, PHONE] {
        let first = site.person().tokens(client, DAN).await;
        site.clock.advance(SECOND * 60);
        let next = Tokens::of(&site.refresh(client, &first.refresh).await);
        assert_ne!(first.refresh, next.refresh);
        assert_ne!(first.access, next.access);
        let (old, new) = (payload(&first.id), site.verified(&next.id).await.claims);
        for name in ["iss", "sub", "aud", "auth_time", "acr", "sid"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert!(new["iat"].as_i64() > old["iat"].as_i64());
        assert!(new.get("nonce").is_none());
        assert_eq!(site.userinfo(&next.access).await.status, 200);
    }
}

#[tokio::test]
async fn a_refresh_token_used_twice_revokes_the_whole_family() {
    let site = Site::start().await;
    let mut dan = site.person();
    let first = dan.tokens(ROTA, DAN).await;
    let other = dan.open(&Request::new(ROTA).path()).await.callback().code();
    let other = Tokens::of(&site.redeem(ROTA, &other).await);
    let second = Tokens::of(&site.refresh(ROTA, &first.refresh).await);
    let third = Tokens::of(&site.refresh(ROTA, &second.refresh).await);
    assert_eq!(site.refresh(ROTA, &first.refresh).await.error(), "invalid_grant");
    assert_eq!(site.refresh(ROTA, &third.refresh).await.error(), "invalid_grant");
    for token in [&first.access, &second.access, &third.access] {
        assert_eq!(site.userinfo(token).await.status, 401);
    }
    assert_eq!(site.userinfo(&other.access).await.status, 200, "another grant is not touched");
    assert_eq!(site.refresh(ROTA, &other.refresh).await.status, 200);
}

#[tokio::test]
async fn of_many_at_once_a_refresh_token_serves_one_at_most() {
    let site = Site::start().await;
    let first = site.person().tokens(ROTA, DAN).await.refresh;
    let refresh = || site.refresh(ROTA, &first);
    let (a, b, c, d) = tokio::join!(refresh(), refresh(), refresh(), refresh());
    let answers = [a, b, c, d];
    assert!(answers.iter().filter(|answer| answer.status == 200).count() <= 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.error() == "invalid_grant"));
}

#[tokio::test]
async fn a_refresh_token_is_refused_to_another_client_and_stays_good_for_its_own() {
    let site = Site::start().await;
    let tokens = site.person().tokens(ROTA, DAN).await;
    for thief in [STOCK, PHONE, NOTES] {
        assert_eq!(site.refresh(thief, &tokens.refresh).await.error(), "invalid_grant");
    }
    assert_eq!(site.refresh(ROTA, &tokens.refresh).await.status, 200);
}

#[tokio::test]
async fn a_scope_can_be_narrowed_and_never_widened() {
    let site = Site::start().await;
    let request = Request::new(ROTA).with("scope", "openid profile");
    let first = site.person().tokens_for(ROTA, &request, DAN).await;
    let ask = |token: String, scope: &'static str| {
        let site = &site;
        async move {
            let pairs =
                [("grant_type", "refresh_token"), ("refresh_token", &*token), ("scope", scope)];
            site.token(ROTA, &pairs).await
        }
    };
    assert_eq!(ask(first.refresh.clone(), "openid email").await.error(), "invalid_scope");
    let narrow = Tokens::of(&ask(first.refresh, "openid").await);
    assert_eq!(narrow.scope, "openid");
    let told = site.userinfo(&narrow.access).await.json();
    assert!(told.get("name").is_none(), "{told}");
    // RFC 6749 §6: what was granted stands, not what was asked last.
    let wide = Tokens::of(&site.refresh(ROTA, &narrow.refresh).await);
    assert_eq!(wide.scope, "openid profile");
}

#[tokio::test]
async fn a_refresh_token_expires() {
    let site = Site::start().await;
    let tokens = site.person().tokens_for(ROTA, &offline(ROTA), DAN).await;
    site.clock.advance(site.app.config.lifetimes.offline_refresh_token);
    assert_eq!(site.refresh(ROTA, &tokens.refresh).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_refresh_token_ends_with_the_session_unless_it_was_granted_offline() {
    let site = Site::start().await;
    let mut dan = site.person();
    let online = dan.tokens(ROTA, DAN).await;
    let answer = dan.open(&offline(STOCK).path()).await;
    let away = Tokens::of(&site.redeem(STOCK, &answer.callback().code()).await);
    assert!(away.scope.contains("offline_access"));
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    assert_eq!(site.refresh(ROTA, &online.refresh).await.error(), "invalid_grant");
    assert_eq!(site.userinfo(&online.access).await.status, 401);
    let again = Tokens::of(&site.refresh(STOCK, &away.refresh).await);
    assert_eq!(site.userinfo(&again.access).await.status, 200);
}

#[tokio::test]
async fn what_is_no_refresh_token_is_an_invalid_grant() {
    let site = Site::start().await;
    let tokens = site.person().tokens(ROTA, DAN).await;
    for token in [&*tokens.access, &*tokens.id, "x", "😀"] {
        let error = site.refresh(ROTA, token).await.error();
        assert_eq!(error, "invalid_grant", "{}", token.get(..9).unwrap_or(token));
    }
    for token in ["\0", "", &"a".repeat(10_000)] {
        assert_eq!(site.refresh(ROTA, token).await.error(), "invalid_request");
    }
    assert_eq!(site.redeem(ROTA, &tokens.refresh).await.error(), "invalid_grant");
}
