//! Pages about organisations and the platform.

use axum::extract::RawQuery;
use axum::routing::put;
use latchkey_api::AdminScope;
use pages::application_kinds::Kind;

use super::*;

/// What the API has for them.
pub(super) fn routes() -> Router<Arc<Fake>> {
    Router::new()
        .route("/api/admin/v1/audit", get(trail))
        .route("/api/admin/v1/audit/export", get(export))
        .route("/api/admin/v1/clients", get(applications).post(add_application))
        .route(
            "/api/admin/v1/clients/{id}",
            get(application).put(change_application).delete(change_application),
        )
        .route("/api/admin/v1/clients/{id}/secret", post(add_application))
        .route("/api/admin/v1/keys", get(signing_keys).post(publish_key))
        .route("/api/admin/v1/health", get(async || Json(pages::samples::health())))
        .route("/api/admin/v1/health/letters", get(letters))
        .route("/api/admin/v1/health/letters/{id}", get(letter))
        .route("/api/admin/v1/health/letters/retry", post(see_to_letters))
        .route("/api/admin/v1/health/letters/{id}/{what}", post(see_to_letters))
        .route("/api/admin/v1/roles", get(roles))
        .route("/api/admin/v1/people/{id}/roles/{role}", put(change_role).delete(change_role))
        .route("/api/admin/v1/organisations", get(organisations).post(add_organisation))
        .route("/api/admin/v1/organisations/{id}", get(organisation).patch(change_organisation))
        .route("/api/admin/v1/organisations/{id}/progress", get(progress))
        .route("/api/admin/v1/organisations/{id}/logo", get(logo))
}

/// Keeps what was asked for.
fn asked(fake: &Fake, path: &str, query: Option<String>) {
    let query = query.unwrap_or_default();
    fake.asked.lock().expect("unpoisoned").push((path.to_owned(), query));
}

async fn trail(State(fake): State<Arc<Fake>>, RawQuery(query): RawQuery) -> Json<Value> {
    asked(&fake, "/audit", query);
    Json(json!({ "items": pages::entry::samples(), "next": "1.2" }))
}

/// More than the longest answer that is read whole; refused when nothing but a case is asked for.
async fn export(State(fake): State<Arc<Fake>>, RawQuery(query): RawQuery) -> Response {
    let refused = query.as_deref() == Some("case=refused");
    asked(&fake, "/audit/export", query);
    if refused {
        return wrong("case", "unknown");
    }
    let line = "{\"kind\":\"logged_in\"}\n".repeat(400_000);
    ([(header::CONTENT_TYPE, "application/x-ndjson"), (header::SET_COOKIE, "a=b")], line)
        .into_response()
}

/// One whom the asker looks after, and the asker's own.
async fn roles(State(fake): State<Arc<Fake>>, RawQuery(query): RawQuery) -> Json<Value> {
    asked(&fake, "/roles", query);
    let organisation = json!({ "id": "northgate", "name": "Northgate" });
    let holder = |id: u128| {
        let mut person = serde_json::to_value(bethan().summary).expect("JSON");
        person["id"] = uuid::Uuid::from_u128(id).to_string().into();
        json!({ "person": person, "role": "helpdesk", "organisation": organisation })
    };
    Json(json!({ "items": [holder(0), holder(OWN)], "next": "n" }))
}

/// Who asks.
const OWN: u128 = 7;

/// Gives and ends roles, but for the last one of its kind.
async fn change_role(State(fake): State<Arc<Fake>>, request: axum::extract::Request) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    let what = format!("{} {}", request.method(), request.uri().path());
    let query = request.uri().query().unwrap_or_default().to_owned();
    if what.starts_with("DELETE") && what.ends_with("platform-administrator") {
        let kind = "urn:latchkey:problem:last-administrator";
        let problem = json!({ "type": kind, "title": "x", "status": 409 });
        return (StatusCode::CONFLICT, Json(problem)).into_response();
    }
    fake.done.lock().expect("unpoisoned").push((what, query, Value::Null));
    StatusCode::NO_CONTENT.into_response()
}

async fn applications() -> Json<Value> {
    let kinds = Kind::ALL.map(|kind| pages::samples::application(kind).summary);
    Json(json!({ "items": kinds, "next": "b&c" }))
}

/// Rota, a web application.
async fn application(Path(id): Path<String>) -> Response {
    if id != "rota/<b>" {
        let problem =
            json!({ "type": "urn:latchkey:problem:not-found", "title": "x", "status": 404 });
        return (StatusCode::NOT_FOUND, Json(problem)).into_response();
    }
    ([(header::ETAG, "\"2\"")], Json(pages::samples::application(Kind::Web))).into_response()
}

/// Adds an application, or gives one another secret, when the log-in is fresh.
async fn add_application(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    uri: http::Uri,
    Json(new): Json<Value>,
) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if new["redirect_uris"].as_array().is_some_and(|all| all.iter().any(|it| it == "nonsense")) {
        return wrong("redirect_uris", "invalid");
    }
    if new["client_id"] == "rota/<b>" {
        return wrong("client_id", "taken");
    }
    let public = new["token_endpoint_auth_method"] == "none";
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    fake.done.lock().expect("unpoisoned").push((uri.path().to_owned(), once, new));
    let application = pages::samples::application(Kind::Web);
    let mut told = json!({ "application": application });
    if !public {
        told["client_secret"] = "told-once".into();
    }
    (StatusCode::CREATED, Json(told)).into_response()
}

