//! Tests of log-ins over the API and in the browser that goes through them: what is told is what a
//! real log-in would come to, it is told to nobody else, and nothing of it is left behind.

use std::time::Duration;

use latchkey_api::AdminScope;
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::ids::{ClientId, LogInTestId};
use latchkey_core::roles::Role;
use latchkey_store::LogInTest;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::wrong;
use super::{At, Desk, HANA, PETE, PIA, SAM, problem};
use crate::support::http::{
    Account, Answer, NOTES, OTHER_URI, REDIRECT_URI, ROTA, Request, Tokens, VAULT, encode, payload,
};

async fn platform(desk: &Desk) -> At<'_> {
    desk.administrator(PIA, Role::PlatformAdministrator, "valley").await
}

/// A test that was asked for.
struct Asked {
    client: String,
    told: Value,
}

impl Asked {
    fn begin(&self) -> &str {
        self.told["begin"].as_str().expect("where it begins")
    }

    fn id(&self) -> &str {
        self.told["id"].as_str().expect("an identifier")
    }

    fn path(&self) -> String {
        format!("/clients/{}/log-in-tests/{}", self.client, self.id())
    }

    /// Where the console tells what it came to.
    fn result(&self) -> String {
        format!("https://app.example/admin/applications/{}/test/{}", self.client, self.id())
    }
}

