//! The account's pages end to end, in process, with a key in software.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt as _;
use latchkey_core::Rng;
use latchkey_core::assurance::{Assurance, Level};
use latchkey_core::clock::MovableClock;
use latchkey_core::credentials::Credential;
use latchkey_core::ids::{OrganisationId, PersonId, SessionId, Subject, UserHandle};
use latchkey_core::organisations::{Brand, Helpdesk};
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::policy::{Overrides, Preset};
use latchkey_core::rng::SeededRng;
use latchkey_core::secrets::Plain;
use latchkey_store::{Error, OrganisationRecord, PersonRecord, Session, Tx};
use tower::ServiceExt as _;

use crate::App;
use crate::authn::software::{Behaviour, SoftwareKey};
use crate::config::Config;

const ORIGIN: &str = "http://localhost:8000";

struct Site {
    app: Arc<App>,
    clock: Arc<MovableClock>,
    organisation: OrganisationId,
    _folder: tempfile::TempDir,
}

/// A person in a browser.
struct Browser<'s> {
    site: &'s Site,
    person: PersonId,
    session: SessionId,
    cookie: String,
}

impl Site {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let issuer = ORIGIN.parse().expect("an address");
        let config = Config::new(issuer, ([127, 0, 0, 1], 8000).into(), folder.path());
        let clock = Arc::new(MovableClock::default());
        let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(7));
        let app = App::open(config, clock.clone(), rng).await.expect("up");
        let organisation = OrganisationId::new(&*app.rng, app.clock.now());
        let record = OrganisationRecord {
            id: organisation,
            slug: "northgate".into(),
            parent: None,
            name: "Northgate Trust".into(),
            helpdesk: Helpdesk::default(),
            brand: Brand::default(),
            preset: Preset::Small,
            usernames: Default::default(),
            overrides: Overrides {
                grace_until: Some(jiff::civil::date(2100, 1, 1)),
                ..Overrides::default()
            },
        };
        let now = app.clock.now();
        let write = async move |tx: &Tx| tx.insert_organisation(&record, now).await;
        app.store.write::<(), Error, _>(write).await.expect("an organisation");
        Self { app, clock, organisation, _folder: folder }
    }

    /// Somebody who has just logged in.
    async fn enter(&self, username: &str) -> Browser<'_> {
        let (rng, now) = (&*self.app.rng, self.app.clock.now());
        let person = Person {
            id: PersonId::new(rng, now),
            organisation: self.organisation,
            subject: Subject(rng.uuid_v4()),
            user_handle: UserHandle::new(rng),
            username: Username::parse(username).expect("a user name"),
            name: "Amy Ward".into(),
            email: None,
            verified_email: None,
            staff_number: None,
            state: PersonState::Active,
            ever_had_factor: false,
            interested_at: None,
            claims: serde_json::Map::new(),
            updated_at: now,
            standing: latchkey_core::people::Standing::default(),
            reminder: Default::default(),
        };
        let assurance = Assurance {
            level: Level::PhishingResistant,
            amr: vec!["pop".into(), "mfa".into()],
            auth_time: now,
        };
        let session = Session {
            id: SessionId::new(rng, now),
            person: person.id,
            assurance: Some(assurance),
            fresh_at: Some(now),
            started_at: now,
            last_seen_at: now,
            expires_at: now.plus(Duration::from_secs(36_000)),
            ended_at: None,
            agent: None,
            address: None,
        };
        let secret = Plain::generate(rng);
        let (person_id, session_id, digest) = (person.id, session.id, secret.digest());
        let record = PersonRecord { person, password_hash: None, locale: None };
        let write = async move |tx: &Tx| {
            tx.insert_person(&record).await?;
            tx.insert_session(&session, digest).await
        };
        self.app.store.write::<(), Error, _>(write).await.expect("a person");
        let cookie = format!("latchkey-session={}", secret.expose());
        Browser { site: self, person: person_id, session: session_id, cookie }
    }
}