/// Changes or removes what was read as the second version.
async fn change_application(
    State(fake): State<Arc<Fake>>,
    request: axum::extract::Request,
) -> Response {
    let method = request.method().to_string();
    if method == "PUT" && request.headers()[header::IF_MATCH] != "\"2\"" {
        let problem = json!({ "type": "urn:latchkey:problem:stale", "title": "x", "status": 412 });
        return (StatusCode::PRECONDITION_FAILED, Json(problem)).into_response();
    }
    let path = request.uri().path().to_owned();
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    fake.done.lock().expect("unpoisoned").push((format!("{method} {path}"), String::new(), body));
    if method == "DELETE" {
        return StatusCode::NO_CONTENT.into_response();
    }
    Json(pages::samples::application(Kind::Web)).into_response()
}

async fn signing_keys() -> Json<Value> {
    Json(serde_json::to_value(pages::samples::signing_keys()).expect("JSON"))
}

/// Publishes one key when the log-in is fresh; a second one has to wait.
async fn publish_key(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(new): Json<Value>,
) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    let mut done = fake.done.lock().expect("unpoisoned");
    if !done.is_empty() {
        let problem =
            json!({ "type": "urn:latchkey:problem:waiting", "title": "x", "status": 409 });
        return (StatusCode::CONFLICT, Json(problem)).into_response();
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    done.push(("/keys".into(), once, new));
    (StatusCode::CREATED, Json(pages::samples::signing_keys().remove(0))).into_response()
}

