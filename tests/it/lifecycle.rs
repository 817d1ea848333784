//! People disabled, enabled, moved and erased while they have everything open, and what an audit
//! trail says of it afterwards.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use latchkey::actions::lifecycle::{self, Outcome, Touched};
use latchkey::audit::Origin;
use latchkey::config::Audit;
use latchkey::jobs::chain::{self, Checkpoints};
use latchkey_core::Clock as _;
use latchkey_core::audit::Handling;
use latchkey_core::credentials::{Cause, Credential};
use latchkey_core::ids::PersonId;
use latchkey_core::people::Username;
use latchkey_core::rng::SystemRng;
use latchkey_core::roles::{Actor, Role, RoleGrant};
use latchkey_store::{Error, Fault, Selection, Tx};
use serde_json::Value;

use crate::factors::{amy, apply, honest, keys, log_in, record};
use crate::support::http::{AMY, DAN, ROBIN, ROTA, Request, STOCK, Site};

fn by(site: &Site) -> (Origin, Handling) {
    let handling = Handling { case: Some("C-9".to_owned()), ..Handling::default() };
    (Origin { actor: Actor::Cli, address: None, at: site.app.clock.now() }, handling)
}

async fn id(site: &Site, username: &str) -> PersonId {
    record(site, username).await.person.id
}

async fn disable(site: &Site, person: PersonId) -> Outcome<Touched> {
    let (origin, handling) = by(site);
    let done = lifecycle::disable(&site.app.store, &SystemRng, &origin, &handling, person).await;
    done.expect("the database answers")
}

async fn enable(site: &Site, person: PersonId) -> Outcome<Touched> {
    let (origin, handling) = by(site);
    let done = lifecycle::enable(&site.app.store, &SystemRng, &origin, &handling, person).await;
    done.expect("the database answers")
}

async fn erase(site: &Site, person: PersonId) -> Outcome<()> {
    let (origin, handling) = by(site);
    let done = lifecycle::erase(&site.app.store, &SystemRng, &origin, &handling, person).await;
    done.expect("the database answers")
}

async fn write<T, F>(site: &Site, work: F) -> T
where
    F: AsyncFn(&Tx) -> Result<T, Error> + Send + 'static,
    T: Send + 'static,
{
    site.app.store.write(work).await.expect("kept")
}

async fn kinds(site: &Site) -> Vec<String> {
    let kept = site.app.store.view().list_kept_events(&Selection::default(), None).await;
    kept.expect("read").into_iter().map(|kept| kept.kind).collect()
}

#[tokio::test]
async fn everything_that_a_disabled_person_has_open_is_over_and_their_password_is_refused() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(STOCK, DAN).await;
    assert_eq!(dan.open("/account").await.url.rsplit('/').next(), Some("account"));
    let person = id(&site, DAN.username).await;
    let done = disable(&site, person).await;
    assert_eq!(done, Outcome::Done(Touched { sessions: 1, keys: 0 }));
    assert_eq!(disable(&site, person).await, Outcome::Already);

    let answer = dan.get("/account").await;
    let to_login = answer.location().is_some_and(|to| to.starts_with("/login/"));
    assert!(to_login, "the open session ends at its next request");
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
    assert_eq!(site.refresh(STOCK, &tokens.refresh).await.json()["error"], "invalid_grant");
    let mut again = site.person();
    let page = again.open(&Request::new(ROTA).path()).await;
    let answer = again.type_password(&page, DAN).await;
    assert_eq!(answer.status, 403);
    assert!(again.session().is_none(), "nobody is logged in");

    // Somebody else is not touched, and enabling opens nothing that was over.
    site.person().tokens(STOCK, ROBIN).await;
    assert_eq!(enable(&site, person).await, Outcome::Done(Touched { sessions: 0, keys: 0 }));
    assert_eq!(enable(&site, person).await, Outcome::Already);
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
    assert_eq!(site.refresh(STOCK, &tokens.refresh).await.json()["error"], "invalid_grant");
    site.person().tokens(STOCK, DAN).await;
    let kinds = kinds(&site).await;
    let count = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
    assert_eq!((count("person_disabled"), count("person_enabled")), (1, 1));
}

/// Why a key does not work, if it does not.
fn cause(key: &Credential) -> Option<Cause> {
    key.state.suspension().map(|suspension| suspension.cause)
}

#[tokio::test]
async fn keys_rest_while_a_person_is_disabled_and_only_those_that_worked_before_work_again() {
    let site = Site::start().await;
    let mut amy = amy(&site).await;
    let person = id(&site, AMY.username).await;
    disable(&site, person).await;
    let key = keys(&site, AMY.username).await.remove(0);
    assert_eq!(cause(&key), Some(Cause::Closed));
    let answer = log_in(&mut amy, &honest(&site)).await;
    assert_eq!(answer.status, 422);
    assert!(amy.session().is_none());
    enable(&site, person).await;
    log_in(&mut amy, &honest(&site)).await.callback().code();

    // One that was suspended for a reason of its own stays so.
    let (suspended, now) = (key.id, site.clock.now());
    write(&site, async move |tx: &Tx| tx.alert_credential(suspended, true, now).await).await;
    assert_eq!(disable(&site, person).await, Outcome::Done(Touched { sessions: 1, keys: 0 }));
    enable(&site, person).await;
    let key = keys(&site, AMY.username).await.remove(0);
    assert_eq!(cause(&key), Some(Cause::Copied));
}

