//! What is seen through a scope, over every way to look.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::Arc;

use latchkey_core::assurance::{Assurance, Method, Proof};
use latchkey_core::audit::{Event, Handling, What};
use latchkey_core::codes::{Pass, RecoveryCode};
use latchkey_core::credentials::AssetTag;
use latchkey_core::ids::{
    ClientId, CodeId, CredentialId, EntityId, EventId, GroupId, ImportId, LogInTestId, MessageId,
    OrganisationId, PersonId, SessionId,
};
use latchkey_core::organisations::Group;
use latchkey_core::people::Username;
use latchkey_core::policy::Overrides;
use latchkey_core::rng::SeededRng;
use latchkey_core::roles::{Actor, Role, RoleGrant, Scope};
use latchkey_core::secrets::{Digest, Sealed, SealingKey};
use uuid::Uuid;

use super::{Fixture, On, at, on_each_database};
use crate::{
    AuditKeys, Call, EventFilter, Holders, ImportRecord, ImportState, LogInTest, Need,
    OrganisationRecord, Outgoing, PeopleFilter, StoredClient, StoredProvider, Within,
};

/// The sources of what looks through a scope.
const SOURCES: [&str; 11] = [
    include_str!("../within/clients.rs"),
    include_str!("../within/enrolled.rs"),
    include_str!("../within/holdings.rs"),
    include_str!("../within/imports.rs"),
    include_str!("../within/listing.rs"),
    include_str!("../within/person.rs"),
    include_str!("../within/progress.rs"),
    include_str!("../within/providers.rs"),
    include_str!("../within/search.rs"),
    include_str!("../within/trail.rs"),
    include_str!("../within/tree.rs"),
];

/// One organisation with somebody in it who has one of everything.
struct Furnished {
    organisation: OrganisationId,
    person: PersonId,
    username: Username,
    key: CredentialId,
    session: SessionId,
    group: GroupId,
    import: ImportId,
    test: LogInTestId,
    call: String,
    letter: MessageId,
}

