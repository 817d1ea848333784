//! Policies over the API: shown, tried on everybody, changed.

use std::time::Duration;

use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::policy::Overrides;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::{tag, wrong};
use super::{At, Desk, NELL, SAM, SUE, VERA, problem};
use crate::support::http::{Account, Answer, ROTA, Request};

/// So long ago that nobody is in grace.
const OVER: &str = "2020-01-01";

const PATH: &str = "/organisations/riverside/policy";

/// A local administrator with a key, a nurse with one, and three colleagues with a password.
async fn riverside(desk: &Desk) -> At<'_> {
    let account = Account { username: NELL.username, password: NELL.password };
    desk.site.person().log_in(&Request::new(ROTA), account).await.code();
    desk.administrator(SAM, Role::LocalAdministrator, "riverside").await
}

fn setting(policy: &Answer, name: &str) -> Value {
    let settings = policy.json()["settings"].as_array().expect("settings").clone();
    settings.into_iter().find(|setting| setting["name"] == name).expect("the setting")
}

/// What the trust says, with something else in it.
fn own(more: &Value) -> Value {
    let mut own =
        json!({ "rollout": "available", "grace_until": "2099-12-31", "key_as_primary": true });
    for (name, value) in more.as_object().expect("settings") {
        own[name] = value.clone();
    }
    own
}

fn no_grace() -> Value {
    own(&json!({ "grace_until": OVER }))
}

async fn trial(at: &At<'_>, own: Value) -> Value {
    let answer = at.post(&format!("{PATH}/trial"), json!({ "own": own })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn put(at: &At<'_>, body: Value) -> Answer {
    at.change_now(Method::PUT, PATH, body).await
}

#[tokio::test]
async fn each_setting_tells_where_its_value_comes_from() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    desk.apply("[[platform]]\npolicy = { keys_nudged = 3 }\n").await;
    let policy = sam.get(PATH).await;
    let names = super::changes::named(
        &Answer { body: policy.json()["settings"].to_string(), ..policy.clone() },
        "name",
    );
    assert_eq!(names, Overrides::NAMES);
    let grace = setting(&policy, "grace_until");
    assert_eq!((&grace["own"], &grace["preset"]), (&"2099-12-31".into(), &Value::Null));
    assert_eq!(grace["effective"], "2099-12-31");
    let required = setting(&policy, "required");
    assert_eq!(
        required,
        json!({ "name": "required", "preset": "mfa", "effective": "mfa",
            "administrators": "phishing-resistant" })
    );
    let rollout = setting(&policy, "rollout");
    assert_eq!(
        (&rollout["preset"], &rollout["demanded"]),
        (&"not-started".into(), &"available".into())
    );
    let nudged = setting(&policy, "keys_nudged");
    assert_eq!(
        nudged,
        json!({ "name": "keys_nudged", "preset": 2, "demanded": 3, "demanded_by": ["platform"],
            "effective": 3 })
    );
    assert_eq!(rollout["demanded_by"], json!(["above"]));
}

#[tokio::test]
async fn a_preview_shows_what_would_be_asked_and_keeps_nothing() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let before = sam.get(PATH).await;
    let unknown = "00000000-0000-4000-8000-000000000001";
    let body = json!({ "preset": "small", "own": { "required": "phishing-resistant",
        "keys_nudged": 4, "models_denied": [unknown] } });
    let shown = sam.post(&format!("{PATH}/preview"), body).await;
    assert_eq!((shown.status, &shown.json()["preset"]), (200, &"small".into()), "{shown:?}");
    let nudged = setting(&shown, "keys_nudged");
    assert_eq!((&nudged["own"], &nudged["effective"]), (&4.into(), &4.into()));
    let required = setting(&shown, "required");
    assert_eq!(required["effective"], "phishing-resistant");
    assert_eq!(required.get("administrators"), None, "nothing else is asked of them");
    assert_eq!(shown.json()["models"], json!([{ "aaguid": unknown }]));
    assert_eq!(sam.get(PATH).await.json(), before.json());
}

