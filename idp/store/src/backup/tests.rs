mod postgres;

use std::path::PathBuf;
use std::time::Duration;

use latchkey_core::ids::{CeremonyId, OrganisationId};
use latchkey_core::policy::{Overrides, Preset};
use rusqlite::Connection;
use uuid::Uuid;

use super::*;
use crate::OrganisationRecord;
use crate::tests::{Fixture, On, Place as Database, at, on_each_database};

/// A file that is in use, with one organisation in it.
struct Scene {
    folder: tempfile::TempDir,
    store: Store,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("data/latchkey.db").display());
        let scene = Self { store: Store::open(&url).await.expect("a store"), folder };
        scene.add("amy").await;
        scene
    }

    async fn add(&self, slug: &str) {
        add(&self.store, slug).await;
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn url(&self, name: &str) -> String {
        format!("sqlite:{}", self.path(name).display())
    }

    /// Where the database in use is.
    fn used(&self) -> String {
        self.url("data/latchkey.db")
    }

    fn backup(&self, name: &str) -> PathBuf {
        let to = self.path(name);
        copy(&self.used(), &to).expect("a backup");
        to
    }

    /// What the folder holds beside the database in use.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        // A store that was dropped closes its file in a thread of its own.
        let closing = |name: &String| name.ends_with(".db-wal") || name.ends_with(".db-shm");
        names.retain(|name| name != "data" && !closing(name));
        names.sort();
        names
    }
}

async fn add(store: &Store, slug: &str) {
    let record = OrganisationRecord {
        id: OrganisationId(uuid(slug)),
        slug: slug.to_owned(),
        parent: None,
        name: slug.to_owned(),
        helpdesk: Default::default(),
        brand: Default::default(),
        preset: Preset::Small,
        usernames: Default::default(),
        overrides: Overrides::default(),
    };
    let write = async move |tx: &Tx| tx.insert_organisation(&record, at(0)).await;
    store.write::<_, Error, _>(write).await.expect("kept");
}

fn uuid(slug: &str) -> Uuid {
    let digest = latchkey_core::secrets::Digest::of(slug.as_bytes());
    Uuid::from_slice(&digest.as_bytes()[..16]).expect("16 bytes")
}

/// The organisations of a database, by name.
async fn names(url: &str) -> Vec<String> {
    let store = Store::open(url).await.expect("a store");
    let found = store.view().list_organisations().await.expect("read");
    let mut names: Vec<_> = found.into_iter().map(|record| record.slug).collect();
    names.sort();
    names
}

fn restore(from: &Path, url: &str, replace: bool) -> Result<()> {
    Restore::begin(url, from, replace)?.finish()
}

fn refusal(result: Result<()>) -> String {
    result.expect_err("refused").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_while_others_write_is_one_moment_of_the_database() {
    let scene = Scene::new().await;
    let (url, store) = (scene.used(), scene.store);
    let writing = tokio::spawn(async move {
        for number in 0..300 {
            add(&store, &format!("b-{number:03}")).await;
        }
    });
    let mut counts = Vec::new();
    for number in 0..4 {
        let to = scene.folder.path().join(format!("copy-{number}"));
        let (from, file) = (url.clone(), to.clone());
        let copied = tokio::task::spawn_blocking(move || copy(&from, &file));
        copied.await.expect("no panic").expect("a copy");
        let mut found = names(&format!("sqlite:{}", to.display())).await;
        assert_eq!(found.remove(0), "amy");
        let expected: Vec<_> = (0..found.len()).map(|number| format!("b-{number:03}")).collect();
        assert_eq!(found, expected, "without a gap");
        counts.push(found.len());
    }
    writing.await.expect("no write was refused");
    assert!(counts.is_sorted(), "{counts:?}");
    assert_eq!(names(&url).await.len(), 301);
}

#[tokio::test]
async fn a_copy_is_private_and_whole_and_replaces_nothing() {
    let scene = Scene::new().await;
    // What a killed program left is no hindrance.
    fs::write(scene.path("backup.partial"), "half").expect("written");
    let to = scene.backup("backup");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&to).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(scene.files(), ["backup"]);
    let before = fs::read(&to).expect("read");
    assert!(refusal(copy(&scene.used(), &to)).contains("already"));
    assert_eq!(fs::read(&to).expect("read"), before);
    let nowhere = scene.path("no/where");
    assert!(refusal(copy(&scene.used(), &nowhere)).contains("cannot make"));
    let missing = refusal(copy(&scene.url("missing.db"), &scene.path("other")));
    assert!(missing.contains("there is no database at"), "{missing}");
    assert_eq!(scene.files(), ["backup"]);
}

