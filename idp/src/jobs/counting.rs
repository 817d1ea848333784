//! Counts how far the people of each organisation are, again and again: one node at a time, an
//! organisation at a time, and so many people a round that nobody waits for it.
//!
//! How is the store's business; this owns when.

use std::sync::Arc;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_store::{Error, Store, Tx};
use tokio::time::MissedTickBehavior;

use crate::App;

/// Who holds it counts.
const LEASE: &str = "counting";
/// How often it is looked what was not counted for long.
const EVERY: Duration = Duration::from_secs(60);
/// Longer than one organisation takes: a node that dies is followed after this time.
const HELD_FOR: Duration = Duration::from_secs(3 * 60);
/// What is older is counted again.
const FRESH_FOR: Duration = Duration::from_secs(4 * 60);
/// So many people are counted again in a round, so that it takes a moment of each minute however
/// many there are: of a million each is counted every ten minutes.
const PEOPLE_A_ROUND: u64 = 100_000;
/// So many people are counted by one statement: no server's limit on its time is ever met.
const PEOPLE_A_STATEMENT: u64 = 25_000;
/// So many people are put right by one write: nobody waits long for it.
const PEOPLE_A_WRITE: usize = 500;

/// Counts, for ever.
pub(super) async fn look(app: Arc<App>) {
    let holder = app.rng.uuid_v4().to_string();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match round(&app.store, app.clock.now(), &holder).await {
            Ok(counted) => tracing::debug!(?counted, "people were counted"),
            Err(error) => tracing::error!(%error, "people were not counted"),
        }
    }
}

/// One round, if this node holds the lease or can take it: how many organisations were counted.
///
/// # Errors
/// When the database fails. What was counted until then is kept.
pub async fn round(store: &Store, now: Timestamp, holder: &str) -> Result<Option<usize>, Error> {
    portion(store, now, holder, PEOPLE_A_ROUND).await
}

/// A round that goes on until so many people were counted.
async fn portion(
    store: &Store,
    now: Timestamp,
    holder: &str,
    most: u64,
) -> Result<Option<usize>, Error> {
    let until = now.plus(HELD_FOR);
    let name = holder.to_owned();
    let take = async move |tx: &Tx| tx.take_lease(LEASE, &name, now, until).await;
    if !store.write::<_, Error, _>(take).await? {
        return Ok(None);
    }
    let (mut organisations, mut people) = (0, 0);
    for (organisation, before) in store.view().list_uncounted(now.minus(FRESH_FOR)).await? {
        // What was never counted cannot be told at all.
        if before.is_some() && people >= most {
            break;
        }
        mend(store, organisation).await?;
        let counts = store.view().count_enrolment(organisation, PEOPLE_A_STATEMENT).await?;
        let name = holder.to_owned();
        // Asked each time: a round that takes long may lose it to another node.
        let keep = async move |tx: &Tx| {
            let ours = tx.take_lease(LEASE, &name, now, until).await?;
            if ours {
                tx.keep_enrolment(organisation, counts, now).await?;
            }
            Ok(ours)
        };
        if !store.write::<_, Error, _>(keep).await? {
            break;
        }
        organisations += 1;
        people += counts.people();
    }
    Ok(Some(organisations))
}