/// Sees to letters when the log-in is fresh; none is there any more, or it is being tried.
async fn see_to_letters(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    uri: http::Uri,
    Json(wish): Json<Value>,
) -> Response {
    let lies = fake.lies.lock().expect("unpoisoned").clone();
    if lies.stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if let Some((status, kind)) = lies.letters {
        let kind = format!("urn:latchkey:problem:{kind}");
        let problem = json!({ "type": kind, "title": "x", "status": status.as_u16() });
        return (status, Json(problem)).into_response();
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    let path = uri.path().trim_start_matches("/api/admin/v1").to_owned();
    let letters = if path.starts_with("/health/letters/retry") { 4 } else { 1 };
    fake.done.lock().expect("unpoisoned").push((path, once, wish));
    let at = "2026-09-03T07:12:00Z";
    Json(json!({ "done": true, "letters": letters, "link": false, "at": at })).into_response()
}

/// Two parts of a list.
async fn letters(uri: http::Uri) -> Json<Value> {
    let mut page = pages::samples::letters();
    if uri.query().is_some_and(|query| query.contains("after=%3Cnext%3E")) {
        page.items.truncate(1);
        page.items[0].to = Some("z…@northgate.example".into());
        page.next = None;
    }
    Json(json!(page))
}

async fn letter(Path(id): Path<uuid::Uuid>) -> Response {
    match id.is_nil() {
        true => Json(pages::samples::failing_letter()).into_response(),
        false => {
            let problem =
                json!({ "type": "urn:latchkey:problem:not-found", "title": "x", "status": 404 });
            (StatusCode::NOT_FOUND, Json(problem)).into_response()
        }
    }
}

async fn organisations() -> Json<Value> {
    Json(json!({ "items": [pages::samples::organisation()] }))
}

/// Northgate, whose telephone number somebody changed after the first version.
async fn organisation(Path(id): Path<String>) -> Response {
    if id != "northgate" {
        let problem =
            json!({ "type": "urn:latchkey:problem:not-found", "title": "x", "status": 404 });
        return (StatusCode::NOT_FOUND, Json(problem)).into_response();
    }
    ([(header::ETAG, "\"2\"")], Json(pages::samples::organisation())).into_response()
}

async fn progress(Path(id): Path<String>) -> Json<Value> {
    Json(json!({
        "organisation": { "id": id, "name": "x" }, "people": 40, "classes": [], "interested": 12,
        "counted_at": "2026-09-03T07:12:00Z", "uncounted": 0, "first": [], "organisations": [],
        "days": [],
    }))
}

/// What is said to be Northgate's picture.
async fn logo(State(fake): State<Arc<Fake>>, Path(id): Path<String>) -> Response {
    let said = fake.lies.lock().expect("unpoisoned").logo.clone();
    match said.filter(|_| id == "northgate") {
        Some((kind, bytes)) => {
            ([(header::CONTENT_TYPE, kind), (header::SET_COOKIE, "a=b")], bytes).into_response()
        }
        None => {
            let kind = "urn:latchkey:problem:not-found";
            let problem = json!({ "type": kind, "title": "x", "status": 404 });
            (StatusCode::NOT_FOUND, Json(problem)).into_response()
        }
    }
}

async fn add_organisation(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(new): Json<Value>,
) -> Response {
    if new["id"] == "northgate" {
        return wrong("id", "taken");
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    fake.done.lock().expect("unpoisoned").push(("/organisations".into(), once, new));
    (StatusCode::CREATED, Json(pages::samples::organisation())).into_response()
}

/// Changes what was read as the second version, when the log-in is fresh.
async fn change_organisation(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(change): Json<Value>,
) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if headers[header::IF_MATCH] != "\"2\"" {
        let problem = json!({ "type": "urn:latchkey:problem:stale", "title": "x", "status": 412 });
        return (StatusCode::PRECONDITION_FAILED, Json(problem)).into_response();
    }
    fake.done.lock().expect("unpoisoned").push(("/organisations/id".into(), String::new(), change));
    Json(pages::samples::organisation()).into_response()
}

impl Visit {
    /// What the API was asked at an address.
    fn queries(&self, path: &str) -> Vec<String> {
        let asked = self.fake.asked.lock().expect("unpoisoned").clone();
        asked.into_iter().filter(|(at, _)| at == path).map(|(_, query)| query).collect()
    }

    /// Whoever asks may no more than this.
    fn may_only(&self, scopes: &[AdminScope]) {
        let mut me = pages::samples::me();
        me.may.retain(|may| scopes.contains(&may.scope));
        self.fake.lie(|lies| lies.me = Some(me));
    }
}

#[tokio::test]
async fn the_trail_is_searched_by_whom_by_whom_it_was_done_when_and_by_case() {
    let visit = Visit::start();
    visit.log_in().await;
    let page = visit
        .get("/admin/audit?person=beth+pr&kind=logged_in&case=NG-7&from=2026-09-01&to=2026-09-03")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Bethan Price"), "who was found stands in the form");
    let nil = uuid::Uuid::nil();
    let asked = visit.queries("/audit");
    assert_eq!(asked.len(), 1);
    for part in [
        format!("person={nil}"),
        "kind=logged_in".into(),
        "case=NG-7".into(),
        // The last day whole.
        "since=2026-09-01T00%3A00%3A00Z".into(),
        "until=2026-09-04T00%3A00%3A00Z".into(),
        "limit=25".into(),
    ] {
        assert!(asked[0].contains(&part), "{part} in {}", asked[0]);
    }
    // What follows is about whoever was found, and not about whoever is found next time.
    let next = format!("person={nil}&amp;kind=logged_in");
    assert!(page.body.contains(&next) && page.body.contains("after=1.2"), "{}", page.body);
    visit.get(&format!("/admin/audit?by={nil}&organisation=tywi&after=1.2")).await;
    let asked = visit.queries("/audit");
    let by = format!("actor={nil}&organisation=tywi&after=1.2&limit=25");
    assert_eq!(asked[1], by);
}

#[tokio::test]
async fn a_search_that_cannot_be_made_says_why_and_asks_for_nothing() {
    let visit = Visit::start();
    visit.log_in().await;
    for (query, said) in [
        ("person=zzz", "Nobody like that among the people you look after"),
        ("by=zzz", "Nobody like that among the people you look after"),
        ("from=yesterday", "Type a date like 2026-09-03"),
        ("to=2026-02-30", "Type a date like 2026-09-03"),
        ("to=9999-12-31", "Type a date like 2026-09-03"),
        ("from=-009999-01-01", "Type a date like 2026-09-03"),
        ("from=2026-09-03&to=2026-09-01", "This day is before the first one"),
    ] {
        let page = visit.get(&format!("/admin/audit?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
        assert!(page.body.contains(said), "{query}: {}", page.body);
        let export = visit.get(&format!("/admin/audit/export?{query}")).await;
        assert_eq!(export.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    assert!(visit.queries("/audit").is_empty() && visit.queries("/audit/export").is_empty());
}

#[tokio::test]
async fn all_of_the_trail_is_passed_on_however_long_it_is_and_nothing_else_with_it() {
    let visit = Visit::start();
    visit.log_in().await;
    let all = visit.get("/admin/audit/export?kind=logged_in&after=1.2").await;
    assert_eq!(all.body.lines().count(), 400_000);
    assert_eq!(visit.queries("/audit/export"), ["kind=logged_in"]);
    assert_eq!(all.headers[header::CONTENT_TYPE], "application/x-ndjson");
    assert_eq!(
        all.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"latchkey-audit.ndjson\""
    );
    assert_eq!(all.headers[header::CACHE_CONTROL], "no-store");
    let cookies = all.headers.get_all(header::SET_COOKIE).iter();
    let foreign = cookies.filter(|line| line.to_str().is_ok_and(|line| line.starts_with("a=")));
    assert_eq!(foreign.count(), 0, "what the API sets is not for the browser");
    let refused = visit.get("/admin/audit/export?case=refused").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("<h1"), "{}", refused.body);
}

#[tokio::test]
async fn whoever_may_not_read_the_trail_has_no_way_to_it() {
    let visit = Visit::start();
    visit.log_in().await;
    let leads = async || visit.get("/admin/can").await.body;
    assert!(leads().await.contains("\"/admin/audit\""));
    visit.may_only(&[AdminScope::CredentialsHelp]);
    assert!(!leads().await.contains("/admin/audit"));
    let page = visit.get("/admin/audit").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("Your role does not allow this"), "{}", page.body);
    // Without the right to see people there is nobody to search for.
    visit.may_only(&[AdminScope::AuditRead]);
    let page = visit.get("/admin/audit").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("name=\"person\""));
}

const NORTHGATE: &str = "/admin/organisations/northgate";

/// The fields of the form about Northgate as they stand there, but for some.
fn typed<'f>(version: &'f str, others: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let known = [
        ("name", "Northgate <Trust>"),
        ("helpdesk", "Northgate <Trust> helpdesk"),
        ("phone", "01632 960 001"),
        ("hours", "Every day, 07:00 to 21:00"),
        ("email", "helpdesk@northgate.example"),
        ("reporting", "Tell security on 01632 960 002"),
        ("was_name", "Northgate <Trust>"),
        ("was_helpdesk", "Northgate <Trust> helpdesk"),
        ("was_phone", "01632 960 001"),
        ("was_hours", "Every day, 07:00 to 21:00"),
        ("was_email", "helpdesk@northgate.example"),
        ("was_reporting", "Tell security on 01632 960 002"),
    ];
    let left = known.into_iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name));
    left.chain(others.iter().copied()).chain([("version", version)]).collect()
}

#[tokio::test]
async fn what_an_organisation_becomes_is_shown_before_it_does_and_only_that_is_sent() {
    let visit = Visit::start();
    visit.fake.lie(|lies| lies.me = Some(pages::samples::platform()));
    visit.log_in().await;
    let page = visit.get(NORTHGATE).await;
    assert!(page.body.contains("12 people would like a key"), "{}", page.body);
    let edit = format!("{NORTHGATE}/edit");
    let fields = typed("\"2\"", &[("phone", "01632 960 009")]);
    let shown = visit.submit(&edit, &fields).await;
    assert!(shown.body.contains("How people will see it"), "{}", shown.body);
    assert!(visit.done().is_empty(), "nothing is done by looking");
    let mut again = fields.clone();
    again.push(("step", "do"));
    let done = visit.submit(&edit, &again).await;
    assert_eq!(done.location(), format!("{NORTHGATE}?saved=yes"));
    let (_, _, sent) = visit.done().remove(0);
    assert_eq!(sent.get("name"), None, "it was not changed");
    assert_eq!(sent["helpdesk"]["phone"], "01632 960 009");
    assert_eq!(sent["helpdesk"]["hours"], "Every day, 07:00 to 21:00", "it is sent in full");
}

