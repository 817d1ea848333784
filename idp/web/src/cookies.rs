//! Cookies: their names, their attributes and how they are read (RFC 6265bis).
//!
//! Owns the rule that a cookie is `__Host-` and `Secure` exactly when the issuer is https. Knows
//! nothing of what cookies mean.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header};

/// How long a cookie stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Until the browser closes.
    Session,
    /// This long.
    MaxAge(Duration),
}

/// Writes and reads the cookies of one issuer.
#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    /// The issuer is https.
    pub secure: bool,
}

impl Cookies {
    /// The full name of a cookie.
    #[must_use]
    pub fn name(self, name: &str) -> String {
        if self.secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// A `Set-Cookie` header. `None` when the value has octets that no cookie may have
    /// (RFC 6265 §4.1.1): ours are base64url, so this is somebody's mistake and nothing is set.
    #[must_use]
    pub fn set(self, name: &str, value: &str, lifetime: Lifetime) -> Option<HeaderValue> {
        if !value.bytes().all(is_cookie_octet) {
            return None;
        }
        let mut cookie = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax", self.name(name));
        if let Lifetime::MaxAge(age) = lifetime {
            cookie.push_str(&format!("; Max-Age={}", age.as_secs()));
        }
        if self.secure {
            cookie.push_str("; Secure");
        }
        HeaderValue::try_from(cookie).ok()
    }

    /// A `Set-Cookie` header that makes the browser forget a cookie.
    #[must_use]
    pub fn clear(self, name: &str) -> Option<HeaderValue> {
        self.set(name, "", Lifetime::MaxAge(Duration::ZERO))
    }

    /// A cookie's value as the browser sent it. Junk around it is skipped; of several with the
    /// same name the first non-empty one counts (the most specific path, RFC 6265 §5.4).
    #[must_use]
    pub fn read<'h>(self, headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
        let wanted = self.name(name);
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| std::str::from_utf8(pair).ok())
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(name, value)| {
                let value = value.trim_matches([' ', '\t']);
                let good = !value.is_empty() && value.bytes().all(is_cookie_octet);
                (name.trim_matches([' ', '\t']) == wanted && good).then_some(value)
            })
    }
}

fn is_cookie_octet(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTPS: Cookies = Cookies { secure: true };
    const HTTP: Cookies = Cookies { secure: false };

    fn sent(lines: &[&[u8]]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).expect("a header"));
        }
        headers
    }

    #[test]
    fn a_cookie_is_host_bound_and_secure_exactly_under_https() {
        let set = |cookies: Cookies| cookies.set("session", "abc", Lifetime::Session);
        assert_eq!(
            set(HTTPS).expect("a cookie"),
            "__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(set(HTTP).expect("a cookie"), "session=abc; Path=/; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn a_lifetime_is_told_in_seconds_and_clearing_is_zero() {
        let hour = Lifetime::MaxAge(Duration::from_secs(3600));
        let line = HTTP.set("a", "b", hour).expect("a cookie");
        assert!(line.to_str().expect("text").contains("Max-Age=3600"));
        let line = HTTPS.clear("a").expect("a cookie");
        assert!(line.to_str().expect("text").contains("__Host-a=; "));
        assert!(line.to_str().expect("text").contains("Max-Age=0"));
    }

    #[test]
    fn a_value_cannot_carry_attributes_or_headers() {
        for value in ["a;Domain=evil", "a b", "a\r\nSet-Cookie: x=y", "a,b", "a\"b", "é"] {
            assert_eq!(HTTPS.set("session", value, Lifetime::Session), None, "{value:?}");
        }
    }

    #[test]
    fn junk_and_duplicates_are_tolerated() {
        let headers =
            sent(&[b"\xff\xfe=1; ;=;novalue; session=; other=x", b"session=abc; session=def"]);
        assert_eq!(HTTP.read(&headers, "session"), Some("abc"));
        assert_eq!(HTTP.read(&headers, "other"), Some("x"));
        assert_eq!(HTTP.read(&headers, "novalue"), None);
    }

    #[test]
    fn under_https_a_cookie_without_the_prefix_is_not_ours() {
        let headers = sent(&[b"session=planted-by-a-subdomain"]);
        assert_eq!(HTTPS.read(&headers, "session"), None);
    }
}
