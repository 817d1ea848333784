//! How many keys of which model people have. The database counts them anew while that is quick; where
//! very many people have keys, what was counted a moment ago is told and counted again behind it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use latchkey_core::Timestamp;
use latchkey_core::ids::OrganisationId;
use latchkey_core::roles::Scope;
use latchkey_store::KeyModel;

use crate::App;

/// What takes no longer is counted anew each time.
const QUICK: Duration = Duration::from_millis(50);
/// How long what took longer is told as it is.
const FRESH: Duration = Duration::from_secs(60);
/// How long it is told at all: meanwhile it is counted again, behind the answer.
const USABLE: Duration = Duration::from_secs(600);

/// What was counted, by organisation.
#[derive(Debug, Default)]
pub struct Counts(Mutex<HashMap<OrganisationId, Counted>>);

#[derive(Clone, Debug)]
struct Counted {
    at: Timestamp,
    models: Arc<Vec<KeyModel>>,
    /// It is counted again.
    under_way: bool,
}

/// What is to be done for somebody who asks.
#[derive(Debug, PartialEq, Eq)]
enum Todo {
    /// Count first.
    Count,
    /// Tell this.
    Tell(Arc<Vec<KeyModel>>),
    /// Tell this, and count behind the answer.
    TellAndCount(Arc<Vec<KeyModel>>),
}

impl Counts {
    fn todo(&self, organisation: OrganisationId, now: Timestamp) -> Todo {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counted) = known.get_mut(&organisation) else { return Todo::Count };
        let models = Arc::clone(&counted.models);
        match now.since(counted.at) {
            age if age >= USABLE => Todo::Count,
            age if age >= FRESH && !counted.under_way => {
                counted.under_way = true;
                Todo::TellAndCount(models)
            }
            _ => Todo::Tell(models),
        }
    }

    /// Remembers what took long to count, and forgets what does no more.
    fn learn(
        &self,
        organisation: OrganisationId,
        at: Timestamp,
        took: Duration,
        models: &Arc<Vec<KeyModel>>,
    ) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if took > QUICK {
            let models = Arc::clone(models);
            known.insert(organisation, Counted { at, models, under_way: false });
        } else {
            known.remove(&organisation);
        }
    }

    /// Has it be tried again later.
    fn give_up(&self, organisation: OrganisationId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counted) = known.get_mut(&organisation) {
            counted.under_way = false;
        }
    }
}

/// The models of the working keys of the active people of an organisation and those below it, the
/// commonest first. The caller has to reach all of those.
///
/// # Errors
/// When the database fails.
pub async fn models_in_use(
    app: &Arc<App>,
    organisation: OrganisationId,
) -> anyhow::Result<Arc<Vec<KeyModel>>> {
    match app.counts.todo(organisation, app.clock.now()) {
        Todo::Tell(models) => Ok(models),
        Todo::Count => count(app, organisation).await,
        Todo::TellAndCount(models) => {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                if let Err(error) = count(&app, organisation).await {
                    app.counts.give_up(organisation);
                    tracing::warn!("keys are not counted: {error:#}");
                }
            });
            Ok(models)
        }
    }
}

async fn count(app: &App, organisation: OrganisationId) -> anyhow::Result<Arc<Vec<KeyModel>>> {
    let (at, began) = (app.clock.now(), Instant::now());
    let view = app.store.view();
    let models = view.within(&Scope::Platform).list_key_models(Some(organisation)).await?;
    let models = Arc::new(models);
    app.counts.learn(organisation, at, began.elapsed(), &models);
    Ok(models)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: OrganisationId = OrganisationId(Uuid::nil());

    fn models(keys: u64) -> Arc<Vec<KeyModel>> {
        Arc::new(vec![KeyModel { aaguid: Uuid::nil(), keys, hardware: 0 }])
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn what_is_quick_is_counted_anew_and_what_is_not_is_told_and_counted_behind() {
        let (counts, slow) = (Counts::default(), Duration::from_secs(2));
        assert_eq!(counts.todo(HERE, at(0)), Todo::Count, "nothing is known");
        counts.learn(HERE, at(0), QUICK, &models(1));
        assert_eq!(counts.todo(HERE, at(0)), Todo::Count, "it was quick");
        counts.learn(HERE, at(0), slow, &models(2));
        assert_eq!(counts.todo(HERE, at(59)), Todo::Tell(models(2)));
        assert_eq!(counts.todo(HERE, at(60)), Todo::TellAndCount(models(2)));
        assert_eq!(counts.todo(HERE, at(61)), Todo::Tell(models(2)), "once is enough");
        assert_eq!(counts.todo(HERE, at(600)), Todo::Count, "that is too old to be told");
        counts.give_up(HERE);
        assert_eq!(counts.todo(HERE, at(62)), Todo::TellAndCount(models(2)), "it failed");
        counts.learn(HERE, at(63), slow, &models(3));
        assert_eq!(counts.todo(HERE, at(64)), Todo::Tell(models(3)));
        counts.learn(HERE, at(65), QUICK, &models(4));
        assert_eq!(counts.todo(HERE, at(65)), Todo::Count, "it is quick again");
        let elsewhere = OrganisationId(Uuid::from_u128(1));
        assert_eq!(counts.todo(elsewhere, at(61)), Todo::Count, "each by itself");
    }
}