#[tokio::test]
async fn whoever_was_slower_is_told_and_sees_what_the_other_wrote() {
    let visit = Visit::start();
    visit.fake.lie(|lies| lies.me = Some(pages::samples::platform()));
    visit.log_in().await;
    let edit = format!("{NORTHGATE}/edit");
    let old = [
        ("was_phone", "01632 960 000"),
        ("phone", "01632 960 009"),
        ("was_hours", "Never"),
        ("hours", "Never"),
        ("step", "do"),
    ];
    let told = visit.submit(&edit, &typed("\"1\"", &old)).await;
    assert!(told.body.contains("Somebody else changed this meanwhile"), "{}", told.body);
    assert!(told.body.contains("Somebody else wrote meanwhile: 01632 960 001"));
    assert!(told.body.contains("value=\"01632 960 009\""), "what was typed stays");
    assert!(told.body.contains("value=\"Every day, 07:00 to 21:00\""), "the rest is as it is now");
    assert!(visit.done().is_empty());
    // A log-in that is too old comes between: the form waits, to be pressed again.
    visit.fake.lie(|lies| lies.stale = true);
    let fields = typed("\"2\"", &[("phone", "01632 960 009"), ("step", "do")]);
    let to_log_in = visit.submit(&edit, &fields).await;
    assert_eq!(to_log_in.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), edit);
    let page = visit.get(&edit).await;
    assert!(
        page.body.contains("01632 960 009") && page.body.contains("name=\"step\" value=\"do\"")
    );
    assert!(visit.done().is_empty(), "nothing is done by itself");
}

#[tokio::test]
async fn an_organisation_is_added_by_whoever_may_everywhere_and_by_nobody_else() {
    let visit = Visit::start();
    visit.log_in().await;
    let new = [
        ("id", "tarn"),
        ("name", "Tarn"),
        ("preset", "hospital"),
        ("parent", "northgate"),
        ("phone", "1"),
        ("once", "o"),
        ("step", "do"),
    ];
    assert_eq!(visit.get("/admin/organisations/new").await.status, StatusCode::FORBIDDEN);
    let refused = visit.submit("/admin/organisations/new", &new).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    visit.fake.lie(|lies| lies.me = Some(pages::samples::platform()));
    let forged = visit.post("/admin/organisations/new", "token=x&id=tarn&name=Tarn&step=do").await;
    assert_eq!(forged.location(), "/admin/organisations/new", "the form is shown again");
    assert!(visit.done().is_empty());
    let long = "x".repeat(201);
    for (name, value, said) in [
        ("id", "Tarn", "A short name has small letters"),
        ("id", "../people", "A short name has small letters"),
        ("id", "northgate", "Another organisation has that short name"),
        ("name", " ", "Type a name of 1 to 100 characters"),
        ("phone", long.as_str(), "This has to be one line"),
    ] {
        let wrong = new.map(|(field, right)| (field, if field == name { value } else { right }));
        let page = visit.submit("/admin/organisations/new", &wrong).await;
        assert!(page.status == StatusCode::OK && page.body.contains(said), "{name}: {}", page.body);
    }
    assert!(visit.done().is_empty());
    let added = visit.submit("/admin/organisations/new", &new).await;
    assert_eq!(added.location(), format!("{NORTHGATE}?saved=yes"));
    let (_, once, sent) = visit.done().remove(0);
    assert_eq!(
        (once.as_str(), &sent["parent"], &sent["preset"]),
        ("o", &json!("northgate"), &json!("hospital"))
    );
    for id in ["..%2Fpeople", "UPPER", "nowhere"] {
        let page = visit.get(&format!("/admin/organisations/{id}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
    }
}

impl Visit {
    /// Somebody of the platform, who is this person themselves.
    pub(super) async fn enter_platform(&self) {
        let mut me = pages::samples::platform();
        me.person = me.person.map(|mut person| {
            person.id = uuid::Uuid::from_u128(OWN);
            person
        });
        self.fake.lie(|lies| lies.me = Some(me));
        self.log_in().await;
    }
}

const GIVE: &str = "/admin/roles/give";
const END: &str = "/admin/roles/end";

/// The fields of a change of Bethan's roles.
fn role<'f>(role: &'f str, step: &'f str) -> [(&'f str, &'f str); 4] {
    let nobody = "00000000-0000-0000-0000-000000000000";
    [("person", nobody), ("role", role), ("organisation", "northgate"), ("step", step)]
}

#[tokio::test]
async fn what_a_role_lets_somebody_do_is_shown_before_they_have_it() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let list = visit.get("/admin/roles?organisation=northgate").await;
    assert_eq!(visit.queries("/roles"), ["organisation=northgate&limit=50"]);
    let body = list.body;
    assert_eq!(body.matches("/admin/roles/end?").count(), 1, "nobody ends their own");
    assert!(body.contains("somebody else has to end it") && body.contains("after=n"), "{body}");
    let found = visit.get(&format!("{GIVE}?search=beth+pr")).await;
    let chosen = format!("{GIVE}?person={}", uuid::Uuid::nil());
    assert!(found.body.contains(&chosen), "{}", found.body);
    assert!(visit.get(&chosen).await.body.contains("Which role?"));
    let shown = visit.submit(GIVE, &role("auditor", "see")).await;
    assert!(shown.body.contains("becomes auditor of Northgate"), "{}", shown.body);
    assert!(shown.body.contains("read who did what, and when"));
    assert!(!shown.body.contains("add, change, disable and erase people"), "auditors do not");
    assert!(visit.done().is_empty(), "nothing is done by looking");
    // The log-in is too old: the form waits, to be pressed again.
    visit.fake.lie(|lies| lies.stale = true);
    let to_log_in = visit.submit(GIVE, &role("auditor", "do")).await;
    assert_eq!(to_log_in.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), GIVE);
    assert!(visit.get(GIVE).await.body.contains("becomes auditor of Northgate"));
    assert!(visit.done().is_empty(), "nothing is done by itself");
    let given = visit.submit(GIVE, &role("auditor", "do")).await;
    assert_eq!(given.location(), "/admin/roles?done=given");
    let ended = visit.submit(END, &role("helpdesk", "do")).await;
    assert_eq!(ended.location(), "/admin/roles?done=ended");
    let nil = uuid::Uuid::nil();
    let done: Vec<_> = visit.done().into_iter().map(|(what, query, _)| (what, query)).collect();
    let path = format!("/api/admin/v1/people/{nil}/roles");
    let at = "organisation=northgate".to_owned();
    let wanted =
        [(format!("PUT {path}/auditor"), at.clone()), (format!("DELETE {path}/helpdesk"), at)];
    assert_eq!(done, wanted);
}

