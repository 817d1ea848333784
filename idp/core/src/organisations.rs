//! Organisations: who a person belongs to, who helps them, and how their pages look.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, OrganisationId};
use crate::policy::{Overrides, Policy};
use crate::usernames::UsernameRules;

/// An organisation with its policy already resolved.
#[derive(Clone, Debug)]
pub struct Organisation {
    /// Its database key.
    pub id: OrganisationId,
    /// Its name in documents and addresses, e.g. `northgate`.
    pub slug: String,
    /// The organisation above it.
    pub parent: Option<OrganisationId>,
    /// Its name as people read it.
    pub name: String,
    /// Whom its people call.
    pub helpdesk: Helpdesk,
    /// How its pages differ from everybody's.
    pub brand: Brand,
    /// What user names of its new people look like.
    pub usernames: UsernameRules,
    /// What it asks of its people, with what the platform and the organisations above it demand.
    pub policy: Arc<Policy>,
    /// The same for those of them who have a role.
    pub administrators: Arc<Policy>,
}

/// Some people of an organisation, of whom more is asked than of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its database key.
    pub id: GroupId,
    /// Where it belongs.
    pub organisation: OrganisationId,
    /// Its name in documents: unique in its organisation.
    pub slug: String,
    /// Its name as people read it.
    pub name: String,
    /// What is demanded of its members on top.
    pub overrides: Overrides,
}

/// Whom to call. Shown before log-in too: a locked-out person cannot look it up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Helpdesk {
    /// What the helpdesk is called, e.g. "Northgate helpdesk".
    pub name: Option<String>,
    /// Its telephone number as people write it.
    pub phone: Option<String>,
    /// When it answers, e.g. "Every day, 07:00 to 21:00".
    pub hours: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// What else to do about a lost or stolen key, e.g. "Tell security on 01632 960 002".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporting: Option<String>,
}

impl Helpdesk {
    /// Whether there is any way to reach it.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        self.phone.is_some() || self.email.is_some()
    }
}

/// The organisation's own colour and picture on its pages. No text of ours stands on the colour;
/// its initials are written in it, on white, so that it is judged against white.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Brand {
    /// A colour as `#rrggbb` for the band above the header and the initials on the plate.
    pub colour: Option<String>,
    /// A picture for the plate, in place of the initials: a `data:` address (RFC 2397) of a small
    /// PNG or SVG.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}
