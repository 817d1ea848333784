//! Somebody in a browser without a screen: cookies, forms, redirects, and a key in software.

use std::collections::BTreeMap;

use latchkey::authn::software::{Behaviour, SoftwareKey};
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::{Account, Answer, Callback, Client, Page, Request, Site, Tokens};

/// Somebody in a browser.
pub(crate) struct Person<'s> {
    pub(crate) site: &'s Site,
    /// The cookies of the browser.
    pub(crate) jar: BTreeMap<String, String>,
    /// The key in their pocket.
    pub(crate) key: SoftwareKey,
}

impl<'s> Person<'s> {
    pub(super) fn new(site: &'s Site) -> Self {
        Self { site, jar: BTreeMap::new(), key: SoftwareKey::new() }
    }

    /// A request with this browser's cookies.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.site.http.request(method, self.site.url(path));
        if self.jar.is_empty() {
            return request;
        }
        let cookies: Vec<_> =
            self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.header(COOKIE, cookies.join("; "))
    }

    pub(crate) async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = self.site.send(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().expect("a cookie in ASCII");
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap_or("").split_once('=').expect("=");
            if cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// One answer, not followed.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// Follows redirects as long as they stay here.
    pub(crate) async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..12 {
            let next = match answer.location() {
                Some(next) if next.starts_with('/') || next.starts_with(&self.site.issuer) => {
                    next.to_owned()
                }
                _ => return answer,
            };
            answer = self.get(&next).await;
        }
        panic!("redirected for ever at {}", answer.url);
    }

    /// Opens an address.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.follow(answer).await
    }

    /// Sends a form; the answer is not followed.
    pub(crate) async fn post(&mut self, form: &Page) -> Answer {
        let request = self
            .request(Method::POST, &form.action)
            .header(ORIGIN, &self.site.issuer)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.body());
        self.send(request).await
    }

    /// Sends a form and goes where it leads.
    pub(crate) async fn submit(&mut self, form: &Page) -> Answer {
        let answer = self.post(form).await;
        self.follow(answer).await
    }

    /// Does what the page's form asks the key for.
    pub(crate) async fn use_key(&mut self, form: &Page) -> Answer {
        let behaviour = Behaviour::honest(&self.site.issuer);
        let options = self.options(form).await;
        let credential = if form.creates {
            self.key.create(&options, &behaviour)
        } else {
            self.key.get(&options, &behaviour)
        };
        let credential = credential.unwrap_or_else(|error| panic!("{error}: {options}"));
        self.submit(&form.clone().with("credential", &credential.to_string()).without("failure"))
            .await
    }

    /// The options of a ceremony.
    pub(crate) async fn options(&mut self, form: &Page) -> Value {
        let mut asked = json!({ "step": form.field("step").unwrap_or_default() });
        if let Some(name) = form.field("username").filter(|name| !name.is_empty()) {
            asked["username"] = name.into();
        }
        let request = self
            .request(Method::POST, form.options.as_deref().expect("a ceremony"))
            .header(ORIGIN, &self.site.issuer)
            .header("accept", "application/json")
            .json(&asked);
        let answer = self.send(request).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        if json["publicKey"].is_object() { json["publicKey"].clone() } else { json }
    }

    /// Types name and password on the log-in page.
    pub(crate) async fn type_password(&mut self, page: &Answer, account: Account) -> Answer {
        let form = page.form("/identify");
        let form = form.with("username", account.username).with("password", account.password);
        self.submit(&form).await
    }

    /// Logs in with a password at a request; where a first key is wanted, it is set up.
    pub(crate) async fn log_in(&mut self, request: &Request, account: Account) -> Callback {
        let page = self.open(&request.path()).await;
        let mut answer = self.type_password(&page, account).await;
        for _ in 0..6 {
            answer = match answer.url.rsplit_once("/login/").map(|(_, rest)| rest) {
                Some(rest) if rest.ends_with("/enrol/passkey") => {
                    let form = answer.form("/enrol/passkey");
                    self.use_key(&form).await
                }
                Some(rest) if rest.ends_with("/enrol/passkey/name") => {
                    let form = answer.form("/name");
                    self.submit(&form.with("nickname", "Blue key")).await
                }
                Some(rest) if rest.ends_with("/factor/passkey") => {
                    let form = answer.form("/factor/passkey");
                    self.use_key(&form).await
                }
                Some(rest) if rest.ends_with("/ready") => {
                    let form = answer.form("/ready");
                    self.submit(&form).await
                }
                _ => break,
            };
        }
        answer.callback()
    }

    /// Logs in and lets the application redeem the code.
    pub(crate) async fn tokens(&mut self, client: Client, account: Account) -> Tokens {
        self.tokens_for(client, &Request::new(client), account).await
    }

    /// The same for a request.
    pub(crate) async fn tokens_for(
        &mut self,
        client: Client,
        request: &Request,
        account: Account,
    ) -> Tokens {
        let code = self.log_in(request, account).await.code();
        Tokens::of(&self.site.redeem(client, &code).await)
    }

    /// The secret of the session.
    pub(crate) fn session(&self) -> Option<&str> {
        self.jar.get("latchkey-session").map(String::as_str)
    }
}
