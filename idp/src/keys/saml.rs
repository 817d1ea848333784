//! What is signed with for applications that speak SAML: one key at a time, with the certificate
//! that those applications know it by.
//!
//! The first is made when somebody first asks for it: an installation without such applications has
//! none. A new one stands in our metadata before it signs, and an old one stays there after; when
//! a certificate is about to end, `jobs` begins with a new one by itself.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use latchkey_core::audit::What;
use latchkey_core::secrets::SealingKey;
use latchkey_core::{Rng, Timestamp};
use latchkey_saml::keys::{Certificate, Credential, SignatureAlgorithm, SigningKey};
use latchkey_store::{Error, Store, StoredSamlKey, Tx};
use tokio::sync::Mutex;

use super::Keys;
use super::rotation::Rotated;
use crate::audit::Origin;
use crate::config::STALE;

/// How long a certificate lasts. Applications compare keys and rarely look at this; those that do
/// would stop working on that day.
pub const LASTS: Duration = Duration::from_secs(10 * 365 * 86_400);
const NAME: &str = "Latchkey SAML signing";
/// How long before its certificate ends a key signs no more: time enough for whoever has to hand
/// the next one over by hand.
pub const RENEWED_BEFORE: Duration = Duration::from_secs(90 * 86_400);
/// How long a key is in our metadata after it signed for the last time. No message of ours is good
/// for longer than minutes; the rest is for clocks that differ, and for whoever looks into what
/// went wrong yesterday.
pub const PUBLISHED_AFTER: Duration = Duration::from_secs(86_400);

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
            make(tools, now).await?;
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
    let algorithm = algorithm_of(row)?;
    let pkcs8 =
        zeroize::Zeroizing::new(data.open(&purpose(&row.id), &row.sealed).with_context(context)?);
    let key = SigningKey::from_pkcs8(algorithm, &pkcs8).with_context(context)?;
    Credential::new(key, certificate_of(row)?).with_context(context)
}

fn purpose(id: &str) -> String {
    format!("saml key {id}")
}

/// Makes the first key, which signs at once. Of two nodes that do so at once, one is too late, and
/// uses the other's.
async fn make(tools: &Tools<'_>, now: Timestamp) -> anyhow::Result<()> {
    let row = new_key(tools, SignatureAlgorithm::default(), now, now).await?;
    let origin = Origin { actor: latchkey_core::roles::Actor::System, address: None, at: now };
    let event = origin.event_of_installation(tools.rng, added(&row, Vec::new())?);
    let write = async move |tx: &Tx| {
        let stored = tx.view().list_saml_keys().await?;
        if stored.iter().any(|row| row.signs_from >= now || row.signs(now)) {
            return Ok(());
        }
        tx.retire_saml_keys(now).await?;
        tx.insert_saml_key(&row).await?;
        tx.insert_event(&event).await
    };
    Ok(tools.store.write::<(), Error, _>(write).await?)
}

/// A new key that signs from a time on, with its certificate, to be stored.
async fn new_key(
    tools: &Tools<'_>,
    algorithm: SignatureAlgorithm,
    now: Timestamp,
    signs_from: Timestamp,
) -> anyhow::Result<StoredSamlKey> {
    // An RSA key takes a while, and others want the thread.
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm)).await??;
    let certificate = Certificate::self_signed(&key, NAME, now, LASTS, tools.rng)?;
    let id = tools.rng.uuid_v4().simple().to_string();
    Ok(StoredSamlKey {
        algorithm: algorithm.uri().to_owned(),
        sealed: tools.data.seal(tools.rng, &purpose(&id), &key.to_pkcs8()?),
        certificate: certificate.der().to_vec(),
        created_at: now,
        signs_from,
        signs_until: None,
        id,
    })
}

fn added(row: &StoredSamlKey, withdrawn: Vec<String>) -> anyhow::Result<What> {
    Ok(What::SigningKeyAdded {
        kid: row.id.clone(),
        algorithm: format!("SAML {}", algorithm_of(row)?.as_str()),
        signs_from: row.signs_from,
        withdrawn,
    })
}

/// What a key signs with.
///
/// # Errors
/// When the database says something that is none.
pub fn algorithm_of(row: &StoredSamlKey) -> anyhow::Result<SignatureAlgorithm> {
    SignatureAlgorithm::parse(&row.algorithm).context("saml_keys.algorithm")
}

/// The certificate of a key.
///
/// # Errors
/// When the database holds something that is none.
pub fn certificate_of(row: &StoredSamlKey) -> anyhow::Result<Certificate> {
    Certificate::parse(&row.certificate).with_context(|| format!("the SAML key {}", row.id))
}

