use latchkey_migrations::Migrator;
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};
use sea_orm_migration::MigratorTrait as _;

async fn schema(conn: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'seaql%' \
               ORDER BY name";
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql));
    let rows = rows.await.expect("read");
    rows.into_iter().map(|row| row.try_get::<String>("", "sql").expect("a text")).collect()
}

#[tokio::test]
async fn every_migration_goes_up_down_and_up_again_to_the_same_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("latchkey.db");
    let conn = crate::connect(&path.display().to_string(), 1, false).await.expect("a database");
    Migrator::up(&conn, None).await.expect("up");
    let first = schema(&conn).await;
    assert!(first.iter().any(|sql| sql.contains("people")));
    let steps = Migrator::migrations().len();
    for step in 1..=steps {
        Migrator::down(&conn, Some(1)).await.unwrap_or_else(|error| panic!("{step}: {error}"));
    }
    assert_eq!(schema(&conn).await, Vec::<String>::new(), "nothing is left behind");
    Migrator::up(&conn, None).await.expect("up again");
    assert_eq!(schema(&conn).await, first);
    Migrator::up(&conn, None).await.expect("a second time does nothing");
    assert_eq!(schema(&conn).await, first);
}

#[tokio::test]
async fn readers_cannot_write() {
    let fixture = super::Fixture::new().await;
    let readers = &fixture.store.readers;
    let sql = "DELETE FROM people";
    let written =
        readers.execute_raw(Statement::from_string(readers.get_database_backend(), sql)).await;
    assert!(written.is_err());
}