#[tokio::test]
async fn who_is_moved_loses_their_roles_in_the_old_organisation_and_keeps_their_session() {
    let site = Site::start().await;
    let mut dan = site.person();
    dan.tokens(STOCK, DAN).await;
    let dan_before = record(&site, DAN.username).await.person;
    let north = record(&site, AMY.username).await.person.organisation;
    let grants = [(Role::Helpdesk, dan_before.organisation), (Role::Auditor, north)];
    for (role, organisation) in grants {
        let grant = RoleGrant { person: dan_before.id, role, organisation };
        assert!(write(&site, async move |tx: &Tx| tx.grant_role(&grant).await).await);
    }
    let (origin, handling) = by(&site);
    let transfer = async || {
        let (store, person) = (&site.app.store, dan_before.id);
        let done = lifecycle::transfer(store, &SystemRng, &origin, &handling, person, north);
        done.await.expect("the database answers")
    };
    assert_eq!(transfer().await, Outcome::Done(vec![Role::Helpdesk]));
    assert_eq!(transfer().await, Outcome::Already);
    let after = record(&site, DAN.username).await.person;
    assert_eq!((after.organisation, after.subject), (north, dan_before.subject));
    let roles = site.app.store.view().list_roles(after.id).await.expect("read");
    let roles: Vec<Role> = roles.into_iter().map(|grant| grant.role).collect();
    assert_eq!(roles, [Role::Auditor]);
    for organisation in [dan_before.organisation, north] {
        let of = Selection { organisation: Some(organisation), ..Selection::default() };
        let kept = site.app.store.view().list_kept_events(&of, None).await.expect("read");
        let told = kept.iter().filter(|kept| kept.kind == "person_moved").count();
        assert_eq!(told, 1, "both organisations read of it");
    }
}

#[tokio::test]
async fn the_last_platform_administrator_is_neither_disabled_nor_erased() {
    let site = Site::start().await;
    let (dan, robin) = (id(&site, DAN.username).await, id(&site, ROBIN.username).await);
    let organisation = record(&site, DAN.username).await.person.organisation;
    let role = Role::PlatformAdministrator;
    let grant = RoleGrant { person: dan, role, organisation };
    write(&site, async move |tx: &Tx| tx.grant_role(&grant).await).await;
    assert_eq!(disable(&site, dan).await, Outcome::LastAdministrator);
    assert_eq!(erase(&site, dan).await, Outcome::LastAdministrator);
    let grant = RoleGrant { person: robin, role, organisation };
    write(&site, async move |tx: &Tx| tx.grant_role(&grant).await).await;
    // Of two that go at the same time one stays.
    let (one, two) = tokio::join!(disable(&site, dan), disable(&site, robin));
    let refused = [&one, &two].iter().filter(|done| ***done == Outcome::LastAdministrator).count();
    assert_eq!(refused, 1, "{one:?} {two:?}");
}

#[tokio::test]
async fn an_erased_person_is_gone_with_their_session_and_their_name_is_free_and_the_chain_whole() {
    let site = Site::start().await;
    let mut dan = site.person();
    let tokens = dan.tokens(STOCK, DAN).await;
    let before = record(&site, DAN.username).await.person;
    assert_eq!(erase(&site, before.id).await, Outcome::Done(()));
    assert_eq!(erase(&site, before.id).await, Outcome::Unknown);
    let view = site.app.store.view();
    let username = Username::parse(DAN.username).expect("a name");
    assert!(view.find_person_by_username(&username).await.expect("read").is_none());
    assert_eq!(site.userinfo(&tokens.access).await.status, 401);
    assert_eq!(site.refresh(STOCK, &tokens.refresh).await.json()["error"], "invalid_grant");
    let answer = dan.get("/account").await;
    assert!(answer.location().is_some_and(|to| to.starts_with("/login/")), "{}", answer.status);
    let mut again = site.person();
    let page = again.open(&Request::new(ROTA).path()).await;
    assert_eq!(again.type_password(&page, DAN).await.status, 422);

    let of = Selection { person: Some(before.id), ..Selection::default() };
    let kept = view.list_kept_events(&of, None).await.expect("read");
    let (last, earlier) = kept.split_last().expect("events");
    assert_eq!((last.kind.as_str(), last.case.as_deref()), ("person_erased", Some("C-9")));
    assert!(!earlier.is_empty());
    assert!(earlier.iter().all(|kept| kept.erased && kept.address.is_none()), "{earlier:?}");

    apply(&site, "[[person]]\nusername = \"dan.quay\"\norganisation = \"harbour\"\nname = \"Dan\"")
        .await;
    let after = record(&site, DAN.username).await.person;
    assert!(after.subject != before.subject && after.user_handle != before.user_handle);
    let of = Selection { person: Some(after.id), ..Selection::default() };
    let kept = view.list_kept_events(&of, None).await.expect("read");
    let kinds_of: Vec<&str> = kept.iter().map(|kept| kept.kind.as_str()).collect();
    assert_eq!(kinds_of, ["person_described"], "nothing of whoever had the name before");
    assert_eq!(round(&site, "node").await, Some(kinds(&site).await.len() as u64));
    assert_eq!(walk(&site, &Checkpoints::default()).await, []);
}

