//! What an organisation asks of its people: tried on everybody before it holds, and changed.
//!
//! Whether somebody can log in is judged purely, from facts, as the log-in pages would decide it
//! tomorrow: dates that pass meanwhile count. Who may change a policy is the caller's to judge.

mod counts;
mod joining;
mod models;
mod trial;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use latchkey_core::Timestamp;
use latchkey_core::assurance::Level;
use latchkey_core::audit::What;
use latchkey_core::ids::{GroupId, OrganisationId};
use latchkey_core::policy::{Enrolment, KeysDue, MethodKind, Newcomer, Overrides, Policy, Stated};
use latchkey_core::roles::Scope;
use latchkey_store::{Error, HeldKey, Holders, Holding, OrganisationRecord, Tx};
use uuid::Uuid;

pub use counts::{Counts, models_in_use};
pub use joining::Joining;
pub use models::{Needed, needed};
pub use trial::{Asks, Has, LockedOut, Tally, Trial};

use super::codes::is_way_in;
use crate::App;
use crate::audit::Origin;

/// How many people are judged at a time: memory does not grow with how many there are.
const PORTION: u64 = 1000;
/// When "tomorrow" is.
const AHEAD: Duration = Duration::from_secs(86_400);

/// Every organisation and group with what it says, so that the policy of anybody follows.
#[derive(Clone, Debug)]
pub struct Rules {
    organisations: BTreeMap<OrganisationId, OrganisationRecord>,
    floor: Overrides,
    groups: BTreeMap<GroupId, Overrides>,
    marked: Arc<BTreeSet<Uuid>>,
}

impl Rules {
    /// Those that hold now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(app: &App) -> anyhow::Result<Self> {
        let view = app.store.view();
        let all = view.list_organisations().await?.into_iter();
        let groups = view.list_groups().await?.into_iter();
        Ok(Self {
            organisations: all.map(|record| (record.id, record)).collect(),
            floor: view.find_floor().await?,
            groups: groups.map(|group| (group.id, group.overrides)).collect(),
            marked: Arc::new(app.metadata.marked()),
        })
    }

    /// These, where an organisation says something else.
    #[must_use]
    pub fn stating(&self, organisation: OrganisationId, stated: &Stated) -> Self {
        let mut changed = self.clone();
        if let Some(record) = changed.organisations.get_mut(&organisation) {
            record.preset = stated.preset;
            record.overrides.clone_from(&stated.settings);
        }
        changed
    }

    /// These, where something else is demanded of the members of a group.
    #[must_use]
    pub fn demanding(&self, group: GroupId, demanded: &Overrides) -> Self {
        let mut changed = self.clone();
        changed.groups.insert(group, demanded.clone());
        changed
    }

    /// What the platform demands of everybody.
    #[must_use]
    pub fn floor(&self) -> &Overrides {
        &self.floor
    }

    /// What the platform and the organisations above demand of an organisation.
    #[must_use]
    pub fn demanded(&self, organisation: OrganisationId) -> Overrides {
        self.floor.clone().strictest(self.demanded_above(organisation))
    }

    /// What the organisations above demand of an organisation.
    #[must_use]
    pub fn demanded_above(&self, organisation: OrganisationId) -> Overrides {
        let mut demanded = Overrides::default();
        let mut seen = BTreeSet::from([organisation]);
        let mut above = self.organisations.get(&organisation).and_then(|record| record.parent);
        while let Some(parent) = above.filter(|parent| seen.insert(*parent)) {
            let Some(parent) = self.organisations.get(&parent) else { break };
            demanded = demanded.strictest(parent.overrides.clone());
            above = parent.parent;
        }
        demanded
    }

    /// What holds in an organisation for its people; `None` when there is no such organisation.
    #[must_use]
    pub fn policy(&self, organisation: OrganisationId) -> Option<Policy> {
        let record = self.organisations.get(&organisation)?;
        let policy = Policy::resolve(record.preset, &record.overrides);
        Some(policy.with(&self.demanded(organisation)).knowing(&self.marked))
    }
}

/// Whose policies are the same.
type Alike = (OrganisationId, bool, BTreeSet<GroupId>);

/// Rules, with the policies that were made of them.
#[derive(Debug)]
struct Judge {
    rules: Rules,
    made: HashMap<Alike, Option<Arc<Policy>>>,
}

