//! Whom an access token is for (RFC 8707), and the admin console, which is the one application that
//! people may lend the admin API's scopes to.

use std::time::Duration;

use latchkey::authn::software::Behaviour;
use latchkey::config::Console;
use latchkey::oidc::caller::{self, Administrator, Caller};
use latchkey::oidc::embedded_secret;
use latchkey_api::AdminScope;
use latchkey_core::assurance::Level;
use latchkey_core::credentials::Cause;
use latchkey_core::people::{PersonState, Username};
use latchkey_core::secrets::Plain;
use latchkey_oidc::Issuer;
use latchkey_oidc::error::BearerError;
use latchkey_store::{Error, Tx};
use reqwest::header::CONTENT_TYPE;

use crate::support::http::{
    AMY, Answer, DAN, NOTES, PHONE, Person, ROTA, Request, Site, Tokens, VERIFIER, encode,
};

const SECRET: &str = "a-secret-of-the-console-that-nobody-guesses";
const CALLBACK: &str = "https://app.example/admin/callback";

/// An installation whose console is on a host of its own.
async fn site() -> Site {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), format!("{SECRET}\n")).expect("written");
    Site::start_with(|config| {
        let origin = Issuer::parse("https://app.example").expect("an origin");
        config.console = Console::Elsewhere { origin, secret_file: file.path().to_owned() };
    })
    .await
}

fn resource(site: &Site) -> String {
    site.url(latchkey_api::PATH)
}

/// What the console asks for.
fn request(site: &Site) -> Request {
    Request::new(ROTA)
        .with("client_id", latchkey_console::CLIENT_ID)
        .with("redirect_uri", CALLBACK)
        .with("scope", "openid people:read sessions:write")
        .with("resource", &resource(site))
}

async fn post(site: &Site, secret: &str, pairs: &[(&str, &str)]) -> Answer {
    let mut pairs = pairs.to_vec();
    pairs.extend([("client_id", latchkey_console::CLIENT_ID), ("client_secret", secret)]);
    let request = site.http.post(site.url("/oauth2/token"));
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    site.send(request.body(encode(&pairs))).await
}

async fn redeem(site: &Site, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    pairs.extend(more);
    post(site, SECRET, &pairs).await
}

/// Logs somebody in at the console.
async fn console(person: &mut Person<'_>) -> Tokens {
    let code = person.log_in(&request(person.site), AMY).await.code();
    Tokens::of(&redeem(person.site, &code, &[]).await)
}

async fn open(site: &Site, token: &str) -> Result<Caller, BearerError> {
    caller::open(&site.app, &Plain::new(token.to_owned())).await.expect("the database answers")
}

async fn administrator(site: &Site, token: &str) -> Administrator {
    match open(site, token).await.expect("good") {
        Caller::Administrator(administrator) => *administrator,
        Caller::Service(service) => panic!("{} is nobody", service.client),
    }
}

fn is_invalid(opened: Result<Caller, BearerError>) -> bool {
    opened.err() == Some(BearerError::InvalidToken)
}

#[tokio::test]
async fn a_token_for_the_admin_api_opens_what_was_asked_for_and_never_userinfo() {
    let site = site().await;
    let mut amy = site.person();
    let code = amy.log_in(&request(&site), AMY).await.code();
    let answer = redeem(&site, &code, &[("resource", &resource(&site))]).await;
    let tokens = Tokens::of(&answer);
    assert_eq!(answer.json()["expires_in"], 12 * 3600);
    assert_eq!(tokens.scope, "openid people:read sessions:write");
    assert_eq!(tokens.refresh, "", "its session is as long as it");
    let id = site.verified(&tokens.id).await.claims;
    assert_eq!((&id["aud"][0], &id["acr"]), (&latchkey_console::CLIENT_ID.into(), &"phr".into()));

    let caller = administrator(&site, &tokens.access).await;
    assert_eq!(caller.person.person.username.as_str(), AMY.username);
    assert_eq!(caller.scopes, [AdminScope::PeopleRead, AdminScope::SessionsWrite]);
    assert_eq!(Some(caller.auth_time.seconds()), id["auth_time"].as_i64());
    assert_eq!((caller.level, caller.device_bound), (Level::PhishingResistant, true));
    let caller = Caller::Administrator(Box::new(caller));
    assert_eq!(caller.may(AdminScope::PeopleRead), Ok(()));
    let lacking = caller.may(AdminScope::PeopleWrite);
    assert_eq!(lacking, Err(BearerError::InsufficientScope { scope: "people:write" }));

    let answer = site.userinfo(&tokens.access).await;
    assert_eq!(answer.status, 401);
    let told = answer.header("www-authenticate").expect("a scheme");
    assert!(told.contains("error=\"invalid_token\""), "{told}");
}

