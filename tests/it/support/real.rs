//! The real server in the database that this run is about, and that database from the side.

use latchkey_test_databases::{self as databases, Database};
use latchkey_tests::server::{self, Installation};
use rusqlite::Connection;

/// An installation of the real server.
pub(crate) struct Real {
    /// The folder, the settings, the commands.
    pub(crate) installation: Installation,
    _database: Option<Database>,
}

impl Real {
    /// A new one with documents and further settings.
    pub(crate) fn new(documents: &str, more: &str) -> Self {
        let binary = server::binary().expect("beside the tests");
        let database = databases::chosen();
        let url = database.as_ref().map(|database| database.url.as_str());
        let installation = Installation::new(&binary, documents, url, more);
        let installation = installation.expect("tests/run builds the server before");
        Self { installation, _database: database }
    }

    /// How many rows a table has.
    pub(crate) fn count(&self, table: &str) -> i64 {
        let sql = format!("SELECT CAST(count(*) AS text) FROM {table}");
        let counted = match self.file() {
            Some(file) => file.query_row(&sql, [], |row| row.get(0)).expect("a number"),
            None => databases::texts(&self.installation.database, &sql).remove(0),
        };
        counted.parse().expect("a number")
    }

    /// Changes what is stored, as no server does.
    pub(crate) fn damage(&self, sql: &str) {
        let changed = match self.file() {
            Some(file) => file.execute(sql, []).expect("done") as u64,
            None => databases::execute(&self.installation.database, sql),
        };
        assert!(changed > 0, "{sql} changed nothing");
    }

    fn file(&self) -> Option<Connection> {
        let path = self.installation.database.strip_prefix("sqlite:")?;
        Some(Connection::open(path).expect("it opens"))
    }
}
