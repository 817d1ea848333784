//! The issuer identifier (OpenID Connect Discovery §3): an origin, parsed once.

use std::fmt;

use url::Url;

use crate::facade::IssuerUrl;
use crate::uri;

/// Who issues tokens here: `https://` and a host, without path, query or fragment, and without a
/// trailing slash. `http://` only on the loopback, for development.
#[derive(Clone, Debug)]
pub struct Issuer(IssuerUrl);

/// Why a text is no issuer identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerError {
    /// It is not an absolute address.
    #[error("the issuer is not an address such as https://login.example.org")]
    Malformed,
    /// It would be spoken to in the clear.
    #[error("the issuer must begin with https:// (http:// only for localhost)")]
    Scheme,
    /// It says more than scheme, host and port.
    #[error("the issuer is a scheme, a host and perhaps a port: no path, query or user")]
    MoreThanOrigin,
}

impl Issuer {
    /// Reads an issuer identifier. One trailing slash is dropped.
    ///
    /// # Errors
    /// When the text is not an origin, or not one that is spoken to safely.
    pub fn parse(text: &str) -> Result<Self, IssuerError> {
        let url = Url::parse(text).map_err(|_| IssuerError::Malformed)?;
        if !url.has_host() {
            return Err(IssuerError::Malformed);
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && uri::is_loopback(&url)) {
            return Err(IssuerError::Scheme);
        }
        let origin = url.origin().ascii_serialization();
        if url.as_str() != format!("{origin}/") {
            return Err(IssuerError::MoreThanOrigin);
        }
        IssuerUrl::new(origin).map(Self).map_err(|_| IssuerError::Malformed)
    }

    /// The identifier as it stands in tokens.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// An address of ours; `path` begins with a slash.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        [self.as_str(), path].concat()
    }

    pub(crate) fn url(&self) -> &IssuerUrl {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_https_origin_or_a_loopback_one() {
        let read = |text| Issuer::parse(text).map(|issuer| issuer.to_string());
        assert_eq!(read("https://login.example.org"), Ok("https://login.example.org".into()));
        assert_eq!(read("https://login.example.org/"), Ok("https://login.example.org".into()));
        assert_eq!(read("http://localhost:8080"), Ok("http://localhost:8080".into()));
        assert_eq!(read("http://login.example.org"), Err(IssuerError::Scheme));
        assert_eq!(read("http://localhost.example.org"), Err(IssuerError::Scheme));
        assert_eq!(read("https://login.example.org/idp"), Err(IssuerError::MoreThanOrigin));
        assert_eq!(read("https://login.example.org?a"), Err(IssuerError::MoreThanOrigin));
        assert_eq!(read("https://a@login.example.org"), Err(IssuerError::MoreThanOrigin));
        assert_eq!(read("login.example.org"), Err(IssuerError::Malformed));
    }
}
