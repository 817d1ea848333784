//! What authenticator models are called: by their makers, as metadata publishes it, or else by a short
//! list of our own. No policy: nothing is allowed or denied because its model has a name here.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

use super::metadata::Metadata;

/// What a model looks like to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A security key to plug in or hold near.
    Key,
    /// Passkeys on a phone.
    Phone,
    /// Passkeys built into a computer, or held by a program.
    Computer,
}

/// A model: its name, and what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// What its maker calls it.
    pub name: String,
    /// What it looks like.
    pub kind: Kind,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    #[serde(borrow)]
    key: HashMap<Uuid, &'static str>,
    #[serde(borrow)]
    phone: HashMap<Uuid, &'static str>,
    #[serde(borrow)]
    computer: HashMap<Uuid, &'static str>,
}

/// The list as it stands in `models.toml`; a test reads it, so that a slip in it never ships.
static MODELS: LazyLock<HashMap<Uuid, Listing>> =
    LazyLock::new(|| read(include_str!("models.toml")).unwrap_or_default());

/// A name of the list, and what the model looks like.
type Listing = (&'static str, Kind);

fn read(list: &'static str) -> Result<HashMap<Uuid, Listing>, toml::de::Error> {
    let Listed { key, phone, computer } = toml::from_str(list)?;
    let kinds = [(Kind::Key, key), (Kind::Phone, phone), (Kind::Computer, computer)];
    Ok(kinds
        .into_iter()
        .flat_map(|(kind, models)| {
            models.into_iter().map(move |(aaguid, name)| (aaguid, (name, kind)))
        })
        .collect())
}

/// What the model with an AAGUID is called, if anybody told.
#[must_use]
pub fn name(metadata: Option<&Metadata>, aaguid: &Uuid) -> Option<String> {
    let listed = || MODELS.get(aaguid).map(|(name, _)| *name);
    metadata.and_then(|known| known.name(aaguid)).or_else(listed).map(str::to_owned)
}

/// What to call an authenticator: by its model, or else by how it is reached and whether its
/// credentials are copied between devices.
#[must_use]
pub fn describe(
    metadata: Option<&Metadata>,
    aaguid: &Uuid,
    transports: &[String],
    backup_eligible: bool,
) -> Model {
    let reached_by = |transport: &str| transports.iter().any(|known| known == transport);
    let (usual, guess) = match (reached_by("internal"), reached_by("hybrid")) {
        (_, true) => ("Passkey", Kind::Phone),
        (true, false) => ("Passkey", Kind::Computer),
        (false, false) if backup_eligible => ("Passkey", Kind::Phone),
        (false, false) => ("Security key", Kind::Key),
    };
    let kind = MODELS.get(aaguid).map_or(guess, |(_, kind)| *kind);
    Model { name: name(metadata, aaguid).unwrap_or_else(|| usual.to_owned()), kind }
}

#[cfg(test)]
mod tests {
    use latchkey_core::credentials::Nickname;

    use super::*;

    fn described(transports: &[&str], backup_eligible: bool) -> Model {
        let transports: Vec<_> = transports.iter().map(|&name| name.to_owned()).collect();
        describe(None, &Uuid::nil(), &transports, backup_eligible)
    }

    #[test]
    fn the_list_can_be_read_and_names_each_model_once() {
        let models = read(include_str!("models.toml")).expect("the list");
        let lines = include_str!("models.toml").lines().filter(|line| line.contains(" = ")).count();
        assert_eq!(models.len(), lines);
        assert!(models.len() > 100);
        assert!(!models.contains_key(&Uuid::nil()));
    }

    #[test]
    fn every_name_makes_a_nickname_as_it_stands() {
        for (name, _) in MODELS.values() {
            let nickname = Nickname::parse(name).expect("a nickname");
            assert_eq!(nickname.as_str(), *name);
        }
    }

    #[test]
    fn well_known_models_have_their_names() {
        let named = |aaguid: &str| name(None, &aaguid.parse().expect("uuid"));
        let named = |aaguid| named(aaguid).unwrap_or_default();
        assert_eq!(named("2fc0579f-8113-47ea-b116-bb5a8db9202a"), "YubiKey 5 NFC");
        assert_eq!(named("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"), "iCloud Keychain");
        assert_eq!(named("08987058-cadc-4b81-b6e1-30de50dcbe96"), "Windows Hello");
        assert_eq!(named("00000000-0000-0000-0000-000000000000"), "");
    }

    #[test]
    fn an_unknown_model_is_described_by_how_it_is_reached() {
        let passkey = |kind| Model { name: "Passkey".to_owned(), kind };
        assert_eq!(described(&["usb"], false).name, "Security key");
        assert_eq!(described(&[], false).name, "Security key");
        assert_eq!(described(&["internal"], false), passkey(Kind::Computer));
        assert_eq!(described(&["hybrid", "internal"], true), passkey(Kind::Phone));
        assert_eq!(described(&[], true), passkey(Kind::Phone));
    }
}
