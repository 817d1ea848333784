use std::path::PathBuf;
use std::time::Duration;

use latchkey_core::audit::What;
use latchkey_core::rng::SeededRng;
use latchkey_core::roles::Actor;
use latchkey_core::secrets::{Sealed, Versioned};
use latchkey_store::Error;

use super::rotation::{PUBLISHED_AFTER, Resealed, Rotated};
use super::*;
use crate::audit::Origin;

const LEAD: Duration = Duration::from_secs(3600);

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(1_800_000_000).plus(Duration::from_secs(seconds))
}

fn by(seconds: u64) -> Origin {
    Origin { actor: Actor::Cli, address: None, at: at(seconds) }
}

/// A database and a master key in a folder; as many nodes as open it.
struct Scene {
    folder: tempfile::TempDir,
    rng: SeededRng,
}

struct Node {
    store: Store,
    keys: Keys,
}

impl Scene {
    fn new() -> Self {
        Self::seeded(5)
    }

    fn seeded(seed: u64) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), rng: SeededRng::new(seed) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("master.key")
    }

    async fn store(&self) -> Store {
        let database = self.folder.path().join("latchkey.db");
        Store::open(&format!("sqlite:{}", database.display())).await.expect("a store")
    }

    async fn node(&self) -> Node {
        let store = self.store().await;
        let source = MasterKey::File(self.file());
        let keys = Keys::open(&source, &store, &self.rng, at(0)).await.expect("keys");
        Node { store, keys }
    }

    /// Why a node does not come up.
    async fn refusal(&self) -> String {
        let store = self.store().await;
        let source = MasterKey::File(self.file());
        let opened = Keys::open(&source, &store, &self.rng, at(0)).await;
        format!("{:#}", opened.err().expect("refused"))
    }
}

impl Node {
    async fn published(&self, seconds: u64) -> Arc<Published> {
        self.keys.signing(&self.store, at(seconds)).await
    }

    async fn signer(&self, seconds: u64) -> String {
        let published = self.published(seconds).await;
        published.set.signer(Algorithm::Es256).expect("a key").kid().to_owned()
    }

    async fn rotate(&self, rng: &dyn Rng, seconds: u64) -> Rotated {
        let by = by(seconds);
        let rotated = self.keys.rotate_signing(&self.store, rng, Algorithm::Es256, &by, LEAD);
        rotated.await.expect("rotated")
    }

    async fn count(&self, seconds: u64) -> usize {
        let published = self.published(seconds).await;
        let jwks: serde_json::Value = serde_json::from_slice(&published.jwks).expect("json");
        jwks["keys"].as_array().expect("keys").len()
    }

    async fn kids(&self, seconds: u64) -> Vec<String> {
        let published = self.published(seconds).await;
        let jwks: serde_json::Value = serde_json::from_slice(&published.jwks).expect("json");
        let keys = jwks["keys"].as_array().expect("keys").clone();
        keys.iter().map(|key| key["kid"].as_str().expect("a name").to_owned()).collect()
    }

