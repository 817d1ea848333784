//! Pages about applications that speak SAML.

use latchkey_api::AdminScope;

use super::*;

const PAYROLL: &str = "/admin/service-providers/aHR0cHM6Ly9wYXlyb2xsLmV4YW1wbGU";
const NEW: &str = "/admin/service-providers/new";

/// What the API has for them.
pub(super) fn routes() -> Router<Arc<Fake>> {
    let path = "/api/admin/v1/service-providers";
    Router::new()
        .route(path, get(list).post(add))
        .route(&format!("{path}/{{key}}"), get(one).put(change).delete(change))
        .route(&format!("{path}/{{key}}/refresh"), post(change))
}

async fn list() -> Json<Value> {
    Json(json!({ "items": [pages::samples::provider().summary], "next": "https://p?q" }))
}

async fn one() -> Response {
    ([(header::ETAG, "\"2\"")], Json(pages::samples::provider())).into_response()
}

fn stale(fake: &Fake) -> Option<Response> {
    let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
    let stale = fake.lies.lock().expect("unpoisoned").stale;
    let answer = || (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}");
    stale.then(|| answer().into_response())
}

/// Adds one when the log-in is fresh and its metadata is any.
async fn add(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(new): Json<Value>,
) -> Response {
    if let Some(stale) = stale(&fake) {
        return stale;
    }
    if new["metadata"] == "nonsense" {
        return wrong("metadata", "invalid");
    }
    let once = headers["idempotency-key"].to_str().expect("text").to_owned();
    fake.done.lock().expect("unpoisoned").push(("added".to_owned(), once, new));
    (StatusCode::CREATED, Json(pages::samples::provider())).into_response()
}

/// Changes or removes what was read as the second version, when the log-in is fresh.
async fn change(State(fake): State<Arc<Fake>>, request: axum::extract::Request) -> Response {
    if let Some(stale) = stale(&fake) {
        return stale;
    }
    let method = request.method().to_string();
    if method == "PUT" && request.headers()[header::IF_MATCH] != "\"2\"" {
        let problem = json!({ "type": "urn:latchkey:problem:stale", "title": "x", "status": 412 });
        return (StatusCode::PRECONDITION_FAILED, Json(problem)).into_response();
    }
    let body = request.into_body().collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    fake.done.lock().expect("unpoisoned").push((method.clone(), String::new(), body));
    match method.as_str() {
        "POST" => {
            let difference = |side: &str, code: &str, message: &str| {
                json!({ "side": side, "code": code, "values": { "address": "https://<b>" },
                    "message": message })
            };
            let differences = [
                difference("gone", "logo", "- Logo https://<b>"),
                difference("new", "of a later version", "+ the name is <b>"),
            ];
            Json(json!({ "changes": [], "differences": differences })).into_response()
        }
        "DELETE" => StatusCode::NO_CONTENT.into_response(),
        _ => Json(pages::samples::provider()).into_response(),
    }
}

/// Metadata that is longer than a cookie keeps.
fn long() -> String {
    format!("<md:EntityDescriptor>{}</md:EntityDescriptor>", "x".repeat(100_000))
}

#[tokio::test]
async fn applications_that_speak_saml_stand_beside_the_others_and_each_list_goes_on_by_itself() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let page = visit.get("/admin/applications?saml_after=a").await.body;
    assert!(page.contains("OpenID Connect") && page.contains(PAYROLL), "{page}");
    assert!(
        page.contains("?after=b%26c&amp;saml_after=a\""),
        "the other stays where it is: {page}"
    );
    assert!(page.contains("?saml_after=https%3A%2F%2Fp%3Fq\""), "{page}");
    let kinds = visit.get("/admin/applications/new").await.body;
    assert!(kinds.contains(NEW), "{kinds}");
}

#[tokio::test]
async fn an_application_that_speaks_saml_is_added_by_what_was_pasted_and_nothing_typed_is_lost() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let form = visit.get(NEW).await;
    let once = hidden(&form.body, "once");
    let nonsense = [("metadata", "nonsense"), ("name", "Payroll <b>"), ("once", &once)];
    let page = visit.submit(NEW, &nonsense).await;
    assert!(page.body.contains("This cannot be kept like that"), "{}", page.body);
    assert!(page.body.contains("value=\"Payroll &lt;b&gt;\""), "{}", page.body);
    let long = long();
    let fields = [("metadata", long.as_str()), ("organisation", "northgate"), ("once", &once)];
    let added = visit.submit(NEW, &fields).await;
    assert_eq!(added.location(), format!("{PAYROLL}?saved=yes"));
    let (_, sent_once, sent) = visit.done().remove(0);
    assert_eq!(sent, json!({ "metadata": long, "organisation": "northgate" }));
    assert_eq!(sent_once, once);
}

