//! Tables of people.

use super::*;

/// The table that is there already.
const RUNNING: &str = "northgate";

pub(super) fn routes() -> Router<Arc<Fake>> {
    Router::new()
        .route("/api/admin/v1/imports", get(async || Json(json!([]))).post(begin))
        .route("/api/admin/v1/imports/{id}", get(import))
        .route("/api/admin/v1/imports/{id}/take-in", post(take_in))
}

fn refused(status: u16, kind: &str) -> Response {
    let kind = format!("urn:latchkey:problem:{kind}");
    let problem = json!({ "type": kind, "title": "x", "status": status });
    (StatusCode::from_u16(status).expect("a status"), Json(problem)).into_response()
}

async fn begin(
    State(fake): State<Arc<Fake>>,
    Query(query): Query<HashMap<String, String>>,
    request: axum::extract::Request,
) -> Response {
    assert_eq!(request.headers()[header::CONTENT_TYPE], "text/csv");
    assert_eq!(query["dry_run"], "true", "nothing is changed at once");
    let Ok(table) = request.into_body().collect().await else { return refused(400, "unreadable") };
    let table = String::from_utf8(table.to_bytes().to_vec()).expect("text");
    match (query["organisation"].as_str(), table.len()) {
        (RUNNING, _) => refused(409, "running"),
        (_, 100_000..) => refused(413, "too-large"),
        ("tywi", _) => {
            let body = Value::from(table);
            fake.done.lock().expect("unpoisoned").push(("/imports".into(), String::new(), body));
            (StatusCode::ACCEPTED, Json(&pages::import::samples()[0])).into_response()
        }
        _ => refused(404, "not-found"),
    }
}

async fn import(Path(id): Path<String>) -> Response {
    let id = uuid::Uuid::parse_str(&id).expect("a key").as_u128();
    match pages::import::samples().get(usize::try_from(id).unwrap_or(99)) {
        Some(found) => Json(found).into_response(),
        None => refused(404, "not-found"),
    }
}

async fn take_in(
    State(fake): State<Arc<Fake>>,
    Path(id): Path<uuid::Uuid>,
    headers: HeaderMap,
    Json(wish): Json<Value>,
) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if id.as_u128() != 2 {
        return refused(409, "gone");
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    fake.done.lock().expect("unpoisoned").push(("/take-in".into(), once, wish));
    (StatusCode::ACCEPTED, Json(&pages::import::samples()[0])).into_response()
}

const BOUNDARY: &str = "multipart/form-data; boundary=b";

fn part(name: &str, more: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n")
}

fn form(token: &str, organisation: &str, table: Option<&str>) -> String {
    let name = if table.is_some() { "; filename=\"people.csv\"" } else { "; filename=\"\"" };
    [
        part("token", "", token),
        part("organisation", "", organisation),
        part("table", name, table.unwrap_or_default()),
        "--b--\r\n".to_owned(),
    ]
    .concat()
}

impl Visit {
    async fn upload(&self, body: &str) -> Answer {
        let request = Request::post("/admin/imports")
            .header(header::CONTENT_TYPE, BOUNDARY)
            .header(header::ORIGIN, URL);
        self.send(request, body).await
    }
}

fn at(number: u128) -> String {
    format!("/admin/imports/{}", uuid::Uuid::from_u128(number))
}

#[tokio::test]
async fn a_table_is_handed_on_whole_and_only_looked_at() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let table = "username,name\r\nzoe.new,Zo\u{eb} --b New\r\n".repeat(2000);
    let answer = visit.upload(&form(&token, "tywi", Some(&table))).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*at(0)));
    let done = visit.done();
    assert_eq!(done.len(), 1);
    assert_eq!(done[0].2, table);
}