#[tokio::test]
async fn a_trial_tells_what_becomes_of_whoever_asks_and_of_others_with_a_role() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    desk.administrator(SUE, Role::Helpdesk, "riverside").await;
    let of = async |own| trial(&sam, own).await["administrators"].clone();
    let both = json!({ "you_locked_out": false, "others": 1, "others_locked_out": 0 });
    assert_eq!(of(no_grace()).await, both);
    let apps = own(&json!({ "methods": ["authenticator-app"] }));
    let none = json!({ "you_locked_out": true, "others": 0, "others_locked_out": 1 });
    assert_eq!(of(apps).await, none);
}

#[tokio::test]
async fn what_is_demanded_from_above_stays_on_top_of_what_an_organisation_says() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let above = json!({ "own": { "required": "mfa", "step_up_minutes": 5, "keys_nudged": 4 },
        "locks_out_at_most": 10 });
    let path = "/organisations/valley/policy";
    assert_eq!(vera.change_now(Method::PUT, path, above).await.status, 200);
    let weaker = json!({ "own": { "required": "password", "step_up_minutes": 60,
        "keys_nudged": 1, "grace_until": "2099-12-31" } });
    let policy = put(&sam, weaker).await;
    assert_eq!(policy.status, 200, "{policy:?}");
    for (name, own, effective) in [
        ("required", json!("password"), json!("mfa")),
        ("step_up_minutes", json!(60), json!(5)),
        ("keys_nudged", json!(1), json!(4)),
    ] {
        let setting = setting(&policy, name);
        assert_eq!((&setting["own"], &setting["effective"]), (&own, &effective), "{name}");
    }
    assert_eq!(sam.get(path).await.status, 404, "what is above is not theirs");
}

#[tokio::test]
async fn a_trial_names_who_could_not_log_in_tomorrow_and_why_and_keeps_nothing() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let before = sam.get(PATH).await;
    let same = trial(&sam, own(&json!({}))).await;
    assert_eq!(
        same,
        json!({ "judged": 5, "already": 0, "locked_out": 0, "would_enrol": 3, "changed": [],
            "causes": [], "people": [], "administrators": { "you_locked_out": false, "others": 0,
                "others_locked_out": 0 } })
    );
    // No more grace: whoever has nothing but a password is stuck.
    let told = trial(&sam, no_grace()).await;
    assert_eq!((&told["judged"], &told["locked_out"]), (&5.into(), &3.into()));
    assert_eq!((&told["would_enrol"], &told["changed"]), (&0.into(), &json!(["grace_until"])));
    let people: Vec<_> = told["people"].as_array().expect("people").iter().collect();
    let names: Vec<_> = people.iter().map(|it| it["person"]["username"].clone()).collect();
    assert_eq!(names, ["hana.help", "sue.desk", "uma.audit"]);
    assert!(people.iter().all(|it| it["because"] == "grace_until"), "{told}");
    assert_eq!(people[0]["person"]["organisation"]["id"], "riverside");
    assert_eq!(told["causes"], json!([{ "has": "grace", "people": 3 }]));
    let body = json!({ "own": no_grace() });
    let keys = sam.post(&format!("{PATH}/trial?has=key"), body.clone()).await.json();
    assert_eq!((&keys["locked_out"], &keys["people"]), (&3.into(), &json!([])));
    let grace = sam.post(&format!("{PATH}/trial?has=grace"), body.clone()).await.json();
    assert_eq!(grace["people"], told["people"]);
    assert_eq!(sam.post(&format!("{PATH}/trial?has=luck"), body).await.status, 422);
    // It ends today, and is over tomorrow.
    let today = desk.site.clock.now().millis();
    let today = jiff::Timestamp::from_millisecond(today).expect("a time").to_string();
    let today = trial(&sam, own(&json!({ "grace_until": today[..10] }))).await;
    assert_eq!(today["locked_out"], 3);
    assert_eq!(sam.get(PATH).await.json(), before.json());
    assert_eq!(tag(&sam.get(PATH).await), tag(&before));
}

