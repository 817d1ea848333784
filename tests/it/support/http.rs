//! An installation on a free port, its people and its applications, as peers on the wire see them.
//! Time is movable; passwords are cheap to hash.

mod jwt;
mod page;
mod person;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use latchkey::App;
use latchkey::config::Config;
use latchkey::documents::{Documents, Mode};
use latchkey::source::Source;
use latchkey_core::clock::MovableClock;
use latchkey_core::rng::SystemRng;
use latchkey_test_databases::Database;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

pub(crate) use self::jwt::{Jwt, verified};
pub(crate) use self::page::{Answer, Callback, Page, as_typed, encode};
pub(crate) use self::person::Person;

/// Where every application is told to send people back to.
pub(crate) const REDIRECT_URI: &str = "https://app.example/callback?kept=1";
/// Another address that every application registered.
pub(crate) const OTHER_URI: &str = "https://app.example/other";
/// Where they go after a log-out.
pub(crate) const LOGGED_OUT_URI: &str = "https://app.example/bye";
/// The secret of most confidential applications, with everything that has to be encoded.
pub(crate) const SECRET: &str = "a secret: with/marks+and 32 bytes or more";
/// One that stays as it is when it is encoded.
pub(crate) const PLAIN_SECRET: &str = "a-secret-of-32-bytes-or-more-without-marks";
/// What PKCE answers with.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// RFC 7636 appendix B.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// How an application says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    Basic,
    Post,
    None,
}

/// An application that [`Site`] has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    pub(crate) authentication: Authentication,
    pub(crate) algorithm: &'static str,
    /// More members of its document.
    members: &'static str,
}

const fn client(
    id: &'static str,
    authentication: Authentication,
    algorithm: &'static str,
    members: &'static str,
) -> Client {
    Client { id, authentication, algorithm, members }
}

/// Trusted, with a secret in the header.
pub(crate) const ROTA: Client =
    client("rota", Authentication::Basic, "RS256", "latchkey_trusted = true");
/// Trusted, with a secret in the form.
pub(crate) const STOCK: Client =
    client("stock", Authentication::Post, "ES256", "latchkey_trusted = true");
/// Trusted, on people's own devices.
pub(crate) const PHONE: Client =
    client("phone", Authentication::None, "EdDSA", "latchkey_trusted = true");
/// Somebody else's: it asks for consent.
pub(crate) const NOTES: Client = client("notes", Authentication::Basic, "RS256", "");
/// Trusted, and opens only with a key.
pub(crate) const VAULT: Client = client(
    "vault",
    Authentication::Basic,
    "RS256",
    "latchkey_trusted = true\nlatchkey_require_acr = \"phr\"",
);

/// Trusted, with a word of its own for two factors, and able to take one `amr` value only.
pub(crate) const CLOUD: Client = client(
    "cloud",
    Authentication::Basic,
    "RS256",
    "latchkey_trusted = true\nlatchkey_claims_profile = \"single_amr\"\n\
     latchkey_acr_values = { \"https://cloud.example/multipleauthn\" = \"mfa\" }",
);

/// As [`ROTA`], for software that sends its secret in the header as it is, against RFC 6749 §2.3.1.
pub(crate) const DIARY: Client =
    client("diary", Authentication::Basic, "RS256", "latchkey_trusted = true");

const CLIENTS: [Client; 7] = [ROTA, STOCK, PHONE, NOTES, VAULT, CLOUD, DIARY];

impl Client {
    pub(crate) fn secret(self) -> &'static str {
        if self.id == DIARY.id { PLAIN_SECRET } else { SECRET }
    }
}

/// Somebody who can log in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
}

/// Where a password is enough.
pub(crate) const DAN: Account =
    Account { username: "dan.quay", password: "paper boats in the harbour" };
/// The same, somebody else.
pub(crate) const ROBIN: Account =
    Account { username: "robin.pier", password: "low tide and two lanterns" };
/// Where a key is needed, which can be set up after the password.
pub(crate) const AMY: Account =
    Account { username: "amy.ward", password: "amber kettle on the ward" };

const PEOPLE: &str = r#"
[[organisation]]
id = "harbour"
name = "Harbour Clinic"
preset = "small"
policy = { required = "password" }

[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
policy = { rollout = "available", grace_until = "2099-12-31", key_as_primary = true }

[[person]]
username = "dan.quay"
organisation = "harbour"
name = "Dan Quay"
email = "dan@harbour.example"
password = "paper boats in the harbour"
claims = { given_name = "Dan" }

[[person]]
username = "robin.pier"
organisation = "harbour"
name = "Robin Pier"
email = "robin@harbour.example"
password = "low tide and two lanterns"

[[person]]
username = "amy.ward"
organisation = "northgate"
name = "Amy Ward"
email = "amy@northgate.example"
password = "amber kettle on the ward"
"#;

fn documents() -> String {
    let mut text = PEOPLE.to_owned();
    for client in CLIENTS {
        let Client { id, authentication, algorithm, members } = client;
        let method = match authentication {
            Authentication::Basic => "client_secret_basic",
            Authentication::Post => "client_secret_post",
            Authentication::None => "none",
        };
        let secret = match authentication {
            Authentication::None => String::new(),
            _ => format!("client_secret = \"{}\"", client.secret()),
        };
        text.push_str(&format!(
            r#"
[[client]]
client_id = "{id}"
client_name = "The {id}"
{secret}
redirect_uris = ["{REDIRECT_URI}", "{OTHER_URI}"]
post_logout_redirect_uris = ["{LOGGED_OUT_URI}"]
token_endpoint_auth_method = "{method}"
id_token_signed_response_alg = "{algorithm}"
grant_types = ["authorization_code", "refresh_token"]
response_types = ["code"]
scope = "openid profile email offline_access"
{members}
"#
        ));
    }
    text
}

/// An installation that serves until the test ends.
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) clock: Arc<MovableClock>,
    pub(crate) issuer: String,
    pub(crate) http: reqwest::Client,
    _folder: tempfile::TempDir,
    _database: Option<Database>,
}