async fn ask(at: &At<'_>, client: &str, body: Value) -> Asked {
    let answer = at.post(&format!("/clients/{client}/log-in-tests"), body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    Asked { client: client.to_owned(), told: answer.json() }
}

/// What is told of it now.
async fn told(at: &At<'_>, asked: &Asked) -> Value {
    let answer = at.get(&asked.path()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[track_caller]
fn is_no_test(answer: &Answer) {
    assert_eq!((answer.status, answer.heading().as_str()), (400, "There is no such test"));
    assert_eq!(answer.location(), None);
}

async fn events(desk: &Desk) -> Vec<What> {
    let events = desk.site.app.store.view().list_events(500).await.expect("read");
    events.into_iter().map(|(_, what)| what).collect()
}

/// The row itself.
async fn row(desk: &Desk, asked: &Asked) -> Option<LogInTest> {
    let id = LogInTestId(asked.id().parse().expect("a UUID"));
    let view = desk.site.app.store.view();
    view.find_log_in_test(id, desk.site.clock.now()).await.expect("read")
}

fn account(who: super::Member) -> Account {
    Account { username: who.username, password: who.password }
}

#[tokio::test]
async fn what_is_told_is_what_a_real_log_in_releases_and_none_has_been_at_the_application() {
    let desk = Desk::open().await;
    desk.site.clock.stand_still();
    let mut pia = platform(&desk).await;
    let asked = ask(&pia, ROTA.id, json!({})).await;
    assert_eq!(asked.told["asked"]["scope"], "openid profile email");
    assert_eq!(asked.told["hints"], json!([]));
    let answer = pia.person.open(asked.begin()).await;
    assert_eq!((answer.status, answer.location()), (303, Some(asked.result().as_str())));
    let result = told(&pia, &asked).await;
    assert_eq!(result.get("begin"), None, "it works once");
    let released = &result["released"];

    let happened = events(&desk).await;
    let rota = ClientId(ROTA.id.into());
    let opened = What::ApplicationOpened { client: rota.clone() };
    assert!(!happened.contains(&opened), "it was not opened");
    let tested = What::LogInTested { client: rota };
    assert_eq!(happened.iter().filter(|what| **what == tested).count(), 1);

    let code = pia.person.open(&Request::new(ROTA).path()).await.callback().code();
    let answer = desk.site.redeem(ROTA, &code).await;
    let (tokens, json) = (Tokens::of(&answer), answer.json());
    let mut real = payload(&tokens.id);
    let mut would = released["id_token"].clone();
    for (claims, only) in [(&mut real, "at_hash"), (&mut would, "at_hash")] {
        claims.as_object_mut().expect("claims").remove(only);
        claims.as_object_mut().expect("claims").remove("nonce");
    }
    assert_eq!(would, real);
    assert_eq!(released["userinfo"], desk.site.userinfo(&tokens.access).await.json());
    assert_eq!(released["lasts"]["access_token"], json["expires_in"]);
    assert_eq!((&released["scope"], &released["signed_with"]), (&json["scope"], &json!("RS256")));
    assert!(events(&desk).await.contains(&opened), "and now it was");
    let text = result.to_string();
    for secret in ["ey", &tokens.access, pia.person.session().expect("a session")] {
        assert!(!text.contains(&format!("\"{secret}")), "{secret}");
    }
}

#[tokio::test]
async fn what_is_agreed_to_in_a_test_is_not_kept_and_a_no_is_told() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    for (decision, error) in [("allow", None), ("deny", Some("access_denied"))] {
        let asked = ask(&pia, NOTES.id, json!({})).await;
        let page = pia.person.open(asked.begin()).await;
        let form = page.form("/consent").with("decision", decision);
        let answer = pia.person.submit(&form).await;
        assert_eq!(answer.location(), Some(asked.result().as_str()));
        let result = told(&pia, &asked).await;
        let told = result["refused"]["error"].as_str();
        assert_eq!((told, result["released"].is_object()), (error, error.is_none()));
        // The same form again ends nothing twice.
        is_ours(&pia.person.submit(&form).await);
        assert_eq!(row(&desk, &asked).await.expect("a row").told, told_text(&result));
    }
    let kept = events(&desk).await;
    assert!(!kept.iter().any(|what| matches!(what, What::ConsentGiven { .. })));
    let page = pia.person.open(&Request::new(NOTES).path()).await;
    assert!(page.has_form("/consent"), "a real log-in asks: {}", page.heading());
    // What was agreed to before counts, as it would at the application.
    pia.person.submit(&page.form("/consent").with("decision", "allow")).await.callback().code();
    let asked = ask(&pia, NOTES.id, json!({})).await;
    let answer = pia.person.open(asked.begin()).await;
    assert_eq!(answer.location(), Some(asked.result().as_str()), "nothing is asked any more");
}

/// A page or a redirect of ours, and no failure.
#[track_caller]
fn is_ours(answer: &Answer) {
    assert!(answer.status < 500, "{answer:?}");
    assert!(answer.location().is_none_or(|to| to.starts_with("https://app.example/admin/")));
}

/// The members of an answer that the row holds, as it holds them.
fn told_text(result: &Value) -> String {
    let told: latchkey_api::log_in_tests::Outcome =
        serde_json::from_value(result.clone()).expect("what is told");
    serde_json::to_string(&told).expect("JSON")
}

#[tokio::test]
async fn whoever_cannot_log_in_as_strongly_as_it_asks_is_told_so() {
    let desk = Desk::open().await;
    desk.apply(
        "[[client]]\nclient_id = \"strongroom\"\nclient_secret = \"a-secret-of-32-bytes-or-more\"\n\
         redirect_uris = [\"https://app.example/strongroom\"]\nlatchkey_trusted = true\n\
         latchkey_require_acr = \"phrh\"\n",
    )
    .await;
    let mut pia = platform(&desk).await;
    let asked = ask(&pia, "strongroom", json!({})).await;
    let answer = pia.person.open(asked.begin()).await;
    assert_eq!(answer.location(), Some(asked.result().as_str()));
    let result = told(&pia, &asked).await;
    assert_eq!(result["refused"]["error"], "unmet_authentication_requirements");
    assert_eq!(result["asked"]["required_acr"], "phrh");
    // A wish that is not met is told, and stops nobody.
    let request = Request::new(ROTA).with("acr_values", "phrh urn:gold").body();
    let asked = ask(&pia, ROTA.id, json!({ "request": request })).await;
    pia.person.open(asked.begin()).await;
    let result = told(&pia, &asked).await;
    assert_eq!(result["released"]["id_token"]["nonce"], "nonce-1");
    let hints = json!([
        { "kind": "unknown-acr", "words": "urn:gold" },
        { "kind": "acr-not-reached", "words": "phrh urn:gold" },
    ]);
    assert_eq!(result["hints"], hints);
}

#[tokio::test]
async fn whoever_the_policy_stops_meets_the_page_that_says_why_and_the_test_stays_unfinished() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    let asked = ask(&pia, ROTA.id, json!({})).await;
    // From now on only a key in hardware does, and hers is none.
    desk.apply(
        "[[organisation]]\nid = \"valley\"\nname = \"Valley Network\"\npreset = \"hospital\"\n\
         policy = { rollout = \"available\", required = \"hardware\", key_as_primary = true }\n",
    )
    .await;
    desk.site.app.forget_organisations();
    let page = pia.person.open(asked.begin()).await;
    assert_eq!((page.status, page.heading().as_str()), (200, "Call your helpdesk to go on"));
    let row = row(&desk, &asked).await.expect("a row");
    assert_eq!((row.begun_at.is_some(), row.ended_at), (true, None));
    assert!(!row.told.contains("released") && !row.told.contains("refused"), "{}", row.told);
}

#[tokio::test]
async fn a_test_demands_what_the_application_does_and_not_less() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    // As the application asks for it: the whole log-in again.
    let request = Request::new(VAULT).with("prompt", "login").path();
    let asked = ask(&pia, VAULT.id, json!({ "request": desk.site.url(&request) })).await;
    let before = desk.site.clock.now().seconds();
    desk.site.clock.advance(Duration::from_secs(60));
    let page = pia.person.open(asked.begin()).await;
    let begun = told(&pia, &asked).await;
    for member in ["begin", "released", "refused"] {
        assert_eq!(begun.get(member), None, "it is under way");
    }
    let page = pia.person.type_password(&page, account(PIA)).await;
    assert!(page.has_form("/factor/passkey"), "a password is not enough: {}", page.heading());
    let answer = pia.person.use_key(&page.form("/factor/passkey")).await;
    assert_eq!(answer.location(), Some(asked.result().as_str()));
    let claims = &told(&pia, &asked).await["released"]["id_token"];
    assert_eq!(claims["acr"], "phr");
    assert!(claims["auth_time"].as_i64().expect("a time") >= before + 60, "{claims}");
}

