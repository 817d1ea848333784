//! Copies of the embedded database, by SQLite's online backup (sqlite.org/backup.html): writers go
//! on meanwhile, and whoever reads the copy finds one moment of it.

use std::path::Path;
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{Error, Result};

/// How long another program's lock is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a program that is about to end may still have a database open.
const LETS_GO_WITHIN: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Copies a database to a file that is there and empty, and verifies the copy.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    let source = open(from, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .or_else(|_| open(from, OpenFlags::SQLITE_OPEN_READ_ONLY))
        .map_err(|error| failure(from, &error))?;
    ours(&source, from)?;
    let mut target = open(to, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|e| failure(to, &e))?;
    pour(&source, from, &mut target, to)?;
    // Without a log beside it: one file is the whole of it.
    let alone = mode(&target, "DELETE").map_err(|error| failure(to, &error))?;
    if alone != "delete" {
        return Err(Error::Unavailable(format!("{} is used by another program", to.display())));
    }
    whole(&target, from)
}

/// Whether a backup may stand at a place: nobody uses it, and there is nothing, or nothing that
/// is to stay.
pub(super) fn vacant(database: &Path, replace: bool) -> Result<()> {
    if !database.exists() {
        return Ok(());
    }
    let there = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| failure(database, &error))?;
    seize(&there, database)?;
    let tables: i64 = there
        .query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
        .map_err(|error| failure(database, &error))?;
    if tables > 0 && !replace {
        return Err(Error::Configuration(format!(
            "there is data in {} already; --replace puts the backup in its place",
            database.display()
        )));
    }
    if tables > 0 { ours(&there, database) } else { Ok(()) }
}

/// Writes the log of a database that nobody uses any more into it.
pub(super) fn flatten(database: &Path) -> Result<()> {
    let line = open(database, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| failure(database, &error))?;
    line.busy_timeout(PATIENCE).map_err(|error| failure(database, &error))?;
    seize(&line, database)?;
    whole(&line, database)
}

/// Puts what one database holds in the other's place, in one transaction of the other's.
pub(super) fn replace(from: &Path, database: &Path) -> Result<()> {
    let source = open(from, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|e| failure(from, &e))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let mut target = open(database, flags).map_err(|error| failure(database, &error))?;
    seize(&target, database)?;
    pour(&source, from, &mut target, database)?;
    whole(&target, database)
}

/// Makes sure that nobody else uses a database: while anybody does, SQLite does not leave its
/// write-ahead log.
fn seize(line: &Connection, path: &Path) -> Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match mode(line, "DELETE") {
            Ok(mode) if mode == "delete" => return Ok(()),
            Err(error) if !is_busy(&error) => return Err(failure(path, &error)),
            // One that is about to end lets go in a moment; SQLite itself does not wait for it.
            Ok(_) | Err(_) if waited < LETS_GO_WITHIN => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            Ok(_) | Err(_) => {
                return Err(Error::Configuration(format!(
                    "a server or another program uses {}: stop it first",
                    path.display()
                )));
            }
        }
    }
}

fn pour(source: &Connection, from: &Path, target: &mut Connection, to: &Path) -> Result<()> {
    let backup = Backup::new(source, target).map_err(|error| failure(to, &error))?;
    let mut waited = Duration::ZERO;
    loop {
        // All pages in one step: one that reads them in several begins anew whenever somebody
        // writes in between.
        match backup.step(-1) {
            Ok(StepResult::Done) => return Ok(()),
            Ok(_) if waited < PATIENCE => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            Ok(_) => {
                return Err(Error::Unavailable(format!(
                    "{} is locked by another program",
                    from.display()
                )));
            }
            Err(error) => {
                let damaged = matches!(
                    error.sqlite_error_code(),
                    Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
                );
                return Err(failure(if damaged { from } else { to }, &error));
            }
        }
    }
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let line = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    line.busy_timeout(Duration::from_secs(1))?;
    // Opening alone reads nothing.
    line.query_row("PRAGMA schema_version", [], |row| row.get::<_, i64>(0))?;
    Ok(line)
}

fn mode(line: &Connection, wanted: &str) -> rusqlite::Result<String> {
    line.query_row(&format!("PRAGMA journal_mode = {wanted}"), [], |row| row.get(0))
}

/// Other programs keep their data in SQLite as well.
fn ours(line: &Connection, path: &Path) -> Result<()> {
    let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'table' \
               AND name IN ('seaql_migrations', 'settings', 'people')";
    let tables: i64 =
        line.query_row(sql, [], |row| row.get(0)).map_err(|error| failure(path, &error))?;
    if tables == 3 {
        return Ok(());
    }
    Err(Error::Configuration(format!("{} is not a database of Latchkey", path.display())))
}

fn whole(line: &Connection, path: &Path) -> Result<()> {
    let found: String = line
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| failure(path, &error))?;
    if found == "ok" {
        return Ok(());
    }
    Err(Error::Damaged(format!("{}: {}", path.display(), found.replace('\n', " "))))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn failure(path: &Path, error: &rusqlite::Error) -> Error {
    let path = path.display();
    match error.sqlite_error_code() {
        _ if is_busy(error) => Error::Unavailable(format!("{path} is locked by another program")),
        Some(ErrorCode::DiskFull) => {
            Error::Unavailable(format!("the disk is full: {path} cannot be written"))
        }
        Some(ErrorCode::NotADatabase) => {
            Error::Damaged(format!("{path} is not a database, or is cut short"))
        }
        Some(ErrorCode::DatabaseCorrupt) => {
            Error::Damaged(format!("{path} is damaged or cut short"))
        }
        _ => Error::Unavailable(format!("{path} cannot be read or written: {error}")),
    }
}