impl Browser<'_> {
    async fn send(&self, request: http::request::Builder, body: String) -> Response {
        let request = request.header(header::COOKIE, &self.cookie).body(Body::from(body));
        let router = crate::build(Arc::clone(&self.site.app));
        router.oneshot(request.expect("a request")).await.expect("an answer")
    }

    async fn open(&self, path: &str) -> (StatusCode, String) {
        let response = self.send(Request::get(path), String::new()).await;
        (response.status(), text(response).await)
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let form = "application/x-www-form-urlencoded";
        let request =
            Request::post(path).header(header::ORIGIN, ORIGIN).header(header::CONTENT_TYPE, form);
        self.send(request, serde_urlencoded::to_string(fields).expect("a form")).await
    }

    fn step(&self, path: &str) -> String {
        super::gate::step(&self.site.app, self.session, path)
    }

    /// Posts the form of the page at `path`.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let step = self.step(path);
        let mut all = vec![("step", step.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    async fn options(&self, path: &str) -> (StatusCode, serde_json::Value) {
        let request = Request::post(format!("{path}/options"))
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/json");
        let body = serde_json::json!({ "step": self.step(path) });
        let response = self.send(request, body.to_string()).await;
        let status = response.status();
        (status, serde_json::from_str(&text(response).await).unwrap_or_default())
    }

    /// Registers a key and tells where that led.
    async fn register(&self, key: &mut SoftwareKey) -> String {
        let path = "/account/keys/new";
        let (status, options) = self.options(path).await;
        assert_eq!(status, StatusCode::OK);
        let made = key.create(&options, &Behaviour::honest(ORIGIN)).expect("a credential");
        let response = self.submit(path, &[("credential", &made.to_string())]).await;
        location(&response)
    }

    async fn keys(&self) -> Vec<Credential> {
        self.site.app.store.view().list_credentials(self.person).await.expect("keys")
    }
}

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()[header::LOCATION].to_str().expect("an address").to_owned()
}

#[tokio::test]
async fn a_key_is_registered_named_tried_and_listed_and_the_last_one_stays() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    let mut key = SoftwareKey::new();
    let (status, page) = amy.open("/account/keys/new").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(&amy.step("/account/keys/new")), "{page}");

    let name = amy.register(&mut key).await;
    let id = amy.keys().await[0].id;
    assert_eq!(name, format!("/account/keys/{id}/name"));
    assert_eq!(amy.open(&name).await.0, StatusCode::OK);
    let tried = location(&amy.submit(&name, &[("nickname", "Blue key")]).await);
    assert_eq!(amy.open(&tried).await.0, StatusCode::OK);
    let (_, options) = amy.options(&tried).await;
    let told = key.get(&options, &Behaviour::honest(ORIGIN)).expect("an assertion");
    let ready = location(&amy.submit(&tried, &[("credential", &told.to_string())]).await);
    assert!(amy.open(&ready).await.1.contains("Add a spare key"));
    let spare = amy.submit(&ready, &[("next", "spare")]).await;
    assert_eq!(location(&spare), "/account/keys/new");
    let list = location(&amy.submit(&ready, &[]).await);
    let (_, page) = amy.open(&list).await;
    assert!(page.contains("‘Blue key’ was added") && page.contains("allAccepted"), "{page}");
    assert!(amy.keys().await[0].last_used_at.is_some());

    // A receipt is this session's alone.
    let bob = site.enter("bob.ward").await;
    assert!(!bob.open(&list).await.1.contains("Blue key"));

    let remove = format!("/account/keys/{id}/remove");
    assert!(amy.open(&remove).await.1.contains("You cannot remove"));
    assert_eq!(amy.submit(&remove, &[]).await.status(), StatusCode::CONFLICT);
    assert_eq!(amy.keys().await.len(), 1);

    amy.register(&mut SoftwareKey::new()).await;
    assert!(amy.open(&remove).await.1.contains("your other key"));
    let list = location(&amy.submit(&remove, &[("end_sessions", "yes")]).await);
    assert!(amy.open(&list).await.1.contains("‘Blue key’ was removed"));
    assert_eq!(amy.keys().await.len(), 1);
}

