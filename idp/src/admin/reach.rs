//! How far somebody reaches: which role lets them do what, in which organisations, and whom of the
//! people there they may change.

use std::collections::BTreeSet;

use latchkey_api::AdminScope;
use latchkey_api::people::Untouchable;
use latchkey_core::ids::OrganisationId;
use latchkey_core::roles::{Actor, Role, RoleGrant, Scope};
use latchkey_store::PersonRecord;

use super::caller::Known;
use super::failure::Failure;
use super::shape;
use crate::App;
use crate::oidc::caller::{self, Caller};

/// A role that somebody acts in, and where it holds.
struct Acting {
    role: Role,
    base: OrganisationId,
    scope: Scope,
}

/// How far somebody reaches with some scopes.
pub(super) struct Reach {
    acting: Vec<Acting>,
    scope: Scope,
}

/// Whether somebody may change a person.
pub(super) enum Reached {
    /// They may, as this.
    Touchable(Actor),
    /// They may not.
    Untouchable(Untouchable),
}

impl Reach {
    /// How far whoever calls reaches with any of these scopes.
    pub(super) async fn of(
        app: &App,
        known: &Known,
        scopes: &[AdminScope],
    ) -> Result<Self, Failure> {
        if let Caller::Service(service) = &known.caller {
            let scope = match service.reach {
                caller::Reach::Platform => Scope::Platform,
                caller::Reach::Organisation(root) => {
                    Scope::Organisations(app.store.view().list_subtree(root).await?)
                }
            };
            return Ok(Self { acting: Vec::new(), scope });
        }
        let mut acting = Vec::new();
        for grant in &known.roles {
            let lets = shape::role(grant.role).scopes();
            if !scopes.iter().any(|scope| lets.contains(scope)) {
                continue;
            }
            let scope = match grant.role {
                Role::PlatformAdministrator => Scope::Platform,
                _ => Scope::Organisations(app.store.view().list_subtree(grant.organisation).await?),
            };
            acting.push(Acting { role: grant.role, base: grant.organisation, scope });
        }
        // The strongest first: as that one somebody acts where several hold.
        acting.sort_by_key(|acting| std::cmp::Reverse(acting.role));
        let scope = acting.iter().map(|acting| acting.scope.clone()).reduce(joined);
        let scope = scope.unwrap_or_else(|| Scope::Organisations(BTreeSet::new()));
        Ok(Self { acting, scope })
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Where it begins: it holds in these organisations and below them. Nowhere where it is
    /// everywhere.
    pub(super) fn roots(&self, known: &Known) -> BTreeSet<OrganisationId> {
        if let Caller::Service(service) = &known.caller {
            return match service.reach {
                caller::Reach::Platform => BTreeSet::new(),
                caller::Reach::Organisation(root) => BTreeSet::from([root]),
            };
        }
        let inner = |base: OrganisationId| {
            self.acting.iter().any(|it| it.base != base && it.scope.contains(base))
        };
        let bases = self.acting.iter().map(|acting| acting.base);
        match self.scope {
            Scope::Platform => BTreeSet::new(),
            Scope::Organisations(_) => bases.filter(|base| !inner(*base)).collect(),
        }
    }

    /// Whether there is no organisation that they reach.
    pub(super) fn is_nowhere(&self) -> bool {
        matches!(&self.scope, Scope::Organisations(ids) if ids.is_empty())
    }

    /// As what whoever calls acts in an organisation; `None` when it is outside.
    pub(super) fn actor(&self, known: &Known, organisation: OrganisationId) -> Option<Actor> {
        if !self.scope.contains(organisation) {
            return None;
        }
        match &known.caller {
            Caller::Service(service) => {
                let (client, scope) = (service.client.clone(), self.scope.clone());
                Some(Actor::Service { client, scope })
            }
            Caller::Administrator(_) => {
                let acting = self.acting.iter().find(|it| it.scope.contains(organisation))?;
                acting.actor(known)
            }
        }
    }

    /// As what whoever calls acts for the whole installation.
    pub(super) fn actor_everywhere(&self, known: &Known) -> Option<Actor> {
        match &known.caller {
            Caller::Service(service) => (self.scope == Scope::Platform).then(|| {
                let (client, scope) = (service.client.clone(), self.scope.clone());
                Actor::Service { client, scope }
            }),
            Caller::Administrator(_) => {
                self.acting.iter().find(|it| it.scope == Scope::Platform)?.actor(known)
            }
        }
    }

    /// Whether a person inside may be changed, and as what.
    pub(super) async fn of_person(
        &self,
        app: &App,
        known: &Known,
        record: &PersonRecord,
    ) -> Result<Reached, Failure> {
        let person = &record.person;
        if let Caller::Administrator(who) = &known.caller
            && who.person.person.id == person.id
        {
            return Ok(Reached::Untouchable(Untouchable::Yourself));
        }
        let roles = match person.standing.administrator {
            true => app.store.view().list_roles(person.id).await?,
            false => Vec::new(),
        };
        if roles.is_empty() {
            let actor = self.actor(known, person.organisation).ok_or(Failure::NotFound)?;
            return Ok(Reached::Touchable(actor));
        }
        let mut why = Untouchable::HasRole;
        for acting in self.acting.iter().filter(|it| it.scope.contains(person.organisation)) {
            match acting.judge(&roles) {
                None => {
                    let actor = acting.actor(known).ok_or(Failure::NotFound)?;
                    return Ok(Reached::Touchable(actor));
                }
                Some(Untouchable::Peer) => why = Untouchable::Peer,
                Some(_) => {}
            }
        }
        Ok(Reached::Untouchable(why))
    }
}

impl Acting {
    fn actor(&self, known: &Known) -> Option<Actor> {
        let Caller::Administrator(who) = &known.caller else { return None };
        Some(Actor::Administrator {
            person: who.person.person.id,
            session: who.session,
            role: self.role,
            scope: self.scope.clone(),
        })
    }

    /// Why somebody with these roles is not theirs to change, if so. Only roles that begin strictly
    /// below are: whoever could change any other could make themselves more than they are.
    fn judge(&self, roles: &[RoleGrant]) -> Option<Untouchable> {
        let below = |grant: &RoleGrant| match &self.scope {
            Scope::Platform => grant.role != Role::PlatformAdministrator,
            Scope::Organisations(ids) => {
                grant.role != Role::PlatformAdministrator
                    && grant.organisation != self.base
                    && ids.contains(&grant.organisation)
            }
        };
        match self.role {
            Role::Helpdesk | Role::Auditor => Some(Untouchable::HasRole),
            Role::LocalAdministrator | Role::PlatformAdministrator => {
                (!roles.iter().all(below)).then_some(Untouchable::Peer)
            }
        }
    }
}

fn joined(one: Scope, other: Scope) -> Scope {
    match (one, other) {
        (Scope::Platform, _) | (_, Scope::Platform) => Scope::Platform,
        (Scope::Organisations(mut ids), Scope::Organisations(more)) => {
            ids.extend(more);
            Scope::Organisations(ids)
        }
    }
}
