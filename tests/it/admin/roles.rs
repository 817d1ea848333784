//! Roles over the API.

use latchkey::actions::people::{Ended, end_role};
use latchkey::audit::Origin;
use latchkey::config::{Mail, Post};
use latchkey_core::Clock as _;
use latchkey_core::audit::What;
use latchkey_core::people::PersonState;
use latchkey_core::roles::{Actor, Role, RoleGrant};
use latchkey_store::{Error, Tx};
use reqwest::Method;

use super::{At, Desk, NELL, OTTO, PETE, PIA, SAM, UMA, VERA, problem};
use crate::support::http::Answer;

async fn roles(at: &At<'_>, query: &str) -> Vec<(String, String)> {
    let answer = at.get(&format!("/roles{query}")).await;
    let json = answer.json();
    let items = json["items"].as_array().expect("items");
    let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
    let mut held: Vec<_> =
        items.iter().map(|it| (text(&it["person"]["username"]), text(&it["role"]))).collect();
    held.sort();
    held
}

async fn change(at: &At<'_>, method: Method, who: &str, role: &str, place: &str) -> Answer {
    let path = format!("/people/{who}/roles/{role}?organisation={place}");
    at.desk.call(&at.token, method, &path, None).await
}

fn pair(username: &str, role: &str) -> (String, String) {
    (username.to_owned(), role.to_owned())
}

#[tokio::test]
async fn roles_are_listed_where_they_start_inside_the_scope_and_nowhere_else() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    desk.grant(OTTO, Role::Helpdesk, "eastmoor").await;
    let ours = [pair("sam.desk", "local-administrator"), pair("uma.audit", "auditor")];
    assert_eq!(roles(&sam, "").await, ours);
    assert_eq!(roles(&uma, "").await, ours);
    let above = [
        pair("pia.platform", "platform-administrator"),
        pair("sam.desk", "local-administrator"),
        pair("uma.audit", "auditor"),
        pair("vera.vale", "local-administrator"),
    ];
    assert_eq!(roles(&vera, "").await, above);
    assert_eq!(roles(&vera, "?organisation=riverside").await, ours);
    assert_eq!(roles(&pia, "?organisation=eastmoor").await, [pair("otto.desk", "helpdesk")]);
    for outside in ["eastmoor", "valley", "nowhere"] {
        assert_eq!(sam.get(&format!("/roles?organisation={outside}")).await.status, 404);
    }
    let mut seen = Vec::new();
    let mut after = String::new();
    loop {
        let page = pia.get(&format!("/roles?limit=2{after}")).await.json();
        seen.extend(page["items"].as_array().expect("items").clone());
        let Some(next) = page["next"].as_str() else { break };
        after = format!("&after={next}");
    }
    assert_eq!(seen.len(), 5, "none twice and none left out");
    assert_eq!(pia.get("/roles?after=x").await.status, 422);
}

#[tokio::test]
async fn the_platform_gives_and_ends_roles_with_an_event_each() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let nell = desk.id(NELL).await;
    for _ in 0..2 {
        let given = change(&pia, Method::PUT, &nell, "helpdesk", "riverside").await;
        assert_eq!(given.status, 204, "{given:?}");
    }
    assert!(desk.record(NELL).await.person.standing.administrator);
    let shown = pia.get(&format!("/people/{nell}")).await.json();
    assert_eq!(shown["roles"][0]["role"], "helpdesk");
    assert_eq!(change(&pia, Method::DELETE, &nell, "auditor", "riverside").await.status, 404);
    assert_eq!(change(&pia, Method::DELETE, &nell, "helpdesk", "valley").await.status, 404);
    assert_eq!(change(&pia, Method::DELETE, &nell, "helpdesk", "riverside").await.status, 204);
    assert_eq!(change(&pia, Method::DELETE, &nell, "helpdesk", "riverside").await.status, 404);
    assert!(!desk.record(NELL).await.person.standing.administrator);

    let person = desk.record(NELL).await.person.id;
    let events = desk.site.app.store.view().list_events_of(person, 10).await.expect("read");
    let told: Vec<_> = events
        .into_iter()
        .filter_map(|(_, what)| match what {
            What::RoleGranted { role, .. } => Some(("granted", role)),
            What::RoleEnded { role, .. } => Some(("ended", role)),
            _ => None,
        })
        .collect();
    assert_eq!(told, [("ended", Role::Helpdesk), ("granted", Role::Helpdesk)]);
}

