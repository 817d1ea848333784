//! People who come by the dozen: what their organisation's payroll knows them by.

use sea_orm_migration::prelude::*;

const STAFF_NUMBER: &str = "staff_number";
const BY_STAFF_NUMBER: &str = "people_organisation_id_staff_number";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(STAFF_NUMBER).text().null().to_owned();
        let people = Table::alter().table("people").add_column(column).to_owned();
        manager.alter_table(people).await?;
        let index = Index::create()
            .name(BY_STAFF_NUMBER)
            .table("people")
            .col("organisation_id")
            .col(STAFF_NUMBER)
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(BY_STAFF_NUMBER).table("people").to_owned()).await?;
        let people = Table::alter().table("people").drop_column(STAFF_NUMBER).to_owned();
        manager.alter_table(people).await
    }
}