#[tokio::test]
async fn a_test_is_begun_once_in_its_time_and_by_nobody_but_whoever_asked_for_it() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    let mut pete = desk.administrator(PETE, Role::PlatformAdministrator, "valley").await;
    let asked = ask(&pia, ROTA.id, json!({})).await;
    is_no_test(&desk.site.get(asked.begin()).await);
    is_no_test(&pete.person.open(asked.begin()).await);
    assert_eq!(pete.get(&asked.path()).await.status, 404);
    assert_eq!(row(&desk, &asked).await.expect("a row").begun_at, None, "they used up nothing");
    // Nor in another session of the same person.
    let mut elsewhere = desk.site.person();
    std::mem::swap(&mut elsewhere.key, &mut pia.person.key);
    elsewhere.log_in(&Request::new(ROTA), account(PIA)).await.code();
    is_no_test(&elsewhere.open(asked.begin()).await);

    let answer = pia.person.open(asked.begin()).await;
    assert_eq!(answer.location(), Some(asked.result().as_str()));
    is_no_test(&pia.person.open(asked.begin()).await);
    assert_eq!(pete.get(&asked.path()).await.status, 404);
    for id in ["", "x", "00000000-0000-0000-0000-000000000000", "%00"] {
        is_no_test(&pia.person.open(&format!("/oauth2/authorize/test?test={id}")).await);
    }
    let named_twice = format!("{}&test={}", asked.begin(), asked.id());
    is_no_test(&pia.person.open(&named_twice).await);

    let late = ask(&pia, ROTA.id, json!({})).await;
    desk.site.clock.advance(Duration::from_secs(600));
    is_no_test(&pia.person.open(late.begin()).await);
    for over in [&late, &asked] {
        assert_eq!(pia.get(&over.path()).await.status, 404);
    }
    let removed = latchkey::jobs::tidy(&desk.site.app).await.expect("tidied");
    assert_eq!(removed.log_in_tests, 2);
}