#[tokio::test]
async fn a_role_that_cannot_be_given_or_ended_stays_as_it_is_and_says_why() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let last = visit.submit(END, &role("platform-administrator", "do")).await;
    assert!(last.body.contains("Nobody else could look after the platform"), "{}", last.body);
    let own = uuid::Uuid::from_u128(OWN).to_string();
    for address in [GIVE, END] {
        let mut mine = role("platform-administrator", "do");
        mine[0].1 = &own;
        for step in ["see", ""] {
            mine[3].1 = step;
            let page = visit.submit(address, &mine).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "nobody changes their own");
        }
        let forged = visit.post(address, "token=x&person=1&role=helpdesk&step=do").await;
        assert_eq!(forged.location(), address, "the form is shown again");
        let nobody = [("person", "x"), ("role", "helpdesk"), ("step", "do")];
        assert_eq!(visit.submit(address, &nobody).await.status, StatusCode::BAD_REQUEST);
    }
    let none = visit.submit(GIVE, &role("king", "do")).await;
    assert!(none.body.contains("Choose a role"), "{}", none.body);
    let mut nowhere = role("helpdesk", "do");
    nowhere[2].1 = "../x";
    let nowhere = visit.submit(GIVE, &nowhere).await;
    assert!(nowhere.body.contains("Choose an organisation that there is"), "{}", nowhere.body);
    // A local administrator sees who has which, and changes none.
    visit.fake.lie(|lies| lies.me = None);
    for address in [GIVE, END] {
        assert_eq!(visit.get(address).await.status, StatusCode::FORBIDDEN);
        let page = visit.submit(address, &role("helpdesk", "do")).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert!(visit.done().is_empty());
}

pub(super) const ROTA: &str = "/admin/applications/rota%2F%3Cb%3E";

#[tokio::test]
async fn an_application_is_added_in_plain_words_and_its_secret_told_once() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let list = visit.get("/admin/applications").await;
    assert!(list.body.contains(ROTA), "{}", list.body);
    let choose = visit.get("/admin/applications/new").await;
    assert!(choose.body.contains("A single-page application"), "{}", choose.body);
    let web = "/admin/applications/new?kind=web";
    let new = [
        ("id", "porters"),
        ("name", "Porters"),
        ("redirect", "https://porters.example/cb\r\n\r\n https://porters.example/b \r\n"),
        ("organisation", "northgate"),
        ("acr", "phr"),
        ("once", "o"),
    ];
    let shown = visit.submit(web, &new).await;
    assert!(shown.body.contains("With a security key or passkey"), "{}", shown.body);
    assert!(shown.body.contains("A secret is made and shown to you once"));
    assert!(visit.done().is_empty(), "nothing is done by looking");
    let confirmed: Vec<_> = new.into_iter().chain([("step", "do")]).collect();
    visit.fake.lie(|lies| lies.stale = true);
    let to_log_in = visit.submit(web, &confirmed).await;
    assert_eq!(to_log_in.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), web);
    assert!(visit.get(web).await.body.contains("With a security key or passkey"), "it waited");
    let told = visit.submit(web, &confirmed).await;
    assert!(told.body.contains("told-once"), "{}", told.body);
    assert_eq!(told.headers[header::CACHE_CONTROL], "no-store");
    let (_, once, sent) = visit.done().remove(0);
    let wanted = json!({
        "client_id": "porters", "client_name": "Porters",
        "redirect_uris": ["https://porters.example/cb", "https://porters.example/b"],
        "latchkey_organisation": "northgate", "latchkey_require_acr": "phr",
    });
    assert_eq!((once.as_str(), sent), ("o", wanted));
    let spa = [("name", "Board"), ("redirect", "https://board.example/"), ("step", "do")];
    let added = visit.submit("/admin/applications/new?kind=spa", &spa).await;
    assert_eq!(added.location(), format!("{ROTA}?saved=yes"), "there is no secret to tell");
    let service = [
        ("name", "Nightly"),
        ("scopes", "people:read"),
        ("scopes", "audit:read"),
        ("jwks", "{ \"keys\": [] }"),
        ("step", "do"),
    ];
    visit.submit("/admin/applications/new?kind=service-key", &service).await;
    let sent = visit.done().pop().expect("sent").2;
    let account = json!({ "scopes": ["audit:read", "people:read"], "platform": true });
    assert_eq!(sent["latchkey_service_account"], account);
    assert_eq!(sent["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(sent["jwks"], json!({ "keys": [] }));
}

#[tokio::test]
async fn what_is_wrong_with_an_application_is_told_at_its_field_and_nothing_is_lost() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let web = "/admin/applications/new?kind=web";
    for (name, value, said) in [
        ("id", "rota/<b>", "Another application has that identifier"),
        ("redirect", "nonsense", "Type full https addresses without a #"),
    ] {
        let fields = [("name", "Porters"), ("redirect", "https://a.example"), ("step", "do")];
        let left = fields.into_iter().filter(|(field, _)| *field != name);
        let fields: Vec<_> = left.chain([(name, value)]).collect();
        let page = visit.submit(web, &fields).await;
        assert!(page.body.contains(said) && page.body.contains("Porters"), "{}", page.body);
    }
    let keys = [("name", "Nightly"), ("jwks", "{"), ("step", "do")];
    let page = visit.submit("/admin/applications/new?kind=service-key", &keys).await;
    assert!(page.body.contains("This is no key set"), "{}", page.body);
    assert_eq!(visit.submit("/admin/applications/new?kind=king", &keys).await.status, 400);
    assert!(visit.done().is_empty());
}

