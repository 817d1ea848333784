//! The admin API over HTTP, as the console and scripts see it: two trusts below one network, and
//! people with every role in each.

mod approvals;
mod bulk;
mod changes;
mod clients;
mod groups;
mod help;
mod imports;
mod letters;
mod log_in_tests;
mod matrix;
mod organisations;
mod people;
mod platform;
mod policy;
mod progress;
pub(crate) mod providers;
mod roles;
mod schema;
mod token;
mod trail;

use latchkey::actions::people::grant_role;
use latchkey::audit::Origin;
use latchkey::config::{Config, Console};
use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use latchkey_api::AdminScope;
use latchkey_core::Clock as _;
use latchkey_core::people::Username;
use latchkey_core::roles::{Actor, Role};
use latchkey_oidc::Issuer;
use latchkey_store::PersonRecord;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;

use crate::support::http::{
    Account, Answer, Person, ROTA, Request, Site, Tokens, VERIFIER, encode,
};

const SECRET: &str = "a-secret-of-the-console-that-nobody-guesses";
const CALLBACK: &str = "https://app.example/admin/callback";

/// A network with two trusts below it, and a hospice of its own.
const TREE: &str = r##"
[[organisation]]
id = "valley"
name = "Valley Network"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }

[[organisation]]
id = "riverside"
name = "Riverside Trust"
parent = "valley"
preset = "hospital"
brand = { colour = "#1f4e96", logo = "data:image/svg+xml;base64,PHN2Zy8+" }
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }

[[organisation]]
id = "eastmoor"
name = "Eastmoor Hospice"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }
"##;

/// Somebody of the tree, whose password is their user name twice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) username: &'static str,
    organisation: &'static str,
    name: &'static str,
    password: &'static str,
}

const fn member(
    username: &'static str,
    organisation: &'static str,
    name: &'static str,
    password: &'static str,
) -> Member {
    Member { username, organisation, name, password }
}

pub(crate) const PIA: Member =
    member("pia.platform", "valley", "Pia Platform", "seven herons over the weir");
pub(crate) const PETE: Member =
    member("pete.platform", "valley", "Pete Platform", "nine herons over the weir");
pub(crate) const VERA: Member =
    member("vera.vale", "valley", "Vera Vale", "blue slate on the roof");
pub(crate) const SAM: Member =
    member("sam.desk", "riverside", "Sam Desk", "copper pans above the stove");
pub(crate) const SUE: Member =
    member("sue.desk", "riverside", "Sue Desk", "tin pans above the stove");
pub(crate) const HANA: Member =
    member("hana.help", "riverside", "Hana Help", "three lamps along the quay");
pub(crate) const UMA: Member =
    member("uma.audit", "riverside", "Uma Audit", "green ink in the margin");
pub(crate) const NELL: Member =
    member("nell.nurse", "riverside", "Nell Nurse", "warm bread and cold butter");
pub(crate) const OTTO: Member =
    member("otto.desk", "eastmoor", "Otto Desk", "white chalk upon the hill");
pub(crate) const EVE: Member =
    member("eve.east", "eastmoor", "Eve East", "long shadows on the moor");

const EVERYBODY: [Member; 10] = [PIA, PETE, VERA, SAM, SUE, HANA, UMA, NELL, OTTO, EVE];

/// An installation with the tree.
pub(crate) struct Desk {
    pub(crate) site: Site,
}

