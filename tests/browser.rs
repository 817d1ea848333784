//! Somebody in a browser without a screen: cookies, forms, redirects, and a key in software. Reads
//! our own pages only, so it looks for what they say and parses no HTML.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use latchkey::authn::software::{Behaviour, SoftwareKey};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// How forms are sent.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
const SESSION: &str = "latchkey-session";

/// The connections that everybody shares, and whom they lead to.
pub struct Site {
    /// Follows no redirects.
    pub http: Client,
    /// The server.
    pub issuer: String,
}

/// One browser and the person's key.
pub struct Browser {
    /// Where it goes.
    pub site: Arc<Site>,
    jar: BTreeMap<String, String>,
    key: SoftwareKey,
}

/// An answer that was read to its end.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// When to come back.
    pub retry_after: Option<String>,
    /// The page.
    pub body: String,
    /// What was asked for.
    pub path: String,
}

/// A form that was sent, by which browser and with what, so that it can be sent again.
#[derive(Clone, Debug)]
pub struct Sent {
    jar: BTreeMap<String, String>,
    form: Form,
    typed: Vec<(String, String)>,
}

/// A form of a page, with what it posts unseen.
#[derive(Clone, Debug)]
pub struct Form {
    action: String,
    options: Option<String>,
    creates: bool,
    step: Option<String>,
}

impl Site {
    /// New connections to the server that listens at `address` and is called `issuer`.
    ///
    /// # Errors
    /// When this machine cannot make connections.
    pub fn new(issuer: &str, address: SocketAddr) -> Result<Arc<Self>> {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .resolve("localhost", address)
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()?;
        Ok(Arc::new(Self { http, issuer: issuer.to_owned() }))
    }
}

impl Browser {
    /// One that was never here.
    #[must_use]
    pub fn new(site: Arc<Site>) -> Self {
        Self { site, jar: BTreeMap::new(), key: SoftwareKey::new() }
    }

    /// One that has nothing but the secret of a session.
    #[must_use]
    pub fn with_session(site: Arc<Site>, secret: &str) -> Self {
        let mut browser = Self::new(site);
        browser.jar.insert(SESSION.to_owned(), secret.to_owned());
        browser
    }

    /// Forgets the session, not the browser's own name.
    pub fn forget_session(&mut self) {
        self.jar.remove(SESSION);
    }