impl Fixture {
    async fn furnished(&self, name: &str, call: &str) -> Furnished {
        let rng = &*self.rng;
        let sealing = SealingKey::new(&[3; 32]);
        self.store.seal_events_with(AuditKeys::new(sealing, Arc::new(SeededRng::new(9))));
        let organisation = self.organisation(name).await;
        let client = StoredClient {
            id: ClientId(format!("{name}.rota")),
            organisation: Some(organisation),
            document: "{}".to_owned(),
        };
        self.keep(async move |tx| tx.put_client(&client, at(0)).await).await;
        let provider = StoredProvider {
            id: EntityId(format!("https://{name}.example/saml")),
            organisation: Some(organisation),
            document: "{}".to_owned(),
            metadata: "{}".to_owned(),
        };
        self.keep(async move |tx| tx.put_provider(&provider, at(0)).await).await;
        let mut record = self.stranger(&format!("{name}.ward"), organisation);
        record.person.name = format!("{name} Ward");
        record.person.email = Some(format!("{name}@x.example"));
        record.person.interested_at = Some(at(0));
        record.person.staff_number = Some(format!("{call}00"));
        let (person, username) = (record.person.id, record.person.username.clone());
        self.keep(async move |tx| tx.insert_person(&record).await).await;
        let key = self.credential(person, "Blue key").await.id;
        self.app(person).await;
        let session = self.session(person, name).await;
        let (flow, proof) = (self.flow_id(), Proof { at: at(0), method: Method::Password });
        let assurance = Assurance::judge(&[proof]).expect("a log-in");
        let group = Group {
            id: GroupId::new(rng, at(0)),
            organisation,
            slug: format!("{name}-theatre"),
            name: format!("{name} theatre"),
            overrides: Overrides::default(),
        };
        let event = Event {
            id: EventId::new(rng, at(1)),
            at: at(1),
            actor: Actor::Cli,
            person: Some(person),
            organisation: Some(organisation),
            session: None,
            address: Some(format!("{name}-address")),
            what: What::LoggedOut,
            handling: Handling::default(),
        };
        let tag = AssetTag::parse(&format!("{name} 0042")).expect("a tag");
        let pass = Pass {
            id: CodeId::new(rng, at(0)),
            digest: [7; 32],
            issued_at: at(0),
            expires_at: at(900),
            tries_left: 5,
            used_at: None,
        };
        let recovery = [RecoveryCode { id: CodeId::new(rng, at(0)), digest: [8; 32] }];
        let shown = Call {
            number: call.to_owned(),
            browser: Digest::of(name.as_bytes()),
            expires_at: at(900),
            helper: None,
            case: None,
            person: None,
        };
        let letter = Outgoing {
            id: MessageId::new(rng, at(0)),
            person: Some(person),
            organisation: Some(organisation),
            kind: format!("{name}-letter"),
            sealed: Sealed::from_bytes(vec![1]),
            tries: 3,
            created_at: at(0),
            next_at: at(9),
        };
        let (id, queued) = (group.id, letter.id);
        self.keep(async move |tx| {
            tx.tag_credential(person, key, Some(&tag)).await?;
            tx.put_pass(person, &pass).await?;
            tx.put_recovery_codes(person, &recovery, at(0)).await?;
            tx.put_group(&group, at(0)).await?;
            tx.add_members(group.id, &[person]).await?;
            let role = Role::LocalAdministrator;
            tx.grant_role(&RoleGrant { person, role, organisation }).await?;
            tx.insert_event(&event).await?;
            tx.insert_call(&shown, at(0)).await?;
            tx.answer_call(&shown.number, "Sam", None, person, at(0)).await?;
            tx.complete_login(session, flow, false, &assurance, at(0), at(3600)).await?;
            tx.queue_message(&letter).await
        })
        .await;
        let call = call.to_owned();
        let record = ImportRecord {
            id: ImportId::new(rng, at(0)),
            organisation,
            dry_run: false,
            invite: false,
            state: ImportState::Done,
            rows: 1,
            done: 1,
            added: 1,
            changed: 0,
            wrong: 0,
            errors: None,
            started_at: at(0),
            heard_at: at(1),
            ended_at: Some(at(1)),
            table_until: None,
            taken_in: None,
        };
        let import = record.id;
        let tried = LogInTest {
            id: LogInTestId(rng.uuid_v4()),
            client: ClientId(format!("{name}.rota")),
            person,
            session,
            request: "{}".to_owned(),
            told: "{}".to_owned(),
            begun_at: None,
            ended_at: None,
            expires_at: at(600),
        };
        let test = tried.id;
        self.keep(async move |tx| tx.insert_log_in_test(&tried).await).await;
        self.keep(async move |tx| {
            let counts = tx.view().count_enrolment(organisation, 100).await?;
            tx.keep_enrolment(organisation, counts, at(0)).await?;
            tx.insert_import(&record).await
        })
        .await;
        Furnished {
            organisation,
            person,
            username,
            key,
            session,
            group: id,
            import,
            test,
            call,
            letter: queued,
        }
    }
}

