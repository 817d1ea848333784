//! Metadata of service providers that was read again: what was found is kept with how it went, in one
//! write with what is told of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use latchkey_api::providers::ProviderDifference;
use latchkey_core::Rng;
use latchkey_core::audit::What;
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_store::{ProviderState, Store, StoredProvider, Tx};

use crate::audit::Origin;

/// What becomes of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Where it belongs.
    pub organisation: Option<OrganisationId>,
    /// What it says of itself, where that is something else than is kept.
    pub metadata: Option<String>,
    /// What is different in it.
    pub changes: Vec<ProviderDifference>,
    /// Why it could not be read.
    pub failed: Option<String>,
    /// The try before had not failed.
    pub newly_failing: bool,
    /// The try before had failed, and this one did not.
    pub recovered: bool,
    /// How it goes from now on.
    pub state: Option<ProviderState>,
    /// What else is told of it.
    pub events: Vec<What>,
}

impl Settled {
    /// Nothing happened yet.
    #[must_use]
    pub fn new(organisation: Option<OrganisationId>) -> Self {
        Self {
            organisation,
            metadata: None,
            changes: Vec::new(),
            failed: None,
            newly_failing: false,
            recovered: false,
            state: None,
            events: Vec::new(),
        }
    }
}

/// Settles some providers, each as it is judged by what is kept of it: `None` leaves it alone.
///
/// # Errors
/// When the database fails, or what it has is damaged; nothing is done then.
pub async fn settle(
    store: &Store,
    rng: &Arc<dyn Rng>,
    origin: &Origin,
    providers: Vec<EntityId>,
    judge: impl Fn(&StoredProvider, Option<ProviderState>) -> anyhow::Result<Option<Settled>>
    + Send
    + Sync
    + 'static,
) -> anyhow::Result<Vec<(EntityId, Settled)>> {
    let (rng, origin) = (Arc::clone(rng), origin.clone());
    let write = async move |tx: &Tx| {
        let mut all = Vec::with_capacity(providers.len());
        for id in &providers {
            let Some(stored) = tx.view().find_provider(&id.0).await? else { continue };
            let before = tx.view().find_provider_state(&id.0).await?;
            let Some(settled) = judge(&stored, before)? else { continue };
            if let Some(metadata) = &settled.metadata {
                let record = StoredProvider { metadata: metadata.clone(), ..stored };
                tx.put_provider(&record, origin.at).await?;
            }
            if let Some(state) = &settled.state {
                tx.put_provider_state(state).await?;
            }
            all.push((id.clone(), settled));
        }
        for (organisation, what) in told(&all) {
            let event = match organisation {
                Some(id) => origin.event_of_organisation(&*rng, id, what),
                None => origin.event_of_installation(&*rng, what),
            };
            tx.insert_event(&event).await?;
        }
        Ok::<_, anyhow::Error>(all)
    };
    store.write(write).await
}

/// What is told: of those that failed for one reason, or did not fail any more, together.
fn told(all: &[(EntityId, Settled)]) -> Vec<(Option<OrganisationId>, What)> {
    let mut events = Vec::new();
    let mut failed: BTreeMap<_, Vec<EntityId>> = BTreeMap::new();
    let mut recovered: BTreeMap<_, Vec<EntityId>> = BTreeMap::new();
    for (id, settled) in all {
        let home = settled.organisation;
        match &settled.failed {
            Some(reason) if settled.newly_failing => {
                failed.entry((home, reason.clone())).or_default().push(id.clone());
            }
            _ => {}
        }
        if settled.recovered {
            recovered.entry(home).or_default().push(id.clone());
        }
        events.extend(settled.events.iter().map(|what| (home, what.clone())));
    }
    events.extend(failed.into_iter().map(|((home, reason), providers)| {
        (home, What::ProviderMetadataFailed { providers, reason })
    }));
    let recovered = recovered.into_iter();
    events.extend(
        recovered.map(|(home, providers)| (home, What::ProviderMetadataRecovered { providers })),
    );
    events
}
