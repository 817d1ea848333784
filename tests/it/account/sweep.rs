//! The same wrong requests at every address of the table.

use latchkey_web::limits::{LARGE_BYTES, MAX_BYTES};
use reqwest::header::{CONTENT_TYPE, COOKIE, ORIGIN};
use reqwest::{Method, RequestBuilder};

use super::routes::{Post, ROWS, Row};
use super::{FORM, JSON, Stage, is_ours};
use crate::support::http::{Answer, Site};

/// A body that cannot be read, and the status that says so.
type Unreadable = (&'static str, Option<&'static str>, Vec<u8>, u16);

/// `most` is how large a form may be.
fn unreadable_forms(most: usize) -> Vec<Unreadable> {
    let latin = Some("application/x-www-form-urlencoded; charset=iso-8859-1");
    vec![
        ("too large", Some(FORM), format!("step={}", "x".repeat(most)).into_bytes(), 413),
        ("too many", Some(FORM), "a=1&".repeat(300).into_bytes(), 413),
        ("bad percent", Some(FORM), b"step=%zz".to_vec(), 400),
        ("cut percent", Some(FORM), b"step=a&nickname=%4".to_vec(), 400),
        ("no UTF-8", Some(FORM), b"nickname=%ff%fe".to_vec(), 400),
        ("a surrogate", Some(FORM), b"nickname=%ed%a0%80".to_vec(), 400),
        ("overlong", Some(FORM), b"nickname=%c0%80".to_vec(), 400),
        ("raw bytes", Some(FORM), vec![b'a', b'=', 0xff, 0xfe], 400),
        ("NUL", Some(FORM), b"step=%00&nickname=a%00b".to_vec(), 400),
        ("a raw NUL", Some(FORM), b"step=\0".to_vec(), 400),
        ("JSON", Some(JSON), b"{\"step\":\"a\"}".to_vec(), 415),
        ("XML", Some("text/xml"), b"<step/>".to_vec(), 415),
        ("plain text", Some("text/plain"), b"step=a".to_vec(), 415),
        ("multipart", Some("multipart/form-data; boundary=x"), b"--x--".to_vec(), 415),
        ("another charset", latin, b"step=a".to_vec(), 415),
        ("no type", None, b"step=a".to_vec(), 415),
    ]
}

fn unreadable_uploads() -> Vec<Unreadable> {
    let kind = Some("multipart/form-data; boundary=x");
    let field = |value: &[u8]| {
        let head = b"--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n";
        [&head[..], value, b"\r\n--x--\r\n"].concat()
    };
    vec![
        // What is too large is said on the page itself, to whoever is logged in.
        ("a field too large", kind, field(&[b'x'; 70_000]), 303),
        ("no UTF-8", kind, field(b"\xff\xfe"), 400),
        ("NUL", kind, field(b"\0"), 400),
        ("cut off", kind, b"--x\r\nContent-Disposition: form-data; name=\"a\"".to_vec(), 400),
        ("no parts", kind, b"step=a".to_vec(), 400),
        ("no boundary", Some("multipart/form-data"), b"--x--".to_vec(), 415),
        ("a form", Some(FORM), b"step=a".to_vec(), 415),
        ("JSON", Some(JSON), b"{\"step\":\"a\"}".to_vec(), 415),
        ("no type", None, b"step=a".to_vec(), 415),
    ]
}

