//! Applications that speak SAML: their metadata, and what is said of them beside it, as documents
//! have it.

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

/// What became of reading a service provider's metadata again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderRead {
    /// What it says otherwise now, in English.
    pub changes: Vec<String>,
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