/// All that is seen of what somebody looks for, by the way of looking.
async fn seen(within: &Within<'_, '_>, of: &Furnished) -> BTreeMap<&'static str, String> {
    let mut seen = BTreeMap::new();
    let mut note = |way, what: &dyn Debug| {
        let text: &mut String = seen.entry(way).or_default();
        text.push_str(&format!("{what:?}\n"));
    };
    let now = at(2);
    let here = Some(of.organisation);
    for filter in [
        PeopleFilter::default(),
        PeopleFilter { organisation: here, ..PeopleFilter::default() },
        PeopleFilter { group: Some(of.group), ..PeopleFilter::default() },
        PeopleFilter { role: Some(Role::LocalAdministrator), ..PeopleFilter::default() },
        PeopleFilter { has_keys: Some(true), ..PeopleFilter::default() },
        PeopleFilter { need: Some((Need::OneKeyAlone, at(0))), ..PeopleFilter::default() },
        PeopleFilter {
            only_models: Some(BTreeSet::from([Uuid::nil()])),
            ..PeopleFilter::default()
        },
    ] {
        note("list_people", &within.list_people(&filter, None, 10).await.expect("read"));
        note("count_people", &within.count_people(&filter).await.expect("read"));
    }
    // Counted at once, and as it is kept.
    for at_once in [10, 0] {
        note("progress", &within.progress(of.organisation, now, at_once).await.expect("read"));
    }
    for organisation in [None, here] {
        note("list_key_models", &within.list_key_models(organisation).await.expect("read"));
    }
    let name = of.username.as_str();
    for typed in [name, "ward", "w", "blue", "0042", "x.example", &format!("{}00", of.call)] {
        note("search", &within.search(typed, 10).await.expect("read"));
    }
    let (person, key) = (of.person, of.key);
    note("find_person", &within.find_person(person).await.expect("read"));
    let named = within.find_person_by_username(&of.username).await;
    note("find_person_by_username", &named.expect("read"));
    note("list_credentials", &within.list_credentials(person).await.expect("read"));
    note("find_credential", &within.find_credential(person, key).await.expect("read"));
    note("list_sessions", &within.list_sessions(person, now).await.expect("read"));
    note("find_session", &within.find_session(person, of.session).await.expect("read"));
    note("find_codes", &within.find_codes(person).await.expect("read"));
    note("list_groups", &within.list_groups().await.expect("read"));
    note("find_group", &within.find_group(of.group).await.expect("read"));
    note("list_groups_of", &within.list_groups_of(person).await.expect("read"));
    note("list_roles", &within.list_roles(person).await.expect("read"));
    for role in [None, Some(Role::LocalAdministrator)] {
        note("list_holders", &within.list_holders(role).await.expect("read"));
    }
    note("find_organisation", &within.find_organisation(of.organisation).await.expect("read"));
    note("list_organisations", &within.list_organisations().await.expect("read"));
    let named = |found: Option<_>| found.map(|(record, _): (OrganisationRecord, _)| record.slug);
    let own = name.trim_end_matches(".ward");
    let found = within.find_organisation_named(own).await.expect("read");
    note("find_organisation_named", &named(found));
    let listed = within.list_organisations_after(None, 10).await.expect("read").into_iter();
    note("list_organisations_after", &listed.map(|it| named(Some(it))).collect::<Vec<_>>());
    for holders in [
        Holders::default(),
        Holders { group: Some(of.group), ..Holders::default() },
        Holders { model: Some(Uuid::nil()), ..Holders::default() },
        Holders { person: Some(of.person), ..Holders::default() },
    ] {
        let listed = within.list_holdings(of.organisation, holders, None, 10).await;
        note("list_holdings", &listed.expect("read"));
    }
    let clients = within.list_clients_after(None, 10).await.expect("read");
    note("list_clients_after", &clients);
    note("find_client", &within.find_client(&format!("{own}.rota")).await.expect("read"));
    note("list_providers_after", &within.list_providers_after(None, 10).await.expect("read"));
    let provider = within.find_provider(&format!("https://{own}.example/saml")).await;
    note("find_provider", &provider.expect("read"));
    let tested = within.find_log_in_test(&format!("{own}.rota"), of.test, now).await;
    note("find_log_in_test", &tested.expect("read"));
    note("list_imports", &within.list_imports(of.organisation, 10).await.expect("read"));
    note("find_import", &within.find_import(of.import).await.expect("read"));
    note("find_call", &within.find_call(&of.call, now).await.expect("read"));
    for filter in [
        EventFilter::default(),
        EventFilter { person: Some(person), ..EventFilter::default() },
        EventFilter { organisation: here, ..EventFilter::default() },
        EventFilter { actor: Some(person), ..EventFilter::default() },
        EventFilter { kind: Some("logged_out".to_owned()), ..EventFilter::default() },
    ] {
        note("list_events", &within.list_events(&filter, None, 10).await.expect("read"));
    }
    note("find_outbox", &within.find_outbox(None, 10).await.expect("read"));
    note("find_failed_message", &within.find_failed_message(of.letter).await.expect("read"));
    seen
}

