//! Service accounts: programs that act at the admin API by themselves (RFC 6749 §4.4).

use std::time::Duration;

use latchkey::documents::{Documents, Mode};
use latchkey::oidc::caller::{self, Caller, Reach, Service};
use latchkey::source::Source;
use latchkey_api::AdminScope;
use latchkey_core::secrets::Plain;
use latchkey_oidc::error::BearerError;
use reqwest::header::CONTENT_TYPE;

use crate::support::http::{Answer, ROTA, Request, Site, encode};

const SECRET: &str = "a-secret-of-payroll-that-nobody-guesses";

/// Payroll at Harbour Clinic, and a monitor of everything.
const ACCOUNTS: &str = r#"
[[client]]
client_id = "payroll"
client_secret = "a-secret-of-payroll-that-nobody-guesses"
grant_types = ["client_credentials"]
latchkey_service_account = { scopes = ["people:read", "people:write"], organisation = "harbour" }

[[client]]
client_id = "monitor"
client_secret = "a-secret-of-payroll-that-nobody-guesses"
grant_types = ["client_credentials"]
latchkey_service_account = { scopes = ["health:read"], platform = true }
"#;

/// What a node remembers of clients is older after this.
const STALE: Duration = Duration::from_millis(2_100);

async fn apply(site: &Site, text: &str) {
    let source = Source::from_text("accounts.toml", text);
    let read = Documents::read(&[source]).unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&site.app, Mode::Keep).await.expect("applied");
}

async fn site() -> Site {
    let site = Site::start().await;
    apply(&site, ACCOUNTS).await;
    site
}

async fn post(site: &Site, client: &str, secret: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![("client_id", client), ("client_secret", secret)];
    pairs.extend(more);
    let request = site.http.post(site.url("/oauth2/token"));
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    site.send(request.body(encode(&pairs))).await
}

/// Asks for a token for itself.
async fn ask(site: &Site, client: &str, more: &[(&str, &str)]) -> Answer {
    let pairs = [&[("grant_type", "client_credentials")], more].concat();
    post(site, client, SECRET, &pairs).await
}

fn access(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["access_token"].as_str().expect("a token").to_owned()
}

async fn open(site: &Site, token: &str) -> Result<Service, BearerError> {
    let opened = caller::open(&site.app, &Plain::new(token.to_owned())).await;
    match opened.expect("the database answers")? {
        Caller::Service(service) => Ok(service),
        Caller::Administrator(person) => panic!("{} is a person", person.person.person.name),
    }
}

#[tokio::test]
async fn a_service_account_gets_an_access_token_and_nothing_else() {
    let site = site().await;
    let answer = ask(&site, "payroll", &[("scope", "people:read")]).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let mut told = answer.json();
    let members = told.as_object_mut().expect("an object");
    assert!(members.remove("access_token").is_some());
    let expected = serde_json::json!({
        "token_type": "Bearer",
        "expires_in": 600,
        "scope": "people:read",
    });
    assert_eq!(told, expected);

    let service = open(&site, &access(&answer)).await.expect("good");
    assert_eq!(service.client.0, "payroll");
    assert_eq!(service.scopes, [AdminScope::PeopleRead]);
    let found = site.app.store.view().list_organisations().await.expect("read");
    let harbour = found.iter().find(|it| it.slug == "harbour").expect("there");
    assert_eq!(service.reach, Reach::Organisation(harbour.id));

    let resource = site.url(latchkey_api::PATH);
    let named = [("scope", "health:read"), ("resource", &*resource)];
    let monitor = open(&site, &access(&ask(&site, "monitor", &named).await)).await.expect("good");
    assert_eq!(monitor.reach, Reach::Platform);
    assert_eq!(monitor.scopes, [AdminScope::HealthRead]);
}