/// Whether the certificate that answers are signed with ends soon, and no other key waits. `lead`
/// is how long a new one is published before it signs.
///
/// # Errors
/// When a certificate cannot be read.
pub fn is_to_be_renewed(
    stored: &[StoredSamlKey],
    now: Timestamp,
    lead: Duration,
) -> anyhow::Result<bool> {
    if stored.iter().any(|row| now < row.signs_from) {
        return Ok(false);
    }
    let Some(signing) = stored.iter().find(|row| row.signs(now)) else { return Ok(false) };
    Ok(certificate_of(signing)?.not_after() <= now.plus(RENEWED_BEFORE + lead))
}

/// Another certificate takes the place of the one that answers are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// When the present one ends.
    pub ends_at: Timestamp,
    /// From when the next one is signed with: applications know it by then, or do not believe us.
    /// Nothing before it is published.
    pub next_from: Option<Timestamp>,
}

/// Whether the certificate that answers are signed with changes soon: another one waits, or has to be
/// made. `lead` is how long a new one is published before it signs.
///
/// # Errors
/// When a certificate cannot be read.
pub fn change(
    stored: &[StoredSamlKey],
    now: Timestamp,
    lead: Duration,
) -> anyhow::Result<Option<Change>> {
    let Some(signing) = stored.iter().find(|row| row.signs(now)) else { return Ok(None) };
    let next_from = stored.iter().map(|row| row.signs_from).filter(|from| now < *from).min();
    if next_from.is_none() && !is_to_be_renewed(stored, now, lead)? {
        return Ok(None);
    }
    Ok(Some(Change { ends_at: certificate_of(signing)?.not_after(), next_from }))
}

impl Keys {
    /// Publishes a new key for applications that speak SAML, which signs after `lead`, when the
    /// present one stops. It signs as the present one does, unless another algorithm is asked for.
    ///
    /// # Errors
    /// When it cannot be made or kept.
    pub async fn rotate_saml(
        &self,
        store: &Store,
        rng: &dyn Rng,
        algorithm: Option<SignatureAlgorithm>,
        by: &Origin,
        lead: Duration,
    ) -> anyhow::Result<Rotated> {
        let tools = Tools { store, data: &self.data, rng };
        let now = by.at;
        let stored = store.view().list_saml_keys().await?;
        if let Some(from) = waiting(&stored, now) {
            return Ok(Rotated::Waiting(from));
        }
        // The first one waits for nobody: there is none that could sign meanwhile.
        let present = stored.iter().find(|row| row.signs(now));
        let from = present.map_or(now, |_| now.plus(lead));
        let algorithm = chosen(algorithm, present)?;
        let row = new_key(&tools, algorithm, now, from).await?;
        let event = by.event_of_installation(rng, added(&row, Vec::new())?);
        let write = async move |tx: &Tx| {
            // Another node may have been first.
            if let Some(other) = waiting(&tx.view().list_saml_keys().await?, now) {
                return Ok(Rotated::Waiting(other));
            }
            tx.retire_saml_keys(from).await?;
            tx.insert_saml_key(&row).await?;
            tx.insert_event(&event).await?;
            Ok(Rotated::From(from))
        };
        Ok(store.write::<_, Error, _>(write).await?)
    }

    /// Puts a new key for applications that speak SAML in the place of all that there are, at
    /// once: they are in our metadata no longer. For a key that somebody else may have.
    ///
    /// # Errors
    /// When it cannot be made or kept; the others stand then.
    pub async fn withdraw_saml(
        &self,
        store: &Store,
        rng: &dyn Rng,
        algorithm: Option<SignatureAlgorithm>,
        by: &Origin,
    ) -> anyhow::Result<Vec<String>> {
        let tools = Tools { store, data: &self.data, rng };
        let now = by.at;
        let stored = store.view().list_saml_keys().await?;
        let algorithm = chosen(algorithm, stored.iter().find(|row| row.signs(now)))?;
        let row = new_key(&tools, algorithm, now, now).await?;
        let event = by.event_of_installation(rng, added(&row, Vec::new())?);
        let write = async move |tx: &Tx| {
            let gone = tx.delete_saml_keys().await?;
            tx.insert_saml_key(&row).await?;
            let mut event = event.clone();
            if let What::SigningKeyAdded { withdrawn, .. } = &mut event.what {
                withdrawn.clone_from(&gone);
            }
            tx.insert_event(&event).await?;
            Ok(gone)
        };
        Ok(store.write::<_, Error, _>(write).await?)
    }
}

/// From when a key signs that does not yet.
fn waiting(stored: &[StoredSamlKey], now: Timestamp) -> Option<Timestamp> {
    stored.iter().map(|row| row.signs_from).find(|from| now < *from)
}

/// What is asked for; else what there is.
fn chosen(
    asked: Option<SignatureAlgorithm>,
    present: Option<&StoredSamlKey>,
) -> anyhow::Result<SignatureAlgorithm> {
    match (asked, present) {
        (Some(asked), _) => Ok(asked),
        (None, Some(present)) => algorithm_of(present),
        (None, None) => Ok(SignatureAlgorithm::default()),
    }
}