fn unreadable_scripts() -> Vec<Unreadable> {
    let deep = format!("{{\"step\":{}", "[".repeat(20_000)).into_bytes();
    let aside = format!("{{\"x\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes();
    vec![
        ("too large", Some(JSON), format!("{{\"step\":\"{}", "x".repeat(70_000)).into(), 413),
        ("nothing", Some(JSON), Vec::new(), 400),
        ("broken", Some(JSON), b"{\"step\":".to_vec(), 400),
        ("more than one", Some(JSON), b"{\"step\":\"a\"}{}".to_vec(), 400),
        ("no object", Some(JSON), b"\"a\"".to_vec(), 400),
        ("null", Some(JSON), b"null".to_vec(), 400),
        ("no step", Some(JSON), b"{}".to_vec(), 400),
        ("a number", Some(JSON), b"{\"step\":1}".to_vec(), 400),
        ("repeated", Some(JSON), b"{\"step\":\"a\",\"step\":\"b\"}".to_vec(), 400),
        ("no UTF-8", Some(JSON), b"{\"step\":\"\xff\"}".to_vec(), 400),
        ("half a surrogate", Some(JSON), b"{\"step\":\"\\ud800\"}".to_vec(), 400),
        ("deep", Some(JSON), deep, 400),
        ("deep aside", Some(JSON), aside, 400),
        ("a form", Some(FORM), b"step=a".to_vec(), 415),
        ("plain text", Some("text/plain"), b"{\"step\":\"a\"}".to_vec(), 415),
        ("no type", None, b"{\"step\":\"a\"}".to_vec(), 415),
    ]
}

fn posted() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().filter(|row| row.post != Post::No)
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_and_leaves_nothing_behind() {
    let site = Site::start().await;
    let stage = Stage::set(&site).await;
    let before = stage.trace().await;
    let (forms, scripts) = (unreadable_forms(MAX_BYTES), unreadable_scripts());
    let pasted = unreadable_forms(LARGE_BYTES);
    let uploads = unreadable_uploads();
    for row in posted() {
        let wrong = match row.post {
            Post::Form | Post::Open => &forms,
            Post::Pasted => &pasted,
            Post::Json => &scripts,
            Post::Upload => &uploads,
            Post::No | Post::Unread => continue,
        };
        let path = stage.path(row.path);
        for (what, kind, body, status) in wrong {
            let what = format!("{what} at {path}");
            let answer = site.send(stage.post(&path, *kind, body.clone())).await;
            is_ours(&answer, &what);
            assert_eq!(answer.status, *status, "{what}: {}", answer.heading());
        }
    }
    assert_eq!(stage.trace().await, before);
}

/// The status of a form or a script's request that is not of the page's present step.
fn out_of_step(row: Row) -> u16 {
    if row.is_account() { 403 } else { 409 }
}

#[tokio::test]
async fn a_form_without_its_pages_step_is_not_taken() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let edit = stage.path("/account/keys/{id}/edit");
    let elsewhere = stage.form(&edit).await.field("step").expect("a step").to_owned();
    let long = "x".repeat(5000);
    let before = stage.trace().await;
    let of_a_step = |row: &&Row| matches!(row.post, Post::Form | Post::Json);
    for row in posted().filter(of_a_step) {
        let path = stage.path(row.path);
        for step in ["", "guessed", "\u{202e}", &elsewhere, &elsewhere[1..], &long] {
            if path == edit && step == elsewhere {
                continue;
            }
            let step = serde_json::json!({ "step": step });
            let (kind, body) = match row.post {
                Post::Json => (JSON, step.to_string()),
                _ => (FORM, form_body(&step, &[("nickname", "Forged"), ("decision", "allow")])),
            };
            let answer = site.send(stage.post(&path, Some(kind), body)).await;
            is_ours(&answer, &path);
            assert_eq!(answer.status, out_of_step(*row), "{step} at {path}: {}", answer.heading());
        }
        if row.post == Post::Form {
            // Nothing at all, and the right step beside another.
            for (body, status) in [
                (String::new(), out_of_step(*row)),
                (
                    format!("step={elsewhere}&step=x"),
                    if row.is_account() { 400 } else { out_of_step(*row) },
                ),
            ] {
                let answer = site.send(stage.post(&path, Some(FORM), body)).await;
                is_ours(&answer, &path);
                assert_eq!(answer.status, status, "{path}: {}", answer.heading());
            }
        }
    }
    assert_eq!(stage.trace().await, before);
}

fn form_body(step: &serde_json::Value, more: &[(&str, &str)]) -> String {
    let step = step["step"].as_str().expect("a text");
    let mut pairs = vec![("step", step)];
    pairs.extend(more);
    crate::support::http::encode(&pairs)
}

