//! The installation's settings: file and environment, turned into valid types once.
//!
//! Owns what can be set, its defaults and its limits. Opens nothing: whether the database or the
//! theme can be used is found out by those who use them.

mod console;
mod duration;
mod environment;
mod mail;
mod read;
mod saml;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use latchkey_core::network::Network;
use latchkey_oidc::Issuer;
use url::Url;

pub use console::ConsoleHost;
pub use mail::{Mail, Post, Protection, Smtp};
pub use saml::Saml;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Who issues tokens here: an https origin, or an http one on the loopback.
    pub issuer: Url,
    /// Where requests are taken.
    pub listen: Listen,
    /// Where everything is remembered.
    pub database: Database,
    /// What seals secrets at rest.
    pub master_key: MasterKey,
    /// How long things last.
    pub lifetimes: Lifetimes,
    /// How passwords are hashed.
    pub passwords: Passwords,
    /// How pages look.
    pub theme: ThemeFolder,
    /// Where log-ins come from that many people share.
    pub throttle: Throttle,
    /// What may be reached that is not public.
    pub fetch: Fetch,
    /// What makers say of their keys, if it is read.
    pub metadata: Option<Metadata>,
    /// How letters leave, if they do.
    pub mail: Option<Mail>,
    /// What holds for every application that speaks SAML.
    pub saml: Saml,
    /// How long the audit trail is kept, and where its checkpoints go.
    pub audit: Audit,
    /// Where traces go, if anywhere.
    pub traces: Option<Traces>,
    /// Where the admin console is, if anywhere.
    pub console: Console,
    /// In which zone times are shown to people.
    pub time_zone: TimeZone,
}

/// `[console]`: where the admin console is.
#[derive(Clone, Debug)]
pub enum Console {
    /// Below our own address: this program serves it.
    Embedded,
    /// On a host of its own, so that a fault there is none here.
    Elsewhere {
        /// Its origin.
        origin: Issuer,
        /// What holds the secret that it authenticates with.
        secret_file: PathBuf,
    },
    /// Nowhere: administrators have the command line.
    Nowhere,
}

/// `[listen]`
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address that is listened on.
    pub address: SocketAddr,
    /// The proxies whose word about a client's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// What TLS is spoken with; without it a proxy speaks TLS.
    pub tls: Option<Tls>,
    /// Where operators ask how the server is; its own address, never the public one.
    pub management: Option<SocketAddr>,
    /// How long requests are still taken after the signal to stop, while readiness is denied.
    pub drain: Duration,
}

/// `[listen] tls`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate, and those that vouch for it (PEM).
    pub cert: PathBuf,
    /// Its key (PEM).
    pub key: PathBuf,
}

/// `[database]`
#[derive(Clone)]
pub struct Database {
    /// `sqlite:` and an absolute path, or a server's address, which may hold a password.
    pub url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.url.split(':').next().unwrap_or_default();
        f.debug_struct("Database").field("kind", &kind).finish_non_exhaustive()
    }
}

/// `[master_key]`: where it comes from, in every version that is still needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MasterKey {
    /// A file, which is made when it is not there and the database is new.
    File(PathBuf),
    /// An environment variable of this name.
    Env(String),
    /// What a command prints: a program and its arguments.
    Command(Vec<String>),
}

/// `[lifetimes]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization code.
    pub code: Duration,
    /// An access token.
    pub access_token: Duration,
    /// An ID token.
    pub id_token: Duration,
    /// A refresh token that dies with its session.
    pub refresh_token: Duration,
    /// A refresh token that outlives its session.
    pub offline_refresh_token: Duration,
    /// A way through the log-in pages.
    pub flow: Duration,
    /// A ceremony with a security key.
    pub ceremony: Duration,
    /// How long a new signing key is published before it signs.
    pub key_lead: Duration,
    /// The same of one for applications that speak SAML, which fetch our metadata rarely.
    pub saml_key_lead: Duration,
}

/// How stale what a node remembers of applications, organisations and keys may be.
pub(crate) const STALE: Duration = Duration::from_secs(2);

/// No ID token is valid for longer, whatever is set: a key that signed one is kept so long.
pub const ID_TOKEN_AT_MOST: Duration = Duration::from_secs(86_400);

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: Duration::from_secs(60),
            access_token: Duration::from_secs(10 * 60),
            id_token: Duration::from_secs(10 * 60),
            refresh_token: Duration::from_secs(12 * 3600),
            offline_refresh_token: Duration::from_secs(30 * 86_400),
            flow: Duration::from_secs(15 * 60),
            ceremony: Duration::from_secs(10 * 60),
            key_lead: Duration::from_secs(3600),
            saml_key_lead: Duration::from_secs(14 * 86_400),
        }
    }
}