#[tokio::test]
async fn keys_that_are_longer_than_is_kept_stay_on_the_page_while_somebody_logs_in_again() {
    let visit = Visit::start();
    visit.enter_platform().await;
    visit.fake.lie(|lies| lies.stale = true);
    let new = "/admin/applications/new?kind=service-key";
    let keys = format!("{{ \"keys\": [{{ \"n\": \"{}\" }}] }}", "x".repeat(5_000));
    let fields = [("name", "Nightly"), ("scopes", "audit:read"), ("jwks", &keys), ("step", "do")];
    let page = visit.submit(new, &fields).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Your log-in is too old for this change"), "{}", page.body);
    assert!(page.body.contains("target=\"_blank\"") && page.body.contains(&"x".repeat(5_000)));
    let mut again = vec![("token", "of the other log-in")];
    again.extend(fields);
    let page = visit.post(new, &serde_urlencoded::to_string(again).expect("a form")).await;
    assert!(page.body.contains("Look through it and press the button again"), "{}", page.status);
    assert!(page.body.contains(&"x".repeat(5_000)));
    assert!(visit.done().is_empty());
}

#[tokio::test]
async fn an_application_is_changed_member_by_member_and_what_the_other_wrote_is_shown() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let edit = format!("{ROTA}/edit");
    let addresses = "https://rota.example/cb\nhttps://rota.example/<Trust>";
    let name = "Rota <script>alert(1)</script>";
    let fields = |version, was_name, acr| {
        [
            ("name", "Rota 2"),
            ("was_name", was_name),
            ("redirect", addresses),
            ("was_redirect", addresses),
            ("after_log_out", "https://rota.example/"),
            ("was_after_log_out", "https://rota.example/"),
            ("organisation", "northgate"),
            ("was_organisation", "northgate"),
            ("trusted", "yes"),
            ("was_trusted", "yes"),
            ("acr", acr),
            ("was_acr", acr),
            ("claims", "<b> = groups\nward = claim:ward"),
            ("was_claims", "<b> = groups\nward = claim:ward"),
            ("version", version),
            ("step", "do"),
        ]
    };
    let late = visit.submit(&edit, &fields("\"1\"", "Rota 0", "")).await;
    assert!(late.body.contains("Somebody else changed this meanwhile"), "{}", late.body);
    assert!(late.body.contains("Somebody else wrote meanwhile: Rota &lt;script&gt;"));
    assert!(late.body.contains("value=\"Rota 2\""), "what was typed stays");
    assert!(late.body.contains("value=\"phr\" selected"), "the rest is as it is now");
    assert!(visit.done().is_empty());
    let changed = visit.submit(&edit, &fields("\"2\"", name, "phr")).await;
    assert_eq!(changed.location(), format!("{ROTA}?saved=yes"));
    let (what, _, sent) = visit.done().remove(0);
    assert_eq!(what, "PUT /api/admin/v1/clients/rota%2F%3Cb%3E");
    let mut wanted = pages::samples::application(Kind::Web).metadata;
    wanted.insert("client_name".into(), "Rota 2".into());
    assert_eq!(sent, Value::Object(wanted), "members without a field stay as they are");
}

#[tokio::test]
async fn another_secret_and_the_end_of_an_application_are_asked_for_twice() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let secret = visit.get(&format!("{ROTA}/secret")).await;
    assert!(secret.body.contains("The old one stops working at once"), "{}", secret.body);
    let delete = visit.get(&format!("{ROTA}/delete")).await;
    assert!(delete.body.contains("Nobody can log in to it any more"), "{}", delete.body);
    let once = hidden(&secret.body, "once");
    for what in ["secret", "delete"] {
        let forged = visit.post(&format!("{ROTA}/{what}"), "token=x&once=o").await;
        assert_eq!(forged.location(), format!("{ROTA}/{what}"));
    }
    assert!(visit.done().is_empty());
    let told = visit.submit(&format!("{ROTA}/secret"), &[("once", &once)]).await;
    assert!(told.body.contains("told-once"), "{}", told.body);
    assert!(told.body.contains("The secret before this one counts no more"));
    let gone = visit.submit(&format!("{ROTA}/delete"), &[]).await;
    assert_eq!(gone.location(), "/admin/applications?removed=yes");
    let done: Vec<_> = visit.done().into_iter().map(|(what, once, _)| (what, once)).collect();
    let path = "/api/admin/v1/clients/rota%2F%3Cb%3E";
    assert_eq!(done, [(format!("{path}/secret"), once), (format!("DELETE {path}"), String::new())]);
}

