//! Somebody in a browser without a screen: cookies, forms, redirects, and a key in software. Reads
//! our own pages only, so it looks for what they say and parses no HTML.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use latchkey::authn::software::{Behaviour, SoftwareKey};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

const FORM: &str = "application/x-www-form-urlencoded";

/// The connections that everybody shares, and whom they lead to.
pub(crate) struct Site {
    /// Follows no redirects.
    pub(crate) http: Client,
    /// The server.
    pub(crate) issuer: String,
}

/// One browser and the person's key.
pub(crate) struct Browser {
    pub(crate) site: Arc<Site>,
    jar: BTreeMap<String, String>,
    key: SoftwareKey,
}

/// An answer that was read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
    /// What was asked for.
    pub(crate) path: String,
}

/// A form of a page, with what it posts unseen.
#[derive(Clone)]
pub(crate) struct Form {
    action: String,
    options: Option<String>,
    creates: bool,
    step: String,
}

impl Browser {
    pub(crate) fn new(site: Arc<Site>) -> Self {
        Self { site, jar: BTreeMap::new(), key: SoftwareKey::new() }
    }

    /// Forgets the session, not the browser's own name.
    pub(crate) fn forget_session(&mut self) {
        self.jar.remove("latchkey-session");
    }

    pub(crate) fn has_session(&self) -> bool {
        self.jar.contains_key("latchkey-session")
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
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.context("a cookie without a value")?;
            self.jar.insert(name.to_owned(), value.to_owned());
        }
        let location = response.headers().get(LOCATION).map(|value| value.to_str());
        Ok(Answer {
            status: response.status().as_u16(),
            location: location.transpose()?.map(str::to_owned),
            body: response.text().await?,
            path: path.to_owned(),
        })
    }

    /// One answer, not followed.
    pub(crate) async fn load(&mut self, path: &str) -> Result<Answer> {
        self.send(self.request(Method::GET, path), path).await
    }

    /// Follows redirects as long as they stay here.
    async fn follow(&mut self, mut answer: Answer) -> Result<Answer> {
        for _ in 0..12 {
            let Some(next) = &answer.location else { return Ok(answer) };
            let next = next.strip_prefix(&self.site.issuer).unwrap_or(next).to_owned();
            ensure!(next.starts_with('/'), "{} leads away, to {next}", answer.path);
            answer = self.load(&next).await?;
        }
        bail!("redirected for ever at {}", answer.path)
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, path: &str) -> Result<Answer> {
        let answer = self.load(path).await?;
        self.follow(answer).await
    }

    async fn post(&mut self, form: &Form, more: &[(&str, &str)]) -> Result<Answer> {
        let mut pairs = vec![("step", &*form.step)];
        pairs.extend(more);
        let request = self
            .request(Method::POST, &form.action)
            .header(ORIGIN, &self.site.issuer)
            .header(CONTENT_TYPE, FORM)
            .body(encode(&pairs));
        self.send(request, &form.action).await
    }

    /// Sends what the key answers to the options of a form. The answer is not followed.
    pub(crate) async fn use_key(&mut self, form: &Form) -> Result<Answer> {
        let path = form.options.as_deref().context("a form without a ceremony")?;
        let request = self
            .request(Method::POST, path)
            .header(ORIGIN, &self.site.issuer)
            .header(ACCEPT, "application/json")
            .json(&json!({ "step": form.step }));
        let answer = self.send(request, path).await?;
        ensure!(answer.status == 200, "options: {}", answer.told());
        let options: Value = serde_json::from_str(&answer.body)?;
        let options = options.get("publicKey").unwrap_or(&options);
        let behaviour = Behaviour::honest(&*self.site.issuer);
        let credential = if form.creates {
            self.key.create(options, &behaviour)
        } else {
            self.key.get(options, &behaviour)
        };
        self.post(form, &[("credential", &credential?.to_string())]).await
    }

    /// Logs in with a password; where a first key is wanted, sets it up.
    pub(crate) async fn log_in(&mut self, username: &str, password: &str) -> Result<()> {
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
        ensure!(arrived && self.has_session(), "{username} is not logged in: {}", answer.told());
        Ok(())
    }
}

impl Answer {
    /// The answer in one line, for a failure.
    pub(crate) fn told(&self) -> String {
        let (_, text) = self.body.split_once("<h1").unwrap_or(("", &self.body));
        let text: String = text.chars().take(120).collect();
        format!("{} at {}: {text}", self.status, self.path)
    }

    /// The form whose address ends so.
    pub(crate) fn form(&self, end: &str) -> Result<Form> {
        let forms = self.body.split("<form").skip(1);
        let mut forms = forms.filter_map(|text| {
            let text = text.split("</form>").next()?;
            let tag = text.split('>').next()?;
            let action = attribute(tag, "action").filter(|action| action.ends_with(end))?;
            let step = text.split("<input").find(|input| input.contains("name=\"step\""))?;
            Some(Form {
                action,
                options: attribute(tag, "data-options"),
                creates: attribute(tag, "data-ceremony").as_deref() == Some("create"),
                step: attribute(step, "value")?,
            })
        });
        forms.next().with_context(|| format!("no form …{end}: {}", self.told()))
    }
}

/// An attribute of a tag. What is looked for here holds no character that HTML would escape but `/`.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&#x2f;", "/"))
}

/// `application/x-www-form-urlencoded`.
pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
