mod audited;
mod export;
mod groups;
mod judged;
mod letters;
mod many;
mod secrets;

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::clock::MovableClock;
use latchkey_core::ids::{OrganisationId, PersonId, SessionId};
use latchkey_core::policy::Rollout;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::Role;
use latchkey_core::secrets::{Digest, Sealed, SealingKey};
use latchkey_store::{AuditKeys, PersonRecord, Session};
use tempfile::TempDir;

use super::*;
use crate::mail::Drafts;
use crate::source::Source;

const PEOPLE: &str = r#"
[[organisation]]
id = "northgate"
name = "Northgate Trust"
preset = "hospital"
helpdesk = { phone = "01632 960 001" }
policy = { rollout = "available", grace_until = 2099-12-31 }

[[person]]
username = "Amy.Ward"
organisation = "northgate"
name = "Amy Ward"
email = "amy@northgate.example"
password = "amber kettle"
claims = { given_name = "Amy" }

[[role]]
person = "amy.ward"
role = "local-administrator"
organisation = "northgate"

[[client]]
client_id = "rota"
client_secret = "a secret of the rota"
redirect_uris = ["https://rota.example/cb"]
latchkey_organisation = "northgate"
"#;

/// Hashes are marked plain texts here; what real ones look like is not these tests' matter.
struct Marked;

impl Passwords for Marked {
    async fn hash(&self, password: Plain) -> anyhow::Result<String> {
        Ok(format!("hashed {}", password.expose()))
    }
    async fn matches(&self, password: Plain, hash: String) -> anyhow::Result<bool> {
        Ok(hash == format!("hashed {}", password.expose()))
    }
}

/// Seeds are told apart by what they are sealed as.
impl Seeds for Marked {
    fn seal(&self, _: &dyn Rng, person: PersonId, seed: &Seed) -> Sealed {
        Sealed::from_bytes(format!("{person}{}", seed.base32().as_str()).into_bytes())
    }
    fn is_sealed(&self, person: PersonId, sealed: &Sealed, seed: &Seed) -> bool {
        self.seal(&SystemRng, person, seed).as_bytes() == sealed.as_bytes()
    }
}

/// What is at other addresses is not these tests' matter, but for what the demo's documents name.
impl MetadataSource for Marked {
    async fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
        let Some(origin) = address.strip_suffix("/saml/metadata") else {
            return Err(format!("{address} does not answer"));
        };
        let metadata = format!(
            r#"<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{address}">
            <md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
            <md:AssertionConsumerService index="0" Location="{origin}/saml/acs"
            Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"/></md:SPSSODescriptor>
            </md:EntityDescriptor>"#
        );
        Ok(metadata.into_bytes())
    }
}

/// Letters are sent, and say nothing: what they say is not these tests' matter.
impl Letters for Marked {
    fn are_sent(&self) -> bool {
        true
    }
    async fn tell(&self, _: &Moved, _: Timestamp) -> anyhow::Result<Drafts> {
        Ok(Drafts::none())
    }
}

struct Fixture {
    store: Store,
    clock: MovableClock,
    rng: Arc<dyn Rng>,
    _folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
        let store = Store::open(&url).await.expect("a store");
        store.seal_events_with(AuditKeys::new(SealingKey::new(&[3; 32]), Arc::new(SystemRng)));
        Self { store, clock: MovableClock::default(), rng: Arc::new(SystemRng), _folder: folder }
    }

    async fn run(&self, text: &str, mode: Mode) -> Result<Outcome, String> {
        self.run_in(&Marked, text, mode).await
    }

    /// The same, where passwords are hashed, seeds sealed and letters written in other ways.
    async fn run_in<S: Passwords + Seeds + Letters + MetadataSource>(
        &self,
        ways: &S,
        text: &str,
        mode: Mode,
    ) -> Result<Outcome, String> {
        let sources = [Source::from_text("a.toml", text)];
        let documents = Documents::read(&sources).map_err(|problems| problems.to_string())?;
        let to = Installation { store: &self.store, clock: &self.clock, rng: &self.rng, ways };
        documents.apply(&to, mode).await.map_err(|error| error.to_string())
    }

    async fn apply(&self, text: &str) -> Outcome {
        self.run(text, Mode::Keep).await.expect("applied")
    }

    async fn refusal(&self, text: &str) -> String {
        self.run(text, Mode::Keep).await.expect_err("refused")
    }

    async fn person(&self, name: &str) -> Option<PersonRecord> {
        let name = Username::parse(name).expect("a user name");
        self.store.view().find_person_by_username(&name).await.expect("read")
    }
}

fn whats(outcome: &Outcome) -> Vec<&str> {
    outcome.changes.iter().map(|change| change.what.as_str()).collect()
}

