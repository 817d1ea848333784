//! Copies of a server's database, by PostgreSQL's own programs: nobody else knows all of what a
//! server keeps. They are looked for on the path; the password is told to them in their
//! environment, where other users of the machine do not see it.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{Partial, UNFINISHED, beside, told};
use crate::{Error, Result};

/// Writes a dump, and reads it to its end.
pub(super) fn dump(url: &str, to: &Path) -> Result<()> {
    let connection = Connection::of(url);
    let mut dump = connection.program("pg_dump");
    dump.args(["--format=custom", "--no-owner", "--no-privileges", "--file"]).arg(to);
    run(dump, "pg_dump")?;
    script(to, Path::new("/dev/null"))
}

/// Puts a dump in the place of what is there, in one transaction that ends with a note that the
/// restore is not finished.
pub(super) fn restore(url: &str, from: &Path, replace: bool) -> Result<()> {
    let connection = Connection::of(url);
    let nodes = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND application_name = 'latchkey'";
    if connection.ask(nodes)? != "0" {
        return Err(told("a server uses the database: stop every node first".to_owned()));
    }
    let tables = connection.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")?;
    if tables != "0" {
        let ours = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' \
                    AND tablename IN ('seaql_migrations', 'settings', 'people')";
        if connection.ask(ours)? != "3" {
            return Err(told("the database is not one of Latchkey".to_owned()));
        }
        if !replace {
            return Err(told(
                "there is data in the database already; --replace puts the backup in \
                             its place"
                    .to_owned(),
            ));
        }
    }
    let partial = Partial::make(beside(from, "restoring"))?;
    let plain = Partial::make(beside(from, "plain"))?;
    script(from, &plain.path)?;
    assemble(&plain.path, &partial.path)
        .map_err(|error| told(format!("cannot write {}: {error}", partial.path.display())))?;
    let mut psql = connection.program("psql");
    psql.args(["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]);
    psql.arg("--output=/dev/null").arg("--file").arg(&partial.path);
    run(psql, "psql").map(drop)
}

/// The statements of a dump, which are not written when it is cut short.
fn script(dump: &Path, to: &Path) -> Result<()> {
    let mut read = Command::new("pg_restore");
    read.args(["--no-owner", "--no-privileges", "--exit-on-error", "--file"]).arg(to).arg(dump);
    match run(read, "pg_restore") {
        Ok(_) => Ok(()),
        Err(Error::Configuration(missing)) => Err(told(missing)),
        Err(error) => Err(Error::Damaged(format!(
            "{} is no whole backup of a PostgreSQL database ({error})",
            dump.display()
        ))),
    }
}

fn assemble(plain: &Path, to: &Path) -> std::io::Result<()> {
    let mut script = OpenOptions::new().append(true).open(to)?;
    // A newer version's tables, which are not in the dump, would be in its way later.
    script.write_all(
        b"SET lock_timeout = '5s';\nDO $$ DECLARE name text; BEGIN FOR name IN SELECT tablename \
          FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('DROP TABLE public.%I \
          CASCADE', name); END LOOP; END $$;\n",
    )?;
    std::io::copy(&mut std::fs::File::open(plain)?, &mut script)?;
    writeln!(
        script,
        "\nDELETE FROM public.settings WHERE name = '{UNFINISHED}';\n\
         INSERT INTO public.settings (name, value) VALUES ('{UNFINISHED}', '\\x01');"
    )?;
    script.sync_all()
}

/// How the programs reach the server.
struct Connection {
    url: String,
    password: Option<String>,
}

impl Connection {
    fn of(url: &str) -> Self {
        let parts = url.split_once("://").and_then(|(scheme, rest)| {
            let end = rest.find(['/', '?']).unwrap_or(rest.len());
            let at = rest[..end].rfind('@')?;
            let (user, password) = rest[..at].split_once(':')?;
            Some((format!("{scheme}://{user}{}", &rest[at..]), decoded(password)))
        });
        match parts {
            Some((url, password)) => Self { url, password: Some(password) },
            None => Self { url: url.to_owned(), password: None },
        }
    }

    fn program(&self, name: &str) -> Command {
        let mut program = Command::new(name);
        program.arg("--no-password").arg("--dbname").arg(&self.url);
        if let Some(password) = &self.password {
            program.env("PGPASSWORD", password);
        }
        program.env("PGAPPNAME", "latchkey backup");
        program
    }

    fn ask(&self, sql: &str) -> Result<String> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet", "--command", sql]);
        Ok(run(psql, "psql")?.trim().to_owned())
    }
}

/// What a program prints. A missing one is the operator's to install.
fn run(mut program: Command, name: &str) -> Result<String> {
    let output = match program.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(told(format!(
                "{name} is not installed: PostgreSQL's client programs are needed for this"
            )));
        }
        Err(error) => return Err(told(format!("{name} cannot be started: {error}"))),
    };
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    // Beside what failed stand notices of what did not.
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let error = lines
        .clone()
        .find(|line| ["error:", "ERROR:", "FATAL:"].iter().any(|word| line.contains(word)));
    let why = error.or_else(|| lines.next()).unwrap_or("it said nothing");
    Err(Error::Unavailable(format!("{name}: {}", why.trim())))
}

/// A part of an address without its percent signs (RFC 3986 §2.1).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_told_apart_from_its_address() {
        let of = |url| {
            let connection = Connection::of(url);
            (connection.url, connection.password)
        };
        assert_eq!(
            of("postgres://anna:p%40ss%2Fw:rd@db.example:5432/latchkey?sslmode=require"),
            (
                "postgres://anna@db.example:5432/latchkey?sslmode=require".to_owned(),
                Some("p@ss/w:rd".to_owned())
            )
        );
        for url in ["postgres://anna@db/latchkey", "postgres:///latchkey?host=/run/x:y@z"] {
            assert_eq!(of(url), (url.to_owned(), None));
        }
    }
}
