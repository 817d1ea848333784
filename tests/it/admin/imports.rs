//! Tables of people over the API.

use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::ids::ImportId;
use latchkey_core::roles::Role;
use latchkey_store::{Error, ImportRecord, ImportState, Tx};
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::changes::named;
use super::{At, Desk, OTTO, SAM, UMA, VERA, problem};
use crate::support::http::Answer;

const TABLE: &str = "username,name,email\n\
    zoe.new,Zoe New,zoe@riverside.example\nnell.nurse,Nell Nurse,nell@riverside.example\n";

async fn send(at: &At<'_>, query: &str, kind: &str, table: String) -> Answer {
    let url = at.desk.site.url(&format!("{}/imports?{query}", latchkey_api::PATH));
    let request = at.desk.site.http.post(url).bearer_auth(&at.token).header(CONTENT_TYPE, kind);
    at.desk.site.send(request.body(table)).await
}

async fn begin(at: &At<'_>, query: &str, table: &str) -> Answer {
    send(at, query, "text/csv", table.to_owned()).await
}

/// What becomes of it.
async fn ended(at: &At<'_>, begun: &Answer) -> Value {
    assert_eq!(begun.status, 202, "{begun:?}");
    let path = format!("/imports/{}", begun.json()["id"].as_str().expect("an id"));
    for _ in 0..200 {
        let import = at.get(&path).await.json();
        if import["state"] != "running" {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it goes on for ever");
}

#[tokio::test]
async fn a_table_is_taken_in_behind_the_answer_and_told_of_afterwards() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let dry = begin(&sam, "organisation=riverside&dry_run=true", TABLE).await;
    let dry = ended(&sam, &dry).await;
    assert_eq!((&dry["state"], &dry["added"]), (&"done".into(), &1.into()), "{dry}");
    assert_eq!(
        sam.get("/people?limit=200").await.json()["items"].as_array().map(Vec::len),
        Some(5)
    );
    let kept = begin(&sam, "organisation=riverside", TABLE).await;
    let kept = ended(&sam, &kept).await;
    let counts = ["rows", "done", "added", "changed", "same", "wrong"].map(|it| kept[it].clone());
    assert_eq!(counts, [2, 2, 1, 1, 0, 0].map(Value::from), "{kept}");
    assert!(kept["ended_at"].is_string() && kept["dry_run"] == false);
    assert!(named(&sam.get("/people?limit=200").await, "username").contains(&"zoe.new".to_owned()));
    let again = begin(&sam, "organisation=riverside", TABLE).await;
    assert_eq!(ended(&sam, &again).await["same"], 2, "the same table changes nothing");
    let listed = sam.get("/imports?organisation=riverside").await;
    assert_eq!(named(&listed, "state"), ["done", "done", "done"]);
    let vera = desk.administrator(VERA, Role::Auditor, "valley").await;
    assert_eq!(named(&vera.get("/imports?organisation=valley").await, "id").len(), 3, "below it");
}

#[tokio::test]
async fn a_table_that_is_wrong_is_refused_with_its_lines_and_nothing_of_it_kept() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let table = "username,name\nzoe.new,Zoe New\neve.east,Eve East\nzoe.new,Zoe Again\n";
    let refused = begin(&sam, "organisation=riverside", table).await;
    let refused = ended(&sam, &refused).await;
    assert_eq!((&refused["state"], &refused["wrong"]), (&"refused".into(), &2.into()), "{refused}");
    let lines: Vec<_> =
        refused["errors"].as_array().expect("errors").iter().map(|it| it["line"].clone()).collect();
    assert_eq!(lines, [3, 4]);
    assert_eq!(
        refused["errors"].as_array().map(|all| all[1].clone()),
        Some(json!({
            "line": 4,
            "code": "username-twice",
            "values": { "username": "zoe.new", "line": "2" },
            "message": "\"zoe.new\" is in line 2 already",
        })),
        "for programs and for people",
    );
    assert_eq!(refused["errors"][0]["code"], "username-elsewhere");
    assert_eq!(named(&sam.get("/people?limit=200").await, "username").len(), 5);
    let kept = desk.site.app.store.view();
    let scope = latchkey_core::roles::Scope::Platform;
    let id = refused["id"].as_str().expect("an id").parse().expect("an id");
    let record = kept.within(&scope).find_import(ImportId(id)).await.expect("read").expect("there");
    let sealed = record.errors.expect("errors");
    let text = String::from_utf8_lossy(sealed.as_bytes()).into_owned();
    assert!(!text.contains("zoe") && !text.contains("eve"), "names are sealed");
}