#[tokio::test]
async fn a_table_that_cannot_be_taken_is_said_to_be_so_at_its_field_and_the_choice_is_kept() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let long = "x".repeat(100_000);
    for (organisation, table, told, field) in [
        ("tywi", None, "Choose the file with the table", "table"),
        ("tywi", Some(""), "Choose the file with the table", "table"),
        ("tywi", Some(long.as_str()), "That table is too large", "table"),
        ("northgate", Some("a"), "A table of this organisation is being worked on", "organisation"),
        ("elsewhere", Some("a"), "Choose an organisation that you look after", "organisation"),
        ("", Some("a"), "Choose an organisation that you look after", "organisation"),
    ] {
        let page = visit.upload(&form(&token, organisation, table)).await;
        assert_eq!(page.status, StatusCode::OK, "{organisation} {told}");
        assert!(page.body.contains(told), "{}", page.body);
        assert!(page.body.contains(&format!("href=\"#{field}\"")), "{}", page.body);
        let kept = page.body.contains("<option value=\"tywi\" selected>");
        assert_eq!(kept, organisation == "tywi", "{told}");
    }
    let request = Request::post("/admin/imports")
        .header(header::CONTENT_TYPE, BOUNDARY)
        .header(header::CONTENT_LENGTH, 33 * 1024 * 1024)
        .header(header::ORIGIN, URL);
    let page = visit.send(request, "").await;
    assert!(page.body.contains("That table is too large"), "{}", page.body);
    assert!(visit.done().is_empty());
}

#[tokio::test]
async fn a_table_from_another_log_in_another_site_or_in_another_form_is_not_read() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let other = visit.upload(&form("forged", "tywi", Some("a"))).await;
    assert_eq!((other.status, other.location()), (StatusCode::SEE_OTHER, "/admin/imports"));
    // What proves whose form it is stands before the file.
    let late = [
        part("table", "; filename=\"a.csv\"", "a"),
        part("token", "", &token),
        "--b--\r\n".to_owned(),
    ];
    let late = visit.upload(&late.concat()).await;
    assert_eq!((late.status, late.location()), (StatusCode::SEE_OTHER, "/admin/imports"));
    let cut = form(&token, "tywi", Some("a"));
    let cut = visit.upload(cut.split_once("Content-Disposition").expect("a part").0).await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);
    let plain = visit.post("/admin/imports", &format!("token={token}&organisation=tywi")).await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let request = Request::post("/admin/imports")
        .header(header::CONTENT_TYPE, BOUNDARY)
        .header(header::ORIGIN, "https://evil.example");
    let foreign = visit.send(request, &form(&token, "tywi", Some("a"))).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert!(visit.done().is_empty());
}

#[tokio::test]
async fn taking_a_table_in_waits_for_a_fresh_log_in_and_is_sent_with_the_same_key_each_time() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let page = visit.get(&at(2)).await;
    assert!(page.body.contains("Take them in"), "{}", page.body);
    let (_, once) = page.body.split_once("name=\"once\" value=\"").expect("a key");
    let once = once.split('"').next().expect("a value");
    let body = format!("token={token}&once={once}&invite=yes");
    visit.fake.lie(|lies| lies.stale = true);
    let away = visit.post(&at(2), &body).await;
    assert_eq!(away.parameter("max_age").as_deref(), Some("300"));
    assert_eq!(visit.answered(&away).await.location(), at(2));
    let page = visit.get(&at(2)).await;
    assert!(page.body.contains("value=\"yes\" checked"), "{}", page.body);
    assert!(visit.done().is_empty(), "nothing is done by itself");
    visit.fake.lie(|lies| lies.stale = false);
    let token = visit.form_token().await;
    let body = format!("token={token}&once={once}&invite=yes");
    for _ in 0..2 {
        assert_eq!(visit.post(&at(2), &body).await.location(), at(0));
    }
    let done = visit.done();
    assert_eq!(done[0].2, json!({ "invite": true }));
    assert!(done.iter().all(|(_, key, _)| key == once), "pressed twice, it is one request");
}

#[tokio::test]
async fn what_waits_no_more_goes_on_or_is_not_there_is_shown_as_that() {
    let visit = Visit::start();
    visit.log_in().await;
    let token = visit.form_token().await;
    let running = visit.get(&at(0)).await.body;
    assert!(running.contains("http-equiv=\"refresh\"") && running.contains("data-live"));
    assert!(!running.contains("Take them in"), "{running}");
    for number in 2..8 {
        let ended = visit.get(&at(number)).await.body;
        assert!(!ended.contains("http-equiv") && !ended.contains("data-live"), "{number}");
    }
    let late = visit.post(&at(7), &format!("token={token}")).await;
    assert!(late.body.contains("The table does not wait any more"), "{}", late.body);
    let forged = visit.post(&at(2), "token=forged").await;
    assert_eq!((forged.status, forged.location()), (StatusCode::SEE_OTHER, &*at(2)));
    assert_eq!(visit.get(&at(99)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(visit.get("/admin/imports/1").await.status, StatusCode::NOT_FOUND);
    let example = visit.get("/admin/imports/people.csv").await;
    assert_eq!(example.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(visit.done().is_empty());
}
