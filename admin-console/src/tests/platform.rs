//! Pages about organisations and the platform.

use axum::extract::RawQuery;
use latchkey_api::AdminScope;

use super::*;

/// What the API has for them.
pub(super) fn routes() -> Router<Arc<Fake>> {
    Router::new()
        .route("/api/admin/v1/audit", get(trail))
        .route("/api/admin/v1/audit/export", get(export))
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
    let leads = async || visit.get("/admin/can").await.body.replace("&#x2f;", "/");
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