#[tokio::test]
async fn whoever_may_only_read_applications_changes_none() {
    let visit = Visit::start();
    visit.fake.lie(|lies| {
        let mut me = pages::samples::platform();
        me.may.retain(|may| may.scope != AdminScope::ApplicationsWrite);
        lies.me = Some(me);
    });
    visit.log_in().await;
    let page = visit.get(ROTA).await.body;
    assert!(page.contains("Everything") && !page.contains(&format!("{ROTA}/")), "{page}");
    for below in ["new?kind=web", "rota%2F%3Cb%3E/edit"] {
        let address = format!("/admin/applications/{below}");
        assert_eq!(visit.get(&address).await.status, StatusCode::FORBIDDEN);
        let sent = visit.submit(&address, &[("name", "x"), ("step", "do")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
    }
    for below in ["secret", "delete"] {
        assert_eq!(visit.get(&format!("{ROTA}/{below}")).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(visit.get("/admin/applications/nothing").await.status, StatusCode::NOT_FOUND);
    assert!(visit.done().is_empty());
}

const NEW_KEY: &str = "/admin/keys/new";

#[tokio::test]
async fn a_new_signing_key_is_published_after_what_it_means_was_shown_and_no_second_one() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let keys = visit.get("/admin/keys").await;
    for state in ["Signs now", "Waits", "Signs no more"] {
        assert!(keys.body.contains(state), "{state}");
    }
    let shown = visit.get(&format!("{NEW_KEY}?algorithm=ES256")).await;
    assert!(shown.body.contains("A new ES256 key is published at once"), "{}", shown.body);
    let once = hidden(&shown.body, "once");
    let forged = visit.post(NEW_KEY, "token=x&algorithm=ES256&once=o").await;
    assert_eq!(forged.location(), NEW_KEY);
    visit.fake.lie(|lies| lies.stale = true);
    let fields = [("algorithm", "ES256"), ("once", once.as_str())];
    let to_log_in = visit.submit(NEW_KEY, &fields).await;
    assert_eq!(to_log_in.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), NEW_KEY);
    let again = visit.get(NEW_KEY).await;
    assert!(again.body.contains("A new ES256 key is published at once"), "it waited");
    assert!(visit.done().is_empty(), "nothing is done by itself");
    let published = visit.submit(NEW_KEY, &fields).await;
    assert_eq!(published.location(), "/admin/keys?published=yes");
    assert_eq!(visit.done(), [("/keys".into(), once.clone(), json!({ "algorithm": "ES256" }))]);
    let second = visit.submit(NEW_KEY, &fields).await;
    assert!(second.body.contains("A new key waits already"), "{}", second.body);
    let unknown = visit.submit(NEW_KEY, &[("algorithm", "none")]).await;
    assert_eq!(unknown.status, StatusCode::BAD_REQUEST);
    // Whoever may only look publishes none.
    visit.fake.lie(|lies| lies.me = None);
    assert_eq!(visit.get(NEW_KEY).await.status, StatusCode::FORBIDDEN);
    assert_eq!(visit.submit(NEW_KEY, &fields).await.status, StatusCode::FORBIDDEN);
    assert_eq!(visit.done().len(), 1);
}

#[tokio::test]
async fn health_says_what_is_the_matter_what_to_do_and_which_letters_wait() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let page = visit.get("/admin/health").await;
    for said in [
        "54 letters could not be sent yet",
        "The mail server cannot be reached",
        "Look whether it is up, and whether the address and port",
        "The log of the servers says more",
        "It is being tried right now",
        "Nobody noted why",
        "A security key was added",
        "b…@northgate.example",
        "The audit trail falls behind: 1000 entries",
        "Nothing published about key models is loaded",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // The others are on pages after it.
    let next = page.body.contains("/admin/health?after=%3Cnext%3E#letters");
    assert!(next && page.body.contains("More letters"), "{}", page.body);
    let second = visit.get("/admin/health?after=%3Cnext%3E").await;
    assert!(second.body.contains("z…@northgate.example"), "{}", second.body);
    assert!(second.body.contains("Back to the first"), "{}", second.body);
    assert!(!second.body.contains("b…@northgate.example") && !second.body.contains("More letters"));
}

const LETTERS: &str = "/admin/health/letters";

fn of_letter(what: &str) -> String {
    format!("{LETTERS}/{}/{what}", uuid::Uuid::nil())
}

#[tokio::test]
async fn letters_are_tried_again_when_the_button_is_pressed_and_not_by_a_log_in_in_between() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let once = hidden(&visit.get("/admin/health").await.body, "once");
    let all = format!("{LETTERS}/retry");
    let forged = visit.post(&all, "token=x&once=o").await;
    assert_eq!(forged.location(), "/admin/health");
    visit.fake.lie(|lies| lies.stale = true);
    let to_log_in = visit.submit(&all, &[("once", &once)]).await;
    assert_eq!(to_log_in.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), "/admin/health");
    let again = visit.get("/admin/health").await;
    assert!(again.body.contains("press the same button once more"), "{}", again.body);
    assert!(visit.done().is_empty(), "nothing is done by itself");
    assert_eq!(visit.submit(&all, &[("once", &once)]).await.location(), "/admin/health?tried=4");
    let one = visit.submit(&of_letter("retry"), &[("once", "two")]).await;
    assert_eq!(one.location(), "/admin/health?tried=1");
    let said = visit.get(one.location()).await;
    assert!(said.body.contains("1 letter is tried again now"), "{}", said.body);
    let path = format!("/health/letters/{}/retry", uuid::Uuid::nil());
    let wish = json!({ "dry_run": false });
    let done = [("/health/letters/retry".into(), once, wish.clone()), (path, "two".into(), wish)];
    assert_eq!(visit.done(), done);
    let nonsense = visit.get("/admin/health?tried=many&letter=x").await;
    assert!(!nonsense.body.contains("tried again now"), "{}", nonsense.body);
}

