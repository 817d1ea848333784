//! What the console's pages ask the admin API for, of the product as operators run it, among very
//! many people: how long each answer takes, from request to last byte.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::server::{self, Installation};
use reqwest::header::AUTHORIZATION;
use serde_json::Value;

use crate::crowd::{Crowd, PASSWORD, Whole};
use crate::finding::Finding;

const SECRET: &str = "a-secret-of-the-tests-that-nobody-keeps";
/// What a program may do that asks for what pages show.
const SCOPES: [&str; 7] = [
    "people:read",
    "credentials:read",
    "sessions:read",
    "organisations:read",
    "roles:read",
    "audit:read",
    "health:read",
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

/// What a page asks for: in each of these ways, what it asks for together.
struct Asked {
    page: String,
    ways: Vec<Vec<String>>,
    /// Whether a page of the console asks for it, so that somebody waits for it.
    is_waited_for: bool,
}

/// Which people pages list and count.
const FILTERS: [(&str, &str); 11] = [
    ("everybody", ""),
    ("two keys", "&enrolment=two_keys"),
    ("one key", "&enrolment=one_key"),
    ("app only", "&enrolment=app_only"),
    ("in grace", "&enrolment=in_grace"),
    ("nothing", "&enrolment=nothing"),
    ("disabled", "&state=disabled"),
    ("nothing and active", "&state=active&enrolment=nothing"),
    ("unreached", "&need=unreached"),
    ("grace ends", "&need=grace_ends"),
    ("one key alone", "&need=one_key_alone"),
];
/// Where somebody reads who went on and on.
const FAR_BEHIND: &str = "&after=tre";
/// What takes longer in all is not asked again.
const ENOUGH: Duration = Duration::from_secs(30);

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

    /// Starts it, has somebody of the crowd found and log in, and asks what each page asks for. A page
    /// that is not answered is late, and the next is asked.
    ///
    /// # Errors
    /// When it does not start, or lets nobody in.
    pub(crate) async fn ask(
        &self,
        database: &'static str,
        rounds: usize,
        within: Duration,
        finding: &mut Finding,
    ) -> Result<()> {
        let server = self.installation.start()?;
        let asking = async {
            let site = Site::new(&self.installation.issuer, self.installation.address())?;
            let api = Api::new(&self.installation.issuer).await?;
            self.somebody_is_found_and_logs_in(&api, &site).await?;
            api.until_counted(&self.whole.root).await?;
            for asked in self.pages(&api).await? {
                let latencies = api.times(&asked, rounds).await;
                let within = asked.is_waited_for.then_some(within);
                finding.note(database, asked.page, latencies, within)?;
            }
            anyhow::Ok(())
        };
        let asked = asking.await.with_context(|| self.installation.log());
        server.stop()?;
        asked
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
        let Whole { root, largest, smallest, .. } = &self.whole;
        let listed = api.get("/people?limit=50&enrolment=one_key").await?;
        let person = listed["items"][0]["id"].as_str().context("nobody has a key")?.to_owned();
        let models = api.get(&format!("/organisations/{largest}/key-models")).await?;
        let models = models.as_array().context("no models")?;
        let rarest = models.iter().rev().find_map(|model| model["aaguid"].as_str());
        let rarest = rarest.context("no key tells its model")?;
        let page = |page: &str, paths: &[&str]| Asked {
            page: page.to_owned(),
            ways: vec![paths.iter().map(|path| (*path).to_owned()).collect()],
            is_waited_for: true,
        };
        let of = |what: &str| format!("/people/{person}{what}");
        let mut pages = vec![page("search", &["/people?search=smith&limit=20"])];
        for (place, organisation) in [
            ("all", String::new()),
            ("all organisations", format!("&organisation={root}")),
            ("the largest", format!("&organisation={largest}")),
            ("the smallest", format!("&organisation={smallest}")),
        ] {
            for (name, filter) in FILTERS {
                let list = format!("/people?limit=50{organisation}{filter}");
                pages.push(Asked {
                    page: format!("people: {name}, of {place}"),
                    ways: vec![vec![list.clone()], vec![list + FAR_BEHIND]],
                    is_waited_for: true,
                });
                let count = format!("/people/count?{organisation}{filter}").replace("?&", "?");
                // The console counts the members of a group alone; programs may count anybody.
                let counted = page(&format!("how many: {name}, of {place}"), &[&count]);
                pages.push(Asked { is_waited_for: false, ..counted });
            }
        }
        pages.extend([
            page(
                "somebody's card",
                &[&of(""), &of("/credentials"), &of("/sessions"), &of("/history")],
            ),
            page("progress of all", &[&format!("/organisations/{root}/progress")]),
            page("progress of the largest", &[&format!("/organisations/{largest}/progress")]),
            page("key models of the largest", &[&format!("/organisations/{largest}/key-models")]),
            page("key models of the smallest", &[&format!("/organisations/{smallest}/key-models")]),
            page(
                "who needs the rarest key model of the largest",
                &[&format!("/organisations/{largest}/key-models/{rarest}")],
            ),
            page("audit, the latest", &["/audit?limit=50"]),
            page("audit, one kind of event", &["/audit?limit=50&kind=logged_in"]),
            page("roles", &["/roles?limit=50"]),
            page("imports", &[&format!("/imports?organisation={root}")]),
            page("organisations", &["/organisations?limit=50"]),
            page("health", &["/health"]),
        ]);
        Ok(pages)
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

    /// How long each answer takes, in every way at least once.
    async fn times(&self, asked: &Asked, rounds: usize) -> Result<Vec<Duration>> {
        let (began, mut latencies) = (Instant::now(), Vec::new());
        for (round, way) in asked.ways.iter().cycle().take(rounds.max(asked.ways.len())).enumerate()
        {
            if round >= asked.ways.len() && began.elapsed() > ENOUGH {
                break;
            }
            let began = Instant::now();
            for path in way {
                self.get(path).await?;
            }
            latencies.push(began.elapsed());
        }
        Ok(latencies)
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
