use sea_orm::{ConnectionTrait as _, Statement};

use crate::embedded::WriteLine;
use crate::schema::{Target, of_embedded};

async fn schema(line: &WriteLine) -> Vec<String> {
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'seaql%' \
               ORDER BY name";
    let conn = line.orm();
    let rows = conn.query_all_raw(Statement::from_string(conn.get_database_backend(), sql));
    let rows = rows.await.expect("read");
    rows.into_iter().map(|row| row.try_get::<String>("", "sql").expect("a text")).collect()
}

#[tokio::test]
async fn every_migration_goes_up_down_and_up_again_to_the_same_schema() {
    let folder = tempfile::tempdir().expect("a folder");
    let line = WriteLine::open(&folder.path().join("latchkey.db")).await.expect("a database");
    of_embedded(&line, Target::Newest).await.expect("up");
    let first = schema(&line).await;
    assert!(first.iter().any(|sql| sql.contains("people")));
    for _ in latchkey_migrations::all() {
        of_embedded(&line, Target::Back(1)).await.expect("down");
    }
    assert_eq!(schema(&line).await, Vec::<String>::new(), "nothing is left behind");
    of_embedded(&line, Target::Newest).await.expect("up again");
    assert_eq!(schema(&line).await, first);
    of_embedded(&line, Target::Newest).await.expect("a second time does nothing");
    assert_eq!(schema(&line).await, first);
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