#[tokio::test]
async fn a_table_puts_nobody_into_a_group_that_locks_them_out() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let groups = "/organisations/riverside/groups";
    for (group, demanded) in
        [("theatre", json!({ "grace_until": "2020-01-01" })), ("porters", json!({}))]
    {
        let body = json!({ "name": group, "demanded": demanded });
        let put = sam.change(Method::PUT, &format!("{groups}/{group}"), None, body).await;
        assert_eq!(put.status, 201, "{put:?}");
    }
    // Nell has a password and nothing else: she is in grace, and would be no more.
    let table = |theirs: &str| {
        format!("username,name,groups\nzoe.new,Zoe New,theatre\nnell.nurse,Nell Nurse,{theirs}\n")
    };
    for dry in ["&dry_run=true", ""] {
        let query = format!("organisation=riverside{dry}");
        let refused = begin(&sam, &query, &table("porters theatre")).await;
        let refused = ended(&sam, &refused).await;
        assert_eq!(refused["state"], "refused", "{refused}");
        let wrong = &refused["errors"];
        assert_eq!((&wrong[0]["line"], &wrong[0]["code"]), (&3.into(), &"locks-out".into()));
        let values = json!({ "username": "nell.nurse", "groups": "porters, theatre" });
        assert_eq!((&wrong[0]["values"], wrong.get(1)), (&values, None), "Zoe sets up anyway");
    }
    assert_eq!(sam.get(&format!("{groups}/porters")).await.json()["members"], 0, "nothing is kept");

    // A group that demands nothing locks nobody out, and whoever is in one already is not asked.
    let query = "organisation=riverside";
    let kept = begin(&sam, query, &table("porters")).await;
    assert_eq!(ended(&sam, &kept).await["state"], "done");
    let nell = desk.id(super::NELL).await;
    let agreed = format!("{groups}/theatre/members/{nell}?locks_out_at_most=1");
    assert_eq!(desk.call(&sam.token, Method::PUT, &agreed, None).await.status, 204);
    let again = begin(&sam, query, &table("porters theatre")).await;
    assert_eq!(ended(&sam, &again).await["state"], "done");
}

#[tokio::test]
async fn imports_outside_are_not_there_and_those_who_only_read_begin_none() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    for elsewhere in ["eastmoor", "valley", "nowhere"] {
        assert_eq!(begin(&sam, &format!("organisation={elsewhere}"), TABLE).await.status, 404);
        assert_eq!(sam.get(&format!("/imports?organisation={elsewhere}")).await.status, 404);
    }
    assert_eq!(begin(&uma, "organisation=riverside", TABLE).await.status, 403);
    let begun = begin(&sam, "organisation=riverside", TABLE).await;
    ended(&uma, &begun).await;
    let path = format!("/imports/{}", begun.json()["id"].as_str().expect("an id"));
    assert_eq!(otto.get(&path).await.status, 404);
    assert_eq!(named(&otto.get("/imports?organisation=eastmoor").await, "id").len(), 0);
}

#[tokio::test]
async fn what_is_no_table_or_too_large_is_refused() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let query = "organisation=riverside";
    let json = send(&sam, query, "application/json", "{}".to_owned()).await;
    assert_eq!((json.status, &*problem(&json)), (415, "unreadable"));
    let large = send(&sam, query, "text/csv", "x".repeat(33 * 1024 * 1024)).await;
    assert_eq!(large.status, 413);
    for query in ["", "organisation=riverside&who=me", "organisation=riverside&dry_run=maybe"] {
        assert_eq!(begin(&sam, query, TABLE).await.status, 422, "{query}");
    }
    let invite = begin(&sam, "organisation=riverside&invite=true", TABLE).await;
    assert_eq!(super::changes::wrong(&invite), [("invite".into(), "no-mail".into())]);
    assert_eq!(sam.get("/imports?organisation=riverside").await.json(), json!([]));
}

