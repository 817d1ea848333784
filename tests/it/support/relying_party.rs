//! Independent relying parties, each in its own language: openid-client on Node.js and Authlib on
//! Python. They know the issuer's address and their credentials, and discover the rest.
//!
//! Each prints the authorization address, waits for the address that the browser came back to,
//! and prints what it got. The test is the browser in between.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::talk::{Language, Refusal, Talk};

/// Which implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// openid-client (Node.js).
    OpenidClient,
    /// Authlib (Python).
    Authlib,
}

impl Kind {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::OpenidClient, Self::Authlib];

    fn language(self) -> Language {
        match self {
            Self::OpenidClient => Language::Node,
            Self::Authlib => Language::Python,
        }
    }
}

/// What a relying party is told.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Setup {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    /// `client_secret_basic`, `client_secret_post` or `none`.
    pub(crate) auth_method: &'static str,
    pub(crate) redirect_uri: String,
    pub(crate) post_logout_redirect_uri: Option<String>,
    pub(crate) scope: String,
    /// The algorithm that ID tokens have to be signed with; RS256 when none is said.
    pub(crate) id_token_signed_response_alg: Option<&'static str>,
    /// Further parameters of the authorization request.
    pub(crate) parameters: Map<String, Value>,
    /// Whether to use the first refresh token once more at the end.
    pub(crate) reuse_refresh_token: bool,
}

/// What it got.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Outcome {
    /// The ID token's claims, verified by the library.
    pub(crate) claims: Map<String, Value>,
    /// Userinfo, whose subject the library compared.
    pub(crate) userinfo: Map<String, Value>,
    /// The token endpoint's answers to up to two refreshes, one after the other.
    pub(crate) refreshed: Vec<Map<String, Value>>,
    /// The error code when the first refresh token was used once more.
    pub(crate) reuse_error: Option<String>,
    /// Where to send the browser to log out.
    pub(crate) end_session_url: Option<String>,
}

/// What a service account is told.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ServiceSetup {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    /// What it signs its assertions with.
    pub(crate) algorithm: &'static str,
    pub(crate) scope: String,
    /// Where its token is for (RFC 8707).
    pub(crate) resource: String,
}

/// A relying party that waits for the browser to come back.
pub(crate) struct RelyingParty {
    talk: Talk,
    /// Where the browser goes to log in.
    pub(crate) authorization_url: String,
}

/// A service account that waits until its key is known.
pub(crate) struct ServiceAccount {
    talk: Talk,
    /// Its public key.
    pub(crate) jwk: Value,
}

#[derive(Deserialize)]
struct Key {
    jwk: Value,
}

impl ServiceAccount {
    /// Makes a key.
    pub(crate) async fn start(kind: Kind, setup: &ServiceSetup) -> Self {
        let setup = serde_json::to_string(setup).expect("JSON");
        blocking(move || {
            let mut talk = Talk::start(kind.language(), "service", &setup);
            let key: Result<Key, Refusal> = talk.hear();
            Self { talk, jwk: key.expect("a key").jwk }
        })
        .await
    }

    /// Discovers the provider and asks it for a token.
    pub(crate) async fn go_on(mut self) -> Result<Map<String, Value>, Refusal> {
        blocking(move || self.talk.say("")).await
    }
}

#[derive(Deserialize)]
struct Start {
    authorization_url: String,
}

impl RelyingParty {
    /// Discovers the provider and starts a log-in.
    pub(crate) async fn start(kind: Kind, setup: &Setup) -> Result<Self, Refusal> {
        let setup = serde_json::to_string(setup).expect("JSON");
        blocking(move || {
            let mut talk = Talk::start(kind.language(), "login", &setup);
            let start: Start = talk.hear()?;
            Ok(Self { talk, authorization_url: start.authorization_url })
        })
        .await
    }

    /// Hands over the address that the browser came back to.
    pub(crate) async fn finish(mut self, callback: &str) -> Result<Outcome, Refusal> {
        let callback = callback.to_owned();
        blocking(move || self.talk.say(&callback)).await
    }
}

/// Off the runtime's thread, which serves the provider that the relying party talks to.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the relying party's thread ends well")
}
