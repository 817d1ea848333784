//! Policies in the console, before an API that takes its time and says no.

use std::time::Duration;

use latchkey_api::policy::PutPolicy;

use super::*;
use crate::pages::policy::samples;

/// The page of the policy.
const POLICY: &str = "/admin/policy?organisation=northgate";
/// More than an answer that is read as a whole may have.
const ROWS: usize = 200_000;

/// What the API says about policies in place of what would be right.
#[derive(Clone, Default)]
pub(super) struct Lies {
    /// Everybody is judged, and that takes a while.
    slow: bool,
    /// How many would be locked out.
    locked_out: u64,
    /// The log-in is too old for changes.
    old: bool,
}

fn lies(fake: &Fake) -> Lies {
    fake.lies.lock().expect("unpoisoned").policy.clone()
}

/// The API's part about policies.
pub(super) fn api() -> Router<Arc<Fake>> {
    const AT: &str = "/api/admin/v1/organisations/{org}/policy";
    Router::new()
        .route(AT, get(show).put(put))
        .route(&format!("{AT}/preview"), post(preview))
        .route(&format!("{AT}/trial"), post(trial))
        .route(&format!("{AT}/trial.csv"), post(table))
        .route("/api/admin/v1/organisations/{org}/key-models", get(async || Json(json!([]))))
        .route(GROUP, get(async || Json(samples::api_group())))
        .route(&format!("{GROUP}/members"), get(async || Json(json!({ "items": [] }))))
        .route(&format!("{GROUP}/members/{{person}}"), axum::routing::put(join))
        .route(&format!("{GROUP}/members/{{person}}/trial"), post(trial))
        .route("/api/admin/v1/people/count", get(count))
}

const GROUP: &str = "/api/admin/v1/organisations/{org}/groups/{group}";

async fn count(axum::extract::RawQuery(query): axum::extract::RawQuery) -> Json<Value> {
    let query = query.unwrap_or_default();
    let two = query == "enrolment=two_keys&group=northgate%2Ftheatre";
    Json(json!({ "people": if two { 1_100 } else { 26 } }))
}

async fn join(State(fake): State<Arc<Fake>>, uri: http::Uri) -> Response {
    if lies(&fake).locked_out > 0 && uri.query() != Some("locks_out_at_most=1") {
        return problem(409, "locks-out");
    }
    let path = uri.path().trim_start_matches("/api/admin/v1").to_owned();
    fake.done.lock().expect("unpoisoned").push((path, String::new(), Value::Null));
    StatusCode::NO_CONTENT.into_response()
}

fn problem(status: u16, kind: &str) -> Response {
    let kind = format!("urn:latchkey:problem:{kind}");
    let status_code = StatusCode::from_u16(status).expect("a status");
    (status_code, Json(json!({ "type": kind, "title": "x", "status": status }))).into_response()
}

async fn show(Path(org): Path<String>) -> Response {
    match org.as_str() {
        "northgate" => ([(header::ETAG, "\"2\"")], Json(samples::policy(false))).into_response(),
        _ => problem(404, "not-found"),
    }
}

async fn preview(Json(sent): Json<PutPolicy>) -> Response {
    if sent.own.get("keys_nudged") == Some(&json!(99)) {
        return wrong("own.keys_nudged", "malformed");
    }
    Json(samples::policy(true)).into_response()
}

async fn trial(State(fake): State<Arc<Fake>>) -> Response {
    let lies = lies(&fake);
    if lies.slow {
        tokio::time::sleep(Duration::from_millis(600)).await;
    }
    Json(samples::trial(lies.locked_out)).into_response()
}

async fn put(
    State(fake): State<Arc<Fake>>,
    headers: HeaderMap,
    Json(sent): Json<PutPolicy>,
) -> Response {
    let lies = lies(&fake);
    if lies.old {
        let old = r#"Bearer error="insufficient_user_authentication", max_age="300""#;
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, old)], "{}").into_response();
    }
    if headers[header::IF_MATCH] != "\"2\"" {
        return problem(412, "stale");
    }
    if lies.locked_out > sent.locks_out_at_most {
        return problem(409, "locks-out");
    }
    let body = serde_json::to_value(&sent).expect("JSON");
    fake.done.lock().expect("unpoisoned").push(("/policy".into(), String::new(), body));
    Json(samples::policy(false)).into_response()
}

async fn table(State(fake): State<Arc<Fake>>) -> Response {
    if lies(&fake).old {
        return problem(404, "not-found");
    }
    let body = format!("username,name\r\n{}", "amy.ward,Amy Ward of the ward\r\n".repeat(ROWS));
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], body).into_response()
}

async fn visit(locked_out: u64) -> Visit {
    let visit = Visit::start();
    visit.fake.lie(|lies| {
        lies.me = Some(samples::me());
        lies.policy.locked_out = locked_out;
    });
    visit.log_in().await;
    visit
}

/// The address of a setting.
fn of(name: &str) -> String {
    format!("/admin/policy/set/{name}?organisation=northgate")
}

