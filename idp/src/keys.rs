//! What an installation signs and seals with: the master key from its file, and under it the keys
//! that the database holds. Hands out keys to use, never private bytes.

use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use latchkey_core::secrets::{MacKey, Sealed, SealingKey};
use latchkey_core::{Rng, Timestamp};
use latchkey_oidc::keys::{Algorithm, KeySet, SigningKey};
use latchkey_store::{Store, StoredKey, Tx};
use zeroize::Zeroizing;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
const PROOF: &[u8] = b"latchkey";

/// The keys of one installation.
pub struct Keys {
    /// Seals codes and access tokens.
    pub tokens: SealingKey,
    /// Makes values that are stable and that only we can compute.
    pub mac: MacKey,
    /// Signs ID tokens.
    pub signing: KeySet,
}

impl Keys {
    /// Finds the installation's keys, or makes them when the database is new.
    ///
    /// # Errors
    /// When the master key is missing or another one than the database was made with.
    pub async fn open(
        file: &Path,
        store: &Store,
        rng: &dyn Rng,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let proof = store.view().find_setting("master_proof").await?;
        let master = match (read_master(file)?, &proof) {
            (Some(master), _) => master,
            (None, None) => make_master(file, rng)?,
            (None, Some(_)) => bail!(
                "the master key {} is not there; the database was made with it and cannot be \
                 read without it. Restore the file from where you keep it",
                file.display()
            ),
        };
        let master = SealingKey::new(&master);
        let sealed = match proof {
            Some(sealed) => sealed,
            None => settle(store, "master_proof", master.seal(rng, "master_proof", PROOF)).await?,
        };
        let opened = master.open("master_proof", &Sealed::from_bytes(sealed));
        if opened.as_deref() != Ok(PROOF) {
            bail!(
                "the master key {} is not the one that the database was made with",
                file.display()
            );
        }
        let tokens = secret(store, &master, rng, "token_key").await?;
        let mac = secret(store, &master, rng, "mac_root").await?;
        Ok(Self {
            tokens: SealingKey::new(&tokens),
            mac: MacKey::new(&mac),
            signing: signing_keys(store, &master, rng, now).await?,
        })
    }
}

/// A secret of 32 bytes that is made once and sealed under the master key.
async fn secret(
    store: &Store,
    master: &SealingKey,
    rng: &dyn Rng,
    name: &'static str,
) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let stored = match store.view().find_setting(name).await? {
        Some(stored) => stored,
        None => {
            let fresh = Zeroizing::new(rng.bytes::<32>());
            settle(store, name, master.seal(rng, name, &*fresh)).await?
        }
    };
    let opened = Zeroizing::new(master.open(name, &Sealed::from_bytes(stored)).context(name)?);
    let bytes = <[u8; 32]>::try_from(opened.as_slice()).ok().context(name)?;
    Ok(Zeroizing::new(bytes))
}

async fn settle(store: &Store, name: &'static str, sealed: Sealed) -> anyhow::Result<Vec<u8>> {
    let value = sealed.as_bytes().to_vec();
    let stands = store
        .write::<_, latchkey_store::Error, _>(async move |tx: &Tx| {
            tx.settle(name, value.clone()).await
        })
        .await?;
    Ok(stands)
}

/// The published keys, for each algorithm the one that signs now before the others. A key that
/// does not sign yet is published all the same, so that applications know it when it does.
async fn signing_keys(
    store: &Store,
    master: &SealingKey,
    rng: &dyn Rng,
    now: Timestamp,
) -> anyhow::Result<KeySet> {
    let mut stored = store.view().list_signing_keys().await?;
    for algorithm in ALGORITHMS {
        if stored.iter().any(|key| key.algorithm == algorithm.as_str()) {
            continue;
        }
        let key = SigningKey::generate(algorithm)?;
        let new = StoredKey {
            kid: key.kid().to_owned(),
            algorithm: algorithm.as_str().to_owned(),
            sealed: master.seal(rng, &purpose(key.kid()), &key.to_pkcs8()?),
            created_at: now,
            signs_from: now,
            signs_until: None,
        };
        let row = new.clone();
        store
            .write::<_, latchkey_store::Error, _>(async move |tx: &Tx| {
                tx.insert_signing_key(&row).await
            })
            .await?;
        stored.push(new);
    }
    let signs =
        |key: &StoredKey| key.signs_from <= now && key.signs_until.is_none_or(|until| now < until);
    stored.sort_by_key(|key| (!signs(key), std::cmp::Reverse(key.signs_from)));
    let keys = stored.iter().map(|stored| {
        let algorithm = Algorithm::parse(&stored.algorithm).context("signing_keys.algorithm")?;
        let pkcs8 = Zeroizing::new(master.open(&purpose(&stored.kid), &stored.sealed)?);
        Ok(SigningKey::from_pkcs8(algorithm, &pkcs8)?)
    });
    Ok(KeySet::new(keys.collect::<anyhow::Result<_>>()?)?)
}

fn purpose(kid: &str) -> String {
    format!("signing_key {kid}")
}

fn read_master(file: &Path) -> anyhow::Result<Option<Zeroizing<[u8; 32]>>> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error).context(format!("the master key {}", file.display()));
        }
    };
    let wrong = || format!("the master key {} is not 32 bytes in base64", file.display());
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).with_context(wrong)?);
    let bytes = <[u8; 32]>::try_from(bytes.as_slice()).ok().with_context(wrong)?;
    Ok(Some(Zeroizing::new(bytes)))
}

fn make_master(file: &Path, rng: &dyn Rng) -> anyhow::Result<Zeroizing<[u8; 32]>> {
    let bytes = Zeroizing::new(rng.bytes::<32>());
    let context = || format!("the master key {}", file.display());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut made = options.open(file).with_context(context)?;
    made.write_all(Zeroizing::new(STANDARD.encode(*bytes)).as_bytes()).with_context(context)?;
    made.sync_all().with_context(context)?;
    Ok(bytes)
}
