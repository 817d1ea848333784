//! What operators are told on the management listener, and that nobody else is told it.

use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::kill::clients::{self, APPLICATION, PASSWORD};
use serde_json::Value;

use super::served::{Served, free, installation};

async fn get(url: &str) -> (u16, String) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(url).send().await.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[tokio::test]
async fn a_log_in_is_counted_and_names_nobody() {
    // The third person of three logs in with a password.
    let installation = installation(&clients::documents(3));
    let management = free().to_string();
    let settings = [("LATCHKEY__LISTEN__MANAGEMENT", management.as_str())];
    let _served = Served::start(&installation, &settings);
    let site = Site::new(&installation.issuer, installation.address()).expect("a site");
    let mut browser = Browser::new(site.clone());
    let page = browser.open("/account").await.expect("a page");
    let form = page.form("/identify").expect("a form");
    let wrong = [("username", "word.002"), ("password", "wrong")];
    browser.post(&form, &wrong).await.expect("an answer");
    browser.log_in("word.002", PASSWORD).await.expect("logged in");
    let code = APPLICATION.code(&mut browser).await.expect("a code");
    let reply = APPLICATION.redeem(&site, &code).await.expect("tokens");
    let refresh = reply.text("refresh_token").expect("a refresh token").to_owned();
    APPLICATION.refresh(&site, &refresh).await.expect("tokens");
    get(&format!("{}/nowhere/word.002?token=secret", installation.issuer)).await;

    let (status, text) = get(&format!("http://{management}/metrics")).await;
    assert_eq!(status, 200);
    let has = |line: &str| assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
    has("latchkey_logins_total{method=\"password\",outcome=\"success\"} 1");
    has("latchkey_logins_total{method=\"password\",outcome=\"refused\"} 1");
    has("latchkey_tokens_issued_total{grant=\"authorization_code\"} 1");
    has("latchkey_tokens_issued_total{grant=\"refresh_token\"} 1");
    has("latchkey_http_requests_total{route=\"/oauth2/token\",method=\"POST\",status=\"2xx\"} 2");
    has("latchkey_http_requests_total{route=\"none\",method=\"GET\",status=\"4xx\"} 1");
    has("latchkey_passwords_waiting 0");
    has("latchkey_writes_waiting 0");
    has("latchkey_errors_total 0");
    let number = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
        line.trim().parse::<u64>().expect("a number")
    };
    let (writes, groups) =
        (number("latchkey_writes_total "), number("latchkey_write_groups_total "));
    assert!(groups > 0 && writes >= groups, "{writes} writes in {groups} groups");
    for personal in
        ["word.002", "Person 2", "harbour", "secret", "rota", &code, &refresh, "127.0.0.1"]
    {
        assert!(!text.contains(personal), "{personal} in\n{text}");
    }
}

#[tokio::test]
async fn readiness_tells_of_every_part_and_the_public_address_tells_nothing() {
    let installation = installation("");
    let management = free().to_string();
    let settings = [("LATCHKEY__LISTEN__MANAGEMENT", management.as_str())];
    let _served = Served::start(&installation, &settings);
    let (status, text) = get(&format!("http://{management}/readyz")).await;
    let told: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((status, &told["ready"]), (200, &Value::Bool(true)), "{text}");
    for part in ["database", "keys", "schema"] {
        assert_eq!(told[part]["ok"], true, "{text}");
    }
    assert!(told["schema"]["detail"].as_str().is_some_and(|name| name.starts_with('m')), "{text}");
    assert!(told["lease"]["ok"].is_boolean(), "{text}");
    assert!(!text.contains(&*installation.path("").to_string_lossy()), "it names no file: {text}");
    for path in ["/metrics", "/readyz"] {
        assert_eq!(get(&format!("{}{path}", installation.issuer)).await.0, 404, "{path}");
    }
    for path in ["/login", "/oauth2/token", "/account"] {
        assert_eq!(get(&format!("http://{management}{path}")).await.0, 404, "{path}");
    }
}

#[test]
fn an_address_that_anybody_might_reach_is_refused_unless_that_is_said() {
    let installation = installation("");
    let mut command = installation.command("serve");
    command.env("LATCHKEY__LISTEN__MANAGEMENT", format!("0.0.0.0:{}", free().port()));
    let output = command.output().expect("started");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(told.contains("set \"management_exposed\" to true"), "{told}");
}