impl Site {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(set: impl FnOnce(&mut Config)) -> Self {
        Self::start_in(latchkey_test_databases::chosen(), set).await
    }

    /// The same with its data in a file, whatever this run is about.
    pub(crate) async fn start_in_file() -> Self {
        Self::start_in(None, |_| {}).await
    }

    async fn start_in(database: Option<Database>, set: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let mut listeners = vec![listener];
        // `localhost` is both addresses. A system without IPv6 has only the other one.
        if let Ok(other) = tokio::net::TcpListener::bind(("::1", address.port())).await {
            listeners.push(other);
        }
        let issuer = format!("http://localhost:{}", address.port());
        let url = issuer.parse().expect("an address");
        let mut config = Config::new(url, address, folder.path());
        config.passwords.memory_kib = 64;
        config.passwords.iterations = 1;
        if let Some(database) = &database {
            config.database.url.clone_from(&database.url);
        }
        set(&mut config);
        let clock = Arc::new(MovableClock::default());
        let app = App::open(config, clock.clone(), Arc::new(SystemRng)).await.expect("up");
        let source = Source::from_text("test.toml", &documents());
        let read = Documents::read(&[source]).unwrap_or_else(|problems| panic!("{problems}"));
        read.apply_to(&app, Mode::Keep).await.expect("applied");
        let router = latchkey::build(Arc::clone(&app));
        // Ends with the test's runtime.
        tokio::spawn(latchkey::serving::serve(
            listeners,
            router,
            Vec::new(),
            std::future::pending(),
        ));
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { app, clock, issuer, http, _folder: folder, _database: database }
    }

    /// Somebody in a browser of their own, who has done nothing yet.
    pub(crate) fn person(&self) -> Person<'_> {
        Person::new(self)
    }

    /// An address here.
    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.issuer) }
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.http.get(self.url(path))).await
    }

    /// What the token endpoint answers an application.
    pub(crate) async fn token(&self, client: Client, pairs: &[(&str, &str)]) -> Answer {
        let mut pairs = pairs.to_vec();
        let mut request = self.http.post(self.url("/oauth2/token"));
        match client.authentication {
            Authentication::Basic => request = request.header(AUTHORIZATION, basic(client)),
            Authentication::Post => {
                pairs.extend([("client_id", client.id), ("client_secret", client.secret())]);
            }
            Authentication::None => pairs.push(("client_id", client.id)),
        }
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(encode(&pairs))).await
    }

    /// A code for tokens.
    pub(crate) async fn redeem(&self, client: Client, code: &str) -> Answer {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ];
        self.token(client, &pairs).await
    }

    /// A refresh token for the next.
    pub(crate) async fn refresh(&self, client: Client, token: &str) -> Answer {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub(crate) async fn userinfo(&self, token: &str) -> Answer {
        self.send(self.http.get(self.url("/oauth2/userinfo")).bearer_auth(token)).await
    }

    /// The claims of an ID token, whose signature is checked with the published keys.
    pub(crate) async fn verified(&self, token: &str) -> Jwt {
        let keys = self.get("/oauth2/jwks").await.json();
        verified(token, &keys)
    }
}

/// RFC 6749 §2.3.1: form-encoded, then Basic.
pub(crate) fn basic(client: Client) -> String {
    let encoded = encode(&[("", client.secret())]);
    let secret = encoded.trim_start_matches('=');
    format!("Basic {}", STANDARD.encode(format!("{}:{secret}", client.id)))
}

/// The tokens of an answer of the token endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
    pub(crate) scope: String,
}

impl Tokens {
    pub(crate) fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        assert_eq!(text("token_type"), "Bearer");
        Self {
            access: text("access_token"),
            refresh: text("refresh_token"),
            id: text("id_token"),
            scope: text("scope"),
        }
    }
}

/// An authorization request.
#[derive(Clone, Debug)]
pub(crate) struct Request(Vec<(String, String)>);

impl Request {
    /// An ordinary one, with everything that an application should say.
    pub(crate) fn new(client: Client) -> Self {
        let pairs = [
            ("response_type", "code"),
            ("client_id", client.id),
            ("redirect_uri", REDIRECT_URI),
            ("scope", "openid profile email"),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        Self(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self.also(name, value)
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(other, _)| other != name);
        self
    }

    /// Once more, if it is there already.
    pub(crate) fn also(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(&self) -> String {
        let pairs: Vec<_> = self.0.iter().map(|(name, value)| (&**name, &**value)).collect();
        encode(&pairs)
    }

    pub(crate) fn path(&self) -> String {
        format!("/oauth2/authorize?{}", self.body())
    }
}

/// The payload of a token that nobody has to believe.
pub(crate) fn payload(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}
