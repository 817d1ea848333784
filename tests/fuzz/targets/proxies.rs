//! What stands between us and a client: `X-Forwarded-For`, `X-Request-Id`, `traceparent`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue};
use latchkey::serving::client;
use latchkey_core::network::Network;

use crate::Target;

const FORWARDED: &str = "x-forwarded-for";
/// One of our proxies, one more of them, and somebody who is none.
const PROXY: &str = "10.0.0.1";
const SECOND: &str = "[2001:db8:1::2]:443";
const STRANGER: &str = "192.0.2.9";

fn headers(lines: &[(&'static str, &[u8])]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, line) in lines {
        let value = HeaderValue::from_bytes(line).ok()?;
        headers.append(HeaderName::from_static(name), value);
    }
    Some(headers)
}

/// A request id, a trace and lines of `X-Forwarded-For`, one a line.
pub(super) const CLIENT: Target = Target {
    name: "client",
    cost: 1,
    words: &[
        "10.0.0.1",
        "10.9.8.7",
        "192.0.2.9",
        "127.0.0.1",
        "2001:db8:1::7",
        "::ffff:10.0.0.1",
        "[",
        "]",
        "]:443",
        ":80",
        ",",
        ", ",
        "\n",
        "unknown",
        "_hidden",
        "%eth0",
        "for=",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "7f3a-19c2_A.b",
    ],
    run: |bytes| {
        let proxies = ["10.0.0.0/8", "2001:db8:1::/48"].map(|text| text.parse().expect("one"));
        let mut parts = bytes.split(|byte| *byte == b'\n');
        let mut lines = vec![
            ("x-request-id", parts.next().unwrap_or_default()),
            ("traceparent", parts.next().unwrap_or_default()),
            ("tracestate", &b"a=b"[..]),
        ];
        lines.extend(parts.map(|line| (FORWARDED, line)));
        let Some(sent) = headers(&lines) else { return };
        from_a_stranger(&sent, &proxies);
        from_a_proxy(&sent, &proxies);
        // A proxy writes whom it sees behind everything that it was sent.
        for seen in [STRANGER, "192.0.2.9:4711", "::ffff:192.0.2.9"] {
            let after =
                [seen.as_bytes(), format!("{seen} , {SECOND}").as_bytes()].map(<[u8]>::to_vec);
            for added in after {
                let mut all = lines.clone();
                all.push((FORWARDED, &added));
                told(&all, &proxies, STRANGER);
                let (_, last) = lines.last().copied().unwrap_or_default();
                let joined = [last, b",", &added].concat();
                if lines.len() > 3 {
                    *all.last_mut().expect("one") = (FORWARDED, &joined);
                    all.remove(lines.len() - 1);
                    told(&all, &proxies, STRANGER);
                }
            }
        }
        // Behind what cannot be read, anybody may have written anything.
        let mut all = lines.clone();
        all.push((FORWARDED, b"nonsense"));
        told(&all, &proxies, PROXY);
    },
};

fn peer(text: &str) -> SocketAddr {
    SocketAddr::new(text.parse().expect("an address"), 4711)
}

/// The client's address, as a request of a proxy tells it, is this one.
fn told(lines: &[(&'static str, &[u8])], proxies: &[Network], wanted: &str) {
    let headers = headers(lines).expect("they were headers before");
    let client = client::address(peer(PROXY), &headers, proxies);
    assert_eq!(client.ip().to_string(), wanted, "{headers:?}");
}

/// Nothing that a stranger says of himself counts.
fn from_a_stranger(sent: &HeaderMap, proxies: &[Network]) {
    let stranger = peer(STRANGER);
    assert_eq!(client::address(stranger, sent, proxies), stranger);
    assert_eq!(client::request_id(stranger, sent, proxies), None);
    let mut left = sent.clone();
    client::strip_untrusted(stranger, &mut left, proxies);
    assert!(!left.contains_key("traceparent") && !left.contains_key("tracestate"));
}

fn from_a_proxy(sent: &HeaderMap, proxies: &[Network]) {
    let address = client::address(peer(PROXY), sent, proxies).ip();
    assert_eq!(address, address.to_canonical(), "one name for one host");
    if address != IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)) {
        let mut written = sent.get_all(FORWARDED).iter().map(HeaderValue::as_bytes);
        let says = |line: &[u8]| {
            let line = String::from_utf8_lossy(line);
            line.split(',').any(|part| is_it(part.trim(), address))
        };
        assert!(written.any(says), "{address} was made up: {sent:?}");
    }
    if let Some(id) = client::request_id(peer(PROXY), sent, proxies) {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        assert!((1..=64).contains(&id.len()) && id.as_bytes().iter().all(plain), "{id:?}");
    }
    let mut left = sent.clone();
    client::strip_untrusted(peer(PROXY), &mut left, proxies);
    assert_eq!(left.get("traceparent"), sent.get("traceparent"));
}

/// Whether a text says this address: alone, in brackets or with a port.
fn is_it(text: &str, address: IpAddr) -> bool {
    let socket = text.parse::<SocketAddr>().map(|socket| socket.ip());
    let alone = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    [socket.ok(), alone.ok()].into_iter().flatten().any(|said| said.to_canonical() == address)
}
