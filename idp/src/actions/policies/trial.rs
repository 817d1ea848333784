//! What an organisation or a group would ask, tried on everybody whom it is asked of.

use std::collections::BTreeMap;

use latchkey_core::Timestamp;
use latchkey_core::ids::{GroupId, OrganisationId, PersonId};
use latchkey_core::organisations::Group;
use latchkey_core::people::Person;
use latchkey_core::policy::{Overrides, Preset, Stated};
use latchkey_core::roles::Scope;
use latchkey_store::{Holders, Holding, OrganisationRecord};
use serde_json::{Map, Value};

use super::{AHEAD, Judge, Rules, Tomorrow, Walk};
use crate::App;

/// What somebody has who is locked out with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Has {
    /// A working key.
    Key,
    /// An authenticator app, and no key.
    App,
    /// Neither, and they were let in to begin.
    Grace,
    /// Neither.
    Nothing,
}

/// A policy, tried.
#[derive(Debug)]
pub struct Trial {
    before: Judge,
    after: Judge,
    /// The new policy with one setting as it was, by its name.
    relaxed: Vec<(&'static str, Judge)>,
    /// Of whom it is asked.
    organisation: OrganisationId,
    holders: Holders,
    /// A group that whoever is judged would be in.
    joining: Option<GroupId>,
    at: Timestamp,
}

/// What trying it came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many people were judged.
    pub judged: u64,
    /// How many could not log in before, and cannot after.
    pub already: u64,
    /// How many could log in before, and cannot after.
    pub locked_out: u64,
    /// How many have to set something up at their next log-in.
    pub would_enrol: u64,
    /// How many of those who would be locked out have what.
    pub has: BTreeMap<Has, u64>,
    /// Whether whoever asks is among them.
    pub you_locked_out: bool,
    /// How many others with a role could still log in.
    pub administrators: u64,
    /// How many others with a role would be locked out.
    pub administrators_locked_out: u64,
    /// The first of those who would be locked out.
    pub people: Vec<LockedOut>,
}

/// Somebody who would be locked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedOut {
    /// Who, with what they have in full.
    pub holding: Holding,
    /// The same in a word.
    pub has: Has,
    /// The setting that does it.
    pub because: &'static str,
}

/// Who asks, and whom they want named.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asks {
    /// Whoever asks, if it is a person.
    pub you: Option<PersonId>,
    /// How many are named at most.
    pub named: usize,
    /// Only people who have this are named.
    pub has: Option<Has>,
}

impl Trial {
    /// Makes one of what an organisation would say.
    ///
    /// # Errors
    /// When settings cannot be written down.
    pub fn new(
        rules: Rules,
        seen: &OrganisationRecord,
        new: &Stated,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let old = Stated { preset: seen.preset, settings: seen.overrides.clone() };
        let mut relaxed = Vec::new();
        for name in changed(&old, new)? {
            let rules = rules.stating(seen.id, &with_one_as_before(name, &old, new)?);
            relaxed.push((name, Judge::new(rules)));
        }
        Ok(Self {
            after: Judge::new(rules.stating(seen.id, new)),
            before: Judge::new(rules),
            relaxed,
            organisation: seen.id,
            holders: Holders::default(),
            joining: None,
            at: now.plus(AHEAD),
        })
    }

    /// Makes one of what would be demanded of the members of a group.
    ///
    /// # Errors
    /// When settings cannot be written down.
    pub fn of_group(
        rules: Rules,
        seen: &Group,
        new: &Overrides,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let (before, after) = (members(&seen.overrides)?, members(new)?);
        let mut relaxed = Vec::new();
        for name in Overrides::NAMES.iter().filter(|name| before.get(**name) != after.get(**name)) {
            let one_as_before = with(after.clone(), name, before.get(*name).cloned())?;
            relaxed.push((*name, Judge::new(rules.demanding(seen.id, &one_as_before))));
        }
        Ok(Self {
            after: Judge::new(rules.demanding(seen.id, new)),
            before: Judge::new(rules),
            relaxed,
            organisation: seen.organisation,
            holders: Holders { group: Some(seen.id), ..Holders::default() },
            joining: None,
            at: now.plus(AHEAD),
        })
    }

    /// Makes one of what would be demanded of somebody who joins a group: as if it had demanded
    /// nothing before.
    ///
    /// # Errors
    /// When settings cannot be written down.
    pub fn of_joining(
        rules: &Rules,
        group: &Group,
        person: &Person,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let nothing = Overrides::default();
        let rules = rules.demanding(group.id, &nothing);
        let before = Group { overrides: nothing, ..group.clone() };
        let trial = Self::of_group(rules, &before, &group.overrides, now)?;
        Ok(Self {
            organisation: person.organisation,
            holders: Holders { person: Some(person.id), ..Holders::default() },
            joining: Some(group.id),
            ..trial
        })
    }