#[tokio::test]
async fn what_another_site_sends_is_refused_whatever_it_carries() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let ours = site.issuer.clone();
    let sibling = ours.replace("http://localhost", "http://evil.localhost");
    let secure = ours.replace("http://", "https://");
    let evil: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("origin", "null")],
        vec![("origin", &sibling)],
        vec![("origin", &secure)],
        vec![("origin", &ours), ("origin", "https://evil.example")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site"), ("origin", &ours)],
        vec![("sec-fetch-site", "cross-site"), ("origin", &ours)],
        vec![("referer", &ours)],
    ];
    let mut requests = Vec::new();
    for row in posted() {
        let path = stage.path(row.path);
        // The step that the page itself would send.
        let page = path.trim_end_matches("/options").to_owned();
        let step = match row.post {
            _ if row.is_account() => stage.form(&page).await.field("step").map(str::to_owned),
            _ => None,
        };
        let step = serde_json::json!({ "step": step.unwrap_or_default() });
        let (kind, body) = match row.post {
            Post::Json => (JSON, step.to_string()),
            _ => (FORM, form_body(&step, &[("nickname", "Forged")])),
        };
        requests.push((path, kind, body));
    }
    let before = stage.trace().await;
    for (path, kind, body) in &requests {
        for headers in &evil {
            let request = stage.amy.request(Method::POST, path).header(CONTENT_TYPE, *kind);
            let request = headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, *value));
            let answer = site.send(request.body(body.clone())).await;
            is_ours(&answer, path);
            assert_eq!(answer.status, 403, "{headers:?} at {path}");
            assert_eq!(answer.heading(), "This came from another site");
            assert!(answer.header("set-cookie").is_none(), "{headers:?} at {path}");
        }
    }
    assert_eq!(stage.trace().await, before);
    // The same from our own page is taken.
    let rename = stage.path("/account/keys/{id}/edit");
    let (path, kind, body) = requests.iter().find(|(path, ..)| *path == rename).expect("a rename");
    let answer = site.send(stage.post(path, Some(kind), body.clone())).await;
    assert_eq!(answer.status, 303, "{}", answer.heading());
}

/// Whether an answer leads to the log-in pages, or keeps a script out.
#[track_caller]
fn is_shut_out(answer: &Answer, row: Row, what: &str) {
    is_ours(answer, what);
    match row.post {
        Post::Json => assert_eq!((answer.status, answer.body.as_str()), (403, ""), "{what}"),
        _ => {
            let to = answer.location().unwrap_or_default();
            assert!(answer.status == 303 && to.starts_with("/login/"), "{what}: {to}");
        }
    }
}

#[tokio::test]
async fn without_a_session_or_with_a_forged_one_every_page_leads_to_the_log_in() {
    let site = Site::start().await;
    let mut stage = Stage::set(&site).await;
    let real = stage.amy.session().expect("a session").to_owned();
    let name = "latchkey-session";
    let mut forged: Vec<Vec<u8>> = [
        String::new(),
        format!("{name}="),
        format!("{name}=guessed"),
        format!("{name}={}", &real[1..]),
        format!("{name}={real}A"),
        format!("{name}={}", real.to_uppercase()),
        format!("{name}=\"{real}\""),
        format!("{name}={}", "x".repeat(7000)),
        format!("__Host-{name}={real}"),
        format!("{}={real}", name.to_uppercase()),
        format!("{name}=' OR 1=1 --"),
        format!("latchkey-browser={real}"),
        ";;=;".to_owned(),
    ]
    .map(String::into_bytes)
    .to_vec();
    forged.push([name.as_bytes(), b"=\xff\xfe"].concat());
    let mut requests: Vec<(&Row, String, String)> = Vec::new();
    for row in ROWS.iter().filter(|row| row.is_account()) {
        let path = stage.path(row.path);
        let body = match row.post {
            Post::No | Post::Upload | Post::Unread => String::new(),
            Post::Form | Post::Open | Post::Pasted => stage.form(&path).await.body(),
            Post::Json => {
                let form = stage.form(path.trim_end_matches("/options")).await;
                serde_json::json!({ "step": form.field("step") }).to_string()
            }
        };
        requests.push((row, path, body));
    }
    let before = stage.trace().await;
    for cookie in &forged {
        let with = |request: RequestBuilder| request.header(COOKIE, cookie.as_slice());
        for (row, path, body) in &requests {
            let what = format!("{path} with {}", cookie.escape_ascii());
            if row.get {
                let answer = site.send(with(site.http.get(site.url(path)))).await;
                is_shut_out(&answer, **row, &what);
            }
            let kind = match row.post {
                Post::No | Post::Upload | Post::Unread => continue,
                Post::Form | Post::Open | Post::Pasted => FORM,
                Post::Json => JSON,
            };
            let request = site.http.post(site.url(path)).header(ORIGIN, &site.issuer);
            let request = request.header(CONTENT_TYPE, kind).body(body.clone());
            is_shut_out(&site.send(with(request)).await, **row, &what);
        }
        // Nobody is logged out by somebody who has no session.
        let request = site.http.post(site.url("/logout")).header(ORIGIN, &site.issuer);
        assert_eq!(site.send(with(request)).await.status, 200);
    }
    assert_eq!(stage.trace().await, before);
    assert_eq!(stage.amy.get("/account").await.status, 200);
}

