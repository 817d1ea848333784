//! "What can you see and do?": what the API says of whoever asks.

use axum::response::Response;
use latchkey_api::AdminScope;
use latchkey_api::organisations::OrganisationRef;
use latchkey_api::people::{May, Me, Role};
use latchkey_core::Timestamp;
use latchkey_web::{Help, Page, Text};
use serde::Serialize;

use super::shell::{Place, Shell, role};
use super::{at, samples};
use crate::visitor::Asked;

/// The address.
pub(crate) const ADDRESS: &str = "/admin/can";

/// The page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Can {
    shell: Shell,
    roles: Vec<Held>,
    groups: Vec<Group>,
    /// When they logged in.
    logged_in_at: Option<Timestamp>,
    /// Until when changes need no other log-in.
    fresh_until: Option<Timestamp>,
    fresh: bool,
}

/// A role that they hold.
#[derive(Clone, Debug, Serialize)]
struct Held {
    role: Text,
    organisation: String,
    everywhere: bool,
}

/// What they may do at the same places.
#[derive(Clone, Debug, Serialize)]
struct Group {
    platform: bool,
    /// Where it begins.
    organisations: Vec<String>,
    /// In how many organisations that is, with those below.
    count: u64,
    /// How many of those are below the ones that are named.
    below: u64,
    can: Vec<Text>,
}

impl Can {
    fn new(me: &Me, shell: Shell, now: Timestamp) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for may in &me.may {
            let organisations: Vec<String> =
                may.organisations.iter().map(|organisation| organisation.name.clone()).collect();
            let text = Text::new(what(may.scope));
            let same = groups
                .iter_mut()
                .find(|it| it.platform == may.platform && it.organisations == organisations);
            match same {
                Some(group) => group.can.push(text),
                None => groups.push(Group {
                    platform: may.platform,
                    count: may.count,
                    below: may.count.saturating_sub(organisations.len() as u64),
                    organisations,
                    can: vec![text],
                }),
            }
        }
        let fresh_until = me.fresh_until.map(at);
        Self {
            shell,
            roles: me
                .roles
                .iter()
                .map(|grant| Held {
                    role: Text::new(role(grant.role)),
                    organisation: grant.organisation.name.clone(),
                    everywhere: grant.role == Role::PlatformAdministrator,
                })
                .collect(),
            groups,
            logged_in_at: me.auth_time.map(at),
            fresh_until,
            fresh: fresh_until.is_some_and(|until| now < until),
        }
    }

    /// Somebody with roles at two places, each with others below it.
    pub(crate) fn places_sample() -> Self {
        let mut me = samples::me();
        let tywi = OrganisationRef { id: "tywi".into(), name: "Tywi <Trust>".into() };
        for may in &mut me.may {
            may.organisations.push(tywi.clone());
            may.count = 4000;
        }
        let shell = Shell::new(&me, Place::Can, &samples::forms());
        Self::new(&me, shell, Timestamp::from_millis(0))
    }

    /// Somebody who may do everything everywhere.
    pub(crate) fn platform_sample() -> Self {
        let mut me = samples::me();
        me.roles[0].role = Role::PlatformAdministrator;
        let may = |scope| May { scope, platform: true, organisations: vec![], count: 0 };
        me.may = AdminScope::ALL.map(may).to_vec();
        me.fresh_until = None;
        let shell = Shell::new(&me, Place::Can, &samples::forms());
        Self::new(&me, shell, Timestamp::from_millis(0))
    }
}

impl Page for Can {
    const TEMPLATE: &'static str = "console/can.html";
    const FORMS_LEAD_OUT: bool = true;

    fn sample() -> Self {
        Self::new(&samples::me(), samples::shell(Place::Can), Timestamp::from_millis(-1))
    }

    fn help(&self) -> Vec<Help> {
        vec![]
    }
}

/// The key of what a scope is in words.
pub(crate) fn what(scope: AdminScope) -> &'static str {
    match scope {
        AdminScope::PeopleRead => "console-may-people-read",
        AdminScope::PeopleWrite => "console-may-people-write",
        AdminScope::CredentialsRead => "console-may-credentials-read",
        AdminScope::CredentialsWrite => "console-may-credentials-write",
        AdminScope::CredentialsHelp => "console-may-credentials-help",
        AdminScope::SessionsRead => "console-may-sessions-read",
        AdminScope::SessionsWrite => "console-may-sessions-write",
        AdminScope::OrganisationsRead => "console-may-organisations-read",
        AdminScope::OrganisationsWrite => "console-may-organisations-write",
        AdminScope::ApplicationsRead => "console-may-applications-read",
        AdminScope::ApplicationsWrite => "console-may-applications-write",
        AdminScope::RolesRead => "console-may-roles-read",
        AdminScope::RolesWrite => "console-may-roles-write",
        AdminScope::KeysRead => "console-may-keys-read",
        AdminScope::KeysWrite => "console-may-keys-write",
        AdminScope::HealthRead => "console-may-health-read",
        AdminScope::HealthWrite => "console-may-health-write",
        AdminScope::ApprovalsWrite => "console-may-approvals-write",
        AdminScope::AuditRead => "console-may-audit-read",
    }
}

/// `GET /admin/can`
pub(crate) async fn show(asked: Asked) -> Response {
    let work = async {
        let admin = asked.admin().await?;
        Ok(asked.page(&Can::new(&admin.me, admin.shell(Place::Can), asked.now())))
    };
    asked.shown(work).await
}
