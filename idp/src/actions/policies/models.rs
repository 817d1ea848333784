//! Who needs the keys of a model.

use latchkey_core::ids::OrganisationId;
use latchkey_core::roles::Scope;
use latchkey_store::{Holders, Holding};
use uuid::Uuid;

use super::{AHEAD, Judge, Rules, Tomorrow, Walk, tomorrow};
use crate::App;

/// What a model is needed for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// How many active people have a working key of it.
    pub holders: u64,
    /// How many working keys of it they have.
    pub keys: u64,
    /// How many of those are proven to be in hardware.
    pub hardware: u64,
    /// How many people could not log in without theirs.
    pub would_lock_out: u64,
    /// The first of those.
    pub people: Vec<Holding>,
}

/// Who of an organisation and those below it could not log in tomorrow if no key of a model counted;
/// names the first so many.
///
/// # Errors
/// When the database fails.
pub async fn needed(
    app: &App,
    scope: &Scope,
    organisation: OrganisationId,
    model: Uuid,
    named: usize,
) -> anyhow::Result<Needed> {
    let at = app.clock.now().plus(AHEAD);
    let mut judge = Judge::new(Rules::read(app).await?);
    let mut needed = Needed::default();
    let holders = Holders { model: Some(model), ..Holders::default() };
    let mut walk = Walk::new(app, organisation, holders).await?;
    while let Some(portion) = walk.next(app, scope).await? {
        for holding in portion {
            let (theirs, left): (Vec<_>, Vec<_>) =
                holding.keys.iter().copied().partition(|key| key.model == model);
            let proven = theirs.iter().filter(|key| key.hardware).count();
            needed.holders += 1;
            needed.keys += u64::try_from(theirs.len()).unwrap_or(u64::MAX);
            needed.hardware += u64::try_from(proven).unwrap_or(u64::MAX);
            let Some(policy) = judge.policy(&holding) else { continue };
            let could = tomorrow(&policy, &holding, &holding.keys, at) != Tomorrow::LockedOut;
            if could && tomorrow(&policy, &holding, &left, at) == Tomorrow::LockedOut {
                needed.would_lock_out += 1;
                if needed.people.len() < named {
                    needed.people.push(holding);
                }
            }
        }
    }
    Ok(needed)
}
