//! People by the thousand, put straight into a database: they are there to be in the way, and none of
//! them logs in.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use latchkey_core::ids::{PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Username};
use latchkey_core::rng::SeededRng;
use latchkey_core::{Rng, Timestamp};
use latchkey_store::{Error, PersonRecord, Store};

/// How many are written at once.
const BATCH: usize = 5_000;

/// Adds people to the organisation `harbour` of the database at `url`, which nobody serves.
///
/// # Errors
/// When the database does not take them.
pub(crate) async fn fill(url: &str, count: usize) -> Result<()> {
    let store = Store::open(url).await?;
    let home = store.view().find_organisation_by_slug("harbour").await?;
    let home = home.context("there is no organisation harbour")?.id;
    let rng: Arc<dyn Rng> = Arc::new(SeededRng::new(1));
    let now = Timestamp::from_seconds(1_795_000_000);
    for first in (0..count).step_by(BATCH) {
        let mut people = Vec::with_capacity(BATCH);
        for number in first..count.min(first + BATCH) {
            let username = Username::parse(&format!("crowd.{number}")).ok().context("a name")?;
            people.push(PersonRecord {
                password_hash: None,
                locale: None,
                person: Person {
                    id: PersonId::new(&*rng, now),
                    organisation: home,
                    subject: Subject(rng.uuid_v4()),
                    user_handle: UserHandle::new(&*rng),
                    username,
                    name: format!("Person of the crowd {number}"),
                    email: Some(format!("crowd{number}@harbour.example")),
                    verified_email: None,
                    staff_number: None,
                    state: PersonState::Active,
                    ever_had_factor: false,
                    interested_at: None,
                    claims: Default::default(),
                    updated_at: now,
                    standing: latchkey_core::people::Standing::default(),
                    reminder: Default::default(),
                },
            });
        }
        store
            .write::<(), Error, _>(async move |tx| {
                for person in &people {
                    tx.insert_person(person).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}
