use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::*;

const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Tells a name's addresses from a script: one line a question, the last for ever.
struct Script {
    lines: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Script {
    fn new(lines: impl IntoIterator<Item = Vec<IpAddr>>) -> Arc<Self> {
        let lines = Mutex::new(lines.into_iter().collect());
        Arc::new(Self { lines, asked: AtomicUsize::new(0) })
    }
}

impl Resolver for Script {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut lines = self.lines.lock().expect("whole");
        let line = if lines.len() > 1 { lines.pop_front() } else { lines.front().cloned() };
        Box::pin(std::future::ready(Ok(line.unwrap_or_default())))
    }
}

/// A server that answers every connection with the same bytes, `more` of which it repeats for as
/// long as somebody reads.
struct Host {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Host {
    async fn start(address: IpAddr, port: u16, head: &str, more: &'static [u8]) -> Self {
        let listener = TcpListener::bind((address, port)).await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let (head, seen) = (head.to_owned(), Arc::new(Mutex::new(Vec::new())));
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = request(&mut stream).await;
                log.lock().expect("whole").push(request);
                let mut sent = stream.write_all(head.as_bytes()).await;
                while sent.is_ok() && !more.is_empty() {
                    if more.len() == 1 {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    sent = stream.write_all(more).await;
                }
            }
        });
        Self { port, seen, task }
    }

    fn requests(&self) -> Vec<String> {
        self.seen.lock().expect("whole").clone()
    }
}

async fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut buffer = [0; 1024];
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(length) => read.extend_from_slice(&buffer[..length]),
        }
        // A TLS handshake has no such end.
        if read.first() == Some(&0x16) {
            break;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

const WELL: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

/// Reaches 127.0.0.1 and nothing else that is private.
fn fetcher(resolver: Arc<dyn Resolver>) -> Fetcher {
    Fetcher::new(|address| address == HOST, resolver)
        .bounded(Bounds { size: 4096, time: Duration::from_secs(20) })
}

fn local() -> Fetcher {
    fetcher(Arc::new(SystemResolver))
}

/// Nothing private at all.
fn public() -> Fetcher {
    Fetcher::new(|_| false, Arc::new(SystemResolver))
}

async fn get(fetcher: &Fetcher, url: &str) -> Result<Answer, FetchError> {
    fetcher.get(url, "application/json").await
}

async fn answered(head: &str, more: &'static [u8]) -> Result<Answer, FetchError> {
    let host = Host::start(HOST, 0, head, more).await;
    get(&local(), &format!("http://127.0.0.1:{}/", host.port)).await
}

#[tokio::test]
async fn an_allowed_host_is_asked_and_its_answer_read() {
    let host = Host::start(HOST, 0, WELL, b"").await;
    let url = format!("http://127.0.0.1:{}/jwks?a=b#part", host.port);
    let answer = get(&local(), &url).await.expect("an answer");
    assert_eq!((answer.status, &*answer.body), (StatusCode::OK, &b"{}"[..]));
    let requests = host.requests();
    assert!(requests[0].starts_with("GET /jwks?a=b HTTP/1.1\r\n"), "{requests:?}");
    assert!(requests[0].contains("accept: application/json\r\n"), "{requests:?}");
    assert!(!requests[0].contains("accept-encoding"), "nothing packed is wanted: {requests:?}");

    let sent = local().post(&url, "application/x-www-form-urlencoded", Bytes::from("a=1")).await;
    assert_eq!(sent.expect("an answer").status, StatusCode::OK);
    assert!(host.requests()[1].starts_with("POST /jwks?a=b "), "{:?}", host.requests());
}

#[tokio::test]
async fn an_error_of_the_host_is_an_answer() {
    let answer = answered("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"").await;
    assert_eq!(answer.expect("an answer").status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_name_is_resolved_once_and_the_address_that_was_judged_is_the_one_that_is_asked() {
    let good = Host::start(HOST, 0, WELL, b"").await;
    let inner = Host::start(OTHER, good.port, WELL, b"").await;
    let script = Script::new([vec![HOST], vec![OTHER]]);
    let url = format!("http://rebinding.example:{}/", good.port);

    let fetcher = fetcher(Arc::clone(&script) as _);
    get(&fetcher, &url).await.expect("an answer");
    assert_eq!(script.asked.load(Ordering::SeqCst), 1);
    assert_eq!(good.requests().len(), 1);
    let named = format!("host: rebinding.example:{}\r\n", good.port);
    assert!(good.requests()[0].contains(&named), "{:?}", good.requests());

    // The name now leads inside; a connection or an address of before would hide that.
    assert_eq!(get(&fetcher, &url).await.unwrap_err(), FetchError::Forbidden(OTHER));
    assert_eq!((good.requests().len(), inner.requests().len()), (1, 0));
}

#[tokio::test]
async fn one_private_address_among_public_ones_forbids_the_name() {
    let one = "1.1.1.1".parse().expect("an address");
    for (line, forbidden) in [(vec![one, OTHER], OTHER), (vec![OTHER, one], OTHER)] {
        let fetcher = fetcher(Script::new([line]) as _);
        let refused = get(&fetcher, "https://mixed.example/").await.unwrap_err();
        assert_eq!(refused, FetchError::Forbidden(forbidden));
    }
    let none = fetcher(Script::new([vec![]]) as _);
    assert_eq!(get(&none, "https://none.example/").await.unwrap_err(), FetchError::Unresolved);
}

#[tokio::test]
async fn a_redirect_is_not_followed_wherever_it_leads() {
    let inner = Host::start(OTHER, 0, WELL, b"").await;
    for (status, to) in [(301, OTHER), (302, OTHER), (303, OTHER), (307, HOST), (308, OTHER)] {
        let head = format!(
            "HTTP/1.1 {status} Moved\r\nLocation: http://{to}:{}/\r\nContent-Length: 0\r\n\r\n",
            inner.port
        );
        assert_eq!(answered(&head, b"").await.unwrap_err(), FetchError::Redirect, "{status}");
    }
    assert!(inner.requests().is_empty());
}

#[tokio::test]
async fn private_addresses_are_found_in_every_notation() {
    for (host, address) in [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.0.0.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("%31%32%37.0.0.1", "127.0.0.1"),
        ("\u{ff11}27.0.0.1", "127.0.0.1"),
        ("127\u{3002}0.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("169.254.169.254", "169.254.169.254"),
        ("2852039166", "169.254.169.254"),
        ("10.1", "10.0.0.1"),
        ("192.168.257", "192.168.1.1"),
        ("[::1]", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[::]", "::"),
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::ffff:7f00:1]", "::ffff:127.0.0.1"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
        ("[2002:7f00:1::]", "2002:7f00:1::"),
        ("[fd00::1]", "fd00::1"),
        ("[fe80::1]", "fe80::1"),
    ] {
        let address = address.parse().expect("an address");
        for scheme in ["https", "http"] {
            let refused = get(&public(), &format!("{scheme}://{host}/")).await.unwrap_err();
            assert_eq!(refused, FetchError::Forbidden(address), "{scheme} {host}");
        }
    }
    let refused = get(&public(), "https://localhost/").await.unwrap_err();
    assert!(matches!(refused, FetchError::Forbidden(address) if address.is_loopback()));
}

#[tokio::test]
async fn an_allowed_network_allows_its_own_addresses_only() {
    let refused = get(&local(), "http://127.0.0.2/").await.unwrap_err();
    assert_eq!(refused, FetchError::Forbidden(OTHER));
}

#[tokio::test]
async fn what_is_no_plain_https_address_is_refused_before_anybody_is_asked() {
    for (url, why) in [
        ("", FetchError::Malformed),
        ("jwks.json", FetchError::Malformed),
        ("https://", FetchError::Malformed),
        ("https://[fe80::1%25eth0]/", FetchError::Malformed),
        ("https://a b/", FetchError::Malformed),
        ("https://1.1.1.1:65536/", FetchError::Malformed),
        ("file:///etc/passwd", FetchError::Scheme),
        ("ftp://1.1.1.1/", FetchError::Scheme),
        ("gopher://1.1.1.1/", FetchError::Scheme),
        ("data:text/plain,a", FetchError::Scheme),
        ("http://1.1.1.1/", FetchError::Scheme),
        ("https://user@1.1.1.1/", FetchError::Userinfo),
        ("https://user:secret@1.1.1.1/", FetchError::Userinfo),
        ("https://:secret@1.1.1.1/", FetchError::Userinfo),
        ("https://1.1.1.1:22/", FetchError::Port(22)),
        ("https://1.1.1.1:25/", FetchError::Port(25)),
        ("https://1.1.1.1:80/", FetchError::Port(80)),
    ] {
        let script = Script::new([vec![HOST]]);
        let refused = get(&fetcher(Arc::clone(&script) as _), url).await.unwrap_err();
        assert_eq!(refused, why, "{url}");
        assert_eq!(script.asked.load(Ordering::SeqCst), 0, "{url}");
    }
    let long = format!("https://1.1.1.1/{}", "a".repeat(LONGEST_URL));
    assert_eq!(get(&local(), &long).await.unwrap_err(), FetchError::Malformed);
}

#[tokio::test]
async fn a_body_is_read_up_to_its_bound_and_no_further() {
    let head = |length: u64| format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
    let exact = format!("{}{}", head(4096), "a".repeat(4096));
    assert_eq!(answered(&exact, b"").await.expect("an answer").body.len(), 4096);

    let huge = Err(FetchError::Size(4096));
    let size = |answer: Result<Answer, FetchError>| answer.map(|answer| answer.body.len());
    assert_eq!(size(answered(&head(4097), b"").await), huge, "promised");
    assert_eq!(size(answered(&head(1 << 62), b"").await), huge, "promised");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_eq!(size(answered(chunked, b"4\r\naaaa\r\n").await), huge, "endless chunks");
    let open = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    assert_eq!(size(answered(open, b"aaaa").await), huge, "until the end of the connection");
}

#[tokio::test]
async fn an_answer_that_drips_ends_with_the_time() {
    let bounds = Bounds { size: 1 << 20, time: Duration::from_millis(150) };
    for head in [
        // A body, a header and a silence, none of which ends.
        "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: ",
        "",
    ] {
        let host = Host::start(HOST, 0, head, b"a").await;
        let fetcher = local().bounded(bounds);
        let url = format!("http://127.0.0.1:{}/", host.port);
        let slow = get(&fetcher, &url).await.unwrap_err();
        let garbage = matches!(slow, FetchError::Connection(_)) && head.is_empty();
        assert!(slow == FetchError::Time || garbage, "{head}: {slow}");
    }
}

#[tokio::test]
async fn a_header_is_bounded_too() {
    let large = format!("HTTP/1.1 200 OK\r\nX-A: {}\r\n\r\n", "a".repeat(LARGEST_HEAD));
    assert_eq!(answered(&large, b"").await.unwrap_err(), FetchError::Head);
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "X-A: a\r\n".repeat(MOST_FIELDS + 1));
    assert_eq!(answered(&many, b"").await.unwrap_err(), FetchError::Head);
    let endless = "HTTP/1.1 200 OK\r\nX-A: ";
    assert_eq!(answered(endless, b"aaaaaaaaaaaaaaaa").await.unwrap_err(), FetchError::Head);
}

#[tokio::test]
async fn what_comes_packed_is_not_unpacked() {
    for coding in ["gzip", "deflate", "br", "zstd", "identity, gzip"] {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 2\r\n\r\n\u{1f}\u{8b}"
        );
        assert_eq!(answered(&head, b"").await.unwrap_err(), FetchError::Encoded, "{coding}");
    }
}

#[tokio::test]
async fn no_error_tells_more_of_an_address_than_its_host() {
    let closed = TcpListener::bind((HOST, 0)).await.expect("a free port");
    let port = closed.local_addr().expect("bound").port();
    drop(closed);
    let plain = Host::start(HOST, 0, "nonsense\r\n\r\n", b"").await;
    for url in [
        format!("http://127.0.0.1:{port}/path?token=secret"),
        format!("https://127.0.0.1:{}/path?token=secret", plain.port),
        format!("http://127.0.0.1:{}/path?token=secret", plain.port),
        "https://user:secret@1.1.1.1/path?token=secret".to_owned(),
    ] {
        let error = get(&local(), &url).await.unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(!told.contains("secret") && !told.contains("path"), "{told}");
    }
}
