//! A PostgreSQL that is not there, goes away, says nothing, takes no writes or no connections: the
//! product says so, keeps running, and goes on where it was when the database comes back.

mod at_start;
mod mid_flow;
mod under_load;

use std::sync::Arc;
use std::time::Duration;

use latchkey_test_databases::{Cluster, Database};
use latchkey_tests::application::{Application, ORGANISATIONS};
use latchkey_tests::browser::{Answer, Site};
use latchkey_tests::kill::SETTINGS;
use latchkey_tests::server::{self, Installation};
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER};

const ROTA: Application<'static> = Application { id: "rota" };
const USERNAME: &str = "dan.quay";
const PASSWORD: &str = "paper boats in the harbour";

fn documents() -> String {
    format!(
        "{ORGANISATIONS}\n[[person]]\nusername = \"{USERNAME}\"\norganisation = \"harbour\"\n\
         name = \"Dan Quay\"\nemail = \"dan@harbour.example\"\npassword = \"{PASSWORD}\"\n{}",
        ROTA.document("ES256", &["authorization_code", "refresh_token"])
    )
}

/// An installation in a database of its own on a cluster of its own. The cluster runs.
struct Stage {
    installation: Installation,
    site: Arc<Site>,
    database: Database,
    cluster: Cluster,
}

impl Stage {
    fn set() -> Self {
        let cluster = Cluster::start();
        let database = Database::on(&cluster.url());
        let url = database.url.clone();
        Self::of(cluster, database, &url)
    }

    /// The same where the product knows the database by another address.
    fn of(cluster: Cluster, database: Database, url: &str) -> Self {
        let binary = server::binary().expect("beside the tests");
        let installation = Installation::new(&binary, &documents(), Some(url), SETTINGS);
        let installation = installation.expect("tests/run builds the server before");
        let site = Site::new(&installation.issuer, installation.address()).expect("connections");
        Self { installation, site, database, cluster }
    }

    async fn ask(&self, request: reqwest::RequestBuilder) -> Told {
        let request = request.header(ACCEPT_LANGUAGE, "cy");
        // Whoever asks too early is refused by the system.
        let response = loop {
            match request.try_clone().expect("no stream").send().await {
                Ok(response) => break response,
                Err(error) if error.is_connect() => pause().await,
                Err(error) => panic!("{error}"),
            }
        };
        let header = |name| {
            let value = response.headers().get(name).map(|value| value.to_str().expect("ASCII"));
            value.unwrap_or_default().to_owned()
        };
        Told {
            kind: header(CONTENT_TYPE),
            retry_after: header(RETRY_AFTER),
            status: response.status().as_u16(),
            body: response.text().await.expect("to its end"),
        }
    }

    async fn get(&self, path: &str) -> Told {
        self.ask(self.site.http.get(format!("{}{path}", self.site.issuer))).await
    }

    async fn post(&self, path: &str) -> Told {
        let request = self.site.http.post(format!("{}{path}", self.site.issuer));
        self.ask(request.form(&[("a", "b")])).await
    }

    /// Waits until the product is up.
    async fn up(&self) {
        while self.get("/healthz").await.status != 200 {
            pause().await;
        }
    }
}

/// What was answered.
struct Told {
    status: u16,
    retry_after: String,
    kind: String,
    body: String,
}

impl Told {
    /// A page that says so to people.
    #[track_caller]
    fn is_unavailable_page(&self) {
        assert_eq!((self.status, &*self.retry_after), (503, "5"), "{}", self.body);
        assert_eq!(self.kind, "text/html; charset=utf-8");
        assert!(self.body.contains("<h1") && self.body.contains("lang=\"cy\""), "{}", self.body);
    }

    /// An answer that says so to applications.
    #[track_caller]
    fn is_unavailable_json(&self) {
        assert_eq!((self.status, &*self.retry_after), (503, "5"), "{}", self.body);
        assert_eq!(self.kind, "application/json");
        assert_eq!(self.body, r#"{"error":"temporarily_unavailable"}"#);
    }
}

/// A page that says so to people, in answer to what a browser sent.
#[track_caller]
fn is_unavailable(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.told());
    assert_eq!(answer.retry_after.as_deref(), Some("5"));
    assert!(answer.body.contains("LK-"), "a reference: {}", answer.body);
}

/// Between two looks at something that takes its time.
async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}