#[tokio::test]
async fn whoever_types_has_logged_in_before_and_what_is_longer_than_is_kept_stays_on_the_page() {
    let visit = Visit::start();
    visit.enter_platform().await;
    visit.fake.lie(|lies| lies.stale = true);
    for form in [NEW.to_owned(), format!("{PAYROLL}/edit")] {
        let first = visit.get(&form).await;
        assert_eq!(first.parameter("max_age").as_deref(), Some("0"), "{form}");
    }
    let long = long();
    let page = visit.submit(NEW, &[("metadata", long.as_str())]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Your log-in is too old for this change"));
    assert!(page.body.contains("target=\"_blank\"") && page.body.contains(&"x".repeat(100_000)));
    // The log-in beside it made another one of this.
    let again = [("metadata", long.as_str()), ("token", "of the other log-in")];
    let pairs = serde_urlencoded::to_string(again).expect("a form");
    let page = visit.post(NEW, &pairs).await;
    assert!(page.body.contains("Look through it and press the button again"), "{}", page.status);
    assert!(page.body.contains(&"x".repeat(100_000)));
    let short = visit.submit(NEW, &[("metadata", "https://payroll.example/saml")]).await;
    assert_eq!(short.status, StatusCode::SEE_OTHER, "what is short is kept over a log-in");
    let too_long = "x".repeat(1024 * 1024);
    assert_eq!(visit.submit(NEW, &[("metadata", &too_long)]).await.status, 413);
    assert!(visit.done().is_empty());
}

#[tokio::test]
async fn an_application_that_speaks_saml_is_changed_and_what_the_other_wrote_is_shown() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let edit = format!("{PAYROLL}/edit");
    let form = visit.get(&edit).await.body;
    let was: Vec<(String, String)> = [
        "name",
        "organisation",
        "metadata",
        "certificates",
        "attributes",
        "name_id",
        "subject_id",
        "acr",
        "sign",
        "encrypt",
        "requests",
        "start",
    ]
    .into_iter()
    .map(|name| (name.to_owned(), unescaped(&hidden(&form, &format!("was_{name}")))))
    .collect();
    let send = async |version: &str, changed: &[(&str, &str)], was_name: Option<&str>| {
        let mut fields = vec![("version".to_owned(), version.to_owned())];
        fields.push(("step".to_owned(), "do".to_owned()));
        for (name, value) in &was {
            let new = changed.iter().find(|(field, _)| field == name).map(|(_, new)| *new);
            fields.push((name.clone(), new.unwrap_or(value).to_owned()));
            let was = was_name.filter(|_| name == "name").unwrap_or(value);
            fields.push((format!("was_{name}"), was.to_owned()));
        }
        let fields: Vec<_> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        visit.submit(&edit, &fields).await
    };
    let late = send("\"1\"", &[("name", "Payroll 2")], Some("Payroll 0")).await;
    assert!(late.body.contains("Somebody else changed this meanwhile"), "{}", late.body);
    assert!(late.body.contains("value=\"Payroll 2\""), "what was typed stays");
    let no_line = send("\"2\"", &[("attributes", "mail=email")], None).await;
    assert!(no_line.body.contains("No attribute can be read from this line: mail=email"));
    assert!(visit.done().is_empty());
    let rules = "mail [basic] = email";
    let changed =
        send("\"2\"", &[("attributes", rules), ("start", ""), ("metadata", "")], None).await;
    assert_eq!(changed.location(), format!("{PAYROLL}?saved=yes"), "{}", changed.body);
    let (_, _, sent) = visit.done().remove(0);
    assert_eq!(sent["attributes"], json!([{ "name": "mail", "format": "basic", "from": "email" }]));
    assert_eq!(sent["allow_cbc"], true, "members without a field stay as they are");
    assert!(sent.get("idp_initiated").is_none(), "{sent}");
    assert_eq!(sent["metadata"], "https://payroll.example/saml?<Trust>", "it stays: {sent}");
}

#[tokio::test]
async fn metadata_is_read_again_when_somebody_asks_and_what_changed_is_told() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let page = visit.get(PAYROLL).await.body;
    assert!(page.contains("the host answers with the status &lt;404&gt;"), "{page}");
    assert!(page.contains("Its certificate AB:AB:"), "{page}");
    assert!(page.contains("nobody can log in after that"), "{page}");
    let refresh = format!("{PAYROLL}/refresh");
    let forged = visit.post(&refresh, "token=x").await;
    assert_eq!(forged.location(), PAYROLL);
    assert!(visit.done().is_empty());
    let read = visit.submit(&refresh, &[("once", "o")]).await;
    let body = read.body;
    assert!(body.contains("<li class=\"typed\">Gone: its logo: https://&lt;b&gt;</li>"), "{body}");
    let raw = "<li class=\"typed\" lang=\"en\">+ the name is &lt;b&gt;</li>";
    assert!(body.contains(raw), "what has no words here is said in those of the API: {body}");
    assert_eq!(visit.done().remove(0).0, "POST");
}

/// A text as it stands in HTML.
fn unescaped(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&quot;", "\"").replace("&amp;", "&")
}

#[tokio::test]
async fn an_application_that_speaks_saml_goes_when_it_was_asked_twice_and_by_whoever_may() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let sure = visit.get(&format!("{PAYROLL}/delete")).await;
    assert!(sure.body.contains("It is not told any more when people log out"), "{}", sure.body);
    let forged = visit.post(&format!("{PAYROLL}/delete"), "token=x").await;
    assert_eq!(forged.location(), format!("{PAYROLL}/delete"));
    assert!(visit.done().is_empty());
    let gone = visit.submit(&format!("{PAYROLL}/delete"), &[]).await;
    assert_eq!(gone.location(), "/admin/applications?removed=yes");
    assert_eq!(visit.done().remove(0).0, "DELETE");

    let reader = Visit::start();
    reader.fake.lie(|lies| {
        let mut me = pages::samples::platform();
        me.may.retain(|may| may.scope != AdminScope::ApplicationsWrite);
        lies.me = Some(me);
    });
    reader.log_in().await;
    let page = reader.get(PAYROLL).await.body;
    assert!(page.contains("Our metadata") && !page.contains(&format!("{PAYROLL}/")), "{page}");
    for address in [NEW.to_owned(), format!("{PAYROLL}/edit"), format!("{PAYROLL}/delete")] {
        assert_eq!(reader.get(&address).await.status, StatusCode::FORBIDDEN, "{address}");
    }
    for address in [NEW.to_owned(), format!("{PAYROLL}/edit")] {
        let sent = reader.submit(&address, &[("metadata", "x"), ("step", "do")]).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN, "{address}");
    }
}
