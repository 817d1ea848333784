//! How far each person is, as one number beside them: so that those few of a million who have nothing
//! yet are listed by an index. What the numbers mean is the store's. And whose the few keys are of a
//! model that hardly anybody has.

use sea_orm_migration::prelude::*;

const ENROLMENT: &str = "enrolment";
const BY_NUMBER: &str = "people_enrolment_username";
const BY_ORGANISATION: &str = "people_organisation_id_enrolment_username";
const BY_MODEL: &str = "credentials_aaguid_person_id";

/// The number of everybody who is there.
const FILL: &str = "UPDATE people SET enrolment =
    CASE
        WHEN (SELECT COUNT(*) FROM credentials
               WHERE person_id = people.id AND state = 'active') >= 2 THEN 7
        WHEN (SELECT COUNT(*) FROM credentials
               WHERE person_id = people.id AND state = 'active') = 1 THEN
            CASE
                WHEN EXISTS (SELECT 1 FROM credentials
                              WHERE person_id = people.id AND state = 'active' AND backup_eligible)
                  OR EXISTS (SELECT 1 FROM codes
                              WHERE person_id = people.id AND state = 'active'
                                AND kind = 'authenticator-app') THEN 6
                ELSE 5
            END
        WHEN EXISTS (SELECT 1 FROM codes
                      WHERE person_id = people.id AND state = 'active'
                        AND kind = 'authenticator-app') THEN 4
        ELSE CASE WHEN ever_had_factor OR has_role THEN 0 ELSE 2 END
           + CASE WHEN email IS NULL THEN 1 ELSE 0 END
    END
    + CASE state WHEN 'invited' THEN 8 WHEN 'disabled' THEN 16 ELSE 0 END";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A node of the version before adds people as active newcomers, which most of them are.
        let column = ColumnDef::new(ENROLMENT).big_integer().not_null().default(2).to_owned();
        let people = Table::alter().table("people").add_column(column).to_owned();
        manager.alter_table(people).await?;
        manager.get_connection().execute_unprepared(FILL).await?;
        // With the name last, so that the first of a list are the first that are read.
        for (name, table, columns) in [
            (BY_NUMBER, "people", &[ENROLMENT, "username"][..]),
            (BY_ORGANISATION, "people", &["organisation_id", ENROLMENT, "username"]),
            (BY_MODEL, "credentials", &["aaguid", "person_id"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in
            [(BY_MODEL, "credentials"), (BY_ORGANISATION, "people"), (BY_NUMBER, "people")]
        {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        let people = Table::alter().table("people").drop_column(ENROLMENT).to_owned();
        manager.alter_table(people).await
    }
}
