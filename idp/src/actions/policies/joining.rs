//! People who come into groups, one after the other: whether each could still log in.

use std::collections::BTreeSet;

use latchkey_core::Timestamp;
use latchkey_core::ids::GroupId;
use latchkey_core::people::Person;
use latchkey_core::policy::Overrides;
use latchkey_core::roles::Scope;
use latchkey_store::Holders;

use super::{AHEAD, Judge, Rules, Tomorrow};
use crate::App;

/// What is asked of whoever comes into a group.
#[derive(Debug)]
pub struct Joining {
    judge: Judge,
    at: Timestamp,
}

impl Joining {
    /// By the rules that hold now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(app: &App, now: Timestamp) -> anyhow::Result<Self> {
        Ok(Self { judge: Judge::new(Rules::read(app).await?), at: now.plus(AHEAD) })
    }

    /// Whether somebody who could log in tomorrow could not as a member of these groups, too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn locks_out(
        &mut self,
        app: &App,
        person: &Person,
        groups: &BTreeSet<GroupId>,
    ) -> anyhow::Result<bool> {
        // Most groups demand nothing, and then nobody need be looked up.
        let demands = |group| {
            let known = self.judge.rules.groups.get(group);
            known.is_some_and(|demanded| *demanded != Overrides::default())
        };
        if !groups.iter().any(demands) {
            return Ok(false);
        }
        let holders = Holders { person: Some(person.id), ..Holders::default() };
        let view = app.store.view();
        let found = view.within(&Scope::Platform);
        let found = found.list_holdings(person.organisation, holders, None, 1).await?.pop();
        let Some(mut holding) = found else { return Ok(false) };
        if self.judge.judge(&holding, self.at) == Tomorrow::LockedOut {
            return Ok(false);
        }
        holding.groups.extend(groups);
        Ok(self.judge.judge(&holding, self.at) == Tomorrow::LockedOut)
    }
}