/// Somebody at the API: a token, and the browser that got it.
pub(crate) struct At<'s> {
    pub(crate) desk: &'s Desk,
    pub(crate) person: Person<'s>,
    pub(crate) token: String,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        Self::open_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn open_with(set: impl FnOnce(&mut Config)) -> Self {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), SECRET).expect("written");
        // On a host of its own, so that nothing here follows its redirects.
        let site = Site::start_with(|config| {
            let origin = Issuer::parse("https://app.example").expect("an origin");
            config.console = Console::Elsewhere { origin, secret_file: file.path().to_owned() };
            set(config);
        })
        .await;
        let mut text = TREE.to_owned();
        for Member { username, organisation, name, password } in EVERYBODY {
            let email = format!("{username}@{organisation}.example");
            text.push_str(&format!(
                "\n[[person]]\nusername = \"{username}\"\norganisation = \"{organisation}\"\n\
                 name = \"{name}\"\nemail = \"{email}\"\npassword = \"{password}\"\n"
            ));
        }
        let desk = Self { site };
        desk.apply(&text).await;
        desk
    }

    /// Applies further documents.
    pub(crate) async fn apply(&self, text: &str) {
        let read = Documents::read(&[Source::from_text("more.toml", text)]);
        let read = read.unwrap_or_else(|problems| panic!("{problems}"));
        read.apply_to(&self.site.app, Mode::Keep).await.expect("applied");
    }

    pub(crate) async fn record(&self, who: Member) -> PersonRecord {
        let name = Username::parse(who.username).expect("a user name");
        let found = self.site.app.store.view().find_person_by_username(&name).await;
        found.expect("the database answers").expect("there")
    }

    pub(crate) async fn id(&self, who: Member) -> String {
        self.record(who).await.person.id.to_string()
    }

    pub(crate) async fn grant(&self, who: Member, role: Role, organisation: &str) {
        let origin = Origin { actor: Actor::Cli, address: None, at: self.site.clock.now() };
        let person = self.record(who).await.person;
        let granted = grant_role(&self.site.app, &origin, &person, role, Some(organisation)).await;
        granted.expect("granted");
    }

    /// Somebody with a key who logged in at the console, with these scopes.
    pub(crate) async fn with_scopes(&self, who: Member, scopes: &[AdminScope]) -> At<'_> {
        let mut person = self.site.person();
        let account = Account { username: who.username, password: who.password };
        // Their key is set up before they have a role: nobody with one is let in without.
        let code = person.log_in(&self.request(scopes), account).await.code();
        let token = self.redeem(&code).await;
        At { desk: self, person, token }
    }

    /// The same with every scope and with a role.
    pub(crate) async fn administrator(&self, who: Member, role: Role, place: &str) -> At<'_> {
        let at = self.with_scopes(who, &AdminScope::ALL).await;
        self.grant(who, role, place).await;
        at
    }

    fn request(&self, scopes: &[AdminScope]) -> Request {
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
        Request::new(ROTA)
            .with("client_id", latchkey_console::CLIENT_ID)
            .with("redirect_uri", CALLBACK)
            .with("scope", &format!("openid {}", scopes.join(" ")))
            .with("resource", &self.site.url(latchkey_api::PATH))
    }

    async fn redeem(&self, code: &str) -> String {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", latchkey_console::CLIENT_ID),
            ("client_secret", SECRET),
        ];
        let request = self.site.http.post(self.site.url("/oauth2/token"));
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Tokens::of(&self.site.send(request.body(encode(&pairs))).await).access
    }

    /// What the API answers a token.
    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let url = self.site.url(&format!("{}{path}", latchkey_api::PATH));
        let mut request = self.site.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        self.site.send(request).await
    }
}

impl At<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.desk.call(&self.token, Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.desk.call(&self.token, Method::POST, path, Some(body)).await
    }

    /// Logs in again in the same browser, for a token of that log-in.
    pub(crate) async fn step_up(&mut self, who: Member) {
        let request = self.desk.request(&AdminScope::ALL).with("max_age", "0");
        let account = Account { username: who.username, password: who.password };
        let code = self.person.log_in(&request, account).await.code();
        self.token = self.desk.redeem(&code).await;
    }
}

/// What kind of problem an answer tells.
pub(crate) fn problem(answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{answer:?}");
    let kind = answer.json()["type"].as_str().expect("a type").to_owned();
    kind.trim_start_matches("urn:latchkey:problem:").to_owned()
}
