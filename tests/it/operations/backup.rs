//! Backups of a running server, and what is true after one is restored.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::{Duration, Instant};

use latchkey_tests::application::userinfo;
use latchkey_tests::browser::{Browser, Site};
use latchkey_tests::kill::SETTINGS;
use latchkey_tests::kill::clients::{self, APPLICATION, Client};
use latchkey_tests::kill::database::Database;
use latchkey_tests::kill::journal::{Act, Told};
use latchkey_tests::server::{self, Installation};
use tokio::sync::mpsc::unbounded_channel;

use crate::support::smtp::Letter;

fn installation() -> Installation {
    installation_with(SETTINGS)
}

fn installation_with(settings: &str) -> Installation {
    let binary = server::binary().expect("beside the tests");
    let installation = Installation::new(&binary, &clients::documents(3), None, settings);
    installation.expect("tests/run builds the server before")
}

fn site(installation: &Installation) -> Arc<Site> {
    Site::new(&installation.issuer, installation.address()).expect("connections")
}

fn backup(installation: &Installation, to: &Path) -> Output {
    let mut command = installation.command("backup");
    command.arg("--to").arg(to).output().expect("it can be started")
}

fn restore(installation: &Installation, from: &Path, more: &[&str]) -> Output {
    let mut command = installation.command("restore");
    command.arg("--from").arg(from).args(more).output().expect("it can be started")
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The sentence of a refusal.
fn refused(output: &Output) -> String {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    let last = told.lines().last().unwrap_or_default().to_owned();
    assert!(last.starts_with("latchkey: "), "{told}");
    last
}

/// What a client holds of the application: an access and a refresh token.
fn tokens(client: &Client) -> (String, String) {
    let told = client.journal.entries().iter().rev().find_map(|entry| match &entry.told {
        Some(Told::Tokens { access, refresh }) => Some((access.clone(), refresh.clone())),
        _ => None,
    });
    told.expect("tokens")
}

/// The secret of the session that a client last used the application in.
fn session(client: &Client) -> String {
    let used = client.journal.entries().iter().rev().find_map(|entry| match &entry.act {
        Act::Open { session } => Some(session.clone()),
        _ => None,
    });
    used.expect("a session")
}

/// Waits for the letter about a key that the command line removed.
async fn told_of_removal(spool: &Path) -> Letter {
    let began = Instant::now();
    loop {
        let files = fs::read_dir(spool).into_iter().flatten().flatten();
        let texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        let mut letters = texts.map(|text| Letter::read(&text));
        let found = letters.find(|letter| {
            letter.subject == "A security key was removed"
                && letter.plain.contains("By: whoever runs this log-in service")
        });
        if let Some(letter) = found {
            return letter;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "no letter in {}", spool.display());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn database_file(installation: &Installation) -> PathBuf {
    installation.path("latchkey.db")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_ends_what_was_open_and_tells_which_keys_are_back() {
    let spool = tempfile::tempdir().expect("a folder");
    let post = spool.path().display();
    let installation = installation_with(&format!(
        "{SETTINGS}[mail]\nurl = \"spool:{post}\"\nfrom = \"login@latchkey.example\"\n"
    ));
    let server = installation.start().expect("it starts");
    let mut client = Client::new(0, 11, site(&installation), unbounded_channel().0);
    client.log_in().await.expect("logged in");
    client.register().await.expect("registered");
    client.use_application().await.expect("redeemed");
    let (access, refresh) = tokens(&client);
    let code = client.open().await.expect("a code");
    let session = session(&client);
    let held: Vec<String> = client.held.iter().map(|held| held.id.clone()).collect();

    let to = installation.path("backup");
    assert!(done(&backup(&installation, &to)).contains("needs the master key"));
    client.remove().await.expect("removed");
    let late = client.open().await.expect("a code");
    let still: Vec<String> = client.held.iter().map(|held| held.id.clone()).collect();
    let gone = held.iter().find(|id| !still.contains(id)).expect("one was removed").clone();
    let told = refused(&restore(&installation, &to, &["--replace"]));
    assert!(told.contains("stop it first"), "{told}");
    let database = Database::open(&installation).await.expect("readable");
    let stored = database.person(&client.username).await.expect("there");
    assert_eq!(stored.keys.len() + 1, held.len());
    let events: Vec<String> =
        stored.events.iter().map(|what| serde_json::to_string(what).expect("JSON")).collect();
    drop(database);
    server.stop().expect("it stops");

    let audit = installation.path("audit.jsonl");
    fs::write(&audit, events.join("\n")).expect("written");
    let audit = audit.display().to_string();
    assert!(refused(&restore(&installation, &to, &[])).contains("--replace puts the backup"));
    let told = done(&restore(&installation, &to, &["--replace", "--audit", &audit]));
    assert!(told.contains("were removed after the backup and work again"), "{told}");
    assert!(told.contains(&gone) && told.contains(&client.username), "{told}");
    assert!(still.iter().all(|id| !told.contains(id)), "{told}");

    let database = Database::open(&installation).await.expect("readable");
    assert_eq!(database.person(&client.username).await.expect("there").keys.len(), held.len());
    drop(database);
    let told = done(&restore(&installation, &to, &["--replace", "--audit", &audit, "--remove"]));
    assert!(told.contains("Removed again:") && told.contains(&gone), "{told}");

    let _server = installation.start().expect("it starts again");
    let letter = told_of_removal(spool.path()).await;
    assert!(letter.to.contains(&format!("{}@northgate.example", client.username)), "{}", letter.to);
    let site = site(&installation);
    for code in [&code, &late] {
        let answer = APPLICATION.redeem(&site, code).await.expect("an answer");
        assert_eq!(answer.text("error").expect("an error"), "invalid_grant");
    }
    let answer = APPLICATION.refresh(&site, &refresh).await.expect("an answer");
    assert_eq!(answer.text("error").expect("an error"), "invalid_grant");
    assert_eq!(userinfo(&site, &access).await.expect("an answer").status, 401);
    let mut browser = Browser::with_session(Arc::clone(&site), &session);
    let answer = browser.load("/account").await.expect("an answer");
    let to_login = answer.location.is_some_and(|to| to.starts_with("/login/"));
    assert!(to_login, "the session is over");
    let database = Database::open(&installation).await.expect("readable");
    let stored = database.person(&client.username).await.expect("there");
    let left: Vec<String> = stored.keys.iter().map(|key| key.id.to_string()).collect();
    assert!(!left.contains(&gone) && left.len() == still.len(), "{left:?}");
    let again = serde_json::to_string(&stored.events).expect("JSON");
    assert!(again.contains("credential_removed") && again.contains(&gone), "{again}");

    client.revive(site, unbounded_channel().0);
    client.log_in().await.expect("with a key that is left");
    client.use_application().await.expect("and tokens that count");
}

fn exported(installation: &Installation) -> String {
    done(&installation.command("export").output().expect("it can be started"))
}

#[test]
fn a_backup_of_another_master_key_or_a_bad_audit_export_changes_nothing() {
    let (mine, other) = (installation(), installation());
    let to = other.path("backup");
    done(&backup(&other, &to));
    let before = exported(&mine);
    let told = refused(&restore(&mine, &to, &["--replace"]));
    assert!(told.contains("is not the one that the database was made with"), "{told}");

    let own = mine.path("backup");
    done(&backup(&mine, &own));
    let audit = mine.path("audit.jsonl");
    for (text, place) in [("{\"kind\":\"logged_out\"}\nno JSON\n", 2), ("[1]", 1), ("{}", 1)] {
        fs::write(&audit, text).expect("written");
        let path = audit.display().to_string();
        let told = refused(&restore(&mine, &own, &["--replace", "--audit", &path]));
        assert!(told.contains(&format!("audit.jsonl:{place}: not an audit event")), "{told}");
    }
    let whole = fs::read(&own).expect("read");
    let cut = mine.path("cut");
    fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let told = refused(&restore(&mine, &cut, &["--replace"]));
    assert!(told.contains("cut") && told.contains("damaged"), "{told}");
    assert_eq!(exported(&mine), before);
    assert!(!mine.path("latchkey.db.restoring").exists());
    let list = mine.command("keys").arg("list").output().expect("started");
    assert!(list.status.success(), "its own data is as it was");
    assert_eq!(restore(&mine, &own, &["--remove"]).status.code(), Some(2), "without an export");
}

/// Runs a command with files limited to so many blocks of 512 bytes, as on a disk with no room.
fn short_of_room(command: &Command, blocks: u32, after: &str) -> Output {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{after} ulimit -f {blocks}; exec \"$0\" \"$@\""));
    shell.arg(command.get_program()).args(command.get_args());
    shell.output().expect("it can be started")
}

#[test]
fn without_room_there_is_a_sentence_and_without_a_program_nothing_half_done() {
    let installation = installation();
    let (kept, to) = (installation.path("kept"), installation.path("backup"));
    done(&backup(&installation, &kept));
    let before = fs::read(database_file(&installation)).expect("read").len();
    let mut save = installation.command("backup");
    save.arg("--to").arg(&to);
    // A file that may not grow is an error to a program that does not die of it.
    let told = refused(&short_of_room(&save, 64, "trap '' XFSZ;"));
    assert!(told.contains("backup.partial cannot be read or written"), "{told}");
    assert!(!to.exists() && !installation.path("backup.partial").exists());
    let mut put = installation.command("restore");
    put.arg("--from").arg(&kept).arg("--replace");
    let told = refused(&short_of_room(&put, 64, "trap '' XFSZ;"));
    assert!(told.contains("cannot be read or written"), "{told}");

    // To one that does, it is the end in the middle of its work.
    for command in [&save, &put] {
        let killed = short_of_room(command, 64, "");
        assert_eq!(killed.status.code(), None, "{}", String::from_utf8_lossy(&killed.stderr));
    }
    assert!(!to.exists());
    assert!(installation.path("backup.partial").exists(), "it died over this");
    assert_eq!(fs::read(database_file(&installation)).expect("read").len(), before);
    let _server = installation.start().expect("what was there is served");
    done(&backup(&installation, &to));
    assert!(!installation.path("backup.partial").exists());
}