#[tokio::test]
async fn an_address_that_names_no_key_is_not_found() {
    let site = Site::start().await;
    let stage = Stage::set(&site).await;
    let id = stage.key.id.to_string();
    let long = "a".repeat(5000);
    let names = [
        "x",
        "0",
        "-1",
        "null",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        &id[1..],
        &format!("{id}0"),
        &format!("%20{id}"),
        &format!("{id}%00"),
        &format!("{id}%0d%0aset-cookie:%20a=b"),
        "%00",
        "%ff%fe",
        "%zz",
        "..%2f..%2fadmin",
        "%2e%2e",
        "%27%20OR%201=1%20--",
        "%e2%80%ae",
        "%f0%9f%94%91",
        &long,
    ];
    let before = stage.trace().await;
    for row in ROWS.iter().filter(|row| row.path.contains("{id}")) {
        for name in names {
            let path = row.path.replace("{id}", name);
            let (kind, body) = match row.post {
                Post::Json => (JSON, "{\"step\":\"a\"}"),
                _ => (FORM, "step=a&nickname=Forged"),
            };
            let posted = site.send(stage.post(&path, Some(kind), body)).await;
            is_ours(&posted, &path);
            // Whether there is such a key is told to nobody whose form is none of ours.
            assert!([403, 404].contains(&posted.status), "{path}: {}", posted.status);
            if row.get {
                let shown = site.send(stage.amy.request(Method::GET, &path)).await;
                is_ours(&shown, &path);
                assert_eq!(shown.status, 404, "{path}: {}", shown.heading());
            }
        }
    }
    assert_eq!(stage.trace().await, before);
}

#[tokio::test]
async fn an_address_with_a_query_that_cannot_be_read_shows_the_page_as_without() {
    let site = Site::start().await;
    let stage = Stage::set(&site).await;
    let long = "x".repeat(6000);
    let queries = [
        "%zz",
        "a=%ff",
        "a=%00",
        "&&&=&",
        "ui_locales=%00",
        "ui_locales=cy&ui_locales=en",
        "ui_locales=../../etc/passwd",
        "ui_locales=%e2%80%ae",
        "done=x",
        "done=%00",
        "done=AAAA&done=BBBB",
        &format!("done={long}"),
        &"a=1&".repeat(300),
    ];
    let before = stage.trace().await;
    // Where a step is taken, and where a flow that is over is looked for, is tested elsewhere.
    let shown = ROWS.iter().filter(|row| row.get && !row.path.contains("{flow}"));
    for row in shown {
        let path = stage.path(row.path);
        let plain = site.send(stage.amy.request(Method::GET, &path)).await.status;
        for query in queries {
            let asked = format!("{path}?{query}");
            let answer = site.send(stage.amy.request(Method::GET, &asked)).await;
            is_ours(&answer, &asked);
            assert_eq!(answer.status, plain, "{asked}");
            assert!(!answer.body.contains("was added") && !answer.body.contains(&long));
        }
    }
    assert_eq!(stage.trace().await, before);
}
