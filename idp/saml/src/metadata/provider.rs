//! What a service provider's metadata says, as plain values that can be kept (SAML Metadata §2.4.4).
//!
//! Kept as it was read, so that members are added and never renamed, and each has a default.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};

use latchkey_core::Timestamp;

use super::read::{self, MetadataError};
use crate::read::ReadError;
use crate::verify::Key;

/// A service provider as its `EntityDescriptor` describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceProvider {
    /// Its entity ID.
    pub entity_id: String,
    /// Until when this may be relied on: the earliest of its own and of what it stands in.
    pub valid_until: Option<Timestamp>,
    /// After how many seconds it should be read again: the shortest, likewise.
    pub cache_seconds: Option<u64>,
    /// It signs its requests.
    pub signs_requests: bool,
    /// It wants assertions signed.
    pub wants_assertions_signed: bool,
    /// Its keys.
    pub keys: Vec<KeyDescriptor>,
    /// The kinds of names that it takes, in its order, as URIs.
    pub name_id_formats: Vec<String>,
    /// Where assertions go. Never empty.
    pub consumers: Vec<IndexedEndpoint>,
    /// Where log-outs go.
    pub logout: Vec<Endpoint>,
    /// Where artifacts of its own are resolved.
    pub artifacts: Vec<IndexedEndpoint>,
    /// What it wants to be told.
    pub services: Vec<AttributeService>,
    /// What people know it by, and more of the kind.
    pub ui: Vec<UiText>,
    /// The addresses of its pictures.
    pub logos: Vec<Logo>,
    /// Values of its entity attributes (SAML Metadata Extension for Entity Attributes), by name.
    pub entity_attributes: Vec<(String, Vec<String>)>,
    /// Whom to ask: address and kind.
    pub contacts: Vec<Contact>,
}

/// A key, and what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyDescriptor {
    /// It signs. A key without `use` is for both.
    pub signing: bool,
    /// It is encrypted to.
    pub encryption: bool,
    /// Certificates (DER in base64), each of which will do.
    pub certificates: Vec<String>,
    /// Bare public keys (`SubjectPublicKeyInfo` in DER, in base64).
    pub public_keys: Vec<String>,
    /// The `EncryptionMethod`s, in its order, as URIs.
    pub encryption_methods: Vec<String>,
}

/// Where messages of one kind go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Endpoint {
    /// By which binding: a URI.
    pub binding: String,
    /// Where requests go, and answers too where there is no other address for them.
    pub location: String,
    /// Where answers go.
    pub response_location: Option<String>,
}

/// One of several places where messages of one kind go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IndexedEndpoint {
    /// By which it is asked for.
    pub index: u16,
    /// Whether it is the one that is meant where none is asked for: the provider may leave it open.
    pub is_default: Option<bool>,
    /// By which binding: a URI.
    pub binding: String,
    /// Where.
    pub location: String,
}

/// What a provider wants to be told (SAML Metadata §2.4.4.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributeService {
    /// By which it is asked for.
    pub index: u16,
    /// Whether it is the one that is meant where none is asked for.
    pub is_default: Option<bool>,
    /// The attributes.
    pub requested: Vec<RequestedAttribute>,
}

/// An attribute that a provider wants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestedAttribute {
    /// Its name.
    pub name: String,
    /// How the name is meant, a URI.
    pub name_format: Option<String>,
    /// What people call it.
    pub friendly_name: Option<String>,
    /// It cannot do without.
    pub required: bool,
}

/// Which of the texts for people it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UiKind {
    /// `mdui:DisplayName`
    #[default]
    DisplayName,
    /// `mdui:Description`
    Description,
    /// `mdui:InformationURL`
    InformationUrl,
    /// `mdui:PrivacyStatementURL`
    PrivacyUrl,
    /// `md:ServiceName` of the default `AttributeConsumingService`
    ServiceName,
    /// `md:OrganizationDisplayName`
    OrganizationName,
}

/// A text for people, in a language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UiText {
    /// Which.
    pub kind: UiKind,
    /// Its language (BCP 47).
    pub language: String,
    /// The text.
    pub text: String,
}

/// A picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Logo {
    /// Where it is.
    pub address: String,
    /// So many pixels.
    pub width: u32,
    /// So many pixels.
    pub height: u32,
    /// The language of words in it.
    pub language: Option<String>,
}

/// Whom to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// `technical`, `support`, `administrative`, `billing` or `other`.
    pub kind: String,
    /// Their names, where there are any.
    pub name: Option<String>,
    /// Their e-mail addresses, without `mailto:`.
    pub emails: Vec<String>,
}

impl KeyDescriptor {
    /// What signatures are verified by, where it is for signing. A key of a kind that is not verified
    /// by here does not stop the others.
    #[must_use]
    pub fn verifying(&self) -> Vec<Key> {
        if !self.signing {
            return Vec::new();
        }
        let certificates = self
            .certificates
            .iter()
            .filter_map(|text| Key::from_certificate(&BASE64_STANDARD.decode(text).ok()?).ok());
        let bare = self
            .public_keys
            .iter()
            .filter_map(|text| Key::from_spki(&BASE64_STANDARD.decode(text).ok()?).ok());
        certificates.chain(bare).collect()
    }
}

impl ServiceProvider {
    /// Whether a description that was kept elsewhere could have been read from metadata.
    ///
    /// # Errors
    /// The first thing in it that could not.
    pub fn judge(&self) -> Result<(), MetadataError> {
        let named = 1..=read::LONGEST;
        if !named.contains(&self.entity_id.chars().count())
            || self.entity_id.chars().any(char::is_control)
        {
            return Err(ReadError::Value("entityID").into());
        }
        if self.consumers.is_empty() {
            return Err(ReadError::Missing("AssertionConsumerService").into());
        }
        let indexed = self.consumers.iter().chain(&self.artifacts).map(|it| &it.location);
        let logout = self
            .logout
            .iter()
            .flat_map(|it| std::iter::once(&it.location).chain(&it.response_location));
        let wrong = indexed.chain(logout).any(|location| !read::is_address(location));
        if wrong { Err(MetadataError::Address("Location")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_that_was_kept_is_judged_as_one_that_is_read() {
        let consumer = |location: &str| IndexedEndpoint {
            location: location.to_owned(),
            ..IndexedEndpoint::default()
        };
        let provider = |id: &str, consumers: Vec<IndexedEndpoint>| ServiceProvider {
            entity_id: id.to_owned(),
            consumers,
            ..ServiceProvider::default()
        };
        let good = consumer("https://rota.example/acs");
        assert_eq!(provider("https://rota.example/sp", vec![good.clone()]).judge(), Ok(()));
        assert!(provider("", vec![good]).judge().is_err());
        assert!(provider("https://rota.example/sp", Vec::new()).judge().is_err());
        for location in ["javascript:alert(1)", "http://rota.example/acs", "/acs", ""] {
            let wrong = provider("https://rota.example/sp", vec![consumer(location)]);
            assert_eq!(wrong.judge(), Err(MetadataError::Address("Location")), "{location}");
        }
    }
}