#[tokio::test]
async fn a_trial_blames_the_setting_that_takes_a_persons_way_in() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let models = sam.get("/organisations/riverside/key-models").await.json();
    let model = models[0]["aaguid"].clone();
    assert!(model.is_string(), "the keys tell no model: {models}");
    let denied = own(&json!({ "models_denied": [model], "models_at_login": true }));
    let told = trial(&sam, denied).await;
    assert_eq!(told["locked_out"], 2);
    assert_eq!(told["people"][0]["because"], "models_denied");
    let alone = own(&json!({ "models_denied": [model] }));
    assert_eq!(trial(&sam, alone).await["locked_out"], 0, "it bites at registration only");
    let apps = own(&json!({ "methods": ["authenticator-app"] }));
    let told = trial(&sam, apps).await;
    assert_eq!((&told["locked_out"], &told["would_enrol"]), (&2.into(), &3.into()));
    assert_eq!(told["people"][0]["because"], "methods");
}

#[tokio::test]
async fn a_policy_that_locks_out_more_than_was_agreed_to_is_not_put() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let before = sam.get(PATH).await.json();
    for most in [json!({ "own": no_grace() }), json!({ "own": no_grace(), "locks_out_at_most": 2 })]
    {
        let refused = put(&sam, most).await;
        assert_eq!((refused.status, &*problem(&refused)), (409, "locks-out"));
    }
    assert_eq!(sam.get(PATH).await.json(), before);
    let put = put(&sam, json!({ "own": no_grace(), "locks_out_at_most": 3 })).await;
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(setting(&put, "grace_until")["effective"], OVER);
    let uma = desk.record(super::UMA).await.person;
    let policy = desk.site.app.policy_of(&uma).await.expect("a policy");
    assert!(policy.grace_until < Some(desk.site.clock.now()), "it holds here at once");
    let events = desk.site.app.store.view().list_events(5).await.expect("read");
    let changed = events.into_iter().find_map(|(_, what)| match what {
        What::PolicyChanged { before, after } => Some((before, after)),
        _ => None,
    });
    let (before, after) = changed.expect("an event");
    assert!(after.settings.grace_until < before.settings.grace_until);
    assert_eq!(after.settings.grace_until.map(|day| day.to_string()).as_deref(), Some(OVER));
}

#[tokio::test]
async fn a_policy_is_put_from_what_it_is_and_in_full() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let old = tag(&sam.get(PATH).await);
    let body = json!({ "own": { "grace_until": "2099-12-31", "keys_nudged": 5 } });
    let without = sam.change(Method::PUT, PATH, None, body.clone()).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));
    assert_eq!(sam.change(Method::PUT, PATH, Some(&old), body.clone()).await.status, 200);
    let stale = sam.change(Method::PUT, PATH, Some(&old), body).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));
    let small = json!({ "preset": "small", "own": { "grace_until": "2099-12-31" } });
    let policy = put(&sam, small).await;
    assert_eq!(policy.json()["preset"], "small");
    assert_eq!(setting(&policy, "keys_nudged")["own"], Value::Null);
    assert_eq!(setting(&policy, "attestation")["effective"], "none");
}

#[tokio::test]
async fn settings_that_are_unknown_malformed_or_leave_no_time_are_named() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let before = sam.get(PATH).await.json();
    let own = json!({ "keys_wanted": 1, "required": "strong", "keys_required": -1 });
    for path in [PATH.to_owned(), format!("{PATH}/trial"), format!("{PATH}/trial.csv")] {
        let body = json!({ "own": own });
        let answer = match path == PATH {
            true => put(&sam, body).await,
            false => sam.post(&path, body).await,
        };
        let told = wrong(&answer);
        let mut told: Vec<_> = told.iter().map(|(field, code)| (&**field, &**code)).collect();
        told.sort_unstable();
        let expected = [
            ("own.keys_required", "malformed"),
            ("own.keys_wanted", "unknown"),
            ("own.required", "malformed"),
        ];
        assert_eq!(told, expected, "{path}");
    }
    let none = put(&sam, json!({ "own": { "session_idle_minutes": 0 } })).await;
    assert_eq!(wrong(&none), [("own.session_idle_minutes".into(), "out-of-range".into())]);
    let preset = put(&sam, json!({ "own": {}, "preset": "huge" })).await;
    assert_eq!(wrong(&preset), [("preset".into(), "unknown".into())]);
    assert_eq!(put(&sam, json!({ "own": {}, "more": 1 })).await.status, 422);
    assert_eq!(put(&sam, json!({ "own": { "x": "y".repeat(70_000) } })).await.status, 413);
    assert_eq!(sam.get(PATH).await.json(), before);
}

