//! What there is of one person, and who is in groups and has roles. Facts, never secrets.

use latchkey_core::Timestamp;
use latchkey_core::credentials::{Credential, CredentialState};
use latchkey_core::ids::{CodeId, CredentialId, GroupId, OrganisationId, PersonId, SessionId};
use latchkey_core::organisations::Group;
use latchkey_core::people::Username;
use latchkey_core::roles::{Role, RoleGrant, Scope};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _,
};

use super::{Within, people};
use crate::entity::people::Column;
use crate::entity::{groups, organisations, roles};
use crate::people::{PersonRecord, role_from_row};
use crate::{Call, OrganisationRecord, Result, Session};

/// What a person can type to log in or to begin, without what it is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeFacts {
    /// Their authenticator app.
    pub app: Option<AppFacts>,
    /// How many recovery codes they have left.
    pub recovery_codes: usize,
    /// Their last pass, whatever became of it.
    pub pass: Option<PassFacts>,
}

/// An authenticator app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppFacts {
    /// Its key.
    pub id: CodeId,
    /// Whether it works.
    pub state: CredentialState,
    /// When it was enrolled.
    pub added_at: Timestamp,
    /// When it last logged somebody in.
    pub last_used_at: Option<Timestamp>,
}

/// A pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PassFacts {
    /// Its key.
    pub id: CodeId,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it stops counting.
    pub expires_at: Timestamp,
    /// How often a wrong one may still be typed.
    pub tries_left: u32,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