/// Puts right what is kept of how far people are, where a node of the version before runs beside
/// this one and does not keep it. Else there is nothing to write.
async fn mend(store: &Store, organisation: OrganisationId) -> Result<(), Error> {
    let wrong = store.view().list_wrongly_enrolled(organisation, PEOPLE_A_STATEMENT).await?;
    for some in wrong.chunks(PEOPLE_A_WRITE) {
        let some = some.to_vec();
        store.write(async move |tx: &Tx| tx.refresh_enrolment(&some).await).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use latchkey_core::ids::{PersonId, Subject, UserHandle};
    use latchkey_core::people::{Person, PersonState, Username};
    use latchkey_core::policy::{Overrides, Preset};
    use latchkey_core::roles::Scope;
    use latchkey_store::{OrganisationRecord, PeopleFilter, PersonRecord};
    use latchkey_test_databases::Database;
    use uuid::Uuid;

    use super::*;

    const ROOT: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const WARD: OrganisationId = OrganisationId(Uuid::from_u128(2));

    fn after(seconds: u64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(seconds))
    }

    async fn fill(store: &Store) {
        let of = |id, slug: &str, parent| OrganisationRecord {
            id,
            slug: slug.to_owned(),
            parent,
            name: slug.to_owned(),
            helpdesk: Default::default(),
            brand: Default::default(),
            preset: Preset::Small,
            overrides: Overrides::default(),
            usernames: Default::default(),
        };
        let all = [of(ROOT, "root", None), of(WARD, "ward", Some(ROOT))];
        let write = async move |tx: &Tx| {
            for record in &all {
                tx.insert_organisation(record, after(0)).await?;
            }
            Ok(())
        };
        store.write::<(), Error, _>(write).await.expect("kept");
    }

    async fn store() -> (Store, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("latchkey.db").display());
        let store = Store::open(&url).await.expect("a store");
        fill(&store).await;
        (store, folder)
    }

    /// When the organisation was counted that it is longest ago for.
    async fn oldest(store: &Store) -> Option<Timestamp> {
        let all = store.view().list_uncounted(after(86_400)).await.expect("read");
        all.first().expect("an organisation").1
    }

    #[tokio::test]
    async fn every_organisation_is_counted_and_again_once_its_count_is_old() {
        let (store, _folder) = store().await;
        let at = async |seconds| round(&store, after(seconds), "me").await.expect("a round");
        assert_eq!(at(0).await, Some(2));
        assert_eq!(at(60).await, Some(0), "both are fresh");
        assert_eq!(at(240).await, Some(0));
        assert_eq!(at(300).await, Some(2));
        assert_eq!(oldest(&store).await, Some(after(300)));
    }

    #[tokio::test]
    async fn a_round_ends_after_so_many_people_but_counts_whatever_never_was() {
        let (store, _folder) = store().await;
        let none = async |seconds| portion(&store, after(seconds), "me", 0).await.expect("a round");
        assert_eq!(none(0).await, Some(2));
        assert_eq!(none(600).await, Some(0));
        assert_eq!(oldest(&store).await, Some(after(0)));
    }

    #[tokio::test]
    async fn a_round_puts_right_what_a_node_of_the_version_before_did_not_keep() {
        let (store, folder) = store().await;
        let amy = PersonRecord {
            password_hash: None,
            locale: None,
            person: Person {
                id: PersonId(Uuid::from_u128(3)),
                organisation: WARD,
                subject: Subject(Uuid::from_u128(4)),
                user_handle: UserHandle([5; 64]),
                username: Username::parse("amy").expect("a name"),
                name: "Amy Ward".to_owned(),
                email: None,
                verified_email: None,
                staff_number: None,
                state: PersonState::Active,
                ever_had_factor: true,
                interested_at: None,
                claims: Default::default(),
                updated_at: after(0),
                standing: Default::default(),
                reminder: Default::default(),
            },
        };
        let add = async move |tx: &Tx| tx.insert_person(&amy).await;
        store.write::<(), Error, _>(add).await.expect("kept");
        let older = rusqlite::Connection::open(folder.path().join("latchkey.db")).expect("a file");
        older.execute("UPDATE people SET state = 'disabled'", []).expect("written");
        let scope = Scope::Platform;
        let disabled = async || {
            let state = Some(PersonState::Disabled);
            let filter = PeopleFilter { state, ..PeopleFilter::default() };
            store.view().within(&scope).count_people(&filter).await.expect("read")
        };
        assert_eq!(disabled().await, 0);
        assert_eq!(round(&store, after(0), "me").await.expect("a round"), Some(2));
        assert_eq!(disabled().await, 1);
    }

    #[tokio::test]
    async fn of_two_nodes_one_counts_and_the_other_follows_when_it_is_gone() {
        let database = Database::new();
        let nodes = [Store::open(&database.url).await, Store::open(&database.url).await];
        let [one, two] = nodes.map(|node| node.expect("a node"));
        fill(&one).await;
        assert_eq!(round(&one, after(0), "one").await.expect("a round"), Some(2));
        assert_eq!(round(&two, after(170), "two").await.expect("a round"), None, "it is held");
        assert_eq!(round(&two, after(300), "two").await.expect("a round"), Some(2));
        assert_eq!(round(&one, after(301), "one").await.expect("a round"), None);
        assert_eq!(oldest(&one).await, Some(after(300)), "seen by both");
    }
}