#[tokio::test]
async fn a_letter_is_given_up_after_what_that_means_was_shown_unless_it_is_gone() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let give_up = of_letter("give-up");
    let shown = visit.get(&give_up).await;
    for said in ["A security key was added", "its reader never gets it", "nobody warns them"] {
        assert!(shown.body.contains(said), "{said}: {}", shown.body);
    }
    let once = hidden(&shown.body, "once");
    let long = "x".repeat(501);
    let wrong = visit.submit(&give_up, &[("once", &once), ("note", &long)]).await;
    assert!(wrong.body.contains("There is a problem") && visit.done().is_empty());
    visit.fake.lie(|lies| lies.stale = true);
    let fields = [("once", once.as_str()), ("note", "He left"), ("case", "NG-7")];
    let to_log_in = visit.submit(&give_up, &fields).await;
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.answered(&to_log_in).await.location(), give_up);
    let again = visit.get(&give_up).await;
    assert!(again.body.contains("He left") && again.body.contains("NG-7"), "it waited");
    let gone = visit.submit(&give_up, &fields).await;
    assert_eq!(gone.location(), "/admin/health?letter=given-up");
    assert!(visit.get(gone.location()).await.body.contains("The letter is given up"));
    let (path, _, wish) = visit.done().remove(0);
    assert_eq!(path, format!("/health/letters/{}/withdraw", uuid::Uuid::nil()));
    assert_eq!(wish, json!({ "note": "He left", "case": "NG-7", "dry_run": false }));
    // One that was sent meanwhile, or is being tried, is no fault of whoever asks.
    for (status, kind, said) in [
        (StatusCode::NOT_FOUND, "not-found", "it was sent or given up"),
        (StatusCode::CONFLICT, "on-its-way", "Look again in a minute"),
    ] {
        visit.fake.lie(|lies| lies.letters = Some((status, kind)));
        for what in ["retry", "give-up"] {
            let late = visit.submit(&of_letter(what), &[("once", "o")]).await;
            assert!(visit.get(late.location()).await.body.contains(said), "{what} {kind}");
        }
    }
    visit.fake.lie(|lies| lies.letters = None);
    let nobodys = format!("{LETTERS}/{}/give-up", uuid::Uuid::from_u128(9));
    assert_eq!(visit.get(&nobodys).await.location(), "/admin/health?letter=gone");
    assert_eq!(visit.get(&format!("{LETTERS}/x/give-up")).await.status, StatusCode::NOT_FOUND);
    // Whoever may only look sees to none.
    let done = visit.done().len();
    visit.fake.lie(|lies| {
        let mut me = pages::samples::platform();
        me.may.retain(|may| may.scope != AdminScope::HealthWrite);
        lies.me = Some(me);
    });
    let looks = visit.get("/admin/health").await;
    assert!(!looks.body.contains(LETTERS), "{}", looks.body);
    assert_eq!(visit.get(&give_up).await.status, StatusCode::FORBIDDEN);
    for path in [format!("{LETTERS}/retry"), of_letter("retry"), give_up] {
        assert_eq!(visit.submit(&path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(visit.done().len(), done);
}

const LOGO: &str = "/admin/logo/northgate";

#[tokio::test]
async fn an_organisations_colour_and_picture_head_the_pages_of_its_administrators() {
    let visit = Visit::start();
    assert_eq!(visit.get(LOGO).await.status, StatusCode::NOT_FOUND, "nobody is logged in");
    visit.log_in().await;
    let page = visit.get("/admin/can").await;
    let body = page.body;
    assert!(body.contains("--organisation: #1f4e96 }") && body.contains(LOGO), "{body}");
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("img-src 'self';"), "no other host's pictures: {policy}");
    visit.fake.lie(|lies| {
        lies.logo = Some(("image/svg+xml", b"<svg><script>alert(1)</script></svg>".to_vec()));
    });
    let picture = visit.get(LOGO).await;
    assert_eq!(picture.status, StatusCode::OK);
    for (name, value) in [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "private, max-age=300"),
    ] {
        assert_eq!(picture.headers[name], value);
    }
    let policy = picture.headers[header::CONTENT_SECURITY_POLICY].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(!picture.headers.contains_key(header::SET_COOKIE), "nothing else is passed on");
    assert_eq!(visit.get("/admin/logo/harbour").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visit.get("/admin/logo/..%2Fpeople").await.status, StatusCode::NOT_FOUND);

    // Whoever looks after everything heads them with none of them.
    let of_all = Visit::start();
    of_all.enter_platform().await;
    let body = of_all.get("/admin/can").await.body;
    assert!(!body.contains("--organisation") && !body.contains("<img"), "{body}");
}

#[tokio::test]
async fn what_is_no_picture_or_no_colour_heads_no_page() {
    let visit = Visit::start();
    visit.fake.lie(|lies| {
        let mut me = pages::samples::me();
        if let Some(of) = &mut me.organisation {
            of.colour = Some("red } body { display: none".into());
            of.named.id = "../../oauth2/token".into();
        }
        lies.me = Some(me);
    });
    visit.log_in().await;
    let body = visit.get("/admin/can").await.body;
    assert!(!body.contains("--organisation") && !body.contains("display: none"), "{body}");
    assert!(body.contains("src=\"/admin/logo/..%2F..%2Foauth2%2Ftoken\""), "{body}");
    for (kind, bytes) in [
        ("text/html", b"<script>alert(1)</script>".to_vec()),
        ("image/svg+xml", b"<html><script>alert(1)</script>".to_vec()),
        ("image/png", b"<svg/>".to_vec()),
        ("image/svg+xml", format!("<svg>{}</svg>", " ".repeat(32 * 1024)).into_bytes()),
        ("image/svg+xml", vec![b' '; 5 * 1024 * 1024]),
    ] {
        visit.fake.lie(|lies| lies.logo = Some((kind, bytes)));
        let none = visit.get(LOGO).await;
        assert!(!none.status.is_success() && none.body.is_empty(), "{kind}: {}", none.status);
        assert_eq!(none.headers[header::CACHE_CONTROL], "no-store");
    }
}
