//! What the log-in page tells about a user name when somebody types it and asks for a key: nothing.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    USE_KEY, enter_with_first_key, enter_with_key, log_out, no_autofill, refused, to_log_in,
};
use crate::support::browser::{Authenticator, Browser};
use crate::support::installation::Installation;

/// Somebody with a key, somebody without, and nobody.
const NAMES: [&str; 3] = ["amy.ward", "dan.quay", "nobody.here"];

/// What can be seen by typing a name and pressing the button, with no key at hand.
struct Seen {
    options: Value,
    failure: String,
    page: String,
}

async fn ask(at: &Installation, browser: &Browser, username: &str) -> Seen {
    to_log_in(browser, &at.addresses.rota).await;
    browser.hold_answers().await;
    browser.run(GIVE_UP_SOON, vec![]).await;
    browser.fill("User name", username).await;
    browser.press(USE_KEY).await;
    let held = browser.held().await;
    assert_eq!(held.credential, "", "no key of theirs is here");
    browser.send_held().await;
    refused(at, browser, "Your key did not answer").await;
    let field = browser.field("User name").await;
    assert_eq!(field.prop("value").await.expect("a field").as_deref(), Some(username));
    let page = browser.text_of("main").await;
    Seen { options: held.options, failure: held.failure, page }
}

#[tokio::test]
async fn known_and_unknown_names_look_alike_and_the_same_again() {
    let at = Installation::start().await;
    let browser = Browser::start().await;
    no_autofill(&browser).await;
    let key = browser.plug_in(Authenticator::small_key()).await;
    enter_with_first_key(&at, &browser, "amy.ward", "Blue key").await;
    log_out(&at, &browser).await;
    let real = key.credential().await;
    // Whoever tries names has the keys of none of them.
    key.unplug().await;
    let stranger = browser.another().await;
    no_autofill(&stranger).await;
    let empty = browser.plug_in(Authenticator::key()).await;
    let _empty_too = stranger.plug_in(Authenticator::key()).await;

    // Check 39.
    let mut looks = BTreeSet::new();
    let mut credentials = BTreeSet::new();
    for name in NAMES {
        let first = ask(&at, &browser, name).await;
        let second = ask(&at, &stranger, name).await;
        assert_ne!(first.options["challenge"], second.options["challenge"], "{name}");
        // The same number, of the same types, lengths and ids.
        assert_eq!(first.options["allowCredentials"], second.options["allowCredentials"], "{name}");
        for seen in [first, second] {
            looks.insert((members(&seen.options), seen.failure, seen.page));
            for one in seen.options["allowCredentials"].as_array().expect("a list") {
                assert_eq!(one["type"], "public-key", "{name}");
                credentials.insert((name, one["id"].to_string()));
            }
        }
    }
    assert_eq!(looks.len(), 1, "{looks:#?}");
    let [amys, ..] = NAMES.map(|name| credentials.iter().filter(|(of, _)| *of == name).count());
    assert_eq!(amys, 1, "her key: {credentials:?}");
    assert!(NAMES.iter().all(|name| credentials.iter().any(|(of, _)| of == name)));

    // What was found out is of use to nobody but her.
    empty.unplug().await;
    browser.plug_in(Authenticator::small_key()).await.put(&real).await;
    enter_with_key(&at, &browser, "amy.ward").await;
}

/// A browser that has nothing of the kind that is asked for waits for somebody to bring it.
const GIVE_UP_SOON: &str = r#"
const get = navigator.credentials.get.bind(navigator.credentials);
navigator.credentials.get = ({ publicKey }) => get({ publicKey: { ...publicKey, timeout: 500 } });"#;

/// The names of the members, all the way down; every element of a list has to have the same.
fn members(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let inner =
                members.iter().map(|(name, value)| format!("{name}{}", self::members(value)));
            format!("{{{}}}", inner.collect::<Vec<_>>().join(" "))
        }
        Value::Array(elements) => {
            let inner: BTreeSet<String> = elements.iter().map(members).collect();
            format!("[{}]", inner.into_iter().collect::<Vec<_>>().join("|"))
        }
        Value::String(_) => ": text".to_owned(),
        Value::Number(_) => ": number".to_owned(),
        Value::Bool(_) | Value::Null => ": other".to_owned(),
    }
}
