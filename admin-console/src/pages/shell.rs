//! What every page of somebody who is logged in has: who they are and where they look after people,
//! and a menu of what they may do.

use latchkey_api::AdminScope;
use latchkey_api::people::{Me, Role, RoleGrant};
use latchkey_core::colours::Colour;
use latchkey_web::{Form, Text};
use serde::Serialize;

use crate::PATH;
use crate::login::LOG_OUT_PATH;
use crate::pages::policy::{groups, key_models};
use crate::pages::{
    applications, approvals, audit, call, can, health, imports, keys, logo, organisations, people,
    policy, progress, roles,
};
use crate::visitor::Forms;

/// A place in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// Helping whoever calls.
    Calls,
    /// The list of people.
    People,
    /// How far people are with their keys.
    Progress,
    /// The models of the keys in use.
    KeyModels,
    /// What organisations ask of their people.
    Policy,
    /// Groups, of whom more is demanded.
    Groups,
    /// What waits for a second administrator.
    Approvals,
    /// Who has which role.
    Roles,
    /// Tables of people.
    Imports,
    /// The organisations.
    Organisations,
    /// What people log in to, and what acts for itself.
    Applications,
    /// What tokens are signed with.
    Keys,
    /// Who did what, and when.
    Audit,
    /// How the installation is.
    Health,
    /// What can you see and do?
    Can,
}

impl Place {
    /// In the menu's order, by group.
    const GROUPS: [&[Self]; 3] = [
        &[Self::Calls, Self::People, Self::Progress, Self::KeyModels],
        &[
            Self::Organisations,
            Self::Policy,
            Self::Groups,
            Self::Roles,
            Self::Approvals,
            Self::Imports,
            Self::Applications,
            Self::Keys,
            Self::Audit,
            Self::Health,
        ],
        &[Self::Can],
    ];

    /// The key of what it is called, with `menu-` that of its icon; where it is; and what somebody
    /// has to be allowed any of for it to be there for them: nothing where it is for all.
    fn facts(self) -> (&'static str, &'static str, &'static [AdminScope]) {
        match self {
            Self::Calls => ("calls", PATH, call::FINDS),
            Self::People => ("people", people::ADDRESS, call::FINDS),
            Self::Progress => ("progress", progress::ADDRESS, &[progress::SEES]),
            Self::KeyModels => {
                ("key-models", key_models::ADDRESS, &[AdminScope::OrganisationsRead])
            }
            Self::Policy => ("policy", policy::ADDRESS, &[AdminScope::OrganisationsRead]),
            Self::Groups => ("groups", groups::ADDRESS, &[AdminScope::OrganisationsRead]),
            Self::Approvals => ("approvals", approvals::ADDRESS, &[AdminScope::ApprovalsWrite]),
            Self::Roles => ("roles", roles::ADDRESS, &[AdminScope::RolesRead]),
            Self::Imports => ("imports", imports::ADDRESS, &[AdminScope::PeopleRead]),
            Self::Organisations => {
                ("organisations", organisations::ADDRESS, &[AdminScope::OrganisationsRead])
            }
            Self::Applications => {
                ("applications", applications::ADDRESS, &[AdminScope::ApplicationsRead])
            }
            Self::Keys => ("keys", keys::ADDRESS, &[AdminScope::KeysRead]),
            Self::Health => ("health", health::ADDRESS, &[AdminScope::HealthRead]),
            Self::Audit => ("audit", audit::ADDRESS, &[AdminScope::AuditRead]),
            Self::Can => ("can", can::ADDRESS, &[]),
        }
    }

    /// Whether it is in the menu of somebody.
    pub(crate) fn is_for(self, me: &Me) -> bool {
        let (_, _, any) = self.facts();
        any.is_empty() || any.iter().any(|scope| may(me, *scope))
    }
}

/// A line of the menu.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Item {
    slug: &'static str,
    label: Text,
    url: &'static str,
    current: bool,
    /// Whether it is the first of a group after another one.
    parted: bool,
    /// How much waits there.
    waits: u32,
}

/// What surrounds a page.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Shell {
    home: &'static str,
    name: String,
    role: Option<Text>,
    /// Where they look after people: an organisation by name, unless it is everywhere.
    organisation: Option<String>,
    /// Its colour as `#rrggbb`: it is written into a style sheet.
    colour: Option<String>,
    /// Where its picture is, if it has one.
    logo: Option<String>,
    everywhere: bool,
    /// How many organisations more.
    below: u64,
    menu: Vec<Item>,
    log_out: Form,
}

/// Whether somebody may do something anywhere.
pub(crate) fn may(me: &Me, scope: AdminScope) -> bool {
    me.may.iter().any(|may| may.scope == scope)
}

/// Whether somebody may do something in an organisation, on pages that know every one. Where there
/// are more than anybody is told, it is the API that judges.
pub(crate) fn may_in(me: &Me, scope: AdminScope, organisation: &str) -> bool {
    let mut of = me.may.iter().filter(|may| may.scope == scope);
    of.any(|may| {
        may.platform
            || may.organisations.iter().any(|it| it.id == organisation)
            || may.count > may.organisations.len() as u64
    })
}

/// The key of what a role is called.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Helpdesk => "console-role-helpdesk",
        Role::LocalAdministrator => "console-role-local-administrator",
        Role::Auditor => "console-role-auditor",
        Role::PlatformAdministrator => "console-role-platform-administrator",
    }
}

/// What there is for them.
fn menu(me: &Me, place: Place) -> Vec<Item> {
    let mut menu = Vec::new();
    for group in Place::GROUPS {
        let mut parted = !menu.is_empty();
        for item in group.iter().filter(|item| item.is_for(me)) {
            let (slug, url, _) = item.facts();
            let label = Text::new(format!("console-menu-{slug}"));
            let waits = if *item == Place::Approvals { me.approvals } else { 0 };
            menu.push(Item { slug, label, url, current: *item == place, parted, waits });
            parted = false;
        }
    }
    menu
}

impl Shell {
    pub(crate) fn new(me: &Me, place: Place, forms: &Forms) -> Self {
        let name = me.person.as_ref().map(|person| person.name.clone());
        // The widest of what they may do.
        let widest = me.may.iter().max_by_key(|may| (may.platform, may.count));
        // Who looks after everything is called that, whatever else they are.
        let everywhere = |grant: &&RoleGrant| grant.role == Role::PlatformAdministrator;
        let first = me.roles.iter().find(everywhere).or(me.roles.first());
        let own = first.map(|grant| grant.organisation.name.clone());
        let platform = widest.is_some_and(|may| may.platform);
        let branded = me.organisation.as_ref().filter(|_| !platform);
        let colour = branded.and_then(|of| Colour::parse(of.colour.as_deref()?));
        Self {
            home: PATH,
            name: name.or_else(|| me.client_id.clone()).unwrap_or_default(),
            role: first.map(|grant| Text::new(role(grant.role))),
            organisation: own,
            colour: colour.map(|colour| colour.to_string()),
            logo: branded.filter(|of| of.logo).map(|of| logo::address(&of.named.id)),
            everywhere: platform,
            below: widest.map_or(0, |may| may.count.saturating_sub(1)),
            menu: menu(me, place),
            log_out: forms.form(LOG_OUT_PATH),
        }
    }
}
