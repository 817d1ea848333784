//! Addresses as clients register them, and how values are put into them (RFC 3986, RFC 6749 App B).

use url::{Host, Url};

/// Why an address cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UriError {
    /// RFC 6749 §3.1.2: an absolute URI.
    #[error("is not an absolute address")]
    NotAbsolute,
    /// RFC 3986 §2: everything else stands percent-encoded.
    #[error("contains a character that an address cannot contain")]
    Character,
    /// RFC 6749 §3.1.2: without a fragment.
    #[error("has a fragment (#…)")]
    Fragment,
    /// RFC 3986 §3.2.1: a password does not belong there.
    #[error("contains a user name or password")]
    UserInformation,
    /// RFC 9700 §2.6: never in the clear.
    #[error("must begin with https:// (http:// only for localhost, 127.0.0.1 and [::1])")]
    InTheClear,
    /// RFC 8252 §7.1: named after a domain that its owner controls.
    #[error("has a scheme that is not named after a domain, such as org.example.app:")]
    Scheme,
    /// RFC 8252 §7.1: only an application on the person's device owns a scheme.
    #[error("has a scheme of its own, which needs application_type \"native\"")]
    NotNative,
    /// Longer than any browser takes gladly.
    #[error("is longer than 2048 characters")]
    TooLong,
}

/// Checks an address that people are sent to.
pub(crate) fn check_redirect(text: &str, native: bool) -> Result<(), UriError> {
    let url = check_absolute(text)?;
    match url.scheme() {
        "https" | "http" => check_transport(&url),
        scheme if !scheme.contains('.') => Err(UriError::Scheme),
        _ if !native => Err(UriError::NotNative),
        _ => Ok(()),
    }
}

/// Checks an address that a page links to or shows.
pub(crate) fn check_link(text: &str) -> Result<(), UriError> {
    let url = check_absolute(text)?;
    check_transport(&url)
}

/// Checks what every address has in common (RFC 3986 §4.3).
pub(crate) fn check_absolute(text: &str) -> Result<Url, UriError> {
    if text.len() > 2048 {
        return Err(UriError::TooLong);
    }
    // The parser quietly repairs what it is given, and what is compared later is the text.
    if !text.bytes().all(is_uri_byte) {
        return Err(UriError::Character);
    }
    let url = Url::parse(text).map_err(|_| UriError::NotAbsolute)?;
    if text.contains('#') {
        return Err(UriError::Fragment);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UriError::UserInformation);
    }
    if matches!(url.scheme(), "http" | "https") && !has_authority(text) {
        return Err(UriError::NotAbsolute);
    }
    Ok(url)
}

fn has_authority(text: &str) -> bool {
    text.split_once(':').is_some_and(|(_, rest)| {
        rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
    })
}

fn check_transport(url: &Url) -> Result<(), UriError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ => Err(UriError::InTheClear),
    }
}

/// Whether an address is this machine's own.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// RFC 3986 §2.2 and §2.3, and the percent sign.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte)
}

/// Appends parameters to an address, keeping the query that it has (RFC 6749 §3.1.2).
pub(crate) fn with_query<'p>(
    base: &str,
    parameters: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> String {
    let mut out = String::with_capacity(base.len() + 256);
    out.push_str(base);
    let mut separator = match base.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    };
    for (name, value) in parameters {
        out.push_str(separator);
        out.push_str(name);
        out.push('=');
        encode(value, &mut out);
        separator = "&";
    }
    out
}

/// Percent-encodes all but the unreserved characters: a space becomes `%20`, which both form and
/// plain URI decoders read.
fn encode(value: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_applications_are_sent_to_https_or_to_this_machine() {
        assert_eq!(check_redirect("https://rota.example/cb", false), Ok(()));
        assert_eq!(check_redirect("https://rota.example/cb?tenant=1", false), Ok(()));
        assert_eq!(check_redirect("http://127.0.0.1:8081/cb", false), Ok(()));
        assert_eq!(check_redirect("http://[::1]/cb", false), Ok(()));
        assert_eq!(check_redirect("http://rota.example/cb", false), Err(UriError::InTheClear));
        assert_eq!(
            check_redirect("http://localhost.rota.example/cb", false),
            Err(UriError::InTheClear)
        );
    }

    #[test]
    fn a_scheme_of_its_own_is_for_native_applications_and_named_after_a_domain() {
        assert_eq!(check_redirect("org.example.app:/cb", true), Ok(()));
        assert_eq!(check_redirect("org.example.app:/cb", false), Err(UriError::NotNative));
        for hostile in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "app:/cb"]
        {
            assert_eq!(check_redirect(hostile, true), Err(UriError::Scheme), "{hostile}");
        }
    }

    #[test]
    fn an_address_without_fragment_user_or_stray_characters() {
        let check = |text| check_redirect(text, true);
        assert_eq!(check("/cb"), Err(UriError::NotAbsolute));
        assert_eq!(check("https:rota.example"), Err(UriError::NotAbsolute));
        assert_eq!(check("https:///rota.example"), Err(UriError::NotAbsolute));
        assert_eq!(check("https://rota.example/cb#"), Err(UriError::Fragment));
        assert_eq!(check("https://rota.example/cb#x"), Err(UriError::Fragment));
        assert_eq!(check("https://a:b@rota.example/cb"), Err(UriError::UserInformation));
        assert_eq!(check("https://rota.example/cb\r\nX: y"), Err(UriError::Character));
        assert_eq!(check("https://rota.example\\@evil.example"), Err(UriError::Character));
        assert_eq!(check(" https://rota.example/cb"), Err(UriError::Character));
        assert_eq!(check("https://rotä.example/cb"), Err(UriError::Character));
    }

    #[test]
    fn the_query_that_an_address_has_is_kept() {
        let with = |base| with_query(base, [("code", "a b"), ("state", "&=é")]);
        assert_eq!(
            with("https://r.example/cb"),
            "https://r.example/cb?code=a%20b&state=%26%3D%C3%A9"
        );
        assert_eq!(
            with("https://r.example/cb?t=1"),
            "https://r.example/cb?t=1&code=a%20b&state=%26%3D%C3%A9"
        );
        assert_eq!(
            with("https://r.example/cb?"),
            "https://r.example/cb?code=a%20b&state=%26%3D%C3%A9"
        );
    }
}