async fn change(visit: &Visit, name: &str, value: &str) -> Answer {
    visit.submit(&of(name), &[("value", value)]).await
}

const SAVE: &str = "/admin/policy/save?organisation=northgate";

#[tokio::test]
async fn a_page_is_shown_before_everybody_is_judged_and_asks_for_the_outcome_by_itself() {
    let visit = visit(1_381).await;
    assert_eq!(change(&visit, "rollout", "required").await.location(), POLICY);
    visit.fake.lie(|lies| lies.policy.slow = true);
    let page = visit.get(POLICY).await;
    assert!(page.body.contains("Everybody is being looked at."), "{}", page.body);
    assert!(!page.body.contains("Save"), "nothing is saved before it is known");
    let refresh = page.headers[header::REFRESH].to_str().expect("text").to_owned();
    let (_, to) = refresh.split_once("0; url=").expect("an address");
    let known = visit.get(to).await;
    assert!(known.body.contains("Save and lock out 1,381 people"), "{}", known.body);
    assert!(!known.headers.contains_key(header::REFRESH));
    assert_eq!(hidden(&known.body, "agreed"), "1381");
}

#[tokio::test]
async fn what_is_saved_is_what_was_said_with_the_changes_and_the_number_that_was_shown() {
    let visit = visit(3).await;
    change(&visit, "rollout", "required").await;
    change(&visit, "preset", "small").await;
    visit.submit(&of("required"), &[("reset", "yes"), ("value", "nonsense")]).await;
    let page = visit.get(POLICY).await;
    assert!(page.body.contains("3 changes are not saved."), "{}", page.body);
    for agreed in ["2", "many", ""] {
        let fields = [("version", "\"2\""), ("agreed", agreed)];
        let to = visit.submit(SAVE, &fields).await;
        assert_eq!(to.location(), format!("{POLICY}&told=locks-out&wait=yes"), "{agreed}");
    }
    let stale = visit.submit(SAVE, &[("version", "\"1\""), ("agreed", "3")]).await;
    assert_eq!(stale.location(), format!("{POLICY}&told=stale&wait=yes"));
    assert!(visit.done().is_empty());
    let told = visit.get(stale.location()).await;
    assert!(told.body.contains("somebody else saved a change just before you"), "{}", told.body);
    assert!(told.body.contains("3 changes are not saved."), "none is lost");

    let saved = visit.submit(SAVE, &[("version", "\"2\""), ("agreed", "3")]).await;
    assert_eq!(saved.location(), POLICY);
    let sent = visit.done().pop().expect("saved").2;
    assert_eq!((&sent["preset"], &sent["locks_out_at_most"]), (&json!("small"), &json!(3)));
    assert_eq!(sent["own"]["rollout"], "required");
    assert_eq!(sent["own"].get("required"), None, "back to the preset");
    let own = samples::policy(false).settings.into_iter().filter(|it| it.own.is_some());
    let kept = own.filter(|it| it.name != "rollout" && it.name != "required");
    for setting in kept {
        assert_eq!(sent["own"].get(&setting.name), setting.own.as_ref(), "{}", setting.name);
    }
    let after = visit.get(POLICY).await;
    assert!(after.body.contains("next log-in on") && !after.body.contains("not saved"));
    // Pressed again, there is nothing to save.
    assert_eq!(visit.submit(SAVE, &[("version", "\"2\"")]).await.location(), POLICY);
    assert_eq!(visit.done().len(), 1);
}

#[tokio::test]
async fn changes_wait_through_a_log_in_that_saving_asks_for() {
    let visit = visit(0).await;
    change(&visit, "rollout", "required").await;
    visit.fake.lie(|lies| lies.policy.old = true);
    let start = visit.submit(SAVE, &[("version", "\"2\""), ("agreed", "0")]).await;
    assert_eq!(start.parameter("max_age").as_deref(), Some("300"));
    visit.fake.lie(|lies| lies.policy.old = false);
    assert_eq!(visit.answered(&start).await.location(), POLICY);
    assert!(visit.done().is_empty(), "nothing is saved by itself");
    assert!(visit.get(POLICY).await.body.contains("Save the change"));
}

#[tokio::test]
async fn forms_of_another_log_in_change_save_and_discard_nothing() {
    let visit = visit(0).await;
    change(&visit, "rollout", "required").await;
    for path in [of("preset"), SAVE.to_owned(), SAVE.replace("save", "discard")] {
        let answer = visit.post(&path, "token=forged&value=small&version=%222%22").await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
    }
    assert!(visit.done().is_empty());
    assert!(visit.get(POLICY).await.body.contains("1 change is not saved."));
    let discard = SAVE.replace("save", "discard");
    assert_eq!(visit.submit(&discard, &[]).await.location(), POLICY);
    assert!(!visit.get(POLICY).await.body.contains("not saved."));
}

#[tokio::test]
async fn changes_are_not_those_of_whoever_uses_the_browser_next() {
    let visit = visit(0).await;
    change(&visit, "rollout", "required").await;
    visit.clock.advance(Duration::from_secs(3601));
    visit.fake.lie(|lies| lies.person = Some("jo"));
    visit.log_in().await;
    assert!(!visit.get(POLICY).await.body.contains("not saved."));
}