impl Within<'_, '_> {
    /// A person by key.
    pub async fn find_person(&self, id: PersonId) -> Result<Option<PersonRecord>> {
        let row = people(self.scope).filter(Column::Id.eq(id.0)).one(&self.view.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// A person by user name.
    pub async fn find_person_by_username(&self, name: &Username) -> Result<Option<PersonRecord>> {
        let of_name = Column::Username.eq(name.as_str());
        let row = people(self.scope).filter(of_name).one(&self.view.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// The keys of a person, the first registered first. Suspended ones too.
    pub async fn list_credentials(&self, person: PersonId) -> Result<Vec<Credential>> {
        match self.find_person(person).await? {
            Some(_) => self.view.list_credentials(person).await,
            None => Ok(Vec::new()),
        }
    }

    /// A key of a person, if both are inside.
    pub async fn find_credential(
        &self,
        person: PersonId,
        id: CredentialId,
    ) -> Result<Option<Credential>> {
        match self.find_person(person).await? {
            Some(_) => self.view.find_credential(person, id).await,
            None => Ok(None),
        }
    }

    /// The open, logged-in sessions of a person, the latest first.
    pub async fn list_sessions(&self, person: PersonId, now: Timestamp) -> Result<Vec<Session>> {
        match self.find_person(person).await? {
            Some(_) => self.view.list_sessions(person, now).await,
            None => Ok(Vec::new()),
        }
    }

    /// A session of a person, ended and expired ones too.
    pub async fn find_session(
        &self,
        person: PersonId,
        session: SessionId,
    ) -> Result<Option<Session>> {
        let found = self.view.find_session_by_id(session).await?;
        match found.filter(|session| session.person == person) {
            Some(session) => Ok(self.find_person(person).await?.map(|_| session)),
            None => Ok(None),
        }
    }

    /// What a person can type; nothing of somebody who is outside.
    pub async fn find_codes(&self, person: PersonId) -> Result<CodeFacts> {
        if self.find_person(person).await?.is_none() {
            return Ok(CodeFacts::default());
        }
        let codes = self.view.list_codes(person).await?;
        Ok(CodeFacts {
            recovery_codes: codes.recovery.len(),
            app: codes.app.map(|app| AppFacts {
                id: app.id,
                state: app.state,
                added_at: app.added_at,
                last_used_at: app.last_used_at,
            }),
            pass: codes.pass.map(|pass| PassFacts {
                id: pass.id,
                issued_at: pass.issued_at,
                expires_at: pass.expires_at,
                tries_left: pass.tries_left,
                used_at: pass.used_at,
            }),
        })
    }

    /// The groups of organisations inside, by their names.
    pub async fn list_groups(&self) -> Result<Vec<Group>> {
        let mut query = groups::Entity::find();
        if let Scope::Organisations(ids) = self.scope {
            let ids = ids.iter().map(|id| id.0);
            query = query.filter(groups::Column::OrganisationId.is_in(ids));
        }
        let query = query.order_by_asc(groups::Column::Name).order_by_asc(groups::Column::Id);
        let rows = query.all(&self.view.conn).await?;
        rows.into_iter().map(crate::groups::from_row).collect()
    }

    /// A group of an organisation inside.
    pub async fn find_group(&self, id: GroupId) -> Result<Option<Group>> {
        let row = groups::Entity::find_by_id(id.0).one(&self.view.conn).await?;
        let group = row.map(crate::groups::from_row).transpose()?;
        Ok(group.filter(|group| self.scope.contains(group.organisation)))
    }

    /// The groups inside that a person inside is in.
    pub async fn list_groups_of(&self, person: PersonId) -> Result<Vec<Group>> {
        if self.find_person(person).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut groups = self.view.list_groups_of(person).await?;
        groups.retain(|group| self.scope.contains(group.organisation));
        Ok(groups)
    }

    /// The roles of a person inside for organisations inside. That they have others is told by
    /// their [`Standing`](latchkey_core::people::Standing).
    pub async fn list_roles(&self, person: PersonId) -> Result<Vec<RoleGrant>> {
        if self.find_person(person).await?.is_none() {
            return Ok(Vec::new());
        }
        let mut roles = self.view.list_roles(person).await?;
        roles.retain(|grant| self.scope.contains(grant.organisation));
        Ok(roles)
    }

    /// Who inside has a role for an organisation inside, or for one of all of them.
    pub async fn list_holders(&self, role: Option<Role>) -> Result<Vec<RoleGrant>> {
        let mut query = roles::Entity::find();
        if let Some(role) = role {
            query = query.filter(roles::Column::Role.eq(role.as_str()));
        }
        if let Scope::Organisations(ids) = self.scope {
            let mut homes = people(self.scope).into_query();
            homes.clear_selects().column(Column::Id);
            query = query
                .filter(roles::Column::OrganisationId.is_in(ids.iter().map(|id| id.0)))
                .filter(roles::Column::PersonId.in_subquery(homes));
        }
        let query = query
            .order_by_asc(roles::Column::OrganisationId)
            .order_by_asc(roles::Column::Role)
            .order_by_asc(roles::Column::PersonId);
        query.all(&self.view.conn).await?.iter().map(role_from_row).collect()
    }

    /// An organisation inside.
    pub async fn find_organisation(
        &self,
        id: OrganisationId,
    ) -> Result<Option<OrganisationRecord>> {
        if !self.scope.contains(id) {
            return Ok(None);
        }
        self.view.find_organisation(id).await
    }

    /// The organisations inside, by their names.
    pub async fn list_organisations(&self) -> Result<Vec<OrganisationRecord>> {
        let mut query = organisations::Entity::find();
        if let Scope::Organisations(ids) = self.scope {
            query = query.filter(organisations::Column::Id.is_in(ids.iter().map(|id| id.0)));
        }
        let query = query
            .order_by_asc(organisations::Column::Name)
            .order_by_asc(organisations::Column::Slug);
        let rows = query.all(&self.view.conn).await?;
        rows.into_iter().map(OrganisationRecord::from_row).collect()
    }

    /// The live call of a number: nobody's yet, or that of a person inside.
    pub async fn find_call(&self, number: &str, now: Timestamp) -> Result<Option<Call>> {
        let Some(call) = self.view.find_call(number, now).await? else { return Ok(None) };
        match call.person {
            Some(person) => Ok(self.find_person(person).await?.map(|_| call)),
            None => Ok(Some(call)),
        }
    }
}
