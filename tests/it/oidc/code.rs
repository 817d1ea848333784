//! The code flow (RFC 6749 §4.1, RFC 7636, OpenID Connect Core §3.1).

use std::time::Duration;

use crate::support::http::{
    AMY, Client, DAN, NOTES, PHONE, REDIRECT_URI, ROTA, Request, SECRET, STOCK, Site, Tokens,
    VAULT, VERIFIER, basic,
};

const SECOND: Duration = Duration::from_secs(1);

async fn code(site: &Site, client: Client) -> String {
    site.person().log_in(&Request::new(client), DAN).await.code()
}

#[tokio::test]
async fn every_kind_of_client_gets_an_id_token_signed_as_it_registered() {
    let site = Site::start().await;
    for client in [ROTA, STOCK, PHONE] {
        let tokens = site.person().tokens(client, DAN).await;
        let token = site.verified(&tokens.id).await;
        assert_eq!(token.header["alg"], client.algorithm);
        let claims = &token.claims;
        assert_eq!(claims["iss"], site.issuer.as_str());
        assert!(claims["aud"] == client.id || claims["aud"][0] == client.id, "{claims}");
        assert_eq!(claims["nonce"], "nonce-1");
        assert_eq!(tokens.scope, "openid profile email");
        let [iat, exp, auth] =
            ["iat", "exp", "auth_time"].map(|name| claims[name].as_i64().expect("seconds"));
        assert!(auth <= iat && iat < exp, "{claims}");
        assert!(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty()));
        assert_eq!(site.userinfo(&tokens.access).await.json()["sub"], claims["sub"]);
    }
}

#[tokio::test]
async fn answers_with_tokens_must_not_be_cached() {
    let site = Site::start().await;
    let answer = site.redeem(ROTA, &code(&site, ROTA).await).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let refused = site.redeem(ROTA, "nothing").await;
    assert_eq!(refused.error(), "invalid_grant");
    assert_eq!(refused.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_code_used_twice_is_refused_and_the_first_tokens_die() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    let tokens = Tokens::of(&site.redeem(ROTA, &code).await);
    assert_eq!(site.userinfo(&tokens.access).await.status, 200);
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant");
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
    assert_eq!(site.refresh(ROTA, &tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant", "a third time");
}

#[tokio::test]
async fn of_many_at_once_a_code_serves_one_at_most() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    let (a, b, c, d) = tokio::join!(
        site.redeem(ROTA, &code),
        site.redeem(ROTA, &code),
        site.redeem(ROTA, &code),
        site.redeem(ROTA, &code),
    );
    let answers = [a, b, c, d];
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1);
    assert!(answers.iter().all(|answer| answer.status == 200 || answer.error() == "invalid_grant"));
    assert_eq!(site.userinfo(&Tokens::of(won[0]).access).await.status, 401);
}

#[tokio::test]
async fn a_code_is_refused_to_another_client_and_stays_good_for_its_own() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    for thief in [STOCK, PHONE, NOTES] {
        assert_eq!(site.redeem(thief, &code).await.error(), "invalid_grant");
    }
    assert_eq!(site.redeem(ROTA, &code).await.status, 200);
}

#[tokio::test]
async fn a_code_needs_the_verifier_that_its_request_promised() {
    let site = Site::start().await;
    for client in [ROTA, PHONE] {
        let code = code(&site, client).await;
        let base = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", REDIRECT_URI),
        ];
        let other = VERIFIER.replace('d', "e");
        let mut wrong = base.to_vec();
        wrong.push(("code_verifier", &*other));
        assert_eq!(site.token(client, &wrong).await.error(), "invalid_grant");
        assert_eq!(site.token(client, &base).await.error(), "invalid_grant", "no verifier");
        wrong.pop();
        wrong.push(("code_verifier", "short"));
        assert!(site.token(client, &wrong).await.error().starts_with("invalid_"));
        assert_eq!(site.redeem(client, &code).await.status, 200);
    }
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let site = Site::start().await;
    let request = Request::new(ROTA).without("code_challenge").without("code_challenge_method");
    let code = site.person().log_in(&request, DAN).await.code();
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant");
    let pairs =
        [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", REDIRECT_URI)];
    assert_eq!(site.token(ROTA, &pairs).await.status, 200, "a confidential client may go without");
}

