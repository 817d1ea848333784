//! Claims by rules of an application's own: they go to it alone, wherever it is told of people, and
//! people are asked first.

use std::time::Duration;

use latchkey::documents::Documents;
use latchkey::source::Source;
use serde_json::{Value, json};

use crate::factors::apply;
use crate::support::http::{DAN, NOTES, REDIRECT_URI, ROTA, Request, STOCK, Site, Tokens};

/// An application with rules.
fn ruled(id: &str, members: &str, rules: &str) -> String {
    let secret = ROTA.secret();
    format!(
        "[[client]]\nclient_id = \"{id}\"\nclient_name = \"The {id}\"\n\
         client_secret = \"{secret}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\n\
         grant_types = [\"authorization_code\", \"refresh_token\"]\n\
         scope = \"openid profile email offline_access\"\n{members}\n\
         latchkey_claims = {{ {rules} }}\n"
    )
}

const DANS: &str = r#"
[[person]]
username = "dan.quay"
organisation = "harbour"
name = "Dan Quay"
email = "dan@harbour.example"
staff_number = "4711"
claims = { given_name = "Dan", nickname = "4B <b>" }
"#;

const RULES: &str = r#"ward = "claim:nickname", staff = "staff_number",
 hospital = "organisation_name", nothing = "claim:website", "https://rota.example/kind" = "always:person""#;

fn told(claims: &Value) -> Value {
    let names = ["ward", "staff", "hospital", "nothing", "https://rota.example/kind"];
    let found = names.into_iter().filter_map(|name| Some((name, claims.get(name)?.clone())));
    Value::Object(found.map(|(name, value)| (name.to_owned(), value)).collect())
}

#[tokio::test]
async fn rules_release_claims_in_id_tokens_and_userinfo_to_that_application_alone() {
    let site = Site::start().await;
    apply(&site, DANS).await;
    let rules = RULES.replace('\n', "");
    apply(&site, &ruled("rota", "latchkey_trusted = true", &rules)).await;
    let expected = json!({
        "ward": "4B <b>",
        "staff": "4711",
        "hospital": "Harbour Clinic",
        "https://rota.example/kind": "person",
    });
    let tokens = site.person().tokens(ROTA, DAN).await;
    assert_eq!(told(&site.verified(&tokens.id).await.claims), expected);
    assert_eq!(told(&site.userinfo(&tokens.access).await.json()), expected);
    let later = Tokens::of(&site.refresh(ROTA, &tokens.refresh).await);
    assert_eq!(told(&site.verified(&later.id).await.claims), expected);

    let other = site.person().tokens(STOCK, DAN).await;
    assert_eq!(told(&site.verified(&other.id).await.claims), json!({}));
    assert_eq!(told(&site.userinfo(&other.access).await.json()), json!({}));
}

#[tokio::test]
async fn rules_never_take_the_place_of_what_the_protocol_or_a_scope_says() {
    for (name, words) in [
        ("sub", "protocol"),
        ("iss", "protocol"),
        ("aud", "protocol"),
        ("exp", "protocol"),
        ("acr", "protocol"),
        ("amr", "protocol"),
        ("nonce", "protocol"),
        ("sid", "protocol"),
        ("email", "scope email"),
        ("name", "scope profile"),
        ("", "no name"),
    ] {
        let document = ruled("rota", "", &format!("\"{name}\" = \"username\""));
        let read = Documents::read(&[Source::from_text("more.toml", &document)]);
        let problems = read.err().unwrap_or_else(|| panic!("{name} is refused")).to_string();
        assert!(problems.contains("latchkey_claims") && problems.contains(words), "{problems}");
    }
    let document = ruled("rota", "", "ward = \"password\"");
    let read = Documents::read(&[Source::from_text("more.toml", &document)]);
    let problems = read.err().expect("refused").to_string();
    assert!(problems.contains("is no source") && problems.contains("claim:NAME"), "{problems}");
}

#[tokio::test]
async fn people_are_shown_what_rules_release_and_asked_again_for_more() {
    let site = Site::start().await;
    apply(&site, DANS).await;
    apply(&site, &ruled("notes", "", "ward = \"claim:nickname\"")).await;
    let mut dan = site.person();
    let page = dan.open(&Request::new(NOTES).path()).await;
    let consent = dan.type_password(&page, DAN).await;
    assert!(consent.body.contains("ward") && consent.body.contains("4B &lt;b&gt;"));
    assert!(!consent.body.contains("4B <b>"), "it is text: {}", consent.body);
    dan.submit(&consent.form("/consent").with("decision", "allow")).await.callback();
    let again = dan.open(&Request::new(NOTES).path()).await;
    assert!(!again.has_form("/consent"), "what was agreed to is kept");

    // More than was agreed to, as soon as nodes see it.
    apply(&site, &ruled("notes", "", "ward = \"claim:nickname\", staff = \"staff_number\"")).await;
    let more = loop {
        let page = dan.open(&Request::new(NOTES).path()).await;
        if page.has_form("/consent") {
            break page;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert!(more.body.contains("4711"), "{}", more.body);
}
