//! A table in a few words: the column kinds that both databases share.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// A table under construction.
pub(crate) struct NewTable {
    name: &'static str,
    statement: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
    keyed_alone: bool,
}

/// What a column holds.
pub(crate) enum Kind {
    Uuid,
    Text,
    Integer,
    Flag,
    Bytes,
}

use Kind::{Bytes, Flag, Integer, Text, Uuid};

impl NewTable {
    pub(crate) fn named(name: &'static str) -> Self {
        let statement = Table::create().table(name).to_owned();
        Self { name, statement, indexes: Vec::new(), keyed_alone: false }
    }

    fn column(mut self, name: &'static str, kind: &Kind, null: bool) -> Self {
        let mut column = ColumnDef::new(name);
        match kind {
            Uuid => column.uuid(),
            Text => column.text(),
            Integer => column.big_integer(),
            Flag => column.boolean(),
            Bytes => column.binary(),
        };
        if null {
            column.null();
        } else {
            column.not_null();
        }
        self.statement.col(column);
        self
    }

    pub(crate) fn uuid(self, name: &'static str) -> Self {
        self.column(name, &Uuid, false)
    }

    pub(crate) fn text(self, name: &'static str) -> Self {
        self.column(name, &Text, false)
    }

    pub(crate) fn integer(self, name: &'static str) -> Self {
        self.column(name, &Integer, false)
    }

    pub(crate) fn flag(self, name: &'static str) -> Self {
        self.column(name, &Flag, false)
    }

    pub(crate) fn bytes(self, name: &'static str) -> Self {
        self.column(name, &Bytes, false)
    }

    /// A column that may be empty.
    pub(crate) fn optional(self, name: &'static str, kind: &Kind) -> Self {
        self.column(name, kind, true)
    }

    pub(crate) fn key(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        for column in columns {
            index.col(*column);
        }
        self.statement.primary_key(&mut index);
        self
    }

    /// Kept in the order of its key and nowhere else, where a database can be told so.
    pub(crate) fn keyed_alone(self) -> Self {
        Self { keyed_alone: true, ..self }
    }

    /// A reference to another table's `id` whose rows go when that row goes.
    pub(crate) fn belongs_to(mut self, column: &'static str, table: &'static str) -> Self {
        self.statement.foreign_key(
            ForeignKey::create()
                .from(self.name, column)
                .to(table, "id")
                .on_delete(ForeignKeyAction::Cascade),
        );
        self
    }

    /// A reference to another table's `id` that keeps that row from going.
    pub(crate) fn refers_to(mut self, column: &'static str, table: &'static str) -> Self {
        self.statement.foreign_key(
            ForeignKey::create()
                .from(self.name, column)
                .to(table, "id")
                .on_delete(ForeignKeyAction::Restrict),
        );
        self
    }

    fn indexed(mut self, columns: &[&'static str], unique: bool) -> Self {
        let name = format!("{}_{}", self.name, columns.join("_"));
        let mut index = Index::create().name(name).table(self.name).to_owned();
        for column in columns {
            index.col(*column);
        }
        if unique {
            index.unique();
        }
        self.indexes.push(index);
        self
    }

    pub(crate) fn unique(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, true)
    }

    pub(crate) fn index(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, false)
    }

    pub(crate) async fn create(mut self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        if self.keyed_alone && manager.get_database_backend() == DbBackend::Sqlite {
            self.statement.extra("WITHOUT ROWID");
        }
        manager.create_table(self.statement).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Drops tables, the last made first.
pub(crate) async fn drop_all(
    manager: &SchemaManager<'_>,
    names: &[&'static str],
) -> Result<(), DbErr> {
    for name in names.iter().rev() {
        manager.drop_table(Table::drop().table(*name).to_owned()).await?;
    }
    Ok(())
}
