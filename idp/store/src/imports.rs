//! Imports of people that go on behind an answer, and how far each is. Whoever carries one out is
//! heard of again and again; nobody else writes its row.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ImportId, OrganisationId};
use latchkey_core::secrets::Sealed;
use sea_orm::{ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::imports::{ActiveModel, Column, Entity, Model};
use crate::{Error, Result, Tx, View};

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportState {
    /// It is under way, as far as whoever carries it out was heard of.
    Running,
    /// It is done.
    Done,
    /// The table is wrong, and nothing was kept.
    Refused,
    /// It stopped on the way.
    Failed,
}

impl ImportState {
    const ALL: [Self; 4] = [Self::Running, Self::Done, Self::Refused, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == text);
        found.ok_or_else(|| Error::damaged("imports.state"))
    }
}

/// An import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRecord {
    /// Its key.
    pub id: ImportId,
    /// Whose people the table lists.
    pub organisation: OrganisationId,
    /// Whether it only tells what would be done.
    pub dry_run: bool,
    /// Whether whoever is new is invited.
    pub invite: bool,
    /// How far it is.
    pub state: ImportState,
    /// Rows in the table, once they were counted.
    pub rows: u64,
    /// Rows that are done.
    pub done: u64,
    /// People who were added.
    pub added: u64,
    /// People who were changed.
    pub changed: u64,
    /// Rows that are wrong.
    pub wrong: u64,
    /// What is wrong, sealed: it names people.
    pub errors: Option<Sealed>,
    /// When it began.
    pub started_at: Timestamp,
    /// When whoever carries it out was last heard of.
    pub heard_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl ImportRecord {
    pub(crate) fn from_row(row: Model) -> Result<Self> {
        let number = |value: i64| u64::try_from(value).unwrap_or_default();
        Ok(Self {
            id: ImportId(row.id),
            organisation: OrganisationId(row.organisation_id),
            dry_run: row.dry_run,
            invite: row.invite,
            state: ImportState::parse(&row.state)?,
            rows: number(row.row_count),
            done: number(row.done),
            added: number(row.added),
            changed: number(row.changed),
            wrong: number(row.wrong),
            errors: row.errors.map(Sealed::from_bytes),
            started_at: Timestamp::from_millis(row.started_at),
            heard_at: Timestamp::from_millis(row.heard_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
        })
    }

    fn to_row(&self) -> ActiveModel {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        ActiveModel {
            id: Set(self.id.0),
            organisation_id: Set(self.organisation.0),
            dry_run: Set(self.dry_run),
            invite: Set(self.invite),
            state: Set(self.state.as_str().to_owned()),
            row_count: Set(number(self.rows)),
            done: Set(number(self.done)),
            added: Set(number(self.added)),
            changed: Set(number(self.changed)),
            wrong: Set(number(self.wrong)),
            errors: Set(self.errors.as_ref().map(|sealed| sealed.as_bytes().to_vec())),
            started_at: Set(self.started_at.millis()),
            heard_at: Set(self.heard_at.millis()),
            ended_at: Set(self.ended_at.map(Timestamp::millis)),
        }
    }
}

impl View<'_> {
    /// The import of people of an organisation that is under way and was heard of since, if any.
    pub async fn find_running_import(
        &self,
        organisation: OrganisationId,
        since: Timestamp,
    ) -> Result<Option<ImportRecord>> {
        let row = Entity::find()
            .filter(Column::OrganisationId.eq(organisation.0))
            .filter(Column::State.eq(ImportState::Running.as_str()))
            .filter(Column::HeardAt.gte(since.millis()))
            .one(&self.conn)
            .await?;
        row.map(ImportRecord::from_row).transpose()
    }
}

impl Tx {
    /// Keeps an import that begins.
    pub async fn insert_import(&self, new: &ImportRecord) -> Result<()> {
        Entity::insert(new.to_row()).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Notes how far an import is that is under way.
    pub async fn update_import(&self, record: &ImportRecord) -> Result<()> {
        Entity::update_many()
            .set(record.to_row())
            .filter(Column::Id.eq(record.id.0))
            .filter(Column::State.eq(ImportState::Running.as_str()))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Forgets imports that nothing was heard of since: at most [`PORTION`](crate::PORTION).
    pub async fn delete_imports_before(&self, before: Timestamp) -> Result<u64> {
        let over = Column::HeardAt.lt(before.millis());
        self.delete_portion::<Entity, _>(Column::Id, over).await
    }
}
