//! Groups and the platform's floor: who is in, whose they are, and what is asked of members.

use latchkey_core::assurance::Level;
use latchkey_core::organisations::Group;
use latchkey_core::policy::MethodKind;

use super::*;

const WARDS: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"

[[organisation]]
id = "ward"
name = "Ward 7"
parent = "northgate"

[[organisation]]
id = "eastmoor"
name = "Eastmoor Clinic"

[[person]]
username = "amy.ward"
organisation = "ward"
name = "Amy Ward"

[[person]]
username = "eve.moor"
organisation = "eastmoor"
name = "Eve Moor"
"#;

fn theatre(rest: &str) -> String {
    format!(
        "[[group]]\nid = \"theatre\"\norganisation = \"northgate\"\nname = \"Theatre\"\n{rest}\n"
    )
}

async fn groups_of(fixture: &Fixture, name: &str) -> (bool, Vec<Group>) {
    let person = fixture.person(name).await.expect("there").person;
    let groups = fixture.store.view().list_groups_of(person.id).await.expect("read");
    (person.standing.grouped, groups)
}

#[tokio::test]
async fn whoever_is_put_into_a_group_is_marked_and_whoever_is_taken_out_is_not() {
    let fixture = Fixture::new().await;
    fixture.apply(WARDS).await;
    assert_eq!(groups_of(&fixture, "amy.ward").await, (false, Vec::new()));
    fixture.apply(&theatre("members = [\"Amy.Ward\"]")).await;
    let (marked, groups) = groups_of(&fixture, "amy.ward").await;
    assert!(marked && groups[0].slug == "theatre");
    let outcome = fixture.apply(&theatre("")).await;
    assert!(outcome.changes.is_empty(), "who is in stays as it is when not said: {outcome}");
    fixture.apply(&theatre("members = []")).await;
    assert_eq!(groups_of(&fixture, "amy.ward").await, (false, Vec::new()));
}

#[tokio::test]
async fn somebody_in_two_groups_stays_marked_when_they_leave_one() {
    let fixture = Fixture::new().await;
    fixture.apply(WARDS).await;
    let other = theatre("members = [\"amy.ward\"]").replace("theatre", "night");
    fixture.apply(&[theatre("members = [\"amy.ward\"]"), other].concat()).await;
    fixture.apply(&theatre("members = []")).await;
    let (marked, groups) = groups_of(&fixture, "amy.ward").await;
    assert!(marked && groups.len() == 1);
}

#[tokio::test]
async fn nobody_of_another_organisation_and_nobody_unknown_gets_into_a_group() {
    let fixture = Fixture::new().await;
    fixture.apply(WARDS).await;
    let told = fixture.refusal(&theatre("members = [\"amy.ward\", \"eve.moor\"]")).await;
    assert!(told.contains("\"eve.moor\" belongs neither to northgate"), "{told}");
    let told = fixture.refusal(&theatre("members = [\"amy.wad\"]")).await;
    assert!(told.contains("amy.wad"), "{told}");
    assert!(fixture.store.view().list_groups().await.expect("read").is_empty(), "nothing is kept");
}

#[tokio::test]
async fn what_the_platform_and_those_above_demand_holds_below_and_nothing_weakens_it() {
    let fixture = Fixture::new().await;
    fixture.apply(WARDS).await;
    let floor = "[[platform]]\npolicy = { methods = [\"key\", \"authenticator-app\"] }\n";
    let above = WARDS.replace("preset", "policy = { session_idle_minutes = 15 }\npreset");
    let below = above.replace(
        "parent =",
        "policy = { session_idle_minutes = 90, methods = [\"key\", \"passkey\"] }\nparent =",
    );
    fixture.apply(&format!("{floor}{below}")).await;
    let view = fixture.store.view();
    let ward = view.find_organisation_by_slug("ward").await.expect("read").expect("there");
    let ward = view.resolve_organisation(ward.id).await.expect("read").expect("there");
    assert_eq!(ward.policy.session_lasts(Level::Mfa, None).idle, Duration::from_secs(15 * 60));
    assert!(ward.policy.allows(MethodKind::Key));
    assert!(!ward.policy.allows(MethodKind::Passkey), "the platform does not list it");
    assert!(!ward.policy.allows(MethodKind::AuthenticatorApp), "the ward does not list it");
    let outcome = fixture.apply(floor).await;
    assert!(outcome.changes.is_empty(), "{outcome}");
}

#[tokio::test]
async fn whoever_is_given_a_role_is_marked() {
    let fixture = Fixture::new().await;
    fixture.apply(WARDS).await;
    assert!(!fixture.person("amy.ward").await.expect("Amy").person.standing.administrator);
    let role = "[[role]]\nperson = \"amy.ward\"\nrole = \"helpdesk\"\norganisation = \"ward\"\n";
    fixture.apply(role).await;
    assert!(fixture.person("amy.ward").await.expect("Amy").person.standing.administrator);
    fixture.apply(WARDS).await;
    let amy = fixture.person("amy.ward").await.expect("Amy");
    assert!(amy.person.standing.administrator, "writing the person anew does not unmark them");
}
