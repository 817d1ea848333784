//! Requests that nobody's software sends. Every answer is a refusal, and none is our failure.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, ORIGIN};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::http::{Answer, DAN, ROTA, Request, Site, basic};

const FORM: &str = "application/x-www-form-urlencoded";

/// Where something is posted to.
async fn posted(site: &Site) -> Vec<String> {
    let page = site.person().open(&Request::new(ROTA).path()).await;
    let flow = page.url.trim_end_matches("/identify").to_owned();
    let mut paths: Vec<String> = [
        "/oauth2/authorize",
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/logout",
        "/oauth2/logout/confirm",
        "/logout",
    ]
    .map(str::to_owned)
    .to_vec();
    for step in [
        "identify",
        "key",
        "key/options",
        "factor/passkey",
        "factor/passkey/options",
        "enrol/passkey",
        "enrol/passkey/options",
        "enrol/passkey/name",
        "ready",
        "not-started",
        "consent",
    ] {
        paths.push(format!("{flow}/{step}"));
    }
    paths
}

fn is_refusal(answer: &Answer, what: &str) {
    let shown = answer.body.get(..200).unwrap_or(&answer.body);
    assert!((400..500).contains(&answer.status), "{what}: {} {shown}", answer.status);
}

async fn post(site: &Site, path: &str, kind: Option<&str>, body: Vec<u8>) -> Answer {
    let mut request = site.http.post(site.url(path)).header(ORIGIN, &site.issuer);
    if path.ends_with("/token") {
        request = request.header("authorization", basic(ROTA));
    }
    if let Some(kind) = kind {
        request = request.header(CONTENT_TYPE, kind);
    }
    site.send(request.body(body)).await
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_everywhere() {
    let site = Site::start().await;
    let large = format!("a={}", "x".repeat(70_000)).into_bytes();
    let many = "a=1&".repeat(300).into_bytes();
    let wrong: Vec<(&str, Option<&str>, Vec<u8>)> = vec![
        ("too large", Some(FORM), large),
        ("too many", Some(FORM), many),
        ("bad percent", Some(FORM), b"a=%zz".to_vec()),
        ("cut percent", Some(FORM), b"a=%4".to_vec()),
        ("no UTF-8", Some(FORM), b"a=%ff%fe".to_vec()),
        ("raw bytes", Some(FORM), vec![b'a', b'=', 0xff, 0xfe, 0x00]),
        ("NUL", Some(FORM), b"client_id=%00&code=%00&grant_type=%00".to_vec()),
        ("JSON", Some("application/json"), b"{}".to_vec()),
        ("broken JSON", Some("application/json"), b"{\"step\":".to_vec()),
        ("XML", Some("text/xml"), b"<a/>".to_vec()),
        ("multipart", Some("multipart/form-data; boundary=x"), b"--x--".to_vec()),
        ("no type", None, b"a=b".to_vec()),
        ("twice", Some(FORM), b"step=1&step=2&client_id=a&client_id=b".to_vec()),
    ];
    for path in posted(&site).await {
        for (what, kind, body) in &wrong {
            let answer = post(&site, &path, *kind, body.clone()).await;
            let what = format!("{what} at {path}");
            // A log-out has nothing to read, and authorize and logout lead on to their GET.
            let leads_on = answer.status == 303
                && answer.location().is_some_and(|to| to.starts_with("/oauth2/"));
            let nothing_read = path == "/logout" || path.ends_with("/logout/confirm");
            let accepted = leads_on || nothing_read && answer.status == 200;
            if !accepted {
                is_refusal(&answer, &what);
            }
        }
    }
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_refused_everywhere() {
    let site = Site::start().await;
    let long = "x".repeat(20_000);
    let base = Request::new(ROTA).without("state").body();
    for query in
        ["a=%zz", "a=%4", "a=%ff%fe", "client_id=%00", "client_id=rota%00", &"a=1&".repeat(300)]
    {
        let answer = site.get(&format!("/oauth2/authorize?{query}")).await;
        is_refusal(&answer, query);
    }
    for query in ["id_token_hint=%00", "a=%zz", "client_id=%00", "logout_hint=a&logout_hint=b"] {
        is_refusal(&site.get(&format!("/oauth2/logout?{query}")).await, query);
    }
    for end in ["&state=%00", "&nonce=%00", "&claims=%00", "&login_hint=%00", "&ui_locales=%00"] {
        let answer = site.get(&format!("/oauth2/authorize?{base}{end}")).await;
        assert!(answer.status < 500, "{end}: {}", answer.status);
    }
    let answer = site.get(&format!("/oauth2/authorize?{base}&state={long}")).await;
    assert!(answer.status == 303 && answer.callback().error() == "invalid_request");
    let answer = site.get(&format!("/oauth2/authorize?{base}&state={long}{long}")).await;
    is_refusal(&answer, "a head that is too large");
    for deep in ["[".repeat(3000), format!("{}{}", "{\"id_token\":".repeat(500), "}".repeat(500))] {
        let request = Request::new(ROTA).with("claims", &deep);
        assert_eq!(site.get(&request.path()).await.callback().error(), "invalid_request");
    }
}

#[tokio::test]
async fn other_methods_are_refused() {
    let site = Site::start().await;
    for (path, methods) in [
        ("/oauth2/token", vec![Method::GET, Method::PUT, Method::DELETE, Method::PATCH]),
        ("/oauth2/authorize", vec![Method::PUT, Method::DELETE, Method::PATCH]),
        ("/oauth2/userinfo", vec![Method::PUT, Method::DELETE]),
        ("/oauth2/jwks", vec![Method::POST, Method::PUT]),
        ("/.well-known/openid-configuration", vec![Method::POST, Method::DELETE]),
        ("/oauth2/logout", vec![Method::PUT, Method::DELETE]),
        ("/oauth2/logout/confirm", vec![Method::GET, Method::PUT]),
    ] {
        for method in methods {
            let request = site.http.request(method.clone(), site.url(path));
            assert_eq!(site.send(request).await.status, 405, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn addresses_of_flows_that_are_none_are_not_found() {
    let site = Site::start().await;
    for flow in ["x", "..%2f..", "%00", "00000000-0000-0000-0000-000000000000", &"a".repeat(5000)] {
        for step in ["", "/identify", "/factor/passkey", "/consent", "/ready", "/not-you"] {
            is_refusal(&site.get(&format!("/login/{flow}{step}")).await, flow);
        }
    }
    for query in ["", "?flow=x", "?flow=00000000-0000-0000-0000-000000000000", "?flow=%zz"] {
        is_refusal(&site.get(&format!("/oauth2/authorize/resume{query}")).await, query);
        is_refusal(&site.get(&format!("/login/resume{query}")).await, query);
    }
}

#[tokio::test]
async fn odd_names_and_passwords_are_only_wrong() {
    let site = Site::start().await;
    let long = "x".repeat(20_000);
    for name in ["\0", "dan.quay\0", "' OR 1=1 --", "😀", "../../etc/passwd", "%s%n", &long] {
        for password in ["\0", "x", DAN.password, &*long] {
            let mut mallory = site.person();
            let page = mallory.open(&Request::new(ROTA).path()).await;
            let form = page.form("/identify").with("username", name).with("password", password);
            let answer = mallory.submit(&form).await;
            is_refusal(&answer, name.get(..9).unwrap_or(name));
            assert_eq!(mallory.session(), None);
        }
    }
}

#[tokio::test]
async fn credentials_that_are_none_are_only_wrong() {
    let site = Site::start().await;
    for credential in ["{}", "null", "[]", "x", "\0", "{\"id\":1}", &"[".repeat(20_000)] {
        let mut mallory = site.person();
        let page = mallory.open(&Request::new(ROTA).path()).await;
        let form = page.form("/key");
        mallory.options(&form).await;
        let answer = mallory.submit(&form.with("credential", credential).without("failure")).await;
        is_refusal(&answer, credential.get(..9).unwrap_or(credential));
        assert_eq!(mallory.session(), None);
    }
}

#[tokio::test]
async fn broken_heads_are_refused_and_the_server_goes_on() {
    let site = Site::start().await;
    let address = site.app.config.listen.address;
    for head in [
        &b"GET /oauth2/authorize?\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n"[..],
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /login HTTP/1.1\r\nHost: localhost\r\nCookie: \x00\x01\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GARBAGE\r\n\r\n",
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.expect("connected");
        stream.write_all(head).await.expect("sent");
        stream.shutdown().await.expect("half closed");
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let read = tokio::time::timeout(Duration::from_secs(10), reading).await;
        assert!(read.is_ok(), "no answer to {}", head.escape_ascii());
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.starts_with("HTTP/1.1 5"), "{}: {text}", head.escape_ascii());
    }
    let odd = site.http.get(site.url("/oauth2/userinfo"));
    let odd = odd.header("authorization", &b"Bearer \xff\xfe"[..]);
    is_refusal(&site.send(odd).await, "an odd header");
    let odd =
        site.http.get(site.url("/login")).header("cookie", &b"latchkey-session=\xff;;=;a"[..]);
    assert!(site.send(odd).await.status < 400);
    assert_eq!(site.get("/healthz").await.status, 200);
}
