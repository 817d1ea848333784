//! People and their roles.

use std::collections::BTreeMap;

use latchkey_core::Timestamp;
use latchkey_core::credentials::Credential;
use latchkey_core::ids::{OrganisationId, PersonId, Subject, UserHandle};
use latchkey_core::people::{Person, PersonState, Reminder, Standing, Username};
use latchkey_core::roles::{Role, RoleGrant};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};

use crate::enrolment::of_new;
use crate::entity::people::{ActiveModel, Column, Entity, Model};
use crate::entity::{calls, ceremonies, flows, roles, sessions};
use crate::fixed::Fixed;
use crate::{Error, Result, Tx, View};

/// How many rows one statement names: both databases have a limit on what they bind.
const AT_A_TIME: usize = 500;

/// A person with what only log-in and administration need to know.
#[derive(Clone, Debug)]
pub struct PersonRecord {
    /// The person.
    pub person: Person,
    /// Their password as a PHC string; `None` when they have none.
    pub password_hash: Option<String>,
    /// The language that they last read our pages in (BCP 47), if that is known. Changed by
    /// [`Tx::set_locale`] only.
    pub locale: Option<String>,
}

impl PersonRecord {
    pub(crate) fn from_row(row: Model) -> Result<Self> {
        let username = Username::parse(&row.username);
        let handle = <[u8; 64]>::try_from(row.user_handle);
        Ok(Self {
            password_hash: row.password_hash,
            locale: row.locale,
            person: Person {
                id: PersonId(row.id),
                organisation: OrganisationId(row.organisation_id),
                subject: Subject(row.subject),
                user_handle: UserHandle(handle.map_err(|_| Error::damaged("people.user_handle"))?),
                username: username.map_err(|_| Error::damaged("people.username"))?,
                name: row.name,
                email: row.email,
                verified_email: row.verified_email,
                staff_number: row.staff_number,
                state: PersonState::parse(&row.state)
                    .ok_or_else(|| Error::damaged("people.state"))?,
                ever_had_factor: row.ever_had_factor,
                interested_at: row.interested_at.map(Timestamp::from_millis),
                claims: serde_json::from_str(&row.claims)?,
                updated_at: Timestamp::from_millis(row.updated_at),
                standing: Standing { administrator: row.has_role, grouped: row.has_groups },
                reminder: Reminder {
                    put_off: u32::try_from(row.spare_put_off).unwrap_or(u32::MAX),
                    until: row.spare_until.map(Timestamp::from_millis),
                },
            },
        })
    }

    fn to_row(&self) -> Result<ActiveModel> {
        let person = &self.person;
        Ok(ActiveModel {
            id: Set(person.id.0),
            organisation_id: Set(person.organisation.0),
            subject: Set(person.subject.0),
            user_handle: Set(person.user_handle.0.to_vec()),
            username: Set(person.username.as_str().to_owned()),
            name: Set(person.name.clone()),
            email: Set(person.email.clone()),
            verified_email: Set(person.verified_email.clone()),
            staff_number: Set(person.staff_number.clone()),
            state: Set(person.state.as_str().to_owned()),
            password_hash: Set(self.password_hash.clone()),
            ever_had_factor: Set(person.ever_had_factor),
            interested_at: Set(person.interested_at.map(Timestamp::millis)),
            claims: Set(serde_json::to_string(&person.claims)?),
            updated_at: Set(person.updated_at.millis()),
            ..ActiveModel::default()
        })
    }
}

