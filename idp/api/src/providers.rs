//! Applications that speak SAML: their metadata, and what is said of them beside it, as documents
//! have it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::organisations::OrganisationRef;

/// A service provider as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceProviderSummary {
    /// What it has in addresses: its entity ID in base64url, without padding.
    pub key: String,
    /// Its entity ID.
    pub entity_id: String,
    /// What people know it by.
    pub name: String,
    /// The organisation that it belongs to; absent for the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<OrganisationRef>,
    /// Until when its metadata may be relied on; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub valid_until: Option<Timestamp>,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A service provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceProvider {
    /// What lists show.
    #[serde(flatten)]
    pub summary: ServiceProviderSummary,
    /// What is said of it beside its metadata, as documents have it: what is sent to change it.
    #[schema(value_type = Object)]
    pub document: serde_json::Map<String, serde_json::Value>,
    /// What it is told of a person, in effect.
    pub attributes: Vec<ReleasedAttribute>,
    /// Where answers go.
    pub consumers: Vec<ProviderEndpoint>,
    /// Where log-outs go.
    pub logout: Vec<ProviderEndpoint>,
    /// What it signs with, and what it decrypts with.
    pub certificates: Vec<ProviderCertificate>,
    /// Whether its requests have to be signed, in effect.
    pub must_sign: bool,
    /// Whether assertions for it are encrypted, in effect.
    pub encrypts: bool,
    /// Where a log-in may begin here; absent where none may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<String>,
    /// How it goes with reading its metadata again; absent where it came from no address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ProviderReading>,
    /// What of it ends soon or ended, in English.
    pub endings: Vec<String>,
    /// The same for programs.
    pub ends: Vec<ProviderEnding>,
    /// What it needs to know of this side.
    pub ours: IdentityProvider,
}

/// What a service provider is told of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleasedAttribute {
    /// Its name.
    pub name: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    /// How the name is meant: `uri`, `basic` or `unspecified`.
    pub format: String,
    /// What it says: a source, as documents have it.
    pub from: String,
}

/// An address of a service provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderEndpoint {
    /// The address.
    pub location: String,
    /// The URI of the binding by which it is reached.
    pub binding: String,
}

/// A certificate of a service provider. It holds a key; that it ends stops no log-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderCertificate {
    /// The SHA-256 of its DER, in hexadecimal digits, two by two.
    pub sha256: String,
    /// Until when it is valid.
    #[schema(value_type = String, format = DateTime)]
    pub not_after: Timestamp,
    /// Whether messages signed with its key are believed.
    pub signing: bool,
    /// Whether assertions may be encrypted to its key.
    pub encryption: bool,
}

/// How it goes with reading a service provider's metadata again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderReading {
    /// When it was last read and was good; absent where that was when it was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub read_at: Option<Timestamp>,
    /// Since when every try failed; absent where the last one did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// Why the last try failed, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Something of a service provider that ends soon, or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderEnding {
    /// What.
    pub what: EndingKind,
    /// Of a certificate, the SHA-256 of its DER, in hexadecimal digits, two by two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Whether it ended.
    pub over: bool,
}

/// What ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EndingKind {
    /// All that it says of itself: nobody can log in after that.
    Metadata,
    /// A certificate: its own side may stop, log-ins here do not.
    Certificate,
}

/// Something that a service provider says otherwise now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderDifference {
    /// Whether it says it no more, or since now; absent where neither is the point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<DifferenceSide>,
    /// What, as a word that programs know: one of [`DIFFERENCES`]. More may come.
    pub code: String,
    /// What the words are about, by the names that the code has. It is text of somebody else's.
    pub values: BTreeMap<String, String>,
    /// The same in English.
    pub message: String,
}

/// Which way something is different.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceSide {
    /// It was said, and is not.
    Gone,
    /// It was not said, and is.
    New,
}

/// Every code of a difference, with the names of its values. `default` is `yes`, `never` or
/// `unsaid`; `required` is `yes` or `no`; `use` is `signing`, `encryption` or `both`; `methods`,
/// `answers` and `until` may be empty.
pub const DIFFERENCES: [(&str, &[&str]); 15] = [
    ("requests-signed", &[]),
    ("assertions-wanted-signed", &[]),
    ("name-id-formats", &["formats"]),
    ("consumer", &["index", "location", "binding", "default"]),
    ("artifact-resolution", &["index", "location", "binding", "default"]),
    ("logout", &["location", "binding", "answers"]),
    ("requested-attribute", &["name", "friendly_name", "required"]),
    ("text", &["kind", "language", "text"]),
    ("logo", &["address"]),
    ("entity-attribute", &["name", "value"]),
    ("contact", &["kind", "name", "emails"]),
    ("certificate", &["use", "sha256", "until", "methods"]),
    ("public-key", &["use", "sha256", "methods"]),
    ("order", &[]),
    ("more", &["count"]),
];

/// What became of reading a service provider's metadata again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderRead {
    /// What it says otherwise now, in English.
    pub changes: Vec<String>,
    /// The same for programs.
    pub differences: Vec<ProviderDifference>,
    /// Why it was not read, in English: what is kept stays. Absent where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What a service provider needs to know of this side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityProvider {
    /// Our entity ID.
    pub entity_id: String,
    /// Where our metadata is.
    pub metadata: String,
    /// Where requests for a log-in go.
    pub sso: String,
    /// Where log-outs go.
    pub slo: String,
}

/// What a service provider is to be: what documents say of one, in full. `metadata` is its XML or
/// the address of it; to change one it can be left out, and stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object)]
pub struct ServiceProviderBody(pub serde_json::Map<String, serde_json::Value>);
