//! Who asks, when proxies stand between: what `X-Forwarded-For` and `X-Request-Id` say, and from
//! whom that is believed.
//!
//! `X-Forwarded-Proto`, `X-Forwarded-Host` and `Forwarded` (RFC 7239) are read by nobody: the
//! issuer is a setting, and one way of naming the client is enough to keep honest.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderValue};

use latchkey_core::network::Network;

/// The longest request id that is taken over.
const ID_BYTES: usize = 64;

/// Who asks: the last address in `X-Forwarded-For` that none of our own proxies has, else the peer.
/// What comes before it was written by the client, and says nothing; what cannot be read ends the
/// search, because whoever wrote it may have written all of the rest.
#[must_use]
pub fn address(peer: SocketAddr, headers: &HeaderMap, proxies: &[Network]) -> SocketAddr {
    let mut client = SocketAddr::new(peer.ip().to_canonical(), peer.port());
    if !is_proxy(client.ip(), proxies) {
        return client;
    }
    for line in headers.get_all("x-forwarded-for").iter().rev() {
        // Bytes: what a client put before a proxy's word for it need not be text.
        for part in line.as_bytes().rsplit(|byte| *byte == b',') {
            let text = std::str::from_utf8(part).unwrap_or_default();
            let Some(address) = parse(text.trim()) else { return client };
            client = SocketAddr::new(address, 0);
            if !is_proxy(address, proxies) {
                return client;
            }
        }
    }
    client
}

/// What a proxy of ours calls the request; anybody else's word for it is not taken.
#[must_use]
pub fn request_id(
    peer: SocketAddr,
    headers: &HeaderMap,
    proxies: &[Network],
) -> Option<HeaderValue> {
    let id = headers.get("x-request-id")?;
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
    let fits = (1..=ID_BYTES).contains(&id.len()) && id.as_bytes().iter().all(plain);
    (fits && is_proxy(peer.ip(), proxies)).then(|| id.clone())
}

/// Takes away what only a proxy of ours may say: which trace a request belongs to (W3C Trace
/// Context).
pub fn strip_untrusted(peer: SocketAddr, headers: &mut HeaderMap, proxies: &[Network]) {
    if headers.contains_key("traceparent") && !is_proxy(peer.ip(), proxies) {
        headers.remove("traceparent");
        headers.remove("tracestate");
    }
}

fn is_proxy(address: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|network| network.contains(address))
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let alone = bare.unwrap_or(text).parse::<IpAddr>();
    let address = alone.or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    // Brackets are for IPv6.
    (bare.is_none() || address.is_ipv6()).then(|| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: [&str; 2] = ["10.0.0.0/8", "2001:db8:1::/48"];

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            let value = HeaderValue::from_bytes(line.as_bytes()).expect("a header");
            headers.append(name, value);
        }
        headers
    }

    fn proxies() -> Vec<Network> {
        OURS.iter().map(|text| text.parse().expect("a network")).collect()
    }

    fn peer(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().expect("an address"), 1)
    }

    fn client(from: &str, forwarded: &[&str]) -> String {
        let headers = headers("x-forwarded-for", forwarded);
        address(peer(from), &headers, &proxies()).ip().to_string()
    }

    #[test]
    fn the_last_address_that_is_no_proxy_of_ours_is_the_clients() {
        assert_eq!(client("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.1, 10.0.0.2"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["192.0.2.1", "10.0.0.2,10.0.0.3"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.9, 10.0.0.2"]), "10.0.0.9", "proxies all the way");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        assert_eq!(client("2001:db8:1::1", &["2001:db8:2::7"]), "2001:db8:2::7");
        assert_eq!(client("::ffff:10.0.0.1", &["[2001:db8:2::7]"]), "2001:db8:2::7");
        assert_eq!(client("10.0.0.1", &["[2001:db8:2::7]:443, 10.0.0.2:80"]), "2001:db8:2::7");
        assert_eq!(client("10.0.0.1", &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["::ffff:192.0.2.1"]), "192.0.2.1", "one name for one host");
    }

    #[test]
    fn what_a_client_claims_of_itself_is_not_believed() {
        assert_eq!(client("192.0.2.9", &["127.0.0.1"]), "192.0.2.9");
        assert_eq!(client("10.0.0.1", &["127.0.0.1, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.7, 192.0.2.1, 10.0.0.2"]), "192.0.2.1");
    }

    #[test]
    fn nothing_before_garbage_is_believed() {
        for garbage in
            ["nonsense", "", "unknown", "_hidden", "[192.0.2.1]", "fe80::1%eth0", "10.0.0", "é"]
        {
            let line = format!("127.0.0.1, {garbage}");
            assert_eq!(client("10.0.0.1", &[&line]), "10.0.0.1", "{garbage}");
            assert_eq!(client("10.0.0.1", &["127.0.0.1", garbage]), "10.0.0.1", "{garbage}");
        }
        assert_eq!(client("10.0.0.1", &["127.0.0.1,,10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn garbage_before_a_proxys_word_does_not_hide_the_client() {
        for garbage in ["é", "\u{ff}\u{fe}, 127.0.0.1", "x".repeat(4000).as_str(), ",,"] {
            let line = format!("{garbage}, 192.0.2.1");
            assert_eq!(client("10.0.0.1", &[&line]), "192.0.2.1", "{garbage}");
        }
    }

    #[test]
    fn other_headers_name_no_client() {
        for name in ["forwarded", "x-real-ip", "true-client-ip", "x-client-ip"] {
            let headers = headers(name, &["for=192.0.2.1", "192.0.2.1"]);
            assert_eq!(
                address(peer("10.0.0.1"), &headers, &proxies()).ip().to_string(),
                "10.0.0.1"
            );
        }
    }

    #[test]
    fn a_request_id_is_taken_from_a_proxy_only_and_only_when_it_is_plain() {
        let id = |from: &str, text: &str| {
            let headers = headers("x-request-id", &[text]);
            request_id(peer(from), &headers, &proxies()).is_some()
        };
        assert!(id("10.0.0.1", "7f3a-19c2_A.b"));
        assert!(!id("192.0.2.9", "7f3a-19c2"), "anybody could make log lines lie");
        for wrong in ["", "a b", "<script>", "a\"b", "é", &"a".repeat(65)] {
            assert!(!id("10.0.0.1", wrong), "{wrong}");
        }
    }
}
