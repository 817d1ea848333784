//! People who come by the dozen: what their organisation's payroll knows them by, and which address
//! they have shown to read, so that it logs them in as their user name does; and what user names
//! look like in an organisation.

use sea_orm_migration::prelude::*;

const STAFF_NUMBER: &str = "staff_number";
const BY_STAFF_NUMBER: &str = "people_organisation_id_staff_number";
/// Counts as long as it is their address: whoever changes that need not know of this.
const VERIFIED_EMAIL: &str = "verified_email";
const BY_EMAIL: &str = "people_lower_email";
/// Where a link's letter went, if it went anywhere.
const SENT_TO: &str = "sent_to";
/// What user names of new people look like.
const USERNAMES: &str = "usernames";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in
            [("people", STAFF_NUMBER), ("people", VERIFIED_EMAIL), ("links", SENT_TO)]
        {
            let column = ColumnDef::new(column).text().null().to_owned();
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // With a default, so that a node of the version before can still add an organisation.
        let column = ColumnDef::new(USERNAMES).text().not_null().default("{}").to_owned();
        let organisations = Table::alter().table("organisations").add_column(column).to_owned();
        manager.alter_table(organisations).await?;
        let index = Index::create()
            .name(BY_STAFF_NUMBER)
            .table("people")
            .col("organisation_id")
            .col(STAFF_NUMBER)
            .to_owned();
        manager.create_index(index).await?;
        // An address is looked up without regard to case.
        let index = format!("CREATE INDEX {BY_EMAIL} ON people (lower(email))");
        manager.get_connection().execute_unprepared(&index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in [BY_EMAIL, BY_STAFF_NUMBER] {
            manager.drop_index(Index::drop().name(index).table("people").to_owned()).await?;
        }
        for (table, column) in [
            ("organisations", USERNAMES),
            ("links", SENT_TO),
            ("people", VERIFIED_EMAIL),
            ("people", STAFF_NUMBER),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
