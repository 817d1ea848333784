//! What any request has: forms, cookies, languages, origins; and what people type.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::LazyLock;

use http::header::{COOKIE, ORIGIN as ORIGIN_HEADER};
use http::{HeaderMap, HeaderValue};
use latchkey_core::credentials::Nickname;
use latchkey_core::people::Username;
use latchkey_web::cookies::{Cookies, Lifetime};
use latchkey_web::csrf::check_origin;
use latchkey_web::fetch::is_public;
use latchkey_web::i18n::{Messages, Strings, Wishes};
use latchkey_web::limits::Params;

use crate::Target;

/// A form or a query.
pub(super) const FORM: Target = Target {
    name: "form",
    cost: 1,
    words: &["%", "%00", "%ff", "%c3%a9", "+", "&", "=", "&&", "a=", "%2", "%zz"],
    run: |bytes| {
        let Ok(params) = Params::parse(bytes) else { return };
        let mut written = url::form_urlencoded::Serializer::new(String::new());
        written.extend_pairs(params.iter());
        let again = Params::parse(written.finish().as_bytes()).expect("what we write we read");
        let pairs = |params: &Params| {
            let pairs = params.iter().filter(|pair| *pair != ("", ""));
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(pairs(&again), pairs(&params));
        for (name, value) in params.iter() {
            assert!(!name.contains('\0') && !value.contains('\0'));
            let times = params.all(name).count();
            assert_eq!(params.one(name).is_err(), times > 1, "{name} is there {times} times");
        }
    },
};

/// `Cookie` headers, one a line.
pub(super) const COOKIES: Target = Target {
    name: "cookies",
    cost: 1,
    words: &["latchkey-session", "__Host-latchkey-session", "=", ";", "; ", "\"", "\t", ","],
    run: |bytes| {
        let mut headers = HeaderMap::new();
        for line in bytes.split(|byte| *byte == b'\n').take(50) {
            if let Ok(value) = HeaderValue::from_bytes(line) {
                headers.append(COOKIE, value);
            }
        }
        for cookies in [Cookies { secure: true }, Cookies { secure: false }] {
            let Some(value) = cookies.read(&headers, "latchkey-session") else { continue };
            let set = cookies.set("latchkey-session", value, Lifetime::Session);
            let set = set.expect("what is read can be set");
            let pair = set.to_str().expect("text").split(';').next().unwrap_or_default().to_owned();
            let sent = HeaderMap::from_iter([(COOKIE, HeaderValue::try_from(pair).expect("one"))]);
            assert_eq!(cookies.read(&sent, "latchkey-session"), Some(value));
        }
    },
};

static STRINGS: LazyLock<Strings> = LazyLock::new(|| {
    let messages = |tag: &str| Messages {
        tag: tag.to_owned(),
        file: format!("{tag}.ftl"),
        source: "hello = Hello\n".to_owned(),
        overrides: false,
    };
    Strings::new("en", [messages("en"), messages("cy")]).expect("strings")
});

/// `ui_locales`, a cookie and `Accept-Language`, one a line.
pub(super) const LANGUAGES: Target = Target {
    name: "languages",
    cost: 1,
    words: &["en", "cy", "cy-GB", "*", ";q=", "0.5", "1.000", "0", ",", " ", "-", "NaN", "inf"],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let mut lines = text.splitn(3, '\n');
        let (ui_locales, cookie, accept_language) = (lines.next(), lines.next(), lines.next());
        let locale = STRINGS.negotiate(Wishes { ui_locales, cookie, accept_language });
        let tag = STRINGS.tag(locale);
        assert!(["en", "cy"].contains(&tag));
        let welsh = text.to_ascii_lowercase().contains("cy");
        assert!(tag == "en" || welsh, "nobody asked for Welsh");
    },
};

/// `Origin`, and `Sec-Fetch-Site` on the next line.
pub(super) const ORIGIN: Target = Target {
    name: "origin",
    cost: 1,
    words: &[
        "https://login.example.org",
        "http://",
        ":443",
        ".",
        "/",
        "null",
        "same-origin",
        "cross-site",
        "same-site",
        "none",
    ],
    run: |bytes| {
        let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
        let mut headers = HeaderMap::new();
        let mut insert = |name: http::HeaderName| {
            let line = lines.next().and_then(|line| HeaderValue::from_bytes(line).ok());
            line.map(|value| headers.insert(name, value))
        };
        let _: [Option<_>; 2] =
            [ORIGIN_HEADER, http::HeaderName::from_static("sec-fetch-site")].map(&mut insert);
        if check_origin(&headers, "https://login.example.org").is_ok() {
            let origin = headers.get(ORIGIN_HEADER);
            let site = headers.get("sec-fetch-site");
            assert!(origin.is_none_or(|origin| origin == "https://login.example.org"));
            assert!(site.is_none_or(|site| site == "same-origin" || site == "none"));
        }
    },
};

/// User names and names of keys.
pub(super) const NAMES: Target = Target {
    name: "names",
    cost: 1,
    words: &["amy.ward", "\u{200b}", "\u{202e}", "İ", "ß", "ﬁ", "e\u{301}", " ", "\u{ad}", "@"],
    run: |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        if let Ok(username) = Username::parse(text) {
            let again = Username::parse(username.as_str()).expect("a name stays one");
            assert_eq!(again.as_str(), username.as_str(), "one spelling");
        }
        if let Ok(nickname) = Nickname::parse(text) {
            let again = Nickname::parse(nickname.as_str()).expect("a name stays one");
            assert_eq!(again, nickname, "one spelling");
            assert_eq!(again.folded(), nickname.folded());
            assert!(!nickname.as_str().contains(char::is_control));
        }
    },
};

/// Sixteen bytes of an address, and the four at its end.
pub(super) const ADDRESSES: Target = Target {
    name: "addresses",
    cost: 1,
    words: &["\x7f\0\0\x01", "\0\0\0\0\0\0\0\0\0\0\u{7f}", "\x0a\0\0\x01", "\0\x64\x7f"],
    run: |bytes| {
        let Some(bytes) = bytes.first_chunk::<16>() else { return };
        let address = Ipv6Addr::from(*bytes);
        let end = std::net::Ipv4Addr::new(bytes[12], bytes[13], bytes[14], bytes[15]);
        let public = is_public(IpAddr::V4(end));
        assert_eq!(is_public(IpAddr::V6(end.to_ipv6_mapped())), public, "{end}");
        let own = end.is_loopback() || end.is_private() || end.is_link_local();
        assert!(!public || !(own || end.is_multicast() || end.is_unspecified()), "{end}");
        let own =
            address.is_loopback() || address.is_multicast() || address.is_unicast_link_local();
        assert!(
            !is_public(IpAddr::V6(address)) || !(own || address.is_unique_local()),
            "{address}"
        );
    },
};
