//! Whose settings are looked at: an organisation's policy, or what one of its groups demands on top.

use latchkey_api::AdminScope;
use latchkey_api::organisations::{OrganisationRef, PutGroup};
use latchkey_api::people::Me;
use latchkey_api::policy::{ModelName, Policy, PutPolicy, Setting, Trial, TrialQuery};
use latchkey_web::limits::Params;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ADDRESS;
use crate::client::{Api, Failure};

/// What the preset is called among settings.
pub(super) const PRESET: &str = "preset";

/// An organisation's policy, or what a group demands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Subject {
    pub(super) organisation: String,
    pub(super) group: Option<String>,
}

/// What is said at present.
pub(super) struct Current {
    /// What it is of, as people read it.
    pub(super) name: String,
    /// Its own settings; an organisation's preset among them.
    pub(super) said: Map<String, Value>,
    /// The `ETag` of it.
    pub(super) version: String,
    /// The organisation's settings, as they hold.
    pub(super) policy: Policy,
}

/// What is tried or saved.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Put {
    /// An organisation's policy.
    Policy(PutPolicy),
    /// A group.
    Group(PutGroup),
}

/// Where somebody may do something, the widest first asked: by name.
pub(crate) fn organisations(me: &Me, scope: AdminScope) -> Vec<OrganisationRef> {
    let may = me.may.iter().filter(|may| may.scope == scope);
    let widest = may.max_by_key(|may| may.organisations.len());
    widest.map(|may| may.organisations.clone()).unwrap_or_default()
}

/// Whether a text can be the name of something in an address of the API.
pub(crate) fn is_slug(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The organisation that a page is about: the one in its address, or else their own.
pub(crate) fn organisation(query: &Params, me: &Me) -> Option<String> {
    let asked = query.one("organisation").ok().flatten();
    let own = || {
        let readable = organisations(me, AdminScope::OrganisationsRead);
        let own = me.roles.iter().map(|grant| &grant.organisation);
        let own = own.into_iter().find(|own| readable.contains(own)).or(readable.first());
        own.map(|own| own.id.clone())
    };
    asked.map(str::to_owned).or_else(own).filter(|slug| is_slug(slug))
}

impl Subject {
    /// An organisation's policy.
    pub(crate) fn policy(organisation: &str) -> Self {
        Self { organisation: organisation.to_owned(), group: None }
    }

    /// What a group demands.
    pub(crate) fn group(organisation: &str, group: &str) -> Self {
        Self { organisation: organisation.to_owned(), group: Some(group.to_owned()) }
    }

    /// What an address names.
    pub(super) fn of(query: &Params, me: &Me) -> Option<Self> {
        let organisation = organisation(query, me)?;
        match query.one("group").ok().flatten() {
            None => Some(Self::policy(&organisation)),
            Some(group) => is_slug(group).then(|| Self::group(&organisation, group)),
        }
    }

    /// The address of a page about it: `path` below the policy's.
    pub(crate) fn address(&self, path: &str, more: &[(&str, &str)]) -> String {
        let group = self.group.as_deref().map(|group| ("group", group));
        let pairs: Vec<_> = [("organisation", self.organisation.as_str())]
            .into_iter()
            .chain(group)
            .chain(more.iter().copied())
            .collect();
        let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
        format!("{ADDRESS}{path}?{query}")
    }

    /// Its path at the API.
    pub(super) fn path(&self) -> String {
        let organisation = &self.organisation;
        match &self.group {
            None => format!("/organisations/{organisation}/policy"),
            Some(group) => format!("/organisations/{organisation}/groups/{group}"),
        }
    }

    /// What is said at present.
    pub(super) async fn read(&self, api: &Api, me: &Me) -> Result<Current, Failure> {
        let (policy, version) = api.policy(&self.organisation).await?;
        let Some(group) = &self.group else {
            let own = |setting: &Setting| Some((setting.name.clone(), setting.own.clone()?));
            let mut said: Map<String, Value> = policy.settings.iter().filter_map(own).collect();
            said.insert(PRESET.to_owned(), policy.preset.clone().into());
            let mut known = me.may.iter().flat_map(|may| &may.organisations);
            let known = known.find(|it| it.id == self.organisation);
            let name = known.map_or(&self.organisation, |it| &it.name).clone();
            return Ok(Current { name, said, version, policy });
        };
        let (group, version) = api.group(&self.organisation, group).await?;
        Ok(Current { name: group.name, said: group.demanded, version, policy })
    }

    /// What is to be said instead.
    pub(super) fn put(&self, current: &Current, own: Map<String, Value>, preset: &Value) -> Put {
        match &self.group {
            None => Put::Policy(PutPolicy {
                preset: preset.as_str().map(str::to_owned),
                own,
                locks_out_at_most: 0,
            }),
            Some(_) => Put::Group(PutGroup {
                name: current.name.clone(),
                demanded: own,
                locks_out_at_most: 0,
            }),
        }
    }

    /// Who could not log in tomorrow.
    pub(super) async fn try_out(
        &self,
        api: &Api,
        put: &Put,
        query: &TrialQuery,
    ) -> Result<Trial, Failure> {
        api.trial(&self.path(), put, query).await
    }

    /// Saves it, if it locks out no more people than were agreed to.
    pub(super) async fn save(
        &self,
        api: &Api,
        put: Put,
        agreed: u64,
        version: &str,
    ) -> Result<(), Failure> {
        match (put, &self.group) {
            (Put::Group(put), Some(group)) => {
                let put = PutGroup { locks_out_at_most: agreed, ..put };
                api.put_group(&self.organisation, group, &put, Some(version)).await
            }
            (Put::Policy(put), _) => {
                let put = PutPolicy { locks_out_at_most: agreed, ..put };
                api.put_policy(&self.organisation, &put, version).await
            }
            (Put::Group(_), None) => Ok(()),
        }
    }
}

impl Current {
    /// The name of every setting that there is.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.policy.settings.iter().map(|setting| setting.name.as_str())
    }

    /// What models are called.
    pub(super) fn models(&self) -> &[ModelName] {
        &self.policy.models
    }
}