    /// The settings that come out different, by name.
    #[must_use]
    pub fn changed(&self) -> Vec<&'static str> {
        self.relaxed.iter().map(|(name, _)| *name).collect()
    }

    /// Goes through everybody of whom it is asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn walk(&self, app: &App) -> anyhow::Result<Walk> {
        Walk::new(app, self.organisation, self.holders).await
    }

    /// What somebody has who could log in before and cannot after, and the setting that does it;
    /// `None` when nothing does.
    pub fn locks_out(&mut self, holding: &Holding) -> Option<(Has, &'static str)> {
        if self.after.judge(holding, self.at) != Tomorrow::LockedOut {
            return None;
        }
        let has = self.has(holding)?;
        Some((has, self.because(holding)))
    }

    /// What somebody has who could log in before; `None` when they could not.
    fn has(&mut self, holding: &Holding) -> Option<Has> {
        match self.before.judge(holding, self.at) {
            Tomorrow::LockedOut => None,
            _ if !holding.keys.is_empty() => Some(Has::Key),
            _ if holding.app => Some(Has::App),
            Tomorrow::SetsUp => Some(Has::Grace),
            Tomorrow::LogsIn => Some(Has::Nothing),
        }
    }

    fn because(&mut self, holding: &Holding) -> &'static str {
        let at = self.at;
        let mut lets_in = self.relaxed.iter_mut();
        let found = lets_in.find_map(|(name, judge)| {
            (judge.judge(holding, at) != Tomorrow::LockedOut).then_some(*name)
        });
        // Several together: the first of them has to do for all.
        found.or(self.relaxed.first().map(|(name, _)| *name)).unwrap_or("preset")
    }

    /// Tries it on everybody of whom it is asked, inside a scope.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run(&mut self, app: &App, scope: &Scope, asks: Asks) -> anyhow::Result<Tally> {
        let mut tally = Tally::default();
        let mut walk = self.walk(app).await?;
        while let Some(portion) = walk.next(app, scope).await? {
            for mut holding in portion {
                holding.groups.extend(self.joining);
                self.count(holding, &mut tally, asks);
            }
        }
        Ok(tally)
    }

    fn count(&mut self, holding: Holding, tally: &mut Tally, asks: Asks) {
        tally.judged += 1;
        let is_you = asks.you == Some(holding.person);
        let is_other = holding.administrator && !is_you;
        match self.after.judge(&holding, self.at) {
            Tomorrow::LogsIn => tally.administrators += u64::from(is_other),
            Tomorrow::SetsUp => {
                tally.would_enrol += 1;
                tally.administrators += u64::from(is_other);
            }
            Tomorrow::LockedOut => {
                let Some(has) = self.has(&holding) else {
                    tally.already += 1;
                    return;
                };
                tally.locked_out += 1;
                *tally.has.entry(has).or_default() += 1;
                tally.you_locked_out |= is_you;
                tally.administrators_locked_out += u64::from(is_other);
                let is_wanted = asks.has.is_none_or(|wanted| wanted == has);
                if is_wanted && tally.people.len() < asks.named {
                    let because = self.because(&holding);
                    tally.people.push(LockedOut { holding, has, because });
                }
            }
        }
    }
}

fn members(settings: &Overrides) -> anyhow::Result<Map<String, Value>> {
    match serde_json::to_value(settings)? {
        Value::Object(members) => Ok(members),
        _ => anyhow::bail!("settings are no object"),
    }
}

/// The settings that come out different for the organisation itself or are demanded otherwise.
fn changed(old: &Stated, new: &Stated) -> anyhow::Result<Vec<&'static str>> {
    let whole = |stated: &Stated| members(&stated.settings.clone().or(stated.preset.settings()));
    let (before, after) = (whole(old)?, whole(new)?);
    let (own_before, own_after) = (members(&old.settings)?, members(&new.settings)?);
    let differs = |name: &&&str| {
        before.get(**name) != after.get(**name) || own_before.get(**name) != own_after.get(**name)
    };
    Ok(Overrides::NAMES.iter().filter(differs).copied().collect())
}

/// What is new with one setting as it came out before.
fn with_one_as_before(name: &str, old: &Stated, new: &Stated) -> anyhow::Result<Stated> {
    let own = members(&old.settings)?.remove(name);
    let preset = |preset: Preset| anyhow::Ok(members(&preset.settings())?.remove(name));
    let before = match own {
        Some(value) => Some(value),
        None if preset(old.preset)? == preset(new.preset)? => None,
        None => preset(old.preset)?,
    };
    let settings = with(members(&new.settings)?, name, before)?;
    Ok(Stated { preset: new.preset, settings })
}

/// Settings with one of them set to a value, or to nothing.
fn with(
    mut settings: Map<String, Value>,
    name: &str,
    value: Option<Value>,
) -> anyhow::Result<Overrides> {
    match value {
        Some(value) => settings.insert(name.to_owned(), value),
        None => settings.remove(name),
    };
    Ok(serde_json::from_value(Value::Object(settings))?)
}

#[cfg(test)]
mod tests {
    use latchkey_core::assurance::Level;

    use super::*;

    #[test]
    fn what_changes_is_named_by_preset_and_by_own_settings() {
        let stated = |preset, settings| Stated { preset, settings };
        let small = stated(Preset::Small, Overrides::default());
        assert!(changed(&small, &small).expect("settings").is_empty());
        let hospital = stated(Preset::Hospital, Overrides::default());
        let names = changed(&small, &hospital).expect("settings");
        assert_eq!(names, ["bootstrap", "rollout", "attestation", "keys_required"]);
        let said = Overrides { required: Some(Level::Mfa), ..Overrides::default() };
        // It says what the preset says; below it, that is demanded now.
        let names = changed(&small, &stated(Preset::Small, said)).expect("settings");
        assert_eq!(names, ["required"]);
    }
}
