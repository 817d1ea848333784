//! Answers that no honest browser or key would give, and what comes of them. The key is in
//! software, so that it lies as told.

pub(crate) mod apps;
mod calls;
mod liars;
mod lost;
mod names;
mod passes;
mod policy;
mod recovery;
mod replays;
mod spare;
mod writes;

use latchkey::authn::software::Behaviour;
use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use latchkey_core::credentials::Credential;
use latchkey_core::people::Username;
use latchkey_store::PersonRecord;
use serde_json::Value;

use crate::support::http::{AMY, Answer, Page, Person, ROTA, Request, Site};

/// Somebody who has a key, in a browser where nobody is logged in.
pub(crate) async fn amy(site: &Site) -> Person<'_> {
    let mut amy = site.person();
    amy.log_in(&Request::new(ROTA), AMY).await.code();
    amy.jar.clear();
    amy
}

/// The form of the log-in page's button for keys.
async fn key_form(person: &mut Person<'_>) -> Page {
    person.open(&Request::new(ROTA).path()).await.form("/key")
}

/// The key's answer to a form's options.
async fn asserted(person: &mut Person<'_>, form: &Page, behaviour: &Behaviour) -> Value {
    let options = person.options(form).await;
    person.key.get(&options, behaviour).expect("the key answers")
}

/// Sends the key's answer.
async fn send(person: &mut Person<'_>, form: &Page, credential: &Value) -> Answer {
    let form = form.clone().with("credential", &credential.to_string()).without("failure");
    person.submit(&form).await
}

/// Logs in with nothing but a key that behaves so.
pub(crate) async fn log_in(person: &mut Person<'_>, behaviour: &Behaviour) -> Answer {
    let form = key_form(person).await;
    let credential = asserted(person, &form, behaviour).await;
    send(person, &form, &credential).await
}

pub(crate) fn honest(site: &Site) -> Behaviour {
    Behaviour::honest(&site.issuer)
}

/// The page says these words, and nobody is logged in.
#[track_caller]
pub(crate) fn assert_refused(person: &Person<'_>, answer: &Answer, words: &str) {
    assert!(answer.body.contains(words), "'{words}' is not at {}: {}", answer.url, answer.body);
    assert_eq!(answer.status, 422);
    assert!(person.session().is_none(), "nobody is logged in");
}

/// Applies further documents.
pub(crate) async fn apply(site: &Site, documents: &str) {
    let read = Documents::read(&[Source::from_text("more.toml", documents)]);
    let read = read.unwrap_or_else(|problems| panic!("{problems}"));
    read.apply_to(&site.app, Mode::Keep).await.expect("applied");
}

pub(crate) async fn record(site: &Site, username: &str) -> PersonRecord {
    let username = Username::parse(username).expect("a user name");
    let found = site.app.store.view().find_person_by_username(&username).await;
    found.expect("the database answers").expect("somebody of this name")
}

pub(crate) async fn keys(site: &Site, username: &str) -> Vec<Credential> {
    let person = record(site, username).await.person.id;
    site.app.store.view().list_credentials(person).await.expect("the database answers")
}

/// What the audit trail says happened, in its own words.
pub(crate) async fn happened(site: &Site, what: &str) -> usize {
    let events = site.app.store.view().list_events(1000).await.expect("the database answers");
    events.iter().filter(|(_, event)| format!("{event:?}").starts_with(what)).count()
}