#[tokio::test]
async fn a_token_for_userinfo_never_opens_the_admin_api() {
    let site = site().await;
    let mut amy = site.person();
    let plain = request(&site).without("resource").with("scope", "openid");
    let code = amy.log_in(&plain, AMY).await.code();
    let consoles = Tokens::of(&redeem(&site, &code, &[]).await);
    let code = amy.open(&Request::new(ROTA).path()).await.callback().code();
    let rotas = Tokens::of(&site.redeem(ROTA, &code).await);
    for token in [&consoles.access, &rotas.access, &rotas.refresh, &rotas.id, &code] {
        assert!(is_invalid(open(&site, token).await));
    }
    assert_eq!(site.userinfo(&consoles.access).await.status, 200);
}

#[tokio::test]
async fn other_applications_must_not_get_the_admin_apis_scopes() {
    let site = site().await;
    let mut dan = site.person();
    for client in [ROTA, NOTES, PHONE] {
        let asked = Request::new(client).with("scope", "openid people:read");
        let callback = dan.open(&asked.path()).await.callback();
        assert_eq!(callback.error(), "invalid_scope", "{}", client.id);
        let asked = asked.with("resource", &resource(&site));
        assert_eq!(dan.open(&asked.path()).await.callback().error(), "invalid_target");
        let asked = asked.with("scope", "openid");
        assert_eq!(dan.open(&asked.path()).await.callback().error(), "invalid_target");
    }
    let tokens = dan.tokens(ROTA, DAN).await;
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh)];
    let with = |name, value| [&refresh[..], &[(name, value)]].concat();
    let wider = site.token(ROTA, &with("scope", "openid people:read")).await;
    assert_eq!(wider.error(), "invalid_scope");
    let resource = resource(&site);
    let other = site.token(ROTA, &with("resource", &resource)).await;
    assert_eq!(other.error(), "invalid_target");
    assert_eq!(site.refresh(ROTA, &tokens.refresh).await.status, 200, "nothing is used up");
}

#[tokio::test]
async fn a_resource_that_is_none_and_a_request_without_pkce_are_refused() {
    let site = site().await;
    let mut amy = site.person();
    let good = request(&site);
    for (name, value, code) in [
        ("resource", "https://other.example/api", "invalid_target"),
        ("resource", &*format!("{}#x", resource(&site)), "invalid_target"),
        ("resource", "/api/admin/v1", "invalid_target"),
        ("scope", "openid", "invalid_scope"),
    ] {
        let callback = amy.open(&good.clone().with(name, value).path()).await.callback();
        assert_eq!(callback.error(), code, "{name}={value}");
    }
    let without = good.clone().without("resource");
    assert_eq!(amy.open(&without.path()).await.callback().error(), "invalid_scope");
    let two = good.clone().also("resource", "https://other.example/api");
    assert_eq!(amy.open(&two.path()).await.callback().error(), "invalid_target");
    let bare = good.clone().without("code_challenge").without("code_challenge_method");
    assert_eq!(amy.open(&bare.path()).await.callback().error(), "invalid_request");
    let twice = good.also("resource", &resource(&site));
    assert_eq!(amy.log_in(&twice, AMY).await.one("error"), None);
}

#[tokio::test]
async fn the_token_endpoint_may_only_narrow_what_was_granted() {
    let site = site().await;
    let mut amy = site.person();
    let code = amy.log_in(&request(&site), AMY).await.code();
    for wrong in ["https://other.example/api", "x", &*site.url("/oauth2/userinfo")] {
        let refused = redeem(&site, &code, &[("resource", wrong)]).await;
        assert_eq!(refused.error(), "invalid_target", "{wrong}");
    }
    let resource = resource(&site);
    let both = [("resource", &*resource), ("resource", "https://other.example/api")];
    assert_eq!(redeem(&site, &code, &both).await.error(), "invalid_target");
    assert_eq!(redeem(&site, &code, &both[..1]).await.status, 200, "the code was not used up");
    let code = amy.open(&Request::new(ROTA).path()).await.callback().code();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", crate::support::http::REDIRECT_URI),
        ("code_verifier", VERIFIER),
        ("resource", &*resource),
    ];
    assert_eq!(site.token(ROTA, &pairs).await.error(), "invalid_target");
}

#[tokio::test]
async fn an_administrators_token_ends_with_its_time_its_session_its_grant_and_its_person() {
    let site = site().await;
    let mut amy = site.person();
    let tokens = console(&mut amy).await;
    let again = async |amy: &mut Person<'_>| {
        let code = amy.open(&request(&site).path()).await.callback().code();
        let tokens = Tokens::of(&redeem(&site, &code, &[]).await);
        (code, tokens.access)
    };
    let (code, access) = again(&mut amy).await;
    assert!(open(&site, &access).await.is_ok());
    assert_eq!(redeem(&site, &code, &[]).await.error(), "invalid_grant");
    assert!(is_invalid(open(&site, &access).await), "its code was used twice");
    assert!(open(&site, &tokens.access).await.is_ok());

    let page = amy.open("/logout").await;
    amy.submit(&page.form("/logout")).await;
    assert!(is_invalid(open(&site, &tokens.access).await), "logged out");

    let late = console(&mut amy).await;
    site.clock.advance(Duration::from_secs(12 * 3600));
    assert!(is_invalid(open(&site, &late.access).await), "late");

    let last = console(&mut amy).await;
    let username = Username::parse(AMY.username).expect("a name");
    let record = site.app.store.view().find_person_by_username(&username).await.expect("read");
    let mut record = record.expect("there");
    record.person.state = PersonState::Disabled;
    let write = async move |tx: &Tx| tx.update_person(&record).await;
    site.app.store.write::<_, Error, _>(write).await.expect("written");
    assert!(is_invalid(open(&site, &last.access).await), "she left");
}