#[tokio::test]
async fn a_role_ends_what_it_lets_somebody_do_at_once() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    assert_eq!(sam.get("/people").await.status, 200);
    let id = desk.id(SAM).await;
    let ended = change(&pia, Method::DELETE, &id, "local-administrator", "riverside").await;
    assert_eq!(ended.status, 204);
    assert_eq!(sam.get("/people").await.status, 403);
}

#[tokio::test]
async fn nobody_else_gives_roles_and_nobody_at_all_to_themselves() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let nell = desk.id(NELL).await;
    for method in [Method::PUT, Method::DELETE] {
        let refused = change(&vera, method.clone(), &nell, "helpdesk", "riverside").await;
        assert_eq!(refused.status, 403, "{refused:?}");
        let own = desk.id(PIA).await;
        let own = change(&pia, method, &own, "platform-administrator", "valley").await;
        assert_eq!((own.status, &*problem(&own)), (403, "untouchable-yourself"));
    }
    for (role, place, status) in
        [("owner", "riverside", 404), ("helpdesk", "nowhere", 422), ("helpdesk", "", 422)]
    {
        let answer = change(&pia, Method::PUT, &nell, role, place).await;
        assert_eq!(answer.status, status, "{role} {place}");
    }
    let unsaid = format!("/people/{nell}/roles/helpdesk");
    assert_eq!(desk.call(&pia.token, Method::PUT, &unsaid, None).await.status, 422);
    assert_eq!(roles(&pia, "").await.len(), 2, "nothing was given");
}

#[tokio::test]
async fn the_last_who_looks_after_the_platform_stays() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    desk.grant(PETE, Role::PlatformAdministrator, "valley").await;
    let pete = desk.id(PETE).await;
    let role = "platform-administrator";
    let ended = change(&pia, Method::DELETE, &pete, role, "valley").await;
    assert_eq!(ended.status, 204, "another one is left: {ended:?}");

    // The other one left in this moment: the command line finds nobody beside this one.
    desk.grant(PETE, Role::PlatformAdministrator, "valley").await;
    let mut left = desk.record(PIA).await;
    left.person.state = PersonState::Disabled;
    let write = async move |tx: &Tx| tx.update_person(&left).await;
    let app = &desk.site.app;
    app.store.write::<(), Error, _>(write).await.expect("written");
    let person = desk.record(PETE).await.person;
    let (role, organisation) = (Role::PlatformAdministrator, person.organisation);
    let grant = RoleGrant { person: person.id, role, organisation };
    let origin = Origin { actor: Actor::Cli, address: None, at: desk.site.clock.now() };
    let ended = end_role(app, &origin, &person, grant).await.expect("answered");
    assert_eq!(ended, Ended::LastAdministrator);
    let held = app.store.view().list_roles(person.id).await.expect("read");
    assert_eq!(held.len(), 1, "it stands");
}

#[tokio::test]
async fn a_person_is_told_by_letter_that_a_role_was_given_or_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let mail = Mail {
        post: Post::Spool(folder.path().to_owned()),
        from: "login@latchkey.example".to_owned(),
    };
    let desk = Desk::open_with(|config| config.mail = Some(mail)).await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let nell = desk.id(NELL).await;
    let waiting = async || desk.site.app.store.view().count_messages().await.expect("read");
    let before = waiting().await;
    change(&pia, Method::PUT, &nell, "auditor", "riverside").await;
    change(&pia, Method::PUT, &nell, "auditor", "riverside").await;
    assert_eq!(waiting().await, before + 1, "once");
    change(&pia, Method::DELETE, &nell, "auditor", "riverside").await;
    change(&pia, Method::DELETE, &nell, "auditor", "riverside").await;
    assert_eq!(waiting().await, before + 2, "once");
}