#[tokio::test]
async fn documents_make_what_they_describe() {
    let fixture = Fixture::new().await;
    let outcome = fixture.apply(PEOPLE).await;
    assert_eq!(
        whats(&outcome),
        [
            "organisation northgate",
            "person amy.ward",
            "role local-administrator of amy.ward in northgate",
            "client rota"
        ]
    );
    let amy = fixture.person("amy.ward").await.expect("Amy");
    assert_eq!(amy.person.state, PersonState::Active);
    assert_eq!(amy.person.claims["given_name"], "Amy");
    assert_eq!(amy.password_hash.as_deref(), Some("hashed amber kettle"));
    let view = fixture.store.view();
    let home = view.find_organisation_by_slug("northgate").await.expect("read").expect("there");
    assert_eq!(home.overrides.rollout, Some(Rollout::Available));
    let roles = view.list_roles(amy.person.id).await.expect("read");
    assert_eq!(roles[0].role, Role::LocalAdministrator);
    let client = view.find_client(&ClientId("rota".into())).await.expect("read").expect("there");
    assert_eq!(client.organisation, Some(home.id));
    assert!(!client.document.contains("a secret of the rota"));
}

#[tokio::test]
async fn a_second_time_changes_nothing_and_says_so() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let before = fixture.person("amy.ward").await.expect("Amy");
    fixture.clock.advance(Duration::from_secs(60));
    let outcome = fixture.apply(PEOPLE).await;
    assert_eq!(outcome.to_string(), "Nothing changes: everything is as the documents say.");
    let after = fixture.person("amy.ward").await.expect("Amy");
    assert_eq!(before.person.updated_at, after.person.updated_at);
    assert_eq!(before.password_hash, after.password_hash);
}

#[tokio::test]
async fn a_dry_run_tells_and_keeps_nothing() {
    let fixture = Fixture::new().await;
    let outcome = fixture.run(PEOPLE, Mode::DryRun).await.expect("told");
    assert_eq!(outcome.changes.len(), 4);
    let told = outcome.to_string();
    assert!(told.contains("+ person amy.ward\n    claims.given_name: Amy\n"), "{told}");
    assert!(told.contains("    policy.grace_until: 2099-12-31\n"), "{told}");
    assert!(told.contains("    client_secret: set\n"), "{told}");
    assert!(told.contains("    password: set\n"), "{told}");
    assert!(!told.contains("amber kettle") && !told.contains("secret of"), "{told}");
    assert!(fixture.person("amy.ward").await.is_none());
}

#[tokio::test]
async fn only_what_differs_is_changed_and_told() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let text = PEOPLE
        .replace("amy@northgate.example", "amy.ward@northgate.example")
        .replace("a secret of the rota", "another secret of the rota");
    let outcome = fixture.apply(&text).await;
    assert_eq!(
        outcome.to_string(),
        "~ person amy.ward\n    email: amy@northgate.example → amy.ward@northgate.example\n\
         ~ client rota\n    client_secret: changed\n0 added, 2 changed."
    );
}

#[tokio::test]
async fn what_a_document_leaves_out_takes_its_default_but_password_and_state_stay() {
    let fixture = Fixture::new().await;
    fixture
        .apply(&PEOPLE.replace("name = \"Amy Ward\"", "name = \"Amy Ward\"\nstate = \"disabled\""))
        .await;
    let text = "[[person]]\nusername = \"amy.ward\"\norganisation = \"northgate\"\n\
                name = \"Amy Ward\"\n";
    fixture.apply(text).await;
    let amy = fixture.person("amy.ward").await.expect("Amy");
    assert_eq!(amy.person.email, None);
    assert!(amy.person.claims.is_empty());
    assert_eq!(amy.person.state, PersonState::Disabled, "a leaver stays one");
    assert!(amy.password_hash.is_some());
}

#[tokio::test]
async fn one_mistake_keeps_everything_out() {
    let fixture = Fixture::new().await;
    let told =
        fixture.refusal(&PEOPLE.replace("person = \"amy.ward\"", "person = \"amy.wrd\"")).await;
    assert_eq!(told, "a.toml:18:10: there is no person \"amy.wrd\"; the nearest is \"amy.ward\"");
    assert!(fixture.person("amy.ward").await.is_none());
    let organisations = fixture.store.view().list_organisations().await.expect("read");
    assert!(organisations.is_empty());
}

#[tokio::test]
async fn unknown_names_are_told_with_the_nearest() {
    let fixture = Fixture::new().await;
    let wrong = PEOPLE.replace("organisation = \"northgate\"", "organisation = \"northgat\"");
    let told = fixture.refusal(&wrong).await;
    let hint = "there is no organisation \"northgat\"; the nearest is \"northgate\"";
    let places = ["a.toml:11:16", "a.toml:20:16", "a.toml:26:1"];
    assert_eq!(told, places.map(|place| format!("{place}: {hint}")).join("\n"));
}