impl View<'_> {
    /// A person by key.
    pub async fn find_person(&self, id: PersonId) -> Result<Option<PersonRecord>> {
        static QUERY: Fixed = Fixed::new();
        let query = || Entity::find_by_id(id.0);
        let row = QUERY.read(&self.conn, query, id.0.into(), Model::read).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// A person by what they type to log in: their user name, or an e-mail address that nobody else
    /// has and that they have shown to read. Any other address is as a name that nobody has, and
    /// takes as long.
    pub async fn find_person_by_login_name(
        &self,
        typed: &Username,
    ) -> Result<Option<PersonRecord>> {
        let named = self.find_person_by_username(typed).await?;
        if !typed.as_str().contains('@') {
            return Ok(named);
        }
        let lower = Expr::expr(Func::lower(Expr::col(Column::Email)));
        let addressed = Entity::find().filter(lower.eq(typed.as_str())).limit(2);
        let mut addressed = addressed.all(&self.conn).await?;
        let only = addressed.pop().filter(|_| addressed.is_empty());
        let only = only.map(PersonRecord::from_row).transpose()?;
        Ok(named.or(only.filter(|it| it.person.has_verified_email())))
    }

    /// A person by their user name.
    pub async fn find_person_by_username(&self, name: &Username) -> Result<Option<PersonRecord>> {
        let row = Entity::find().filter(Column::Username.eq(name.as_str())).one(&self.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// The people with these user names, in any order.
    pub async fn list_people_by_username(&self, names: &[Username]) -> Result<Vec<PersonRecord>> {
        let mut found = Vec::with_capacity(names.len());
        for some in names.chunks(AT_A_TIME) {
            let named = Column::Username.is_in(some.iter().map(Username::as_str));
            for row in Entity::find().filter(named).all(&self.conn).await? {
                found.push(PersonRecord::from_row(row)?);
            }
        }
        Ok(found)
    }

    /// The people of an organisation with these staff numbers, in any order.
    pub async fn list_people_by_staff_number(
        &self,
        organisation: OrganisationId,
        numbers: &[String],
    ) -> Result<Vec<PersonRecord>> {
        let mut found = Vec::new();
        for some in numbers.chunks(AT_A_TIME) {
            let rows = Entity::find()
                .filter(Column::OrganisationId.eq(organisation.0))
                .filter(Column::StaffNumber.is_in(some.iter().map(String::as_str)));
            for row in rows.all(&self.conn).await? {
                found.push(PersonRecord::from_row(row)?);
            }
        }
        Ok(found)
    }

    /// A person by what their security keys know them by.
    pub async fn find_person_by_handle(&self, handle: &[u8]) -> Result<Option<PersonRecord>> {
        let row = Entity::find().filter(Column::UserHandle.eq(handle)).one(&self.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// A person by what relying applications know them by.
    pub async fn find_person_by_subject(&self, subject: Subject) -> Result<Option<PersonRecord>> {
        let row = Entity::find().filter(Column::Subject.eq(subject.0)).one(&self.conn).await?;
        row.map(PersonRecord::from_row).transpose()
    }

    /// The roles that a person holds.
    pub async fn list_roles(&self, person: PersonId) -> Result<Vec<RoleGrant>> {
        let of_person = roles::Column::PersonId.eq(person.0);
        let rows = roles::Entity::find().filter(of_person).all(&self.conn).await?;
        rows.iter().map(role_from_row).collect()
    }

    /// Whether somebody active beside `person` holds a role, wherever.
    pub async fn is_held_by_others(&self, role: Role, person: PersonId) -> Result<bool> {
        let rows = roles::Entity::find()
            .filter(roles::Column::Role.eq(role.as_str()))
            .filter(roles::Column::PersonId.ne(person.0))
            .all(&self.conn)
            .await?;
        let active = Entity::find()
            .filter(Column::Id.is_in(rows.into_iter().map(|row| row.person_id)))
            .filter(Column::State.eq(PersonState::Active.as_str()));
        Ok(active.one(&self.conn).await?.is_some())
    }

    /// The names of the active people who hold `role` for exactly this organisation.
    pub async fn list_holders(
        &self,
        organisation: OrganisationId,
        role: Role,
    ) -> Result<Vec<Person>> {
        let of_organisation = roles::Column::OrganisationId.eq(organisation.0);
        let rows = roles::Entity::find()
            .filter(of_organisation)
            .filter(roles::Column::Role.eq(role.as_str()))
            .all(&self.conn)
            .await?;
        let ids = rows.into_iter().map(|row| row.person_id);
        let people = Entity::find()
            .filter(Column::Id.is_in(ids))
            .filter(Column::State.eq(PersonState::Active.as_str()))
            .all(&self.conn)
            .await?;
        people.into_iter().map(|row| PersonRecord::from_row(row).map(|r| r.person)).collect()
    }
}

pub(crate) fn role_from_row(row: &roles::Model) -> Result<RoleGrant> {
    Ok(RoleGrant {
        person: PersonId(row.person_id),
        role: Role::parse(&row.role).ok_or_else(|| Error::damaged("roles.role"))?,
        organisation: OrganisationId(row.organisation_id),
    })
}

impl Tx {
    /// Adds a person.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the user name is taken.
    pub async fn insert_person(&self, new: &PersonRecord) -> Result<()> {
        self.insert_people(std::slice::from_ref(new)).await
    }

    /// Adds people, by the fewest statements.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a user name is taken.
    pub async fn insert_people(&self, new: &[PersonRecord]) -> Result<()> {
        self.insert_people_with_keys(new, &[]).await
    }

    /// Adds people who come with their keys, by the fewest statements.
    ///
    /// # Errors
    /// [`Error::Conflict`] when a user name is taken, a key is registered already, or its person has
    /// the nickname.
    pub async fn insert_people_with_keys(
        &self,
        new: &[PersonRecord],
        keys: &[Credential],
    ) -> Result<()> {
        let mut theirs: BTreeMap<PersonId, Vec<&Credential>> = BTreeMap::new();
        for key in keys {
            theirs.entry(key.person).or_default().push(key);
        }
        for some in new.chunks(AT_A_TIME) {
            let mut rows = Vec::with_capacity(some.len());
            for record in some {
                let person = &record.person;
                let keys = theirs.get(&person.id).map(Vec::as_slice).unwrap_or_default();
                rows.push(ActiveModel {
                    enrolment: Set(of_new(person, keys)),
                    created_at: Set(person.updated_at.millis()),
                    locale: Set(record.locale.clone()),
                    ..record.to_row()?
                });
            }
            Entity::insert_many(rows).exec_without_returning(&self.conn()).await?;
        }
        self.insert_key_rows(keys).await?;
        self.insert_words(new, keys).await
    }

    /// Changes a person to what `record` says.
    pub async fn update_person(&self, record: &PersonRecord) -> Result<()> {
        Entity::update(record.to_row()?).exec(&self.conn()).await?;
        self.refresh_enrolment(&[record.person.id]).await?;
        self.refresh_words(&[record.person.id]).await
    }

    /// Notes that a person has had a factor beside the password. Never undone.
    pub async fn mark_ever_had_factor(&self, person: PersonId) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::EverHadFactor, Expr::value(true))
            .filter(Column::Id.eq(person.0))
            .filter(Column::EverHadFactor.eq(false))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(())
    }

    /// Notes that a person would like a key; `false` when that was known.
    pub async fn mark_interested(&self, person: PersonId, now: Timestamp) -> Result<bool> {
        let done = Entity::update_many()
            .col_expr(Column::InterestedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(person.0))
            .filter(Column::InterestedAt.is_null())
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Notes that a person put off adding a spare key until `until`; pressed twice, once.
    pub async fn put_off_spare(
        &self,
        person: PersonId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        let due = Column::SpareUntil.is_null().or(Column::SpareUntil.lte(now.millis()));
        Entity::update_many()
            .col_expr(Column::SparePutOff, Expr::col(Column::SparePutOff).add(1))
            .col_expr(Column::SpareUntil, Expr::value(until.millis()))
            .filter(Column::Id.eq(person.0))
            .filter(due)
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Forgets that a person put off adding a spare key: they have a new one.
    pub async fn reset_reminder(&self, person: PersonId) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::SparePutOff, Expr::value(0))
            .col_expr(Column::SpareUntil, Expr::value(None::<i64>))
            .filter(Column::Id.eq(person.0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes the language that a person reads.
    pub async fn set_locale(&self, person: PersonId, tag: &str) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Locale, Expr::value(tag))
            .filter(Column::Id.eq(person.0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Notes that a person reads what goes to an address.
    pub async fn verify_email(&self, person: PersonId, address: &str) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::VerifiedEmail, Expr::value(address))
            .filter(Column::Id.eq(person.0))
            .filter(Column::Email.eq(address))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Marks a person as invited, who has nothing to log in with.
    pub async fn mark_invited(&self, person: PersonId) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::State, Expr::value(PersonState::Invited.as_str()))
            .filter(Column::Id.eq(person.0))
            .filter(Column::State.eq(PersonState::Active.as_str()))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(())
    }

    /// Lets a person in who accepted their invitation, with the password that they chose, if they
    /// did; `false` when they are not invited any more.
    pub async fn accept_invitation(
        &self,
        person: PersonId,
        password: Option<&str>,
        now: Timestamp,
    ) -> Result<bool> {
        let mut update = Entity::update_many()
            .col_expr(Column::State, Expr::value(PersonState::Active.as_str()))
            .col_expr(Column::UpdatedAt, Expr::value(now.millis()));
        if let Some(hash) = password {
            update = update.col_expr(Column::PasswordHash, Expr::value(hash));
        }
        let done = update
            .filter(Column::Id.eq(person.0))
            .filter(Column::State.eq(PersonState::Invited.as_str()))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[person]).await?;
        Ok(done.rows_affected == 1)
    }

    /// Sets a password in place of the one that was seen; `false` when it was changed meanwhile.
    pub async fn set_password(
        &self,
        person: PersonId,
        seen: Option<&str>,
        new: &str,
        now: Timestamp,
    ) -> Result<bool> {
        let unchanged = match seen {
            Some(seen) => Column::PasswordHash.eq(seen),
            None => Column::PasswordHash.is_null(),
        };
        let done = Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(new))
            .col_expr(Column::UpdatedAt, Expr::value(now.millis()))
            .filter(Column::Id.eq(person.0))
            .filter(unchanged)
            .exec(&self.conn())
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// Replaces a password hash by a stronger one of the same password, unless it was changed.
    pub async fn rehash_password(&self, person: PersonId, old: &str, new: &str) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(new))
            .filter(Column::Id.eq(person.0))
            .filter(Column::PasswordHash.eq(old))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Removes a person and everything that hangs on them, their audit key among it; `false` when
    /// they are gone already.
    pub async fn delete_person(&self, person: PersonId) -> Result<bool> {
        let conn = self.conn();
        // What knows them without a reference of the database's own.
        let mine = sessions::Entity::find().filter(sessions::Column::PersonId.eq(person.0));
        for session in mine.all(&conn).await? {
            flows::Entity::delete_many()
                .filter(flows::Column::SessionId.eq(session.id))
                .exec(&conn)
                .await?;
        }
        ceremonies::Entity::delete_many()
            .filter(ceremonies::Column::PersonId.eq(person.0))
            .exec(&conn)
            .await?;
        calls::Entity::delete_many()
            .filter(calls::Column::PersonId.eq(person.0))
            .exec(&conn)
            .await?;
        Ok(Entity::delete_by_id(person.0).exec(&conn).await?.rows_affected == 1)
    }

    /// Ends a role; `false` when the person does not hold it.
    pub async fn delete_role(&self, grant: &RoleGrant) -> Result<bool> {
        let done = roles::Entity::delete_many()
            .filter(roles::Column::PersonId.eq(grant.person.0))
            .filter(roles::Column::Role.eq(grant.role.as_str()))
            .filter(roles::Column::OrganisationId.eq(grant.organisation.0))
            .exec(&self.conn())
            .await?;
        if self.view().list_roles(grant.person).await?.is_empty() {
            Entity::update_many()
                .col_expr(Column::HasRole, Expr::value(false))
                .filter(Column::Id.eq(grant.person.0))
                .exec(&self.conn())
                .await?;
            self.refresh_enrolment(&[grant.person]).await?;
        }
        Ok(done.rows_affected == 1)
    }

    /// Gives a person a role; `false` when they hold it already.
    pub async fn grant_role(&self, grant: &RoleGrant) -> Result<bool> {
        let row = roles::ActiveModel {
            person_id: Set(grant.person.0),
            role: Set(grant.role.as_str().to_owned()),
            organisation_id: Set(grant.organisation.0),
        };
        let columns = [roles::Column::PersonId, roles::Column::Role, roles::Column::OrganisationId];
        let nothing = OnConflict::columns(columns).do_nothing().to_owned();
        Entity::update_many()
            .col_expr(Column::HasRole, Expr::value(true))
            .filter(Column::Id.eq(grant.person.0))
            .exec(&self.conn())
            .await?;
        self.refresh_enrolment(&[grant.person]).await?;
        let added = roles::Entity::insert(row)
            .on_conflict(nothing)
            .exec_without_returning(&self.conn())
            .await?;
        Ok(added == 1)
    }
}
