//! What a log-in page tells about a user name: nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{amy, happened, honest, key_form, log_in};
use crate::support::http::{Account, Person, ROTA, Request, Site};

const NAMES: [&str; 4] = ["amy.ward", "dan.quay", "nobody.here", "not a user name at all"];

async fn options(person: &mut Person<'_>, name: &str) -> Value {
    let form = key_form(person).await.with("username", name);
    person.options(&form).await
}

/// Every member's name and kind, all the way down; of a list, its first element.
fn shape(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| {
                let inner = shape(value);
                inner.into_iter().map(move |rest| format!("{name}.{rest}"))
            })
            .collect(),
        Value::Array(elements) => elements.first().map(shape).unwrap_or_default(),
        Value::String(_) => BTreeSet::from(["text".to_owned()]),
        Value::Number(_) => BTreeSet::from(["number".to_owned()]),
        Value::Bool(_) | Value::Null => BTreeSet::from(["other".to_owned()]),
    }
}

#[tokio::test]
async fn known_and_unknown_names_have_keys_of_the_same_shape_that_stay_the_same() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let mut other = site.person();
    let known = options(&mut amy, "amy.ward").await;
    for name in &NAMES[..3] {
        let first = options(&mut amy, name).await;
        let second = options(&mut other, name).await;
        assert_eq!(first["allowCredentials"], second["allowCredentials"], "{name}");
        assert_ne!(first["challenge"], second["challenge"], "{name}");
        assert!(!first["allowCredentials"].as_array().expect("a list").is_empty(), "{name}");
        assert_eq!(shape(&first), shape(&known), "{name}");
    }
    // Case and spaces around a name make no other name of it.
    for name in ["Amy.Ward", " amy.ward "] {
        let folded = options(&mut other, name).await;
        assert_eq!(folded["allowCredentials"], known["allowCredentials"], "{name}");
    }
    let nobody = options(&mut other, "nobody.here").await;
    let folded = options(&mut other, "NOBODY.HERE").await;
    assert_eq!(folded["allowCredentials"], nobody["allowCredentials"]);
}

#[tokio::test]
async fn a_wrong_password_is_answered_alike_for_every_name() {
    let site = Site::start().await;
    let mut person = amy(&site).await;
    let mut pages = BTreeSet::new();
    for username in NAMES {
        let page = person.open(&Request::new(ROTA).path()).await;
        let account = Account { username, password: "not the right one" };
        let answer = person.type_password(&page, account).await;
        assert_eq!(answer.status, 422, "{username}");
        let form = answer.form("/identify");
        assert_eq!(form.field("username"), Some(username));
        // What differs is the name that was typed, and what is random on every page.
        let words: String = text(&answer.body).replace(username, "");
        pages.insert(words);
    }
    assert_eq!(pages.len(), 1, "{pages:#?}");
}

#[tokio::test]
async fn wrong_passwords_never_stand_in_the_way_of_a_key() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    for _ in 0..11 {
        let page = amy.open(&Request::new(ROTA).path()).await;
        let account = Account { username: "amy.ward", password: "not the right one" };
        amy.type_password(&page, account).await;
    }
    // Five that were looked at, and one for those that were not.
    assert_eq!(happened(&site, "LoginRefused").await, 6, "they are on record");
    log_in(&mut amy, &honest(&site)).await.callback().code();
}

/// What people read, without tags.
fn text(page: &str) -> String {
    let body = page.split_once("<main").map_or(page, |(_, rest)| rest);
    body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim()).collect()
}
