//! A service provider as an administrator sends it: judged as a document is, with what is wrong told
//! by member.
//!
//! Nothing of this machine is read for it: files are an operator's.

use latchkey_core::Timestamp;
use latchkey_core::ids::{EntityId, OrganisationId};
use latchkey_saml::metadata::provider::ServiceProvider;
use latchkey_store::StoredProvider;
use serde_json::{Map, Value as Json};

use super::{By, MetadataSource, members, prepare, provider};
use crate::saml::providers::Provider;
use crate::saml::settings::Settings;
use crate::source::{Place, Problems, Source as Text, Table};

/// A service provider as it was sent, judged.
pub struct Judged {
    /// What is said of it.
    pub settings: Settings,
    /// What it says of itself.
    pub metadata: ServiceProvider,
}

impl Judged {
    /// As it is kept.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn stored(
        &self,
        organisation: Option<OrganisationId>,
    ) -> Result<StoredProvider, serde_json::Error> {
        Ok(StoredProvider {
            id: EntityId(self.metadata.entity_id.clone()),
            organisation,
            document: serde_json::to_string(&self.settings)?,
            metadata: serde_json::to_string(&self.metadata)?,
        })
    }

    /// The members of its document that are different, `metadata` for what it says of itself.
    ///
    /// # Errors
    /// When one of the two cannot be written as JSON.
    pub fn differing(&self, before: &Provider) -> Result<Vec<String>, serde_json::Error> {
        let (earlier, later) = (members(&before.settings)?, members(&self.settings)?);
        let of = |all: &[(&'static str, Json)], name: &str| {
            all.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        let mut names: Vec<&str> = earlier.iter().chain(&later).map(|(name, _)| *name).collect();
        names.retain(|name| of(&earlier, name) != of(&later, name));
        let elsewhere = before.settings.metadata_address != self.settings.metadata_address;
        if elsewhere || before.metadata != self.metadata {
            names.push("metadata");
        }
        names.sort_unstable();
        names.dedup();
        Ok(names.into_iter().map(str::to_owned).collect())
    }
}

/// Something wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The member; empty where it is none in particular.
    pub member: String,
    /// What is wrong, as a sentence.
    pub text: String,
}

/// Judges what was sent of a service provider, as documents are judged; `known` is the one that it
/// is to change, if it is to change one. Its metadata is fetched where that is new.
///
/// # Errors
/// Everything that is wrong with it.
pub async fn judge(
    sent: &Map<String, Json>,
    known: Option<&Provider>,
    now: Timestamp,
    ways: &impl MetadataSource,
) -> Result<Judged, Vec<Wrong>> {
    let text = Text::from_text("what was sent", &Json::Object(sent.clone()).to_string());
    let table = text.parse().map_err(|problems| wrong(&problems, None))?;
    let shape = table.clone();
    let mut problems = Problems::default();
    let document = provider(table, By::Sender(known), &mut problems);
    let document = problems.or(document).map_err(|problems| wrong(&problems, Some(&shape)))?;
    // None without a problem there is not.
    let document = document.into_iter().collect();
    let prepared = prepare(document, ways, now).await;
    let prepared = prepared.map_err(|problems| {
        let of_metadata = |problem: Wrong| Wrong { member: "metadata".to_owned(), ..problem };
        wrong(&problems, None).into_iter().map(of_metadata).collect::<Vec<_>>()
    })?;
    let judged = prepared.into_iter().next();
    let judged = judged.map(|it| Judged { settings: it.settings, metadata: it.provider });
    judged.ok_or_else(Vec::new)
}

/// Problems by the members of what was sent that they are about.
fn wrong(problems: &Problems, shape: Option<&Table>) -> Vec<Wrong> {
    let of = |(place, text): (Option<&Place>, &str)| Wrong {
        member: shape
            .zip(place)
            .and_then(|(table, place)| table.member_at(place))
            .unwrap_or_default()
            .to_owned(),
        text: text.to_owned(),
    };
    problems.iter().map(of).collect()
}