#[tokio::test]
async fn a_service_account_gets_no_scope_that_it_does_not_ask_for_or_may_not_have() {
    let site = site().await;
    for wrong in ["", "health:read", "people:read audit:read", "openid", "people", "offline_access"]
    {
        let answer = ask(&site, "payroll", &[("scope", wrong)]).await;
        assert_eq!(answer.error(), "invalid_scope", "{wrong}");
    }
    assert_eq!(ask(&site, "payroll", &[]).await.error(), "invalid_scope");
    let elsewhere = site.url("/oauth2/userinfo");
    for wrong in ["https://other.example", "x", &elsewhere] {
        let asked = [("scope", "people:read"), ("resource", wrong)];
        assert_eq!(ask(&site, "payroll", &asked).await.error(), "invalid_target", "{wrong}");
    }
}

#[tokio::test]
async fn a_service_accounts_token_is_nobodys_and_opens_no_userinfo() {
    let site = site().await;
    let token = access(&ask(&site, "payroll", &[("scope", "people:read")]).await);
    assert_eq!(site.userinfo(&token).await.status, 401);
    site.clock.advance(site.app.config.lifetimes.access_token);
    assert_eq!(open(&site, &token).await.err(), Some(BearerError::InvalidToken), "late");
}

#[tokio::test]
async fn only_a_service_account_that_proves_who_it_is_gets_a_token_for_itself() {
    let site = site().await;
    let asked = [("grant_type", "client_credentials"), ("scope", "people:read")];
    assert_eq!(site.token(ROTA, &asked).await.error(), "unauthorized_client");
    for wrong in ["", "wrong"] {
        assert_eq!(post(&site, "payroll", wrong, &asked).await.error(), "invalid_client");
    }
    assert_eq!(post(&site, "nobody", SECRET, &asked).await.error(), "invalid_client");
}

#[tokio::test]
async fn a_service_account_uses_no_other_grant_and_nobody_logs_in_to_it() {
    let site = site().await;
    for other in [
        [("grant_type", "refresh_token"), ("refresh_token", "x")].as_slice(),
        &[("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "https://a.b")],
    ] {
        let answer = post(&site, "payroll", SECRET, other).await;
        assert_eq!(answer.error(), "unauthorized_client");
    }
    let asked = Request::new(ROTA).with("client_id", "payroll");
    let answer = site.person().open(&asked.path()).await;
    assert_eq!((answer.status, answer.location()), (400, None));
}

#[tokio::test]
async fn what_a_service_account_may_not_do_any_more_no_token_of_before_does() {
    let site = site().await;
    let both = [("scope", "people:read people:write")];
    let token = access(&ask(&site, "payroll", &both).await);
    assert_eq!(open(&site, &token).await.expect("good").scopes.len(), 2);
    let account = |account: &str| {
        format!(
            "[[client]]\nclient_id = \"payroll\"\nclient_secret = \"{SECRET}\"\n\
             grant_types = [\"client_credentials\"]\nlatchkey_service_account = {account}\n"
        )
    };
    let less = "{ scopes = [\"people:read\"], organisation = \"northgate\" }";
    apply(&site, &account(less)).await;
    tokio::time::sleep(STALE).await;
    let service = open(&site, &token).await.expect("good");
    assert_eq!(service.scopes, [AdminScope::PeopleRead]);
    let found = site.app.store.view().list_organisations().await.expect("read");
    let northgate = found.iter().find(|it| it.slug == "northgate").expect("there");
    assert_eq!(service.reach, Reach::Organisation(northgate.id));

    let person = format!(
        "[[client]]\nclient_id = \"payroll\"\nclient_secret = \"{SECRET}\"\n\
         redirect_uris = [\"https://payroll.example/cb\"]\n"
    );
    apply(&site, &person).await;
    tokio::time::sleep(STALE).await;
    assert_eq!(open(&site, &token).await.err(), Some(BearerError::InvalidToken));
}

#[tokio::test]
async fn a_service_account_is_exported_as_it_was_applied() {
    let site = site().await;
    let mut text = Vec::new();
    latchkey::documents::export(&site.app.store, &mut text).await.expect("exported");
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("platform = true"), "{text}");
    let source = Source::from_text("export.toml", &text);
    let read = Documents::read(&[source]).unwrap_or_else(|problems| panic!("{problems}"));
    let outcome = read.apply_to(&site.app, Mode::DryRun).await.expect("applied");
    assert!(outcome.changes.is_empty(), "{:?}", outcome.changes);
}