impl Judge {
    fn new(rules: Rules) -> Self {
        Self { rules, made: HashMap::new() }
    }

    fn policy(&mut self, of: &Holding) -> Option<Arc<Policy>> {
        let alike = (of.organisation, of.administrator, of.groups.clone());
        let Self { rules, made } = self;
        let make = || {
            let own = rules.policy(of.organisation)?;
            let own = if of.administrator { own.for_administrators() } else { own };
            let demanded = of.groups.iter().filter_map(|group| rules.groups.get(group)).cloned();
            let demanded = demanded.reduce(Overrides::strictest);
            Some(Arc::new(demanded.map_or_else(|| own.clone(), |more| own.with(&more))))
        };
        made.entry(alike).or_insert_with(make).clone()
    }

    fn judge(&mut self, holding: &Holding, at: Timestamp) -> Tomorrow {
        match self.policy(holding) {
            Some(policy) => tomorrow(&policy, holding, &holding.keys, at),
            None => Tomorrow::LockedOut,
        }
    }
}

/// How somebody's next log-in goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tomorrow {
    /// They log in.
    LogsIn,
    /// They log in, and have to set something up first.
    SetsUp,
    /// They need help.
    LockedOut,
}

/// How the next log-in of somebody with these working keys goes under a policy. What they may be
/// handed meanwhile does not count.
#[must_use]
pub fn tomorrow(policy: &Policy, who: &Holding, keys: &[HeldKey], at: Timestamp) -> Tomorrow {
    let counts = |key: &&HeldKey| policy.judge_working(&key.model, key.backup_eligible).is_ok();
    let any_key = keys.iter().any(|key| counts(&key));
    let begins = || {
        let (ever_had_factor, administrator) = (who.ever_had_factor, who.administrator);
        let newcomer = Newcomer { ever_had_factor, administrator, permit: None };
        who.password && policy.enrolment(at, newcomer) == Enrolment::InGrace
    };
    let is_due = || {
        let added = keys.iter().filter(counts).map(|key| key.added_at);
        policy.keys_due_beside(at, added) == KeysDue::Demand
    };
    // With a password alone nobody sets a key up but in grace.
    let app = who.app && policy.allows(MethodKind::AuthenticatorApp);
    let by_app = who.password && app && policy.required <= Level::Mfa;
    let by_password_alone = !(any_key || by_app);
    if !is_way_in(policy, who.password, any_key, who.app) {
        return if begins() { Tomorrow::SetsUp } else { Tomorrow::LockedOut };
    }
    match (is_due(), by_password_alone) {
        (false, _) => Tomorrow::LogsIn,
        (true, false) => Tomorrow::SetsUp,
        (true, true) if begins() => Tomorrow::SetsUp,
        (true, true) => Tomorrow::LockedOut,
    }
}

/// Goes through the active people of an organisation and of those below it, portion by portion.
#[derive(Debug)]
pub struct Walk {
    organisations: VecDeque<OrganisationId>,
    holders: Holders,
    after: Option<String>,
}

impl Walk {
    /// Begins.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn new(
        app: &App,
        organisation: OrganisationId,
        holders: Holders,
    ) -> anyhow::Result<Self> {
        let organisations = app.store.view().list_subtree(organisation).await?;
        Ok(Self { organisations: organisations.into_iter().collect(), holders, after: None })
    }

    /// The next of them inside a scope; `None` at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self, app: &App, scope: &Scope) -> anyhow::Result<Option<Vec<Holding>>> {
        let view = app.store.view();
        while let Some(organisation) = self.organisations.front() {
            let after = self.after.as_deref();
            let within = view.within(scope);
            let portion = within.list_holdings(*organisation, self.holders, after, PORTION).await?;
            if let Some(last) = portion.last() {
                self.after = Some(last.username.clone());
                return Ok(Some(portion));
            }
            self.organisations.pop_front();
            self.after = None;
        }
        Ok(None)
    }
}