#[tokio::test]
async fn somebody_elses_log_in_on_the_way_is_told_to_nobody() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    let request = Request::new(ROTA).with("prompt", "login").body();
    let asked = ask(&pia, ROTA.id, json!({ "request": request })).await;
    let page = pia.person.open(asked.begin()).await;
    // Somebody who has no role sits down at her browser.
    let mut page = pia.person.type_password(&page, account(HANA)).await;
    for end in ["/enrol/passkey", "/name", "/ready"] {
        let form = page.form(end);
        page = match end {
            "/enrol/passkey" => pia.person.use_key(&form).await,
            "/name" => {
                let page = pia.person.submit(&form.with("nickname", "Hers")).await;
                pia.person.use_key(&page.form("/factor/passkey")).await
            }
            _ => pia.person.submit(&form).await,
        };
    }
    is_no_test(&page);
    let row = row(&desk, &asked).await.expect("a row");
    assert_eq!(row.ended_at, None);
    assert!(!row.told.contains("released") && !row.told.contains(HANA.username), "{}", row.told);
    // Her session is over with it, and the token that hung on it.
    assert_eq!(pia.get(&asked.path()).await.status, 401);
}

#[tokio::test]
async fn a_test_is_no_code_no_token_and_no_way_to_one() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    let asked = ask(&pia, ROTA.id, json!({})).await;
    pia.person.open(asked.begin()).await;
    for handle in [asked.id(), asked.begin()] {
        assert_eq!(desk.site.redeem(ROTA, handle).await.error(), "invalid_grant");
        assert_eq!(desk.site.refresh(ROTA, handle).await.error(), "invalid_grant");
        assert_eq!(desk.site.userinfo(asked.id()).await.status, 401);
        assert_eq!(desk.call(asked.id(), Method::GET, "/me", None).await.status, 401);
    }
    // What is told is nothing that is believed: none of it is signed.
    let result = told(&pia, &asked).await;
    let hint = result["released"]["id_token"].to_string();
    let page = format!("/oauth2/logout?{}", encode(&[("id_token_hint", &hint)]));
    is_ours(&pia.person.get(&page).await);
    assert!(pia.get("/me").await.status == 200, "nobody was logged out by it");
    let request = Request::new(ROTA).with("id_token_hint", &hint).with("prompt", "none");
    let answer = pia.person.open(&request.path()).await.callback();
    assert_eq!(answer.error(), "invalid_request");
}

#[tokio::test]
async fn a_request_that_goes_wrong_is_told_at_once_and_nobody_is_sent_anywhere() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let evil = "https://evil.example/cb";
    for (request, error, to_application) in [
        (Request::new(ROTA).with("redirect_uri", evil), "redirect_uri_unregistered", false),
        (Request::new(ROTA).without("redirect_uri"), "redirect_uri_missing", false),
        (Request::new(ROTA).without("client_id"), "client_id_missing", false),
        (Request::new(ROTA).with("response_type", "token"), "unsupported_response_type", true),
        (Request::new(ROTA).with("scope", "email"), "invalid_scope", true),
        (Request::new(ROTA).with("request", "x.y.z"), "request_not_supported", true),
        (Request::new(ROTA).with("resource", "https://x.example"), "invalid_target", true),
        (Request::new(ROTA).with("prompt", "none login"), "invalid_request", true),
        (Request::new(ROTA).also("state", "twice"), "invalid_request", true),
    ] {
        let asked = ask(&pia, ROTA.id, json!({ "request": request.body() })).await;
        let refused = &asked.told["refused"];
        assert_eq!(
            (&refused["error"], &refused["to_application"]),
            (&error.into(), &to_application.into())
        );
        assert_eq!(asked.told.get("begin"), None, "there is nothing to begin");
        assert_eq!(told(&pia, &asked).await, asked.told, "it is read again");
        let begin = format!("/oauth2/authorize/test?test={}", asked.id());
        let mut person = desk.site.person();
        person.jar.clone_from(&pia.person.jar);
        is_no_test(&person.open(&begin).await);
    }
    let wrong = Request::new(ROTA).with("redirect_uri", evil).body();
    let refused = ask(&pia, ROTA.id, json!({ "request": wrong })).await.told["refused"].clone();
    assert_eq!(refused["redirect_uri"], evil);
    assert_eq!(refused["registered"], json!([REDIRECT_URI, OTHER_URI]));
    let many: Vec<_> = (0..65).map(|index| format!("a{index}=b")).collect();
    let asked = ask(&pia, ROTA.id, json!({ "request": many.join("&") })).await;
    assert_eq!(asked.told["refused"]["error"], "too_many_parameters");
}