#[tokio::test]
async fn a_key_that_does_not_work_any_more_is_not_bound_to_its_device() {
    let site = site().await;
    let mut amy = site.person();
    let tokens = console(&mut amy).await;
    let caller = administrator(&site, &tokens.access).await;
    assert!(caller.device_bound);
    let person = caller.person.person.id;
    let keys = site.app.store.view().list_credentials(person).await.expect("read");
    let (key, now) = (keys[0].id, site.app.clock.now());
    let write =
        async move |tx: &Tx| tx.suspend_credential(person, key, Cause::ReportedLost, now).await;
    assert!(site.app.store.write::<_, Error, _>(write).await.expect("written"));
    let caller = administrator(&site, &tokens.access).await;
    assert!(!caller.device_bound);
}

#[tokio::test]
async fn a_key_that_may_be_copied_is_not_bound_to_its_device() {
    let site = site().await;
    let mut amy = site.person();
    let page = amy.open(&request(&site).path()).await;
    let form = amy.type_password(&page, AMY).await.form("/enrol/passkey");
    let options = amy.options(&form).await;
    let copied =
        Behaviour { backup_eligible: true, backed_up: true, ..Behaviour::honest(&*site.issuer) };
    let credential = amy.key.create(&options, &copied).expect("a key").to_string();
    let form = form.with("credential", &credential).without("failure");
    let named = amy.submit(&form).await.form("/name").with("nickname", "Phone");
    let form = amy.submit(&named).await.form("/factor/passkey");
    let options = amy.options(&form).await;
    let credential = amy.key.get(&options, &copied).expect("the key").to_string();
    let form = form.with("credential", &credential).without("failure");
    let ready = amy.submit(&form).await.form("/ready");
    let code = amy.submit(&ready).await.callback().code();
    let tokens = Tokens::of(&redeem(&site, &code, &[]).await);
    let caller = administrator(&site, &tokens.access).await;
    assert_eq!((caller.level, caller.device_bound), (Level::PhishingResistant, false));
}

#[tokio::test]
async fn administrators_log_in_to_the_console_with_a_key_or_not_at_all() {
    let site = site().await;
    let mut dan = site.person();
    dan.tokens(ROTA, DAN).await;
    let callback = dan.open(&request(&site).path()).await.callback();
    assert_eq!(callback.error(), "unmet_authentication_requirements");
}

#[tokio::test]
async fn the_consoles_secret_is_its_own_and_its_addresses_are_where_it_is() {
    let site = site().await;
    let mut amy = site.person();
    let code = amy.log_in(&request(&site), AMY).await.code();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let embedded = embedded_secret(&site.app.keys);
    for wrong in [embedded.expose(), "", "wrong"] {
        assert_eq!(post(&site, wrong, &pairs).await.error(), "invalid_client");
    }
    assert_eq!(post(&site, SECRET, &pairs).await.status, 200);
    let here = site.url("/admin/callback");
    for other in [&*here, "https://app.example/admin/callback/", "https://app.example/admin"] {
        let answer = amy.open(&request(&site).with("redirect_uri", other).path()).await;
        assert_eq!((answer.status, answer.location()), (400, None), "{other}");
    }
}

#[tokio::test]
async fn a_console_that_we_serve_is_sent_back_to_here_and_one_that_is_nowhere_is_unknown() {
    let site = Site::start().await;
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await;
    let back = site.url("/admin/callback");
    let asked = request(&site).with("redirect_uri", &back);
    let answer = amy.get(&asked.path()).await;
    let location = answer.location().expect("a redirect").to_owned();
    let code = location.strip_prefix(&format!("{back}?code=")).expect("a code");
    let code = code.split('&').next().expect("a code").to_owned();
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", &*back),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(post(&site, SECRET, &pairs).await.error(), "invalid_client");
    let secret = embedded_secret(&site.app.keys);
    let tokens = Tokens::of(&post(&site, secret.expose(), &pairs).await);
    assert!(open(&site, &tokens.access).await.is_ok());

    let site = Site::start_with(|config| config.console = Console::Nowhere).await;
    let asked = request(&site).with("redirect_uri", &site.url("/admin/callback"));
    let answer = site.person().open(&asked.path()).await;
    assert_eq!((answer.status, answer.location()), (400, None));
}