#[tokio::test]
async fn a_change_needs_a_proof_that_is_at_most_five_minutes_old() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    amy.register(&mut SoftwareKey::new()).await;
    let id = amy.keys().await[0].id;
    site.clock.advance(Duration::from_secs(301));
    for path in ["new".to_owned(), format!("{id}/edit"), format!("{id}/remove")] {
        let path = format!("/account/keys/{path}");
        let shown = amy.send(Request::get(&path), String::new()).await;
        assert!(location(&shown).starts_with("/login/"), "{path}");
        let submitted = amy.submit(&path, &[("nickname", "Stolen")]).await;
        assert!(location(&submitted).starts_with("/login/"), "{path}");
    }
    assert_eq!(amy.options("/account/keys/new").await.0, StatusCode::FORBIDDEN);
    assert_ne!(amy.keys().await[0].nickname.as_str(), "Stolen");
    assert_eq!(amy.open("/account/keys").await.0, StatusCode::OK);
}

#[tokio::test]
async fn another_persons_key_is_not_there_and_another_pages_form_is_not_taken() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    let bob = site.enter("bob.ward").await;
    amy.register(&mut SoftwareKey::new()).await;
    let id = amy.keys().await[0].id;
    for page in ["name", "try", "ready", "edit", "remove"] {
        let path = format!("/account/keys/{id}/{page}");
        assert_eq!(bob.open(&path).await.0, StatusCode::NOT_FOUND, "{page}");
        let fields = [("nickname", "Bob's"), ("credential", "{}")];
        assert_eq!(bob.submit(&path, &fields).await.status(), StatusCode::NOT_FOUND, "{page}");
    }
    let edit = format!("/account/keys/{id}/edit");
    let elsewhere = amy.step(&format!("/account/keys/{id}/remove"));
    let theirs = bob.step(&edit);
    for step in ["", elsewhere.as_str(), theirs.as_str()] {
        let response = amy.post(&edit, &[("step", step), ("nickname", "Forged")]).await;
        assert_eq!(response.status(), StatusCode::FORBIDDEN);
    }
    assert_ne!(amy.keys().await[0].nickname.as_str(), "Forged");
}

#[tokio::test]
async fn what_the_browser_gave_up_stores_nothing() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    let response = amy.submit("/account/keys/new", &[("failure", "NotAllowedError")]).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text(response).await.contains("Nothing was stored"));
    assert!(amy.keys().await.is_empty());
}

#[tokio::test]
async fn a_log_out_ends_the_session_and_its_cookie() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    assert_eq!(amy.open("/account").await.0, StatusCode::OK);
    let response = amy.post("/logout", &[]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key(header::SET_COOKIE));
    let shown = amy.send(Request::get("/account"), String::new()).await;
    assert!(location(&shown).starts_with("/login/"));
}

#[tokio::test]
async fn help_needs_no_log_in() {
    let site = Site::start().await;
    let mut nobody = site.enter("amy.ward").await;
    nobody.cookie = String::from("other=1");
    for path in ["/help", "/help/key-not-working", "/help/get-help"] {
        assert_eq!(nobody.open(path).await.0, StatusCode::OK, "{path}");
    }
    assert_eq!(nobody.open("/help/nothing").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_says_for_which_reason_no_key_can_be_added() {
    let site = Site::start().await;
    let amy = site.enter("amy.ward").await;
    amy.register(&mut SoftwareKey::new()).await;
    let closed = "does not let people register keys";
    let page = amy.open("/account/keys").await.1;
    assert!(page.contains("Register new token") && !page.contains("helpdesk"), "{page}");

    let id = amy.keys().await[0].id;
    let now = site.app.clock.now();
    let suspend = async move |tx: &Tx| tx.alert_credential(id, true, now).await;
    site.app.store.write::<(), Error, _>(suspend).await.expect("suspended");
    let page = amy.open("/account/keys").await.1;
    assert!(page.contains("None of your keys works at present"), "{page}");
    assert!(!page.contains("Register new token") && !page.contains(closed), "{page}");

    let remove = async move |tx: &Tx| tx.delete_credential(id).await;
    assert!(site.app.store.write::<bool, Error, _>(remove).await.expect("removed"));
    let page = amy.open("/account/keys").await.1;
    assert!(page.contains("You had a key before"), "{page}");
    assert!(!page.contains("Register new token") && !page.contains(closed), "{page}");
}
