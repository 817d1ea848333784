//! A sealing key in several versions: the newest seals, older ones open what they sealed.
//!
//! What is sealed here is stored beside its version, so that a key can be replaced while everything
//! stays readable. Where the versions come from is not known here.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::{Sealed, SealingKey};
use crate::rng::Rng;

/// Sealed bytes as they are stored, with the version of the key that sealed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned {
    /// The key's version.
    pub version: u32,
    /// The bytes.
    pub sealed: Sealed,
}

/// Why stored bytes did not open. For an operator: nobody else brings stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// There is no key of this version.
    #[error("it is sealed with version {0} of the master key, which is not there")]
    UnknownVersion(u32),
    /// The key of this version is another one, or the bytes were changed.
    #[error("version {0} of the master key does not open it")]
    DoesNotOpen(u32),
}

/// The versions of one sealing key. There is always one.
pub struct KeyRing {
    newest: (u32, SealingKey),
    older: BTreeMap<u32, SealingKey>,
}

impl KeyRing {
    /// A ring of these keys; `None` when there is none.
    #[must_use]
    pub fn new<'k>(keys: impl IntoIterator<Item = (u32, &'k [u8; 32])>) -> Option<Self> {
        let keys = keys.into_iter().map(|(version, bytes)| (version, SealingKey::new(bytes)));
        let mut older: BTreeMap<u32, SealingKey> = keys.collect();
        let newest = older.pop_last()?;
        Some(Self { newest, older })
    }

    /// The version that seals.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.newest.0
    }

    /// Every version, the oldest first.
    pub fn versions(&self) -> impl Iterator<Item = u32> {
        self.older.keys().copied().chain([self.newest.0])
    }

    /// Whether there is a key of this version.
    #[must_use]
    pub fn has(&self, version: u32) -> bool {
        self.key(version).is_some()
    }

    /// Seals `plaintext` for one `purpose` with the newest key.
    #[must_use]
    pub fn seal(&self, rng: &dyn Rng, purpose: &str, plaintext: &[u8]) -> Versioned {
        let (version, key) = &self.newest;
        Versioned { version: *version, sealed: key.seal(rng, purpose, plaintext) }
    }

    /// Opens what was sealed for the same purpose, with the key that sealed it.
    ///
    /// # Errors
    /// When that key is not there, or does not open it.
    pub fn open(&self, purpose: &str, stored: &Versioned) -> Result<Zeroizing<Vec<u8>>, Unopened> {
        let version = stored.version;
        let key = self.key(version).ok_or(Unopened::UnknownVersion(version))?;
        let opened = key.open(purpose, &stored.sealed);
        opened.map(Zeroizing::new).map_err(|_| Unopened::DoesNotOpen(version))
    }

    fn key(&self, version: u32) -> Option<&SealingKey> {
        let (newest, key) = &self.newest;
        if *newest == version { Some(key) } else { self.older.get(&version) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::SeededRng;

    const ONE: [u8; 32] = [1; 32];
    const TWO: [u8; 32] = [2; 32];

    #[test]
    fn the_newest_version_seals_and_older_ones_open_what_they_sealed() {
        let rng = SeededRng::new(1);
        let before = KeyRing::new([(1, &ONE)]).expect("a ring");
        let old = before.seal(&rng, "seed", b"secret");
        assert_eq!(old.version, 1);
        let after = KeyRing::new([(2, &TWO), (1, &ONE)]).expect("a ring");
        assert_eq!(after.newest(), 2);
        assert_eq!(after.versions().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(after.open("seed", &old).expect("opens").as_slice(), b"secret");
        let new = after.seal(&rng, "seed", b"secret");
        assert_eq!(new.version, 2);
        assert_eq!(after.open("seed", &new).expect("opens").as_slice(), b"secret");
        assert_eq!(after.open("another", &new), Err(Unopened::DoesNotOpen(2)));
    }

    #[test]
    fn an_unknown_version_is_named_and_a_claimed_one_does_not_open() {
        let ring = KeyRing::new([(1, &ONE), (2, &TWO)]).expect("a ring");
        let mut stored = ring.seal(&SeededRng::new(2), "seed", b"secret");
        stored.version = 1;
        assert_eq!(ring.open("seed", &stored), Err(Unopened::DoesNotOpen(1)));
        stored.version = 7;
        assert_eq!(ring.open("seed", &stored), Err(Unopened::UnknownVersion(7)));
        assert!(Unopened::UnknownVersion(7).to_string().contains("version 7"));
        assert!(KeyRing::new([]).is_none());
    }
}
