//! What an operator says of a service provider, beside what its own metadata says: a document, in
//! words of ours.

use std::collections::BTreeMap;

use latchkey_core::assurance::Level;
use latchkey_core::release::Source;
use latchkey_saml::names::NameIdFormat;
use serde::{Deserialize, Serialize};

use super::names::SubjectIdentifier;
use super::release::{self, Rule};

/// Which parts of an answer are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    /// Both: there are providers that insist on either.
    #[default]
    Both,
    /// The assertion alone.
    Assertion,
    /// The response alone.
    Response,
}

impl Signed {
    /// Every choice, by the word that documents use for it.
    pub const ALL: [(&'static str, Self); 3] =
        [("both", Self::Both), ("assertion", Self::Assertion), ("response", Self::Response)];
}

/// Whether assertions are encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encrypt {
    /// Where the provider's metadata has a key for it.
    #[default]
    Auto,
    /// Always: without a key nobody is logged in.
    Always,
    /// Never.
    Never,
}

impl Encrypt {
    /// Every choice, by the word that documents use for it.
    pub const ALL: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("always", Self::Always), ("never", Self::Never)];
}

/// Whether requests have to be signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requests {
    /// Where the provider's metadata says that it signs them.
    #[default]
    Auto,
    /// Always.
    Signed,
    /// Never. What comes signed is verified all the same.
    Unsigned,
}

impl Requests {
    /// Every choice, by the word that documents use for it.
    pub const ALL: [(&'static str, Self); 3] =
        [("auto", Self::Auto), ("signed", Self::Signed), ("unsigned", Self::Unsigned)];
}

/// Kinds of names, by the words that documents use for them.
pub const NAME_IDS: [(&str, NameIdFormat); 4] = [
    ("persistent", NameIdFormat::Persistent),
    ("transient", NameIdFormat::Transient),
    ("email", NameIdFormat::Email),
    ("unspecified", NameIdFormat::Unspecified),
];

/// Subject identifiers, by the words that documents use for them.
pub const SUBJECT_IDS: [(&str, SubjectIdentifier); 3] = [
    ("none", SubjectIdentifier::None),
    ("subject-id", SubjectIdentifier::Subject),
    ("pairwise-id", SubjectIdentifier::Pairwise),
];

/// What an operator says of a service provider. What is left out is as its metadata says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// What people know it by.
    pub name: Option<String>,
    /// The organisation that it belongs to, by its name in documents.
    pub organisation: Option<String>,
    /// Where its metadata is read again and again, if it is.
    pub metadata_address: Option<String>,
    /// The certificates that its metadata must be signed with one of (DER in base64), if it must.
    pub metadata_certificates: Vec<String>,
    /// Which parts of an answer are signed.
    pub sign: Signed,
    /// Whether assertions are encrypted.
    pub encrypt: Encrypt,
    /// Whether AES in CBC mode will do where the provider offers nothing better.
    pub allow_cbc: bool,
    /// Whether requests have to be signed.
    pub requests: Requests,
    /// How strong every log-in to it is at least.
    pub required_level: Option<Level>,
    /// Classes of its own: understood when it asks, and what it is told.
    pub classes: BTreeMap<String, Level>,
    /// Whether a log-in may begin here, without a request.
    pub idp_initiated: bool,
    /// The kind of name where it asks for none, as documents write it.
    pub name_id: Option<String>,
    /// What an unspecified name says.
    pub name_id_from: Option<Source>,
    /// Which subject identifier it receives; as its metadata asks where nothing is said.
    pub subject_id: Option<SubjectIdentifier>,
    /// What it is told of a person; the standard attributes where nothing is said.
    pub attributes: Option<Vec<Rule>>,
}

impl Settings {
    /// The kind of name where it asks for none.
    #[must_use]
    pub fn name_id(&self) -> Option<NameIdFormat> {
        let word = self.name_id.as_deref()?;
        NAME_IDS.iter().find(|(known, _)| *known == word).map(|(_, format)| *format)
    }

    /// What it is told of a person.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        self.attributes.clone().unwrap_or_else(release::standard)
    }
}
