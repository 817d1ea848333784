//! A whole installation in the test's own process: the product on a free port of the loopback, the
//! demo's people and its sample applications, under a clock that the test moves.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use latchkey::config::{Config, Mail, Post};
use latchkey::documents::{Documents, Mode};
use latchkey::mail::deliver;
use latchkey::source::Source;
use latchkey::{App, build, serving};
use latchkey_core::clock::MovableClock;
use latchkey_core::credentials::Credential;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::{Clock, Rng};
use latchkey_demo::documents::{self, Addresses};
use latchkey_demo::samples;
use latchkey_store::PersonRecord;
use latchkey_test_databases::Database;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::smtp::Letter;

/// An installation that serves until it is dropped.
pub(crate) struct Installation {
    /// The product.
    pub(crate) app: Arc<App>,
    /// Its time, and the applications'.
    pub(crate) clock: Arc<MovableClock>,
    /// Where everything listens.
    pub(crate) addresses: Addresses,
    _tasks: JoinSet<()>,
    folder: TempDir,
    _database: Option<Database>,
}

impl Installation {
    /// The demo's documents, and nobody has a key yet.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(set: impl FnOnce(&mut Config)) -> Self {
        // Ports first: the issuer's address is part of everything that follows.
        let own = listen().await;
        let applications = [listen().await, listen().await, listen().await];
        let port = |listener: &TcpListener| listener.local_addr().expect("bound").port();
        let [rota, ward_notes, lab_results] = applications.each_ref().map(port);
        let addresses = Addresses {
            issuer: format!("http://localhost:{}", port(&own)),
            rota: format!("http://127.0.0.1:{rota}"),
            ward_notes: format!("http://127.0.0.1:{ward_notes}"),
            lab_results: format!("http://127.0.0.1:{lab_results}"),
        };

        let folder = tempfile::tempdir().expect("a folder");
        let issuer = addresses.issuer.parse().expect("an address");
        let address = own.local_addr().expect("bound");
        let mut config = Config::new(issuer, address, folder.path());
        // Where letters go when a test has them sent.
        let from = "login@latchkey.example".to_owned();
        config.mail = Some(Mail { post: Post::Spool(folder.path().join("mail")), from });
        let database = latchkey_test_databases::chosen();
        if let Some(database) = &database {
            config.database.url.clone_from(&database.url);
        }
        // Costs that protect nobody: what is hashed here is public.
        config.passwords.memory_kib = 64;
        config.passwords.iterations = 1;
        // Where the applications are.
        config.fetch.allow = vec![IpAddr::V4(Ipv4Addr::LOCALHOST).into()];
        set(&mut config);
        let moved = Arc::new(MovableClock::default());
        let clock: Arc<dyn Clock> = Arc::clone(&moved) as _;
        let rng: Arc<dyn Rng> = Arc::new(SystemRng);
        let app = App::open(config, Arc::clone(&clock), Arc::clone(&rng)).await.expect("it is up");

        let mut tasks = JoinSet::new();
        let settings = documents::samples(&addresses, &clock, &rng).expect("settings");
        for (listener, settings) in applications.into_iter().zip(settings) {
            tasks.spawn(async move {
                samples::serve(listener, settings).await.expect("the application serves");
            });
        }
        let router = build(Arc::clone(&app));
        tasks.spawn(serving::serve(vec![own], router, Vec::new(), std::future::pending()));

        let demo = documents::documents(&addresses);
        let this =
            Self { app, clock: moved, addresses, _tasks: tasks, folder, _database: database };
        this.apply(&demo).await;
        this
    }

    /// Applies further documents. `{issuer}`, `{rota}` and `{ward-notes}` become addresses.
    pub(crate) async fn apply(&self, documents: &str) {
        let text = documents
            .replace("{issuer}", &self.addresses.issuer)
            .replace("{rota}", &self.addresses.rota)
            .replace("{ward-notes}", &self.addresses.ward_notes);
        let read = Documents::read(&[Source::from_text("test.toml", &text)]);
        let read = read.unwrap_or_else(|problems| panic!("{problems}"));
        if let Err(error) = read.apply_to(&self.app, Mode::Keep).await {
            panic!("{error}");
        }
    }

    /// An address of the product.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.addresses.issuer)
    }

    /// What is stored about somebody.
    pub(crate) async fn person(&self, username: &str) -> PersonRecord {
        let username = Username::parse(username).expect("a user name");
        let found = self.app.store.view().find_person_by_username(&username).await;
        found.expect("the database answers").expect("somebody of this name")
    }

    /// Has every letter sent that waits, and reads them in the order in which they were written.
    pub(crate) async fn letters(&self) -> Vec<Letter> {
        while deliver(&self.app).await.expect("it delivers").sent > 0 {}
        let spool = std::fs::read_dir(self.folder.path().join("mail"));
        let mut files: Vec<_> = spool.expect("letters").flatten().map(|it| it.path()).collect();
        files.sort();
        let read = |path| std::fs::read_to_string(path).expect("text");
        files.iter().map(|path| Letter::read(&read(path))).collect()
    }

    /// Somebody's keys as they are stored.
    pub(crate) async fn keys(&self, username: &str) -> Vec<Credential> {
        let person = self.person(username).await.person.id;
        self.app.store.view().list_credentials(person).await.expect("the database answers")
    }
}

/// What somebody of the demo types.
pub(crate) fn password(username: &str) -> String {
    let people = documents::people().expect("the demo's documents");
    let found = people.into_iter().find(|person| person.username == username);
    found.expect("somebody of this name").password
}

async fn listen() -> TcpListener {
    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.expect("a free port")
}