fn only(id: OrganisationId) -> Scope {
    Scope::Organisations(BTreeSet::from([id]))
}

async fn nothing_of_another_organisation_is_seen_in_any_way(on: On) {
    let fixture = Fixture::new(on).await;
    let ours = fixture.furnished("ada", "111111").await;
    let view = fixture.store.view();
    let scope = only(ours.organisation);
    let before = seen(&view.within(&scope), &ours).await;
    let theirs = fixture.furnished("bob", "222222").await;

    let after = seen(&view.within(&scope), &ours).await;
    assert_eq!(before, after, "what belongs to others changes nothing here");
    let nowhere = seen(&view.within(&Scope::Organisations(BTreeSet::new())), &theirs).await;
    let others = seen(&view.within(&scope), &theirs).await;
    let everything = seen(&view.within(&Scope::Platform), &theirs).await;
    for (way, told) in &others {
        for secret in ["bob", "222222"] {
            assert!(!told.contains(secret), "{way} tells of them: {told}");
        }
        for id in [theirs.organisation.0, theirs.person.0, theirs.key.0, theirs.session.0] {
            assert!(!told.contains(&id.to_string()), "{way} tells of them: {told}");
        }
        // Each way shows them to whoever may see them, so it would show them here.
        assert_ne!(everything[way], nowhere[way], "{way} shows nothing to anybody");
    }
    let ways: BTreeSet<&str> = others.into_keys().collect();
    let all = SOURCES.iter().flat_map(|source| {
        source.lines().filter_map(|line| line.strip_prefix("    pub async fn ")?.split_once('('))
    });
    assert_eq!(ways, all.map(|(name, _)| name).collect::<BTreeSet<_>>(), "every way is tried");
}

async fn whoever_moved_away_takes_their_history_along_and_the_erased_leave_theirs(on: On) {
    let fixture = Fixture::new(on).await;
    let ours = fixture.furnished("ada", "111111").await;
    let theirs = fixture.organisation("elsewhere").await;
    let (person, scope) = (ours.person, only(ours.organisation));
    let of_her = EventFilter { person: Some(person), ..EventFilter::default() };
    let view = fixture.store.view();
    let count = async |scope: &Scope| {
        view.within(scope).list_events(&of_her, None, 10).await.expect("read").len()
    };
    assert_eq!(count(&scope).await, 1);
    let move_to = |organisation| {
        fixture.keep(async move |tx| {
            let mut record = tx.view().find_person(person).await?.expect("her");
            record.person.organisation = organisation;
            tx.update_person(&record).await
        })
    };
    move_to(theirs).await;
    assert_eq!(count(&scope).await, 0);
    assert_eq!(count(&Scope::Platform).await, 1);
    move_to(ours.organisation).await;
    assert!(fixture.keep(async move |tx| tx.delete_person(person).await).await);
    let left = view.within(&scope).list_events(&of_her, None, 10).await.expect("read");
    assert!(left.len() == 1 && left[0].erased, "{left:?}");
}

