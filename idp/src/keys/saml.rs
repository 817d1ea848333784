//! What is signed with for applications that speak SAML: one key at a time, with the certificate
//! that those applications know it by.
//!
//! The first is made when somebody first asks for it: an installation without such applications has
//! none. A new one stands in our metadata before it signs, and an old one stays there after.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use latchkey_core::audit::What;
use latchkey_core::secrets::SealingKey;
use latchkey_core::{Rng, Timestamp};
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_store::{Error, Store, StoredSamlKey, Tx};
use tokio::sync::Mutex;

use crate::audit::Origin;
use crate::config::STALE;

/// How long a certificate lasts. Applications compare keys and rarely look at this; those that do
/// would stop working on that day.
pub const LASTS: Duration = Duration::from_secs(10 * 365 * 86_400);
const NAME: &str = "Latchkey SAML signing";

/// The keys of a time.
pub struct SamlKeys {
    /// Signs.
    pub signing: Arc<Credential>,
    /// All that are in our metadata, the one that signs first.
    pub published: Vec<Arc<Credential>>,
}

struct Snapshot {
    keys: Arc<SamlKeys>,
    read_at: Timestamp,
    good_until: Timestamp,
}

/// What was last read, for a short while.
#[derive(Default)]
pub(super) struct Saml {
    last: RwLock<Option<Snapshot>>,
    reading: Mutex<()>,
}

/// With what they are opened and made.
pub(super) struct Tools<'a> {
    pub(super) store: &'a Store,
    pub(super) data: &'a SealingKey,
    pub(super) rng: &'a dyn Rng,
}

impl Saml {
    pub(super) async fn at(
        &self,
        tools: &Tools<'_>,
        now: Timestamp,
    ) -> anyhow::Result<Arc<SamlKeys>> {
        if let Some(keys) = self.good(now) {
            return Ok(keys);
        }
        let _alone = self.reading.lock().await;
        if let Some(keys) = self.good(now) {
            return Ok(keys);
        }
        let mut stored = tools.store.view().list_saml_keys().await?;
        if !stored.iter().any(|row| row.signs(now)) {
            make(tools, now, now).await?;
            stored = tools.store.view().list_saml_keys().await?;
        }
        let snapshot = self.snapshot(tools, stored, now)?;
        let keys = Arc::clone(&snapshot.keys);
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
        Ok(keys)
    }

    fn good(&self, now: Timestamp) -> Option<Arc<SamlKeys>> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back makes it old as well.
        let good = last.as_ref().filter(|last| last.read_at <= now && now < last.good_until)?;
        Some(Arc::clone(&good.keys))
    }

    /// Keys that were opened before are not opened again.
    fn snapshot(
        &self,
        tools: &Tools<'_>,
        mut stored: Vec<StoredSamlKey>,
        now: Timestamp,
    ) -> anyhow::Result<Snapshot> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        let known = last.as_ref().map(|last| last.keys.published.as_slice()).unwrap_or_default();
        let turn = stored.iter().map(|row| row.signs_from).filter(|from| *from > now).min();
        stored.sort_by_key(|row| (!row.signs(now), std::cmp::Reverse(row.signs_from)));
        let mut published = Vec::with_capacity(stored.len());
        for row in &stored {
            let same = known.iter().find(|it| it.certificate().der() == row.certificate.as_slice());
            published.push(match same {
                Some(known) => Arc::clone(known),
                None => Arc::new(open(tools.data, row)?),
            });
        }
        let signing = Arc::clone(published.first().context("no key signs for SAML")?);
        let good_until = now.plus(STALE);
        Ok(Snapshot {
            keys: Arc::new(SamlKeys { signing, published }),
            read_at: now,
            good_until: turn.map_or(good_until, |turn| turn.min(good_until)),
        })
    }
}

fn open(data: &SealingKey, row: &StoredSamlKey) -> anyhow::Result<Credential> {
    let context = || format!("the SAML key {}", row.id);
    let algorithm = SignatureAlgorithm::parse(&row.algorithm).context("saml_keys.algorithm")?;
    let pkcs8 =
        zeroize::Zeroizing::new(data.open(&purpose(&row.id), &row.sealed).with_context(context)?);
    let key = SigningKey::from_pkcs8(algorithm, &pkcs8).with_context(context)?;
    let certificate = Certificate::parse(&row.certificate).with_context(context)?;
    Credential::new(key, certificate).with_context(context)
}

fn purpose(id: &str) -> String {
    format!("saml key {id}")
}

/// Makes a key that signs from a time on, in place of the one that signs until then. Of two nodes
/// that do so at once, one is too late, and uses the other's.
async fn make(tools: &Tools<'_>, now: Timestamp, from: Timestamp) -> anyhow::Result<()> {
    let algorithm = SignatureAlgorithm::RsaSha256;
    let key = SigningKey::generate(algorithm)?;
    let certificate = Certificate::self_signed(&key, NAME, now, LASTS, tools.rng)?;
    let id = tools.rng.uuid_v4().simple().to_string();
    let row = StoredSamlKey {
        algorithm: algorithm.uri().to_owned(),
        sealed: tools.data.seal(tools.rng, &purpose(&id), &key.to_pkcs8()?),
        certificate: certificate.der().to_vec(),
        created_at: now,
        signs_from: from,
        signs_until: None,
        id,
    };
    let origin = Origin { actor: latchkey_core::roles::Actor::System, address: None, at: now };
    let what = What::SigningKeyAdded {
        kid: row.id.clone(),
        algorithm: "SAML RSA-SHA256".to_owned(),
        signs_from: from,
        withdrawn: Vec::new(),
    };
    let event = origin.event_of_installation(tools.rng, what);
    let write = async move |tx: &Tx| {
        let stored = tx.view().list_saml_keys().await?;
        if stored.iter().any(|row| row.signs_from >= from || row.signs(from)) {
            return Ok(());
        }
        tx.retire_saml_keys(from).await?;
        tx.insert_saml_key(&row).await?;
        tx.insert_event(&event).await
    };
    Ok(tools.store.write::<(), Error, _>(write).await?)
}