    /// The secret of the session.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        self.jar.get(SESSION).map(String::as_str)
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.site.http.request(method, format!("{}{path}", self.site.issuer));
        if self.jar.is_empty() {
            return request;
        }
        let cookies: Vec<_> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, cookies.join("; "))
    }

    async fn send(&mut self, request: RequestBuilder, path: &str) -> Result<Answer> {
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // To its end first: of an answer that was cut off, nothing counts.
        let body = response.text().await?;
        for cookie in headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str()?;
            let pair = cookie.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.context("a cookie without a value")?;
            if cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let text = |name| headers.get(name).map(|value| value.to_str().map(str::to_owned));
        let location = text(LOCATION).transpose()?;
        let retry_after = text(RETRY_AFTER).transpose()?;
        Ok(Answer { status, location, retry_after, body, path: path.to_owned() })
    }

    /// One answer, not followed.
    ///
    /// # Errors
    /// When there is none.
    pub async fn load(&mut self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path), path).await
    }

    /// Follows redirects as long as they stay here.
    ///
    /// # Errors
    /// When they lead away, or never end.
    pub async fn follow(&mut self, mut answer: Answer) -> Result<Answer> {
        for _ in 0..12 {
            let Some(next) = &answer.location else { return Ok(answer) };
            let next = next.strip_prefix(&self.site.issuer).unwrap_or(next).to_owned();
            ensure!(next.starts_with('/'), "{} leads away, to {next}", answer.path);
            answer = self.load(&next).await?;
        }
        bail!("redirected for ever at {}", answer.path)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// When there is no page in the end.
    pub async fn open(&mut self, path: &str) -> Result<Answer> {
        let answer = self.load(path).await?;
        self.follow(answer).await
    }

    /// Sends a form with what was typed. The answer is not followed.
    ///
    /// # Errors
    /// When there is none.
    pub async fn post(&mut self, form: &Form, typed: &[(&str, &str)]) -> Result<Answer> {
        let step = form.step.as_deref().map(|step| ("step", step));
        let pairs: Vec<_> = step.into_iter().chain(typed.iter().copied()).collect();
        let request = self
            .request(Method::POST, &form.action)
            .header(ORIGIN, &self.site.issuer)
            .header(CONTENT_TYPE, FORM)
            .body(encode(&pairs));
        self.send(request, &form.action).await
    }

    /// What is about to be sent, from a browser that knows what this one knows now.
    #[must_use]
    pub fn sending(&self, form: &Form, typed: &[(&str, &str)]) -> Sent {
        let typed = typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Sent { jar: self.jar.clone(), form: form.clone(), typed: typed.collect() }
    }

    /// The options of a form's ceremony, for a user name if one was typed.
    ///
    /// # Errors
    /// When the server has none.
    pub async fn options(&mut self, form: &Form, username: Option<&str>) -> Result<Value> {
        let path = form.options.as_deref().context("a form without a ceremony")?;
        let request = self
            .request(Method::POST, path)
            .header(ORIGIN, &self.site.issuer)
            .header(ACCEPT, "application/json")
            .json(&json!({ "step": form.step, "username": username }));
        let answer = self.send(request, path).await?;
        ensure!(answer.status == 200, "options: {}", answer.told());
        Ok(serde_json::from_str(&answer.body)?)
    }

    /// What `key` answers to the options of a form.
    ///
    /// # Errors
    /// When the server has no options, or the key no answer.
    pub async fn ceremony(&mut self, form: &Form, key: &mut SoftwareKey) -> Result<Value> {
        let options = self.options(form, None).await?;
        let options = options.get("publicKey").unwrap_or(&options);
        let behaviour = Behaviour::honest(&*self.site.issuer);
        let credential = if form.creates {
            key.create(options, &behaviour)
        } else {
            key.get(options, &behaviour)
        };
        Ok(credential?)
    }

    /// Sends what the person's key answers to the options of a form. The answer is not followed.
    ///
    /// # Errors
    /// As [`Browser::ceremony`].
    pub async fn use_key(&mut self, form: &Form) -> Result<Answer> {
        let mut key = std::mem::take(&mut self.key);
        let credential = self.ceremony(form, &mut key).await;
        self.key = key;
        self.post(form, &[("credential", &credential?.to_string())]).await
    }

    /// Logs in with a password; where a first key is wanted, sets it up.
    ///
    /// # Errors
    /// When that does not end at the account.
    pub async fn log_in(&mut self, username: &str, password: &str) -> Result<()> {
        let page = self.open("/login").await?;
        let form = page.form("/identify")?;
        let answer = self.post(&form, &[("username", username), ("password", password)]).await?;
        let mut answer = self.follow(answer).await?;
        for _ in 0..6 {
            let step = answer.path.clone();
            let sent = match step.split('/').next_back() {
                Some("passkey") => self.use_key(&answer.form("/passkey")?).await?,
                Some("name") => {
                    self.post(&answer.form("/name")?, &[("nickname", "Blue key")]).await?
                }
                Some("ready") => self.post(&answer.form("/ready")?, &[]).await?,
                _ => break,
            };
            answer = self.follow(sent).await?;
        }
        let arrived = answer.status == 200 && answer.path.starts_with("/account");
        ensure!(
            arrived && self.session().is_some(),
            "{username} is not logged in: {}",
            answer.told()
        );
        Ok(())
    }
}

impl Sent {
    /// Sends it again; whether the browser has another session by that.
    ///
    /// # Errors
    /// When there is no answer, or the server failed.
    pub async fn again(&self, site: Arc<Site>) -> Result<bool> {
        let mut browser = Browser::new(site);
        browser.jar.clone_from(&self.jar);
        let typed: Vec<_> = self.typed.iter().map(|(name, value)| (&**name, &**value)).collect();
        let answer = browser.post(&self.form, &typed).await?;
        ensure!(answer.status < 500, "{}", answer.told());
        Ok(browser.jar.get(SESSION) != self.jar.get(SESSION))
    }
}

impl Answer {
    /// The answer in one line, for a failure.
    #[must_use]
    pub fn told(&self) -> String {
        let (_, text) = self.body.split_once("<h1").unwrap_or(("", &self.body));
        let text: String = text.chars().take(120).collect();
        let location = self.location.as_deref().map(|to| format!(" -> {to}")).unwrap_or_default();
        format!("{}{location} at {}: {text}", self.status, self.path)
    }

    /// The form whose address ends so.
    ///
    /// # Errors
    /// When there is none.
    pub fn form(&self, end: &str) -> Result<Form> {
        let forms = self.body.split("<form").skip(1);
        let mut forms = forms.filter_map(|text| {
            let text = text.split("</form>").next()?;
            let tag = text.split('>').next()?;
            let action = attribute(tag, "action").filter(|action| action.ends_with(end))?;
            let step = text.split("<input").find(|input| input.contains("name=\"step\""));
            Some(Form {
                action,
                options: attribute(tag, "data-options"),
                creates: attribute(tag, "data-ceremony").as_deref() == Some("create"),
                step: step.and_then(|input| attribute(input, "value")),
            })
        });
        forms.next().with_context(|| format!("no form …{end}: {}", self.told()))
    }
}

/// An attribute of a tag. What is looked for here holds no character that HTML escapes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// `application/x-www-form-urlencoded`.
#[must_use]
pub fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