#[tokio::test]
async fn a_code_needs_the_redirect_address_of_its_request() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    for other in [Some("https://app.example/other"), Some("https://evil.example/"), None] {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("code_verifier", VERIFIER),
        ];
        pairs.extend(other.map(|uri| ("redirect_uri", uri)));
        assert!(
            ["invalid_grant", "invalid_request"]
                .contains(&&*site.token(ROTA, &pairs).await.error())
        );
    }
    assert_eq!(site.redeem(ROTA, &code).await.status, 200);
}

#[tokio::test]
async fn a_code_expires() {
    let site = Site::start().await;
    let (young, old) = (code(&site, ROTA).await, code(&site, ROTA).await);
    let lifetime = site.app.config.lifetimes.code;
    site.clock.advance(lifetime.checked_sub(SECOND * 10).expect("longer"));
    assert_eq!(site.redeem(ROTA, &young).await.status, 200);
    site.clock.advance(SECOND * 10);
    assert_eq!(site.redeem(ROTA, &old).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_replay_is_noticed_until_the_code_expires() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    let tokens = Tokens::of(&site.redeem(ROTA, &code).await);
    site.clock.advance(site.app.config.lifetimes.code);
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant");
    // Expired codes prove nothing about who holds them: the tokens stay.
    assert_eq!(site.userinfo(&tokens.access).await.status, 200);
}

#[tokio::test]
async fn a_code_dies_with_the_session() {
    let site = Site::start().await;
    let mut dan = site.person();
    let code = dan.log_in(&Request::new(ROTA), DAN).await.code();
    let page = dan.open("/logout").await;
    dan.submit(&page.form("/logout")).await;
    assert_eq!(site.redeem(ROTA, &code).await.error(), "invalid_grant");
}

#[tokio::test]
async fn a_client_must_authenticate() {
    let site = Site::start().await;
    let code = code(&site, ROTA).await;
    let pairs = |extra: &[(&'static str, &'static str)]| {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        pairs.extend(extra.to_vec());
        crate::support::http::encode(&pairs)
    };
    let post = |authorization: Option<String>, body: String| {
        let mut request = site.http.post(site.url("/oauth2/token"));
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        site.send(request.body(body))
    };
    let wrong = post(Some("Basic cm90YTp3cm9uZw==".into()), pairs(&[])).await;
    assert_eq!((wrong.status, &*wrong.error()), (401, "invalid_client"));
    assert!(wrong.header("www-authenticate").is_some_and(|it| it.starts_with("Basic")));
    for body in [
        pairs(&[]),
        pairs(&[("client_id", "rota")]),
        pairs(&[("client_id", "rota"), ("client_secret", "wrong")]),
        pairs(&[("client_id", "nobody"), ("client_secret", SECRET)]),
        pairs(&[("client_id", "phone"), ("client_secret", SECRET)]),
    ] {
        assert_eq!(post(None, body).await.error(), "invalid_client");
    }
    let both = post(Some(basic(ROTA)), pairs(&[("client_secret", SECRET)])).await;
    assert_eq!(both.error(), "invalid_request");
    let other = post(Some(basic(ROTA)), pairs(&[("client_id", "stock")])).await;
    assert_eq!(other.error(), "invalid_request");
    for header in ["Basic", "Basic !!!", "Bearer x", "Basic cm90YQ=="] {
        assert_eq!(post(Some(header.into()), pairs(&[])).await.error(), "invalid_client");
    }
    assert_eq!(site.redeem(ROTA, &code).await.status, 200, "none of it used the code up");
}

#[tokio::test]
async fn other_grants_are_unsupported_and_repeated_parameters_invalid() {
    let site = Site::start().await;
    for grant in ["password", "implicit", "urn:x", "CLIENT_CREDENTIALS"] {
        let answer = site.token(ROTA, &[("grant_type", grant)]).await;
        assert_eq!(answer.error(), "unsupported_grant_type", "{grant}");
    }
    assert_eq!(site.token(ROTA, &[]).await.error(), "invalid_request");
    let twice = [("grant_type", "authorization_code"), ("code", "a"), ("code", "b")];
    assert_eq!(site.token(ROTA, &twice).await.error(), "invalid_request");
}

#[tokio::test]
async fn an_application_that_requires_a_key_gets_one_or_nothing() {
    let site = Site::start().await;
    let tokens = site.person().tokens(VAULT, AMY).await;
    let claims = site.verified(&tokens.id).await.claims;
    assert_eq!(claims["acr"], "phr");
    let refused = site.person().log_in(&Request::new(VAULT), DAN).await;
    assert_eq!(refused.error(), "unmet_authentication_requirements");
    assert_eq!(refused.one("code"), None);
}
