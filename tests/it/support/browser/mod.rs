//! A person's browser: headless Chromium, used by accessible names as a person would.
//!
//! Everything waits for a condition, never for a time. What is not met within [`PATIENCE`] fails
//! the test and says what the page showed instead.

mod answers;
mod authenticator;
mod checks;
mod chromium;
mod own_tests;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{RequestData, SessionId};
use url::Url;

use super::http::as_typed;
pub(crate) use answers::Held;
pub(crate) use authenticator::{Authenticator, Faults, VirtualAuthenticator};
use chromium::Driver;

/// How long a page may take to show what a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(25);

const BUTTONS: &str = "button, input[type=submit], [role=button]";
const LINKS: &str = "a[href]";
const FIELDS: &str = "input:not([type=hidden]), select, textarea";

/// A browser with a profile of its own.
pub(crate) struct Browser {
    web: WebDriver,
    driver: Arc<Driver>,
    _profile: TempDir,
}

impl Drop for Browser {
    /// The driver ends the processes. The client library would ask chromedriver to, from a thread
    /// that blocks this one, and wait for its answer for two minutes.
    fn drop(&mut self) {
        let _ = self.web.clone().leak();
    }
}

/// A WebDriver command that the client library has no name for.
#[derive(Debug)]
struct Command {
    method: reqwest::Method,
    path: String,
    body: Option<Value>,
}

impl FormatRequestData for Command {
    fn format_request(&self, session: &SessionId) -> RequestData {
        let request =
            RequestData::new(self.method.clone(), format!("/session/{session}/{}", self.path));
        match &self.body {
            Some(body) => request.add_body(body.clone()),
            None => request,
        }
    }
}

impl Browser {
    /// Somebody's browser, new and empty.
    pub(crate) async fn start() -> Self {
        Self::with(Arc::new(Driver::start())).await
    }

    /// Somebody else's browser, or the same person's on another machine.
    pub(crate) async fn another(&self) -> Self {
        Self::with(Arc::clone(&self.driver)).await
    }

    async fn with(driver: Arc<Driver>) -> Self {
        let profile = driver.profile();
        let web = driver.session(profile.path()).await;
        Self { web, driver, _profile: profile }
    }

    /// The WebDriver session, for what this harness has no word for.
    pub(crate) fn web(&self) -> &WebDriver {
        &self.web
    }

    /// Opens an address.
    pub(crate) async fn open(&self, address: impl AsRef<str>) {
        let address = address.as_ref();
        self.web.goto(address).await.unwrap_or_else(|error| panic!("open {address}: {error}"));
    }

    /// Where the browser is.
    pub(crate) async fn address(&self) -> Url {
        self.web.current_url().await.expect("the browser tells its address")
    }

    /// Waits until the address starts with a text.
    pub(crate) async fn until_at(&self, start: &str) {
        self.until(&format!("the address starts with {start}"), async || {
            self.web.current_url().await.is_ok_and(|url| url.as_str().starts_with(start))
        })
        .await;
    }

    /// Waits until the page shows a text.
    pub(crate) async fn until_shown(&self, text: &str) {
        self.until(&format!("the page shows '{text}'"), async || self.shows(text).await).await;
    }

    /// Waits until the page's first heading is this.
    pub(crate) async fn until_headed(&self, heading: &str) {
        self.until(&format!("the heading is '{heading}'"), async || {
            match self.web.find(By::Css("h1")).await {
                Ok(element) => element.text().await.is_ok_and(|text| as_typed(&text) == heading),
                Err(_) => false,
            }
        })
        .await;
    }

    /// Whether the page shows a text now.
    pub(crate) async fn shows(&self, text: &str) -> bool {
        match self.web.find(By::Css("body")).await {
            Ok(body) => body.text().await.is_ok_and(|shown| as_typed(&shown).contains(text)),
            Err(_) => false,
        }
    }

    /// Waits for a condition.
    pub(crate) async fn until(&self, what: &str, condition: impl AsyncFn() -> bool) {
        let started = Instant::now();
        while !condition().await {
            if started.elapsed() > PATIENCE {
                panic!("waited in vain until {what}; {}", self.describe().await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// The button with this accessible name.
    pub(crate) async fn button(&self, name: &str) -> WebElement {
        self.named(BUTTONS, name).await
    }

    /// The link with this accessible name.
    pub(crate) async fn link(&self, name: &str) -> WebElement {
        self.named(LINKS, name).await
    }

    /// The field with this label.
    pub(crate) async fn field(&self, label: &str) -> WebElement {
        self.named(FIELDS, label).await
    }

    /// Presses the button, or follows the link, with this accessible name.
    pub(crate) async fn press(&self, name: &str) {
        let element = self.named(&format!("{BUTTONS}, {LINKS}"), name).await;
        element.click().await.unwrap_or_else(|error| panic!("press '{name}': {error}"));
    }

    /// Types into the field with this label, in place of what stood there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.expect("the field can be cleared");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Whether a visible button or link has this accessible name now.
    pub(crate) async fn offers(&self, name: &str) -> bool {
        self.find_named(&format!("{BUTTONS}, {LINKS}"), name).await.is_some()
    }

    /// The text of the first element that a CSS selector names, once there is one.
    pub(crate) async fn text_of(&self, selector: &str) -> String {
        let element = self.element(selector).await;
        as_typed(&element.text().await.expect("an element has text"))
    }

    /// The first element that a CSS selector names, once there is one.
    pub(crate) async fn element(&self, selector: &str) -> WebElement {
        self.until(&format!("there is {selector}"), async || {
            self.web.find(By::Css(selector)).await.is_ok()
        })
        .await;
        self.web.find(By::Css(selector)).await.expect("it was there a moment ago")
    }

    /// Runs a script in the page and returns what it returns. A page's CSP does not matter.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.web.execute(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("script: {error}")).json().clone()
    }

    /// Runs a script that calls its last argument when it is done.
    pub(crate) async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.web.execute_async(script, arguments).await;
        answer.unwrap_or_else(|error| panic!("script: {error}")).json().clone()
    }

    /// Plugs an authenticator in.
    pub(crate) async fn plug_in(&self, kind: Authenticator) -> VirtualAuthenticator<'_> {
        VirtualAuthenticator::add(self, kind).await
    }

    /// A DevTools command.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.command(reqwest::Method::POST, "goog/cdp/execute", Some(body)).await
    }

    async fn named(&self, selector: &str, name: &str) -> WebElement {
        let started = Instant::now();
        loop {
            if let Some(element) = self.find_named(selector, name).await {
                return element;
            }
            if started.elapsed() > PATIENCE {
                panic!("nothing here is named '{name}'; {}", self.describe().await);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn find_named(&self, selector: &str, name: &str) -> Option<WebElement> {
        // A page that is being replaced makes its elements stale: look again then.
        for element in self.web.find_all(By::Css(selector)).await.ok()? {
            let path = format!("element/{}/computedlabel", element.element_id());
            let command = Command { method: reqwest::Method::GET, path, body: None };
            let label: String = self.web.handle().cmd(command).await.ok()?.value().ok()?;
            if as_typed(label.trim()) == name && element.is_displayed().await.ok()? {
                return Some(element);
            }
        }
        None
    }

    async fn command(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        let command = Command { method, path: path.to_owned(), body };
        let answer = self.web.handle().cmd(command).await;
        answer
            .and_then(thirtyfour::session::http::CmdResponse::value_json)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    async fn describe(&self) -> String {
        let address = self.web.current_url().await.map(String::from).unwrap_or_default();
        let text = match self.web.find(By::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        format!("{address} shows:\n{text}")
    }
}