async fn events_go_back_page_by_page_and_those_of_no_organisation_are_the_platforms(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let mut events = Vec::new();
    let sam = PersonId(Uuid::from_u128(7));
    for number in 0..6 {
        events.push(Event {
            id: EventId::new(&*fixture.rng, at(number / 2)),
            // Two at each moment.
            at: at(number / 2),
            actor: match number % 2 {
                0 => Actor::System,
                _ => Actor::Person { person: sam, session: None },
            },
            person: None,
            organisation: [Some(ours), Some(theirs), None]
                [usize::try_from(number % 3).expect("it")],
            session: None,
            address: None,
            what: What::LoggedOut,
            handling: Handling::default(),
        });
    }
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    fixture
        .keep(async move |tx| {
            for event in &events {
                tx.insert_event(event).await?;
            }
            Ok(())
        })
        .await;
    let view = fixture.store.view();
    let paged = async |scope: &Scope, filter: &EventFilter| {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = view.within(scope).list_events(filter, before, 1).await.expect("read");
            let Some(last) = page.last() else { return found };
            before = Some((latchkey_core::Timestamp::from_millis(last.at), last.id));
            found.push(last.id);
        }
    };
    let all = EventFilter::default;
    let mut newest: Vec<EventId> = ids.clone();
    newest.reverse();
    let mut found = paged(&Scope::Platform, &all()).await;
    assert_eq!(found.len(), 6, "none twice and none left out");
    found.sort_unstable();
    newest.sort_unstable();
    assert_eq!(found, newest);
    assert_eq!(paged(&only(ours), &all()).await, [ids[3], ids[0]]);
    let since = EventFilter { since: Some(at(1)), ..all() };
    assert_eq!(paged(&only(ours), &since).await, [ids[3]]);
    let until = EventFilter { until: Some(at(1)), ..all() };
    assert_eq!(paged(&only(ours), &until).await, [ids[0]]);
    let here = EventFilter { organisation: Some(theirs), ..all() };
    assert_eq!(paged(&Scope::Platform, &here).await, [ids[4], ids[1]]);
    assert!(paged(&only(ours), &here).await.is_empty());
    let by_sam = EventFilter { actor: Some(sam), ..all() };
    assert_eq!(paged(&only(ours), &by_sam).await, [ids[3]]);
    let nobody = EventFilter { actor: Some(PersonId(Uuid::nil())), ..all() };
    assert!(paged(&Scope::Platform, &nobody).await.is_empty());
    let kind = EventFilter { kind: Some("logged_in".to_owned()), ..all() };
    assert!(paged(&Scope::Platform, &kind).await.is_empty());
}

async fn a_call_is_anybodys_until_it_is_answered(on: On) {
    let fixture = Fixture::new(on).await;
    let (ours, theirs) = (fixture.organisation("a").await, fixture.organisation("b").await);
    let dan = fixture.person("dan", theirs).await;
    let call = Call {
        number: "123456".to_owned(),
        browser: Digest::of(b"browser"),
        expires_at: at(900),
        helper: None,
        case: None,
        person: None,
    };
    fixture.keep(async move |tx| tx.insert_call(&call, at(0)).await).await;
    let view = fixture.store.view();
    let found = async |scope: &Scope, seconds| {
        view.within(scope).find_call("123456", at(seconds)).await.expect("read").is_some()
    };
    assert!(found(&only(ours), 1).await);
    assert!(!found(&only(ours), 900).await, "it is over");
    fixture.keep(async move |tx| tx.answer_call("123456", "Sam", None, dan, at(1)).await).await;
    assert!(!found(&only(ours), 1).await);
    assert!(found(&only(theirs), 1).await);
}

async fn nothing_that_is_typed_to_log_in_is_among_the_facts(on: On) {
    let fixture = Fixture::new(on).await;
    let ours = fixture.furnished("ada", "111111").await;
    let view = fixture.store.view();
    let scope = only(ours.organisation);
    let codes = view.within(&scope).find_codes(ours.person).await.expect("read");
    assert_eq!(codes.recovery_codes, 1);
    assert_eq!(codes.app.map(|app| app.added_at), Some(at(0)));
    assert_eq!(codes.pass.map(|pass| pass.tries_left), Some(5));
}

on_each_database! {
    nothing_of_another_organisation_is_seen_in_any_way,
    whoever_moved_away_takes_their_history_along_and_the_erased_leave_theirs,
    events_go_back_page_by_page_and_those_of_no_organisation_are_the_platforms,
    a_call_is_anybodys_until_it_is_answered,
    nothing_that_is_typed_to_log_in_is_among_the_facts,
}
