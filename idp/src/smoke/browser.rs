//! The browser of the smoke test: cookies, forms, redirects, and keys in software. It speaks to the
//! server's own listener only, as the proxy before it would, and reads our own pages only.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder};
use rustls::ClientConfig;
use serde_json::{Value, json};
use url::Url;

use crate::authn::software::{Behaviour, SoftwareKey};

/// One browser without a screen.
pub(super) struct Browser {
    http: Client,
    base: String,
    authority: String,
    origin: String,
    jar: BTreeMap<String, String>,
}

/// An answer that was read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) path: String,
    pub(super) body: String,
    location: Option<String>,
}

/// A form of a page, with what it posts unseen.
pub(super) struct Form {
    action: String,
    options: Option<String>,
    creates: bool,
    step: Option<String>,
}

impl Browser {
    /// One that was never here, for the server at `address` that is called `issuer` and speaks
    /// TLS as `tls` trusts it, or none.
    pub(super) fn new(
        issuer: &Url,
        address: SocketAddr,
        tls: Option<ClientConfig>,
    ) -> anyhow::Result<Self> {
        let host = issuer.host_str().context("the issuer has no host")?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let mut http = Client::builder();
        if let Some(tls) = tls {
            http = http.tls_backend_preconfigured(tls);
        }
        let http = http
            .redirect(reqwest::redirect::Policy::none())
            .resolve(host, address)
            .no_proxy()
            .timeout(Duration::from_secs(30))
            .build()?;
        let authority = match issuer.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self {
            http,
            base: format!("{scheme}://{host}:{}", address.port()),
            authority,
            origin: issuer.origin().ascii_serialization(),
            jar: BTreeMap::new(),
        })
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.jar.clear();
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        let request = request.header(HOST, &self.authority);
        if self.jar.is_empty() {
            return request;
        }
        let cookies: Vec<_> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, cookies.join("; "))
    }

    async fn send(&mut self, request: RequestBuilder, path: &str) -> anyhow::Result<Answer> {
        // Addresses of pages say nothing to who reads the failure.
        let response = request.send().await.map_err(reqwest::Error::without_url);
        let response = response.context("the server does not answer")?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.text().await.map_err(reqwest::Error::without_url)?;
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
        let location = headers.get(LOCATION).map(|value| value.to_str()).transpose()?;
        let location = location.map(str::to_owned);
        Ok(Answer { status, path: path.to_owned(), body: unescape(&body), location })
    }

    /// Opens an address and follows where it leads, as long as that is here.
    pub(super) async fn open(&mut self, path: &str) -> anyhow::Result<Answer> {
        let answer = self.send(self.request(Method::GET, path), path).await?;
        self.follow(answer).await
    }

    async fn follow(&mut self, mut answer: Answer) -> anyhow::Result<Answer> {
        for _ in 0..12 {
            let Some(next) = &answer.location else { return Ok(answer) };
            let next = next.strip_prefix(&self.origin).unwrap_or(next).to_owned();
            ensure!(next.starts_with('/'), "{} leads away, to {next}", answer.path);
            answer = self.send(self.request(Method::GET, &next), &next).await?;
        }
        bail!("redirected for ever at {}", answer.path)
    }

    /// Sends a form with what was typed, and follows where that leads.
    pub(super) async fn post(
        &mut self,
        form: &Form,
        typed: &[(&str, &str)],
    ) -> anyhow::Result<Answer> {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(form.step.iter().map(|step| ("step", step)));
        pairs.extend_pairs(typed);
        let request = self
            .request(Method::POST, &form.action)
            .header(ORIGIN, &self.origin)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(pairs.finish());
        let answer = self.send(request, &form.action).await?;
        self.follow(answer).await
    }

    /// Uses a key as a form asks for it: makes a credential, or shows one.
    pub(super) async fn use_key(
        &mut self,
        form: &Form,
        key: &mut SoftwareKey,
    ) -> anyhow::Result<Answer> {
        let path = form.options.clone().context("a form without a ceremony")?;
        let request = self
            .request(Method::POST, &path)
            .header(ORIGIN, &self.origin)
            .header(ACCEPT, "application/json")
            .json(&json!({ "step": form.step }));
        let answer = self.send(request, &path).await?;
        ensure!(answer.status == 200, "the server has no options for a key: {}", answer.told());
        let options: Value = serde_json::from_str(&answer.body)?;
        let options = options.get("publicKey").unwrap_or(&options);
        let behaviour = Behaviour::honest(&*self.origin);
        let credential = if form.creates {
            key.create(options, &behaviour)?
        } else {
            key.get(options, &behaviour)?
        };
        self.post(form, &[("credential", &credential.to_string())]).await
    }
}

impl Answer {
    /// The answer in one line, for a failure.
    pub(super) fn told(&self) -> String {
        let heading = self.body.split_once("<h1").and_then(|(_, rest)| rest.split_once('>'));
        let heading = heading.and_then(|(_, rest)| rest.split('<').next()).unwrap_or_default();
        // A flow's address says no more than its end.
        let end = self.path.split(['?']).next().unwrap_or_default();
        format!("status {} at {end} \"{}\"", self.status, heading.trim())
    }

    /// The form whose address ends so.
    pub(super) fn form(&self, end: &str) -> anyhow::Result<Form> {
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
        forms.next().with_context(|| format!("no form {end}: {}", self.told()))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.to_owned())
}

/// What our templates escape in addresses and names.
fn unescape(html: &str) -> String {
    html.replace("&amp;", "&")
}
