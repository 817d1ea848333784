//! Imports of people that go on behind an answer, and how far each is. Whoever carries one out is
//! heard of again and again; nobody else writes its row.

use latchkey_core::Timestamp;
use latchkey_core::ids::{ImportId, OrganisationId};
use latchkey_core::secrets::Sealed;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::entity::import_parts;
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
    /// Until when its table is kept, if it is.
    pub table_until: Option<Timestamp>,
    /// The import that took its table in, if one did or does.
    pub taken_in: Option<ImportId>,
}

/// A part of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportPart {
    /// Its key, which says nothing.
    pub id: Uuid,
    /// Whose table it is a part of.
    pub import: ImportId,
    /// Which part it is, from 0.
    pub number: u64,
    /// What it says, sealed: it names people.
    pub sealed: Sealed,
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
            table_until: row.table_until.map(Timestamp::from_millis),
            taken_in: row.taken_in.map(ImportId),
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
            table_until: Set(self.table_until.map(Timestamp::millis)),
            taken_in: Set(self.taken_in.map(|id| id.0)),
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

    /// An import, wherever its people are.
    pub async fn find_any_import(&self, id: ImportId) -> Result<Option<ImportRecord>> {
        let row = Entity::find_by_id(id.0).one(&self.conn).await?;
        row.map(ImportRecord::from_row).transpose()
    }

    /// The parts of the table of an import that are kept, in order.
    pub async fn list_import_parts(&self, id: ImportId) -> Result<Vec<Sealed>> {
        let rows = import_parts::Entity::find()
            .filter(import_parts::Column::ImportId.eq(id.0))
            .order_by_asc(import_parts::Column::Number)
            .all(&self.conn)
            .await?;
        Ok(rows.into_iter().map(|row| Sealed::from_bytes(row.sealed)).collect())
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

    /// Keeps a part of the table of an import.
    pub async fn insert_import_part(&self, new: &ImportPart) -> Result<()> {
        let row = import_parts::ActiveModel {
            id: Set(new.id),
            import_id: Set(new.import.0),
            number: Set(i64::try_from(new.number).unwrap_or(i64::MAX)),
            sealed: Set(new.sealed.as_bytes().to_vec()),
        };
        import_parts::Entity::insert(row).exec_without_returning(&self.conn()).await?;
        Ok(())
    }

    /// Notes which import takes the table of another in, unless that was noted meanwhile.
    pub async fn take_import_in(&self, table: &ImportRecord, by: ImportId) -> Result<bool> {
        let before = match table.taken_in {
            Some(before) => Column::TakenIn.eq(before.0),
            None => Column::TakenIn.is_null(),
        };
        let noted = Entity::update_many()
            .col_expr(Column::TakenIn, by.0.into())
            .filter(Column::Id.eq(table.id.0))
            .filter(before)
            .exec(&self.conn())
            .await?;
        Ok(noted.rows_affected == 1)
    }

    /// Forgets the table of an import.
    pub async fn delete_import_table(&self, id: ImportId) -> Result<()> {
        import_parts::Entity::delete_many()
            .filter(import_parts::Column::ImportId.eq(id.0))
            .exec(&self.conn())
            .await?;
        Entity::update_many()
            .col_expr(Column::TableUntil, Expr::value(None::<i64>))
            .filter(Column::Id.eq(id.0))
            .exec(&self.conn())
            .await?;
        Ok(())
    }

    /// Forgets tables whose time is over, and those that a node left behind that died while it kept
    /// them: parts of at most [`PORTION`](crate::PORTION) of each.
    pub async fn delete_import_parts_before(
        &self,
        now: Timestamp,
        heard: Timestamp,
    ) -> Result<u64> {
        let over = Condition::any().add(Column::TableUntil.lte(now.millis())).add(
            Condition::all()
                .add(Column::TableUntil.is_null())
                .add(Column::HeardAt.lt(heard.millis())),
        );
        let mut of = Entity::find().filter(over).into_query();
        of.clear_selects().column(Column::Id);
        let over = import_parts::Column::ImportId.in_subquery(of);
        self.delete_portion::<import_parts::Entity, _>(import_parts::Column::Id, over).await
    }

    /// Forgets imports that nothing was heard of since: at most [`PORTION`](crate::PORTION).
    pub async fn delete_imports_before(&self, before: Timestamp) -> Result<u64> {
        let over = Column::HeardAt.lt(before.millis());
        self.delete_portion::<Entity, _>(Column::Id, over).await
    }
}
