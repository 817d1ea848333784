//! Tables of people.

use super::*;

/// The table that is there already.
const RUNNING: &str = "northgate";

pub(super) fn routes() -> Router<Arc<Fake>> {
    Router::new()
        .route("/api/admin/v1/imports", get(async || Json(json!([]))).post(begin))
        .route("/api/admin/v1/imports/{id}", get(import))
        .route("/api/admin/v1/imports/{id}/take-in", post(take_in))
        .route("/api/admin/v1/people/{id}/move", post(transfer))
        .route("/api/admin/v1/people/bulk", post(bulk))
        .route("/api/admin/v1/approvals", get(async || Json(approvals())))
        .route("/api/admin/v1/approvals/{id}/{what}", post(decide))
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

async fn transfer(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(wish): Json<Value>,
) -> Response {
    if wish["organisation"] != "tywi" {
        return wrong("organisation", "unknown");
    }
    let lies = fake.lies.lock().expect("unpoisoned").clone();
    if lies.stale && wish["dry_run"] != true {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    let moved = json!({
        "done": wish["dry_run"] != true, "organisation": { "id": "tywi", "name": "Tywi" },
        "roles_ended": ["helpdesk"], "can_log_in": false,
        "demanded": pages::samples::credentials().demanded,
    });
    fake.done.lock().expect("unpoisoned").push(("/move".into(), once, wish));
    Json(moved).into_response()
}

/// A pass of somebody's, and a reset that whoever looks asked for.
fn approvals() -> Value {
    let (person, me) = (bethan().summary, pages::samples::me().person.expect("a person"));
    let one =
        |id: u128, action: &str, by: &latchkey_api::people::PersonSummary, pass, decidable| {
            json!({
                "id": uuid::Uuid::from_u128(id), "action": action, "person": person, "asked_by": by,
                "asked_at": jiff::Timestamp::UNIX_EPOCH, "expires_at": jiff::Timestamp::UNIX_EPOCH,
                "handling": { "note": "lost", "case": "NG-9", "checks": ["in_person"] },
                "pass": pass, "end_sessions": false, "decidable": decidable,
            })
        };
    let mut jo = me.clone();
    (jo.id, jo.name) = (uuid::Uuid::max(), "Jo Marsh".into());
    json!([
        one(1, "pass", &jo, json!("spoken"), true),
        one(2, "reset", &me, Value::Null, false),
        one(3, "reset", &jo, Value::Null, true)
    ])
}

async fn decide(
    State(fake): State<Arc<Fake>>,
    Path((id, what)): Path<(uuid::Uuid, String)>,
    Json(body): Json<Value>,
) -> Response {
    if fake.lies.lock().expect("unpoisoned").stale {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if id.as_u128() == 3 {
        return refused(404, "not-found");
    }
    fake.done.lock().expect("unpoisoned").push((format!("/{what}"), String::new(), body));
    match what.as_str() {
        "approve" => Json(pages::samples::receipt()).into_response(),
        _ => StatusCode::NO_CONTENT.into_response(),
    }
}

/// The first would be locked out by a reset; the last is nobody.
async fn bulk(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(wish): Json<Value>,
) -> Response {
    let lies = fake.lies.lock().expect("unpoisoned").clone();
    if lies.stale && wish["dry_run"] != true {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    let dry = wish["dry_run"] == true;
    let people = wish["people"].as_array().expect("people").clone();
    let result = |(at, id): (usize, &Value)| {
        let guarded = wish["action"] == "reset" && at == 0 && wish["lock_out"] != true && !dry;
        let refused = match at {
            0 if guarded => json!("locks-out"),
            2 => json!("not-found"),
            _ => Value::Null,
        };
        let mut person = bethan().summary;
        person.name = format!("Person {at}");
        json!({
            "id": id, "person": (at != 2).then_some(person), "done": !dry && refused.is_null(),
            "refused": refused, "locked_out": at == 0, "sessions": at, "roles_ended": [],
        })
    };
    let results: Vec<Value> = people.iter().enumerate().map(result).collect();
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    fake.done.lock().expect("unpoisoned").push(("/bulk".into(), once, wish));
    let at = jiff::Timestamp::UNIX_EPOCH;
    Json(json!({ "done": !dry, "results": results, "at": at })).into_response()
}

pub(super) async fn erase(
    State(fake): State<Arc<Fake>>,
    Query(why): Query<HashMap<String, String>>,
) -> StatusCode {
    let why = serde_json::to_value(why).expect("JSON");
    fake.done.lock().expect("unpoisoned").push(("/erase".into(), String::new(), why));
    StatusCode::NO_CONTENT
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

#[tokio::test]
async fn a_move_is_shown_before_it_happens_and_what_was_typed_waits_for_a_fresh_log_in() {
    let visit = Visit::start();
    visit.log_in().await;
    let address = format!("{BETHAN}/move");
    let ask = visit.get(&address).await;
    assert!(ask.body.contains("<option value=\"tywi\">"), "{}", ask.body);
    assert!(!ask.body.contains("<option value=\"northgate\""), "they are there already");
    let long = "x".repeat(501);
    for (organisation, note, told) in [
        ("elsewhere", "", "Choose another organisation that you look after"),
        ("tywi", &*long, "at most 500 characters"),
    ] {
        let fields = [("organisation", organisation), ("note", note), ("case", "NG-9")];
        let page = visit.submit(&address, &fields).await;
        assert!(page.body.contains(told) && page.body.contains("NG-9"), "{}", page.body);
    }
    let fields = [("organisation", "tywi"), ("note", "New ward"), ("case", "NG-9")];
    let preview = visit.submit(&address, &fields).await.body;
    assert!(preview.contains("Move them all the same"), "{preview}");
    assert!(visit.done().is_empty(), "only shown");
    let once = hidden(&preview, "once");
    let fields = [&fields[..], &[("step", "do"), ("once", &once)]].concat();
    visit.fake.lie(|lies| lies.stale = true);
    let away = visit.submit(&address, &fields).await;
    assert_eq!(visit.answered(&away).await.location(), address);
    let again = visit.get(&address).await.body;
    assert!(again.contains("Move them all the same"), "{again}");
    assert_eq!(hidden(&again, "note"), "New ward");
    visit.fake.lie(|lies| lies.stale = false);
    let done = visit.submit(&address, &fields).await;
    assert_eq!(done.location(), format!("{BETHAN}#receipt"));
    let sent = visit.done();
    assert_eq!((sent.len(), &*sent[0].1), (1, &*once));
    assert_eq!(sent[0].2["handling"], json!({ "note": "New ward", "case": "NG-9" }));
    assert!(visit.get(BETHAN).await.body.contains("Moved to Tywi"));
}

#[tokio::test]
async fn somebody_is_erased_only_where_their_user_name_was_typed_in_a_form_of_this_log_in() {
    let visit = Visit::start();
    visit.log_in().await;
    let address = format!("{BETHAN}/erase");
    for typed in ["", "amy.ward", "bethan"] {
        let page = visit.submit(&address, &[("username", typed), ("note", "By her wish")]).await;
        assert!(page.body.contains("That is not their user name"), "{}", page.body);
        assert!(page.body.contains("By her wish"), "{}", page.body);
    }
    let forged = visit.post(&address, "token=forged&username=bethan.price").await;
    assert_eq!((forged.status, forged.location()), (StatusCode::SEE_OTHER, &*address));
    assert!(visit.done().is_empty());
    let fields = [("username", " Bethan.Price "), ("note", "By her wish"), ("case", "NG-9")];
    let erased = visit.submit(&address, &fields).await;
    assert!(erased.body.contains("is erased"), "{}", erased.body);
    assert_eq!(visit.done()[0].2, json!({ "note": "By her wish", "case": "NG-9" }));
}

const BULK: &str = "/admin/people/bulk";

fn ids(many: u128) -> Vec<String> {
    (0..many).map(|it| uuid::Uuid::from_u128(it).to_string()).collect()
}

#[tokio::test]
async fn the_same_for_many_names_everybody_before_and_after_and_locks_nobody_out_unasked() {
    let visit = Visit::start();
    visit.log_in().await;
    let ids = ids(3);
    let mut fields = vec![("action", "reset")];
    fields.extend(ids.iter().map(|id| ("person", id.as_str())));
    let ask = visit.submit(BULK, &fields).await.body;
    assert!(ask.contains("Reset the enrolment of 3 people"), "{ask}");
    let people = hidden(&ask, "people");
    let typed = [("action", "reset"), ("people", &*people), ("step", "preview"), ("case", "NG-7")];
    for (more, told) in [
        (vec![("check", "in-person")], "Choose why"),
        (vec![("reason", "lost")], "Choose how you checked each of them"),
        (vec![("reason", "lost"), ("check", "called-back")], "Choose how you checked each of them"),
        (vec![("reason", "other"), ("check", "in-person")], "Say what it is"),
    ] {
        let page = visit.submit(BULK, &[&typed[..], &more].concat()).await.body;
        assert!(page.contains(told) && page.contains("NG-7"), "{page}");
    }
    let known = [("reason", "lost"), ("check", "in-person")];
    let preview = visit.submit(BULK, &[&typed[..], &known].concat()).await.body;
    for told in [
        "Person 0",
        "Person 1",
        "Nobody whom you look after",
        "1 person could not log in afterwards",
        "Do it for all 2, and lock 1 out",
    ] {
        assert!(preview.contains(told), "{told}: {preview}");
    }
    assert!(visit.done().is_empty(), "only shown");
    let once = hidden(&preview, "once");
    let rest = [("people", &*people), ("action", "reset"), ("case", "NG-7"), ("once", &*once)];
    let all = [&rest[..], &known, &[("step", "do"), ("with", "care")]].concat();
    visit.fake.lie(|lies| lies.stale = true);
    let away = visit.submit(BULK, &all).await;
    assert_eq!(visit.answered(&away).await.location(), BULK);
    let again = visit.get(BULK).await.body;
    assert!(again.contains("Person 1") && hidden(&again, "people") == people, "{again}");
    visit.fake.lie(|lies| lies.stale = false);
    let done = visit.submit(BULK, &all).await.body;
    assert!(done.contains("Enrolment of 1 person reset"), "{done}");
    assert!(done.contains("Not done: they could not log in afterwards"), "{done}");
    let sent = visit.done();
    assert_eq!((sent.len(), &*sent[0].1, &sent[0].2["lock_out"]), (1, &*once, &json!(false)));
    assert_eq!(
        sent[0].2["handling"],
        json!({ "reason": "lost", "case": "NG-7", "checks": ["in_person"] })
    );
    let meant = [&rest[..], &known, &[("step", "do"), ("with", "lock-out")]].concat();
    let done = visit.submit(BULK, &meant).await.body;
    assert!(done.contains("Enrolment of 2 people reset"), "{done}");
}

#[tokio::test]
async fn a_choice_of_many_that_no_page_of_ours_made_does_nothing() {
    let visit = Visit::start();
    visit.log_in().await;
    let one = pages::bulk::packed([uuid::Uuid::nil()]);
    let long = pages::bulk::packed((0..51).map(uuid::Uuid::from_u128));
    for fields in [
        vec![("people", "AAAA"), ("action", "enable")],
        vec![("person", "amy.ward"), ("action", "enable")],
        vec![("people", &*long), ("action", "enable"), ("step", "do")],
        vec![("everybody", "yes"), ("shown", "!"), ("action", "enable")],
    ] {
        let page = visit.submit(BULK, &fields).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{fields:?}");
    }
    for fields in [
        vec![("action", "enable"), ("step", "do")],
        vec![("people", &*one), ("action", "erase"), ("step", "do")],
        vec![("people", &*one)],
    ] {
        let page = visit.submit(BULK, &fields).await;
        assert_eq!(page.location(), "/admin/people", "{fields:?}");
    }
    let sent = format!("token=forged&people={one}&action=enable&step=do");
    assert_eq!(visit.post(BULK, &sent).await.location(), BULK);
    assert_eq!(visit.get(BULK).await.status, StatusCode::OK, "it is shown, to be pressed again");
    assert_eq!(visit.get(BULK).await.location(), "/admin/people");
    assert!(visit.done().is_empty());
    let all = [("everybody", "yes"), ("shown", &*one), ("action", "enable")];
    assert!(visit.submit(BULK, &all).await.body.contains("Enable 1 person"));
}

fn approval(id: u128) -> String {
    format!("/admin/approvals/{}", uuid::Uuid::from_u128(id))
}

#[tokio::test]
async fn what_waits_is_agreed_to_after_it_was_shown_and_its_pass_is_told_to_whoever_agrees() {
    let visit = Visit::start();
    visit.log_in().await;
    let list = visit.get("/admin/approvals").await.body;
    assert!(list.contains("Jo Marsh") && list.contains("NG-9"), "{list}");
    assert!(list.contains("waiting for you"), "the menu tells how much: {list}");
    let page = visit.get(&approval(1)).await.body;
    for told in ["A pass is shown to you once", "10 minutes", "In person", "Agree, and do it now"] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let own = visit.get(&approval(2)).await.body;
    assert!(own.contains("You asked for this") && !own.contains("Agree, and do it now"), "{own}");
    visit.fake.lie(|lies| lies.stale = true);
    let away = visit.submit(&approval(1), &[("step", "approve"), ("once", "o")]).await;
    assert_eq!(visit.answered(&away).await.location(), approval(1));
    assert!(visit.get(&approval(1)).await.body.contains("Agree, and do it now"));
    assert!(visit.done().is_empty(), "nothing is done by itself");
    visit.fake.lie(|lies| lies.stale = false);
    let told = visit.submit(&approval(1), &[("step", "approve"), ("once", "o")]).await;
    assert!(told.body.contains("Read this out, row by row"), "{}", told.body);
    assert_eq!(visit.done().len(), 1);
    assert!(visit.get(BETHAN).await.body.contains("Pass issued"));
}

#[tokio::test]
async fn what_waits_is_refused_with_words_and_what_was_decided_meanwhile_says_so() {
    let visit = Visit::start();
    visit.log_in().await;
    let long = "x".repeat(501);
    let page = visit.submit(&approval(1), &[("step", "refuse"), ("note", &long)]).await.body;
    assert!(page.contains("at most 500 characters") && page.contains(&long), "{page}");
    visit.fake.lie(|lies| lies.stale = true);
    let typed = [("step", "refuse"), ("note", "Call her first")];
    let away = visit.submit(&approval(1), &typed).await;
    visit.answered(&away).await;
    let again = visit.get(&approval(1)).await.body;
    assert!(again.contains(">Call her first</textarea>"), "{again}");
    visit.fake.lie(|lies| lies.stale = false);
    assert_eq!(visit.submit(&approval(1), &typed).await.location(), "/admin/approvals");
    assert_eq!(visit.done()[0].2, json!({ "note": "Call her first" }));
    for step in ["approve", "refuse"] {
        let gone = visit.submit(&approval(3), &[("step", step)]).await.body;
        assert!(gone.contains("That waits no more"), "{gone}");
    }
    let gone = visit.get(&approval(9)).await.body;
    assert!(gone.contains("That waits no more"), "{gone}");
    let forged = visit.post(&approval(1), "token=forged&step=approve").await;
    assert_eq!((forged.status, forged.location()), (StatusCode::SEE_OTHER, &*approval(1)));
    assert_eq!(visit.get("/admin/approvals/x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(visit.done().len(), 1);
}

#[tokio::test]
async fn a_pass_is_watched_where_it_was_told_and_cancelled_without_a_check() {
    let visit = Visit::start();
    visit.log_in().await;
    let watching = visit.get(&format!("{BETHAN}/pass")).await;
    assert_eq!(watching.status, StatusCode::OK);
    assert!(watching.body.contains("id=\"pass-watch\""), "{}", watching.body);
    assert!(!watching.body.contains("<html"), "a part of a page: {}", watching.body);
    assert_eq!(visit.get("/admin/people/1/pass").await.status, StatusCode::NOT_FOUND);
    visit.fake.lie(|lies| lies.unchecked = true);
    let card = visit.get(BETHAN).await;
    assert!(offers(&card, "cancel-pass"), "{}", card.body);
    visit.fake.lie(|lies| lies.unchecked = false);
    let address = format!("{BETHAN}/do/cancel-pass");
    let preview = visit.submit(&address, &[("step", "preview"), ("note", "Misheard")]).await.body;
    assert!(preview.contains("The pass that they have stops working"), "{preview}");
    let once = hidden(&preview, "once");
    visit.submit(&address, &[("step", "do"), ("note", "Misheard"), ("once", &once)]).await;
    let done = visit.done();
    assert!(done[0].0.ends_with("/pass/cancel") && done[0].2["pass"].is_null(), "{done:?}");
    assert!(visit.get(BETHAN).await.body.contains("Pass cancelled"));
}
