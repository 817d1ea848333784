//! Independent relying parties, each in its own language: openid-client on Node.js and Authlib on
//! Python. They know the issuer's address and their credentials, and discover the rest.
//!
//! Each prints the authorization address, waits for the address that the browser came back to,
//! and prints what it got. The test is the browser in between.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/it/rp");
const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.cache/venv/bin/python");

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

/// What it said instead.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Refusal {
    /// The provider's error code, or the library's own.
    pub(crate) error: String,
    /// In words.
    pub(crate) message: String,
}

/// A relying party that waits for the browser to come back.
pub(crate) struct RelyingParty {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Where the browser goes to log in.
    pub(crate) authorization_url: String,
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
            let mut process = command(kind)
                .arg(setup)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap_or_else(|error| panic!("{kind:?} (tests/run installs it): {error}"));
            let input = process.stdin.take().expect("piped");
            let output = BufReader::new(process.stdout.take().expect("piped"));
            // From here on dropping it ends the process.
            let mut party = Self { process, input, output, authorization_url: String::new() };
            let start: Start = read(&mut party.output)?;
            party.authorization_url = start.authorization_url;
            Ok(party)
        })
        .await
    }

    /// Hands over the address that the browser came back to.
    pub(crate) async fn finish(mut self, callback: &str) -> Result<Outcome, Refusal> {
        let callback = callback.to_owned();
        blocking(move || {
            writeln!(self.input, "{callback}").expect("the relying party listens");
            read(&mut self.output)
        })
        .await
    }
}

impl Drop for RelyingParty {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(kind: Kind) -> Command {
    let (program, script) = match kind {
        Kind::OpenidClient => ("node", "node/login.mjs"),
        Kind::Authlib => (PYTHON, "python/login.py"),
    };
    let mut command = Command::new(program);
    command.arg(format!("{HERE}/{script}"));
    command
}

fn read<T: for<'de> Deserialize<'de>>(output: &mut BufReader<ChildStdout>) -> Result<T, Refusal> {
    let mut line = String::new();
    output.read_line(&mut line).expect("the relying party answers");
    let value: Value = serde_json::from_str(&line)
        .unwrap_or_else(|error| panic!("the relying party said '{line}': {error}"));
    match serde_json::from_value::<Refusal>(value.clone()) {
        Ok(refusal) => Err(refusal),
        Err(_) => Ok(serde_json::from_value(value).expect("an answer")),
    }
}

/// Off the runtime's thread, which serves the provider that the relying party talks to.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the relying party's thread ends well")
}
