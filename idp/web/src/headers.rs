//! Security headers of pages (Content Security Policy Level 3 and its neighbours).
//!
//! Owns the one list of them. Pages say only whether their forms may lead out of the house.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};
use latchkey_core::Rng;

/// A Content Security Policy nonce: allows the one style element that carries the colour of an
/// organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// A new nonce of 128 random bits. One per response.
    #[must_use]
    pub fn new(rng: &dyn Rng) -> Self {
        Self(format!("{:032x}", u128::from_be_bytes(rng.bytes())))
    }

    /// What stands in a nonce's place where it is put in later.
    pub(crate) fn of_text(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts the headers of a page.
///
/// Browsers apply `form-action` along every redirect that a form leads to, the relying
/// application's own included, so a page whose form may lead out goes without it.
pub fn secure(headers: &mut HeaderMap, nonce: &Nonce, forms_lead_out: bool, https: bool) {
    let form_action = if forms_lead_out { "" } else { "; form-action 'self'" };
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; \
         connect-src 'self'; base-uri 'none'; frame-ancestors 'none'{form_action}"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        // `no-referrer` would make browsers send `Origin: null` with forms.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            header::HeaderName::from_static("permissions-policy"),
            "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), \
             microphone=(), geolocation=(), payment=()",
        ),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    // With those that follow: growing step by step costs more than all of them.
    headers.reserve(16);
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        strict_transport(headers);
    }
}

/// The policy of an organisation's picture: an SVG is a document when somebody opens it by itself, one
/// that can do nothing.
pub const OF_PICTURES: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// Tells browsers to come to this host over TLS only, for a year (RFC 6797). Other hosts of the
/// domain are not ours to speak for.
pub fn strict_transport(headers: &mut HeaderMap) {
    let value = HeaderValue::from_static("max-age=31536000");
    headers.insert(header::STRICT_TRANSPORT_SECURITY, value);
}

#[cfg(test)]
mod tests {
    use latchkey_core::rng::SeededRng;

    use super::*;

    fn policy(forms_lead_out: bool) -> String {
        let mut headers = HeaderMap::new();
        let nonce = Nonce::new(&SeededRng::new(1));
        secure(&mut headers, &nonce, forms_lead_out, true);
        headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text").to_owned()
    }

    #[test]
    fn only_pages_whose_forms_stay_in_the_house_restrict_them() {
        assert!(policy(false).ends_with("; form-action 'self'"));
        assert!(!policy(true).contains("form-action"));
    }

    #[test]
    fn nothing_inline_runs_and_nobody_frames_us() {
        let policy = policy(true);
        assert!(!policy.contains("unsafe"));
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "));
    }
}
