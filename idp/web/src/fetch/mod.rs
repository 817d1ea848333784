//! The one outbound HTTP client: for addresses that others name, and so may name for their own ends.
//!
//! Owns what may be reached (SSRF) and how much of an answer is read. Knows no protocol, follows no
//! redirect, keeps no connection and no cookie; neither errors nor the log carry more of an address
//! than its host. RFC 9110; addresses per RFC 6890.

mod address;
mod resolver;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use tracing::Instrument as _;
use url::{Host, Url};

pub use address::is_public;
use resolver::Pinned;
pub use resolver::{Resolver, Resolving, SystemResolver};

/// No host or path that anybody means is longer.
const LONGEST_URL: usize = 2048;
/// The HTTP client itself stops at 400 KiB; this is what an honest answer may have.
const LARGEST_HEAD: usize = 32 * 1024;
const MOST_FIELDS: usize = 64;

/// How much of an answer is read, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most bytes of a body.
    pub size: usize,
    /// From the question for an address to the last byte.
    pub time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { size: 1024 * 1024, time: Duration::from_secs(10) }
    }
}

/// Why there is no answer. Each is a sentence without the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It is no URL with a host, or too long.
    #[error("this is no web address")]
    Malformed,
    /// It carries a user name or a password.
    #[error("an address may not carry a user name or password")]
    Userinfo,
    /// It is not https, and its host is in no allowed network.
    #[error("the address does not begin with https://")]
    Scheme,
    /// It is a port that is not the web's.
    #[error("port {0} may not be reached")]
    Port(u16),
    /// The name has no address.
    #[error("the name of the host has no address")]
    Unresolved,
    /// One of the addresses is not public and in no allowed network.
    #[error("the host has the address {0}, which is not public; [fetch] allow lists exceptions")]
    Forbidden(IpAddr),
    /// No connection, no trust in the certificate, or an answer that is no HTTP.
    #[error("no answer from the host: {0}")]
    Connection(String),
    /// It took too long.
    #[error("the host did not answer in time")]
    Time,
    /// It sends elsewhere, which is not followed.
    #[error("the host answers with a redirect")]
    Redirect,
    /// The header is too large.
    #[error("the header of the answer is too large")]
    Head,
    /// The body is larger than wanted.
    #[error("the answer is larger than {0} bytes")]
    Size(usize),
    /// The body is compressed, which was not asked for.
    #[error("the answer is compressed")]
    Encoded,
}

/// What a host answered: any status but a redirect.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its header.
    pub headers: HeaderMap,
    /// Its whole body.
    pub body: Bytes,
}