#[tokio::test]
async fn what_is_amiss_and_stops_nobody_is_told_beside() {
    let desk = Desk::open().await;
    desk.apply(
        "[[client]]\nclient_id = \"porters\"\nclient_secret = \"a-secret-of-32-bytes-or-more\"\n\
         redirect_uris = [\"http://localhost:3000/cb\"]\nlatchkey_organisation = \"eastmoor\"\n\
         scope = \"openid email\"\nlatchkey_require_acr = \"phr\"\n",
    )
    .await;
    let pia = platform(&desk).await;
    let request = "?response_type=code&client_id=porters&scope=openid+phone+groups+email\
                   &redirect_uri=http://localhost:3000/cb#fragment";
    let asked = ask(&pia, "porters", json!({ "request": request })).await;
    let hints = json!([
        { "kind": "unknown-scope", "words": "groups" },
        { "kind": "scope-not-allowed", "words": "phone" },
        { "kind": "no-challenge" },
        { "kind": "loopback", "words": "http://localhost:3000/cb" },
        { "kind": "nobody-has-key" },
    ]);
    assert_eq!(asked.told["hints"], hints);
    assert_eq!(asked.told["asked"]["scope"], "openid email");
    // Once somebody there has a key, that is well.
    desk.with_scopes(super::EVE, &AdminScope::ALL).await;
    let asked = ask(&pia, "porters", json!({})).await;
    let kinds: Vec<_> = asked.told["hints"].as_array().expect("hints").iter().collect();
    assert!(!kinds.iter().any(|hint| hint["kind"] == "nobody-has-key"), "{kinds:?}");
}

#[tokio::test]
async fn what_is_pasted_is_of_this_application_and_of_this_server() {
    let desk = Desk::open().await;
    let pia = platform(&desk).await;
    let path = format!("/clients/{}/log-in-tests", ROTA.id);
    let elsewhere = format!("https://evil.example/oauth2/authorize?{}", Request::new(ROTA).body());
    let logout = desk.site.url("/oauth2/logout?client_id=rota");
    for (request, code) in [
        (Request::new(NOTES).body(), "other-client"),
        (Request::new(ROTA).also("client_id", NOTES.id).body(), "other-client"),
        (elsewhere, "elsewhere"),
        (logout, "elsewhere"),
        (desk.site.url("/oauth2/authorize"), "elsewhere"),
        ("client_id=rota&state=%zz".to_owned(), "malformed"),
        ("state=%ff".to_owned(), "malformed"),
    ] {
        let answer = pia.post(&path, json!({ "request": request })).await;
        assert_eq!(wrong(&answer), [("request".into(), code.into())], "{request}");
    }
    assert_eq!(pia.post(&path, json!({ "request": "x".repeat(70_000) })).await.status, 413);
    assert_eq!(wrong(&pia.post(&path, json!({ "to": "x" })).await)[0].1, "malformed");
}