#[tokio::test]
async fn a_backup_comes_back_and_what_came_after_it_is_gone() {
    let scene = Scene::new().await;
    let from = scene.backup("backup");
    scene.add("ben").await;
    restore(&from, &scene.url("new/latchkey.db"), false).expect("restored");
    assert_eq!(names(&scene.url("new/latchkey.db")).await, ["amy"]);

    let url = scene.url("other.db");
    restore(&scene.backup("later"), &url, false).expect("restored");
    assert_eq!(names(&url).await, ["amy", "ben"]);
    let told = refusal(restore(&from, &url, false));
    assert!(told.contains("--replace"), "{told}");
    assert_eq!(names(&url).await, ["amy", "ben"]);
    restore(&from, &url, true).expect("restored");
    assert_eq!(names(&url).await, ["amy"]);
    assert_eq!(scene.files(), ["backup", "later", "new", "other.db"]);
}

#[tokio::test]
async fn a_database_in_use_is_not_replaced() {
    let scene = Scene::new().await;
    let from = scene.backup("backup");
    scene.add("ben").await;
    let told = refusal(restore(&from, &scene.used(), true));
    assert!(told.contains("stop it first"), "{told}");
    scene.add("cat").await;
    assert_eq!(names(&scene.used()).await, ["amy", "ben", "cat"]);

    // One that comes up between the first look and the end is found as well.
    let url = scene.url("other.db");
    restore(&from, &url, false).expect("restored");
    let begun = Restore::begin(&url, &from, true).expect("nobody uses it");
    let server = Store::open(&url).await.expect("a store");
    assert!(refusal(begun.finish()).contains("stop it first"));
    drop(server);
    assert_eq!(names(&url).await, ["amy"]);
}

#[tokio::test]
async fn a_file_that_is_no_whole_backup_changes_nothing() {
    let scene = Scene::new().await;
    let whole = fs::read(scene.backup("backup")).expect("read");
    let url = scene.url("kept.db");
    restore(&scene.path("backup"), &url, false).expect("restored");
    let bad = scene.path("bad");
    let page = 4096;
    for length in [0, 1, 50, 100, page - 1, page, page + 7, 3 * page, whole.len() / 2] {
        fs::write(&bad, &whole[..length]).expect("written");
        refusal(restore(&bad, &url, true));
        assert_eq!(names(&url).await, ["amy"], "cut at {length}");
    }
    fs::write(&bad, &whole[..whole.len() - page]).expect("written");
    let told = refusal(restore(&bad, &url, true));
    assert!(told.contains("damaged"), "{told}");
    fs::write(&bad, "people = []\n".repeat(1000)).expect("written");
    assert!(refusal(restore(&bad, &url, true)).contains("is not a database"));
    assert!(refusal(restore(&scene.path("none"), &url, true)).contains("there is no file"));

    let other = scene.path("browser.db");
    let line = Connection::open(&other).expect("a database");
    line.execute_batch("CREATE TABLE people (name TEXT); CREATE TABLE cookies (value TEXT);")
        .expect("made");
    assert!(refusal(restore(&other, &url, true)).contains("not a database of Latchkey"));
    let told = refusal(restore(&scene.path("backup"), &scene.url("browser.db"), true));
    assert!(told.contains("stop it first") || told.contains("not a database"), "{told}");
    drop(line);
    let told = refusal(restore(&scene.path("backup"), &scene.url("browser.db"), true));
    assert!(told.contains("not a database of Latchkey"), "somebody else's stays: {told}");
    assert!(refusal(copy(&scene.url("browser.db"), &scene.path("x"))).contains("of Latchkey"));
    assert_eq!(names(&url).await, ["amy"]);
    assert_eq!(scene.files(), ["backup", "bad", "browser.db", "kept.db"]);
}

