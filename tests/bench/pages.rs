//! What the console's pages ask the admin API for, of the product as operators run it, among very
//! many people: how long each answer takes, from request to last byte.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::server::{self, Installation};
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use crate::crowd::{Crowd, PASSWORD, Whole};

const SECRET: &str = "a-secret-of-the-tests-that-nobody-keeps";
/// What a program may do that asks for what pages show.
const SCOPES: [&str; 6] = [
    "people:read",
    "credentials:read",
    "sessions:read",
    "organisations:read",
    "roles:read",
    "audit:read",
];
/// How long the first count of everybody may take.
const COUNTED_WITHIN: Duration = Duration::from_secs(300);

/// An installation with a crowd in it.
pub(crate) struct Crowded {
    installation: Installation,
    pub(crate) whole: Whole,
    /// How long it took to make them.
    pub(crate) made_in: Duration,
}

/// Who asks: a program that may read everything, everywhere.
fn reader() -> String {
    format!(
        "[[client]]\nclient_id = \"board\"\nclient_secret = \"{SECRET}\"\n\
         grant_types = [\"client_credentials\"]\n\
         latchkey_service_account = {{ scopes = {SCOPES:?}, platform = true }}\n"
    )
}

/// What a page asks for, together.
struct Asked {
    page: &'static str,
    paths: Vec<String>,
}

impl Crowded {
    /// Makes one, in a database or in a file of its own.
    ///
    /// # Errors
    /// When the product does not take it.
    pub(crate) async fn new(crowd: Crowd, database: Option<&str>) -> Result<Self> {
        let installation = Installation::new(&server::binary()?, &reader(), database, "")?;
        let began = Instant::now();
        let whole = crowd.fill(&installation.database).await?;
        Ok(Self { installation, whole, made_in: began.elapsed() })
    }

    /// Where it is kept.
    pub(crate) fn database(&self) -> &str {
        &self.installation.database
    }

    /// Starts it, has somebody of the crowd found and log in, and asks what each page asks for.
    ///
    /// # Errors
    /// When an answer is not what it should be.
    pub(crate) async fn ask(&self, rounds: usize) -> Result<Vec<(&'static str, Vec<Duration>)>> {
        let server = self.installation.start()?;
        let asking = async {
            let site = Site::new(&self.installation.issuer, self.installation.address())?;
            let api = Api::new(&self.installation.issuer).await?;
            self.somebody_is_found_and_logs_in(&api, &site).await?;
            api.until_counted(&self.whole.root).await?;
            let mut times = Vec::new();
            for asked in self.pages(&api).await? {
                let mut latencies = Vec::with_capacity(rounds);
                for _ in 0..rounds {
                    let began = Instant::now();
                    for path in &asked.paths {
                        api.get(path).await?;
                    }
                    latencies.push(began.elapsed());
                }
                latencies.sort_unstable();
                times.push((asked.page, latencies));
            }
            anyhow::Ok(times)
        };
        let times = asking.await.with_context(|| self.installation.log());
        server.stop()?;
        times
    }

    async fn somebody_is_found_and_logs_in(
        &self,
        api: &Api,
        site: &std::sync::Arc<Site>,
    ) -> Result<()> {
        let username = &self.whole.username;
        let found = api.get(&format!("/people?search={username}&limit=20")).await?;
        let first = found["items"][0]["username"].as_str();
        ensure!(first == Some(username), "{username} is not found: {found}");
        Browser::new(std::sync::Arc::clone(site)).log_in(username, PASSWORD).await
    }

    async fn pages(&self, api: &Api) -> Result<Vec<Asked>> {
        let root = &self.whole.root;
        let ward = &self.whole.smallest;
        let listed = api.get("/people?limit=50&enrolment=one_key").await?;
        let person = listed["items"][0]["id"].as_str().context("nobody has a key")?.to_owned();
        let page = |page, paths: &[&str]| Asked {
            page,
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        };
        let of = |what: &str| format!("/people/{person}{what}");
        Ok(vec![
            page("search", &["/people?search=smith&limit=20"]),
            page("people, the first of all", &["/people?limit=50"]),
            page("people with one key, the first of all", &["/people?limit=50&enrolment=one_key"]),
            page("people with nothing", &["/people?limit=50&enrolment=nothing"]),
            page("people who need help first", &["/people?limit=50&need=one_key_alone"]),
            page(
                "people of the smallest organisation",
                &[&format!("/people?limit=50&organisation={ward}")],
            ),
            page(
                "somebody's card",
                &[&of(""), &of("/credentials"), &of("/sessions"), &of("/history")],
            ),
            page("progress of all", &[&format!("/organisations/{root}/progress")]),
            page(
                "progress of the largest organisation alone",
                &[&format!("/organisations/{}/progress", self.whole.largest)],
            ),
            page(
                "key models of the smallest organisation",
                &[&format!("/organisations/{ward}/key-models")],
            ),
            page("audit, the latest", &["/audit?limit=50"]),
            page("audit, one kind of event", &["/audit?limit=50&kind=logged_in"]),
            page("roles", &["/roles?limit=50"]),
            page("imports", &[&format!("/imports?organisation={root}")]),
            page("organisations", &["/organisations?limit=50"]),
        ])
    }
}

/// The admin API with a token.
struct Api {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Api {
    async fn new(issuer: &str) -> Result<Self> {
        let http = reqwest::Client::new();
        let scope = SCOPES.join(" ");
        let request = http.post(format!("{issuer}/oauth2/token"));
        let request = request.basic_auth("board", Some(SECRET));
        let form = [("grant_type", "client_credentials"), ("scope", &scope)];
        let answer = request.form(&form).send().await?;
        let told: Value = serde_json::from_str(&answer.text().await?)?;
        let token = told["access_token"].as_str().with_context(|| told.to_string())?.to_owned();
        Ok(Self { http, base: format!("{issuer}/api/admin/v1"), token })
    }

    async fn get(&self, path: &str) -> Result<Value> {
        let bearer = format!("Bearer {}", self.token);
        let request = self.http.get(format!("{}{path}", self.base)).header(AUTHORIZATION, bearer);
        let answer = request.send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    /// Waits until everybody was counted once.
    async fn until_counted(&self, root: &str) -> Result<()> {
        let began = Instant::now();
        loop {
            let progress = self.get(&format!("/organisations/{root}/progress")).await?;
            if progress["uncounted"] == 0 {
                return Ok(());
            }
            ensure!(began.elapsed() < COUNTED_WITHIN, "they are not counted: {progress}");
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
    }
}