#[tokio::test]
async fn a_trial_asks_for_no_fresh_log_in_and_a_change_does() {
    let desk = Desk::open().await;
    let mut sam = riverside(&desk).await;
    let tag = tag(&sam.get(PATH).await);
    desk.site.clock.advance(Duration::from_secs(301));
    trial(&sam, no_grace()).await;
    let body = json!({ "own": { "grace_until": "2099-12-31" } });
    let old = sam.change(Method::PUT, PATH, Some(&tag), body.clone()).await;
    assert_eq!(old.status, 401);
    let scheme = old.header("www-authenticate").expect("a scheme");
    assert!(scheme.contains("insufficient_user_authentication"), "{scheme}");
    sam.step_up(SAM).await;
    assert_eq!(sam.change(Method::PUT, PATH, Some(&tag), body).await.status, 200);
}

#[tokio::test]
async fn the_table_of_a_trial_lists_everybody_and_holds_no_formula() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    desk.apply(
        "[[person]]\nusername = \"zed\"\norganisation = \"riverside\"\n\
         name = \"=1+1, \\\"Zed\\\"\"\npassword = \"yellow gorse by the wall\"\n",
    )
    .await;
    let answer = sam.post(&format!("{PATH}/trial.csv"), json!({ "own": no_grace() })).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<_> = answer.body.split("\r\n").collect();
    assert_eq!(
        lines,
        [
            "username,name,email,staff_number,organisation,has,because",
            "hana.help,Hana Help,hana.help@riverside.example,,riverside,grace,grace_until",
            "sue.desk,Sue Desk,sue.desk@riverside.example,,riverside,grace,grace_until",
            "uma.audit,Uma Audit,uma.audit@riverside.example,,riverside,grace,grace_until",
            "zed,\"'=1+1, \"\"Zed\"\"\",,,riverside,grace,grace_until",
            "",
        ]
    );
}

#[tokio::test]
async fn a_trial_above_judges_those_below_and_one_elsewhere_is_not_there() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let body = json!({ "own": { "required": "password", "synced_passkeys": false,
        "methods": ["authenticator-app"], "grace_until": "2099-12-31" } });
    let told = vera.post("/organisations/valley/policy/trial", body.clone()).await.json();
    // Three of the network itself and five of the trust below it.
    assert_eq!(told["judged"], 8);
    let names: Vec<_> = told["people"]
        .as_array()
        .expect("people")
        .iter()
        .map(|it| it["person"]["username"].as_str().expect("a name").to_owned())
        .collect();
    assert!(names.contains(&"nell.nurse".to_owned()), "{told}");
    for elsewhere in ["valley", "eastmoor", "nowhere"] {
        for path in ["trial", "trial.csv"] {
            let path = format!("/organisations/{elsewhere}/policy/{path}");
            assert_eq!(sam.post(&path, body.clone()).await.status, 404, "{path}");
        }
    }
}

#[tokio::test]
async fn a_table_that_is_asked_for_again_by_the_same_key_is_made_again() {
    let desk = Desk::open().await;
    let sam = riverside(&desk).await;
    let url = desk.site.url(&format!("{}{PATH}/trial.csv", latchkey_api::PATH));
    let mut tables = Vec::new();
    for _ in 0..2 {
        let request = desk.site.http.post(&url).bearer_auth(&sam.token);
        let request =
            request.header("Idempotency-Key", "table").json(&json!({ "own": no_grace() }));
        let answer = desk.site.send(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
        tables.push(answer.body);
    }
    assert_eq!(tables[0], tables[1]);
    assert!(tables[0].contains("hana.help"));
}
