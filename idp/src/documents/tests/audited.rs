//! What the audit trail is told of documents, and what becomes of that with the people in it.

use latchkey_core::audit::What;
use latchkey_store::Selection;

use super::*;

#[tokio::test]
async fn the_audit_tells_what_was_applied_and_names_people_in_their_own_events_alone() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    fixture.apply(PEOPLE).await;
    let view = fixture.store.view();
    let events: Vec<What> =
        view.list_events(10).await.expect("read").into_iter().map(|(_, what)| what).collect();
    assert_eq!(events.len(), 3, "applying what is there already is no event");
    let changes = ["organisation northgate", "client rota"].map(str::to_owned).to_vec();
    assert!(events.contains(&What::DocumentsApplied { changes, people: 1, roles: 1 }));

    let amy = fixture.person("amy.ward").await.expect("Amy").person;
    let of_her = view.list_events_of(amy.id, 10).await.expect("read");
    assert_eq!(of_her.len(), 2);
    let told = |test: fn(&What) -> bool| of_her.iter().any(|(_, what)| test(what));
    assert!(told(|what| matches!(what, What::RoleGranted { role: Role::LocalAdministrator, .. })));
    assert!(told(|what| matches!(
        what,
        What::PersonDescribed { added: true, changes }
            if changes.contains(&"email: amy@northgate.example".to_owned())
    )));

    fixture.apply(&PEOPLE.replace("amy@northgate.example", "amy.ward@northgate.example")).await;
    let what = view.list_events_of(amy.id, 1).await.expect("read").remove(0).1;
    let changes = vec!["email: amy@northgate.example → amy.ward@northgate.example".to_owned()];
    assert_eq!(what, What::PersonDescribed { added: false, changes });
}

#[tokio::test]
async fn what_documents_told_of_somebody_goes_with_them_and_names_them_nowhere() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let amy = fixture.person("amy.ward").await.expect("Amy").person;
    let written = fixture
        .store
        .write::<_, latchkey_store::Error, _>(async move |tx| tx.delete_person(amy.id).await);
    written.await.expect("erased");
    let kept = fixture.store.view().list_kept_events(&Selection::default(), None).await;
    let kept = serde_json::to_string(&kept.expect("read")).expect("JSON");
    assert!(kept.contains("organisation northgate"), "{kept}");
    for personal in ["amy", "Amy", "Ward"] {
        assert!(!kept.contains(personal), "{personal} in {kept}");
    }
}

#[test]
fn events_of_versions_that_named_people_are_still_read() {
    let event = r#"{"kind": "documents_applied", "changes": ["person amy.ward"]}"#;
    let what: What = serde_json::from_str(event).expect("read");
    let changes = vec!["person amy.ward".to_owned()];
    assert_eq!(what, What::DocumentsApplied { changes, people: 0, roles: 0 });
}