/// Reaches hosts that others name.
#[derive(Clone)]
pub struct Fetcher {
    allowed: Arc<dyn Fn(IpAddr) -> bool + Send + Sync>,
    resolver: Arc<dyn Resolver>,
    bounds: Bounds,
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

/// What is sent.
enum Sent<'a> {
    Nothing { accept: &'a str },
    Body { content_type: &'a str, body: Bytes },
}

/// Where a request goes, once it has been judged.
struct Target {
    url: Url,
    pinned: SocketAddr,
}

impl Fetcher {
    /// A client that reaches public hosts over https, and those of `allowed` addresses over http
    /// too and at any port.
    #[must_use]
    pub fn new(
        allowed: impl Fn(IpAddr) -> bool + Send + Sync + 'static,
        resolver: Arc<dyn Resolver>,
    ) -> Self {
        Self { allowed: Arc::new(allowed), resolver, bounds: Bounds::default() }
    }

    /// The same with other bounds.
    #[must_use]
    pub fn bounded(&self, bounds: Bounds) -> Self {
        Self { bounds, ..self.clone() }
    }

    /// Asks for what lies at an address.
    ///
    /// # Errors
    /// When the address may not be reached, or the answer is none or too much.
    pub async fn get(&self, url: &str, accept: &str) -> Result<Answer, FetchError> {
        self.within(url, Sent::Nothing { accept }).await
    }

    /// Sends a body to an address.
    ///
    /// # Errors
    /// When the address may not be reached, or the answer is none or too much.
    pub async fn post(
        &self,
        url: &str,
        content_type: &str,
        body: Bytes,
    ) -> Result<Answer, FetchError> {
        self.within(url, Sent::Body { content_type, body }).await
    }

    async fn within(&self, url: &str, sent: Sent<'_>) -> Result<Answer, FetchError> {
        let url = read(url)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let span = tracing::debug_span!(target: "latchkey_trace", "fetch", server.address = host);
        let work = async { self.exchange(self.target(url).await?, sent).await };
        let done = tokio::time::timeout(self.bounds.time, work).instrument(span).await;
        let done = done.unwrap_or(Err(FetchError::Time));
        match &done {
            Ok(answer) => tracing::debug!(host, status = answer.status.as_u16(), "fetched"),
            Err(error) => tracing::info!(host, %error, "not fetched"),
        }
        done
    }

    /// The one place that judges an address: every address of the host must do, and the first is
    /// the one that is connected to.
    async fn target(&self, url: Url) -> Result<Target, FetchError> {
        let addresses = match url.host().ok_or(FetchError::Malformed)? {
            // The URL's own parser has read decimal, octal and hexadecimal notations.
            Host::Ipv4(address) => vec![IpAddr::V4(address)],
            Host::Ipv6(address) => vec![IpAddr::V6(address)],
            Host::Domain(name) => {
                self.resolver.resolve(name).await.map_err(|_| FetchError::Unresolved)?
            }
        };
        let first = *addresses.first().ok_or(FetchError::Unresolved)?;
        let own = |address: &IpAddr| (self.allowed)(*address);
        if let Some(address) =
            addresses.iter().find(|address| !own(address) && !is_public(**address))
        {
            return Err(FetchError::Forbidden(*address));
        }
        let port = url.port_or_known_default().ok_or(FetchError::Malformed)?;
        if !addresses.iter().all(own) {
            if url.scheme() != "https" {
                return Err(FetchError::Scheme);
            }
            // Below 1024 live services that were never meant to be spoken to like this.
            if port != 443 && port < 1024 {
                return Err(FetchError::Port(port));
            }
        }
        Ok(Target { url, pinned: SocketAddr::new(first, port) })
    }

    /// Sends and reads, at one address, over a connection of its own.
    async fn exchange(&self, target: Target, sent: Sent<'_>) -> Result<Answer, FetchError> {
        // Reads the system's root certificates.
        let building = tokio::task::spawn_blocking(move || client(target.pinned));
        let client =
            building.await.map_err(|error| FetchError::Connection(error.to_string()))??;
        let request = match sent {
            Sent::Nothing { accept } => client.get(target.url).header(ACCEPT, value(accept)?),
            Sent::Body { content_type, body } => {
                client.post(target.url).header(CONTENT_TYPE, value(content_type)?).body(body)
            }
        };
        let mut response = request.send().await.map_err(failure)?;
        let status = response.status();
        let headers = response.headers().clone();
        if status.is_redirection() {
            return Err(FetchError::Redirect);
        }
        let size: usize =
            headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
        if size > LARGEST_HEAD {
            return Err(FetchError::Head);
        }
        // Nothing is unpacked, so nothing can grow; what is packed all the same is not read.
        if headers.get_all(CONTENT_ENCODING).iter().any(|value| value != "identity") {
            return Err(FetchError::Encoded);
        }
        let too_large = FetchError::Size(self.bounds.size);
        let promised = response.content_length().and_then(|length| usize::try_from(length).ok());
        if promised.is_some_and(|length| length > self.bounds.size) {
            return Err(too_large);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > self.bounds.size {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }
}

/// A text as a URL that may be worth a look-up.
fn read(text: &str) -> Result<Url, FetchError> {
    if text.len() > LONGEST_URL {
        return Err(FetchError::Malformed);
    }
    let mut url = Url::parse(text).map_err(|_| FetchError::Malformed)?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err(FetchError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Userinfo);
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(FetchError::Malformed);
    }
    url.set_fragment(None);
    Ok(url)
}

/// A client for one exchange: it knows one address, no proxy and no earlier connection.
fn client(pinned: SocketAddr) -> Result<reqwest::Client, FetchError> {
    reqwest::Client::builder()
        .user_agent("Latchkey")
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .http1_only()
        .http1_max_headers(MOST_FIELDS)
        .pool_max_idle_per_host(0)
        .dns_resolver(Arc::new(Pinned(pinned)))
        .build()
        .map_err(failure)
}

fn value(text: &str) -> Result<HeaderValue, FetchError> {
    HeaderValue::from_str(text).map_err(|_| FetchError::Malformed)
}

/// The innermost reason: the outer ones name the address.
fn failure(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    // hyper: more fields, or more bytes, than it takes.
    if text.contains("message head is too large") {
        return FetchError::Head;
    }
    FetchError::Connection(text)
}