/// Has an organisation say something else, unless it was changed since it was seen: `false` then.
///
/// # Errors
/// When the database fails; nothing is done then.
pub async fn change(
    app: &App,
    origin: &Origin,
    seen: &OrganisationRecord,
    new: Stated,
) -> anyhow::Result<bool> {
    let before = Stated { preset: seen.preset, settings: seen.overrides.clone() };
    if before == new {
        return Ok(true);
    }
    let what = What::PolicyChanged { before: Box::new(before), after: Box::new(new.clone()) };
    let event = origin.event_of_organisation(&*app.rng, seen.id, what);
    let (seen, now) = (seen.clone(), origin.at);
    let write = async move |tx: &Tx| {
        if tx.view().find_organisation(seen.id).await?.as_ref() != Some(&seen) {
            return Ok(false);
        }
        let Stated { preset, settings } = new.clone();
        let record = OrganisationRecord { preset, overrides: settings, ..seen.clone() };
        tx.update_organisation(&record, now).await?;
        tx.insert_event(&event).await?;
        Ok(true)
    };
    let changed = app.store.write::<_, Error, _>(write).await?;
    app.forget_organisations();
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use latchkey_core::ids::PersonId;
    use latchkey_core::policy::{Preset, Rollout};

    use super::*;
    use crate::authn::samples::NOW;

    fn holding(keys: usize, app: bool, password: bool) -> Holding {
        let key =
            HeldKey { model: Uuid::nil(), backup_eligible: false, hardware: false, added_at: NOW };
        Holding {
            person: PersonId(Uuid::nil()),
            organisation: OrganisationId(Uuid::nil()),
            username: "amy.ward".to_owned(),
            name: "Amy Ward".to_owned(),
            email: None,
            staff_number: None,
            administrator: false,
            groups: BTreeSet::new(),
            ever_had_factor: keys > 0 || app,
            password,
            keys: vec![key; keys],
            app,
        }
    }

    fn policy(settings: &Overrides) -> Policy {
        Policy::resolve(Preset::Small, settings)
    }

    fn judged(settings: &Overrides, who: &Holding) -> Tomorrow {
        tomorrow(&policy(settings), who, &who.keys, NOW)
    }

    fn in_grace() -> Overrides {
        Overrides { grace_until: "2099-12-31".parse().ok(), ..Overrides::default() }
    }

    #[test]
    fn whoever_has_what_is_asked_for_logs_in_and_whoever_has_not_is_stuck() {
        let mfa = Overrides::default();
        for (who, comes_to) in [
            (holding(1, false, true), Tomorrow::LogsIn),
            (holding(1, false, false), Tomorrow::LogsIn),
            (holding(0, true, true), Tomorrow::LogsIn),
            (holding(0, true, false), Tomorrow::LockedOut),
            (holding(0, false, true), Tomorrow::LockedOut),
        ] {
            assert_eq!(judged(&mfa, &who), comes_to, "{who:?}");
        }
        let password = Overrides { required: Some(Level::Password), ..mfa.clone() };
        assert_eq!(judged(&password, &holding(0, false, true)), Tomorrow::LogsIn);
        let resistant = Overrides { required: Some(Level::PhishingResistant), ..mfa };
        assert_eq!(judged(&resistant, &holding(0, true, true)), Tomorrow::LockedOut);
    }

    #[test]
    fn grace_lets_those_begin_who_never_had_a_factor_and_have_a_password_and_no_role() {
        let newcomer = holding(0, false, true);
        assert_eq!(judged(&in_grace(), &newcomer), Tomorrow::SetsUp);
        let had_one = Holding { ever_had_factor: true, ..newcomer.clone() };
        let has_role = Holding { administrator: true, ..newcomer.clone() };
        let no_password = Holding { password: false, ..newcomer };
        for stuck in [had_one, has_role, no_password] {
            assert_eq!(judged(&in_grace(), &stuck), Tomorrow::LockedOut, "{stuck:?}");
        }
    }

    #[test]
    fn keys_that_have_to_be_are_set_up_after_a_strong_log_in_and_never_after_a_password_alone() {
        let required = Overrides {
            required: Some(Level::Password),
            rollout: Some(Rollout::Required),
            ..Overrides::default()
        };
        assert_eq!(judged(&required, &holding(0, true, true)), Tomorrow::SetsUp);
        assert_eq!(judged(&required, &holding(1, false, true)), Tomorrow::LogsIn);
        assert_eq!(judged(&required, &holding(0, false, true)), Tomorrow::LockedOut);
        let grace = Overrides { grace_until: in_grace().grace_until, ..required };
        assert_eq!(judged(&grace, &holding(0, false, true)), Tomorrow::SetsUp);
    }
}