#[tokio::test]
async fn a_parent_may_stand_after_its_children_but_not_below_them() {
    let fixture = Fixture::new().await;
    let tree = "[[organisation]]\nid = \"ward\"\nname = \"Ward\"\nparent = \"site\"\n\
                [[organisation]]\nid = \"site\"\nname = \"Site\"\nparent = \"trust\"\n\
                [[organisation]]\nid = \"trust\"\nname = \"Trust\"\n";
    assert_eq!(
        whats(&fixture.apply(tree).await),
        ["organisation trust", "organisation site", "organisation ward"]
    );
    assert!(fixture.apply(tree).await.changes.is_empty());
    let round = "[[organisation]]\nid = \"trust\"\nname = \"Trust\"\nparent = \"ward\"\n";
    assert_eq!(
        fixture.refusal(round).await,
        "a.toml:4:10: the organisation \"trust\" would be below itself"
    );
    let unknown = round.replace("\"ward\"", "\"wards\"");
    assert!(fixture.refusal(&unknown).await.contains("the nearest is \"ward\""));
}

#[tokio::test]
async fn a_new_password_or_leaving_ends_sessions() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    for (number, text) in [
        PEOPLE.replace("amber kettle", "copper kettle"),
        PEOPLE.replace("amber", "copper").replace("claims", "state = \"disabled\"\nclaims"),
    ]
    .into_iter()
    .enumerate()
    {
        let session = insert_session(&fixture, u8::try_from(number).expect("small")).await;
        fixture.apply(&text).await;
        let found = fixture.store.view().find_session_by_id(session).await.expect("read");
        assert!(found.expect("there").ended_at.is_some(), "{text}");
    }
}

#[tokio::test]
async fn other_changes_leave_sessions_open() {
    let fixture = Fixture::new().await;
    fixture.apply(PEOPLE).await;
    let session = insert_session(&fixture, 9).await;
    fixture.apply(&PEOPLE.replace("Amy Ward", "Amy B. Ward")).await;
    let found = fixture.store.view().find_session_by_id(session).await.expect("read");
    assert!(found.expect("there").ended_at.is_none());
}

async fn insert_session(fixture: &Fixture, number: u8) -> SessionId {
    let amy = fixture.person("amy.ward").await.expect("Amy");
    let now = fixture.clock.now();
    let proof = latchkey_core::assurance::Proof {
        at: now,
        method: latchkey_core::assurance::Method::Password,
    };
    let session = Session {
        id: SessionId::new(&*fixture.rng, now),
        person: amy.person.id,
        assurance: latchkey_core::assurance::Assurance::judge(&[proof]),
        fresh_at: Some(now),
        started_at: now,
        last_seen_at: now,
        expires_at: now.plus(Duration::from_secs(3600)),
        ended_at: None,
        agent: None,
        address: None,
    };
    let id = session.id;
    fixture
        .store
        .write(async move |tx| tx.insert_session(&session, Digest::of(&[number])).await)
        .await
        .expect("kept");
    id
}

#[tokio::test]
async fn json_with_a_byte_order_mark_is_read_as_well() {
    let fixture = Fixture::new().await;
    let text = r#"{
        "organisation": [{ "id": "n", "name": "N", "parent": null }],
        "person": [{ "username": "amy", "organisation": "n", "name": "Amy" }]
    }"#;
    let text = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let documents = Documents::read(&[Source::from_text("a.json", &text)]).expect("read");
    let to = Installation {
        store: &fixture.store,
        clock: &fixture.clock,
        rng: &fixture.rng,
        ways: &Marked,
    };
    let outcome = documents.apply(&to, Mode::Keep).await.expect("applied");
    assert_eq!(whats(&outcome), ["organisation n", "person amy"]);
    assert_ne!(
        fixture.person("amy").await.expect("Amy").person.organisation,
        OrganisationId(uuid::Uuid::nil())
    );
}

#[tokio::test]
async fn the_demos_documents_are_applied_twice_over() {
    let fixture = Fixture::new().await;
    let addresses = latchkey_demo::documents::Addresses::from_port(8080);
    let text = latchkey_demo::documents::documents(&addresses);
    assert!(!fixture.apply(&text).await.changes.is_empty());
    assert!(fixture.apply(&text).await.changes.is_empty());
}

#[test]
fn the_readmes_documents_are_documents() {
    let readme = include_str!("../../../README.md");
    let block = readme.split("```toml\n").nth(2).and_then(|rest| rest.split("```").next());
    let text = block
        .expect("a block")
        .replace("{ file = \"secrets/amy\" }", "\"x\"")
        .replace("{ env = \"ROTA_SECRET\" }", "\"x\"");
    let documents = Documents::read(&[Source::from_text("README.toml", &text)]).expect("read");
    assert_eq!(documents.clients.len(), 1);
}

#[tokio::test]
async fn documents_can_be_applied_from_a_task_of_their_own() {
    let fixture = Fixture::new().await;
    let task = tokio::spawn(async move { fixture.apply(PEOPLE).await.changes.len() });
    assert_eq!(task.await.expect("ran"), 4);
}