#[tokio::test]
async fn an_import_whose_node_died_has_failed_after_a_minute_and_another_may_begin() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let now = desk.site.clock.now();
    let organisation = desk.record(SAM).await.person.organisation;
    let record = ImportRecord {
        id: ImportId::new(&*desk.site.app.rng, now),
        organisation,
        dry_run: false,
        invite: false,
        state: ImportState::Running,
        rows: 9,
        done: 4,
        added: 4,
        changed: 0,
        wrong: 0,
        errors: None,
        started_at: now,
        heard_at: now,
        ended_at: None,
        table_until: None,
        taken_in: None,
    };
    let path = format!("/imports/{}", record.id);
    let write = async move |tx: &Tx| tx.insert_import(&record).await;
    desk.site.app.store.write::<(), Error, _>(write).await.expect("written");
    let shown = sam.get(&path).await.json();
    assert_eq!((&shown["state"], &shown["done"]), (&"running".into(), &4.into()));
    let second = begin(&sam, "organisation=riverside", TABLE).await;
    assert_eq!((second.status, &*problem(&second)), (409, "running"));
    desk.site.clock.advance(Duration::from_secs(61));
    assert_eq!(sam.get(&path).await.json()["state"], "failed");
    let begun = begin(&sam, "organisation=riverside", TABLE).await;
    assert_eq!(ended(&sam, &begun).await["state"], "done");
}

async fn take_in(at: &At<'_>, dry: &Value, invite: bool) -> Answer {
    let path = format!("/imports/{}/take-in", dry["id"].as_str().expect("an id"));
    at.post(&path, json!({ "invite": invite })).await
}

#[tokio::test]
async fn the_table_of_a_dry_run_is_taken_in_without_being_sent_again_and_once() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let begun = begin(&sam, "organisation=riverside&dry_run=true", TABLE).await;
    let dry = ended(&sam, &begun).await;
    assert!(dry["table_until"].is_string() && dry["taken_in"].is_null(), "{dry}");
    let first = take_in(&sam, &dry, false).await;
    let taken = ended(&sam, &first).await;
    assert_eq!((&taken["state"], &taken["added"]), (&"done".into(), &1.into()), "{taken}");
    assert_eq!(taken["dry_run"], false);
    let second = take_in(&sam, &dry, false).await;
    assert_eq!(second.json()["id"], taken["id"], "whoever presses twice begins one");
    let dry = sam.get(&format!("/imports/{}", dry["id"].as_str().expect("an id"))).await.json();
    assert_eq!((&dry["taken_in"], &dry["table_until"]), (&taken["id"], &Value::Null));
    let id = dry["id"].as_str().expect("an id").parse().expect("an id");
    let parts = desk.site.app.store.view().list_import_parts(ImportId(id)).await;
    assert!(parts.expect("read").is_empty(), "what was taken in is forgotten");
    assert_eq!(named(&sam.get("/imports?organisation=riverside").await, "id").len(), 2);
}

