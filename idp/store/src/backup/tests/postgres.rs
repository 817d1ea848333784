use std::fs;

use super::*;

/// Two databases on a server, one with an organisation in it, and a folder for backups.
struct Scene {
    folder: tempfile::TempDir,
    one: Database,
    other: Database,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, other] = [On::Postgresql, On::Postgresql].map(Database::new);
        let store = Store::open(&one.url()).await.expect("a store");
        add(&store, "amy").await;
        gone(&one.url(), store);
        Self { folder, one, other }
    }

    fn backup(&self, database: &Database) -> PathBuf {
        let to = self.folder.path().join("backup");
        copy(&database.url(), &to).expect("a backup");
        to
    }

    fn files(&self) -> usize {
        fs::read_dir(self.folder.path()).expect("a folder").count()
    }
}

/// The organisations of a database that waits for the end of its restore, by name.
async fn restored(url: &str) -> Vec<String> {
    let store = Store::open(url).await.expect("a store");
    assert!(store.view().restore_is_unfinished().await.expect("read"), "no node serves it yet");
    let void = async |tx: &Tx| tx.void(b"one", at(1)).await;
    store.write::<_, Error, _>(void).await.expect("void");
    assert!(!store.view().restore_is_unfinished().await.expect("read"));
    gone(url, store);
    let names = names(url).await;
    quiet(url);
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_of_a_server_in_use_goes_into_another_and_over_what_is_there() {
    let scene = Scene::new().await;
    let store = Store::open(&scene.one.url()).await.expect("a store");
    let from = scene.backup(&scene.one);
    add(&store, "later").await;
    #[cfg(unix)]
    {
        let about = fs::metadata(&from).expect("there");
        let mode = std::os::unix::fs::PermissionsExt::mode(&about.permissions());
        assert_eq!(mode & 0o777, 0o600, "it holds hashes");
    }
    let told = refusal(restore(&from, &scene.one.url(), true));
    assert!(told.contains("stop every node first"), "{told}");
    gone(&scene.one.url(), store);

    restore(&from, &scene.other.url(), false).expect("into an empty one");
    assert_eq!(restored(&scene.other.url()).await, ["amy"]);
    let told = refusal(restore(&from, &scene.one.url(), false));
    assert!(told.contains("--replace puts the backup"), "{told}");
    assert_eq!(names(&scene.one.url()).await, ["amy", "later"]);
    quiet(&scene.one.url());
    restore(&from, &scene.one.url(), true).expect("over what was there");
    assert_eq!(restored(&scene.one.url()).await, ["amy"]);
    let told = refusal(copy(&scene.one.url(), &from));
    assert!(told.contains("there is a file"), "{told}");
    assert_eq!(scene.files(), 1, "nothing is left beside it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_whole_dump_or_no_database_of_ours_is_refused_and_nothing_changes() {
    let scene = Scene::new().await;
    let from = scene.backup(&scene.one);
    let whole = fs::read(&from).expect("read");
    let cut = scene.folder.path().join("cut");
    for bytes in [&whole[..whole.len() / 2], &whole[..40], b"", b"SELECT 1;"] {
        fs::write(&cut, bytes).expect("written");
        let told = refusal(restore(&cut, &scene.one.url(), true));
        assert!(told.contains("cut is no whole backup of a PostgreSQL database"), "{told}");
    }
    assert_eq!(names(&scene.one.url()).await, ["amy"]);
    execute(&scene.other.url(), "CREATE TABLE theirs (id int)");
    let told = refusal(restore(&from, &scene.other.url(), true));
    assert!(told.contains("not one of Latchkey"), "{told}");
    execute(&scene.other.url(), "SELECT id FROM theirs");
    let nowhere = "postgres://nobody:sEcret@127.0.0.1:1/nothing";
    let told = refusal(copy(nowhere, &scene.folder.path().join("new")));
    assert!(told.contains("pg_dump: ") && !told.contains("sEcret"), "{told}");
    assert!(!scene.folder.path().join("new").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_fails_in_its_middle_leaves_what_was_there() {
    let scene = Scene::new().await;
    let from = scene.backup(&scene.one);
    let store = Store::open(&scene.one.url()).await.expect("a store");
    add(&store, "later").await;
    gone(&scene.one.url(), store);
    // Somebody reads one of the tables for longer than the restore waits.
    let (begun, holds) = std::sync::mpsc::channel();
    let url = scene.one.url();
    let reader = std::thread::spawn(move || {
        let mut psql = std::process::Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--dbname", &url]);
        psql.args(["--command", "BEGIN; LOCK TABLE settings IN ACCESS SHARE MODE;"]);
        psql.args(["--command", "\\echo locked"]);
        psql.args(["--command", "SELECT pg_sleep(8)"]);
        let mut child = psql.stdout(std::process::Stdio::piped()).spawn().expect("psql");
        let mut line = [0; 6];
        let mut out = child.stdout.take().expect("piped");
        std::io::Read::read_exact(&mut out, &mut line).expect("a line");
        begun.send(()).expect("awaited");
        child.wait().expect("it ends");
    });
    holds.recv().expect("locked");
    let told = refusal(restore(&from, &scene.one.url(), true));
    assert!(told.contains("lock timeout"), "{told}");
    reader.join().expect("no panic");
    assert_eq!(names(&scene.one.url()).await, ["amy", "later"]);
}

/// Lets go of a store, and waits until the server has noticed.
fn gone(url: &str, store: Store) {
    drop(store);
    quiet(url);
}

fn quiet(url: &str) {
    let ours = "DO $$ BEGIN FOR i IN 1..500 LOOP PERFORM pg_stat_clear_snapshot(); \
                IF NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                AND application_name = 'latchkey') THEN RETURN; END IF; PERFORM pg_sleep(0.01); \
                END LOOP; RAISE 'a node is still there'; END $$";
    execute(url, ours);
}

fn execute(url: &str, sql: &str) {
    let mut psql = std::process::Command::new("psql");
    let done = psql.args(["--no-psqlrc", "--quiet", "--dbname", url, "--command", sql]).output();
    let done = done.expect("psql");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