/// A round of a node's sealer; `None` when it sealed nothing.
async fn round(site: &Site, holder: &str) -> Option<u64> {
    let app = &site.app;
    let settings = &app.config.audit;
    let sealed = chain::round(&app.store, &app.keys, settings, app.clock.now(), holder).await;
    Some(sealed.expect("a round")).filter(|sealed| *sealed > 0)
}

/// The same checkpoint as if another key had signed it.
fn of_a_stranger(checkpoint: &str) -> String {
    let (header, rest) = checkpoint.split_once('.').expect("a header");
    let header = URL_SAFE_NO_PAD.decode(header).expect("base64url");
    let mut header: Value = serde_json::from_slice(&header).expect("JSON");
    header["kid"] = "stranger".into();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
}

async fn walk(site: &Site, read: &Checkpoints) -> Vec<Fault> {
    let mut faults = Vec::new();
    let view = site.app.store.view();
    view.walk_audit(&read.signed, &mut |fault| faults.push(fault)).await.expect("walked");
    faults
}

#[tokio::test]
async fn the_sealer_of_a_node_that_died_is_followed_and_what_it_signed_proves_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("checkpoints");
    let kept = file.clone();
    let site = Site::start_with(move |config| {
        config.audit = Audit { checkpoints: Some(kept), ..Audit::default() };
    })
    .await;
    site.person().tokens(STOCK, DAN).await;
    assert!(round(&site, "one").await.is_some());
    let written = site.app.store.writes().total;
    assert_eq!(round(&site, "one").await, None);
    assert_eq!(site.app.store.writes().total, written, "nothing is written while nothing happens");
    site.person().tokens(STOCK, ROBIN).await;
    assert_eq!(round(&site, "two").await, None, "the other holds the lease");
    site.clock.advance(Duration::from_secs(31));
    assert!(round(&site, "two").await.is_some(), "it does no more");
    site.clock.advance(Duration::from_secs(601));
    round(&site, "two").await;

    let text = std::fs::read_to_string(&file).expect("written");
    assert_eq!(text.lines().count(), 2, "{text}");
    let published = site.app.keys.signing(&site.app.store, site.app.clock.now()).await;
    let read = |text: &str| {
        let mut read = Checkpoints::default();
        read.read("file", text, &published.set);
        read
    };
    let honest = read(&text);
    assert_eq!((honest.signed.len(), honest.unproven.len(), honest.refused.len()), (2, 0, 0));
    assert_eq!(walk(&site, &honest).await, []);
    // One that somebody made up, and one that was changed.
    let first = text.lines().next().expect("a line");
    let (payload, _) = first.rsplit_once('.').expect("signed");
    let forged = read(&format!("{payload}.AAAA\nnothing\n"));
    assert_eq!((forged.signed.len(), forged.refused.len()), (0, 2));
    assert!(forged.refused[0].starts_with("file:1: "));

    // The last of a key that nobody knows proves nothing; an earlier one is in the later one's hash.
    let strangers: Vec<String> = text.lines().map(of_a_stranger).collect();
    let doubted = |read: &Checkpoints| read.doubtful().collect::<Vec<_>>();
    let places: Vec<i64> = honest.signed.keys().copied().collect();
    assert_eq!(doubted(&read(&strangers.join("\n"))), places);
    assert_eq!(doubted(&read(&format!("{first}\n{}", strangers[1]))), places[1..]);
    let last = text.lines().last().expect("a line");
    assert_eq!(doubted(&read(&format!("{}\n{last}", strangers[0]))), [0; 0]);
    assert_eq!(doubted(&honest), [0; 0]);

    let mut kept = Checkpoints::default();
    kept.read_kept(&site.app.store, &published.set).await.expect("read");
    assert_eq!((kept.signed, kept.refused.len()), (honest.signed, 0));

    // After the time that events are kept they go, and what is left is whole.
    site.clock.advance(Duration::from_secs(401 * 86_400));
    round(&site, "two").await;
    assert_eq!(kinds(&site).await, Vec::<String>::new());
    assert_eq!(walk(&site, &Checkpoints::default()).await, []);
}