#[tokio::test]
async fn a_table_that_waits_is_sealed_counts_an_hour_and_only_if_nothing_was_wrong_with_it() {
    let desk = Desk::open().await;
    let mut sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let long = "x".repeat(180);
    let mut table = "username,name\n".to_owned();
    for number in 0..8000 {
        table.push_str(&format!("new.{number},Nia {long}\n"));
    }
    let begun = begin(&sam, "organisation=riverside&dry_run=true", &table).await;
    let dry = ended(&sam, &begun).await;
    let id = dry["id"].as_str().expect("an id").parse().expect("an id");
    let view = desk.site.app.store.view();
    let parts = view.list_import_parts(ImportId(id)).await.expect("read");
    assert_eq!(parts.len(), 2, "in parts");
    // Long enough that sealed bytes, a megabyte of chance, never spell it.
    let text = String::from_utf8_lossy(parts[0].as_bytes()).into_owned();
    assert!(!text.contains(&long), "names are sealed");
    let wrong = begin(&sam, "organisation=riverside&dry_run=true", "username,nome\n").await;
    let wrong = ended(&sam, &wrong).await;
    assert!(wrong["state"] == "refused" && wrong["table_until"].is_null(), "{wrong}");
    let refused = take_in(&sam, &wrong, false).await;
    assert_eq!((refused.status, &*problem(&refused)), (409, "gone"));
    let kept = ended(&sam, &begin(&sam, "organisation=riverside", TABLE).await).await;
    let refused = take_in(&sam, &kept, false).await;
    assert_eq!((refused.status, &*problem(&refused)), (409, "gone"), "it was no dry run");
    desk.site.clock.advance(Duration::from_secs(3600));
    sam.step_up(SAM).await;
    let late = take_in(&sam, &dry, false).await;
    assert_eq!((late.status, &*problem(&late)), (409, "gone"));
    let removed = latchkey::jobs::tidy(&desk.site.app).await.expect("tidied");
    assert_eq!(removed.import_parts, 2);
    assert!(view.list_import_parts(ImportId(id)).await.expect("read").is_empty());
}

#[tokio::test]
async fn a_table_that_waits_is_taken_in_only_inside_by_whoever_may_and_logged_in_lately() {
    let desk = Desk::open().await;
    let mut sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    desk.site.clock.advance(Duration::from_secs(6 * 60));
    // A dry run changes nobody, and is looked at before a key is asked for.
    let begun = begin(&sam, "organisation=riverside&dry_run=true", TABLE).await;
    let dry = ended(&sam, &begun).await;
    assert_eq!(begin(&sam, "organisation=riverside", TABLE).await.status, 401);
    let late = take_in(&sam, &dry, false).await;
    let told = late.header("www-authenticate").expect("a challenge");
    assert!(late.status == 401 && told.contains("insufficient_user_authentication"), "{told}");
    sam.step_up(SAM).await;
    assert_eq!(take_in(&otto, &dry, false).await.status, 401, "before anything is told");
    let mut otto = otto;
    otto.step_up(OTTO).await;
    assert_eq!(take_in(&otto, &dry, false).await.status, 404);
    let mut uma = uma;
    uma.step_up(UMA).await;
    assert_eq!(take_in(&uma, &dry, false).await.status, 403);
    let invite = take_in(&sam, &dry, true).await;
    assert_eq!(super::changes::wrong(&invite), [("invite".into(), "no-mail".into())]);
    assert_eq!(
        take_in(&sam, &json!({ "id": ImportId(uuid::Uuid::nil()).to_string() }), false)
            .await
            .status,
        404
    );
    assert_eq!(ended(&sam, &take_in(&sam, &dry, false).await).await["added"], 1);
}

#[tokio::test]
async fn what_stopped_on_the_way_goes_on_with_the_table_that_waits() {
    let desk = Desk::open().await;
    let mut sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let begun = begin(&sam, "organisation=riverside&dry_run=true", TABLE).await;
    let dry = ended(&sam, &begun).await;
    let id = ImportId(dry["id"].as_str().expect("an id").parse().expect("an id"));
    let store = &desk.site.app.store;
    let record = store.view().find_any_import(id).await.expect("read").expect("there");
    let now = desk.site.clock.now();
    let died = ImportRecord {
        id: ImportId::new(&*desk.site.app.rng, now),
        dry_run: false,
        state: ImportState::Running,
        table_until: None,
        ..record.clone()
    };
    let died_id = died.id.to_string();
    let write = async move |tx: &Tx| {
        tx.insert_import(&died).await?;
        tx.take_import_in(&record, died.id).await
    };
    assert!(store.write::<bool, Error, _>(write).await.expect("written"));
    assert_eq!(take_in(&sam, &dry, false).await.json()["id"], *died_id, "it is under way");
    desk.site.clock.advance(Duration::from_secs(61));
    sam.step_up(SAM).await;
    let goes_on = take_in(&sam, &dry, false).await;
    assert_ne!(goes_on.json()["id"], *died_id);
    assert_eq!(ended(&sam, &goes_on).await["state"], "done");
}
