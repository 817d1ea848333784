//! A small organisation starts: ten people by a table, and from then on each of them alone.

use std::collections::BTreeSet;

use super::{EASTMOOR, INVITE, imported};
use crate::factors::apps::{secret, shows};
use crate::factors::{apply, keys, record};
use crate::mail::{send_all, sink_and_site};
use crate::support::http::{Person, ROTA, Request, Site, Tokens};

const NAMES: [&str; 10] = [
    "Ivy Lane",
    "Joe Reed",
    "Kay Moss",
    "Lou Fell",
    "Mia Dale",
    "Nia Wood",
    "Owen Ford",
    "Pat Hill",
    "Quinn Marsh",
    "Rhys Vale",
];

fn username(name: &str) -> String {
    name.to_lowercase().replace(' ', ".")
}

/// What people choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    PasswordAndApp,
    PasswordAndKey,
    KeyAlone,
}

/// What somebody logs in with from now on.
enum Means<'s> {
    App(String),
    Key(Person<'s>),
}

fn password(number: usize) -> String {
    format!("nine grey herons by weir {number}")
}

#[tokio::test]
async fn a_small_organisation_starts() {
    let (sink, site) = sink_and_site().await;
    apply(&site, EASTMOOR).await;
    let mut table = "username,name,email\r\n".to_owned();
    for name in NAMES {
        let username = username(name);
        table.push_str(&format!("{username},{name},{username}@eastmoor.example\r\n"));
    }
    let (outcome, _) = imported(&site, INVITE, &table).await;
    assert_eq!((outcome.added, outcome.invited), (10, 10));
    send_all(&site.app).await;
    let letters = sink.letters();
    let links: BTreeSet<String> = letters.iter().map(|letter| link(&letter.plain)).collect();
    assert_eq!(links.len(), 10, "each has a link of their own");

    for (number, name) in NAMES.into_iter().enumerate() {
        let to = format!("{}@eastmoor.example", username(name));
        let letter = letters.iter().find(|letter| letter.to.contains(&to)).expect("a letter");
        let choice = match number % 3 {
            0 => Choice::PasswordAndApp,
            1 => Choice::PasswordAndKey,
            _ => Choice::KeyAlone,
        };
        let means = accept(&site, &link(&letter.plain), choice, number).await;
        assert_eq!(keys(&site, &username(name)).await.len(), usize::from(number % 3 != 0));
        log_in(&site, name, choice, number, means).await;
    }
    let (again, _) = imported(&site, INVITE, &table).await;
    assert!(!again.is_something(), "everybody is there: {again}");
    for link in links {
        assert_eq!(site.person().open(&link).await.status, 410, "each link worked once");
    }
}

fn link(letter: &str) -> String {
    let start = letter.find("/link/").expect("a link");
    letter[start..].split_whitespace().next().expect("a link").to_owned()
}

/// From the letter's link to the account, with nobody's help.
async fn accept<'s>(site: &'s Site, link: &str, choice: Choice, number: usize) -> Means<'s> {
    let mut person = site.person();
    let page = person.open(link).await;
    let page = if choice == Choice::KeyAlone {
        let form = page.forms().into_iter().find(|form| form.field("decision") == Some("key"));
        person.submit(&form.expect("a key alone is offered")).await
    } else {
        let form = page.form(link).with("new_password", &password(number));
        person.submit(&form).await
    };
    assert_eq!(page.heading(), "Set up your security key");
    if choice == Choice::PasswordAndApp {
        let page = person.open(&page.url.replace("/enrol/passkey", "/enrol/totp")).await;
        let secret = secret(&page);
        let code = shows(&secret, site.app.clock.now());
        let page = person.submit(&page.form("/enrol/totp").with("code", &code)).await;
        assert_eq!(page.heading(), "Your account");
        return Means::App(secret);
    }
    let named = person.use_key(&page.form("/enrol/passkey")).await.form("/name");
    let tried = person.submit(&named.with("nickname", "Blue key")).await.form("/factor/passkey");
    let ready = person.use_key(&tried).await.form("/ready");
    assert_eq!(person.submit(&ready).await.heading(), "Your account");
    Means::Key(person)
}

/// To an application, in another browser, with what they have set up.
async fn log_in(site: &Site, name: &str, choice: Choice, number: usize, means: Means<'_>) {
    let mut browser = site.person();
    let page = browser.open(&Request::new(ROTA).path()).await;
    let username = username(name);
    let password = password(number);
    let typed = page.form("/identify").with("username", &username).with("password", &password);
    let (answer, amr) = match means {
        Means::App(secret) => {
            site.clock.advance(std::time::Duration::from_secs(30));
            let page = browser.submit(&typed).await;
            let code = shows(&secret, site.app.clock.now());
            let answer = browser.submit(&page.form("/factor/totp").with("code", &code)).await;
            (answer, vec!["pwd", "otp", "mfa"])
        }
        Means::Key(mut person) if choice == Choice::PasswordAndKey => {
            std::mem::swap(&mut browser.key, &mut person.key);
            let page = browser.submit(&typed).await;
            (
                browser.use_key(&page.form("/factor/passkey")).await,
                vec!["pwd", "pop", "user", "mfa"],
            )
        }
        Means::Key(mut person) => {
            assert!(record(site, &username).await.password_hash.is_none());
            std::mem::swap(&mut browser.key, &mut person.key);
            let form = page.form("/key").with("username", &username);
            (browser.use_key(&form).await, vec!["pop", "user", "mfa"])
        }
    };
    let tokens = Tokens::of(&site.redeem(ROTA, &answer.callback().code()).await);
    let claims = site.verified(&tokens.id).await.claims;
    assert_eq!(claims["amr"], serde_json::json!(amr), "{name}");
    let userinfo = site.userinfo(&tokens.access).await.json();
    assert_eq!(userinfo["name"], name);
}