    async fn housekeeping(&self, seconds: u64) -> u64 {
        let before = at(seconds).minus(PUBLISHED_AFTER);
        let write = async move |tx: &Tx| tx.delete_signing_keys_ended_before(before).await;
        self.store.write::<_, Error, _>(write).await.expect("kept")
    }
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_until_its_last_token_is_dead() {
    let scene = Scene::new();
    let (one, two) = (scene.node().await, scene.node().await);
    let old = one.signer(0).await;
    assert_eq!(two.signer(0).await, old);
    assert_eq!(one.rotate(&scene.rng, 1).await, Rotated::From(at(3601)));
    assert_eq!(two.count(1).await, 3, "as stale as a cache may be");
    for node in [&one, &two] {
        assert_eq!(node.count(2).await, 4, "published within two seconds, without a restart");
        assert_eq!(node.signer(3600).await, old, "it does not sign yet");
        assert_ne!(node.signer(3601).await, old, "now it does, on every node at the same time");
        assert_eq!(node.count(3601).await, 4, "the old one verifies");
    }
    let over = 3601 + PUBLISHED_AFTER.as_secs();
    assert_eq!(one.housekeeping(over).await, 0, "to the last moment");
    assert!(two.published(over).await.set.find(&old).is_some());
    assert_eq!(one.housekeeping(over + 1).await, 1);
    assert!(two.published(over + 2).await.set.find(&old).is_none());
    assert_eq!(two.count(over + 2).await, 3);
}

#[tokio::test]
async fn a_second_rotation_waits_for_the_first_and_another_algorithm_does_not() {
    let scene = Scene::new();
    let node = scene.node().await;
    let first = node.rotate(&scene.rng, 0).await;
    assert_eq!(first, Rotated::From(at(3600)));
    assert_eq!(node.rotate(&scene.rng, 3599).await, Rotated::Waiting(at(3600)));
    assert_eq!(node.count(3599).await, 4);
    let by = by(3599);
    let other = node.keys.rotate_signing(&node.store, &scene.rng, Algorithm::EdDsa, &by, LEAD);
    assert_eq!(other.await.expect("rotated"), Rotated::From(at(7199)));
    assert_eq!(node.rotate(&scene.rng, 3600).await, Rotated::From(at(7200)));
}

#[tokio::test]
async fn a_key_that_leaked_is_withdrawn_with_all_that_wait_and_what_it_signed_is_refused() {
    let scene = Scene::new();
    let (one, two) = (scene.node().await, scene.node().await);
    let leaked = one.signer(0).await;
    one.rotate(&scene.rng, 0).await;
    let others: Vec<String> = one.kids(2).await.into_iter().filter(|kid| *kid != leaked).collect();
    let withdrawn =
        one.keys.withdraw_signing(&one.store, &scene.rng, Algorithm::Es256, &by(3)).await;
    let mut withdrawn = withdrawn.expect("withdrawn");
    assert_eq!(withdrawn.len(), 2, "the one that signed and the one that waited");
    assert!(withdrawn.contains(&leaked));
    for node in [&one, &two] {
        let kids = node.kids(5).await;
        assert_eq!(kids.len(), 3);
        assert!(withdrawn.iter().all(|kid| !kids.contains(kid)), "nobody verifies with them");
        assert!(!withdrawn.contains(&node.signer(5).await));
        let kept = others.iter().filter(|kid| kids.contains(kid)).count();
        assert_eq!(kept, 2, "other algorithms are as they were");
    }
    let events = one.store.view().list_events(9).await.expect("events");
    let told = events.into_iter().find_map(|(_, what)| match what {
        What::SigningKeyAdded { withdrawn, .. } if !withdrawn.is_empty() => Some(withdrawn),
        _ => None,
    });
    let mut told = told.expect("an event");
    told.sort();
    withdrawn.sort();
    assert_eq!(told, withdrawn);
}

#[tokio::test]
async fn a_clock_that_is_set_back_asks_the_database_again() {
    let scene = Scene::new();
    let node = scene.node().await;
    assert_eq!(node.count(5000).await, 3);
    node.rotate(&scene.rng, 0).await;
    assert_eq!(node.count(0).await, 4);
}

#[tokio::test]
async fn rotating_the_master_key_seals_everything_anew_and_changes_no_value() {
    let scene = Scene::new();
    let (one, two) = (scene.node().await, scene.node().await);
    let before = two.keys.tokens.seal(&scene.rng, "code", b"who");
    let stable = two.keys.mac.derive("sid", b"session");
    let signer = two.signer(0).await;

    let resealed = one.keys.rotate_master(&one.store, &scene.rng, &by(0)).await.expect("rotated");
    assert_eq!(resealed, Resealed { version: 2, rows: 7 });
    let view = one.store.view();
    for row in view.list_signing_keys().await.expect("read") {
        assert_eq!(row.sealed.version, 2);
    }
    let settings = view.list_sealed_settings().await.expect("read");
    assert_eq!(settings.len(), 4);
    assert!(settings.iter().all(|(_, sealed)| sealed.version == 2));

    let after = two.keys.tokens.seal(&scene.rng, "code", b"who");
    let fresh = scene.node().await;
    for node in [&one, &two, &fresh] {
        for code in [&before, &after] {
            let opened = node.keys.tokens.open("code", code);
            assert_eq!(opened.as_deref(), Ok(&b"who"[..]), "codes outlive the rotation");
        }
        assert_eq!(node.keys.mac.derive("sid", b"session"), stable);
        assert_eq!(node.signer(10).await, signer);
    }
    // The node that knew version 1 only reads its file again when it meets version 2.
    one.rotate(&scene.rng, 20).await;
    assert_eq!(two.count(30).await, 4);
}

#[tokio::test]
async fn a_rotation_that_was_begun_is_carried_on_with_the_same_version() {
    let scene = Scene::new();
    let node = scene.node().await;
    assert_eq!(node.keys.add_master(&scene.rng).await.expect("added"), 2);
    // One row, as if the program had been killed after it.
    let row = node.store.view().list_signing_keys().await.expect("read").remove(0);
    let sealed = node.keys.master.unseal(&signing::purpose(&row.kid), &row.sealed).await;
    let sealed = sealed.expect("opens");
    let sealed = node.keys.master.seal(&scene.rng, &signing::purpose(&row.kid), &sealed);
    let (kid, again) = (row.kid.clone(), sealed.clone());
    let write = async move |tx: &Tx| {
        let first = tx.reseal_signing_key(&kid, 1, &again).await?;
        Ok((first, tx.reseal_signing_key(&kid, 1, &again).await?))
    };
    let done = node.store.write::<_, Error, _>(write).await.expect("kept");
    assert_eq!(done, (true, false), "of two that seal a row anew, one does");

    let between = scene.node().await;
    assert_eq!(between.count(0).await, 3, "a mixture serves");
    let resealed =
        between.keys.rotate_master(&between.store, &scene.rng, &by(0)).await.expect("rotated");
    assert_eq!(resealed, Resealed { version: 2, rows: 6 });
    let next =
        between.keys.rotate_master(&between.store, &scene.rng, &by(0)).await.expect("rotated");
    assert_eq!(next, Resealed { version: 3, rows: 7 }, "the next one is a rotation of its own");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_of_the_master_key_stays_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = Scene::new();
    let node = scene.node().await;
    let mode = || std::fs::metadata(scene.file()).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    node.keys.add_master(&scene.rng).await.expect("added");
    assert_eq!(mode(), 0o600);
    assert!(!scene.file().with_extension("new").exists());
}

#[tokio::test]
async fn without_its_master_key_a_database_is_not_served() {
    let scene = Scene::new();
    drop(scene.node().await);
    let kept = std::fs::read_to_string(scene.file()).expect("a file");
    std::fs::remove_file(scene.file()).expect("removed");
    let told = scene.refusal().await;
    assert!(told.contains("master.key is not there"), "{told}");
    assert!(!scene.file().exists(), "no other one is made");

    let other = Scene::seeded(6);
    drop(other.node().await);
    std::fs::copy(other.file(), scene.file()).expect("copied");
    let told = scene.refusal().await;
    assert!(told.ends_with("is not the one that the database was made with"), "{told}");

    std::fs::write(scene.file(), kept.replace("1:", "4:")).expect("written");
    let told = scene.refusal().await;
    assert!(told.ends_with("has no version 1, which this database is sealed with; it has 4"));
    std::fs::write(scene.file(), kept).expect("written");
    scene.node().await;
}

#[tokio::test]
async fn a_row_sealed_with_an_unknown_version_is_an_error_that_names_it() {
    let scene = Scene::new();
    let node = scene.node().await;
    let kid = node.signer(0).await;
    let strange = Versioned { version: 9, sealed: Sealed::from_bytes(vec![1; 40]) };
    let (id, row) = (kid.clone(), strange.clone());
    let write = async move |tx: &Tx| tx.reseal_signing_key(&id, 1, &row).await;
    assert!(node.store.write::<_, Error, _>(write).await.expect("kept"));
    let told = scene.refusal().await;
    assert!(told.contains(&kid) && told.contains("version 9 of the master key"), "{told}");
    let error =
        node.keys.rotate_master(&node.store, &scene.rng, &by(0)).await.expect_err("refused");
    assert!(format!("{error:#}").contains("version 9"));
    assert_eq!(node.signer(100).await, kid, "a node that has it already goes on");

    // One that was changed in place is told apart from one that lacks its key.
    let damaged = Versioned { version: 1, ..strange };
    let write = async move |tx: &Tx| tx.reseal_signing_key(&kid, 9, &damaged).await;
    assert!(node.store.write::<_, Error, _>(write).await.expect("kept"));
    let told = scene.refusal().await;
    assert!(told.ends_with("version 1 of the master key does not open it"), "{told}");
}

#[tokio::test]
async fn a_restore_makes_codes_void_and_leaves_stable_values_as_they_are() {
    let scene = Scene::new();
    let node = scene.node().await;
    let code = node.keys.tokens.seal(&scene.rng, "code", b"who");
    let stable = node.keys.mac.derive("sid", b"session");
    let begin = async |tx: &Tx| tx.settle("restoring", vec![1]).await;
    node.store.write::<_, Error, _>(begin).await.expect("kept");
    assert!(scene.refusal().await.contains("a restore of this database was not finished"));

    let mut seen = vec![node];
    for epoch in [b"one", b"two", b"one"] {
        let void = async move |tx: &Tx| tx.void(epoch, at(0)).await;
        seen[0].store.write::<_, Error, _>(void).await.expect("kept");
        let after = scene.node().await;
        assert_eq!(after.keys.mac.derive("sid", b"session"), stable);
        assert!(after.keys.tokens.open("code", &code).is_err());
        seen.push(after);
    }
}
