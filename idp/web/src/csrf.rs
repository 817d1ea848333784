//! Whether a request that acts on a cookie came from our own pages.
//!
//! Judges `Sec-Fetch-Site` (Fetch Metadata) and `Origin` (Fetch §3.2) of the request alone.
//! `SameSite=Lax` cookies are the second wall, not this one.

use http::{HeaderMap, header};

/// The request came from another site, or does not tell where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrossSite {
    /// `Sec-Fetch-Site` names another site.
    #[error("the browser says that another site sent this request")]
    FetchSite,
    /// `Origin` is not ours, is `null`, or stands there twice.
    #[error("the request has another origin")]
    Origin,
    /// Neither header is there.
    #[error("the request does not tell its origin")]
    Silent,
}

/// Checks a `POST` that acts on a cookie.
///
/// # Errors
/// When the request came from elsewhere, or does not tell.
pub fn check_origin(headers: &HeaderMap, issuer_origin: &str) -> Result<(), CrossSite> {
    let mut told = false;
    for site in headers.get_all("sec-fetch-site") {
        // `none` is a person's own doing (a reload of a submitted form), never a page's.
        if site != "same-origin" && site != "none" {
            return Err(CrossSite::FetchSite);
        }
        told = true;
    }
    for origin in headers.get_all(header::ORIGIN) {
        if origin.as_bytes() != issuer_origin.as_bytes() {
            return Err(CrossSite::Origin);
        }
        told = true;
    }
    if told { Ok(()) } else { Err(CrossSite::Silent) }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const OURS: &str = "https://login.example.org";

    fn judge(pairs: &[(&'static str, &'static str)]) -> Result<(), CrossSite> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        check_origin(&headers, OURS)
    }

    #[test]
    fn our_own_pages_pass() {
        assert_eq!(judge(&[("sec-fetch-site", "same-origin"), ("origin", OURS)]), Ok(()));
        assert_eq!(judge(&[("origin", OURS)]), Ok(()), "an older browser");
        assert_eq!(judge(&[("sec-fetch-site", "none")]), Ok(()));
    }

    #[test]
    fn another_site_is_refused() {
        for site in ["cross-site", "same-site", "", "Same-Origin", "same-origin, same-origin"] {
            let pairs = [("sec-fetch-site", site), ("origin", OURS)];
            assert_eq!(judge(&pairs), Err(CrossSite::FetchSite), "{site}");
        }
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://login.example.org",
            "https://login.example.org:8443",
            "https://login.example.org.evil.example",
            "https://LOGIN.example.org",
            "https://login.example.org/",
        ] {
            assert_eq!(judge(&[("origin", origin)]), Err(CrossSite::Origin), "{origin}");
        }
    }

    #[test]
    fn one_good_header_does_not_make_up_for_a_bad_one() {
        let pairs = [("sec-fetch-site", "same-origin"), ("origin", "null")];
        assert_eq!(judge(&pairs), Err(CrossSite::Origin));
        let pairs = [("origin", OURS), ("origin", "https://evil.example")];
        assert_eq!(judge(&pairs), Err(CrossSite::Origin));
    }

    #[test]
    fn silence_is_refused() {
        assert_eq!(judge(&[]), Err(CrossSite::Silent));
        assert_eq!(
            judge(&[("referer", "https://login.example.org/login")]),
            Err(CrossSite::Silent)
        );
    }
}