/// `[passwords]`: Argon2id (RFC 9106) and how much of it at the same time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passwords {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub iterations: u32,
    /// Lanes.
    pub lanes: u32,
    /// How many passwords are hashed at the same time.
    pub parallel: usize,
    /// How many may wait for that before people are told to come back.
    pub queue: usize,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            memory_kib: 19_456,
            iterations: 2,
            lanes: 1,
            parallel: std::thread::available_parallelism().map_or(1, usize::from),
            queue: 256,
        }
    }
}

/// `[throttle]`: networks that wrong log-ins are counted differently for. The count of each account
/// goes on everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Throttle {
    /// Networks that are not counted at all, such as that of a monitoring system.
    pub exempt: Vec<Network>,
    /// Networks of many people behind one address: they get twenty times as much.
    pub registered: Vec<Network>,
}

/// `[fetch]`: requests that we make of hosts that others name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetch {
    /// Networks that may be reached although they are not public, over http too.
    pub allow: Vec<Network>,
}

/// `[metadata]`: what makers publish of their keys (FIDO Metadata Service).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where it is.
    pub blob: MetadataSource,
    /// Certificates (PEM or DER), one of which has to vouch for whoever signed it.
    pub roots: PathBuf,
    /// The host that the signer's certificate is for.
    pub signer: String,
}

/// `[metadata] blob`
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataSource {
    /// A file.
    File(PathBuf),
    /// An address, which [`Fetch`] judges.
    Address(Url),
}

/// Whose certificate signs the FIDO Alliance's own metadata.
pub const METADATA_SIGNER: &str = "mds.fidoalliance.org";

/// `[telemetry]`: traces for an OpenTelemetry collector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traces {
    /// Where it takes them (OTLP over HTTP), e.g. `http://127.0.0.1:4318/v1/traces`.
    pub address: Url,
    /// Of how many requests in a hundred; whoever hands a request on has decided for it.
    pub percent: u8,
}

/// `[audit]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// How long events are kept.
    pub retention: Duration,
    /// The file that checkpoints are added to, on another disk perhaps.
    pub checkpoints: Option<PathBuf>,
}

impl Default for Audit {
    fn default() -> Self {
        // A year and the time to look back at it.
        Self { retention: Duration::from_secs(400 * 86_400), checkpoints: None }
    }
}

/// `[theme]`
#[derive(Clone, Debug, Default)]
pub struct ThemeFolder {
    /// The folder whose files stand in place of the built-in theme's.
    pub folder: Option<PathBuf>,
}

impl Config {
    /// Settings with every default, for an issuer, an address and a folder for the data.
    #[must_use]
    pub fn new(issuer: Url, address: SocketAddr, data: &Path) -> Self {
        let database = data.join("latchkey.db");
        Self {
            issuer,
            listen: Listen {
                address,
                trusted_proxies: Vec::new(),
                tls: None,
                management: None,
                drain: Duration::ZERO,
            },
            database: Database { url: format!("sqlite:{}", database.display()) },
            master_key: MasterKey::File(data.join("master.key")),
            lifetimes: Lifetimes::default(),
            passwords: Passwords::default(),
            theme: ThemeFolder::default(),
            throttle: Throttle::default(),
            fetch: Fetch::default(),
            metadata: None,
            mail: None,
            saml: Saml::default(),
            audit: Audit::default(),
            traces: None,
            console: Console::Embedded,
            time_zone: default_time_zone(),
        }
    }

    /// The demo's settings: on the loopback, at `localhost`, which browsers take for secure.
    ///
    /// # Errors
    /// Never for a port that there is.
    pub fn demo(data: &Path, port: u16) -> Result<Self, url::ParseError> {
        let issuer = Url::parse(&format!("http://localhost:{port}"))?;
        let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let spool = Post::Spool(data.join("mail"));
        let mail = Mail { post: spool, from: "login@latchkey.example".to_owned() };
        // Where its applications are.
        let fetch = Fetch { allow: vec![Network::from(IpAddr::V4(Ipv4Addr::LOCALHOST))] };
        Ok(Self { mail: Some(mail), fetch, ..Self::new(issuer, address, data) })
    }
}

impl Config {
    /// Whether passwords may come to an address of the network in the clear: people use https, and
    /// nothing here says who speaks it.
    #[must_use]
    pub fn speaks_in_the_clear(&self) -> bool {
        let listen = &self.listen;
        self.issuer.scheme() == "https"
            && listen.tls.is_none()
            && listen.trusted_proxies.is_empty()
            && !listen.address.ip().to_canonical().is_loopback()
    }
}

/// What is told when [`Config::speaks_in_the_clear`].
pub const IN_THE_CLEAR: &str = "passwords come to this address in the clear unless a proxy before \
    it speaks TLS: set \"tls\" under [listen], or name the proxy in \"trusted_proxies\"";

/// The system's zone, or London's, or none at all.
fn default_time_zone() -> TimeZone {
    TimeZone::try_system().or_else(|_| TimeZone::get("Europe/London")).unwrap_or(TimeZone::UTC)
}