#[tokio::test]
async fn a_value_that_cannot_be_is_told_and_typed_again_and_what_is_too_much_is_not_taken() {
    let visit = visit(0).await;
    let wrong = change(&visit, "grace_until", "2026-13-01\"><script>").await;
    assert!(wrong.body.contains("Write a day, such as 2026-11-24."), "{}", wrong.body);
    assert!(wrong.body.contains("2026-13-01&quot;&gt;&lt;script&gt;"), "{}", wrong.body);
    // The API knows better than the page.
    let refused = change(&visit, "keys_nudged", "99").await;
    assert!(refused.body.contains("A setting cannot be that."), "{}", refused.body);
    assert!(refused.body.contains("value=\"99\""), "{}", refused.body);
    // More than a browser keeps.
    let many: Vec<_> = (1..120_u128).map(|it| uuid::Uuid::from_u128(it).to_string()).collect();
    let many = many.join("\n");
    let full = visit.submit(&of("models_denied"), &[("more", &many)]).await;
    assert!(full.body.contains("more changes than can wait at once"), "{}", full.body);
    assert!(full.body.contains(&uuid::Uuid::from_u128(119).to_string()), "it is not lost");
    assert!(!visit.get(POLICY).await.body.contains("not saved."), "and nothing was taken down");
    for path in [of("colour"), of("preset%2Fx")] {
        assert_eq!(visit.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(visit.submit(&path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for outside in ["tywi", "..", "x/y", ""] {
        let path = format!("/admin/policy/set/rollout?organisation={outside}x%2F");
        assert_eq!(visit.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_setting_that_came_later_is_shown_and_changed_as_documents_write_it() {
    let visit = visit(0).await;
    let page = visit.get(POLICY).await;
    assert!(page.body.contains("<code>colour_of_keys</code>"), "{}", page.body);
    let wrong = change(&visit, "colour_of_keys", "{red").await;
    assert!(wrong.body.contains("not written as documents write it"), "{}", wrong.body);
    assert_eq!(change(&visit, "colour_of_keys", r#"["blue"]"#).await.location(), POLICY);
    visit.submit(SAVE, &[("version", "\"2\""), ("agreed", "0")]).await;
    assert_eq!(visit.done().pop().expect("saved").2["own"]["colour_of_keys"], json!(["blue"]));
}

#[tokio::test]
async fn the_table_of_names_is_handed_on_however_long_it_is_and_a_refusal_is_a_page() {
    let visit = visit(1).await;
    let table = "/admin/policy/who.csv?organisation=northgate";
    assert_eq!(visit.get(table).await.location(), POLICY, "there is nothing to try");
    change(&visit, "rollout", "required").await;
    let answer = visit.get(table).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(answer.body.lines().count(), ROWS + 1);
    visit.fake.lie(|lies| lies.policy.old = true);
    let refused = visit.get(table).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(refused.body.contains("<h1"), "{}", refused.body);
}

const THEATRE: &str = "/admin/groups/northgate/theatre";

#[tokio::test]
async fn nobody_joins_a_group_that_would_lock_them_out_without_that_being_said() {
    let visit = visit(1).await;
    visit.fake.lie(|lies| {
        let mut me = samples::me();
        me.may.iter_mut().for_each(|may| may.platform = false);
        lies.me = Some(me);
    });
    let page = visit.get(THEATRE).await;
    assert!(page.body.contains("<strong>1,100</strong>"), "how far they are: {}", page.body);
    let nil = uuid::Uuid::nil().to_string();
    let fields = [("person", nil.as_str()), ("do", "join")];
    let members = format!("{THEATRE}/members");
    let said = visit.submit(&members, &fields).await;
    assert_eq!(said.location(), format!("{THEATRE}/join?person={nil}"));
    assert!(visit.done().is_empty(), "nobody joined");
    let asked = visit.get(said.location()).await;
    assert!(asked.body.contains("could not log in tomorrow"), "{}", asked.body);
    let sure = [("person", nil.as_str()), ("do", "join"), ("sure", "yes")];
    assert_eq!(visit.submit(&members, &sure).await.location(), format!("{THEATRE}#members"));
    let joined = || {
        (
            format!("/organisations/northgate/groups/theatre/members/{nil}"),
            String::new(),
            Value::Null,
        )
    };
    assert_eq!(visit.done(), [joined()]);
    // Nothing is in the way of whoever can log in.
    visit.fake.lie(|lies| lies.policy.locked_out = 0);
    assert!(visit.get(said.location()).await.body.contains("can log in as before"));
    assert_eq!(visit.submit(&members, &fields).await.location(), format!("{THEATRE}#members"));
    assert_eq!(visit.done(), [joined(), joined()]);
    for wrong in ["", "?person=x", "?person="] {
        let none = visit.get(&format!("{THEATRE}/join{wrong}")).await;
        assert_eq!(none.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}