#[tokio::test]
async fn a_locked_database_is_told_and_stays_as_it_is() {
    let scene = Scene::new().await;
    let from = scene.backup("backup");
    let url = scene.url("other.db");
    restore(&from, &url, false).expect("restored");
    let lock = Connection::open(scene.path("other.db")).expect("opened");
    lock.busy_timeout(Duration::ZERO).expect("set");
    lock.execute_batch("BEGIN EXCLUSIVE").expect("locked");
    let told = refusal(copy(&url, &scene.path("second")));
    assert!(told.contains("other.db is locked by another program"), "{told}");
    let told = refusal(restore(&from, &url, true));
    assert!(told.contains("locked by another program"), "{told}");
    lock.execute_batch("COMMIT").expect("unlocked");
    drop(lock);
    assert_eq!(scene.files(), ["backup", "other.db"]);
    assert_eq!(names(&url).await, ["amy"]);
}

on_each_database! {
    what_a_backup_remembers_of_log_ins_is_void,
}

async fn what_a_backup_remembers_of_log_ins_is_void(on: On) {
    let fixture = Fixture::new(on).await;
    let organisation = fixture.organisation("northgate").await;
    let person = fixture.person("ben", organisation).await;
    let session = fixture.session(person, "secret").await;
    let client = fixture.client("rota").await;
    let mut grant = fixture.grant("code", person, session, &client);
    grant.offline = true;
    let refresh = crate::Refresh {
        digest: latchkey_core::secrets::Digest::of(b"refresh"),
        grant: grant.id,
        issued_at: at(0),
        expires_at: at(600),
        used_at: None,
    };
    let ceremony = crate::Ceremony {
        id: CeremonyId(fixture.rng.uuid_v4()),
        kind: "assertion".to_owned(),
        binding: "flow".to_owned(),
        person: None,
        state: String::new(),
        expires_at: at(600),
    };
    let id = grant.id;
    fixture
        .keep(async move |tx: &Tx| {
            tx.redeem(&grant).await?;
            tx.insert_refresh(&refresh).await?;
            tx.insert_ceremony(&ceremony).await?;
            tx.settle("restoring", vec![1]).await
        })
        .await;
    assert!(fixture.store.view().restore_is_unfinished().await.expect("read"));
    assert_eq!(fixture.store.view().find_epoch().await.expect("read"), b"");
    let voided = fixture.keep(async |tx: &Tx| tx.void(b"one", at(7)).await).await;
    assert_eq!(voided, Voided { sessions: 1, grants: 1 });
    let view = fixture.store.view();
    let found = view.find_session_by_id(session).await.expect("read").expect("kept");
    assert_eq!(found.ended_at, Some(at(7)));
    assert!(view.find_live_grant(id).await.expect("read").is_none());
    assert!(view.find_refresh(refresh.digest).await.expect("read").is_none());
    assert!(!view.restore_is_unfinished().await.expect("read"));
    assert_eq!(view.find_epoch().await.expect("read"), b"one");
    let left = fixture.keep(async |tx: &Tx| tx.delete_expired_ceremonies(at(9999)).await).await;
    assert_eq!(left, 0, "no challenge can be answered");
    let voided = fixture.keep(async |tx: &Tx| tx.void(b"two", at(8)).await).await;
    assert_eq!(voided, Voided::default());
    assert_eq!(fixture.store.view().find_epoch().await.expect("read"), b"two");
}
