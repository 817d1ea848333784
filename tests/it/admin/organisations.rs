//! Organisations over the API.

use latchkey_core::audit::What;
use latchkey_core::roles::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::changes::{named, tag, wrong};
use super::{At, Desk, HANA, NELL, OTTO, PIA, SAM, UMA, VERA, problem};
use crate::support::http::{Account, ROTA, Request};

#[tokio::test]
async fn what_somebody_may_do_is_told_by_where_it_begins_and_all_places_page_by_page() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    desk.grant(VERA, Role::Auditor, "riverside").await;
    let may = vera.get("/me").await.json()["may"].clone();
    let of = |scope: &str| {
        let all = may.as_array().expect("scopes").iter();
        let mut of = all.filter(|it| it["scope"] == scope);
        of.next().cloned().unwrap_or_else(|| panic!("{scope}"))
    };
    let people = of("people:read");
    let valley = json!([{ "id": "valley", "name": "Valley Network" }]);
    assert_eq!((&people["organisations"], &people["count"]), (&valley, &json!(2)), "{people}");
    let applications = of("applications:read");
    assert_eq!(applications["organisations"][0]["id"], "riverside", "what only auditors may do");
    assert_eq!(applications["count"], 1);

    let places = async |at: &At<'_>, query: &str| {
        let page = at.get(&format!("/me/organisations?{query}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        (named(&page, "id"), page.json()["next"].clone())
    };
    let (first, next) = places(&vera, "scope=people%3Aread&limit=1").await;
    assert_eq!((first, &next), (vec!["riverside".to_owned()], &json!("riverside")));
    let rest = places(&vera, "scope=people%3Aread&limit=1&after=riverside").await;
    assert_eq!(rest, (vec!["valley".to_owned()], Value::Null));
    // Nobody hears of others, nor of what they may not do.
    let (audited, _) = places(&vera, "scope=applications%3Aread").await;
    assert_eq!(audited, ["riverside"]);
    for scope in ["health%3Aread", "keys%3Awrite"] {
        assert_eq!(places(&vera, &format!("scope={scope}")).await.0, Vec::<String>::new());
    }
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    assert_eq!(places(&hana, "scope=credentials%3Ahelp").await.0, ["riverside"]);
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    assert_eq!(places(&pia, "scope=health%3Aread").await.0.len(), 5, "everywhere");
    let told = pia.get("/me").await.json();
    assert_eq!(told["may"][0]["organisations"], json!([]), "however many there are");
    for wrong in ["", "scope=everything", "scope=people%3Aread&limit=0"] {
        assert_eq!(vera.get(&format!("/me/organisations?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn whoever_looks_after_an_organisation_sees_it_and_those_below_and_no_other() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    assert_eq!(named(&sam.get("/organisations").await, "id"), ["riverside"]);
    assert_eq!(named(&vera.get("/organisations").await, "id"), ["riverside", "valley"]);
    let all = pia.get("/organisations").await;
    let ids = named(&all, "id");
    for id in ["eastmoor", "harbour", "northgate", "riverside", "valley"] {
        assert!(ids.contains(&id.to_owned()), "{ids:?}");
    }
    for outside in ["eastmoor", "valley", "nowhere", "x%2Fy"] {
        for path in ["", "/policy", "/progress", "/progress.csv", "/key-models"] {
            let answer = sam.get(&format!("/organisations/{outside}{path}")).await;
            assert_eq!((answer.status, &*problem(&answer)), (404, "not-found"), "{outside}{path}");
        }
    }
    let shown = vera.get("/organisations/riverside").await.json();
    assert_eq!(shown["name"], "Riverside Trust");
    assert_eq!(shown["parent"], json!({ "id": "valley", "name": "Valley Network" }));
    assert_eq!((&shown["preset"], &shown["rollout"]), (&"hospital".into(), &"available".into()));
}

#[tokio::test]
async fn an_organisation_heads_the_pages_of_its_administrators_with_its_colour_and_picture() {
    let desk = Desk::open().await;
    let hana = desk.administrator(HANA, Role::Helpdesk, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let heads = async |at: &At<'_>| at.get("/me").await.json()["organisation"].clone();
    let riverside = json!({
        "id": "riverside", "name": "Riverside Trust", "colour": "#1f4e96", "logo": true
    });
    assert_eq!(heads(&hana).await, riverside);
    assert_eq!(heads(&otto).await["logo"], false);
    assert!(heads(&pia).await.is_null(), "whoever looks after everything is of none of them");
    let path = "/organisations/riverside/logo";
    let picture = hana.get(path).await;
    assert_eq!((picture.status, &*picture.body), (200, "<svg/>"));
    for (name, value) in [
        ("content-type", "image/svg+xml"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
    ] {
        assert_eq!(picture.header(name), Some(value), "{name}");
    }
    // Of another organisation, and where there is none.
    for (at, path) in [(&otto, path), (&otto, "/organisations/eastmoor/logo")] {
        let none = at.get(path).await;
        assert_eq!((none.status, &*problem(&none)), (404, "not-found"), "{path}");
    }
}

#[tokio::test]
async fn a_list_of_organisations_goes_on_where_it_ended() {
    let desk = Desk::open().await;
    let vera = desk.administrator(VERA, Role::Auditor, "valley").await;
    let first = vera.get("/organisations?limit=1").await;
    assert_eq!(named(&first, "id"), ["riverside"]);
    let rest = vera.get("/organisations?limit=1&after=riverside").await;
    assert_eq!(named(&rest, "id"), ["valley"]);
    assert!(rest.json().get("next").is_none());
    assert_eq!(first.json()["next"], "riverside");
    for query in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "order=name"] {
        assert_eq!(vera.get(&format!("/organisations?{query}")).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn an_update_must_name_what_it_was_made_from() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let path = "/organisations/riverside";
    let before = tag(&sam.get(path).await);
    let rename = json!({ "name": "Riverside NHS Trust" });
    let without = sam.change(Method::PATCH, path, None, rename.clone()).await;
    assert_eq!((without.status, &*problem(&without)), (428, "if-match-needed"));

    let changed = sam.change(Method::PATCH, path, Some(&before), rename.clone()).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(changed.json()["name"], "Riverside NHS Trust");
    assert_eq!(sam.get(path).await.json(), changed.json());
    assert_eq!(Some(&*tag(&sam.get(path).await)), changed.header("etag"));

    let helpdesk = json!({ "helpdesk": { "phone": " 01632 960 009 " } });
    let stale = sam.change(Method::PATCH, path, Some(&before), helpdesk.clone()).await;
    assert_eq!((stale.status, &*problem(&stale)), (412, "stale"));
    let told = sam.change_now(Method::PATCH, path, helpdesk).await.json();
    assert_eq!(told["helpdesk"], json!({ "phone": "01632 960 009" }));

    let events = desk.site.app.store.view().list_events(10).await.expect("read");
    let changes: Vec<_> = events
        .into_iter()
        .filter_map(|(_, what)| match what {
            What::OrganisationChanged { changes } => Some(changes.join(" | ")),
            _ => None,
        })
        .collect();
    assert_eq!(
        changes,
        ["helpdesk.phone: nothing → 01632 960 009", "name: Riverside Trust → Riverside NHS Trust",]
    );
}

#[tokio::test]
async fn what_is_malformed_unknown_or_too_large_changes_nothing() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let path = "/organisations/riverside";
    let before = sam.get(path).await.json();
    let send = async |body| sam.change_now(Method::PATCH, path, body).await;
    assert_eq!(send(json!({ "preset": "hospital" })).await.status, 422);
    assert_eq!(send(json!({ "helpdesk": { "fax": "1" } })).await.status, 422);
    let both = send(json!({ "name": " ", "helpdesk": { "phone": "1\n2" } })).await;
    let malformed = "malformed".to_owned();
    let expected =
        [("name".to_owned(), malformed.clone()), ("helpdesk.phone".to_owned(), malformed)];
    assert_eq!(wrong(&both), expected);
    assert_eq!(send(json!({ "name": "x".repeat(101) })).await.status, 422);
    assert_eq!(send(json!({ "name": "x".repeat(70_000) })).await.status, 413);
    assert_eq!(sam.get(path).await.json(), before);
}

#[tokio::test]
async fn the_platform_adds_organisations_and_nobody_else() {
    let desk = Desk::open().await;
    let pia = desk.administrator(PIA, Role::PlatformAdministrator, "valley").await;
    let vera = desk.administrator(VERA, Role::LocalAdministrator, "valley").await;
    let new = json!({
        "id": "hilltop", "name": "Hilltop Clinic", "parent": "valley", "preset": "hospital",
        "helpdesk": { "phone": "01632 960 010" },
    });
    let refused = vera.post("/organisations", new.clone()).await;
    assert_eq!((refused.status, &*problem(&refused)), (403, "forbidden"));
    assert_eq!(vera.get("/organisations/hilltop").await.status, 404);

    let added = pia.post("/organisations", new.clone()).await;
    assert_eq!(added.status, 201, "{added:?}");
    assert_eq!(added.json()["rollout"], "available", "the network demands it");
    assert_eq!(Some(&*tag(&pia.get("/organisations/hilltop").await)), added.header("etag"));
    assert_eq!(vera.get("/organisations/hilltop").await.json(), added.json(), "it is below");

    let again = pia.post("/organisations", new).await;
    assert_eq!(wrong(&again), [("id".to_owned(), "taken".to_owned())]);
    let bad = json!({ "id": "Hill top", "name": "", "parent": "nowhere", "preset": "big" });
    let fields: Vec<_> =
        wrong(&pia.post("/organisations", bad).await).into_iter().map(|(name, _)| name).collect();
    assert_eq!(fields, ["id", "name", "preset", "parent"]);
}

#[tokio::test]
async fn models_in_use_tell_who_needs_them_inside_the_scope_only() {
    let desk = Desk::open().await;
    let sam = desk.administrator(SAM, Role::LocalAdministrator, "riverside").await;
    let otto = desk.administrator(OTTO, Role::LocalAdministrator, "eastmoor").await;
    let uma = desk.administrator(UMA, Role::Auditor, "riverside").await;
    let account = Account { username: NELL.username, password: NELL.password };
    desk.site.person().log_in(&Request::new(ROTA), account).await.code();
    let models = uma.get("/organisations/riverside/key-models").await.json();
    assert_eq!(models.as_array().map(Vec::len), Some(1));
    let model = &models[0];
    assert_eq!((&model["keys"], &model["hardware"]), (&3.into(), &0.into()), "{model}");
    assert_eq!((&model["allowed"], &model["marked"]), (&true.into(), &false.into()));
    let theirs = otto.get("/organisations/eastmoor/key-models").await.json();
    assert_eq!(theirs[0]["keys"], 1);
    assert_eq!(sam.get("/organisations/eastmoor/key-models").await.status, 404);

    let of = |organisation: &str, model: &Value| {
        format!("/organisations/{organisation}/key-models/{}", model.as_str().expect("a model"))
    };
    let needed = uma.get(&of("riverside", &model["aaguid"])).await;
    assert_eq!((&needed.json()["holders"], &needed.json()["keys"]), (&3.into(), &3.into()));
    // Nell may begin anew while her trust is in grace, but for having had a factor.
    assert_eq!(needed.json()["would_lock_out"], 3);
    let people = needed.json()["people"].as_array().expect("people").clone();
    let people: Vec<_> = people.iter().map(|it| it["username"].clone()).collect();
    assert_eq!(people, ["nell.nurse", "sam.desk", "uma.audit"]);
    for outside in [
        of("eastmoor", &model["aaguid"]),
        of("riverside", &"00000000-0000-4000-8000-000000000001".into()),
        of("riverside", &"x".into()),
    ] {
        assert_eq!(sam.get(&outside).await.status, 404, "{outside}");
    }
}
