//! Tests of log-ins: what is asked of the API, and what is shown of what it says.

use latchkey_api::log_in_tests::LogInTest;
use pages::samples;

use super::platform::ROTA;
use super::*;

/// What the API has for them.
pub(super) fn routes() -> Router<Arc<Fake>> {
    Router::new()
        .route("/api/admin/v1/clients/{id}/log-in-tests", post(begin))
        .route("/api/admin/v1/clients/{id}/log-in-tests/{test}", get(told))
}

/// Begins one, unless what was pasted is another application's; what begins with a bang is over at
/// once.
async fn begin(State(fake): State<Arc<Fake>>, Json(new): Json<Value>) -> Response {
    let request = new["request"].as_str().unwrap_or_default().to_owned();
    if request.contains("client_id=other") {
        return wrong("request", "other-client");
    }
    fake.done.lock().expect("unpoisoned").push(("test".into(), String::new(), new));
    let mut test = samples::log_in_test();
    if request.starts_with('!') {
        test.begin = None;
    }
    (StatusCode::CREATED, Json(test)).into_response()
}

/// One that is over, one that waits, one that is under way; any other is there no more.
async fn told(Path((_, test)): Path<(String, uuid::Uuid)>) -> Response {
    let under_way = LogInTest { begin: None, ..samples::log_in_test() };
    match test.as_u128() {
        0 => return Json(samples::finished_log_in_test()).into_response(),
        1 => return Json(samples::log_in_test()).into_response(),
        2 => return Json(under_way).into_response(),
        _ => {}
    }
    let problem = json!({ "type": "urn:latchkey:problem:not-found", "title": "x", "status": 404 });
    (StatusCode::NOT_FOUND, Json(problem)).into_response()
}

#[tokio::test]
async fn a_test_leads_to_the_log_in_or_to_why_there_is_none() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let shown = visit.get(ROTA).await.body;
    let ask = format!("{ROTA}/test");
    assert!(shown.contains(&format!("href=\"{ask}\"")), "{shown}");
    let went = visit.submit(&ask, &[("request", "  ")]).await;
    assert_eq!(went.status, StatusCode::SEE_OTHER);
    assert_eq!(Some(went.location()), samples::log_in_test().begin.as_deref());
    assert_eq!(visit.done().remove(0).2, json!({}), "nothing was pasted");
    let over = visit.submit(&ask, &[("request", "!x")]).await;
    assert_eq!(over.location(), format!("{ask}/{}", uuid::Uuid::nil()));
}

#[tokio::test]
async fn what_is_pasted_and_wrong_is_told_at_its_field_and_stays_there() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let ask = format!("{ROTA}/test");
    let typed = "client_id=other&state=<script>alert(1)</script>";
    let page = visit.submit(&ask, &[("request", typed)]).await;
    assert!(page.body.contains("This belongs to another application"), "{}", page.body);
    assert!(page.body.contains("client_id=other") && !page.body.contains("<script>alert"));
    let forged = visit.post(&ask, "token=x&request=y").await;
    assert_eq!((forged.status, forged.location()), (StatusCode::SEE_OTHER, ask.as_str()));
    assert!(visit.get(&ask).await.body.contains(">\ny</textarea>"), "it waited");
    assert!(visit.done().is_empty(), "nothing was begun");
}

#[tokio::test]
async fn what_a_test_came_to_is_shown_and_a_test_that_is_over_is_told_as_such() {
    let visit = Visit::start();
    visit.enter_platform().await;
    let nil = uuid::Uuid::nil();
    let page = visit.get(&format!("{ROTA}/test/{nil}")).await;
    assert!(page.status == StatusCode::OK && page.body.contains("You would be in"));
    assert!(!page.body.contains("<script>alert"), "{}", page.body);
    for (number, said) in [(1, "The log-in has not begun"), (2, "The log-in is not finished")] {
        let test = uuid::Uuid::from_u128(number);
        let page = visit.get(&format!("{ROTA}/test/{test}")).await;
        assert!(page.body.contains(said), "{}", page.body);
        let begin = page.body.contains("/oauth2/authorize/test?test");
        assert_eq!(begin, number == 1, "it begins once");
    }
    let other = uuid::Uuid::from_u128(3).to_string();
    for test in [other.as_str(), "x", "..%2f..%2fclients"] {
        let over = visit.get(&format!("{ROTA}/test/{test}")).await;
        assert_eq!(over.location(), format!("{ROTA}/test?over=yes"), "{test}");
    }
    let page = visit.get(&format!("{ROTA}/test?over=yes")).await;
    assert!(page.body.contains("That test is over"), "{}", page.body);
    // Without the application there is no test of it either.
    assert_eq!(visit.get(&format!("/admin/applications/x/test/{nil}")).await.status, 404);
}

#[tokio::test]
async fn whoever_may_not_change_applications_is_offered_no_test() {
    let visit = Visit::start();
    visit.log_in().await;
    let mut me = samples::platform();
    me.may.retain(|may| may.scope == AdminScope::ApplicationsRead);
    visit.fake.lie(|lies| lies.me = Some(me));
    let shown = visit.get(ROTA).await.body;
    assert!(shown.contains("Rota") && !shown.contains("/test\""), "{shown}");
    let nil = uuid::Uuid::nil();
    for path in [format!("{ROTA}/test"), format!("{ROTA}/test/{nil}")] {
        assert_eq!(visit.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let sent = visit.submit(&format!("{ROTA}/test"), &[("request", "")]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    assert!(visit.done().is_empty());
}
