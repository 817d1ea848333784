//! The account and its neighbours as somebody would abuse them: with and without a session, with
//! requests that no page of ours sends. Every answer is a page or the specification's refusal, and
//! nothing is left behind.

mod answers;
mod attacks;
mod outage;
mod routes;
mod sweep;

use latchkey::authn::software::SoftwareKey;
use latchkey_core::codes::AuthenticatorApp;
use latchkey_core::credentials::{Cause, Credential, CredentialState, Suspension};
use latchkey_core::ids::CodeId;
use latchkey_core::people::Username;
use latchkey_core::secrets::Sealed;
use latchkey_store::{Error, PersonRecord, Tx};
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use reqwest::{Method, RequestBuilder};

use crate::support::http::{AMY, Account, Answer, Page, Person, ROTA, Request, Site};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Her organisation, where people may have recovery codes.
const RECOVERY: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
[organisation.policy]
rollout = "available"
grace_until = "2099-12-31"
key_as_primary = true
methods = ["key", "passkey", "authenticator-app", "recovery-code"]
"#;

/// Amy, who has just logged in with the first of her two keys, and is about to log in again.
struct Stage<'s> {
    site: &'s Site,
    amy: Person<'s>,
    /// The key that addresses name.
    key: Credential,
    /// Her other one.
    spare: Credential,
    /// The flow that they name.
    flow: String,
}

/// Gives her an authenticator app, so that there is one to take off.
async fn turn_app_on(site: &Site) {
    let person = record(site, AMY).await.person.id;
    let app = AuthenticatorApp {
        id: CodeId::new(&*site.app.rng, site.app.clock.now()),
        seed: Sealed::from_bytes(vec![1; 48]),
        last_step: 0,
        // No way in: what is tried here is about keys.
        state: CredentialState::Suspended(Suspension { cause: Cause::ReportedLost, at: None }),
        added_at: site.app.clock.now(),
        last_used_at: None,
    };
    let write = async move |tx: &Tx| tx.put_app(person, &app).await;
    site.app.store.write::<(), Error, _>(write).await.expect("the database answers");
}

impl<'s> Stage<'s> {
    async fn set(site: &'s Site) -> Self {
        crate::factors::apply(site, RECOVERY).await;
        let mut amy = site.person();
        amy.log_in(&Request::new(ROTA), AMY).await.code();
        let first = std::mem::replace(&mut amy.key, SoftwareKey::new());
        let page = amy.open("/account/keys/new").await;
        let named = amy.use_key(&page.form("/account/keys/new")).await;
        assert!(named.has_form("/name"), "{}", named.heading());
        amy.key = first;
        turn_app_on(site).await;
        let page = amy.open(&Request::new(ROTA).with("prompt", "login").path()).await;
        let flow = page.url.trim_end_matches("/identify").rsplit('/').next().expect("a flow");
        let flow = flow.to_owned();
        let mut keys = keys(site, AMY).await;
        let (spare, key) = (keys.remove(1), keys.remove(0));
        Self { site, amy, key, spare, flow }
    }

    /// A real address for a row's.
    fn path(&self, row: &str) -> String {
        // What is found is shown to be with another key.
        let key = if row.ends_with("/found") { &self.spare } else { &self.key };
        let path = row.replace("{id}", &key.id.to_string()).replace("{flow}", &self.flow);
        path.replace("{slug}", "lost-key").replace("{token}", "of-no-letter")
    }

    /// The form of a page of the account. Only what works is lost, and only what is lost is found.
    async fn form(&mut self, path: &str) -> Page {
        let turned = path == self.path("/account/keys/{id}/found") || path == "/account/app/lost";
        if turned {
            self.turn(true).await;
        }
        let page = self.amy.open(path).await;
        if turned {
            self.turn(false).await;
        }
        page.form(path)
    }

    /// Turns her other key and her app from lost to working and back: one is when the other is not.
    async fn turn(&self, key_is_lost: bool) {
        let (person, key, now) = (self.key.person, self.spare.id, self.site.app.clock.now());
        let write = async move |tx: &Tx| {
            let cause = Cause::ReportedLost;
            let app = tx.view().list_codes(person).await?.app.map(|app| app.id);
            let app = app.expect("her app");
            if key_is_lost {
                tx.reinstate_app(person, app, cause).await?;
                tx.suspend_credential(person, key, cause, now).await
            } else {
                tx.suspend_app(person, app, cause, now).await?;
                tx.reinstate_credential(person, key, cause).await
            }
        };
        self.site.app.store.write::<bool, Error, _>(write).await.expect("the database answers");
    }

    /// A post from our own origin.
    fn post(&self, path: &str, kind: Option<&str>, body: impl Into<Vec<u8>>) -> RequestBuilder {
        let request = self.amy.request(Method::POST, path).header(ORIGIN, &self.site.issuer);
        let request = match kind {
            Some(kind) => request.header(CONTENT_TYPE, kind),
            None => request,
        };
        request.body(body.into())
    }

    /// What a request could leave behind.
    async fn trace(&self) -> String {
        let view = self.site.app.store.view();
        let person = record(self.site, AMY).await.person.id;
        let events = view.list_events(1000).await.expect("the database answers");
        let sessions = view.list_sessions(person, self.site.app.clock.now()).await;
        let mut sessions = sessions.expect("the database answers");
        // To have asked for something is no trace of it.
        sessions.iter_mut().for_each(|session| session.last_seen_at = session.started_at);
        format!("{events:#?} {sessions:#?} {:#?}", keys(self.site, AMY).await)
    }
}

/// A page or a refusal, never a failure of ours, and never a way out of the house.
#[track_caller]
fn is_ours(answer: &Answer, what: &str) {
    let shown = answer.body.chars().take(200).collect::<String>();
    assert!(answer.status < 500, "{what}: {} {shown}", answer.status);
    if let Some(location) = answer.location() {
        assert!(location.starts_with('/') && !location.starts_with("//"), "{what}: {location}");
    }
    if answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        assert!(answer.header("content-security-policy").is_some(), "{what}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    }
}

async fn record(site: &Site, account: Account) -> PersonRecord {
    let username = Username::parse(account.username).expect("a user name");
    let found = site.app.store.view().find_person_by_username(&username).await;
    found.expect("the database answers").expect("somebody of this name")
}

async fn keys(site: &Site, account: Account) -> Vec<Credential> {
    let person = record(site, account).await.person.id;
    site.app.store.view().list_credentials(person).await.expect("the database answers")
}