#[tokio::test]
async fn an_application_that_changes_or_goes_meanwhile_ends_its_tests() {
    let desk = Desk::open().await;
    let mut pia = platform(&desk).await;
    let added = json!({ "client_id": "porters", "redirect_uris": [REDIRECT_URI] });
    assert_eq!(pia.post("/clients", added).await.status, 201);
    let asked = ask(&pia, "porters", json!({})).await;
    let page = pia.person.open(asked.begin()).await;
    let other = json!({ "redirect_uris": [OTHER_URI] });
    let changed = pia.change_now(Method::PUT, "/clients/porters", other).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let form = page.form("/consent").with("decision", "allow");
    let answer = pia.person.submit(&form).await;
    assert_eq!(answer.location(), Some(asked.result().as_str()));
    let refused = &told(&pia, &asked).await["refused"];
    assert_eq!(refused["error"], "redirect_uri_unregistered");

    let asked = ask(&pia, "porters", json!({})).await;
    let page = pia.person.open(asked.begin()).await;
    let gone = desk.call(&pia.token, Method::DELETE, "/clients/porters", None).await;
    assert_eq!(gone.status, 204);
    let form = page.form("/consent").with("decision", "allow");
    is_no_test(&pia.person.submit(&form).await);
    assert_eq!(pia.get(&asked.path()).await.status, 404);
}

#[tokio::test]
async fn nobody_without_the_right_to_change_an_application_tests_it() {
    let desk = Desk::open().await;
    let path = format!("/clients/{}/log-in-tests", ROTA.id);
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    assert_eq!(sam.post(&path, json!({})).await.status, 403);
    let pete = desk.with_scopes(PETE, &[AdminScope::ApplicationsRead]).await;
    desk.grant(PETE, Role::PlatformAdministrator, "valley").await;
    let refused = pete.post(&path, json!({})).await;
    assert!(refused.header("www-authenticate").expect("a scheme").contains("insufficient_scope"));

    let mut pia = platform(&desk).await;
    let asked = ask(&pia, ROTA.id, json!({})).await;
    // Of another application it is no test.
    let other = format!("/clients/{}/log-in-tests/{}", NOTES.id, asked.id());
    assert_eq!(pia.get(&other).await.status, 404);
    for id in ["nothing", latchkey_console::CLIENT_ID] {
        let answer = pia.post(&format!("/clients/{id}/log-in-tests"), json!({})).await;
        assert_eq!(answer.status, 404, "{id}");
    }
    // Whoever loses the right meanwhile is told nothing more.
    pia.person.open(asked.begin()).await;
    let person = desk.record(PIA).await.person;
    let grant = desk.site.app.store.view().list_roles(person.id).await.expect("read").remove(0);
    let end = async move |tx: &latchkey_store::Tx| tx.delete_role(&grant).await;
    let ended = desk.site.app.store.write::<bool, latchkey_store::Error, _>(end).await;
    assert!(ended.expect("written"));
    assert_eq!(pia.get(&asked.path()).await.status, 403);
}

#[tokio::test]
async fn a_program_tests_no_log_in_and_nobody_logs_in_to_one() {
    let desk = Desk::open().await;
    desk.apply(
        "[[client]]\nclient_id = \"nightly\"\nclient_secret = \"a-secret-of-32-bytes-or-more\"\n\
         grant_types = [\"client_credentials\"]\n\
         latchkey_service_account = { scopes = [\"applications:write\"], platform = true }\n",
    )
    .await;
    let pia = platform(&desk).await;
    let answer = pia.post("/clients/nightly/log-in-tests", json!({})).await;
    assert_eq!((answer.status, problem(&answer).as_str()), (409, "no-log-in"));
    let request = desk.site.http.post(desk.site.url("/oauth2/token"));
    let request = request.basic_auth("nightly", Some("a-secret-of-32-bytes-or-more"));
    let resource = desk.site.url(latchkey_api::PATH);
    let body = encode(&[
        ("grant_type", "client_credentials"),
        ("scope", "applications:write"),
        ("resource", &resource),
    ]);
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    let token = desk.site.send(request).await.json();
    let token = token["access_token"].as_str().expect("a token");
    let path = format!("/clients/{}/log-in-tests", ROTA.id);
    let answer = desk.call(token, Method::POST, &path, Some(json!({}))).await;
    assert_eq!((answer.status, problem(&answer).as_str()), (403, "forbidden"));
}
