//! Against a server over HTTP, which behaves, fails or hangs at a request of the test's choice.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use latchkey_core::clock::MovableClock;
use latchkey_core::rng::SystemRng;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::*;

/// What the server does with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// It answers with an error from this request on.
    Fails(usize),
    /// It never answers this request.
    Hangs(usize),
}

struct Server {
    app: Arc<App>,
    clock: Arc<MovableClock>,
    config: Config,
    fault: Arc<Mutex<Fault>>,
    requests: Arc<AtomicUsize>,
    hangs: Arc<Notify>,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// With an organisation of its operator's and somebody in it.
    async fn start(fault: Fault) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let issuer = format!("http://localhost:{}", address.port()).parse().expect("an address");
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::new(issuer, address, folder.path());
        config.passwords.memory_kib = 64;
        config.passwords.iterations = 1;
        let clock = Arc::new(MovableClock::default());
        let app = App::open(config.clone(), clock.clone(), Arc::new(SystemRng)).await.expect("up");
        let (requests, hangs) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let (count, hanging) = (Arc::clone(&requests), Arc::clone(&hangs));
        let fault = Arc::new(Mutex::new(fault));
        let faults = Arc::clone(&fault);
        let faulty = move |request: Request, next: Next| {
            let fault = *faults.lock().expect("whole");
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let hanging = Arc::clone(&hanging);
            async move { answer(fault, number, &hanging, request, next).await }
        };
        let router = crate::build(Arc::clone(&app)).layer(middleware::from_fn(faulty));
        let serving = crate::serving::serve(vec![listener], router, Vec::new(), pending());
        let task = tokio::spawn(serving);
        let server = Self { app, clock, config, fault, requests, hangs, task, _folder: folder };
        server.make("latchkey-throw-away-signals").await;
        server
    }

    /// An organisation of this name, with one person.
    async fn make(&self, slug: &str) -> OrganisationId {
        let (_, mut organisation, mut person) = throwaway(&self.app).await.expect("made");
        let id = organisation.id;
        organisation.slug = slug.to_owned();
        person.person.username = Username::parse(slug).expect("a user name");
        insert(&self.app, organisation, person).await.expect("new");
        id
    }

    /// Counts requests anew, up to this one.
    fn next(&self, fault: Fault) {
        *self.fault.lock().expect("whole") = fault;
        self.requests.store(0, Ordering::SeqCst);
    }

    async fn run(&self, stop: impl Future<Output = ()>) -> (anyhow::Result<()>, Vec<String>) {
        let mut lines = Vec::new();
        let target = Target::find(&self.config).await.expect("it is there");
        let done = target.run(&self.app, |line| lines.push(line.to_owned()), stop).await;
        (done, lines)
    }

    async fn organisations(&self) -> Vec<OrganisationRecord> {
        self.app.store.view().list_organisations().await.expect("the database answers")
    }

    async fn person(&self, username: &str) -> Option<PersonRecord> {
        let username = Username::parse(username).expect("a user name");
        let found = self.app.store.view().find_person_by_username(&username).await;
        found.expect("the database answers")
    }

    /// Only the operator's own organisation is there, with its person.
    async fn assert_clean(&self, when: &str) {
        let names: Vec<_> = self.organisations().await.into_iter().map(|one| one.slug).collect();
        assert_eq!(names, ["latchkey-throw-away-signals"], "{when}");
        assert!(self.person("latchkey-throw-away-signals").await.is_some(), "{when}");
    }
}

async fn answer(
    fault: Fault,
    number: usize,
    hanging: &Notify,
    request: Request,
    next: Next,
) -> Response {
    match fault {
        Fault::Fails(at) if number >= at => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::Hangs(at) if number == at => {
            hanging.notify_one();
            pending().await
        }
        _ => next.run(request).await,
    }
}

#[tokio::test]
async fn a_server_that_works_passes_and_keeps_nothing() {
    let server = Server::start(Fault::None).await;
    for run in 1..=2 {
        let (done, lines) = server.run(pending()).await;
        done.unwrap_or_else(|error| panic!("run {run}: {error:#}"));
        assert_eq!(
            lines,
            [
                "made a throw-away person",
                "logged in with a password and registered a first key",
                "registered a second key",
                "renamed it",
                "logged in with each of the two",
                "removed the first key, which is refused now, and logged in with the other",
                "deleted the person",
            ]
        );
        server.assert_clean("after a pass").await;
    }
}

#[tokio::test]
async fn whatever_request_fails_the_step_is_named_and_nothing_is_kept() {
    let server = Server::start(Fault::None).await;
    server.run(pending()).await.0.expect("it works");
    let last = server.requests.load(Ordering::SeqCst);
    assert!(last > 25, "{last} requests");
    // The first request looks for the server.
    for at in 2..=last {
        server.next(Fault::Fails(at));
        let (done, _) = server.run(pending()).await;
        let told = format!("{:#}", done.expect_err("it failed"));
        let named = ["logging in", "registering", "renaming", "removing"];
        assert!(named.iter().any(|step| told.starts_with(step)), "{at}: {told}");
        server.assert_clean(&format!("request {at} of {last} failed: {told}")).await;
    }
}

#[tokio::test]
async fn an_interrupted_run_keeps_nothing() {
    for at in [2, 5, 9, 16, 24] {
        let server = Server::start(Fault::Hangs(at)).await;
        let hangs = Arc::clone(&server.hangs);
        let (done, _) = server.run(async move { hangs.notified().await }).await;
        assert_eq!(format!("{:#}", done.expect_err("it was")), "interrupted", "{at}");
        server.assert_clean(&format!("interrupted at {at}")).await;
    }
}

#[tokio::test]
async fn nobody_else_can_be_the_person() {
    for at in [2, 9] {
        let server = Server::start(Fault::Hangs(at)).await;
        let hangs = Arc::clone(&server.hangs);
        let attack = async {
            hangs.notified().await;
            let all = server.organisations().await;
            let record = all.into_iter().find(OrganisationRecord::is_throwaway).expect("there");
            let person = server.person(&record.slug).await.expect("there");
            let id = person.person.id;
            let before = server.app.store.view().list_credentials(id).await.expect("read");
            let guesses = ["", "password", "Smoke test", &record.slug, &record.id.to_string()];
            for guess in guesses {
                let mut other =
                    Browser::new(&server.config.issuer, server.config.listen.address, None)
                        .expect("new");
                let page = other.open("/login").await.expect("a page");
                let typed = [("username", &*record.slug), ("password", guess)];
                let form = page.form("/identify").expect("the form");
                let page = other.post(&form, &typed).await.expect("an answer");
                let told = page.told();
                assert!(page.form("/enrol/passkey").is_err(), "'{guess}' leads on: {told}");
                let account = other.open("/account").await.expect("an answer");
                assert!(in_the_account(&account).is_err(), "'{guess}' logs in");
                let page = other.open("/login").await.expect("a page");
                let form = page.form("/key").expect("the form");
                assert!(other.use_key(&form, &mut SoftwareKey::new()).await.is_err(), "no key");
            }
            let after = server.app.store.view().list_credentials(id).await.expect("read");
            assert_eq!(before.len(), after.len());
            let roles = server.app.store.view().list_roles(id).await.expect("read");
            assert!(roles.is_empty(), "the person may do nothing for others");
        };
        let (done, _) = server.run(attack).await;
        assert_eq!(format!("{:#}", done.expect_err("it was")), "interrupted");
        server.assert_clean("after an attack").await;
    }
}

#[tokio::test]
async fn the_next_run_deletes_what_a_killed_one_left_but_no_run_that_is_going_on() {
    let server = Server::start(Fault::None).await;
    let (_, organisation, person) = throwaway(&server.app).await.expect("made");
    let old = organisation.id;
    insert(&server.app, organisation, person).await.expect("new");
    server.clock.advance(LEFT_BEHIND + Duration::from_secs(1));
    let (_, organisation, person) = throwaway(&server.app).await.expect("made");
    let young = organisation.id;
    insert(&server.app, organisation, person).await.expect("new");

    server.run(pending()).await.0.expect("it works");
    let left: Vec<_> = server.organisations().await.into_iter().map(|one| one.id).collect();
    assert!(!left.contains(&old), "it was left behind");
    assert!(left.contains(&young), "another run may be at it");
    assert_eq!(left.len(), 2);
}

#[tokio::test]
async fn an_operators_organisation_is_never_thrown_away() {
    let server = Server::start(Fault::None).await;
    let own = server.make("northgate").await;
    assert!(!throw_away(&server.app, own).await.expect("the database answers"));
    assert!(server.person("northgate").await.is_some());
}

#[tokio::test]
async fn nothing_is_made_where_the_server_is_another_or_none() {
    let server = Server::start(Fault::None).await;
    let mut other = server.config.clone();
    other.issuer = "https://login.example.org".parse().expect("an address");
    let refused = Target::find(&other).await.err().expect("refused");
    assert!(format!("{refused:#}").contains("another server answers at"), "{refused:#}");

    let mut nobody = server.config.clone();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
    nobody.listen.address = free.local_addr().expect("bound");
    drop(free);
    let refused = Target::find(&nobody).await.err().expect("refused");
    assert!(format!("{refused:#}").contains("the server does not answer"), "{refused:#}");
}
